#include "launcher.h"
#include "meaning.h"

#include <linux/sched.h>

bool launcher_profiles_only(const struct ir_policy *policy) {
    return policy->reaction == REACTION_OBSERVE || policy->mode == MODE_ALWAYS_ALLOW ||
           policy->mode == MODE_BEHAVIOR_MODELING;
}

/* Denied, and by a statement that a filter in force holds? */
static bool call_denied(const struct ir_policy *policy, const struct event *event, bool runtime_filter) {
    struct judgement judgement = meaning_judge(policy, event);
    if (judgement.verdict == VERDICT_ALLOW)
        return false;
    return policy->enforcers & ENFORCER_SECCOMP || (runtime_filter && !judgement.decided_by->own);
}

/* The flags alone, with each other bit and with all of them: a denial of some combination only must not pass
 * for one of CLONE_NEWUSER. clone3's are behind a pointer, so it has to be denied whatever its arguments. */
static bool flags_denied(const struct ir_policy *policy, const char *call, enum abi abi,
                         bool runtime_filter) {
    int id = syscall_by_name(call), nr = syscall_number(id, abi);
    struct event event = {.class = CLASS_SYSCALL, .abi = abi, .nr = (uint32_t)nr};
    struct syscall_arg arg = {.position = 0};
    if (nr < 0)
        return true;
    syscall_arg(id, abi, "flags", &arg);
    for (unsigned bit = 0; bit <= 32; bit++) {
        event.args[arg.position] = CLONE_NEWUSER | (bit < 32 ? UINT64_C(1) << bit : UINT32_MAX);
        if (!call_denied(policy, &event, runtime_filter))
            return false;
    }
    return true;
}

/* Judged for a subject that has entered no block: blocks only take away. */
static bool userns_denied(const struct ir_policy *policy, const struct node *node, bool runtime_filter) {
    static const char *const calls[] = {"unshare", "clone", "clone3"};
    struct event event = {.class = CLASS_USERNS};
    if (policy->enforcers & ENFORCER_APPARMOR && node_mediates_userns(node) &&
        meaning_judge(policy, &event).verdict == VERDICT_DENY)
        return true;
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
            if (!flags_denied(policy, calls[i], abi, runtime_filter))
                return false;
    return true;
}

struct hold launcher_hold_capability(const struct ir_policy *policy, const struct ir_stmt *stmt,
                                     const struct node *node, bool runtime_filter) {
    if (stmt->verdict == VERDICT_ALLOW || userns_denied(policy, node, runtime_filter))
        return (struct hold){HOLD_FULL, ""};
    return (struct hold){HOLD_UNDER,
                         "a user namespace gives capabilities back, and nothing in force denies making one: "
                         "see rule disallow-create-user-ns"};
}

static bool applies(const struct ir_policy *policy, const struct node *node) {
    (void)policy, (void)node;
    return true;
}

static struct hold holds(struct arena *arena, const struct ir_policy *policy, const struct ir_stmt *stmt,
                         const struct node *node) {
    (void)arena;
    if (stmt->class != CLASS_CAPABILITY)
        return (struct hold){HOLD_NONE, "varmor-run itself sets capabilities and no_new_privs only"};
    if (stmt->block >= 0)
        return (struct hold){HOLD_NONE, "varmor-run drops capabilities once, before the first program"};
    if (launcher_profiles_only(policy))
        return (struct hold){HOLD_NONE, "this mode drops no capabilities"};
    return launcher_hold_capability(policy, stmt, node, false);
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
    .title = "what varmor-run itself sets and checks",
    .applies = applies,
    .holds = holds,
    .holds_require = holds_require,
    .emit = emit,
    .prepare = prepare,
};
