#include "written.h"

#include <string.h>

/* Values may lead through the parameters of many rules; a condition that long isn't worth reading. */
enum { DEEPEST = 8 };

struct writer {
    struct eval *eval;
    struct buf out;
    unsigned depth;
};

/* A run of white space and comments is one space. */
static void add_plain(struct buf *out, const char *text, size_t n) {
    for (size_t i = 0; i < n; i++) {
        bool comment = i + 1 < n && text[i] == '/' && (text[i + 1] == '/' || text[i + 1] == '*');
        if (comment) {
            const char *end = text[i + 1] == '/' ? "\n" : "*/", *found = strstr(text + i + 2, end);
            i = found && found < text + n ? (size_t)(found - text) + strlen(end) - 1 : n - 1;
        }
        if (!comment && !strchr(" \t\r\n", text[i]))
            buf_add_char(out, text[i]);
        else if (out->len && out->data[out->len - 1] != ' ')
            buf_add_char(out, ' ');
    }
}

static void add_source(struct writer *w, uint32_t begin, uint32_t end) {
    const struct source_file *file = source_of(w->eval->diag->sources, begin);
    if (file && end > begin && end <= file->base + file->len)
        add_plain(&w->out, file->text + (begin - file->base), end - begin);
}

static void add_node(struct writer *w, const struct scope *scope, const struct ast *node, uint32_t *done);

static void add_all(struct writer *w, const struct scope *scope, const struct ast *node, struct loc loc) {
    uint32_t done = loc.begin;
    add_node(w, scope, node, &done);
    add_source(w, done, loc.end);
}

/* In the order of the text, `done` is how far it is written. */
static void add_node(struct writer *w, const struct scope *scope, const struct ast *node, uint32_t *done) {
    struct found found;
    bool given = node->kind == NODE_REF && scope_find_let(scope, node->text, &found) && found.binding &&
                 found.binding->parameter && found.binding->value && w->depth < DEEPEST;
    if (given) {
        const struct ast *value = found.binding->value;
        add_source(w, *done, node->loc.begin);
        w->depth++;
        add_all(w, found.binding->scope, value, value->loc);
        w->depth--;
        *done = node->loc.end;
        return;
    }
    for (const struct ast *child = node->first; child; child = child->next)
        add_node(w, scope, child, done);
}

const char *written(struct eval *eval, const struct scope *scope, const struct ast *node, struct loc loc) {
    struct writer w = {.eval = eval};
    add_all(&w, scope, node, loc);
    while (w.out.len && w.out.data[w.out.len - 1] == ' ')
        w.out.data[--w.out.len] = '\0';
    const char *text = arena_strdup(eval->arena, buf_text(&w.out));
    buf_free(&w.out);
    return text;
}
