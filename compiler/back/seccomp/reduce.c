#include "reduce.h"

#include <errno.h>

/* What decides, from the weakest: each beats those before it. Within a rank the first statement counts. */
enum rank {
    RANK_STANDARD, /* a class default */
    RANK_REFINED,
    RANK_ALLOW,
    RANK_ALLOW_LOGGED,
    RANK_DENY, /* without an errno of its own */
    RANK_DENY_BASE,
    RANK_DENY_OWN,
    RANK_OBSERVED, /* decides nothing: what it would have denied, or audited, is logged */
    RANK_COUNT
};

struct ranked {
    const struct ir_stmt *stmt;
    enum rank rank;
};

struct reduced {
    struct decisions *table;
    bool modelling;            /* all allowed, all logged */
    VEC(struct ranked) ranked; /* what has to be applied first comes first */
    const struct decision *yes, *no;
    const struct decision *
        *calls[ABI_COUNT]; /* by number, up to the first behind the table; NULL: not asked for yet */
};

/* RANK_COUNT: the statement has no part in it. */
static enum rank rank_of(const struct ir_policy *policy, const struct ir_stmt *stmt) {
    if (stmt->class != CLASS_SYSCALL || stmt->block >= 0)
        return RANK_COUNT;
    if (stmt->own && policy->reaction == REACTION_OBSERVE)
        return stmt->verdict == VERDICT_DENY || stmt->audit ? RANK_OBSERVED : RANK_COUNT;
    if (stmt->is_default)
        return stmt->refinement ? RANK_REFINED : RANK_STANDARD;
    if (stmt->verdict == VERDICT_ALLOW)
        return stmt->audit ? RANK_ALLOW_LOGGED : RANK_ALLOW;
    return !stmt->err ? RANK_DENY : stmt->own ? RANK_DENY_OWN : RANK_DENY_BASE;
}

struct reduced *reduce_policy(struct arena *arena, struct decisions *table, const struct ir_policy *policy) {
    struct reduced *reduced = ARENA_NEW(arena, struct reduced);
    struct ir_stmts calls = {0}; /* the last comes first */
    *reduced = (struct reduced){
        .table = table,
        .modelling = policy->mode == MODE_BEHAVIOR_MODELING,
        .yes = decision_leaf(table, 1),
        .no = decision_leaf(table, 0),
    };
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        reduced->calls[abi] = arena_alloc(arena, (syscall_table_end(abi) + 1) * sizeof *reduced->calls[abi]);
    for (size_t i = policy->n_stmts; i-- > 0;)
        if (rank_of(policy, policy->stmts[i]) != RANK_COUNT)
            vec_push(arena, &calls, policy->stmts[i]);
    for (enum rank rank = 0; rank < RANK_COUNT; rank++)
        for (size_t i = 0; i < calls.n; i++)
            if (rank_of(policy, calls.items[i]) == rank)
                vec_push(arena, &reduced->ranked, ((struct ranked){calls.items[i], rank}));
    return reduced;
}

/* (args[arg] & mask) >= value + 1, where value may be the largest there is. */
static const struct decision *more(const struct reduced *reduced, const struct cond *c) {
    return c->value == UINT64_MAX
               ? reduced->no
               : decision_test(reduced->table, DECISION_GE, c->arg, c->wide, c->mask, c->value + 1);
}

static const struct decision * not(const struct reduced *reduced, const struct decision *d) {
    return decision_if(reduced->table, d, reduced->no, reduced->yes);
}

static const struct decision *test(const struct reduced *reduced, const struct cond *c) {
    switch (c->cmp) {
    case CMP_EQ:
        return decision_test(reduced->table, DECISION_EQ, c->arg, c->wide, c->mask, c->value);
    case CMP_NE:
        return not(reduced, decision_test(reduced->table, DECISION_EQ, c->arg, c->wide, c->mask, c->value));
    case CMP_GE:
        return decision_test(reduced->table, DECISION_GE, c->arg, c->wide, c->mask, c->value);
    case CMP_LT:
        return not(reduced, decision_test(reduced->table, DECISION_GE, c->arg, c->wide, c->mask, c->value));
    case CMP_GT:
        return more(reduced, c);
    case CMP_LE:
        return not(reduced, more(reduced, c));
    case CMP_COUNT:
        break;
    }
    return reduced->no;
}

