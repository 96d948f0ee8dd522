/* Hash-consing: equal keys are one entry, so that equal pointers mean equal things. */
#ifndef VPL_INTERN_H
#define VPL_INTERN_H

#include "arena.h"
#include <stdbool.h>
#include <stddef.h>

/* An entry is `entry_size` bytes of the arena and begins with its key: `key_size` bytes that have no padding
 * in them. */
struct intern {
    struct arena *arena;
    size_t key_size, entry_size;
    void **slots;
    size_t n, cap;
};

/* The entry with this key. A new one has zeroes behind its key; *is_new (may be NULL) says so. Entries never
 * move. */
void *intern(struct intern *table, const void *key, bool *is_new);

#endif
