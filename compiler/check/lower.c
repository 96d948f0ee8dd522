#include "lower_parts.h"

#include "meaning.h"
#include <ctype.h>
#include <errno.h>
#include <string.h>

enum { EVERY_ABI = (1U << ABI_COUNT) - 1, MOST_BLOCKS = 64 };

struct ir_stmt *lower_like(struct building *b, const struct ir_stmt *like) {
    struct ir_stmt *s = ARENA_NEW(b->lower->arena, struct ir_stmt);
    *s = (struct ir_stmt){.verdict = like->verdict,
                          .own = like->own,
                          .audit = like->audit,
                          .best_effort = like->best_effort,
                          .broad = like->broad,
                          .block = like->block,
                          .part = like->part,
                          .origin = like->origin};
    return s;
}

void lower_init(struct lower *lower, struct arena *arena, struct diag *diag, const struct checked *checked,
                const char *disks) {
    *lower = (struct lower){.arena = arena, .diag = diag, .disks = disks};
    struct link_entry *links = arena_alloc(arena, (checked->known_links.n + 1) * sizeof *links);
    for (size_t i = 0; i < checked->known_links.n; i++) {
        char *text = arena_strdup(arena, checked->known_links.items[i].text), *rest = NULL;
        const char *from = strtok_r(text, " ", &rest), *to = strtok_r(NULL, " ", &rest),
                   *sample = strtok_r(NULL, " ", &rest);
        if (from && to && sample)
            links[lower->links.n++] = (struct link_entry){from, to, sample};
        else
            diag_add(diag, DIAG_BAD_PATH, checked->known_links.items[i].loc,
                     "a known link is \"FROM TO SAMPLE\"");
    }
    lower->links.items = links;
}

/* ---- what the mode says of each class ---- */

static const enum event_class spoken_of[] = {CLASS_FILE,       CLASS_CAPABILITY, CLASS_MOUNT,  CLASS_UMOUNT,
                                             CLASS_PIVOT_ROOT, CLASS_SOCKET,     CLASS_BIND,   CLASS_PTRACE,
                                             CLASS_SIGNAL,     CLASS_USERNS,     CLASS_SYSCALL};

static bool mode_speaks_of(const struct policy *p, enum event_class class) {
    return class == CLASS_CAPABILITY || /* the container runtime gives and takes them */
           p->enforcers & (class == CLASS_SYSCALL ? ENFORCER_SECCOMP : ENFORCER_APPARMOR);
}

static struct ir_stmt *add_default(struct building *b, const struct policy *p, enum event_class class) {
    static const unsigned all[CLASS_COUNT] = {
        [CLASS_FILE] = OP_ACCESS, [CLASS_PTRACE] = OP_PTRACE_ALL, [CLASS_SIGNAL] = OP_SIGNAL_ALL};
    struct ir_stmt *s = ARENA_NEW(b->lower->arena, struct ir_stmt);
    *s = (struct ir_stmt){.class = class,
                          .ops = all[class],
                          .is_default = true,
                          .verdict = VERDICT_DENY,
                          .block = -1,
                          .origin = p->origin};
    s->match.paths.any = s->match.sources.any = true;
    s->match.capabilities = ((uint64_t)1 << CAPABILITY_COUNT) - 1;
    vec_push(b->lower->arena, &b->stmts, s);
    return s;
}

static struct ir_stmt *add_call_default(struct building *b, const struct policy *p, unsigned abis, int err) {
    struct ir_stmt *s = add_default(b, p, CLASS_SYSCALL);
    s->match.every_call = true;
    s->match.abis = abis;
    s->err = err;
    return s;
}

/* libc makes its threads by clone where clone3 isn't there, and gives up where it isn't permitted; allowed,
 * nobody could see which namespaces it is asked for. */
static void add_no_clone3(struct building *b, const struct policy *p) {
    struct ir_stmt *s = add_call_default(b, p, 0, ENOSYS);
    struct ir_call *calls = arena_alloc(b->lower->arena, ABI_COUNT * sizeof *calls);
    int id = syscall_by_name("clone3");
    s->refinement = true;
    s->match.every_call = false;
    s->match.calls = calls;
    for (enum abi abi = 0; abi < ABI_X32; abi++)
        if (syscall_number(id, abi) >= 0)
            calls[s->match.n_calls++] =
                (struct ir_call){.abi = abi, .nr = (uint32_t)syscall_number(id, abi), .id = id};
}

