/* What varmor-run decides to do, for policies and kernels that no single machine has. */
#include "plan.h"
#include "check.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>

#define BIT(cap) (UINT64_C(1) << (cap))
static const uint64_t every = BIT(41) - 1, keep = BIT(CAP_CHOWN) | BIT(CAP_NET_ADMIN);

static const uint8_t code[8] = {0x06, 0, 0, 0, 0, 0, 0xff, 0x7f};
static const struct bundle_filter filters[] = {{"aarch64", code, 8, false}, {"x86_64", code, 8, true}};
static const struct bundle_filter raw_filters[] = {
    {"x86_64", code, 8, false}, {"aarch64", code, 8, false}, {"x86_64", code, 8, false}};

static const struct bundle_need all_needs[NEED_COUNT] = {
    [NEED_POD] = {NEED_POD, "require read-only-root", "app.vpl:1:1"},
    [NEED_NON_ROOT] = {NEED_NON_ROOT, "require non-root", "app.vpl:2:1"},
    [NEED_CAPABILITIES] = {NEED_CAPABILITIES, "allow only capability", "app.vpl:3:1"},
    [NEED_NO_NEW_PRIVILEGES] = {NEED_NO_NEW_PRIVILEGES, "require no-new-privileges", "app.vpl:4:1"},
    [NEED_APPARMOR] = {NEED_APPARMOR, "enforcers apparmor", "app.vpl:5:1"},
    [NEED_SECCOMP] = {NEED_SECCOMP, "enforcers seccomp", "app.vpl:6:1"},
};

/* Root on a machine that has everything. */
static const struct kernel root = {
    .arch = "x86_64",
    .root = true,
    .seccomp = true,
    .permitted = every,
    .effective = every,
    .bounding = every,
    .apparmor = APPARMOR_ON,
    .profile_mode = "enforce",
};
static const struct kernel nobody = {
    .arch = "x86_64", .seccomp = true, .bounding = every, .apparmor = APPARMOR_ON, .profile_mode = "enforce"};

struct scene {
    struct bundle_need needs[NEED_COUNT];
    struct bundle_policy policy;
    struct kernel kernel;
    struct plan plan;
};

/* A plan for a policy with the needs of `kinds` (a bit each). */
static struct scene *plan_for(struct scene *scene, unsigned kinds, const struct kernel *kernel,
                              unsigned allow) {
    *scene = (struct scene){.kernel = *kernel};
    scene->policy = (struct bundle_policy){
        .name = "app",
        .mode = "EnhanceProtect",
        .reaction = "deny",
        .needs = scene->needs,
        .capabilities = keep,
        .apparmor_name = "vpl.app",
        .filters = filters,
        .n_filters = 2,
        .raw_filters = raw_filters,
        .n_raw_filters = 3,
    };
    for (unsigned kind = 0; kind < NEED_COUNT; kind++)
        if (kinds >> kind & 1)
            scene->needs[scene->policy.n_needs++] = all_needs[kind];
    plan_make(&scene->plan, &scene->policy, &scene->kernel, allow, "out");
    return scene;
}

/* Asks for the node's disks, and its profile is in this mode. */
static struct scene *plan_asking(struct scene *scene, const char *profile_mode, unsigned allow) {
    static const struct bundle_question question = {"node_disks", "app.vpl:7:5"};
    plan_for(scene, 1 << NEED_APPARMOR, &root, 0);
    plan_free(&scene->plan);
    scene->policy.questions = &question;
    scene->policy.n_questions = 1;
    strcpy(scene->kernel.profile_mode, profile_mode);
    plan_make(&scene->plan, &scene->policy, &scene->kernel, allow, "out");
    return scene;
}

/* The steps are exactly these (ended by STEP_COUNT), and nothing is refused. */
static bool steps_are(struct scene *scene, const enum step *steps) {
    size_t n = 0;
    while (steps[n] != STEP_COUNT)
        n++;
    bool same = !scene->plan.n_refused && scene->plan.n_steps == n &&
                (n == 0 || !memcmp(scene->plan.steps, steps, n * sizeof *steps));
    plan_free(&scene->plan);
    return same;
}
#define STEPS(...) ((const enum step[]){__VA_ARGS__, STEP_COUNT})
#define NO_STEPS ((const enum step[]){STEP_COUNT})

/* Refused once, with these words. */
static bool refused(struct scene *scene, const char *words) {
    bool is = scene->plan.n_refused == 1 && strstr(buf_text(&scene->plan.refused), words);
    plan_free(&scene->plan);
    return is;
}

enum {
    POD = 1 << NEED_POD,
    NON_ROOT = 1 << NEED_NON_ROOT,
    CAPS = 1 << NEED_CAPABILITIES,
    NNP = 1 << NEED_NO_NEW_PRIVILEGES,
    APPARMOR = 1 << NEED_APPARMOR,
    SECCOMP = 1 << NEED_SECCOMP
};

