/* What the glob files share: syntax (lists of nodes), the program that matches it, sets of bytes. */
#ifndef VPL_GLOB_INTERNAL_H
#define VPL_GLOB_INTERNAL_H

#include "glob.h"

/* A set of bytes; byte 0 is never in one. */
struct byteset {
    uint64_t bits[4];
};

static inline bool byteset_has(const struct byteset *set, unsigned byte) {
    return set->bits[byte / 64] >> byte % 64 & 1;
}
static inline void byteset_add(struct byteset *set, unsigned byte) {
    set->bits[byte / 64] |= UINT64_C(1) << byte % 64;
}
bool byteset_equal(const struct byteset *a, const struct byteset *b);
int byteset_count(const struct byteset *set);
struct byteset byteset_of(unsigned byte);
struct byteset byteset_not(const struct byteset *set); /* without byte 0 */
extern const struct byteset byteset_any;               /* every byte */
extern const struct byteset byteset_no_slash;          /* every byte but '/' */

/* Syntax. A sequence is an immutable list, NULL the empty one; an alternative of NODE_ALT is a sequence. */
enum node_kind {
    NODE_SET,  /* one byte of `set` */
    NODE_STAR, /* any number of bytes of `set`, which is byteset_any or byteset_no_slash */
    NODE_ALT,  /* one of `alts` */
    NODE_VAR   /* @{name} */
};
struct node {
    enum node_kind kind;
    struct byteset set;
    const struct node *const *alts;
    size_t n_alts;
    const char *name;
    size_t at; /* in the text it was parsed from */
    const struct node *next;
};

struct alts {
    const struct node **items;
    size_t n, cap;
};

/* A list under construction: copies of nodes are added at its end. Two stars in a row become one. */
struct seq {
    const struct node *head;
    struct node *tail;
};
void seq_push(struct arena *arena, struct seq *seq, struct node node);
void seq_append(struct arena *arena, struct seq *seq, const struct node *list);
void seq_push_byte(struct arena *arena, struct seq *seq, unsigned byte);
/* Alternatives, at least one; a single one is spliced. */
void seq_push_alts(struct arena *arena, struct seq *seq, const struct node *const *alts, size_t n, size_t at);

bool node_is_byte(const struct node *node, unsigned byte); /* false for NULL */
bool node_is_star(const struct node *node);                /* false for NULL */

/* glob_slash.c: the same paths with no '/' spelled after another; `list` begins with '/' in every branch.
 * *too_big: it would be far longer than the list, the result is to be thrown away. */
const struct node *glob_collapse_slashes(struct arena *arena, const struct node *list, bool *too_big);

/* glob_apparmor.c: what apparmor_parser's lexer hands on: escapes decoded but for those that make a byte
 * literal, double slashes collapsed but for two at the start. */
const char *glob_unescape_apparmor(struct arena *arena, const char *text);

/* glob_text.c: the text that apparmor_parser and glob_parse both read as `list`. */
void glob_print(struct buf *out, const struct node *list);
size_t glob_depth(const struct node *list); /* of braces */

/* The program: instructions run by a set of threads, each at one instruction. */
enum op {
    OP_SET,   /* consume one byte of node->set, go on */
    OP_STAR,  /* consume one and stay, or go on without */
    OP_VAR,   /* nothing, or (where the question wants it) anything */
    OP_SPLIT, /* go on, and at `to` too */
    OP_JUMP,  /* go on at `to` */
    OP_MATCH
};
struct inst {
    enum op op;
    uint32_t to;
    const struct node *node;
    const struct frame *frame; /* what follows the list that `node` is in */
};
struct frame {
    const struct node *after;
    const struct frame *up;
};
struct program {
    const struct node *list;
    const struct inst *code; /* NULL: not made yet */
    uint32_t n_code;         /* at most GLOB_MAX_CODE */
};
struct glob {
    const char *text, *literal;
    size_t n_text, n_prefix,
        n_suffix; /* bytes: of the text, and those that every match begins and ends with */
    bool has_var;
    struct arena *arena;
    struct program *program;  /* ask glob_program */
    const struct glob *bound; /* NULL: none */
};
enum { GLOB_MAX_CODE = 1 << 16, GLOB_MAX_DEPTH = 49 }; /* braces: parser_regex.c, MAX_ALT_DEPTH */

/* NULL when the list is too big for a program. It has no text yet. */
struct glob *glob_from_list(struct arena *arena, const struct node *list);

/* Most globs are never asked what takes an automaton: theirs is made when first asked for. */
const struct program *glob_program(const struct glob *glob);

/* glob_parse.c: the list of a text that was parsed as plain, which has no mistake. */
const struct node *glob_plain_list(struct arena *arena, const char *text);

/* Adds to `set`, a bit per instruction, the thread at `pc` and all that it reaches without consuming a byte.
 * `vars`: what a variable is: nothing or anything. */
void glob_add_thread(const struct inst *code, uint32_t pc, bool vars, uint64_t *set);

#endif
