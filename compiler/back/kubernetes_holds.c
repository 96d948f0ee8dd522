#include "kubernetes_holds.h"
#include "kubernetes_patch.h"
#include "launcher.h"

#include <string.h>

const char kubernetes_held_by_runtime[] = "held by the container runtime";

#define WHICH_CONTAINERS "for which containers? name them or give --workload"

static struct hold hold(enum hold_level level, const char *why) {
    return (struct hold){level, why};
}

/* What the runtime does to a container that isn't privileged: only a patch that says so makes sure of it. */
static struct hold by_runtime(const struct ir_policy *policy, const struct node *node) {
    if (launcher_profiles_only(policy))
        return hold(
            HOLD_UNDER,
            "the container runtime holds it unless the pod asks otherwise: this patch carries profiles only");
    if (!kubernetes_target_names_containers(policy, node))
        return hold(HOLD_UNDER, WHICH_CONTAINERS);
    return hold(HOLD_FULL, kubernetes_held_by_runtime);
}

struct study {
    bool userns_denied;
};

const void *kubernetes_study(struct arena *arena, const struct ir_policy *policy, const struct node *node) {
    struct study *study = ARENA_NEW(arena, struct study);
    study->userns_denied = launcher_userns_denied(arena, policy, node, true);
    return study;
}

static struct hold holds_capability(const struct ir_policy *policy, const struct ir_stmt *stmt,
                                    const struct node *node, const struct study *study) {
    bool from_base = stmt->part && !stmt->own;
    if (policy->privileged)
        return stmt->verdict == VERDICT_ALLOW
                   ? hold(HOLD_FULL, "")
                   : hold(HOLD_NONE, "a privileged container has every capability");
    if (launcher_profiles_only(policy))
        return from_base ? by_runtime(policy, node)
                         : hold(HOLD_NONE, "this mode's patch carries profiles only and drops nothing");
    if (!kubernetes_target_names_containers(policy, node))
        return hold(HOLD_UNDER, WHICH_CONTAINERS);
    return launcher_hold_capability(stmt, study->userns_denied);
}

/* Runtimes mask below /proc and /sys, not below another place where the host's /proc is mounted. */
static enum glob_answer is_below(struct arena *arena, const char *at, const struct pathset *paths,
                                 bool entirely) {
    const char *error;
    size_t where;
    const struct glob *glob = glob_parse(arena, arena_printf(arena, "%s{,/**}", at), &error, &where);
    struct pathset below = {.in = &glob, .n_in = 1};
    if (!glob)
        return GLOB_UNKNOWN;
    return entirely ? pathset_subset(arena, paths, &below) : pathset_intersects(arena, paths, &below);
}

static struct hold holds_mask(struct arena *arena, const struct ir_policy *policy, const struct ir_stmt *stmt,
                              const struct node *node) {
    const struct pathset *paths = &stmt->match.paths;
    if (policy->privileged)
        return hold(HOLD_NONE, "a privileged container has no masked and no read-only paths");
    if (ir_requires(policy, REQUIRE_PROC_MOUNT_UNMASKED))
        return hold(HOLD_NONE, "procMount: Unmasked takes masked and read-only paths away");
    if (!node_runtime_masks(node, policy))
        return hold(HOLD_NONE, "the runtime isn't known to mask what this base says");
    enum kubernetes_unmasked unmasked = kubernetes_target_unmasked(policy, node);
    if (unmasked != KUBERNETES_MASKED)
        return hold(unmasked == KUBERNETES_ALL_UNMASKED ? HOLD_NONE : HOLD_UNDER,
                    "the workload's procMount: Unmasked takes them away: `require proc-mount unmasked, "
                    "user-namespace` lets AppArmor hold them");
    for (size_t i = 0; i < policy->n_requires; i++) {
        const struct ir_require *require = &policy->requires[i];
        if (require->kind != REQUIRE_HOST_PATH || !strcmp(require->at, require->host))
            continue;
        if (is_below(arena, require->at, paths, true) == GLOB_YES)
            return hold(HOLD_NONE, "the container runtime masks nothing below a mounted host path");
        if (is_below(arena, require->at, paths, false) != GLOB_NO)
            return hold(HOLD_UNDER, "the container runtime masks nothing below a mounted host path");
    }
    if (node->kubernetes_minor < KUBERNETES_THERMAL_MASKS &&
        (pathset_match(paths, "/proc/interrupts") ||
         pathset_match(paths, "/sys/devices/system/cpu/cpu0/thermal_throttle")))
        return hold(HOLD_UNDER, "before 1.31 the kubelet doesn't mask /proc/interrupts and thermal_throttle");
    return by_runtime(policy, node);
}

