/* The smallest automaton of a set of paths, with the shape that text has: what follows whatever is chosen. */
#ifndef VPL_GLOB_GRAPH_H
#define VPL_GLOB_GRAPH_H

#include "glob_dfa.h"

struct edge {
    uint32_t to; /* another vertex */
    struct byteset set;
};
struct vertex {
    int state;    /* of the dfa; one for which no `out` glob matters any more, if there is such */
    bool accepts; /* the path may end here */
    bool decided; /* no `out` glob matters any more */
    bool tangled; /* on a cycle that is no star: has to be written in another way */
    bool star;    /* any number of bytes of `loop` leads back here */
    struct byteset loop;
    const struct edge *edges; /* sorted by their first byte */
    size_t n_edges;
    uint32_t after; /* the vertex that every way from here to an end goes through next, or `end` */
};
struct graph {
    struct vertex *vertices;
    uint32_t n; /* 0: no path at all */
    uint32_t start, end;
};

/* Of the union of the first `n_in` of the dfa's globs without the union of the others. False when the budget
 * is spent. */
bool graph_build(struct graph *graph, struct dfa *dfa, size_t n_in);

#endif
