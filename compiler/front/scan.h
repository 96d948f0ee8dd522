/* What scanner and parser share; only grammar/, parse.c and mistake.c see it. */
#ifndef VPL_SCAN_H
#define VPL_SCAN_H

#include "ast.h"
#include "diag.h"
#include "parse.h"

struct scan {
    struct arena *arena;
    struct diag *diag;
    uint32_t at;          /* offset of the next byte to read, in the space of all files */
    struct buf doc;       /* `///` lines not yet taken by a declaration */
    struct loc now, last; /* the present token, and the one before it */
    bool ate_rest;        /* an unclosed comment or raw text: the file ends too soon because of it */
    unsigned mistakes;    /* syntax errors so far */
    bool begun;           /* something stands in the file */
    bool muted;           /* behind a `{` whose beginning was the mistake */
    uint32_t opened[64];  /* offsets of `{`, `[` and `(` not closed yet */
    unsigned n_opened;
    struct lexemes *lexemes; /* NULL: nobody asks for them */
    struct ast *tree;
};

/* A token's value; nodes are built from it. */
struct token {
    const char *text; /* word; string without its quotes */
    const char *doc;
    uint64_t number;
    unsigned flags;
    struct ast *node; /* of nonterminals */
};

#endif
