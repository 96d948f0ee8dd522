/* The files of a compilation in one space of offsets; line and column are computed only when printing. */
#ifndef VPL_SOURCE_H
#define VPL_SOURCE_H

#include "arena.h"
#include "err.h"
#include "origin.h"
#include <stdbool.h>

struct source_file {
    const char
        *path; /* as the user would name it: relative to where they are; "<stdlib>/x.vpl" for the library */
    const char *text;   /* NUL-terminated; NUL bytes in a file are refused by source_load */
    uint32_t base, len; /* its offsets are base … base+len; base starts at 1, so that 0 means "no place" */
    const uint32_t
        *lines; /* the byte at which each line begins, n_lines; NULL: source_place wasn't asked yet */
    size_t n_lines;
    bool stdlib;
    struct loc imported_at; /* the import that brought it, {0,0} for the first file */
};

struct sources {
    struct arena *arena;
    VEC(struct source_file *) files;
    uint32_t next_base;
    const struct source_file *main; /* the first file, NULL until it is read */
};

/* Adds a file from disk ("-" is standard input) or from memory. NULL with err on I/O errors, NUL bytes, more
 * than 16 MiB. */
struct source_file *source_load(struct sources *sources, const char *path, struct err *err);
struct source_file *source_add(struct sources *sources, const char *path, const char *text, bool stdlib);

/* The file's path from the first file's folder on: the same wherever the compiler is called from, for what is
 * written. */
const char *source_stable_path(const struct sources *sources, const struct source_file *file);

/* The file that holds the offset, NULL for no place. */
const struct source_file *source_of(const struct sources *sources, uint32_t offset);

struct place {
    const struct source_file *file;
    unsigned line, col;         /* from 1; columns count characters (UTF-8), a tab is one */
    const char *line_text;      /* not terminated */
    size_t line_len, line_byte; /* line_byte: the offset's byte within the line */
};
/* False for "no place". */
bool source_place(const struct sources *sources, uint32_t offset, struct place *place);

#endif
