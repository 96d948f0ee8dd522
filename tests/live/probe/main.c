// Does one thing that a policy may deny and says how it went: prints "ok" or the error's name, and exits with
// the errno (255: the words made no sense). Static, so that a profile needs to allow nothing for its start.
//
//   probe open-write /etc/passwd          one probe
//   probe table NAME <FILE                many: lines of WANT PROBE WORDS..., each in a child of its own, TAP
//   out;
//                                         WANT is ok, an errno's name, a signal's, or a number (an exit
//                                         status)
//   probe nnp onexec LABEL exec /bin/x    what sets the scene comes first, left to right
#define _GNU_SOURCE
#include "capability.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MISUSE = 255, LINE_SECONDS = 10, MAX_WORDS = 31 };

// A probe gets the words after its name, ended by NULL, and returns 0 or an errno.
struct probe {
    const char *name;
    int words; // that must follow at least
    int (*run)(char **a, int how);
    int how; // tells apart the probes that share a function
};

static int dispatch(char **a);

static int outcome(long result) {
    return result < 0 ? errno : 0;
}

static _Noreturn void misuse(const char *word) {
    fprintf(stderr, "probe: %s: not understood\n", word);
    exit(MISUSE);
}

static long number(const char *word) {
    char *end;
    long n = (long)strtoull(word, &end, 0);
    if (end == word || *end)
        misuse(word);
    return n;
}

struct word {
    const char *name;
    long value;
};

// What a word stands for in a table ended by NULL; else it must be a number.
static long named(const struct word *table, const char *word) {
    for (; table->name; table++)
        if (!strcmp(table->name, word))
            return table->value;
    return number(word);
}

// --- Files ---

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

// --- Mounts ---

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

// --- Sockets ---

static int new_socket(char **a) {
    static const struct word families[] = {
        {"unix", AF_UNIX}, {"inet", AF_INET},   {"inet6", AF_INET6},   {"netlink", AF_NETLINK},
        {"alg", AF_ALG},   {"vsock", AF_VSOCK}, {"packet", AF_PACKET}, {NULL, 0},
    };
    static const struct word types[] = {
        {"stream", SOCK_STREAM},
        {"dgram", SOCK_DGRAM},
        {"raw", SOCK_RAW},
        {"seqpacket", SOCK_SEQPACKET},
        {NULL, 0},
    };
    int protocol = a[1] && a[2] ? (int)number(a[2]) : 0;
    return socket((int)named(families, a[0]), (int)named(types, a[1]) | SOCK_CLOEXEC, protocol);
}

// socket FAMILY TYPE [PROTOCOL]
static int probe_socket(char **a, int how) {
    (void)how;
    return outcome(new_socket(a));
}

typedef int reach_fn(int fd, const struct sockaddr *address, socklen_t size);

// bind-unix TYPE PATH and connect-unix; a leading @ is the abstract namespace's NUL
static int reach_unix(char **a, reach_fn *reach) {
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    strncpy(un.sun_path, a[1], sizeof un.sun_path - 1);
    size_t size = offsetof(struct sockaddr_un, sun_path) + strlen(un.sun_path);
    if (a[1][0] == '@')
        un.sun_path[0] = '\0';
    int fd = new_socket((char *[]){"unix", a[0], NULL});
    return fd < 0 ? errno : outcome(reach(fd, (struct sockaddr *)&un, (socklen_t)size));
}

// bind-inet TYPE PORT and connect-inet, on 127.0.0.1
static int reach_inet(char **a, reach_fn *reach) {
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    in.sin_port = htons((uint16_t)number(a[1]));
    int fd = new_socket((char *[]){"inet", a[0], NULL});
    return fd < 0 ? errno : outcome(reach(fd, (struct sockaddr *)&in, sizeof in));
}

static int probe_bind(char **a, int family) {
    return family == AF_UNIX ? reach_unix(a, bind) : reach_inet(a, bind);
}

static int probe_connect(char **a, int family) {
    return family == AF_UNIX ? reach_unix(a, connect) : reach_inet(a, connect);
}

// --- Capabilities ---

static int probe_capability(char **a, int how) {
    (void)how;
    int error = capability_use(a[0]);
    if (error < 0)
        misuse(a[0]);
    return error;
}

// --- Processes ---

static int namespace_flag(const char *word) {
    static const struct word table[] = {
        {"user", CLONE_NEWUSER}, {"mount", CLONE_NEWNS}, {"net", CLONE_NEWNET},       {"pid", CLONE_NEWPID},
        {"uts", CLONE_NEWUTS},   {"ipc", CLONE_NEWIPC},  {"cgroup", CLONE_NEWCGROUP}, {NULL, 0},
    };
    return (int)named(table, word);
}

