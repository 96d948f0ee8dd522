/* The words of a syntax error: what was expected, what is there, and a way out. */
#ifndef VPL_MISTAKE_H
#define VPL_MISTAKE_H

#include "scan.h"

/* The tokens that could stand there, by bison's names. Keywords have no space in them, kinds of tokens
 * ("a name") have one, and marks are in quotes ("`;`"). */
struct expected {
    const char *const *names;
    int n;
};

/* Adds the diagnostic for the token of that kind at `loc`, `end`: the end of the file. What is missing at a
 * line's end is shown there, not at the innocent next line. */
void mistake_report(struct scan *scan, const struct expected *expected, const char *kind, struct loc loc,
                    bool end);

#endif
