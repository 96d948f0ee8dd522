#include "expect.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_DENYING = 64 };

static const struct hold *hold_of(const struct table *t, const struct ir_stmt *stmt) {
    return &t->panel->holds[stmt->id * t->panel->n + t->apparmor];
}

bool judged_denied(const struct table *t, const struct event *e) {
    return t->panel->backends[t->apparmor]->judge(t->panel->prepared[t->apparmor], e) == JUDGED_DENY;
}

static bool is_claimed(const struct table *t, const struct event *e) {
    const struct ir_stmt *denying[MOST_DENYING];
    size_t n = meaning_denying(t->policy, e, denying, MOST_DENYING);
    for (size_t i = 0; i < n; i++)
        if (denying[i] && hold_of(t, denying[i])->level == HOLD_FULL)
            return true;
    return false;
}

static bool is_opaque(const struct table *t) {
    bool raw = t->policy->raw_apparmor.n;
    for (size_t i = 0; i < t->policy->n_blocks; i++)
        raw |= t->policy->blocks[i].raw_apparmor.n > 0;
    return raw;
}

static bool is_over(const struct table *t, enum event_class class) {
    for (size_t i = 0; i < t->policy->n_stmts; i++)
        if (hold_of(t, t->policy->stmts[i])->level == HOLD_OVER && t->policy->stmts[i]->class == class)
            return true;
    return false;
}

/* Allowed and logged, by a statement that AppArmor holds? */
static bool allow_logged(const struct table *t, const struct event *e) {
    uint64_t entered = ir_blocks_entered(t->policy, e->chain, e->n_chain);
    for (size_t i = 0; i < t->policy->n_stmts; i++) {
        const struct ir_stmt *s = t->policy->stmts[i];
        bool observed = s->own && t->policy->reaction == REACTION_OBSERVE && s->verdict == VERDICT_DENY;
        if ((observed || (s->audit && s->verdict == VERDICT_ALLOW)) && hold_of(t, s)->level == HOLD_FULL &&
            (s->block < 0 || entered >> s->block & 1) && ir_stmt_matches(s, e))
            return true;
    }
    return false;
}

void ask(const struct table *t, struct answer *a, struct event e, size_t actor) {
    e.chain = t->actors[actor].chain;
    e.n_chain = t->actors[actor].n;
    struct judgement j = meaning_judge(t->policy, &e);
    bool denied = j.verdict == VERDICT_DENY, claimed = is_claimed(t, &e);
    if (!a->denied) /* else it doesn't come to that */
        a->logged |= j.logged && (denied ? claimed : allow_logged(t, &e));
    a->denied |= judged_denied(t, &e);
    a->meant |= denied;
    a->claimed |= claimed;
    a->excused |= is_over(t, e.class) || is_opaque(t);
}

struct event capability_event(int capability) {
    return (struct event){.class = CLASS_CAPABILITY, .capability = capability};
}

/* --- Lines of the table --- */

void put_word(const struct table *t, const char *word) {
    putc(' ', t->out);
    table_put_word(t->out, word);
}

void put_act(const struct table *t, const struct answer *a, const char *name, const char *const *words) {
    const bool said[] = {a->denied, a->meant, a->claimed, a->excused, a->logged};
    fprintf(t->out, "act %zu -", t->actor);
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (said[i])
            putc(TABLE_LETTERS[i], t->out);
    put_word(t, name);
    for (; *words; words++)
        put_word(t, *words);
    putc('\n', t->out);
}

const char *number(const struct table *t, unsigned long long n) {
    return arena_printf(t->arena, "%llu", n);
}

const char *label_parts(const struct table *t, const struct actor *actor, const char *program) {
    const char *chain[MOST_ACTORS + 1], *parts = t->profile;
    memcpy(chain, actor->chain, actor->n * sizeof *chain);
    chain[actor->n] = program;
    uint64_t entered = ir_blocks_entered(t->policy, chain, actor->n + (program != NULL));
    for (size_t b = 0; b < t->policy->n_blocks && t->policy->mode != MODE_BEHAVIOR_MODELING; b++)
        if (entered >> b & 1)
            parts = arena_printf(t->arena, "%s,%s//%s", parts, t->profile, t->policy->blocks[b].name);
    return parts;
}

/* --- Some of all --- */

/* How many events of a class each actor tries at most, where the policy speaks of it. */
static const unsigned budgets[CLASS_COUNT] = {
    [CLASS_FILE] = 80,      [CLASS_CAPABILITY] = CAPABILITY_COUNT,
    [CLASS_MOUNT] = 60,     [CLASS_UMOUNT] = 24,
    [CLASS_PIVOT_ROOT] = 1, [CLASS_USERNS] = 1,
    [CLASS_SOCKET] = 40,    [CLASS_PTRACE] = 16,
    [CLASS_SIGNAL] = 30,
};
enum { BUDGET_OF_THE_REST = 8 };

static unsigned from_environment(const char *name, unsigned otherwise) {
    const char *value = getenv(name);
    return value ? (unsigned)strtoul(value, NULL, 10) : otherwise;
}

unsigned budget_of(const struct table *t, enum event_class class) {
    bool speaks = false;
    for (size_t i = 0; i < t->policy->n_stmts && !speaks; i++)
        speaks = t->policy->stmts[i]->class == class;
    unsigned budget = speaks || budgets[class] < BUDGET_OF_THE_REST ? budgets[class] : BUDGET_OF_THE_REST;
    return budget * from_environment("EXPECT_TIMES", 1) / (t->actor ? 3 : 1) + 1;
}

uint64_t dice(uint64_t i) {
    uint64_t x = (i + 1) * 0x9e3779b97f4a7c15u + from_environment("EXPECT_SEED", 0) * 0xd1342543de82ef95u;
    return (x ^ x >> 29) * 0xbf58476d1ce4e5b9u >> 8;
}

bool is_chosen(size_t i, size_t n, unsigned budget) {
    return n <= budget || dice(i) % n < budget;
}
