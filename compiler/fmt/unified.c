#include "unified.h"

#include <string.h>

struct text_line {
    const char *text; /* with its newline, if it has one */
    size_t n;
    bool changed; /* taken away, or new */
};
struct text {
    VEC(struct text_line) lines;
};

static void split(struct arena *arena, const char *text, struct text *out) {
    while (*text) {
        const char *newline = strchr(text, '\n');
        size_t n = newline ? (size_t)(newline - text) + 1 : strlen(text);
        vec_push(arena, &out->lines, ((struct text_line){text, n, false}));
        text += n;
    }
}

static bool equal(const struct text_line *a, const struct text_line *b) {
    return a->n == b->n && memcmp(a->text, b->text, a->n) == 0;
}

/* ---- which lines changed: E. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986 ---- */

/* Beyond so many changed lines the shortest difference isn't worth its memory: all is taken away, all is new.
 */
enum { MOST_CHANGES = 2000 };

struct middle { /* without the equal lines at both ends */
    struct text_line *a, *b;
    int n_a, n_b;
};

/* How far the path on diagonal `k` gets with one change more than those of `before` (index MOST_CHANGES + 1 +
 * k). */
static int furthest(const struct middle *m, const int *before, int k, int d) {
    int x = k == -d || (k != d && before[k - 1] < before[k + 1]) ? before[k + 1] : before[k - 1] + 1;
    while (x < m->n_a && x - k < m->n_b && equal(&m->a[x], &m->b[x - k]))
        x++;
    return x;
}

/* From the end back: `reached[d]` holds diagonals -d … d at its middle. */
static void mark(const struct middle *m, int *const *reached, int d) {
    int x = m->n_a, y = m->n_b;
    for (; d > 0; d--) {
        const int *before = reached[d - 1];
        int k = x - y;
        bool added = k == -d || (k != d && before[k - 1] < before[k + 1]);
        int from = added ? k + 1 : k - 1;
        x = before[from];
        y = x - from;
        if (added)
            m->b[y].changed = true;
        else
            m->a[x].changed = true;
    }
}

static void mark_all(const struct middle *m) {
    for (int i = 0; i < m->n_a; i++)
        m->a[i].changed = true;
    for (int i = 0; i < m->n_b; i++)
        m->b[i].changed = true;
}

static void find_changes(struct arena *arena, const struct middle *m) {
    int *reached[MOST_CHANGES + 1];
    int start[3] = {0, 0, 0}, *before = start + 1; /* diagonal 1 of no change: x = 0 */
    for (int d = 0; d <= MOST_CHANGES; d++) {
        reached[d] = (int *)arena_alloc(arena, (size_t)(2 * d + 3) * sizeof(int)) + d + 1;
        reached[d][-d - 1] = reached[d][d + 1] = -1;
        for (int k = -d; k <= d; k += 2) {
            reached[d][k] = furthest(m, before, k, d);
            if (reached[d][k] >= m->n_a && reached[d][k] - k >= m->n_b) {
                mark(m, reached, d);
                return;
            }
        }
        before = reached[d];
    }
    mark_all(m);
}

static void compare(struct arena *arena, struct text *old, struct text *new) {
    size_t begin = 0, n_a = old->lines.n, n_b = new->lines.n;
    while (begin < n_a && begin < n_b && equal(&old->lines.items[begin], &new->lines.items[begin]))
        begin++;
    while (n_a > begin && n_b > begin && equal(&old->lines.items[n_a - 1], &new->lines.items[n_b - 1]))
        n_a--, n_b--;
    find_changes(arena, &(struct middle){old->lines.items + begin, new->lines.items + begin,
                                         (int)(n_a - begin), (int)(n_b - begin)});
}

/* ---- hunks ---- */

enum { CONTEXT = 3 };

/* A place in both texts. */
struct place_in_both {
    size_t old, new;
};

static bool changed_at(const struct text *text, size_t at) {
    return at < text->lines.n && text->lines.items[at].changed;
}

/* Behind the last change that has no more than twice the context of equal lines before it. */
static struct place_in_both end_of_hunk(const struct text *old, const struct text *new,
                                        struct place_in_both at) {
    struct place_in_both end = at;
    for (size_t quiet = 0; quiet <= 2 * CONTEXT && (at.old < old->lines.n || at.new < new->lines.n);) {
        bool gone = changed_at(old, at.old), came = changed_at(new, at.new);
        at.old += !came || gone;
        at.new += !gone || came;
        quiet = gone || came ? 0 : quiet + 1;
        if (gone || came)
            end = at;
    }
    return end;
}

static void print_range(struct buf *out, char sign, size_t begin, size_t end) {
    buf_printf(out, " %c%zu", sign, begin + (end > begin));
    if (end - begin != 1)
        buf_printf(out, ",%zu", end - begin);
}

static void print_text_line(struct buf *out, char sign, const struct text_line *line) {
    buf_add_char(out, sign);
    buf_add_bytes(out, line->text, line->n);
    if (line->text[line->n - 1] != '\n')
        buf_add(out, "\n\\ No newline at end of file\n");
}

static void print_hunk(struct buf *out, const struct text *old, const struct text *new,
                       struct place_in_both at, struct place_in_both end) {
    buf_add(out, "@@");
    print_range(out, '-', at.old, end.old);
    print_range(out, '+', at.new, end.new);
    buf_add(out, " @@\n");
    while (at.old < end.old || at.new < end.new)
        if (changed_at(old, at.old))
            print_text_line(out, '-', &old->lines.items[at.old++]);
        else if (changed_at(new, at.new))
            print_text_line(out, '+', &new->lines.items[at.new ++]);
        else {
            print_text_line(out, ' ', &old->lines.items[at.old++]);
            at.new ++;
        }
}

void unified_diff(struct arena *arena, const char *path, const char *old_text, const char *new_text,
                  struct buf *out) {
    struct text old = {0}, new = {0};
    struct place_in_both at = {0};
    split(arena, old_text, &old);
    split(arena, new_text, &new);
    compare(arena, &old, &new);
    if (strcmp(old_text, new_text) != 0)
        buf_printf(out, "--- %s\n+++ %s\n", path, path);
    while (at.old < old.lines.n || at.new < new.lines.n) {
        if (!changed_at(&old, at.old) && !changed_at(&new, at.new)) {
            at.old++, at.new ++;
            continue;
        }
        size_t before = at.old < CONTEXT ? at.old : CONTEXT;
        struct place_in_both end = end_of_hunk(&old, &new, at);
        size_t after = old.lines.n - end.old < CONTEXT ? old.lines.n - end.old : CONTEXT;
        end = (struct place_in_both){end.old + after, end.new + after};
        print_hunk(out, &old, &new, (struct place_in_both){at.old - before, at.new - before}, end);
        at = end;
    }
}
