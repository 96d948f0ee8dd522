// Files: opening, changing, locking, mapping and executing them.
#define _GNU_SOURCE
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static int probe_open(char **a, int flags) {
    return outcome(open(a[0], flags | O_CLOEXEC | O_NONBLOCK, 0644));
}

static int probe_unlink(char **a, int flags) {
    return outcome(unlinkat(AT_FDCWD, a[0], flags));
}

static int probe_mkdir(char **a, int how) {
    (void)how;
    return outcome(mkdir(a[0], 0755));
}

static int probe_mknod(char **a, int type) {
    return outcome(mknod(a[0], (mode_t)type | 0644, makedev(1, 3)));
}

static int probe_rename(char **a, int how) {
    (void)how;
    return outcome(rename(a[0], a[1]));
}

static int probe_link(char **a, int how) {
    (void)how;
    return outcome(link(a[0], a[1]));
}

static int probe_symlink(char **a, int how) {
    (void)how;
    return outcome(symlink(a[0], a[1]));
}

static int probe_chmod(char **a, int how) {
    (void)how;
    return outcome(chmod(a[0], (mode_t)number(a[1])));
}

static int probe_chown(char **a, int how) {
    (void)how;
    return outcome(chown(a[0], (uid_t)number(a[1]), (gid_t)-1));
}

static int probe_truncate(char **a, int how) {
    (void)how;
    return outcome(truncate(a[0], 0));
}

static int probe_lock(char **a, int how) {
    (void)how;
    int fd = open(a[0], O_RDONLY | O_CLOEXEC);
    return fd < 0 ? errno : outcome(flock(fd, LOCK_EX | LOCK_NB));
}

static int probe_map_exec(char **a, int how) {
    (void)how;
    int fd = open(a[0], O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) == MAP_FAILED ? errno : 0;
}

static int probe_exec(char **a, int how) {
    (void)how;
    return outcome(execv(a[0], a));
}

const struct probe files[] = {
    {"open-read", 1, probe_open, O_RDONLY},
    {"open-write", 1, probe_open, O_WRONLY},
    {"open-append", 1, probe_open, O_WRONLY | O_APPEND},
    {"create", 1, probe_open, O_WRONLY | O_CREAT | O_EXCL},
    {"truncate", 1, probe_truncate, 0},
    {"unlink", 1, probe_unlink, 0},
    {"rmdir", 1, probe_unlink, AT_REMOVEDIR},
    {"mkdir", 1, probe_mkdir, 0},
    {"mkfifo", 1, probe_mknod, S_IFIFO},
    {"mknod", 1, probe_mknod, S_IFCHR},
    {"rename", 2, probe_rename, 0},
    {"link", 2, probe_link, 0},
    {"symlink", 2, probe_symlink, 0},
    {"chmod", 2, probe_chmod, 0},
    {"chown", 2, probe_chown, 0},
    {"lock", 1, probe_lock, 0},
    {"map-exec", 1, probe_map_exec, 0},
    {"exec", 1, probe_exec, 0},
    {0},
};
