#include "events.h"

#include <linux/mount.h>
#include <string.h>

enum { MOST_CELLS = 4000, MOST_VALUES = 48, MOST_TUPLES = 20000 };

struct gather {
    struct arena *arena;
    const struct ir_policy *policy;
    const struct ir_stmt *what;
    struct events *out;
};

static bool wanted(const struct gather *g, const struct event *e) {
    return ir_stmt_matches(g->what, e);
}

static void emit(const struct gather *g, struct event e) {
    for (unsigned op = 1; op <= OP_EXEC || op == 1; op <<= 1) {
        if (g->what->ops && !(g->what->ops & op))
            continue;
        e.op = g->what->ops ? op : 0;
        if (wanted(g, &e))
            vec_push(g->arena, &g->out->list, e);
        if (!g->what->ops)
            return;
    }
}

static const struct ir_stmt *const *stmts(const struct gather *g, size_t *n) {
    *n = g->policy ? g->policy->n_stmts : 0;
    return g->policy ? g->policy->stmts : NULL;
}

/* ---- paths ---- */

struct globs {
    VEC(const struct glob *) list;
};
struct texts {
    VEC(const char *) list;
};

static void add_globs(struct arena *arena, struct globs *out, const struct glob *const *globs, size_t n) {
    for (size_t i = 0; i < n; i++) {
        bool known = false;
        for (size_t j = 0; j < out->list.n && !known; j++)
            known = strcmp(glob_text(out->list.items[j]), glob_text(globs[i])) == 0;
        if (!known)
            vec_push(arena, &out->list, globs[i]);
    }
}

enum which { PATHS, SOURCES, ABSTRACT };

static const struct pathset *set_of(const struct ir_stmt *s, enum which which) {
    const struct ir_match *m = &s->match;
    const struct pathset *said[] = {[PATHS] = m->has_paths ? &m->paths : NULL,
                                    [SOURCES] = m->has_sources ? &m->sources : NULL,
                                    [ABSTRACT] = m->abstract.n_in ? &m->abstract : NULL};
    return said[which];
}

static void add_text(struct arena *arena, struct texts *out, const char *text) {
    for (size_t i = 0; i < out->list.n; i++)
        if (strcmp(out->list.items[i], text) == 0)
            return;
    vec_push(arena, &out->list, text);
}

static bool all_literal(const struct pathset *set) {
    for (size_t i = 0; i < set->n_in; i++)
        if (!glob_literal(set->in[i]))
            return false;
    return set->n_in > 0;
}

struct cell_sink {
    struct arena *arena;
    struct texts *out;
};

static void take_cell(void *context, const char *path, const uint64_t *matched) {
    struct cell_sink *sink = context;
    (void)matched;
    add_text(sink->arena, sink->out, arena_strdup(sink->arena, path));
}

/* Mount points are met with a closing slash and without. */
static void add_slashed(const struct gather *g, struct globs *globs) {
    size_t n = globs->list.n, at;
    const char *error;
    for (size_t i = 0; i < n && (g->what->class == CLASS_MOUNT || g->what->class == CLASS_UMOUNT); i++) {
        const struct glob *slashed = glob_parse(
            g->arena, arena_printf(g->arena, "%s{,/}", glob_text(glob_bound(globs->list.items[i]))), &error,
            &at);
        if (slashed)
            add_globs(g->arena, globs, &slashed, 1);
    }
}

/* One path of every cell that the globs of this class cut; just the literal ones where the expectation names
 * those. */
static struct texts path_cells(const struct gather *g, enum which which) {
    struct texts out = {0};
    struct globs globs = {0};
    const struct pathset *mine = set_of(g->what, which);
    if (mine && all_literal(mine)) {
        for (size_t i = 0; i < mine->n_in; i++)
            add_text(g->arena, &out, glob_literal(mine->in[i]));
        return out;
    }
    if (mine) {
        add_globs(g->arena, &globs, mine->in, mine->n_in);
        add_globs(g->arena, &globs, mine->out, mine->n_out);
    }
    size_t n;
    const struct ir_stmt *const *all = stmts(g, &n);
    for (size_t i = 0; i < n; i++) {
        const struct pathset *set = all[i]->class == g->what->class ? set_of(all[i], which) : NULL;
        if (set) {
            add_globs(g->arena, &globs, set->in, set->n_in);
            add_globs(g->arena, &globs, set->out, set->n_out);
        }
    }
    add_slashed(g, &globs);
    struct cell_sink sink = {g->arena, &out};
    if (globs.list.n &&
        glob_cells(g->arena, globs.list.items, globs.list.n, MOST_CELLS, take_cell, &sink) < 0)
        g->out->incomplete = true;
    add_text(g->arena, &out, "/vpl-elsewhere");
    return out;
}

