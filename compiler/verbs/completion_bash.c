#include "completion.h"

#include <string.h>

/* COMP_WORDS is cut at = and : too: the words are read from the line, and of the answers only what stands
 * behind the last cut is given back. */
static const char helpers[] =
    "# Completion of vplc and varmor-run in bash, made by `vplc completion bash`.\n\n"
    "_vplc_words() { # WORDS: those that go on from $cur\n"
    "    mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$cur\")\n"
    "    local cut=${cur%\"${cur##*[=:]}\"}\n"
    "    COMPREPLY=(\"${COMPREPLY[@]#\"$cut\"}\")\n"
    "}\n\n"
    "_vplc_files() { # SUFFIX\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    mapfile -t COMPREPLY < <(compgen -d -- \"$cur\"; compgen -f -X \"!*$1\" -- \"$cur\" | while read -r "
    "f; do\n"
    "        [ -d \"$f\" ] || echo \"$f\"; done)\n"
    "}\n\n"
    "_vplc_folders() {\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    mapfile -t COMPREPLY < <(compgen -d -- \"$cur\")\n"
    "}\n\n"
    "_vplc_line() { # sets words, cur, prev\n"
    "    local line=${COMP_LINE:0:COMP_POINT}\n"
    "    read -ra words <<<\"$line\"\n"
    "    case $line in *[[:space:]]) words+=(\"\") ;; esac\n"
    "    cur=${words[${#words[@]} - 1]} prev=${words[${#words[@]} - 2]}\n"
    "    case $cur in --*=*) prev=${cur%%=*} cur=${cur#*=} ;; esac\n"
    "}\n\n";

static void add_action(struct buf *out, const struct completion *is) {
    switch (is->kind) {
    case COMPLETE_WORDS:
        buf_printf(out, "_vplc_words '%s'", is->words);
        break;
    case COMPLETE_FILES:
        buf_printf(out, "_vplc_files '%s'", is->suffix);
        break;
    case COMPLETE_FOLDERS:
        buf_add(out, "_vplc_folders");
        break;
    case COMPLETE_NOTHING:
        buf_add(out, ":");
        break;
    }
}

static void add_verbs(struct buf *out, const char *separator) {
    const char *before = "";
    for (int v = 0; v < VERB_COUNT; v++)
        if (*verb_rows[v].name) {
            buf_printf(out, "%s%s", before, verb_rows[v].name);
            before = separator;
        }
}

static void add_options(struct buf *out, enum verb verb) {
    for (int i = 0; i < OPT_COUNT; i++) {
        if (!(option_rows[i].verbs & 1U << verb))
            continue;
        buf_printf(out, " --%s", option_rows[i].name);
        if (option_rows[i].letter)
            buf_printf(out, " -%c", option_rows[i].letter);
    }
}

/* VERB:OPTION) action; an option whose values go by verb has a row for each. */
static void add_values(struct buf *out, struct compilation *c) {
    for (int i = 0; i < OPT_COUNT; i++) {
        const struct option_row *row = &option_rows[i];
        bool by_verb = i == OPT_FORMAT;
        for (int v = 0; row->argument && v < (by_verb ? VERB_COUNT : 1); v++) {
            struct completion is = completion_option(c, row, (enum verb)v);
            const char *verb = by_verb ? verb_rows[v].name : "*";
            buf_printf(out, "    %s:--%s", verb, row->name);
            if (row->letter)
                buf_printf(out, "|%s:-%c", verb, row->letter);
            buf_add(out, ") ");
            if (completion_is_optional(row)) /* only behind a = */
                buf_add(out, "[[ ${words[${#words[@]} - 1]} == --*=* ]] && ");
            add_action(out, &is);
            buf_add(out, completion_is_optional(row) ? " && return ;;\n" : "; return ;;\n");
        }
    }
}

static void add_operands(struct buf *out, struct compilation *c) {
    for (int v = 0; v < VERB_COUNT; v++)
        for (unsigned i = 0; i < (completion_takes_several((enum verb)v) ? 1 : 2); i++) {
            struct completion is = completion_operand(c, (enum verb)v, i);
            if (is.kind == COMPLETE_NOTHING)
                continue;
            buf_printf(out, completion_takes_several((enum verb)v) ? "    %s:*) " : "    %s:%u) ",
                       verb_rows[v].name, i);
            add_action(out, &is);
            if (v == VERB_COMPILE) {
                buf_add(
                    out,
                    "; (( ${#words[@]} == 2 )) && mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -W '");
                add_verbs(out, " ");
                buf_add(out, "' -- \"$cur\")");
            }
            buf_add(out, " ;;\n");
        }
}

/* Which words before the cursor are operands: neither options nor what belongs to one. */
static void add_counting(struct buf *out) {
    const char *bar = "";
    buf_add(out, "    for ((i = ${#verb} ? 2 : 1; i < ${#words[@]} - 1; i++)); do\n        case ${words[i]} "
                 "in\n        ");
    for (int i = 0; i < OPT_COUNT; i++)
        if (option_rows[i].argument && !completion_is_optional(&option_rows[i])) {
            buf_printf(out, "%s--%s", bar, option_rows[i].name);
            bar = "|";
            if (option_rows[i].letter)
                buf_printf(out, "|-%c", option_rows[i].letter);
        }
    buf_add(out, ") ((i++)) ;;\n        -?*) ;;\n        *) ((operands++)) ;;\n        esac\n    done\n");
}

static void add_vplc(struct buf *out, struct compilation *c) {
    buf_add(out, "_vplc() {\n    local words cur prev verb= operands=0 i\n    _vplc_line\n    (( "
                 "${#words[@]} > 2 )) && case ${words[1]} in ");
    add_verbs(out, "|");
    buf_add(out, ") verb=${words[1]} ;; esac\n    case $verb:$prev in\n");
    add_values(out, c);
    buf_add(out, "    esac\n    case $verb:$cur in\n");
    for (int v = 0; v < VERB_COUNT; v++) {
        buf_printf(out, "    %s:-*) _vplc_words '", verb_rows[v].name);
        add_options(out, (enum verb)v);
        buf_add(out, "'; return ;;\n");
    }
    buf_add(out, "    esac\n");
    add_counting(out);
    buf_add(out, "    case $verb:$operands in\n");
    add_operands(out, c);
    buf_add(out, "    esac\n}\ncomplete -F _vplc vplc\n\n");
}

static void add_varmor_run(struct buf *out) {
    buf_add(out, "_varmor_run() {\n    local words cur prev i\n    _vplc_line\n    case $prev in\n");
    for (size_t i = 0; i < run_options_count; i++) {
        struct completion is = completion_run_option(&run_options[i]);
        if (!run_options[i].argument)
            continue;
        buf_printf(out, "    --%s) ", run_options[i].name);
        add_action(out, &is);
        buf_add(out, "; return ;;\n");
    }
    buf_add(out, "    esac\n    case $cur in\n    -*) _vplc_words '");
    for (size_t i = 0; i < run_options_count; i++)
        buf_printf(out, " --%s", run_options[i].name);
    buf_add(out, "' ;;\n    *) mapfile -t COMPREPLY < <(compgen -c -- \"$cur\") ;;\n    esac\n}\n"
                 "complete -o default -F _varmor_run varmor-run\n");
}

void completion_bash(struct buf *out, struct compilation *c) {
    buf_add(out, helpers);
    add_vplc(out, c);
    add_varmor_run(out);
}
