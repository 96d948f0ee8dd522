#include "library.h"

#include "rules.h"
#include "scope.h"
#include "suggest.h"
#include "words.h"
#include <string.h>

/* ---- what a rule says ---- */

static struct scope scope_of(const struct compilation *c, const struct unit *unit) {
    return (struct scope){.unit = unit, .program = &c->program};
}

/* The rule that a name stands for in the end; NULL where an alias leads nowhere, which other verbs say. */
static const struct ast *follow(const struct compilation *c, const struct unit *unit,
                                const struct ast *node) {
    enum { MOST_ALIASES = 32 };
    for (int i = 0; node->kind == NODE_ALIAS && i < MOST_ALIASES; i++) {
        struct scope scope = scope_of(c, unit);
        struct found found;
        if (!scope_find_rule(&scope, node->first->text, &found))
            return NULL;
        node = found.node;
        unit = found.unit;
    }
    return node->kind == NODE_RULE ? node : NULL;
}

static const char *word_of(const struct ast *rule, enum node_kind kind) {
    const struct ast *line = ast_child(rule, kind);
    return !line ? "" : line->first ? line->first->text : line->text;
}

/* Up to a full stop before white space, on one line. */
static const char *first_sentence(struct arena *arena, const char *doc) {
    size_t n = 0;
    while (doc[n] && !(doc[n] == '.' && (doc[n + 1] == '\0' || doc[n + 1] == ' ' || doc[n + 1] == '\n')))
        n++;
    char *line = arena_strndup(arena, doc, n + (doc[n] == '.'));
    for (char *p = line; (p = strchr(p, '\n'));)
        *p = ' ';
    return line;
}

static bool describe(struct compilation *c, const struct unit *unit, const struct ast *node,
                     struct library_rule *out) {
    const struct ast *rule = follow(c, unit, node);
    const char *doc = node->doc ? node->doc : "";
    if (rule)
        *out = (struct library_rule){.name = node->text,
                                     .node = node,
                                     .rule = rule,
                                     .unit = unit,
                                     .category = word_of(rule, NODE_CATEGORY),
                                     .since = word_of(rule, NODE_SINCE),
                                     .doc = doc,
                                     .summary = first_sentence(c->arena, doc),
                                     .applies_privileged = ast_child(rule, NODE_APPLIES)};
    return rule;
}

static bool is_rule(const struct ast *node) {
    return node->kind == NODE_RULE || node->kind == NODE_ALIAS;
}

void library_read(struct compilation *c, const struct options *o, struct library *library) {
    VEC(struct library_rule) rules = {0};
    size_t n_units = o->file ? 1 : c->program.n_stdlib;
    struct library_rule rule;
    for (int category = 0; category <= words_count(WORD_CATEGORY); category++) {
        const char *name = words_name(WORD_CATEGORY, category); /* after the last one: NULL, for none */
        for (size_t i = 0; i < n_units; i++) {
            const struct unit *unit = o->file ? c->program.main : program_stdlib(&c->program, i);
            for (const struct ast *node = unit->tree->first; node; node = node->next)
                if (is_rule(node) && describe(c, unit, node, &rule) &&
                    strcmp(rule.category, name ? name : "") == 0)
                    vec_push(c->arena, &rules, rule);
        }
    }
    *library = (struct library){rules.items, rules.n};
}

static const struct ast *part_of(const struct ast *rule, const char *path) {
    size_t n = strcspn(path, ".");
    for (const struct ast *part = rule->first; part; part = part->next)
        if (part->kind == NODE_RULE && strlen(part->text) == n && strncmp(part->text, path, n) == 0)
            return path[n] ? part_of(part, path + n + 1) : part;
    return NULL;
}

/* "rule.part.part": the rule with the part in its place. */
static bool find_part(struct compilation *c, const char *name, struct library_rule *out) {
    struct scope scope = scope_of(c, c->program.main);
    struct found found;
    for (const char *dot = strchr(name, '.'); dot; dot = strchr(dot + 1, '.')) {
        const char *beginning = arena_strndup(c->arena, name, (size_t)(dot - name));
        if (!scope_find_rule(&scope, beginning, &found) || !describe(c, found.unit, found.node, out))
            continue;
        const struct ast *part = part_of(out->rule, dot + 1);
        if (!part)
            return false;
        out->name = name;
        out->rule = part;
        out->doc = part->doc ? part->doc : "";
        out->summary = first_sentence(c->arena, out->doc);
        return true;
    }
    return false;
}

