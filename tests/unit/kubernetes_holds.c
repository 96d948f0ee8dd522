/* The report's rows of the pod and of varmor-run: what each claims to hold, and when it must not. */
#include "kubernetes_holds.h"
#include "apparmor.h"
#include "check.h"
#include "kubernetes.h"
#include "launcher.h"

#include <linux/mount.h>
#include <linux/sched.h>
#include <string.h>

static struct arena *arena;
static struct node node;
static struct ir_target target;
static struct ir_policy policy;
static const struct ir_stmt *stmts[16];

static const char *const containers[] = {"web"};
static const struct ir_stmt drop = {
    .class = CLASS_CAPABILITY, .verdict = VERDICT_DENY, .own = true, .block = -1};
static const struct ir_stmt grant = {
    .class = CLASS_CAPABILITY, .verdict = VERDICT_ALLOW, .own = true, .block = -1};

static void start(void) {
    node = (struct node){
        .kernel_major = 6, .kernel_minor = 1, .parser_major = 3, .abi_major = 3, .runtime = "containerd"};
    node.kubernetes_minor = 33;
    target =
        (struct ir_target){.kind = "Deployment", .name = "shop", .containers = containers, .n_containers = 1};
    policy = (struct ir_policy){
        .name = "shop", .label = "shop", .target = &target, .base = "runtime-default", .stmts = stmts};
    policy.enforcers = ENFORCER_APPARMOR | ENFORCER_SECCOMP, policy.mode = MODE_ENHANCE_PROTECT;
}

static void add(const struct ir_stmt *stmt) {
    stmts[policy.n_stmts++] = stmt;
}

static struct hold pod(const struct ir_stmt *stmt) {
    return backend_kubernetes.holds(arena, &policy, stmt, &node,
                                    backend_study(&backend_kubernetes, arena, &policy, &node));
}

static struct hold launcher(const struct ir_stmt *stmt) {
    return backend_launcher.holds(arena, &policy, stmt, &node,
                                  backend_study(&backend_launcher, arena, &policy, &node));
}

static struct hold profile(const struct ir_stmt *stmt) {
    return backend_apparmor.holds(arena, &policy, stmt, &node,
                                  backend_study(&backend_apparmor, arena, &policy, &node));
}

static bool by_runtime(const struct ir_stmt *stmt) {
    struct hold hold = pod(stmt);
    return hold.level == HOLD_FULL && hold.why == kubernetes_held_by_runtime;
}

/* `deny syscall CALL where ARGUMENT & mask == value`, in every ABI; mask 0: whatever the arguments. */
static const struct ir_stmt *deny_argument(const char *call, unsigned argument, uint64_t mask,
                                           uint64_t value) {
    struct ir_stmt *stmt = ARENA_NEW(arena, struct ir_stmt);
    struct ir_call *calls = arena_alloc(arena, ABI_COUNT * sizeof *calls);
    struct cond *cond = ARENA_NEW(arena, struct cond);
    *cond = (struct cond){.kind = COND_TEST, .arg = argument, .mask = mask, .cmp = CMP_EQ, .value = value};
    *stmt = (struct ir_stmt){
        .class = CLASS_SYSCALL, .verdict = VERDICT_DENY, .own = true, .block = -1, .match.calls = calls};
    for (enum abi abi = 0; abi < ABI_COUNT; abi++) {
        int id = syscall_by_name(call);
        calls[stmt->match.n_calls++] =
            (struct ir_call){abi, (uint32_t)syscall_number(id, abi), id, mask ? cond : NULL, NULL};
    }
    return stmt;
}

static const struct ir_stmt *deny_call(const char *call, uint64_t mask, uint64_t value) {
    return deny_argument(call, 0, mask, value);
}

