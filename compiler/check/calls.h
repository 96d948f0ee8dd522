/* System calls and conditions on their arguments. */
#ifndef VPL_CALLS_H
#define VPL_CALLS_H

#include "eval.h"

/* One part (SET or WHERE) of a syscall WHAT; what.c's row for the class. */
void calls_eval(struct eval *eval, const struct scope *scope, const struct ast *part, struct stmt *stmt);

/* The width of an argument in bits, as the kernel looks at it in that ABI; 0: it can't be tested (pointer,
 * split). */
unsigned calls_width(const struct syscall_arg *arg, enum abi abi);

#endif
