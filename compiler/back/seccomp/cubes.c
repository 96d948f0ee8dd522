#include "filter.h"
#include "intern.h"

/* Paths of a decision share few cubes; when most of them contradict themselves, the search has to end all the
 * same. */
enum { MAX_STEPS = 1 << 16 };

struct search {
    struct intern reaches;
    uint32_t action;
    size_t max;
    unsigned steps;
    bool failed;
    VEC(struct cube) found;
};
struct reach {
    const struct decision *decision;
    bool known, yes;
};

static bool reaches(struct search *search, const struct decision *d) {
    if (!d->yes)
        return d->action == search->action;
    struct reach *reach = intern(&search->reaches, &d, NULL);
    if (!reach->known) {
        reach->yes = reaches(search, d->yes) || reaches(search, d->no);
        reach->known = true;
    }
    return reach->yes;
}

static void walk(struct search *search, const struct decision *d, const struct cube *path);

/* Goes on to `d` with one more comparison on the path, unless the path contradicts it. */
static void narrow(struct search *search, const struct decision *d, const struct cube *path, uint32_t word,
                   uint32_t mask, uint32_t value) {
    unsigned arg = word / 2, shift = word % 2 ? 0 : 32;
    uint64_t wide_mask = (uint64_t)mask << shift, wide_value = (uint64_t)value << shift;
    struct cube cube = *path;
    if ((cube.value[arg] ^ wide_value) & cube.mask[arg] & wide_mask)
        return;
    cube.mask[arg] |= wide_mask;
    cube.value[arg] |= wide_value;
    walk(search, d, &cube);
}

struct interval {
    uint32_t word, mask, first, last; /* submasks of mask */
};

/* The interval's binary prefixes: those values whose bits in `fixed` are `bits`, halved until they lie within
 * or without. */
static void prefixes(struct search *search, const struct decision *d, const struct cube *path,
                     const struct interval *in, uint32_t fixed, uint32_t bits) {
    uint32_t open = in->mask & ~fixed, least = bits, most = bits | open;
    if (most < in->first || least > in->last)
        return;
    if (least >= in->first && most <= in->last) {
        narrow(search, d, path, in->word, fixed, bits);
        return;
    }
    uint32_t next = 1U << (31 - __builtin_clz(open));
    prefixes(search, d, path, in, fixed | next, bits);
    prefixes(search, d, path, in, fixed | next, bits | next);
}

static void walk(struct search *search, const struct decision *d, const struct cube *path) {
    if (search->failed || !reaches(search, d))
        return;
    if (!d->yes) {
        search->failed = search->found.n == search->max;
        vec_push(search->reaches.arena, &search->found, *path);
        return;
    }
    search->failed = ++search->steps > MAX_STEPS;
    struct interval in = {d->word, d->mask, d->value, d->mask};
    const struct decision *rest = d;
    for (; rest->yes && rest->word == d->word && rest->mask == d->mask; rest = rest->no) {
        in.first = rest->value;
        if (reaches(search, rest->yes))
            prefixes(search, rest->yes, path, &in, 0, 0);
        in.last = (rest->value - 1) & d->mask;
    }
    in.first = 0;
    prefixes(search, rest, path, &in, 0, 0);
}

int decision_cubes(struct arena *arena, const struct decision *decision, uint32_t action,
                   const struct cube *within, size_t max, const struct cube **cubes) {
    static const struct cube everywhere;
    struct search search = {
        .reaches = {arena, sizeof decision, sizeof(struct reach), NULL, 0, 0}, .action = action, .max = max};
    walk(&search, decision, within ? within : &everywhere);
    *cubes = search.found.items;
    return search.failed ? -1 : (int)search.found.n;
}
