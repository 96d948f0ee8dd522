#include "bundle.h"
#include "filter.h"
#include "judge.h"
#include "package.h"
#include "suggest.h"
#include <string.h>
#include <unistd.h>

/* Prints what there is to say so far, once. */
static void print_diagnostics(struct compilation *c, const struct options *o) {
    struct buf out BUF_CLEANUP = {0};
    if (o->json && c->diag.items.n)
        diag_print_json(&c->diag, &out);
    else
        diag_print(&c->diag, &out, options_colour(o, STDERR_FILENO));
    fflush(stdout);
    fputs(buf_text(&out), stderr);
    c->diag.items.n = 0;
}

static int io_error(const struct err *err) {
    fprintf(stderr, "vplc: %s\n", err->text);
    return EXIT_USAGE;
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

static void print_reports(const struct compilation *c, const struct options *o, const struct package *p) {
    struct buf out BUF_CLEANUP = {0};
    json_t *all = json_array();
    for (size_t i = 0; i < p->n_reports; i++) {
        report_print(&p->reports[i], &c->sources, options_colour(o, STDOUT_FILENO), o->all, &out);
        if (o->json)
            json_array_append_new(all, report_json(&p->reports[i], &c->sources));
    }
    if (o->json) {
        json_t *root = json_pack("{s:i, s:O}", "format_version", 1, "policies", all);
        json_dumpf(root, stdout, JSON_INDENT(2) | JSON_SORT_KEYS);
        putchar('\n');
        json_decref(root);
    } else
        fputs(buf_text(&out), stdout);
    json_decref(all);
}

static int gates(struct compilation *c, const struct options *o, const struct package *p) {
    size_t misses = 0;
    for (size_t i = 0; o->gate && i < p->n_reports; i++)
        misses += report_misses(&p->reports[i], o->gate_level);
    print_diagnostics(c, o);
    if (misses)
        fprintf(stderr, "vplc: %zu %s %s\n", misses, misses == 1 ? "row is" : "rows are",
                o->gate_level == GATE_ANY ? "held by nobody" : "less than full");
    if (o->werror && c->diag.warnings)
        fprintf(stderr, "vplc: %u %s, and -Werror\n", c->diag.warnings,
                c->diag.warnings == 1 ? "warning" : "warnings");
    return misses || (o->werror && c->diag.warnings) ? EXIT_GATE : EXIT_OK;
}

static int compare(const struct options *o, const struct package *p) {
    struct buf out BUF_CLEANUP = {0};
    struct err err;
    int differ = package_compare(p, o->output, &out, &err);
    if (differ < 0)
        return io_error(&err);
    fputs(buf_text(&out), stdout);
    return differ ? EXIT_DIFFERS : EXIT_OK;
}

/* Nothing is written unless everything is right, the gates too. */
static int finish(struct compilation *c, const struct options *o, const struct package *p) {
    struct err err;
    int code = gates(c, o, p);
    if (o->check && code == EXIT_OK)
        return compare(o, p);
    if (o->verb == VERB_COMPILE && code == EXIT_OK && package_write(p, o->output, &err) < 0)
        return io_error(&err);
    if (!o->quiet && !o->check && o->verb == VERB_COMPILE)
        print_reports(c, o, p);
    return code;
}

/* What can't be compiled yet is an error to `-o`; `check` passes it over. */
static size_t without_not_yet(struct compilation *c, const struct options *o,
                              const struct ir_policy **policies, size_t n) {
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        bool found = false;
        for (size_t k = 0; k < c->checked.policies.n; k++)
            if (c->policies[k] == policies[i])
                found =
                    checks_not_yet(o->verb == VERB_COMPILE ? &c->diag : NULL, c->checked.policies.items[k]);
        if (!found)
            policies[kept++] = policies[i];
    }
    return kept;
}

