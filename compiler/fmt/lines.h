/* Formatted text under construction, a line at a time. */
#ifndef VPL_LINES_H
#define VPL_LINES_H

#include "arena.h"
#include "buf.h"

enum { LINES_WIDTH = 120, LINES_INDENT = 4 };

struct line {
    unsigned indent;
    bool blank;          /* an empty line stands before it */
    size_t begin;        /* where its code begins in `text`; it ends where the next line's begins */
    const char *comment; /* a `//` comment behind the code, n_comment bytes; NULL if none */
    size_t n_comment;
};

struct lines {
    struct arena *arena;
    struct buf text; /* released by lines_free */
    VEC(struct line) all;
};

/* Begins a line; what follows goes there. */
void lines_begin(struct lines *lines, unsigned indent, bool blank);
void lines_add(struct lines *lines, bool space, const char *text, size_t n);

/* A `//` comment, to the end of the present line: behind its code, or alone. */
void lines_add_comment(struct lines *lines, const char *text, size_t n);

/* How many characters the present line has. */
size_t lines_column(const struct lines *lines);

/* Characters up to the first newline (`n` bytes are all there is). */
size_t lines_width(const char *text, size_t n);

/* Forgets the lines from `n` on. */
void lines_cut(struct lines *lines, size_t n);

/* The text, with the comments of lines that follow each other in one column where they fit. */
void lines_print(const struct lines *lines, struct buf *out);

void lines_free(struct lines *lines);

#endif