const struct library_rule *library_find(struct compilation *c, const char *name) {
    struct scope scope = scope_of(c, c->program.main);
    struct library_rule *rule = ARENA_NEW(c->arena, struct library_rule);
    struct found found;
    if (scope_find_rule(&scope, name, &found) && describe(c, found.unit, found.node, rule))
        return rule;
    return find_part(c, name, rule) ? rule : NULL;
}

static struct loc extent(const struct ast *node) {
    struct loc loc = node->loc;
    for (const struct ast *child = node->first; child; child = child->next) {
        struct loc inner = extent(child);
        loc.end = inner.end > loc.end ? inner.end : loc.end;
    }
    return loc;
}

/* The source text of a value. */
static const char *source_text(struct compilation *c, const struct ast *node) {
    struct loc loc = extent(node);
    const struct source_file *file = source_of(&c->sources, loc.begin);
    return file && loc.begin < loc.end
               ? arena_strndup(c->arena, file->text + (loc.begin - file->base), loc.end - loc.begin)
               : "[]";
}

/* ---- asking the backends ---- */

static const struct ast *find_use(const struct ast *node, const char *rule) {
    for (; node; node = node->next) {
        if (node->kind == NODE_USEITEM && node->first && strcmp(node->text, rule) == 0)
            return node;
        const struct ast *inner = find_use(node->first, rule);
        if (inner)
            return inner;
    }
    return NULL;
}

static const struct ast *some_use(const struct compilation *c, const char *rule, const struct unit **unit) {
    for (size_t i = 0; i <= c->program.n_stdlib; i++) {
        *unit = i ? program_stdlib(&c->program, i - 1) : c->program.main;
        const struct ast *use = find_use((*unit)->tree->first, rule);
        if (use)
            return use;
    }
    return NULL;
}

static struct ast *new_use(struct compilation *c, const struct library_rule *rule) {
    return ast_new(c->arena, NODE_USEITEM, rule->node->loc, rule->name);
}

static struct ast *use_with_empty_lists(struct compilation *c, const struct library_rule *rule) {
    struct ast *use = new_use(c, rule);
    for (const struct ast *p = rule->node->first; p; p = p->next)
        if (p->kind == NODE_PARAM && !p->first)
            ast_add(use, ast_add(ast_new(c->arena, NODE_ARG, use->loc, p->text),
                                 ast_new(c->arena, NODE_LIST, (struct loc){0}, "")));
    return use;
}

/* Everything the process may be: what a policy of that sort is without this rule, nothing is denied to it. */
static void place(struct compilation *c, enum where where, struct policy *policy) {
    if (where == WHERE_PROCESS)
        return;
    policy->privileged = where == WHERE_PRIVILEGED;
    policy->target = ARENA_NEW(c->arena, struct target);
    *policy->target = (struct target){.kind = "Pod", .name = "any", .origin = policy->origin};
    vec_push(c->arena, &policy->target->containers, "any");
}

static const struct ir_policy *lower_alone(struct compilation *c, enum where where, const struct unit *unit,
                                           const struct ast *use) {
    struct diag silent = {.sources = &c->sources, .arena = c->arena};
    struct lower lower = c->lower;
    struct policy *policy = resolve_rule(c->arena, &silent, &c->program, unit, use);
    lower.diag = &silent;
    if (silent.errors)
        return NULL;
    place(c, where, policy);
    const struct ir_policy *ir = lower_policy(&lower, policy);
    return silent.errors ? NULL : ir;
}

static const char *arguments_text(struct compilation *c, const struct ast *use) {
    struct buf out BUF_CLEANUP = {0};
    for (const struct ast *arg = use->first; arg; arg = arg->next)
        buf_printf(&out, "%s%s: %s", out.len ? ", " : "", arg->text, source_text(c, arg->first));
    return arena_strdup(c->arena, buf_text(&out));
}

/* How much of one statement, which may be held by what it derives: `deny socket alg` by a filter's test of
 * socket(2). */
static enum hold_level level_of(const struct report *r, const struct report_row *row, size_t column) {
    enum hold_level level = row->holds[column].level;
    for (size_t i = 0; row->stmt && level == HOLD_NONE && i < r->n_rows; i++)
        if (r->rows[i].stmt && r->rows[i].stmt->derived_from == row->stmt)
            level = r->rows[i].holds[column].level;
    return level;
}

