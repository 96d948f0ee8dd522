/* An emitted filter in the running kernel: what it answers to real system calls is what the decisions say.
 * Every call but write and exit_group is answered by some errno, so none of them does anything. x32 numbers
 * too: a kernel without x32 would say ENOSYS, which no decision here does. i386 where the kernel has that
 * entry. */
#include "check.h"
#include "filter.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NUMBERS = 600 };

static long call64(uint64_t nr, const uint64_t a[6]) {
    long result;
    register uint64_t r10 __asm__("r10") = a[3];
    register uint64_t r8 __asm__("r8") = a[4];
    register uint64_t r9 __asm__("r9") = a[5];
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(nr), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

/* The i386 entry, from a 64-bit program: five arguments, the sixth would have to be in rbp. */
static long call32(uint64_t nr, const uint64_t a[6]) {
    long result;
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"(nr), "b"(a[0]), "c"(a[1]), "d"(a[2]), "S"(a[3]), "D"(a[4])
                     : "r8", "r9", "r10", "r11", "memory");
    return (int)result;
}

static sigjmp_buf no_entry;
static void on_fault(int signal) {
    siglongjmp(no_entry, signal);
}
static bool has_i386(void) {
    struct sigaction action = {.sa_handler = on_fault}, old;
    sigaction(SIGSEGV, &action, &old);
    bool has = false;
    if (sigsetjmp(no_entry, 1) == 0) {
        call32(20, (uint64_t[6]){0}); /* getpid */
        has = true;
    }
    sigaction(SIGSEGV, &old, NULL);
    return has;
}

/* The test that call `nr` gets: its shape, argument and value go by the number. */
static const struct decision *some_test(struct decisions *table, uint32_t nr, uint64_t *value) {
    unsigned arg = nr % 5;
    *value = nr * 2654435761U;
    switch (nr / 5 % 4) {
    case 0:
        return decision_test(table, DECISION_EQ, arg, false, UINT32_MAX, *value);
    case 1:
        return decision_test(table, DECISION_GE, arg, false, UINT32_MAX, *value);
    case 2:
        *value &= 0x00ff00f0;
        return decision_test(table, DECISION_EQ, arg, false, 0x00ff00f0, *value);
    default:
        *value |= (uint64_t)nr << 40;
        return decision_test(table, DECISION_GE, arg, true, UINT64_MAX, *value);
    }
}

static struct filter_plan plan_of(struct arena *arena, struct decisions *table, uint64_t values[NUMBERS]) {
    struct filter_plan plan = {0};
    for (enum abi abi = 0; abi < ABI_COUNT; abi++) {
        const struct decision **calls = arena_alloc(arena, NUMBERS * sizeof *calls);
        for (uint32_t nr = 0; nr < NUMBERS; nr++) {
            const struct decision *test = some_test(table, nr, &values[nr]);
            const struct decision *other = decision_leaf(table, SECCOMP_RET_ERRNO | (1000 + 1000 * abi));
            calls[nr] = nr % 4 ? other
                               : decision_if(table, test,
                                             decision_leaf(table, SECCOMP_RET_ERRNO | (200 + nr)), other);
        }
        plan.abis[abi] = (struct filter_abi){true, calls, NUMBERS,
                                             decision_leaf(table, SECCOMP_RET_ERRNO | (EXDEV + abi))};
    }
    const struct decision **calls = (const struct decision **)plan.abis[ABI_X86_64].calls;
    calls[SYS_write] = calls[SYS_exit_group] = decision_leaf(table, SECCOMP_RET_ALLOW);
    return plan;
}

static long expected(const struct filter_plan *plan, enum abi abi, uint32_t nr, const uint64_t args[6]) {
    uint64_t seen[6];
    for (int i = 0; i < 6; i++)
        seen[i] = abi == ABI_I386 ? (uint32_t)args[i] : args[i];
    const struct decision *d = nr < NUMBERS ? plan->abis[abi].calls[nr] : plan->abis[abi].beyond;
    return -(long)(decision_eval(d, seen) & SECCOMP_RET_DATA);
}

/* What does something; and uretprobe and uprobe, that newer kernels don't ask the filter about (a program's
 * own call of them ends in SIGILL: kernel/seccomp.c, __secure_computing, Linux 6.18). */
static bool is_left_out(uint32_t nr) {
    return nr == SYS_write || nr == SYS_exit_group || nr == 335 || nr == 336;
}

/* Numbers × values around each one's own; returns the wrong answers. */
static long try_all(const struct filter_plan *plan, enum abi abi, const uint64_t values[NUMBERS]) {
    long wrong = 0;
    for (uint32_t nr = 0; nr < NUMBERS + 100; nr++) {
        uint64_t value = nr < NUMBERS ? values[nr] : 0;
        uint64_t tries[] = {
            value, value - 1, value + 1, value ^ 1ULL << 32, value ^ 1ULL << 63, value ^ 1ULL << 31,
            0,     UINT64_MAX};
        for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
            if (abi == ABI_X86_64 && is_left_out(nr))
                continue;
            uint64_t args[6] = {tries[i], tries[i], tries[i], tries[i], tries[i], 0};
            long got = abi == ABI_I386 ? call32(nr, args) : call64(nr | abi_infos[abi].nr_bit, args);
            wrong += got != expected(plan, abi, nr, args);
        }
    }
    return wrong;
}

static void confined_child(const struct filter_plan *plan, const struct sock_fprog *program,
                           const uint64_t values[NUMBERS], bool i386, int out) {
    long wrong[ABI_COUNT] = {-1, -1, -1};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, program))
        _exit(1);
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        wrong[abi] = abi == ABI_I386 && !i386 ? 0 : try_all(plan, abi, values);
    uint64_t failed = write(out, wrong, sizeof wrong) != (ssize_t)sizeof wrong;
    call64(SYS_exit_group, (uint64_t[6]){failed}); /* sanitizers make calls of their own before _exit */
}

int main(void) {
    struct arena *arena = arena_new();
    uint64_t values[NUMBERS];
    struct filter_plan plan = plan_of(arena, decisions_new(arena), values);
    const struct sock_filter *items;
    int n = filter_emit(arena, &plan, &items);
    CHECK(n > 0);
    struct sock_fprog program = {(unsigned short)n, (struct sock_filter *)items};
    bool i386 = has_i386();
    int ends[2];
    CHECK(pipe(ends) == 0);
    pid_t child = fork();
    if (child == 0)
        confined_child(&plan, &program, values, i386, ends[1]);
    close(ends[1]);
    long wrong[ABI_COUNT] = {-1, -1, -1};
    CHECK(read(ends[0], wrong, sizeof wrong) == (ssize_t)sizeof wrong);
    int status;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CHECK(wrong[ABI_X86_64] == 0);
    CHECK(wrong[ABI_X32] == 0);
    if (i386)
        CHECK(wrong[ABI_I386] == 0);
    else
        printf("# this kernel has no i386 entry\n");
    arena_free(arena);
    return check_done();
}
