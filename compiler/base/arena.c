#include "arena.h"

#include "pages.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Not zeroed: memory is when it is given out, in cache then. */
static void *fetch(size_t n) {
    void *chunk = must(n == HUGE_CHUNK ? aligned_alloc(n, n) : malloc(n));
    if (n == HUGE_CHUNK)
        pages_fetch_huge(chunk, n);
    else if (n > FIRST_CHUNK)
        pages_fetch(chunk, n);
    return chunk;
}

static struct chunk *add_chunk(struct arena *arena, size_t size) {
    size_t need = sizeof(struct chunk) + size, n = arena->next_chunk > need ? arena->next_chunk : need;
    struct chunk *c = fetch(n);
    *c = (struct chunk){.next = arena->head, .size = n - sizeof *c};
    arena->head = c;
    arena->next_chunk = arena->next_chunk < LAST_CHUNK ? arena->next_chunk * 2 : HUGE_CHUNK;
    return c;
}

static void *take(struct arena *arena, size_t size) {
    size = (size + ALIGN - 1) / ALIGN * ALIGN;
    struct chunk *c = arena->head;
    if (!c || c->size - c->used < size)
        c = add_chunk(arena, size);
    void *p = c->data + c->used;
    c->used += size;
    return p;
}

void *arena_alloc(struct arena *arena, size_t size) {
    return memset(take(arena, size), 0, size);
}

char *arena_strndup(struct arena *arena, const char *text, size_t n) {
    char *copy = take(arena, n + 1);
    memcpy(copy, text, n);
    copy[n] = '\0';
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text) {
    return arena_strndup(arena, text, strlen(text));
}

char *arena_printf(struct arena *arena, const char *format, ...) {
    va_list args, again;
    char first[256]; /* most are short */
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(first, sizeof first, format, args);
    va_end(args);
    size_t size = n < 0 ? 1 : (size_t)n + 1;
    char *text = size > sizeof first ? take(arena, size) : arena_strndup(arena, first, size - 1);
    if (size > sizeof first)
        vsnprintf(text, size, format, again);
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