static void add_mode_defaults(struct building *b, const struct policy *p) {
    size_t before = b->stmts.n;
    if (p->mode != POLICY_DEFENSE_IN_DEPTH)
        return;
    for (size_t i = 0; i < sizeof spoken_of / sizeof *spoken_of; i++) {
        if (!mode_speaks_of(p, spoken_of[i]))
            continue;
        if (spoken_of[i] == CLASS_SYSCALL)
            add_call_default(b, p, EVERY_ABI, 0), add_no_clone3(b, p);
        else /* no output of any node sees bind */
            add_default(b, p, spoken_of[i])->best_effort = spoken_of[i] == CLASS_BIND;
    }
    for (size_t i = before; i < b->stmts.n; i++)
        b->stmts.items[i]->audit = p->reaction == REACTION_AUDIT_DENY;
}

static const struct ir_stmt *call_default(const struct building *b) {
    for (size_t i = 0; i < b->stmts.n; i++)
        if (b->stmts.items[i]->class == CLASS_SYSCALL && b->stmts.items[i]->is_default &&
            !b->stmts.items[i]->refinement)
            return b->stmts.items[i];
    return NULL;
}

/* The container runtime drops it. */
static bool has_no_filter(const struct policy *p) {
    return p->privileged && p->target;
}

/* Every filter answers x32 with ENOSYS; an allow-list answers calls newer than the tables so, as libc expects
 * (moby#42680). */
static void add_call_defaults(struct building *b, const struct policy *p) {
    const struct ir_stmt *standard = call_default(b);
    if (p->mode == POLICY_BEHAVIOR_MODELING) /* x32 is let through and logged like all else */
        return;
    if (p->enforcers & ENFORCER_SECCOMP && !has_no_filter(p)) {
        struct ir_stmt *x32 = add_call_default(b, p, 1U << ABI_X32, ENOSYS);
        x32->refinement = true;
    }
    if (!standard)
        return;
    struct ir_stmt *newer = add_call_default(b, p, 1U << ABI_X86_64 | 1U << ABI_I386, ENOSYS);
    newer->refinement = true;
    newer->match.unknown_numbers = true;
    newer->part = standard->part;
    newer->own = standard->own;
    newer->origin = standard->origin;
}

/* ---- statements ---- */

static void fill(struct building *b, const struct stmt *s, struct ir_stmt *out) {
    *out = (struct ir_stmt){
        .verdict = s->effect == EFFECT_ALLOW || s->effect == EFFECT_ALLOW_ONLY ? VERDICT_ALLOW : VERDICT_DENY,
        .is_default = s->effect == EFFECT_DEFAULT_DENY,
        .refinement = s->effect == EFFECT_DEFAULT_DENY && s->has_calls,
        .own = s->own,
        .allow_half = s->effect == EFFECT_ALLOW_ONLY || s->by_use,
        .only_half = s->effect == EFFECT_ALLOW_ONLY,
        .audit = s->audit,
        .best_effort = s->best_effort,
        .broad = s->broad,
        .err = s->effect == EFFECT_ALLOW_ONLY ? 0 : s->err,
        .block = s->block,
        .part = s->part,
        .origin = s->origin,
    };
    lower_match(b, s, out);
}

/* Of ptrace and signal all else is the whole class: the operations that `allow only` doesn't name too. */
static void add_other_operations(struct building *b, const struct ir_stmt *allow) {
    static const unsigned all[CLASS_COUNT] = {[CLASS_PTRACE] = OP_PTRACE_ALL, [CLASS_SIGNAL] = OP_SIGNAL_ALL};
    if (!(all[allow->class] & ~allow->ops))
        return;
    struct ir_stmt *deny = lower_like(b, allow);
    deny->verdict = VERDICT_DENY;
    deny->class = allow->class;
    deny->ops = all[allow->class] & ~allow->ops;
    vec_push(b->lower->arena, &b->stmts, deny);
}

/* `allow only X`: allow it, and deny all else of that class and those operations. */
static void add_denying_half(struct building *b, const struct stmt *s, const struct ir_stmt *allow) {
    struct ir_stmt *deny = lower_like(b, allow);
    deny->verdict = VERDICT_DENY;
    deny->negated = true;
    deny->err = s->err;
    deny->class = allow->class;
    deny->ops = allow->ops;
    deny->match = allow->match;
    if (s->class == CLASS_SYSCALL) /* an x32 twin isn't what was allowed */
        lower_calls(b, s->calls, s->n_calls, 1U << ABI_X86_64 | 1U << ABI_I386, &deny->match);
    add_other_operations(b, allow);
    vec_push(b->lower->arena, &b->stmts, deny);
    lower_derive(b, s, deny);
}