static void file_events(const struct gather *g) {
    struct texts paths = path_cells(g, PATHS), sources = {0};
    if (g->what->ops & OP_LINK)
        sources = path_cells(g, SOURCES);
    add_text(g->arena, &sources, "/vpl-elsewhere");
    for (size_t i = 0; i < paths.list.n; i++)
        for (size_t k = 0; k < sources.list.n; k++)
            for (int owner = 0; owner < 2; owner++)
                emit(g, (struct event){.class = CLASS_FILE,
                                       .path = paths.list.items[i],
                                       .source = sources.list.items[k],
                                       .owner = owner});
}

static void umount_events(const struct gather *g) {
    struct texts paths = path_cells(g, PATHS);
    for (size_t i = 0; i < paths.list.n; i++)
        emit(g, (struct event){.class = CLASS_UMOUNT, .path = paths.list.items[i]});
}

/* ---- mount ---- */

static void add_fstypes(const struct gather *g, struct texts *out, const struct ir_stmt *s) {
    for (size_t i = 0; i < s->match.n_fstypes; i++)
        add_text(g->arena, out, s->match.fstypes[i]);
}

struct numbers {
    VEC(uint64_t) list;
};

static void add_number(struct arena *arena, struct numbers *out, uint64_t number) {
    for (size_t i = 0; i < out->list.n; i++)
        if (out->list.items[i] == number)
            return;
    if (out->list.n < MOST_VALUES)
        vec_push(arena, &out->list, number);
}

/* In an expectation `options` is the exact set; else whatever mount(2) can be asked for where the policy
 * speaks of options. */
static struct numbers mount_flags(const struct gather *g) {
    struct numbers out = {0};
    uint64_t exact = 0;
    for (size_t i = 0; i < g->what->match.n_options; i++)
        exact |= g->what->match.options[i].clear ? 0 : g->what->match.options[i].bits;
    if (g->what->match.n_options && g->policy && !g->what->own) {
        add_number(g->arena, &out, exact);
        return out;
    }
    static const uint64_t common[] = {MS_BIND,
                                      MS_BIND | MS_REC,
                                      MS_MOVE,
                                      MS_REMOUNT,
                                      MS_REMOUNT | MS_RDONLY,
                                      MS_SHARED,
                                      MS_SLAVE | MS_REC,
                                      MS_PRIVATE | MS_REC | MS_SILENT};
    add_number(g->arena, &out, 0);
    add_number(g->arena, &out, exact);
    size_t n, said = 0;
    const struct ir_stmt *const *all = stmts(g, &n);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; all[i]->class == CLASS_MOUNT && k < all[i]->match.n_options; k++, said++)
            add_number(g->arena, &out, all[i]->match.options[k].bits);
    for (size_t i = 0; i < sizeof common / sizeof *common && said; i++)
        add_number(g->arena, &out, common[i]);
    return out;
}

static void mount_events(const struct gather *g) {
    struct texts types = {0}, from = path_cells(g, SOURCES), to = path_cells(g, PATHS);
    struct numbers flags = mount_flags(g);
    size_t n;
    const struct ir_stmt *const *all = stmts(g, &n);
    add_fstypes(g, &types, g->what);
    for (size_t i = 0; i < n && !g->what->match.n_fstypes; i++)
        if (all[i]->class == CLASS_MOUNT)
            add_fstypes(g, &types, all[i]);
    if (!g->what->match.n_fstypes)
        add_text(g->arena, &types, "ext4");
    for (size_t a = 0; a < types.list.n; a++)
        for (size_t b = 0; b < flags.list.n; b++)
            for (size_t c = 0; c < from.list.n; c++)
                for (size_t d = 0; d < to.list.n && g->out->list.n < MOST_TUPLES; d++)
                    emit(g, event_mount_as_read((struct event){.class = CLASS_MOUNT,
                                                               .fstype = types.list.items[a],
                                                               .mount_flags = flags.list.items[b],
                                                               .source = from.list.items[c],
                                                               .path = to.list.items[d]}));
    g->out->incomplete |= g->out->list.n >= MOST_TUPLES;
}

