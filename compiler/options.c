#include "options.h"

#include "buf.h"
#include "suggest.h"
#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- values that can be wrong ---- */

static bool version(const char *text, unsigned *major, unsigned *minor) {
    int n = 0;
    return isdigit((unsigned char)text[0]) && sscanf(text, "%u.%u%n", major, minor, &n) == 2 &&
           (text[n] == '\0' || text[n] == '.' || text[n] == '-');
}

static const char *set_kernel(struct options *o, const char *value) {
    return version(value, &o->node.kernel_major, &o->node.kernel_minor)
               ? NULL
               : "--kernel takes a version like 6.1, not `%s`";
}

static const char *set_parser(struct options *o, const char *value) {
    if (!version(value, &o->node.parser_major, &o->node.parser_minor) || o->node.parser_major < 3)
        return "--parser takes a version like 3.0 or 4.1, not `%s`";
    if (!o->abi_given)
        o->node.abi_major = o->node.parser_major >= 4 ? 4 : 3;
    return NULL;
}

static const char *set_abi(struct options *o, const char *value) {
    o->abi_given = true;
    o->node.abi_major = value[0] == '4' ? 4 : 3;
    return strcmp(value, "3") == 0 || strcmp(value, "4") == 0 ? NULL : "--abi is 3 or 4, not `%s`";
}

static const char *set_runtime(struct options *o, const char *value) {
    o->node.runtime = value;
    return node_runtime_known(value) ? NULL
                                     : "--runtime is containerd, cri-o, docker, podman or other, not `%s`";
}

static const char *set_kubernetes(struct options *o, const char *value) {
    unsigned one = 0;
    return version(value + (*value == 'v'), &one, &o->node.kubernetes_minor) && one == 1 &&
                   o->node.kubernetes_minor >= 28 && o->node.kubernetes_minor <= 36
               ? NULL
               : "--k8s-version takes 1.28 to 1.36, not `%s`";
}

/* What apparmor_parser takes for a variable's value. */
static const char *set_disks(struct options *o, const char *value) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
    const char *rest = value;
    size_t n;
    while ((n = strspn(rest, letters)) > 0 && rest[n] == ',')
        rest += n + 1;
    o->node.disks = value;
    return n > 0 && !rest[n] ? NULL : "--node-disks takes names like sda,sda1,nvme0n1, not `%s`";
}

static const char *set_gate(struct options *o, const char *value) {
    o->gate = true;
    o->gate_level = value && strcmp(value, "any") == 0 ? GATE_ANY : GATE_FULL;
    return !value || strcmp(value, "any") == 0 || strcmp(value, "full") == 0
               ? NULL
               : "--require-coverage is =full or =any, not `%s`";
}

static const char *set_format(struct options *o, const char *value) {
    static struct buf wrong; /* used once: the program ends with it */
    const struct option_row *row = &option_rows[OPT_FORMAT];
    for (int f = 0; f < FORMAT_COUNT; f++)
        if (strcmp(value, format_names[f]) == 0 && verb_rows[o->verb].formats & 1U << f) {
            o->format = (enum format)f;
            return NULL;
        }
    struct buf names BUF_CLEANUP = {0};
    buf_printf(&wrong, "--format is %s, not `%%s`", options_argument(row, o->verb, &names));
    return buf_text(&wrong);
}

static const char *set_json(struct options *o, const char *value) {
    (void)value;
    return set_format(o, "json");
}

static const char *set_for(struct options *o, const char *value) {
    static const char *const names[WHERE_COUNT] = {
        [WHERE_PROCESS] = "process", [WHERE_CONTAINER] = "container", [WHERE_PRIVILEGED] = "privileged"};
    for (int i = 0; i < WHERE_COUNT; i++)
        if (strcmp(value, names[i]) == 0) {
            o->where = (enum where)i;
            return NULL;
        }
    return "--for is process, container or privileged, not `%s`";
}

static const char *set_colour(struct options *o, const char *value) {
    o->colour = strcmp(value, "always") == 0  ? COLOUR_ALWAYS
                : strcmp(value, "never") == 0 ? COLOUR_NEVER
                                              : COLOUR_AUTO;
    return o->colour != COLOUR_AUTO || strcmp(value, "auto") == 0
               ? NULL
               : "--colour is auto, always or never, not `%s`";
}

