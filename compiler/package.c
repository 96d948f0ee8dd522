#include "package.h"

#include "kubernetes.h"
#include "kubernetes_target.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sha2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- making ---- */

static int by_path(const void *a, const void *b) {
    return strcmp(((const struct output *)a)->path, ((const struct output *)b)->path);
}

/* Moves the files of one policy among all; what they held is then the package's to free. */
static void move_files(struct compilation *c, struct outputs *from, struct outputs *to) {
    for (size_t i = 0; i < from->n; i++) {
        struct output *out = outputs_add(c->arena, to, from->items[i].path);
        out->data = from->items[i].data;
    }
    from->n = 0;
}

static void add_json(struct compilation *c, struct outputs *files, const char *path, json_t *json) {
    struct output *out = outputs_add(c->arena, files, path);
    char *text FREE_CLEANUP = json_dumps(json, JSON_INDENT(2) | JSON_SORT_KEYS);
    buf_add(&out->data, text ? text : "");
    buf_add_char(&out->data, '\n');
    json_decref(json);
}

static json_t *node_json(const struct node *node) {
    char kernel[32], parser[32], kubernetes[32];
    snprintf(kernel, sizeof kernel, "%u.%u", node->kernel_major, node->kernel_minor);
    snprintf(parser, sizeof parser, "%u.%u", node->parser_major, node->parser_minor);
    snprintf(kubernetes, sizeof kubernetes, "1.%u", node->kubernetes_minor);
    return json_pack("{s:s, s:s, s:i, s:s, s:s}", "kernel", kernel, "apparmor_parser", parser, "apparmor_abi",
                     (int)node->abi_major, "runtime", node->runtime, "kubernetes", kubernetes);
}

static void add_manifest(struct compilation *c, struct outputs *files, const struct node *node) {
    json_t *list = json_object();
    for (size_t i = 0; i < files->n; i++) {
        char digest[SHA256_DIGEST_STRING_LENGTH];
        SHA256Data((const uint8_t *)buf_text(&files->items[i].data), files->items[i].data.len, digest);
        json_object_set_new(
            list, files->items[i].path,
            json_pack("{s:s, s:I}", "sha256", digest, "bytes", (json_int_t)files->items[i].data.len));
    }
    add_json(c, files, "manifest.json",
             json_pack("{s:i, s:s, s:o, s:o}", "format_version", 1, "compiler", VPL_VERSION, "node",
                       node_json(node), "files", list));
}

static void add_coverage(struct compilation *c, const struct package *p, struct outputs *files) {
    json_t *policies = json_array();
    for (size_t i = 0; i < p->n_reports; i++)
        json_array_append_new(policies, report_json(&p->reports[i], &c->sources));
    add_json(c, files, "coverage.json", json_pack("{s:i, s:o}", "format_version", 1, "policies", policies));
}

bool package_check(struct compilation *c, const struct ir_policy *const *policies, size_t n,
                   const struct node *node, struct package *p) {
    bool fine = true;
    *p = (struct package){.reports = arena_alloc(c->arena, (n + 1) * sizeof *p->reports),
                          .n_reports = n,
                          .each = arena_alloc(c->arena, (n + 1) * sizeof *p->each)};
    for (size_t i = 0; i < n; i++) {
        fine &= compile_outputs(c, policies[i], node, &p->each[i]);
        report_make(c->arena, policies[i], node, &p->reports[i]);
        report_check(&p->reports[i], &c->diag);
    }
    if (!c->diag.errors)
        kubernetes_target_check_workload(c->arena, policies, n, node, &c->diag);
    return fine && !c->diag.errors;
}

bool package_make(struct compilation *c, const struct ir_policy *const *policies, size_t n,
                  const struct node *node, struct package *p) {
    if (!package_check(c, policies, n, node, p))
        return false;
    package_bundle(c, policies, p->each, n, &outputs_add(c->arena, &p->files, "compiled.bin")->data);
    kubernetes_emit_component(c->arena, policies, n, node, &p->files);
    for (size_t i = 0; i < n; i++)
        move_files(c, &p->each[i], &p->files);
    add_coverage(c, p, &p->files);
    add_manifest(c, &p->files, node);
    qsort(p->files.items, p->files.n, sizeof *p->files.items, by_path);
    return true;
}

