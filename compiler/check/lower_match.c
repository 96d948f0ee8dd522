#include "lower_parts.h"

#include <string.h>

enum { EVERY_ABI = (1U << ABI_COUNT) - 1, TABLED_ABIS = 1U << ABI_X86_64 | 1U << ABI_I386 };

const struct glob *lower_glob(struct building *b, const char *text, struct loc loc) {
    const char *error;
    size_t at;
    const struct glob *glob = glob_parse(b->lower->arena, text, &error, &at);
    if (glob)
        return glob_bind(b->lower->arena, glob, b->lower->disks);
    if (loc.end > loc.begin + at + 1) /* the offset is right unless something was spliced in before it */
        loc = (struct loc){loc.begin + 1 + (uint32_t)at, loc.end - 1};
    diag_add(b->lower->diag, DIAG_BAD_PATH, loc, "this is no path: %s", error);
    return NULL;
}

struct globs {
    VEC(const struct glob *) list;
};

/* False after a diagnostic. */
static bool add_glob(struct building *b, struct globs *out, const char *text, struct loc loc) {
    const struct glob *glob = lower_glob(b, text, loc);
    if (glob)
        vec_push(b->lower->arena, &out->list, glob);
    return glob;
}

static void add_expanded(struct building *b, struct globs *out, const struct value *value) {
    const char *const *patterns;
    if (b->expectation) {
        bool wild = strpbrk(value->text, "*?[{\\") != NULL;
        add_glob(b, out, wild ? value->text : links_resolve(b->lower->arena, &b->links, value->text),
                 value->loc);
        return;
    }
    size_t n = links_expand(b->lower->arena, &b->links, value->text, &patterns);
    for (size_t i = 0; i < n && add_glob(b, out, patterns[i], value->loc); i++)
        ; /* as it is written first: the same mistake isn't shown again where links lead */
}

static struct globs lower_globs(struct building *b, struct value_list values) {
    struct globs out = {0};
    for (size_t i = 0; i < values.n; i++)
        add_expanded(b, &out, &values.items[i]);
    return out;
}

static struct pathset lower_paths(struct building *b, const struct value_set *set) {
    struct globs in = lower_globs(b, set->in), out = lower_globs(b, set->out);
    return (struct pathset){.any = !set->present,
                            .in = in.list.items,
                            .n_in = in.list.n,
                            .out = out.list.items,
                            .n_out = out.list.n};
}

/* A mount point, and a source that is a directory, is written without a closing slash; the kernel's name has
 * one where it is a directory: both are meant, in `except` too. */
static const struct glob *const *with_directories(struct building *b, const struct glob *const *globs,
                                                  size_t *n) {
    VEC(const struct glob *) all = {0};
    for (size_t i = 0; i < *n; i++) {
        const char *text = glob_text(globs[i]);
        size_t len = strlen(text);
        vec_push(b->lower->arena, &all, globs[i]);
        if (text[len - 1] == '/' || (len > 1 && strcmp(text + len - 2, "**") == 0))
            continue;
        const struct glob *directory =
            lower_glob(b, arena_printf(b->lower->arena, "%s/", text), (struct loc){0});
        if (directory)
            vec_push(b->lower->arena, &all, directory);
    }
    *n = all.n;
    return all.items;
}

static void add_directories(struct building *b, struct pathset *set) {
    set->in = with_directories(b, set->in, &set->n_in);
    set->out = with_directories(b, set->out, &set->n_out);
}

static const int *lower_numbers(struct building *b, struct value_list values, size_t *n) {
    int *out = arena_alloc(b->lower->arena, (values.n + 1) * sizeof *out);
    for (size_t i = 0; i < values.n; i++)
        out[i] = (int)values.items[i].number;
    *n = values.n;
    return out;
}

static void lower_mount(struct building *b, const struct stmt *s, struct ir_match *m) {
    struct arena *arena = b->lower->arena;
    const char **types = arena_alloc(arena, (s->fstypes.n + 1) * sizeof *types);
    for (size_t i = 0; i < s->fstypes.n; i++)
        types[i] = s->fstypes.items[i].text;
    m->fstypes = types;
    m->n_fstypes = s->fstypes.n;
    struct ir_option *options = arena_alloc(arena, (s->options.n + 1) * sizeof *options);
    for (size_t i = 0; i < s->options.n; i++) {
        int index = (int)s->options.items[i].number;
        options[i] = (struct ir_option){index, mount_option_flag(index), mount_option_clears(index)};
    }
    m->options = options;
    m->n_options = s->options.n;
    m->options_only = s->options_only;
}

static struct value_list names(struct building *b, struct value_list all, bool abstract) {
    VEC(struct value) some = {0};
    for (size_t i = 0; i < all.n; i++) {
        struct value v = all.items[i];
        if ((v.text[0] == '@' && v.text[1] != '{') != abstract)
            continue;
        if (abstract)
            v.text = arena_printf(b->lower->arena, "/%s", v.text + 1);
        vec_push(b->lower->arena, &some, v);
    }
    return (struct value_list){some.items, some.n};
}

static const struct ir_cidr *lower_cidrs(struct building *b, const struct inet_address *from, size_t n) {
    struct ir_cidr *cidrs = arena_alloc(b->lower->arena, (n + 1) * sizeof *cidrs);
    for (size_t i = 0; i < n; i++) {
        cidrs[i] = (struct ir_cidr){.kind = from[i].v6 ? ADDRESS_INET6 : ADDRESS_INET, .bits = from[i].bits};
        memcpy(cidrs[i].address, from[i].bytes, sizeof cidrs[i].address);
    }
    return cidrs;
}