static const char *set_exec(struct options *o, const char *value) {
    if (o->n_exec < sizeof o->exec / sizeof *o->exec)
        o->exec[o->n_exec++] = value;
    return NULL;
}

/* ---- the table ---- */

#define NOTHING .kind = OPTION_NOTHING
#define FLAG(member) .kind = OPTION_FLAG, .at = offsetof(struct options, member)
#define TEXT(member) .kind = OPTION_TEXT, .at = offsetof(struct options, member)
#define SET(what) .kind = OPTION_SET, .set = set_##what
const struct option_row option_rows[OPT_COUNT] = {
#define OPTION(id, letter, name, argument, action, verbs, help)                                              \
    [OPT_##id] = {letter, name, argument, help, verbs, action},
#include "options.def"
#undef OPTION
};

const char *options_argument(const struct option_row *row, enum verb verb, struct buf *text) {
    if (row != &option_rows[OPT_FORMAT])
        return row->argument;
    for (int f = 0; f < FORMAT_COUNT; f++)
        if (verb_rows[verb].formats & 1U << f)
            buf_printf(text, "%s%s", text->len ? "|" : "", format_names[f]);
    return buf_text(text);
}

static const char *take(struct options *o, const struct option_row *row, const char *value) {
    char *member = (char *)o + row->at;
    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)member = true;
        return NULL;
    case OPTION_TEXT:
        *(const char **)member = value;
        return NULL;
    case OPTION_SET:
        return row->set(o, value);
    case OPTION_NOTHING:
        break;
    }
    return NULL;
}

/* ---- argv ---- */

static int usage(const char *text, const char *what) {
    fprintf(stderr, "vplc: ");
    fprintf(stderr, text, what);
    fprintf(stderr, "\n`vplc --help` shows what there is\n");
    return EXIT_USAGE;
}

enum { LONG = 256 }; /* getopt's values: a letter, or this and the row */

static void long_options(struct option out[OPT_COUNT + 1]) {
    for (int i = 0; i < OPT_COUNT; i++) {
        const char *argument = option_rows[i].argument;
        out[i] = (struct option){option_rows[i].name,
                                 !argument          ? no_argument
                                 : *argument == '[' ? optional_argument
                                                    : required_argument,
                                 NULL, LONG + i};
    }
    out[OPT_COUNT] = (struct option){0};
}

static enum option_id row_of(int code) {
    for (int i = 0; i < OPT_COUNT && code < LONG; i++)
        if (option_rows[i].letter == code)
            return (enum option_id)i;
    return (enum option_id)(code - LONG);
}

static int unknown(char **argv) {
    char letter[3] = {'-', (char)optopt, '\0'};
    const char *word = optopt && optopt < LONG ? letter : argv[optind - 1];
    struct suggest suggest = {.word = word + strspn(word, "-")};
    for (int i = 0; i < OPT_COUNT; i++)
        suggest_consider(&suggest, option_rows[i].name);
    fprintf(stderr, "vplc: there is no option `%s`, or its value is missing\n", word);
    if (suggest.best)
        fprintf(stderr, "did you mean `--%s`?\n", suggest.best);
    return EXIT_USAGE;
}

/* A verb is one only as the first argument; ./check is a file. */
static enum verb verb_of(int argc, char **argv) {
    for (int v = 0; argc > 1 && v < VERB_COUNT; v++)
        if (*verb_rows[v].name && strcmp(argv[1], verb_rows[v].name) == 0)
            return (enum verb)v;
    return VERB_COMPILE;
}

/* `help`, `help VERB`: what --help says. */
static int help(int argc, char **argv) {
    enum verb verb = verb_of(argc - 1, argv + 1);
    bool known = argc < 3 || strcmp(verb_rows[verb].name, argv[2]) == 0;
    if (!known || argc > 3)
        return usage(known ? "help takes one verb, not `%s` too" : "there is no verb `%s`",
                     argv[known ? 3 : 2]);
    options_help(verb);
    return EXIT_OK;
}

static int usage_of(const struct verb_row *verb) {
    fprintf(stderr, "vplc: something is missing; usage: vplc%s%s %s\n", *verb->name ? " " : "", verb->name,
            verb->arguments);
    return EXIT_USAGE;
}

