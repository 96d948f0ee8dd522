/* Making a user namespace, in which a program has every capability again (user_namespaces(7)). */
#ifndef VPL_USERNS_H
#define VPL_USERNS_H

#include "ir.h"

/* Does the policy's filter deny every call that makes one, in every ABI and whatever its other arguments? */
bool userns_calls_denied(struct arena *arena, const struct ir_policy *policy);

#endif
