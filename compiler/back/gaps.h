/* What other outputs can't see, and the policy's filter may deny: in every ABI, whatever the other arguments.
 */
#ifndef VPL_GAPS_H
#define VPL_GAPS_H

#include "ir.h"
#include "node.h"

/* Every call that makes a user namespace, in which a program has every capability again (user_namespaces(7))?
 */
bool gaps_userns_closed(struct arena *arena, const struct ir_policy *policy);

/* Every call but mount(2) that changes what is mounted, or gives a descriptor to it, on that kernel? */
bool gaps_mounts_closed(struct arena *arena, const struct ir_policy *policy, const struct node *node);

#endif
