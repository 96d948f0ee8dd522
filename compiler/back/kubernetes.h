/* Kubernetes: for each policy with a workload as its target a strategic-merge patch, k8s/LABEL.patch.yaml,
 * and one kustomize Component over all of them. */
#ifndef VPL_KUBERNETES_H
#define VPL_KUBERNETES_H

#include "backend.h"

extern const struct backend backend_kubernetes;

/* Adds k8s/kustomization.yaml, which applies the patches of those of the policies that have one. Called once
 * for a compilation, after each policy's `emit` has succeeded. False, and nothing added, when none has. */
bool kubernetes_emit_component(struct arena *arena, const struct ir_policy *const *policies, size_t n,
                               const struct node *node, struct outputs *outputs);

#endif
