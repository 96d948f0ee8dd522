/* A set of paths written as globs.
 *
 * The smallest automaton of the set is read from its start: what every way to the end has in common in the
 * order of the path, the rest as alternatives. A vertex on a cycle that is no star (looking for the end ".c"
 * in every byte) is left in one of two ways: when no `out` glob matters any more, by the rests of the `in`
 * globs; else by writing what follows from its end, where the same search is a tree. */
#include "glob_graph.h"

#include <string.h>

/* MAX_TEXT: apparmor_parser's lexer gives up on a quoted string of 16,384 bytes [3.0.8 and 4.1, tried];
 * escaping makes it longer. */
enum { RENDER_BUDGET = 20000, DEPTH = 45, MAX_TEXT = 15000 };

/* Paths that some list of `in` and none of `out` matches. */
struct problem {
    struct alts in, out;
};

struct writer {
    struct arena *arena;
    struct dfa dfa;
    struct graph graph;
    size_t n_in;
    bool backwards;   /* the problem is one turned round: no second turn */
    unsigned flatten; /* that many alternatives within one another are written side by side: fewer braces,
                         more text */
    size_t budget;    /* of nodes */
    bool failed;
};

enum outcome { WRITTEN, EMPTY, FAILED };

static enum outcome write_problem(struct arena *arena, const struct problem *problem, bool backwards,
                                  unsigned flatten, size_t budget, const struct node **list);

static void push(struct writer *w, struct seq *seq, struct node node) {
    if (w->budget == 0)
        w->failed = true;
    else
        w->budget--;
    seq_push(w->arena, seq, node);
}

static void push_list(struct writer *w, struct seq *seq, const struct node *list) {
    for (; list && !w->failed; list = list->next)
        push(w, seq, *list);
}

/* Turning round. */

static const struct node *mirrored(struct arena *arena, const struct node *list) {
    const struct node *mirror = NULL;
    for (; list; list = list->next) {
        struct node *node = ARENA_NEW(arena, struct node);
        *node = *list;
        node->next = mirror;
        mirror = node;
        if (list->kind != NODE_ALT)
            continue;
        const struct node **alts = arena_alloc(arena, list->n_alts * sizeof *alts);
        for (size_t i = 0; i < list->n_alts; i++)
            alts[i] = mirrored(arena, list->alts[i]);
        node->alts = alts;
    }
    return mirror;
}

static const struct node *rest_of_glob(struct arena *arena, const struct inst *inst) {
    struct seq seq = {0};
    if (inst->op == OP_MATCH)
        return NULL;
    seq_append(arena, &seq, inst->node);
    for (const struct frame *frame = inst->frame; frame; frame = frame->up)
        seq_append(arena, &seq, frame->after);
    return seq.head;
}

/* What may follow a state, glob by glob. A thread that a star of the same state reaches anyway adds nothing.
 */
static struct problem rests(struct writer *w, int state) {
    struct problem problem = {0};
    const struct dfa_state *s = &w->dfa.states.items[state];
    uint64_t *covered = arena_alloc(w->arena, w->dfa.n_words * sizeof *covered);
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t i = 0, g = 0; i < s->n_threads; i++) {
            while (g + 1 < w->dfa.n_globs && s->threads[i] >= w->dfa.globs[g + 1].first)
                g++;
            const struct dfa_glob *of = &w->dfa.globs[g];
            const struct inst *code = glob_program(of->glob)->code;
            uint32_t pc = s->threads[i] - of->first;
            uint64_t *mine = covered + of->first / 64;
            if (pass == 0 && code[pc].op == OP_STAR)
                glob_add_thread(code, pc + 1, false, mine);
            else if (pass == 1 && !(mine[pc / 64] >> pc % 64 & 1))
                vec_push(w->arena, g < w->n_in ? &problem.in : &problem.out,
                         rest_of_glob(w->arena, &code[pc]));
        }
    return problem;
}

static struct alts all_mirrored(struct arena *arena, const struct alts *lists) {
    struct alts mirror = {0};
    for (size_t i = 0; i < lists->n; i++)
        vec_push(arena, &mirror, mirrored(arena, lists->items[i]));
    return mirror;
}

static void push_tangled(struct writer *w, struct seq *seq, const struct vertex *vertex) {
    struct problem problem = rests(w, vertex->state);
    if (vertex->decided) {
        seq_push_alts(w->arena, seq, problem.in.items, problem.in.n, 0);
        return;
    }
    struct problem turned = {all_mirrored(w->arena, &problem.in), all_mirrored(w->arena, &problem.out)};
    const struct node *list = NULL;
    if (w->backwards || write_problem(w->arena, &turned, true, w->flatten, w->budget, &list) != WRITTEN)
        w->failed = true;
    push_list(w, seq, mirrored(w->arena, list));
}

