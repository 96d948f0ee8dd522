#include "package.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *package_directory(struct arena *arena, const char *name, struct err *err) {
    enum { LONGEST = 3000 }; /* with a file's path behind it it stays below PATH_MAX */
    char *real FREE_CLEANUP = realpath(name, NULL);
    size_t n = strlen(name);
    struct stat st;
    while (n > 1 && name[n - 1] == '/')
        n--;
    const char *path = real ? arena_strdup(arena, real) : arena_strndup(arena, name, n);
    if (!*path || strlen(path) > LONGEST)
        err_set(err, "`%s` can't be a directory's name", name);
    else if (!real && lstat(path, &st) == 0)
        err_errno(err, "can't follow %s", name);
    else if (real && stat(real, &st) == 0 && !S_ISDIR(st.st_mode))
        err_set(err, "%s is no directory", name);
    else
        return path;
    return NULL;
}

/* ---- what stands there ---- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw) {
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static void remove_tree(const char *path) {
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static json_t *listed;       /* nftw(3) hands nothing through: the earlier manifest's files … */
static size_t listed_folder; /* … and where their paths begin */
static char foreign[4096];

static int find_foreign(const char *path, const struct stat *st, int type, struct FTW *ftw) {
    (void)st, (void)ftw;
    const char *name = path + listed_folder;
    if (type == FTW_D || (listed && strcmp(name, "manifest.json") == 0) || json_object_get(listed, name))
        return 0;
    snprintf(foreign, sizeof foreign, "%s", name);
    return 1;
}

/* Only an earlier compilation's files are replaced, and what somebody put beside them isn't ours to remove:
 * `-o ~` must not cost anyone their home. An empty directory has none. */
static int check_replaceable(const char *dir, struct err *err) {
    char manifest[4096];
    snprintf(manifest, sizeof manifest, "%s/manifest.json", dir);
    json_t *root = json_load_file(manifest, 0, NULL);
    listed = json_is_string(json_object_get(root, "compiler")) ? json_object_get(root, "files") : NULL;
    listed_folder = strlen(dir) + 1;
    int found = nftw(dir, find_foreign, 16, FTW_PHYS);
    json_decref(root);
    if (found && listed)
        return err_set(err, "%s/%s isn't of an earlier compilation: move it, or choose another directory",
                       dir, foreign);
    return found
               ? err_set(err, "%s holds files that vplc didn't write: choose another directory, or empty it",
                         dir)
               : 0;
}

/* ---- writing ---- */

static int make_parents(const char *path, struct err *err) {
    char *copy FREE_CLEANUP = strdup(path);
    for (char *slash = copy ? strchr(copy + 1, '/') : NULL; slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(copy, 0777) < 0 && errno != EEXIST)
            return err_errno(err, "can't make %s", copy);
        *slash = '/';
    }
    return 0;
}

static int write_file(const char *path, const struct buf *data, struct err *err) {
    FILE *file FILE_CLEANUP = fopen(path, "wxe");
    if (!file)
        return err_errno(err, "can't write %s", path);
    size_t written = fwrite(buf_text(data), 1, data->len, file);
    if (written != data->len || fflush(file))
        return err_errno(err, "can't write %s", path);
    return 0;
}

