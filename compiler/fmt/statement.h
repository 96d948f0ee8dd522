/* The layout of one statement, or of a block's header. */
#ifndef VPL_STATEMENT_H
#define VPL_STATEMENT_H

#include "lines.h"
#include "pieces.h"

/* Lays out the pieces from `first` to `last`, a `;` or `{`, from a new line on. A line that is too long is
 * broken at the lowest levels; a list that fits nowhere is broken. */
void statement_lay(struct lines *lines, struct pieces *pieces, size_t first, size_t last, unsigned indent,
                   bool blank);

/* The same on one line; false, and nothing is added, if it doesn't fit there. */
bool statement_lay_flat(struct lines *lines, struct pieces *pieces, size_t first, size_t last,
                        unsigned indent, bool blank);

#endif
