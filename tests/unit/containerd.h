/* Docker's and containerd's default filter as a plan, for tests and the bench: with containerd's 14
 * capabilities, for x86_64 alone, or for all three ABIs with the same list, as those runtimes have it (VPL's
 * own filters answer x32 ENOSYS). */
#ifndef VPL_CONTAINERD_H
#define VPL_CONTAINERD_H

#include "filter.h"
#include "published.h"

/* Of the capabilities that entries ask about containerd grants this one. */
static const uint64_t containerd_grants = CAP(SYS_CHROOT);

/* When a test of arguments holds; both when there is none. */
static inline const struct decision *containerd_test(struct decisions *table,
                                                     const struct published_test *test) {
    const struct decision *yes = decision_leaf(table, 1), *no = decision_leaf(table, 0);
    uint64_t value = test->value;
    switch (test->op) {
    case LT:
        return decision_if(table, decision_test(table, DECISION_GE, test->arg, false, UINT32_MAX, value), no,
                           yes);
    case GT:
        return decision_test(table, DECISION_GE, test->arg, false, UINT32_MAX, value + 1);
    case EQ:
        return decision_test(table, DECISION_EQ, test->arg, false, UINT32_MAX, value);
    case NE:
        return decision_if(table, decision_test(table, DECISION_EQ, test->arg, false, UINT32_MAX, value), no,
                           yes);
    case NONE_OF:
        return decision_test(table, DECISION_EQ, test->arg, false, value, 0);
    }
    return yes;
}

static inline const struct decision *containerd_call(struct decisions *table, int id) {
    const struct published *profile = &published[0];
    const struct decision *call = decision_leaf(table, SECCOMP_RET_ERRNO | (uint32_t)profile->err);
    for (size_t i = 0; i < profile->n; i++) {
        const struct published_entry *entry = &profile->entries[i];
        uint32_t action = entry->err ? SECCOMP_RET_ERRNO | (uint32_t)entry->err : SECCOMP_RET_ALLOW;
        if (published_names(entry, syscall_name(id)) && published_granted(entry, containerd_grants))
            call = decision_if(table, containerd_test(table, &entry->tests[0]), decision_leaf(table, action),
                               call);
    }
    return call;
}

static inline struct filter_plan containerd_plan(struct arena *arena, struct decisions *table,
                                                 bool three_abis) {
    const struct decision *enosys = decision_leaf(table, SECCOMP_RET_ERRNO | ENOSYS);
    struct filter_plan plan = {0};
    for (enum abi abi = 0; abi < (three_abis ? ABI_COUNT : ABI_X86_64 + 1); abi++) {
        size_t n = syscall_table_end(abi);
        const struct decision **calls = arena_alloc(arena, n * sizeof *calls);
        for (unsigned nr = 0; nr < n; nr++) {
            int id = syscall_by_number(abi, nr);
            calls[nr] = id < 0 ? enosys : containerd_call(table, id);
        }
        plan.abis[abi] = (struct filter_abi){true, calls, n, enosys};
    }
    return plan;
}

#endif