static void user_namespaces(void) {
    start();
    CHECK(pod(&drop).level == HOLD_UNDER && launcher(&drop).level == HOLD_UNDER);
    CHECK(pod(&grant).level == HOLD_FULL && launcher(&grant).level == HOLD_FULL);
    add(deny_call("unshare", CLONE_NEWUSER, CLONE_NEWUSER));
    add(deny_call("clone", CLONE_NEWUSER, CLONE_NEWUSER));
    CHECK(pod(&drop).level == HOLD_UNDER); /* clone3 */
    add(deny_call("clone3", 0, 0));
    CHECK(pod(&drop).level == HOLD_FULL && launcher(&drop).level == HOLD_FULL);
    policy.enforcers = ENFORCER_APPARMOR; /* nobody installs that filter */
    CHECK(pod(&drop).level == HOLD_UNDER && launcher(&drop).level == HOLD_UNDER);
    start();
    add(deny_call("unshare", UINT32_MAX, CLONE_NEWUSER)); /* alone, not with another flag */
    add(deny_call("clone", CLONE_NEWUSER, CLONE_NEWUSER));
    add(deny_call("clone3", 0, 0));
    CHECK(pod(&drop).level == HOLD_UNDER);
    start(); /* whatever else is set, but for one combination of three bits */
    add(deny_call("clone", CLONE_NEWUSER, CLONE_NEWUSER)), add(deny_call("clone3", 0, 0));
    add(deny_call("unshare", CLONE_NEWUSER | 2, CLONE_NEWUSER));
    add(deny_call("unshare", CLONE_NEWUSER | 4, CLONE_NEWUSER));
    add(deny_call("unshare", CLONE_NEWUSER | 8, CLONE_NEWUSER | 8));
    CHECK(pod(&drop).level == HOLD_UNDER && launcher(&drop).level == HOLD_UNDER);
    add(deny_call("unshare", CLONE_NEWUSER | 14, CLONE_NEWUSER | 6));
    CHECK(pod(&drop).level == HOLD_FULL && launcher(&drop).level == HOLD_FULL);
}

/* A profile's denial of mounts, beside a filter that denies what AppArmor doesn't see of them. */
static void mounts(void) {
    static const struct ir_stmt mount = {
        .class = CLASS_MOUNT, .verdict = VERDICT_DENY, .own = true, .block = -1};
    static const char *const calls[] = {"fsopen", "fspick", "move_mount", "mount_setattr"};
    start();
    add(&mount);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        add(deny_call(calls[i], 0, 0));
    CHECK(profile(&mount).level == HOLD_UNDER); /* open_tree */
    add(deny_argument("open_tree", 2, OPEN_TREE_CLONE, OPEN_TREE_CLONE));
    CHECK(profile(&mount).level == HOLD_FULL);
    node.kernel_minor = 15; /* open_tree_attr */
    CHECK(profile(&mount).level == HOLD_UNDER);
    add(deny_argument("open_tree_attr", 2, OPEN_TREE_CLONE,
                      OPEN_TREE_CLONE)); /* it changes mounts without, too */
    CHECK(profile(&mount).level == HOLD_UNDER);
    add(deny_call("open_tree_attr", 0, 0));
    CHECK(profile(&mount).level == HOLD_FULL);
    policy.privileged = true; /* the container runtime drops the filter */
    CHECK(profile(&mount).level == HOLD_UNDER);
    policy.privileged = false, policy.enforcers = ENFORCER_APPARMOR;
    CHECK(profile(&mount).level == HOLD_UNDER);
    policy.enforcers |= ENFORCER_SECCOMP, policy.reaction = REACTION_OBSERVE; /* it logs */
    CHECK(profile(&mount).level == HOLD_UNDER);
}

static void user_namespaces_by_others(void) {
    static const struct ir_stmt userns = {
        .class = CLASS_USERNS, .verdict = VERDICT_DENY, .own = true, .block = -1};
    static const struct ir_stmt base = {.class = CLASS_SYSCALL,
                                        .is_default = true,
                                        .verdict = VERDICT_DENY,
                                        .block = -1,
                                        .part = "seccomp",
                                        .match = {.every_call = true, .abis = 7}};
    start();
    add(&userns);
    CHECK(pod(&drop).level == HOLD_UNDER);
    node.kernel_minor = 12, node.parser_major = 4, node.abi_major = 4;
    CHECK(pod(&drop).level == HOLD_FULL && launcher(&drop).level == HOLD_FULL);
    policy.enforcers = ENFORCER_SECCOMP;
    CHECK(pod(&drop).level == HOLD_UNDER);
    start();
    policy.enforcers = ENFORCER_APPARMOR;
    add(&base); /* the container runtime's filter: varmor-run has none */
    CHECK(pod(&drop).level == HOLD_FULL && launcher(&drop).level == HOLD_UNDER);
    struct ir_stmt *allowed = (struct ir_stmt *)(uintptr_t)deny_call("unshare", 0, 0);
    allowed->verdict = VERDICT_ALLOW;
    add(allowed); /* which that filter doesn't know */
    CHECK(pod(&drop).level == HOLD_FULL);
    allowed->own = false;
    CHECK(pod(&drop).level == HOLD_UNDER);
}