static bool is_asked(const struct report_row *row) {
    return row->stmt ? row->stmt->own && row->stmt->verdict == VERDICT_DENY && !row->stmt->derived_from
                     : row->kind == ROW_REQUIRE && row->origin;
}

/* "part" or "part.part" of the rule that the row's statement is in; NULL: it is in no part. */
static const char *part_within(const struct library_rule *rule, const struct report_row *row) {
    const char *part = NULL;
    size_t n = strlen(rule->name);
    for (const struct origin *o = row->origin; o; o = o->via)
        if (strncmp(o->rule, rule->name, n) == 0 && o->rule[n] == '.')
            part = o->rule + n + 1;
    return part;
}

/* Where nothing is missing but statements in parts, `all_but` names these; a base has too many. */
static struct library_share share_of(struct compilation *c, const struct library_rule *rule,
                                     const struct report *r, size_t column) {
    struct library_share share = {SHARE_NONE};
    unsigned some = 0, missing = 0;
    bool rest = !rules_is_base(rule->rule);
    for (size_t i = 0; i < r->n_rows && r->counts[column]; i++) {
        const struct report_row *row = &r->rows[i];
        if (!is_asked(row))
            continue;
        enum hold_level level = level_of(r, row, column);
        some += level != HOLD_NONE;
        if (level >= HOLD_OVER)
            continue;
        const char *part = level == HOLD_NONE ? part_within(rule, row) : NULL;
        missing++;
        rest &= part != NULL;
        if (part && !(share.all_but.n && strcmp(share.all_but.items[share.all_but.n - 1], part) == 0))
            vec_push(c->arena, &share.all_but, part);
    }
    share.much = !some ? SHARE_NONE : missing ? SHARE_SOME : SHARE_ALL;
    share.all_but.n = share.much == SHARE_SOME && rest ? share.all_but.n : 0;
    return share;
}

void library_ask(struct compilation *c, const struct options *o, const struct library_rule *rule,
                 struct library_answer *answer) {
    const struct unit *unit = rule->unit;
    struct ast *empty = use_with_empty_lists(c, rule), *use = new_use(c, rule);
    const struct ast *given = empty->first ? some_use(c, rule->node->text, &unit) : NULL;
    const struct ir_policy *policy = NULL;
    *answer = (struct library_answer){0};
    if (given) {
        use->first = given->first;
        policy = lower_alone(c, o->where, unit, use);
    }
    if (!policy)
        policy = lower_alone(c, o->where, rule->unit, use = empty);
    if (!policy)
        return;
    if (empty->first)
        answer->asked_with = arguments_text(c, use);
    report_make(c->arena, policy, &o->node, &answer->report);
    answer->only_allows = true;
    for (size_t i = 0; i < answer->report.n_rows; i++)
        answer->only_allows &= !is_asked(&answer->report.rows[i]);
    for (size_t i = 0; i < answer->report.n_columns; i++)
        answer->shares[i] = share_of(c, rule, &answer->report, i);
}

bool library_holds(const struct library_answer *answer, const char *output) {
    for (size_t i = 0; i < answer->report.n_columns; i++)
        if (answer->shares[i].much != SHARE_NONE &&
            (!output || strcmp(output, answer->report.columns[i]->name) == 0))
            return true;
    return false;
}

/* ---- showing them ---- */

void library_print_holders(struct buf *out, const struct library_answer *answer, bool parts) {
    const char *comma = "";
    for (size_t i = 0; i < answer->report.n_columns; i++) {
        const struct library_share *share = &answer->shares[i];
        if (share->much == SHARE_NONE)
            continue;
        buf_printf(out, share->much == SHARE_ALL ? "%s%s" : "%s(%s", comma, answer->report.columns[i]->name);
        for (size_t j = 0; parts && j < share->all_but.n; j++)
            buf_printf(out, "%s`%s`", j ? ", " : ": all but ", share->all_but.items[j]);
        buf_add(out, share->much == SHARE_SOME ? ")" : "");
        comma = ", ";
    }
    buf_add(out, *comma ? "" : answer->only_allows ? "-" : "nobody");
}

