#include "map.h"

#include <string.h>

struct map_slot {
    const void *key; /* NULL: free */
    size_t n;
    void *value;
};

/* Knuth's multiplier, 2^64 over the golden ratio. */
static uint64_t mix(uint64_t hash, uint64_t word) {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 32;
}

uint64_t map_hash(const void *bytes, size_t n) {
    const unsigned char *at = bytes;
    uint64_t hash = n, word;
    for (; n >= sizeof word; n -= sizeof word, at += sizeof word) {
        memcpy(&word, at, sizeof word);
        hash = mix(hash, word);
    }
    word = 0;
    memcpy(&word, at, n);
    return mix(hash, word);
}

static struct map_slot *find(const struct map *map, const void *key, size_t n) {
    size_t i = map_hash(key, n) & (map->cap - 1);
    while (map->slots[i].key && (map->slots[i].n != n || memcmp(map->slots[i].key, key, n) != 0))
        i = (i + 1) & (map->cap - 1);
    return &map->slots[i];
}

static void grow(struct map *map) {
    struct map old = *map;
    map->cap = old.cap ? old.cap * 2 : 64;
    map->slots = arena_alloc(map->arena, map->cap * sizeof *map->slots);
    for (size_t i = 0; i < old.cap; i++)
        if (old.slots[i].key)
            *find(map, old.slots[i].key, old.slots[i].n) = old.slots[i];
}

void **map_at(struct map *map, const void *key, size_t n) {
    if (2 * (map->n + 1) > map->cap)
        grow(map);
    struct map_slot *slot = find(map, key, n);
    if (!slot->key) {
        *slot = (struct map_slot){key, n, NULL};
        map->n++;
    }
    return &slot->value;
}

void *map_get(const struct map *map, const void *key, size_t n) {
    return map->cap ? find(map, key, n)->value : NULL;
}
