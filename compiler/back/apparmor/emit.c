#include "lowering.h"

#include "map.h"
#include <string.h>

/* The text's order: a comment names the statement that the rules after it hold; allows of a class come before
 * denials. */
static const enum event_class order[] = {CLASS_FILE,   CLASS_CAPABILITY, CLASS_MOUNT,
                                         CLASS_UMOUNT, CLASS_PIVOT_ROOT, CLASS_SOCKET,
                                         CLASS_PTRACE, CLASS_SIGNAL,     CLASS_USERNS};

struct section {
    struct buf *out;
    const struct aa_profile *p;
    enum event_class class;
    const char *said;        /* the last comment */
    struct map lines;        /* the last struct line with this hash */
    struct ir_stmts audited; /* denials */
};

/* A line of the section. */
struct line {
    uint64_t hash;
    size_t at;                 /* in `out` */
    const struct line *before; /* with the same hash */
};

static const char *indent(const struct aa_profile *p) {
    return p->block < 0 ? "  " : "    ";
}

static void say(struct section *s, const struct ir_stmt *stmt) {
    if (stmt && (!s->said || strcmp(s->said, stmt->text)))
        aa_add_comment(s->out, indent(s->p), stmt->text);
    s->said = stmt ? stmt->text : NULL;
}

/* Remembers the lines from `at` on. */
static void remember(struct section *s, size_t at) {
    for (size_t n; at < s->out->len; at += n + 1) {
        n = strcspn(s->out->data + at, "\n");
        struct line *line = ARENA_NEW(s->p->arena, struct line);
        *line = (struct line){.hash = map_hash(s->out->data + at, n), .at = at};
        void **last = map_at(&s->lines, &line->hash, sizeof line->hash);
        line->before = *last;
        *last = line;
    }
}

/* Rules that stand there already aren't written again. */
static bool is_written(const struct section *s, const struct buf *rules) {
    uint64_t hash = map_hash(rules->data, strcspn(rules->data, "\n"));
    const struct line *line = map_get(&s->lines, &hash, sizeof hash);
    while (line && strncmp(s->out->data + line->at, rules->data, rules->len) != 0)
        line = line->before;
    return line;
}

static void put(struct section *s, const struct ir_stmt *stmt, const char *qualifier, unsigned ops,
                const struct ir_match *match) {
    struct buf rules BUF_CLEANUP = {0};
    aa_add_rules(&rules, s->p, qualifier, s->class, ops, match);
    if (!rules.len || is_written(s, &rules))
        return;
    say(s, stmt);
    size_t at = s->out->len;
    buf_add_bytes(s->out, rules.data, rules.len);
    remember(s, at);
}

/* Entering blocks needs exec rules of their own: see exec.c. */
static bool execs_apart(const struct section *s) {
    return s->class == CLASS_FILE && s->p->block < 0 && s->p->policy->n_blocks;
}

static void put_allow(struct section *s, const struct ir_stmt *stmt, const char *qualifier, unsigned ops,
                      const struct ir_match *match) {
    if (execs_apart(s))
        ops &= ~(unsigned)OP_EXEC;
    if (ops)
        put(s, stmt, qualifier, ops, match);
}

/* userns alone of all classes isn't mediated unless the text says so. */
static void add_default_denial(struct section *s) {
    bool logs = false;
    if (s->class != CLASS_USERNS || !aa_denied_by_default(s->p, s->class) ||
        aa_allowed(s->p, s->class, 1, NULL, NULL).n)
        return;
    for (size_t i = 0; i < s->p->policy->n_stmts; i++) {
        const struct ir_stmt *stmt = s->p->policy->stmts[i];
        logs |= stmt->class == s->class && stmt->is_default && aa_logs(s->p->policy, stmt);
    }
    put(s, NULL, logs ? "audit deny " : "deny ", 1, &(struct ir_match){0});
}

/* What an observed base would deny by default is let through and logged, what it allows with it: more, never
 * less. */
static bool observes_default(const struct section *s) {
    for (size_t i = 0; i < s->p->policy->n_stmts && s->p->block < 0; i++) {
        const struct ir_stmt *stmt = s->p->policy->stmts[i];
        if (stmt->class == s->class && stmt->is_default && stmt->own &&
            s->p->policy->reaction == REACTION_OBSERVE)
            return true;
    }
    return false;
}

static void add_allowed(struct section *s) {
    for (unsigned left = aa_all_ops(s->class); left;) {
        unsigned ops = aa_ops_alike(s->p, s->class, &left);
        struct aa_rects rects = aa_allowed(s->p, s->class, ops, NULL, NULL);
        for (size_t i = 0; i < rects.n; i++) {
            const struct aa_rect *rect = &rects.items[i];
            bool audit =
                rect->stmt ? rect->stmt->verdict == VERDICT_ALLOW && rect->stmt->audit : observes_default(s);
            put_allow(s, rect->stmt, audit ? "audit " : "", rect->ops, &rect->match);
        }
    }
}

