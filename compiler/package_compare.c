#include "package.h"
#include "unified.h"

#include <errno.h>
#include <ftw.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>

static int read_file(const char *dir, const char *path, struct buf *out) {
    char full[8192], block[16384];
    snprintf(full, sizeof full, "%s/%s", dir, path);
    FILE *file FILE_CLEANUP = fopen(full, "re");
    size_t n;
    while (file && (n = fread(block, 1, sizeof block, file)) > 0)
        buf_add_bytes(out, block, n);
    return file && !ferror(file) ? 0 : -1;
}

/* ---- which file is compared with which ---- */

/* What is in the directory and wasn't compiled. */
struct extras {
    VEC(const char *) list;
};

static struct { /* nftw(3) hands nothing through */
    struct arena *arena;
    const struct package *package;
    size_t folder;
    struct extras *out;
} search;

static int find_extra(const char *path, const struct stat *st, int type, struct FTW *ftw) {
    (void)st, (void)ftw;
    const char *name = path + search.folder;
    if (type == FTW_D || type == FTW_DP)
        return 0;
    for (size_t i = 0; i < search.package->files.n; i++)
        if (strcmp(search.package->files.items[i].path, name) == 0)
            return 0;
    vec_push(search.arena, &search.out->list, arena_strdup(search.arena, name));
    return 0;
}

static struct extras extras_in(struct arena *arena, const struct package *p, const char *dir) {
    struct extras out = {0};
    search.arena = arena;
    search.package = p;
    search.folder = strlen(dir) + 1;
    search.out = &out;
    nftw(dir, find_extra, 16, FTW_PHYS);
    return out;
}

/* Behind the digest of a content that a part of a name is, as names.c writes it; NULL: it is none. */
static const char *behind_digest(const char *part) {
    enum { DIGITS = 12 };
    size_t n = strspn(part, "0123456789abcdef");
    return n == DIGITS && (!part[n] || part[n] == '.') ? part + n : NULL;
}

/* Two names of one thing, whatever its content. */
static bool same_thing(const char *a, const char *b) {
    for (bool begins = true; *a || *b; begins = *a == '.', a++, b++) {
        const char *x = begins ? behind_digest(a) : NULL, *y = begins ? behind_digest(b) : NULL;
        if (x && y)
            a = x, b = y;
        if (*a != *b)
            return false;
        if (!*a)
            return true;
    }
    return true;
}

/* The earlier one of a file that is new by name, and no other's; it is no extra any more. */
static const char *take_earlier(struct extras *extras, const char *path) {
    for (size_t i = 0; i < extras->list.n; i++)
        if (extras->list.items[i] && same_thing(extras->list.items[i], path)) {
            const char *found = extras->list.items[i];
            extras->list.items[i] = NULL;
            return found;
        }
    return NULL;
}

/* What the manifest there lists was written by vplc; all else somebody put there. */
static json_t *listed_in(struct arena *arena, const char *dir) {
    json_t *root = json_load_file(arena_printf(arena, "%s/manifest.json", dir), 0, NULL);
    json_t *listed =
        json_is_string(json_object_get(root, "compiler")) ? json_object_get(root, "files") : NULL;
    json_incref(listed);
    json_decref(root);
    return listed;
}

/* ---- showing it ---- */

struct comparison {
    struct arena *arena;
    const char *dir;
    struct extras extras;
    struct buf *out;
    json_t *list;
};

static void add_difference(struct comparison *c, const char *path, const char *what, const char *text) {
    struct buf safe BUF_CLEANUP = {0};
    buf_add_safe(&safe, path, strlen(path));
    buf_printf(c->out, "%s: %s\n", buf_text(&safe), text);
    json_array_append_new(c->list, json_pack("{s:s, s:s}", "path", buf_text(&safe), "what", what));
}

static bool binary(const struct buf *data) {
    return data->len && memchr(data->data, '\0', data->len);
}

enum { MOST_LINES = 60 };

static void add_lines(struct buf *out, const char *text) {
    size_t n = 0, more = 0;
    for (const char *end; *text; text = end, n++) {
        end = text + strcspn(text, "\n");
        end += *end == '\n';
        if (n < MOST_LINES)
            buf_add_bytes(out, text, (size_t)(end - text));
        else
            more++;
    }
    if (more)
        buf_printf(out, "… %zu lines more\n", more);
}

static void print_difference(struct comparison *c, const char *path, const struct buf *had,
                             const struct output *has) {
    struct buf lines BUF_CLEANUP = {0};
    bool bytes = binary(had) || binary(&has->data), moved = strcmp(path, has->path) != 0;
    add_difference(c, path, "differs",
                   arena_printf(c->arena, "differs%s%s%s%s", moved ? ", and is " : "", moved ? has->path : "",
                                moved ? " now" : "",
                                bytes ? arena_printf(c->arena, " (%zu bytes there, %zu compiled)", had->len,
                                                     has->data.len)
                                      : ""));
    if (moved)
        json_object_set_new(json_array_get(c->list, json_array_size(c->list) - 1), "now",
                            json_string(has->path));
    if (bytes)
        return;
    unified_diff(c->arena, path, buf_text(had), buf_text(&has->data), &lines);
    add_lines(c->out, buf_text(&lines));
}

static void compare_file(struct comparison *c, const struct output *file) {
    struct buf had BUF_CLEANUP = {0};
    const char *path = file->path;
    if (read_file(c->dir, path, &had) < 0) {
        path = take_earlier(&c->extras, file->path);
        if (!path || read_file(c->dir, path, &had) < 0) {
            add_difference(c, file->path, "missing", "isn't there");
            return;
        }
    }
    if (path != file->path || had.len != file->data.len ||
        memcmp(buf_text(&had), buf_text(&file->data), had.len) != 0)
        print_difference(c, path, &had, file);
}

static void compare_extras(struct comparison *c) {
    json_t *listed = listed_in(c->arena, c->dir);
    for (size_t i = 0; i < c->extras.list.n; i++) {
        const char *path = c->extras.list.items[i];
        if (path && json_object_get(listed, path))
            add_difference(c, path, "not-compiled", "isn't compiled any more");
        else if (path)
            add_difference(c, path, "foreign", "vplc didn't write it, and wouldn't write beside it");
    }
    json_decref(listed);
}

int package_compare(struct arena *arena, const struct package *p, const char *name, struct buf *out,
                    json_t *list, struct err *err) {
    struct comparison c = {
        .arena = arena, .dir = package_directory(arena, name, err), .out = out, .list = list};
    struct stat st;
    if (!c.dir)
        return -1;
    if (stat(c.dir, &st) < 0 && errno == ENOENT) {
        buf_printf(out, "%s isn't there\n", name);
        json_array_append_new(list, json_pack("{s:s, s:s}", "path", ".", "what", "missing"));
        return 1;
    }
    c.extras = extras_in(arena, p, c.dir);
    for (size_t i = 0; i < p->files.n; i++)
        compare_file(&c, &p->files.items[i]);
    compare_extras(&c);
    return (int)json_array_size(list);
}