static void test_order(void) {
    struct scene s;
    CHECK(steps_are(plan_for(&s, 0, &root, 0), NO_STEPS));
    CHECK(steps_are(
        plan_for(&s, CAPS | NNP | APPARMOR | SECCOMP, &root, 0),
        STEPS(STEP_BOUNDING, STEP_INHERITABLE, STEP_NO_NEW_PRIVS, STEP_APPARMOR_CHANGE, STEP_SECCOMP)));
}

static void test_capabilities(void) {
    struct scene s;
    struct kernel narrow = nobody, no_setpcap = root, no_gain = nobody;
    narrow.bounding = keep;
    no_setpcap.effective &= ~BIT(CAP_SETPCAP);
    no_gain.no_new_privs = true;
    CHECK(
        refused(plan_for(&s, CAPS, &nobody, 0), "allow only capability (app.vpl:3:1): without CAP_SETPCAP"));
    CHECK(
        refused(plan_for(&s, CAPS, &no_setpcap, ALLOW_APPARMOR | ALLOW_POD), "'require no-new-privileges;'"));
    CHECK(steps_are(plan_for(&s, CAPS, &narrow, 0), STEPS(STEP_INHERITABLE)));
    CHECK(steps_are(plan_for(&s, CAPS, &no_gain, 0), STEPS(STEP_PERMITTED)));
    CHECK(steps_are(plan_for(&s, CAPS | NNP, &no_setpcap, 0), STEPS(STEP_PERMITTED, STEP_NO_NEW_PRIVS)));
}

static void test_root_and_pod(void) {
    struct scene s;
    CHECK(refused(plan_for(&s, NON_ROOT, &root, ALLOW_APPARMOR | ALLOW_POD),
                  "require non-root (app.vpl:2:1): this is"));
    CHECK(steps_are(plan_for(&s, NON_ROOT, &nobody, 0), NO_STEPS));
    CHECK(refused(plan_for(&s, POD, &root, ALLOW_APPARMOR), "or start without it: --allow-missing pod"));
    plan_for(&s, POD, &root, ALLOW_POD);
    CHECK(!strcmp(buf_text(&s.plan.missing),
                  "require read-only-root (app.vpl:1:1): only a pod and its container runtime "
                  "can hold this\n"));
    CHECK(steps_are(&s, NO_STEPS));
}

static void test_apparmor(void) {
    struct scene s;
    struct kernel kernel = root;
    kernel.stack = true;
    CHECK(steps_are(plan_for(&s, APPARMOR, &kernel, 0), STEPS(STEP_APPARMOR_STACK)));
    strcpy(kernel.profile_mode, "");
    CHECK(refused(plan_for(&s, APPARMOR, &kernel, ALLOW_POD),
                  "isn't loaded; apparmor_parser -r out/apparmor/vpl.app;"));
    CHECK(steps_are(plan_for(&s, APPARMOR, &kernel, ALLOW_APPARMOR), NO_STEPS));
    CHECK(refused(plan_asking(&s, "", 0), "asks for what only this node knows (node_disks, app.vpl:7:5)"));
    CHECK(refused(plan_asking(&s, "", 0),
                  "(echo '@{node_disks}=sda sda1'; cat out/apparmor/vpl.app) | apparmor_parser -r"));
    CHECK(steps_are(plan_asking(&s, "enforce", 0), STEPS(STEP_APPARMOR_CHANGE)));
    CHECK(steps_are(plan_asking(&s, "", ALLOW_APPARMOR), NO_STEPS));
    kernel.apparmor = APPARMOR_DISABLED;
    CHECK(refused(plan_for(&s, APPARMOR, &kernel, 0), "turned off at boot"));
    kernel.apparmor = APPARMOR_ABSENT;
    CHECK(refused(plan_for(&s, APPARMOR, &kernel, 0), "no AppArmor"));
    CHECK(steps_are(plan_for(&s, APPARMOR, &kernel, ALLOW_APPARMOR), NO_STEPS));
}

/* Modes that block less than the policy asks for, and the one policy that asks for no more. */
static void test_modes(void) {
    struct scene s;
    struct kernel kernel = root;
    strcpy(kernel.profile_mode, "kill");
    CHECK(steps_are(plan_for(&s, APPARMOR, &kernel, 0), STEPS(STEP_APPARMOR_CHANGE)));
    for (const char *const *mode = (const char *const[]){"complain", "unconfined", "user", "mixed", NULL};
         *mode; mode++) {
        strcpy(kernel.profile_mode, *mode);
        CHECK(refused(plan_for(&s, APPARMOR, &kernel, 0), *mode));
        CHECK(steps_are(plan_for(&s, APPARMOR, &kernel, ALLOW_APPARMOR), STEPS(STEP_APPARMOR_CHANGE)));
    }
    strcpy(kernel.profile_mode, "complain");
    plan_free(&plan_for(&s, APPARMOR, &kernel, ALLOW_APPARMOR)->plan);
    s.policy.apparmor_complain = true;
    plan_make(&s.plan, &s.policy, &s.kernel, 0, "out");
    CHECK(steps_are(&s, STEPS(STEP_APPARMOR_CHANGE)));
}

