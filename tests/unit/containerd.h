/* Docker's and containerd's default filter as a plan, for tests and the bench. x86_64 alone, or all three
 * ABIs with the same list, as those runtimes have it (VPL's own filters answer x32 ENOSYS). */
#ifndef VPL_CONTAINERD_H
#define VPL_CONTAINERD_H

#include "filter.h"
#include <errno.h>

static const char *const containerd_allowed[] = {
#define ALLOWED(name) #name,
#include "containerd.def"
#undef ALLOWED
};
enum { CONTAINERD_ALLOWED = sizeof containerd_allowed / sizeof *containerd_allowed };

struct containerd_rule {
    const char *name;
    unsigned arg;
    enum decision_op op;
    uint64_t mask, value;
    bool when; /* allowed when the test holds, or when it doesn't */
};
/* Several rules of a call: any of them allows it. */
static const struct containerd_rule containerd_rules[] = {
    {"socket", 0, DECISION_GE, UINT32_MAX, 38, false},
    {"socket", 0, DECISION_EQ, UINT32_MAX, 39, true},
    {"socket", 0, DECISION_GE, UINT32_MAX, 41, true},
    {"personality", 0, DECISION_EQ, UINT32_MAX, 0, true},
    {"personality", 0, DECISION_EQ, UINT32_MAX, 8, true},
    {"personality", 0, DECISION_EQ, UINT32_MAX, 0x20000, true},
    {"personality", 0, DECISION_EQ, UINT32_MAX, 0x20008, true},
    {"personality", 0, DECISION_EQ, UINT32_MAX, 0xffffffff, true},
    {"clone", 0, DECISION_EQ, 0x7e020000, 0, true},
};
enum { CONTAINERD_RULES = sizeof containerd_rules / sizeof *containerd_rules };

static inline struct filter_plan containerd_plan(struct arena *arena, struct decisions *table,
                                                 bool three_abis) {
    const struct decision *allow = decision_leaf(table, SECCOMP_RET_ALLOW);
    const struct decision *eperm = decision_leaf(table, SECCOMP_RET_ERRNO | EPERM);
    const struct decision *enosys = decision_leaf(table, SECCOMP_RET_ERRNO | ENOSYS);
    struct filter_plan plan = {0};
    for (enum abi abi = 0; abi < (three_abis ? ABI_COUNT : ABI_X86_64 + 1); abi++) {
        size_t n = syscall_table_end(abi);
        const struct decision **calls = arena_alloc(arena, n * sizeof *calls);
        for (size_t nr = 0; nr < n; nr++)
            calls[nr] = syscall_by_number(abi, (unsigned)nr) < 0 ? enosys : eperm;
        for (int i = 0; i < CONTAINERD_ALLOWED; i++) {
            int id = syscall_by_name(containerd_allowed[i]);
            if (id >= 0 && syscall_number(id, abi) >= 0)
                calls[syscall_number(id, abi)] = allow;
        }
        for (int i = 0; i < CONTAINERD_RULES; i++) {
            const struct containerd_rule *rule = &containerd_rules[i];
            const struct decision **call = &calls[syscall_number(syscall_by_name(rule->name), abi)];
            const struct decision *test =
                decision_test(table, rule->op, rule->arg, false, rule->mask, rule->value);
            *call = decision_if(table, test, rule->when ? allow : *call, rule->when ? *call : allow);
        }
        calls[syscall_number(syscall_by_name("clone3"), abi)] = enosys;
        plan.abis[abi] = (struct filter_abi){true, calls, n, enosys};
    }
    return plan;
}

#endif