static void lower_inet(struct building *b, const struct stmt *s, struct ir_match *m) {
    struct ir_ports *ports = arena_alloc(b->lower->arena, (s->ports.n + 1) * sizeof *ports);
    for (size_t i = 0; i < s->ports.n; i++) {
        const struct value *v = &s->ports.items[i];
        ports[i] =
            (struct ir_ports){(uint16_t)v->number, (uint16_t)(v->kind == VALUE_RANGE ? v->last : v->number)};
    }
    m->inet_any = s->inet_only && !s->n_addresses;
    m->cidrs = lower_cidrs(b, s->addresses, s->n_addresses);
    m->n_cidrs = s->n_addresses;
    m->not_cidrs = lower_cidrs(b, s->not_addresses, s->n_not_addresses);
    m->n_not_cidrs = s->n_not_addresses;
    m->ports = ports;
    m->n_ports = s->ports.n;
}

/* No file, so no link is followed. */
static struct globs abstract_globs(struct building *b, struct value_list values) {
    struct value_list list = names(b, values, true);
    struct globs out = {0};
    for (size_t i = 0; i < list.n; i++)
        add_glob(b, &out, list.items[i].text, list.items[i].loc);
    return out;
}

static void lower_unix(struct building *b, const struct stmt *s, struct ir_match *m) {
    struct value_set paths = s->paths;
    struct globs in = abstract_globs(b, s->paths.in), out = abstract_globs(b, s->paths.out);
    paths.in = names(b, s->paths.in, false);
    paths.out = names(b, s->paths.out, false);
    m->unix_any = s->unix_only && !s->paths.present;
    m->has_paths = paths.in.n > 0;
    m->paths = lower_paths(b, &paths);
    m->abstract =
        (struct pathset){.in = in.list.items, .n_in = in.list.n, .out = out.list.items, .n_out = out.list.n};
}

/* A denial covers the kernel's every entry; an allow, and a default of some calls' own, those whose tables
 * say what the name means there: never x32. */
static unsigned abis_of(const struct stmt *s, const struct building *b) {
    if (b->expectation)
        return 1U << (s->abi < 0 ? ABI_X86_64 : (unsigned)s->abi);
    bool default_of_some = s->effect == EFFECT_DEFAULT_DENY && s->has_calls;
    return s->effect == EFFECT_ALLOW || default_of_some ? TABLED_ABIS : EVERY_ABI;
}

static void lower_syscall(struct building *b, const struct stmt *s, struct ir_match *m) {
    m->where = s->where;
    if (s->has_calls)
        lower_calls(b, s->calls, s->n_calls, abis_of(s, b), m);
    else {
        m->every_call = true;
        m->abis = abis_of(s, b);
    }
}

/* `write` covers appending and a hard link made there; an expectation means the one operation it names. */
static unsigned lower_ops(const struct building *b, const struct stmt *s) {
    static const unsigned all[CLASS_COUNT] = {
        [CLASS_FILE] = OP_ACCESS, [CLASS_PTRACE] = OP_PTRACE_ALL, [CLASS_SIGNAL] = OP_SIGNAL_ALL};
    unsigned ops = s->ops ? s->ops : all[s->class];
    if (s->class == CLASS_FILE && ops & OP_WRITE && !b->expectation)
        ops |= OP_APPEND | OP_LINK;
    return ops;
}

/* Peers go by label, as profiles do. */
static const char *const *lower_peers(struct building *b, const struct stmt *s) {
    const char **labels = arena_alloc(b->lower->arena, (s->n_peer_policies + 1) * sizeof *labels);
    for (size_t i = 0; i < s->n_peer_policies; i++)
        labels[i] = lower_label(b->lower->arena, s->peer_policies[i]);
    return labels;
}

void lower_match(struct building *b, const struct stmt *s, struct ir_stmt *out) {
    struct ir_match *m = &out->match;
    out->class = s->class;
    out->ops = lower_ops(b, s);
    m->owner = s->owner;
    m->capabilities = s->has_capabilities ? s->capabilities : ((uint64_t)1 << CAPABILITY_COUNT) - 1;
    m->families = lower_numbers(b, s->families, &m->n_families);
    m->types = lower_numbers(b, s->types, &m->n_types);
    m->protocols = lower_numbers(b, s->protocols, &m->n_protocols);
    m->signals[0] = s->signals[0];
    m->signals[1] = s->signals[1];
    m->peers = s->peers;
    m->peer_policies = lower_peers(b, s);
    m->n_peer_policies = s->n_peer_policies;
    m->sources = lower_paths(b, &s->sources);
    m->has_sources = s->sources.present;
    if (s->class == CLASS_CONNECT || s->class == CLASS_BIND) {
        lower_unix(b, s, m);
        lower_inet(b, s, m);
        return;
    }
    m->paths = lower_paths(b, &s->paths);
    m->has_paths = s->paths.present;
    if ((s->class == CLASS_MOUNT || s->class == CLASS_UMOUNT) && !b->expectation) {
        add_directories(b, &m->paths);
        add_directories(b, &m->sources);
    }
    if (s->class == CLASS_MOUNT)
        lower_mount(b, s, m);
    if (s->class == CLASS_SYSCALL)
        lower_syscall(b, s, m);
}
