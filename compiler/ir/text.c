#include "ir.h"

#include <arpa/inet.h>
#include <string.h>

enum { MOST_SHOWN = 6 };
static const size_t WHOLE = SIZE_MAX - 1; /* how many of a list the canonical text shows */

static const char *const mode_names[MODE_COUNT] = {"AlwaysAllow", "RuntimeDefault", "EnhanceProtect",
                                                   "BehaviorModeling", "DefenseInDepth"};
static const char *const reaction_names[] = {"deny", "audit deny", "observe"};
static const char *const require_names[REQUIRE_COUNT] = {"no-new-privileges",  "non-root",   "read-only-root",
                                                         "user-namespace",     "native-abi", "host-path",
                                                         "proc-mount unmasked"};
static const char *const cmp_names[CMP_COUNT] = {"==", "!=", "<", "<=", ">", ">="};
static const char *const peer_names[PEER_COUNT] = {"self", "runtime", "unconfined", "policy", "other"};

const char *ir_mode_name(enum mode mode) {
    return mode_names[mode];
}

const char *ir_reaction_name(enum reaction reaction) {
    return reaction_names[reaction];
}

const char *ir_require_name(enum require_kind kind) {
    return require_names[kind];
}

/* Separates the items of a list; with `most`, the rest is only counted. */
static bool item(struct buf *out, size_t i, size_t n, size_t most) {
    if (i == most && n > most + 1)
        buf_printf(out, ", … (%zu more)", n - most);
    if (i >= most && n > most + 1)
        return false;
    buf_add(out, i ? ", " : " ");
    return true;
}

/* Mount points stand there twice, as file and as directory: one is enough to read. */
static bool is_directory_of(const struct glob *glob, const struct glob *before) {
    size_t n = strlen(glob_text(before));
    return strncmp(glob_text(glob), glob_text(before), n) == 0 && strcmp(glob_text(glob) + n, "/") == 0;
}

/* What the node is asked for is spelled as in VPL. */
static void print_glob(struct buf *out, const struct glob *glob) {
    static const char asked[] = "@{node_";
    const char *rest = glob_text(glob), *found;
    buf_add_char(out, '"');
    for (; (found = strstr(rest, asked)); rest = found + strlen(asked)) {
        buf_add_bytes(out, rest, (size_t)(found - rest));
        buf_add(out, "@{node.");
    }
    buf_add(out, rest);
    buf_add_char(out, '"');
}

static void print_globs(struct buf *out, const struct glob *const *globs, size_t n, size_t most) {
    size_t shown = 0, all = 0;
    for (size_t i = 0; i < n; i++)
        all += !(i && is_directory_of(globs[i], globs[i - 1]));
    for (size_t i = 0; i < n; i++)
        if (!(i && is_directory_of(globs[i], globs[i - 1])) && item(out, shown++, all, most))
            print_glob(out, globs[i]);
}

static void print_paths(struct buf *out, const struct pathset *set, size_t most) {
    print_globs(out, set->in, set->n_in, most);
    if (set->n_out) {
        buf_add(out, " except");
        print_globs(out, set->out, set->n_out, most);
    }
}

static void print_ops(struct buf *out, const struct ir_stmt *s) {
    unsigned ops = s->ops, n = 0;
    if (s->class == CLASS_FILE && (ops & OP_WRITE))
        ops &= ~(unsigned)(OP_APPEND | OP_LINK); /* `write` says so already */
    for (unsigned bit = 1; bit <= OP_EXEC; bit <<= 1)
        if (ops & bit) {
            buf_add(out, n++ ? ", " : "");
            buf_add(out, event_op_name(s->class, bit));
        }
}

static void print_numbers(struct buf *out, const char *word, const int *list, size_t n,
                          const char *(*name)(int)) {
    if (n && *word)
        buf_printf(out, " %s", word);
    for (size_t i = 0; i < n; i++) {
        buf_add(out, i ? ", " : " ");
        if (name(list[i]))
            buf_add(out, name(list[i]));
        else
            buf_printf(out, "%d", list[i]);
    }
}

