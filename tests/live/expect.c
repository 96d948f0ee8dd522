/* What the kernel has to answer. For each policy of a file: acts and system calls next to the policy's own
 * boundaries, with what the meaning says of them and what the outputs say. tests/live/ask and
 * tests/live/calls compare the kernel with that. expect FILE.vpl DIR [6.12]     writes DIR/LABEL.acts,
 * DIR/LABEL.calls and DIR/LABEL.bpf; prints NAME LABEL PROFILE ("-": none). With 6.12 for that kernel,
 * apparmor_parser 4.1 and abi 4 An act is a set of events, denied if any of them is. Only what a process can
 * try without harm to the machine is an act. */
#include "compile.h"
#include "events.h"
#include "filter.h"
#include "meaning.h"
#include "panel.h"
#include "table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

enum { MOST_ACTORS = 6, MOST_PATH = 200, MOST_NEAR = 16, MOST_DENYING = 64 };

static const char elsewhere[] = "/vpl-elsewhere";

/* How many events of a class each actor tries at most, where the policy speaks of it. EXPECT_TIMES=4 in the
 * environment: four times as many. EXPECT_SEED: others. */
static const unsigned budgets[CLASS_COUNT] = {
    [CLASS_FILE] = 80,      [CLASS_CAPABILITY] = CAPABILITY_COUNT,
    [CLASS_MOUNT] = 60,     [CLASS_UMOUNT] = 24,
    [CLASS_PIVOT_ROOT] = 1, [CLASS_USERNS] = 1,
    [CLASS_SOCKET] = 40,    [CLASS_PTRACE] = 16,
    [CLASS_SIGNAL] = 30,
};
enum { BUDGET_OF_THE_REST = 8 };

struct actor {
    const char *chain[MOST_ACTORS];
    size_t n;
};

struct table {
    struct arena *arena;
    const struct ir_policy *policy;
    const struct panel *panel;
    size_t apparmor; /* its place in the panel */
    const char *profile;
    struct actor actors[MOST_ACTORS + 1]; /* and one that is made up */
    size_t n_actors;
    size_t actor; /* who acts now */
    FILE *out;
};

/* --- What is said of an act --- */

struct answer {
    bool denied;  /* by the profile's text */
    bool meant;   /* by the meaning */
    bool claimed; /* some denial of it is held `full` by AppArmor */
    bool excused; /* AppArmor may deny what the meaning allows */
    bool logged;
};

static const struct hold *hold_of(const struct table *t, const struct ir_stmt *stmt) {
    return &t->panel->holds[stmt->id * t->panel->n + t->apparmor];
}

static bool judged_denied(const struct table *t, const struct event *e) {
    return t->panel->backends[t->apparmor]->judge(t->panel->prepared[t->apparmor], e) == JUDGED_DENY;
}

static bool is_claimed(const struct table *t, const struct event *e) {
    const struct ir_stmt *denying[MOST_DENYING];
    size_t n = meaning_denying(t->policy, e, denying, MOST_DENYING);
    for (size_t i = 0; i < n; i++)
        if (denying[i] && hold_of(t, denying[i])->level == HOLD_FULL)
            return true;
    return false;
}

static bool is_opaque(const struct table *t) {
    bool raw = *t->policy->raw_apparmor;
    for (size_t i = 0; i < t->policy->n_blocks; i++)
        raw |= *t->policy->blocks[i].raw_apparmor != '\0';
    return raw;
}

static bool is_over(const struct table *t, enum event_class class) {
    for (size_t i = 0; i < t->policy->n_stmts; i++)
        if (hold_of(t, t->policy->stmts[i])->level == HOLD_OVER && t->policy->stmts[i]->class == class)
            return true;
    return false;
}

/* Allowed and logged, by a statement that AppArmor holds? */
static bool allow_logged(const struct table *t, const struct event *e) {
    uint64_t entered = ir_blocks_entered(t->policy, e->chain, e->n_chain);
    for (size_t i = 0; i < t->policy->n_stmts; i++) {
        const struct ir_stmt *s = t->policy->stmts[i];
        bool observed = s->own && t->policy->reaction == REACTION_OBSERVE && s->verdict == VERDICT_DENY;
        if ((observed || (s->audit && s->verdict == VERDICT_ALLOW)) && hold_of(t, s)->level == HOLD_FULL &&
            (s->block < 0 || entered >> s->block & 1) && ir_stmt_matches(s, e))
            return true;
    }
    return false;
}