/* ---- sockets ---- */

static void add_ints(struct arena *arena, struct numbers *out, const int *list, size_t n) {
    for (size_t i = 0; i < n; i++)
        add_number(arena, out, (uint64_t)list[i]);
}

static void socket_events(const struct gather *g) {
    struct numbers families = {0}, types = {0}, protocols = {0};
    static const int common_families[] = {1, 2, 10, 16, 17, 38, 40}, common_types[] = {1, 2, 3, 5};
    size_t n;
    const struct ir_stmt *const *all = stmts(g, &n);
    const struct ir_match *m = &g->what->match;
    add_ints(g->arena, &families, m->families, m->n_families);
    add_ints(g->arena, &types, m->types, m->n_types);
    add_ints(g->arena, &protocols, m->protocols, m->n_protocols);
    for (size_t i = 0; i < n; i++) {
        if (all[i]->class != CLASS_SOCKET)
            continue;
        add_ints(g->arena, &families, all[i]->match.families, all[i]->match.n_families);
        add_ints(g->arena, &types, all[i]->match.types, all[i]->match.n_types);
        add_ints(g->arena, &protocols, all[i]->match.protocols, all[i]->match.n_protocols);
    }
    add_ints(g->arena, &families, common_families, sizeof common_families / sizeof *common_families);
    add_ints(g->arena, &types, common_types, sizeof common_types / sizeof *common_types);
    add_number(g->arena, &protocols, 0);
    for (size_t a = 0; a < families.list.n; a++)
        for (size_t b = 0; b < types.list.n; b++)
            for (size_t c = 0; c < protocols.list.n; c++)
                emit(g, (struct event){.class = CLASS_SOCKET,
                                       .family = (int)families.list.items[a],
                                       .type = (int)types.list.items[b],
                                       .protocol = (int)protocols.list.items[c]});
}

/* Addresses on both sides of every network's ends, and ports likewise: all pairs of them, from whatever
 * statements. */
struct inet_point {
    enum address_kind kind;
    uint8_t address[16];
};
struct inet_points {
    VEC(struct inet_point) list;
    struct numbers ports;
};

static void add_point(const struct gather *g, struct inet_points *points, struct inet_point point) {
    for (size_t i = 0; i < points->list.n; i++)
        if (points->list.items[i].kind == point.kind &&
            memcmp(points->list.items[i].address, point.address, sizeof point.address) == 0)
            return;
    vec_push(g->arena, &points->list, point);
}

static void add_cidr(const struct gather *g, struct inet_points *points, const struct ir_cidr *cidr) {
    struct inet_point first = {.kind = cidr->kind}, last;
    size_t bytes = cidr->kind == ADDRESS_INET ? 4 : 16;
    memcpy(first.address, cidr->address, sizeof first.address);
    last = first;
    for (size_t bit = cidr->bits; bit < bytes * 8; bit++)
        last.address[bit / 8] = (uint8_t)(last.address[bit / 8] | 0x80 >> bit % 8);
    add_point(g, points, first);
    add_point(g, points, last);
    for (size_t i = bytes; i-- > 0 && ++last.address[i] == 0;)
        ;
    for (size_t i = bytes; i-- > 0 && first.address[i]-- == 0;)
        ;
    add_point(g, points, last);
    add_point(g, points, first);
}

static void add_inet(const struct gather *g, struct inet_points *points, const struct ir_match *m) {
    for (size_t i = 0; i < m->n_cidrs; i++)
        add_cidr(g, points, &m->cidrs[i]);
    for (size_t i = 0; i < m->n_not_cidrs; i++)
        add_cidr(g, points, &m->not_cidrs[i]);
    for (size_t i = 0; i < m->n_ports; i++) {
        unsigned first = m->ports[i].first, last = m->ports[i].last;
        add_number(g->arena, &points->ports, first);
        add_number(g->arena, &points->ports, last);
        add_number(g->arena, &points->ports, first ? first - 1 : first);
        add_number(g->arena, &points->ports, last < 65535 ? last + 1 : last);
    }
}

