#include "confine.h"
#include "facts.h"

#include <assert.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/apparmor.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* --- Capabilities: execve computes them anew (capabilities(7)) ---
 *     permitted' = inheritable & file's inheritable | file's permitted & bounding | ambient
 * with both of the file's sets full for root. So what is neither in the bounding, the inheritable nor the
 * ambient set is gone after the exec, and no later exec brings it back, since a process can't raise these
 * sets beyond what it has. What is permitted and effective until then is left alone: seccomp(2) below may
 * need CAP_SYS_ADMIN. */

static int drop_bounding(const struct plan *plan, struct err *err) {
    uint64_t drop = plan->kernel->bounding & ~plan->policy->capabilities;
    for (int cap = 0; cap < 64; cap++)
        if (drop >> cap & 1 && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
            return err_errno(err, "can't drop capability %d (%s) from the bounding set", cap,
                             cap < CAPABILITY_COUNT ? capability_name(cap) : "unknown");
    return 0;
}

static int set_capabilities(uint64_t permitted, uint64_t effective, uint64_t inheritable, struct err *err) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
    for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
        data[i] = (struct __user_cap_data_struct){
            .permitted = (uint32_t)(permitted >> (32 * i)),
            .effective = (uint32_t)(effective >> (32 * i)),
            .inheritable = (uint32_t)(inheritable >> (32 * i)),
        };
    if (syscall(SYS_capset, &header, data) < 0)
        return err_errno(err, "can't lower the capability sets");
    return 0;
}

/* The kernel keeps ambient within inheritable, so this lowers both. */
static int drop_inheritable(const struct plan *plan, struct err *err) {
    const struct kernel *kernel = plan->kernel;
    return set_capabilities(kernel->permitted, kernel->effective,
                            kernel->inheritable & plan->policy->capabilities, err);
}

/* Lowering the bounding set takes CAP_SETPCAP, lowering the others takes nothing. Under no_new_privs an exec
 * intersects the new permitted set with the old one (cap_bprm_creds_from_file in the kernel's
 * security/commoncap.c), so once the old one is within the policy the bounding set has no way to act;
 * no_new_privs can't be taken back. */
static int drop_permitted(const struct plan *plan, struct err *err) {
    const struct kernel *kernel = plan->kernel;
    uint64_t keep = plan->policy->capabilities;
    return set_capabilities(kernel->permitted & keep, kernel->effective & keep, kernel->inheritable & keep,
                            err);
}

static int set_no_new_privs(const struct plan *plan, struct err *err) {
    (void)plan;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return err_errno(err, "can't set no_new_privs");
    return 0;
}

/* --- AppArmor: the label changes with the exec itself, so nothing runs in between --- */

static int change_profile(const struct plan *plan, struct err *err) {
    const char *profile = plan->policy->apparmor_name;
    if (aa_change_onexec(profile) < 0)
        return err_errno(err, "can't change to AppArmor's profile %s", profile);
    return 0;
}

/* Under no_new_privs the kernel refuses to leave a profile at exec, since the new one might allow more. The
 * stack of both allows only what each of them allows. */
static int stack_profile(const struct plan *plan, struct err *err) {
    const char *profile = plan->policy->apparmor_name;
    if (aa_stack_onexec(profile) < 0)
        return err_errno(err, "can't stack AppArmor's profile %s", profile);
    return 0;
}

/* --- seccomp: last, for from here on the policy decides about our own calls too. All that is left is execve,
 * by which the filters are inherited. A later filter can only narrow what an earlier one allows, so raw ones
 * may follow. */

static int install_filters(const struct plan *plan, struct err *err) {
    const struct bundle_filter *filter;
    for (size_t i = 0; (filter = plan_filter(plan, i)); i++) {
        struct sock_fprog program = {
            .len = (unsigned short)(filter->len / sizeof(struct sock_filter)),
            .filter = (struct sock_filter *)(uintptr_t)filter->bytes,
        };
        if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, filter->log ? SECCOMP_FILTER_FLAG_LOG : 0,
                    &program) < 0)
            return err_errno(err, "can't install the seccomp filter of %u instructions", program.len);
    }
    return 0;
}

static int (*const actions[STEP_COUNT])(const struct plan *plan, struct err *err) = {
    [STEP_BOUNDING] = drop_bounding,         [STEP_INHERITABLE] = drop_inheritable,
    [STEP_PERMITTED] = drop_permitted,       [STEP_NO_NEW_PRIVS] = set_no_new_privs,
    [STEP_APPARMOR_CHANGE] = change_profile, [STEP_APPARMOR_STACK] = stack_profile,
    [STEP_SECCOMP] = install_filters,
};

int confine(const struct plan *plan, struct err *err) {
    assert(!plan->n_refused);
    for (size_t i = 0; i < plan->n_steps; i++)
        if (actions[plan->steps[i]](plan, err) < 0)
            return -1;
    return 0;
}
