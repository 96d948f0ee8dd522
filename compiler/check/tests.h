/* Test blocks. */
#ifndef VPL_TESTS_H
#define VPL_TESTS_H

#include "rules.h"

/* Resolves a test block and adds it. */
void tests_add(struct resolver *r, const struct ast *test, struct checked *checked);

/* A policy that consists of a rule alone: EnhanceProtect on nothing, both enforcers. */
struct policy *tests_rule_policy(struct resolver *r, const struct scope *scope, const struct ast *item);

/* resolve.c's: the policy of a node, resolved once. */
struct policy *tests_policy(struct resolver *r, const struct ast *node, const struct unit *unit);

#endif
