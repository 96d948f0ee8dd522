/* Does a plan's steps to this process, whose next act must be execve. */
#ifndef VPL_CONFINE_H
#define VPL_CONFINE_H

#include "err.h"
#include "plan.h"

/* The plan must refuse nothing. After a failure the process is confined in part: it may only end. */
int confine(const struct plan *plan, struct err *err);

#endif
