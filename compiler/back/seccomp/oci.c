#include "oci.h"
#include "seccomp_backend.h"

#include <string.h>

static bool applies(const struct ir_policy *policy, const struct node *node) {
    (void)node;
    return policy->enforcers & ENFORCER_SECCOMP && (!policy->target || ir_is_container(policy));
}

/* What the JSON makes of the calls that a statement speaks of. */
struct tally {
    bool held;
    const char *missed, *denied,
        *newer; /* a call that it allows, that it denies against the policy, that an older library skips */
};

/* A default denies what no written statement does. */
static const struct decision *spoken_of(const struct oci_chooser *c, const struct ir_stmt *stmt, enum abi abi,
                                        uint32_t nr) {
    const struct decision *match = reduce_match(c->reduced, stmt, abi, nr);
    for (size_t i = 0; stmt->is_default && match != c->no && i < c->policy->n_stmts; i++) {
        const struct ir_stmt *other = c->policy->stmts[i];
        if (other->class == CLASS_SYSCALL && other->verdict == VERDICT_DENY && !other->is_default &&
            other->block < 0)
            match = decision_if(c->table, reduce_match(c->reduced, other, abi, nr), c->no, match);
    }
    return match;
}

static void count(const struct oci_chooser *c, const struct ir_stmt *stmt, const struct oci_profile *profile,
                  enum abi abi, uint32_t nr, const char *name, struct tally *tally) {
    const struct decision *match = spoken_of(c, stmt, abi, nr);
    if (match == c->no)
        return;
    const struct decision *wanted = oci_wanted(c, abi, nr),
                          *not_wanted = decision_if(c->table, wanted, c->no, c->yes);
    const struct decision *denied[] = {[OCI_LIBRARY_NEW] = oci_denied(c, profile, OCI_LIBRARY_NEW, abi, nr),
                                       [OCI_LIBRARY_OLD] = oci_denied(c, profile, OCI_LIBRARY_OLD, abi, nr)};
    /* a denial that may blocks the whole call, also where it doesn't speak of it */
    if (oci_overlap(c, stmt->broad ? c->yes : match, not_wanted, denied[OCI_LIBRARY_NEW]))
        tally->denied = name;
    if (stmt->verdict == VERDICT_ALLOW)
        return;
    tally->held = tally->held || oci_overlap(c, match, wanted, denied[OCI_LIBRARY_NEW]);
    if (oci_overlap(c, match, wanted, decision_if(c->table, denied[OCI_LIBRARY_NEW], c->no, c->yes)))
        tally->missed = name;
    if (oci_overlap(c, match, wanted, decision_if(c->table, denied[OCI_LIBRARY_OLD], c->no, c->yes)))
        tally->newer = name;
}

static void count_call(const struct oci_chooser *c, const struct ir_stmt *stmt, int id, struct tally *tally) {
    struct oci_profile profile = c->frame;
    oci_choose(c, id, &profile);
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        if (syscall_number(id, abi) >= 0)
            count(c, stmt, &profile, abi, (uint32_t)syscall_number(id, abi), syscall_name(id), tally);
}

/* Statements that speak of all calls, the numbers outside the tables too; or of some by name. */
static struct tally count_all(const struct oci_chooser *c, const struct ir_stmt *stmt) {
    struct tally tally = {0};
    if (stmt->match.every_call || stmt->negated) {
        for (int id = 0; id < syscall_count(); id++)
            count_call(c, stmt, id, &tally);
        for (enum abi abi = 0; abi < ABI_COUNT; abi++)
            count(c, stmt, &c->frame, abi, syscall_table_end(abi), "a number that no table has", &tally);
        return tally;
    }
    for (size_t i = 0; i < stmt->match.n_calls; i++)
        if (i == 0 || stmt->match.calls[i].id != stmt->match.calls[i - 1].id)
            count_call(c, stmt, stmt->match.calls[i].id, &tally);
    return tally;
}

