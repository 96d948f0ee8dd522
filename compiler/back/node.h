/* What the node that runs the policy can do: set by options, documented defaults, recorded in the manifest.
 */
#ifndef VPL_NODE_H
#define VPL_NODE_H

#include "ir.h"
#include <stdbool.h>

struct node {
    unsigned kernel_major, kernel_minor; /* 6.1 */
    unsigned parser_major, parser_minor; /* apparmor_parser: 3.0 */
    unsigned abi_major;                  /* the profile's `abi` line: 3 or 4 */
    const char *runtime;                 /* containerd, cri-o, docker, podman, other */
    unsigned kubernetes_minor;           /* of 1.x: 31 */
    const char *workload;                /* --workload FILE's text, NULL: none */
    const char
        *disks; /* "sda,sda1": what the profile's question @{node_disks} is judged with, NULL: nothing */
};

/* Debian 12's node: kernel 6.1, parser 3.0, abi 3, containerd, Kubernetes 1.31. */
extern const struct node node_default;

bool node_kernel_at_least(const struct node *node, unsigned major, unsigned minor);

/* Is it the name of a container runtime whose defaults are known, or "other"? */
bool node_runtime_known(const char *name);

/* Is the policy's base what one of them does? Another base's parts are no runtime's, whatever their names. */
bool node_base_is_runtimes(const struct ir_policy *policy);

/* Does the runtime give a container that asks for nothing what this base of the library says, by its own
 * profile of the enforcer? */
bool node_runtime_has(const struct node *node, const struct ir_policy *policy, enum enforcer enforcer);

/* Does it mask the paths that the base's masked-paths and readonly-paths name? Not in a privileged container,
 * not where procMount is Unmasked, nothing outside containers. */
bool node_runtime_masks(const struct node *node, const struct ir_policy *policy);

/* AppArmor mediates creation of user namespaces: kernel 6.7, parser 4 and abi 4 (tried: 6.12 yes, 6.1 no). */
bool node_mediates_userns(const struct node *node);

/* AppArmor's mount rules reach fsopen+fsmount+move_mount and open_tree (tried: 6.12 yes, 6.1 no). */
bool node_mediates_new_mount_api(const struct node *node);
extern const char node_no_new_mount_api[]; /* what a row says where it doesn't */

#endif
