/* Policies of system calls made at random, and calls near their constants. */
#ifndef VPL_SOME_POLICY_H
#define VPL_SOME_POLICY_H

#include "ir.h"
#include <errno.h>
#include <stdlib.h>

static uint64_t dice_seed = 0x5eccu;
static inline uint64_t dice(uint64_t n) {
    dice_seed ^= dice_seed << 13;
    dice_seed ^= dice_seed >> 7;
    dice_seed ^= dice_seed << 17;
    return n ? dice_seed % n : dice_seed;
}

/* Calls with twins, calls behind multiplexers, calls that one ABI lacks, calls that an older libseccomp
 * doesn't know. */
static const char *const some_names[] = {
    "socket", "socketpair", "socketcall", "ipc",    "semop",   "semget", "accept",  "accept4", "clone",
    "clone3", "ioctl",      "mprotect",   "chmod",  "read",    "write",  "openat",  "umount",  "umount2",
    "setuid", "setuid32",   "mmap2",      "stat64", "unshare", "mseal",  "fchroot", "getpid",  "personality"};
enum { SOME_NAMES = sizeof some_names / sizeof *some_names, SOME_TESTS = 64 };

struct some_test {
    unsigned arg;
    uint64_t mask, value;
};
struct some_policy {
    struct ir_policy policy;
    struct some_test tests[SOME_TESTS]; /* the constants of its conditions */
    size_t n_tests;
};

static inline const struct cond *some_test(struct arena *arena, struct some_policy *p,
                                           const struct some_test *like, enum abi abi) {
    struct cond *c = ARENA_NEW(arena, struct cond);
    uint64_t width = abi_infos[abi].word_bits == 64 ? UINT64_MAX : UINT32_MAX;
    *c = (struct cond){.kind = COND_TEST,
                       .arg = like->arg,
                       .mask = like->mask & width,
                       .cmp = (enum cmp)dice(CMP_COUNT),
                       .value = like->value & width};
    c->wide = c->mask > UINT32_MAX || c->value > UINT32_MAX;
    if (p->n_tests < SOME_TESTS)
        p->tests[p->n_tests++] = *like;
    return c;
}

/* The same condition for each ABI that has the call, now and then with another argument in one of them. */
static inline void some_condition(struct arena *arena, struct some_policy *p,
                                  const struct cond *conds[ABI_COUNT]) {
    static const uint64_t masks[] = {UINT32_MAX, UINT32_MAX, UINT32_MAX, 0x7e020000,
                                     0xf,        1,          0xffff,     UINT64_MAX};
    static const uint64_t values[] = {
        0, 1, 2, 3, 38, 40, 0x20000, 0x10000000, 0x80000000, UINT32_MAX, 1ULL << 32, 1ULL << 32 | 38};
    struct some_test test = {(unsigned)dice(3), masks[dice(8)], values[dice(12)]};
    bool shifted = dice(12) == 0;
    enum cmp cmp = (enum cmp)dice(CMP_COUNT);
    for (enum abi abi = 0; abi < ABI_COUNT; abi++) {
        struct some_test here = test;
        here.arg += shifted && abi == ABI_I386;
        struct cond *c = (struct cond *)(uintptr_t)some_test(arena, p, &here, abi);
        c->cmp = cmp;
        conds[abi] = c;
    }
    if (dice(3))
        return;
    const struct cond *others[ABI_COUNT];
    some_condition(arena, p, others);
    enum cond_kind kind = dice(2) ? COND_AND : COND_OR;
    for (enum abi abi = 0; abi < ABI_COUNT; abi++) {
        struct cond *c = ARENA_NEW(arena, struct cond), *negated = ARENA_NEW(arena, struct cond);
        *c = (struct cond){.kind = kind, .a = conds[abi], .b = others[abi]};
        *negated = (struct cond){.kind = COND_NOT, .a = c};
        conds[abi] = kind == COND_AND ? c : negated;
    }
}

static inline int by_number(const void *a, const void *b) {
    const struct ir_call *x = a, *y = b;
    if (x->abi != y->abi)
        return x->abi < y->abi ? -1 : 1;
    return x->nr < y->nr ? -1 : x->nr > y->nr;
}

static inline void some_calls(struct arena *arena, struct some_policy *p, struct ir_match *match,
                              unsigned abis) {
    const struct cond *conds[ABI_COUNT] = {0};
    size_t n = 1 + dice(dice(4) ? 3 : 200);
    struct ir_call *calls = arena_alloc(arena, n * ABI_COUNT * sizeof *calls);
    if (dice(2))
        some_condition(arena, p, conds);
    for (size_t i = 0; i < n; i++) {
        int id = n > 3 ? (int)dice((uint64_t)syscall_count()) : syscall_by_name(some_names[dice(SOME_NAMES)]);
        for (enum abi abi = 0; abi < ABI_COUNT; abi++)
            if (abis >> abi & 1 && syscall_number(id, abi) >= 0)
                calls[match->n_calls++] =
                    (struct ir_call){abi, (uint32_t)syscall_number(id, abi), id, conds[abi], NULL};
    }
    qsort(calls, match->n_calls, sizeof *calls, by_number);
    match->calls = calls;
}

