#include "eval.h"

#include <string.h>

enum { DEEPEST = 64, MOST_LOOKUPS = 100000 };

static const char *const want_names[] = {"a path", "an address", "a string", "a word", "a number"};

static bool keeps_halves(enum want want) {
    return want == WANT_PATH || want == WANT_ADDRESS;
}

/* The line to change: what a rule was given, or else the name that led to the value, or the value. */
static struct loc culprit(const struct eval *e, struct loc value) {
    return e->at_argument ? value : e->argument ? e->argument->loc : e->by ? e->by->loc : value;
}

static void add(struct eval *e, struct values *out, struct value value) {
    value.use = culprit(e, value.loc);
    vec_push(e->arena, &out->list, value);
}

static void unknown(struct eval *e, const struct scope *scope, const struct ast *node, const char *what) {
    struct diag_item *item =
        diag_add(e->diag, DIAG_UNKNOWN_NAME, node->loc, "there is no %s `%s`", what, node->text);
    const char *near = scope_suggest(e->arena, scope, SCOPE_LET, node->text);
    if (near)
        diag_note(e->diag, item, (struct loc){0}, "did you mean `%s`?", near);
    else if (scope->unit->n_imports)
        diag_note(e->diag, item, (struct loc){0},
                  "is its file imported here, and its name qualified by the import's `as`?");
}

/* Lets that name others twice, which name others twice…: a few lines can make more values than there is
 * memory. */
static bool enter(struct eval *e, const struct ast *node) {
    e->lookups = e->depth ? e->lookups + 1 : 0;
    if (e->lookups > MOST_LOOKUPS) {
        diag_add(e->diag, DIAG_RECURSION, e->by->loc, "`%s` leads to more than %d other names", e->by->text,
                 MOST_LOOKUPS);
        return false;
    }
    if (e->depth < DEEPEST) {
        e->depth++;
        return true;
    }
    diag_add(e->diag, DIAG_RECURSION, node->loc, "`%s` needs itself", node->text);
    return false;
}

static struct value_list subtract(struct eval *e, struct value_list from, struct value_list what);

/* The value that a name stands for; its own `except` taken off. */
static void eval_definition(struct eval *e, const struct scope *scope, const struct ast *value,
                            const struct ast *except, enum want want, struct values *out) {
    struct values all = {0}, off = {0};
    eval_list(e, scope, value, want, &all);
    if (except)
        eval_list(e, scope, except->first, want, &off);
    if (except && keeps_halves(want))
        diag_note(e->diag,
                  diag_add(e->diag, DIAG_NOT_HERE, culprit(e, e->by->loc),
                           "paths with an `except` of their own can't be joined with others"),
                  (struct loc){0}, "name them alone in a statement of their own");
    struct value_list left = subtract(e, (struct value_list){all.list.items, all.list.n},
                                      (struct value_list){off.list.items, off.list.n});
    for (size_t i = 0; i < left.n; i++)
        add(e, out, left.items[i]);
    out->by_parameter |= all.by_parameter;
}

static void eval_found(struct eval *e, const struct scope *scope, const struct found *found, enum want want,
                       struct values *out) {
    const struct binding *b = found->binding;
    if (b) {
        bool at_argument = e->at_argument;
        out->by_parameter |= b->parameter;
        e->at_argument = b->parameter;
        if (b->value)
            eval_definition(e, b->scope, b->value, b->except, want, out);
        e->at_argument = at_argument;
        return;
    }
    struct scope there = {.unit = found->unit, .program = scope->program};
    eval_definition(e, &there, found->node->first, ast_child(found->node, NODE_EXCEPT), want, out);
}

static void eval_ref(struct eval *e, const struct scope *scope, const struct ast *node, enum want want,
                     struct values *out) {
    struct found found;
    if (scope_find_let(scope, node->text, &found)) {
        struct eval outer = *e;
        e->by = outer.by ? outer.by : node;
        e->argument = outer.at_argument ? node : outer.argument;
        e->at_argument = false;
        if (enter(e, node)) {
            eval_found(e, scope, &found, want, out);
            e->depth--;
        }
        e->by = outer.by;
        e->argument = outer.argument;
        e->at_argument = outer.at_argument;
    } else if (want == WANT_WORD && node->kind != NODE_GROUP)
        add(e, out, (struct value){.kind = VALUE_WORD, .text = node->text, .loc = node->loc});
    else
        unknown(e, scope, node,
                node->kind == NODE_GROUP ? "group"
                : want == WANT_NUMBER    ? "constant"
                                         : "let");
}

/* A value as part of another glob: outside braces a comma is itself, inside it would separate. */
static void add_alternative(struct buf *out, const char *text) {
    int depth = 0;
    for (const char *p = text; *p; p++) {
        if (*p == '\\' && p[1])
            buf_add_char(out, *p++);
        else if (*p == '{')
            depth++;
        else if (*p == '}')
            depth--;
        else if (*p == ',' && depth == 0)
            buf_add_char(out, '\\');
        buf_add_char(out, *p);
    }
}

