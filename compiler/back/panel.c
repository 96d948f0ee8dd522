#include "panel.h"

#include "meaning.h"

enum { MOST_DENYING = 256 };

static bool prepare(struct panel *p, const struct backend *b, const struct outputs *outputs,
                    struct diag *diag) {
    const char *error = NULL;
    p->backends[p->n] = b;
    p->prepared[p->n] = b->prepare ? b->prepare(p->arena, outputs, &error) : NULL;
    p->n++;
    if (error)
        diag_add(diag, DIAG_UNREADABLE_OUTPUT, p->policy->origin->loc,
                 "the %s output of %s can't be read back: %s", b->name, p->policy->name, error);
    return !error;
}

static void ask_holds(struct panel *p, const struct node *node) {
    p->holds = arena_alloc(p->arena, (p->policy->n_stmts * p->n + 1) * sizeof *p->holds);
    for (size_t b = 0; b < p->n; b++) {
        const void *study = backend_study(p->backends[b], p->arena, p->policy, node);
        for (size_t s = 0; s < p->policy->n_stmts; s++)
            p->holds[s * p->n + b] =
                p->backends[b]->holds(p->arena, p->policy, p->policy->stmts[s], node, study);
    }
}

bool panel_make(struct arena *arena, const struct ir_policy *policy, const struct node *node,
                struct diag *diag, struct outputs *outputs, struct panel *p) {
    bool fine = true;
    *p = (struct panel){.arena = arena, .policy = policy};
    for (size_t i = 0; i < backends_count && fine; i++)
        if (backends[i]->applies(policy, node))
            fine = backends[i]->emit(arena, policy, node, diag, outputs);
    for (size_t i = 0; i < backends_count && fine; i++)
        if (backends[i]->applies(policy, node))
            fine = prepare(p, backends[i], outputs, diag);
    if (fine)
        ask_holds(p, node);
    return fine;
}

static void find_claim(const struct panel *p, const struct event *event, struct panel_verdict *v) {
    const struct ir_stmt *denying[MOST_DENYING];
    size_t n = meaning_denying(p->policy, event, denying, MOST_DENYING);
    for (size_t i = 0; i < n && !v->claimed; i++)
        for (size_t b = 0; b < p->n && denying[i] && !v->claimed; b++)
            if (p->prepared[b] && p->holds[denying[i]->id * p->n + b].level == HOLD_FULL &&
                p->backends[b]->judge(p->prepared[b], event) != JUDGED_UNSEEN) {
                v->claimed = denying[i];
                v->claimed_by = p->backends[b];
            }
}

static bool any_over(const struct panel *p, size_t backend, enum event_class class) {
    for (size_t s = 0; s < p->policy->n_stmts; s++)
        if (p->policy->stmts[s]->class == class && p->holds[s * p->n + backend].level == HOLD_OVER)
            return true;
    return false;
}

struct panel_verdict panel_judge(const struct panel *p, const struct event *event) {
    struct panel_verdict v = {.combined = JUDGED_UNSEEN};
    for (size_t b = 0; b < p->n; b++) {
        enum judged one = p->prepared[b] ? p->backends[b]->judge(p->prepared[b], event) : JUDGED_UNSEEN;
        if (one == JUDGED_DENY && !v.denied_by) {
            v.denied_by = p->backends[b];
            v.over = any_over(p, b, event->class);
        }
        if (one != JUDGED_UNSEEN && v.combined != JUDGED_DENY)
            v.combined = one;
    }
    find_claim(p, event, &v);
    return v;
}
