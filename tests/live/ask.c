/* Asks the kernel: does every act of a table that `expect` wrote end as is said of it?
 *   ask TABLE NAME     a line `not ok` for each answer that contradicts, in the end one for all, TAP
 * This process is unconfined: in a mount namespace of its own, whose root is empty, it makes what an act
 * needs and takes it away again. A worker under the policy's profile acts. Under /proc and /sys are plain
 * files here: AppArmor goes by names. */
#define _GNU_SOURCE
#include "capability.h"
#include "table.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    MOST_WORDS = 24,
    MOST_LINE = 4096,
    MOST_PEERS = 24,
    REPLY_SECONDS = 10,
    LOG_MILLISECONDS = 500,
    MOST_WRONG = 25
};
enum { FD_COMMANDS = 100, FD_REPLIES = 101 }; /* above all that is opened */
static const char program[] = "/vpl-ask", others_program[] = "/vpl-ask-other", elsewhere[] = "/vpl-elsewhere";

/* What a worker answers: 0 or an errno; READY when it (or what it executed) waits for an act. */
enum { READY = -1 };
struct reply {
    int error;
    pid_t pid;
};

static _Noreturn void die(const char *format, ...) {
    va_list args;
    va_start(args, format);
    printf("not ok - ask: ");
    vprintf(format, args);
    printf(" (%s)\n", strerror(errno));
    exit(1);
}

static long number(const char *word) {
    return (long)strtoull(word, NULL, 0);
}

static int outcome(long result) {
    return result < 0 ? errno : 0;
}

static bool is_directory(const char *path) {
    return path[strlen(path) - 1] == '/';
}

/* --- What a worker does --- */

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

