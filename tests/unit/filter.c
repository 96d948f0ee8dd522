/* filter.h against a plain reading of the same conditions: what a plan says, what its program does, whatever
 * the call. */
#include "check.h"
#include "containerd.h"

#include <stdlib.h>
#include <string.h>

static uint64_t seed = 0x5eccu;
static uint64_t dice(uint64_t n) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return n ? seed % n : seed;
}

/* A condition as written: the model. */
enum { TEST, NOT, AND, OR };
struct condition {
    int kind; /* TEST, NOT, AND, OR */
    const struct condition *a, *b;
    enum decision_op op;
    unsigned arg;
    bool wide;
    uint64_t mask, value;
};
enum { MAX_TESTS = 8 };
struct tests {
    const struct condition *items[MAX_TESTS];
    size_t n;
};

static uint64_t some_value(void) {
    static const uint64_t values[] = {0,  1,       2,          7,          8,          38,
                                      40, 0x20000, 0x7fffffff, 0x80000000, 0xfffffffe, UINT32_MAX};
    switch (dice(4)) {
    case 0:
        return dice(10);
    case 1:
        return 1ULL << dice(32);
    case 2:
        return values[dice(sizeof values / sizeof *values)];
    default:
        return dice(1ULL << 32);
    }
}

static struct condition some_test(void) {
    static const uint64_t masks[] = {UINT32_MAX, UINT32_MAX, 0x7e020000, 0xf, 1, 0xffff, 0x80000000, 0x10f0};
    struct condition c = {
        .kind = TEST, .op = dice(2) ? DECISION_EQ : DECISION_GE, .arg = (unsigned)dice(dice(2) ? 6 : 2)};
    c.mask = dice(4) ? masks[dice(sizeof masks / sizeof *masks)] : some_value();
    c.value = dice(2) ? some_value() : some_value() & c.mask;
    c.wide = dice(4) == 0;
    if (c.wide) {
        c.mask = dice(2) ? UINT64_MAX : c.mask << dice(40);
        c.value = dice(2) ? c.value : (c.value << 32 | some_value());
    }
    return c;
}

static const struct condition *some_condition(struct arena *arena, unsigned depth, struct tests *tests) {
    struct condition *c = ARENA_NEW(arena, struct condition);
    if (depth == 0 || dice(4) == 0) {
        *c = some_test();
        if (tests->n < MAX_TESTS)
            tests->items[tests->n++] = c;
        return c;
    }
    static const int kinds[] = {NOT, AND, OR};
    c->kind = kinds[dice(3)];
    c->a = some_condition(arena, depth - 1, tests);
    c->b = some_condition(arena, depth - 1, tests);
    return c;
}

static bool holds(const struct condition *c, const uint64_t args[6]) {
    uint64_t masked = args[c->arg] & c->mask & (c->wide ? UINT64_MAX : UINT32_MAX);
    switch (c->kind) {
    case NOT:
        return !holds(c->a, args);
    case AND:
        return holds(c->a, args) && holds(c->b, args);
    case OR:
        return holds(c->a, args) || holds(c->b, args);
    default:
        return c->op == DECISION_EQ ? masked == c->value : masked >= c->value;
    }
}

static const struct decision *boolean(struct decisions *table, const struct condition *c) {
    const struct decision *yes = decision_leaf(table, 1), *no = decision_leaf(table, 0);
    switch (c->kind) {
    case NOT:
        return decision_if(table, boolean(table, c->a), no, yes);
    case AND:
        return decision_if(table, boolean(table, c->a), boolean(table, c->b), no);
    case OR:
        return decision_if(table, boolean(table, c->a), yes, boolean(table, c->b));
    default:
        return decision_test(table, c->op, c->arg, c->wide, c->mask, c->value);
    }
}

/* A call's rules, as a policy has them: the first that holds decides. */
enum { MAX_RULES = 3 };
struct call {
    const struct condition *conditions[MAX_RULES];
    uint32_t actions[MAX_RULES + 1];
    size_t n;
    struct tests tests;
    const struct decision *decision;
};

static uint32_t some_action(void) {
    static const uint32_t actions[] = {SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO | EPERM,
                                       SECCOMP_RET_ERRNO | ENOSYS, SECCOMP_RET_LOG};
    return actions[dice(4)];
}

