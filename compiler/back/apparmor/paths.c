#include "lowering.h"

#include <string.h>

enum { MAX_GLOB_BYTES = 64 * 1024, MAX_NAMES = 512 };

static const char every_path[] = "/{,**}";

static struct aa_globs texts(struct arena *arena, const struct glob *const *globs, size_t n) {
    const char **items = arena_alloc(arena, n * sizeof *items + 1);
    for (size_t i = 0; i < n; i++)
        items[i] = glob_text(globs[i]);
    return (struct aa_globs){items, n};
}

bool aa_globs(struct arena *arena, const struct pathset *set, struct aa_globs *globs) {
    static const char *const all[] = {every_path};
    if (set->any) {
        *globs = (struct aa_globs){all, 1};
        return true;
    }
    *globs = texts(arena, set->in, set->n_in);
    const char *const *items;
    size_t n;
    if (set->n_out == 0)
        return true;
    if (pathset_as_globs(arena, set, MAX_GLOB_BYTES, &items, &n) < 0)
        return false;
    *globs = (struct aa_globs){items, n};
    return true;
}

bool aa_globs_outside(struct arena *arena, const struct pathset *set, struct aa_globs *globs) {
    *globs = (struct aa_globs){0};
    return set->any || pathset_complement_as_globs(arena, set, MAX_GLOB_BYTES, &globs->items, &globs->n) == 0;
}

struct pathset aa_pathset_of(struct arena *arena, const char *const *globs, size_t n) {
    const struct glob **in = arena_alloc(arena, n * sizeof(struct glob *) + 1);
    for (size_t i = 0; i < n; i++) {
        const char *error;
        size_t at;
        in[i] = glob_parse_apparmor(arena, globs[i], &error, &at);
    }
    return (struct pathset){.in = in, .n_in = n};
}

static bool all_names(const struct pathset *set) {
    for (size_t i = 0; i < set->n_in; i++)
        if (!glob_literal(set->in[i]))
            return false;
    return !set->any;
}

/* The names of `names` that `other` has too. */
static struct pathset keep(struct arena *arena, const struct pathset *names, const struct pathset *other) {
    VEC(const struct glob *) in = {0};
    for (size_t i = 0; i < names->n_in; i++) {
        const char *name = glob_literal(names->in[i]);
        if (pathset_match(names, name) && pathset_match(other, name))
            vec_push(arena, &in, names->in[i]);
    }
    return (struct pathset){.in = in.items, .n_in = in.n};
}

/* a and b = a.in without a.out, without what isn't in b.in, without b.out */
static enum aa_meet meet_by_complement(struct arena *arena, const struct pathset *a, const struct pathset *b,
                                       struct pathset *both) {
    struct aa_globs outside;
    struct pathset b_in = {.in = b->in, .n_in = b->n_in};
    if (!aa_globs_outside(arena, &b_in, &outside))
        return AA_MEET_UNKNOWN;
    struct pathset not_b = aa_pathset_of(arena, outside.items, outside.n);
    VEC(const struct glob *) out = {0};
    for (size_t i = 0; i < a->n_out; i++)
        vec_push(arena, &out, a->out[i]);
    for (size_t i = 0; i < b->n_out; i++)
        vec_push(arena, &out, b->out[i]);
    for (size_t i = 0; i < not_b.n_in; i++)
        vec_push(arena, &out, not_b.in[i]);
    *both = (struct pathset){.in = a->in, .n_in = a->n_in, .out = out.items, .n_out = out.n};
    return AA_MEET_SOME;
}

static bool has_variable(const struct pathset *set) {
    for (size_t i = 0; i < set->n_in + set->n_out; i++)
        if (glob_has_variable(i < set->n_in ? set->in[i] : set->out[i - set->n_in]))
            return true;
    return false;
}

enum aa_meet aa_meet_paths(struct arena *arena, const struct pathset *a, const struct pathset *b,
                           struct pathset *both) {
    if (a->any || b->any) {
        *both = a->any ? *b : *a;
        return AA_MEET_SOME;
    }
    bool known = !has_variable(a) && !has_variable(b); /* else what they share is the node's to say */
    if (known && (all_names(a) || all_names(b))) {
        *both = all_names(a) ? keep(arena, a, b) : keep(arena, b, a);
        return both->n_in ? AA_MEET_SOME : AA_MEET_EMPTY;
    }
    if (pathset_intersects(arena, a, b) == GLOB_NO)
        return AA_MEET_EMPTY;
    bool a_in_b = pathset_subset(arena, a, b) == GLOB_YES;
    if (a_in_b || pathset_subset(arena, b, a) == GLOB_YES) {
        *both = a_in_b ? *a : *b;
        return AA_MEET_SOME;
    }
    return known ? meet_by_complement(arena, a, b, both) : AA_MEET_UNKNOWN;
}

/* Writes the first alternative of each brace of `glob`, then goes on with the others. `rest` is what follows
 * the present brace. */
struct expansion {
    struct arena *arena;
    VEC(const char *) names;
    bool failed;
};

bool aa_is_wild(const char *glob) {
    for (; *glob; glob++) {
        if (*glob == '\\' && glob[1])
            glob++;
        else if (strchr("*?[", *glob))
            return true;
    }
    return false;
}

const char *aa_past_unit(const char *glob) {
    if (*glob == '\\' && glob[1])
        return glob + 2;
    if (*glob++ != '[')
        return glob;
    while (*glob && *glob != ']')
        glob += *glob == '\\' && glob[1] ? 2 : 1;
    return *glob ? glob + 1 : glob;
}

const char *aa_item_end(const char *glob) {
    size_t depth = 0;
    for (; *glob; glob = aa_past_unit(glob)) {
        if (depth == 0 && (*glob == ',' || *glob == '}'))
            break;
        depth += *glob == '{';
        depth -= *glob == '}';
    }
    return glob;
}

static void expand(struct expansion *e, const char *done, const char *text) {
    size_t plain = 0;
    while (text[plain] && !strchr("{*?[", text[plain]))
        plain += text[plain] == '\\' && text[plain + 1] ? 2 : 1;
    if (text[plain] != '{') {
        if (text[plain] || e->names.n == MAX_NAMES)
            e->failed = true;
        else
            vec_push(e->arena, &e->names, arena_printf(e->arena, "%s%s", done, text));
        return;
    }
    const char *item = text + plain, *end = item;
    while (*end != '}')
        end = aa_item_end(end + 1);
    while (*item != '}' && !e->failed) {
        const char *next = aa_item_end(item + 1);
        expand(e, done,
               arena_printf(e->arena, "%.*s%.*s%s", (int)plain, text, (int)(next - item - 1), item + 1,
                            end + 1));
        item = next;
    }
}

bool aa_names(struct arena *arena, const char *glob, struct aa_globs *names) {
    struct expansion e = {.arena = arena};
    expand(&e, "", glob);
    *names = (struct aa_globs){e.names.items, e.names.n};
    return !e.failed;
}

void aa_add_comment(struct buf *out, const char *indent, const char *text) {
    buf_add(out, indent);
    buf_add(out, "# ");
    size_t begin = out->len;
    buf_add(out, text);
    for (char *c = out->failed ? NULL : out->data + begin; c && *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    buf_add_char(out, '\n');
}
