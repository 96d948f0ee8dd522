/* Representative events: one of each cell that the constants and globs of a policy and of an expectation cut.
 * Expectations, properties and the gates of `vplc test` are all judged on these. */
#ifndef VPL_EVENTS_H
#define VPL_EVENTS_H

#include "ir.h"

struct events {
    VEC(struct event) list;
    bool incomplete; /* a budget ran out: not every cell is there */
};

/* The events that `what` speaks of, cut by `policy` (NULL: by `what` alone); who acts is left to the caller.
 */
void events_of(struct arena *arena, const struct ir_policy *policy, const struct ir_stmt *what,
               struct events *out);

/* All of a class, cut by the policy's own boundaries and what is next to them; for properties (a) and (b). */
void events_around(struct arena *arena, const struct ir_policy *policy, enum event_class class,
                   struct events *out);

#endif