static struct call some_call(struct arena *arena, struct decisions *table) {
    struct call call = {.n = dice(MAX_RULES + 1)};
    call.actions[call.n] = some_action();
    call.decision = decision_leaf(table, call.actions[call.n]);
    for (size_t i = call.n; i-- > 0;) {
        call.conditions[i] = some_condition(arena, (unsigned)dice(4), &call.tests);
        call.actions[i] = some_action();
        call.decision = decision_if(table, boolean(table, call.conditions[i]),
                                    decision_leaf(table, call.actions[i]), call.decision);
    }
    return call;
}

static uint32_t expected(const struct call *call, const uint64_t args[6]) {
    for (size_t i = 0; i < call->n; i++)
        if (holds(call->conditions[i], args))
            return call->actions[i];
    return call->actions[call->n];
}

/* Values at which the test may change its mind, and their neighbours in the other half and beyond the mask.
 */
static uint64_t near(const struct condition *c) {
    uint64_t values[] = {c->value,   c->value - 1, c->value + 1,       c->mask, ~c->mask, UINT64_MAX, 0,
                         1ULL << 32, dice(0),      c->value | ~c->mask};
    uint64_t value = values[dice(sizeof values / sizeof *values)];
    return dice(3) ? value : value ^ 1ULL << dice(64);
}

static void some_args(const struct call *call, uint64_t args[6]) {
    for (int i = 0; i < 6; i++)
        args[i] = dice(2) ? 0 : dice(0);
    for (size_t i = 0; i < call->tests.n; i++)
        if (dice(2))
            args[call->tests.items[i]->arg] = near(call->tests.items[i]);
}

static size_t cubes_that_hold(const struct cube *cubes, int n, const uint64_t args[6]) {
    size_t count = 0;
    for (int i = 0; i < n; i++) {
        bool all = true;
        for (int arg = 0; arg < 6; arg++)
            all = all && (args[arg] & cubes[i].mask[arg]) == cubes[i].value[arg];
        count += all;
    }
    return count;
}

/* Decisions, simplified decisions and cubes of conditions made at random. */
static void test_decisions(void) {
    size_t wrong = 0, wrong_simple = 0, wrong_cubes = 0, wrong_actions = 0, with_cubes = 0, tried = 0;
    for (int round = 0; round < 3000; round++) {
        struct arena *arena = arena_new();
        struct decisions *table = decisions_new(arena);
        struct call call = some_call(arena, table);
        const struct decision *simple = decision_simplify(table, call.decision);
        const struct cube *cubes;
        int n = decision_cubes(arena, simple, SECCOMP_RET_ALLOW, NULL, 256, &cubes);
        with_cubes += n >= 0;
        uint32_t actions[8];
        size_t n_actions = decision_actions(arena, simple, actions, 8);
        for (int i = 0; i < 100; i++, tried++) {
            uint64_t args[6];
            some_args(&call, args);
            uint32_t action = expected(&call, args);
            wrong += decision_eval(call.decision, args) != action;
            wrong_simple += decision_eval(simple, args) != action;
            wrong_cubes += n >= 0 && cubes_that_hold(cubes, n, args) != (action == SECCOMP_RET_ALLOW);
            bool named = false;
            for (size_t a = 0; a < n_actions; a++)
                named = named || actions[a] == action;
            wrong_actions += !named;
        }
        arena_free(arena);
    }
    CHECK(tried == 300000);
    CHECK(wrong == 0);
    CHECK(wrong_simple == 0);
    CHECK(wrong_actions == 0);
    CHECK(with_cubes > 2000);
    CHECK(wrong_cubes == 0);
}

/* What a plan says of a call. */
static uint32_t planned(const struct filter_plan *plan, enum abi abi, uint32_t nr, const uint64_t args[6]) {
    const struct filter_abi *table = &plan->abis[abi];
    if (!table->present)
        return SECCOMP_RET_KILL_PROCESS;
    return decision_eval(nr < table->n && table->calls[nr] ? table->calls[nr] : table->beyond, args);
}

static size_t differences(const struct filter_plan *plan, const struct sock_filter *program, enum abi abi,
                          uint32_t nr, const uint64_t args[6]) {
    struct seccomp_data data = cbpf_data(abi, nr, args);
    return cbpf_run(program, &data, NULL) != planned(plan, abi, nr, args);
}

