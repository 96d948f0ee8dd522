#include "lints.h"

#include "events.h"
#include "meaning.h"
#include <string.h>

struct lint {
    struct arena *arena;
    struct diag *diag;
    const struct links *links;
    const struct ir_policy *policy;
};

static struct loc place(const struct ir_stmt *s) {
    return s->origin ? s->origin->loc : (struct loc){0};
}

static const char *last_part(const char *rule) {
    const char *dot = strrchr(rule, '.');
    return dot ? dot + 1 : rule;
}

static void note_denial(const struct lint *l, struct diag_item *item, const struct ir_stmt *deny) {
    if (place(deny).begin)
        diag_note(l->diag, item, place(deny), "denied here");
    if (!deny->own && deny->origin && *deny->origin->rule)
        diag_note(l->diag, item, (struct loc){0},
                  "`mode EnhanceProtect on %s except %s;` takes that part of the base away",
                  l->policy->base ? l->policy->base : "…", last_part(deny->origin->rule));
}

/* ---- dead allows: judged on one event of each cell ---- */

static bool may_touch(const struct ir_stmt *deny, const struct ir_stmt *allow) {
    return deny->class == allow->class && (!deny->ops || !allow->ops || deny->ops & allow->ops) &&
           (deny->negated || !deny->match.has_paths || !allow->match.has_paths ||
            pathset_may_meet(&deny->match.paths, &allow->match.paths));
}

/* Most statements by far have to do with other things than an allow: the cells that the rest cut are enough,
 * so a long policy stays cheap. */
static struct ir_policy around(const struct lint *l, const struct ir_stmt *allow,
                               bool (*counts)(const struct ir_stmt *stmt)) {
    struct ir_stmts rest = {0};
    struct ir_policy out = *l->policy;
    for (size_t i = 0; i < l->policy->n_stmts; i++) {
        const struct ir_stmt *s = l->policy->stmts[i];
        if (counts(s) && s->block < 0 && may_touch(s, allow))
            vec_push(l->arena, &rest, s);
    }
    out.stmts = rest.items;
    out.n_stmts = rest.n;
    return out;
}

/* Only these make an allow dead. */
static bool is_written_denial(const struct ir_stmt *s) {
    return s->verdict == VERDICT_DENY && !s->is_default;
}

static void check_allow(const struct lint *l, const struct ir_stmt *allow) {
    struct ir_policy denials = around(l, allow, is_written_denial);
    struct events events = {0};
    const struct ir_stmt *by = NULL;
    size_t dead = 0;
    if (denials.n_stmts)
        events_of(l->arena, &denials, allow, &events);
    for (size_t i = 0; i < events.list.n; i++)
        dead += meaning_denying(&denials, &events.list.items[i], &by, 1);
    if (!dead)
        return;
    bool all = dead == events.list.n && !events.incomplete;
    struct diag_item *item = diag_add(l->diag, all ? DIAG_DEAD_ALLOW : DIAG_PARTLY_DEAD_ALLOW, place(allow),
                                      all ? "this allow has no effect: all of it is denied"
                                          : "part of this allow has no effect: it is denied");
    note_denial(l, item, by);
}

static void dead_allows(const struct lint *l) {
    for (size_t i = 0; i < l->policy->n_stmts; i++) {
        const struct ir_stmt *s = l->policy->stmts[i];
        if (s->own && s->verdict == VERDICT_ALLOW && !s->allow_half && !s->is_default &&
            l->policy->reaction != REACTION_OBSERVE)
            check_allow(l, s);
    }
}

/* ---- allows that nothing needs ---- */

/* Two alike don't excuse each other. */
static bool is_no_own_allow(const struct ir_stmt *s) {
    return !(s->own && s->verdict == VERDICT_ALLOW);
}

static bool any_denied(const struct lint *l, const struct ir_stmt *allow) {
    struct ir_policy rest = around(l, allow, is_no_own_allow);
    struct events events = {0};
    if (!rest.n_stmts)
        return false;
    events_of(l->arena, &rest, allow, &events);
    for (size_t i = 0; i < events.list.n; i++)
        if (meaning_judge(&rest, &events.list.items[i]).verdict == VERDICT_DENY)
            return true;
    return events.incomplete;
}

