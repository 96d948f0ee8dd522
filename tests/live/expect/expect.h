/* Acts: what a process can try without harm to the machine, each a set of events, with what is said of it. */
#ifndef VPL_LIVE_EXPECT_H
#define VPL_LIVE_EXPECT_H

#include "meaning.h"
#include "panel.h"
#include "table.h"

enum { MOST_ACTORS = 6 };

/* The programs that an actor executed, one by the other. */
struct actor {
    const char *chain[MOST_ACTORS];
    size_t n;
};

struct table {
    struct arena *arena;
    const struct ir_policy *policy;
    const struct panel *panel;
    const struct node *node;
    size_t apparmor; /* its place in the panel */
    const char *profile;
    struct actor actors[MOST_ACTORS + 1]; /* and one that is made up */
    size_t n_actors;
    size_t actor; /* who acts now */
    FILE *out;
};

struct answer {
    bool denied;  /* by the profile's text */
    bool meant;   /* by the meaning */
    bool claimed; /* some denial of it is held `full` by AppArmor */
    bool excused; /* AppArmor may deny what the meaning allows */
    bool logged;  /* and AppArmor is said to log it */
};

/* answer.c */

/* Adds what is said of an event to what is said of the act, in the order in which the kernel asks. */
void ask(const struct table *t, struct answer *a, struct event e, size_t actor);

bool judged_denied(const struct table *t, const struct event *e);
struct event capability_event(int capability);

/* "NAME,NAME//block": the profiles that whoever executed the chain, and then `program` (NULL: nothing), is
 * in. */
const char *label_parts(const struct table *t, const struct actor *actor, const char *program);

/* A line of the table: "act ACTOR -LETTERS NAME WORD…". The words end with NULL. */
void put_act(const struct table *t, const struct answer *a, const char *name, const char *const *words);
#define ACT(t, a, name, ...) put_act(t, a, name, (const char *const[]){__VA_ARGS__, NULL})
void put_word(const struct table *t, const char *word);
const char *number(const struct table *t, unsigned long long n);

/* Of all that could be tried, some: always the same. EXPECT_TIMES=4 in the environment: four times as many;
 * EXPECT_SEED=1: others. */
unsigned budget_of(const struct table *t, enum event_class class);
uint64_t dice(uint64_t i);
bool is_chosen(size_t i, size_t n, unsigned budget);

/* files.c */

extern const char elsewhere[]; /* a path that the policy doesn't speak of */

/* Can there be a file of this name beside those that `ask` needs? One that ends with a slash is a directory.
 */
bool usable(const char *path);
bool is_directory(const char *path);
bool fit_together(const char *a, const char *b);

/* May the program be executed, and does it start, entering blocks? */
bool may_exec(struct table *t, const struct actor *actor, const char *program);

/* Acts that an event stands for. */
void put_file(struct table *t, const struct event *e);

/* mounts.c, others.c: the same for other classes; of (un)mounts, all that are tried. */
void put_mounts(const struct table *t);
void put_umounts(const struct table *t);
void put_pivot_root(struct table *t, const struct event *e);
void put_userns(struct table *t, const struct event *e);
void put_socket(struct table *t, const struct event *e);
void put_capability(struct table *t, const struct event *e);
void put_ptrace(struct table *t, const struct event *e);
void put_signal(struct table *t, const struct event *e);

#endif
