/* The difference of two texts, as diff -u prints it and patch(1) takes it. */
#ifndef VPL_UNIFIED_H
#define VPL_UNIFIED_H

#include "arena.h"
#include "buf.h"

/* Adds nothing if the texts are equal. */
void unified_diff(struct arena *arena, const char *path, const char *old_text, const char *new_text,
                  struct buf *out);

#endif
