/* Questions about sets of paths, answered by walking the automaton of all their globs breadth first. */
#include "glob_dfa.h"

#include <string.h>

enum { QUESTION_BUDGET = 20000, CELLS_BUDGET = 100000 };

/* What variables are, so that more paths, or fewer, are in the answer: of an answer that is to hold on every
 * node, whatever list is given here. */
enum variables { VARIABLES_NOTHING, VARIABLES_WIDEN, VARIABLES_NARROW };

struct indexed_set {
    bool any;
    size_t in, out, end; /* of the globs: in..out are the set's `in`, out..end its `out` */
};

struct question {
    struct arena *scratch;
    VEC(struct dfa_glob) globs;
    VEC(struct indexed_set) inside;
    VEC(struct indexed_set) outside;
    bool bound; /* variables are what they are bound to */
    struct dfa dfa;
    struct outlook *outlooks; /* of globs, in the state last looked at */
};

static void add_globs(struct question *q, const struct glob *const *globs, size_t n, bool vars) {
    for (size_t i = 0; i < n; i++)
        vec_push(q->scratch, &q->globs,
                 ((struct dfa_glob){.glob = q->bound ? glob_bound(globs[i]) : globs[i], .vars = vars}));
}

static struct indexed_set add_set(struct question *q, const struct pathset *set, bool vars_in,
                                  bool vars_out) {
    struct indexed_set indexed = {.any = set->any, .in = q->globs.n};
    if (!set->any)
        add_globs(q, set->in, set->n_in, vars_in);
    indexed.out = q->globs.n;
    if (!set->any)
        add_globs(q, set->out, set->n_out, vars_out);
    indexed.end = q->globs.n;
    return indexed;
}

static struct outlook outlook_of_union(const struct outlook *of_globs, size_t from, size_t to) {
    struct outlook all = {0};
    for (size_t i = from; i < to; i++) {
        all.now |= of_globs[i].now;
        all.may |= of_globs[i].may;
        all.must |= of_globs[i].must;
    }
    return all;
}

static struct outlook outlook_without(struct outlook a, struct outlook b) {
    return (struct outlook){a.now && !b.now, a.may && !b.must, a.must && !b.may};
}

static struct outlook outlook_of_set(const struct question *q, const struct indexed_set *set) {
    if (set->any)
        return (struct outlook){true, true, true};
    return outlook_without(outlook_of_union(q->outlooks, set->in, set->out),
                           outlook_of_union(q->outlooks, set->out, set->end));
}

/* Of what is asked for: paths in all of `inside` and none of `outside`. */
static struct outlook look(struct question *q, int state) {
    struct outlook all = {true, true, true};
    dfa_outlooks(&q->dfa, state, q->outlooks);
    for (size_t i = 0; i < q->inside.n; i++) {
        struct outlook one = outlook_of_set(q, &q->inside.items[i]);
        all = (struct outlook){all.now && one.now, all.may && one.may, all.must && one.must};
    }
    for (size_t i = 0; i < q->outside.n; i++)
        all = outlook_without(all, outlook_of_set(q, &q->outside.items[i]));
    return all;
}

/* Follows every class of bytes from `state`, in order; false when the budget is spent. New states get the
 * next numbers. */
static bool expand(struct dfa *dfa, int state) {
    for (unsigned class = 0; class < dfa->n_classes; class ++)
        if ((state != DFA_START || dfa->byte_of[class] == '/') && dfa_step(dfa, state, class) == DFA_FULL)
            return false;
    return true;
}

static const char *search(struct question *q, struct arena *arena, bool *unknown) {
    for (int state = DFA_START; state < (int)q->dfa.states.n; state++) {
        struct outlook found = look(q, state);
        if (found.now && state != DFA_START)
            return dfa_text(&q->dfa, arena, state);
        if (found.may && !expand(&q->dfa, state)) {
            *unknown = true;
            return NULL;
        }
    }
    return NULL;
}

static const char *find(struct arena *arena, const struct pathset *const *inside, size_t n_inside,
                        const struct pathset *const *outside, size_t n_outside, enum variables variables,
                        bool *unknown) {
    bool widen = variables == VARIABLES_WIDEN, narrow = variables == VARIABLES_NARROW;
    struct question q = {.scratch = arena_new(), .bound = variables == VARIABLES_NOTHING};
    for (size_t i = 0; i < n_inside; i++)
        vec_push(q.scratch, &q.inside, add_set(&q, inside[i], widen, narrow));
    for (size_t i = 0; i < n_outside; i++)
        vec_push(q.scratch, &q.outside, add_set(&q, outside[i], narrow, widen));
    dfa_init(&q.dfa, q.scratch, q.globs.items, q.globs.n, true, QUESTION_BUDGET);
    q.outlooks = arena_alloc(q.scratch, (q.globs.n + 1) * sizeof *q.outlooks);
    *unknown = false;
    const char *path = search(&q, arena, unknown);
    arena_free(q.scratch);
    return path;
}

const char *pathset_example(struct arena *arena, const struct pathset *const *inside, size_t n_inside,
                            const struct pathset *const *outside, size_t n_outside, bool *unknown) {
    return find(arena, inside, n_inside, outside, n_outside, VARIABLES_NOTHING, unknown);
}

