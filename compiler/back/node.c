#include "node.h"

#include <string.h>

const struct node node_default = {.kernel_major = 6,
                                  .kernel_minor = 1,
                                  .parser_major = 3,
                                  .parser_minor = 0,
                                  .abi_major = 3,
                                  .runtime = "containerd",
                                  .kubernetes_minor = 31};

bool node_kernel_at_least(const struct node *node, unsigned major, unsigned minor) {
    return node->kernel_major > major || (node->kernel_major == major && node->kernel_minor >= minor);
}

bool node_mediates_userns(const struct node *node) {
    return node_kernel_at_least(node, 6, 7) && node->parser_major >= 4 && node->abi_major >= 4;
}

const char node_no_new_mount_api[] =
    "before 6.7 AppArmor doesn't see fsopen, fsmount, open_tree and move_mount";

bool node_mediates_new_mount_api(const struct node *node) {
    return node_kernel_at_least(node, 6, 7);
}

/* Whose profiles are whose: the docs of the bases say where each was read. Under Kubernetes the kubelet's
 * masks win (pkg/securitycontext/util.go), and those are containerd's and Docker's own; CRI-O's filter is
 * Podman's without new namespaces (cri-o f954a17e5, internal/config), which no base says. */
static const struct runtime {
    const char *name, *apparmor, *seccomp; /* the bases that say them, NULL: none does */
    const char *masks[2];
} runtimes[] = {
    {"containerd", "runtime-default", "runtime-default", {"runtime-default", "runtime-default-moby"}},
    {"cri-o", "runtime-default-podman", NULL, {"runtime-default", "runtime-default-moby"}},
    {"docker", "runtime-default-moby", "runtime-default-moby", {"runtime-default", "runtime-default-moby"}},
    {"podman", "runtime-default-podman", "runtime-default-podman", {"runtime-default-podman"}},
    {"other", NULL, NULL, {NULL}},
};
enum { RUNTIMES = sizeof runtimes / sizeof *runtimes };

static const struct runtime *runtime_of(const char *name) {
    for (size_t i = 0; i < RUNTIMES; i++)
        if (!strcmp(runtimes[i].name, name))
            return &runtimes[i];
    return NULL;
}

bool node_runtime_known(const char *name) {
    return runtime_of(name) != NULL;
}

/* A part alone ("runtime-default.apparmor") is its base's. */
static bool is_of(const char *base, const char *name) {
    size_t n = name ? strlen(name) : 0;
    return n && base && !strncmp(base, name, n) && (!base[n] || base[n] == '.');
}

bool node_base_is_runtimes(const struct ir_policy *policy) {
    for (size_t i = 0; i < RUNTIMES; i++)
        if (is_of(policy->base, runtimes[i].apparmor) || is_of(policy->base, runtimes[i].seccomp))
            return true;
    return false;
}

bool node_runtime_has(const struct node *node, const struct ir_policy *policy, enum enforcer enforcer) {
    const struct runtime *runtime = runtime_of(node->runtime);
    return is_of(policy->base, enforcer == ENFORCER_APPARMOR ? runtime->apparmor : runtime->seccomp);
}

bool node_runtime_masks(const struct node *node, const struct ir_policy *policy) {
    const struct runtime *runtime = runtime_of(node->runtime);
    return ir_is_container(policy) && !policy->privileged &&
           !ir_requires(policy, REQUIRE_PROC_MOUNT_UNMASKED) &&
           (is_of(policy->base, runtime->masks[0]) || is_of(policy->base, runtime->masks[1]));
}
