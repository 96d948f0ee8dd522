#include "calls.h"

#include "suggest.h"
#include "words.h"
#include "written.h"
#include <string.h>

unsigned calls_width(const struct syscall_arg *arg, enum abi abi) {
    switch (arg->kind) {
    case ARG_UINT16:
        return 16;
    case ARG_INT32:
    case ARG_UINT32:
        return 32;
    case ARG_LONG:
        return abi_infos[abi].word_bits;
    default:
        return 0;
    }
}

static void unknown_argument(struct eval *e, int id, const char *name, struct loc loc) {
    const char *names[SYSCALL_ARGS_MAX];
    int n = 0;
    for (enum abi abi = 0; abi < ABI_COUNT && !n; abi++)
        n = syscall_number(id, abi) < 0 ? 0 : syscall_arg_names(id, abi, names);
    struct suggest suggest = {.word = name};
    struct buf list BUF_CLEANUP = {0};
    for (int i = 0; i < n; i++) {
        suggest_consider(&suggest, names[i]);
        buf_printf(&list, "%s%s", i ? ", " : "", names[i]);
    }
    struct diag_item *item =
        diag_add(e->diag, DIAG_UNKNOWN_ARGUMENT, loc, "%s has no argument `%s`", syscall_name(id), name);
    if (suggest.best)
        diag_note(e->diag, item, (struct loc){0}, "did you mean `%s`?", suggest.best);
    else
        diag_note(e->diag, item, (struct loc){0},
                  n ? "its arguments in the kernel are: %s" : "it takes none%s", buf_text(&list));
}

/* -1: all ones, at whatever width. */
static bool fits(uint64_t value, unsigned width) {
    return width >= 64 || value >> width == 0 || value >> (width - 1) == UINT64_MAX >> (width - 1);
}

static void check_width(struct eval *e, int id, const char *name, uint64_t value, unsigned width,
                        struct loc loc) {
    if (!fits(value, width))
        diag_add(e->diag, DIAG_TOO_WIDE, loc,
                 "0x%llx doesn't fit in the %u bits that the kernel looks at in %s's `%s`",
                 (unsigned long long)value, width, syscall_name(id), name);
}

static void check_values(struct eval *e, int id, const struct test_expr *t, unsigned width) {
    if (t->masked)
        check_width(e, id, t->arg, t->mask, width, t->mask_loc);
    if (t->kind == TEST_COMPARE)
        check_width(e, id, t->arg, t->value, width, t->value_loc);
    for (size_t i = 0; i < t->values.n; i++)
        check_width(e, id, t->arg, t->values.items[i].number, width, t->values.items[i].loc);
    for (size_t i = 0; i < t->values.n; i++)
        check_width(e, id, t->arg,
                    t->values.items[i].kind == VALUE_RANGE ? t->values.items[i].last
                                                           : t->values.items[i].number,
                    width, t->values.items[i].loc);
}

static void check_leaf(struct eval *e, int id, const struct test_expr *t) {
    bool known = false, present = false;
    unsigned widest = 0;
    for (enum abi abi = 0; abi < ABI_COUNT; abi++) {
        struct syscall_arg arg;
        if (syscall_number(id, abi) < 0)
            continue;
        present = true;
        if (syscall_arg(id, abi, t->arg, &arg) < 0)
            continue;
        known = true;
        if (arg.kind == ARG_POINTER || arg.kind == ARG_SPLIT64) {
            diag_add(e->diag, DIAG_POINTER_ARGUMENT, t->loc,
                     arg.kind == ARG_POINTER
                         ? "%s's `%s` is a pointer: a filter can't see what it points to%.0s"
                         : "%s's `%s` comes in two halves on %s, which a test can't join",
                     syscall_name(id), t->arg, abi_infos[abi].name);
            return;
        }
        if (calls_width(&arg, abi) > widest)
            widest = calls_width(&arg, abi);
    }
    if (present && !known)
        unknown_argument(e, id, t->arg, t->loc);
    else if (known)
        check_values(e, id, t, widest);
}

