#include "ir.h"

#include <stdio.h>
#include <string.h>

static bool compare(enum cmp cmp, uint64_t a, uint64_t b) {
    switch (cmp) {
    case CMP_EQ:
        return a == b;
    case CMP_NE:
        return a != b;
    case CMP_LT:
        return a < b;
    case CMP_LE:
        return a <= b;
    case CMP_GT:
        return a > b;
    case CMP_GE:
        return a >= b;
    case CMP_COUNT:
        break;
    }
    return false;
}

static bool cond_holds(const struct cond *cond, const uint64_t args[6]) {
    if (!cond)
        return true;
    switch (cond->kind) {
    case COND_TRUE:
        return true;
    case COND_FALSE:
        return false;
    case COND_TEST:
        return compare(cond->cmp, args[cond->arg] & cond->mask, cond->value);
    case COND_NOT:
        return !cond_holds(cond->a, args);
    case COND_AND:
        return cond_holds(cond->a, args) && cond_holds(cond->b, args);
    case COND_OR:
        return cond_holds(cond->a, args) || cond_holds(cond->b, args);
    }
    return false;
}

static bool among(const int *list, size_t n, int x) {
    for (size_t i = 0; i < n; i++)
        if (list[i] == x)
            return true;
    return n == 0;
}

static bool among_words(const char *const *list, size_t n, const char *word) {
    for (size_t i = 0; i < n; i++)
        if (word && strcmp(list[i], word) == 0)
            return true;
    return n == 0;
}

static bool paths_match(const struct ir_match *m, const char *path) {
    return !m->has_paths || (path && pathset_match(&m->paths, path));
}

static bool sources_match(const struct ir_match *m, const char *source) {
    return !m->has_sources || (source && pathset_match(&m->sources, source));
}

static bool file_matches(const struct ir_match *m, const struct event *e) {
    return paths_match(m, e->path) && (!m->owner || e->owner) &&
           (e->op != OP_LINK || sources_match(m, e->source));
}

static bool capability_matches(const struct ir_match *m, const struct event *e) {
    return m->capabilities >> e->capability & 1;
}

static bool option_holds(const struct ir_option *option, uint64_t flags) {
    return option->clear ? (flags & option->bits) == 0 : (flags & option->bits) == option->bits;
}

static bool flags_match(const struct ir_match *m, uint64_t flags) {
    uint64_t allowed = 0;
    bool any = m->n_options == 0;
    for (size_t i = 0; i < m->n_options; i++) {
        allowed |= m->options[i].clear ? 0 : m->options[i].bits;
        any |= option_holds(&m->options[i], flags);
    }
    return m->options_only ? (flags & ~allowed) == 0 : any;
}

static bool mount_matches(const struct ir_match *m, const struct event *asked) {
    struct event e = event_mount_as_read(*asked);
    return among_words(m->fstypes, m->n_fstypes, e.fstype) && flags_match(m, e.mount_flags) &&
           sources_match(m, e.source) && paths_match(m, e.path);
}

static bool umount_matches(const struct ir_match *m, const struct event *e) {
    return paths_match(m, e->path);
}

static bool always(const struct ir_match *m, const struct event *e) {
    (void)m, (void)e;
    return true;
}

/* Protocol 0 is the type's default: socket(2), protocols(5). */
static int effective_protocol(const struct event *e, int type) {
    bool inet = e->family == 2 || e->family == 10;
    if (e->protocol || !inet)
        return e->protocol;
    static const int defaults[] = {
        [1] = 6, [2] = 17, [5] = 132, [6] = 33}; /* stream, dgram, seqpacket, dccp: net/ipv4/af_inet.c, sctp,
                                                    dccp */
    return type >= 0 && type < (int)(sizeof defaults / sizeof *defaults) ? defaults[type] : 0;
}

static bool socket_matches(const struct ir_match *m, const struct event *e) {
    int type = e->type & 0xf; /* SOCK_TYPE_MASK of linux/net.h: without SOCK_CLOEXEC and SOCK_NONBLOCK */
    return among(m->families, m->n_families, e->family) && among(m->types, m->n_types, type) &&
           (among(m->protocols, m->n_protocols, effective_protocol(e, type)) ||
            among(m->protocols, m->n_protocols, e->protocol));
}

static bool in_cidr(const struct ir_cidr *c, const struct event *e) {
    if (c->kind != e->address_kind)
        return false;
    for (unsigned bit = 0; bit < c->bits; bit++)
        if ((c->address[bit / 8] ^ e->address[bit / 8]) & 0x80 >> bit % 8)
            return false;
    return true;
}

