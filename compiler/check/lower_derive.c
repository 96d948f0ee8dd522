#include "lower_parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Only what is implied exactly: never a condition that blocks more than the statement says. */

enum {
    EVERY_ABI = (1U << ABI_COUNT) - 1,
    NEWUSER = 0x10000000 /* linux/sched.h */,
    TREE_CLONE = 1 /* linux/mount.h */,
    TYPE_MASK = 0xf /* linux/net.h */
};

static const struct cond *both(struct arena *arena, const struct cond *a, const struct cond *b) {
    return !a ? b : !b ? a : lower_cond(arena, COND_AND, a, b);
}

static const struct cond *either(struct arena *arena, const struct cond *a, const struct cond *b) {
    return !a ? b : !b ? a : lower_cond(arena, COND_OR, a, b);
}

static const struct cond *equals(struct arena *arena, unsigned arg, uint32_t mask, int value) {
    return lower_cond_test(arena, arg, false, mask, CMP_EQ, (uint32_t)value & mask);
}

static void add_call(struct building *b, struct ir_stmt *to, const char *name, const struct cond *cond) {
    struct ir_match part = {0};
    struct call call = {.id = syscall_by_name(name)};
    lower_calls(b, &call, 1, EVERY_ABI, &part);
    struct ir_call *all = arena_alloc(b->lower->arena, (to->match.n_calls + part.n_calls) * sizeof *all + 1);
    for (size_t i = 0; i < to->match.n_calls; i++)
        all[i] = to->match.calls[i];
    for (size_t i = 0; i < part.n_calls; i++) {
        all[to->match.n_calls + i] = part.calls[i];
        all[to->match.n_calls + i].cond = cond;
    }
    to->match.calls = all;
    to->match.n_calls += part.n_calls;
}

/* ---- socket → socket, socketpair: family, type and protocol are plain arguments of both ---- */

static const struct cond *one_of(struct arena *arena, unsigned arg, uint32_t mask, const int *list,
                                 size_t n) {
    const struct cond *any = NULL;
    for (size_t i = 0; i < n; i++)
        any = either(arena, any, equals(arena, arg, mask, list[i]));
    return any;
}

/* Protocol 0 is TCP for an inet stream, UDP for a datagram, SCTP for a seqpacket socket, DCCP for its own
 * type. */
static const struct cond *protocol(struct arena *arena, int number) {
    static const struct { int protocol, type; } defaults[] = {{6, 1}, {17, 2}, {132, 5}, {33, 6}};
    const struct cond *named = equals(arena, 2, UINT32_MAX, number), *inet = NULL;
    for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
        if (defaults[i].protocol == number) {
            inet = either(arena, equals(arena, 0, UINT32_MAX, 2), equals(arena, 0, UINT32_MAX, 10));
            inet = both(
                arena, inet,
                both(arena, equals(arena, 1, TYPE_MASK, defaults[i].type), equals(arena, 2, UINT32_MAX, 0)));
        }
    return either(arena, named, inet);
}

/* "domain in [AF_ALG, AF_VSOCK]", joined to what was said before. */
static const char *names(struct arena *arena, const char *before, const char *arg, const char *prefix,
                         const int *list, size_t n, const char *(*name)(int)) {
    struct buf out BUF_CLEANUP = {0};
    if (!n)
        return before;
    buf_printf(&out, "%s%s%s %s", before ? before : "", before ? " and " : "", arg, n > 1 ? "in [" : "== ");
    for (size_t i = 0; i < n; i++) {
        buf_printf(&out, "%s%s", i ? ", " : "", name(list[i]) ? prefix : "");
        for (const char *c = name(list[i]); c && *c; c++)
            buf_add_char(&out, (char)toupper(*c));
        if (!name(list[i]))
            buf_printf(&out, "%d", list[i]);
    }
    return arena_printf(arena, "%s%s", buf_text(&out), n > 1 ? "]" : "");
}

static const char *socket_where(struct arena *arena, const struct ir_stmt *from) {
    const struct ir_match *m = &from->match;
    const char *text = names(arena, NULL, "domain", "AF_", m->families, m->n_families, family_name);
    text = names(arena, text, "type & 0xf", "SOCK_", m->types, m->n_types, socktype_name);
    text = names(arena, text, "protocol", "IPPROTO_", m->protocols, m->n_protocols, protocol_name);
    return text && from->negated ? arena_printf(arena, "not (%s)", text) : text;
}

static void derive_socket(struct building *b, const struct stmt *s, struct ir_stmt *from,
                          struct ir_stmt *to) {
    (void)s;
    struct arena *arena = b->lower->arena;
    const struct ir_match *m = &from->match;
    const struct cond *cond = one_of(arena, 0, UINT32_MAX, m->families, m->n_families), *protocols = NULL;
    cond = both(arena, cond, one_of(arena, 1, TYPE_MASK, m->types, m->n_types));
    for (size_t i = 0; i < m->n_protocols; i++)
        protocols = either(arena, protocols, protocol(arena, m->protocols[i]));
    cond = both(arena, cond, protocols);
    if (from->negated)
        cond = cond ? lower_cond(arena, COND_NOT, cond, NULL) : lower_cond(arena, COND_FALSE, NULL, NULL);
    to->match.where = socket_where(arena, from);
    add_call(b, to, "socket", cond);
    add_call(b, to, "socketpair", cond);
}