static void add_stmt(struct building *b, const struct stmt *s) {
    struct ir_stmt *out = ARENA_NEW(b->lower->arena, struct ir_stmt);
    fill(b, s, out);
    if (s->effect == EFFECT_ALLOW_ONLY && s->class == CLASS_SYSCALL)
        lower_calls(b, s->calls, s->n_calls, 1U << ABI_X86_64 | 1U << ABI_I386, &out->match);
    if (!(s->effect == EFFECT_ALLOW_ONLY &&
          s->block >= 0)) /* a block's allowing half would mean nothing: it only narrows */
        vec_push(b->lower->arena, &b->stmts, out);
    if (s->effect == EFFECT_ALLOW_ONLY)
        add_denying_half(b, s, out);
    else
        lower_derive(b, s, out);
}

/* What the runtime masks in /proc it doesn't mask under another mount of the host's /proc: there AppArmor has
 * to hold it. */
static void add_under_host_paths(struct building *b, const struct stmt *s) {
    VEC(struct value) moved = {0};
    for (size_t i = 0; i < s->paths.in.n; i++) {
        const char *const *patterns;
        struct links hosts = {b->links.items + b->lower->links.n, b->links.n - b->lower->links.n};
        size_t n = links_expand(b->lower->arena, &hosts, s->paths.in.items[i].text, &patterns);
        for (size_t k = 1; k < n; k++) {
            struct value v = s->paths.in.items[i];
            v.text = patterns[k];
            vec_push(b->lower->arena, &moved, v);
        }
    }
    if (!moved.n)
        return;
    struct stmt there = *s;
    there.paths.in = (struct value_list){moved.items, moved.n};
    there.part = NULL;
    add_stmt(b, &there);
}

static void add_with_host_paths(struct building *b, const struct policy *p, const struct stmt *s) {
    struct links all = b->links;
    if (!policy_is_mask(s)) {
        add_stmt(b, s);
        return;
    }
    if (!s->excepted)
        add_under_host_paths(b, s);
    else if (!policy_keeps_masks(p))
        return;
    b->links = b->lower->links;
    add_stmt(b, s);
    b->links = all;
}

static struct links with_host_paths(const struct lower *lower, const struct policy *p) {
    struct link_entry *all = arena_alloc(lower->arena, (lower->links.n + p->requires.n + 1) * sizeof *all);
    size_t n = lower->links.n;
    if (n)
        memcpy(all, lower->links.items, n * sizeof *all);
    for (size_t i = 0; i < p->requires.n; i++)
        if (p->requires.items[i].host && strcmp(p->requires.items[i].host, p->requires.items[i].at) != 0)
            all[n++] = (struct link_entry){p->requires.items[i].host, p->requires.items[i].at, NULL};
    return (struct links){all, n};
}

/* ---- the policy ---- */

struct left_out {
    VEC(struct ir_left_out) list;
};

/* The IR has only numbers of this machine's ABIs: names that it lacks are taken from the statement. */
static const char *foreign_text(struct building *b, const struct stmt *s, const struct ir_stmt *lowered) {
    const char *text = lowered->verdict == VERDICT_DENY ? "deny syscall" : "allow syscall";
    for (size_t i = 0; i < s->n_calls; i++)
        text = arena_printf(b->lower->arena, "%s%s %s", text, i ? "," : "", syscall_name(s->calls[i].id));
    return text;
}

static bool left_out(struct building *b, const struct stmt *s, struct left_out *out) {
    const char *why = s->says_nothing;
    struct ir_stmt lowered;
    if (!why && s->class == CLASS_SYSCALL && s->block >= 0)
        why = "in a `for exec` block: a filter doesn't know which program runs";
    if (why || s->class == CLASS_SYSCALL)
        fill(b, s, &lowered);
    bool absent = !why && s->has_calls && !lowered.match.n_calls;
    if (absent)
        why = "no such system call on this architecture";
    if (!why)
        return false;
    const char *text = s->has_calls && !lowered.match.n_calls ? foreign_text(b, s, &lowered)
                                                              : ir_stmt_text(b->lower->arena, &lowered);
    vec_push(b->lower->arena, &out->list,
             ((struct ir_left_out){.text = text,
                                   .why = why,
                                   .own = s->own,
                                   .denies = s->effect != EFFECT_ALLOW,
                                   .absent = absent,
                                   .origin = s->origin}));
    return true;
}

