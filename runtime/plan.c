#include "plan.h"
#include "cbpf.h"

#include <linux/capability.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>

/* --- Adding to the plan --- */

static void add(struct plan *plan, enum step step) {
    plan->steps[plan->n_steps++] = step;
}

static void add_reason(struct buf *out, const struct bundle_need *need, const char *format, va_list args) {
    char reason[512];
    vsnprintf(reason, sizeof reason, format, args);
    buf_add(out, need->what);
    if (*need->place)
        buf_printf(out, " (%s)", need->place);
    buf_printf(out, ": %s", reason);
}

static void refuse(struct plan *plan, const struct bundle_need *need, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void refuse(struct plan *plan, const struct bundle_need *need, const char *format, ...) {
    va_list args;
    va_start(args, format);
    add_reason(&plan->refused, need, format, args);
    va_end(args);
    buf_add(&plan->refused, "\n");
    plan->n_refused++;
}

/* Refuses, unless --allow-missing says that it may be missing. */
static void lack(struct plan *plan, const struct bundle_need *need, enum plan_allow allow, const char *format,
                 ...) __attribute__((format(printf, 4, 5)));
static void lack(struct plan *plan, const struct bundle_need *need, enum plan_allow allow, const char *format,
                 ...) {
    bool allowed = plan->allow & allow;
    struct buf *out = allowed ? &plan->missing : &plan->refused;
    va_list args;
    va_start(args, format);
    add_reason(out, need, format, args);
    va_end(args);
    if (!allowed)
        buf_printf(out, "; or start without it: --allow-missing %s", allow == ALLOW_POD ? "pod" : "apparmor");
    buf_add(out, "\n");
    plan->n_refused += !allowed;
}

/* --- What is asked for --- */

static bool can(const struct plan *plan, int cap) {
    return plan->kernel->effective >> cap & 1;
}

static bool no_new_privs_at_exec(const struct plan *plan) {
    return plan->kernel->no_new_privs || bundle_need(plan->policy, NEED_NO_NEW_PRIVILEGES);
}

static void plan_pod(struct plan *plan) {
    for (size_t i = 0; i < plan->policy->n_needs; i++)
        if (plan->policy->needs[i].kind == NEED_POD)
            lack(plan, plan->policy->needs + i, ALLOW_POD,
                 "only a pod and its container runtime can hold this");
}

static void plan_non_root(struct plan *plan) {
    const struct bundle_need *need = bundle_need(plan->policy, NEED_NON_ROOT);
    if (need && plan->kernel->root)
        refuse(plan, need,
               "this is uid 0; start varmor-run as another user, say by "
               "setpriv --reuid 65534 --regid 65534 --clear-groups varmor-run ...");
}

static void plan_capabilities(struct plan *plan) {
    const struct bundle_need *need = bundle_need(plan->policy, NEED_CAPABILITIES);
    if (!need)
        return;
    if (!(plan->kernel->bounding & ~plan->policy->capabilities))
        add(plan, STEP_INHERITABLE);
    else if (can(plan, CAP_SETPCAP)) {
        add(plan, STEP_BOUNDING);
        add(plan, STEP_INHERITABLE);
    } else if (no_new_privs_at_exec(plan))
        add(plan, STEP_PERMITTED);
    else
        refuse(plan, need,
               "without CAP_SETPCAP the bounding set can't be lowered, and a setuid program would bring "
               "back what it holds; write 'require no-new-privileges;' into the policy, or start "
               "varmor-run as root");
}

static void plan_no_new_privs(struct plan *plan) {
    if (bundle_need(plan->policy, NEED_NO_NEW_PRIVILEGES))
        add(plan, STEP_NO_NEW_PRIVS);
}

/* A profile in another mode than the one it was compiled for blocks less: complain, unconfined, prompt. */
static bool mode_fits(const struct plan *plan) {
    const char *mode = plan->kernel->profile_mode;
    return !strcmp(mode, "enforce") || !strcmp(mode, "kill") ||
           (plan->policy->apparmor_complain && !strcmp(mode, "complain"));
}

static const char *const apparmor_reasons[APPARMOR_STATE_COUNT] = {
    [APPARMOR_ABSENT] = "this kernel has no AppArmor (or /sys isn't mounted); boot with security=apparmor",
    [APPARMOR_DISABLED] = "AppArmor was turned off at boot; boot without apparmor=0",
};

static void plan_apparmor(struct plan *plan) {
    const struct bundle_need *need = bundle_need(plan->policy, NEED_APPARMOR);
    const struct kernel *kernel = plan->kernel;
    const char *name = plan->policy->apparmor_name;
    if (!need)
        return;
    if (kernel->apparmor != APPARMOR_ON) {
        lack(plan, need, ALLOW_APPARMOR, "%s", apparmor_reasons[kernel->apparmor]);
        return;
    }
    if (!*kernel->profile_mode && plan->policy->n_questions) { /* loaded it would be answered */
        const struct bundle_question *question = plan->policy->questions;
        lack(plan, need, ALLOW_APPARMOR,
             "profile %s isn't loaded, and asks for what only this node knows (%s, %s); give its block "
             "devices "
             "before it: (echo '@{%s}=sda sda1'; cat %s/apparmor/%s) | apparmor_parser -r",
             name, question->variable, question->place, question->variable, plan->out, name);
        return;
    }
    if (!*kernel->profile_mode) {
        lack(plan, need, ALLOW_APPARMOR, "profile %s isn't loaded; apparmor_parser -r %s/apparmor/%s", name,
             plan->out, name);
        return;
    }
    if (!mode_fits(plan))
        lack(plan, need, ALLOW_APPARMOR,
             "profile %s is in %s mode, which blocks less than the policy asks for; apparmor_parser -r "
             "%s/apparmor/%s",
             name, kernel->profile_mode, plan->out, name);
    add(plan, kernel->stack ? STEP_APPARMOR_STACK : STEP_APPARMOR_CHANGE);
}

static void list_machines(struct buf *out, const struct bundle_policy *policy) {
    for (size_t i = 0; i < policy->n_filters; i++)
        buf_printf(out, "%s%s", i ? ", " : "", policy->filters[i].arch);
}

/* varmor-run calls execve under the filter, and could not even say why that fails. */
static bool denies_execve(const struct bundle_filter *filter) {
    const struct sock_filter *program = (const struct sock_filter *)(uintptr_t)filter->bytes;
    const struct seccomp_data call = cbpf_data(ABI_X86_64, SYS_execve, (uint64_t[6]){0});
    if (cbpf_check(program, filter->len / sizeof *program))
        return true; /* the kernel won't take it */
    uint32_t action = cbpf_run(program, &call, NULL) & SECCOMP_RET_ACTION_FULL;
    return action != SECCOMP_RET_ALLOW && action != SECCOMP_RET_LOG;
}

static bool can_start(const struct plan *plan) {
    const struct bundle_filter *filter;
    for (size_t i = 0; (filter = plan_filter(plan, i)); i++)
        if (denies_execve(filter))
            return false;
    return true;
}

static void plan_seccomp(struct plan *plan) {
    const struct bundle_need *need = bundle_need(plan->policy, NEED_SECCOMP);
    struct buf BUF_CLEANUP machines = {0};
    if (!need)
        return;
    list_machines(&machines, plan->policy);
    if (!plan->kernel->seccomp)
        refuse(plan, need, "this kernel has no seccomp filters (CONFIG_SECCOMP_FILTER, Linux 4.14)");
    else if (!plan_filter(plan, 0))
        refuse(plan, need, "compiled.bin has a filter for %s, none for this machine (%s)",
               buf_text(&machines), plan->kernel->arch);
    else if (!no_new_privs_at_exec(plan) && !can(plan, CAP_SYS_ADMIN))
        refuse(plan, need,
               "to install a filter takes no_new_privs or CAP_SYS_ADMIN; write "
               "'require no-new-privileges;' into the policy, or start varmor-run as root");
    else if (!can_start(plan))
        refuse(plan, need,
               "its filter denies execve, so that no command could start; write 'allow syscall execve;' into "
               "the policy");
    else
        add(plan, STEP_SECCOMP);
}

void plan_make(struct plan *plan, const struct bundle_policy *policy, const struct kernel *kernel,
               unsigned allow, const char *out) {
    *plan = (struct plan){.policy = policy, .kernel = kernel, .allow = allow, .out = out};
    plan_pod(plan);
    plan_non_root(plan);
    plan_capabilities(plan);
    plan_no_new_privs(plan);
    plan_apparmor(plan);
    plan_seccomp(plan);
}

void plan_free(struct plan *plan) {
    buf_free(&plan->refused);
    buf_free(&plan->missing);
}

const struct bundle_filter *plan_filter(const struct plan *plan, size_t i) {
    const struct bundle_policy *policy = plan->policy;
    size_t n = policy->n_filters + policy->n_raw_filters;
    for (size_t at = 0, seen = 0; at < n; at++) {
        const struct bundle_filter *filter =
            at < policy->n_filters ? policy->filters + at : policy->raw_filters + (at - policy->n_filters);
        if (!strcmp(filter->arch, plan->kernel->arch) && seen++ == i)
            return filter;
    }
    return NULL;
}

/* --- --explain --- */

static void explain_bounding(struct buf *out, const struct plan *plan) {
    buf_add(out, "the bounding set keeps ");
    bundle_add_capabilities(out, plan->kernel->bounding & plan->policy->capabilities);
}

static void explain_inheritable(struct buf *out, const struct plan *plan) {
    buf_add(out, "the inheritable and ambient sets keep ");
    bundle_add_capabilities(out, plan->kernel->inheritable & plan->policy->capabilities);
}

static void explain_permitted(struct buf *out, const struct plan *plan) {
    buf_add(out, "no_new_privs bars the bounding set, the others keep ");
    bundle_add_capabilities(out, plan->kernel->permitted & plan->policy->capabilities);
}

static void explain_no_new_privs(struct buf *out, const struct plan *plan) {
    buf_add(out, plan->kernel->no_new_privs ? "is set already" : "set");
}

static void explain_change(struct buf *out, const struct plan *plan) {
    buf_printf(out, "change to profile %s (%s) at exec", plan->policy->apparmor_name,
               plan->kernel->profile_mode);
}

static void explain_stack(struct buf *out, const struct plan *plan) {
    buf_printf(out, "stack profile %s (%s) on the present one at exec", plan->policy->apparmor_name,
               plan->kernel->profile_mode);
}

static void explain_seccomp(struct buf *out, const struct plan *plan) {
    const struct bundle_filter *filter;
    for (size_t i = 0; (filter = plan_filter(plan, i)); i++)
        buf_printf(out, "%s of %zu instructions for %s%s", i ? ", then one" : "a filter",
                   filter->len / sizeof(struct sock_filter), filter->arch, filter->log ? ", logging" : "");
}

static const struct {
    const char *title;
    void (*explain)(struct buf *out, const struct plan *plan);
} explanations[STEP_COUNT] = {
    [STEP_BOUNDING] = {"capabilities", explain_bounding},
    [STEP_INHERITABLE] = {"capabilities", explain_inheritable},
    [STEP_PERMITTED] = {"capabilities", explain_permitted},
    [STEP_NO_NEW_PRIVS] = {"no_new_privs", explain_no_new_privs},
    [STEP_APPARMOR_CHANGE] = {"apparmor", explain_change},
    [STEP_APPARMOR_STACK] = {"apparmor", explain_stack},
    [STEP_SECCOMP] = {"seccomp", explain_seccomp},
};

static void explain_lines(struct buf *out, const char *title, const struct buf *lines) {
    if (!lines->len)
        return;
    buf_printf(out, "%s:\n", title);
    for (const char *line = buf_text(lines), *end; (end = strchr(line, '\n')); line = end + 1)
        buf_printf(out, "  %.*s\n", (int)(end - line), line);
}

/* Neither stops the command: what the policy would like and only others can give, and what a profile has to
 * be loaded with. */
static void explain_left_to_others(struct buf *out, const struct bundle_policy *policy) {
    if (policy->n_efforts)
        buf_add(out, "best-effort, and not varmor-run's to hold:\n");
    for (size_t i = 0; i < policy->n_efforts; i++)
        buf_printf(out, "  %s (%s)\n", policy->efforts[i].what, policy->efforts[i].place);
    if (policy->n_questions)
        buf_add(out, "what only this node knows, and the profile is loaded with:\n");
    for (size_t i = 0; i < policy->n_questions; i++)
        buf_printf(out, "  @{%s} (%s)\n", policy->questions[i].variable, policy->questions[i].place);
}

void plan_explain(struct buf *out, const struct plan *plan) {
    buf_printf(out, "policy %s: mode %s, on violation %s\n", plan->policy->name, plan->policy->mode,
               plan->policy->reaction);
    buf_add(out, plan->n_steps ? "before the command starts, in this order:\n" : "nothing to be done\n");
    for (size_t i = 0; i < plan->n_steps; i++) {
        buf_printf(out, "  %-12s  ", explanations[plan->steps[i]].title);
        explanations[plan->steps[i]].explain(out, plan);
        buf_add(out, "\n");
    }
    explain_left_to_others(out, plan->policy);
    explain_lines(out, "not in force, as --allow-missing allows", &plan->missing);
    explain_lines(out, "refused, so the command won't start", &plan->refused);
    out->failed |= plan->missing.failed || plan->refused.failed;
}