/* Every number of every ABI, past the tables too. */
static size_t all_numbers(const struct filter_plan *plan, const struct sock_filter *program,
                          const uint64_t args[6]) {
    static const uint32_t far[] = {0x3fffffff, 0x80000000, 0x80000001, 0xbfffffff};
    size_t wrong = 0;
    for (enum abi abi = 0; abi < ABI_COUNT; abi++) {
        for (uint32_t nr = 0; nr < 1200; nr++)
            wrong += differences(plan, program, abi, nr, args);
        for (size_t i = 0; i < sizeof far / sizeof *far; i++)
            wrong += differences(plan, program, abi, far[i], args);
    }
    return wrong;
}

static void test_random_plans(void) {
    size_t wrong = 0, refused = 0, unchecked = 0, long_ones = 0;
    for (int round = 0; round < 150; round++) {
        struct arena *arena = arena_new();
        struct decisions *table = decisions_new(arena);
        struct filter_plan plan = {0};
        struct call some[16];
        for (int i = 0; i < 16; i++)
            some[i] = some_call(arena, table);
        for (enum abi abi = 0; abi < ABI_COUNT; abi++) {
            size_t n = dice(10) ? syscall_table_end(abi) : dice(3);
            const struct decision **calls = arena_alloc(arena, (n + 1) * sizeof *calls);
            size_t run = 1 + dice(30);
            for (size_t nr = 0; nr < n; nr++)
                calls[nr] = nr && dice(run) ? calls[nr - 1] : dice(9) ? some[dice(16)].decision : NULL;
            plan.abis[abi] = (struct filter_abi){dice(8) != 0, calls, n, some[0].decision};
        }
        const struct sock_filter *program;
        int n = filter_emit(arena, &plan, &program);
        refused += n < 0;
        if (getenv("P"))
            fprintf(stderr, "%d ", n);
        if (n >= 0) {
            long_ones += n > 255;
            unchecked += cbpf_check(program, (size_t)n) != NULL;
            for (int i = 0; i < 12; i++) {
                uint64_t args[6];
                some_args(&some[dice(16)], args);
                wrong += all_numbers(&plan, program, args);
            }
        }
        arena_free(arena);
    }
    CHECK(wrong == 0);
    CHECK(unchecked == 0);
    CHECK(refused == 0);
    CHECK(long_ones > 20);
}

static void test_containerd(void) {
    struct arena *arena = arena_new();
    struct filter_plan plan = containerd_plan(arena, decisions_new(arena), true);
    const struct sock_filter *program, *again;
    int n = filter_emit(arena, &plan, &program);
    CHECK(n > 0 && n < 280);
    CHECK(filter_emit(arena, &plan, &again) == n && memcmp(program, again, (size_t)n * sizeof *program) == 0);
    static const uint64_t values[] = {0,
                                      1,
                                      7,
                                      8,
                                      9,
                                      37,
                                      38,
                                      39,
                                      40,
                                      41,
                                      0x1ffff,
                                      0x20000,
                                      0x20007,
                                      0x20008,
                                      0x20009,
                                      0x10000000,
                                      0x7e020000,
                                      0xfffffffe,
                                      0xffffffff,
                                      1ULL << 32 | 38,
                                      1ULL << 32 | 40,
                                      1ULL << 63,
                                      1ULL << 32};
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        wrong += all_numbers(&plan, program, (uint64_t[6]){values[i], 1, 2, 3, 4, 5});
    CHECK(wrong == 0);
    /* at the kernel's width: 32 bits */
    struct seccomp_data vsock = cbpf_data(ABI_X86_64, 41, (uint64_t[6]){1ULL << 32 | 40});
    CHECK(cbpf_run(program, &vsock, NULL) == (SECCOMP_RET_ERRNO | EPERM));
    struct seccomp_data other = cbpf_data(ABI_X86_64, 0, (uint64_t[6]){0});
    other.arch = 0xc00000b7; /* aarch64 */
    CHECK(cbpf_run(program, &other, NULL) == SECCOMP_RET_KILL_PROCESS);
    struct buf text = {0};
    filter_disassemble(&text, program, (size_t)n);
    CHECK(strstr(buf_text(&text), "arg0 of personality: persona"));
    CHECK(strstr(buf_text(&text), "errno ENOSYS"));
    buf_free(&text);
    arena_free(arena);
}

