#include "lowering.h"

#include <assert.h>

#include <ctype.h>
#include <string.h>

bool aa_line_denies(const struct aa_line *r) {
    return strstr(r->qualifier, "deny");
}

void aa_line_begin(const struct aa_line *r, const char *word) {
    buf_add(r->out, r->p->block < 0 ? "  " : "    ");
    buf_add(r->out, r->qualifier);
    buf_add(r->out, word);
}

void aa_line_end(const struct aa_line *r) {
    buf_add(r->out, ",\n");
}

static struct aa_globs globs_of(const struct aa_line *r, bool has, const struct pathset *set) {
    struct aa_globs globs;
    aa_globs(r->p->arena, has ? set : &aa_every_path, &globs);
    return globs;
}

/* Files. `write` has OP_LINK in it: `w` alone lets link(2) pass [lab]. */

static void add_perms(const struct aa_line *r, unsigned ops) {
    const struct {
        bool given;
        const char *perm;
    } perms[] = {
        {ops & OP_READ, "r"},
        {ops & OP_WRITE, "w"},
        {ops & OP_APPEND && !(ops & OP_WRITE), "a"}, /* `w` has it, and both in one rule are an error */
        {ops & OP_LINK, "l"},
        {ops & OP_LOCK, "k"},
        {ops & OP_MAP, "m"},
        {ops & OP_EXEC, aa_line_denies(r) ? "x" : aa_exec_perm(r->p)},
    };
    for (size_t i = 0; i < sizeof perms / sizeof *perms; i++)
        if (perms[i].given)
            buf_add(r->out, perms[i].perm);
}

static void add_links(const struct aa_line *r, const char *path) {
    struct aa_globs targets = globs_of(r, true, &r->match->sources);
    for (size_t i = 0; i < targets.n; i++) {
        aa_line_begin(r, r->match->owner ? "owner link " : "link ");
        buf_add_apparmor_quoted(r->out, path);
        buf_add(r->out, " -> ");
        buf_add_apparmor_quoted(r->out, targets.items[i]);
        aa_line_end(r);
    }
}

static void add_file(const struct aa_line *r) {
    if (r->ops == OP_ACCESS && !r->match->has_paths && !r->match->owner && !aa_line_denies(r) &&
        !strcmp(aa_exec_perm(r->p), "ix")) {
        aa_line_begin(r, "file");
        aa_line_end(r);
        return;
    }
    struct aa_globs paths = globs_of(r, r->match->has_paths, &r->match->paths);
    bool pairs = r->ops & OP_LINK && r->match->has_sources;
    unsigned ops = pairs ? r->ops & ~(unsigned)OP_LINK : r->ops;
    for (size_t i = 0; i < paths.n; i++) {
        if (ops) {
            aa_line_begin(r, r->match->owner ? "owner " : "");
            buf_add_apparmor_quoted(r->out, paths.items[i]);
            buf_add_char(r->out, ' ');
            add_perms(r, ops);
            aa_line_end(r);
        }
        if (pairs)
            add_links(r, paths.items[i]);
    }
}

static void add_pivot_root(const struct aa_line *r) {
    aa_line_begin(r, "pivot_root");
    aa_line_end(r);
}

/* Only a parser that knows the rule and a profile that asks for it; a denial only where it is one. */
static void add_userns(const struct aa_line *r) {
    const struct node *node = r->p->node;
    if (aa_line_denies(r) ? !node_mediates_userns(node) : node->parser_major < 4 || node->abi_major < 4)
        return;
    aa_line_begin(r, "userns");
    aa_line_end(r);
}

/* Sockets. Protocols can't be said: `network tcp` is the type alone. */

enum { FAMILY_DECNET = 12, SOCKTYPE_DCCP = 6 }; /* apparmor_parser has no names for these */

static const char *type_of(int type) {
    return type == SOCKTYPE_DCCP ? NULL : socktype_name(type);
}

static const char *family_of(int family) {
    return family == FAMILY_DECNET ? NULL : family_name(family);
}

