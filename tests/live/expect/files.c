#include "expect.h"

#include <string.h>

enum { MOST_PATH = 200, MOST_UNIX_PATH = 100 };

const char elsewhere[] = "/vpl-elsewhere";

bool usable(const char *path) {
    if (path[0] != '/' || !path[1] || strlen(path) > MOST_PATH || strstr(path, "//") ||
        !strncmp(path, "/vpl-ask", 8))
        return false;
    for (const char *c = path; (c = strstr(c, "/.")); c++)
        if (c[2] == '/' || !c[2] || (c[2] == '.' && (c[3] == '/' || !c[3])))
            return false;
    return true;
}

bool is_directory(const char *path) {
    return path[strlen(path) - 1] == '/';
}

static bool is_below(const char *path, const char *directory) {
    size_t n = strlen(directory) - is_directory(directory);
    return !strncmp(path, directory, n) && (!path[n] || path[n] == '/');
}

bool fit_together(const char *a, const char *b) {
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
static void ask_reading(struct table *t, struct answer *a, struct event e, const struct actor *actor) {
    struct actor *after = &t->actors[MOST_ACTORS];
    struct answer reading = {0};
    *after = *actor;
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
    bool from = act->renames && act->also;
    if (act->binds)
        ask(t, &a, (struct event){.class = CLASS_SOCKET, .family = 1, .type = 2}, t->actor);
    if (act->renames && !from)
        ask_rename(t, &a, e, from);
    for (unsigned op = 1; op <= OP_EXEC; op <<= 1)
        if ((e.op | act->also) & op) {
            struct event one = e;
            one.op = op;
            ask(t, &a, one, t->actor);
        }
    if (from)
        ask_rename(t, &a, e, from);
    if (e.op == OP_EXEC)
        ask_reading(t, &a, e, &t->actors[t->actor]);
    const char *parts = e.op == OP_EXEC ? label_parts(t, &t->actors[t->actor], e.path) : NULL;
    ACT(t, &a, act->name, e.path, e.owner ? "0" : "1", parts);
}

/* The kernel refuses a link to a file of which the profile allows less than of the link, or whose execution
 * enters other blocks. */
static bool link_is_less(const struct table *t, struct event e) {
    static const struct actor nobody;
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
    return !strcmp(label_parts(t, &nobody, e.path), label_parts(t, &nobody, e.source));
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

void put_file(struct table *t, const struct event *e) {
    if (!usable(e->path))
        return;
    if (e->op == OP_LINK)
        put_link(t, e);
    for (size_t i = 0; i < sizeof file_acts / sizeof *file_acts; i++) {
        const struct file_act *act = &file_acts[i];
        bool fits =
            e->op == act->op && (act->directory || !is_directory(e->path)) && (e->owner || !act->makes);
        if (fits && !(act->renames && !fit_together(e->path, elsewhere)) &&
            !(act->binds && strlen(e->path) > MOST_UNIX_PATH))
            put_file_act(t, act, *e);
    }
}

bool may_exec(struct table *t, const struct actor *actor, const char *program) {
    struct event e = {.class = CLASS_FILE,
                      .op = OP_EXEC,
                      .path = program,
                      .source = "",
                      .owner = true,
                      .chain = actor->chain,
                      .n_chain = actor->n};
    struct answer a = {.denied = judged_denied(t, &e)};
    ask_reading(t, &a, e, actor);
    return !a.denied;
}