static void capabilities(void) {
    static const struct ir_stmt base = {.class = CLASS_CAPABILITY,
                                        .is_default = true,
                                        .verdict = VERDICT_DENY,
                                        .block = -1,
                                        .part = "capabilities"};
    static const struct ir_stmt inside = {.class = CLASS_CAPABILITY, .verdict = VERDICT_DENY, .own = true};
    start();
    add(deny_call("unshare", 0, 0)), add(deny_call("clone", 0, 0)), add(deny_call("clone3", 0, 0));
    CHECK(pod(&base).level == HOLD_FULL && pod(&inside).level == HOLD_NONE &&
          launcher(&inside).level == HOLD_NONE);
    policy.privileged = true;
    CHECK(pod(&drop).level == HOLD_NONE && pod(&grant).level == HOLD_FULL &&
          launcher(&drop).level == HOLD_FULL);
    policy.privileged = false, policy.reaction = REACTION_OBSERVE;
    CHECK(pod(&drop).level == HOLD_NONE && launcher(&drop).level == HOLD_NONE &&
          pod(&base).level == HOLD_UNDER);
    policy.reaction = REACTION_DENY, target.n_containers = 0;
    CHECK(pod(&drop).level == HOLD_UNDER && launcher(&drop).level == HOLD_FULL);
    node.workload = "";
    CHECK(pod(&drop).level == HOLD_FULL);
}

static struct ir_stmt deny_paths(const char *const *texts, size_t n, const char *part) {
    const struct glob **globs = arena_alloc(arena, n * sizeof *globs);
    const char *error;
    size_t at;
    for (size_t i = 0; i < n; i++)
        globs[i] = glob_parse(arena, texts[i], &error, &at);
    return (struct ir_stmt){.class = CLASS_FILE,
                            .ops = OP_WRITE,
                            .verdict = VERDICT_DENY,
                            .block = -1,
                            .part = part,
                            .match = {.has_paths = true, .paths = {.in = globs, .n_in = n}}};
}

static void masks(void) {
    static const char *const texts[] = {"/proc/timer_list", "/host/proc/timer_list"},
                             *const thermal[] = {"/proc/{keys,interrupts}{,/**}"};
    static const struct ir_require host[] = {
        {.kind = REQUIRE_HOST_PATH, .host = "/proc", .at = "/host/proc"}};
    static const struct ir_require unmasked[] = {{.kind = REQUIRE_PROC_MOUNT_UNMASKED}};
    struct ir_stmt mask = deny_paths(texts, 1, "masked-paths"), both = deny_paths(texts, 2, "masked-paths");
    struct ir_stmt below = deny_paths(texts + 1, 1, "readonly-paths"),
                   newer = deny_paths(thermal, 1, "masked-paths");
    start();
    CHECK(by_runtime(&mask) && by_runtime(&newer));
    node.kubernetes_minor = 30;
    CHECK(by_runtime(&mask) && pod(&newer).level == HOLD_UNDER);
    policy.requires = host, policy.n_requires = 1;
    CHECK(by_runtime(&mask) && pod(&both).level == HOLD_UNDER && pod(&below).level == HOLD_NONE);
    policy.requires = unmasked;
    CHECK(pod(&mask).level == HOLD_NONE);
    start();
    policy.privileged = true;
    CHECK(pod(&mask).level == HOLD_NONE);
    start();
#define SHOP(web, log)                                                                                       \
    "kind: Deployment\nmetadata: {name: shop}\nspec: {template: {spec: {"                                    \
    "initContainers: [{name: log, securityContext: {procMount: " log "}}], "                                 \
    "containers: [{name: web, securityContext: {procMount: " web "}}]}}}\n"
    node.workload = SHOP("Unmasked", "Default");
    CHECK(pod(&mask).level == HOLD_NONE);
    node.workload = SHOP("Default", "Unmasked");
    CHECK(by_runtime(&mask)); /* of another container */
    target.n_containers = 0;
    CHECK(pod(&mask).level == HOLD_UNDER);
    target.name = "another";
    CHECK(by_runtime(&mask));
    node.workload = "a: [";
    CHECK(by_runtime(&mask));
    start();
    target.n_containers = 0;
    CHECK(pod(&mask).level == HOLD_UNDER);
    start();
    policy.base = "my-base"; /* whose part merely has that name */
    CHECK(pod(&mask).level == HOLD_NONE);
    start();
    mask.own = true;
    CHECK(pod(&mask).level == HOLD_NONE && launcher(&mask).level == HOLD_NONE);
}

