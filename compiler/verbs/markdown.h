/* The few things that `doc`, `explain` and docs/rules.md need of Markdown. */
#ifndef VPL_MARKDOWN_H
#define VPL_MARKDOWN_H

#include "buf.h"
#include <stdbool.h>

/* Adds text so that Markdown shows it as it is; what stands between backticks stays. In a cell of a table if
 * `cell`. */
void markdown_escape(struct buf *out, const char *text, bool cell);

/* Adds a document as a terminal shows it: code is indented, fences and the marks of headings go. */
void markdown_plain(struct buf *out, const char *text, size_t n);

/* The section under a heading `## a, b, c` that lists `word`: its text without the heading, not terminated,
 * its length in *n; NULL if there is none. */
const char *markdown_section(const char *text, const char *word, size_t *n);

/* Calls `visit` for each word that a heading of that level lists. */
void markdown_words(const char *text, void (*visit)(void *context, const char *word, size_t n),
                    void *context);

#endif