static bool opens_something(const struct lint *l, const struct ir_stmt *allow) {
    bool opens = any_denied(l, allow);
    for (size_t i = 0; i < l->policy->n_stmts && !opens; i++)
        if (l->policy->stmts[i]->derived_from == allow)
            opens = any_denied(l, l->policy->stmts[i]);
    return opens;
}

/* To say which of the container's capabilities are needed does no harm. */
static bool may_be_idle(const struct lint *l, const struct ir_stmt *s) {
    return s->own && s->verdict == VERDICT_ALLOW && !s->allow_half && !s->audit && !s->derived_from &&
           s->origin && !s->origin->via && !(s->class == CLASS_CAPABILITY && ir_is_container(l->policy));
}

static void idle_allows(const struct lint *l) {
    if (l->policy->is_abstract || l->policy->mode != MODE_ENHANCE_PROTECT ||
        l->policy->reaction == REACTION_OBSERVE)
        return;
    for (size_t i = 0; i < l->policy->n_stmts; i++) {
        const struct ir_stmt *s = l->policy->stmts[i];
        if (!may_be_idle(l, s) || opens_something(l, s))
            continue;
        struct diag_item *item =
            diag_add(l->diag, DIAG_IDLE_ALLOW, place(s), "nothing denies this, so it allows nothing new");
        diag_note(
            l->diag, item, (struct loc){0},
            "`allow only` denies all else of its kind; `mode DefenseInDepth` denies what isn't allowed");
    }
}

/* ---- directories for what is in them ---- */

/* NULL: not a directory's name alone. */
static const struct glob *directory_alone(const struct ir_stmt *s, size_t i) {
    const char *path = glob_literal(s->match.paths.in[i]);
    size_t len = path ? strlen(path) : 0;
    return len > 1 && path[len - 1] == '/' ? s->match.paths.in[i] : NULL;
}

static bool denied_below(const struct lint *l, const struct ir_stmt *deny, const struct glob *directory) {
    const char *error = NULL;
    size_t at;
    const struct glob *below =
        glob_parse(l->arena, arena_printf(l->arena, "%s**", glob_text(directory)), &error, &at);
    const struct pathset inside = {.in = &below, .n_in = 1, .out = &directory, .n_out = 1};
    bool denied = !below;
    for (size_t i = 0; i < l->policy->n_stmts && !denied; i++) {
        const struct ir_stmt *s = l->policy->stmts[i];
        denied = s->class == CLASS_FILE && s->verdict == VERDICT_DENY && !s->is_default &&
                 s->ops & deny->ops &&
                 (s->negated || pathset_intersects(l->arena, &s->match.paths, &inside) != GLOB_NO);
    }
    return denied;
}

static bool is_the_librarys(const struct lint *l, const struct ir_stmt *s) {
    const struct source_file *file = source_of(l->diag->sources, place(s).begin);
    return !file || file->stdlib;
}

static void directories_alone(const struct lint *l) {
    for (size_t i = 0; i < l->policy->n_stmts; i++) {
        const struct ir_stmt *s = l->policy->stmts[i];
        if (!s->own || s->class != CLASS_FILE || s->verdict != VERDICT_DENY || s->negated ||
            s->derived_from || !s->match.has_paths || is_the_librarys(l, s))
            continue;
        for (size_t k = 0; k < s->match.paths.n_in; k++) {
            const struct glob *directory = directory_alone(s, k);
            if (!directory || denied_below(l, s, directory))
                continue;
            diag_note(l->diag,
                      diag_add(l->diag, DIAG_DIRECTORY_ALONE, place(s),
                               "`%s` is the directory itself, not what is in it", glob_text(directory)),
                      (struct loc){0}, "`%s**` is what is in it", glob_text(directory));
            break;
        }
    }
}

/* ---- errnos ---- */

static bool overlap(const struct lint *l, const struct ir_stmt *a, const struct ir_stmt *b) {
    struct events events = {0};
    bool shared = a->match.every_call || b->match.every_call || a->negated || b->negated;
    for (size_t i = 0; i < a->match.n_calls && !shared; i++)
        for (size_t k = 0; k < b->match.n_calls && !shared; k++)
            shared = a->match.calls[i].abi == b->match.calls[k].abi &&
                     a->match.calls[i].nr == b->match.calls[k].nr;
    if (!shared)
        return false;
    events_of(l->arena, l->policy, a, &events);
    for (size_t i = 0; i < events.list.n; i++)
        if (ir_stmt_matches(b, &events.list.items[i]))
            return true;
    return false;
}