static int probe_unshare(char **a, int how) {
    (void)how;
    return outcome(unshare(namespace_flag(a[0])));
}

static int probe_clone(char **a, int how) {
    (void)how;
    long pid = syscall(SYS_clone, namespace_flag(a[0]) | SIGCHLD, NULL, NULL, NULL, NULL);
    if (pid == 0)
        _exit(0);
    return outcome(pid);
}

// wait: says that it runs, then does nothing until a signal; the other half of `signal` and `ptrace`
static int probe_wait(char **a, int how) {
    (void)a, (void)how;
    alarm(LINE_SECONDS);
    if (write(STDOUT_FILENO, "", 1) == 1)
        pause();
    return 0;
}

// A child that has become what it is to be: a fork, or FILE, which must be a copy of this program.
static pid_t new_child(const char *file) {
    int up[2];
    char byte;
    if (pipe2(up, O_CLOEXEC) < 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        dup2(up[1], STDOUT_FILENO);
        if (file)
            _exit(outcome(execl(file, file, "wait", NULL)));
        _exit(probe_wait(NULL, 0));
    }
    close(up[1]);
    if (read(up[0], &byte, 1) != 1)
        misuse(file ? file : "fork");
    return pid;
}

static int end_child(pid_t pid, long result) {
    int error = outcome(result);
    kill(pid, SIGKILL);
    return error;
}

static int signal_number(const char *word) {
    for (int i = 1; i < NSIG; i++)
        if (sigabbrev_np(i) && !strcmp(sigabbrev_np(i), word))
            return i;
    return (int)number(word);
}

// signal NAME [FILE]: to a child, which runs FILE
static int probe_signal(char **a, int how) {
    (void)how;
    pid_t pid = new_child(a[1]);
    return end_child(pid, kill(pid, signal_number(a[0])));
}

// ptrace [FILE]: a child, which runs FILE
static int probe_ptrace(char **a, int how) {
    (void)how;
    pid_t pid = new_child(a[0]);
    return end_child(pid, ptrace(PTRACE_SEIZE, pid, NULL, NULL));
}

// kill parent|PID NAME
static int probe_kill(char **a, int how) {
    (void)how;
    pid_t pid = !strcmp(a[0], "parent") ? getppid() : (pid_t)number(a[0]);
    return outcome(kill(pid, signal_number(a[1])));
}

// --- System calls by number: sys, x32 or i386, NUMBER and up to six words, a number or @TEXT (its address)
// each ---

static long i386_syscall(long nr, const long v[6]) {
    long result;
    register long sixth __asm__("r12") = v[5];
    __asm__ volatile("lea -128(%%rsp), %%rsp\n\tpush %%rbp\n\tmov %[sixth], %%rbp\n\t" // past the red zone
                     "int $0x80\n\tpop %%rbp\n\tlea 128(%%rsp), %%rsp"
                     : "=a"(result)
                     : "a"(nr), "b"(v[0]), "c"(v[1]), "d"(v[2]), "S"(v[3]), "D"(v[4]), [sixth] "r"(sixth)
                     : "memory", "cc", "r8", "r9", "r10", "r11");
    int short_result = (int)result;
    if (short_result < 0 && short_result > -4096) {
        errno = -short_result;
        return -1;
    }
    return short_result;
}

static long argument(const char *word) {
    if (word[0] != '@')
        return number(word);
    char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    if (low == MAP_FAILED)
        misuse(word);
    return (long)strncpy(low, word + 1, 4095);
}

enum abi { ABI_X86_64, ABI_X32, ABI_I386 };

static int probe_syscall(char **a, int abi) {
    long nr = number(a[0]), v[6] = {0};
    for (int i = 0; i < 6 && a[i + 1]; i++)
        v[i] = argument(a[i + 1]);
    if (abi == ABI_I386) {
        long result = i386_syscall(nr, v);
        return result == -1 ? errno : 0;
    }
    if (abi == ABI_X32)
        nr |= 0x40000000;
    return outcome(syscall(nr, v[0], v[1], v[2], v[3], v[4], v[5]));
}

// --- AppArmor's label, and what sets the scene for the words that follow ---

static int attribute(const char *name, int flags) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/attr/apparmor/%s", name);
    return open(path, flags | O_CLOEXEC);
}

// label: prints it; label TEXT: ok if it is that
static int probe_label(char **a, int how) {
    (void)how;
    char label[512] = "";
    int fd = attribute("current", O_RDONLY);
    if (fd < 0 || read(fd, label, sizeof label - 1) < 0)
        return errno;
    label[strcspn(label, " \n")] = '\0';
    if (a[0] && !strcmp(a[0], label))
        return 0;
    fprintf(stderr, "label %s\n", label);
    return a[0] ? EINVAL : 0;
}

