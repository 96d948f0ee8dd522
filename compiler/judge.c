#include "judge.h"

#include "events.h"
#include "links.h"
#include "meaning.h"
#include "panel.h"
#include <string.h>

/* ---- events of an expectation ---- */

static void set_actor(struct compilation *c, const struct expect *x, struct events *events) {
    const char **chain = arena_alloc(c->arena, (x->n_chain + 1) * sizeof *chain);
    for (size_t i = 0; i < x->n_chain; i++)
        chain[i] = links_resolve(c->arena, &c->lower.links, x->chain[i]);
    for (size_t i = 0; i < events->list.n; i++) {
        events->list.items[i].chain = chain;
        events->list.items[i].n_chain = x->n_chain;
    }
}

static void events_of_expect(struct compilation *c, const struct ir_policy *policy, const struct expect *x,
                             struct events *events) {
    events_of(c->arena, policy, lower_expect(&c->lower, x), events);
    set_actor(c, x, events);
}

/* ---- vplc test ---- */

struct run {
    struct compilation *c;
    const struct options *options;
    struct buf *out;
    const struct panel *panel;
    json_t *results; /* one object a test */
    unsigned passed, failed, meaning_only;
};

static void fail(struct run *run, const struct expect *x, const struct event *e, const char *why) {
    struct place place;
    if (source_place(&run->c->sources, x->loc.begin, &place))
        buf_printf(run->out, "    %s:%u: %.*s\n", place.file->path, place.line,
                   (int)strcspn(place.line_text + place.line_byte, "\n"), place.line_text + place.line_byte);
    buf_add(run->out, "      ");
    if (e) {
        event_print(run->out, e);
        buf_add(run->out, ": ");
    }
    buf_printf(run->out, "%s\n", why);
}

static const char *decided(struct run *run, const struct judgement *j) {
    const char *verdict = j->verdict == VERDICT_DENY ? "denied" : "allowed";
    return arena_printf(run->c->arena, "the meaning: %s%s by %s", verdict, j->logged ? ", logged," : "",
                        j->decided_by ? j->decided_by->text : "nothing that speaks of it");
}

/* NULL: as expected. */
static const char *wrong_meaning(struct run *run, const struct expect *x, const struct event *e) {
    struct judgement j = meaning_judge(run->panel->policy, e);
    bool denied = j.verdict == VERDICT_DENY;
    if (denied != (x->effect == EFFECT_DENY) || (x->audit && !j.logged))
        return decided(run, &j);
    return NULL;
}

static const char *wrong_outputs(struct run *run, const struct expect *x, const struct event *e,
                                 bool *claimed) {
    struct panel_verdict v = panel_judge(run->panel, e);
    *claimed |= v.claimed != NULL;
    if (x->effect == EFFECT_ALLOW && v.combined == JUDGED_DENY && !v.over)
        return arena_printf(run->c->arena, "the %s output denies it", v.denied_by->name);
    if (x->effect == EFFECT_DENY && v.claimed && v.combined != JUDGED_DENY)
        return arena_printf(run->c->arena, "the %s output is said to hold `%s`, and lets it pass",
                            v.claimed_by->name, v.claimed->text);
    return NULL;
}

static bool run_expect(struct run *run, const struct expect *x) {
    struct events events = {0};
    bool claimed = false;
    events_of_expect(run->c, run->panel->policy, x, &events);
    if (!events.list.n) {
        fail(run, x, NULL, "no event is like this: the expectation contradicts itself");
        return false;
    }
    for (size_t i = 0; i < events.list.n; i++) {
        const struct event *e = &events.list.items[i];
        const char *why = wrong_meaning(run, x, e);
        why = why ? why : wrong_outputs(run, x, e, &claimed);
        if (why) {
            fail(run, x, e, why);
            return false;
        }
    }
    run->meaning_only += x->effect == EFFECT_DENY && !claimed;
    return true;
}

static const struct ir_policy *policy_of(struct compilation *c, const struct test *test) {
    for (size_t i = 0; i < c->checked.policies.n; i++)
        if (c->checked.policies.items[i] == test->policy)
            return c->policies[i];
    return lower_policy(&c->lower, test->policy);
}

