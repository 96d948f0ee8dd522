/* The tree as it was written: nothing resolved, nothing checked. One kind of node for all; its children are
 * in the order of the comments below. */
#ifndef VPL_AST_H
#define VPL_AST_H

#include "arena.h"
#include "buf.h"
#include "event.h"
#include "origin.h"
#include <stdbool.h>
#include <stdint.h>

/* NODE(kind, name in --dump-ast) */
#define NODE_KINDS                                                                                           \
    NODE(FILE, "file")         /* declarations */                                                            \
    NODE(IMPORT, "import")     /* text: file; [NAME: as] */                                                  \
    NODE(LET, "let")           /* text: name, "@…" for a group; value [EXCEPT] */                          \
    NODE(RULE, "rule")         /* text: name; PARAM…, statements, parts (RULE) */                          \
    NODE(PARAM, "param")       /* text: name; [value] */                                                     \
    NODE(ALIAS, "alias")       /* text: name; USEITEM */                                                     \
    NODE(CATEGORY, "category") /* NAME… */                                                                 \
    NODE(SINCE, "since")       /* text */                                                                    \
    NODE(SEE, "see")           /* NAME or STRING… */                                                       \
    NODE(APPLIES, "applies")                                                                                 \
    NODE(POLICY, "policy")         /* text: name; [EXTENDS], settings, statements, FOREXEC */                \
    NODE(EXTENDS, "extends")       /* text: reference */                                                     \
    NODE(TARGET, "target")         /* text: kind; [STRING: name], [NAMESPACE], LABEL…, CONTAINERS… */    \
    NODE(NAMESPACE, "namespace")   /* text */                                                                \
    NODE(LABEL, "label")           /* text: key; number: enum label_word; values */                          \
    NODE(CONTAINERS, "containers") /* STRING…; flag INIT */                                                \
    NODE(ENFORCERS, "enforcers")   /* NAME… */                                                             \
    NODE(PRIVILEGED, "privileged")                                                                           \
    NODE(MODE, "mode")           /* text; [DURATION], [MODEL], [BASE] */                                     \
    NODE(DURATION, "duration")   /* number: seconds */                                                       \
    NODE(MODEL, "model")         /* text: file; flag PARTIAL */                                              \
    NODE(BASE, "base")           /* text: reference; [EXCEPT: parts] */                                      \
    NODE(VIOLATION, "violation") /* text: deny, audit deny, observe */                                       \
    NODE(REQUIRE, "require")     /* REQ… */                                                                \
    NODE(REQ, "requirement")     /* text; host-path: STRING, STRING; flag WRITABLE */                        \
    NODE(STATEMENT, "statement") /* flags; WHAT [ERRNO] [WHEN] */                                            \
    NODE(USE, "use")             /* flags; USEITEM… [EXCEPT: parts] */                                     \
    NODE(USEITEM, "rule-use")    /* text: reference; ARG… */                                               \
    NODE(ARG, "argument")        /* text: name; value [EXCEPT] */                                            \
    NODE(DEFAULT, "default")     /* WHAT… [ERRNO] [WHEN] */                                                \
    NODE(RAW, "raw")             /* text: the text; NAME: apparmor, seccomp */                               \
    NODE(FOREXEC, "for-exec")    /* SET: programs; [NAME: label], statements */                              \
    NODE(TEST, "test")           /* text: title; REF, STRING or USEITEM; AS and EXPECT… */                 \
    NODE(AS, "as")               /* text: entry, exec; STRING… */                                          \
    NODE(EXPECT, "expect")       /* flags; WHAT [ABI] [ERRNO] */                                             \
    NODE(ABI, "abi")             /* text */                                                                  \
    NODE(ERRNO, "errno")         /* text */                                                                  \
    NODE(WHEN, "when")           /* SET: capabilities; flag NOT */                                           \
    NODE(WHAT, "what")           /* number: enum event_class; OPS, SET, and so on, as the class takes */     \
    NODE(OPS, "operations")      /* number: bits */                                                          \
    NODE(SET, "set")             /* values [EXCEPT] */                                                       \
    NODE(EXCEPT, "except")       /* values */                                                                \
    NODE(OWNER, "owner")                                                                                     \
    NODE(TO, "to")                  /* SET */                                                                \
    NODE(FROM, "from")              /* SET */                                                                \
    NODE(FSTYPE, "fstype")          /* values */                                                             \
    NODE(OPTIONS, "options")        /* values; flag ONLY */                                                  \
    NODE(TYPE, "type")              /* values */                                                             \
    NODE(PROTOCOL, "protocol")      /* values */                                                             \
    NODE(UNIX, "unix")              /* SET */                                                                \
    NODE(INET, "inet")              /* [SET] */                                                              \
    NODE(PORT, "port")              /* values */                                                             \
    NODE(SIGNALS, "signals")        /* values */                                                             \
    NODE(PEER, "peer")              /* text: self, runtime, unconfined, policy; [REF] */                     \
    NODE(CALL, "call")              /* text: name; CALLARG… */                                             \
    NODE(CALLARG, "call-argument")  /* text: name; value */                                                  \
    NODE(TEST_ARG, "test-argument") /* text: argument; number: enum cmp; [MASK] value */                     \
    NODE(TEST_IN, "test-in")        /* text: argument; flag NOT; [MASK] LIST */                              \
    NODE(MASK, "mask")              /* value */                                                              \
    NODE(NOT, "not")                                                                                         \
    NODE(AND, "and")                                                                                         \
    NODE(OR, "or")                                                                                           \
    NODE(WHERE, "where")   /* condition */                                                                   \
    NODE(NUMBER, "number") /* number */                                                                      \
    NODE(RANGE, "range")   /* two NUMBERs */                                                                 \
    NODE(STRING, "string") /* text, as between the quotes */                                                 \
    NODE(REF, "name")      /* text: a or a.b */                                                              \
    NODE(GROUP, "group")   /* text: @name */                                                                 \
    NODE(LIST, "list")                                                                                       \
    NODE(BITOR, "bit-or")                                                                                    \
    NODE(NAME, "word") /* text: a word that isn't looked up as a name */