/* An option of other verbs. */
static int foreign(enum verb verb, const struct option_row *option) {
    struct buf verbs BUF_CLEANUP = {0};
    for (int v = 0; v < VERB_COUNT; v++)
        if (option->verbs & 1U << v)
            buf_printf(&verbs, "%s `vplc%s%s`", verbs.len ? "," : "", *verb_rows[v].name ? " " : "",
                       verb_rows[v].name);
    fprintf(stderr, "vplc: `--%s` is no option of `vplc%s%s`, but of%s\n", option->name,
            *verb_rows[verb].name ? " " : "", verb_rows[verb].name, buf_text(&verbs));
    return EXIT_USAGE;
}

static int take_operands(struct options *o, int argc, char **argv) {
    const struct verb_row *verb = &verb_rows[o->verb];
    unsigned n = (unsigned)(argc - optind);
    if (n < verb->least)
        return usage_of(verb);
    if (n > verb->most && o->verb == VERB_COMPILE && strcmp(argv[optind], "compile") == 0)
        return usage("to compile is what it does without a verb: `vplc %s -o DIR`", argv[optind + 1]);
    if (n > verb->most && o->verb == VERB_COMPILE) {
        struct suggest suggest = {.word = argv[optind]};
        for (int v = 0; v < VERB_COUNT; v++)
            suggest_consider(&suggest, verb_rows[v].name);
        if (suggest.best)
            return usage("there is no such verb: did you mean `vplc %s`?", suggest.best);
    }
    if (n > verb->most)
        return usage("`%s` is one argument too many", argv[optind + (int)verb->most]);
    static const char *const standard_input[] = {"-"};
    const char *const *operands = (const char *const *)argv + optind;
    bool named = o->verb == VERB_DOC || o->verb == VERB_COMPLETION;
    o->files = n ? operands : standard_input;
    o->n_files = n ? n : 1;
    o->name = named ? operands[0] : NULL;
    o->file = n > named ? operands[named] : NULL;
    o->event = n > 1 ? operands[1] : NULL;
    if (o->verb == VERB_COMPILE && !o->output && !o->dump_ast && !o->dump_ir)
        return usage("where to? give -o DIR (or `vplc check %s` to write nothing)", o->file);
    if (o->verb == VERB_COMPILE && o->check && !o->output)
        return usage("--check compares with a directory: give -o DIR%s", "");
    return -1;
}

/* getopt would read `-out` as `-o ut`. */
static const char *long_by_one_dash(int argc, char **argv) {
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "-out") == 0 || strncmp(argv[i], "-out=", 5) == 0 ||
            strncmp(argv[i], "-output", 7) == 0)
            return argv[i];
    return NULL;
}

static int take_options(struct options *o, int argc, char **argv) {
    struct option longs[OPT_COUNT + 1];
    int code;
    long_options(longs);
    while ((code = getopt_long(argc, argv, "o:hW:", longs, NULL)) >= 0) {
        if (code == 'W' && strcmp(optarg, "error") == 0)
            code = LONG + OPT_WERROR;
        if (code == '?' || code == 'W')
            return unknown(argv);
        enum option_id id = row_of(code);
        if (id == OPT_HELP) {
            options_help(o->verb);
            return EXIT_OK;
        }
        if (id == OPT_VERSION) {
            puts("vplc " VPL_VERSION);
            return EXIT_OK;
        }
        if (!(option_rows[id].verbs & 1U << o->verb))
            return foreign(o->verb, &option_rows[id]);
        const char *wrong = take(o, &option_rows[id], optarg);
        if (wrong)
            return usage(wrong, optarg);
    }
    if (o->node.abi_major > o->node.parser_major)
        return usage("--abi 4 needs an apparmor_parser that has it: --parser 4.0%s", "");
    return -1;
}

int options_read(struct options *o, int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "help") == 0)
        return help(argc, argv);
    *o = (struct options){.verb = verb_of(argc, argv), .node = node_default};
    const char *one_dash = long_by_one_dash(argc, argv);
    if (one_dash)
        return usage("`%s` has one dash: `-o DIR` or `--output DIR`", one_dash);
    opterr = 0;
    optind = o->verb == VERB_COMPILE ? 1 : 2;
    int code = take_options(o, argc, argv);
    return code >= 0 ? code : take_operands(o, argc, argv);
}

bool options_colour(const struct options *o, int fd) {
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    if (o->colour != COLOUR_AUTO)
        return o->colour == COLOUR_ALWAYS;
    return isatty(fd) && !(no && *no) && !(term && strcmp(term, "dumb") == 0);
}