static void run_test(struct run *run, const struct test *test) {
    struct outputs outputs = {0};
    struct panel panel;
    const struct ir_policy *policy = policy_of(run->c, test);
    bool fine = panel_make(run->c->arena, policy, &run->options->node, &run->c->diag, &outputs, &panel);
    size_t title = run->out->len;
    unsigned only = run->meaning_only;
    run->panel = &panel;
    for (size_t i = 0; i < test->expects.n && panel.holds; i++)
        fine &= run_expect(run, &test->expects.items[i]);
    struct buf details BUF_CLEANUP = {0};
    buf_add(&details, buf_text(run->out) + title);
    if (run->out->data)
        run->out->data[run->out->len = title] = '\0';
    buf_printf(run->out, "%s %s (%s, %zu expectations", fine ? "ok  " : "FAIL", test->title, policy->name,
               test->expects.n);
    if (run->meaning_only > only)
        buf_printf(run->out, ", %u on the meaning only", run->meaning_only - only);
    buf_printf(run->out, ")\n%s", buf_text(&details));
    json_array_append_new(
        run->results, json_pack("{s:s, s:s, s:b, s:i, s:i, s:s}", "test", test->title, "policy", policy->name,
                                "passed", fine, "expectations", (int)test->expects.n, "meaning_only",
                                (int)(run->meaning_only - only), "details", buf_text(&details)));
    run->passed += fine;
    run->failed += !fine;
    outputs_free(&outputs);
}

int judge_tests(struct compilation *c, const struct options *options) {
    struct buf out BUF_CLEANUP = {0};
    struct run run = {.c = c, .options = options, .out = &out, .results = json_array()};
    for (size_t i = 0; i < c->checked.tests.n; i++)
        if (!options->only || strcmp(c->checked.tests.items[i].policy->name, options->only) == 0)
            run_test(&run, &c->checked.tests.items[i]);
    buf_printf(&out, "%u passed, %u failed\n", run.passed, run.failed);
    json_t *json = json_pack("{s:i, s:i, s:i, s:o}", "format_version", 1, "passed", (int)run.passed, "failed",
                             (int)run.failed, "tests", run.results);
    if (options->json) {
        json_dumpf(json, stdout, JSON_INDENT(2));
        putchar('\n');
    } else
        fputs(buf_text(&out), stdout);
    json_decref(json);
    if (!run.passed && !run.failed)
        fputs("vplc: there is no test block to run\n", stderr);
    return run.failed ? EXIT_TESTS : run.passed ? EXIT_OK : EXIT_USAGE;
}

/* ---- vplc eval ---- */

static void print_origin(struct compilation *c, struct buf *out, const struct ir_stmt *s) {
    struct place place;
    for (const struct origin *o = s->origin; o; o = o->via)
        if (source_place(&c->sources, o->loc.begin, &place))
            buf_printf(out, "    %s %s:%u:%u%s%s\n", o == s->origin ? "at" : "used at", place.file->path,
                       place.line, place.col, o == s->origin && *o->rule ? ", in " : "",
                       o == s->origin ? o->rule : "");
    if (s->derived_from)
        buf_printf(out, "    derived from `%s`\n", s->derived_from->text);
}

static json_t *origin_json(struct compilation *c, const struct origin *o) {
    struct place place;
    json_t *list = json_array();
    for (; o; o = o->via)
        if (source_place(&c->sources, o->loc.begin, &place))
            json_array_append_new(list,
                                  json_pack("{s:s, s:i, s:i, s:s}", "file", place.file->path, "line",
                                            (int)place.line, "column", (int)place.col, "rule", o->rule));
    return list;
}

static json_t *stmt_json(struct compilation *c, const struct ir_stmt *s) {
    return json_pack("{s:i, s:s, s:o}", "id", (int)s->id, "text", s->text, "places",
                     origin_json(c, s->origin));
}

static json_t *judgement_json(struct compilation *c, const struct event *e, const struct judgement *j) {
    struct buf text BUF_CLEANUP = {0};
    event_print(&text, e);
    json_t *json = json_pack("{s:s, s:s, s:b}", "event", buf_text(&text), "verdict",
                             j->verdict == VERDICT_DENY ? "deny" : "allow", "logged", j->logged);
    json_object_set_new(json, "observed", j->observed ? stmt_json(c, j->observed) : json_null());
    json_object_set_new(json, "errno", j->err ? json_string(errno_name(j->err)) : json_null());
    json_object_set_new(json, "by", j->decided_by ? stmt_json(c, j->decided_by) : json_null());
    return json;
}

