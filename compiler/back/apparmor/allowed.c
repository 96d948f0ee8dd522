#include "lowering.h"

#include <string.h>

const struct pathset aa_every_path = {.any = true};

/* What a rule can speak of, and the operations that one can tell apart. */
static const struct {
    bool has_rule;
    unsigned ops;
} classes[CLASS_COUNT] = {
    [CLASS_FILE] = {true, OP_ACCESS},
    [CLASS_CAPABILITY] = {true, 1},
    [CLASS_MOUNT] = {true, 1},
    [CLASS_UMOUNT] = {true, 1},
    [CLASS_PIVOT_ROOT] = {true, 1},
    [CLASS_SOCKET] = {true, 1},
    [CLASS_PTRACE] = {true, OP_PTRACE_ALL},
    [CLASS_USERNS] = {true, 1},
    [CLASS_SIGNAL] = {true, OP_SIGNAL_ALL},
};

bool aa_has_class(enum event_class class) {
    return classes[class].has_rule;
}

unsigned aa_all_ops(enum event_class class) {
    return classes[class].ops;
}

bool aa_is_ours(const struct aa_profile *p, const struct ir_stmt *stmt) {
    bool masked =
        stmt->part && (!strcmp(stmt->part, "masked-paths") || !strcmp(stmt->part, "readonly-paths"));
    return aa_has_class(stmt->class) && !(masked && !stmt->own && node_runtime_masks(p->node, p->policy));
}

bool aa_denies_here(const struct aa_profile *p, const struct ir_stmt *stmt) {
    return stmt->verdict == VERDICT_DENY && !stmt->is_default && stmt->block == p->block &&
           aa_is_ours(p, stmt);
}

bool aa_is_observed(const struct ir_policy *policy, const struct ir_stmt *stmt) {
    return policy->reaction == REACTION_OBSERVE && stmt->own && stmt->verdict == VERDICT_DENY &&
           !stmt->is_default;
}

bool aa_denied_by_default(const struct aa_profile *p, enum event_class class) {
    for (size_t i = 0; p->block < 0 && i < p->policy->n_stmts; i++) {
        const struct ir_stmt *stmt = p->policy->stmts[i];
        if (stmt->is_default && !stmt->refinement && stmt->class == class &&
            !(stmt->own && p->policy->reaction == REACTION_OBSERVE))
            return stmt->verdict == VERDICT_DENY;
    }
    return false;
}

/* `write` has append and link in its `ops`. */
static bool speaks_of(const struct ir_stmt *stmt, unsigned op) {
    return !stmt->ops || stmt->ops & op;
}

bool aa_logs(const struct ir_policy *policy, const struct ir_stmt *denial) {
    return denial->audit || (denial->own && !denial->is_default && policy->reaction != REACTION_DENY);
}

static bool narrows(const struct aa_profile *p, enum event_class class, const struct ir_stmt *stmt) {
    return stmt->class == class && stmt->negated && aa_denies_here(p, stmt) &&
           !aa_is_observed(p->policy, stmt) &&
           !(class == CLASS_MOUNT && aa_unsayable(p, class, &stmt->match));
}

static bool alike(const struct aa_profile *p, enum event_class class, unsigned a, unsigned b) {
    for (size_t i = 0; i < p->policy->n_stmts; i++) {
        const struct ir_stmt *stmt = p->policy->stmts[i];
        if (narrows(p, class, stmt) && speaks_of(stmt, a) != speaks_of(stmt, b))
            return false;
    }
    return true;
}

unsigned aa_ops_alike(const struct aa_profile *p, enum event_class class, unsigned *ops) {
    unsigned first = *ops & -*ops, group = 0;
    for (unsigned op = first; op <= *ops; op <<= 1)
        if (*ops & op && alike(p, class, first, op))
            group |= op;
    *ops &= ~group;
    return group;
}

/* Meeting what matches */

