#include "ask.h"
#include "capability.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int outcome(long result) {
    return result < 0 ? errno : 0;
}

static int act_open(char **a, int flags) {
    return outcome(open(a[0], flags | O_CLOEXEC | O_NONBLOCK, 0666));
}

static int act_create(char **a, int how) {
    (void)how;
    return is_directory(a[0]) ? outcome(mkdir(a[0], 0777)) : act_open(a, O_WRONLY | O_CREAT | O_EXCL);
}

static int act_mknod(char **a, int how) {
    (void)how;
    return outcome(mknod(a[0], S_IFIFO | 0666, 0));
}

static int act_symlink(char **a, int how) {
    (void)how;
    return outcome(symlink(program, a[0]));
}

static int act_unlink(char **a, int how) {
    (void)how;
    return outcome(is_directory(a[0]) ? rmdir(a[0]) : unlink(a[0]));
}

static int act_truncate(char **a, int how) {
    (void)how;
    return outcome(truncate(a[0], 0));
}

static int act_chmod(char **a, int how) {
    (void)how;
    return outcome(chmod(a[0], 0777));
}

static int act_chown(char **a, int how) {
    (void)how;
    return outcome(chown(a[0], (uid_t)-1, 2));
}

static int act_rename(char **a, int to) {
    return outcome(to ? rename(elsewhere, a[0]) : rename(a[0], elsewhere));
}

static int act_link(char **a, int how) {
    (void)how;
    return outcome(link(a[2], a[0]));
}

static int act_bind(char **a, int how) {
    (void)how;
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    strncpy(un.sun_path, a[0], sizeof un.sun_path - 1);
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    return fd < 0 ? errno : outcome(bind(fd, (struct sockaddr *)&un, sizeof un));
}

static int act_lock(char **a, int how) {
    (void)how;
    int fd = open(a[0], O_RDONLY | O_CLOEXEC);
    return fd < 0 ? errno : outcome(flock(fd, LOCK_SH | LOCK_NB));
}

static int act_map(char **a, int how) {
    (void)how;
    int fd = open(a[0], O_RDONLY | O_CLOEXEC);
    return fd < 0                                                                      ? errno
           : mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) == MAP_FAILED ? errno
                                                                                       : 0;
}

/* What is executed is this program: it waits for an act in its parent's place, until it is told to end. */
static int act_exec(char **a, int how) {
    (void)how;
    execl(a[0], a[0], "worker", NULL);
    return errno;
}

static int act_mount(char **a, int how) {
    (void)how;
    return outcome(mount(a[2], a[3], a[0], (unsigned long)number(a[1]), NULL));
}

static int act_umount(char **a, int how) {
    (void)how;
    return outcome(umount2(a[0], UMOUNT_NOFOLLOW));
}

static int act_pivot_root(char **a, int how) {
    (void)how;
    return outcome(syscall(SYS_pivot_root, a[0], a[0]));
}

static int act_userns(char **a, int how) {
    (void)a, (void)how;
    return outcome(unshare(CLONE_NEWUSER));
}

static int act_socket(char **a, int how) {
    (void)how;
    return outcome(socket((int)number(a[0]), (int)number(a[1]), (int)number(a[2])));
}

static int act_capability(char **a, int how) {
    (void)how;
    int error = capability_use(a[0]);
    return error < 0 ? ENOTSUP : error;
}

/* These get the other process's id as their last word. */
static int act_kill(char **a, int how) {
    (void)how;
    return outcome(kill((pid_t)number(a[2]), (int)number(a[1])));
}

static int act_ptrace(char **a, int read) {
    pid_t pid = (pid_t)number(a[2]);
    void *head;
    size_t size;
    return outcome(read ? syscall(SYS_get_robust_list, pid, &head, &size)
                        : ptrace(PTRACE_SEIZE, pid, NULL, NULL));
}

static int act_end(char **a, int how) {
    (void)a, (void)how;
    exit(0);
}

static const struct act {
    const char *name;
    int (*run)(char **words, int how);
    int how;
    bool forks; /* what it does to its process can't be taken back */
} acts[] = {
    {"open-read", act_open, O_RDONLY, false},
    {"open-write", act_open, O_WRONLY, false},
    {"open-append", act_open, O_WRONLY | O_APPEND, false},
    {"create", act_create, 0, false},
    {"mknod", act_mknod, 0, false},
    {"symlink", act_symlink, 0, false},
    {"unlink", act_unlink, 0, false},
    {"truncate", act_truncate, 0, false},
    {"chmod", act_chmod, 0, false},
    {"chown", act_chown, 0, false},
    {"rename-from", act_rename, 0, false},
    {"rename-to", act_rename, 1, false},
    {"link", act_link, 0, false},
    {"bind-unix", act_bind, 0, false},
    {"lock", act_lock, 0, false},
    {"map", act_map, 0, false},
    {"exec", act_exec, 0, true},
    {"mount", act_mount, 0, false},
    {"umount", act_umount, 0, false},
    {"pivot-root", act_pivot_root, 0, false},
    {"userns", act_userns, 0, true},
    {"socket", act_socket, 0, false},
    {"capability", act_capability, 0, true},
    {"kill", act_kill, 0, false},
    {"trace", act_ptrace, 0, true},
    {"peek", act_ptrace, 1, false},
    {"end", act_end, 0, false},
};

static const struct act *find_act(const char *name) {
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        if (!strcmp(acts[i].name, name))
            return &acts[i];
    die("no act %s", name);
}

static void answer(int error) {
    struct reply reply = {error, getpid()};
    if (write(FD_REPLIES, &reply, sizeof reply) != sizeof reply)
        _exit(1);
}

static int run_act(const struct act *act, char **words) {
    int status;
    pid_t pid = act->forks ? fork() : 0;
    if (act->forks && pid == 0)
        _exit(act->run(words, act->how));
    if (!act->forks)
        return act->run(words, act->how);
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD;
}

static void close_what_acts_opened(void) {
    close_range(STDERR_FILENO + 1, FD_COMMANDS - 1, 0);
}

int worker_main(char **chain) {
    char line[MOST_LINE], *words[MOST_WORDS + 1];
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    umask(0);
    if (*chain) {
        char *argv[MOST_WORDS + 2] = {chain[0], (char[]){"worker"}};
        for (size_t i = 1; (argv[i + 1] = chain[i]); i++) {
        }
        execv(chain[0], argv);
        answer(errno);
        return 1;
    }
    answer(READY);
    for (ssize_t n; (n = read(FD_COMMANDS, line, sizeof line - 1)) > 0;) {
        line[n] = '\0';
        split(line, words);
        answer(run_act(find_act(words[0]), words + 1));
        close_what_acts_opened();
    }
    return 0;
}
