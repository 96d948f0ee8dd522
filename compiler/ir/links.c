#include "links.h"

#include <stdbool.h>
#include <string.h>

enum { MOST = 64 };

struct patterns {
    VEC(const char *) list;
};

static void add(struct arena *arena, struct patterns *out, const char *pattern) {
    for (size_t i = 0; i < out->list.n; i++)
        if (strcmp(out->list.items[i], pattern) == 0)
            return;
    if (out->list.n < MOST)
        vec_push(arena, &out->list, pattern);
}

/* The end of the brace group at `open`, NULL if it has none. */
static const char *closing(const char *open) {
    int depth = 0;
    for (const char *p = open; *p; p++) {
        if (*p == '\\' && p[1])
            p++;
        else if (*p == '{')
            depth++;
        else if (*p == '}' && --depth == 0)
            return p;
    }
    return NULL;
}

static const char *next_alternative(const char *p, const char *end) {
    int depth = 0;
    for (; p < end; p++) {
        if (*p == '\\' && p + 1 < end)
            p++;
        else if (*p == '{')
            depth++;
        else if (*p == '}')
            depth--;
        else if (*p == ',' && depth == 0)
            return p;
    }
    return end;
}

/* "/a{x,y}b" as "/axb" and "/ayb"; only the first group. */
static void each_alternative(struct arena *arena, const char *pattern, const char *open,
                             void (*each)(void *, const char *), void *context) {
    const char *close = closing(open);
    for (const char *p = open + 1; close && p <= close;) {
        const char *end = next_alternative(p, close);
        each(context,
             arena_printf(arena, "%.*s%.*s%s", (int)(open - pattern), pattern, (int)(end - p), p, close + 1));
        p = end + 1;
    }
}

/* Does `pattern` spell `link` in letters? `rest` is what stands behind. */
static bool spells(const struct link_entry *link, const char *pattern, const char **rest) {
    size_t n = strlen(link->from);
    bool below = link->from[n - 1] == '/';
    if (strncmp(pattern, link->from, n) != 0)
        return false;
    *rest = pattern + n;
    return below ? **rest && **rest != '.' && **rest != '*' && **rest != '/'
                 : **rest == '\0' || **rest == '/';
}

struct expansion {
    struct arena *arena;
    const struct links *links;
    struct patterns *out;
    unsigned depth;
    bool spelled;
};

static void expand(void *context, const char *pattern);

static void expand_alternatives(struct expansion *x, const char *pattern, const char *open) {
    struct expansion inner = *x;
    inner.depth++;
    each_alternative(x->arena, pattern, open, expand, &inner);
}

/* Adds what `pattern` means beyond itself. Alternatives are looked into only where they stand within a link's
 * spelling. */
static void expand(void *context, const char *pattern) {
    struct expansion *x = context;
    const char *special = strpbrk(pattern, "*?[{\\"), *rest;
    size_t literal = special ? (size_t)(special - pattern) : strlen(pattern);
    if (x->depth > 6)
        return;
    for (size_t i = 0; i < x->links->n; i++) {
        const struct link_entry *link = &x->links->items[i];
        if (literal > 1 && link->from[1] && link->from[1] != pattern[1])
            continue; /* most begin otherwise */
        size_t n = strlen(link->from);
        if (strcmp(link->from, "/") == 0) { /* the host's root somewhere else: every path stands there too */
            if (x->depth == 0)
                add(x->arena, x->out, arena_printf(x->arena, "%s%s", link->to, pattern));
            continue;
        }
        if (spells(link, pattern, &rest)) {
            const char *meant = arena_printf(x->arena, "%s%s", link->to, rest);
            add(x->arena, x->out, meant);
            struct expansion inner = *x;
            inner.depth++;
            expand(&inner, meant);
        } else if (special && *special == '{' && literal <= n && strncmp(pattern, link->from, literal) == 0) {
            expand_alternatives(x, pattern, special);
            return;
        }
    }
}

size_t links_expand(struct arena *arena, const struct links *links, const char *pattern,
                    const char *const **patterns) {
    struct patterns out = {0};
    add(arena, &out, pattern);
    expand(&(struct expansion){.arena = arena, .links = links, .out = &out}, pattern);
    *patterns = out.list.items;
    return out.list.n;
}

const char *links_resolve(struct arena *arena, const struct links *links, const char *path) {
    for (unsigned hops = 0; hops < 8; hops++) {
        bool moved = false;
        for (size_t i = 0; i < links->n && !moved; i++) {
            const char *rest;
            if (links->items[i].sample && spells(&links->items[i], path, &rest)) {
                path = arena_printf(arena, "%s%s", links->items[i].sample, rest);
                moved = true;
            }
        }
        if (!moved)
            break;
    }
    return path;
}
