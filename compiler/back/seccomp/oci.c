#include "oci.h"
#include "names.h"
#include "seccomp_backend.h"

#include <string.h>

static bool applies(const struct ir_policy *policy, const struct node *node) {
    (void)node;
    return policy->enforcers & ENFORCER_SECCOMP && (!policy->target || ir_is_container(policy));
}

/* What the JSON makes of the calls that a statement speaks of. */
struct tally {
    bool held; /* of some of them, or in part */
    const char *missed, *denied,
        *newer; /* a call that it allows more of, denies more of, that an older library skips */
};

/* When the statement is why the call is denied. A default is where no written statement denies. */
static const struct decision *decides(const struct oci_chooser *c, const struct ir_stmt *stmt, enum abi abi,
                                      uint32_t nr) {
    const struct decision *no = decision_leaf(c->table, 0);
    const struct decision *match = reduce_match(c->reduced, stmt, abi, nr);
    for (size_t i = 0; stmt->is_default && match != no && i < c->denials.n; i++)
        match = decision_if(c->table, reduce_match(c->reduced, c->denials.items[i], abi, nr), no, match);
    return match == no
               ? no
               : decision_simplify(c->table, decision_if(c->table, match, oci_wanted(c, abi, nr), no));
}

/* Could a library that doesn't know the call's name allow it? */
static bool is_newer(const struct oci_chooser *c, int id) {
    return !oci_knows(OCI_LIBRARY_OLD, id) && !reduce_denies(c->frame.default_action);
}

static void count(const struct oci_chooser *c, const struct ir_stmt *stmt, int id, struct tally *tally) {
    const struct decision *no = decision_leaf(c->table, 0);
    bool speaks = false, is_why = false;
    for (enum abi abi = 0; abi < ABI_COUNT; abi++) {
        int nr = syscall_number(id, abi);
        if (nr < 0 || reduce_match(c->reduced, stmt, abi, (uint32_t)nr) == no)
            continue;
        bool denied = stmt->verdict == VERDICT_DENY && decides(c, stmt, abi, (uint32_t)nr) != no;
        is_why = is_why || (denied && c->frame.abis >> abi & 1); /* what isn't listed is killed */
        speaks = true;
    }
    enum oci_fit fit = speaks ? oci_fit(c, id) : OCI_EXACT;
    if (fit == OCI_STRONGER && (stmt->broad || stmt->verdict == VERDICT_ALLOW))
        tally->denied = syscall_name(id);
    if (!is_why)
        return;
    if (fit == OCI_WEAKER || fit == OCI_OPEN)
        tally->missed = syscall_name(id);
    if (is_newer(c, id))
        tally->newer = syscall_name(id);
    tally->held = tally->held || fit != OCI_OPEN;
}

/* Statements that speak of all calls, and of some by name. Of numbers that no table has the default action is
 * what x86_64 has; another ABI could differ. */
static struct tally count_all(const struct oci_chooser *c, const struct ir_stmt *stmt) {
    struct tally tally = {0};
    bool all = stmt->match.every_call || stmt->negated;
    for (int id = 0; all && id < syscall_count(); id++)
        count(c, stmt, id, &tally);
    for (size_t i = 0; !all && i < stmt->match.n_calls; i++)
        if (i == 0 || stmt->match.calls[i].id != stmt->match.calls[i - 1].id)
            count(c, stmt, stmt->match.calls[i].id, &tally);
    for (enum abi abi = 0; all && abi < ABI_COUNT; abi++) {
        const struct decision *denied = decides(c, stmt, abi, syscall_table_end(abi));
        bool allows = c->frame.abis >> abi & 1 && !reduce_denies(c->frame.default_action);
        if (stmt->verdict == VERDICT_DENY && denied != decision_leaf(c->table, 0) && allows)
            tally.missed = "a number that no table has";
    }
    return tally;
}

static const void *study(struct arena *arena, const struct ir_policy *policy, const struct node *node) {
    (void)node;
    return oci_chooser_new(arena, policy);
}

static struct hold holds(struct arena *arena, const struct ir_policy *policy, const struct ir_stmt *stmt,
                         const struct node *node, const void *study) {
    (void)node;
    const struct oci_chooser *chooser = study;
    struct hold hold = reduce_holds(arena, policy, stmt, chooser->reduced);
    if (stmt->class != CLASS_SYSCALL || hold.level != HOLD_FULL)
        return hold;
    decisions_renew(chooser->table);
    struct tally tally = count_all(chooser, stmt);
    const char *missed =
        tally.missed
            ? arena_printf(arena, "JSON can't say when %s is denied, and allows more of it", tally.missed)
            : "";
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
    const char *allowed = "", *denied = "";
    for (int id = 0; id < syscall_count(); id++) {
        enum oci_fit fit = oci_choose(chooser, id, &profile);
        if (fit == OCI_WEAKER || fit == OCI_OPEN)
            allowed = arena_printf(arena, "%s %s", allowed, syscall_name(id));
        if (fit == OCI_STRONGER)
            denied = arena_printf(arena, "%s %s", denied, syscall_name(id));
    }
    if (decisions_overflowed(chooser->table)) {
        reduce_too_complex(diag, policy);
        return false;
    }
    warn(diag, policy, allowed, denied);
    struct buf text = {0}; /* becomes the output's */
    oci_write(&text, &profile);
    out->seccomp_profile = arena_printf(arena, "%s.json", names_profile(arena, policy, &text));
    outputs_add(arena, out, arena_printf(arena, "seccomp/%s", out->seccomp_profile))->data = text;
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
    .for_pods = true,
    .enforces = true,
    .named_by_patch = true,
    .applies = applies,
    .study = study,
    .holds = holds,
    .holds_require = reduce_holds_require,
    .emit = emit,
    .prepare = prepare,
    .judge = judge,
};
