#include "kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/apparmor.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Decided at compile time: uname(2) says what personality(2) tells it to. A 32-bit build meets the filters of
 * the 64-bit machine, which decide both entries. */
#if defined(__x86_64__) || defined(__i386__)
#define MACHINE "x86_64"
#elif defined(__aarch64__)
#define MACHINE "aarch64"
#else
#define MACHINE "unknown"
#endif

static bool is_root(void) {
    uid_t real, effective, saved;
    getresuid(&real, &effective, &saved);
    return !real || !effective || !saved;
}

static bool has_seccomp(void) {
    uint32_t action = SECCOMP_RET_LOG; /* the newest that filters may use, Linux 4.14 */
    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

/* --- Capabilities --- */

static uint64_t wide(uint32_t low, uint32_t high) {
    return low | (uint64_t)high << 32;
}

static int probe_sets(struct kernel *kernel, struct err *err) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
    if (syscall(SYS_capget, &header, data) < 0)
        return err_errno(err, "can't read the process's capabilities");
    kernel->permitted = wide(data[0].permitted, data[1].permitted);
    kernel->effective = wide(data[0].effective, data[1].effective);
    kernel->inheritable = wide(data[0].inheritable, data[1].inheritable);
    return 0;
}

/* Until the first number that the kernel doesn't know, which is how it says how many it has. */
static int probe_bounding(struct kernel *kernel, struct err *err) {
    for (int cap = 0; cap < 64; cap++) {
        int in = prctl(PR_CAPBSET_READ, cap, 0, 0, 0);
        if (in < 0 && (errno != EINVAL || cap == 0))
            return err_errno(err, "can't read the capability bounding set");
        if (in < 0)
            break;
        if (in)
            kernel->bounding |= UINT64_C(1) << cap;
        if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, cap, 0, 0) == 1)
            kernel->ambient |= UINT64_C(1) << cap;
    }
    return 0;
}

/* --- AppArmor --- */

/* Other errors (no securityfs, which changing a profile doesn't need; another LSM's /proc/PID/attr/current,
 * beside which /proc/PID/attr/apparmor works) leave it open: what is asked next will tell. */
static enum apparmor_state apparmor_state(void) {
    if (aa_is_enabled())
        return APPARMOR_ON;
    return errno == ENOSYS ? APPARMOR_ABSENT : errno == ECANCELED ? APPARMOR_DISABLED : APPARMOR_ON;
}

/* A profile can have the mode unconfined too, which the kernel treats as no confinement. */
static int probe_confined(bool *confined, struct err *err) {
    char *label, *mode;
    if (aa_getcon(&label, &mode) < 0)
        return err_errno(err, "can't read this process's AppArmor label in /proc");
    *confined = strcmp(label, "unconfined") && !(mode && !strcmp(mode, "unconfined"));
    free(label);
    return 0;
}

/* All profiles are in complain mode when this says so. Only root may read it; others take the profile's word.
 */
static bool complains_globally(void) {
    char mode[16] = "";
    int FD_CLEANUP fd = open("/sys/module/apparmor/parameters/mode", O_RDONLY | O_CLOEXEC);
    return fd >= 0 && read(fd, mode, sizeof mode - 1) > 0 && !strncmp(mode, "complain", strlen("complain"));
}

static int probe_mode(struct kernel *kernel, struct err *err) {
    char *label, *mode;
    if (aa_getprocattr(getpid(), "exec", &label, &mode) < 0)
        return err_errno(err, "can't read AppArmor's answer in /proc");
    if (complains_globally())
        mode = "complain";
    snprintf(kernel->profile_mode, sizeof kernel->profile_mode, "%s", mode ? mode : "unconfined");
    free(label);
    return 0;
}

/* Who may list the profiles differs (root; nobody within a profile, since the list lies outside every path).
 * So the profile is asked for as it will be used, and the kernel's note of it is read back. Nothing changes
 * before an exec. */
static int probe_profile(struct kernel *kernel, const char *profile, struct err *err) {
    if ((kernel->stack ? aa_stack_onexec(profile) : aa_change_onexec(profile)) == 0)
        return probe_mode(kernel, err);
    if (errno == ENOENT)
        return 0;
    if (errno == EACCES)
        return err_set(err,
                       "the AppArmor profile that varmor-run itself is under lacks the rule "
                       "'change_profile -> %s%s,'",
                       kernel->stack ? "&" : "", profile);
    return err_errno(err, "can't ask AppArmor for profile %s", profile);
}

static int probe_apparmor(struct kernel *kernel, const char *profile, bool no_new_privs, struct err *err) {
    bool confined = false;
    kernel->apparmor = apparmor_state();
    if (kernel->apparmor != APPARMOR_ON)
        return 0;
    if (probe_confined(&confined, err) < 0)
        return -1;
    kernel->stack = confined && (kernel->no_new_privs || no_new_privs);
    return probe_profile(kernel, profile, err);
}

int kernel_probe(struct kernel *kernel, const struct bundle_policy *policy, struct err *err) {
    *kernel = (struct kernel){
        .arch = MACHINE,
        .root = is_root(),
        .no_new_privs = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1,
        .seccomp = has_seccomp(),
    };
    if (probe_sets(kernel, err) < 0 || probe_bounding(kernel, err) < 0)
        return -1;
    if (!bundle_need(policy, NEED_APPARMOR))
        return 0;
    return probe_apparmor(kernel, policy->apparmor_name, bundle_need(policy, NEED_NO_NEW_PRIVILEGES), err);
}
