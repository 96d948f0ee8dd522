/* Policies made by hand, to patches, kustomizations, rows of the report and verdicts. */
#include "kubernetes.h"
#include "check.h"

#include <stdlib.h>
#include <string.h>

static struct arena *arena;
static struct diag diag;
static struct node node;
static const struct origin origin = {.loc = {1, 2}, .rule = ""};
static struct ir_target target;
static struct ir_policy policy;
static struct outputs outputs;

static const char *const node_cache[] = {"node-cache"};
static const char *const two[] = {"web", "worker"};
static const char *const setup[] = {"setup"};

static uint64_t cap(const char *name) {
    return UINT64_C(1) << capability_by_name(name);
}

/* A fresh DaemonSet "node-local-dns" in "kube-system", container node-cache, both enforcers, one capability.
 */
static void start(void) {
    outputs_free(&outputs);
    outputs =
        (struct outputs){.apparmor_profile = "vpl.kube-system.dns.0a", .seccomp_profile = "vpl/dns.json"};
    diag = (struct diag){.arena = arena};
    node = (struct node){
        .kernel_major = 6, .kernel_minor = 1, .parser_major = 3, .abi_major = 3, .runtime = "containerd"};
    node.kubernetes_minor = 31;
    target = (struct ir_target){
        .kind = "DaemonSet", .name = "node-local-dns", .namespace = "kube-system", .origin = &origin};
    target.containers = node_cache, target.n_containers = 1;
    policy = (struct ir_policy){.name = "dns", .label = "dns", .target = &target, .origin = &origin};
    policy.enforcers = ENFORCER_APPARMOR | ENFORCER_SECCOMP, policy.mode = MODE_ENHANCE_PROTECT;
    policy.base = "runtime-default", policy.grants = cap("net_admin");
}

static void require(const struct ir_require *requires, size_t n) {
    policy.requires = requires, policy.n_requires = n;
}

static bool emit(void) {
    return backend_kubernetes.emit(arena, &policy, &node, &diag, &outputs);
}

static const char *text(void) {
    return outputs.n ? buf_text(&outputs.items[outputs.n - 1].data) : "";
}

static bool emits(const char *expected) {
    bool ok = emit() && !diag.errors && !strcmp(text(), expected);
    if (!ok)
        printf("# got:\n%s# expected:\n%s", text(), expected);
    return ok;
}

static bool says(const char *part) {
    return strstr(text(), part) != NULL;
}

static bool begins(const char *expected) {
    bool ok = !strncmp(text(), expected, strlen(expected));
    if (!ok)
        printf("# got:\n%s# expected:\n%s", text(), expected);
    return ok;
}

static bool refuses(unsigned code) {
    bool refused = !emit() && !outputs.n && diag.errors && diag.items.items[0]->code == code;
    for (size_t i = 0; i < diag.items.n; i++)
        printf("# %u: %s\n", diag.items.items[i]->code, diag.items.items[i]->text);
    return refused;
}

#define HEAD                                                                                                 \
    "apiVersion: apps/v1\nkind: DaemonSet\nmetadata:\n  name: node-local-dns\n  namespace: kube-system\n"    \
    "spec:\n  template:\n"
#define PROFILES                                                                                             \
    "          seccompProfile:\n            type: Localhost\n            localhostProfile: vpl/dns.json\n"   \
    "          appArmorProfile:\n            type: Localhost\n            localhostProfile: "                \
    "vpl.kube-system.dns.0a\n"

static void whole_patch(void) {
    start();
    static const struct ir_require requires[] = {
        {.kind = REQUIRE_NO_NEW_PRIVILEGES}, {.kind = REQUIRE_NON_ROOT}, {.kind = REQUIRE_READ_ONLY_ROOT}};
    require(requires, 3);
    policy.grants =
        cap("net_bind_service") | cap("net_admin") | cap("audit_write") | cap("checkpoint_restore");
    CHECK(emits(HEAD "    spec:\n      containers:\n      - name: node-cache\n        securityContext:\n"
                     "          privileged: false\n          allowPrivilegeEscalation: false\n          "
                     "runAsNonRoot: true\n"
                     "          readOnlyRootFilesystem: true\n          capabilities:\n            drop:\n   "
                     "         - ALL\n"
                     "            add:\n            - AUDIT_WRITE\n            - CHECKPOINT_RESTORE\n        "
                     "    - NET_ADMIN\n"
                     "            - NET_BIND_SERVICE\n" PROFILES));
    CHECK(!strcmp(outputs.items[0].path, "k8s/dns.patch.yaml"));
}

