#include "judge.h"
#include "meaning.h"
#include "session.h"

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

static json_t *judgement_json(struct compilation *c, const char *event, const struct judgement *j) {
    json_t *json = json_pack("{s:s, s:s, s:b}", "event", event, "verdict",
                             j->verdict == VERDICT_DENY ? "deny" : "allow", "logged", j->logged);
    json_object_set_new(json, "observed", j->observed ? stmt_json(c, j->observed) : json_null());
    json_object_set_new(json, "errno", j->err ? json_string(errno_name(j->err)) : json_null());
    json_object_set_new(json, "by", j->decided_by ? stmt_json(c, j->decided_by) : json_null());
    return json;
}

static void print_judgement(struct compilation *c, struct buf *out, const char *event,
                            const struct judgement *j) {
    buf_printf(out, "%s: %s%s", event, j->verdict == VERDICT_DENY ? "deny" : "allow",
               j->logged ? ", logged" : "");
    if (j->err)
        buf_printf(out, ", errno %s", errno_name(j->err));
    buf_printf(out, "\n  %s%s\n", j->decided_by ? "by " : "",
               j->decided_by ? j->decided_by->text
               : j->observed ? "nothing denies it"
                             : "no statement denies it");
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
                           const struct ir_policy *policy, const struct expect *x,
                           const struct events *events) {
    VEC(struct judgement) seen = {0};
    for (size_t i = 0; i < events->list.n; i++) {
        struct judgement j = meaning_judge(policy, &events->list.items[i]);
        bool known = false;
        for (size_t k = 0; k < seen.n; k++)
            known |= same(&seen.items[k], &j);
        if (known)
            continue;
        vec_push(c->arena, &seen, j);
        const char *event = judge_event_text(c, x, &events->list.items[i]);
        print_judgement(c, out, event, &j);
        json_array_append_new(json, judgement_json(c, event, &j));
    }
}

static const struct ir_policy *only_policy(struct compilation *c, const struct options *o) {
    const struct ir_policy **list;
    size_t n = compile_selected(c, o->only, &list);
    if (n == 1)
        return list[0];
    if (!n) {
        compile_nothing_selected(c, o->only);
        return NULL;
    }
    fprintf(stderr, "vplc: %s has several policies: choose one with --only:", o->file);
    for (size_t i = 0; i < n; i++)
        fprintf(stderr, " %s", list[i]->name);
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
    struct ast *tree = parse_text(c->arena, &c->diag, file, NULL);
    if (!c->diag.errors)
        resolve_tests(c->arena, &c->diag, &c->program, tree, &c->checked);
    return !c->diag.errors && c->checked.tests.n == before + 1 &&
                   c->checked.tests.items[before].expects.n == 1
               ? &c->checked.tests.items[before]
               : NULL;
}

static int eval(struct compilation *c, const struct options *o) {
    struct buf out BUF_CLEANUP = {0};
    struct events events = {0};
    const struct ir_policy *policy = only_policy(c, o);
    const struct test *test = policy ? event_test(c, o, policy->name) : NULL;
    if (!policy)
        return c->diag.errors ? EXIT_WRONG : EXIT_USAGE;
    if (!test) {
        if (!c->diag.errors)
            fputs("vplc: one event at a time\n", stderr);
        return EXIT_WRONG;
    }
    if (test->expects.items[0].err) {
        fputs("vplc: an event has no errno: eval says with which one it is denied\n", stderr);
        return EXIT_WRONG;
    }
    judge_events(c, policy, &test->expects.items[0], &events);
    if (c->diag.errors)
        return EXIT_WRONG;
    if (!events.list.n) {
        fprintf(
            stderr,
            "vplc: no event is like this: it contradicts itself, or that ABI has no such call or argument\n");
        return EXIT_WRONG;
    }
    json_t *json = json_pack("{s:i, s:s, s:[]}", "format_version", 1, "policy", policy->name, "judgements");
    print_distinct(c, &out, json_object_get(json, "judgements"), policy, &test->expects.items[0], &events);
    session_print(o, &out, json);
    return EXIT_OK;
}

int verb_eval(struct options *options) {
    return session_run(options, eval);
}
