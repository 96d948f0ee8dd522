#include "parts.h"

#include "suggest.h"
#include <string.h>

bool parts_longest(const struct resolver *r, const struct scope *scope, const char *ref, struct found *found,
                   const char **rest) {
    for (size_t n = strlen(ref); n; n--) {
        if (ref[n] != '\0' && ref[n] != '.')
            continue;
        if (scope_find_rule(scope, arena_strndup(r->eval.arena, ref, n), found)) {
            *rest = ref[n] ? ref + n + 1 : NULL;
            return true;
        }
    }
    return false;
}

const struct ast *parts_excluded(const struct excluded *list, const struct ast *part) {
    while (list && list->part != part)
        list = list->next;
    return list ? list->by : NULL;
}

/* A walk over all parts, into what is used as well: it says nothing of mistakes, which whoever adds the rule
 * does. */
struct walk {
    struct resolver *r;
    const char *ref;
    const struct ast *part; /* the last one that the name fits */
    unsigned n;             /* how many it fits */
    unsigned *uses;         /* that the whole search looked into */
    struct suggest suggest;
    VEC(const char *) seen; /* the names of all */
};
enum { MOST_USES = 1000 }; /* rules that use themselves are met here before they are refused */

static void walk_body(struct walk *w, const struct scope *scope, const struct ast *body, const char *prefix,
                      const struct excluded *excluded);

static bool fits(const char *path, const char *ref) {
    size_t have = strlen(path), want = strlen(ref);
    return have >= want && strcmp(path + have - want, ref) == 0 &&
           (have == want || path[have - want - 1] == '.');
}

static void walk_part(struct walk *w, const struct scope *scope, const struct ast *part, const char *prefix,
                      const struct excluded *excluded) {
    const char *path = *prefix ? arena_printf(w->r->eval.arena, "%s.%s", prefix, part->text) : part->text;
    if (parts_excluded(excluded, part))
        return;
    suggest_consider(&w->suggest, part->text);
    vec_push(w->r->eval.arena, &w->seen, path);
    if (fits(path, w->ref)) {
        w->part = part;
        w->n++;
    } else
        walk_body(w, scope, part, path, excluded);
}

static const struct ast *part_named(struct walk *w, const struct scope *scope, const struct ast *body,
                                    const char *ref, const struct excluded *excluded) {
    struct walk inner = {.r = w->r, .ref = ref, .uses = w->uses, .suggest = {.word = ref}};
    walk_body(&inner, scope, body, "", excluded);
    return inner.n == 1 ? inner.part : NULL;
}

/* The rule or part that a `use` names, aliases followed, and where it stands. */
static const struct ast *used(struct walk *w, const struct scope *scope, const char *ref,
                              struct scope *there) {
    struct found found;
    const char *rest;
    while (++*w->uses < MOST_USES && parts_longest(w->r, scope, ref, &found, &rest)) {
        *there = (struct scope){.unit = found.unit, .program = scope->program};
        if (found.node->kind == NODE_RULE)
            return rest ? part_named(w, there, found.node, rest, NULL) : found.node;
        ref = found.node->first->text;
        scope = there;
    }
    return NULL;
}

static void walk_use(struct walk *w, const struct scope *scope, const struct ast *use, const char *prefix,
                     const struct excluded *excluded) {
    const struct ast *except = ast_child(use, NODE_EXCEPT);
    for (const struct ast *item = use->first; item; item = item->next) {
        struct scope there;
        const struct ast *body = item->kind == NODE_USEITEM ? used(w, scope, item->text, &there) : NULL;
        const struct excluded *all = excluded;
        for (const struct ast *ref = body && except ? except->first : NULL; ref; ref = ref->next) {
            struct excluded *more = ARENA_NEW(w->r->eval.arena, struct excluded);
            *more = (struct excluded){part_named(w, &there, body, ref->text, NULL), ref, all};
            all = more;
        }
        if (body)
            walk_body(w, &there, body, prefix, all);
    }
}

static void walk_body(struct walk *w, const struct scope *scope, const struct ast *body, const char *prefix,
                      const struct excluded *excluded) {
    for (const struct ast *node = body->first; node; node = node->next)
        if (node->kind == NODE_RULE)
            walk_part(w, scope, node, prefix, excluded);
        else if (node->kind == NODE_USE)
            walk_use(w, scope, node, prefix, excluded);
}

/* What parts there are, where no name is near. */
static void note_parts(struct walk *w, struct diag_item *item, const char *name) {
    enum { MOST = 8 };
    struct buf names BUF_CLEANUP = {0};
    for (size_t i = 0; i < w->seen.n && i < MOST; i++)
        buf_printf(&names, "%s`%s`", i ? ", " : "", w->seen.items[i]);
    if (!w->seen.n)
        diag_note(w->r->eval.diag, item, (struct loc){0}, "%s has none", name);
    else
        diag_note(w->r->eval.diag, item, (struct loc){0}, "its %s %s%s",
                  w->seen.n > 1 ? "parts are" : "part is", buf_text(&names), w->seen.n > MOST ? "…" : "");
}

const struct ast *parts_find(struct resolver *r, const struct scope *scope, const struct ast *body,
                             const char *name, const char *ref, struct loc loc) {
    unsigned uses = 0;
    struct walk w = {.r = r, .ref = ref, .uses = &uses, .suggest = {.word = ref}};
    walk_body(&w, scope, body, "", NULL);
    if (w.n == 1)
        return w.part;
    struct diag *d = r->eval.diag;
    if (w.n)
        diag_note(d, diag_add(d, DIAG_AMBIGUOUS, loc, "%s has %u parts called `%s`", name, w.n, ref),
                  (struct loc){0}, "put the name of the part around it before it, and a dot");
    else {
        struct diag_item *item = diag_add(d, DIAG_UNKNOWN_NAME, loc, "%s has no part `%s`", name, ref);
        if (w.suggest.best)
            diag_note(d, item, (struct loc){0}, "did you mean `%s`?", w.suggest.best);
        else
            note_parts(&w, item, name);
    }
    return NULL;
}
