/* Parts of rules, by name: at any depth, and in what a rule `use`s as well. */
#ifndef VPL_PARTS_H
#define VPL_PARTS_H

#include "rules.h"

/* Parts taken away, from the innermost `use` outwards. */
struct excluded {
    const struct ast *part, *by; /* the reference that takes it away */
    const struct excluded *next;
};

/* The rule that the longest beginning of `ref` names; `rest` is NULL, or names a part. */
bool parts_longest(const struct resolver *r, const struct scope *scope, const char *ref, struct found *found,
                   const char **rest);

/* The one part of `body` (a rule or part, which stands in `scope` and is called `name`) whose name ends in
 * `ref`. NULL after a diagnostic: there is none, or there are several. */
const struct ast *parts_find(struct resolver *r, const struct scope *scope, const struct ast *body,
                             const char *name, const char *ref, struct loc loc);

/* The reference that takes the part away, NULL: none does. */
const struct ast *parts_excluded(const struct excluded *list, const struct ast *part);

#endif
