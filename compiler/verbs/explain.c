#include "explain.h"

#include "doc_text.h"
#include "markdown.h"
#include "session.h"
#include "suggest.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LABEL = sizeof "VPL4294967295.md" };

const char *explain_text(unsigned code) {
    char name[LABEL];
    snprintf(name, sizeof name, "VPL%04u.md", code);
    for (size_t i = 0; i < doc_files_count; i++)
        if (strcmp(doc_files[i].name, name) == 0)
            return doc_files[i].text;
    return NULL;
}

static const struct diag_row *row_of(const char *word) {
    char *end;
    const char *digits = strncasecmp(word, "VPL", 3) == 0 ? word + 3 : word;
    unsigned long code = strtoul(digits, &end, 10);
    for (size_t i = 0; i < diag_rows_count && end != digits && !*end; i++)
        if (diag_rows[i].code == code)
            return &diag_rows[i];
    return NULL;
}

static json_t *row_json(const struct diag_row *row) {
    char label[LABEL];
    snprintf(label, sizeof label, "VPL%04u", row->code);
    const char *text = explain_text(row->code);
    return json_pack("{s:s, s:s, s:s, s:s}", "code", label, "severity", diag_severity_name(row->severity),
                     "title", row->title, "text", text ? text : "");
}

static void print_row(const struct diag_row *row, struct buf *out) {
    const char *text = explain_text(row->code);
    if (text)
        markdown_plain(out, text, strlen(text));
}

static int unknown(const char *word) {
    struct suggest suggest = {.word = word};
    static char labels[1000][LABEL];
    for (size_t i = 0; i < diag_rows_count && i < sizeof labels / sizeof *labels; i++) {
        snprintf(labels[i], LABEL, "VPL%04u", diag_rows[i].code);
        suggest_consider(&suggest, labels[i]);
    }
    fprintf(stderr, "vplc: there is no diagnostic `%s`", word);
    if (suggest.best)
        fprintf(stderr, "; did you mean `%s`?", suggest.best);
    fprintf(stderr, "\n`vplc explain` lists all\n");
    return EXIT_USAGE;
}

int verb_explain(struct options *options) {
    struct buf out BUF_CLEANUP = {0};
    const struct diag_row *one = options->file ? row_of(options->file) : NULL;
    if (options->file && !one)
        return unknown(options->file);
    const struct diag_row *row = one ? one : diag_rows, *end = one ? one + 1 : diag_rows + diag_rows_count;
    json_t *codes = json_array();
    for (; row < end; row++) {
        if (one)
            print_row(row, &out);
        else
            buf_printf(&out, "VPL%04u  %-7s  %s\n", row->code, diag_severity_name(row->severity), row->title);
        json_array_append_new(codes, row_json(row));
    }
    session_print(options, &out, json_pack("{s:i, s:o}", "format_version", 1, "codes", codes));
    return EXIT_OK;
}
