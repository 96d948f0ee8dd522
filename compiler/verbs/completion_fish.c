#include "completion.h"

#include <string.h>

static const char helpers[] =
    "# Completion of vplc and varmor-run in fish, made by `vplc completion fish`.\n\n"
    "function __vplc_verb # the verb, or compile\n"
    "    set -l words (commandline -opc)\n"
    "    if test (count $words) -gt 1; and contains -- $words[2] $__vplc_verbs\n"
    "        echo $words[2]\n"
    "    else\n"
    "        echo compile\n"
    "    end\n"
    "end\n\n"
    "function __vplc_is # VERB...\n"
    "    contains -- (__vplc_verb) $argv\n"
    "end\n\n"
    "function __vplc_operand # N: so many words that are no options stand before\n"
    "    set -l words (string match -v -- '-*' (commandline -opc))\n"
    "    test (count $words) -eq $argv[1]\n"
    "end\n\n";

static void add_quoted(struct buf *out, const char *text) {
    buf_add_char(out, '\'');
    for (const char *p = text; *p && *p != '\n'; p++) {
        if (strchr("'\\", *p))
            buf_add_char(out, '\\');
        buf_add_char(out, *p);
    }
    buf_add_char(out, '\'');
}

static const char *name_of(int verb) {
    return *verb_rows[verb].name ? verb_rows[verb].name : "compile";
}

static void add_action(struct buf *out, const struct completion *is, bool optional) {
    switch (is->kind) {
    case COMPLETE_WORDS:
        buf_printf(out, " %s -a '%s'", optional ? "-f" : "-x", is->words);
        break;
    case COMPLETE_FILES:
        if (*is->suffix)
            buf_printf(out, " -x -a '(__fish_complete_suffix %s)'", is->suffix);
        else
            buf_add(out, " -r -F");
        break;
    case COMPLETE_FOLDERS:
        buf_add(out, " -x -a '(__fish_complete_directories)'");
        break;
    case COMPLETE_NOTHING:
        buf_add(out, " -x");
        break;
    }
}

/* One line for all verbs that take the option, or one for each where its values go by verb. */
static void add_option(struct buf *out, struct compilation *c, const struct option_row *row) {
    bool by_verb = row == &option_rows[OPT_FORMAT];
    for (int only = 0; only < (by_verb ? VERB_COUNT : 1); only++) {
        buf_add(out, "complete -c vplc -n '__vplc_is");
        for (int v = 0; v < VERB_COUNT; v++)
            if (row->verbs & 1U << v && (!by_verb || v == only))
                buf_printf(out, " %s", name_of(v));
        buf_printf(out, "' -l %s", row->name);
        if (row->letter)
            buf_printf(out, " -s %c", row->letter);
        struct completion is = completion_option(c, row, (enum verb)only);
        if (row->argument)
            add_action(out, &is, completion_is_optional(row));
        buf_add(out, " -d ");
        add_quoted(out, row->help);
        buf_add_char(out, '\n');
    }
}

static void add_operand(struct buf *out, struct compilation *c, int verb, unsigned index) {
    struct completion is = completion_operand(c, (enum verb)verb, index);
    bool several = completion_takes_several((enum verb)verb);
    if (is.kind == COMPLETE_NOTHING || (several && index))
        return;
    buf_printf(out, "complete -c vplc -n '__vplc_is %s", name_of(verb));
    if (!several)
        buf_printf(out, "; and __vplc_operand %u", index + (verb == VERB_COMPILE ? 1 : 2));
    buf_add_char(out, '\'');
    add_action(out, &is, true);
    buf_add_char(out, '\n');
}

static void add_varmor_run(struct buf *out) {
    buf_add(out, "\ncomplete -c varmor-run -x -a '(__fish_complete_subcommand)'\n");
    for (size_t i = 0; i < run_options_count; i++) {
        struct completion is = completion_run_option(&run_options[i]);
        buf_printf(out, "complete -c varmor-run -l %s", run_options[i].name);
        if (run_options[i].argument)
            add_action(out, &is, false);
        buf_add(out, " -d ");
        add_quoted(out, run_options[i].help);
        buf_add_char(out, '\n');
    }
}

void completion_fish(struct buf *out, struct compilation *c) {
    buf_add(out, helpers);
    buf_add(out, "set -g __vplc_verbs");
    for (int v = 1; v < VERB_COUNT; v++)
        buf_printf(out, " %s", verb_rows[v].name);
    buf_add(out, "\n\ncomplete -c vplc -f\n");
    for (int v = 1; v < VERB_COUNT; v++) {
        buf_printf(out, "complete -c vplc -n 'test (count (commandline -opc)) -eq 1' -a %s -d ",
                   verb_rows[v].name);
        add_quoted(out, verb_rows[v].summary);
        buf_add_char(out, '\n');
    }
    for (int i = 0; i < OPT_COUNT; i++)
        add_option(out, c, &option_rows[i]);
    for (int v = 0; v < VERB_COUNT; v++)
        for (unsigned i = 0; i < 2; i++)
            add_operand(out, c, v, i);
    add_varmor_run(out);
}