static void ask(const struct table *t, struct answer *a, struct event e, size_t actor) {
    e.chain = t->actors[actor].chain;
    e.n_chain = t->actors[actor].n;
    struct judgement j = meaning_judge(t->policy, &e);
    bool denied = j.verdict == VERDICT_DENY, claimed = is_claimed(t, &e);
    a->denied |= judged_denied(t, &e);
    a->meant |= denied;
    a->claimed |= claimed;
    a->excused |= is_over(t, e.class) || is_opaque(t);
    a->logged |= j.logged && (denied ? claimed : allow_logged(t, &e));
}

/* --- Lines of the table: words, and what is said as letters --- */

static void put_word(const struct table *t, const char *word) {
    putc(' ', t->out);
    table_put_word(t->out, word);
}

static void begin_act(const struct table *t, const struct answer *a, const char *name) {
    const bool said[] = {a->denied, a->meant, a->claimed, a->excused, a->logged};
    fprintf(t->out, "act %zu -", t->actor);
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (said[i])
            putc(TABLE_LETTERS[i], t->out);
    put_word(t, name);
}

static void put_words(const struct table *t, const char *const *words) {
    for (; *words; words++)
        put_word(t, *words);
    putc('\n', t->out);
}
#define ACT(t, a, name, ...) (begin_act(t, a, name), put_words(t, (const char *const[]){__VA_ARGS__, NULL}))

static const char *number(const struct table *t, unsigned long long n) {
    return arena_printf(t->arena, "%llu", n);
}

/* "NAME,NAME//block": the profiles that whoever executed the chain, and then `program`, is in. */
static const char *label_parts(const struct table *t, const struct actor *actor, const char *program) {
    const char *chain[MOST_ACTORS + 1], *parts = t->profile;
    memcpy(chain, actor->chain, actor->n * sizeof *chain);
    chain[actor->n] = program;
    uint64_t entered = ir_blocks_entered(t->policy, chain, actor->n + (program != NULL));
    for (size_t b = 0; b < t->policy->n_blocks; b++)
        if (entered >> b & 1)
            parts = arena_printf(t->arena, "%s,%s//%s", parts, t->profile, t->policy->blocks[b].name);
    return parts;
}

/* --- Files --- */

/* Can there be a file of this name beside those that the probes need? */
static bool usable(const char *path) {
    if (path[0] != '/' || !path[1] || strlen(path) > MOST_PATH || strstr(path, "//") ||
        !strncmp(path, "/vpl-ask", 8))
        return false;
    for (const char *c = path; (c = strstr(c, "/.")); c++)
        if (c[2] == '/' || !c[2] || (c[2] == '.' && (c[3] == '/' || !c[3])))
            return false;
    return true;
}

static bool is_directory(const char *path) {
    return path[strlen(path) - 1] == '/';
}

static bool is_below(const char *path, const char *directory) {
    size_t n = strlen(directory) - is_directory(directory);
    return !strncmp(path, directory, n) && (!path[n] || path[n] == '/');
}

static bool fit_together(const char *a, const char *b) {
    return !is_below(a, b) && !is_below(b, a);
}

static const struct file_act {
    const char *name;
    unsigned op;    /* that it stands for */
    unsigned also;  /* what else it does with the same path */
    bool directory; /* with one, too */
    bool makes;     /* the file is the actor's own */
    bool renames, binds;
} file_acts[] = {
    {.name = "open-read", .op = OP_READ, .directory = true},
    {.name = "open-write", .op = OP_WRITE},
    {.name = "open-append", .op = OP_APPEND},
    {.name = "create", .op = OP_WRITE, .directory = true, .makes = true},
    {.name = "mknod", .op = OP_WRITE, .makes = true},
    {.name = "symlink", .op = OP_WRITE, .makes = true},
    {.name = "unlink", .op = OP_WRITE, .directory = true},
    {.name = "truncate", .op = OP_WRITE},
    {.name = "chmod", .op = OP_WRITE, .directory = true},
    {.name = "chown", .op = OP_WRITE, .directory = true},
    {.name = "rename-from", .op = OP_WRITE, .also = OP_READ, .directory = true, .renames = true},
    {.name = "rename-to", .op = OP_WRITE, .directory = true, .renames = true},
    {.name = "bind-unix", .op = OP_WRITE, .makes = true, .binds = true},
    {.name = "lock", .op = OP_LOCK, .also = OP_READ, .directory = true},
    {.name = "map", .op = OP_MAP, .also = OP_READ},
    {.name = "exec", .op = OP_EXEC},
};

