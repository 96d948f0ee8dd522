/* varmor-run: confines itself as a compiled policy says, then becomes the command. No fork: signals, file
 * descriptors, environment and exit status are the command's own. It obeys whoever starts it, so it must
 * never be setuid or carry file capabilities. */
#include "bundle.h"
#include "confine.h"
#include "kernel.h"
#include "plan.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* As env(1) and docker do it; all else is the command's own. */
enum { EXIT_NOT_CONFINED = 125, EXIT_NOT_EXECUTABLE = 126, EXIT_NOT_FOUND = 127, GO_ON = -1 };

struct options {
    const char *policy, *name;
    unsigned allow;
    bool explain;
    char **command; /* NULL-terminated, may be empty with --explain */
};

enum option_id {
#define RUN_OPTION(id, name, argument, help) OPTION_##id,
#include "run_options.def"
#undef RUN_OPTION
    OPTION_COUNT
};

static const struct {
    const char *name, *argument, *help;
} option_rows[OPTION_COUNT] = {
#define RUN_OPTION(id, name, argument, help) [OPTION_##id] = {name, argument, help},
#include "run_options.def"
#undef RUN_OPTION
};

static const char help_start[] = "usage: varmor-run --policy compiled.bin [OPTION...] [--] COMMAND [ARG...]\n"
                                 "\n"
                                 "Runs COMMAND confined as a policy says: drops capabilities, sets "
                                 "no_new_privs, enters its AppArmor profile,\n"
                                 "installs its seccomp filter, and becomes COMMAND. What the policy asks for "
                                 "and this machine can't give is\n"
                                 "refused, but for what it calls best-effort.\n"
                                 "\n"
                                 "options:\n";

static const char help_end[] =
    "\n"
    "example:\n"
    "  vplc app.vpl -o out/                                     compile the policy\n"
    "  apparmor_parser -r out/apparmor/*                        load its profile, as root\n"
    "  varmor-run --policy out/compiled.bin --explain           what it would do here\n"
    "  varmor-run --policy out/compiled.bin -- sh -c 'id; ls'   run a command under it\n"
    "\n"
    "exit status:\n"
    "  125  the command was not started, because it could not be confined as asked; stderr says why\n"
    "  126  the command was found but can't be executed\n"
    "  127  the command was not found\n"
    "  else  the command's own\n";

static int complain(const char *text) {
    fprintf(stderr, "varmor-run: %s\n", text);
    return EXIT_NOT_CONFINED;
}

static int misused(const char *problem, const char *word) {
    fprintf(stderr, "varmor-run: %s%s (see varmor-run --help)\n", problem, word);
    return EXIT_NOT_CONFINED;
}

/* Printed text that is lost must not look like success. */
static int printed(int status) {
    return fflush(stdout) == 0 && !ferror(stdout) ? status : complain("can't write to stdout");
}

static void print_option(const char *name, const char *argument, const char *help) {
    char head[32];
    snprintf(head, sizeof head, "--%s%s%s", name, argument ? " " : "", argument ? argument : "");
    printf("  %-24s  ", head);
    for (; *help; help++) {
        putchar(*help);
        if (*help == '\n')
            printf("%28s", "");
    }
    putchar('\n');
}

static int print_help(void) {
    fputs(help_start, stdout);
    for (int i = 0; i < OPTION_COUNT; i++)
        print_option(option_rows[i].name, option_rows[i].argument, option_rows[i].help);
    fputs(help_end, stdout);
    return printed(0);
}

static int print_version(void) {
    puts("varmor-run " VPL_VERSION);
    return printed(0);
}

static int add_allowed(struct options *options, char *list) {
    for (char *rest = list, *word; (word = strsep(&rest, ","));)
        if (!strcmp(word, "apparmor"))
            options->allow |= ALLOW_APPARMOR;
        else if (!strcmp(word, "pod"))
            options->allow |= ALLOW_POD;
        else
            return misused("--allow-missing knows apparmor and pod, not: ", word);
    return GO_ON;
}

/* A second --policy or --name could be an accident that confines by the wrong policy. */
static int set_once(const char **value, enum option_id option) {
    if (*value)
        return misused("given twice: --", option_rows[option].name);
    *value = optarg;
    return GO_ON;
}