static bool meet_words(struct arena *arena, const char *const *a, size_t n_a, const char *const *b,
                       size_t n_b, const char *const **both, size_t *n_both) {
    VEC(const char *) words = {0};
    for (size_t i = 0; i < n_a; i++)
        for (size_t j = 0; j < n_b; j++)
            if (!strcmp(a[i], b[j]))
                vec_push(arena, &words, a[i]);
    bool any = !n_a || !n_b;
    *both = any ? (n_a ? a : b) : words.items;
    *n_both = any ? n_a + n_b : words.n;
    return any || words.n;
}

static bool meet_ints(struct arena *arena, const int *a, size_t n_a, const int *b, size_t n_b,
                      const int **both, size_t *n_both) {
    VEC(int) ints = {0};
    for (size_t i = 0; i < n_a; i++)
        for (size_t j = 0; j < n_b; j++)
            if (a[i] == b[j])
                vec_push(arena, &ints, a[i]);
    bool any = !n_a || !n_b;
    *both = any ? (n_a ? a : b) : ints.items;
    *n_both = any ? n_a + n_b : ints.n;
    return any || ints.n;
}

static bool meet_peers(struct arena *arena, const struct ir_match *a, const struct ir_match *b,
                       struct ir_match *both) {
    const struct ir_match *some = a->peers ? a : b;
    both->peers = some->peers;
    both->peer_policies = some->peer_policies;
    both->n_peer_policies = some->n_peer_policies;
    if (!a->peers || !b->peers)
        return true;
    both->peers = a->peers & b->peers;
    const unsigned policy = 1u << PEER_POLICY;
    if (both->peers & policy && !meet_words(arena, a->peer_policies, a->n_peer_policies, b->peer_policies,
                                            b->n_peer_policies, &both->peer_policies, &both->n_peer_policies))
        both->peers &= ~policy;
    return both->peers;
}

static bool meet_signals(const struct ir_match *a, const struct ir_match *b, struct ir_match *both) {
    bool any_a = !a->signals[0] && !a->signals[1], any_b = !b->signals[0] && !b->signals[1];
    for (int i = 0; i < 2; i++)
        both->signals[i] = any_a ? b->signals[i] : any_b ? a->signals[i] : a->signals[i] & b->signals[i];
    return any_a || any_b || both->signals[0] || both->signals[1];
}

static bool meet_lists(struct arena *arena, const struct ir_match *a, const struct ir_match *b,
                       struct ir_match *both) {
    return meet_words(arena, a->fstypes, a->n_fstypes, b->fstypes, b->n_fstypes, &both->fstypes,
                      &both->n_fstypes) &&
           meet_ints(arena, a->families, a->n_families, b->families, b->n_families, &both->families,
                     &both->n_families) &&
           meet_ints(arena, a->types, a->n_types, b->types, b->n_types, &both->types, &both->n_types) &&
           meet_ints(arena, a->protocols, a->n_protocols, b->protocols, b->n_protocols, &both->protocols,
                     &both->n_protocols) &&
           meet_peers(arena, a, b, both) && meet_signals(a, b, both) && aa_meet_mount(arena, a, b, both);
}

static enum aa_meet meet_sets(struct arena *arena, bool has_a, const struct pathset *a, bool has_b,
                              const struct pathset *b, bool *has, struct pathset *both) {
    *has = has_a || has_b;
    return aa_meet_paths(arena, has_a ? a : &aa_every_path, has_b ? b : &aa_every_path, both);
}

enum aa_meet aa_meet_match(struct arena *arena, const struct ir_match *a, const struct ir_match *b,
                           struct ir_match *both) {
    *both = (struct ir_match){.owner = a->owner || b->owner};
    if (!meet_lists(arena, a, b, both))
        return AA_MEET_EMPTY;
    enum aa_meet paths =
        meet_sets(arena, a->has_paths, &a->paths, b->has_paths, &b->paths, &both->has_paths, &both->paths);
    enum aa_meet sources = meet_sets(arena, a->has_sources, &a->sources, b->has_sources, &b->sources,
                                     &both->has_sources, &both->sources);
    if (paths == AA_MEET_EMPTY || sources == AA_MEET_EMPTY)
        return AA_MEET_EMPTY;
    return paths == AA_MEET_UNKNOWN || sources == AA_MEET_UNKNOWN ? AA_MEET_UNKNOWN : AA_MEET_SOME;
}

