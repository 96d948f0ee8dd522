#include "userns.h"

#include "reduce.h"
#include <linux/sched.h>

/* When the call makes a user namespace. clone3's flags are behind a pointer, so it may always be.
 */
static const struct decision *makes_one(struct decisions *table, int id, enum abi abi) {
    struct syscall_arg flags;
    if (syscall_arg(id, abi, "flags", &flags) < 0)
        return decision_leaf(table, 1);
    return decision_test(table, DECISION_EQ, flags.position, false, CLONE_NEWUSER, CLONE_NEWUSER);
}

static bool is_denied(struct arena *arena, struct decisions *table, const struct reduced *reduced,
                      const char *call, enum abi abi) {
    int id = syscall_by_name(call), nr = syscall_number(id, abi);
    const struct decision *yes = decision_leaf(table, 1);
    if (nr < 0)
        return true;
    const struct decision *denied =
        decision_where(table, reduce_call(reduced, abi, (uint32_t)nr), reduce_denies);
    const struct decision *always = decision_if(table, makes_one(table, id, abi), denied, yes);
    const struct cube *exceptions;
    return decision_cubes(arena, always, 0, NULL, 0, &exceptions) == 0;
}

bool userns_calls_denied(struct arena *arena, const struct ir_policy *policy) {
    static const char *const calls[] = {"unshare", "clone", "clone3"};
    struct decisions *table = decisions_new(arena);
    const struct reduced *reduced = reduce_policy(arena, table, policy);
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
            if (!is_denied(arena, table, reduced, calls[i], abi))
                return false;
    return !decisions_overflowed(table);
}
