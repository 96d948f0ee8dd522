#include "lowering.h"

#include <string.h>

/* apparmor_parser 3.0 factors rules of equal permissions: what they begin with, what they end in. Four or
 * more with `{,…}` at one place (`/x{,/a}`, `/x{,/b}`, …) it turns round for ever [tried]; in one brace they
 * are compiled at once. */

struct texts {
    VEC(const char *) list;
};

/* The brace that ends the group which begins at `open`. */
static const char *group_end(const char *open) {
    do
        open = aa_item_end(open + 1);
    while (*open == ',');
    return open;
}

static struct texts alternatives(struct arena *arena, const char *open) {
    struct texts out = {0};
    for (const char *item = open, *end; *item != '}'; item = end) {
        end = aa_item_end(item + 1);
        vec_push(arena, &out.list, arena_printf(arena, "%.*s", (int)(end - item - 1), item + 1));
    }
    return out;
}

static bool has(const struct texts *texts, const char *text) {
    for (size_t i = 0; i < texts->list.n; i++)
        if (!strcmp(texts->list.items[i], text))
            return true;
    return false;
}

static void merge(struct arena *arena, struct texts *texts);

/* Both groups' alternatives in one. */
static const char *unite(struct arena *arena, const struct texts *a, const struct texts *b) {
    struct texts all = {0};
    const char *text = "{";
    for (size_t i = 0; i < a->list.n + b->list.n; i++) {
        const char *item = i < a->list.n ? a->list.items[i] : b->list.items[i - a->list.n];
        if (*item && !has(&all, item))
            vec_push(arena, &all.list, item);
    }
    merge(arena, &all);
    for (size_t i = 0; i < all.list.n; i++)
        text = arena_printf(arena, "%s,%s", text, all.list.items[i]);
    return arena_printf(arena, "%s}", text);
}

/* Two texts that are alike but for one `{,…}`, as one; NULL for others. */
static const char *merged(struct arena *arena, const char *a, const char *b) {
    for (const char *open = a; *open; open = aa_past_unit(open)) {
        size_t before = (size_t)(open - a);
        if (*open != '{')
            continue;
        if (strncmp(a, b, before + 1))
            return NULL;
        const char *end = group_end(open), *other = group_end(b + before);
        struct texts mine = alternatives(arena, open), theirs = alternatives(arena, b + before);
        if (!strcmp(end, other) && has(&mine, "") && has(&theirs, ""))
            return arena_printf(arena, "%.*s%s%s", (int)before, a, unite(arena, &mine, &theirs), end + 1);
        open = end;
    }
    return NULL;
}

/* Names and patterns stay apart: apparmor_parser tells them apart where they are executed. */
enum kind { NEVER, NAME, PATTERN };

static bool has_empty(const char *text) {
    return strstr(text, "{,") || strstr(text, ",,") || strstr(text, ",}");
}

static enum kind kind_of(const char *text) {
    bool empty = has_empty(text);
    bool comment = text[strspn(text, " ")] == '#';
    return !empty || comment ? NEVER : aa_is_wild(text) ? PATTERN : NAME;
}

/* What is merged stands at its last place. */
static void merge(struct arena *arena, struct texts *texts) {
    const char **items = texts->list.items;
    size_t n = texts->list.n;
    enum kind *kinds = arena_alloc(arena, (n + 1) * sizeof *kinds);
    texts->list.n = 0;
    for (size_t i = 0; i < n; i++) {
        kinds[i] = kind_of(items[i]);
        for (size_t k = 0; k < i && kinds[i]; k++) {
            const char *both = kinds[k] == kinds[i] ? merged(arena, items[k], items[i]) : NULL;
            if (!both)
                continue;
            items[i] = both;
            kinds[k] = NEVER;
            items[k] = NULL;
        }
    }
    for (size_t i = 0; i < n; i++)
        if (items[i])
            items[texts->list.n++] = items[i];
}

void aa_merge_rules(struct buf *out, struct arena *arena, size_t begin) {
    struct texts lines = {0};
    if (!has_empty(buf_text(out) + begin))
        return;
    char *rest = NULL, *text = arena_strdup(arena, buf_text(out) + begin);
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        vec_push(arena, &lines.list, line);
    merge(arena, &lines);
    if (out->data)
        out->data[out->len = begin] = '\0';
    for (size_t i = 0; i < lines.list.n; i++) {
        buf_add(out, lines.list.items[i]);
        buf_add_char(out, '\n');
    }
}