/* The kernel reads the old name of what it renames, besides writing both. */
static void ask_rename(const struct table *t, struct answer *a, struct event e, bool from) {
    const char *other = is_directory(e.path) ? "/vpl-elsewhere/" : elsewhere;
    e.path = other;
    e.op = OP_WRITE;
    ask(t, a, e, t->actor);
    e.op = OP_READ;
    if (!from)
        ask(t, a, e, t->actor);
}

/* What enters a block is read under the block's rules, as the label is another, or dies. (Then the kernel
 * remembers that the file may be mapped as well: before it, under the old label. A program whose first
 * segment isn't only read needs `map` too.) */
static void ask_reading(struct table *t, struct answer *a, struct event e) {
    struct actor *after = &t->actors[MOST_ACTORS];
    struct answer reading = {0};
    *after = t->actors[t->actor];
    if (!strcmp(label_parts(t, after, NULL), label_parts(t, after, e.path)))
        return;
    after->chain[after->n++] = e.path;
    e.op = OP_READ;
    ask(t, &reading, e, MOST_ACTORS);
    a->excused |= reading.denied;
    a->denied |= reading.denied;
}

static void put_file_act(struct table *t, const struct file_act *act, struct event e) {
    struct answer a = {0};
    for (unsigned op = 1; op <= OP_EXEC; op <<= 1)
        if ((e.op | act->also) & op) {
            struct event one = e;
            one.op = op;
            ask(t, &a, one, t->actor);
        }
    if (act->renames)
        ask_rename(t, &a, e, act->also);
    if (e.op == OP_EXEC)
        ask_reading(t, &a, e);
    if (act->binds)
        ask(t, &a, (struct event){.class = CLASS_SOCKET, .family = 1, .type = 2}, t->actor);
    const char *owner = e.owner ? "0" : "1";
    if (e.op == OP_EXEC)
        ACT(t, &a, act->name, e.path, owner, label_parts(t, &t->actors[t->actor], e.path));
    else
        ACT(t, &a, act->name, e.path, owner);
}

/* The kernel refuses a link to a file of which the profile allows less than of the link. */
static bool link_is_less(const struct table *t, struct event e) {
    static const unsigned ops[] = {OP_READ, OP_WRITE, OP_APPEND, OP_LOCK, OP_MAP, OP_EXEC};
    struct event source = e;
    source.path = e.source;
    source.chain = e.chain = t->actors[t->actor].chain;
    source.n_chain = e.n_chain = t->actors[t->actor].n;
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        e.op = source.op = ops[i];
        if (judged_denied(t, &source) && !judged_denied(t, &e))
            return false;
    }
    return !strcmp(label_parts(t, &t->actors[t->actor], e.path),
                   label_parts(t, &t->actors[t->actor], e.source));
}

static void put_link(struct table *t, const struct event *e) {
    struct answer a = {0};
    if (is_directory(e->path) || is_directory(e->source) || !usable(e->source) ||
        !fit_together(e->path, e->source))
        return;
    ask(t, &a, *e, t->actor);
    if (e->owner &&
        !link_is_less(t, *e)) /* only of one's own files: apparmor_parser asks for no more [lab] */
        a.denied = a.excused = true;
    if (e->owner && !a.denied)
        a.logged = false; /* the kernel has lost the request by then (profile_path_link) */
    ACT(t, &a, "link", e->path, e->owner ? "0" : "1", e->source);
}

