/* What a pod's fields hold of a policy, and what the container runtime holds because of them. */
#ifndef VPL_KUBERNETES_HOLDS_H
#define VPL_KUBERNETES_HOLDS_H

#include "backend.h"

/* The `why` (this very pointer) of a statement that no field says but the container runtime holds: its
 * default profile, its masks. It is held in full, and no output can be judged for it: tests mark it "meaning
 * only". */
extern const char kubernetes_held_by_runtime[];

const void *kubernetes_study(struct arena *arena, const struct ir_policy *policy, const struct node *node);
struct hold kubernetes_holds(struct arena *arena, const struct ir_policy *policy, const struct ir_stmt *stmt,
                             const struct node *node, const void *study);
struct hold kubernetes_holds_require(const struct ir_policy *policy, const struct ir_require *require,
                                     const struct node *node);

#endif
