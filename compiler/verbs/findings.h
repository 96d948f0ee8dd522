/* Diagnostics and test results as documents for other tools: SARIF, JUnit's XML, GitHub's workflow commands.
 */
#ifndef VPL_FINDINGS_H
#define VPL_FINDINGS_H

#include "compile.h"
#include "options.h"
#include <jansson.h>

struct findings {
    const struct compilation *c;
    struct diag_item *const *items; /* sorted, each once */
    size_t n;
    const json_t *results; /* what the verb found, as --format json prints it; NULL: it didn't come to that */
    const char *subject;   /* the file that was asked about */
    bool werror;           /* warnings fail too */
    int exit_code;
};

/* Is it a format in which everything is one document on stdout? */
bool findings_is_document(enum format format);

/* Adds the document. */
void findings_print(struct buf *out, enum format format, const struct findings *findings);

/* Where a finding is, for other tools: the path from the repository's root if the file is in one (a folder
 * .git is above it), else as it was given; the library's files under "stdlib/". */
struct findings_place {
    const char *path;
    bool stdlib, repository;
    unsigned line, column, end_line, end_column; /* from 1, characters; the end is one past */
};
/* False for no place. */
bool findings_place(const struct findings *findings, struct loc loc, struct findings_place *place);
const char *findings_path(const struct findings *findings, const char *path, bool *repository);

/* The message with its lines that have no place of their own. */
void findings_message(struct buf *out, const struct diag_item *item);

void sarif_print(struct buf *out, const struct findings *findings);
void junit_print(struct buf *out, const struct findings *findings);
void github_print(struct buf *out, const struct findings *findings);

/* What must not be itself: in XML's text and attributes; in a workflow command's properties and message. */
void junit_escape(struct buf *out, const char *text);
void github_escape(struct buf *out, const char *text, bool property);

#endif
