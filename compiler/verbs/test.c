#include "findings.h"
#include "judge.h"
#include "meaning.h"
#include "panel.h"
#include "session.h"
#include <string.h>

struct run {
    struct compilation *c;
    const struct options *options;
    struct buf *out;
    const char *title; /* the test's */
    const struct panel *panel;
    json_t *results;  /* one object a test */
    struct buf notes; /* the same as lines */
    json_t *only;     /* of this test: a place and text for each expectation on the meaning only */
    unsigned passed, failed, meaning_only;
};

/* From the expectation to the end of its line. */
static const char *line_of(struct run *run, const struct place *place) {
    const char *text = place->line_text + place->line_byte;
    return arena_strndup(run->c->arena, text, strcspn(text, "\r\n"));
}

static void fail(struct run *run, const struct expect *x, const struct event *e, const char *why) {
    struct place place;
    if (source_place(&run->c->sources, x->loc.begin, &place))
        buf_printf(run->out, "    %s:%u: %s\n", place.file->path, place.line, line_of(run, &place));
    struct buf line BUF_CLEANUP = {0};
    if (e)
        buf_printf(&line, "%s: ", judge_event_text(run->c, x, e));
    buf_add(&line, why);
    buf_printf(run->out, "      %s\n", buf_text(&line));
    if (findings_is_document(run->options->format)) /* elsewhere the test's own lines say it */
        diag_add(&run->c->diag, DIAG_EXPECTATION, x->loc, "test \"%s\": %s", run->title, buf_text(&line));
}

/* "at FILE:3:5, used at FILE:9:9" */
static const char *places(struct run *run, const struct origin *origin) {
    const char *text = "";
    struct place place;
    for (; origin; origin = origin->via)
        if (source_place(&run->c->sources, origin->loc.begin, &place))
            text = arena_printf(run->c->arena, "%s%s%s:%u:%u", text, *text ? ", used at " : "at ",
                                place.file->path, place.line, place.col);
    return text;
}

/* Its errno is named where one was asked for. */
static const char *verdict_text(struct run *run, const struct expect *x, const struct judgement *j) {
    if (j->verdict != VERDICT_DENY)
        return "allowed";
    return x->err && j->err ? arena_printf(run->c->arena, "denied with %s", errno_name(j->err)) : "denied";
}

static const char *decided(struct run *run, const struct expect *x, const struct judgement *j) {
    const char *verdict = verdict_text(run, x, j), *logged = j->logged ? ", logged," : "";
    if (!j->decided_by)
        return arena_printf(run->c->arena, "the meaning: %s%s: %s", verdict, j->logged ? ", logged" : "",
                            j->observed ? "what denies it is only observed" : "no statement denies it");
    return arena_printf(run->c->arena, "the meaning: %s%s by `%s`%s, %s", verdict, logged,
                        j->decided_by->text,
                        j->decided_by->is_default ? ", since no statement allows it" : "",
                        places(run, j->decided_by->origin));
}

/* NULL: as expected. */
static const char *wrong_meaning(struct run *run, const struct expect *x, const struct event *e) {
    struct judgement j = meaning_judge(run->panel->policy, e);
    bool denied = j.verdict == VERDICT_DENY;
    if (denied != (x->effect == EFFECT_DENY) || (x->audit && !j.logged) || (x->err && x->err != j.err))
        return decided(run, x, &j);
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

/* What no output can be asked about passes whatever they do: its author has to know which these are. */
static void name_meaning_only(struct run *run, const struct expect *x) {
    struct place place;
    if (!source_place(&run->c->sources, x->loc.begin, &place))
        return;
    const char *text = line_of(run, &place);
    buf_printf(&run->notes, "    %s:%u: on the meaning only: %s\n", place.file->path, place.line, text);
    json_array_append_new(run->only, json_pack("{s:s, s:i, s:s}", "file", place.file->path, "line",
                                               (int)place.line, "text", text));
}

static bool run_expect(struct run *run, const struct expect *x) {
    struct events events = {0};
    bool claimed = false;
    judge_events(run->c, run->panel->policy, x, &events);
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
    if (x->effect == EFFECT_DENY && !claimed) {
        run->meaning_only++;
        name_meaning_only(run, x);
    }
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
    run->title = test->title;
    run->panel = &panel;
    run->only = json_array();
    run->notes = (struct buf){0};
    for (size_t i = 0; i < test->expects.n && panel.holds; i++)
        fine &= run_expect(run, &test->expects.items[i]);
    struct buf details BUF_CLEANUP = {0};
    buf_add(&details, buf_text(run->out) + title);
    if (run->out->data)
        run->out->data[run->out->len = title] = '\0';
    buf_printf(run->out, "%s %s (%s, %zu %s", fine ? "ok  " : "FAIL", test->title, policy->name,
               test->expects.n, test->expects.n == 1 ? "expectation" : "expectations");
    if (run->meaning_only > only)
        buf_printf(run->out, ", %u on the meaning only", run->meaning_only - only);
    buf_printf(run->out, ")\n%s%s", buf_text(&details), buf_text(&run->notes));
    buf_free(&run->notes);
    json_array_append_new(run->results,
                          json_pack("{s:s, s:s, s:b, s:i, s:i, s:o, s:s}", "test", test->title, "policy",
                                    policy->name, "passed", fine, "expectations", (int)test->expects.n,
                                    "meaning_only", (int)(run->meaning_only - only), "on_the_meaning",
                                    run->only, "details", buf_text(&details)));
    run->passed += fine;
    run->failed += !fine;
    outputs_free(&outputs);
}

static int run_tests(struct compilation *c, const struct options *options) {
    struct buf out BUF_CLEANUP = {0};
    struct run run = {.c = c, .options = options, .out = &out, .results = json_array()};
    for (size_t i = 0; i < c->checked.tests.n; i++)
        if (!options->only || strcmp(c->checked.tests.items[i].policy->name, options->only) == 0)
            run_test(&run, &c->checked.tests.items[i]);
    buf_printf(&out, "%u passed, %u failed\n", run.passed, run.failed);
    json_t *json = json_pack("{s:i, s:i, s:i, s:o}", "format_version", 1, "passed", (int)run.passed, "failed",
                             (int)run.failed, "tests", run.results);
    session_print(options, &out, json);
    if (run.passed || run.failed)
        return run.failed ? EXIT_TESTS : EXIT_OK;
    const struct ir_policy **selected;
    if (options->only && !compile_selected(c, options->only, &selected)) {
        compile_nothing_selected(c, options->only);
        return EXIT_WRONG;
    }
    fputs("vplc: there is no test block to run\n", stderr);
    return EXIT_USAGE;
}

int verb_test(struct options *options) {
    return session_run(options, run_tests);
}