static struct ir_stmts with_errno(const struct lint *l) {
    struct ir_stmts out = {0};
    for (size_t i = 0; i < l->policy->n_stmts; i++)
        if (l->policy->stmts[i]->class == CLASS_SYSCALL && !l->policy->stmts[i]->is_default &&
            l->policy->stmts[i]->err)
            vec_push(l->arena, &out, l->policy->stmts[i]);
    return out;
}

/* The policy's errno beats the base's; two of one side contradict each other. */
static void errno_conflicts(const struct lint *l) {
    struct ir_stmts all = with_errno(l);
    for (size_t i = 0; i < all.n; i++)
        for (size_t k = i + 1; k < all.n; k++) {
            const struct ir_stmt *a = all.items[i], *b = all.items[k];
            if (a->own != b->own || a->err == b->err || !overlap(l, a, b))
                continue;
            struct diag_item *item = diag_add(l->diag, DIAG_ERRNO_CONFLICT, place(b),
                                              "the same calls are denied with %s and with %s",
                                              errno_name(a->err), errno_name(b->err));
            diag_note(l->diag, item, place(a), "%s here", errno_name(a->err));
        }
}

/* ---- what a program can get round ---- */

static bool denies_map(const struct ir_policy *p, const struct ir_stmt *exec) {
    for (size_t i = 0; i < p->n_stmts; i++)
        if (p->stmts[i]->class == CLASS_FILE && p->stmts[i]->verdict == VERDICT_DENY &&
            p->stmts[i]->ops & OP_MAP && p->stmts[i]->block == exec->block)
            return true;
    return false;
}

/* What can't be read can't be mapped: the loader opens it first. */
static void exec_without_map(const struct lint *l) {
    for (size_t i = 0; i < l->policy->n_stmts; i++) {
        const struct ir_stmt *s = l->policy->stmts[i];
        if (!s->own || s->class != CLASS_FILE || s->verdict != VERDICT_DENY || s->negated ||
            !(s->ops & OP_EXEC) || s->ops & (OP_MAP | OP_READ | OP_WRITE) || denies_map(l->policy, s))
            continue;
        diag_note(
            l->diag,
            diag_add(l->diag, DIAG_EXEC_WITHOUT_MAP, place(s),
                     "the dynamic loader can still run these: `ld.so PROGRAM` maps, it doesn't execute"),
            (struct loc){0}, "deny `map` of them too");
    }
}

/* The kernel maps a program after it has entered the block: reading it is asked again then, and mapping it
 * where its first segment is code [lab, 6.1: aa_file_perm() looks again at a file whose opener had another
 * label]. */
static const struct ir_stmt *denied_once_inside(const struct lint *l, const struct event *asked) {
    struct event exec = *asked, e = *asked;
    exec.op = OP_EXEC;
    e.chain = &asked->path;
    e.n_chain = 1;
    struct judgement j = meaning_judge(l->policy, &e);
    bool linked =
        strcmp(links_resolve(l->arena, l->links, e.path), e.path) != 0; /* where to is asked as well */
    if (linked || j.verdict == VERDICT_ALLOW || meaning_judge(l->policy, &exec).verdict == VERDICT_DENY)
        return NULL;
    return j.decided_by;
}

static void check_programs(const struct lint *l, const struct ir_block *block, unsigned op) {
    struct events events = {0};
    const struct ir_stmt programs = {
        .class = CLASS_FILE,
        .ops = op,
        .block = -1,
        .match = {.has_paths = true, .paths = {.in = block->programs, .n_in = block->n_programs}}};
    events_of(l->arena, l->policy, &programs, &events);
    for (size_t i = 0; i < events.list.n; i++) {
        const struct ir_stmt *by = denied_once_inside(l, &events.list.items[i]);
        if (!by)
            continue;
        struct diag_item *item =
            diag_add(l->diag, DIAG_PROGRAM_KEPT_OUT, block->origin->loc,
                     op == OP_READ ? "`%s` can't start: in block %s it may not be read"
                                   : "`%s` may fail to start: in block %s it may not be mapped",
                     events.list.items[i].path, block->name);
        note_denial(l, item, by);
        diag_note(l->diag, item, (struct loc){0},
                  "the kernel reads the program under the block's own rules: allow it there");
        return;
    }
}

