#include "options.h"

#include "suggest.h"
#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ALL (~0U)
#define V(verb) (1U << VERB_##verb)

static const struct {
    const char *name, *arguments, *summary, *text;
    unsigned operands;
} verbs[VERB_COUNT] = {
    [VERB_COMPILE] =
        {"", "FILE -o DIR", "compile a policy into DIR",
         "Writes AppArmor profiles, seccomp filters (BPF and OCI JSON), Kubernetes patches, compiled.bin "
         "for\n"
         "varmor-run, coverage.json and manifest.json into DIR, and prints the coverage report.\n",
         1},
    [VERB_CHECK] = {"check", "FILE", "look for mistakes, write nothing",
                    "Parses and checks the policy and everything that its backends can find.\n", 1},
    [VERB_TEST] = {"test", "FILE", "run the policy's test blocks",
                   "Runs each expectation on the meaning and on every backend's own output.\n", 1},
    [VERB_EVAL] = {"eval", "FILE EVENT", "what does the policy say of an event?",
                   "EVENT is written as after `expect deny` in a test: 'write \"/etc/passwd\"', 'capability "
                   "net_admin',\n"
                   "'syscall unshare(flags: CLONE_NEWUSER)'. Prints the verdict, whether it is logged, and "
                   "the statement that decides.\n",
                   2},
    [VERB_INSPECT] = {"inspect", "compiled.bin", "print what a bundle holds",
                      "Validates compiled.bin as varmor-run does and prints what it holds.\n", 1},
};

enum {
    OPT_CHECK = 256,
    OPT_ONLY,
    OPT_STDLIB,
    OPT_EXEC,
    OPT_KERNEL,
    OPT_PARSER,
    OPT_ABI,
    OPT_RUNTIME,
    OPT_K8S,
    OPT_WORKLOAD,
    OPT_WERROR,
    OPT_GATE,
    OPT_FORMAT,
    OPT_ALL,
    OPT_FILTERS,
    OPT_QUIET,
    OPT_COLOUR,
    OPT_DUMP_AST,
    OPT_DUMP_IR,
    OPT_VERSION
};

static const struct {
    int code;
    const char *name, *argument, *help;
    bool optional;
    unsigned verbs;
} table[] = {
    {'o', "output", "DIR", "where the outputs go; an earlier compilation there is replaced at once", false,
     V(COMPILE)},
    {OPT_CHECK, "check", NULL, "write nothing; show what differs from DIR and exit 4 if anything does", false,
     V(COMPILE)},
    {OPT_ONLY, "only", "NAME", "just this policy of the file", false,
     V(COMPILE) | V(CHECK) | V(TEST) | V(EVAL)},
    {OPT_GATE, "require-coverage", "=full|any",
     "exit 3 if a row that isn't best-effort is less than full (any: is none)", true, V(COMPILE) | V(CHECK)},
    {OPT_WERROR, "Werror", NULL, "exit 3 if there is a warning; -Werror too", false, V(COMPILE) | V(CHECK)},
    {OPT_ALL, "all", NULL, "show the base's rows in the report too", false, V(COMPILE)},
    {OPT_FILTERS, "filters", NULL, "print the seccomp filters too, an instruction a line", false, V(INSPECT)},
    {OPT_QUIET, "quiet", NULL, "no report", false, V(COMPILE)},
    {OPT_EXEC, "exec", "PATH", "who acts: this program, started by the entrypoint; again for a chain", false,
     V(EVAL)},
    {OPT_KERNEL, "kernel", "VERSION", "the node's kernel (6.1)", false, V(COMPILE) | V(CHECK) | V(TEST)},
    {OPT_PARSER, "parser", "VERSION", "the node's apparmor_parser (3.0)", false,
     V(COMPILE) | V(CHECK) | V(TEST)},
    {OPT_ABI, "abi", "3|4", "the AppArmor abi that profiles are written for (that of the parser)", false,
     V(COMPILE) | V(CHECK) | V(TEST)},
    {OPT_RUNTIME, "runtime", "NAME", "the container runtime (containerd)", false,
     V(COMPILE) | V(CHECK) | V(TEST)},
    {OPT_K8S, "k8s-version", "1.N", "the cluster's Kubernetes, 1.28 to 1.36 (1.31)", false,
     V(COMPILE) | V(CHECK) | V(TEST)},
    {OPT_WORKLOAD, "workload", "FILE",
     "the manifest that patches are for: all its containers, in their order", false, V(COMPILE) | V(CHECK)},
    {OPT_STDLIB, "stdlib", "DIR", "a standard library instead of the one in the program", false, ALL},
    {OPT_FORMAT, "format", "text|json", "how to print diagnostics and results", false, ALL},
    {OPT_COLOUR, "colour", "WHEN", "auto, always or never; NO_COLOR is heeded", false, ALL},
    {OPT_DUMP_AST, "dump-ast", NULL, "print the syntax tree and stop", false, V(CHECK) | V(COMPILE)},
    {OPT_DUMP_IR, "dump-ir", NULL, "print the intermediate form and stop", false, V(CHECK) | V(COMPILE)},
    {'h', "help", NULL, "this text; `vplc VERB --help` for a verb", false, ALL},
    {OPT_VERSION, "version", NULL, "the version", false, ALL},
};
enum { TABLE = sizeof table / sizeof *table };

