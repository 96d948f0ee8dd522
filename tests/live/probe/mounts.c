// Mounts, by mount(2) and by the calls that came after it.
#define _GNU_SOURCE
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

static long mount_flags(char *words) {
    static const struct word table[] = {
        {"rw", 0},
        {"ro", MS_RDONLY},
        {"nosuid", MS_NOSUID},
        {"nodev", MS_NODEV},
        {"noexec", MS_NOEXEC},
        {"remount", MS_REMOUNT},
        {"bind", MS_BIND},
        {"rec", MS_REC},
        {"move", MS_MOVE},
        {"private", MS_PRIVATE},
        {"slave", MS_SLAVE},
        {"shared", MS_SHARED},
        {"unbindable", MS_UNBINDABLE},
        {"silent", MS_SILENT},
        {"lazytime", MS_LAZYTIME},
        {"unused", 1 << 9}, // a bit without a meaning
        {NULL, 0},
    };
    long flags = 0;
    for (char *w = strtok(words, ","); w; w = strtok(NULL, ","))
        flags |= named(table, w);
    return flags;
}

static const char *or_null(const char *word) {
    return strcmp(word, "NULL") ? word : NULL;
}

// mount SOURCE TARGET TYPE FLAG,FLAG [DATA]; source and type may be NULL
static int probe_mount(char **a, int how) {
    (void)how;
    return outcome(mount(or_null(a[0]), a[1], or_null(a[2]), (unsigned long)mount_flags(a[3]), a[4]));
}

static int probe_umount(char **a, int flags) {
    return outcome(umount2(a[0], flags));
}

static int probe_pivot_root(char **a, int how) {
    (void)how;
    return outcome(syscall(SYS_pivot_root, a[0], a[1]));
}

static int attach(int tree, const char *target) {
    return tree < 0 ? errno : outcome(move_mount(tree, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH));
}

// fsmount TYPE TARGET: a mount made by the calls that came after mount(2)
static int probe_fsmount(char **a, int how) {
    (void)how;
    int fs = fsopen(a[0], FSOPEN_CLOEXEC);
    if (fs < 0 || fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
        return errno;
    return attach(fsmount(fs, FSMOUNT_CLOEXEC, 0), a[1]);
}

// open-tree SOURCE TARGET: a bind mount made by them
static int probe_open_tree(char **a, int how) {
    (void)how;
    return attach(open_tree(AT_FDCWD, a[0], OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC), a[1]);
}

// fsmount-open TYPE FILE, open-tree-open SOURCE FILE: a file of a mount that is mounted nowhere
static int open_below(int tree, const char *file) {
    return tree < 0 ? errno : outcome(openat(tree, file, O_RDONLY));
}

static int probe_fsmount_open(char **a, int how) {
    (void)how;
    int fs = fsopen(a[0], FSOPEN_CLOEXEC);
    if (fs < 0 || fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
        return errno;
    return open_below(fsmount(fs, FSMOUNT_CLOEXEC, 0), a[1]);
}

static int probe_open_tree_open(char **a, int how) {
    (void)how;
    return open_below(open_tree(AT_FDCWD, a[0], OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC), a[1]);
}

// move-mount SOURCE TARGET: of a mount that is mounted
static int probe_move_mount(char **a, int how) {
    (void)how;
    return outcome(move_mount(AT_FDCWD, a[0], AT_FDCWD, a[1], 0));
}

// mount-setattr TARGET, fspick TARGET: a remount by them, read-only
static int probe_mount_setattr(char **a, int how) {
    (void)how;
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY};
    return outcome(mount_setattr(AT_FDCWD, a[0], 0, &attr, sizeof attr));
}

static int probe_fspick(char **a, int how) {
    (void)how;
    int fs = fspick(AT_FDCWD, a[0], 0);
    if (fs < 0 || fsconfig(fs, FSCONFIG_SET_FLAG, "ro", NULL, 0) < 0)
        return errno;
    return outcome(fsconfig(fs, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0));
}

const struct probe mounts[] = {
    {"mount", 4, probe_mount, 0},
    {"umount", 1, probe_umount, 0},
    {"pivot-root", 2, probe_pivot_root, 0},
    {"fsmount", 2, probe_fsmount, 0},
    {"open-tree", 2, probe_open_tree, 0},
    {"fsmount-open", 2, probe_fsmount_open, 0},
    {"open-tree-open", 2, probe_open_tree_open, 0},
    {"move-mount", 2, probe_move_mount, 0},
    {"mount-setattr", 1, probe_mount_setattr, 0},
    {"fspick", 1, probe_fspick, 0},
    {0},
};