static void check_test(struct eval *e, int id, const struct test_expr *t) {
    if (!t)
        return;
    if (t->kind == TEST_COMPARE || t->kind == TEST_IN) {
        check_leaf(e, id, t);
        return;
    }
    check_test(e, id, t->a);
    check_test(e, id, t->b);
}

static const struct test_expr *new_test(struct eval *e, struct test_expr test) {
    struct test_expr *t = ARENA_NEW(e->arena, struct test_expr);
    *t = test;
    return t;
}

static const struct test_expr *both(struct eval *e, const struct test_expr *a, const struct test_expr *b) {
    return !a ? b : !b ? a : new_test(e, (struct test_expr){.kind = TEST_AND, .a = a, .b = b, .loc = a->loc});
}

static const struct test_expr *leaf(struct eval *e, const struct scope *scope, const struct ast *node) {
    struct test_expr t = {.kind = node->kind == NODE_TEST_IN ? TEST_IN : TEST_COMPARE,
                          .arg = node->text,
                          .cmp = (unsigned)node->number,
                          .loc = node->loc};
    const struct ast *value = node->first;
    if (value->kind == NODE_MASK) {
        t.masked = eval_number(e, scope, value->first, &t.mask);
        t.mask_loc = value->first->loc;
        value = value->next;
    }
    t.value_loc = value->loc;
    if (t.kind == TEST_COMPARE) {
        eval_number(e, scope, value, &t.value);
        return new_test(e, t);
    }
    struct values values = {0};
    unsigned errors = e->diag->errors;
    eval_list(e, scope, value, WANT_NUMBER, &values);
    t.values = (struct value_list){values.list.items, values.list.n};
    if (!values.list.n && !values.by_parameter && e->diag->errors == errors)
        diag_add(e->diag, DIAG_EMPTY_LIST, node->loc, "this list is empty: nothing is ever in it");
    const struct test_expr *in = new_test(e, t);
    return node->flags & FLAG_NOT
               ? new_test(e, (struct test_expr){.kind = TEST_NOT, .a = in, .loc = node->loc})
               : in;
}

static const struct test_expr *condition(struct eval *e, const struct scope *scope, const struct ast *node) {
    static const enum test_kind kinds[NODE_COUNT] = {
        [NODE_NOT] = TEST_NOT, [NODE_AND] = TEST_AND, [NODE_OR] = TEST_OR};
    if (node->kind == NODE_TEST_ARG || node->kind == NODE_TEST_IN)
        return leaf(e, scope, node);
    const struct ast *second = node->first->next;
    return new_test(e, (struct test_expr){.kind = kinds[node->kind],
                                          .a = condition(e, scope, node->first),
                                          .b = second ? condition(e, scope, second) : NULL,
                                          .loc = node->loc});
}

/* name(arg: value, …): equality of each. */
static const struct test_expr *call_arguments(struct eval *e, const struct scope *scope,
                                              const struct ast *call) {
    const struct test_expr *all = NULL;
    for (const struct ast *arg = call->first; arg; arg = arg->next) {
        struct test_expr t = {
            .kind = TEST_COMPARE, .arg = arg->text, .loc = arg->loc, .value_loc = arg->first->loc};
        if (eval_number(e, scope, arg->first, &t.value))
            all = both(e, all, new_test(e, t));
    }
    return all;
}

/* The same as it was written. */
static const char *given(struct eval *e, const struct scope *scope, const struct ast *call) {
    const char *text = NULL;
    for (const struct ast *arg = call->first; arg; arg = arg->next)
        text = arena_printf(e->arena, "%s%s: %s", text ? arena_printf(e->arena, "%s, ", text) : "(",
                            arg->text, written(e, scope, arg->first, arg->first->loc));
    return text ? arena_printf(e->arena, "%s)", text) : NULL;
}

struct calls {
    VEC(struct call) list;
    bool by_parameter;
};