/* What is allowed */

/* Observed statements decide nothing, allows neither. */
static bool is_idle(const struct ir_policy *policy, const struct ir_stmt *allow) {
    return policy->reaction == REACTION_OBSERVE && allow->own;
}

static struct aa_rects allowed_at_first(const struct aa_profile *p, enum event_class class, unsigned ops) {
    struct aa_rects rects = {0};
    if (!aa_denied_by_default(p, class)) {
        vec_push(p->arena, &rects, (struct aa_rect){.ops = ops});
        return rects;
    }
    for (size_t i = 0; i < p->policy->n_stmts; i++) {
        const struct ir_stmt *stmt = p->policy->stmts[i];
        if (stmt->class != class || stmt->verdict != VERDICT_ALLOW || stmt->block >= 0 ||
            is_idle(p->policy, stmt))
            continue;
        struct aa_rect rect = {.match = stmt->match, .stmt = stmt};
        for (unsigned op = 1; op <= ops; op <<= 1)
            if (ops & op && speaks_of(stmt, op))
                rect.ops |= op;
        if (rect.ops)
            vec_push(p->arena, &rects, rect);
    }
    return rects;
}

/* An allow's own denying half comes behind it and takes nothing from it. */
static struct aa_rects narrow(const struct aa_profile *p, const struct aa_rects *rects,
                              const struct ir_stmt *by, bool *failed) {
    struct aa_rects narrower = {0};
    for (size_t i = 0; i < rects->n; i++) {
        struct aa_rect rect = rects->items[i];
        enum aa_meet meet = aa_meet_match(p->arena, &rects->items[i].match, &by->match, &rect.match);
        if (meet == AA_MEET_UNKNOWN) {
            rect.match = rects->items[i].match;
            *failed = true;
        }
        if (!rect.stmt)
            rect.stmt = by;
        if (meet != AA_MEET_EMPTY)
            vec_push(p->arena, &narrower, rect);
    }
    return narrower;
}

struct aa_rects aa_allowed(const struct aa_profile *p, enum event_class class, unsigned ops,
                           const struct ir_stmt *watch, bool *failed) {
    struct aa_rects rects = allowed_at_first(p, class, ops);
    for (size_t i = 0; i < p->policy->n_stmts; i++) {
        const struct ir_stmt *stmt = p->policy->stmts[i];
        bool this_failed = false;
        if (narrows(p, class, stmt) && speaks_of(stmt, ops & -ops))
            rects = narrow(p, &rects, stmt, &this_failed);
        if (this_failed && stmt == watch)
            *failed = true;
    }
    return rects;
}

/* Mapping. An exec rule that inherits the profile lets the program be mapped too, and apparmor_parser 4.1
 * doesn't let a denial take that away (hfa.cc: pri_update_perm clears it, depending on the order of rules
 * [lab]). A transition to the very profile that is there doesn't, and is an inheritance otherwise: under
 * no_new_privs and in a stack as well [lab]. Entering a block has to inherit. */

static bool restricts_maps(const struct aa_profile *p, const struct ir_stmt *stmt) {
    return stmt->class == CLASS_FILE && stmt->ops & OP_MAP && aa_denies_here(p, stmt) &&
           !aa_is_observed(p->policy, stmt);
}

const char *aa_exec_perm(const struct aa_profile *p) {
    const struct ir_raws *raw = ir_raw_apparmor(p->policy, p->block);
    bool restricted = aa_denied_by_default(p, CLASS_FILE);
    for (size_t i = 0; i < raw->n && !restricted; i++)
        restricted = strstr(raw->items[i].text, "deny");
    for (size_t i = 0; i < p->policy->n_stmts && !restricted; i++)
        restricted = restricts_maps(p, p->policy->stmts[i]);
    if (!restricted)
        return "ix";
    if (p->block < 0)
        return arena_printf(p->arena, "px -> %s", p->name);
    return arena_printf(p->arena, "px -> %s//%s", p->name, p->policy->blocks[p->block].name);
}

