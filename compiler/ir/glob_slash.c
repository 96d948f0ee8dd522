/* Takes away a '/' that stands right after another across the borders of alternatives: "/a/{/b,c}",
 * "{/a,/b/}/c".
 *
 * A list is rebuilt from left to right, knowing whether what precedes ends in '/'. After alternatives of
 * which some do and some don't, an added '/' goes into those that don't; before alternatives that may begin
 * with one, the rest of the list is written twice, once for each kind. */
#include "glob_internal.h"

enum ends { ENDS_OTHER, ENDS_SLASH, ENDS_BOTH };

struct writer {
    struct arena *arena;
    size_t budget; /* of nodes: writing twice can be done again and again */
};

static enum ends ends(const struct node *list, enum ends before) {
    enum ends now = before;
    for (; list; list = list->next) {
        if (list->kind != NODE_ALT) {
            now = node_is_byte(list, '/') ? ENDS_SLASH : ENDS_OTHER;
            continue;
        }
        enum ends all = ends(list->alts[0], now);
        for (size_t i = 1; i < list->n_alts; i++)
            if (ends(list->alts[i], now) != all)
                all = ENDS_BOTH;
        now = all;
    }
    return now;
}

static bool may_begin_with_slash_or_be_empty(const struct node *list) {
    if (!list)
        return true;
    if (list->kind != NODE_ALT)
        return node_is_byte(list, '/');
    for (size_t i = 0; i < list->n_alts; i++)
        if (may_begin_with_slash_or_be_empty(list->alts[i]))
            return true;
    return false;
}

/* `b` isn't copied: it may be long, and joined again and again. */
static const struct node *joined(struct seq a, const struct node *b) {
    if (!a.tail)
        return b;
    a.tail->next = b;
    return a.head;
}

/* All of `list` but its last node, which goes to *last. */
static const struct node *without_last(struct arena *arena, const struct node *list,
                                       const struct node **last) {
    struct seq seq = {0};
    for (; list->next; list = list->next)
        seq_push(arena, &seq, *list);
    *last = list;
    return seq.head;
}

/* Sorts alternatives by how they end. One that ends in both ways has alternatives as its last node: it is
 * parted there. */
static void sort_by_end(struct arena *arena, const struct node *alt, enum ends before,
                        struct alts sorted[2]) {
    for (size_t i = 0; i < alt->n_alts; i++) {
        enum ends end = ends(alt->alts[i], before);
        if (end != ENDS_BOTH) {
            vec_push(arena, &sorted[end], alt->alts[i]);
            continue;
        }
        const struct node *last, *start = without_last(arena, alt->alts[i], &last);
        struct alts inner[2] = {0};
        sort_by_end(arena, last, ends(start, before), inner);
        for (end = ENDS_OTHER; end < ENDS_BOTH; end++) {
            struct seq seq = {0};
            seq_append(arena, &seq, start);
            seq_push_alts(arena, &seq, inner[end].items, inner[end].n, alt->at);
            vec_push(arena, &sorted[end], seq.head);
        }
    }
}

static const struct node *collapse(struct writer *w, const struct node *list, enum ends before);

/* `done` ends in '/' in some branches only, and `rest` may begin with one. */
static const struct node *both_ways(struct writer *w, const struct node *done, enum ends before,
                                    const struct node *rest) {
    const struct node *last, *start = without_last(w->arena, done, &last);
    struct alts sorted[2] = {0};
    sort_by_end(w->arena, last, ends(start, before), sorted);
    struct seq kinds[2] = {0};
    for (enum ends end = ENDS_OTHER; end < ENDS_BOTH; end++)
        seq_push_alts(w->arena, &kinds[end], sorted[end].items, sorted[end].n, last->at);

    const struct node **alts = arena_alloc(w->arena, 2 * sizeof *alts);
    struct seq seq = {0};
    seq_append(w->arena, &seq, start);
    if (node_is_byte(rest, '/')) {
        seq_push_byte(w->arena, &kinds[ENDS_OTHER], '/');
        alts[0] = kinds[ENDS_OTHER].head;
        alts[1] = kinds[ENDS_SLASH].head;
        seq_push_alts(w->arena, &seq, alts, 2, last->at);
        return joined(seq, collapse(w, rest->next, ENDS_SLASH));
    }
    for (enum ends end = ENDS_OTHER; end < ENDS_BOTH; end++)
        alts[end] = joined(kinds[end], collapse(w, rest, end));
    seq_push_alts(w->arena, &seq, alts, 2, last->at);
    return seq.head;
}

static const struct node *collapse(struct writer *w, const struct node *list, enum ends before) {
    struct seq seq = {0};
    enum ends now = before;
    for (; list && w->budget; list = list->next) {
        w->budget--;
        if (now == ENDS_SLASH && node_is_byte(list, '/'))
            continue;
        if (now == ENDS_BOTH && may_begin_with_slash_or_be_empty(list))
            return both_ways(w, seq.head, before, list);
        struct node node = *list;
        if (list->kind == NODE_ALT) {
            struct alts alts = {0};
            for (size_t i = 0; i < list->n_alts; i++)
                vec_push(w->arena, &alts, collapse(w, list->alts[i], now == ENDS_SLASH ? now : ENDS_OTHER));
            node.alts = alts.items;
        }
        seq_push(w->arena, &seq, node);
        now = ends(seq.tail, now);
    }
    return seq.head;
}

const struct node *glob_collapse_slashes(struct arena *arena, const struct node *list, bool *too_big) {
    struct writer w = {.arena = arena, .budget = GLOB_MAX_CODE};
    struct seq seq = {0};
    seq_push_byte(arena, &seq, '/');
    seq_append(arena, &seq, list);
    const struct node *collapsed = collapse(&w, seq.head, ENDS_OTHER);
    *too_big = w.budget == 0;
    return collapsed;
}
