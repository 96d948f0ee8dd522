/* The explanations of diagnostics: docs/errors, in the program. */
#ifndef VPL_EXPLAIN_H
#define VPL_EXPLAIN_H

/* Markdown that begins with a heading; NULL where there is none, which a suite keeps from happening. */
const char *explain_text(unsigned code);

#endif
