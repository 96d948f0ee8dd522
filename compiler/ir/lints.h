/* The table of checks that need the meaning: dead allows, overlapping blocks, conflicting errnos… */
#ifndef VPL_LINTS_H
#define VPL_LINTS_H

#include "diag.h"
#include "ir.h"
#include "links.h"

/* `links`: the library's. */
void lints_run(struct arena *arena, struct diag *diag, const struct links *links,
               const struct ir_policy *const *policies, size_t n);

/* Policies that are to be emitted together: an error where two name one container. */
void lints_targets(struct diag *diag, const struct ir_policy *const *policies, size_t n);

#endif
