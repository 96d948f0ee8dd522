/* What the compiler is built on: tables. */
#include "check.h"
#include "map.h"
#include <stdbool.h>
#include <string.h>

static struct arena *arena;

/* The scanner searches them by halves. */
static void check_keywords(void) {
    static const char *const words[] = {
#define KEYWORD(token, text, role) text,
#include "keywords.def"
#undef KEYWORD
    };
    bool sorted = true;
    for (size_t i = 1; i < sizeof words / sizeof *words; i++)
        sorted = sorted && strcmp(words[i - 1], words[i]) < 0;
    CHECK(sorted);
}

static void check_map(void) {
    enum { MANY = 5000 };
    struct map map = {.arena = arena};
    bool fine = true;
    CHECK(!map_get(&map, "absent", 6));
    for (size_t i = 0; i < MANY; i++) {
        const char *key = arena_printf(arena, "key %zu", i);
        void **value = map_at(&map, key, strlen(key));
        fine = fine && !*value;
        *value = arena;
    }
    CHECK(fine && map.n == MANY);
    for (size_t i = 0; i < MANY; i++) {
        const char *key = arena_printf(arena, "key %zu", i), *other = arena_printf(arena, "kez %zu", i);
        fine = fine && map_get(&map, key, strlen(key)) == arena && !map_get(&map, other, strlen(other));
    }
    CHECK(fine);
    CHECK(!map_get(&map, "key", 3) && map_get(&map, "key 7x", 5) == arena);
}

static void check_hash(void) {
    CHECK(map_hash("", 0) == map_hash("x", 0));
    CHECK(map_hash("12345678", 8) != map_hash("12345678\0", 9));
    CHECK(map_hash("123456789", 9) != map_hash("12345678", 8));
}

int main(void) {
    arena = arena_new();
    check_keywords();
    check_map();
    check_hash();
    arena_free(arena);
    return check_done();
}