static bool all_literal(const struct pathset *set) {
    for (size_t i = 0; i < set->n_in; i++)
        if (!set->in[i]->literal)
            return false;
    return !set->any;
}

static bool any_variable(const struct glob *const *globs, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (globs[i]->has_var)
            return true;
    return false;
}

static bool has_variable(const struct pathset *set) {
    return !set->any && (any_variable(set->in, set->n_in) || any_variable(set->out, set->n_out));
}

/* Is there a path in `a` whose being in `b` is `in_b`? */
static enum glob_answer exists(struct arena *arena, const struct pathset *a, const struct pathset *b,
                               bool in_b) {
    bool variable = has_variable(a) || has_variable(b), unknown;
    if (!variable && all_literal(a)) {
        for (size_t i = 0; i < a->n_in; i++)
            if (pathset_match(a, a->in[i]->literal) && pathset_match(b, a->in[i]->literal) == in_b)
                return GLOB_YES;
        return GLOB_NO;
    }
    const struct pathset *inside[] = {a, b};
    size_t n = in_b ? 2 : 1;
    if (find(arena, inside, n, &b, 2 - n, variable ? VARIABLES_NARROW : VARIABLES_NOTHING, &unknown))
        return GLOB_YES;
    if (variable && !unknown && find(arena, inside, n, &b, 2 - n, VARIABLES_WIDEN, &unknown))
        return GLOB_UNKNOWN;
    return unknown ? GLOB_UNKNOWN : GLOB_NO;
}

static bool may_meet(const struct glob *a, const struct glob *b) {
    size_t first = a->n_prefix < b->n_prefix ? a->n_prefix : b->n_prefix;
    size_t last = a->n_suffix < b->n_suffix ? a->n_suffix : b->n_suffix;
    return memcmp(a->text, b->text, first) == 0 &&
           memcmp(a->text + a->n_text - last, b->text + b->n_text - last, last) == 0;
}

bool pathset_may_meet(const struct pathset *a, const struct pathset *b) {
    bool may = a->any || b->any;
    for (size_t i = 0; i < a->n_in && !may; i++)
        for (size_t k = 0; k < b->n_in && !may; k++)
            may = may_meet(a->in[i], b->in[k]);
    return may;
}

enum glob_answer pathset_intersects(struct arena *arena, const struct pathset *a, const struct pathset *b) {
    if (!pathset_may_meet(a, b))
        return GLOB_NO;
    return all_literal(b) ? exists(arena, b, a, true) : exists(arena, a, b, true);
}

enum glob_answer pathset_subset(struct arena *arena, const struct pathset *a, const struct pathset *b) {
    static const enum glob_answer not [] = {
        [GLOB_NO] = GLOB_YES, [GLOB_YES] = GLOB_NO, [GLOB_UNKNOWN] = GLOB_UNKNOWN};
    return not [exists(arena, a, b, false)];
}

/* Cells. */

struct cells {
    struct dfa dfa;
    struct outlook *outlooks;
    size_t n_words;
    VEC(uint64_t *) seen;
};

static bool is_new(struct cells *c, struct arena *scratch) {
    uint64_t *matched = arena_alloc(scratch, c->n_words * sizeof *matched);
    for (size_t i = 0; i < c->dfa.n_globs; i++)
        matched[i / 64] |= (uint64_t)c->outlooks[i].now << i % 64;
    for (size_t i = 0; i < c->seen.n; i++)
        if (memcmp(c->seen.items[i], matched, c->n_words * sizeof *matched) == 0)
            return false;
    vec_push(scratch, &c->seen, matched);
    return true;
}

static bool undecided(const struct cells *c) {
    for (size_t i = 0; i < c->dfa.n_globs; i++)
        if (c->outlooks[i].may && !c->outlooks[i].must)
            return true;
    return false;
}

int glob_cells(struct arena *arena, const struct glob *const *globs, size_t n, size_t max,
               void (*each)(void *context, const char *path, const uint64_t *matched), void *context) {
    struct arena *scratch = arena_new();
    struct dfa_glob *of = arena_alloc(scratch, n * sizeof *of);
    for (size_t i = 0; i < n; i++)
        of[i].glob = glob_bound(globs[i]);
    struct cells c = {.n_words = n / 64 + 1};
    c.outlooks = arena_alloc(scratch, n * sizeof *c.outlooks);
    dfa_init(&c.dfa, scratch, of, n, true, CELLS_BUDGET);
    bool complete = expand(&c.dfa, DFA_START);
    for (int state = 1; complete && state < (int)c.dfa.states.n && c.seen.n < max; state++) {
        dfa_outlooks(&c.dfa, state, c.outlooks);
        if (is_new(&c, scratch))
            each(context, dfa_text(&c.dfa, arena, state), c.seen.items[c.seen.n - 1]);
        complete = !undecided(&c) || expand(&c.dfa, state);
    }
    int found = complete ? (int)c.seen.n : -1;
    arena_free(scratch);
    return found;
}
