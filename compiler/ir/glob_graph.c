#include "glob_graph.h"

#include <string.h>

/* All states with their successors; NOWHERE for those from which no path is in the set for certain. */

enum { NOWHERE = -1 };

struct full {
    struct dfa *dfa;
    struct arena *arena;
    size_t n_in;
    VEC(int *) next; /* by state, by class */
    VEC(struct outlook) all;
    VEC(bool) decided;
    int *block; /* by state: the states that accept the same texts */
    int n_blocks;
};

static void judge_state(struct full *full, int state, struct outlook *of_globs) {
    struct outlook in = {0}, out = {0};
    dfa_outlooks(full->dfa, state, of_globs);
    for (size_t i = 0; i < full->dfa->n_globs; i++) {
        struct outlook *of = i < full->n_in ? &in : &out;
        *of = (struct outlook){of->now || of_globs[i].now, of->may || of_globs[i].may,
                               of->must || of_globs[i].must};
    }
    vec_push(full->arena, &full->all,
             ((struct outlook){in.now && !out.now, in.may && !out.must, in.must && !out.may}));
    vec_push(full->arena, &full->decided, !out.may);
}

static bool explore(struct full *full) {
    struct outlook *of_globs = arena_alloc(full->arena, (full->dfa->n_globs + 1) * sizeof *of_globs);
    for (int state = DFA_START; state < (int)full->dfa->states.n; state++) {
        judge_state(full, state, of_globs);
        int *next = arena_alloc(full->arena, full->dfa->n_classes * sizeof *next);
        for (unsigned class = 0; class < full->dfa->n_classes; class ++) {
            next[class] = full->all.items[state].may ? dfa_step(full->dfa, state, class) : NOWHERE;
            if (next[class] == DFA_FULL)
                return false;
        }
        vec_push(full->arena, &full->next, next);
    }
    return true;
}

/* States are one block until a byte leads them to different blocks (Moore). Those without a path fall into
 * one block too. */

static int block_after(const struct full *full, int state, unsigned class) {
    int next = full->next.items[state][class];
    return next == NOWHERE ? NOWHERE : full->block[next];
}

static bool alike(const struct full *full, int a, int b) {
    if (full->block[a] != full->block[b])
        return false;
    for (unsigned class = 0; class < full->dfa->n_classes; class ++)
        if (block_after(full, a, class) != block_after(full, b, class))
            return false;
    return true;
}

static size_t hash_of(const struct full *full, int state) {
    uint64_t hash = (uint64_t)full->block[state] + 0xcbf29ce484222325u;
    for (unsigned class = 0; class < full->dfa->n_classes; class ++)
        hash = (hash ^ (uint64_t)(block_after(full, state, class) + 1)) * 0x100000001b3u;
    return (size_t)(hash ^ hash >> 29);
}

/* Divides the blocks once; false when nothing was to divide. */
static bool divide(struct full *full, int *table, size_t table_size, int *finer) {
    int n_blocks = 0;
    memset(table, -1, table_size * sizeof *table);
    for (int state = 0; state < (int)full->all.n; state++) {
        size_t i = hash_of(full, state) % table_size;
        while (table[i] >= 0 && !alike(full, table[i], state))
            i = (i + 1) % table_size;
        if (table[i] < 0) {
            table[i] = state;
            finer[state] = n_blocks++;
        } else
            finer[state] = finer[table[i]];
    }
    bool divided = n_blocks > full->n_blocks;
    full->n_blocks = n_blocks;
    memcpy(full->block, finer, full->all.n * sizeof *finer);
    return divided;
}

/* Outlooks are cautious: a state that may have a path can turn out to have none. Those become NOWHERE. */
static void remove_dead_ends(struct full *full) {
    size_t n = full->all.n;
    bool *alive = arena_alloc(full->arena, n * sizeof *alive);
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t state = n; state-- > 0;) {
            bool now = full->all.items[state].now;
            for (unsigned class = 0; class < full->dfa->n_classes && !now; class ++) {
                int next = full->next.items[state][class];
                now = next != NOWHERE && alive[next];
            }
            changed |= now && !alive[state];
            alive[state] |= now;
        }
    }
    for (size_t state = 0; state < n; state++) {
        full->all.items[state].may = alive[state];
        for (unsigned class = 0; class < full->dfa->n_classes; class ++)
            if (full->next.items[state][class] != NOWHERE && !alive[full->next.items[state][class]])
                full->next.items[state][class] = NOWHERE;
    }
}

static void minimise(struct full *full) {
    size_t n = full->all.n, table_size = n * 2 + 1;
    int *table = arena_alloc(full->arena, table_size * sizeof *table);
    int *finer = arena_alloc(full->arena, n * sizeof *finer);
    full->block = arena_alloc(full->arena, n * sizeof *full->block);
    remove_dead_ends(full);
    for (size_t state = 0; state < n; state++)
        full->block[state] = full->all.items[state].now;
    while (divide(full, table, table_size, finer))
        ;
}

/* The graph of blocks. */

static void add_edge(struct full *full, struct edge *edges, size_t *n, unsigned class, uint32_t to) {
    size_t i = 0;
    while (i < *n && edges[i].to != to)
        i++;
    if (i == *n)
        edges[(*n)++] = (struct edge){.to = to};
    for (unsigned byte = 1; byte < 256; byte++)
        if (full->dfa->class_of[byte] == class)
            byteset_add(&edges[i].set, byte);
}