static void print_options(unsigned verb) {
    for (int i = 0; i < TABLE; i++) {
        char name[64];
        if (!(table[i].verbs & 1U << verb))
            continue;
        snprintf(name, sizeof name, "%s--%s%s%s%s%s",
                 table[i].code < 256 ? (char[]){'-', (char)table[i].code, ',', ' ', 0} : "    ",
                 table[i].name, table[i].argument && !table[i].optional ? " " : "",
                 table[i].optional ? "[" : "", table[i].argument ? table[i].argument : "",
                 table[i].optional ? "]" : "");
        printf("  %-32s %s\n", name, table[i].help);
    }
}

static void print_help(enum verb verb) {
    if (verb != VERB_COMPILE) {
        printf("usage: vplc %s [options] %s\n\n%s\noptions:\n", verbs[verb].name, verbs[verb].arguments,
               verbs[verb].text);
        print_options(verb);
        return;
    }
    printf("vplc: one policy for AppArmor, seccomp, capabilities and Kubernetes\n\nusage: vplc [options] "
           "FILE -o DIR\n");
    for (int v = VERB_CHECK; v < VERB_COUNT; v++)
        printf("       vplc %s [options] %s\n", verbs[v].name, verbs[v].arguments);
    printf("\n%s\nverbs:\n", verbs[VERB_COMPILE].text);
    for (int v = VERB_CHECK; v < VERB_COUNT; v++)
        printf("  %-10s %s\n", verbs[v].name, verbs[v].summary);
    printf("\noptions:\n");
    print_options(VERB_COMPILE);
    printf(
        "\nexample:\n  cat >web.vpl <<'END'\n  vpl 1;\n  policy web {\n      allow only capability "
        "net_bind_service;\n      deny write \"/etc/**\";\n  }\n  END\n"
        "  vplc web.vpl -o out/ && varmor-run --policy out/compiled.bin --allow-missing apparmor -- ./web\n\n"
        "exit status: 0 fine, 1 the policy is wrong, 2 usage or I/O, 3 a gate isn't met, 4 a difference was "
        "found, 5 tests failed\n");
}

static int usage(const char *text, const char *what) {
    fprintf(stderr, "vplc: ");
    fprintf(stderr, text, what);
    fprintf(stderr, "\n`vplc --help` shows what there is\n");
    return EXIT_USAGE;
}

static bool version(const char *text, unsigned *major, unsigned *minor) {
    int n = 0;
    return isdigit((unsigned char)text[0]) && sscanf(text, "%u.%u%n", major, minor, &n) == 2 &&
           (text[n] == '\0' || text[n] == '.' || text[n] == '-');
}

/* Options that set a value which can be wrong. NULL: fine. */
static const char *set_value(struct options *o, int code, const char *value) {
    unsigned one = 0;
    switch (code) {
    case OPT_KERNEL:
        return version(value, &o->node.kernel_major, &o->node.kernel_minor)
                   ? NULL
                   : "--kernel takes a version like 6.1, not `%s`";
    case OPT_PARSER:
        if (!version(value, &o->node.parser_major, &o->node.parser_minor) || o->node.parser_major < 3)
            return "--parser takes a version like 3.0 or 4.1, not `%s`";
        if (!o->abi_given)
            o->node.abi_major = o->node.parser_major >= 4 ? 4 : 3;
        return NULL;
    case OPT_ABI:
        o->abi_given = true;
        o->node.abi_major = value[0] == '4' ? 4 : 3;
        return strcmp(value, "3") == 0 || strcmp(value, "4") == 0 ? NULL : "--abi is 3 or 4, not `%s`";
    case OPT_K8S:
        return version(value, &one, &o->node.kubernetes_minor) && one == 1 &&
                       o->node.kubernetes_minor >= 28 && o->node.kubernetes_minor <= 36
                   ? NULL
                   : "--k8s-version takes 1.28 to 1.36, not `%s`";
    case OPT_GATE:
        o->gate = true;
        o->gate_level = value && strcmp(value, "any") == 0 ? GATE_ANY : GATE_FULL;
        return !value || strcmp(value, "any") == 0 || strcmp(value, "full") == 0
                   ? NULL
                   : "--require-coverage is =full or =any, not `%s`";
    case OPT_FORMAT:
        o->json = strcmp(value, "json") == 0;
        return o->json || strcmp(value, "text") == 0 ? NULL : "--format is text or json, not `%s`";
    case OPT_COLOUR:
        o->colour = strcmp(value, "always") == 0  ? COLOUR_ALWAYS
                    : strcmp(value, "never") == 0 ? COLOUR_NEVER
                                                  : COLOUR_AUTO;
        return o->colour != COLOUR_AUTO || strcmp(value, "auto") == 0
                   ? NULL
                   : "--colour is auto, always or never, not `%s`";
    case OPT_EXEC:
        if (o->n_exec < sizeof o->exec / sizeof *o->exec)
            o->exec[o->n_exec++] = value;
        return NULL;
    }
    return NULL;
}