static size_t split(char *line, char **words) {
    size_t n = 0;
    for (char *w = strtok(line, " \n"); w && n < MOST_WORDS; w = strtok(NULL, " \n")) {
        table_read_word(w);
        words[n++] = w;
    }
    words[n] = NULL;
    return n;
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

static int worker(char **chain) {
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

/* --- Workers, seen from outside --- */

struct worker {
    pid_t pid;
    int commands, replies;
};

static int proc = -1, kernel_log = -1;

static bool read_reply(const struct worker *w, struct reply *reply) {
    struct pollfd fd = {.fd = w->replies, .events = POLLIN};
    return poll(&fd, 1, REPLY_SECONDS * 1000) == 1 && read(w->replies, reply, sizeof *reply) == sizeof *reply;
}

static void confine(const char *label) {
    int fd = openat(proc, "self/attr/apparmor/exec", O_WRONLY | O_CLOEXEC);
    if (strcmp(label, "unconfined") && dprintf(fd, "exec %s", label) < 0)
        _exit(1);
}

static void become_worker(const char *label, char **chain, int commands, int replies) {
    char *argv[MOST_WORDS + 2] = {(char *)(uintptr_t)program, (char[]){"worker"}};
    memcpy(argv + 2, chain, sizeof *argv);
    for (size_t i = 0; (argv[i + 2] = chain[i]); i++) {
    }
    dup2(commands, FD_COMMANDS);
    dup2(replies, FD_REPLIES);
    confine(label);
    execv(program, argv);
    _exit(1);
}

static struct worker start_worker(const char *label, char **chain) {
    int down[2], up[2];
    struct reply reply;
    if (pipe2(down, O_CLOEXEC) < 0 || pipe2(up, O_CLOEXEC) < 0)
        die("pipe");
    struct worker w = {fork(), down[1], up[0]};
    if (w.pid == 0)
        become_worker(label, chain, down[0], up[1]);
    close(down[0]);
    close(up[1]);
    bool replied = read_reply(&w, &reply);
    errno = replied ? reply.error : ETIME;
    if (!replied || reply.error != READY)
        die("%s doesn't get to execute %s", label, *chain ? *chain : program);
    return w;
}

/* By the end of its commands: its profile may not let it be killed. */
static void end_worker(struct worker *w) {
    if (w->pid > 0) {
        close(w->commands);
        close(w->replies);
        waitpid(w->pid, NULL, 0);
    }
    *w = (struct worker){0};
}

/* The reply, or an error that is no errno. */
static struct reply tell(const struct worker *w, const char *name, char **words) {
    char *text = NULL;
    size_t size;
    struct reply reply = {-2, 0};
    FILE *line = open_memstream(&text, &size);
    fputs(name, line);
    for (; *words; words++) {
        putc(' ', line);
        table_put_word(line, *words);
    }
    fclose(line);
    if (write(w->commands, text, size) == (ssize_t)size)
        read_reply(w, &reply);
    free(text);
    return reply;
}

static int compare_words(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted, as the kernel's order is its own. */
static size_t label_parts(char *label, const char *separators, char **parts) {
    size_t n = 0;
    for (char *next = label; next && n < MOST_WORDS;) {
        char *part = next;
        next = strstr(part, separators);
        if (next) {
            *next = '\0';
            next += strlen(separators);
        }
        parts[n++] = part;
    }
    qsort(parts, n, sizeof *parts, compare_words);
    return n;
}

static void read_label(pid_t pid, char label[MOST_LINE]) {
    char path[64];
    snprintf(path, sizeof path, "%d/attr/apparmor/current", pid);
    int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, label, MOST_LINE - 1);
    label[n > 0 ? n : 0] = '\0';
    label[strcspn(label, " \n")] = '\0';
    close(fd);
}

static bool has_label(pid_t pid, const char *wanted, char label[MOST_LINE]) {
    char a[MOST_LINE], b[MOST_LINE], *parts_a[MOST_WORDS], *parts_b[MOST_WORDS];
    read_label(pid, label);
    strcpy(a, label);
    snprintf(b, sizeof b, "%s", wanted);
    size_t n = label_parts(a, "//&", parts_a);
    bool same = n == label_parts(b, ",", parts_b);
    for (size_t i = 0; same && i < n; i++)
        same = !strcmp(parts_a[i], parts_b[i]);
    return same;
}

/* --- What acts need --- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw) {
    (void)st, (void)type;
    if (ftw->level > 0 && strcmp(path, program) && strcmp(path, others_program))
        remove(path);
    return 0;
}

/* What stands there from earlier acts is only taken away when it is in the way. */
static void clean_root(void) {
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

static void make_program(const char *path, const char *owner) {
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

static void prepare(const char *name, char **a) {
    switch (need_of(name)) {
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

static void clean(const char *name, char **a) {
    enum need need = need_of(name);
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
    if (!strncmp(name, "rename", 6))
        remove(elsewhere);
    if (a[1] && a[2])
        remove(a[2]);
}

/* --- The table --- */

struct actor {
    char *label; /* its parts */
    char *chain[MOST_WORDS];
    struct worker worker;
};

struct peer {
    const char *name; /* a label, or an actor's number */
    struct worker worker;
};

static struct {
    const char *name;
    char *profile;
    struct actor actors[MOST_WORDS];
    size_t n_actors;
    struct peer peers[MOST_PEERS];
    size_t n_peers;
    unsigned long asked, denied, wrong;
} run;

static struct worker start_actor(const struct actor *actor) {
    char label[MOST_LINE];
    clean_root();
    for (size_t i = 0; actor->chain[i]; i++)
        make_program(actor->chain[i], "0");
    struct worker w = start_worker(run.profile, (char **)(uintptr_t)actor->chain);
    clean_root();
    if (!has_label(w.pid, actor->label, label)) {
        printf("not ok - %s: whoever executed %s is %s, not %s\n", run.name,
               actor->chain[0] ? actor->chain[0] : "nothing", label, actor->label);
        run.wrong++;
    }
    return w;
}

static struct worker *worker_of(size_t actor) {
    struct actor *a = &run.actors[actor];
    if (!a->worker.pid)
        a->worker = start_actor(a);
    return &a->worker;
}

static struct worker *peer_of(const char *name) {
    char *nobody[] = {NULL};
    size_t i = 0;
    while (i < run.n_peers && strcmp(run.peers[i].name, name))
        i++;
    if (i == run.n_peers)
        run.peers[run.n_peers++].name = strdup(name);
    struct worker *w = &run.peers[i].worker;
    if (!w->pid)
        *w = name[0] >= '0' && name[0] <= '9' ? start_actor(&run.actors[number(name)])
                                              : start_worker(name, nobody);
    return w;
}

/* What the text reports besides the outcome: the wrong label of what was executed. */
static char remark[MOST_LINE];

static int do_exec(const struct worker *w, char **a) {
    char label[MOST_LINE];
    struct reply reply = tell(w, "exec", a);
    if (reply.error != READY)
        return reply.error;
    if (!has_label(reply.pid, a[2], label))
        snprintf(remark, sizeof remark, "is then %.1000s", label);
    return tell(w, "end", (char *[]){NULL}).error;
}

/* signal send|receive NUMBER PEER, ptrace trace|read|traced-by|read-by 0 PEER: one process does it to the
 * other. */
static int do_to_other(struct worker *w, const char *name, char **a) {
    struct worker *peer = peer_of(a[2]);
    bool passive = !strcmp(a[0], "receive") || strstr(a[0], "-by") || !strcmp(a[0], "traced-by");
    struct worker *doer = passive ? peer : w, *victim = passive ? w : peer;
    const char *act = !strcmp(name, "signal") ? "kill" : strstr(a[0], "read") ? "peek" : "trace";
    char pid[16];
    snprintf(pid, sizeof pid, "%d", victim->pid);
    int error = tell(doer, act, (char *[]){a[0], a[1], pid, NULL}).error;
    if (number(a[1]) == SIGKILL && !error)
        end_worker(victim);
    return error;
}

static int do_act(size_t actor, const char *name, char **a) {
    struct worker *w = worker_of(actor);
    bool other = !strcmp(name, "signal") || !strcmp(name, "ptrace");
    if (other)
        peer_of(a[2]); /* before what the act needs is made: its start cleans up */
    prepare(name, a);
    int error = !strcmp(name, "exec") ? do_exec(w, a)
                : other               ? do_to_other(w, name, a)
                                      : tell(w, name, a).error;
    clean(name, a);
    if (error == -2) {
        snprintf(remark, sizeof remark, "no answer");
        end_worker(w);
    }
    return error;
}

/* Another error means that the kernel had gone past the question. */
static bool is_denial(const char *name, int error) {
    static const char *const eperm_too[] = {"umount", "pivot-root", "capability", "ptrace"};
    bool eperm = false;
    for (size_t i = 0; i < sizeof eperm_too / sizeof *eperm_too; i++)
        eperm |= !strcmp(eperm_too[i], name);
    bool died = !strcmp(name, "exec") && error == ECHILD; /* it could not be read */
    return error == EACCES || (eperm && error == EPERM) || died;
}

static bool is_logged(void) {
    char record[8192];
    for (;;) {
        struct pollfd fd = {.fd = kernel_log, .events = POLLIN};
        if (poll(&fd, 1, LOG_MILLISECONDS) != 1)
            return false;
        ssize_t n = read(kernel_log, record, sizeof record - 1);
        record[n > 0 ? n : 0] = '\0';
        if (strstr(record, "apparmor=\"") && strstr(record, run.profile))
            return true;
    }
}

static void forget_log(void) {
    char record[8192];
    while (read(kernel_log, record, sizeof record) > 0 || errno == EPIPE) {
    }
}

static const char *contradiction(const bool said[SAID_COUNT], bool denied, bool logged) {
    if (*remark)
        return remark;
    if (said[SAID_CLAIMED] && !denied)
        return "passes, though AppArmor is said to hold the denial";
    if (denied && !said[SAID_MEANT] && !said[SAID_EXCUSED])
        return "is denied, though the meaning allows it";
    if (denied != said[SAID_DENIED])
        return denied ? "is denied, though the profile's text was read to allow it"
                      : "passes, though the profile's text was read to deny it";
    return said[SAID_LOGGED] && !logged ? "isn't logged" : NULL;
}

static void take_act(const char *line, char **words) {
    size_t actor = (size_t)number(words[1]);
    bool said[SAID_COUNT];
    for (int i = 0; i < SAID_COUNT; i++)
        said[i] = strchr(words[2], TABLE_LETTERS[i]);
    *remark = '\0';
    if (said[SAID_LOGGED])
        forget_log();
    int error = do_act(actor, words[3], words + 4);
    if (error == ENOTSUP && !strcmp(words[3], "capability"))
        return;
    bool denied = is_denial(words[3], error);
    const char *wrong = contradiction(said, denied, said[SAID_LOGGED] && is_logged());
    run.asked++;
    run.denied += denied;
    run.wrong += wrong != NULL;
    if (wrong)
        printf("not ok - %s: %.*s: %s (%s)\n", run.name, (int)strcspn(line, "\n"), line, wrong,
               error > 0 ? strerrorname_np(error) : "no error");
}

static void take_line(char *line) {
    char copy[MOST_LINE], *words[MOST_WORDS + 1];
    strcpy(copy, line);
    size_t n = split(line, words);
    if (n > 1 && !strcmp(words[0], "profile"))
        run.profile = strdup(words[1]);
    else if (n > 1 && !strcmp(words[0], "actor")) {
        struct actor *a = &run.actors[run.n_actors++];
        a->label = strdup(words[1]);
        for (size_t i = 2; i < n; i++)
            a->chain[i - 2] = strdup(words[i]);
    } else if (n > 3)
        take_act(copy, words);
}

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

/* A root of its own, empty but for this program. */
static void enter_empty_root(void) {
    static const char root[] = "/tmp/ask";
    proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
    kernel_log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
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

static void end_all(void) {
    for (size_t i = 0; i < run.n_actors; i++)
        end_worker(&run.actors[i].worker);
    for (size_t i = 0; i < run.n_peers; i++)
        end_worker(&run.peers[i].worker);
}

int main(int argc, char **argv) {
    char line[MOST_LINE];
    if (argc > 1 && !strcmp(argv[1], "worker"))
        return worker(argv + 2);
    FILE *table = argc == 3 ? fopen(argv[1], "re") : NULL;
    if (!table)
        die("no table");
    setvbuf(stdout, NULL, _IOLBF, 0);
    run.name = argv[2];
    enter_empty_root();
    while (run.wrong < MOST_WRONG && fgets(line, sizeof line, table))
        take_line(line);
    end_all();
    printf("%s - %s: %lu acts of %zu actors, %lu denied, %lu contradict\n",
           run.wrong || !run.asked ? "not ok" : "ok", run.name, run.asked, run.n_actors, run.denied,
           run.wrong);
    return run.wrong || !run.asked;
}
