/* The standard library as it stands in the binary; the text is made from stdlib/ by the Makefile. */
#ifndef VPL_STDLIB_TEXT_H
#define VPL_STDLIB_TEXT_H

#include <stddef.h>

struct stdlib_file {
    const char *name, *text;
};
extern const struct stdlib_file stdlib_files[];
extern const size_t stdlib_files_count;

/* What they declare, each name once, in the order of strcmp. */
struct stdlib_name {
    const char *name;
    size_t file; /* its index */
};
extern const struct stdlib_name stdlib_names[];
extern const size_t stdlib_names_count;

#endif