static void set_flag(struct options *o, int code, const char *value) {
    switch (code) {
    case 'o':
        o->output = value;
        break;
    case OPT_ONLY:
        o->only = value;
        break;
    case OPT_STDLIB:
        o->stdlib = value;
        break;
    case OPT_WORKLOAD:
        o->workload = value;
        break;
    case OPT_RUNTIME:
        o->node.runtime = value;
        break;
    case OPT_CHECK:
        o->check = true;
        break;
    case OPT_WERROR:
        o->werror = true;
        break;
    case OPT_ALL:
        o->all = true;
        break;
    case OPT_FILTERS:
        o->filters = true;
        break;
    case OPT_QUIET:
        o->quiet = true;
        break;
    case OPT_DUMP_AST:
        o->dump_ast = true;
        break;
    case OPT_DUMP_IR:
        o->dump_ir = true;
        break;
    }
}

static unsigned verbs_of(int code) {
    for (int i = 0; i < TABLE; i++)
        if (table[i].code == code)
            return table[i].verbs;
    return 0;
}

static void long_options(struct option out[TABLE + 1]) {
    memset(out, 0, (TABLE + 1) * sizeof *out);
    for (int i = 0; i < TABLE; i++)
        out[i] = (struct option){table[i].name,
                                 table[i].optional   ? optional_argument
                                 : table[i].argument ? required_argument
                                                     : no_argument,
                                 NULL, table[i].code};
}

static int unknown(char **argv) {
    char letter[3] = {'-', (char)optopt, '\0'};
    const char *word = optopt && optopt < 256 ? letter : argv[optind - 1];
    struct suggest suggest = {.word = word + strspn(word, "-")};
    for (int i = 0; i < TABLE; i++)
        suggest_consider(&suggest, table[i].name);
    fprintf(stderr, "vplc: there is no option `%s`, or its value is missing\n", word);
    if (suggest.best)
        fprintf(stderr, "did you mean `--%s`?\n", suggest.best);
    return EXIT_USAGE;
}

/* A verb is one only as the first argument; ./check is a file. */
static enum verb verb_of(int argc, char **argv) {
    for (int v = VERB_CHECK; argc > 1 && v < VERB_COUNT; v++)
        if (strcmp(argv[1], verbs[v].name) == 0)
            return (enum verb)v;
    return VERB_COMPILE;
}

static int take_operands(struct options *o, int argc, char **argv) {
    unsigned n = (unsigned)(argc - optind);
    if (n < verbs[o->verb].operands)
        return usage(o->verb == VERB_COMPILE ? "which policy? usage: vplc FILE -o DIR%s"
                                             : "usage: vplc %s FILE …",
                     o->verb == VERB_COMPILE ? "" : verbs[o->verb].name);
    if (n > verbs[o->verb].operands && o->verb == VERB_COMPILE) {
        struct suggest suggest = {.word = argv[optind]};
        for (int v = VERB_CHECK; v < VERB_COUNT; v++)
            suggest_consider(&suggest, verbs[v].name);
        if (suggest.best)
            return usage("there is no such verb: did you mean `vplc %s`?", suggest.best);
    }
    if (n > verbs[o->verb].operands)
        return usage("`%s` is one argument too many", argv[optind + (int)verbs[o->verb].operands]);
    o->file = argv[optind];
    o->event = verbs[o->verb].operands > 1 ? argv[optind + 1] : NULL;
    if (o->verb == VERB_COMPILE && !o->output && !o->dump_ast && !o->dump_ir)
        return usage("where to? give -o DIR (or `vplc check %s` to write nothing)", o->file);
    if (o->check && !o->output)
        return usage("--check compares with a directory: give -o DIR%s", "");
    return -1;
}

int options_read(struct options *o, int argc, char **argv) {
    struct option longs[TABLE + 1];
    int code;
    *o = (struct options){.verb = verb_of(argc, argv), .node = node_default};
    long_options(longs);
    opterr = 0;
    optind = o->verb == VERB_COMPILE ? 1 : 2;
    while ((code = getopt_long(argc, argv, "o:hW:", longs, NULL)) >= 0) {
        if (code == 'W' && strcmp(optarg, "error") == 0)
            code = OPT_WERROR;
        if (code == '?' || code == 'W')
            return unknown(argv);
        if (code == 'h') {
            print_help(o->verb);
            return EXIT_OK;
        }
        if (code == OPT_VERSION) {
            puts("vplc " VPL_VERSION);
            return EXIT_OK;
        }
        if (!(verbs_of(code) & 1U << o->verb))
            return usage("`%s` is no option of this verb", argv[optind - 1]);
        const char *wrong = set_value(o, code, optarg);
        if (wrong)
            return usage(wrong, optarg);
        set_flag(o, code, optarg);
    }
    return take_operands(o, argc, argv);
}

bool options_colour(const struct options *o, int fd) {
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    if (o->colour != COLOUR_AUTO)
        return o->colour == COLOUR_ALWAYS;
    return isatty(fd) && !(no && *no) && !(term && strcmp(term, "dumb") == 0);
}
