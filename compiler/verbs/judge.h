/* Expectations as events: what `vplc test` and `vplc eval` share. */
#ifndef VPL_JUDGE_H
#define VPL_JUDGE_H

#include "compile.h"
#include "events.h"

/* Adds the events that the expectation speaks of, one for each value that it leaves open, with who acts. */
void judge_events(struct compilation *c, const struct ir_policy *policy, const struct expect *x,
                  struct events *events);

/* The event as VPL writes it, its numbers by the names that the expectation gives them. */
const char *judge_event_text(struct compilation *c, const struct expect *expect, const struct event *event);

#endif
