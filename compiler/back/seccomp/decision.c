#include "filter.h"
#include "intern.h"

#include <string.h>

enum { MAX_STEPS = 1 << 18 };

struct if_key {
    const struct decision *condition, *yes, *no;
};
struct if_entry {
    struct if_key key;
    const struct decision *result;
};

/* What the tests above say of one word: the bits in `mask` have the values in `bits`. */
struct known {
    uint32_t word, mask, bits;
};
struct simplify_key {
    const struct decision *decision;
    struct known known;
    uint32_t zero; /* no padding */
};
struct simplify_entry {
    struct simplify_key key;
    const struct decision *result;
};

struct decisions {
    struct intern nodes, ifs, simplified;
    const struct decision *yes, *no, *killed;
    unsigned steps;
};

static const struct decision *node(struct decisions *table, const struct decision *key) {
    return intern(&table->nodes, key, NULL);
}

const struct decision *decision_leaf(struct decisions *table, uint32_t action) {
    return node(table, &(struct decision){.action = action});
}

struct decisions *decisions_new(struct arena *arena) {
    struct decisions *table = ARENA_NEW(arena, struct decisions);
    table->nodes = (struct intern){arena, sizeof(struct decision), sizeof(struct decision), NULL, 0, 0};
    table->ifs = (struct intern){arena, sizeof(struct if_key), sizeof(struct if_entry), NULL, 0, 0};
    table->simplified =
        (struct intern){arena, sizeof(struct simplify_key), sizeof(struct simplify_entry), NULL, 0, 0};
    table->yes = decision_leaf(table, 1);
    table->no = decision_leaf(table, 0);
    table->killed = decision_leaf(table, SECCOMP_RET_KILL_PROCESS);
    return table;
}

bool decisions_overflowed(const struct decisions *table) {
    return table->steps > MAX_STEPS;
}

void decisions_renew(struct decisions *table) {
    table->steps = 0;
}

static bool same_variable(const struct decision *a, const struct decision *b) {
    return a->yes && b->yes && a->word == b->word && a->mask == b->mask;
}

/* Does a's test stand above b's? Leaves are below everything. */
static bool above(const struct decision *a, const struct decision *b) {
    if (!a->yes || !b->yes)
        return a->yes && !b->yes;
    if (a->word != b->word)
        return a->word < b->word;
    return a->mask != b->mask ? a->mask > b->mask : a->value > b->value;
}

/* A mask's tests form a chain along `no`, values descending, so the chain is a list of intervals; equal
 * neighbours are one. */
static const struct decision *test(struct decisions *table, const struct decision *like,
                                   const struct decision *yes, const struct decision *no) {
    if (yes == no || (same_variable(like, no) && no->yes == yes))
        return no;
    return node(table, &(struct decision){yes, no, 0, like->word, like->mask, like->value});
}

/* What `d` is once `top`, which no test of d stands above, is known to hold or not to hold. */
static const struct decision *given(const struct decision *d, const struct decision *top, bool holds) {
    if (!same_variable(d, top))
        return d;
    if (holds) /* so do the lower values of the chain */
        return d->yes;
    return d->value == top->value ? d->no : d;
}

const struct decision *decision_if(struct decisions *table, const struct decision *condition,
                                   const struct decision *yes, const struct decision *no) {
    if (table->steps > MAX_STEPS)
        return table->killed;
    if (!condition->yes)
        return condition->action ? yes : no;
    if (yes == no)
        return yes;
    struct if_entry *entry = intern(&table->ifs, &(struct if_key){condition, yes, no}, NULL);
    if (entry->result)
        return entry->result;
    table->steps++;
    const struct decision *top = condition;
    if (above(yes, top))
        top = yes;
    if (above(no, top))
        top = no;
    const struct decision *branch[2];
    for (int holds = 0; holds < 2; holds++)
        branch[holds] =
            decision_if(table, given(condition, top, holds), given(yes, top, holds), given(no, top, holds));
    return entry->result = test(table, top, branch[1], branch[0]);
}

/* The smallest submask of `mask` that is not less than `value`, in 64 bits: above 32 bits there is none. */
static uint64_t next_submask(uint32_t mask, uint64_t value) {
    uint64_t outside = value & ~(uint64_t)mask;
    if (!outside)
        return value;
    uint64_t below =
        ~0ULL >> __builtin_clzll(outside); /* the highest bit that the mask lacks, and all under it */
    uint64_t high = mask & ~below;
    uint64_t kept = value & high;
    return kept == high ? UINT64_MAX : (kept - high) & high;
}

static const struct decision *word_ge(struct decisions *table, uint32_t word, uint32_t mask, uint64_t value) {
    value = next_submask(mask, value);
    if (value == 0)
        return table->yes;
    if (value > mask)
        return table->no;
    return node(table, &(struct decision){table->yes, table->no, 0, word, mask, (uint32_t)value});
}