/* What an observed denial speaks of: where no rule can say "all but", everything, which logs too much. */
static struct ir_match logged_match(const struct section *s, const struct ir_stmt *stmt) {
    const struct ir_match *m = &stmt->match;
    struct aa_globs globs;
    if (!stmt->negated)
        return *m;
    if (s->class != CLASS_FILE || !m->has_paths || m->owner || m->has_sources ||
        !aa_globs_outside(s->p->arena, &m->paths, &globs))
        return (struct ir_match){0};
    return (struct ir_match){.has_paths = true, .paths = aa_pathset_of(s->p->arena, globs.items, globs.n)};
}

/* Rules that allow again what is allowed already, and log it. Returns whether any of it is allowed. */
static bool add_logged(struct section *s, const struct ir_stmt *stmt) {
    struct ir_match match = logged_match(s, stmt);
    bool some = false;
    for (unsigned left = stmt->ops ? stmt->ops : 1; left;) {
        unsigned ops = aa_ops_alike(s->p, s->class, &left);
        struct aa_rects rects = aa_allowed(s->p, s->class, ops, NULL, NULL);
        for (size_t i = 0; i < rects.n; i++) {
            struct ir_match both;
            unsigned both_ops = rects.items[i].ops & ops;
            if (!both_ops ||
                aa_meet_match(s->p->arena, &rects.items[i].match, &match, &both) == AA_MEET_EMPTY)
                continue;
            put_allow(s, stmt, "audit ", both_ops, &both);
            some = true;
        }
    }
    return some;
}

static void add_map_denials(struct section *s) {
    bool logs = false, exact;
    struct aa_globs globs = aa_programs_not_mapped(s->p, &exact);
    for (size_t i = 0; i < s->p->policy->n_stmts; i++) {
        const struct ir_stmt *stmt = s->p->policy->stmts[i];
        logs = logs || (stmt->class == CLASS_FILE && stmt->block == s->p->block && stmt->ops & OP_MAP &&
                        (stmt->is_default || stmt->negated) && aa_logs(s->p->policy, stmt));
    }
    struct ir_match match = {.has_paths = true, .paths = aa_pathset_of(s->p->arena, globs.items, globs.n)};
    if (globs.n)
        put(s, NULL, logs ? "audit deny " : "deny ", OP_MAP, &match);
}

static void add_denial(struct section *s, const struct ir_stmt *stmt) {
    const char *qualifier = aa_is_audited(s->p, stmt, &s->audited) ? "audit deny " : "deny ";
    if (aa_unsayable(s->p, s->class, &stmt->match) ||
        (aa_wider(s->p, s->class, &stmt->match) && !stmt->broad))
        return;
    if (aa_is_observed(s->p->policy, stmt)) {
        if (add_logged(s, stmt) || stmt->negated)
            return;
    } else if (stmt->negated)
        return;
    put(s, stmt, qualifier, stmt->ops, &stmt->match);
}

/* Capabilities are few and a set: the meaning's is the grants. */

struct capabilities {
    uint64_t allow, log, deny, audit_deny;
};

static void take_capabilities(struct capabilities *c, const struct aa_profile *p,
                              const struct ir_stmt *stmt) {
    uint64_t set = stmt->negated ? ~stmt->match.capabilities : stmt->match.capabilities;
    bool logs = aa_logs(p->policy, stmt);
    if (aa_is_observed(p->policy, stmt)) {
        c->log |= set & c->allow;
        c->audit_deny |= stmt->negated ? 0 : set & ~c->allow;
    } else {
        c->allow &= ~set;
        c->audit_deny |= logs && !stmt->negated ? set : 0;
        c->deny |= logs || stmt->negated ? 0 : set;
    }
}

static void add_capability_rules(struct section *s, const char *qualifier, uint64_t set) {
    if (set)
        put(s, NULL, qualifier, 1, &(struct ir_match){.capabilities = set});
}

static void add_capabilities(struct section *s) {
    const uint64_t all = (UINT64_C(1) << CAPABILITY_COUNT) - 1;
    struct capabilities c = {.allow = s->p->block < 0 ? s->p->policy->grants & all : all};
    for (size_t i = 0; i < s->p->policy->n_stmts; i++)
        if (s->p->policy->stmts[i]->class == CLASS_CAPABILITY && aa_denies_here(s->p, s->p->policy->stmts[i]))
            take_capabilities(&c, s->p, s->p->policy->stmts[i]);
    add_capability_rules(s, "", c.allow & ~c.log);
    add_capability_rules(s, "audit ", c.log & c.allow);
    add_capability_rules(s, "audit deny ", c.audit_deny & all);
    add_capability_rules(s, "deny ", c.deny & ~c.audit_deny & all);
}

