#include "eval.h"
#include "scope.h"
#include "topics.h"
#include <string.h>

/* ---- rules ---- */

static json_t *find_rule(struct compilation *c, const struct options *o, const char *name, struct buf *more) {
    struct library_answer answer;
    struct buf signature BUF_CLEANUP = {0};
    const struct library_rule *rule = library_find(c, name);
    if (!rule)
        return NULL;
    library_ask(c, o, rule, &answer);
    library_print_signature(c, &signature, rule);
    json_t *json = library_json(c, rule, &answer),
           *first = json_pack("{s:s}", "signature", buf_text(&signature));
    json_object_update(first, json);
    json_decref(json);
    if (!answer.report.policy)
        return first;
    buf_add(more, "\n");
    report_print(c->arena, &answer.report, &c->sources, options_colour(o, 1), true, more);
    json_object_set_new(first, "coverage", report_json(&answer.report, &c->sources));
    return first;
}

/* The declarations of the file and of the library that are such. */
static void each_declaration(struct compilation *c, bool (*is)(const struct ast *node),
                             const struct topic_visit *visit) {
    for (size_t i = 0; i <= c->program.n_stdlib; i++) {
        const struct unit *unit = i < c->program.n_stdlib ? program_stdlib(&c->program, i) : c->program.main;
        for (const struct ast *node = unit->tree->first; node; node = node->next)
            if (is(node))
                visit->name(visit->context, node->text);
    }
}

static bool is_rule(const struct ast *node) {
    return node->kind == NODE_RULE || node->kind == NODE_ALIAS;
}

static void each_rule(struct compilation *c, const struct topic_visit *visit) {
    each_declaration(c, is_rule, visit);
}

const struct topic topic_rule = {"rule", find_rule, each_rule};

static void visit_parts(struct compilation *c, const char *rule, const struct ast *node,
                        const struct topic_visit *visit) {
    for (const struct ast *part = node->first; part; part = part->next)
        if (part->kind == NODE_RULE) {
            const char *name = arena_printf(c->arena, "%s.%s", rule, part->text);
            visit->name(visit->context, name);
            visit_parts(c, name, part, visit);
        }
}

void topics_each_part(struct compilation *c, const struct topic_visit *visit) {
    for (size_t i = 0; i <= c->program.n_stdlib; i++) {
        const struct unit *unit = i < c->program.n_stdlib ? program_stdlib(&c->program, i) : c->program.main;
        for (const struct ast *node = unit->tree->first; node; node = node->next)
            if (node->kind == NODE_RULE)
                visit_parts(c, node->text, node, visit);
    }
}

/* ---- lets ---- */

static json_t *value_json(const struct value *value) {
    switch (value->kind) {
    case VALUE_NUMBER:
        return json_integer((json_int_t)value->number);
    case VALUE_RANGE:
        return json_sprintf("%llu..%llu", (unsigned long long)value->number, (unsigned long long)value->last);
    case VALUE_STRING:
    case VALUE_WORD:
        break;
    }
    return json_string(value->text);
}

static json_t *values_json(const struct values *values) {
    json_t *list = json_array();
    for (size_t i = 0; i < values->list.n; i++)
        json_array_append_new(list, value_json(&values->list.items[i]));
    return list;
}

/* Of numbers and ranges, or else of words and strings. */
static struct values list_of(struct eval *eval, const struct scope *scope, const struct ast *ref) {
    struct values values = {0}, words = {0};
    unsigned errors = eval->diag->errors;
    eval_list(eval, scope, ref, WANT_NUMBER, &values);
    if (eval->diag->errors == errors)
        return values;
    eval_list(eval, scope, ref, WANT_WORD, &words);
    return words;
}

static const char *hexadecimal(struct compilation *c, uint64_t number) {
    return arena_printf(c->arena, "0x%llx", (unsigned long long)number);
}

static json_t *let_json(struct compilation *c, const char *name, const struct found *found) {
    struct diag silent = {.sources = &c->sources, .arena = c->arena};
    struct eval eval = {.arena = c->arena, .diag = &silent};
    struct scope scope = {.unit = c->program.main, .program = &c->program};
    struct ast ref = {.kind = *name == '@' ? NODE_GROUP : NODE_REF, .text = name, .loc = found->node->loc};
    struct values values;
    uint64_t number;
    json_t *json = json_pack("{s:s}", "doc", found->node->doc ? found->node->doc : "");
    struct place place;
    if (eval_number(&eval, &scope, &ref, &number)) {
        json_object_set_new(json, "kind", json_string("constant"));
        json_object_set_new(json, "value", json_integer((json_int_t)number));
        json_object_set_new(json, "hexadecimal", json_string(hexadecimal(c, number)));
    } else {
        values = list_of(&eval, &scope, &ref);
        json_object_set_new(json, "values", values_json(&values));
    }
    if (source_place(&c->sources, found->node->loc.begin, &place))
        json_object_set_new(json, "place",
                            json_pack("{s:s, s:i}", "file", source_stable_path(&c->sources, place.file),
                                      "line", (int)place.line));
    return json;
}

static json_t *find_let(struct compilation *c, const char *name) {
    struct scope scope = {.unit = c->program.main, .program = &c->program};
    struct found found;
    return scope_find_let(&scope, name, &found) ? let_json(c, name, &found) : NULL;
}

static json_t *find_group(struct compilation *c, const struct options *o, const char *name,
                          struct buf *more) {
    (void)o, (void)more;
    return *name == '@' ? find_let(c, name) : NULL;
}

static json_t *find_constant(struct compilation *c, const struct options *o, const char *name,
                             struct buf *more) {
    (void)o, (void)more;
    return *name != '@' ? find_let(c, name) : NULL;
}

static bool is_group(const struct ast *node) {
    return node->kind == NODE_LET && *node->text == '@';
}

static bool is_let(const struct ast *node) {
    return node->kind == NODE_LET && *node->text != '@';
}

static void each_group(struct compilation *c, const struct topic_visit *visit) {
    each_declaration(c, is_group, visit);
}

static void each_let(struct compilation *c, const struct topic_visit *visit) {
    each_declaration(c, is_let, visit);
}

const struct topic topic_group = {"group", find_group, each_group};
const struct topic topic_let = {"let", find_constant, each_let};