/* Equal decisions are one node, whatever was written. */
static void test_sharing(void) {
    struct arena *arena = arena_new();
    struct decisions *t = decisions_new(arena);
    const struct decision *yes = decision_leaf(t, 1), *no = decision_leaf(t, 0);
    const struct decision *five = decision_test(t, DECISION_EQ, 0, false, UINT32_MAX, 5);
    const struct decision *from_five = decision_test(t, DECISION_GE, 0, false, UINT32_MAX, 5);
    const struct decision *from_six = decision_test(t, DECISION_GE, 0, false, UINT32_MAX, 6);
    CHECK(five == decision_if(t, from_five, decision_if(t, from_six, no, yes), no));
    CHECK(five == decision_if(t, from_six, no, from_five));
    CHECK(decision_if(t, five, yes, from_six) == from_five);
    CHECK(decision_if(t, five, no, five) == no);
    CHECK(decision_test(t, DECISION_GE, 0, false, 0xf0, 0x11) ==
          decision_test(t, DECISION_GE, 0, false, 0xf0, 0x20));
    CHECK(decision_test(t, DECISION_EQ, 0, false, 0xf0, 0x11) == no);
    CHECK(decision_test(t, DECISION_GE, 0, false, UINT32_MAX, 1ULL << 32) == no);
    CHECK(decision_test(t, DECISION_GE, 0, true, UINT64_MAX, 0) == yes);
    CHECK(decision_test(t, DECISION_EQ, 0, false, 0, 0) == yes);
    /* a narrow mask is implied by the wide one's answer */
    const struct decision *any = decision_test(t, DECISION_GE, 0, false, 0x7e020000, 1);
    const struct decision *user = decision_test(t, DECISION_GE, 0, false, 0x10000000, 1);
    CHECK(decision_simplify(t, decision_if(t, any, yes, user)) == any);
    CHECK(decision_simplify(t, decision_if(t, five, decision_test(t, DECISION_EQ, 0, false, 4, 4), yes)) ==
          yes);
    arena_free(arena);
}

/* More than 255 instructions between a jump and its target, and the limit of 4096. */
static void test_length(void) {
    for (uint32_t run = 40; run <= 4000; run *= 10) {
        struct arena *arena = arena_new();
        struct decisions *table = decisions_new(arena);
        const struct decision **calls = arena_alloc(arena, 1200 * sizeof *calls);
        for (uint32_t nr = 0; nr < 1200; nr++) {
            const struct decision *d = decision_leaf(table, SECCOMP_RET_ERRNO | (nr % 7));
            for (uint32_t value = 0; nr % 2 && value < run / 100; value++)
                d = decision_if(
                    table, decision_test(table, DECISION_EQ, value % 6, false, UINT32_MAX, nr * 40 + value),
                    decision_leaf(table, SECCOMP_RET_ALLOW), d);
            calls[nr] = nr <= run ? d : NULL;
        }
        struct filter_plan plan = {0};
        plan.abis[ABI_X86_64] =
            (struct filter_abi){true, calls, 1200, decision_leaf(table, SECCOMP_RET_ALLOW)};
        const struct sock_filter *program;
        int n = filter_emit(arena, &plan, &program);
        if (run == 40) {
            CHECK(n > 40 && n < 200 && !cbpf_check(program, (size_t)n));
        } else if (run == 400) {
            CHECK(n > 1000 && n <= BPF_MAXINSNS && !cbpf_check(program, (size_t)n));
            CHECK(all_numbers(&plan, program, (uint64_t[6]){81, 82, 43, 44, 5, 6}) == 0);
            CHECK(all_numbers(&plan, program, (uint64_t[6]){15960, 15961, 15962, 15963}) == 0);
        } else {
            CHECK(n == -1);
        }
        arena_free(arena);
    }
}

/* (arg0 & bit and arg1 & bit) for many bits doubles with each: an end, not a hang. */
static void test_overflow(void) {
    struct arena *arena = arena_new();
    struct decisions *t = decisions_new(arena);
    const struct decision *yes = decision_leaf(t, 1), *any = decision_leaf(t, 0);
    CHECK(!decisions_overflowed(t));
    for (unsigned bit = 0; bit < 30; bit++) {
        const struct decision *a = decision_test(t, DECISION_GE, 0, false, 1U << bit, 1);
        const struct decision *b = decision_test(t, DECISION_GE, 1, false, 1U << bit, 1);
        any = decision_if(t, decision_if(t, a, b, decision_leaf(t, 0)), yes, any);
    }
    CHECK(decisions_overflowed(t));
    arena_free(arena);
}

