/* Checked policy → IR: the only place that sees both, and the only place where statements derive statements
 * of other classes, ABIs and names. */
#ifndef VPL_LOWER_H
#define VPL_LOWER_H

#include "ir.h"
#include "links.h"
#include "policy.h"

struct lower {
    struct arena *arena;
    struct diag *diag;
    struct links links; /* the library's known links */
    const char *disks;  /* what `@{node.disks}` is here: "sda,sda1"; NULL: nothing is known */
};

void lower_init(struct lower *lower, struct arena *arena, struct diag *diag, const struct checked *checked,
                const char *disks);

/* Mistakes that only show here (a glob that isn't one) are diagnostics. Never NULL. */
struct ir_policy *lower_policy(const struct lower *lower, const struct policy *policy);

/* What an expectation speaks of, as a match of its own: nothing derived, one ABI. `path`s that name a known
 * link are resolved. */
struct ir_stmt *lower_expect(const struct lower *lower, const struct expect *expect);

#endif
