#include "gaps.h"

#include "reduce.h"
#include <linux/mount.h>
#include <linux/sched.h>

/* A call, where one of the mask's bits is in its argument; NULL: whatever its arguments, since they are
 * behind a pointer or don't matter. */
struct way {
    const char *call, *arg;
    uint32_t mask;
};

static const struct decision *goes(struct decisions *table, const struct way *way, int id, enum abi abi) {
    struct syscall_arg arg;
    if (!way->arg || syscall_arg(id, abi, way->arg, &arg) < 0)
        return decision_leaf(table, 1);
    return decision_test(table, DECISION_EQ, arg.position, false, way->mask, way->mask);
}

static bool is_denied(struct arena *arena, struct decisions *table, const struct reduced *reduced,
                      const struct way *way, enum abi abi) {
    int id = syscall_by_name(way->call), nr = syscall_number(id, abi);
    const struct decision *yes = decision_leaf(table, 1);
    if (nr < 0)
        return true;
    const struct decision *denied =
        decision_where(table, reduce_call(reduced, abi, (uint32_t)nr), reduce_denies);
    const struct decision *always = decision_if(table, goes(table, way, id, abi), denied, yes);
    const struct cube *exceptions;
    return decision_cubes(arena, always, 0, NULL, 0, &exceptions) == 0;
}

static bool all_denied(struct arena *arena, const struct ir_policy *policy, const struct way *ways,
                       size_t n) {
    struct decisions *table = decisions_new(arena);
    const struct reduced *reduced = reduce_policy(arena, table, policy);
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        for (size_t i = 0; i < n; i++)
            if (!is_denied(arena, table, reduced, &ways[i], abi))
                return false;
    return !decisions_overflowed(table);
}

bool gaps_userns_closed(struct arena *arena, const struct ir_policy *policy) {
    static const struct way ways[] = {
        {"unshare", "flags", CLONE_NEWUSER}, {"clone", "flags", CLONE_NEWUSER}, {"clone3", NULL, 0}};
    return all_denied(arena, policy, ways, sizeof ways / sizeof *ways);
}

bool gaps_mounts_closed(struct arena *arena, const struct ir_policy *policy, const struct node *node) {
    static const struct way ways[] = {
        {"fsopen", NULL, 0},
        {"fspick", NULL, 0},
        {"open_tree", "flags", OPEN_TREE_CLONE},
        {"move_mount", NULL, 0},
        {"mount_setattr", NULL, 0},
        {"open_tree_attr", NULL,
         0}, /* from 6.15 on; without OPEN_TREE_CLONE it changes the mount that is there */
    };
    size_t n = sizeof ways / sizeof *ways;
    return all_denied(arena, policy, ways, node_kernel_at_least(node, 6, 15) ? n : n - 1);
}
