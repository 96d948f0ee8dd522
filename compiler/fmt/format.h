/* `vplc fmt` for one text: the layout that all policies share. */
#ifndef VPL_FORMAT_H
#define VPL_FORMAT_H

#include "parse.h"

/* Adds the file's text, formatted, to `out`. 0; 1 after diagnostics, where it is no VPL; -1 with err if what
 * came out has not the same tokens and comments (but for a list's last comma), which would be a bug. */
int format_text(struct arena *arena, struct diag *diag, const struct source_file *file, struct buf *out,
                struct err *err);

#endif