static void splice(struct eval *e, const struct scope *scope, struct loc loc, const char *name,
                   struct buf *out, struct values *values) {
    if (!*name) {
        diag_note(e->diag, diag_add(e->diag, DIAG_BAD_PATH, loc, "`@{}` names nothing"), (struct loc){0},
                  "`\\@` is the character");
        return;
    }
    if (strncmp(name, "node.", 5) ==
        0) { /* known on the node only: an AppArmor variable, given when the policy is applied */
        if (strcmp(name + 5, "disks") != 0)
            diag_note(
                e->diag, diag_add(e->diag, DIAG_UNKNOWN_NAME, loc, "no node is asked for `%s`", name + 5),
                (struct loc){0}, "`@{node.disks}` is there: the names of its block devices, below /dev");
        buf_printf(out, "@{node_%s}", name + 5);
        return;
    }
    struct ast ref = {.kind = NODE_REF, .loc = loc, .text = name};
    eval_ref(e, scope, &ref, WANT_STRING, values);
    if (values->list.n == 1)
        buf_add(out, values->list.items[0].text);
    for (size_t i = 0; values->list.n > 1 && i < values->list.n; i++) {
        buf_add_char(out, i ? ',' : '{');
        add_alternative(out, values->list.items[i].text);
    }
    if (values->list.n > 1)
        buf_add_char(out, '}');
}

/* A string with an empty list in it is none: "/d/@{names}" without a name isn't "/d/". */
static void eval_string(struct eval *e, const struct scope *scope, const struct ast *node,
                        struct values *values) {
    struct value value = {.kind = VALUE_STRING, .text = node->text, .loc = node->loc};
    struct buf out BUF_CLEANUP = {0};
    bool nothing = false;
    if (!strstr(node->text, "@{")) {
        add(e, values, value);
        return;
    }
    for (const char *p = node->text; *p; p++) {
        const char *end = p[0] == '@' && p[1] == '{' ? strchr(p, '}') : NULL;
        if (end) {
            uint32_t at = node->loc.begin + 1 + (uint32_t)(p - node->text);
            size_t before = out.len;
            struct values named = {0};
            splice(e, scope, (struct loc){at, at + (uint32_t)(end - p) + 1},
                   arena_strndup(e->arena, p + 2, (size_t)(end - p - 2)), &out, &named);
            nothing |= !named.list.n && out.len == before;
            values->by_parameter |= named.by_parameter;
            p = end;
            continue;
        }
        if (*p == '\\' && p[1])
            buf_add_char(&out, *p++);
        buf_add_char(&out, *p);
    }
    value.text = arena_strdup(e->arena, buf_text(&out));
    if (!nothing)
        add(e, values, value);
}

static void wrong_type(struct eval *e, const struct ast *node, enum want want) {
    struct loc loc = culprit(e, node->loc);
    bool given = e->at_argument || e->argument;
    struct diag_item *item = diag_add(e->diag, DIAG_TYPE, loc, "%s is wanted here", want_names[want]);
    if (given)
        diag_note(e->diag, item, e->by->loc, "for `%s`", e->by->text);
    if (loc.begin != node->loc.begin)
        diag_note(e->diag, item, node->loc, "`%s` is something else",
                  e->argument ? e->argument->text : e->by->text);
}

static void eval_range(struct eval *e, const struct scope *scope, const struct ast *node,
                       struct values *out) {
    struct value value = {.kind = VALUE_RANGE, .loc = node->loc};
    if (!eval_number(e, scope, node->first, &value.number) ||
        !eval_number(e, scope, node->first->next, &value.last))
        return;
    if (value.number > value.last)
        diag_add(e->diag, DIAG_BAD_NUMBER, node->loc, "this range ends before it begins");
    else
        add(e, out, value);
}

static void eval_bitor(struct eval *e, const struct scope *scope, const struct ast *node,
                       struct values *out) {
    uint64_t all = 0, one;
    for (const struct ast *part = node->first; part; part = part->next) {
        if (!eval_number(e, scope, part, &one))
            return;
        all |= one;
    }
    add(e, out, (struct value){.kind = VALUE_NUMBER, .number = all, .loc = node->loc});
}

static void eval_node(struct eval *e, const struct scope *scope, const struct ast *node, enum want want,
                      struct values *out) {
    bool strings = keeps_halves(want) || want == WANT_STRING;
    switch (node->kind) {
    case NODE_LIST:
        eval_list(e, scope, node->first, want, out);
        break;
    case NODE_REF:
    case NODE_GROUP:
        eval_ref(e, scope, node, want, out);
        break;
    case NODE_STRING:
        if (strings || want == WANT_WORD)
            eval_string(e, scope, node, out);
        else
            wrong_type(e, node, want);
        break;
    case NODE_NUMBER:
        if (strings)
            wrong_type(e, node, want);
        else
            add(e, out, (struct value){.kind = VALUE_NUMBER, .number = node->number, .loc = node->loc});
        break;
    case NODE_RANGE:
        if (want == WANT_NUMBER)
            eval_range(e, scope, node, out);
        else
            wrong_type(e, node, want);
        break;
    case NODE_BITOR:
        if (want == WANT_NUMBER)
            eval_bitor(e, scope, node, out);
        else
            wrong_type(e, node, want);
        break;
    default:
        wrong_type(e, node, want);
    }
}

