#include "seccomp_backend.h"

#include "reduce.h"

#include <string.h>

/* A machine's filter decides for all of its ABIs; another machine is another row. */
static const struct machine {
    const char *name;
    unsigned abis; /* bit per enum abi */
} machines[] = {
    {"x86_64", 1U << ABI_X86_64 | 1U << ABI_I386 | 1U << ABI_X32},
};
enum { MACHINES = sizeof machines / sizeof *machines };

static bool applies(const struct ir_policy *policy, const struct node *node) {
    (void)node;
    return (policy->enforcers & ENFORCER_SECCOMP) != 0;
}

static const void *study(struct arena *arena, const struct ir_policy *policy, const struct node *node) {
    (void)node;
    return reduce_policy(arena, decisions_new(arena), policy);
}

static struct hold holds(struct arena *arena, const struct ir_policy *policy, const struct ir_stmt *stmt,
                         const struct node *node, const void *study) {
    (void)node;
    return reduce_holds(arena, policy, stmt, study);
}

static bool emit_machine(struct arena *arena, const struct ir_policy *policy, const struct machine *machine,
                         struct diag *diag, struct outputs *out) {
    struct decisions *table = decisions_new(arena);
    struct filter_plan plan = reduce_plan(arena, reduce_policy(arena, table, policy), machine->abis);
    const struct sock_filter *program = NULL;
    if (decisions_overflowed(table)) {
        reduce_too_complex(diag, policy);
        return false;
    }
    int n = filter_emit(arena, &plan, &program);
    if (n < 0) {
        struct diag_item *item =
            diag_add(diag, DIAG_FILTER_TOO_LONG, policy->origin->loc,
                     "the seccomp filter of `%s` is longer than the %d instructions that the kernel takes",
                     policy->name, BPF_MAXINSNS);
        diag_note(diag, item, (struct loc){0}, "fewer or simpler `where` conditions make it shorter");
        return false;
    }
    struct output *output =
        outputs_add(arena, out, arena_printf(arena, "seccomp/%s/%s.bpf", machine->name, policy->label));
    buf_add_bytes(&output->data, program, (size_t)n * sizeof *program);
    return true;
}

static bool emit(struct arena *arena, const struct ir_policy *policy, const struct node *node,
                 struct diag *diag, struct outputs *out) {
    (void)node;
    if (reduce_left_out(policy))
        return true;
    for (size_t i = 0; i < MACHINES; i++)
        if (!emit_machine(arena, policy, &machines[i], diag, out))
            return false;
    return true;
}

struct prepared {
    const struct sock_filter *programs[MACHINES]; /* NULL: no such output */
};

static const struct sock_filter *read_program(struct arena *arena, const struct output *output,
                                              const char **error) {
    size_t n = output->data.len / sizeof(struct sock_filter);
    struct sock_filter *program = arena_alloc(arena, output->data.len + 1); /* aligned */
    memcpy(program, output->data.data, output->data.len);
    *error = output->data.len % sizeof *program ? "half an instruction" : cbpf_check(program, n);
    return *error ? NULL : program;
}

static void *prepare(struct arena *arena, const struct outputs *out, const char **error) {
    struct prepared *prepared = ARENA_NEW(arena, struct prepared);
    for (size_t i = 0; i < out->n; i++)
        for (size_t m = 0; m < MACHINES; m++) {
            const char *folder = arena_printf(arena, "seccomp/%s/", machines[m].name);
            if (strncmp(out->items[i].path, folder, strlen(folder)))
                continue;
            prepared->programs[m] = read_program(arena, &out->items[i], error);
            if (!prepared->programs[m])
                return NULL;
        }
    return prepared;
}

static enum judged judge(const void *prepared, const struct event *event) {
    const struct prepared *p = prepared;
    if (event->class != CLASS_SYSCALL)
        return JUDGED_UNSEEN;
    struct seccomp_data data = cbpf_data(event->abi, event->nr, event->args);
    for (size_t m = 0; m < MACHINES; m++)
        if (machines[m].abis >> event->abi & 1 && p->programs[m])
            return reduce_denies(cbpf_run(p->programs[m], &data, NULL)) ? JUDGED_DENY : JUDGED_ALLOW;
    return JUDGED_UNSEEN;
}

const struct backend backend_seccomp = {
    .name = "seccomp",
    .for_processes = true,
    .enforces = true,
    .applies = applies,
    .study = study,
    .holds = holds,
    .holds_require = reduce_holds_require,
    .emit = emit,
    .prepare = prepare,
    .judge = judge,
};
