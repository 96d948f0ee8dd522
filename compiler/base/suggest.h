/* "Did you mean …?" */
#ifndef VPL_SUGGEST_H
#define VPL_SUGGEST_H

/* The candidate nearest to `word` by edits, case and '-' / '_' ignored, when it is near enough to be worth
 * saying. */
struct suggest {
    const char *word;
    const char *best; /* NULL: none near enough yet */
    unsigned distance;
};
void suggest_consider(struct suggest *suggest, const char *candidate);

#endif