static void programs_kept_out(const struct lint *l) {
    for (size_t b = 0; b < l->policy->n_blocks; b++) {
        unsigned before = l->diag->warnings;
        check_programs(l, &l->policy->blocks[b], OP_READ);
        if (l->diag->warnings == before)
            check_programs(l, &l->policy->blocks[b], OP_MAP);
    }
}

/* ---- requirements against the grants ---- */

static void grants_against_requires(const struct lint *l) {
    const uint64_t sys_admin = (uint64_t)1 << capability_by_name("sys_admin");
    for (size_t i = 0; i < l->policy->n_requires; i++)
        if (l->policy->requires[i].kind == REQUIRE_NO_NEW_PRIVILEGES && l->policy->grants & sys_admin &&
            ir_is_container(l->policy) && !l->policy->privileged)
            diag_note(l->diag,
                      diag_add(l->diag, DIAG_CONTRADICTION, l->policy->requires[i].origin->loc,
                               "no-new-privileges and the capability sys_admin can't go together in a pod: "
                               "the API server refuses them"),
                      (struct loc){0}, "deny sys_admin, or leave the requirement out");
}

static void (*const lints[])(const struct lint *) = {
    dead_allows,      idle_allows,       directories_alone,      errno_conflicts,
    exec_without_map, programs_kept_out, grants_against_requires};

void lints_run(struct arena *arena, struct diag *diag, const struct links *links,
               const struct ir_policy *const *policies, size_t n) {
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < sizeof lints / sizeof *lints; k++)
            lints[k](&(struct lint){arena, diag, links, policies[i]});
}

/* ---- policies that are emitted together ---- */

static const char *shared_container(const char *const *a, size_t n, const char *const *b, size_t m) {
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < m; k++)
            if (strcmp(a[i], b[k]) == 0)
                return a[i];
    return NULL;
}

static void check_pair(struct diag *diag, const struct ir_policy *first, const struct ir_policy *second) {
    const struct ir_target *a = first->target, *b = second->target;
    if (!a || !b || strcmp(a->kind, b->kind) != 0 ||
        (a->namespace && b->namespace && strcmp(a->namespace, b->namespace) != 0))
        return;
    if (a->name && b->name && strcmp(a->name, b->name) != 0)
        return;
    const char *container = shared_container(a->containers, a->n_containers, b->containers, b->n_containers);
    container = container ? container
                          : shared_container(a->init_containers, a->n_init_containers, b->init_containers,
                                             b->n_init_containers);
    bool all = (!a->n_containers && !a->n_init_containers) ||
               (!b->n_containers && !b->n_init_containers); /* none named: all meant */
    if (!container && !all)
        return;
    bool literal = a->name && b->name;
    struct diag_item *item =
        diag_add(diag, literal ? DIAG_SAME_CONTAINER : DIAG_LABEL_OVERLAP, b->origin->loc,
                 "`%s` and `%s` %s %s%s", first->name, second->name,
                 literal ? "are both for" : "may both be for", literal ? a->name : "the same pods",
                 container ? arena_printf(diag->arena, ", container %s", container) : "");
    diag_note(diag, item, a->origin->loc, "the other one");
    diag_note(diag, item, (struct loc){0}, "`--only NAME` compiles one of them");
}

/* Files go by label: two alike would overwrite each other. */
static void check_labels(struct diag *diag, const struct ir_policy *first, const struct ir_policy *second) {
    if (strcmp(first->label, second->label) == 0)
        diag_note(diag,
                  diag_add(diag, DIAG_DUPLICATE, second->origin->loc, "`%s` and `%s` would both write to %s",
                           first->name, second->name, second->label),
                  first->origin->loc, "the other one");
}

void lints_targets(struct diag *diag, const struct ir_policy *const *policies, size_t n) {
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++) {
            check_pair(diag, policies[i], policies[k]);
            check_labels(diag, policies[i], policies[k]);
        }
}