/* Reading the graph. */

static const struct node *write_ways(struct writer *w, uint32_t from, uint32_t to, unsigned level);

/* One way from a vertex: a byte of `edge`, and on to `to`. */
static void add_way(struct writer *w, struct alts *alts, const struct edge *edge, uint32_t to,
                    unsigned level) {
    const struct node *rest = write_ways(w, edge->to, to, level + 1);
    bool flat = (level + 1) % w->flatten != 0 && rest && rest->kind == NODE_ALT && !rest->next;
    for (size_t i = 0; i < (flat ? rest->n_alts : 1) && !w->failed; i++) {
        struct seq seq = {0};
        push(w, &seq, (struct node){.kind = NODE_SET, .set = edge->set});
        push_list(w, &seq, flat ? rest->alts[i] : rest);
        vec_push(w->arena, alts, seq.head);
    }
}

static const struct node *write_ways(struct writer *w, uint32_t from, uint32_t to, unsigned level) {
    struct seq seq = {0};
    while (from != to && !w->failed) {
        const struct vertex *vertex = &w->graph.vertices[from];
        if (vertex->tangled) {
            push_tangled(w, &seq, vertex);
            break;
        }
        if (vertex->star)
            push(w, &seq, (struct node){.kind = NODE_STAR, .set = vertex->loop});
        struct alts alts = {0};
        if (vertex->accepts)
            vec_push(w->arena, &alts, NULL);
        for (size_t i = 0; i < vertex->n_edges && !w->failed; i++)
            add_way(w, &alts, &vertex->edges[i], vertex->after, level);
        if (!w->failed)
            seq_push_alts(w->arena, &seq, alts.items, alts.n, 0);
        from = vertex->after;
    }
    return seq.head;
}

static enum outcome write_problem(struct arena *arena, const struct problem *problem, bool backwards,
                                  unsigned flatten, size_t budget, const struct node **list) {
    size_t n = problem->in.n + problem->out.n;
    struct dfa_glob *globs = arena_alloc(arena, n * sizeof *globs);
    for (size_t i = 0; i < n; i++) {
        bool in = i < problem->in.n;
        globs[i].glob =
            glob_from_list(arena, in ? problem->in.items[i] : problem->out.items[i - problem->in.n]);
        if (!globs[i].glob)
            return FAILED;
    }
    struct writer w = {
        .arena = arena, .n_in = problem->in.n, .backwards = backwards, .flatten = flatten, .budget = budget};
    dfa_init(&w.dfa, arena, globs, n, false, RENDER_BUDGET);
    if (!graph_build(&w.graph, &w.dfa, w.n_in))
        return FAILED;
    if (w.graph.n == 0)
        return EMPTY;
    *list = write_ways(&w, w.graph.start, w.graph.end, 0);
    return w.failed ? FAILED : WRITTEN;
}

/* Takes away ways that have a '/' after another: no path has, and apparmor_parser would read "//" as "/".
 * False when the list has no other. */
static bool drop_double_slashes(struct arena *arena, const struct node *list, bool after_slash,
                                struct seq *seq) {
    for (; list; list = list->next) {
        struct node node = *list;
        bool before = seq->tail ? node_is_byte(seq->tail, '/') : after_slash;
        if (before && node_is_byte(&node, '/'))
            return false;
        if (node.kind != NODE_ALT) {
            seq_push(arena, seq, node);
            continue;
        }
        struct alts alts = {0};
        for (size_t i = 0; i < node.n_alts; i++) {
            struct seq alt = {0};
            if (drop_double_slashes(arena, node.alts[i], before, &alt))
                vec_push(arena, &alts, alt.head);
        }
        if (alts.n == 0)
            return false;
        seq_push_alts(arena, seq, alts.items, alts.n, node.at);
    }
    return true;
}

/* Fewer braces at the price of more text, until they are few enough. */
static enum outcome write_shallow(struct arena *arena, const struct problem *problem, size_t budget,
                                  const struct node **list) {
    static const unsigned flatten[] = {1, 4, 16, 64};
    for (size_t i = 0; i < sizeof flatten / sizeof *flatten; i++) {
        enum outcome outcome = write_problem(arena, problem, false, flatten[i], budget, list);
        if (outcome != WRITTEN)
            return outcome;
        if (glob_depth(*list) > DEPTH)
            continue;
        struct seq seq = {0};
        outcome = drop_double_slashes(arena, *list, false, &seq) ? WRITTEN : EMPTY;
        *list = seq.head;
        return outcome;
    }
    return FAILED;
}

