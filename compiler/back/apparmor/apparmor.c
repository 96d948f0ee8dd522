#include "apparmor.h"
#include "evaluate.h"
#include "lowering.h"
#include "names.h"

#include <string.h>

static bool applies(const struct ir_policy *policy, const struct node *node) {
    (void)node;
    return policy->enforcers & ENFORCER_APPARMOR && !policy->is_abstract;
}

static struct hold holds_require(const struct ir_policy *policy, const struct ir_require *require,
                                 const struct node *node) {
    (void)policy, (void)require, (void)node;
    return (struct hold){HOLD_NONE, "AppArmor can't"};
}

/* Mistakes that only show here */

/* Of the word that is wrong; nothing in raw text is escaped, so its bytes are the file's. */
static struct loc place_in(const struct ir_raw *raw, size_t at) {
    enum { QUOTES = 3 };
    size_t n = strcspn(raw->text + at, " \t\r\n,");
    uint32_t begin = raw->origin->loc.begin + QUOTES + (uint32_t)at;
    return (struct loc){begin, begin + (n ? (uint32_t)n : 1)};
}

static bool check_raw(struct arena *arena, struct diag *diag, const struct ir_raws *raws) {
    bool good = true;
    for (size_t i = 0; i < raws->n; i++) {
        const char *error;
        size_t at;
        if (evaluate_rules(arena, raws->items[i].text, &error, &at))
            continue;
        struct diag_item *item =
            diag_add(diag, DIAG_APPARMOR_RAW, place_in(&raws->items[i], at), "raw apparmor: %s", error);
        diag_note(diag, item, (struct loc){0},
                  "raw rules are judged like all others, so only rules that can be may stand there");
        good = false;
    }
    return good;
}

enum { MAX_BLOCKS = 63 }; /* a label is 64 bits here, one for each profile */

static bool check_blocks(struct arena *arena, const struct ir_policy *policy, const struct node *node,
                         struct diag *diag) {
    struct aa_profile p = {.arena = arena, .policy = policy, .node = node, .block = -1, .name = ""};
    struct aa_cells cells;
    if (!policy->n_blocks || policy->mode == MODE_BEHAVIOR_MODELING)
        return true;
    if (aa_exec_try(&p).refused || !aa_exec_cells(arena, policy, &cells)) {
        diag_note(diag,
                  diag_add(diag, DIAG_APPARMOR_PROGRAMS, policy->blocks[0].origin->loc,
                           "the programs of `for exec` blocks can't be told apart by globs"),
                  (struct loc){0}, "write the programs as paths without wildcards, or with fewer of them");
        return false;
    }
    if (aa_exec_targets(&p, &cells) <= AA_MAX_TARGETS && policy->n_blocks <= MAX_BLOCKS)
        return true;
    diag_add(diag, DIAG_APPARMOR_TARGETS, policy->blocks[policy->n_blocks - 1].origin->loc,
             "the profile needs %zu exec transitions, one for each set of `for exec` blocks that can be "
             "entered, and "
             "apparmor_parser takes %d",
             aa_exec_targets(&p, &cells), AA_MAX_TARGETS);
    return false;
}

static bool check(struct arena *arena, const struct ir_policy *policy, const struct node *node,
                  struct diag *diag) {
    bool good = check_raw(arena, diag, &policy->raw_apparmor);
    for (size_t i = 0; i < policy->n_blocks; i++)
        good &= check_raw(arena, diag, &policy->blocks[i].raw_apparmor);
    return check_blocks(arena, policy, node, diag) && good;
}

/* The name, and the file */

/* The hash is over the text with the name left blank. */
static const char *name_of(struct arena *arena, const struct ir_policy *policy, const struct node *node,
                           bool draft) {
    struct buf text BUF_CLEANUP = {0};
    if (!draft)
        aa_emit_text(&text, arena, policy, node, "");
    return names_profile(arena, policy, &text);
}

static bool emit(struct arena *arena, const struct ir_policy *policy, const struct node *node,
                 struct diag *diag, struct outputs *out) {
    if (!check(arena, policy, node, diag))
        return false;
    const char *name = name_of(arena, policy, node, out->draft);
    struct output *file = outputs_add(arena, out, arena_printf(arena, "apparmor/%s", name));
    aa_emit_text(&file->data, arena, policy, node, name);
    out->apparmor_profile = name;
    out->asks_disks = strstr(buf_text(&file->data), "@{node_disks}");
    out->disks = node->disks;
    const char *too_much = aa_too_much(buf_text(&file->data));
    if (too_much)
        diag_add(diag, DIAG_APPARMOR_STATES, policy->origin->loc, "`%s`: %s", policy->name, too_much);
    return true;
}

static void *prepare(struct arena *arena, const struct outputs *out, const char **error) {
    for (size_t i = 0; i < out->n; i++)
        if (!strncmp(out->items[i].path, "apparmor/", 9))
            return (void *)(uintptr_t)evaluate_parse(arena, buf_text(&out->items[i].data), out->disks, error);
    *error = "there is no profile";
    return NULL;
}

static enum judged judge(const void *prepared, const struct event *event) {
    return evaluate_judge(prepared, event);
}

const struct backend backend_apparmor = {
    .name = "apparmor",
    .for_pods = true,
    .for_processes = true,
    .enforces = true,
    .carries_raw_apparmor = true,
    .named_by_patch = true,
    .for_whole_pods_since = 30, /* until then by annotations of containers: kubernetes.io, "AppArmor" */
    .applies = applies,
    .study = aa_study,
    .holds = aa_holds,
    .holds_require = holds_require,
    .emit = emit,
    .prepare = prepare,
    .judge = judge,
};