static int take_option(struct options *options, enum option_id option) {
    switch (option) {
    case OPTION_POLICY:
        return set_once(&options->policy, option);
    case OPTION_NAME:
        return set_once(&options->name, option);
    case OPTION_ALLOW:
        return add_allowed(options, optarg);
    case OPTION_EXPLAIN:
        options->explain = true;
        return GO_ON;
    case OPTION_HELP:
        return print_help();
    case OPTION_VERSION:
        return print_version();
    case OPTION_COUNT:
        break;
    }
    return EXIT_NOT_CONFINED;
}

/* GO_ON, or the status to exit with. "+": what follows the command's name is the command's. */
static int parse_options(int argc, char **argv, struct options *options) {
    struct option rows[OPTION_COUNT + 1] = {0};
    for (int i = 0; i < OPTION_COUNT; i++)
        rows[i] = (struct option){option_rows[i].name,
                                  option_rows[i].argument ? required_argument : no_argument, NULL, i + 1};
    int status = GO_ON, c;
    opterr = 0;
    while (status == GO_ON && (c = getopt_long(argc, argv, "+:", rows, NULL)) != -1) {
        if (c == '?' || c == ':')
            return misused(c == ':' ? "needs an argument: " : "no such option: ", argv[optind - 1]);
        status = take_option(options, (enum option_id)(c - 1));
    }
    options->command = argv + optind;
    if (status == GO_ON && !options->policy)
        return misused("which policy? Say --policy compiled.bin", "");
    if (status == GO_ON && !*options->command && !options->explain)
        return misused("which command?", "");
    return status;
}

static int explain(const struct plan *plan) {
    struct buf BUF_CLEANUP text = {0};
    plan_explain(&text, plan);
    if (text.failed)
        return complain("out of memory");
    fputs(buf_text(&text), stdout);
    return printed(plan->n_refused ? EXIT_NOT_CONFINED : 0);
}

static int refuse(const struct plan *plan) {
    if (plan->refused.failed)
        return complain("out of memory");
    for (const char *line = buf_text(&plan->refused), *end; (end = strchr(line, '\n')); line = end + 1)
        fprintf(stderr, "varmor-run: refused: %.*s\n", (int)(end - line), line);
    return EXIT_NOT_CONFINED;
}

/* By now the policy is in force for this process too: what stops execve may be the file or the policy. */
static int become(char **command, const struct plan *plan) {
    execvp(command[0], command);
    int error = errno;
    bool seccomp = bundle_need(plan->policy, NEED_SECCOMP),
         apparmor = bundle_need(plan->policy, NEED_APPARMOR);
    fprintf(stderr, "varmor-run: can't run %s: %s", command[0], strerror(error));
    if (error != ENOENT && (seccomp || apparmor))
        fprintf(stderr, " (or the policy denies execve: its %s%s%s)", seccomp ? "seccomp filter" : "",
                seccomp && apparmor ? " or " : "", apparmor ? "AppArmor profile" : "");
    fputc('\n', stderr);
    return error == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
}

static int start(const struct options *options, const struct plan *plan) {
    struct err err;
    if (options->explain)
        return explain(plan);
    if (plan->n_refused)
        return refuse(plan);
    if (confine(plan, &err) < 0)
        return complain(err.text);
    return become(options->command, plan);
}

static void free_bundle(struct bundle **bundle) {
    bundle_free(*bundle);
}

/* The directory of the policy's file: beside it lie the profiles. */
static void find_out(char *out, size_t size, const char *policy) {
    const char *slash = strrchr(policy, '/');
    snprintf(out, size, "%.*s", slash ? (int)(slash - policy) : 1, slash ? policy : ".");
}

static int run(const struct options *options) {
    struct err err;
    struct kernel kernel;
    char out[4096];
    struct plan plan __attribute__((cleanup(plan_free))) = {0};
    struct bundle *bundle __attribute__((cleanup(free_bundle))) = bundle_open(options->policy, &err);
    const struct bundle_policy *policy = bundle ? bundle_find(bundle, options->name, &err) : NULL;
    if (!policy) {
        fprintf(stderr, "varmor-run: %s: %s\n", options->policy, err.text);
        return EXIT_NOT_CONFINED;
    }
    if (kernel_probe(&kernel, policy, &err) < 0)
        return complain(err.text);
    find_out(out, sizeof out, options->policy);
    plan_make(&plan, policy, &kernel, options->allow, out);
    return start(options, &plan);
}

int main(int argc, char **argv) {
    struct options options = {0};
    int status = parse_options(argc, argv, &options);
    return status == GO_ON ? run(&options) : status;
}
