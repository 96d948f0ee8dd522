#include "code.h"

#include <stddef.h>

/* Calls that no weight is known of; with it the rare calls' paths stay short. */
enum { LEAST_WEIGHT = 600 };

static const struct {
    uint32_t nr;
    uint64_t weight;
} weights[] = {
#define WEIGHT(nr, weight) {nr, weight},
#include "weights.def"
#undef WEIGHT
};

static uint64_t weight_of(enum abi abi, uint32_t nr) {
    if (abi == ABI_X86_64)
        for (size_t i = 0; i < sizeof weights / sizeof *weights; i++)
            if (weights[i].nr == nr && weights[i].weight > LEAST_WEIGHT)
                return weights[i].weight;
    return LEAST_WEIGHT;
}

/* From decisions to code. */

struct compiled {
    const struct decision *decision;
    struct code *code;
};
struct compiler {
    struct arena *arena;
    struct codes *codes;
    struct intern compiled;
};

static struct code *load(struct compiler *c, size_t offset, struct code *next) {
    return code_make(c->codes, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, next, NULL);
}

static struct code *return_code(struct compiler *c, uint32_t action) {
    return code_make(c->codes, BPF_RET | BPF_K, action, NULL, NULL);
}

static struct code *compile(struct compiler *c, const struct decision *d);

/* A chain of tests on one masked word, as intervals. */
static struct code *compile_chain(struct compiler *c, const struct decision *d) {
    size_t n = 1;
    const struct decision *rest = d;
    for (; rest->yes && rest->word == d->word && rest->mask == d->mask; rest = rest->no)
        n++;
    if (n == 2 && d->value == (d->mask & -d->mask)) /* the least value but 0: some bit of the mask is set */
        return code_make(c->codes, BPF_JMP | BPF_JSET | BPF_K, d->mask, compile(c, d->yes),
                         compile(c, d->no));
    struct interval *intervals = arena_alloc(c->arena, n * sizeof *intervals);
    intervals[0] = (struct interval){0, 1, compile(c, rest)};
    const struct decision *test = d;
    for (size_t i = n - 1; i > 0; i--, test = test->no)
        intervals[i] = (struct interval){test->value, 1, compile(c, test->yes)};
    struct code *tree = code_tree(c->codes, d->mask, intervals, n);
    return d->mask == UINT32_MAX ? tree : code_make(c->codes, BPF_ALU | BPF_AND | BPF_K, d->mask, tree, NULL);
}

static struct code *compile(struct compiler *c, const struct decision *d) {
    if (!d->yes)
        return return_code(c, d->action);
    struct compiled *compiled = intern(&c->compiled, &d, NULL);
    size_t offset =
        offsetof(struct seccomp_data, args) + d->word / 2 * 8 + (d->word % 2 ? 0 : 4); /* little endian */
    if (!compiled->code)
        compiled->code = load(c, offset, compile_chain(c, d));
    return compiled->code;
}

/* The numbers of the ABIs that share an architecture, in one space of 32 bits. */

struct numbers {
    struct compiler *compiler;
    VEC(struct interval) intervals;
};

static void add(struct numbers *numbers, uint64_t first, uint64_t weight, const struct decision *d) {
    struct code *target =
        d ? compile(numbers->compiler, d) : return_code(numbers->compiler, SECCOMP_RET_KILL_PROCESS);
    size_t n = numbers->intervals.n;
    if (n && numbers->intervals.items[n - 1].target == target)
        numbers->intervals.items[n - 1].weight += weight;
    else
        vec_push(numbers->compiler->arena, &numbers->intervals,
                 ((struct interval){(uint32_t)first, weight, target}));
}

/* [first, end): the calls whose number has the ABI's bit. Numbers with a higher bit set belong to no table.
 */
static void add_abi(struct numbers *numbers, const struct filter_plan *plan, enum abi abi, uint64_t first,
                    uint64_t end) {
    const struct filter_abi *table = &plan->abis[abi];
    size_t n = table->present && first == abi_infos[abi].nr_bit ? table->n : 0;
    for (size_t nr = 0; nr < n; nr++)
        add(numbers, first + nr, weight_of(abi, (uint32_t)nr),
            table->calls[nr] ? table->calls[nr] : table->beyond);
    if (first + n < end)
        add(numbers, first + n, 1, table->present ? table->beyond : NULL);
}

