#include "evaluate.h"

#include <ctype.h>
#include <linux/mount.h>
#include <stdio.h>
#include <string.h>

/* The label a process runs under: a set of the text's profiles, all of which must allow. */

static size_t profile_by_name(const struct aa_text *text, const char *name) {
    size_t i = 0;
    while (i < text->profiles.n && strcmp(text->profiles.items[i].name, name))
        i++;
    return i;
}

/* The transition that a profile has for a program: a name's goes before a pattern's (hfa.cc: accept_perms). A
 * denied exec has one all the same: what such a process may do is asked as if it had come to be. */
static const struct aa_rule *transition(const struct aa_text_profile *profile, const char *program) {
    const struct aa_rule *found = NULL;
    for (size_t i = 0; i < profile->rules.n; i++) {
        const struct aa_rule *rule = &profile->rules.items[i];
        if (rule->class == CLASS_FILE && !rule->deny && rule->ops & OP_EXEC &&
            (!rule->path || glob_match(rule->path, program)) &&
            (!found || (rule->is_name && !found->is_name)))
            found = rule;
    }
    return found;
}

static uint64_t label_after(const struct aa_text *text, uint64_t label, const char *program) {
    uint64_t after = label;
    for (size_t i = 0; i < text->profiles.n; i++) {
        const struct aa_rule *rule = label >> i & 1 ? transition(&text->profiles.items[i], program) : NULL;
        for (size_t s = 0; rule && s < rule->n_stack; s++) {
            size_t index = profile_by_name(text, rule->stack[s]);
            if (index < text->profiles.n)
                after |= UINT64_C(1) << index;
        }
    }
    return after;
}

/* Does a rule speak of the event? */

static bool matches(const struct glob *glob, const char *text) {
    return !glob || (text && glob_match(glob, text));
}

static bool file_matches(const struct aa_rule *rule, const struct event *event, const char *peer) {
    (void)peer;
    return matches(rule->path, event->path) && (!rule->owner || event->owner) &&
           (!rule->pair || matches(rule->source, event->source));
}

static bool capability_matches(const struct aa_rule *rule, const struct event *event, const char *peer) {
    (void)peer;
    return rule->capabilities >> event->capability & 1;
}

/* What the kernel hands on depends on what mount(2) was asked for (security/apparmor/lsm.c:
 * apparmor_sb_mount, mount.c). */
static bool mount_matches(const struct aa_rule *rule, const struct event *event, const char *peer) {
    (void)peer;
    const uint64_t types = MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE;
    uint64_t asked = event->mount_flags, flags = asked;
    bool remount = asked & MS_REMOUNT, bind = !remount && asked & MS_BIND;
    bool propagation = !remount && !bind && asked & types;
    bool move = !remount && !bind && !propagation && asked & MS_MOVE;
    if (bind)
        flags = asked & (MS_BIND | MS_REC);
    else if (propagation)
        flags = asked & (types | MS_REC | MS_SILENT);
    else if (move)
        flags = MS_MOVE;
    bool has_source = !remount && !propagation, has_type = has_source && !bind && !move;
    return matches(rule->path, event->path) &&
           matches(rule->source, has_source && event->source ? event->source : "") &&
           matches(rule->fstype, has_type && event->fstype ? event->fstype : "") &&
           (flags & ~rule->free_flags) == rule->mount_flags;
}

static bool umount_matches(const struct aa_rule *rule, const struct event *event, const char *peer) {
    (void)peer;
    return matches(rule->path, event->path);
}

static bool socket_matches(const struct aa_rule *rule, const struct event *event, const char *peer) {
    (void)peer;
    const int type_mask = 0xf; /* linux/net.h: SOCK_TYPE_MASK */
    return (rule->family < 0 || rule->family == event->family) &&
           (rule->type < 0 || rule->type == (event->type & type_mask));
}

static bool ptrace_matches(const struct aa_rule *rule, const struct event *event, const char *peer) {
    (void)event;
    return matches(rule->peer, peer);
}

static bool signal_matches(const struct aa_rule *rule, const struct event *event, const char *peer) {
    bool any = !rule->signals[0] && !rule->signals[1];
    return matches(rule->peer, peer) && (any || rule->signals[event->signal / 64] >> event->signal % 64 & 1);
}

static bool always(const struct aa_rule *rule, const struct event *event, const char *peer) {
    (void)rule, (void)event, (void)peer;
    return true;
}