static void nothing_selected(struct compilation *c, const struct options *o) {
    struct suggest suggest = {.word = o->only ? o->only : ""};
    struct diag_item *item = diag_add(&c->diag, DIAG_NO_POLICY, (struct loc){0},
                                      o->only ? "%s has no policy `%s`" : "%s has no policy to compile%.0s",
                                      o->file, o->only ? o->only : "");
    for (size_t i = 0; i < c->checked.policies.n; i++)
        suggest_consider(&suggest, c->policies[i]->name);
    if (o->only && suggest.best)
        diag_note(&c->diag, item, (struct loc){0}, "did you mean `%s`?", suggest.best);
    for (size_t i = 0; !o->only && i < c->checked.policies.n; i++)
        diag_note(&c->diag, item, c->policies[i]->origin->loc, "this one is abstract: others extend it");
}

/* Two policies for one container can't both be in one out/; `check` and `test` take any number. */
static int compile(struct compilation *c, const struct options *o) {
    const struct ir_policy **policies;
    struct package package;
    size_t n = compile_selected(c, o->only, &policies);
    if (!n && (o->verb == VERB_COMPILE || o->only))
        nothing_selected(c, o);
    if (o->verb == VERB_COMPILE)
        lints_targets(&c->diag, policies, n);
    n = without_not_yet(c, o, policies, n);
    if (c->diag.errors)
        return EXIT_WRONG;
    bool fine = o->verb == VERB_CHECK ? package_check(c, policies, n, &o->node, &package)
                                      : package_make(c, policies, n, &o->node, &package);
    int code = fine ? finish(c, o, &package) : EXIT_WRONG;
    package_free(&package);
    return code;
}

static void print_filters(struct buf *out, const struct bundle_policy *policy) {
    for (size_t i = 0; i < policy->n_filters; i++) {
        static struct sock_filter program[BPF_MAXINSNS]; /* the bundle's bytes need not be aligned */
        memcpy(program, policy->filters[i].bytes, policy->filters[i].len);
        buf_printf(out, "filter of %s for %s\n", policy->name, policy->filters[i].arch);
        filter_disassemble(out, program, policy->filters[i].len / sizeof *program);
    }
}

static int inspect(const struct options *o) {
    struct buf out BUF_CLEANUP = {0};
    struct err err;
    struct bundle *bundle = bundle_open(o->file, &err);
    if (!bundle) {
        fprintf(stderr, "vplc: %s: %s\n", o->file, err.text);
        return EXIT_USAGE;
    }
    bundle_describe(&out, bundle);
    for (size_t i = 0; i < bundle->n_policies && o->filters; i++)
        print_filters(&out, &bundle->policies[i]);
    fputs(buf_text(&out), stdout);
    bundle_free(bundle);
    return EXIT_OK;
}

/* The manifest is text to the backends; they know what YAML it has to be. */
static int read_workload(struct compilation *c, struct options *o, struct err *err) {
    if (!o->workload)
        return 0;
    struct source_file *file = source_load(&c->sources, o->workload, err);
    o->node.workload = file ? file->text : NULL;
    return file ? 0 : -1;
}

static int run(struct compilation *c, struct options *o) {
    struct err err;
    if (read_workload(c, o, &err) < 0)
        return io_error(&err);
    int loaded = compile_load(c, o->file, o->stdlib, &err);
    if (loaded < 0)
        return io_error(&err);
    if (o->dump_ast || (o->dump_ir && !loaded))
        return dump(c, o);
    if (loaded)
        return EXIT_WRONG;
    if (o->verb == VERB_TEST)
        return judge_tests(c, o);
    return o->verb == VERB_EVAL ? judge_event(c, o) : compile(c, o);
}

/* What was to be read and couldn't be written is a failure, whatever else went well. */
static int written(int code) {
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    perror("vplc: can't write to standard output");
    return EXIT_USAGE;
}

static int work(const struct options *given) {
    struct options options = *given;
    struct compilation c;
    compile_init(&c);
    int code = run(&c, &options);
    print_diagnostics(&c, &options);
    compile_free(&c);
    return code;
}

int main(int argc, char **argv) {
    struct options options;
    int code = options_read(&options, argc, argv);
    if (code >= 0)
        return written(code);
    return written(options.verb == VERB_INSPECT ? inspect(&options) : work(&options));
}