static void put_file(struct table *t, const struct event *e) {
    if (!usable(e->path))
        return;
    if (e->op == OP_LINK)
        put_link(t, e);
    for (size_t i = 0; i < sizeof file_acts / sizeof *file_acts; i++) {
        const struct file_act *act = &file_acts[i];
        bool fits =
            e->op == act->op && (act->directory || !is_directory(e->path)) && (e->owner || !act->makes);
        if (fits && !(act->renames && !fit_together(e->path, elsewhere)) &&
            !(act->binds && strlen(e->path) > 100))
            put_file_act(t, act, *e);
    }
}

/* --- Mounts --- */

static unsigned from_environment(const char *name, unsigned otherwise) {
    const char *value = getenv(name);
    return value ? (unsigned)strtoul(value, NULL, 10) : otherwise;
}

static unsigned budget_of(const struct table *t, enum event_class class) {
    bool speaks = false;
    for (size_t i = 0; i < t->policy->n_stmts && !speaks; i++)
        speaks = t->policy->stmts[i]->class == class;
    unsigned budget = speaks || budgets[class] < BUDGET_OF_THE_REST ? budgets[class] : BUDGET_OF_THE_REST;
    return budget * from_environment("EXPECT_TIMES", 1) / (t->actor ? 3 : 1) + 1;
}

static uint64_t dice(uint64_t i) {
    uint64_t x = (i + 1) * 0x9e3779b97f4a7c15u + from_environment("EXPECT_SEED", 0) * 0xd1342543de82ef95u;
    return (x ^ x >> 29) * 0xbf58476d1ce4e5b9u >> 8;
}

/* One of `n`: is it among the `budget` that are tried? */
static bool is_chosen(size_t i, size_t n, unsigned budget) {
    return n <= budget || dice(i) % n < budget;
}

struct paths {
    VEC(const char *) list;
};

static void add_place(const struct table *t, struct paths *out, const char *path) {
    if (!usable(path))
        return;
    vec_push(t->arena, &out->list, path);
    if (!is_directory(path))
        vec_push(t->arena, &out->list, arena_printf(t->arena, "%s/", path));
}

/* Places next to what the policy says of mount points, or of what is mounted there; and one that it doesn't
 * speak of. */
static struct paths places(const struct table *t, enum event_class class, bool sources) {
    struct paths out = {0};
    add_place(t, &out, sources ? "/vpl-source" : elsewhere);
    for (size_t i = 0; i < t->policy->n_stmts; i++) {
        const struct ir_match *m = &t->policy->stmts[i]->match;
        const struct pathset *set = sources ? &m->sources : &m->paths;
        const char *near[MOST_NEAR];
        if (t->policy->stmts[i]->class != class || !(sources ? m->has_sources : m->has_paths))
            continue;
        for (size_t g = 0; g < set->n_in + set->n_out; g++) {
            size_t n = glob_boundary(t->arena, g < set->n_in ? set->in[g] : set->out[g - set->n_in], near,
                                     MOST_NEAR);
            for (size_t k = 0; k < n; k++)
                add_place(t, &out, near[k]);
        }
    }
    return out;
}

/* A type is read only for a new mount, a source neither for a changed one. */
static struct event as_the_kernel_reads(struct event e) {
    bool changes =
        e.mount_flags & MS_REMOUNT ||
        (e.mount_flags & (MS_PRIVATE | MS_SHARED | MS_SLAVE | MS_UNBINDABLE) && !(e.mount_flags & MS_BIND));
    if (changes || e.mount_flags & (MS_BIND | MS_MOVE))
        e.fstype = "";
    if (changes)
        e.source = "";
    return e;
}