static bool unix_matches(const struct ir_match *m, const struct event *e) {
    if (m->unix_any)
        return true;
    if (e->address_kind == ADDRESS_UNIX_PATH)
        return m->has_paths && pathset_match(&m->paths, e->path);
    char name[128] = "/"; /* globs begin with a slash; sun_path holds 108 bytes */
    snprintf(name + 1, sizeof name - 1, "%s", e->path);
    return pathset_match(&m->abstract, name);
}

static bool address_matches(const struct ir_match *m, const struct event *e) {
    bool unix_said = m->unix_any || m->has_paths || m->abstract.n_in,
         inet_said = m->inet_any || m->n_cidrs || m->n_ports;
    if (!unix_said && !inet_said)
        return true;
    if (e->address_kind == ADDRESS_UNIX_PATH || e->address_kind == ADDRESS_UNIX_ABSTRACT)
        return unix_said && unix_matches(m, e);
    bool address = m->n_cidrs == 0, port = m->n_ports == 0;
    for (size_t i = 0; i < m->n_cidrs; i++)
        address |= in_cidr(&m->cidrs[i], e);
    for (size_t i = 0; i < m->n_not_cidrs; i++)
        address &= !in_cidr(&m->not_cidrs[i], e);
    for (size_t i = 0; i < m->n_ports; i++)
        port |= e->port >= m->ports[i].first && e->port <= m->ports[i].last;
    return inet_said && address && port;
}

static bool peer_matches(const struct ir_match *m, const struct event *e) {
    if (!m->peers)
        return true;
    if (!(m->peers >> e->peer & 1))
        return false;
    return e->peer != PEER_POLICY || among_words(m->peer_policies, m->n_peer_policies, e->peer_policy);
}

static bool signal_matches(const struct ir_match *m, const struct event *e) {
    bool any = !m->signals[0] && !m->signals[1];
    return peer_matches(m, e) && (any || (m->signals[e->signal / 64] >> e->signal % 64 & 1));
}

static int order(const struct ir_call *call, const struct event *e) {
    if (call->abi != e->abi)
        return call->abi < e->abi ? -1 : 1;
    return call->nr < e->nr ? -1 : call->nr > e->nr;
}

static bool syscall_matches(const struct ir_match *m, const struct event *e) {
    if (m->every_call && m->abis >> e->abi & 1)
        return !m->unknown_numbers || syscall_by_number(e->abi, e->nr) < 0;
    size_t low = 0, high = m->n_calls;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (order(&m->calls[middle], e) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < m->n_calls && order(&m->calls[low], e) == 0; low++)
        if (cond_holds(m->calls[low].cond, e->args))
            return true;
    return false;
}

static bool (*const matchers[CLASS_COUNT])(const struct ir_match *, const struct event *) = {
    [CLASS_FILE] = file_matches,       [CLASS_CAPABILITY] = capability_matches,
    [CLASS_MOUNT] = mount_matches,     [CLASS_UMOUNT] = umount_matches,
    [CLASS_PIVOT_ROOT] = always,       [CLASS_SOCKET] = socket_matches,
    [CLASS_CONNECT] = address_matches, [CLASS_BIND] = address_matches,
    [CLASS_PTRACE] = peer_matches,     [CLASS_SIGNAL] = signal_matches,
    [CLASS_SYSCALL] = syscall_matches, [CLASS_USERNS] = always,
};

bool ir_stmt_matches(const struct ir_stmt *stmt, const struct event *event) {
    if (stmt->class != event->class || (stmt->ops && !(stmt->ops & event->op)))
        return false;
    return matchers[stmt->class](&stmt->match, event) != stmt->negated;
}

uint64_t ir_blocks_entered(const struct ir_policy *policy, const char *const *chain, size_t n_chain) {
    uint64_t entered = 0;
    for (size_t b = 0; b < policy->n_blocks; b++)
        for (size_t p = 0; p < policy->blocks[b].n_programs; p++)
            for (size_t c = 0; c < n_chain; c++)
                if (glob_match(policy->blocks[b].programs[p], chain[c]))
                    entered |= (uint64_t)1 << b;
    return entered;
}

bool ir_requires(const struct ir_policy *policy, enum require_kind kind) {
    for (size_t i = 0; i < policy->n_requires; i++)
        if (policy->requires[i].kind == kind)
            return true;
    return false;
}

const struct ir_raws *ir_raw_apparmor(const struct ir_policy *policy, int block) {
    return block < 0 ? &policy->raw_apparmor : &policy->blocks[block].raw_apparmor;
}

bool ir_is_container(const struct ir_policy *policy) {
    return policy->target && strcmp(policy->target->kind, "unit") != 0 &&
           strcmp(policy->target->kind, "program") != 0;
}
