/* Expectations on the meaning and on outputs: what `vplc test` and `vplc eval` share. */
#ifndef VPL_JUDGE_H
#define VPL_JUDGE_H

#include "compile.h"
#include "options.h"

/* `vplc test`: prints one line per test, the failures with their events; returns the exit code. */
int judge_tests(struct compilation *c, const struct options *options);

/* `vplc eval`. */
int judge_event(struct compilation *c, const struct options *options);

#endif
