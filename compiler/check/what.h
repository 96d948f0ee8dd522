/* What a statement or an expectation speaks of: the WHAT node's operands, evaluated into a struct stmt. */
#ifndef VPL_WHAT_H
#define VPL_WHAT_H

#include "eval.h"

/* Fills class, ops and operands. Mistakes are diagnostics. */
void what_eval(struct eval *eval, const struct scope *scope, const struct ast *what, struct stmt *stmt);

/* A set of capabilities as bits; `when` and statements use it. */
uint64_t what_capabilities(struct eval *eval, const struct scope *scope, const struct ast *set,
                           const char **says_nothing);

#endif
