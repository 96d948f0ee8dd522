/* Paths near a glob's border: its variants, each of which takes the first choice everywhere but at one place,
 * and their relatives. */
#include "glob_internal.h"

#include <string.h>

struct writer {
    struct buf text;
    bool literal; /* single bytes are a choice too: that one or another */
};

static const char *const star_fills[] = {"", "x", "xy.z", "x/y", "/"};

static size_t count_list(const struct writer *w, const struct node *list);

static size_t count_node(const struct writer *w, const struct node *node) {
    size_t n = 0;
    switch (node->kind) {
    case NODE_SET:
        return w->literal || byteset_count(&node->set) > 1 ? 2 : 1;
    case NODE_STAR:
        return sizeof star_fills / sizeof *star_fills;
    case NODE_VAR:
        return 1;
    case NODE_ALT:
        for (size_t i = 0; i < node->n_alts; i++)
            n += count_list(w, node->alts[i]);
    }
    return n;
}

static size_t count_list(const struct writer *w, const struct node *list) {
    size_t n = 1;
    for (; list; list = list->next)
        n += count_node(w, list) - 1;
    return n;
}

static unsigned char some_byte(const struct byteset *set) {
    static const char readable[] = "xa0A_-.";
    for (const char *c = readable; *c; c++)
        if (byteset_has(set, (unsigned char)*c))
            return (unsigned char)*c;
    for (unsigned byte = '!'; byte < 0x7f; byte++)
        if (byteset_has(set, byte))
            return (unsigned char)byte;
    for (unsigned byte = 255; byte > 0; byte--)
        if (byteset_has(set, byte))
            return (unsigned char)byte;
    return 'x';
}

static void write_list(struct writer *w, const struct node *list, size_t variant);

static void write_node(struct writer *w, const struct node *node, size_t variant) {
    struct byteset rest = byteset_not(&node->set);
    switch (node->kind) {
    case NODE_SET:
        buf_add_char(&w->text, (char)some_byte(variant ? &rest : &node->set));
        break;
    case NODE_STAR:
        buf_add(&w->text, star_fills[variant]);
        break;
    case NODE_VAR:
        buf_add(&w->text, node->name);
        break;
    case NODE_ALT:
        for (size_t i = 0; i < node->n_alts; i++) {
            size_t n = count_list(w, node->alts[i]);
            if (variant < n) {
                write_list(w, node->alts[i], variant);
                break;
            }
            variant -= n;
        }
    }
}

static void write_list(struct writer *w, const struct node *list, size_t variant) {
    for (; list; list = list->next) {
        size_t others = count_node(w, list) - 1;
        write_node(w, list, variant <= others ? variant : 0);
        variant = variant <= others ? 0 : variant - others;
    }
}

struct paths {
    struct arena *arena;
    const char **items;
    size_t n, max;
};

static void add_path(struct paths *paths, const char *path, size_t n) {
    const char *copy = arena_strndup(paths->arena, path, n);
    if (paths->n == paths->max || copy[0] != '/' || strstr(copy, "//"))
        return;
    for (size_t i = 0; i < paths->n; i++)
        if (strcmp(paths->items[i], copy) == 0)
            return;
    paths->items[paths->n++] = copy;
}

static void add_relatives(struct paths *paths, const char *path) {
    static const char *const endings[] = {"", "/", "x", "/x", "/x/y"};
    size_t n = strlen(path);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        const char *longer = arena_printf(paths->arena, "%s%s", path, endings[i]);
        add_path(paths, longer, strlen(longer));
    }
    if (n > 1)
        add_path(paths, path, n - 1);
    const char *slash = strrchr(path, '/');
    if (slash) {
        add_path(paths, path, (size_t)(slash - path));
        add_path(paths, path, (size_t)(slash - path) + 1);
    }
    const char *deeper = arena_printf(paths->arena, "/x%s", path);
    add_path(paths, deeper, strlen(deeper));
}

size_t glob_boundary(struct arena *arena, const struct glob *glob, const char **paths, size_t max) {
    struct paths found = {.arena = arena, .items = paths, .max = max};
    glob = glob_bound(glob);
    for (int literal = 0; literal < 2; literal++) {
        struct writer w = {.literal = literal};
        size_t n = count_list(&w, glob_program(glob)->list);
        for (size_t variant = 0; variant < n && found.n < max; variant++) {
            buf_free(&w.text);
            write_list(&w, glob_program(glob)->list, variant);
            add_relatives(&found, buf_text(&w.text));
        }
        buf_free(&w.text);
    }
    return found.n;
}