#define PROGRAM(...)                                                                                         \
    ((const struct sock_filter[]){__VA_ARGS__}), sizeof((const struct sock_filter[]){__VA_ARGS__}) / 8
#define RET BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static void test_check(void) {
    CHECK(!cbpf_check(PROGRAM(RET)));
    CHECK(cbpf_check(NULL, 0));
    CHECK(cbpf_check(PROGRAM(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0))));
    CHECK(cbpf_check(PROGRAM(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 2), RET)));
    CHECK(cbpf_check(PROGRAM(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 64), RET)));
    CHECK(!cbpf_check(PROGRAM(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 60), RET)));
    CHECK(cbpf_check(PROGRAM(BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0), RET)));
    CHECK(cbpf_check(PROGRAM(BPF_STMT(BPF_LD | BPF_W | BPF_IND, 0), RET)));
    CHECK(cbpf_check(PROGRAM(BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, 3), RET)));
    CHECK(cbpf_check(PROGRAM(BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0), RET)));
    CHECK(cbpf_check(PROGRAM(BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 32), RET)));
    CHECK(cbpf_check(PROGRAM(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1), RET)));
    CHECK(!cbpf_check(PROGRAM(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0), RET, RET)));
    CHECK(cbpf_check(PROGRAM(BPF_STMT(BPF_JMP | BPF_JA, 1), RET)));
    CHECK(cbpf_check(PROGRAM(BPF_STMT(BPF_JMP | BPF_JA, UINT32_MAX), RET)));
    CHECK(cbpf_check(PROGRAM(BPF_STMT(BPF_LD | BPF_MEM, 0), RET)));
    CHECK(!cbpf_check(PROGRAM(BPF_STMT(BPF_ST, 0), BPF_STMT(BPF_LD | BPF_MEM, 0), RET)));
    CHECK(cbpf_check(PROGRAM(BPF_STMT(BPF_ST, 16), RET)));
    CHECK(cbpf_check(PROGRAM(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0), BPF_STMT(BPF_ST, 0),
                             BPF_STMT(BPF_LD | BPF_MEM, 0), RET)));
    static struct sock_filter long_one[BPF_MAXINSNS + 1];
    for (size_t i = 0; i <= BPF_MAXINSNS; i++)
        long_one[i] = (struct sock_filter)RET;
    CHECK(!cbpf_check(long_one, BPF_MAXINSNS));
    CHECK(cbpf_check(long_one, BPF_MAXINSNS + 1));
}

static void test_run(void) {
    struct seccomp_data data = {.nr = 5, .args = {0x100000007}};
    static const struct sock_filter arithmetic[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16),
                                                    BPF_STMT(BPF_ST, 3),
                                                    BPF_STMT(BPF_MISC | BPF_TAX, 0),
                                                    BPF_STMT(BPF_ALU | BPF_MUL | BPF_X, 0),
                                                    BPF_STMT(BPF_ALU | BPF_SUB | BPF_K, 1),
                                                    BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 2),
                                                    BPF_STMT(BPF_LDX | BPF_MEM, 3),
                                                    BPF_STMT(BPF_ALU | BPF_XOR | BPF_X, 0),
                                                    BPF_STMT(BPF_RET | BPF_A, 0)};
    unsigned count = 0;
    CHECK(cbpf_run(arithmetic, &data, &count) == (((7 * 7 - 1) >> 2) ^ 7) && count == 9);
    static const struct sock_filter by_zero[] = {BPF_STMT(BPF_LDX | BPF_IMM, 0),
                                                 BPF_STMT(BPF_ALU | BPF_DIV | BPF_X, 0), RET};
    CHECK(cbpf_run(by_zero, &data, NULL) == SECCOMP_RET_KILL_THREAD);
    static const struct sock_filter high[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 20),
                                              BPF_STMT(BPF_RET | BPF_A, 0)};
    CHECK(cbpf_run(high, &data, NULL) == 1);
}

int main(void) {
    test_sharing();
    test_decisions();
    test_random_plans();
    test_containerd();
    test_length();
    test_overflow();
    test_check();
    test_run();
    return check_done();
}
