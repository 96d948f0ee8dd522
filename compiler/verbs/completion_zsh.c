#include "completion.h"

#include <string.h>

/* Within the brackets of _arguments, within single quotes. */
static void add_quoted(struct buf *out, const char *text) {
    for (const char *p = text; *p && *p != '\n'; p++)
        if (*p == '\'')
            buf_add(out, "'\\''");
        else {
            if (strchr("[]:\\", *p))
                buf_add_char(out, '\\');
            buf_add_char(out, *p);
        }
}

static void add_action(struct buf *out, const struct completion *is) {
    switch (is->kind) {
    case COMPLETE_WORDS:
        buf_printf(out, "(%s)", is->words);
        break;
    case COMPLETE_FILES:
        buf_printf(out, *is->suffix ? "_files -g \"*%s\"" : "_files", is->suffix);
        break;
    case COMPLETE_FOLDERS:
        buf_add(out, "_files -/");
        break;
    case COMPLETE_NOTHING:
        break;
    }
}

/* '--name=[help]:argument:action' */
static void add_option(struct buf *out, const char *name, char letter, const char *help, const char *argument,
                       bool optional, const struct completion *is) {
    buf_add(out, " \\\n        ");
    if (letter)
        buf_printf(out, "'(-%c --%s)'{-%c%s,--%s%s}'[", letter, name, letter, argument ? "+" : "", name,
                   argument ? "=" : "");
    else
        buf_printf(out, "'--%s%s[", name, !argument ? "" : optional ? "=-" : "=");
    add_quoted(out, help);
    buf_add_char(out, ']');
    if (argument) {
        buf_printf(out, "%s:%s:", optional ? ":" : "", "value");
        add_action(out, is);
    }
    buf_add_char(out, '\'');
}

static void add_verb(struct buf *out, struct compilation *c, enum verb verb) {
    buf_printf(out, "    %s)\n        _arguments -S", *verb_rows[verb].name ? verb_rows[verb].name : "*");
    for (int i = 0; i < OPT_COUNT; i++) {
        const struct option_row *row = &option_rows[i];
        struct completion is = completion_option(c, row, verb);
        if (row->verbs & 1U << verb)
            add_option(out, row->name, row->letter, row->help, row->argument, completion_is_optional(row),
                       &is);
    }
    bool several = completion_takes_several(verb);
    for (unsigned i = 0; i < (several ? 1 : 2); i++) {
        struct completion is = completion_operand(c, verb, i);
        if (is.kind == COMPLETE_NOTHING)
            continue;
        buf_add(out, " \\\n        '");
        if (verb == VERB_COMPILE)
            buf_add(out, "1: :_vplc_first");
        else {
            buf_printf(out, several ? "*: :" : "%u: :", i + 1);
            add_action(out, &is);
        }
        buf_add_char(out, '\'');
    }
    buf_add(out, " ;;\n");
}

static void add_first(struct buf *out) {
    buf_add(out, "_vplc_first() {\n    local -a verbs=(");
    for (int v = 0; v < VERB_COUNT; v++)
        if (*verb_rows[v].name) {
            buf_printf(out, "\n        '%s:", verb_rows[v].name);
            add_quoted(out, verb_rows[v].summary);
            buf_add_char(out, '\'');
        }
    buf_add(out, "\n    )\n    _describe -t verbs verb verbs\n    _files -g \"*.vpl\"\n}\n\n");
}

static void add_varmor_run(struct buf *out) {
    buf_add(out, "_varmor_run() {\n    _arguments -S");
    for (size_t i = 0; i < run_options_count; i++) {
        const struct run_option *row = &run_options[i];
        struct completion is = completion_run_option(row);
        add_option(out, row->name, 0, row->help, row->argument, false, &is);
    }
    buf_add(out, " \\\n        '(-)*:: :_normal'\n}\n\n");
}

void completion_zsh(struct buf *out, struct compilation *c) {
    buf_add(out, "#compdef vplc varmor-run\n# Completion of vplc and varmor-run in zsh, made by `vplc "
                 "completion zsh`.\n\n");
    add_first(out);
    add_varmor_run(out);
    buf_add(out, "_vplc_command() {\n    local verb=\n    (( CURRENT > 2 )) && case $words[2] in\n    (");
    for (int v = 1; v < VERB_COUNT; v++)
        buf_printf(out, "%s%s", v > 1 ? "|" : "", verb_rows[v].name);
    buf_add(out, ") verb=$words[2]; shift words; (( CURRENT-- )) ;;\n    esac\n    case $verb in\n");
    for (int v = 1; v <= VERB_COUNT; v++)
        add_verb(out, c, (enum verb)(v % VERB_COUNT));
    buf_add(out, "    esac\n}\n\ncase $service in\nvarmor-run) _varmor_run \"$@\" ;;\n*) _vplc_command "
                 "\"$@\" ;;\nesac\n");
}
