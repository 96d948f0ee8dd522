// Does one thing that a policy may deny and says how it went: prints "ok" or the error's name, and exits with
// the errno (255: the words made no sense). Static, so that a profile needs to allow nothing for its start.
//
//   probe open-write /etc/passwd          one probe
//   probe nnp onexec LABEL exec /bin/x    what sets the scene comes first, left to right
//   probe table NAME <FILE                many: lines of WANT PROBE WORDS..., each in a child, TAP out.
//                                         WANT is ok, an errno's name, a signal's, or an exit status
//
// The probes are in the files beside this one, a table in each.
#define _GNU_SOURCE
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_WORDS = 31 };

int outcome(long result) {
    return result < 0 ? errno : 0;
}

_Noreturn void misuse(const char *word) {
    fprintf(stderr, "probe: %s: not understood\n", word);
    exit(MISUSE);
}

long number(const char *word) {
    char *end;
    long n = (long)strtoull(word, &end, 0);
    if (end == word || *end)
        misuse(word);
    return n;
}

long named(const struct word *table, const char *word) {
    for (; table->name; table++)
        if (!strcmp(table->name, word))
            return table->value;
    return number(word);
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

static const struct probe scenes[] = {
    {"label", 0, probe_label, 0},
    {"onexec", 2, scene_onexec, 0},
    {"onexec-stack", 2, scene_onexec, 1},
    {"nnp", 1, scene_nnp, 0},
    {"uid", 2, scene_uid, 0},
    {"in-userns", 1, scene_in_userns, 0},
    {"table", 1, probe_table, 0},
    {0},
};

int dispatch(char **a) {
    static const struct probe *const tables[] = {files, mounts, sockets, processes, scenes};
    int words = 0;
    while (a[0] && a[words + 1])
        words++;
    for (size_t t = 0; a[0] && t < sizeof tables / sizeof *tables; t++)
        for (const struct probe *probe = tables[t]; probe->name; probe++)
            if (!strcmp(probe->name, a[0]) && words >= probe->words)
                return probe->run(a + 1, probe->how);
    misuse(a[0] ? a[0] : "nothing");
}

int main(int argc, char **argv) {
    (void)argc;
    char end[16];
    int error = dispatch(argv + 1);
    puts(end_name(error << 8, end));
    return error;
}