static void print_capabilities(struct buf *out, uint64_t set, size_t most) {
    size_t n = (size_t)__builtin_popcountll(set), i = 0;
    if (n == CAPABILITY_COUNT)
        return;
    for (int cap = 0; cap < CAPABILITY_COUNT; cap++)
        if (set >> cap & 1 && item(out, i++, n, most))
            buf_add(out, capability_name(cap));
}

static void print_mount(struct buf *out, const struct ir_match *m, size_t most) {
    for (size_t i = 0; i < m->n_fstypes; i++)
        buf_printf(out, "%s%s", i ? ", " : " fstype ", m->fstypes[i]);
    for (size_t i = 0; i < m->n_options; i++)
        buf_printf(out, "%s%s",
                   i                 ? ", "
                   : m->options_only ? " options only "
                                     : " options ",
                   mount_option_name(m->options[i].index));
    if (m->has_sources) {
        buf_add(out, " from");
        print_paths(out, &m->sources, most);
    }
    if (m->has_paths) {
        buf_add(out, " to");
        print_paths(out, &m->paths, most);
    }
}

static void print_cidrs(struct buf *out, const struct ir_cidr *cidrs, size_t n) {
    for (size_t i = 0; i < n; i++) {
        char text[INET6_ADDRSTRLEN];
        inet_ntop(cidrs[i].kind == ADDRESS_INET ? AF_INET : AF_INET6, cidrs[i].address, text, sizeof text);
        buf_printf(out, "%s\"%s/%u\"", i ? ", " : " ", text, cidrs[i].bits);
    }
}

static void print_sockets(struct buf *out, const struct glob *const *paths, size_t n_paths,
                          const struct glob *const *abstract, size_t n_abstract, size_t most) {
    print_globs(out, paths, n_paths, most);
    for (size_t i = 0; i < n_abstract; i++)
        buf_printf(out, "%s\"@%s\"", i || n_paths ? ", " : " ", glob_text(abstract[i]) + 1);
}

static void print_address(struct buf *out, const struct ir_match *m, size_t most) {
    const struct pathset *paths = &m->paths, *abstract = &m->abstract;
    if (m->unix_any || m->has_paths || abstract->n_in)
        buf_add(out, " unix");
    print_sockets(out, paths->in, paths->n_in, abstract->in, abstract->n_in, most);
    if (paths->n_out || abstract->n_out)
        buf_add(out, " except");
    print_sockets(out, paths->out, paths->n_out, abstract->out, abstract->n_out, most);
    if (m->inet_any || m->n_cidrs)
        buf_add(out, " inet");
    print_cidrs(out, m->cidrs, m->n_cidrs);
    if (m->n_not_cidrs)
        buf_add(out, " except");
    print_cidrs(out, m->not_cidrs, m->n_not_cidrs);
    for (size_t i = 0; i < m->n_ports; i++) {
        buf_printf(out, "%s%u", i ? ", " : " port ", m->ports[i].first);
        if (m->ports[i].last != m->ports[i].first)
            buf_printf(out, "..%u", m->ports[i].last);
    }
}

static void print_peers(struct buf *out, const struct ir_match *m) {
    unsigned n = 0;
    for (int signo = 0; signo < 128; signo++)
        if (m->signals[signo / 64] >> signo % 64 & 1)
            buf_printf(out, "%s%s", n++ ? ", " : " set ", signal_name(signo) ? signal_name(signo) : "?");
    n = 0;
    for (unsigned peer = 0; peer < PEER_COUNT; peer++)
        if (m->peers >> peer & 1 && peer != PEER_POLICY)
            buf_printf(out, "%s%s", n++ ? ", " : " peer ", peer_names[peer]);
    for (size_t i = 0; i < m->n_peer_policies; i++)
        buf_printf(out, "%spolicy %s", n++ ? ", " : " peer ", m->peer_policies[i]);
}

static void print_test(struct buf *out, const struct cond *c, const char *arg) {
    uint64_t full = c->wide ? UINT64_MAX : 0xffffffff;
    buf_add(out, arg);
    if (c->mask != full)
        buf_printf(out, " & 0x%llx", (unsigned long long)c->mask);
    buf_printf(out, " %s 0x%llx", cmp_names[c->cmp], (unsigned long long)c->value);
}