static inline struct ir_stmt *some_stmt(struct arena *arena, struct some_policy *p) {
    struct ir_stmt *s = ARENA_NEW(arena, struct ir_stmt);
    enum { ALL = (1U << ABI_COUNT) - 1, TABLED = 1U << ABI_X86_64 | 1U << ABI_I386 };
    *s = (struct ir_stmt){.class = CLASS_SYSCALL,
                          .block = -1,
                          .text = "",
                          .own = dice(2),
                          .broad = dice(4) == 0,
                          .audit = dice(6) == 0};
    s->verdict = dice(3) ? VERDICT_DENY : VERDICT_ALLOW;
    s->is_default = s->refinement = s->verdict == VERDICT_DENY && dice(6) == 0;
    s->err = s->verdict == VERDICT_DENY && dice(3) == 0 ? (dice(2) ? ENOSYS : EACCES) : 0;
    s->negated = s->verdict == VERDICT_DENY && dice(25) == 0;
    some_calls(arena, p, &s->match, s->verdict == VERDICT_DENY ? ALL : TABLED);
    return s;
}

/* As lower writes them. */
static inline struct ir_stmt *some_default(struct arena *arena, unsigned abis, int err, bool refinement,
                                           bool unknown) {
    struct ir_stmt *s = ARENA_NEW(arena, struct ir_stmt);
    *s = (struct ir_stmt){.class = CLASS_SYSCALL,
                          .block = -1,
                          .text = "",
                          .verdict = VERDICT_DENY,
                          .is_default = true,
                          .refinement = refinement,
                          .err = err};
    s->match.every_call = true;
    s->match.abis = abis;
    s->match.unknown_numbers = unknown;
    return s;
}

static inline struct some_policy *some_policy(struct arena *arena) {
    static const struct origin nowhere = {.rule = ""};
    enum { TABLED = 1U << ABI_X86_64 | 1U << ABI_I386 };
    struct some_policy *p = ARENA_NEW(arena, struct some_policy);
    VEC(struct ir_stmt *) stmts = {0};
    bool allow_list = dice(2);
    for (size_t n = dice(8); n > 0; n--)
        vec_push(arena, &stmts, some_stmt(arena, p));
    if (allow_list) {
        vec_push(arena, &stmts, some_default(arena, (1U << ABI_COUNT) - 1, EPERM, false, false));
        vec_push(arena, &stmts, some_default(arena, TABLED, ENOSYS, true, true));
    }
    vec_push(arena, &stmts, some_default(arena, 1U << ABI_X32, ENOSYS, true, false));
    if (dice(8) == 0) { /* require native-abi */
        struct ir_stmt *s = some_default(arena, 1U << ABI_I386, 0, false, false);
        s->is_default = false;
        vec_push(arena, &stmts, s);
    }
    for (size_t i = 0; i < stmts.n; i++)
        stmts.items[i]->id = (unsigned)i;
    p->policy = (struct ir_policy){.name = "some",
                                   .label = "some",
                                   .enforcers = ENFORCER_SECCOMP,
                                   .mode = MODE_ENHANCE_PROTECT,
                                   .origin = &nowhere,
                                   .stmts = (const struct ir_stmt *const *)stmts.items,
                                   .n_stmts = stmts.n};
    p->policy.reaction = dice(5) ? dice(2) ? REACTION_DENY : REACTION_AUDIT_DENY : REACTION_OBSERVE;
    return p;
}

static inline struct event some_call(const struct some_policy *p) {
    struct event e = {.class = CLASS_SYSCALL, .abi = (enum abi)dice(ABI_COUNT)};
    int nr = syscall_number(syscall_by_name(some_names[dice(SOME_NAMES)]), e.abi);
    e.nr = nr < 0 || dice(4) == 0 ? (uint32_t)dice(600) : (uint32_t)nr;
    for (size_t i = dice(4); i > 0 && p->n_tests; i--) {
        const struct some_test *t = &p->tests[dice(p->n_tests)];
        const uint64_t values[] = {t->value, t->value - 1,          t->value + 1,          t->mask,
                                   ~t->mask, t->value | 1ULL << 32, t->value ^ 1ULL << 63, 0,
                                   dice(0)};
        e.args[t->arg] = values[dice(9)];
    }
    if (dice(6) == 0)
        e.args[0] = 1 + dice(24); /* socketcall's and ipc's */
    for (int i = 0; i < 6 && e.abi == ABI_I386; i++)
        e.args[i] &= UINT32_MAX; /* registers are 32 bits wide */
    return e;
}

#endif
