/* What verbs share: a compilation from its beginning to its last message, and how results are printed. */
#ifndef VPL_SESSION_H
#define VPL_SESSION_H

#include "compile.h"
#include "options.h"
#include <jansson.h>

/* Loads options->file, does the verb's work on it, prints the diagnostics, frees everything. Without `work`
 * for a policy that is wrong or can't be read. Returns the exit code. */
int session_run(struct options *options, int (*work)(struct compilation *c, const struct options *options));

/* Prints the diagnostics so far, once; where all goes into one document, session_run does so at its end. */
void session_diagnostics(struct compilation *c, const struct options *options);

/* Says what went wrong outside; returns EXIT_USAGE. */
int session_error(const struct err *err);

/* Prints a result to stdout as options say: the text, the JSON, which it takes, or both at session_run's end
 * in one document with the diagnostics. */
void session_print(const struct options *options, const struct buf *text, json_t *json);

#endif