/* Sets. */

struct texts {
    const char **items;
    size_t n, cap;
    size_t bytes, max_bytes;
};

static bool add_text(struct arena *arena, struct texts *texts, const char *text) {
    texts->bytes += strlen(text);
    vec_push(arena, texts, arena_strdup(arena, text));
    return texts->bytes <= texts->max_bytes;
}

/* One text or, where it is too long for the parser, several: each with some of the first alternatives. */
static bool add_list(struct arena *arena, struct texts *texts, const struct node *list,
                     struct arena *scratch) {
    struct buf text BUF_CLEANUP = {0};
    glob_print(&text, list);
    if (text.len <= MAX_TEXT)
        return add_text(arena, texts, buf_text(&text));
    struct seq start = {0};
    for (; list && list->kind != NODE_ALT; list = list->next)
        seq_push(scratch, &start, *list);
    if (!list || text.len > texts->max_bytes)
        return false;
    for (size_t from = 0, half = list->n_alts / 2; from < list->n_alts;
         from += half, half = list->n_alts - half) {
        struct seq seq = {0};
        seq_append(scratch, &seq, start.head);
        seq_push_alts(scratch, &seq, list->alts + from, half, list->at);
        seq_append(scratch, &seq, list->next);
        if (!add_list(arena, texts, seq.head, scratch))
            return false;
    }
    return true;
}

/* One glob of `in`, without those of `out` that it touches. */
static bool add_glob(struct arena *arena, struct texts *texts, const struct glob *glob,
                     const struct pathset *set, struct arena *scratch) {
    struct pathset self = {.in = &glob, .n_in = 1};
    struct problem problem = {0};
    vec_push(scratch, &problem.in, glob_program(glob)->list);
    bool variable = glob->has_var;
    for (size_t i = 0; i < set->n_out; i++) {
        struct pathset out = {.in = &set->out[i], .n_in = 1};
        if (pathset_intersects(scratch, &self, &out) == GLOB_NO)
            continue;
        vec_push(scratch, &problem.out, glob_program(set->out[i])->list);
        variable |= set->out[i]->has_var;
    }
    if (problem.out.n == 0)
        return add_text(arena, texts, glob->text);
    const struct node *list;
    enum outcome outcome = variable ? FAILED : write_shallow(scratch, &problem, texts->max_bytes, &list);
    return outcome == EMPTY || (outcome == WRITTEN && add_list(arena, texts, list, scratch));
}

static int finish(struct texts *texts, bool done, const char *const **globs, size_t *n) {
    *globs = done ? texts->items : NULL;
    *n = done ? texts->n : 0;
    return done ? 0 : -1;
}

/* "/{,**}" */
static const struct glob *every_path(struct arena *arena) {
    const char *error;
    size_t at;
    return glob_parse(arena, "/{,**}", &error, &at);
}

int pathset_as_globs(struct arena *arena, const struct pathset *set, size_t max_bytes,
                     const char *const **globs, size_t *n) {
    struct texts texts = {.max_bytes = max_bytes};
    bool done = true;
    if (set->any)
        done = add_text(arena, &texts, every_path(arena)->text);
    for (size_t i = 0; !set->any && done && i < set->n_in; i++) {
        struct arena *scratch = arena_new();
        done = add_glob(arena, &texts, set->in[i], set, scratch);
        arena_free(scratch);
    }
    return finish(&texts, done, globs, n);
}

/* All without (in without out) is (all without in) and out. */
int pathset_complement_as_globs(struct arena *arena, const struct pathset *set, size_t max_bytes,
                                const char *const **globs, size_t *n) {
    struct texts texts = {.max_bytes = max_bytes};
    if (set->any)
        return finish(&texts, true, globs, n);
    const struct glob *all = every_path(arena);
    struct pathset outside = {.in = &all, .n_in = 1, .out = set->in, .n_out = set->n_in};
    struct arena *scratch = arena_new();
    bool done = add_glob(arena, &texts, all, &outside, scratch);
    for (size_t i = 0; done && i < set->n_out; i++) {
        struct pathset in = {.in = set->in, .n_in = set->n_in}, out = {.in = &set->out[i], .n_in = 1};
        if (pathset_intersects(scratch, &in, &out) != GLOB_NO)
            done = add_text(arena, &texts, set->out[i]->text);
    }
    arena_free(scratch);
    return finish(&texts, done, globs, n);
}
