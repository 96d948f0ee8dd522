#include "gaps.h"
#include "lowering.h"

#include <string.h>

static const struct hold full = {HOLD_FULL, ""};

static struct hold because(enum hold_level level, const char *why) {
    return (struct hold){level, why};
}

/* What else reaches the mount table than mount(2), and what mount(2) can do without it. */
static const char new_mount_api[] =
    "AppArmor doesn't see mount_setattr and fspick, nor type and source of what "
    "fsmount and open_tree made, nor who uses it by its descriptor alone";

static struct hold hold_mount(const struct aa_profile *p, const struct ir_stmt *stmt) {
    if (p->mounts_filtered)
        return full;
    if (!node_mediates_new_mount_api(p->node))
        return because(HOLD_UNDER, node_no_new_mount_api);
    bool moves = aa_mount_kinds(&stmt->match) == AA_MOUNT_MOVE && !stmt->negated;
    return moves ? full : because(HOLD_UNDER, new_mount_api);
}

/* Allows that open more than they say: found by the rows of what denies the rest. */
static const char *widened(const struct aa_profile *p, const struct ir_stmt *allow) {
    const char *wider = aa_wider(p, allow->class, &allow->match);
    if (wider)
        return wider;
    if (aa_unsayable(p, allow->class, &allow->match) || aa_named(&allow->match) != AA_NAMED_ALL)
        return "an allow can't be said exactly, so more is open";
    return NULL;
}

static const char mapped[] =
    "a program that enters a block may be mapped too: apparmor_parser takes no denial of that";

static struct hold hold_default(const struct aa_profile *p, const struct ir_stmt *stmt) {
    for (size_t i = 0; i < p->policy->n_stmts; i++) {
        const struct ir_stmt *other = p->policy->stmts[i];
        const char *why = NULL;
        if (other->class == stmt->class && other->verdict == VERDICT_ALLOW && aa_is_ours(p, other))
            why = widened(p, other);
        if (why)
            return because(HOLD_UNDER, why);
    }
    if (stmt->class == CLASS_FILE && !aa_maps_hold(p, stmt))
        return because(HOLD_UNDER, mapped);
    return stmt->class == CLASS_MOUNT ? hold_mount(p, stmt) : full;
}

/* An observing policy's own allows open nothing. */
static bool is_idle(const struct aa_profile *p, const struct ir_stmt *stmt) {
    return stmt->own && p->policy->reaction == REACTION_OBSERVE;
}

/* aa_may_ptrace() asks nobody where the tracer is unconfined, whatever the traced one's profile says
 * [lab, 6.1]. */
static bool traced_anyway(const struct aa_profile *p, const struct ir_stmt *stmt) {
    const unsigned traced = OP_TRACED_BY | OP_READ_BY, unconfined = 1U << PEER_UNCONFINED;
    bool named = !stmt->match.peers || stmt->match.peers & unconfined;
    bool said = stmt->class == CLASS_PTRACE && stmt->ops & traced && named != stmt->negated;
    for (size_t i = 0; said && stmt->is_default && i < p->policy->n_stmts; i++) {
        const struct ir_stmt *other = p->policy->stmts[i];
        if (other->class == CLASS_PTRACE && other->verdict == VERDICT_ALLOW && !is_idle(p, other) &&
            (other->ops & traced) == traced && (!other->match.peers || other->match.peers & unconfined))
            said = false; /* the policy lets them */
    }
    return said;
}

static const char by_label[] = "by label: a runtime that is unconfined, as most are, is `unconfined`";

static bool names_runtime_alone(const struct ir_stmt *stmt) {
    const unsigned runtime = 1U << PEER_RUNTIME, unconfined = 1U << PEER_UNCONFINED;
    return (stmt->class == CLASS_SIGNAL || stmt->class == CLASS_PTRACE) && !stmt->negated &&
           stmt->match.peers & runtime && !(stmt->match.peers & unconfined);
}

