#include "launcher.h"
#include "gaps.h"
#include "meaning.h"

bool launcher_profiles_only(const struct ir_policy *policy) {
    return policy->reaction == REACTION_OBSERVE || policy->mode == MODE_ALWAYS_ALLOW ||
           policy->mode == MODE_BEHAVIOR_MODELING;
}

/* The container runtime's own filter: the base's, without what the policy says. */
static struct ir_policy base_of(struct arena *arena, const struct ir_policy *policy) {
    const struct ir_stmt **stmts = arena_alloc(arena, (policy->n_stmts + 1) * sizeof *stmts);
    struct ir_policy base = *policy;
    base.stmts = stmts, base.n_stmts = 0;
    for (size_t i = 0; i < policy->n_stmts; i++)
        if (!policy->stmts[i]->own)
            stmts[base.n_stmts++] = policy->stmts[i];
    return base;
}

static bool calls_denied(struct arena *arena, const struct ir_policy *policy, bool runtime_filter) {
    if (policy->enforcers & ENFORCER_SECCOMP)
        return gaps_userns_closed(arena, policy);
    struct ir_policy base = base_of(arena, policy);
    return runtime_filter && gaps_userns_closed(arena, &base);
}

/* Judged for a subject that has entered no block: blocks only take away. */
bool launcher_userns_denied(struct arena *arena, const struct ir_policy *policy, const struct node *node,
                            bool runtime_filter) {
    struct event event = {.class = CLASS_USERNS};
    bool by_profile = policy->enforcers & ENFORCER_APPARMOR && node_mediates_userns(node) &&
                      meaning_judge(policy, &event).verdict == VERDICT_DENY;
    return by_profile || calls_denied(arena, policy, runtime_filter);
}

struct hold launcher_hold_capability(const struct ir_stmt *stmt, bool userns_denied) {
    if (stmt->verdict == VERDICT_ALLOW || userns_denied)
        return (struct hold){HOLD_FULL, ""};
    return (struct hold){HOLD_UNDER,
                         "a user namespace gives capabilities back, and nothing in force denies making one: "
                         "see rule disallow-create-user-ns"};
}

static bool applies(const struct ir_policy *policy, const struct node *node) {
    (void)policy, (void)node;
    return true;
}

struct study {
    bool userns_denied;
};

static const void *study(struct arena *arena, const struct ir_policy *policy, const struct node *node) {
    struct study *study = ARENA_NEW(arena, struct study);
    study->userns_denied = launcher_userns_denied(arena, policy, node, false);
    return study;
}

static struct hold holds(struct arena *arena, const struct ir_policy *policy, const struct ir_stmt *stmt,
                         const struct node *node, const void *study) {
    (void)arena, (void)node;
    if (stmt->class != CLASS_CAPABILITY)
        return (struct hold){HOLD_NONE, "varmor-run itself sets capabilities and no_new_privs only"};
    if (stmt->block >= 0)
        return (struct hold){HOLD_NONE, "varmor-run drops capabilities once, before the first program"};
    if (launcher_profiles_only(policy))
        return (struct hold){HOLD_NONE, "this mode drops no capabilities"};
    return launcher_hold_capability(stmt, ((const struct study *)study)->userns_denied);
}

static const struct hold requirements[REQUIRE_COUNT] = {
    [REQUIRE_NO_NEW_PRIVILEGES] = {HOLD_FULL, "varmor-run sets it"},
    [REQUIRE_NON_ROOT] = {HOLD_FULL, "varmor-run refuses to run as uid 0"},
    [REQUIRE_READ_ONLY_ROOT] = {HOLD_NONE, "only the pod can"},
    [REQUIRE_USER_NAMESPACE] = {HOLD_NONE, "only the pod can"},
    [REQUIRE_NATIVE_ABI] = {HOLD_NONE, "only a seccomp filter can"},
    [REQUIRE_HOST_PATH] = {HOLD_NONE, "only the pod can"},
    [REQUIRE_PROC_MOUNT_UNMASKED] = {HOLD_NONE, "only the pod can"},
};

static struct hold holds_require(const struct ir_policy *policy, const struct ir_require *require,
                                 const struct node *node) {
    (void)node;
    if (launcher_profiles_only(policy))
        return (struct hold){HOLD_NONE, "this mode requires nothing"};
    return requirements[require->kind];
}

static bool emit(struct arena *arena, const struct ir_policy *policy, const struct node *node,
                 struct diag *diag, struct outputs *out) {
    (void)arena, (void)policy, (void)node, (void)diag, (void)out;
    return true;
}

static void *prepare(struct arena *arena, const struct outputs *out, const char **error) {
    (void)arena, (void)out, (void)error;
    return NULL;
}

const struct backend backend_launcher = {
    .name = "launcher",
    .for_processes = true,
    .applies = applies,
    .study = study,
    .holds = holds,
    .holds_require = holds_require,
    .emit = emit,
    .prepare = prepare,
};