static unsigned first_byte(const struct byteset *set) {
    unsigned byte = 0;
    while (byte < 255 && !byteset_has(set, byte))
        byte++;
    return byte;
}

static void sort_edges(struct edge *edges, size_t n) {
    for (size_t i = 1; i < n; i++) {
        struct edge edge = edges[i];
        size_t j = i;
        for (; j > 0 && first_byte(&edges[j - 1].set) > first_byte(&edge.set); j--)
            edges[j] = edges[j - 1];
        edges[j] = edge;
    }
}

static void fill_vertex(struct full *full, struct vertex *vertex, uint32_t self) {
    struct edge *edges = arena_alloc(full->arena, full->dfa->n_classes * sizeof *edges);
    size_t n = 0;
    for (unsigned class = 0; class < full->dfa->n_classes; class ++) {
        int block = block_after(full, vertex->state, class);
        if (block != NOWHERE)
            add_edge(full, edges, &n, class, (uint32_t)block);
    }
    for (size_t i = 0; i < n; i++)
        if (edges[i].to == self) {
            vertex->loop = edges[i].set;
            edges[i] = edges[--n];
            break;
        }
    sort_edges(edges, n);
    vertex->edges = edges;
    vertex->n_edges = n;
    vertex->star =
        byteset_equal(&vertex->loop, &byteset_any) || byteset_equal(&vertex->loop, &byteset_no_slash);
    vertex->tangled = !vertex->star && byteset_count(&vertex->loop) > 0;
}

static void fill_vertices(struct full *full, struct graph *graph) {
    graph->n = graph->end = (uint32_t)full->n_blocks;
    graph->start = (uint32_t)full->block[DFA_START];
    graph->vertices = arena_alloc(full->arena, graph->n * sizeof *graph->vertices);
    for (uint32_t i = 0; i < graph->n; i++)
        graph->vertices[i].state = NOWHERE;
    for (int state = 0; state < (int)full->all.n; state++) {
        struct vertex *vertex = &graph->vertices[full->block[state]];
        bool decided = full->decided.items[state];
        if (vertex->state != NOWHERE && (vertex->decided || !decided))
            continue;
        vertex->state = state;
        vertex->decided = decided;
        vertex->accepts = full->all.items[state].now;
    }
    for (uint32_t i = 0; i < graph->n; i++)
        fill_vertex(full, &graph->vertices[i], i);
}

/* Cycles (Tarjan's strongly connected components), and on the way back, when all that follows is known,
 * `after`. */

struct walk {
    struct graph *graph;
    uint32_t *found, *low; /* 0: not yet */
    uint32_t *depth;       /* how many `after` steps to the end */
    uint32_t *stack, n_stack, clock;
};

static uint32_t common_after(struct walk *w, uint32_t a, uint32_t b) {
    while (a != b) {
        uint32_t *deeper = w->depth[a] > w->depth[b] ? &a : &b;
        *deeper = w->graph->vertices[*deeper].after;
    }
    return a;
}

static void set_after(struct walk *w, uint32_t v) {
    struct vertex *vertex = &w->graph->vertices[v];
    uint32_t end = w->graph->end, after = end;
    if (!vertex->accepts && !vertex->tangled && vertex->n_edges) {
        after = vertex->edges[0].to;
        for (size_t i = 1; i < vertex->n_edges; i++)
            after = common_after(w, after, vertex->edges[i].to);
    }
    vertex->after = after;
    w->depth[v] = w->depth[after] + 1;
}

static void leave_component(struct walk *w, uint32_t v) {
    struct graph *graph = w->graph;
    bool cycle = w->stack[w->n_stack - 1] != v;
    uint32_t member;
    do {
        member = w->stack[--w->n_stack];
        w->low[member] = UINT32_MAX;
        graph->vertices[member].tangled |= cycle;
        set_after(w, member);
    } while (member != v);
}

static void visit(struct walk *w, uint32_t v) {
    const struct vertex *vertex = &w->graph->vertices[v];
    w->found[v] = w->low[v] = ++w->clock;
    w->stack[w->n_stack++] = v;
    for (size_t i = 0; i < vertex->n_edges; i++) {
        uint32_t to = vertex->edges[i].to;
        if (!w->found[to])
            visit(w, to);
        if (w->low[to] < w->low[v])
            w->low[v] = w->low[to];
    }
    if (w->low[v] == w->found[v])
        leave_component(w, v);
}

bool graph_build(struct graph *graph, struct dfa *dfa, size_t n_in) {
    struct full full = {.dfa = dfa, .arena = dfa->arena, .n_in = n_in};
    *graph = (struct graph){0};
    if (!explore(&full))
        return false;
    minimise(&full);
    if (!full.all.items[DFA_START].may)
        return true;
    fill_vertices(&full, graph);
    struct walk walk = {.graph = graph};
    uint32_t **arrays[] = {&walk.found, &walk.low, &walk.depth, &walk.stack};
    for (size_t i = 0; i < 4; i++)
        *arrays[i] = arena_alloc(dfa->arena, (graph->n + 1) * sizeof(uint32_t));
    visit(&walk, graph->start);
    return true;
}
