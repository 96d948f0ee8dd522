/* Names: what a reference means where it stands. */
#ifndef VPL_SCOPE_H
#define VPL_SCOPE_H

#include "policy.h"

/* A name with a value of its own scope: a parameter, or a let inside a rule. */
struct binding {
    const char *name;
    const struct ast *value, *except; /* nodes, evaluated where `scope` says; value NULL: an empty list */
    const struct scope *scope;
    bool parameter;
    const struct binding *next;
};
struct scope {
    const struct unit *unit;
    const struct binding *bindings;
    const struct program *program;
};

struct found {
    const struct ast *node;  /* LET, RULE, ALIAS or POLICY; for a binding NULL */
    const struct unit *unit; /* where it stands */
    const struct binding *binding;
};

/* Looks up a let (`group`: with its @), a rule or alias, or a policy; `ref` may be qualified. False: there is
 * none. */
bool scope_find_let(const struct scope *scope, const char *ref, struct found *found);
bool scope_find_rule(const struct scope *scope, const char *ref, struct found *found);
bool scope_find_policy(const struct scope *scope, const char *ref, struct found *found);

enum scope_sort { SCOPE_LET, SCOPE_RULE, SCOPE_POLICY };
bool scope_library_has(const struct program *program, enum scope_sort sort, const char *name);

/* The nearest name of that sort, as it has to be written here; NULL if none is near. */
const char *scope_suggest(struct arena *arena, const struct scope *scope, enum scope_sort sort,
                          const char *ref);

#endif
