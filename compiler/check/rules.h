/* Bodies: the statements of policies, blocks and rules, and what `use` brings. */
#ifndef VPL_RULES_H
#define VPL_RULES_H

#include "eval.h"

struct resolver {
    struct eval eval;
    const struct program *program;
    VEC(struct policy *) resolved; /* policies already met, by node */
    unsigned uses;                 /* that the outermost one led to */
    VEC(const struct ast *) open;  /* policies and rules being resolved, against recursion */
};

/* A rule, or a part of one. */
struct rule_ref {
    const struct ast *rule;    /* NODE_RULE, aliases followed */
    const struct ast *part;    /* NULL: all of it */
    const struct scope *scope; /* the rule's, its parameters bound */
    const char *name;          /* "rule" or "rule.part" */
};

/* How what a body brings is marked. */
struct brought {
    struct policy *policy;
    const struct origin *via;
    const char *rule; /* the rule or part that the body belongs to, "" for a policy's own */
    unsigned flags;   /* FLAG_AUDIT… put before the `use`s on the way */
    int block;
    bool own, by_use, in_base_rule;
    const char *part;
    bool name_parts;                 /* the next level of parts gives statements their `part` */
    const struct excluded *excluded; /* parts taken away */
    const struct ast *excepted;      /* as in struct stmt */
};

/* Adds everything of a body (siblings from `first`) to the policy. */
void rules_add_body(struct resolver *r, const struct scope *scope, const struct ast *first,
                    const struct brought *how);

/* Finds what a USEITEM names and binds its arguments; false after a diagnostic. */
bool rules_find(struct resolver *r, const struct scope *scope, const struct ast *item,
                struct rule_ref *found);

/* Adds a rule; `except` (may be NULL) lists parts to leave out. */
void rules_add(struct resolver *r, const struct scope *scope, const struct ast *item,
               const struct ast *except, const struct brought *how);

bool rules_is_base(const struct ast *rule);

/* An origin in the arena. */
const struct origin *rules_origin(struct resolver *r, struct loc loc, const char *rule,
                                  const struct origin *via);

/* scope with every let of the body bound. */
const struct scope *rules_bind_lets(struct resolver *r, const struct scope *scope, const struct ast *first);

#endif