/* The denying half of `allow only`. */
static struct hold hold_only(const struct aa_profile *p, const struct ir_stmt *stmt) {
    const struct ir_match *m = &stmt->match;
    bool failed = false;
    if (aa_unsayable(p, stmt->class, m) || aa_named(m) != AA_NAMED_ALL)
        return stmt->class == CLASS_MOUNT
                   ? because(HOLD_NONE, aa_unsayable(p, stmt->class, m))
                   : because(HOLD_UNDER, "what is allowed can't be said exactly, so more is open");
    for (unsigned left = stmt->ops ? stmt->ops : 1; left;)
        aa_allowed(p, stmt->class, aa_ops_alike(p, stmt->class, &left), stmt, &failed);
    if (stmt->class == CLASS_FILE && stmt->ops & OP_MAP && !aa_maps_hold(p, stmt))
        return because(HOLD_UNDER, mapped);
    if (stmt->class == CLASS_FILE && stmt->ops & OP_EXEC && p->block < 0 && p->policy->n_blocks &&
        aa_exec_try(p).under)
        failed = true;
    if (failed)
        return because(HOLD_UNDER, "no glob can say what several `allow only` have in common");
    if (aa_wider(p, stmt->class, m))
        return because(HOLD_UNDER, aa_wider(p, stmt->class, m));
    return stmt->class == CLASS_MOUNT ? hold_mount(p, stmt) : full;
}

/* What rules can only hold by blocking more. */
static struct hold hold_wider(const struct aa_profile *p, const struct ir_stmt *stmt, const char *why) {
    if (!stmt->broad)
        return because(HOLD_NONE, arena_printf(p->arena, "%s: say `broad` if it may stop them all", why));
    if (stmt->class == CLASS_MOUNT && hold_mount(p, stmt).level != HOLD_FULL)
        why = arena_printf(p->arena, "%s; and %s", why, hold_mount(p, stmt).why);
    return because(HOLD_OVER, why);
}

static struct hold hold_socket(const struct ir_stmt *stmt) {
    if (aa_named(&stmt->match) == AA_NAMED_ALL)
        return full;
    return because(aa_named(&stmt->match) == AA_NAMED_SOME ? HOLD_UNDER : HOLD_NONE,
                   "AppArmor has no name for one of its families or types");
}

static struct hold hold_denial(const struct aa_profile *p, const struct ir_stmt *stmt) {
    const char *why = aa_unsayable(p, stmt->class, &stmt->match);
    if (stmt->negated)
        return hold_only(p, stmt);
    if (why)
        return because(HOLD_NONE, why);
    if (stmt->class == CLASS_SOCKET && hold_socket(stmt).level != HOLD_FULL)
        return hold_socket(stmt);
    if (aa_wider(p, stmt->class, &stmt->match))
        return hold_wider(p, stmt, aa_wider(p, stmt->class, &stmt->match));
    if (stmt->class == CLASS_FILE && stmt->ops & OP_MAP && !aa_maps_hold(p, stmt))
        return because(HOLD_UNDER, mapped);
    return stmt->class == CLASS_MOUNT ? hold_mount(p, stmt) : full;
}

/* Classes without rules. A bind() to a path is a write of it as well, and that is a statement on files. */
static const char *const elsewhere[CLASS_COUNT] = {
    [CLASS_CONNECT] = "AppArmor doesn't stop connect(), whatever its file and network rules say",
    [CLASS_BIND] = "AppArmor knows no addresses, and sees bind() to a path as a write there: deny that",
    [CLASS_SYSCALL] = "AppArmor doesn't see system calls",
};

/* Statements of blocks hold for those whom the kernel sees enter: the report says who gets round that. */
static struct hold with_note(struct hold hold, const char *note) {
    return hold.level == HOLD_FULL && !*hold.why ? because(HOLD_FULL, note) : hold;
}

static const char detached_mount[] =
    "what fsmount and open_tree made has neither type nor source when it is mounted";

static struct hold hold_allow(const struct aa_profile *p, const struct ir_stmt *stmt) {
    bool detached = stmt->class == CLASS_MOUNT && (stmt->match.n_fstypes || stmt->match.has_sources);
    if (p->policy->reaction == REACTION_OBSERVE && stmt->own)
        return because(HOLD_FULL, "observed: opens nothing");
    if (detached && node_mediates_new_mount_api(p->node) && aa_denied_by_default(p, CLASS_MOUNT))
        return because(HOLD_UNDER, detached_mount);
    return names_runtime_alone(stmt) ? because(HOLD_FULL, by_label) : full;
}

/* Raw rules can't undo a `deny`, but what is denied by being left out they can write. */
static bool raw_may_open(const struct ir_policy *policy, const struct ir_stmt *stmt) {
    return ir_raw_apparmor(policy, stmt->block)->n;
}

