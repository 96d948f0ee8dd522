#include "reduce.h"

/* Is some call of that name let through, in some ABI and with some arguments? */
static bool is_open(const struct reduced *reduced, const char *name) {
    struct decisions *table = reduce_table(reduced);
    int id = syscall_by_name(name);
    for (enum abi abi = 0; abi < ABI_COUNT; abi++) {
        int nr = syscall_number(id, abi);
        if (nr >= 0 && decision_where(table, reduce_call(reduced, abi, (uint32_t)nr), reduce_denies) !=
                           decision_leaf(table, 1))
            return true;
    }
    return false;
}

/* The ways to the same thing that a class's derived calls leave open, each as the end of a sentence. */
static const struct way_round {
    enum event_class class;
    const char *call, *why;
} ways_round[] = {
    {CLASS_SOCKET, "socketcall", "; i386's socketcall stays allowed"},
    {CLASS_SOCKET, "io_uring_setup", "; io_uring, which makes sockets too, stays allowed"},
    {CLASS_USERNS, "clone3", "; clone3, whose flags can't be seen, stays allowed"},
};

static struct hold holds_by_derived(struct arena *arena, const struct ir_stmt *stmt,
                                    const struct reduced *reduced) {
    const char *why = stmt->class == CLASS_SOCKET
                          ? "creation only: a socket that is passed in or inherited isn't seen"
                          : "only as the system calls that it derives";
    for (size_t i = 0; i < sizeof ways_round / sizeof *ways_round; i++)
        if (ways_round[i].class == stmt->class && is_open(reduced, ways_round[i].call))
            why = arena_printf(arena, "%s%s", why, ways_round[i].why);
    return (struct hold){HOLD_UNDER, why};
}

struct hold reduce_holds(struct arena *arena, const struct ir_policy *policy, const struct ir_stmt *stmt,
                         const struct reduced *reduced) {
    const char *why = reduce_left_out(policy);
    if (why)
        return (struct hold){HOLD_NONE, why};
    if (stmt->class == CLASS_SYSCALL && policy->mode == MODE_BEHAVIOR_MODELING)
        return (struct hold){HOLD_FULL, backend_modelled};
    if (stmt->block >= 0)
        return (struct hold){HOLD_NONE, "a filter can't know which program acts"};
    if (stmt->class == CLASS_SYSCALL && stmt->match.untested && stmt->verdict == VERDICT_DENY &&
        !ir_requires(policy, REQUIRE_NATIVE_ABI))
        return (struct hold){HOLD_UNDER, stmt->match.untested};
    if (stmt->class == CLASS_SYSCALL)
        return (struct hold){HOLD_FULL, ""};
    if (stmt->derived)
        return holds_by_derived(arena, stmt, reduced);
    return (struct hold){HOLD_NONE, "a filter sees system calls only"};
}

struct hold reduce_holds_require(const struct ir_policy *policy, const struct ir_require *require,
                                 const struct node *node) {
    (void)node;
    const char *why = reduce_left_out(policy);
    if (why || require->kind != REQUIRE_NATIVE_ABI)
        return (struct hold){HOLD_NONE, why ? why : "a filter sees system calls only"};
    if (policy->mode == MODE_BEHAVIOR_MODELING)
        return (struct hold){HOLD_NONE, "this mode requires nothing"};
    return (struct hold){HOLD_FULL, ""};
}

void reduce_too_complex(struct diag *diag, const struct ir_policy *policy) {
    struct diag_item *item =
        diag_add(diag, DIAG_FILTER_TOO_LONG, policy->origin->loc,
                 "the conditions on system calls in `%s` are too many to be told apart", policy->name);
    diag_note(
        diag, item, (struct loc){0},
        "conditions that mix many masks of several arguments double with each; simpler `where` clauses help");
}
