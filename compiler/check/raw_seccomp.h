/* `raw seccomp`: an OCI seccomp profile, read as strictly as no runtime does. */
#ifndef VPL_RAW_SECCOMP_H
#define VPL_RAW_SECCOMP_H

#include "diag.h"

/* Whether the text is what the runtime specification takes (config-linux.md, "Seccomp", 1.2) and every call
 * and action in it is known; runtimes skip names they don't know in silence (runtime-spec#972). Mistakes are
 * diagnostics at `loc`. */
void raw_seccomp_check(struct diag *diag, const char *text, struct loc loc);

#endif
