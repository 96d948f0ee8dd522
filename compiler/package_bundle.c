#include "package.h"

#include "bundle.h"
#include "launcher.h"
#include "seccomp_backend.h"
#include <string.h>

static const uint64_t all_capabilities = ((uint64_t)1 << CAPABILITY_COUNT) - 1;

struct needs {
    VEC(struct bundle_need) list;
};

static const char *place_text(struct compilation *c, const struct origin *origin) {
    struct place place;
    while (origin && origin->via)
        origin = origin->via; /* the line of the user's file */
    if (!origin || !source_place(&c->sources, origin->loc.begin, &place))
        return "";
    return arena_printf(c->arena, "%s:%u:%u", source_stable_path(&c->sources, place.file), place.line,
                        place.col);
}

static void need(struct compilation *c, struct needs *needs, enum bundle_need_kind kind, const char *what,
                 const struct origin *origin) {
    vec_push(c->arena, &needs->list, ((struct bundle_need){kind, what, place_text(c, origin)}));
}

static const struct output *find(const struct outputs *outputs, const char *prefix, const char *suffix) {
    for (size_t i = 0; i < outputs->n; i++) {
        size_t n = strlen(outputs->items[i].path), m = strlen(suffix);
        if (strncmp(outputs->items[i].path, prefix, strlen(prefix)) == 0 && n >= m &&
            strcmp(outputs->items[i].path + n - m, suffix) == 0)
            return &outputs->items[i];
    }
    return NULL;
}

/* What of the base neither profile nor filter of this compilation holds: each part once. */
static void needs_of_base(struct compilation *c, const struct ir_policy *p, const struct outputs *outputs,
                          struct needs *needs) {
    static const char *const parts[] = {"masked-paths", "readonly-paths", "apparmor", "seccomp"};
    const bool ours[] = {false, false, find(outputs, "apparmor/", "") != NULL,
                         find(outputs, "seccomp/", ".bpf") != NULL};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        bool said = false;
        for (size_t k = 0; k < p->n_stmts && !said; k++)
            said = !p->stmts[k]->own && p->stmts[k]->part && strcmp(p->stmts[k]->part, parts[i]) == 0;
        if (said && !ours[i])
            need(c, needs, NEED_POD, arena_printf(c->arena, "%s of %s", parts[i], p->base), p->origin);
    }
}

static void needs_of_requires(struct compilation *c, const struct ir_policy *p, struct needs *needs,
                              struct needs *efforts) {
    static const enum bundle_need_kind kinds[REQUIRE_COUNT] = {
        [REQUIRE_NO_NEW_PRIVILEGES] = NEED_NO_NEW_PRIVILEGES, [REQUIRE_NON_ROOT] = NEED_NON_ROOT};
    for (size_t i = 0; i < p->n_requires && !launcher_profiles_only(p); i++) {
        const struct ir_require *q = &p->requires[i];
        if (q->kind == REQUIRE_NATIVE_ABI) /* the filter's */
            continue;
        const char *what = q->host ? arena_printf(c->arena, "require host-path %s at %s", q->host, q->at)
                                   : arena_printf(c->arena, "require %s", ir_require_name(q->kind));
        bool effort = q->best_effort && kinds[q->kind] == NEED_POD; /* it may be missing, and here it is */
        need(c, effort ? efforts : needs, kinds[q->kind], what, q->origin);
    }
}

static const struct bundle_stmt *stmts(struct compilation *c, const struct ir_policy *p) {
    struct bundle_stmt *out = arena_alloc(c->arena, (p->n_stmts + 1) * sizeof *out);
    for (size_t i = 0; i < p->n_stmts; i++)
        out[i] = (struct bundle_stmt){p->stmts[i]->id, p->stmts[i]->text, place_text(c, p->stmts[i]->origin)};
    return out;
}

static const struct bundle_filter *filter(struct compilation *c, const struct output *bytes, bool log) {
    struct bundle_filter *f = ARENA_NEW(c->arena, struct bundle_filter);
    *f = (struct bundle_filter){
        .arch = "x86_64", .bytes = (const uint8_t *)bytes->data.data, .len = bytes->data.len, .log = log};
    return f;
}

static bool asks(const struct pathset *set) {
    for (size_t i = 0; i < set->n_in; i++)
        if (glob_has_variable(set->in[i]))
            return true;
    return false;
}

static const struct bundle_question *question(struct compilation *c, const struct ir_policy *p) {
    struct bundle_question *q = ARENA_NEW(c->arena, struct bundle_question);
    *q = (struct bundle_question){"node_disks", ""};
    for (size_t i = 0; i < p->n_stmts && !*q->place; i++)
        if (asks(&p->stmts[i]->match.paths) || asks(&p->stmts[i]->match.sources))
            q->place = place_text(c, p->stmts[i]->origin);
    return q;
}

static struct bundle_policy bundle_policy(struct compilation *c, const struct ir_policy *p,
                                          const struct outputs *outputs) {
    struct needs needs = {0}, efforts = {0};
    struct bundle_policy out = {.name = p->name,
                                .mode = ir_mode_name(p->mode),
                                .reaction = ir_reaction_name(p->reaction),
                                .duration = p->duration,
                                .apparmor_name = "",
                                .apparmor_text = ""};
    const struct output *profile = find(outputs, "apparmor/", ""), *bpf = find(outputs, "seccomp/", ".bpf");
    needs_of_base(c, p, outputs, &needs);
    needs_of_requires(c, p, &needs, &efforts);
    if (p->grants != all_capabilities) {
        need(c, &needs, NEED_CAPABILITIES, "the capabilities it doesn't grant", p->origin);
        out.capabilities = p->grants;
    }
    if (profile) {
        need(c, &needs, NEED_APPARMOR,
             arena_printf(c->arena, "AppArmor profile %s", outputs->apparmor_profile), p->origin);
        out.apparmor_name = outputs->apparmor_profile;
        out.apparmor_complain = p->mode == MODE_BEHAVIOR_MODELING;
        out.apparmor_text = buf_text(&profile->data);
        out.questions = outputs->asks_disks ? question(c, p) : NULL;
        out.n_questions = outputs->asks_disks;
    }
    if (bpf) {
        need(c, &needs, NEED_SECCOMP, "seccomp filter", p->origin);
        out.filters = filter(c, bpf, seccomp_wants_log(p));
        out.n_filters = 1;
    }
    out.needs = needs.list.items;
    out.n_needs = needs.list.n;
    out.efforts = efforts.list.items;
    out.n_efforts = efforts.list.n;
    out.stmts = stmts(c, p);
    out.n_stmts = p->n_stmts;
    return out;
}

void package_bundle(struct compilation *c, const struct ir_policy *const *policies,
                    const struct outputs *outputs, size_t n, struct buf *out) {
    struct bundle_policy *list = arena_alloc(c->arena, (n + 1) * sizeof *list);
    for (size_t i = 0; i < n; i++)
        list[i] = bundle_policy(c, policies[i], &outputs[i]);
    bundle_write(out, &(struct bundle){list, n});
}