/* Of all combinations, some: type, flags, source and place go by different digits of one number. */
static void put_mounts(const struct table *t) {
    /* of those that need no disk, which the lab doesn't have */
    static const char *const fstypes[] = {"tmpfs",   "proc", "sysfs",   "ramfs",  "devpts",
                                          "cgroup2", "bpf",  "debugfs", "tracefs"};
    static const unsigned long flags[] = {0,
                                          0,
                                          0,
                                          MS_BIND,
                                          MS_BIND,
                                          MS_BIND | MS_REC,
                                          MS_MOVE,
                                          MS_REMOUNT,
                                          MS_REMOUNT | MS_BIND,
                                          MS_PRIVATE,
                                          MS_SHARED,
                                          MS_SLAVE | MS_REC,
                                          MS_UNBINDABLE,
                                          MS_RDONLY,
                                          MS_NOSUID | MS_NODEV,
                                          MS_BIND | MS_RDONLY,
                                          MS_REMOUNT | MS_NODEV};
    struct paths sources = places(t, CLASS_MOUNT, true), points = places(t, CLASS_MOUNT, false);
    for (uint64_t i = 0; i < budget_of(t, CLASS_MOUNT); i++) {
        struct answer a = {0};
        struct event e = {.class = CLASS_MOUNT,
                          .fstype = fstypes[i % (sizeof fstypes / sizeof *fstypes)],
                          .mount_flags = flags[dice(4 * i) % (sizeof flags / sizeof *flags)],
                          .source = sources.list.items[dice(4 * i + 1) % sources.list.n],
                          .path = points.list.items[dice(4 * i + 2) % points.list.n]};
        if (!fit_together(e.path, e.source))
            continue;
        ask(t, &a, as_the_kernel_reads(e), t->actor);
        ACT(t, &a, "mount", e.fstype, number(t, e.mount_flags), e.source, e.path);
    }
}

static struct event capability_event(int capability) {
    return (struct event){.class = CLASS_CAPABILITY, .capability = capability};
}

/* The capability is looked at first; the kernel doesn't log a profile's same capability twice in a row. */
static void ask_as_admin(const struct table *t, struct answer *a, const struct event *e) {
    struct answer admin = {0};
    ask(t, &admin, capability_event(capability_by_name("sys_admin")), t->actor);
    ask(t, a, *e, t->actor);
    a->logged &= !admin.denied;
    a->denied |= admin.denied, a->meant |= admin.meant, a->claimed |= admin.claimed;
}

static void put_umounts(const struct table *t) {
    struct paths points = places(t, CLASS_UMOUNT, false);
    for (size_t i = 0; i < points.list.n; i++) {
        struct answer a = {0};
        struct event e = {.class = CLASS_UMOUNT, .path = points.list.items[i]};
        ask_as_admin(t, &a, &e);
        if (is_chosen(i, points.list.n, budget_of(t, CLASS_UMOUNT)))
            ACT(t, &a, "umount", e.path);
    }
}

static void put_pivot_root(struct table *t, const struct event *e) {
    struct answer a = {0};
    ask_as_admin(t, &a, e);
    ACT(t, &a, "pivot-root", "/vpl-m/");
}

/* --- Sockets, capabilities --- */

static void put_userns(struct table *t, const struct event *e) {
    struct answer a = {0};
    ask(t, &a, *e, t->actor);
    if (a.claimed || !a.meant) /* before 6.7 nobody looks */
        ACT(t, &a, "userns", NULL);
}

static void put_socket(struct table *t, const struct event *e) {
    struct answer a = {0};
    if (e->family >= 46 || (e->type & 0xf) > 10) /* AF_MAX of 6.1, SOCK_MAX: EINVAL before anybody is asked */
        return;
    ask(t, &a, *e, t->actor);
    ACT(t, &a, "socket", number(t, (unsigned)e->family), number(t, (unsigned)e->type),
        number(t, (unsigned)e->protocol));
}

/* What a probe of a capability needs besides, and another capability that would do as well. */
static const struct {
    const char *name, *instead;
    int family, type;
} capability_needs[] = {
    {.name = "net_admin", .family = 1, .type = 1},
    {.name = "net_bind_service", .family = 2, .type = 1},
    {.name = "net_raw", .family = 2, .type = 3},
    {.name = "syslog", .instead = "sys_admin"},
};