static const struct decision *condition(const struct reduced *reduced, const struct cond *c) {
    if (!c)
        return reduced->yes;
    switch (c->kind) {
    case COND_TRUE:
        return reduced->yes;
    case COND_FALSE:
        return reduced->no;
    case COND_TEST:
        return test(reduced, c);
    case COND_NOT:
        return not(reduced, condition(reduced, c->a));
    case COND_AND:
        return decision_if(reduced->table, condition(reduced, c->a), condition(reduced, c->b), reduced->no);
    case COND_OR:
        return decision_if(reduced->table, condition(reduced, c->a), reduced->yes, condition(reduced, c->b));
    }
    return reduced->no;
}

static bool is_before(const struct ir_call *call, enum abi abi, uint32_t nr) {
    return call->abi != abi ? call->abi < abi : call->nr < nr;
}

/* The first of the sorted calls that is not before (abi, nr). */
static size_t find_call(const struct ir_match *match, enum abi abi, uint32_t nr) {
    size_t low = 0, high = match->n_calls;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (is_before(&match->calls[middle], abi, nr))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct decision *reduce_match(const struct reduced *reduced, const struct ir_stmt *stmt, enum abi abi,
                                    uint32_t nr) {
    const struct ir_match *match = &stmt->match;
    const struct decision *any = reduced->no;
    if (match->every_call && match->abis >> abi & 1)
        any = !match->unknown_numbers || syscall_by_number(abi, nr) < 0 ? reduced->yes : reduced->no;
    else
        for (size_t i = find_call(match, abi, nr);
             i < match->n_calls && match->calls[i].abi == abi && match->calls[i].nr == nr; i++)
            any = decision_if(reduced->table, any, reduced->yes, condition(reduced, match->calls[i].cond));
    return stmt->negated ? not(reduced, any) : any;
}

static uint32_t action_of(const struct ranked *ranked, enum abi abi, uint32_t allow) {
    switch (ranked->rank) {
    case RANK_ALLOW:
        return allow;
    case RANK_ALLOW_LOGGED:
        return SECCOMP_RET_LOG;
    default:
        if (abi == ABI_X32) /* as a kernel without that entry */
            return SECCOMP_RET_ERRNO | ENOSYS;
        return SECCOMP_RET_ERRNO |
               (ranked->stmt->err ? (uint32_t)ranked->stmt->err & SECCOMP_RET_DATA : EPERM);
    }
}

/* `allow`: what an allowed call gets. */
static const struct decision *decide(const struct reduced *reduced, enum abi abi, uint32_t nr,
                                     uint32_t allow) {
    const struct decision *d = decision_leaf(reduced->table, allow);
    for (size_t i = 0; i < reduced->ranked.n && reduced->ranked.items[i].rank != RANK_OBSERVED; i++) {
        const struct ranked *ranked = &reduced->ranked.items[i];
        const struct decision *match = reduce_match(reduced, ranked->stmt, abi, nr);
        if (match != reduced->no)
            d = decision_if(reduced->table, match,
                            decision_leaf(reduced->table, action_of(ranked, abi, allow)), d);
    }
    return d;
}

static const struct decision *decide_all(const struct reduced *reduced, enum abi abi, uint32_t nr) {
    if (reduced->modelling)
        return decision_leaf(reduced->table, SECCOMP_RET_LOG);
    const struct decision *observed = reduced->no;
    for (size_t i = reduced->ranked.n; i-- > 0 && reduced->ranked.items[i].rank == RANK_OBSERVED;)
        observed = decision_if(reduced->table, reduce_match(reduced, reduced->ranked.items[i].stmt, abi, nr),
                               reduced->yes, observed);
    const struct decision *silent = decide(reduced, abi, nr, SECCOMP_RET_ALLOW);
    if (observed != reduced->no)
        silent = decision_if(reduced->table, observed, decide(reduced, abi, nr, SECCOMP_RET_LOG), silent);
    return decision_simplify(reduced->table, silent);
}

const struct decision *reduce_call(const struct reduced *reduced, enum abi abi, uint32_t nr) {
    uint32_t end = syscall_table_end(abi);
    const struct decision **known = &reduced->calls[abi][nr < end ? nr : end];
    if (*known)
        return *known;
    const struct decision *d = decide_all(reduced, abi, nr);
    if (!decisions_overflowed(reduced->table)) /* else it isn't the answer */
        *known = d;
    return d;
}

struct decisions *reduce_table(const struct reduced *reduced) {
    return reduced->table;
}

/* Does some statement allow calls of the ABI? */
static bool may_allow(const struct ir_stmt *stmt, enum abi abi) {
    size_t first = find_call(&stmt->match, abi, 0);
    return stmt->negated || (stmt->match.every_call && stmt->match.abis >> abi & 1) ||
           (first < stmt->match.n_calls && stmt->match.calls[first].abi == abi);
}

static bool denies_all(const struct ir_stmt *stmt, enum abi abi) {
    return stmt->verdict == VERDICT_DENY && stmt->match.every_call && !stmt->match.unknown_numbers &&
           !stmt->negated && stmt->match.abis >> abi & 1;
}

bool reduce_closed(const struct reduced *reduced, enum abi abi) {
    bool closed = false;
    for (size_t i = 0; i < reduced->ranked.n && !reduced->modelling; i++) {
        const struct ranked *ranked = &reduced->ranked.items[i];
        if (ranked->rank == RANK_ALLOW || ranked->rank == RANK_ALLOW_LOGGED)
            closed = closed && !may_allow(ranked->stmt, abi);
        else if (ranked->rank != RANK_OBSERVED)
            closed = closed || denies_all(ranked->stmt, abi);
    }
    return closed;
}

bool reduce_denies(uint32_t action) {
    uint32_t full = action & SECCOMP_RET_ACTION_FULL;
    return full != SECCOMP_RET_ALLOW && full != SECCOMP_RET_LOG;
}

struct filter_plan reduce_plan(struct arena *arena, const struct reduced *reduced, unsigned abis) {
    struct filter_plan plan = {0};
    for (enum abi abi = 0; abi < ABI_COUNT; abi++) {
        if (!(abis >> abi & 1))
            continue;
        size_t n = syscall_table_end(abi);
        const struct decision **decisions = arena_alloc(arena, n * sizeof *decisions);
        for (uint32_t nr = 0; nr < n; nr++)
            decisions[nr] = reduce_call(reduced, abi, nr);
        plan.abis[abi] = (struct filter_abi){true, decisions, n, reduce_call(reduced, abi, (uint32_t)n)};
    }
    return plan;
}

/* Could a denial of what the statement speaks of have to be logged? */
static bool is_logged(const struct ir_policy *policy, const struct ir_stmt *stmt) {
    if (stmt->class != CLASS_SYSCALL || stmt->block >= 0)
        return false;
    if (stmt->own && policy->reaction == REACTION_OBSERVE)
        return stmt->verdict == VERDICT_DENY || stmt->audit;
    bool all_own = policy->reaction == REACTION_AUDIT_DENY && stmt->own && !stmt->is_default;
    return stmt->verdict == VERDICT_DENY && (stmt->audit || all_own);
}

bool seccomp_wants_log(const struct ir_policy *policy) {
    if (policy->mode == MODE_BEHAVIOR_MODELING)
        return true;
    for (size_t i = 0; i < policy->n_stmts; i++)
        if (is_logged(policy, policy->stmts[i]))
            return true;
    return false;
}

const char *reduce_left_out(const struct ir_policy *policy) {
    if (!(policy->enforcers & ENFORCER_SECCOMP))
        return "`enforcers` leaves seccomp out";
    if (policy->privileged && ir_is_container(policy))
        return "the container runtime drops the filter of a privileged container";
    return NULL;
}