// onexec LABEL ...: the next exec changes to it, or with `stack` gets it on top
static int scene_onexec(char **a, int stack) {
    int fd = attribute("exec", O_WRONLY);
    if (fd < 0 || dprintf(fd, "%s %s", stack ? "stack" : "exec", a[0]) < 0)
        return errno;
    return dispatch(a + 1);
}

static int scene_nnp(char **a, int how) {
    (void)how;
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? errno : dispatch(a);
}

static int scene_uid(char **a, int how) {
    (void)how;
    return setuid((uid_t)number(a[0])) < 0 ? errno : dispatch(a + 1);
}

static int scene_in_userns(char **a, int how) {
    (void)how;
    return unshare(CLONE_NEWUSER) < 0 ? errno : dispatch(a);
}

// --- Tables ---

// In `text`, which must hold 16 bytes, what a child's end is called.
static const char *end_name(int status, char *text) {
    if (WIFSIGNALED(status))
        snprintf(text, 16, "SIG%s", sigabbrev_np(WTERMSIG(status)));
    else if (WEXITSTATUS(status) == 0)
        strcpy(text, "ok");
    else if (strerrorname_np(WEXITSTATUS(status)))
        snprintf(text, 16, "%s", strerrorname_np(WEXITSTATUS(status)));
    else
        snprintf(text, 16, "%d", WEXITSTATUS(status));
    return text;
}

static int split(char *line, char **words) {
    int n = 0;
    for (char *w = strtok(line, " \t\n"); w && n < MAX_WORDS; w = strtok(NULL, " \t\n"))
        words[n++] = w;
    words[n] = NULL;
    return n;
}

static int run_child(char **words) {
    int status;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(STDERR_FILENO, STDOUT_FILENO);
        alarm(LINE_SECONDS);
        _exit(dispatch(words));
    }
    return pid < 0 || waitpid(pid, &status, 0) < 0 ? MISUSE << 8 : status;
}

static int is_wanted(const char *want, const char *got, int status) {
    if (WIFEXITED(status) && WEXITSTATUS(status) && atoi(want) == WEXITSTATUS(status))
        return 1;
    return !strcmp(want, got);
}

static int run_line(const char *name, char *line) {
    char *words[MAX_WORDS + 1], shown[256], end[16];
    snprintf(shown, sizeof shown, "%.*s", (int)strcspn(line, "\n"), line);
    if (split(line, words) < 2)
        return 0;
    int status = run_child(words + 1);
    const char *got = end_name(status, end);
    int as_wanted = is_wanted(words[0], got, status);
    printf(as_wanted ? "ok - %s: %s\n" : "not ok - %s: %s (got %s)\n", name, shown, got);
    fflush(stdout);
    return !as_wanted;
}

// table NAME: exits 1 if a line's outcome was not the wanted one
static int probe_table(char **a, int how) {
    (void)how;
    char line[1024];
    int bad = 0;
    while (fgets(line, sizeof line, stdin))
        bad |= line[0] != '#' && run_line(a[0], line);
    exit(bad);
}

static const struct probe probes[] = {
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
    {"socket", 2, probe_socket, 0},
    {"bind-unix", 2, probe_bind, AF_UNIX},
    {"connect-unix", 2, probe_connect, AF_UNIX},
    {"bind-inet", 2, probe_bind, AF_INET},
    {"connect-inet", 2, probe_connect, AF_INET},
    {"capability", 1, probe_capability, 0},
    {"unshare", 1, probe_unshare, 0},
    {"clone", 1, probe_clone, 0},
    {"wait", 0, probe_wait, 0},
    {"signal", 1, probe_signal, 0},
    {"ptrace", 0, probe_ptrace, 0},
    {"kill", 2, probe_kill, 0},
    {"sys", 1, probe_syscall, ABI_X86_64},
    {"x32", 1, probe_syscall, ABI_X32},
    {"i386", 1, probe_syscall, ABI_I386},
    {"label", 0, probe_label, 0},
    {"onexec", 2, scene_onexec, 0},
    {"onexec-stack", 2, scene_onexec, 1},
    {"nnp", 1, scene_nnp, 0},
    {"uid", 2, scene_uid, 0},
    {"in-userns", 1, scene_in_userns, 0},
    {"table", 1, probe_table, 0},
};

static int dispatch(char **a) {
    int words = 0;
    while (a[0] && a[words + 1])
        words++;
    for (size_t i = 0; a[0] && i < sizeof probes / sizeof *probes; i++)
        if (!strcmp(probes[i].name, a[0]) && words >= probes[i].words)
            return probes[i].run(a + 1, probes[i].how);
    misuse(a[0] ? a[0] : "nothing");
}

int main(int argc, char **argv) {
    (void)argc;
    char end[16];
    int error = dispatch(argv + 1);
    puts(end_name(error << 8, end));
    return error;
}
