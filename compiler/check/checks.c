#include "policy.h"

#include "raw_seccomp.h"

#include <string.h>

static void error(struct diag *d, enum diag_code code, struct loc loc, const char *text,
                  const char *way_out) {
    diag_note(d, diag_add(d, code, loc, "%s", text), (struct loc){0}, "%s", way_out);
}

static const struct require *required(const struct policy *p, const char *what) {
    for (size_t i = 0; i < p->requires.n; i++)
        if (strcmp(p->requires.items[i].what, what) == 0)
    return &p->requires.items[i];
    return NULL;
}

bool policy_is_mask(const struct stmt *stmt) {
    return stmt->part && !stmt->own &&
           (strcmp(stmt->part, "masked-paths") == 0 || strcmp(stmt->part, "readonly-paths") == 0);
}

bool policy_keeps_masks(const struct policy *p) {
    bool pod = p->target && strcmp(p->target->kind, "unit") != 0 && strcmp(p->target->kind, "program") != 0;
    return pod && !p->privileged && !required(p, "proc-mount unmasked");
}

static bool is_elsewhere(const struct policy *p, const char *path) {
    for (size_t i = 0; i < p->requires.n; i++) {
        const struct require *r = &p->requires.items[i];
        size_t n = r->host && strcmp(r->host, "/") != 0 ? strlen(r->host) : 0;
        if (r->host && strcmp(r->host, r->at) != 0 && strncmp(path, r->host, n) == 0 && strchr("/{", path[n]))
            return true;
    }
    return false;
}

/* Where the policy's author can do something about it. */
static struct loc outermost(const struct origin *origin) {
    while (origin->via)
        origin = origin->via;
    return origin->loc;
}

/* ---- the checks ---- */

static void mode_takes_none(struct diag *d, const struct policy *p) {
    const struct origin *first = NULL;
    if (p->mode != POLICY_ALWAYS_ALLOW && p->mode != POLICY_RUNTIME_DEFAULT)
        return;
    for (size_t i = 0; i < p->stmts.n && !first; i++)
        first = p->stmts.items[i]->own ? p->stmts.items[i]->origin : NULL;
    if (!first && p->blocks.n)
        first = p->blocks.items[0].origin;
    if (!first && p->raw_apparmor.n)
        first = p->raw_apparmor.items[0].origin;
    if (!first && p->raw_seccomp.n)
        first = p->raw_seccomp.items[0].origin;
    if (!first)
        return;
    if (p->mode == POLICY_ALWAYS_ALLOW)
        error(d, DIAG_MODE_TAKES_NONE, outermost(first), "mode AlwaysAllow takes no statements",
              "`mode EnhanceProtect on nothing` allows all but what the statements deny");
    else
        error(d, DIAG_MODE_TAKES_NONE, outermost(first), "mode RuntimeDefault takes no statements",
              "EnhanceProtect is the same default with statements on top");
}

/* What the API server refuses: kubernetes/kubernetes pkg/apis/core/validation, ValidateSecurityContext. */
static void privilege_contradictions(struct diag *d, const struct policy *p) {
    const struct require *nnp = required(p, "no-new-privileges"),
                         *unmasked = required(p, "proc-mount unmasked");
    if (nnp && p->privileged) {
        struct diag_item *item = diag_add(
            d, DIAG_CONTRADICTION, nnp->origin->loc,
            "a privileged container can't have no-new-privileges: the API server refuses the two together");
        diag_note(d, item, p->privileged_loc, "privileged here");
    }
    if (unmasked && !required(p, "user-namespace"))
        error(d, DIAG_CONTRADICTION, unmasked->origin->loc,
              "`proc-mount unmasked` needs a user namespace of the pod's own: the API server refuses it "
              "without",
              "add `user-namespace` to the requirements");
}

/* A runtime masks over a /proc that is mounted at /proc too: taking the masks away takes more than leaving a
 * part out. */