/* What has no name: a denial is silent of it, an allow says any. No kernel since 6.1 has that family. */
static void add_socket_of(const struct aa_line *r, const char *family, const char *type) {
    if (!family || (!type && aa_line_denies(r)))
        return;
    aa_line_begin(r, "network");
    buf_printf(r->out, "%s%s", *family ? " " : "", family);
    if (type)
        buf_printf(r->out, "%s%s", *type ? " " : "", type);
    aa_line_end(r);
}

static void add_socket(const struct aa_line *r) {
    const struct ir_match *m = r->match;
    for (size_t f = 0; f < (m->n_families ? m->n_families : 1); f++)
        for (size_t t = 0; t < (m->n_types ? m->n_types : 1); t++)
            add_socket_of(r, m->n_families ? family_of(m->families[f]) : "",
                          m->n_types ? type_of(m->types[t]) : "");
}

static size_t count_named(const int *values, size_t n, const char *(*name)(int)) {
    size_t named = 0;
    for (size_t i = 0; i < n; i++)
        named += name(values[i]) != NULL;
    return named;
}

enum aa_named aa_named(const struct ir_match *match) {
    size_t families = count_named(match->families, match->n_families, family_of);
    size_t types = count_named(match->types, match->n_types, type_of);
    if ((match->n_families && !families) || (match->n_types && !types))
        return AA_NAMED_NONE;
    return families < match->n_families || types < match->n_types ? AA_NAMED_SOME : AA_NAMED_ALL;
}

/* Peers. The label of a process that has entered blocks is "NAME//&NAME//block", and the kernel matches it
 * whole: 6.1 and 6.12 don't go on to its parts, whatever label.c means to do [lab]. */

static const char runtime_peers[] =
    "{,/usr/{,local/}{,s}bin/}{runc,crun*,containerd,dockerd,crio,conmon,podman,rootlesskit}";

/* Another policy's profile ends in a hash of a text that isn't here: "vpl.NAMESPACE.LABEL.HASH", no part with
 * a dot. */
