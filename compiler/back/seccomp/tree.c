#include "code.h"

/* The exact search takes n³ steps. */
enum { MAX_EXACT = 100, MAX_CHAIN = 3 };

struct codes *codes_new(struct arena *arena) {
    struct codes *codes = ARENA_NEW(arena, struct codes);
    codes->nodes = (struct intern){arena, offsetof(struct code, weight), sizeof(struct code), NULL, 0, 0};
    return codes;
}

struct code *code_make(struct codes *codes, uint32_t op, uint32_t k, struct code *yes, struct code *no) {
    if (BPF_CLASS(op) == BPF_JMP && yes == no)
        return yes;
    return intern(&codes->nodes, &(struct code){yes, no, op, k, 0, 0}, NULL);
}

/* The best way for one run of intervals. */
struct best {
    uint64_t weight, cost;
    size_t split;            /* JGE where this interval begins; 0: a chain of JEQ */
    size_t chain[MAX_CHAIN]; /* the intervals peeled off, heaviest first; all others have one target: */
    size_t n_chain, rest;
};

struct tree {
    struct codes *codes;
    uint32_t mask;
    const struct interval *intervals;
    size_t n;
    uint64_t size_cost; /* what one more instruction costs, in comparisons executed */
    struct best *best;  /* [first * n + last] */
};

static struct best *run(const struct tree *tree, size_t first, size_t last) {
    return &tree->best[first * tree->n + last];
}

static bool is_single(const struct tree *tree, size_t i) {
    uint32_t first = tree->intervals[i].first;
    uint32_t next = (first - tree->mask) & tree->mask; /* the next submask */
    return i + 1 < tree->n ? next == tree->intervals[i + 1].first : first == tree->mask;
}

static void chain_insert(const struct tree *tree, struct best *best, size_t i) {
    size_t at = best->n_chain++;
    for (; at > 0 && tree->intervals[best->chain[at - 1]].weight < tree->intervals[i].weight; at--)
        best->chain[at] = best->chain[at - 1];
    best->chain[at] = i;
}

/* Single values among intervals that all go where `rest` goes: one == each. */
static void try_chain(const struct tree *tree, size_t first, size_t last, size_t rest) {
    struct best *best = run(tree, first, last), chain = {.weight = best->weight, .rest = rest};
    for (size_t i = first; i <= last; i++) {
        if (tree->intervals[i].target == tree->intervals[rest].target)
            continue;
        if (!is_single(tree, i) || chain.n_chain == MAX_CHAIN)
            return;
        chain_insert(tree, &chain, i);
    }
    uint64_t left = chain.weight;
    for (size_t i = 0; i < chain.n_chain; i++) {
        chain.cost += left + tree->size_cost;
        left -= tree->intervals[chain.chain[i]].weight;
    }
    if (chain.cost < best->cost)
        *best = chain;
}

static void solve(const struct tree *tree, size_t first, size_t last) {
    struct best *best = run(tree, first, last);
    if (first == last) {
        *best = (struct best){.weight = tree->intervals[first].weight, .rest = first};
        return;
    }
    *best = (struct best){.weight = run(tree, first, first)->weight + run(tree, first + 1, last)->weight,
                          .cost = UINT64_MAX};
    for (size_t split = first + 1; split <= last; split++) {
        uint64_t cost =
            run(tree, first, split - 1)->cost + run(tree, split, last)->cost + best->weight + tree->size_cost;
        if (cost < best->cost) {
            best->cost = cost;
            best->split = split;
        }
    }
    if (last - first <= 2 * MAX_CHAIN) {
        try_chain(tree, first, last, first);
        try_chain(tree, first, last, first + 1);
    }
}

static struct code *build(const struct tree *tree, size_t first, size_t last) {
    const struct best *best = run(tree, first, last);
    if (best->split) {
        struct code *code =
            code_make(tree->codes, BPF_JMP | BPF_JGE | BPF_K, tree->intervals[best->split].first,
                      build(tree, best->split, last), build(tree, first, best->split - 1));
        code->weight += best->weight;
        return code;
    }
    struct code *rest = tree->intervals[best->rest].target;
    for (size_t i = best->n_chain; i-- > 0;) {
        const struct interval *peeled = &tree->intervals[best->chain[i]];
        rest = code_make(tree->codes, BPF_JMP | BPF_JEQ | BPF_K, peeled->first, peeled->target, rest);
        rest->weight += best->weight;
    }
    return rest;
}

static struct code *exact(struct tree *tree) {
    tree->best = arena_alloc(tree->codes->nodes.arena, tree->n * tree->n * sizeof *tree->best);
    for (size_t length = 0; length < tree->n; length++)
        for (size_t first = 0; first + length < tree->n; first++)
            solve(tree, first, first + length);
    return build(tree, 0, tree->n - 1);
}

struct code *code_tree(struct codes *codes, uint32_t mask, const struct interval *intervals, size_t n) {
    uint64_t total = 0, half = intervals[0].weight;
    for (size_t i = 0; i < n; i++)
        total += intervals[i].weight;
    if (n <= MAX_EXACT)
        return exact(&(struct tree){codes, mask, intervals, n, total / 2000, NULL});
    size_t split = 1;
    for (; split + 1 < n && half < total / 2; split++)
        half += intervals[split].weight;
    struct code *code = code_make(codes, BPF_JMP | BPF_JGE | BPF_K, intervals[split].first,
                                  code_tree(codes, mask, intervals + split, n - split),
                                  code_tree(codes, mask, intervals, split));
    code->weight += total;
    return code;
}
