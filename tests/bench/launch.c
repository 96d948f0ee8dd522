/* What confinement costs at the start of a command: varmor-run's `true` beside a bare fork and exec of true.
 *
 *     launch ROUNDS TRUE VARMOR_RUN [OPTION...] -- TRUE
 *
 * Both are started in turn, so that a busy machine slows them alike; the medians are compared. Prints
 *
 *     bare 512 us, varmor-run 890 us, ratio 1.74
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double microseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* From fork to the child's end, in microseconds; exits if the command fails. */
static double start(char **command) {
    int status = -1;
    double before = microseconds();
    pid_t pid = fork();
    if (pid == 0) {
        execv(command[0], command);
        _exit(127);
    }
    if (pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0) {
        fprintf(stderr, "launch: %s ended with status %d\n", command[0], status);
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

int main(int argc, char **argv) {
    long rounds = argc > 3 ? strtol(argv[1], NULL, 10) : 0;
    if (rounds < 1) {
        fputs("usage: launch ROUNDS TRUE VARMOR_RUN [OPTION...] -- TRUE\n", stderr);
        return 2;
    }
    size_t n = (size_t)rounds;
    double *bare = calloc(n, sizeof *bare), *confined = calloc(n, sizeof *confined);
    if (!bare || !confined)
        return 1;
    for (size_t i = 0; i < n; i++) {
        bare[i] = start((char *[]){argv[2], NULL});
        confined[i] = start(argv + 3);
    }
    double a = median(bare, n), b = median(confined, n);
    printf("bare %.0f us, varmor-run %.0f us, ratio %.2f\n", a, b, b / a);
    free(bare);
    free(confined);
    return 0;
}
