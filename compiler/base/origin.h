/* Where something in the IR comes from. */
#ifndef VPL_ORIGIN_H
#define VPL_ORIGIN_H

#include <stdbool.h>
#include <stdint.h>

/* A piece of source text: offsets in one space over all files of a compilation (source.h turns them into
 * file:line:col). */
struct loc {
    uint32_t begin, end; /* end is one past the last byte; begin == end == 0: no place (built in) */
};

struct origin {
    struct loc loc;           /* the statement */
    const char *rule;         /* the rule or part it is written in, "" in a policy itself */
    const struct origin *via; /* the `use`, `extends` or mode that brought it, NULL at the top */
    bool best_effort;         /* it says so, or a `use` that brought it does */
};

#endif
