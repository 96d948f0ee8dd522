/* One arena per compilation, freed once: whatever the compiler allocates lives until the end. */
#ifndef VPL_ARENA_H
#define VPL_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena);

/* Zeroed memory, aligned for anything. Out of memory ends the program: a compiler has nothing better to do.
 */
void *arena_alloc(struct arena *arena, size_t size);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t n);
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Grows `items` (`n` of them, `size` bytes each) so that one more fits; used by vec_push. */
void *arena_grow(struct arena *arena, void *items, size_t n, size_t *cap, size_t size);

#define ARENA_NEW(arena, type) ((type *)arena_alloc(arena, sizeof(type)))

/* A growing array: `VEC(struct x) xs = {0}; vec_push(arena, &xs, x);` */
#define VEC(type)                                                                                            \
    struct {                                                                                                 \
        type *items;                                                                                         \
        size_t n, cap;                                                                                       \
    }
#define vec_push(arena, vec, item)                                                                           \
    ((vec)->items = arena_grow(arena, (vec)->items, (vec)->n, &(vec)->cap, sizeof *(vec)->items),            \
     (vec)->items[(vec)->n++] = (item))

#endif
