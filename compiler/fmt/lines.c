#include "lines.h"

#include <string.h>

void lines_begin(struct lines *l, unsigned indent, bool blank) {
    struct line line = {.indent = indent, .blank = blank, .begin = l->text.len};
    vec_push(l->arena, &l->all, line);
}

static bool has_code(const struct lines *l) {
    return l->text.len > l->all.items[l->all.n - 1].begin;
}

void lines_add(struct lines *l, bool space, const char *text, size_t n) {
    if (space && has_code(l))
        buf_add_char(&l->text, ' ');
    buf_add_bytes(&l->text, text, n);
}

void lines_add_comment(struct lines *l, const char *text, size_t n) {
    struct line *line = &l->all.items[l->all.n - 1];
    if (!has_code(l)) {
        lines_add(l, false, text, n);
        return;
    }
    line->comment = text;
    line->n_comment = n;
}

size_t lines_width(const char *text, size_t n) {
    size_t width = 0;
    for (size_t i = 0; i < n && text[i] != '\n'; i++)
        width += ((unsigned char)text[i] & 0xc0) != 0x80;
    return width;
}

static size_t width_of(const struct lines *l, size_t i) {
    const struct line *line = &l->all.items[i];
    size_t end = i + 1 < l->all.n ? line[1].begin : l->text.len, n = end - line->begin;
    const char *code = buf_text(&l->text) + line->begin, *newline = memrchr(code, '\n', n);
    return newline ? lines_width(newline + 1, (size_t)(code + n - newline) - 1)
                   : line->indent + lines_width(code, n);
}

size_t lines_column(const struct lines *l) {
    return width_of(l, l->all.n - 1);
}

void lines_cut(struct lines *l, size_t n) {
    if (n >= l->all.n)
        return;
    l->text.len = l->all.items[n].begin;
    l->all.n = n;
}

/* The column of the comments of the lines from `from` on, and in `end` the first line that it isn't for. */
static size_t comment_column(const struct lines *l, size_t from, size_t *end) {
    const struct line *first = &l->all.items[from];
    size_t column = 0, longest = 0, i;
    for (i = from; i < l->all.n; i++) {
        const struct line *line = &l->all.items[i];
        size_t code = width_of(l, i) + 1, comment = lines_width(line->comment, line->n_comment);
        size_t wider = code > column ? code : column, longer = comment > longest ? comment : longest;
        if (i > from &&
            (!line->comment || line->blank || line->indent != first->indent || wider + longer > LINES_WIDTH))
            break;
        column = wider;
        longest = longer;
    }
    *end = i;
    return column;
}

static void print_line(const struct lines *l, size_t i, size_t column, struct buf *out) {
    const struct line *line = &l->all.items[i];
    size_t end = i + 1 < l->all.n ? line[1].begin : l->text.len;
    if (line->blank)
        buf_add_char(out, '\n');
    buf_printf(out, "%*s", (int)line->indent, "");
    buf_add_bytes(out, buf_text(&l->text) + line->begin, end - line->begin);
    if (line->comment) {
        buf_printf(out, "%*s", (int)(column - width_of(l, i)), "");
        buf_add_bytes(out, line->comment, line->n_comment);
    }
    buf_add_char(out, '\n');
}

void lines_print(const struct lines *l, struct buf *out) {
    size_t column = 0, aligned = 0;
    for (size_t i = 0; i < l->all.n; i++) {
        if (l->all.items[i].comment && i >= aligned)
            column = comment_column(l, i, &aligned);
        print_line(l, i, column, out);
    }
}

void lines_free(struct lines *l) {
    buf_free(&l->text);
}
