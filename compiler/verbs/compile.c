#include "findings.h"
#include "package.h"
#include "session.h"
#include <string.h>
#include <unistd.h>

static void print_reports(const struct compilation *c, const struct options *o, const struct package *p) {
    struct buf out BUF_CLEANUP = {0};
    json_t *all = json_array();
    for (size_t i = 0; i < p->n_reports; i++) {
        report_print(c->arena, &p->reports[i], &c->sources, options_colour(o, STDOUT_FILENO), o->all, &out);
        json_array_append_new(all, report_json(&p->reports[i], &c->sources));
    }
    session_print(o, &out, json_pack("{s:i, s:o}", "format_version", 1, "policies", all));
}

static int gates(struct compilation *c, const struct options *o, const struct package *p) {
    size_t misses = 0;
    for (size_t i = 0; o->gate && i < p->n_reports; i++)
        misses += report_gate(&p->reports[i], o->gate_level, &c->diag);
    session_diagnostics(c, o);
    if (misses)
        fprintf(stderr, "vplc: %zu %s %s\n", misses, misses == 1 ? "row is" : "rows are",
                o->gate_level == GATE_ANY ? "held by nobody" : "less than full");
    if (o->werror && c->diag.warnings)
        fprintf(stderr, "vplc: %u %s, and -Werror\n", c->diag.warnings,
                c->diag.warnings == 1 ? "warning" : "warnings");
    return misses || (o->werror && c->diag.warnings) ? EXIT_GATE : EXIT_OK;
}

static int compare(struct compilation *c, const struct options *o, const struct package *p) {
    struct buf out BUF_CLEANUP = {0};
    struct err err;
    json_t *list = json_array();
    int differ = package_compare(c->arena, p, o->output, &out, list, &err);
    if (differ < 0) {
        json_decref(list);
        return session_error(&err);
    }
    if (findings_is_document(o->format))
        fputs(buf_text(&out), stderr);
    session_print(o, &out, json_pack("{s:i, s:o}", "format_version", 1, "differences", list));
    return differ ? EXIT_DIFFERS : EXIT_OK;
}

/* Nothing is written unless everything is right, the gates too. */
static int finish(struct compilation *c, const struct options *o, const struct package *p) {
    struct err err;
    int code = gates(c, o, p);
    if (o->check && code == EXIT_OK)
        return compare(c, o, p);
    if (o->verb == VERB_COMPILE && code == EXIT_OK && package_write(c->arena, p, o->output, &err) < 0)
        return session_error(&err);
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

/* Two policies for one container can't both be in one out/; `check` and `test` take any number. */
static int compile(struct compilation *c, const struct options *o) {
    const struct ir_policy **policies;
    struct package package;
    size_t n = compile_selected(c, o->only, &policies);
    if (!n && (o->verb == VERB_COMPILE || o->only))
        compile_nothing_selected(c, o->only);
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

int verb_compile(struct options *options) {
    return session_run(options, compile);
}

int verb_check(struct options *options) {
    return session_run(options, compile);
}