static void print_cond(struct buf *out, const struct cond *c, const char *const names[SYSCALL_ARGS_MAX]) {
    static const char *const constants[] = {[COND_TRUE] = "true", [COND_FALSE] = "false"};
    switch (c->kind) {
    case COND_TRUE:
    case COND_FALSE:
        buf_add(out, constants[c->kind]);
        break;
    case COND_TEST:
        print_test(out, c, names[c->arg]);
        break;
    case COND_NOT:
        buf_add(out, "not (");
        print_cond(out, c->a, names);
        buf_add_char(out, ')');
        break;
    case COND_AND:
    case COND_OR:
        buf_add_char(out, '(');
        print_cond(out, c->a, names);
        buf_add(out, c->kind == COND_AND ? " and " : " or ");
        print_cond(out, c->b, names);
        buf_add_char(out, ')');
    }
}

static void name_arguments(const struct ir_call *call, const char *names[SYSCALL_ARGS_MAX]) {
    static const char *const places[SYSCALL_ARGS_MAX] = {"arg0", "arg1", "arg2", "arg3", "arg4", "arg5"};
    const char *known[SYSCALL_ARGS_MAX];
    int n = syscall_arg_names(call->id, call->abi, known);
    for (int i = 0; i < SYSCALL_ARGS_MAX; i++)
        names[i] = places[i];
    for (int i = 0; i < n; i++) {
        struct syscall_arg arg;
        if (syscall_arg(call->id, call->abi, known[i], &arg) == 0)
            names[arg.position] = known[i];
    }
}

/* At the kernel's width, bit by bit. */
static void print_where(struct buf *out, const struct ir_call *call) {
    const char *names[SYSCALL_ARGS_MAX];
    if (!call->cond)
        return;
    name_arguments(call, names);
    buf_add(out, " where ");
    print_cond(out, call->cond, names);
}

/* Each call once, whatever ABIs it has. For the reader the condition is as it was written; in the canonical
 * text it is what the kernel sees, of the first call. */
static void print_calls(struct buf *out, const struct ir_match *m, size_t most) {
    size_t n = 0, shown = 0;
    for (size_t pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < m->n_calls; i++) {
            bool before = false;
            for (size_t j = 0; j < i && !before; j++)
                before =
                    m->calls[j].id == m->calls[i].id && (m->calls[j].abi != m->calls[i].abi || pass == 0);
            if (before)
                continue;
            if (pass == 0)
                n++;
            else if (item(out, shown++, n, most))
                buf_printf(out, "%s%s", syscall_name(m->calls[i].id),
                           most != WHOLE && m->calls[i].given ? m->calls[i].given : "");
        }
    if (m->where && most != WHOLE)
        buf_printf(out, " where %s", m->where);
    else if (m->n_calls && (most == WHOLE || !m->calls[0].given))
        print_where(out, &m->calls[0]);
    if (m->every_call) {
        buf_add(out, m->unknown_numbers ? " newer than the tables" : "");
        for (int abi = 0; abi < ABI_COUNT; abi++)
            if (m->abis != (1U << ABI_COUNT) - 1 && m->abis >> abi & 1)
                buf_printf(out, " abi %s", abi_infos[abi].name);
    }
}

static void print_match(struct buf *out, const struct ir_stmt *s, size_t most) {
    const struct ir_match *m = &s->match;
    switch (s->class) {
    case CLASS_FILE:
        print_paths(out, &m->paths, most);
        if (m->owner)
            buf_add(out, " owner");
        if (m->has_sources) {
            buf_add(out, " to");
            print_paths(out, &m->sources, most);
        }
        break;
    case CLASS_CAPABILITY:
        print_capabilities(out, m->capabilities, most);
        break;
    case CLASS_MOUNT:
        print_mount(out, m, most);
        break;
    case CLASS_UMOUNT:
        print_paths(out, &m->paths, most);
        break;
    case CLASS_SOCKET:
        print_numbers(out, "", m->families, m->n_families, family_name);
        print_numbers(out, "type", m->types, m->n_types, socktype_name);
        print_numbers(out, "protocol", m->protocols, m->n_protocols, protocol_name);
        break;
    case CLASS_CONNECT:
    case CLASS_BIND:
        print_address(out, m, most);
        break;
    case CLASS_PTRACE:
    case CLASS_SIGNAL:
        print_peers(out, m);
        break;
    case CLASS_SYSCALL:
        print_calls(out, m, most);
        break;
    default:
        break;
    }
}

