#include "format.h"
#include "session.h"
#include "unified.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_to(int fd, const char *path, const struct stat *st, const struct buf *text,
                    struct err *err) {
    FILE *file FILE_CLEANUP = fdopen(fd, "w");
    if (!file) {
        close(fd);
        return err_errno(err, "can't write %s", path);
    }
    struct stat made;
    if (fstat(fd, &made) < 0 ||
        ((made.st_uid != st->st_uid || made.st_gid != st->st_gid) && fchown(fd, st->st_uid, st->st_gid) < 0))
        return err_errno(err, "can't keep the owner of %s", path);
    fwrite(buf_text(text), 1, text->len, file);
    if (fflush(file) || ferror(file) || fchmod(fd, st->st_mode & 07777) < 0 || fsync(fd) < 0)
        return err_errno(err, "can't write %s", path);
    return 0;
}

/* The file that a link names, and all of it or nothing. */
static int replace(const char *given, const struct buf *text, struct err *err) {
    char *path FREE_CLEANUP = realpath(given, NULL);
    struct stat st;
    if (!path || stat(path, &st) < 0)
        return err_errno(err, "can't write %s", given);
    if (!S_ISREG(st.st_mode))
        return err_set(err, "%s is no file to be replaced: `vplc fmt` reads standard input too", given);
    struct buf beside BUF_CLEANUP = {0};
    buf_printf(&beside, "%s.XXXXXX", path);
    int fd = beside.failed ? -1 : mkostemp(beside.data, O_CLOEXEC);
    if (fd < 0)
        return err_errno(err, "can't write beside %s", given);
    int result = write_to(fd, given, &st, text, err);
    if (result == 0 && rename(beside.data, path) < 0)
        result = err_errno(err, "can't replace %s", given);
    if (result < 0)
        unlink(beside.data);
    return result;
}

static int fmt_file(struct compilation *c, const struct options *o, const char *path, struct err *err) {
    struct buf text BUF_CLEANUP = {0}, diff BUF_CLEANUP = {0};
    struct source_file *file = source_load(&c->sources, path, err);
    int wrong = file ? format_text(c->arena, &c->diag, file, &text, err) : -1;
    if (wrong)
        return wrong < 0 ? EXIT_USAGE : EXIT_WRONG;
    bool changed = strcmp(file->text, buf_text(&text)) != 0, standard_input = strcmp(path, "-") == 0;
    if (changed && o->diff)
        unified_diff(c->arena, file->path, file->text, buf_text(&text), &diff);
    fputs(buf_text(&diff), stdout);
    if (changed && o->check)
        printf("%s\n", file->path);
    if (o->check || o->diff)
        return changed ? EXIT_DIFFERS : EXIT_OK;
    if (standard_input)
        fputs(buf_text(&text), stdout);
    return standard_input || !changed || replace(path, &text, err) == 0 ? EXIT_OK : EXIT_USAGE;
}

/* What couldn't be done weighs more than what is wrong, and that more than what differs. */
static int heavier(int a, int b) {
    static const int weight[] = {[EXIT_OK] = 0, [EXIT_DIFFERS] = 1, [EXIT_WRONG] = 2, [EXIT_USAGE] = 3};
    return weight[a] > weight[b] ? a : b;
}

/* The other files have their turn all the same; JSON tells of it at the end, in its one document. */
static int failed(struct compilation *c, const struct options *o, const struct err *err) {
    if (o->format != FORMAT_JSON)
        return session_error(err);
    vec_push(c->arena, &c->diag.failures, arena_strdup(c->arena, err->text));
    return EXIT_USAGE;
}

int verb_fmt(struct options *o) {
    struct compilation c;
    int code = EXIT_OK;
    compile_init(&c);
    for (size_t i = 0; i < o->n_files; i++) {
        struct err err;
        int one = fmt_file(&c, o, o->files[i], &err);
        code = heavier(code, one == EXIT_USAGE ? failed(&c, o, &err) : one);
    }
    session_diagnostics(&c, o);
    compile_free(&c);
    return code;
}
