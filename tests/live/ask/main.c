/* Asks the kernel: does every act of a table that `expect` wrote end as is said of it?
 *
 *   ask TABLE NAME
 *
 * prints a TAP line `not ok` for each answer that contradicts, and in the end one for all. */
#include "ask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <unistd.h>

enum { MOST_PEERS = 24, LOG_MILLISECONDS = 500, MOST_WRONG = 25 };

static int kernel_log = -1;

_Noreturn void die(const char *format, ...) {
    va_list args;
    va_start(args, format);
    printf("not ok - ask: ");
    vprintf(format, args);
    printf(" (%s)\n", strerror(errno));
    exit(1);
}

long number(const char *word) {
    return (long)strtoull(word, NULL, 0);
}

bool is_directory(const char *path) {
    return path[strlen(path) - 1] == '/';
}

size_t split(char *line, char **words) {
    size_t n = 0;
    for (char *w = strtok(line, " \n"); w && n < MOST_WORDS; w = strtok(NULL, " \n")) {
        table_read_word(w);
        words[n++] = w;
    }
    words[n] = NULL;
    return n;
}

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

/* What is wrong with an act besides its outcome; empty: nothing. */
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
    if (error == NO_ANSWER) {
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

/* Nobody was asked: what the act needs isn't as it should be, so that it proves nothing. */
static bool is_misfit(const char *name, int error) {
    static const int too_early[] = {ENOENT, ENOTDIR, EISDIR, EEXIST, ETXTBSY, EBADF, EFAULT, ESRCH, EXDEV};
    if (!strcmp(name, "mount")) /* a file on a folder is refused after the question */
        return error == ENOENT;
    for (size_t i = 0; i < sizeof too_early / sizeof *too_early; i++)
        if (error == too_early[i])
            return true;
    return error == EINVAL && !strcmp(name, "umount");
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
    if (!denied && is_misfit(words[3], error))
        snprintf(remark, sizeof remark, "fails too early");
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

static void end_all(void) {
    for (size_t i = 0; i < run.n_actors; i++)
        end_worker(&run.actors[i].worker);
    for (size_t i = 0; i < run.n_peers; i++)
        end_worker(&run.peers[i].worker);
}

int main(int argc, char **argv) {
    char line[MOST_LINE];
    if (argc > 1 && !strcmp(argv[1], "worker"))
        return worker_main(argv + 2);
    FILE *table = argc == 3 ? fopen(argv[1], "re") : NULL;
    if (!table)
        die("no table");
    setvbuf(stdout, NULL, _IOLBF, 0);
    run.name = argv[2];
    workers_init();
    kernel_log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    enter_empty_root();
    while (run.wrong < MOST_WRONG && fgets(line, sizeof line, table))
        take_line(line);
    end_all();
    printf("%s - %s: %lu acts of %zu actors, %lu denied, %lu contradict\n",
           run.wrong || !run.asked ? "not ok" : "ok", run.name, run.asked, run.n_actors, run.denied,
           run.wrong);
    return run.wrong || !run.asked;
}