static struct code *compile_arch(struct compiler *c, const struct filter_plan *plan, enum abi plain) {
    enum abi marked = plain;
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        if (abi_infos[abi].audit_arch == abi_infos[plain].audit_arch && abi_infos[abi].nr_bit)
            marked = abi;
    uint64_t end = UINT64_C(1) << 32, step = marked == plain ? end : abi_infos[marked].nr_bit;
    struct numbers numbers = {.compiler = c};
    for (uint64_t first = 0; first < end; first += step)
        add_abi(&numbers, plan, first & step ? marked : plain, first, first + step);
    struct code *tree = code_tree(c->codes, UINT32_MAX, numbers.intervals.items, numbers.intervals.n);
    if (numbers.intervals.n == 1)
        return tree;
    struct code *code = load(c, offsetof(struct seccomp_data, nr), tree);
    code->weight = tree->weight;
    return code;
}

static struct code *compile_plan(struct compiler *c, const struct filter_plan *plan) {
    struct code *code = return_code(c, SECCOMP_RET_KILL_PROCESS);
    for (enum abi abi = ABI_COUNT; abi-- > 0;)
        if (!abi_infos[abi].nr_bit)
            code = code_make(c->codes, BPF_JMP | BPF_JEQ | BPF_K, abi_infos[abi].audit_arch,
                             compile_arch(c, plan, abi), code);
    return load(c, offsetof(struct seccomp_data, arch), code);
}

/* From code to a program, from its end to its start. */

struct placer {
    struct sock_filter items[BPF_MAXINSNS]; /* items[0] is the last instruction */
    size_t n;
    bool failed;
};

static void append(struct placer *placer, struct code *code, struct sock_filter instruction) {
    placer->failed = placer->failed || placer->n == BPF_MAXINSNS;
    if (placer->failed)
        return;
    placer->items[placer->n] = instruction;
    code->place = ++placer->n;
}

/* Instructions between the next one to be placed and the code's. */
static size_t distance(const struct placer *placer, struct code *code) {
    return placer->n - code->place;
}

/* Makes the code reachable from the next two instructions: nearer than `limit`, or else by a stand-in. */
static void bring_near(struct placer *placer, struct code *code, size_t limit) {
    if (distance(placer, code) <= limit)
        return;
    if (BPF_CLASS(code->op) == BPF_RET)
        append(placer, code, (struct sock_filter){.code = (uint16_t)code->op, .k = code->k});
    else
        append(placer, code,
               (struct sock_filter){.code = BPF_JMP | BPF_JA, .k = (uint32_t)distance(placer, code)});
}

static void place(struct placer *placer, struct code *code);

static void place_jump(struct placer *placer, struct code *code) {
    struct code *yes = code->yes, *no = code->no;
    bool yes_near = yes->weight > no->weight; /* what is placed last comes next in the program */
    place(placer, yes_near ? no : yes);
    place(placer, yes_near ? yes : no);
    bring_near(placer, yes_near ? no : yes, UINT8_MAX - 1);
    bring_near(placer, yes_near ? yes : no, UINT8_MAX);
    append(placer, code,
           (struct sock_filter){.code = (uint16_t)code->op,
                                .jt = (uint8_t)distance(placer, yes),
                                .jf = (uint8_t)distance(placer, no),
                                .k = code->k});
}

static void place(struct placer *placer, struct code *code) {
    if (code->place || placer->failed)
        return;
    if (BPF_CLASS(code->op) == BPF_JMP) {
        place_jump(placer, code);
        return;
    }
    if (code->yes) {
        place(placer, code->yes);
        bring_near(placer, code->yes, 0);
    }
    append(placer, code, (struct sock_filter){.code = (uint16_t)code->op, .k = code->k});
}

int filter_emit(struct arena *arena, const struct filter_plan *plan, const struct sock_filter **program) {
    struct compiler compiler = {
        arena,
        codes_new(arena),
        {arena, sizeof(const struct decision *), sizeof(struct compiled), NULL, 0, 0}};
    struct placer *placer = ARENA_NEW(arena, struct placer);
    place(placer, compile_plan(&compiler, plan));
    if (placer->failed)
        return -1;
    struct sock_filter *items = arena_alloc(arena, placer->n * sizeof *items);
    for (size_t i = 0; i < placer->n; i++)
        items[i] = placer->items[placer->n - 1 - i];
    *program = items;
    return (int)placer->n;
}