static void versions(void) {
    start();
    node.kubernetes_minor = 29;
    policy.grants = 0;
    CHECK(emits(HEAD "    metadata:\n      annotations:\n        "
                     "container.apparmor.security.beta.kubernetes.io/node-cache: "
                     "localhost/vpl.kube-system.dns.0a\n    spec:\n      containers:\n      - name: "
                     "node-cache\n        securityContext:\n"
                     "          privileged: false\n          capabilities:\n            drop:\n            - "
                     "ALL\n            add: []\n"
                     "          seccompProfile:\n            type: Localhost\n            localhostProfile: "
                     "vpl/dns.json\n"));
    for (unsigned minor = 28; minor <= 36; minor++) {
        start();
        node.kubernetes_minor = minor;
        emit();
        CHECK(says("appArmorProfile:") == (minor >= 30) &&
              says("container.apparmor.security") == (minor < 30));
    }
    start();
    node.kubernetes_minor = 28, policy.enforcers = ENFORCER_SECCOMP;
    emit();
    CHECK(says("kubernetes.io/node-cache: runtime/default\n"));
}

static void runtime_default(void) {
    start();
    policy.enforcers = ENFORCER_APPARMOR;
    emit();
    CHECK(says("seccompProfile:\n            type: RuntimeDefault\n            localhostProfile: null\n"));
    start();
    policy.enforcers = ENFORCER_SECCOMP;
    emit();
    CHECK(says("appArmorProfile:\n            type: RuntimeDefault\n            localhostProfile: null\n"));
    start();
    outputs.seccomp_profile =
        NULL; /* chosen, but its JSON can't say the policy: the runtime's filter rather than none */
    emit();
    CHECK(says("seccompProfile:\n            type: RuntimeDefault\n"));
}

static void privileged(void) {
    static const struct ir_require requires[] = {{.kind = REQUIRE_NO_NEW_PRIVILEGES},
                                                 {.kind = REQUIRE_READ_ONLY_ROOT}};
    start();
    policy.privileged = true, policy.enforcers = ENFORCER_APPARMOR;
    CHECK(emits(HEAD "    spec:\n      containers:\n      - name: node-cache\n        securityContext:\n     "
                     "     appArmorProfile:\n"
                     "            type: Localhost\n            localhostProfile: vpl.kube-system.dns.0a\n"));
    start();
    policy.privileged = true, policy.enforcers = ENFORCER_SECCOMP;
    CHECK(emits(HEAD "    spec:\n      containers:\n      - name: node-cache\n"));
    start();
    policy.privileged = true;
    require(requires, 2);
    emit();
    CHECK(!says("allowPrivilegeEscalation") && says("readOnlyRootFilesystem: true") && !says("capabilities"));
    start();
    policy.grants |= cap("sys_admin");
    require(requires, 2);
    emit();
    CHECK(!says("allowPrivilegeEscalation") && says("- SYS_ADMIN"));
}

static void profiles_only(void) {
    static const struct ir_require requires[] = {{.kind = REQUIRE_NON_ROOT},
                                                 {.kind = REQUIRE_USER_NAMESPACE, .origin = &origin}};
    for (int i = 0; i < 3; i++) {
        start();
        require(requires, 2);
        policy.reaction = i == 0 ? REACTION_OBSERVE : REACTION_DENY;
        policy.mode = i == 1 ? MODE_ALWAYS_ALLOW : i == 2 ? MODE_BEHAVIOR_MODELING : MODE_ENHANCE_PROTECT;
        CHECK(emits(
            HEAD
            "    spec:\n      containers:\n      - name: node-cache\n        securityContext:\n" PROFILES));
    }
    start();
    policy.reaction = REACTION_OBSERVE, policy.enforcers = ENFORCER_APPARMOR;
    emit();
    CHECK(!says("seccompProfile"));
}