static void add_words(struct eval *e, const struct scope *scope, const struct ast *node, struct calls *out) {
    struct ast alone = *node;
    struct values values = {0};
    alone.next = NULL;
    eval_list(e, scope, &alone, WANT_WORD, &values);
    out->by_parameter |= values.by_parameter;
    for (size_t i = 0; i < values.list.n; i++) {
        const struct value *v = &values.list.items[i];
        int id = v->kind == VALUE_NUMBER ? -1 : words_find(e->diag, WORD_SYSCALL, v->text, v->loc);
        if (v->kind == VALUE_NUMBER)
            diag_add(e->diag, DIAG_TYPE, v->loc,
                     "system calls go by name: numbers differ between architectures");
        if (id >= 0)
            vec_push(e->arena, &out->list, ((struct call){.id = id, .loc = v->loc}));
    }
}

static void add_items(struct eval *e, const struct scope *scope, const struct ast *first, struct calls *out) {
    for (const struct ast *node = first; node && node->kind != NODE_EXCEPT; node = node->next) {
        if (node->kind != NODE_CALL) {
            add_words(e, scope, node, out);
            continue;
        }
        int id = words_find(e->diag, WORD_SYSCALL, node->text, node->loc);
        if (id >= 0)
            vec_push(e->arena, &out->list,
                     ((struct call){.id = id,
                                    .test = call_arguments(e, scope, node),
                                    .given = given(e, scope, node),
                                    .loc = node->loc}));
    }
}

static bool has_call(const struct calls *calls, int id) {
    for (size_t i = 0; i < calls->list.n; i++)
        if (calls->list.items[i].id == id)
            return true;
    return false;
}

static void eval_names(struct eval *e, const struct scope *scope, const struct ast *set, struct stmt *stmt) {
    struct calls in = {0}, out = {0}, left = {0};
    unsigned errors = e->diag->errors;
    add_items(e, scope, set->first, &in);
    const struct ast *except = ast_child(set, NODE_EXCEPT);
    if (except)
        add_items(e, scope, except->first, &out);
    for (size_t i = 0; i < in.list.n; i++)
        if (!has_call(&out, in.list.items[i].id))
            vec_push(e->arena, &left.list, in.list.items[i]);
    if (!left.list.n && in.by_parameter)
        stmt->says_nothing = "a parameter left it without a system call";
    else if (!left.list.n && errors == e->diag->errors)
        diag_add(e->diag, DIAG_EMPTY_LIST, set->loc, "this list is empty: the statement would say nothing");
    stmt->has_calls = true;
    stmt->calls = left.list.items;
    stmt->n_calls = left.list.n;
}

static void eval_where(struct eval *e, const struct scope *scope, const struct ast *where,
                       struct stmt *stmt) {
    if (!stmt->has_calls) {
        diag_add(e->diag, DIAG_NOT_HERE, where->loc,
                 "`where` needs the names of the calls whose arguments it tests");
        return;
    }
    const struct test_expr *test = condition(e, scope, where->first);
    struct call *calls = arena_alloc(e->arena, stmt->n_calls * sizeof *calls + 1);
    for (size_t i = 0; i < stmt->n_calls; i++) {
        calls[i] = stmt->calls[i];
        calls[i].test = both(e, calls[i].test, test);
    }
    stmt->calls = calls;
    struct loc test_loc = {where->loc.begin + (uint32_t)strlen("where"), where->loc.end};
    stmt->where = written(e, scope, where, test_loc);
}

void calls_eval(struct eval *e, const struct scope *scope, const struct ast *part, struct stmt *stmt) {
    if (part->kind == NODE_SET)
        eval_names(e, scope, part, stmt);
    else if (part->kind == NODE_WHERE)
        eval_where(e, scope, part, stmt);
    if (part->next) /* the last part has seen everything */
        return;
    for (size_t i = 0; i < stmt->n_calls; i++)
        check_test(e, stmt->calls[i].id, stmt->calls[i].test);
}
