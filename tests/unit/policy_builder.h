/* A policy's IR by hand, as far as AppArmor sees it: `start`, then statements and blocks. `arena` is the
 * test's. */
#ifndef VPL_POLICY_BUILDER_H
#define VPL_POLICY_BUILDER_H

#include "ir.h"
#include <stdio.h>

static struct arena *arena;
static struct ir_policy policy;
static struct ir_block blocks[16];
static VEC(const struct ir_stmt *) stmts;
static const struct origin nowhere = {.rule = ""};
static const struct ir_target pod = {
    .kind = "DaemonSet", .name = "d", .namespace = "kube-system", .origin = &nowhere};

static inline const struct glob *glob(const char *text) {
    const char *error = "";
    size_t at;
    const struct glob *parsed = glob_parse(arena, text, &error, &at);
    if (!parsed)
        printf("not ok - %s: %s\n", text, error);
    return parsed;
}

/* Two lists, each ended by NULL: what is in, and what `except` takes out. */
static inline struct pathset paths(const char *const *in, const char *const *out) {
    VEC(const struct glob *) ins = {0}, outs = {0};
    for (; *in; in++)
        vec_push(arena, &ins, glob(*in));
    for (; out && *out; out++)
        vec_push(arena, &outs, glob(*out));
    return (struct pathset){.in = ins.items, .n_in = ins.n, .out = outs.items, .n_out = outs.n};
}
#define PATHS(...) paths((const char *const[]){__VA_ARGS__, NULL}, NULL)

static inline struct ir_stmt *add(struct ir_stmt stmt) {
    struct ir_stmt *copy = ARENA_NEW(arena, struct ir_stmt);
    *copy = stmt;
    copy->id = (unsigned)stmts.n;
    copy->text = copy->text ? copy->text : "a statement";
    copy->origin = &nowhere;
    if (stmt.class == CLASS_FILE && stmt.ops & OP_WRITE)
        copy->ops |= OP_APPEND | OP_LINK; /* as lower does */
    vec_push(arena, &stmts, copy);
    policy.stmts = stmts.items;
    policy.n_stmts = stmts.n;
    return copy;
}

static inline struct ir_stmt *on_files(enum verdict verdict, unsigned ops, struct pathset set) {
    return add((struct ir_stmt){.class = CLASS_FILE,
                                .ops = ops,
                                .verdict = verdict,
                                .own = true,
                                .block = -1,
                                .match = {.has_paths = true, .paths = set}});
}
static inline struct ir_stmt *deny(enum event_class class, struct ir_match match) {
    return add(
        (struct ir_stmt){.class = class, .verdict = VERDICT_DENY, .own = true, .block = -1, .match = match});
}
static inline struct ir_stmt *allow(enum event_class class, struct ir_match match) {
    return add(
        (struct ir_stmt){.class = class, .verdict = VERDICT_ALLOW, .own = true, .block = -1, .match = match});
}
static inline struct ir_stmt *only(struct ir_stmt *allowed) {
    struct ir_stmt half = *allowed;
    allowed->allow_half = true;
    half.verdict = VERDICT_DENY;
    half.negated = true;
    return add(half);
}
static inline void default_deny(enum event_class class) {
    static const unsigned ops[CLASS_COUNT] = {
        [CLASS_FILE] = OP_ACCESS, [CLASS_PTRACE] = OP_PTRACE_ALL, [CLASS_SIGNAL] = OP_SIGNAL_ALL};
    add((struct ir_stmt){
        .class = class, .ops = ops[class], .is_default = true, .verdict = VERDICT_DENY, .block = -1});
}

/* EnhanceProtect on containerd's default, as far as AppArmor sees it. */
static inline void start(const char *label) {
    stmts.n = 0;
    policy = (struct ir_policy){.name = label,
                                .label = label,
                                .enforcers = ENFORCER_APPARMOR,
                                .mode = MODE_ENHANCE_PROTECT,
                                .target = &pod,
                                .origin = &nowhere,
                                .blocks = blocks,
                                .grants = UINT64_C(0xa80425fb)};
    default_deny(CLASS_CAPABILITY);
    default_deny(CLASS_MOUNT);
    default_deny(CLASS_PIVOT_ROOT);
    default_deny(CLASS_PTRACE);
    default_deny(CLASS_SIGNAL);
    struct ir_match self = {.peers = 1u << PEER_SELF},
                    outside = {.peers = 1u << PEER_RUNTIME | 1u << PEER_UNCONFINED};
    add((struct ir_stmt){
        .class = CLASS_PTRACE, .ops = OP_PTRACE_ALL, .verdict = VERDICT_ALLOW, .block = -1, .match = self});
    add((struct ir_stmt){
        .class = CLASS_SIGNAL, .ops = OP_SIGNAL_ALL, .verdict = VERDICT_ALLOW, .block = -1, .match = self});
    add((struct ir_stmt){
        .class = CLASS_SIGNAL, .ops = OP_RECEIVE, .verdict = VERDICT_ALLOW, .block = -1, .match = outside});
}

static inline void start_open(const char *label) {
    start(label);
    stmts.n = 0;
    policy.n_stmts = 0;
    policy.privileged = true;
    policy.grants = (UINT64_C(1) << CAPABILITY_COUNT) - 1;
}

static inline void block(const char *name, const char *const *programs) {
    struct pathset set = paths(programs, NULL);
    blocks[policy.n_blocks++] =
        (struct ir_block){.name = name, .programs = set.in, .n_programs = set.n_in, .origin = &nowhere};
}
#define BLOCK(name, ...) block(name, (const char *const[]){__VA_ARGS__, NULL})

#endif
