/* What this kernel and this process offer: asked once, before anything is changed. */
#ifndef VPL_KERNEL_H
#define VPL_KERNEL_H

#include "bundle.h"
#include "err.h"
#include <stdbool.h>
#include <stdint.h>

enum apparmor_state {
    APPARMOR_ABSENT,   /* not built in, or another LSM was chosen at boot */
    APPARMOR_DISABLED, /* built in, turned off at boot */
    APPARMOR_ON,
    APPARMOR_STATE_COUNT
};

struct kernel {
    const char *arch; /* the machine, as bundle_filter.arch names it; "unknown" if this program knows no name
                         for it */
    bool root;        /* a uid of the process is 0 */
    bool no_new_privs;
    bool seccomp; /* filters can be installed by seccomp(2) */
    /* The process's capability sets (capabilities(7)), a bit per capability. */
    uint64_t permitted, effective, inheritable, ambient, bounding;
    enum apparmor_state apparmor;
    bool stack; /* a profile can only be stacked on the present one: there is one, and no_new_privs will be
                   set */
    char profile_mode[16]; /* the policy's profile: "enforce", "kill", "complain"…, "" when it isn't loaded */
};

/* Fills *kernel; what AppArmor offers only for a policy that needs it. Fails where an answer can't be had.
 * Tells AppArmor which profile the next exec would enter: that exec must only be done after confine() has
 * said so, too. */
int kernel_probe(struct kernel *kernel, const struct bundle_policy *policy, struct err *err);

#endif