void eval_list(struct eval *e, const struct scope *scope, const struct ast *first, enum want want,
               struct values *out) {
    for (const struct ast *node = first; node && node->kind != NODE_EXCEPT; node = node->next)
        eval_node(e, scope, node, want, out);
}

static bool equal(const struct value *a, const struct value *b) {
    if (a->kind != b->kind)
        return false;
    if (a->kind == VALUE_NUMBER || a->kind == VALUE_RANGE)
        return a->number == b->number && a->last == b->last;
    return strcmp(a->text, b->text) == 0;
}

static struct value_list subtract(struct eval *e, struct value_list from, struct value_list what) {
    VEC(struct value) left = {0};
    for (size_t i = 0; i < from.n; i++) {
        bool gone = false;
        for (size_t j = 0; j < what.n; j++)
            gone |= equal(&from.items[i], &what.items[j]);
        if (!gone)
            vec_push(e->arena, &left, from.items[i]);
    }
    return (struct value_list){left.items, left.n};
}

/* What a name stands for, and where that is to be read. */
struct definition {
    const struct ast *value, *except; /* NULL: none */
    const struct scope *scope;
    bool parameter; /* one is on the way */
};

static bool define(struct eval *e, const struct scope *scope, const char *name, struct definition *d) {
    struct found found;
    if (!scope_find_let(scope, name, &found))
        return false;
    const struct binding *b = found.binding;
    struct scope *there = ARENA_NEW(e->arena, struct scope);
    *there = (struct scope){.unit = found.unit, .program = scope->program};
    *d = (struct definition){
        .value = b ? b->value : found.node->first,
        .except = b ? b->except : ast_child(found.node, NODE_EXCEPT),
        .scope = b ? b->scope : there,
        .parameter = d->parameter || (b && b->parameter),
    };
    return true;
}

/* A set of paths that is nothing but one name with an `except` of its own keeps both halves; so does one that
 * only stands for such a name. */
static bool only_definition(struct eval *e, const struct scope *scope, const struct ast *set,
                            struct definition *d) {
    const struct ast *only = set->first;
    if (!only || (only->next && only->next->kind != NODE_EXCEPT))
        return false;
    *d = (struct definition){.scope = scope};
    for (unsigned depth = 0; only && only->kind == NODE_REF && depth < DEEPEST; depth++) {
        if (!define(e, d->scope, only->text, d))
            return false;
        if (d->except)
            return true;
        only = d->value;
    }
    return false;
}

static struct value_list listed(const struct values *values) {
    return (struct value_list){values->list.items, values->list.n};
}

struct value_set eval_set(struct eval *e, const struct scope *scope, const struct ast *node, enum want want,
                          const char **says_nothing) {
    struct value_set set = {.present = true, .loc = node->loc};
    const struct ast *except = ast_child(node, NODE_EXCEPT);
    struct values in = {0}, out = {0};
    unsigned errors = e->diag->errors;
    struct definition only;
    if (keeps_halves(want) && only_definition(e, scope, node, &only)) {
        eval_list(e, only.scope, only.value, want, &in);
        eval_list(e, only.scope, only.except->first, want, &out);
        in.by_parameter |= only.parameter;
    } else
        eval_list(e, scope, node->first, want, &in);
    if (except)
        eval_list(e, scope, except->first, want, &out);
    set.in = keeps_halves(want) ? listed(&in) : subtract(e, listed(&in), listed(&out));
    set.out = keeps_halves(want) ? listed(&out) : (struct value_list){0};
    if (set.in.n == 0 && in.by_parameter)
        *says_nothing = "a parameter left it without a value";
    else if (set.in.n == 0 && e->diag->errors == errors)
        diag_add(e->diag, DIAG_EMPTY_LIST, node->loc, "this list is empty: the statement would say nothing");
    return set;
}

/* What a `use` gives for that name; a value that isn't a parameter's stands for itself. */
static const struct ast *given_for(const struct scope *scope, const struct ast *node) {
    struct found found;
    while (node->kind == NODE_REF && scope_find_let(scope, node->text, &found) && found.binding &&
           found.binding->parameter && found.binding->value) {
        scope = found.binding->scope;
        node = found.binding->value;
    }
    return node;
}

bool eval_number(struct eval *e, const struct scope *scope, const struct ast *node, uint64_t *number) {
    struct values values = {0};
    unsigned errors = e->diag->errors;
    eval_node(e, scope, node, WANT_NUMBER, &values);
    if (values.list.n == 1 && values.list.items[0].kind == VALUE_NUMBER) {
        *number = values.list.items[0].number;
        return true;
    }
    if (e->diag->errors == errors) {
        const struct ast *given = given_for(scope, node);
        *number = 0;
        if (!given->loc.begin) /* a rule looked at alone: nobody has given it a number yet */
            return true;
        struct diag_item *item = diag_add(e->diag, DIAG_TYPE, given->loc, "one number is wanted here");
        if (given != node)
            diag_note(e->diag, item, node->loc, "for `%s`", node->text);
    }
    return false;
}