static void defaults(void) {
    static const struct ir_stmt mount = {
        .class = CLASS_MOUNT, .is_default = true, .verdict = VERDICT_DENY, .block = -1, .part = "apparmor"};
    static const struct ir_stmt pivot = {.class = CLASS_PIVOT_ROOT,
                                         .is_default = true,
                                         .verdict = VERDICT_DENY,
                                         .block = -1,
                                         .part = "apparmor"};
    static const struct ir_stmt call = {
        .class = CLASS_SYSCALL, .is_default = true, .verdict = VERDICT_DENY, .block = -1, .part = "seccomp"};
    start();
    CHECK(pod(&mount).level == HOLD_NONE && pod(&call).level == HOLD_NONE);
    policy.enforcers = ENFORCER_APPARMOR;
    CHECK(pod(&mount).level == HOLD_NONE && by_runtime(&call));
    policy.enforcers =
        ENFORCER_SECCOMP; /* 6.1: AppArmor misses the newer mount calls, whoever wrote the profile */
    CHECK(pod(&mount).level == HOLD_UNDER && by_runtime(&pivot) && pod(&call).level == HOLD_NONE);
    node.kernel_minor = 7;
    CHECK(by_runtime(&mount));
    policy.privileged = true;
    CHECK(pod(&mount).level == HOLD_NONE);
    policy.privileged = false, node.runtime = "cri-o";
    CHECK(pod(&mount).level == HOLD_UNDER);
    start();
    policy.enforcers = ENFORCER_APPARMOR,
    policy.reaction = REACTION_OBSERVE; /* the patch asks for nothing then */
    CHECK(pod(&call).level == HOLD_UNDER);
}

static enum hold_level pod_requires(enum require_kind kind, bool writable) {
    struct ir_require require = {.kind = kind, .host = "/proc", .at = "/host/proc", .writable = writable};
    policy.requires = &require, policy.n_requires = 1;
    return backend_kubernetes.holds_require(&policy, &require, &node).level;
}

static enum hold_level launcher_requires(enum require_kind kind) {
    struct ir_require require = {.kind = kind};
    return backend_launcher.holds_require(&policy, &require, &node).level;
}

static void requirements(void) {
    start();
    CHECK(pod_requires(REQUIRE_NO_NEW_PRIVILEGES, false) == HOLD_FULL &&
          pod_requires(REQUIRE_NON_ROOT, false) == HOLD_FULL);
    CHECK(pod_requires(REQUIRE_READ_ONLY_ROOT, false) == HOLD_FULL &&
          pod_requires(REQUIRE_NATIVE_ABI, false) == HOLD_NONE);
    CHECK(pod_requires(REQUIRE_USER_NAMESPACE, false) == HOLD_FULL &&
          pod_requires(REQUIRE_PROC_MOUNT_UNMASKED, false) == HOLD_FULL);
    CHECK(pod_requires(REQUIRE_HOST_PATH, false) == HOLD_FULL);
    node.kubernetes_minor = 32;
    CHECK(pod_requires(REQUIRE_USER_NAMESPACE, false) == HOLD_UNDER &&
          pod_requires(REQUIRE_PROC_MOUNT_UNMASKED, false) == HOLD_UNDER);
    CHECK(pod_requires(REQUIRE_HOST_PATH, false) == HOLD_UNDER &&
          pod_requires(REQUIRE_HOST_PATH, true) == HOLD_FULL);
    policy.grants = UINT64_C(1) << capability_by_name("sys_admin");
    CHECK(pod_requires(REQUIRE_NO_NEW_PRIVILEGES, false) == HOLD_NONE);
    start();
    target.n_containers = 0;
    CHECK(pod_requires(REQUIRE_NON_ROOT, false) == HOLD_UNDER &&
          pod_requires(REQUIRE_USER_NAMESPACE, false) == HOLD_FULL);
    policy.reaction = REACTION_OBSERVE;
    CHECK(pod_requires(REQUIRE_USER_NAMESPACE, false) == HOLD_NONE &&
          launcher_requires(REQUIRE_NON_ROOT) == HOLD_NONE);
    start();
    CHECK(launcher_requires(REQUIRE_NO_NEW_PRIVILEGES) == HOLD_FULL &&
          launcher_requires(REQUIRE_NON_ROOT) == HOLD_FULL);
    CHECK(launcher_requires(REQUIRE_NATIVE_ABI) == HOLD_NONE &&
          launcher_requires(REQUIRE_READ_ONLY_ROOT) == HOLD_NONE);
    CHECK(launcher_requires(REQUIRE_HOST_PATH) == HOLD_NONE);
}

int main(void) {
    arena = arena_new();
    user_namespaces();
    mounts();
    user_namespaces_by_others();
    capabilities();
    masks();
    defaults();
    requirements();
    arena_free(arena);
    return check_done();
}
