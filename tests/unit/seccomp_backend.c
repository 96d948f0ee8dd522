/* The seccomp outputs against the meaning, for policies made at random: what the bytes and the JSON say of a
 * call. */
#include "seccomp_backend.h"
#include "check.h"
#include "meaning.h"
#include "oci.h"
#include "some_policy.h"

#include <string.h>

struct outcome {
    size_t wrong, wrong_errno, not_logged, events;          /* the cBPF */
    size_t json_over, json_under, json_unseen, json_denied; /* the JSON */
    size_t full, partly, broken;
};

static const struct sock_filter *program_of(const struct outputs *out, size_t *len) {
    for (size_t i = 0; i < out->n; i++)
        if (strstr(out->items[i].path, ".bpf")) {
            *len = out->items[i].data.len / sizeof(struct sock_filter);
            return (const struct sock_filter *)(const void *)out->items[i].data.data;
        }
    return NULL;
}

/* What the kernel would answer is the meaning, errno and log included. */
static void compare_program(const struct sock_filter *program, const struct event *e,
                            const struct judgement *j, struct outcome *o) {
    struct seccomp_data data = cbpf_data(e->abi, e->nr, e->args);
    uint32_t action = cbpf_run(program, &data, NULL);
    bool denied = (action & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO;
    o->wrong += denied != (j->verdict == VERDICT_DENY);
    o->wrong_errno += denied && j->verdict == VERDICT_DENY && (int)(action & SECCOMP_RET_DATA) != j->err;
    o->not_logged += !denied && j->logged && action != SECCOMP_RET_LOG;
}

/* (a) and (b) of the properties for the JSON. */
static void compare_json(const struct ir_policy *policy, const struct hold *holds, const void *json,
                         const struct event *e, const struct judgement *j, struct outcome *o) {
    enum judged said = backend_oci.judge(json, e);
    bool over = false, full = false;
    const struct ir_stmt *denying[64];
    size_t n = meaning_denying(policy, e, denying, 64);
    for (size_t i = 0; i < policy->n_stmts; i++)
        over = over || holds[i].level == HOLD_OVER;
    for (size_t i = 0; i < n; i++)
        full = full || holds[denying[i]->id].level == HOLD_FULL;
    o->json_over += said == JUDGED_DENY && j->verdict == VERDICT_ALLOW && !over;
    o->json_under += said == JUDGED_ALLOW && j->verdict == VERDICT_DENY && full;
    o->json_unseen += said == JUDGED_UNSEEN;
    o->json_denied += said == JUDGED_DENY;
}

static void one_round(struct outcome *o) {
    struct arena *arena = arena_new();
    struct some_policy *p = some_policy(arena);
    struct sources sources = {.arena = arena};
    struct diag diag = {.sources = &sources, .arena = arena};
    struct outputs out = {0};
    const char *error = NULL;
    size_t len = 0;
    bool emitted = backend_seccomp.emit(arena, &p->policy, &node_default, &diag, &out) &&
                   backend_oci.emit(arena, &p->policy, &node_default, &diag, &out);
    const struct sock_filter *program = emitted ? program_of(&out, &len) : NULL;
    const void *json = backend_oci.prepare(arena, &out, &error),
               *bytes = backend_seccomp.prepare(arena, &out, &error);
    o->broken += !program || !json || !bytes || error;
    struct hold *holds = arena_alloc(arena, p->policy.n_stmts * sizeof *holds);
    const void *study = backend_study(&backend_oci, arena, &p->policy, &node_default);
    for (size_t i = 0; i < p->policy.n_stmts; i++) {
        holds[i] = backend_oci.holds(arena, &p->policy, p->policy.stmts[i], &node_default, study);
        *(holds[i].level == HOLD_FULL ? &o->full : &o->partly) += 1;
    }
    for (int i = 0; i < 200 && program && json && bytes; i++, o->events++) {
        struct event e = some_call(p);
        struct judgement j = meaning_judge(&p->policy, &e);
        compare_program(program, &e, &j, o);
        o->wrong +=
            backend_seccomp.judge(bytes, &e) != (j.verdict == VERDICT_DENY ? JUDGED_DENY : JUDGED_ALLOW);
        compare_json(&p->policy, holds, json, &e, &j, o);
    }
    outputs_free(&out);
    arena_free(arena);
}

static const struct cond *cond(struct arena *arena, enum cond_kind kind, const struct cond *a,
                               const struct cond *b) {
    struct cond *c = ARENA_NEW(arena, struct cond);
    *c = (struct cond){.kind = kind, .a = a, .b = b, .mask = UINT32_MAX};
    return c;
}

/* What no filter can say is an error that names the policy, not a weaker filter and not a hang. */
static bool is_refused(bool exponential) {
    struct arena *arena = arena_new();
    static const struct origin nowhere = {.rule = ""};
    struct sources sources = {.arena = arena};
    struct diag diag = {.sources = &sources, .arena = arena};
    struct outputs out = {0};
    struct ir_stmt *stmt = ARENA_NEW(arena, struct ir_stmt);
    size_t n = exponential ? 1 : syscall_table_end(ABI_X86_64);
    struct ir_call *calls = arena_alloc(arena, n * sizeof *calls);
    for (size_t i = 0; i < n; i++) {
        const struct cond *any = cond(arena, COND_FALSE, NULL, NULL);
        for (unsigned k = 0; k < 30; k++) {
            struct cond *a = (struct cond *)(uintptr_t)cond(arena, COND_TEST, NULL, NULL);
            struct cond *b = (struct cond *)(uintptr_t)cond(arena, COND_TEST, NULL, NULL);
            a->mask = b->mask = exponential ? 1U << k : UINT32_MAX;
            a->value = b->value = exponential ? 1U << k : i * 100 + 2 * k;
            b->arg = 1;
            any = cond(arena, COND_OR, any, exponential ? cond(arena, COND_AND, a, b) : a);
        }
        calls[i] =
            (struct ir_call){ABI_X86_64, (uint32_t)i, syscall_by_number(ABI_X86_64, (unsigned)i), any, NULL};
    }
    *stmt = (struct ir_stmt){.class = CLASS_SYSCALL,
                             .verdict = VERDICT_DENY,
                             .block = -1,
                             .match = {.calls = calls, .n_calls = n}};
    struct ir_policy policy = {.name = "p",
                               .label = "p",
                               .enforcers = ENFORCER_SECCOMP,
                               .origin = &nowhere,
                               .stmts = (const struct ir_stmt *const *)&stmt,
                               .n_stmts = 1};
    bool refused = !backend_seccomp.emit(arena, &policy, &node_default, &diag, &out) && out.n == 0 &&
                   diag.errors == 1 && diag.items.items[0]->code == DIAG_FILTER_TOO_LONG;
    outputs_free(&out);
    arena_free(arena);
    return refused;
}

int main(void) {
    struct outcome o = {0};
    for (int round = 0; round < 400; round++)
        one_round(&o);
    printf("# %zu events; JSON: %zu denied, %zu depend on the library's age; statements: %zu full, %zu not\n",
           o.events, o.json_denied, o.json_unseen, o.full, o.partly);
    CHECK(o.broken == 0);
    CHECK(o.events == 80000);
    CHECK(o.wrong == 0);
    CHECK(o.wrong_errno == 0);
    CHECK(o.not_logged == 0);
    CHECK(o.json_over == 0);
    CHECK(o.json_under == 0);
    CHECK(o.json_denied > 10000);
    CHECK(o.full > 3 * o.partly);
    CHECK(is_refused(false));
    CHECK(is_refused(true));
    return check_done();
}