static struct hold hold_stmt(const struct aa_profile *p, const struct ir_stmt *stmt) {
    const struct ir_policy *policy = p->policy;
    const struct node *node = p->node;
    if (!aa_has_class(stmt->class))
        return because(HOLD_NONE, elsewhere[stmt->class]);
    if (!aa_is_ours(p, stmt))
        return because(HOLD_NONE, "the container runtime's mounts hold it");
    if (policy->mode == MODE_BEHAVIOR_MODELING)
        return stmt->own ? because(HOLD_FULL, backend_modelled)
                         : because(HOLD_NONE, "complain mode lets everything through");
    if (stmt->class == CLASS_USERNS && !node_mediates_userns(node))
        return because(HOLD_NONE, "it takes kernel 6.7, apparmor_parser 4 and abi 4");
    if (stmt->verdict == VERDICT_ALLOW)
        return hold_allow(p, stmt);
    if ((stmt->is_default || stmt->negated) && raw_may_open(policy, stmt))
        return because(HOLD_UNDER, "the raw text beside it may open more");
    if (traced_anyway(p, stmt))
        return because(HOLD_UNDER, "who is unconfined may trace whomever: the kernel asks no profile");
    if (names_runtime_alone(stmt))
        return because(HOLD_UNDER, by_label);
    if (stmt->is_default)
        return hold_default(p, stmt);
    if (aa_is_observed(policy, stmt))
        return with_note(hold_denial(p, stmt), "observed: logged, not blocked");
    struct hold hold = hold_denial(p, stmt);
    return stmt->block < 0 ? hold
                           : with_note(hold, "a copy of the program, the loader given it, or a script that "
                                             "names it in its first line isn't it");
}

static const char sent_by_io[] = "signals of asynchronous I/O (fcntl's F_SETSIG) are sent without a question";
static const char by_script[] = "a script that names the program in its first line runs it";

/* What the kernel doesn't ask a profile about [lab, 6.1]: it has no hook for a signal that a file's owner is
 * sent, and opens interpreters and loaders as part of the one exec. A script can be brought where some files
 * may be executed; where only those named may, it is the author's own. The base is what runtimes' profiles
 * do, gaps and all. */
static struct hold with_gaps(const struct aa_profile *p, const struct ir_stmt *stmt, struct hold hold) {
    const struct ir_match *m = &stmt->match;
    bool denial = stmt->own && stmt->verdict == VERDICT_DENY && hold.level == HOLD_FULL;
    bool exec = stmt->class == CLASS_FILE && stmt->ops & OP_EXEC;
    if (!denial || p->policy->mode == MODE_BEHAVIOR_MODELING || aa_is_observed(p->policy, stmt))
        return hold;
    if (stmt->class == CLASS_SIGNAL)
        return because(HOLD_UNDER, sent_by_io);
    if (!exec || !m->has_paths || pathset_subset(p->arena, &aa_every_path, &m->paths) == GLOB_YES)
        return hold;
    return stmt->negated
               ? with_note(hold, "an allowed script's interpreter, and a program's loader, run with it")
               : because(HOLD_UNDER, by_script);
}

static bool asks(const struct pathset *set) {
    for (size_t i = 0; i < set->n_in; i++)
        if (glob_has_variable(set->in[i]))
            return true;
    return false;
}

/* The profile can't be loaded unanswered. */
static const char question[] = "the profile asks for the node's disks, as @{node_disks}, when it is loaded";

struct study {
    bool mounts_filtered;
};

const void *aa_study(struct arena *arena, const struct ir_policy *policy, const struct node *node) {
    struct study *study = ARENA_NEW(arena, struct study);
    bool speaks = false;
    for (size_t i = 0; i < policy->n_stmts && !speaks; i++)
        speaks = policy->stmts[i]->class == CLASS_MOUNT && policy->stmts[i]->verdict == VERDICT_DENY;
    study->mounts_filtered = speaks && policy->enforcers & ENFORCER_SECCOMP && !policy->privileged &&
                             gaps_mounts_closed(arena, policy, node);
    return study;
}

struct hold aa_holds(struct arena *arena, const struct ir_policy *policy, const struct ir_stmt *stmt,
                     const struct node *node, const void *study) {
    struct aa_profile p = {.arena = arena,
                           .policy = policy,
                           .node = node,
                           .block = stmt->block,
                           .name = "",
                           .mounts_filtered = ((const struct study *)study)->mounts_filtered};
    struct hold hold = with_gaps(&p, stmt, hold_stmt(&p, stmt));
    if (hold.level == HOLD_NONE || !(asks(&stmt->match.paths) || asks(&stmt->match.sources)))
        return hold;
    return because(hold.level, *hold.why ? arena_printf(arena, "%s; %s", question, hold.why) : question);
}