static const char *policy_peer(const struct aa_line *r, const char *label) {
    assert(!label[strspn(
        label, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")]); /* lower_label's */
    return arena_printf(r->p->arena, "vpl.*.%s.*{,//**}", label);
}

static struct aa_globs peers_of(const struct aa_line *r) {
    VEC(const char *) peers = {0};
    const struct ir_match *m = r->match;
    if (m->peers & 1u << PEER_SELF)
        vec_push(r->p->arena, &peers, arena_printf(r->p->arena, "%s{,//**}", r->p->name));
    if (m->peers & 1u << PEER_RUNTIME)
        vec_push(r->p->arena, &peers, runtime_peers);
    if (m->peers & 1u << PEER_UNCONFINED)
        vec_push(r->p->arena, &peers, "unconfined");
    for (size_t i = 0; m->peers & 1u << PEER_POLICY && i < m->n_peer_policies; i++)
        vec_push(r->p->arena, &peers, policy_peer(r, m->peer_policies[i]));
    if (!m->peers)
        vec_push(r->p->arena, &peers, NULL);
    return (struct aa_globs){peers.items, peers.n};
}

struct op_word {
    unsigned op;
    const char *word;
};

static void add_ops(const struct aa_line *r, const struct op_word *words, size_t n, unsigned all) {
    if (r->ops == all)
        return;
    const char *before = " (";
    for (size_t i = 0; i < n; i++)
        if (r->ops & words[i].op) {
            buf_printf(r->out, "%s%s", before, words[i].word);
            before = ", ";
        }
    buf_add_char(r->out, ')');
}

static void end_with_peer(const struct aa_line *r, const char *peer) {
    if (peer) {
        buf_add(r->out, " peer=");
        buf_add_apparmor_quoted(r->out, peer);
    }
    aa_line_end(r);
}

static void add_ptrace(const struct aa_line *r) {
    static const struct op_word words[] = {
        {OP_TRACE, "trace"}, {OP_PTRACE_READ, "read"}, {OP_TRACED_BY, "tracedby"}, {OP_READ_BY, "readby"}};
    struct aa_globs peers = peers_of(r);
    for (size_t i = 0; i < peers.n; i++) {
        aa_line_begin(r, "ptrace");
        add_ops(r, words, sizeof words / sizeof *words, OP_PTRACE_ALL);
        end_with_peer(r, peers.items[i]);
    }
}

static void add_signal_set(const struct aa_line *r) {
    const uint64_t *set = r->match->signals;
    const char *before = " set=(";
    for (int signal = 0; signal < 128; signal++)
        if (set[signal / 64] >> signal % 64 & 1 && signal_name(signal)) {
            buf_printf(r->out, "%s%s", before, signal_name(signal));
            before = ", ";
        }
    buf_add(r->out, set[0] || set[1] ? ")" : "");
}

static void add_signal(const struct aa_line *r) {
    static const struct op_word words[] = {{OP_SEND, "send"}, {OP_RECEIVE, "receive"}};
    struct aa_globs peers = peers_of(r);
    for (size_t i = 0; i < peers.n; i++) {
        aa_line_begin(r, "signal");
        add_ops(r, words, sizeof words / sizeof *words, OP_SIGNAL_ALL);
        add_signal_set(r);
        end_with_peer(r, peers.items[i]);
    }
}

static void add_capabilities(const struct aa_line *r) {
    const uint64_t all = (UINT64_C(1) << CAPABILITY_COUNT) - 1;
    if ((r->match->capabilities & all) == all) {
        aa_line_begin(r, "capability");
        aa_line_end(r);
        return;
    }
    for (int i = 0; i < CAPABILITY_COUNT; i++)
        if (r->match->capabilities >> i & 1) {
            aa_line_begin(r, "capability ");
            buf_add(r->out, capability_name(i));
            aa_line_end(r);
        }
}

static void (*const adders[CLASS_COUNT])(const struct aa_line *) = {
    [CLASS_FILE] = add_file,        [CLASS_CAPABILITY] = add_capabilities, [CLASS_MOUNT] = aa_add_mount,
    [CLASS_UMOUNT] = aa_add_umount, [CLASS_PIVOT_ROOT] = add_pivot_root,   [CLASS_SOCKET] = add_socket,
    [CLASS_PTRACE] = add_ptrace,    [CLASS_SIGNAL] = add_signal,           [CLASS_USERNS] = add_userns,
};

void aa_add_rules(struct buf *out, const struct aa_profile *p, const char *qualifier, enum event_class class,
                  unsigned ops, const struct ir_match *match) {
    adders[class](&(struct aa_line){.out = out, .p = p, .qualifier = qualifier, .ops = ops, .match = match});
}

/* What can't be said */

static const char *unsayable_paths(const struct aa_profile *p, bool has, const struct pathset *set) {
    struct aa_globs globs;
    if (!has || set->any)
        return NULL;
    for (size_t i = 0; set->n_out && i < set->n_in + set->n_out; i++)
        if (glob_has_variable(i < set->n_in ? set->in[i] : set->out[i - set->n_in]))
            return "what it leaves out, or of what, is known on the node only";
    return aa_globs(p->arena, set, &globs) ? NULL : "no glob can say its paths";
}

const char *aa_unsayable(const struct aa_profile *p, enum event_class class, const struct ir_match *match) {
    const char *mount = class == CLASS_MOUNT ? aa_mount_unsayable(match) : NULL;
    if (mount)
        return mount;
    const char *why = unsayable_paths(p, match->has_paths, &match->paths);
    return why ? why : unsayable_paths(p, match->has_sources, &match->sources);
}

const char *aa_wider(const struct aa_profile *p, enum event_class class, const struct ir_match *match) {
    if (class == CLASS_SOCKET && match->n_protocols)
        return "every protocol of the family and type is the same to AppArmor";
    return class == CLASS_MOUNT ? aa_mount_wider(p, match) : NULL;
}