/* ---- mount, umount, pivot_root, userns: the calls that do nothing else ---- */

static void derive_mount(struct building *b, const struct stmt *s, struct ir_stmt *from, struct ir_stmt *to) {
    static const char *const calls[] = {"mount",   "fsopen",     "fspick",       "fsconfig",
                                        "fsmount", "move_mount", "mount_setattr"};
    (void)s;
    if (from->negated || from->match.has_paths || from->match.has_sources || from->match.n_fstypes ||
        from->match.n_options)
        return;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        add_call(b, to, calls[i], NULL);
    const struct cond *clones = lower_cond_test(b->lower->arena, 2, false, TREE_CLONE, CMP_NE, 0);
    add_call(b, to, "open_tree", clones);
    add_call(b, to, "open_tree_attr", clones);
}

static void derive_umount(struct building *b, const struct stmt *s, struct ir_stmt *from,
                          struct ir_stmt *to) {
    (void)s;
    if (from->negated || from->match.has_paths)
        return;
    add_call(b, to, "umount", NULL);
    add_call(b, to, "umount2", NULL);
}

static void derive_pivot_root(struct building *b, const struct stmt *s, struct ir_stmt *from,
                              struct ir_stmt *to) {
    (void)s;
    if (!from->negated)
        add_call(b, to, "pivot_root", NULL);
}

static void derive_userns(struct building *b, const struct stmt *s, struct ir_stmt *from,
                          struct ir_stmt *to) {
    (void)s;
    if (from->negated)
        return;
    const struct cond *creates = lower_cond_test(b->lower->arena, 0, false, NEWUSER, CMP_NE, 0);
    to->match.where = "flags & CLONE_NEWUSER != 0";
    add_call(b, to, "unshare", creates);
    add_call(b, to, "clone", creates);
}

/* ---- a call's twins: other names and numbers of the same operation ---- */

static bool named(const struct stmt *s, int id) {
    for (size_t i = 0; i < s->n_calls; i++)
        if (s->calls[i].id == id)
            return true;
    return false;
}

static void derive_twins(struct building *b, const struct stmt *s, struct ir_stmt *from, struct ir_stmt *to) {
    VEC(struct call) list = {0};
    for (size_t i = 0; i < s->n_calls && !from->negated; i++) {
        const int *twins;
        unsigned n = syscall_twins(s->calls[i].id, &twins);
        for (unsigned t = 0; t < n; t++)
            if (!named(s, twins[t]))
                vec_push(
                    b->lower->arena, &list,
                    ((struct call){.id = twins[t], .test = s->calls[i].test, .given = s->calls[i].given}));
    }
    lower_calls(b, list.items, list.n, EVERY_ABI, &to->match);
    to->match.where = s->where;
    if (to->match.untested &&
        !from->match.untested) /* a twin that goes its way untested is the statement's gap */
        from->match.untested = to->match.untested;
}

static void (*const derivers[CLASS_COUNT])(struct building *, const struct stmt *, struct ir_stmt *,
                                           struct ir_stmt *) = {
    [CLASS_SOCKET] = derive_socket,         [CLASS_MOUNT] = derive_mount,   [CLASS_UMOUNT] = derive_umount,
    [CLASS_PIVOT_ROOT] = derive_pivot_root, [CLASS_USERNS] = derive_userns, [CLASS_SYSCALL] = derive_twins,
};

static int by_number(const void *a, const void *b) {
    const struct ir_call *x = a, *y = b;
    if (x->abi != y->abi)
        return x->abi < y->abi ? -1 : 1;
    return x->nr < y->nr ? -1 : x->nr > y->nr;
}

/* A base says both sides itself: what its profile denies stands in the part `apparmor`, what its filter does
 * in `seccomp`. */
static bool is_of_base_profile(const struct ir_stmt *from) {
    return from->part && !from->own && strcmp(from->part, "apparmor") == 0;
}

void lower_derive(struct building *b, const struct stmt *s, struct ir_stmt *from) {
    if (!derivers[from->class] || from->verdict != VERDICT_DENY || from->is_default || from->block >= 0 ||
        is_of_base_profile(from))
        return;
    struct ir_stmt *to = lower_like(b, from);
    to->class = CLASS_SYSCALL;
    to->derived_from = from;
    derivers[from->class](b, s, from, to);
    if (!to->match.n_calls)
        return;
    from->derived = to;
    qsort((void *)(uintptr_t)to->match.calls, to->match.n_calls, sizeof *to->match.calls, by_number);
    vec_push(b->lower->arena, &b->stmts, to);
}
