#include "session.h"

#include "findings.h"

#include <unistd.h>

/* Once, and only to somebody who sits there. */
static void hint(const struct compilation *c, const struct options *o) {
    static bool said;
    if (c->diag.items.n && !said && o->format == FORMAT_TEXT && isatty(STDERR_FILENO))
        fprintf(stderr, "`vplc explain VPL%04u` says more\n", c->diag.items.items[0]->code);
    said |= c->diag.items.n > 0;
}

void session_diagnostics(struct compilation *c, const struct options *o) {
    struct buf out BUF_CLEANUP = {0};
    if (findings_is_document(o->format))
        return;
    if (o->format == FORMAT_JSON && (c->diag.items.n || c->diag.failures.n))
        diag_print_json(&c->diag, &out);
    else
        diag_print(&c->diag, &out, options_colour(o, STDERR_FILENO));
    fflush(stdout);
    fputs(buf_text(&out), stderr);
    hint(c, o);
    c->diag.items.n = c->diag.failures.n = 0;
}

int session_error(const struct err *err) {
    fprintf(stderr, "vplc: %s\n", err->text);
    return EXIT_USAGE;
}

static json_t *kept; /* what the verb found, for the document */

void session_print(const struct options *o, const struct buf *text, json_t *json) {
    if (o->format == FORMAT_JSON) {
        json_dumpf(json, stdout, JSON_INDENT(2));
        putchar('\n');
    } else if (!findings_is_document(o->format))
        fputs(buf_text(text), stdout);
    json_decref(kept);
    kept = json;
}

/* The manifest is text to the backends; they know what YAML it has to be. */
static int read_workload(struct compilation *c, struct options *o, struct err *err) {
    if (!o->workload)
        return 0;
    struct source_file *file = source_load(&c->sources, o->workload, err);
    o->node.workload = file ? file->text : NULL;
    return file ? 0 : -1;
}

static int dump(const struct compilation *c, const struct options *o) {
    struct buf out BUF_CLEANUP = {0};
    const struct ir_policy **policies;
    if (o->dump_ast)
        ast_dump(&out, c->program.main->tree);
    size_t n = o->dump_ir ? compile_selected(c, o->only, &policies) : 0;
    for (size_t i = 0; i < n; i++)
        ir_dump(&out, policies[i]);
    fputs(buf_text(&out), stdout);
    return EXIT_OK;
}

static int load(struct compilation *c, struct options *o,
                int (*work)(struct compilation *, const struct options *)) {
    struct err err;
    if (read_workload(c, o, &err) < 0)
        return session_error(&err);
    int loaded = compile_load(c, o->file, o->stdlib, &err);
    if (loaded < 0)
        return session_error(&err);
    if (o->dump_ast || (o->dump_ir && !loaded))
        return dump(c, o);
    return loaded ? EXIT_WRONG : work(c, o);
}

static void print_document(struct compilation *c, const struct options *o, int code) {
    struct buf out BUF_CLEANUP = {0};
    struct diag_item **items;
    size_t n = diag_sorted(&c->diag, &items);
    findings_print(&out, o->format, &(struct findings){c, items, n, kept, o->file, o->werror, code});
    fputs(buf_text(&out), stdout);
}

int session_run(struct options *options, int (*work)(struct compilation *c, const struct options *options)) {
    struct compilation c;
    compile_init(&c);
    c.disks = options->node.disks;
    int code = load(&c, options, work);
    session_diagnostics(&c, options);
    if (findings_is_document(options->format) && code != EXIT_USAGE) /* nothing was found out then */
        print_document(&c, options, code);
    json_decref(kept);
    compile_free(&c);
    return code;
}
