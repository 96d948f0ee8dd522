/* The command line: verbs, options and --help, all from two tables, verbs.def and options.def. */
#ifndef VPL_OPTIONS_H
#define VPL_OPTIONS_H

#include "buf.h"
#include "node.h"
#include "report.h"
#include "verbs.h"
#include <stdbool.h>
#include <stddef.h>

enum exit_code {
    EXIT_OK = 0,
    EXIT_WRONG = 1, /* the policy is wrong */
    EXIT_USAGE = 2, /* usage or I/O */
    EXIT_GATE = 3,  /* a gate isn't met: coverage, -Werror */
    EXIT_DIFFERS = 4,
    EXIT_TESTS = 5
};

/* Where rules are looked at. */
enum where { WHERE_PROCESS, WHERE_CONTAINER, WHERE_PRIVILEGED, WHERE_COUNT };

struct options {
    enum verb verb;
    const char *file;         /* the first operand, or the second of `doc`; NULL: none */
    const char *const *files; /* fmt: all of them, n_files; "-" if none is given */
    size_t n_files;
    const char *event;  /* eval's */
    const char *name;   /* doc's and completion's first */
    const char *output; /* -o */
    const char *only;
    const char *stdlib;
    const char *workload; /* --workload's file */
    const char *exec[16]; /* eval --exec, the chain */
    size_t n_exec;
    struct node node;
    bool abi_given; /* --abi beats what --parser implies, in any order */
    bool check;     /* --check: compare with -o's directory; fmt: with the files */
    bool diff;      /* fmt --diff */
    bool werror;
    bool gate; /* --require-coverage */
    enum report_gate gate_level;
    enum format format;
    const char *category, *enforcer; /* rules */
    enum where where;                /* --for */
    bool all;                        /* --all: the base's rows too */
    bool filters;                    /* inspect --filters */
    bool quiet;
    bool dump_ast, dump_ir;
    enum { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER } colour;
};

struct option_row {
    char letter; /* 0: none */
    const char *name;
    const char
        *argument; /* NULL: takes none; options.def says how it is written. --format's are the verb's */
    const char *help;
    unsigned verbs; /* 1 << enum verb */
    enum { OPTION_NOTHING, OPTION_FLAG, OPTION_TEXT, OPTION_SET } kind;
    size_t at;                                                      /* the member that it sets */
    const char *(*set)(struct options *options, const char *value); /* returns NULL, or what is wrong */
};

enum option_id {
#define OPTION(id, letter, name, argument, action, verbs, help) OPT_##id,
#include "options.def"
#undef OPTION
    OPT_COUNT
};
extern const struct option_row option_rows[OPT_COUNT];

/* Reads argv. Returns -1 to go on, else the exit code to leave with (help and version were printed to stdout,
 * mistakes to stderr). */
int options_read(struct options *options, int argc, char **argv);

/* Whether to colour what goes to that stream. */
bool options_colour(const struct options *options, int fd);

/* What an option takes after that verb, NULL: nothing. In `text` if it has to be made. */
const char *options_argument(const struct option_row *row, enum verb verb, struct buf *text);

/* The text of --help for a verb, to stdout. */
void options_help(enum verb verb);

#endif
