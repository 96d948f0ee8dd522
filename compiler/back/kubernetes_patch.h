/* The strategic-merge patch that makes a workload run under a policy. */
#ifndef VPL_KUBERNETES_PATCH_H
#define VPL_KUBERNETES_PATCH_H

#include "kubernetes_target.h"

/* Can an API server take what the policy requires: each host path one path without `..`, mounted where no ':'
 * is in the path, and no two at one place (pkg/apis/core/validation)? False after diagnostics. */
bool kubernetes_patch_check(struct arena *arena, const struct ir_policy *policy, struct diag *diag);

/* The patch of a policy that passed the check, a new reference: kind and name (a placeholder for a target by
 * labels), and in the pod template what the policy asks of the pod and each of its known containers. Fields:
 * Kubernetes API reference, core/v1 PodSpec, SecurityContext. */
json_t *kubernetes_patch(struct arena *arena, const struct ir_policy *policy,
                         const struct kubernetes_target *target, const struct node *node,
                         const struct outputs *outputs);

/* Does the patch ask for the container runtime's default profile of that enforcer? */
bool kubernetes_patch_asks_default(const struct ir_policy *policy, enum enforcer enforcer);

/* Does it say allowPrivilegeEscalation: false? The API server refuses that beside privileged and
 * CAP_SYS_ADMIN (ValidateSecurityContext), and documents it as always true with SYS_ADMIN however it is
 * spelt. */
bool kubernetes_patch_no_new_privileges(const struct ir_policy *policy);

/* From which 1.x on the API has what before was an annotation, was off by default, or wasn't there
 * (pkg/features/kube_features.go). */
enum {
    KUBERNETES_APPARMOR_FIELD = 30,
    KUBERNETES_USER_NAMESPACES = 33,     /* UserNamespacesSupport on by default */
    KUBERNETES_PROC_MOUNT = 33,          /* ProcMountType on by default */
    KUBERNETES_RECURSIVE_READ_ONLY = 33, /* RecursiveReadOnlyMounts GA */
    KUBERNETES_THERMAL_MASKS = 31        /* /proc/interrupts masked: kubernetes#131018, backports */
};

#endif