static void print_stmt(struct buf *out, const struct ir_stmt *s, size_t most) {
    bool file = s->class == CLASS_FILE;
    buf_add(out, s->is_default ? "default " : "");
    buf_add(out, s->audit ? "audit " : "");
    buf_add(out, s->best_effort ? "best-effort " : "");
    buf_add(out, s->broad ? "broad " : "");
    buf_add(out, s->verdict == VERDICT_DENY ? "deny " : "allow ");
    if (file && s->ops == OP_ACCESS)
        buf_add(out, "access");
    else if (file && s->ops)
        print_ops(out, s);
    else
        buf_add(out, event_class_name(s->class));
    if (!file && s->ops) {
        buf_add_char(out, ' ');
        print_ops(out, s);
    }
    buf_add(out, s->negated ? " but" : "");
    print_match(out, s, most);
    if (s->err)
        buf_printf(out, " errno %s", errno_name(s->err));
}

const char *ir_stmt_text(struct arena *arena, const struct ir_stmt *stmt) {
    struct buf out BUF_CLEANUP = {0};
    print_stmt(&out, stmt, MOST_SHOWN);
    return arena_strdup(arena, buf_text(&out));
}

static void dump_calls(struct buf *out, const struct ir_stmt *s) {
    for (size_t i = 0; i < s->match.n_calls; i++) {
        const struct ir_call *call = &s->match.calls[i];
        buf_printf(out, "      %s %u %s", abi_infos[call->abi].name, call->nr, syscall_name(call->id));
        print_where(out, call);
        buf_add_char(out, '\n');
    }
}

static void dump_stmt(struct buf *out, const struct ir_policy *p, const struct ir_stmt *s) {
    buf_printf(out, "  %u ", s->id);
    if (s->block >= 0)
        buf_printf(out, "[%s] ", p->blocks[s->block].name);
    print_stmt(out, s, WHOLE);
    buf_printf(out, "  # %s%s%s", s->own ? "own" : "base", s->part ? " " : "", s->part ? s->part : "");
    if (s->derived_from)
        buf_printf(out, ", derived from %u", s->derived_from->id);
    buf_add_char(out, '\n');
    if (s->match.n_calls && s->match.n_calls < 64)
        dump_calls(out, s);
}

void ir_dump(struct buf *out, const struct ir_policy *p) {
    buf_printf(out, "policy %s\n  mode %s%s\n  on violation %s\n  base %s\n  enforcers%s%s\n  grants",
               p->name, mode_names[p->mode], p->privileged ? " privileged" : "", reaction_names[p->reaction],
               p->base ? p->base : "nothing", p->enforcers & ENFORCER_APPARMOR ? " apparmor" : "",
               p->enforcers & ENFORCER_SECCOMP ? " seccomp" : "");
    if (p->grants == ((uint64_t)1 << CAPABILITY_COUNT) - 1)
        buf_add(out, " all");
    print_capabilities(out, p->grants, CAPABILITY_COUNT);
    buf_add_char(out, '\n');
    for (size_t i = 0; i < p->n_requires; i++)
        buf_printf(out, "  %srequire %s%s%s%s%s%s\n", p->requires[i].best_effort ? "best-effort " : "",
                   require_names[p->requires[i].kind], p->requires[i].host ? " " : "",
                   p->requires[i].host ? p->requires[i].host : "", p->requires[i].at ? " at " : "",
                   p->requires[i].at ? p->requires[i].at : "", p->requires[i].writable ? " writable" : "");
    for (size_t i = 0; i < p->n_blocks; i++) {
        buf_printf(out, "  for exec as %s", p->blocks[i].name);
        print_globs(out, p->blocks[i].programs, p->blocks[i].n_programs, WHOLE);
        buf_add_char(out, '\n');
    }
    for (size_t i = 0; i < p->n_stmts; i++)
        dump_stmt(out, p, p->stmts[i]);
}