static int write_all(const struct package *p, const char *dir, struct err *err) {
    for (size_t i = 0; i < p->files.n; i++) {
        char path[4096];
        if ((size_t)snprintf(path, sizeof path, "%s/%s", dir, p->files.items[i].path) >= sizeof path)
            return err_set(err, "the path of %s is too long", p->files.items[i].path);
        if (make_parents(path, err) < 0 || write_file(path, &p->files.items[i].data, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- putting it in its place ---- */

static bool same(const struct stat *a, const struct stat *b) {
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* A shell that stands in the directory would stand in the removed one; where something is mounted, or the
 * parent can't be written, the directory can't be exchanged. */
static bool must_stay(struct arena *arena, const char *dir) {
    const char *above = arena_printf(arena, "%s/..", dir);
    struct stat here, st, parent;
    if (stat(dir, &st) < 0 || stat(".", &here) < 0 || stat(above, &parent) < 0)
        return false;
    return same(&st, &here) || st.st_dev != parent.st_dev || access(above, W_OK) < 0;
}

static int exchange(const char *new_dir, const char *dir, bool exists, struct err *err) {
    if (!exists)
        return rename(new_dir, dir) < 0 ? err_errno(err, "can't make %s", dir) : 0;
    if (renameat2(AT_FDCWD, new_dir, AT_FDCWD, dir, RENAME_EXCHANGE) < 0)
        return err_errno(err, "can't replace %s", dir);
    return 0;
}

/* Ours never begin with a dot; a temporary directory does. */
static int is_entry(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

/* Puts each of the entries of `fresh` in its place in `dir`, and takes away what isn't among them. */
static int move_within(struct arena *arena, const char *fresh, const char *dir, const char *away) {
    struct dirent **entries;
    int result = 0, n = scandir(dir, &entries, is_entry, alphasort);
    for (int i = 0; i < n; free(entries[i++])) {
        const char *name = entries[i]->d_name, *old = arena_printf(arena, "%s/%s", dir, name),
                   *new = arena_printf(arena, "%s/%s", fresh, name);
        if (access(new, F_OK) == 0)
            result |= renameat2(AT_FDCWD, new, AT_FDCWD, old, RENAME_EXCHANGE);
        else
            result |= rename(old, arena_printf(arena, "%s/%s", away, name));
    }
    free(n < 0 ? NULL : entries);
    n = n < 0 ? n : scandir(fresh, &entries, is_entry, alphasort);
    for (int i = 0; i < n; free(entries[i++])) {
        const char *old = arena_printf(arena, "%s/%s", dir, entries[i]->d_name);
        if (access(old, F_OK) < 0)
            result |= rename(arena_printf(arena, "%s/%s", fresh, entries[i]->d_name), old);
    }
    free(n < 0 ? NULL : entries);
    return n < 0 ? n : result;
}

/* Entry by entry. */
static int write_within(struct arena *arena, const struct package *p, const char *dir, struct err *err) {
    char *away = arena_printf(arena, "%s/.vpl.XXXXXX", dir);
    if (!mkdtemp(away))
        return err_errno(err, "can't write into %s", dir);
    const char *fresh = arena_printf(arena, "%s/.new", away);
    int result = write_all(p, fresh, err);
    if (result == 0 && move_within(arena, fresh, dir, away) < 0)
        result = err_errno(err, "can't write into %s", dir);
    remove_tree(away);
    return result;
}

/* All at once. */
static int write_beside(struct arena *arena, const struct package *p, const char *dir, bool exists,
                        struct err *err) {
    char *fresh = arena_printf(arena, "%s.XXXXXX", dir);
    mode_t mask = umask(0);
    umask(mask);
    if (!mkdtemp(fresh) || chmod(fresh, 0777 & ~mask) < 0)
        return err_errno(err, "can't write %s: no directory can be made beside it", dir);
    int result = write_all(p, fresh, err);
    if (result == 0)
        result = exchange(fresh, dir, exists, err);
    if (result < 0 || exists)
        remove_tree(fresh); /* the half-made, or, after the exchange, the old one */
    return result;
}

int package_write(struct arena *arena, const struct package *p, const char *name, struct err *err) {
    const char *dir = package_directory(arena, name, err);
    bool exists = dir && access(dir, F_OK) == 0;
    if (!dir || (exists ? check_replaceable(dir, err) : make_parents(dir, err)) < 0)
        return -1;
    return exists && must_stay(arena, dir) ? write_within(arena, p, dir, err)
                                           : write_beside(arena, p, dir, exists, err);
}
