/* A process under a policy's profile and the one that tells it what to do. */
#ifndef VPL_LIVE_ASK_H
#define VPL_LIVE_ASK_H

#define _GNU_SOURCE
#include "table.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { MOST_WORDS = 24, MOST_LINE = 4096 };
extern const char program[]; /* where this program is, in the root that it makes */
extern const char elsewhere[];

/* Prints a TAP line and exits. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

long number(const char *word);
bool is_directory(const char *path);

/* Splits a line at spaces, in place; words[n] is NULL. */
size_t split(char *line, char **words);

/* acts.c */

/* What a worker answers: 0 or an errno, and its id; READY when it, or what it executed, waits for an act. */
enum { READY = -1, NO_ANSWER = -2 };
struct reply {
    int error;
    pid_t pid;
};
enum { FD_COMMANDS = 100, FD_REPLIES = 101 }; /* a worker's: above all that it opens */

/* Executes the chain, then does acts until its commands end. Returns an exit status. */
int worker_main(char **chain);

/* workers.c */

struct worker {
    pid_t pid; /* 0: there is none */
    int commands, replies;
};

/* Opens what can't be seen from the empty root. */
void workers_init(void);

/* A worker with this label ("unconfined") that has executed the chain. */
struct worker start_worker(const char *label, char **chain);
void end_worker(struct worker *w);

/* Has it done. NO_ANSWER: it is gone, or hangs. */
struct reply tell(const struct worker *w, const char *act, char **words);

/* Are these ("A,A//b") the parts of the process's label, which is written into `label`? */
bool has_label(pid_t pid, const char *wanted, char label[MOST_LINE]);

/* places.c */

/* From here on the root is empty but for this program: AppArmor goes by names, so files under /proc and /sys
 * may be plain ones. */
void enter_empty_root(void);
void clean_root(void);

/* Makes what an act needs, and takes it away again. */
void prepare(const char *act, char **words);
void clean(const char *act, char **words);

/* The program at a path of its own: what is executed there is this one. */
void make_program(const char *path, const char *owner);

#endif
