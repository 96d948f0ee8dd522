/* The documents in the binary, which `doc` and `explain` show; made from docs/ by the Makefile. */
#ifndef VPL_DOC_TEXT_H
#define VPL_DOC_TEXT_H

#include <stddef.h>

struct doc_file {
    const char *name, *text; /* "statements.md", "VPL0001.md"… */
};
extern const struct doc_file doc_files[];
extern const size_t doc_files_count;

#endif