void package_free(struct package *p) {
    outputs_free(&p->files);
    for (size_t i = 0; i < p->n_reports; i++)
        outputs_free(&p->each[i]);
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

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw) {
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static void remove_tree(const char *path) {
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
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

static json_t *listed;       /* nftw(3) hands nothing through: the earlier manifest's files … */
static size_t listed_folder; /* … and where their paths begin */
static char foreign[4096];

static int find_foreign(const char *path, const struct stat *st, int type, struct FTW *ftw) {
    (void)st, (void)ftw;
    const char *name = path + listed_folder;
    if (type == FTW_D || strcmp(name, "manifest.json") == 0 || json_object_get(listed, name))
        return 0;
    snprintf(foreign, sizeof foreign, "%s", name);
    return 1;
}

/* What somebody put beside an earlier compilation's files isn't ours to remove. */
static int check_ours(const char *dir, const char *manifest, struct err *err) {
    json_t *root = json_load_file(manifest, 0, NULL);
    listed = json_object_get(root, "files");
    listed_folder = strlen(dir) + 1;
    int found = nftw(dir, find_foreign, 16, FTW_PHYS);
    json_decref(root);
    return found ? err_set(err, "%s/%s isn't of an earlier compilation: move it, or choose another directory",
                           dir, foreign)
                 : 0;
}

/* Only what looks like an earlier compilation's is replaced: `-o ~` must not cost anyone their home. */
static int check_replaceable(const char *dir, bool *exists, struct err *err) {
    char manifest[4112];
    struct stat st;
    *exists = lstat(dir, &st) == 0;
    if (!*exists)
        return 0;
    if (!S_ISDIR(st.st_mode))
        return err_set(err, "%s is no directory", dir);
    snprintf(manifest, sizeof manifest, "%s/manifest.json", dir);
    if (access(manifest, F_OK) == 0)
        return check_ours(dir, manifest, err);
    if (rmdir(dir) == 0) {
        *exists = false;
        return 0;
    }
    return err_set(err, "%s holds files that vplc didn't write: choose another directory, or empty it", dir);
}

static int exchange(const char *new_dir, const char *dir, bool exists, struct err *err) {
    if (!exists)
        return rename(new_dir, dir) < 0 ? err_errno(err, "can't make %s", dir) : 0;
    if (renameat2(AT_FDCWD, new_dir, AT_FDCWD, dir, RENAME_EXCHANGE) < 0)
        return err_errno(err, "can't replace %s", dir);
    return 0;
}

int package_write(const struct package *p, const char *dir, struct err *err) {
    bool exists;
    char path[4096], name[4112];
    size_t n = strlen(dir);
    while (n > 1 && dir[n - 1] == '/')
        n--;
    if (n == 0 || n > 3000)
        return err_set(err, "`%s` can't be a directory's name", dir);
    snprintf(path, sizeof path, "%.*s", (int)n, dir);
    snprintf(name, sizeof name, "%s.XXXXXX", path);
    if (make_parents(path, err) < 0 || check_replaceable(path, &exists, err) < 0)
        return -1;
    if (!mkdtemp(name))
        return err_errno(err, "can't make a directory beside %s", path);
    chmod(name, 0755);
    int result = write_all(p, name, err);
    if (result == 0)
        result = exchange(name, path, exists, err);
    if (result < 0 || exists)
        remove_tree(name); /* the half-made, or, after the exchange, the old one */
    return result;
}

/* ---- comparing ---- */

static int read_file(const char *dir, const char *path, struct buf *out) {
    char full[8192], block[16384];
    snprintf(full, sizeof full, "%s/%s", dir, path);
    FILE *file FILE_CLEANUP = fopen(full, "re");
    size_t n;
    while (file && (n = fread(block, 1, sizeof block, file)) > 0)
        buf_add_bytes(out, block, n);
    return file && !ferror(file) ? 0 : -1;
}

static bool binary(const struct buf *data) {
    return data->len && memchr(data->data, '\0', data->len);
}

/* The first line that differs, both ways: enough to know what changed; diff(1) shows the rest. */
static void print_difference(struct buf *out, const char *path, const struct buf *had,
                             const struct buf *has) {
    const char *a = buf_text(had), *b = buf_text(has);
    unsigned line = 1;
    buf_printf(out, "%s: differs", path);
    if (binary(had) || binary(has)) {
        buf_printf(out, " (%zu bytes there, %zu compiled)\n", had->len, has->len);
        return;
    }
    for (; *a && strcspn(a, "\n") == strcspn(b, "\n") && strncmp(a, b, strcspn(a, "\n")) == 0; line++) {
        a += strcspn(a, "\n") + (strchr(a, '\n') != NULL);
        b += strcspn(b, "\n") + (strchr(b, '\n') != NULL);
    }
    buf_printf(out, " from line %u on\n-%.*s\n+%.*s\n", line, (int)strcspn(a, "\n"), a, (int)strcspn(b, "\n"),
               b);
}

static const struct package *compared;
static const char *compared_dir;
static struct buf *compared_out;
static int compared_extra;

static int find_extra(const char *path, const struct stat *st, int type, struct FTW *ftw) {
    (void)st, (void)ftw;
    const char *name = path + strlen(compared_dir) + 1;
    if (type == FTW_D || type == FTW_DP)
        return 0;
    for (size_t i = 0; i < compared->files.n; i++)
        if (strcmp(compared->files.items[i].path, name) == 0)
            return 0;
    buf_printf(compared_out, "%s: isn't compiled any more\n", name);
    compared_extra++;
    return 0;
}

int package_compare(const struct package *p, const char *name, struct buf *out, struct err *err) {
    int differ = 0;
    char dir[4096];
    snprintf(dir, sizeof dir, "%s", name);
    for (size_t n = strlen(dir); n > 1 && dir[n - 1] == '/'; n--)
        dir[n - 1] = '\0';
    struct stat st;
    if (stat(dir, &st) == 0 && !S_ISDIR(st.st_mode))
        return err_set(err, "%s is no directory", dir);
    for (size_t i = 0; i < p->files.n; i++) {
        struct buf had BUF_CLEANUP = {0};
        const struct output *file = &p->files.items[i];
        if (read_file(dir, file->path, &had) < 0) {
            buf_printf(out, "%s: isn't there\n", file->path);
            differ++;
        } else if (had.len != file->data.len || memcmp(buf_text(&had), buf_text(&file->data), had.len) != 0) {
            print_difference(out, file->path, &had, &file->data);
            differ++;
        }
    }
    compared = p; /* nftw(3) hands nothing through */
    compared_dir = dir;
    compared_out = out;
    compared_extra = 0;
    if (stat(dir, &st) == 0)
        nftw(dir, find_extra, 16, FTW_PHYS);
    return differ + compared_extra;
}
