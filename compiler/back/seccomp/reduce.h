/* From the policy's statements to one decision a call: the meaning of system calls, for all arguments at
 * once. */
#ifndef VPL_REDUCE_H
#define VPL_REDUCE_H

#include "backend.h"
#include "filter.h"

/* NULL when the policy has a filter; else why it has none, as a phrase. */
const char *reduce_left_out(const struct ir_policy *policy);

/* The policy's syscall statements in order of precedence; made once, then asked for each call. */
struct reduced;
struct reduced *reduce_policy(struct arena *arena, struct decisions *table, const struct ir_policy *policy);
struct decisions *reduce_table(const struct reduced *reduced);

/* What meaning_judge says of this call: SECCOMP_RET_ALLOW, _LOG where it is logged, or _ERRNO with the errno.
 */
const struct decision *reduce_call(const struct reduced *reduced, enum abi abi, uint32_t nr);

/* When the statement (of class syscall) speaks of this call: a boolean decision. */
const struct decision *reduce_match(const struct reduced *reduced, const struct ir_stmt *stmt, enum abi abi,
                                    uint32_t nr);

/* All calls of a machine with these ABIs, a bit per enum abi. */
struct filter_plan reduce_plan(struct arena *arena, const struct reduced *reduced, unsigned abis);

/* Is every call of the ABI denied? False where that takes more than a look at the statements. */
bool reduce_closed(const struct reduced *reduced, enum abi abi);

/* Does the action stop the call? */
bool reduce_denies(uint32_t action);

/* The diagnostic for decisions_overflowed(). */
void reduce_too_complex(struct diag *diag, const struct ir_policy *policy);

/* What both outputs say alike: whether there is a filter at all, and of statements that aren't system calls.
 */
struct hold reduce_holds(struct arena *arena, const struct ir_policy *policy, const struct ir_stmt *stmt,
                         const struct reduced *reduced);
struct hold reduce_holds_require(const struct ir_policy *policy, const struct ir_require *require,
                                 const struct node *node);

#endif
