/* Names of profiles on a node: what two policies would both call the same overwrites one of them, so a name
 * says where it is for, whose it is and what is in it. */
#ifndef VPL_NAMES_H
#define VPL_NAMES_H

#include "ir.h"

/* "vpl.NAMESPACE.LABEL.HASH": the namespace is "cluster" where the target names none, "host" off Kubernetes;
 * HASH is the first 12 digits of the content's SHA-256. Only [A-Za-z0-9._-], whatever the policy is called.
 */
const char *names_profile(struct arena *arena, const struct ir_policy *policy, const struct buf *content);

#endif
