/* What varmor-run itself holds of a policy: the capabilities it drops, no_new_privs, and what it refuses to
 * start without. Its output is part of compiled.bin, so it emits and judges nothing here. */
#ifndef VPL_LAUNCHER_H
#define VPL_LAUNCHER_H

#include "backend.h"

extern const struct backend backend_launcher;

/* Does this policy leave capabilities and `require` alone, so that launcher and patch carry profiles only: it
 * observes, models, or is AlwaysAllow? */
bool launcher_profiles_only(const struct ir_policy *policy);

/* Can no program make itself a user namespace, in which it has every capability again (user_namespaces(7))?
 * `runtime_filter`: where seccomp isn't an enforcer the container runtime's own filter applies, so what the
 * base denies is denied. */
bool launcher_userns_denied(struct arena *arena, const struct ir_policy *policy, const struct node *node,
                            bool runtime_filter);

/* How dropping all but the grants holds a statement on capabilities: full, or under where one can. */
struct hold launcher_hold_capability(const struct ir_stmt *stmt, bool userns_denied);

#endif
