#include "ask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

enum { REPLY_SECONDS = 10 };

static int proc = -1;

void workers_init(void) {
    proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

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

struct worker start_worker(const char *label, char **chain) {
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
void end_worker(struct worker *w) {
    if (w->pid > 0) {
        close(w->commands);
        close(w->replies);
        waitpid(w->pid, NULL, 0);
    }
    *w = (struct worker){0};
}

struct reply tell(const struct worker *w, const char *act, char **words) {
    char *text = NULL;
    size_t size;
    struct reply reply = {NO_ANSWER, 0};
    FILE *line = open_memstream(&text, &size);
    fputs(act, line);
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

bool has_label(pid_t pid, const char *wanted, char label[MOST_LINE]) {
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