static void test_seccomp(void) {
    struct scene s;
    struct kernel kernel = nobody;
    CHECK(refused(plan_for(&s, SECCOMP, &nobody, ALLOW_APPARMOR | ALLOW_POD),
                  "takes no_new_privs or CAP_SYS_ADMIN"));
    CHECK(steps_are(plan_for(&s, SECCOMP | NNP, &nobody, 0), STEPS(STEP_NO_NEW_PRIVS, STEP_SECCOMP)));
    kernel.no_new_privs = true;
    CHECK(steps_are(plan_for(&s, SECCOMP, &kernel, 0), STEPS(STEP_SECCOMP)));
    kernel.seccomp = false;
    CHECK(refused(plan_for(&s, SECCOMP, &kernel, 0), "CONFIG_SECCOMP_FILTER"));
    kernel = root;
    kernel.arch = "riscv64";
    CHECK(refused(plan_for(&s, SECCOMP, &kernel, 0),
                  "a filter for aarch64, x86_64, none for this machine (riscv64)"));
}

/* A later filter may deny what an earlier one allows; what the kernel wouldn't take denies too. */
static void test_execve(void) {
    static const uint8_t eperm[8] = {0x06, 0, 0, 0, EPERM, 0, 5, 0}, wrong[8] = {0xff};
    static const struct bundle_filter denying[] = {{"x86_64", code, 8, false}, {"x86_64", eperm, 8, false}},
                                      broken = {"x86_64", wrong, 8, false};
    struct scene s;
    plan_free(&plan_for(&s, SECCOMP, &root, 0)->plan);
    s.policy.raw_filters = denying, s.policy.n_raw_filters = 1;
    plan_make(&s.plan, &s.policy, &s.kernel, 0, "out");
    CHECK(steps_are(&s, STEPS(STEP_SECCOMP)));
    s.policy.n_raw_filters = 2;
    plan_make(&s.plan, &s.policy, &s.kernel, ALLOW_APPARMOR | ALLOW_POD, "out");
    CHECK(refused(&s, "denies execve, so that no command could start; write 'allow syscall execve;'"));
    s.policy.raw_filters = &broken, s.policy.n_raw_filters = 1;
    plan_make(&s.plan, &s.policy, &s.kernel, 0, "out");
    CHECK(refused(&s, "denies execve"));
}

static void test_filters(void) {
    struct scene s;
    plan_for(&s, SECCOMP, &root, 0);
    CHECK(plan_filter(&s.plan, 0) == filters + 1);
    CHECK(plan_filter(&s.plan, 1) == raw_filters);
    CHECK(plan_filter(&s.plan, 2) == raw_filters + 2);
    CHECK(!plan_filter(&s.plan, 3));
    plan_free(&s.plan);
}

static void test_explain(void) {
    struct scene s;
    struct buf BUF_CLEANUP text = {0};
    plan_for(&s, POD | NON_ROOT | CAPS | NNP | APPARMOR | SECCOMP, &root, ALLOW_POD);
    plan_explain(&text, &s.plan);
    CHECK(strstr(buf_text(&text), "  capabilities  the bounding set keeps chown, net_admin\n"));
    CHECK(strstr(buf_text(&text), "  apparmor      change to profile vpl.app (enforce) at exec\n"));
    CHECK(strstr(buf_text(&text), "not in force, as --allow-missing allows:\n  require read-only-root"));
    CHECK(strstr(buf_text(&text), "refused, so the command won't start:\n  require non-root"));
    plan_free(&s.plan);
}

static void test_explain_left_to_others(void) {
    static const struct bundle_need effort = {NEED_POD, "require user-namespace", "app.vpl:8:5"};
    struct scene s;
    struct buf BUF_CLEANUP text = {0};
    struct buf BUF_CLEANUP none = {0};
    plan_asking(&s, "enforce", 0);
    s.policy.efforts = &effort;
    s.policy.n_efforts = 1;
    plan_explain(&text, &s.plan);
    CHECK(!s.plan.n_refused);
    CHECK(strstr(buf_text(&text),
                 "best-effort, and not varmor-run's to hold:\n  require user-namespace (app.vpl:8:5)\n"));
    CHECK(strstr(buf_text(&text), "the profile is loaded with:\n  @{node_disks} (app.vpl:7:5)\n"));
    plan_free(&s.plan);
    plan_for(&s, CAPS, &root, 0);
    plan_explain(&none, &s.plan);
    CHECK(!strstr(buf_text(&none), "best-effort") && !strstr(buf_text(&none), "@{"));
    plan_free(&s.plan);
}

int main(void) {
    test_order();
    test_capabilities();
    test_root_and_pod();
    test_apparmor();
    test_modes();
    test_seccomp();
    test_execve();
    test_filters();
    test_explain();
    test_explain_left_to_others();
    return check_done();
}