/* A part of the base that an enforcer holds: its own profile where it is chosen, else the runtime's. */
static struct hold holds_default(const struct ir_policy *policy, const struct ir_stmt *stmt,
                                 enum enforcer enforcer, const struct node *node) {
    if (policy->enforcers & enforcer)
        return hold(HOLD_NONE, "the pod asks for a profile of the policy's own, which has to hold it");
    if (policy->privileged)
        return hold(HOLD_NONE, "the container runtime drops its default profile for a privileged container");
    if (!node_runtime_has(node, policy, enforcer))
        return hold(HOLD_UNDER, "the runtime's default profile isn't known to be what this base says");
    if (stmt->class == CLASS_MOUNT && stmt->verdict == VERDICT_DENY && !node_mediates_new_mount_api(node))
        return hold(HOLD_UNDER, node_no_new_mount_api);
    return by_runtime(policy, node);
}

static bool is_part(const struct ir_stmt *stmt, const char *part) {
    return stmt->part && !strcmp(stmt->part, part);
}

struct hold kubernetes_holds(struct arena *arena, const struct ir_policy *policy, const struct ir_stmt *stmt,
                             const struct node *node, const void *study) {
    if (stmt->block >= 0)
        return hold(HOLD_NONE, "a pod's fields say the same for every program of a container");
    if (stmt->class == CLASS_CAPABILITY)
        return holds_capability(policy, stmt, node, study);
    if (stmt->own || !node_base_is_runtimes(policy))
        return hold(HOLD_NONE, "no field of a pod says it");
    if (is_part(stmt, "masked-paths") || is_part(stmt, "readonly-paths"))
        return holds_mask(arena, policy, stmt, node);
    if (is_part(stmt, "apparmor"))
        return holds_default(policy, stmt, ENFORCER_APPARMOR, node);
    if (is_part(stmt, "seccomp"))
        return holds_default(policy, stmt, ENFORCER_SECCOMP, node);
    return hold(HOLD_NONE, "no field of a pod says it");
}

static struct hold by_gate(const struct node *node, unsigned minor, const char *why) {
    return node->kubernetes_minor >= minor ? hold(HOLD_FULL, "") : hold(HOLD_UNDER, why);
}

/* Fields of the pod as a whole: no container has to be known. */
static struct hold holds_user_namespace(const struct node *node) {
    return by_gate(node, KUBERNETES_USER_NAMESPACES,
                   "off before 1.33: without the gate UserNamespacesSupport the field is dropped in silence");
}

static struct hold holds_container_field(const struct ir_policy *policy, const struct ir_require *require,
                                         const struct node *node) {
    if (require->kind == REQUIRE_NO_NEW_PRIVILEGES && !kubernetes_patch_no_new_privileges(policy))
        return hold(HOLD_NONE,
                    "allowPrivilegeEscalation is always true for a privileged container and with sys_admin");
    if (require->kind == REQUIRE_PROC_MOUNT_UNMASKED)
        return by_gate(node, KUBERNETES_PROC_MOUNT,
                       "off before 1.33: without the gate ProcMountType the field is dropped in silence");
    if (require->kind == REQUIRE_HOST_PATH && !require->writable)
        return by_gate(node, KUBERNETES_RECURSIVE_READ_ONLY,
                       "before 1.33 what is mounted below the path stays writable");
    return hold(HOLD_FULL, "");
}

struct hold kubernetes_holds_require(const struct ir_policy *policy, const struct ir_require *require,
                                     const struct node *node) {
    if (launcher_profiles_only(policy))
        return hold(HOLD_NONE, "this mode's patch carries profiles only");
    if (require->kind == REQUIRE_NATIVE_ABI)
        return hold(HOLD_NONE, "only a seccomp filter can");
    if (require->kind == REQUIRE_USER_NAMESPACE)
        return holds_user_namespace(node);
    if (!kubernetes_target_names_containers(policy, node))
        return hold(HOLD_UNDER, WHICH_CONTAINERS);
    return holds_container_field(policy, require, node);
}
