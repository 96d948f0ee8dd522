/* The standard library as it stands in the binary; the text is made from stdlib/ by the Makefile. */
#ifndef VPL_STDLIB_TEXT_H
#define VPL_STDLIB_TEXT_H

#include <stddef.h>

struct stdlib_file {
    const char *name, *text;
};
extern const struct stdlib_file stdlib_files[];
extern const size_t stdlib_files_count;

#endif
