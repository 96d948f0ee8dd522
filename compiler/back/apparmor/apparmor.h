/* AppArmor: the policy as the text of one profile, and an evaluator that reads such text back.
 *
 * The profile holds the policy's statements; each `for exec` block is a child profile that allows all but
 * what the block denies, stacked on top when one of the block's programs is executed: both must allow, which
 * is the intersection that the meaning asks for. Nothing is included, so the text means the same on every
 * node. */
#ifndef VPL_APPARMOR_H
#define VPL_APPARMOR_H

#include "backend.h"

extern const struct backend backend_apparmor;

#endif
