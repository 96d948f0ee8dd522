/* Text → AST: loads a file and what it imports, each file once, and of the standard library what is asked
 * for. */
#ifndef VPL_PARSE_H
#define VPL_PARSE_H

#include "ast.h"
#include "diag.h"
#include "map.h"

/* A parsed file and the files it imports. A file of the library is parsed when it is first asked for. */
struct unit {
    const struct source_file *file;
    struct ast *tree;                 /* NODE_FILE */
    struct map lets, rules, policies; /* by name: the first declaration of it; aliases are rules */
    struct import *imports;           /* n_imports */
    size_t n_imports;
};
struct import {
    const struct ast *node; /* NODE_IMPORT */
    const struct unit *unit;
    const char *as; /* NULL: its names come unqualified */
};

struct program {
    const struct unit *main;
    struct loader *loader;
    size_t n_stdlib; /* the library's files */
};

/* A file of the library, in their order. */
const struct unit *program_stdlib(const struct program *program, size_t i);

/* The library's names are known everywhere: the next of its files that may declare this one, NULL where there
 * is none.
 * `*next` is 0 at first. */
const struct unit *program_declaring(const struct program *program, const char *name, size_t *next);

/* Is the text that of a file of the library? */
bool program_is_stdlib(const struct program *program, const char *text);

/* `path` may be "-"; NULL: an empty file, for the library alone. `stdlib_dir` NULL: the library in the
 * binary. Mistakes are diagnostics (diag->errors grows); -1 with err only where the first file or the library
 * can't be read. */
int parse_program(struct arena *arena, struct sources *sources, struct diag *diag, const char *path,
                  const char *stdlib_dir, struct program *program, struct err *err);

/* Tokens and comments in the order of the text. What lies between two of them is white space. */
struct lexeme {
    struct loc loc;
    bool comment;
};
struct lexemes {
    struct lexeme *items;
    size_t n, cap;
};

/* One file's tree, no imports; NULL never, but diag->errors may have grown. `lexemes` NULL: nobody asks. */
struct ast *parse_text(struct arena *arena, struct diag *diag, const struct source_file *file,
                       struct lexemes *lexemes);

#endif
