#include "expect.h"

#include <string.h>

void put_userns(struct table *t, const struct event *e) {
    struct answer a = {0};
    ask(t, &a, *e, t->actor);
    if (a.claimed || !a.meant) /* before 6.7 nobody looks */
        ACT(t, &a, "userns", NULL);
}

void put_socket(struct table *t, const struct event *e) {
    struct answer a = {0};
    if (e->family >= 46 || (e->type & 0xf) > 10) /* AF_MAX of 6.1, SOCK_MAX: EINVAL before anybody is asked */
        return;
    ask(t, &a, *e, t->actor);
    ACT(t, &a, "socket", number(t, (unsigned)e->family), number(t, (unsigned)e->type),
        number(t, (unsigned)e->protocol));
}

/* What a probe of a capability needs besides, and another capability that does as well before 6.12. */
static const struct {
    const char *name, *instead;
    int family, type;
} capability_needs[] = {
    {.name = "net_admin", .family = 1, .type = 1},
    {.name = "net_bind_service", .family = 2, .type = 1},
    {.name = "net_raw", .family = 2, .type = 3},
    {.name = "syslog", .instead = "sys_admin"},
};

void put_capability(struct table *t, const struct event *e) {
    struct answer a = {0}, other = {0};
    const char *name = capability_name(e->capability);
    ask(t, &a, *e, t->actor);
    for (size_t i = 0; i < sizeof capability_needs / sizeof *capability_needs; i++) {
        if (strcmp(capability_needs[i].name, name))
            continue;
        if (capability_needs[i].family)
            ask(t, &a,
                (struct event){.class = CLASS_SOCKET,
                               .family = capability_needs[i].family,
                               .type = capability_needs[i].type},
                t->actor);
        if (capability_needs[i].instead && !node_kernel_at_least(t->node, 6, 12)) {
            ask(t, &other, capability_event(capability_by_name(capability_needs[i].instead)), t->actor);
            a.denied &= other.denied, a.meant &= other.meant, a.claimed &= other.claimed;
        }
    }
    a.logged = false; /* the kernel leaves out repetitions of a profile's last record */
    ACT(t, &a, "capability", name);
}

/* --- Other processes --- */

static const char *peer_label(const struct table *t, const struct event *e) {
    static const char *const labels[PEER_COUNT] = {
        [PEER_RUNTIME] = "runc", [PEER_UNCONFINED] = "unconfined", [PEER_OTHER] = "another-profile"};
    return e->peer == PEER_POLICY ? arena_printf(t->arena, "vpl.default.%s.0123456789ab", e->peer_policy)
                                  : labels[e->peer];
}

static void put_with_peer(struct table *t, const struct event *e, const char *name, const char *detail) {
    struct answer a = {0};
    ask(t, &a, *e, t->actor);
    ACT(t, &a, name, event_op_name(e->class, e->op), detail, peer_label(t, e));
}

/* Both ends are asked: who sends and who receives. */
static void put_with_self(struct table *t, const struct event *e, const char *name, const char *detail) {
    static const unsigned opposite[2][16] = {{[OP_TRACE] = OP_TRACED_BY,
                                              [OP_TRACED_BY] = OP_TRACE,
                                              [OP_PTRACE_READ] = OP_READ_BY,
                                              [OP_READ_BY] = OP_PTRACE_READ},
                                             {[OP_SEND] = OP_RECEIVE, [OP_RECEIVE] = OP_SEND}};
    struct event other = *e;
    other.op = opposite[e->class == CLASS_SIGNAL][e->op];
    for (size_t peer = 0; peer < t->n_actors; peer++) {
        struct answer a = {0};
        ask(t, &a, *e, t->actor);
        ask(t, &a, other, peer);
        ACT(t, &a, name, event_op_name(e->class, e->op), detail, number(t, peer));
    }
}

void put_ptrace(struct table *t, const struct event *e) {
    (e->peer == PEER_SELF ? put_with_self : put_with_peer)(t, e, "ptrace", "0");
}

void put_signal(struct table *t, const struct event *e) {
    if (e->signal <= 64 && e->signal != 19) /* who is stopped can't be ended */
        (e->peer == PEER_SELF ? put_with_self : put_with_peer)(t, e, "signal",
                                                               number(t, (unsigned)e->signal));
}
