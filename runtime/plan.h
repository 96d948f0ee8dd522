/* From what a policy asks for and what the kernel offers to the steps before exec, or to the reasons why not.
 * Pure: it asks nothing and changes nothing. */
#ifndef VPL_PLAN_H
#define VPL_PLAN_H

#include "buf.h"
#include "bundle.h"
#include "kernel.h"
#include <stdbool.h>
#include <stddef.h>

/* In the order in which they are done; confine.c says at each why it holds. */
enum step {
    STEP_BOUNDING,
    STEP_INHERITABLE, /* and ambient */
    STEP_PERMITTED,   /* and effective: where the bounding set can't be lowered but no_new_privs holds */
    STEP_NO_NEW_PRIVS,
    STEP_APPARMOR_CHANGE,
    STEP_APPARMOR_STACK,
    STEP_SECCOMP,
    STEP_COUNT
};

enum plan_allow { ALLOW_APPARMOR = 1, ALLOW_POD = 2 }; /* bits: --allow-missing */

struct plan {
    const struct bundle_policy *policy;
    const struct kernel *kernel;
    unsigned allow;
    const char *out; /* the directory that vplc wrote, for the advice in messages */
    enum step steps[STEP_COUNT];
    size_t n_steps;
    size_t n_refused;   /* not 0: the command must not be started */
    struct buf refused; /* why, a line each: what, where the policy says it, what to do */
    struct buf missing; /* what won't be in force, a line each: --allow-missing allows it */
};

/* `policy`, `kernel` and `out` must outlive the plan. */
void plan_make(struct plan *plan, const struct bundle_policy *policy, const struct kernel *kernel,
               unsigned allow, const char *out);
void plan_free(struct plan *plan);

/* The filter's number of instructions is bundle_filter.len / 8; those of this machine, in order of
 * installation: call with i = 0, 1… until it returns NULL. */
const struct bundle_filter *plan_filter(const struct plan *plan, size_t i);

/* Human text for --explain. */
void plan_explain(struct buf *out, const struct plan *plan);

#endif