static void masks_that_stay(struct diag *d, const struct policy *p) {
    for (size_t i = 0; i < p->excepted.n && policy_keeps_masks(p); i++) {
        const struct ast *part = p->excepted.items[i];
        bool stays = false, goes = false;
        for (size_t k = 0; k < p->stmts.n; k++) {
            const struct stmt *s = p->stmts.items[k];
            if (!s->excepted || s->excepted->loc.begin != part->loc.begin)
                continue;
            stays = true;
            for (size_t n = 0; n < s->paths.in.n; n++)
                goes |= is_elsewhere(p, s->paths.in.items[n].text);
        }
        if (stays && !goes)
            error(d, DIAG_CONTRADICTION, part->loc,
                  "the runtime masks these paths whatever the policy leaves out",
                  "what takes its masks away: `require proc-mount unmasked, user-namespace;`, `require "
                  "host-path "
                  "\"/proc\" at \"/host/proc\";` (under which alone it does so), or `privileged;`");
    }
}

static const char *container(const struct target *t, size_t i) {
    return i < t->containers.n ? t->containers.items[i] : t->init_containers.items[i - t->containers.n];
}

/* Names are unique over containers and init containers: kubernetes/kubernetes pkg/apis/core/validation. */
static void container_twice(struct diag *d, const struct policy *p) {
    const struct target *t = p->target;
    size_t n = t ? t->containers.n + t->init_containers.n : 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++)
            if (strcmp(container(t, i), container(t, k)) == 0)
                diag_add(d, DIAG_SAME_CONTAINER, t->origin->loc, "container `%s` is named twice",
                         container(t, i));
}

static void privileged_without_pod(struct diag *d, const struct policy *p) {
    if (p->privileged && p->target &&
        (strcmp(p->target->kind, "unit") == 0 || strcmp(p->target->kind, "program") == 0))
        error(d, DIAG_NOT_HERE, p->privileged_loc, "`privileged` is a container's",
              "a unit or program has all capabilities unless the policy denies them");
}

static void model_and_mode(struct diag *d, const struct policy *p) {
    if (p->duration && p->mode != POLICY_BEHAVIOR_MODELING)
        error(d, DIAG_NOT_HERE, p->mode_loc, "only BehaviorModeling lasts for a time", "leave `for …` out");
    if (p->model && p->mode != POLICY_DEFENSE_IN_DEPTH && p->mode != POLICY_ENHANCE_PROTECT)
        error(d, DIAG_NOT_HERE, p->mode_loc, "this mode takes no model",
              "`mode DefenseInDepth from model \"…\";`");
}

static void enforcers_named(struct diag *d, const struct policy *p) {
    if (!p->enforcers)
        diag_add(d, DIAG_EMPTY_LIST, p->enforcers_loc, "no enforcer is left");
}

static void raw_seccomp(struct diag *d, const struct policy *p) {
    for (size_t i = 0; i < p->raw_seccomp.n; i++)
        raw_seccomp_check(d, p->raw_seccomp.items[i].text, p->raw_seccomp.items[i].origin->loc);
}

/* Its defaults deny all, and observing they would go on doing so: a container that can't start. */
static void observed_allow_list(struct diag *d, const struct policy *p) {
    if (p->mode == POLICY_DEFENSE_IN_DEPTH && p->reaction == 2)
        error(d, DIAG_CONTRADICTION, p->reaction_loc,
              "mode DefenseInDepth can't be observed: what its allows don't name is denied by default, not "
              "by a statement",
              "observe the same with EnhanceProtect and `allow only …`");
}

static void (*const checks[])(struct diag *, const struct policy *) = {
    mode_takes_none, privilege_contradictions, masks_that_stay, container_twice,     privileged_without_pod,
    model_and_mode,  enforcers_named,          raw_seccomp,     observed_allow_list,
};

void checks_run(struct diag *diag, const struct checked *checked) {
    for (size_t i = 0; i < checked->policies.n; i++)
        for (size_t k = 0; k < sizeof checks / sizeof *checks; k++)
            checks[k](diag, checked->policies.items[i]);
}

/* ---- what can't be compiled yet ---- */

static void not_yet(struct diag *diag, bool *found, struct loc loc, const char *what) {
    *found = true;
    if (diag)
        diag_add(diag, DIAG_NOT_YET, loc, "%s is checked, but can't be compiled yet", what);
}

bool checks_not_yet(struct diag *diag, const struct policy *p) {
    bool found = false;
    if (p->model)
        not_yet(diag, &found, p->mode_loc, "`from model`");
    for (size_t i = 0; i < p->raw_seccomp.n; i++)
        not_yet(diag, &found, p->raw_seccomp.items[i].origin->loc, "`raw seccomp`");
    return found;
}
