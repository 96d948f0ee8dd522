/* The tokens and comments of a file, and what their layout depends on: brackets, spaces, places to break. */
#ifndef VPL_PIECES_H
#define VPL_PIECES_H

#include "parse.h"

enum { PIECE_NO_BREAK = 1U << 30 };

struct piece {
    const char *text; /* n bytes, not terminated; a comment ends with no white space */
    size_t n;
    bool comment;
    unsigned newlines; /* before it, in the text as it was */
    unsigned column;   /* where it stood on its line, in characters */
    unsigned level;    /* a line may be broken before it, the lower the rather; PIECE_NO_BREAK: not */
    size_t open;       /* the innermost bracket around it; its own index: none */
    size_t mate;       /* of a bracket: the other one */
    bool list;         /* of `[` and `(`: it holds items that a line can begin with */
    bool broken;       /* of `{` and of a list: what it holds stands on lines of its own */
    bool rows;         /* of a broken list: each of its items stands on one */
    unsigned indent;   /* once laid out: of the line on which it stands */
};

struct pieces {
    struct piece *items;
    size_t n;
};

/* A list's last comma isn't among them: whether it has one is for the layout to say. */
void pieces_read(struct arena *arena, const struct source_file *file, const struct lexemes *lexemes,
                 struct pieces *pieces);

bool piece_is(const struct piece *piece, const char *text);
bool piece_is_line_comment(const struct piece *piece);

/* Whether a space stands between two of them on one line. */
bool pieces_space(const struct piece *before, const struct piece *after);

/* The token before one, comments passed over; its own index: none. */
size_t pieces_token_before(const struct pieces *pieces, size_t at);

/* Whether the list's last comma is all that makes the difference to a text without it. */
bool pieces_optional(const struct source_file *file, const struct lexemes *lexemes, size_t at);

#endif
