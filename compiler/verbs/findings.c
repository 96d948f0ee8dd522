#include "findings.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void (*const printers[FORMAT_COUNT])(struct buf *, const struct findings *) = {
    [FORMAT_SARIF] = sarif_print, [FORMAT_JUNIT] = junit_print, [FORMAT_GITHUB] = github_print};

bool findings_is_document(enum format format) {
    return printers[format] != NULL;
}

void findings_print(struct buf *out, enum format format, const struct findings *findings) {
    printers[format](out, findings);
}

/* The length of the folder, of those above an absolute path, that has a .git: 0 if none has. A work tree's is
 * a file. */
static size_t repository_of(const char *absolute) {
    char git[PATH_MAX + sizeof "/.git"];
    for (size_t n = strlen(absolute); n; n--) {
        if (absolute[n] != '/')
            continue;
        snprintf(git, sizeof git, "%.*s/.git", (int)n, absolute);
        if (access(git, F_OK) == 0)
            return n;
    }
    return 0;
}

const char *findings_path(const struct findings *f, const char *path, bool *repository) {
    char absolute[PATH_MAX];
    size_t n = realpath(path, absolute) ? repository_of(absolute) : 0;
    *repository = n || *path != '/';
    return n ? arena_strdup(f->c->arena, absolute + n + 1) : path;
}

bool findings_place(const struct findings *f, struct loc loc, struct findings_place *out) {
    static const char library[] = "<stdlib>/";
    struct place from, to;
    if (!source_place(&f->c->sources, loc.begin, &from) || !source_place(&f->c->sources, loc.end, &to))
        return false;
    *out = (struct findings_place){
        .line = from.line, .column = from.col, .end_line = to.line, .end_column = to.col};
    if (strncmp(from.file->path, library, sizeof library - 1) == 0) {
        out->stdlib = true;
        out->path = arena_printf(f->c->arena, "stdlib/%s", from.file->path + sizeof library - 1);
    } else
        out->path = findings_path(f, from.file->path, &out->repository);
    return true;
}

void findings_message(struct buf *out, const struct diag_item *item) {
    buf_add(out, item->text);
    for (size_t i = 0; i < item->notes.n; i++)
        if (!item->notes.items[i].loc.begin)
            buf_printf(out, "\n%s", item->notes.items[i].text);
}
