#include "source.h"

#include "buf.h"
#include <stdio.h>
#include <string.h>

enum { MAX_BYTES = 16 * 1024 * 1024 };

/* What editors of Windows put first; elsewhere it is a byte like any other. */
static const char byte_order_mark[] = "\xef\xbb\xbf";

static void find_lines(struct arena *arena, struct source_file *file) {
    uint32_t *lines;
    size_t n = 1;
    if (file->lines)
        return;
    for (const char *p = file->text; (p = strchr(p, '\n')); p++)
        n++;
    lines = arena_alloc(arena, n * sizeof *lines);
    file->lines = lines;
    file->n_lines = n;
    n = 1;
    for (const char *p = file->text; (p = strchr(p, '\n')); p++)
        lines[n++] = (uint32_t)(p + 1 - file->text);
}

struct source_file *source_add(struct sources *sources, const char *path, const char *text, bool stdlib) {
    struct source_file *file = ARENA_NEW(sources->arena, struct source_file);
    if (!sources->next_base)
        sources->next_base = 1;
    *file = (struct source_file){.path = path,
                                 .text = text,
                                 .len = (uint32_t)strlen(text),
                                 .base = sources->next_base,
                                 .stdlib = stdlib};
    sources->next_base += file->len + 1;
    vec_push(sources->arena, &sources->files, file);
    return file;
}

struct source_file *source_load(struct sources *sources, const char *path, struct err *err) {
    bool standard_input = strcmp(path, "-") == 0;
    FILE *file FILE_CLEANUP = standard_input ? fdopen(0, "r") : fopen(path, "re");
    if (!file) {
        err_errno(err, "can't open %s", path);
        return NULL;
    }
    struct buf text BUF_CLEANUP = {0};
    char block[16384];
    size_t n;
    while ((n = fread(block, 1, sizeof block, file)) > 0 && text.len <= MAX_BYTES)
        buf_add_bytes(&text, block, n);
    if (ferror(file) || text.failed) {
        err_errno(err, "can't read %s", path);
        return NULL;
    }
    if (text.len > MAX_BYTES) {
        err_set(err, "%s is larger than 16 MiB, too large for a policy", path);
        return NULL;
    }
    if (text.len && memchr(text.data, '\0', text.len)) {
        err_set(err, "%s contains NUL bytes: is it a policy?", path);
        return NULL;
    }
    const char *begin = buf_text(&text);
    if (strncmp(begin, byte_order_mark, strlen(byte_order_mark)) == 0)
        begin += strlen(byte_order_mark);
    return source_add(sources, standard_input ? "<stdin>" : arena_strdup(sources->arena, path),
                      arena_strdup(sources->arena, begin), false);
}

const char *source_stable_path(const struct sources *sources, const struct source_file *file) {
    const char *slash = sources->main ? strrchr(sources->main->path, '/') : NULL;
    size_t n = slash ? (size_t)(slash + 1 - sources->main->path) : 0;
    return n && strncmp(file->path, sources->main->path, n) == 0 ? file->path + n : file->path;
}

static struct source_file *find_file(const struct sources *sources, uint32_t offset) {
    for (size_t i = 0; offset && i < sources->files.n; i++) {
        struct source_file *f = sources->files.items[i];
        if (offset >= f->base && offset <= f->base + f->len)
            return f;
    }
    return NULL;
}

const struct source_file *source_of(const struct sources *sources, uint32_t offset) {
    return find_file(sources, offset);
}

static bool starts_character(char c) {
    return ((unsigned char)c & 0xc0) != 0x80;
}

bool source_place(const struct sources *sources, uint32_t offset, struct place *place) {
    struct source_file *f = find_file(sources, offset);
    if (!f)
        return false;
    find_lines(sources->arena, f);
    size_t low = 0, high = f->n_lines; /* the last line that begins at or before the offset */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (f->lines[middle] <= offset - f->base)
            low = middle;
        else
            high = middle;
    }
    const char *at = f->text + (offset - f->base), *line = f->text + f->lines[low];
    *place = (struct place){.file = f, .line = (unsigned)low + 1, .col = 1};
    for (const char *p = line; p < at; p++)
        place->col += starts_character(p[1]) ? 1 : 0;
    if (at > line && !*at && !starts_character(*at))
        place->col++;
    place->line_text = line;
    place->line_len = strcspn(line, "\n");
    place->line_byte = (size_t)(at - line);
    return true;
}
