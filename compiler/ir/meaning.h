/* The one meaning: event → verdict. Every backend is a lowering of this function. */
#ifndef VPL_MEANING_H
#define VPL_MEANING_H

#include "ir.h"

struct judgement {
    enum verdict verdict;
    bool logged;                      /* a lower bound */
    int err;                          /* denied syscalls: the errno */
    const struct ir_stmt *decided_by; /* NULL: nothing speaks of it, so it is allowed */
    const struct ir_stmt
        *observed; /* a statement that is only observed and would have denied it, NULL: none */
};

struct judgement meaning_judge(const struct ir_policy *policy, const struct event *event);

/* The statements that deny the event: every written denial, or the default that stands where nothing is
 * written. At most `max`. */
size_t meaning_denying(const struct ir_policy *policy, const struct event *event,
                       const struct ir_stmt **denying, size_t max);

#endif
