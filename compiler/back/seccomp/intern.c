#include "intern.h"

#include "map.h"
#include <string.h>

/* Keys may hold pointers, so the order of slots changes from run to run: nothing may ever walk over them. */
static void **find_slot(const struct intern *table, const void *key) {
    size_t i = map_hash(key, table->key_size) & (table->cap - 1);
    while (table->slots[i] && memcmp(table->slots[i], key, table->key_size) != 0)
        i = (i + 1) & (table->cap - 1);
    return &table->slots[i];
}

static void grow(struct intern *table) {
    struct intern old = *table;
    table->cap = old.cap ? old.cap * 2 : 64;
    table->slots = arena_alloc(table->arena, table->cap * sizeof(void *));
    for (size_t i = 0; i < old.cap; i++)
        if (old.slots[i])
            *find_slot(table, old.slots[i]) = old.slots[i];
}

void *intern(struct intern *table, const void *key, bool *is_new) {
    if (2 * (table->n + 1) > table->cap)
        grow(table);
    void **slot = find_slot(table, key);
    if (is_new)
        *is_new = !*slot;
    if (!*slot) {
        *slot = arena_alloc(table->arena, table->entry_size);
        memcpy(*slot, key, table->key_size);
        table->n++;
    }
    return *slot;
}