static void inet_events(const struct gather *g, const struct ir_stmt *const *all, size_t n) {
    struct inet_points points = {0};
    add_point(g, &points, (struct inet_point){ADDRESS_INET, {198, 51, 100, 7}});
    add_point(g, &points, (struct inet_point){ADDRESS_INET6, {0x20, 0x01, 0x0d, 0xb8, [15] = 7}});
    add_number(g->arena, &points.ports, 443);
    add_inet(g, &points, &g->what->match);
    for (size_t i = 0; i < n; i++)
        if (all[i]->class == g->what->class)
            add_inet(g, &points, &all[i]->match);
    for (size_t i = 0; i < points.list.n; i++)
        for (size_t p = 0; p < points.ports.list.n; p++) {
            struct event e = {.class = g->what->class,
                              .address_kind = points.list.items[i].kind,
                              .port = (uint16_t)points.ports.list.items[p]};
            memcpy(e.address, points.list.items[i].address, sizeof e.address);
            emit(g, e);
        }
}

static void address_events(const struct gather *g) {
    struct texts paths = path_cells(g, PATHS), names = path_cells(g, ABSTRACT);
    size_t n;
    const struct ir_stmt *const *all = stmts(g, &n);
    for (size_t i = 0; i < paths.list.n; i++)
        emit(g, (struct event){
                    .class = g->what->class, .address_kind = ADDRESS_UNIX_PATH, .path = paths.list.items[i]});
    for (size_t i = 0; i < names.list.n; i++)
        emit(g, (struct event){.class = g->what->class,
                               .address_kind = ADDRESS_UNIX_ABSTRACT,
                               .path = names.list.items[i] + 1});
    inet_events(g, all, n);
}

/* ---- ptrace, signals, capabilities ---- */

static void peer_events(const struct gather *g) {
    static const int signals[] = {0, 1, 9, 15, 17, 34};
    for (size_t s = 0; s < (g->what->class == CLASS_SIGNAL ? 128 : 1); s++) {
        bool common = false;
        for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
            common |= signals[i] == (int)s;
        if (!common && !(g->what->match.signals[s / 64] >> s % 64 & 1))
            continue;
        for (enum peer peer = 0; peer < PEER_COUNT; peer++) {
            size_t n = g->what->match.n_peer_policies;
            for (size_t i = 0; i < (peer == PEER_POLICY && n ? n : 1); i++)
                emit(g, (struct event){.class = g->what->class,
                                       .signal = (int)s,
                                       .peer = peer,
                                       .peer_policy = peer != PEER_POLICY ? NULL
                                                      : n                 ? g->what->match.peer_policies[i]
                                                                          : "another"});
        }
    }
}

static void capability_events(const struct gather *g) {
    for (int cap = 0; cap < CAPABILITY_COUNT; cap++)
        emit(g, (struct event){.class = CLASS_CAPABILITY, .capability = cap});
}

static void single_event(const struct gather *g) {
    emit(g, (struct event){.class = g->what->class});
}

/* ---- system calls ---- */

struct arguments {
    struct numbers values[6];
};

/* Around one test: the value and its neighbours, inside and outside the mask, and the same in a register
 * whose high half isn't empty. */
static void add_test(struct arena *arena, struct arguments *a, const struct cond *c) {
    struct numbers *out = &a->values[c->arg];
    uint64_t low = c->mask & ~(c->mask - 1);
    const uint64_t around[] = {c->value, c->value + 1, c->value - 1,        c->value ^ low,
                               c->mask,  low,          c->value | ~c->mask, c->mask & ~c->value};
    for (size_t i = 0; i < sizeof around / sizeof *around; i++)
        add_number(arena, out, c->wide ? around[i] : around[i] & UINT32_MAX);
    if (!c->wide)
        add_number(arena, out, c->value | (uint64_t)1 << 32);
}

static void add_tests(struct arena *arena, struct arguments *a, const struct cond *c) {
    if (!c)
        return;
    if (c->kind == COND_TEST)
        add_test(arena, a, c);
    else {
        add_tests(arena, a, c->a);
        add_tests(arena, a, c->b);
    }
}

/* Two tests on one argument may both have to hold: their values together. */
static void add_unions(struct arena *arena, struct numbers *values) {
    size_t n = values->list.n;
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++)
            add_number(arena, values, values->list.items[i] | values->list.items[k]);
}