void library_print_signature(struct compilation *c, struct buf *out, const struct library_rule *rule) {
    const char *before = "(";
    buf_add(out, rule->name);
    for (const struct ast *p = rule->node->first; p && !strchr(rule->name, '.'); p = p->next) {
        if (p->kind != NODE_PARAM)
            continue;
        buf_printf(out, "%s%s", before, p->text);
        if (p->first)
            buf_printf(out, " = %s", source_text(c, p->first));
        before = ", ";
    }
    buf_add(out, *before == '(' ? "" : ")");
    if (rule->node->kind == NODE_ALIAS) {
        const struct ast *use = rule->node->first;
        buf_printf(out, " = %s", use->text);
        if (use->first)
            buf_printf(out, "(%s)", arguments_text(c, use));
    }
}

const char *library_alias_doc(const struct library_rule *rule) {
    return rule->node->kind == NODE_ALIAS && rule->rule->doc ? rule->rule->doc : "";
}

/* ---- as JSON ---- */

static json_t *parts_json(const struct ast *rule) {
    json_t *list = json_array();
    for (const struct ast *part = rule->first; part; part = part->next)
        if (part->kind == NODE_RULE)
            json_array_append_new(list, json_pack("{s:s, s:s, s:o}", "name", part->text, "doc",
                                                  part->doc ? part->doc : "", "parts", parts_json(part)));
    return list;
}

static json_t *parameters_json(struct compilation *c, const struct ast *rule) {
    json_t *list = json_array();
    for (const struct ast *p = rule->first; p; p = p->next)
        if (p->kind == NODE_PARAM)
            json_array_append_new(list,
                                  json_pack("{s:s, s:o}", "name", p->text, "default",
                                            p->first ? json_string(source_text(c, p->first)) : json_null()));
    return list;
}

static json_t *see_json(const struct ast *rule) {
    json_t *list = json_array();
    for (const struct ast *line = rule->first; line; line = line->next)
        for (const struct ast *see = line->kind == NODE_SEE ? line->first : NULL; see; see = see->next)
            json_array_append_new(list, json_string(see->text));
    return list;
}

static json_t *holders_json(const struct library_answer *answer) {
    static const char *const names[] = {[SHARE_NONE] = "none", [SHARE_SOME] = "some", [SHARE_ALL] = "all"};
    json_t *all = json_object();
    for (size_t i = 0; i < answer->report.n_columns; i++)
        if (answer->report.counts[i])
            json_object_set_new(all, answer->report.columns[i]->name,
                                json_string(names[answer->shares[i].much]));
    return all;
}

static json_t *all_but_json(const struct library_answer *answer) {
    json_t *all = json_object();
    for (size_t i = 0; i < answer->report.n_columns; i++) {
        const struct library_share *share = &answer->shares[i];
        json_t *parts = share->all_but.n ? json_array() : NULL;
        for (size_t j = 0; j < share->all_but.n; j++)
            json_array_append_new(parts, json_string(share->all_but.items[j]));
        if (parts)
            json_object_set_new(all, answer->report.columns[i]->name, parts);
    }
    return all;
}

json_t *library_json(struct compilation *c, const struct library_rule *rule,
                     const struct library_answer *answer) {
    bool alias = rule->node->kind == NODE_ALIAS;
    struct place place = {0};
    source_place(&c->sources, rule->node->loc.begin, &place);
    json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "name", rule->name, "category", rule->category,
                             "since", rule->since, "summary", rule->summary, "doc", rule->doc, "for",
                             rule->applies_privileged ? "privileged" : "all");
    json_object_set_new(json, "alias_of", alias ? json_string(rule->node->first->text) : json_null());
    json_object_set_new(json, "alias_doc", alias ? json_string(library_alias_doc(rule)) : json_null());
    json_object_set_new(json, "parameters", parameters_json(c, rule->node));
    json_object_set_new(json, "parts", parts_json(rule->rule));
    json_object_set_new(json, "see", see_json(rule->rule));
    json_object_set_new(json, "held_by", holders_json(answer));
    json_object_set_new(json, "all_but", all_but_json(answer));
    json_object_set_new(json, "asked_with",
                        answer->asked_with ? json_string(answer->asked_with) : json_null());
    json_object_set_new(json, "place",
                        json_pack("{s:s, s:i}", "file", source_stable_path(&c->sources, place.file), "line",
                                  (int)place.line));
    return json;
}
