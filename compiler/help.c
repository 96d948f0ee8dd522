#include "options.h"
#include <stdio.h>
#include <string.h>

static const char start[] = "vplc: one policy for AppArmor, seccomp, capabilities and Kubernetes\n\n";
static const char end[] =
    "\nexample:\n  cat >web.vpl <<'END'\n  vpl 1;\n  policy web {\n      allow only capability "
    "net_bind_service;\n      deny write \"/etc/**\";\n  }\n  END\n"
    "  vplc web.vpl -o out/ && varmor-run --policy out/compiled.bin --allow-missing apparmor -- ./web\n\n"
    "exit status:\n  0  fine\n  1  the policy is wrong\n  2  usage or I/O\n  3  a gate isn't met: coverage, "
    "-Werror\n"
    "  4  a difference was found\n  5  tests failed\n";

enum { WIDTH = 33 }; /* of an option's name, and the space behind it */

static void print_option(const struct option_row *row, enum verb verb) {
    struct buf values BUF_CLEANUP = {0};
    char name[64];
    const char letter[] = {'-', row->letter, ',', ' ', '\0'},
               *argument = options_argument(row, verb, &values);
    bool optional = argument && *argument == '[';
    snprintf(name, sizeof name, "%s--%s%s%s", row->letter ? letter : "    ", row->name,
             !argument  ? ""
             : optional ? "[="
                        : " ",
             argument ? argument + optional : "");
    if (strlen(name) >= WIDTH)
        printf("  %s\n  %*s%s\n", name, WIDTH, "", row->help);
    else
        printf("  %-*s%s\n", WIDTH, name, row->help);
}

static void print_options(enum verb verb) {
    for (int i = 0; i < OPT_COUNT; i++)
        if (option_rows[i].verbs & 1U << verb)
            print_option(&option_rows[i], verb);
}

static void print_usage(const char *before, enum verb verb) {
    const struct verb_row *row = &verb_rows[verb];
    printf("%s vplc %s%s[options] %s\n", before, row->name, *row->name ? " " : "", row->arguments);
}

static void print_all(void) {
    fputs(start, stdout);
    for (int v = 0; v < VERB_COUNT; v++)
        print_usage(v ? "      " : "usage:", (enum verb)v);
    puts("       vplc help [VERB]");
    printf("\n%s\nverbs:\n", verb_rows[VERB_COMPILE].text);
    for (int v = 0; v < VERB_COUNT; v++)
        if (*verb_rows[v].name)
            printf("  %-11s %s\n", verb_rows[v].name, verb_rows[v].summary);
    printf("\noptions:\n");
    print_options(VERB_COMPILE);
    fputs(end, stdout);
}

void options_help(enum verb verb) {
    if (verb == VERB_COMPILE) {
        print_all();
        return;
    }
    print_usage("usage:", verb);
    printf("\n%s\noptions:\n", verb_rows[verb].text);
    print_options(verb);
}