static const struct decision *word_eq(struct decisions *table, uint32_t word, uint32_t mask, uint32_t value) {
    if (value & ~mask)
        return table->no;
    const struct decision *more = word_ge(table, word, mask, (uint64_t)value + 1);
    return decision_if(table, word_ge(table, word, mask, value),
                       decision_if(table, more, table->no, table->yes), table->no);
}

const struct decision *decision_test(struct decisions *table, enum decision_op op, unsigned arg, bool wide,
                                     uint64_t mask, uint64_t value) {
    uint32_t mask_high = wide ? (uint32_t)(mask >> 32) : 0, value_high = (uint32_t)(value >> 32);
    uint32_t mask_low = (uint32_t)mask, value_low = (uint32_t)value;
    unsigned high = 2 * arg, low = high + 1;
    const struct decision *same_high = word_eq(table, high, mask_high, value_high);
    if (op == DECISION_EQ)
        return decision_if(table, same_high, word_eq(table, low, mask_low, value_low), table->no);
    const struct decision *more_high = word_ge(table, high, mask_high, (uint64_t)value_high + 1);
    const struct decision *more_low = word_ge(table, low, mask_low, value_low);
    return decision_if(table, more_high, table->yes, decision_if(table, same_high, more_low, table->no));
}

/* The bits that all submasks of `mask` in [first, last] share. */
static struct known learn(struct known known, const struct decision *d, uint32_t first, uint32_t last) {
    uint32_t differ = first ^ last;
    uint32_t same = d->mask & (differ ? ~(~0U >> __builtin_clz(differ)) : ~0U);
    known.mask |= same;
    known.bits |= first & same;
    return known;
}

static const struct decision *simplify(struct decisions *table, const struct decision *d, struct known known);

/* The rest of a chain, where the masked word is known to be at most `last`. */
static const struct decision *simplify_chain(struct decisions *table, const struct decision *d,
                                             struct known known, uint32_t last, const struct decision *head) {
    if (!same_variable(d, head))
        return simplify(table, d, learn(known, head, 0, last));
    uint32_t least = known.bits & d->mask, most = least | (d->mask & ~known.mask);
    if (d->value <= least)
        return simplify(table, d->yes, learn(known, d, d->value, last));
    uint32_t below = (d->value - 1) & d->mask;
    const struct decision *no = simplify_chain(table, d->no, known, below < last ? below : last, head);
    if (d->value > most)
        return no;
    return test(table, d, simplify(table, d->yes, learn(known, d, d->value, last)), no);
}

static const struct decision *simplify(struct decisions *table, const struct decision *d,
                                       struct known known) {
    if (!d->yes || decisions_overflowed(table))
        return d;
    if (d->word != known.word)
        known = (struct known){.word = d->word};
    struct simplify_entry *entry = intern(&table->simplified, &(struct simplify_key){d, known, 0}, NULL);
    if (!entry->result) {
        table->steps++;
        entry->result = simplify_chain(table, d, known, d->mask, d);
    }
    return entry->result;
}

const struct decision *decision_simplify(struct decisions *table, const struct decision *decision) {
    return simplify(table, decision, (struct known){0});
}

struct where_entry {
    const struct decision *decision, *result;
};

static const struct decision *where(struct decisions *table, struct intern *done, const struct decision *d,
                                    bool (*is)(uint32_t action)) {
    if (!d->yes)
        return is(d->action) ? table->yes : table->no;
    struct where_entry *entry = intern(done, &d, NULL);
    if (!entry->result) {
        const struct decision *yes = where(table, done, d->yes, is);
        entry->result = test(table, d, yes, where(table, done, d->no, is));
    }
    return entry->result;
}

const struct decision *decision_where(struct decisions *table, const struct decision *decision,
                                      bool (*is)(uint32_t action)) {
    struct intern done = {table->nodes.arena, sizeof decision, sizeof(struct where_entry), NULL, 0, 0};
    return where(table, &done, decision, is);
}

uint32_t decision_eval(const struct decision *d, const uint64_t args[6]) {
    while (d->yes) {
        uint64_t arg = args[d->word / 2];
        uint32_t word = (uint32_t)(d->word % 2 ? arg : arg >> 32);
        d = (word & d->mask) >= d->value ? d->yes : d->no;
    }
    return d->action;
}

static void collect(struct intern *seen, const struct decision *d, uint32_t *actions, size_t max, size_t *n) {
    bool is_new;
    intern(seen, &d, &is_new);
    if (!is_new)
        return;
    if (d->yes) {
        collect(seen, d->yes, actions, max, n);
        collect(seen, d->no, actions, max, n);
    } else if ((*n)++ < max) {
        actions[*n - 1] = d->action;
    }
}

size_t decision_actions(struct arena *arena, const struct decision *decision, uint32_t *actions, size_t max) {
    struct intern seen = {arena, sizeof decision, sizeof decision, NULL, 0, 0};
    size_t n = 0;
    if (!decision->yes && max) {
        *actions = decision->action;
        return 1;
    }
    collect(&seen, decision, actions, max, &n);
    return n;
}