static void print_judgement(struct compilation *c, struct buf *out, const struct event *e,
                            const struct judgement *j) {
    event_print(out, e);
    buf_printf(out, ": %s%s", j->verdict == VERDICT_DENY ? "deny" : "allow", j->logged ? ", logged" : "");
    if (j->err)
        buf_printf(out, ", errno %s", errno_name(j->err));
    buf_printf(out, "\n  %s%s\n", j->decided_by ? "by " : "",
               j->decided_by ? j->decided_by->text
               : j->observed ? "nothing denies it"
                             : "nothing speaks of it");
    if (j->decided_by)
        print_origin(c, out, j->decided_by);
    if (!j->observed)
        return;
    buf_printf(out, "  observed: %s\n", j->observed->text);
    print_origin(c, out, j->observed);
}

static bool same(const struct judgement *a, const struct judgement *b) {
    return a->verdict == b->verdict && a->logged == b->logged && a->err == b->err &&
           a->decided_by == b->decided_by && a->observed == b->observed;
}

/* One line for each way in which what the event leaves open is decided. */
static void print_distinct(struct compilation *c, struct buf *out, json_t *json,
                           const struct ir_policy *policy, const struct events *events) {
    VEC(struct judgement) seen = {0};
    for (size_t i = 0; i < events->list.n; i++) {
        struct judgement j = meaning_judge(policy, &events->list.items[i]);
        bool known = false;
        for (size_t k = 0; k < seen.n; k++)
            known |= same(&seen.items[k], &j);
        if (known)
            continue;
        vec_push(c->arena, &seen, j);
        print_judgement(c, out, &events->list.items[i], &j);
        json_array_append_new(json, judgement_json(c, &events->list.items[i], &j));
    }
}

static const struct ir_policy *only_policy(struct compilation *c, const struct options *o) {
    const struct ir_policy **list;
    size_t n = compile_selected(c, o->only, &list);
    if (n == 1)
        return list[0];
    fprintf(stderr,
            n ? "vplc: %s has several policies: choose one with --only:" : "vplc: %s has no such policy%s",
            o->file, o->only ? "; there are:" : ":");
    for (size_t i = 0; i < c->checked.policies.n; i++)
        fprintf(stderr, " %s", c->policies[i]->name);
    fputc('\n', stderr);
    return NULL;
}

/* The event as a test block of its own, so that it is read as test blocks are. */
static const struct test *event_test(struct compilation *c, const struct options *o, const char *policy) {
    struct buf text BUF_CLEANUP = {0};
    buf_add(&text, "test \"eval\" for ");
    buf_add_vpl_string(&text, policy);
    buf_add(&text, " {\n");
    for (size_t i = 0; i < o->n_exec; i++) {
        buf_add(&text, i ? ", " : "as exec ");
        buf_add_vpl_string(&text, o->exec[i]);
    }
    buf_printf(&text, "%sexpect deny\n%s;\n}\n", o->n_exec ? ";\n" : "", o->event);
    size_t before = c->checked.tests.n;
    struct source_file *file =
        source_add(&c->sources, "<event>", arena_strdup(c->arena, buf_text(&text)), false);
    struct ast *tree = parse_text(c->arena, &c->diag, file);
    if (!c->diag.errors)
        resolve_tests(c->arena, &c->diag, &c->program, tree, &c->checked);
    return !c->diag.errors && c->checked.tests.n == before + 1 &&
                   c->checked.tests.items[before].expects.n == 1
               ? &c->checked.tests.items[before]
               : NULL;
}

int judge_event(struct compilation *c, const struct options *o) {
    struct buf out BUF_CLEANUP = {0};
    struct events events = {0};
    const struct ir_policy *policy = only_policy(c, o);
    const struct test *test = policy ? event_test(c, o, policy->name) : NULL;
    if (!policy)
        return EXIT_USAGE;
    if (!test) {
        if (!c->diag.errors)
            fputs("vplc: one event at a time\n", stderr);
        return EXIT_WRONG;
    }
    events_of_expect(c, policy, &test->expects.items[0], &events);
    if (c->diag.errors)
        return EXIT_WRONG;
    if (!events.list.n) {
        fprintf(
            stderr,
            "vplc: no event is like this: it contradicts itself, or that ABI has no such call or argument\n");
        return EXIT_WRONG;
    }
    json_t *json = json_pack("{s:i, s:s, s:[]}", "format_version", 1, "policy", policy->name, "judgements");
    print_distinct(c, &out, json_object_get(json, "judgements"), policy, &events);
    if (o->json) {
        json_dumpf(json, stdout, JSON_INDENT(2));
        putchar('\n');
    } else
        fputs(buf_text(&out), stdout);
    json_decref(json);
    return EXIT_OK;
}
