#include "lower_parts.h"

#include "calls.h"
#include <stdlib.h>

const struct cond *lower_cond(struct arena *arena, enum cond_kind kind, const struct cond *a,
                              const struct cond *b) {
    struct cond *c = ARENA_NEW(arena, struct cond);
    *c = (struct cond){.kind = kind, .a = a, .b = b};
    return c;
}

static const struct cond *constant(struct arena *arena, bool value) {
    return lower_cond(arena, value ? COND_TRUE : COND_FALSE, NULL, NULL);
}

const struct cond *lower_cond_test(struct arena *arena, unsigned arg, bool wide, uint64_t mask, enum cmp cmp,
                                   uint64_t value) {
    struct cond *c = ARENA_NEW(arena, struct cond);
    *c = (struct cond){.kind = COND_TEST, .arg = arg, .wide = wide, .mask = mask, .cmp = cmp, .value = value};
    return c;
}

/* The value at the argument's width: -1 is all ones; false: no argument of that width can have it. */
static bool narrow(uint64_t value, unsigned width, uint64_t *out) {
    *out = width == 64 ? value : value & (((uint64_t)1 << width) - 1);
    return width == 64 || value >> width == 0 || value >> (width - 1) == UINT64_MAX >> (width - 1);
}

/* A constant too large for this ABI's word (it fits another's): every value is below it. */
static bool above_all(enum cmp cmp) {
    return cmp == CMP_NE || cmp == CMP_LT || cmp == CMP_LE;
}

static const struct cond *compare(struct arena *arena, const struct syscall_arg *arg, unsigned width,
                                  const struct test_expr *t, enum cmp cmp, uint64_t number) {
    uint64_t mask = UINT64_MAX, value;
    narrow(t->masked ? t->mask : UINT64_MAX, width, &mask);
    if (!narrow(number, width, &value))
        return constant(arena, above_all(cmp));
    return lower_cond_test(arena, arg->position, width == 64, mask, cmp, value);
}

static const struct cond *in_list(struct arena *arena, const struct syscall_arg *arg, unsigned width,
                                  const struct test_expr *t) {
    const struct cond *any = NULL;
    for (size_t i = 0; i < t->values.n; i++) {
        const struct value *v = &t->values.items[i];
        const struct cond *one =
            v->kind == VALUE_RANGE
                ? lower_cond(arena, COND_AND, compare(arena, arg, width, t, CMP_GE, v->number),
                             compare(arena, arg, width, t, CMP_LE, v->last))
                : compare(arena, arg, width, t, CMP_EQ, v->number);
        any = any ? lower_cond(arena, COND_OR, any, one) : one;
    }
    return any ? any : constant(arena, false);
}

/* NULL: this call lacks the argument in this ABI. */
static const struct cond *lower_test(struct arena *arena, const struct test_expr *t, int id, enum abi abi) {
    static const enum cond_kind kinds[] = {[TEST_NOT] = COND_NOT, [TEST_AND] = COND_AND, [TEST_OR] = COND_OR};
    struct syscall_arg arg;
    if (t->kind == TEST_COMPARE || t->kind == TEST_IN) {
        if (syscall_arg(id, abi, t->arg, &arg) < 0 || !calls_width(&arg, abi))
            return NULL;
        unsigned width = calls_width(&arg, abi);
        return t->kind == TEST_IN ? in_list(arena, &arg, width, t)
                                  : compare(arena, &arg, width, t, (enum cmp)t->cmp, t->value);
    }
    const struct cond *a = lower_test(arena, t->a, id, abi),
                      *b = t->b ? lower_test(arena, t->b, id, abi) : NULL;
    return !a || (t->b && !b) ? NULL : lower_cond(arena, kinds[t->kind], a, b);
}

static int by_number(const void *a, const void *b) {
    const struct ir_call *x = a, *y = b;
    if (x->abi != y->abi)
        return x->abi < y->abi ? -1 : 1;
    return x->nr < y->nr ? -1 : x->nr > y->nr;
}

void lower_calls(struct building *b, const struct call *calls, size_t n, unsigned abis,
                 struct ir_match *out) {
    struct arena *arena = b->lower->arena;
    VEC(struct ir_call) list = {0};
    for (size_t i = 0; i < n; i++)
        for (enum abi abi = 0; abi < ABI_COUNT; abi++) {
            int nr = syscall_number(calls[i].id, abi);
            if (nr < 0 || !(abis >> abi & 1))
                continue;
            const struct cond *cond =
                calls[i].test ? lower_test(arena, calls[i].test, calls[i].id, abi) : NULL;
            if (calls[i].test && !cond)
                out->untested =
                    arena_printf(arena,
                                 "%s's %s doesn't take that argument in a register of its own: it isn't "
                                 "denied there (`require native-abi` denies the whole entry)",
                                 abi_infos[abi].name, syscall_name(calls[i].id));
            else
                vec_push(arena, &list,
                         ((struct ir_call){.abi = abi,
                                           .nr = (uint32_t)nr,
                                           .id = calls[i].id,
                                           .cond = cond,
                                           .given = calls[i].given}));
        }
    if (list.n)
        qsort(list.items, list.n, sizeof *list.items, by_number);
    out->calls = list.items;
    out->n_calls = list.n;
}
