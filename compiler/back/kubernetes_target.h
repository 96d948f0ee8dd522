/* Which workload and containers a policy's patch is for. */
#ifndef VPL_KUBERNETES_TARGET_H
#define VPL_KUBERNETES_TARGET_H

#include "backend.h"
#include <jansson.h>

/* A kind whose pods can be patched. */
struct kubernetes_kind {
    const char *name;
    const char *group, *version; /* group "" is the core's */
    const char *const *template; /* keys down to the pod template, NULL-terminated; a Pod is its own */
};

/* NULL when a target of that kind has no pods to patch. */
const struct kubernetes_kind *kubernetes_kind_find(const char *name);

/* The pod template in an object of that kind, NULL where it has none; borrowed. */
const json_t *kubernetes_template(const json_t *object, const struct kubernetes_kind *kind);

/* Names of containers, in the workload's order where that is known. */
struct kubernetes_containers {
    const char *const *names;
    size_t n;
    const char *const *all; /* the workload's, the policy's or not; NULL: no workload was given */
    size_t n_all;
};

struct kubernetes_target {
    const struct kubernetes_kind *kind;
    const char *name;                                         /* NULL: by labels */
    const char *namespace;                                    /* NULL: any */
    struct kubernetes_containers containers, init_containers; /* none of either: not known */
};

/* Does the policy speak of this one? */
bool kubernetes_containers_have(const struct kubernetes_containers *containers, const char *name);

/* Are any containers known? */
bool kubernetes_target_is_named(const struct kubernetes_target *target);

/* Will they be, by the policy or by a workload file? */
bool kubernetes_target_names_containers(const struct ir_policy *policy, const struct node *node);

/* Of the policy's containers in node->workload, how many have procMount: Unmasked: none (also where no
 * workload is given or found), some, or all. */
enum kubernetes_unmasked { KUBERNETES_MASKED, KUBERNETES_SOME_UNMASKED, KUBERNETES_ALL_UNMASKED };
enum kubernetes_unmasked kubernetes_target_unmasked(const struct ir_policy *policy, const struct node *node);

/* The policy's target, completed from node->workload: a target by labels gets the name, one without
 * containers all of that workload's. Names are checked as the API server would (apimachinery's validation),
 * because they go where nothing can be quoted: label selectors and regular expressions. False after a
 * diagnostic. */
bool kubernetes_target_resolve(struct arena *arena, const struct ir_policy *policy, const struct node *node,
                               struct diag *diag, struct kubernetes_target *target);

/* An error if the workload file is about none of these policies. Called once for a compilation. */
void kubernetes_target_check_workload(struct arena *arena, const struct ir_policy *const *policies, size_t n,
                                      const struct node *node, struct diag *diag);

/* How a kustomization selects it, a new reference; NULL where the patch's own kind, name and namespace do
 * that. They do it whenever they can: kustomize refuses a patch that finds nothing, and is silent about a
 * selector that finds nothing. */
json_t *kubernetes_target_selector(struct arena *arena, const struct ir_policy *policy,
                                   const struct kubernetes_target *target);

#endif