enum node_kind {
#define NODE(kind, name) NODE_##kind,
    NODE_KINDS
#undef NODE
        NODE_COUNT
};

enum node_flag {
    FLAG_AUDIT = 1,
    FLAG_BEST_EFFORT = 2,
    FLAG_BROAD = 4,
    FLAG_ALLOW = 8, /* else deny */
    FLAG_ONLY = 16,
    FLAG_NOT = 32,
    FLAG_OVERRIDE = 64,
    FLAG_ABSTRACT = 128,
    FLAG_CLUSTER = 256,
    FLAG_INIT = 512,
    FLAG_PARTIAL = 1024,
    FLAG_WRITABLE = 2048
};

enum label_word {
    LABEL_WORD_EXISTS,
    LABEL_WORD_ABSENT,
    LABEL_WORD_EQUAL,
    LABEL_WORD_UNEQUAL,
    LABEL_WORD_IN,
    LABEL_WORD_NOT_IN
};

struct ast {
    enum node_kind kind;
    unsigned flags;
    struct loc loc;
    const char *text; /* "" if none */
    const char *doc;  /* the `///` lines before it, NULL if none */
    uint64_t number;
    struct ast *first, *last, *next;
};

struct ast *ast_new(struct arena *arena, enum node_kind kind, struct loc loc, const char *text);

/* Appends `child` (NULL: nothing) and, as in a list under construction, whatever follows it. Returns
 * `parent`. */
struct ast *ast_add(struct ast *parent, struct ast *child);

/* The first child of that kind, or NULL. */
struct ast *ast_child(const struct ast *parent, enum node_kind kind);

/* Do the two, and what follows each, say the same? NULL: nothing. */
bool ast_equal(const struct ast *a, const struct ast *b);

/* Indented text, for --dump-ast. */
void ast_dump(struct buf *out, const struct ast *node);

#endif