/* Everything that may be mapped, as one set. */
static struct pathset mappable(const struct aa_profile *p) {
    VEC(const struct glob *) in = {0};
    struct aa_rects maps = aa_allowed(p, CLASS_FILE, OP_MAP, NULL, NULL);
    for (size_t i = 0; i < maps.n; i++) {
        struct aa_globs globs;
        if (!maps.items[i].match.has_paths)
            return aa_every_path;
        aa_globs(p->arena, &maps.items[i].match.paths, &globs);
        struct pathset set = aa_pathset_of(p->arena, globs.items, globs.n);
        for (size_t g = 0; g < set.n_in; g++)
            vec_push(p->arena, &in, set.in[g]);
    }
    return (struct pathset){.in = in.items, .n_in = in.n};
}

static struct pathset programs_of(const struct aa_profile *p) {
    VEC(const struct glob *) in = {0};
    for (size_t b = 0; p->block < 0 && b < p->policy->n_blocks; b++)
        for (size_t i = 0; i < p->policy->blocks[b].n_programs; i++)
            vec_push(p->arena, &in, p->policy->blocks[b].programs[i]);
    return (struct pathset){.in = in.items, .n_in = in.n};
}

struct aa_globs aa_programs_not_mapped(const struct aa_profile *p, bool *exact) {
    struct aa_globs globs = {0};
    struct pathset programs = programs_of(p), map = mappable(p);
    *exact = true;
    if (!programs.n_in || pathset_subset(p->arena, &programs, &map) == GLOB_YES)
        return globs;
    programs.out = map.in;
    programs.n_out = map.n_in;
    *exact = aa_globs(p->arena, &programs, &globs);
    return *exact ? globs : (struct aa_globs){0};
}

bool aa_maps_hold(const struct aa_profile *p, const struct ir_stmt *denial) {
    bool exact;
    struct pathset programs = programs_of(p);
    if (!programs.n_in)
        return true;
    if (p->node->parser_major < 4)
        return aa_programs_not_mapped(p, &exact).n == 0 || exact;
    if (denial->negated || denial->is_default)
        return aa_programs_not_mapped(p, &exact).n == 0 && exact;
    return denial->match.has_paths &&
           pathset_intersects(p->arena, &programs, &denial->match.paths) == GLOB_NO;
}

/* Logs */

static bool covers_only_allowed(const struct aa_profile *p, const struct ir_stmt *denial,
                                const struct ir_stmt *only) {
    const struct pathset *paths = denial->match.has_paths ? &denial->match.paths : &aa_every_path;
    return denial->class == CLASS_FILE && only->match.has_paths && !only->match.owner &&
           !only->match.has_sources && pathset_subset(p->arena, paths, &only->match.paths) == GLOB_YES;
}

static bool erases_log_of(const struct aa_profile *p, const struct ir_stmt *denial,
                          const struct ir_stmt *audited) {
    struct ir_match both;
    bool same_op = false;
    for (unsigned op = 1; op <= aa_all_ops(denial->class); op <<= 1)
        same_op = same_op || (speaks_of(denial, op) && speaks_of(audited, op));
    if (!same_op)
        return false;
    if (audited->negated)
        return !covers_only_allowed(p, denial, audited);
    return aa_meet_match(p->arena, &denial->match, &audited->match, &both) != AA_MEET_EMPTY;
}

struct ir_stmts aa_audited(const struct aa_profile *p, enum event_class class) {
    struct ir_stmts audited = {0};
    for (size_t i = 0; i < p->policy->n_stmts; i++) {
        const struct ir_stmt *stmt = p->policy->stmts[i];
        if (stmt->class == class && aa_denies_here(p, stmt) && aa_logs(p->policy, stmt))
            vec_push(p->arena, &audited, stmt);
    }
    return audited;
}

bool aa_is_audited(const struct aa_profile *p, const struct ir_stmt *denial, const struct ir_stmts *audited) {
    bool is = aa_logs(p->policy, denial);
    for (size_t i = 0; i < audited->n && !is; i++)
        is = erases_log_of(p, denial, audited->items[i]);
    return is;
}