static void kinds(void) {
    static const struct {
        const char *kind, *expected;
    } rows[] = {
        {"Pod", "apiVersion: v1\nkind: Pod\nmetadata:\n  name: shop\n  annotations:\n    "
                "container.apparmor.security.beta.kubernetes.io/node-cache: "
                "localhost/p\nspec:\n  containers:\n"},
        {"Deployment", "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: shop\nspec:\n  template:\n "
                       "   metadata:\n"},
        {"StatefulSet", "apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: shop\nspec:\n  "
                        "template:\n    metadata:\n"},
        {"ReplicaSet", "apiVersion: apps/v1\nkind: ReplicaSet\nmetadata:\n  name: shop\nspec:\n  template:\n "
                       "   metadata:\n"},
        {"Job",
         "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: shop\nspec:\n  template:\n    metadata:\n"},
        {"CronJob", "apiVersion: batch/v1\nkind: CronJob\nmetadata:\n  name: shop\nspec:\n  jobTemplate:\n   "
                    " spec:\n      template:\n        metadata:\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        start();
        target.kind = rows[i].kind, target.name = "shop", target.namespace = NULL;
        outputs.apparmor_profile = "p", node.kubernetes_minor = 29;
        CHECK(emit() && begins(rows[i].expected));
    }
}

static void pods_and_containers(void) {
    static const struct ir_require requires[] = {
        {.kind = REQUIRE_USER_NAMESPACE, .origin = &origin},
        {.kind = REQUIRE_PROC_MOUNT_UNMASKED, .origin = &origin},
        {.kind = REQUIRE_HOST_PATH, .host = "/proc", .at = "/host/proc", .writable = true},
        {.kind = REQUIRE_HOST_PATH, .host = "/proc", .at = "/again"},
        {.kind = REQUIRE_HOST_PATH, .host = "/a: \\\"b\\\"\\*", .at = "/- c", .origin = &origin},
    };
    start();
    node.kubernetes_minor = 33;
    target.containers = two, target.n_containers = 2, target.init_containers = setup,
    target.n_init_containers = 1;
    require(requires, 5);
    emit();
    CHECK(says("    spec:\n      hostUsers: false\n      initContainers:\n      - name: setup\n"));
    CHECK(says("      containers:\n      - name: web\n") && says("      - name: worker\n"));
    CHECK(says(
        "          procMount: Unmasked\n        volumeMounts:\n        - mountPath: /host/proc\n"
        "          name: vpl-host-f51debb7de530372\n          readOnly: false\n"
        "        - mountPath: /again\n          name: vpl-host-f51debb7de530372\n          readOnly: true\n"
        "          recursiveReadOnly: Enabled\n        - mountPath: \"/- c\"\n"));
    CHECK(says(
        "      volumes:\n      - name: vpl-host-f51debb7de530372\n        hostPath:\n          path: /proc\n"
        "      - name: vpl-host-39b497d113831d27\n        hostPath:\n          path: \"/a: "
        "\\\"b\\\"*\"\n"));
    start();
    node.kubernetes_minor = 32;
    require(requires, 4);
    emit();
    CHECK(!says("recursiveReadOnly"));
}

/* Whatever can't be quoted where it goes is refused; the rest is quoted. */
static void hostile_paths(void) {
    static const char *const bad[][2] = {{"/a/*", "/b"}, {"/a", "/b/{c,d}"}, {"/a/../b", "/c"},
                                         {"/..", "/c"},  {"/a", "/b/.."},    {"/a", "/b:c"},
                                         {"/[", "/a"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct ir_require host = {
            .kind = REQUIRE_HOST_PATH, .host = bad[i][0], .at = bad[i][1], .origin = &origin};
        start();
        require(&host, 1);
        CHECK(refuses(DIAG_HOST_PATH));
    }
    static const struct ir_require fine = {
        .kind = REQUIRE_HOST_PATH, .host = "/..a/b..", .at = "/...", .origin = &origin};
    start();
    require(&fine, 1);
    CHECK(emit() && says("path: /..a/b..\n") && says("mountPath: /...\n"));
}

static void hostile_names(void) {
    static const char *const bad[] = {"",     "-a",   "a-", "A",     "a_b",      "a b",
                                      "a: b", "a\nb", "*",  ".*",    "a|b",      "a..b",
                                      "a.",   "\"",   "'",  "a\\.b", "\xc3\xa9", "../../a"};
    static char label[65], name[300];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        start();
        target.name = bad[i];
        CHECK(refuses(DIAG_KUBERNETES_NAME));
        start();
        target.namespace = bad[i];
        CHECK(refuses(DIAG_KUBERNETES_NAME));
        start();
        target.init_containers = &bad[i], target.n_init_containers = 1;
        CHECK(refuses(DIAG_KUBERNETES_NAME));
    }
    memset(label, 'a', 64), memset(name, 'a', 254);
    for (size_t i = 50; i < 254; i += 50)
        name[i] = '.';
    start();
    target.name = name;
    CHECK(refuses(DIAG_KUBERNETES_NAME));
    start();
    target.namespace = label;
    CHECK(refuses(DIAG_KUBERNETES_NAME));
    label[63] = name[253] = '\0';
    start();
    target.name = name, target.namespace = label;
    CHECK(emit() && says(name) && says(label));
}

static void hostile_labels(void) {
    static const char *const bad_keys[] = {"",    "/a", "a/", "a/b/c", "a b", "a,b",
                                           "a=b", "!a", "a)", "-a",    "A/a"},
                             *const none[] = {""};
    static const char *const bad_values[] = {"a,b", "a)", "a b", "(", "-a", "a=", "a\n", "\""};
    for (size_t i = 0; i < sizeof bad_keys / sizeof *bad_keys; i++) {
        struct ir_label label = {bad_keys[i], LABEL_IN, none, 1, {0, 0}};
        start();
        target.name = NULL, target.labels = &label, target.n_labels = 1;
        CHECK(refuses(DIAG_KUBERNETES_NAME));
    }
    for (size_t i = 0; i < sizeof bad_values / sizeof *bad_values; i++) {
        struct ir_label label = {"app", LABEL_IN, &bad_values[i], 1, {0, 0}};
        start();
        target.name = NULL, target.labels = &label, target.n_labels = 1;
        CHECK(refuses(DIAG_KUBERNETES_NAME));
    }
}

static bool component(const char *expected) {
    const struct ir_policy *const policies[] = {&policy};
    bool ok = kubernetes_emit_component(arena, policies, 1, &node, &outputs) && !strcmp(text(), expected);
    if (!ok)
        printf("# got:\n%s# expected:\n%s", text(), expected);
    return ok && !strcmp(outputs.items[outputs.n - 1].path, "k8s/kustomization.yaml");
}

#define COMPONENT                                                                                            \
    "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n- path: dns.patch.yaml\n"

static void components(void) {
    static const char *const apps[] = {"demo-1"}, *const stages[] = {"dev", "qa"};
    static const struct ir_label labels[] = {{"example.com/app", LABEL_IN, apps, 1, {0, 0}},
                                             {"stage", LABEL_NOT_IN, stages, 2, {0, 0}},
                                             {"a", LABEL_EXISTS, NULL, 0, {0, 0}},
                                             {"b", LABEL_ABSENT, NULL, 0, {0, 0}}};
    start();
    CHECK(component(COMPONENT));
    start();
    target.namespace = NULL, target.name = "a.b-c";
    CHECK(component(
        COMPONENT
        "  target:\n    group: apps\n    version: v1\n    kind: DaemonSet\n    name: \"a\\\\.b-c\"\n"));
    start();
    target.name = NULL, target.kind = "Pod", target.labels = labels, target.n_labels = 4;
    CHECK(emit() && says("metadata:\n  name: selected-by-labels\n  namespace: kube-system\n"));
    CHECK(component(COMPONENT
                    "  target:\n    version: v1\n    kind: Pod\n    namespace: kube-system\n"
                    "    labelSelector: \"example.com/app in (demo-1),stage notin (dev,qa),a,!b\"\n"));
    start();
    policy.is_abstract = true;
    const struct ir_policy *const policies[] = {&policy};
    CHECK(!kubernetes_emit_component(arena, policies, 1, &node, &outputs) && !outputs.n);
}

static void no_containers(void) {
    static const struct ir_require requires[] = {{.kind = REQUIRE_NON_ROOT},
                                                 {.kind = REQUIRE_USER_NAMESPACE, .origin = &origin},
                                                 {.kind = REQUIRE_READ_ONLY_ROOT},
                                                 {.kind = REQUIRE_HOST_PATH, .host = "/proc", .at = "/p"}};
    start();
    target.n_containers = 0;
    require(requires, 4);
    CHECK(emits(
        HEAD "    spec:\n      securityContext:\n        runAsNonRoot: true\n        seccompProfile:\n       "
             "   type: Localhost\n"
             "          localhostProfile: vpl/dns.json\n        appArmorProfile:\n          type: Localhost\n"
             "          localhostProfile: vpl.kube-system.dns.0a\n      hostUsers: false\n"));
    start();
    target.n_containers = 0, node.kubernetes_minor = 29, policy.enforcers = ENFORCER_APPARMOR,
    policy.reaction = REACTION_OBSERVE;
    CHECK(emits("apiVersion: apps/v1\nkind: DaemonSet\nmetadata:\n  name: node-local-dns\n  namespace: "
                "kube-system\nspec:\n  template: {}\n"));
}

#define SHOP(name, label)                                                                                    \
    "---\nkind: Deployment\nmetadata: {name: " name ", namespace: prod, labels: {app: " label "}}\n"         \
    "spec: {template: {spec: {initContainers: [{name: setup}], containers: [{name: web}, {name: "            \
    "worker}]}}}\n"

static void workloads(void) {
    static const char *const shop[] = {"shop"};
    static const struct ir_label by_app[] = {{"app", LABEL_IN, shop, 1, {0, 0}}};
    start();
    node.workload = "kind: Service\nmetadata: {name: shop}\n" SHOP("shop", "shop") SHOP("other", "b");
    target = (struct ir_target){.kind = "Deployment", .name = "shop", .origin = &origin};
    CHECK(emit() && says("- name: setup") && says("- name: web") && says("- name: worker") &&
          !says("namespace"));
    start();
    node.workload = SHOP("shop-1", "shop") SHOP("other", "b");
    target = (struct ir_target){.kind = "Deployment", .labels = by_app, .n_labels = 1, .origin = &origin};
    CHECK(emit() && says("name: shop-1\n  namespace: prod\n") && says("- name: worker"));
    node.workload = SHOP("shop-1", "shop") SHOP("shop-2", "shop");
    outputs_free(&outputs);
    outputs.n = 0;
    CHECK(refuses(DIAG_KUBERNETES_WORKLOAD));
    node.workload = SHOP("shop-1", "b"), diag = (struct diag){.arena = arena};
    CHECK(refuses(DIAG_KUBERNETES_WORKLOAD));
    node.workload = "a: [", diag = (struct diag){.arena = arena};
    CHECK(refuses(DIAG_KUBERNETES_WORKLOAD));
    start();
    node.workload = SHOP("shop", "shop");
    target = (struct ir_target){
        .kind = "Deployment", .name = "shop", .containers = node_cache, .n_containers = 1, .origin = &origin};
    CHECK(refuses(DIAG_KUBERNETES_CONTAINER));
    start();
    node.workload = SHOP("shop", "shop"); /* of another policy of the compilation */
    CHECK(emit() && says("- name: node-cache"));
}

static enum judged judged(const void *prepared, const char *capability) {
    struct event event = {.class = CLASS_CAPABILITY, .capability = capability_by_name(capability)};
    return backend_kubernetes.judge(prepared, &event);
}

static void verdicts(void) {
    struct event open = {.class = CLASS_FILE, .op = OP_READ, .path = "/etc/passwd"};
    const char *error = NULL;
    start();
    target.init_containers = setup, target.n_init_containers = 1;
    emit();
    void *prepared = backend_kubernetes.prepare(arena, &outputs, &error);
    CHECK(prepared && judged(prepared, "net_admin") == JUDGED_ALLOW &&
          judged(prepared, "sys_admin") == JUDGED_DENY);
    CHECK(prepared && backend_kubernetes.judge(prepared, &open) == JUDGED_UNSEEN);
    start();
    policy.reaction = REACTION_OBSERVE;
    emit();
    prepared = backend_kubernetes.prepare(arena, &outputs, &error);
    CHECK(prepared && judged(prepared, "sys_admin") == JUDGED_UNSEEN);
    start();
    prepared = backend_kubernetes.prepare(arena, &outputs, &error);
    CHECK(prepared && judged(prepared, "sys_admin") == JUDGED_UNSEEN);
    start();
    emit();
    strcpy(strstr(outputs.items[0].data.data, "NET_ADMIN"), "NET_BDMIN\n"),
        outputs.items[0].data.len = strlen(text());
    CHECK(!backend_kubernetes.prepare(arena, &outputs, &error) && error);
}

static void exceptions(void) {
    static const char *const excepted[] = {"seccomp", "masked-timer-list"};
    start();
    policy.excepted = excepted, policy.n_excepted = 2;
    CHECK(emit() && !diag.warnings);
    start();
    policy.excepted = excepted, policy.n_excepted = 2, policy.enforcers = ENFORCER_APPARMOR;
    CHECK(emit() && diag.warnings == 1 && diag.items.items[0]->code == DIAG_RUNTIME_KEEPS);
}

static void order_of_containers(void) {
    static const char *const worker[] = {"worker"};
    start();
    target.init_containers = setup, target.n_init_containers = 1;
    CHECK(emit() && diag.items.n == 1 && diag.items.items[0]->code == DIAG_INIT_ORDER);
    start();
    node.workload = SHOP("shop", "shop");
    target = (struct ir_target){
        .kind = "Deployment", .name = "shop", .containers = worker, .n_containers = 1, .origin = &origin};
    CHECK(emit() &&
          says("      containers:\n      - name: web\n      - name: worker\n        securityContext:\n"));
    CHECK(!says("initContainers") && !diag.items.n);
}

int main(void) {
    arena = arena_new();
    whole_patch();
    versions();
    runtime_default();
    privileged();
    profiles_only();
    kinds();
    pods_and_containers();
    hostile_paths();
    hostile_names();
    hostile_labels();
    components();
    no_containers();
    workloads();
    verdicts();
    exceptions();
    order_of_containers();
    outputs_free(&outputs);
    arena_free(arena);
    return check_done();
}
