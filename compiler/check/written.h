/* Conditions as their authors wrote them. */
#ifndef VPL_WRITTEN_H
#define VPL_WRITTEN_H

#include "eval.h"

/* The source between the two places on one line, without comments; what was given for parameters instead of
 * their names, as it stands where they were given. `node` holds the names. */
const char *written(struct eval *eval, const struct scope *scope, const struct ast *node, struct loc loc);

#endif