static bool when_holds(const struct stmt *s, uint64_t grants) {
    return !s->has_when || ((grants & s->when) != 0) != s->when_not;
}

/* What a base allows where DefenseInDepth denies nothing. */
static bool is_idle(const struct policy *p, const struct stmt *s) {
    return p->mode == POLICY_DEFENSE_IN_DEPTH && !s->own && s->effect == EFFECT_ALLOW &&
           !(mode_speaks_of(p, s->class) && !(s->class == CLASS_SYSCALL && has_no_filter(p)));
}

static uint64_t grants_of(struct ir_policy *policy, const struct building *b) {
    uint64_t grants = 0;
    policy->stmts = (const struct ir_stmt *const *)b->stmts.items;
    policy->n_stmts = b->stmts.n;
    for (int cap = 0; cap < CAPABILITY_COUNT; cap++) {
        struct event event = {.class = CLASS_CAPABILITY, .capability = cap};
        if (meaning_judge(policy, &event).verdict == VERDICT_ALLOW)
            grants |= (uint64_t)1 << cap;
    }
    return grants;
}

const char *lower_label(struct arena *arena, const char *name) {
    char *label = arena_strdup(arena, name);
    unsigned hash = 2166136261U;
    bool changed = !*name || strlen(name) > 80;
    for (char *c = label; *c; c++) {
        hash = (hash ^ (unsigned char)*c) * 16777619U; /* FNV-1a: only to keep two such names apart */
        if (!isalnum((unsigned char)*c) &&
            !strchr("_-", *c)) { /* no dots: they join the parts of a profile's name */
            *c = '-';
            changed = true;
        }
    }
    return changed ? arena_printf(arena, "p%.80s-%06x", label, hash & 0xffffff) : label;
}

static struct ir_raws lower_raws(struct arena *arena, const struct raw *raws, size_t n) {
    struct ir_raw *out = arena_alloc(arena, (n + 1) * sizeof *out);
    for (size_t i = 0; i < n; i++)
        out[i] = (struct ir_raw){raws[i].text, raws[i].origin};
    return (struct ir_raws){out, n};
}

static const struct ir_block *lower_blocks(struct building *b, const struct policy *p) {
    struct ir_block *blocks = arena_alloc(b->lower->arena, (p->blocks.n + 1) * sizeof *blocks);
    if (p->blocks.n > MOST_BLOCKS)
        diag_add(b->lower->diag, DIAG_TOO_MANY_BLOCKS, p->origin->loc,
                 "%zu `for exec` blocks are more than any profile takes", p->blocks.n);
    for (size_t i = 0; i < p->blocks.n; i++) {
        const struct block *from = &p->blocks.items[i];
        struct stmt programs = {.class = CLASS_FILE, .paths = from->programs};
        struct ir_stmt lowered = {0};
        lower_match(b, &programs, &lowered);
        blocks[i] = (struct ir_block){
            from->name, lowered.match.paths.in, lowered.match.paths.n_in,
            lower_raws(b->lower->arena, from->raw_apparmor.items, from->raw_apparmor.n), from->origin};
    }
    return blocks;
}

static const struct ir_require *lower_requires(struct building *b, const struct policy *p) {
    struct ir_require *out = arena_alloc(b->lower->arena, (p->requires.n + 1) * sizeof *out);
    for (size_t i = 0; i < p->requires.n; i++) {
        const struct require *from = &p->requires.items[i];
        out[i] = (struct ir_require){.host = from->host,
                                     .at = from->at,
                                     .writable = from->writable,
                                     .own = from->own,
                                     .best_effort = from->best_effort,
                                     .origin = from->origin};
        for (enum require_kind kind = 0; kind < REQUIRE_COUNT; kind++)
            if (strcmp(ir_require_name(kind), from->what) == 0)
                out[i].kind = kind;
    }
    return out;
}

static const struct ir_target *lower_target(struct building *b, const struct target *from) {
    if (!from)
        return NULL;
    struct ir_target *t = ARENA_NEW(b->lower->arena, struct ir_target);
    struct ir_label *labels = arena_alloc(b->lower->arena, (from->labels.n + 1) * sizeof *labels);
    static const enum label_op ops[] = {LABEL_EXISTS, LABEL_ABSENT, LABEL_IN,
                                        LABEL_NOT_IN, LABEL_IN,     LABEL_NOT_IN};
    for (size_t i = 0; i < from->labels.n; i++)
        labels[i] = (struct ir_label){from->labels.items[i].key, ops[from->labels.items[i].op],
                                      from->labels.items[i].values, from->labels.items[i].n_values,
                                      from->labels.items[i].loc};
    *t = (struct ir_target){from->kind,
                            from->name,
                            from->ns,
                            labels,
                            from->labels.n,
                            from->containers.items,
                            from->init_containers.items,
                            from->containers.n,
                            from->init_containers.n,
                            from->container_locs.items,
                            from->init_container_locs.items,
                            from->origin};
    return t;
}