static void add_class(struct section *s) {
    if (s->class == CLASS_CAPABILITY) {
        add_capabilities(s);
        return;
    }
    add_allowed(s);
    add_default_denial(s);
    if (execs_apart(s)) {
        size_t at = s->out->len;
        s->said = NULL;
        aa_add_exec(s->out, s->p);
        remember(s, at);
    }
    if (s->class == CLASS_FILE)
        add_map_denials(s);
    s->audited = aa_audited(s->p, s->class);
    for (size_t i = 0; i < s->p->policy->n_stmts; i++) {
        const struct ir_stmt *stmt = s->p->policy->stmts[i];
        if (stmt->class != s->class || stmt->block != s->p->block)
            continue;
        if (aa_denies_here(s->p, stmt))
            add_denial(s, stmt);
        else if (stmt->verdict == VERDICT_ALLOW && stmt->audit && !stmt->is_default &&
                 !aa_denied_by_default(s->p, s->class))
            add_logged(s, stmt);
    }
}

/* Runtimes' profiles say nothing of D-Bus, which kernels that mediate it (Ubuntu's) take for a denial. */
static bool denies_dbus(const struct aa_profile *p) {
    for (size_t i = 0; p->block < 0 && node_base_is_runtimes(p->policy) && i < p->policy->n_stmts; i++)
        if (!p->policy->stmts[i]->own && p->policy->stmts[i]->part &&
            !strcmp(p->policy->stmts[i]->part, "apparmor"))
            return true;
    return false;
}

/* Classes of AppArmor's that VPL doesn't have; a profile that says nothing of them denies them. */
static void add_unclassed(struct buf *out, const struct aa_profile *p) {
    if (!denies_dbus(p))
        buf_printf(out, "%sdbus,\n", indent(p));
    if (p->node->abi_major >= 4)
        buf_printf(out, "%smqueue,\n%sio_uring,\n", indent(p), indent(p));
}

static void add_raw(struct buf *out, const struct aa_profile *p) {
    const struct ir_raws *raw = ir_raw_apparmor(p->policy, p->block);
    if (raw->n)
        aa_add_comment(out, indent(p), "raw apparmor");
    for (size_t i = 0; i < raw->n; i++)
        buf_printf(out, "%s\n", raw->items[i].text);
}

/* Complain mode lets everything through and logs it, but what the text allows without `audit` it doesn't log,
 * so the text allows nothing. Only an exec without a rule leads to a `null-` profile, which is somebody
 * else's in the log and holds nothing [lab], so every program stays here. */
static void add_modelling(struct buf *out, const char *name) {
    buf_printf(out,
               "profile %s flags=(complain,attach_disconnected,mediate_deleted) {\n"
               "  audit \"/{,**}\" ix,\n}\n",
               name);
}

static void add_profile(struct buf *out, const struct aa_profile *p, const char *name) {
    buf_printf(out, "%sprofile %s flags=(attach_disconnected,mediate_deleted) {\n", p->block < 0 ? "" : "  ",
               name);
    add_unclassed(out, p);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        size_t begin = out->len;
        add_class(&(struct section){.out = out, .p = p, .class = order[i], .lines.arena = p->arena});
        aa_merge_rules(out, p->arena, begin);
    }
    add_raw(out, p);
}

static const char how_to_answer[] = "# Before this is loaded a line has to stand here: @{node_disks}=sda "
                                    "sda1 (the node's disks and partitions,\n"
                                    "# as in /proc/partitions, without /dev/).\n";

void aa_emit_text(struct buf *out, struct arena *arena, const struct ir_policy *policy,
                  const struct node *node, const char *name) {
    struct aa_profile p = {.arena = arena, .policy = policy, .node = node, .block = -1, .name = name};
    buf_printf(out, "abi <abi/%u.0>,\n\n", node->abi_major);
    if (policy->mode == MODE_BEHAVIOR_MODELING) {
        add_modelling(out, name);
        return;
    }
    struct buf body BUF_CLEANUP = {0};
    add_profile(&body, &p, name);
    for (p.block = 0; (size_t)p.block < policy->n_blocks; p.block++) {
        buf_add_char(&body, '\n');
        add_profile(&body, &p, policy->blocks[p.block].name);
        buf_add(&body, "  }\n");
    }
    buf_add(&body, "}\n");
    buf_add(out, strstr(buf_text(&body), "@{node_disks}") ? how_to_answer : "");
    buf_add(out, buf_text(&body));
    out->failed |= body.failed;
}
