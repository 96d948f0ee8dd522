#include "meaning.h"

#include <errno.h>
#include <stddef.h>

/* What has been found so far, one candidate for each way to decide. */
struct findings {
    const struct ir_stmt *deny, *allow, *refined, *standard;
    const struct ir_stmt *deny_errno; /* whose errno counts: the policy's own before the base's */
    const struct ir_stmt *observed,
        *observed_default; /* own statements of an observing policy: they log, and decide nothing */
    bool denial_logged, allow_logged, allow_observed;
};

static bool applies(const struct ir_stmt *stmt, uint64_t entered, const struct event *event) {
    return (stmt->block < 0 || entered >> stmt->block & 1) && ir_stmt_matches(stmt, event);
}

static void take_deny(struct findings *f, const struct ir_stmt *stmt, bool logged) {
    if (!f->deny)
        f->deny = stmt;
    if (stmt->err && (!f->deny_errno || (stmt->own && !f->deny_errno->own)))
        f->deny_errno = stmt;
    f->denial_logged |= logged;
}

static void take_observed(struct findings *f, const struct ir_stmt *stmt) {
    if (stmt->verdict == VERDICT_ALLOW) {
        f->allow_observed = true;
        f->allow_logged |= stmt->audit;
    } else if (stmt->is_default)
        f->observed_default = f->observed_default ? f->observed_default : stmt;
    else
        f->observed = f->observed ? f->observed : stmt;
}

static void take(struct findings *f, const struct ir_policy *policy, const struct ir_stmt *stmt) {
    bool logged = stmt->audit ||
                  (policy->reaction == REACTION_AUDIT_DENY && stmt->own && stmt->verdict == VERDICT_DENY);
    if (stmt->own && policy->mode == MODE_BEHAVIOR_MODELING)
        return; /* recorded against, by who reads the log */
    if (stmt->own && policy->reaction == REACTION_OBSERVE)
        take_observed(f, stmt);
    else if (stmt->is_default && stmt->refinement)
        f->refined = f->refined ? f->refined : stmt;
    else if (stmt->is_default)
        f->standard = f->standard ? f->standard : stmt;
    else if (stmt->verdict == VERDICT_DENY)
        take_deny(f, stmt, logged);
    else {
        f->allow = f->allow ? f->allow : stmt;
        f->allow_logged |= stmt->audit;
    }
}

static struct judgement denied(const struct findings *f, const struct ir_stmt *by, const struct event *event,
                               bool logged) {
    const struct ir_stmt *errno_of = by == f->deny ? f->deny_errno : by;
    int err = event->abi == ABI_X32 ? ENOSYS : errno_of && errno_of->err ? errno_of->err : EPERM;
    return (struct judgement){.verdict = VERDICT_DENY,
                              .logged = logged || f->observed,
                              .err = event->class == CLASS_SYSCALL ? err : 0,
                              .decided_by = by,
                              .observed = f->observed};
}

/* Deny beats allow beats the class default; the order of statements never matters. */
struct judgement meaning_judge(const struct ir_policy *policy, const struct event *event) {
    struct findings f = {0};
    uint64_t entered = ir_blocks_entered(policy, event->chain, event->n_chain);
    for (size_t i = 0; i < policy->n_stmts; i++)
        if (applies(policy->stmts[i], entered, event))
            take(&f, policy, policy->stmts[i]);
    const struct ir_stmt *standing = f.refined ? f.refined : f.standard;
    if (policy->mode == MODE_BEHAVIOR_MODELING && event->class != CLASS_CAPABILITY)
        return (struct judgement){.verdict = VERDICT_ALLOW, .logged = true};
    if (!f.observed && !f.allow_observed && !f.allow) /* what an observed base denies by default */
        f.observed = f.observed_default;
    if (f.deny)
        return denied(&f, f.deny, event, f.denial_logged);
    if (!f.allow && standing)
        return denied(&f, standing, event, standing->audit);
    return (struct judgement){.verdict = VERDICT_ALLOW,
                              .logged = f.allow_logged || f.observed,
                              .decided_by = f.allow,
                              .observed = f.observed};
}

size_t meaning_denying(const struct ir_policy *policy, const struct event *event,
                       const struct ir_stmt **denying, size_t max) {
    struct judgement j = meaning_judge(policy, event);
    uint64_t entered = ir_blocks_entered(policy, event->chain, event->n_chain);
    size_t n = 0;
    if (j.verdict == VERDICT_ALLOW)
        return 0;
    for (size_t i = 0; i < policy->n_stmts && n < max; i++) {
        const struct ir_stmt *s = policy->stmts[i];
        bool observed =
            s->own && (policy->reaction == REACTION_OBSERVE || policy->mode == MODE_BEHAVIOR_MODELING);
        if (s->verdict == VERDICT_DENY && !s->is_default && !observed && applies(s, entered, event))
            denying[n++] = s;
    }
    if (!n && max)
        denying[n++] = j.decided_by;
    return n;
}