static struct hold holds(struct arena *arena, const struct ir_policy *policy, const struct ir_stmt *stmt,
                         const struct node *node) {
    (void)node;
    struct hold hold = reduce_holds(arena, policy, stmt);
    if (stmt->class != CLASS_SYSCALL || hold.level != HOLD_FULL)
        return hold;
    struct tally tally = count_all(oci_chooser_new(arena, policy), stmt);
    const char *missed = "";
    if (tally.missed)
        missed = arena_printf(arena, "JSON can't say when %s is denied, and allows more of it", tally.missed);
    if (tally.denied)
        return (struct hold){HOLD_OVER,
                             arena_printf(arena, "JSON can't say when %s is denied, and denies all of it%s%s",
                                          tally.denied, *missed ? "; " : "", missed)};
    if (tally.missed)
        return (struct hold){tally.held ? HOLD_UNDER : HOLD_NONE, missed};
    if (tally.newer)
        return (struct hold){
            HOLD_UNDER, arena_printf(arena, "libseccomp 2.5.4 doesn't know %s, and skips it", tally.newer)};
    return hold;
}

static void warn(struct diag *diag, const struct ir_policy *policy, const char *allowed, const char *denied) {
    if (!*allowed && !*denied)
        return;
    struct diag_item *item =
        diag_add(diag, DIAG_OCI_REFUSED, policy->origin->loc,
                 "the OCI seccomp JSON of `%s` can't say when some calls are denied", policy->name);
    if (*allowed)
        diag_note(diag, item, (struct loc){0}, "it allows more than the policy of:%s", allowed);
    if (*denied)
        diag_note(diag, item, (struct loc){0}, "it denies all, as `broad` lets it, of:%s", denied);
    diag_note(diag, item, (struct loc){0}, "the cBPF says it exactly");
}

static bool emit(struct arena *arena, const struct ir_policy *policy, const struct node *node,
                 struct diag *diag, struct outputs *out) {
    (void)node;
    if (reduce_left_out(policy))
        return true;
    struct oci_chooser *chooser = oci_chooser_new(arena, policy);
    struct oci_profile profile = chooser->frame;
    const char *refused[] = {[OCI_EXACT] = "", [OCI_WEAKER] = "", [OCI_STRONGER] = ""};
    for (int id = 0; id < syscall_count(); id++) {
        enum oci_fit fit = oci_choose(chooser, id, &profile);
        if (fit != OCI_EXACT)
            refused[fit] = arena_printf(arena, "%s %s", refused[fit], syscall_name(id));
    }
    warn(diag, policy, refused[OCI_WEAKER], refused[OCI_STRONGER]);
    oci_write(&outputs_add(arena, out, arena_printf(arena, "seccomp/%s.json", policy->label))->data,
              &profile);
    out->seccomp_profile = arena_printf(arena, "%s.json", policy->label);
    return true;
}

static void *prepare(struct arena *arena, const struct outputs *out, const char **error) {
    for (size_t i = 0; i < out->n; i++) {
        const char *path = out->items[i].path, *name = strrchr(path, '/');
        if (!name || name - path != (ptrdiff_t)strlen("seccomp") ||
            strncmp(path, "seccomp", strlen("seccomp")))
            continue;
        struct oci_profile *profile = ARENA_NEW(arena, struct oci_profile);
        return oci_read(arena, buf_text(&out->items[i].data), profile, error) ? profile : NULL;
    }
    return NULL;
}

/* Where the answer goes by the library's age, nothing is certain. */
static enum judged judge(const void *prepared, const struct event *event) {
    if (event->class != CLASS_SYSCALL || !prepared)
        return JUDGED_UNSEEN;
    bool newer = reduce_denies(oci_answer(prepared, OCI_LIBRARY_NEW, event->abi, event->nr, event->args));
    bool older = reduce_denies(oci_answer(prepared, OCI_LIBRARY_OLD, event->abi, event->nr, event->args));
    return newer != older ? JUDGED_UNSEEN : newer ? JUDGED_DENY : JUDGED_ALLOW;
}

const struct backend backend_oci = {
    .name = "oci",
    .title = "the seccomp filter as OCI JSON, for container runtimes",
    .applies = applies,
    .holds = holds,
    .holds_require = reduce_holds_require,
    .emit = emit,
    .prepare = prepare,
    .judge = judge,
};
