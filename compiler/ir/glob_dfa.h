/* A deterministic automaton over several globs at once, made as far as it is asked for. */
#ifndef VPL_GLOB_DFA_H
#define VPL_GLOB_DFA_H

#include "glob_internal.h"

/* A glob in a question; `vars` says what a variable in it is: nothing or anything. */
struct dfa_glob {
    const struct glob *glob;
    bool vars;
    const struct program *program;
    uint32_t first;            /* its first thread's number */
    const uint64_t *universal; /* bit per instruction: from there on everything matches */
    uint32_t any_universal;    /* one of them, the only thread kept once any is reached */
};

struct dfa_state {
    const uint32_t *threads; /* sorted; those that consume a byte, or match */
    uint32_t n_threads;
    bool after_slash;
    unsigned char byte; /* how it was first reached, from `parent` */
    uint32_t parent;
};

struct dfa {
    struct arena *arena;
    struct dfa_glob *globs;
    size_t n_globs;
    bool paths_only; /* no '/' right after another: such a step leads to DFA_NONE */
    size_t budget;   /* of states */
    unsigned n_classes;
    unsigned char class_of[256]; /* bytes that no glob tells apart */
    unsigned char byte_of[256];  /* of each class, the most readable one */
    VEC(struct dfa_state) states;
    uint32_t *table; /* of state numbers + 1, by hash */
    size_t table_size;
    uint64_t *set;     /* scratch: bit per thread */
    uint32_t *threads; /* scratch: their numbers */
    size_t n_words;
    uint32_t *touched; /* scratch: the globs that have threads in `set` */
    size_t n_touched;
};

enum { DFA_NONE = -1, DFA_FULL = -2, DFA_START = 0 };

/* `globs` have `glob` and `vars` filled in. State DFA_START has read nothing. Everything is made in `arena`.
 */
void dfa_init(struct dfa *dfa, struct arena *arena, struct dfa_glob *globs, size_t n_globs, bool paths_only,
              size_t budget);

/* The state after one more byte of this class; DFA_FULL when the budget is spent. */
int dfa_step(struct dfa *dfa, int state, unsigned class);

/* What a state says of a glob: it matches what was read; it may match something that begins so; it matches
 * everything that does. */
struct outlook {
    bool now, may, must;
};
void dfa_outlooks(const struct dfa *dfa, int state, struct outlook *of_globs);

/* A shortest text that leads to the state, in `arena`. */
const char *dfa_text(const struct dfa *dfa, struct arena *arena, int state);

#endif
