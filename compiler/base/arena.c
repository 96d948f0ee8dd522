#include "arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Each chunk is twice the one before: most arenas are for one question and stay small. The largest is a huge
 * page, of which the kernel has one to find instead of 512 and the processor one to remember. */
enum { FIRST_CHUNK = 16 * 1024, LAST_CHUNK = 256 * 1024, HUGE_CHUNK = 2 * 1024 * 1024, ALIGN = 16 };
enum { FIRST_BYTES = 64 }; /* of a growing array: most have a few elements */

struct chunk {
    struct chunk *next;
    size_t used, size;
    _Alignas(ALIGN) char data[];
};

struct arena {
    struct chunk *head;
    size_t next_chunk;
};

static void *must(void *p) {
    if (!p) {
        fputs("vplc: out of memory\n", stderr);
        abort();
    }
    return p;
}

struct arena *arena_new(void) {
    struct arena *arena = must(calloc(1, sizeof *arena));
    arena->next_chunk = FIRST_CHUNK;
    return arena;
}

void arena_free(struct arena *arena) {
    for (struct chunk *c = arena->head, *next; c; c = next) {
        next = c->next;
        free(c);
    }
    free(arena);
}

/* The pages of all but the smallest chunks come from the kernel at once instead of by a fault each; before
 * Linux 5.14, and where it has no huge pages, they don't. */
static void *fetch(size_t n) {
    enum { PAGE = 4096 };
    void *chunk = must(n == HUGE_CHUNK ? aligned_alloc(n, n) : malloc(n));
    uintptr_t begin = ((uintptr_t)chunk + PAGE - 1) / PAGE * PAGE;
    if (n > FIRST_CHUNK)
        madvise((void *)begin, n - (begin - (uintptr_t)chunk),
                n == HUGE_CHUNK ? MADV_HUGEPAGE : MADV_POPULATE_WRITE);
    return memset(chunk, 0, n);
}

static struct chunk *add_chunk(struct arena *arena, size_t size) {
    size_t need = sizeof(struct chunk) + size, n = arena->next_chunk > need ? arena->next_chunk : need;
    struct chunk *c = fetch(n);
    c->size = n - sizeof *c;
    c->next = arena->head;
    arena->head = c;
    arena->next_chunk = arena->next_chunk < LAST_CHUNK ? arena->next_chunk * 2 : HUGE_CHUNK;
    return c;
}

void *arena_alloc(struct arena *arena, size_t size) {
    size = (size + ALIGN - 1) / ALIGN * ALIGN;
    struct chunk *c = arena->head;
    if (!c || c->size - c->used < size)
        c = add_chunk(arena, size);
    void *p = c->data + c->used;
    c->used += size;
    return p;
}

char *arena_strndup(struct arena *arena, const char *text, size_t n) {
    char *copy = arena_alloc(arena, n + 1);
    memcpy(copy, text, n);
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text) {
    return arena_strndup(arena, text, strlen(text));
}

char *arena_printf(struct arena *arena, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = arena_alloc(arena, (size_t)(n < 0 ? 0 : n) + 1);
    vsnprintf(text, (size_t)(n < 0 ? 0 : n) + 1, format, again);
    va_end(again);
    return text;
}

void *arena_grow(struct arena *arena, void *items, size_t n, size_t *cap, size_t size) {
    if (n < *cap)
        return items;
    size_t bigger = *cap ? *cap * 2 : size < FIRST_BYTES ? FIRST_BYTES / size : 1;
    void *grown = arena_alloc(arena, bigger * size);
    if (n)
        memcpy(grown, items, n * size);
    *cap = bigger;
    return grown;
}