static void lower_settings(struct building *b, const struct policy *p, struct ir_policy *out) {
    struct arena *arena = b->lower->arena;
    const char **excepted = arena_alloc(arena, (p->excepted.n + 1) * sizeof *excepted);
    for (size_t i = 0; i < p->excepted.n; i++)
        excepted[i] = p->excepted.items[i]->text;
    *out = (struct ir_policy){
        .name = p->name,
        .label = lower_label(arena, p->name),
        .is_abstract = p->is_abstract,
        .privileged = p->privileged,
        .enforcers = p->enforcers,
        .mode = (enum mode)p->mode,
        .duration = p->duration,
        .reaction = (enum reaction)p->reaction,
        .base = p->base,
        .excepted = excepted,
        .n_excepted = p->excepted.n,
        .base_named = p->base_named,
        .target = lower_target(b, p->target),
        .blocks = lower_blocks(b, p),
        .n_blocks = p->blocks.n,
        .requires = lower_requires(b, p),
        .n_requires = p->requires.n,
        .raw_apparmor = lower_raws(arena, p->raw_apparmor.items, p->raw_apparmor.n),
        .origin = p->origin,
    };
}

/* `require native-abi`: no call by the 32-bit entry. */
static void add_native_abi(struct building *b, const struct ir_policy *out) {
    for (size_t i = 0; i < out->n_requires; i++) {
        if (out->requires[i].kind != REQUIRE_NATIVE_ABI)
            continue;
        struct ir_stmt *s = ARENA_NEW(b->lower->arena, struct ir_stmt);
        *s = (struct ir_stmt){.class = CLASS_SYSCALL,
                              .verdict = VERDICT_DENY,
                              .own = out->requires[i].own,
                              .best_effort = out->requires[i].best_effort,
                              .block = -1,
                              .origin = out->requires[i].origin};
        s->match.every_call = true;
        s->match.abis = 1U << ABI_I386;
        vec_push(b->lower->arena, &b->stmts, s);
    }
}

struct ir_policy *lower_policy(const struct lower *lower, const struct policy *p) {
    struct building b = {.lower = lower, .links = with_host_paths(lower, p)};
    struct ir_policy *out = ARENA_NEW(lower->arena, struct ir_policy);
    struct left_out gone = {0};
    lower_settings(&b, p, out);
    add_mode_defaults(&b, p);
    for (size_t i = 0; i < p->stmts.n; i++) /* capabilities first: `when` goes by the grants */
        if (p->stmts.items[i]->class == CLASS_CAPABILITY && !left_out(&b, p->stmts.items[i], &gone))
            add_stmt(&b, p->stmts.items[i]);
    out->grants = grants_of(out, &b);
    for (size_t i = 0; i < p->stmts.n; i++)
        if (p->stmts.items[i]->class != CLASS_CAPABILITY && when_holds(p->stmts.items[i], out->grants) &&
            !is_idle(p, p->stmts.items[i]) && !left_out(&b, p->stmts.items[i], &gone))
            add_with_host_paths(&b, p, p->stmts.items[i]);
    if (p->mode != POLICY_BEHAVIOR_MODELING)
        add_native_abi(&b, out);
    add_call_defaults(&b, p);
    for (size_t i = 0; i < b.stmts.n; i++) {
        b.stmts.items[i]->id = (unsigned)i;
        b.stmts.items[i]->text = ir_stmt_text(lower->arena, b.stmts.items[i]);
    }
    out->stmts = (const struct ir_stmt *const *)b.stmts.items;
    out->n_stmts = b.stmts.n;
    out->left_out = gone.list.items;
    out->n_left_out = gone.list.n;
    return out;
}

struct ir_stmt *lower_expect(const struct lower *lower, const struct expect *expect) {
    struct building b = {.lower = lower, .links = lower->links, .expectation = true};
    struct ir_stmt *out = ARENA_NEW(lower->arena, struct ir_stmt);
    fill(&b, expect->what, out);
    out->text = ir_stmt_text(lower->arena, out);
    return out;
}