static bool (*const matchers[CLASS_COUNT])(const struct aa_rule *, const struct event *, const char *) = {
    [CLASS_FILE] = file_matches,     [CLASS_CAPABILITY] = capability_matches,
    [CLASS_MOUNT] = mount_matches,   [CLASS_UMOUNT] = umount_matches,
    [CLASS_PIVOT_ROOT] = always,     [CLASS_SOCKET] = socket_matches,
    [CLASS_PTRACE] = ptrace_matches, [CLASS_SIGNAL] = signal_matches,
    [CLASS_USERNS] = always,
};

/* Deny beats allow, and what no rule allows is denied. The kernel would also refuse a link to a file that the
 * profile lets be used less than the link; that only keeps denials from being got round, and isn't looked at.
 */
static bool allows(const struct aa_text_profile *profile, const struct event *event, const char *peer) {
    bool allowed = profile->complain;
    for (size_t i = 0; i < profile->rules.n; i++) {
        const struct aa_rule *rule = &profile->rules.items[i];
        if (rule->class != event->class || (rule->ops && !(rule->ops & event->op)) ||
            !matchers[event->class](rule, event, peer))
            continue;
        if (rule->deny)
            return false;
        allowed = true;
    }
    return allowed;
}

static bool label_allows(const struct aa_text *text, uint64_t label, const struct event *event,
                         const char *peer) {
    for (size_t i = 0; i < text->profiles.n; i++)
        if (label >> i & 1 && !allows(&text->profiles.items[i], event, peer))
            return false;
    return true;
}

/* A label with no '/' after another, as glob_parse_apparmor reads the names of rules. */
static const char *label_of(const struct aa_text *text, size_t child, char *buffer, size_t size) {
    const char *name = text->profiles.items[0].name;
    const char *inner = strrchr(text->profiles.items[child].name, '/');
    snprintf(buffer, size, inner && child ? "%s/&%s/%s" : "%s", name, name, inner ? inner + 1 : "");
    return buffer;
}

/* A label as some profile of that policy might have it. */
static const char *policy_label(const char *policy, char *buffer, size_t size) {
    snprintf(buffer, size, "vpl.default.%s.0123456789ab", policy);
    return buffer;
}

/* The label at the other end. Oneself may have any of this text's profiles on top. */
static bool allows_peers(const struct aa_text *text, uint64_t label, const struct event *event) {
    static const char *const names[PEER_COUNT] = {
        [PEER_RUNTIME] = "runc", [PEER_UNCONFINED] = "unconfined", [PEER_OTHER] = "another-profile"};
    char buffer[2048];
    if (event->peer == PEER_POLICY)
        return label_allows(text, label, event, policy_label(event->peer_policy, buffer, sizeof buffer));
    if (event->peer != PEER_SELF)
        return label_allows(text, label, event, names[event->peer]);
    for (size_t i = 0; i < text->profiles.n; i++)
        if (!label_allows(text, label, event, label_of(text, i, buffer, sizeof buffer)))
            return false;
    return true;
}

/* A class of its own only where some rule says so: older kernels and parsers don't know it. */
static bool mediates_userns(const struct aa_text *text) {
    for (size_t i = 0; i < text->profiles.n; i++)
        for (size_t r = 0; r < text->profiles.items[i].rules.n; r++)
            if (text->profiles.items[i].rules.items[r].class == CLASS_USERNS)
                return true;
    return false;
}

enum judged evaluate_judge(const struct aa_text *text, const struct event *event) {
    if (!matchers[event->class] || (event->class == CLASS_USERNS && !mediates_userns(text)))
        return JUDGED_UNSEEN;
    if (event->class == CLASS_PTRACE && event->op & (OP_TRACED_BY | OP_READ_BY) &&
        event->peer == PEER_UNCONFINED)
        return JUDGED_ALLOW; /* aa_may_ptrace(): no profile is asked where the tracer is unconfined */
    uint64_t label = 1;
    for (size_t i = 0; i < event->n_chain; i++)
        label = label_after(text, label, event->chain[i]);
    bool peers = event->class == CLASS_PTRACE || event->class == CLASS_SIGNAL;
    bool allowed = peers ? allows_peers(text, label, event) : label_allows(text, label, event, NULL);
    return allowed ? JUDGED_ALLOW : JUDGED_DENY;
}
