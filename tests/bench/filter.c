/* The filter of containerd's default list beside libseccomp's of the same list: instructions, and how many of
 * them run for the calls that programs make (weights.def) and for the worst call. */
#include "../unit/containerd.h"

#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static const struct {
    uint32_t nr;
    double weight;
} mix[] = {
#define WEIGHT(nr, weight) {nr, weight},
#include "weights.def"
#undef WEIGHT
};

static unsigned executed(const struct sock_filter *program, enum abi abi, uint32_t nr, uint64_t arg) {
    unsigned count = 0;
    struct seccomp_data data = cbpf_data(abi, nr, (uint64_t[6]){arg});
    cbpf_run(program, &data, &count);
    return count;
}

static void report(const char *name, const struct sock_filter *program, size_t n, int abis, double seconds) {
    double sum = 0, weight = 0;
    unsigned max = 0;
    for (size_t i = 0; i < sizeof mix / sizeof *mix; i++) {
        sum += mix[i].weight * executed(program, ABI_X86_64, mix[i].nr, 0);
        weight += mix[i].weight;
    }
    for (int abi = 0; abi < abis; abi++)
        for (uint32_t nr = 0; nr < syscall_table_end((enum abi)abi); nr++)
            for (uint64_t arg = 0; arg < 64; arg++) {
                unsigned count = executed(program, (enum abi)abi, nr, arg);
                max = count > max ? count : max;
            }
    printf("%-34s %5zu instructions %6.2f mean %4u longest %8.2f ms\n", name, n, sum / weight, max,
           seconds * 1000);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void ours(int abis) {
    double start = now();
    struct arena *arena = arena_new();
    struct filter_plan plan = containerd_plan(arena, decisions_new(arena), abis > 1);
    const struct sock_filter *program;
    int n = filter_emit(arena, &plan, &program);
    double seconds = now() - start;
    report(abis > 1 ? "vplc, three ABIs" : "vplc, x86_64", program, (size_t)n, abis, seconds);
    if (getenv("DISASSEMBLE")) {
        struct buf text = {0};
        filter_disassemble(&text, program, (size_t)n);
        fputs(buf_text(&text), stdout);
        buf_free(&text);
    }
    arena_free(arena);
}

static struct scmp_arg_cmp compared(const struct published_test *test) {
    static const enum scmp_compare ops[] = {[LT] = SCMP_CMP_LT,
                                            [EQ] = SCMP_CMP_EQ,
                                            [NE] = SCMP_CMP_NE,
                                            [GT] = SCMP_CMP_GT,
                                            [NONE_OF] = SCMP_CMP_MASKED_EQ};
    return (struct scmp_arg_cmp){test->arg, ops[test->op], test->value, 0};
}

static void add_entry(scmp_filter_ctx ctx, const struct published_entry *entry) {
    uint32_t action = entry->err ? SCMP_ACT_ERRNO((unsigned)entry->err) : SCMP_ACT_ALLOW;
    char *calls = strdup(entry->calls), *rest = NULL;
    struct scmp_arg_cmp test = compared(&entry->tests[0]);
    for (char *call = strtok_r(calls, " ", &rest); call; call = strtok_r(NULL, " ", &rest))
        seccomp_rule_add_array(ctx, action, seccomp_syscall_resolve_name(call), entry->tests[0].op ? 1 : 0,
                               &test);
    free(calls);
}

static void add_rules(scmp_filter_ctx ctx) {
    for (size_t i = 0; i < published[0].n; i++)
        if (published_granted(&published[0].entries[i], containerd_grants))
            add_entry(ctx, &published[0].entries[i]);
}

static void theirs(const char *name, int abis, uint32_t optimize) {
    double start = now();
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (abis > 1) {
        seccomp_arch_add(ctx, SCMP_ARCH_X86);
        seccomp_arch_add(ctx, SCMP_ARCH_X32);
    }
    seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, optimize);
    add_rules(ctx);
    FILE *file = tmpfile();
    static struct sock_filter program[BPF_MAXINSNS];
    seccomp_export_bpf(ctx, fileno(file));
    double seconds = now() - start;
    size_t n = (size_t)lseek(fileno(file), 0, SEEK_END) / sizeof *program;
    if (pread(fileno(file), program, sizeof program, 0) == (ssize_t)(n * sizeof *program))
        report(name, program, n, abis, seconds);
    fclose(file);
    seccomp_release(ctx);
}

int main(void) {
    ours(1);
    ours(3);
    theirs("libseccomp, three ABIs", 3, 1);
    theirs("libseccomp, three ABIs, binary tree", 3, 2);
    return 0;
}
