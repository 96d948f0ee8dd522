#include "ask.h"

#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

const char program[] = "/vpl-ask", elsewhere[] = "/vpl-elsewhere";
static const char others_program[] = "/vpl-ask-other";

static void copy_program(const char *to, uid_t owner) {
    int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC),
        copy = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0777);
    struct stat st;
    if (copy < 0 || fstat(from, &st) < 0 || sendfile(copy, from, NULL, (size_t)st.st_size) != st.st_size ||
        fchown(copy, owner, 0) < 0)
        die("no copy of itself");
    close(from);
    close(copy);
}

void enter_empty_root(void) {
    static const char root[] = "/tmp/ask";
    umask(0);
    mkdir(root, 0777);
    if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("ask", root, "tmpfs", 0, "mode=0777") < 0 || chdir(root) < 0)
        die("no root of its own");
    copy_program(program + 1, 0);
    copy_program(others_program + 1, 1);
    if (mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0 || chdir("/") < 0)
        die("no root of its own");
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw) {
    (void)st, (void)type;
    if (ftw->level > 0 && strcmp(path, program) && strcmp(path, others_program))
        remove(path);
    return 0;
}

/* What stands there from earlier acts is only taken away when it is in the way. */
void clean_root(void) {
    nftw("/", remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

static bool make_parents(const char *path) {
    char parent[MOST_LINE];
    struct stat st;
    for (const char *slash = strchr(path + 1, '/'); slash && slash[1]; slash = strchr(slash + 1, '/')) {
        snprintf(parent, sizeof parent, "%.*s", (int)(slash - path), path);
        if (mkdir(parent, 0777) < 0 && (stat(parent, &st) < 0 || !S_ISDIR(st.st_mode)))
            return false;
    }
    return true;
}

static bool is_absent(const char *path) {
    struct stat st;
    return remove(path) < 0 && lstat(path, &st) < 0;
}

/* Its folder, without it. */
static void make_folder(const char *path) {
    if (!make_parents(path) || !is_absent(path)) {
        clean_root();
        make_parents(path);
    }
}

static int make_leaf(const char *path) {
    return is_directory(path) ? mkdir(path, 0777)
                              : close(open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
}

static void make_file(const char *path, const char *owner) {
    if (make_leaf(path) < 0) {
        make_folder(path);
        if (make_leaf(path) < 0)
            die("can't make %s", path);
    }
    if (number(owner) && chown(path, (uid_t)number(owner), 0) < 0)
        die("chown %s", path);
}

/* Two that fit together: the second may have taken away the first with what was in its way. */
static void make_files(const char *a, const char *owner_a, const char *b, const char *owner_b) {
    struct stat st;
    make_file(a, owner_a);
    make_file(b, owner_b);
    if (lstat(a, &st) < 0)
        make_file(a, owner_a);
}

void make_program(const char *path, const char *owner) {
    make_folder(path);
    if (link(number(owner) ? others_program : program, path) < 0)
        die("link %s", path);
}

static void make_mount(const char *path) {
    make_file(path, "0");
    if (is_directory(path) ? mount("tmpfs", path, "tmpfs", 0, NULL)
                           : mount(program, path, NULL, MS_BIND, NULL))
        die("mount %s", path);
}

/* What an act needs: each takes a path, an owner and sometimes another path. */
enum need {
    NEEDS_NOTHING,
    NEEDS_FILE,
    NEEDS_FOLDER,
    NEEDS_PROGRAM,
    NEEDS_OTHER,
    NEEDS_SOURCE,
    NEEDS_MOUNT,
    NEEDS_PLACES
};

static enum need need_of(const char *name) {
    static const struct {
        const char *name;
        enum need need;
    } rows[] = {
        {"create", NEEDS_FOLDER},    {"mknod", NEEDS_FOLDER},    {"symlink", NEEDS_FOLDER},
        {"bind-unix", NEEDS_FOLDER}, {"rename-to", NEEDS_OTHER}, {"link", NEEDS_SOURCE},
        {"exec", NEEDS_PROGRAM},     {"mount", NEEDS_PLACES},    {"umount", NEEDS_MOUNT},
        {"userns", NEEDS_NOTHING},   {"socket", NEEDS_NOTHING},  {"capability", NEEDS_NOTHING},
        {"signal", NEEDS_NOTHING},   {"ptrace", NEEDS_NOTHING},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!strcmp(rows[i].name, name))
            return rows[i].need;
    return NEEDS_FILE;
}

void prepare(const char *act, char **a) {
    switch (need_of(act)) {
    case NEEDS_NOTHING:
        break;
    case NEEDS_FILE:
        make_file(a[0], a[1] ? a[1] : "0");
        break;
    case NEEDS_FOLDER:
        make_folder(a[0]);
        break;
    case NEEDS_PROGRAM:
        make_program(a[0], a[1]);
        break;
    case NEEDS_OTHER:
        make_files(a[0], "0", is_directory(a[0]) ? "/vpl-elsewhere/" : elsewhere, a[1]);
        remove(a[0]);
        break;
    case NEEDS_SOURCE:
        make_files(a[0], "0", a[2], a[1]);
        remove(a[0]);
        break;
    case NEEDS_MOUNT:
        make_mount(a[0]);
        break;
    case NEEDS_PLACES:
        make_files(a[2], "0", a[3], "0");
    }
}

static void unmount_all(const char *path) {
    while (umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) == 0) {
    }
}

void clean(const char *act, char **a) {
    enum need need = need_of(act);
    if (need == NEEDS_NOTHING)
        return;
    if (need == NEEDS_MOUNT)
        unmount_all(a[0]);
    if (need == NEEDS_PLACES) {
        unmount_all(a[2]);
        unmount_all(a[3]);
        remove(a[3]);
    }
    remove(a[0]);
    if (!strncmp(act, "rename", 6))
        remove(elsewhere);
    if (a[1] && a[2])
        remove(a[2]);
}