static void add_tuples(const struct gather *g, struct event e, const struct arguments *a, unsigned arg) {
    if (g->out->list.n >= MOST_TUPLES) {
        g->out->incomplete = true;
        return;
    }
    if (arg == 6) {
        emit(g, e);
        return;
    }
    for (size_t i = 0; i < a->values[arg].list.n; i++) {
        e.args[arg] = a->values[arg].list.items[i];
        add_tuples(g, e, a, arg + 1);
    }
}

static void call_events(const struct gather *g, enum abi abi, uint32_t nr) {
    struct arguments a = {0};
    size_t n;
    const struct ir_stmt *const *all = stmts(g, &n);
    for (size_t s = 0; s <= n; s++) {
        const struct ir_stmt *from = s < n ? all[s] : g->what;
        for (size_t i = 0; from->class == CLASS_SYSCALL && i < from->match.n_calls; i++)
            if (from->match.calls[i].abi == abi && from->match.calls[i].nr == nr)
                add_tests(g->arena, &a, from->match.calls[i].cond);
    }
    for (unsigned arg = 0; arg < 6; arg++) {
        bool tested = a.values[arg].list.n > 0;
        add_number(g->arena, &a.values[arg], 0);
        if (tested)
            add_unions(g->arena, &a.values[arg]);
    }
    add_tuples(g, (struct event){.class = CLASS_SYSCALL, .abi = abi, .nr = nr}, &a, 0);
}

static void syscall_events(const struct gather *g) {
    const struct ir_match *m = &g->what->match;
    for (size_t i = 0; i < m->n_calls; i++)
        if (!i || m->calls[i].abi != m->calls[i - 1].abi || m->calls[i].nr != m->calls[i - 1].nr)
            call_events(g, m->calls[i].abi, m->calls[i].nr);
    for (enum abi abi = 0; abi < ABI_COUNT && (m->every_call || g->what->negated); abi++)
        for (uint32_t nr = 0; nr < syscall_table_end(abi) + 2; nr++)
            call_events(g, abi, nr);
}

static void (*const generators[CLASS_COUNT])(const struct gather *) = {
    [CLASS_FILE] = file_events,       [CLASS_CAPABILITY] = capability_events, [CLASS_MOUNT] = mount_events,
    [CLASS_UMOUNT] = umount_events,   [CLASS_PIVOT_ROOT] = single_event,      [CLASS_SOCKET] = socket_events,
    [CLASS_CONNECT] = address_events, [CLASS_BIND] = address_events,          [CLASS_PTRACE] = peer_events,
    [CLASS_SIGNAL] = peer_events,     [CLASS_SYSCALL] = syscall_events,       [CLASS_USERNS] = single_event,
};

void events_of(struct arena *arena, const struct ir_policy *policy, const struct ir_stmt *what,
               struct events *out) {
    struct gather g = {arena, policy, what, out};
    generators[what->class](&g);
}

void events_around(struct arena *arena, const struct ir_policy *policy, enum event_class class,
                   struct events *out) {
    static const unsigned all[CLASS_COUNT] = {
        [CLASS_FILE] = OP_ACCESS, [CLASS_PTRACE] = OP_PTRACE_ALL, [CLASS_SIGNAL] = OP_SIGNAL_ALL};
    struct ir_stmt every = {.class = class, .ops = all[class], .block = -1, .own = true};
    every.match.capabilities = ((uint64_t)1 << CAPABILITY_COUNT) - 1;
    every.match.every_call = true;
    every.match.abis = (1U << ABI_COUNT) - 1;
    events_of(arena, policy, &every, out);
    struct texts near = {0};
    for (size_t i = 0; i < policy->n_stmts && class == CLASS_FILE; i++) {
        const struct ir_match *m = &policy->stmts[i]->match;
        const char *paths[32];
        for (size_t k = 0; policy->stmts[i]->class == CLASS_FILE && k < m->paths.n_in + m->paths.n_out; k++) {
            size_t n = glob_boundary(
                arena, k < m->paths.n_in ? m->paths.in[k] : m->paths.out[k - m->paths.n_in], paths, 32);
            for (size_t p = 0; p < n; p++)
                add_text(arena, &near, paths[p]);
        }
    }
    struct gather g = {arena, policy, &every, out};
    for (size_t i = 0; i < near.list.n; i++)
        for (int owner = 0; owner < 2; owner++)
            emit(&g, (struct event){.class = CLASS_FILE,
                                    .path = near.list.items[i],
                                    .source = "/vpl-elsewhere",
                                    .owner = owner});
}
