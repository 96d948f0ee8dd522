/* Words that the facts tables know: capabilities, syscalls, signals… with "did you mean". */
#ifndef VPL_WORDS_H
#define VPL_WORDS_H

#include "diag.h"
#include "policy.h"

enum word_sort {
    WORD_CAPABILITY,
    WORD_SYSCALL,
    WORD_ERRNO,
    WORD_SIGNAL,
    WORD_FAMILY,
    WORD_SOCKET_TYPE,
    WORD_PROTOCOL,
    WORD_MOUNT_OPTION,
    WORD_CLASS,
    WORD_MODE,
    WORD_ENFORCER,
    WORD_TARGET_KIND,
    WORD_REQUIREMENT,
    WORD_ABI,
    WORD_CATEGORY,
    WORD_COUNT
};

/* The word's number, or -1 after a diagnostic with the nearest name. */
int words_find(struct diag *diag, enum word_sort sort, const char *word, struct loc loc);

/* The number's word, NULL if it has none. */
const char *words_name(enum word_sort sort, int number);
/* One past the highest number. */
int words_count(enum word_sort sort);
/* "capability", "system call"… */
const char *words_sort_name(enum word_sort sort);

#endif