static void put_capability(struct table *t, const struct event *e) {
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
        if (capability_needs[i].instead) {
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

static void put_ptrace(struct table *t, const struct event *e) {
    (e->peer == PEER_SELF ? put_with_self : put_with_peer)(t, e, "ptrace", "0");
}

static void put_signal(struct table *t, const struct event *e) {
    if (e->signal <= 64 && e->signal != 19) /* who is stopped can't be ended */
        (e->peer == PEER_SELF ? put_with_self : put_with_peer)(t, e, "signal",
                                                               number(t, (unsigned)e->signal));
}

/* --- All of a policy --- */

static void (*const put[CLASS_COUNT])(struct table *t, const struct event *e) = {
    [CLASS_FILE] = put_file,     [CLASS_CAPABILITY] = put_capability, [CLASS_PIVOT_ROOT] = put_pivot_root,
    [CLASS_SOCKET] = put_socket, [CLASS_PTRACE] = put_ptrace,         [CLASS_SIGNAL] = put_signal,
    [CLASS_USERNS] = put_userns,
};

static void put_class(struct table *t, enum event_class class) {
    struct events events = {0};
    unsigned budget = budget_of(t, class);
    events_around(t->arena, t->policy, class, &events);
    for (size_t i = 0; i < events.list.n; i++)
        if (is_chosen(i, events.list.n, budget))
            put[class](t, &events.list.items[i]);
}

static bool may_exec(struct table *t, struct actor *actor, const char *program) {
    struct event e = {.class = CLASS_FILE,
                      .op = OP_EXEC,
                      .path = program,
                      .source = "",
                      .owner = true,
                      .chain = actor->chain,
                      .n_chain = actor->n};
    struct answer a = {.denied = judged_denied(t, &e)};
    t->actors[0] = *actor;
    ask_reading(t, &a, e);
    t->actors[0] = (struct actor){0};
    return !a.denied;
}

struct programs {
    struct table *table;
    uint64_t seen[MOST_ACTORS];
    const char *paths[MOST_ACTORS];
    size_t n;
};

/* A program for each set of blocks. */
static void take_program(void *context, const char *path, const uint64_t *matched) {
    struct programs *p = context;
    const char *copy = arena_strdup(p->table->arena, path);
    uint64_t entered = ir_blocks_entered(p->table->policy, &copy, 1);
    (void)matched;
    for (size_t i = 0; i < p->n; i++)
        if (p->seen[i] == entered || !fit_together(copy, p->paths[i]))
            return;
    if (!entered || p->n == MOST_ACTORS - 2 || !usable(copy) || is_directory(copy))
        return;
    p->seen[p->n] = entered;
    p->paths[p->n++] = copy;
}

/* Whoever entered no block, then each program, then all of them one after the other. */
static void choose_actors(struct table *t) {
    struct programs programs = {.table = t};
    VEC(const struct glob *) globs = {0};
    for (size_t b = 0; b < t->policy->n_blocks; b++)
        for (size_t i = 0; i < t->policy->blocks[b].n_programs; i++)
            vec_push(t->arena, &globs, t->policy->blocks[b].programs[i]);
    if (globs.n)
        glob_cells(t->arena, globs.items, globs.n, 4000, take_program, &programs);
    struct actor all = {0};
    t->n_actors = 1;
    for (size_t i = 0; i < programs.n; i++) {
        if (may_exec(t, &t->actors[0], programs.paths[i]))
            t->actors[t->n_actors++] = (struct actor){{programs.paths[i]}, 1};
        if (may_exec(t, &all, programs.paths[i]))
            all.chain[all.n++] = programs.paths[i];
    }
    if (all.n > 1)
        t->actors[t->n_actors++] = all;
}

static void put_actors(const struct table *t) {
    fprintf(t->out, "profile");
    put_word(t, t->profile);
    putc('\n', t->out);
    for (size_t i = 0; i < t->n_actors; i++) {
        fprintf(t->out, "actor");
        put_word(t, label_parts(t, &t->actors[i], NULL));
        for (size_t k = 0; k < t->actors[i].n; k++)
            put_word(t, t->actors[i].chain[k]);
        putc('\n', t->out);
    }
}

static FILE *create(struct arena *arena, const char *dir, const char *label, const char *suffix) {
    const char *path = arena_printf(arena, "%s/%s.%s", dir, label, suffix);
    FILE *file = fopen(path, "w");
    if (!file) {
        perror(path);
        exit(1);
    }
    return file;
}

static void write_acts(struct table *t, const char *dir) {
    t->out = create(t->arena, dir, t->policy->label, "acts");
    choose_actors(t);
    put_actors(t);
    for (t->actor = 0; t->actor < t->n_actors; t->actor++) {
        for (enum event_class class = 0; class < CLASS_COUNT; class ++)
            if (put[class])
                put_class(t, class);
        put_mounts(t);
        put_umounts(t);
    }
    fclose(t->out);
}

/* --- System calls --- */

static void put_call(FILE *out, const struct sock_filter *filter, enum abi abi, uint32_t nr,
                     const uint64_t args[6]) {
    struct table_call call = {.abi = abi, .nr = nr};
    struct seccomp_data data = filter_data(abi, nr, args);
    for (int i = 0; i < 6; i++)
        call.args[i] = data.args[i];
    call.action = filter_run(filter, &data, NULL);
    fwrite(&call, sizeof call, 1, out);
}

static void write_calls(struct arena *arena, const struct ir_policy *policy, const struct output *bpf,
                        const char *dir) {
    FILE *filter = create(arena, dir, policy->label, "bpf"),
         *out = create(arena, dir, policy->label, "calls");
    const struct sock_filter *program = (const struct sock_filter *)(const void *)bpf->data.data;
    struct events events = {0};
    fwrite(bpf->data.data, 1, bpf->data.len, filter);
    events_around(arena, policy, CLASS_SYSCALL, &events);
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        for (uint32_t nr = 0; nr < syscall_table_end(abi) + 50; nr++)
            for (int bit = -1; bit < 64; bit += 13)
                put_call(out, program, abi, nr,
                         (uint64_t[6]){0, bit < 0 ? 0 : UINT64_C(1) << bit, bit < 0 ? 0 : UINT64_MAX});
    for (size_t i = 0; i < events.list.n; i++) {
        const struct event *e = &events.list.items[i];
        put_call(out, program, e->abi, e->nr, e->args);
    }
    fclose(filter);
    fclose(out);
}

static const struct output *find_output(const struct outputs *outputs, const char *folder) {
    for (size_t i = 0; i < outputs->n; i++)
        if (!strncmp(outputs->items[i].path, folder, strlen(folder)))
            return &outputs->items[i];
    return NULL;
}

static bool expect_policy(struct compilation *c, const struct ir_policy *policy, const struct node *node,
                          const char *dir) {
    struct arena *arena = arena_new();
    struct outputs outputs = {0};
    struct panel panel;
    bool fine = panel_make(arena, policy, node, &c->diag, &outputs, &panel);
    struct table t = {.arena = arena, .policy = policy, .panel = &panel, .profile = outputs.apparmor_profile};
    while (fine && t.profile && strcmp(panel.backends[t.apparmor]->name, "apparmor"))
        t.apparmor++;
    const struct output *bpf = find_output(&outputs, "seccomp/x86_64/");
    if (fine && t.profile)
        write_acts(&t, dir);
    if (fine && bpf)
        write_calls(arena, policy, bpf, dir);
    if (fine)
        printf("%s %s %s\n", policy->name, policy->label, t.profile ? t.profile : "-");
    outputs_free(&outputs);
    arena_free(arena);
    return fine;
}

int main(int argc, char **argv) {
    struct compilation c;
    struct err err;
    const struct ir_policy **list;
    if (argc != 3 && argc != 4)
        return 2;
    struct node node = node_default;
    if (argc == 4)
        node.kernel_minor = 12, node.parser_major = 4, node.parser_minor = 1, node.abi_major = 4;
    compile_init(&c);
    int status = compile_load(&c, argv[1], NULL, &err);
    if (status < 0)
        fprintf(stderr, "expect: %s\n", err.text);
    size_t n = status ? 0 : compile_selected(&c, NULL, &list);
    for (size_t i = 0; i < n; i++)
        if (list[i]->mode != MODE_BEHAVIOR_MODELING)
            status |= !expect_policy(&c, list[i], &node, argv[2]);
    struct buf text BUF_CLEANUP = {0};
    diag_print(&c.diag, &text, false);
    if (status)
        fputs(buf_text(&text), stderr);
    compile_free(&c);
    return status != 0;
}
