/* Values: lets, lists, splices and numbers as flat lists. */
#ifndef VPL_EVAL_H
#define VPL_EVAL_H

#include "scope.h"

struct eval {
    struct arena *arena;
    struct diag *diag;
    unsigned depth;             /* of lets being looked into, against lets that need themselves */
    unsigned lookups;           /* that the name in the statement led to */
    const struct ast *by;       /* the name in the statement that led there; NULL: none */
    const struct ast *argument; /* what a `use` gives for it, a part of which is looked at; NULL: none */
    bool at_argument;           /* the next value is what a `use` gives */
};

enum want {
    WANT_PATH,    /* strings, which are globs; names are lets */
    WANT_ADDRESS, /* the like, as networks */
    WANT_STRING,  /* strings; names are lets */
    WANT_WORD,    /* names are lets, or else words */
    WANT_NUMBER,  /* numbers, ranges; names are lets */
};

struct values {
    VEC(struct value) list;
    bool by_parameter; /* a parameter's list went in: that it is empty is no mistake */
};

/* Adds what a chain of sibling value nodes says, up to an EXCEPT. */
void eval_list(struct eval *eval, const struct scope *scope, const struct ast *first, enum want want,
               struct values *out);

/* A set: its values, minus EXCEPT; words and numbers are subtracted at once, paths and addresses keep both
 * halves. *says_nothing is set where it came out empty through a parameter; elsewhere an empty set is a
 * diagnostic. */
struct value_set eval_set(struct eval *eval, const struct scope *scope, const struct ast *set, enum want want,
                          const char **says_nothing);

/* One number; false after a diagnostic. */
bool eval_number(struct eval *eval, const struct scope *scope, const struct ast *node, uint64_t *number);

#endif
