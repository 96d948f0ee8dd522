/* A hash table from bytes to pointers. */
#ifndef VPL_MAP_H
#define VPL_MAP_H

#include "arena.h"
#include <stdint.h>

/* Keys aren't copied: they live as long as the map. The order of slots means nothing, so nobody walks over
 * them. `{.arena = arena}` is an empty map. */
struct map {
    struct arena *arena;
    struct map_slot *slots;
    size_t n, cap;
};

/* Where the key's value is kept: NULL for a new key. Good until the next call. */
void **map_at(struct map *map, const void *key, size_t n);

/* The key's value, NULL if it has none. */
void *map_get(const struct map *map, const void *key, size_t n);

uint64_t map_hash(const void *bytes, size_t n);

#endif
