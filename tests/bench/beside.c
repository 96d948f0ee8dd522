/* Two commands, started in turn so that a busy machine slows both alike, and the medians of what they take.
 *
 *     beside ROUNDS NAME COMMAND... :: NAME COMMAND...
 *
 * Prints what the first takes, what the second takes, and the first over the second:
 *
 *     varmor-run 890 us, bare 512 us, ratio 1.74
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double microseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* From fork to the child's end, in microseconds; exits if the command fails. What it prints is lost. */
static double start(char **command) {
    int status = -1;
    double before = microseconds();
    pid_t pid = fork();
    if (pid == 0) {
        int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
        dup2(nowhere, 1);
        dup2(nowhere, 2);
        execvp(command[0], command);
        _exit(127);
    }
    if (pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0) {
        fprintf(stderr, "beside: %s ended with status %d\n", command[0], status);
        exit(1);
    }
    return microseconds() - before;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *times, size_t n) {
    qsort(times, n, sizeof *times, compare);
    return times[n / 2];
}

/* Where the second begins; NULL: the arguments aren't two commands with names. */
static char **second(int argc, char **argv) {
    for (int i = 4; i + 2 < argc; i++)
        if (strcmp(argv[i], "::") == 0) {
            argv[i] = NULL;
            return argv + i + 1;
        }
    return NULL;
}

int main(int argc, char **argv) {
    long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
    char **ours = argv + 2, **theirs = second(argc, argv);
    if (rounds < 1 || !theirs) {
        fputs("usage: beside ROUNDS NAME COMMAND... :: NAME COMMAND...\n", stderr);
        return 2;
    }
    size_t n = (size_t)rounds;
    double *one = calloc(n, sizeof *one), *other = calloc(n, sizeof *other);
    if (!one || !other)
        return 1;
    for (size_t i = 0; i < n; i++) {
        one[i] = start(ours + 1);
        other[i] = start(theirs + 1);
    }
    double a = median(one, n), b = median(other, n);
    printf("%s %.0f us, %s %.0f us, ratio %.2f\n", *ours, a, *theirs, b, a / b);
    free(one);
    free(other);
    return 0;
}
