/* The smallest test harness: CHECK prints one line per fact; main ends with `return check_done();`. */
#ifndef VPL_CHECK_H
#define VPL_CHECK_H

#include <stdio.h>

static int check_failures;

#define CHECK(cond)                                                                                          \
    ((cond) ? (void)printf("ok - %s:%d %s\n", __FILE__, __LINE__, #cond)                                     \
            : (void)(check_failures++, printf("not ok - %s:%d %s\n", __FILE__, __LINE__, #cond)))

static inline int check_done(void) {
    return check_failures ? 1 : 0;
}

#endif
