/* The pieces of lower: one statement's match, system calls, derived statements. */
#ifndef VPL_LOWER_PARTS_H
#define VPL_LOWER_PARTS_H

#include "lower.h"

/* What is being built, with the policy's own links (host paths) added to the library's. */
struct building {
    const struct lower *lower;
    struct links links;
    VEC(struct ir_stmt *) stmts;
    bool expectation; /* literal paths are resolved instead of spelled out, nothing is widened */
};

/* Fills class, ops and match of `out` from the statement's operands. */
void lower_match(struct building *b, const struct stmt *stmt, struct ir_stmt *out);

/* The calls of a statement in the ABIs of `abis` (bits), sorted. */
void lower_calls(struct building *b, const struct call *calls, size_t n, unsigned abis, struct ir_match *out);

/* One glob; NULL after a diagnostic. */
const struct glob *lower_glob(struct building *b, const char *text, struct loc loc);

/* Adds what `from` implies in other classes and under other names, marked as derived. */
void lower_derive(struct building *b, const struct stmt *stmt, struct ir_stmt *from);

/* A policy's name as [A-Za-z0-9_-]: itself, or with something of its hash where it had to change. */
const char *lower_label(struct arena *arena, const char *name);

/* Conditions. */
const struct cond *lower_cond_test(struct arena *arena, unsigned arg, bool wide, uint64_t mask, enum cmp cmp,
                                   uint64_t value);
const struct cond *lower_cond(struct arena *arena, enum cond_kind kind, const struct cond *a,
                              const struct cond *b);

/* A new statement with `like`'s marks (own, block, audit …), not yet in the policy. */
struct ir_stmt *lower_like(struct building *b, const struct ir_stmt *like);

#endif
