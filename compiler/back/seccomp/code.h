/* A filter as a DAG of instructions that have no places yet; equal tails are one. */
#ifndef VPL_CODE_H
#define VPL_CODE_H

#include "filter.h"
#include "intern.h"

struct code {
    struct code *yes, *no; /* a jump's targets; what follows an LD or ALU is `yes`; RET has none */
    uint32_t op, k;        /* struct sock_filter's code and k */
    /* not part of its identity: */
    uint64_t weight; /* of the calls that come here */
    size_t place;    /* the placed instruction nearest to the filter's start that does this, counted from the
                        end; 0: none yet */
};

struct codes {
    struct intern nodes;
};
struct codes *codes_new(struct arena *arena);

/* `yes` itself for a jump whose targets are equal. */
struct code *code_make(struct codes *codes, uint32_t op, uint32_t k, struct code *yes, struct code *no);

/* From `first` to the next interval's first (the last: without end); all in terms of submasks of the tree's
 * mask. */
struct interval {
    uint32_t first;
    uint64_t weight;
    struct code *target;
};
/* Comparisons that bring a masked value in the accumulator to its interval's target. intervals[0].first is 0.
 * The expected number of comparisons is least for up to a hundred intervals; more are first halved by weight.
 */
struct code *code_tree(struct codes *codes, uint32_t mask, const struct interval *intervals, size_t n);

#endif
