#include "format.h"

#include "statement.h"
#include <string.h>

struct format {
    struct pieces pieces;
    struct lines lines;
    size_t at;
};

/* ---- comments between statements ---- */

/* A comment on the line of the statement that it stands before is the statement's. */
static bool begins_statement(const struct format *f) {
    const struct pieces *p = &f->pieces;
    size_t i = f->at;
    while (i < p->n && p->items[i].comment && (i + 1 == p->n || !p->items[i + 1].newlines))
        i++;
    return i < p->n && !p->items[i].comment && (i == f->at || !piece_is(&p->items[i], "}"));
}

/* The lines of a comment stay in their places below its first. */
static void add_block_comment(struct format *f, const struct piece *comment, bool space) {
    size_t column = lines_column(&f->lines) + space;
    const char *line = comment->text, *end = comment->text + comment->n;
    for (;;) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        size_t n = (size_t)((newline ? newline : end) - line);
        while (n && strchr(" \t\r", line[n - 1]))
            n--;
        lines_add(&f->lines, space && line == comment->text, line, n);
        if (!newline)
            return;
        lines_add(&f->lines, false, "\n", 1);
        line = newline + 1;
        size_t spaces = strspn(line, " "),
               keep = spaces + column > comment->column ? spaces + column - comment->column : 0;
        line += spaces;
        for (size_t i = 0; i < keep && !strchr("\r\n", *line); i++)
            lines_add(&f->lines, false, " ", 1);
    }
}

static void add_comment(struct format *f, unsigned indent, bool first) {
    const struct piece *comment = &f->pieces.items[f->at++];
    bool behind = !comment->newlines && f->lines.all.n;
    if (!behind)
        lines_begin(&f->lines, indent, comment->newlines > 1 && !first);
    if (piece_is_line_comment(comment))
        lines_add_comment(&f->lines, comment->text, comment->n);
    else
        add_block_comment(f, comment, behind);
}

/* ---- statements and blocks ---- */

static size_t end_of_statement(const struct pieces *p, size_t at) {
    while (at + 1 < p->n && !piece_is(&p->items[at], ";") && !piece_is(&p->items[at], "{"))
        at++;
    return at;
}

static void add_block(struct format *f, unsigned indent);

static void add_statement(struct format *f, unsigned indent, bool first) {
    size_t begin = f->at, end = end_of_statement(&f->pieces, begin);
    const struct piece *last = &f->pieces.items[end];
    bool blank = f->pieces.items[begin].newlines > 1 && !first, opens = piece_is(last, "{");
    if (opens && (!last->broken || last->mate == end + 1) &&
        statement_lay_flat(&f->lines, &f->pieces, begin, last->mate, indent, blank)) {
        f->at = last->mate + 1;
        return;
    }
    statement_lay(&f->lines, &f->pieces, begin, end, indent, blank);
    f->at = end + 1;
    if (!opens)
        return;
    add_block(f, indent + LINES_INDENT);
    lines_begin(&f->lines, indent, false);
    lines_add(&f->lines, false, "}", 1);
    f->at++;
}

static void add_block(struct format *f, unsigned indent) {
    for (bool first = true; f->at < f->pieces.n && !piece_is(&f->pieces.items[f->at], "}"); first = false)
        if (begins_statement(f))
            add_statement(f, indent, first);
        else
            add_comment(f, indent, first);
}

/* ---- the whole ---- */

static const char *next_text(const struct source_file *file, const struct lexemes *lexemes, size_t *at,
                             size_t *n) {
    while (*at < lexemes->n && pieces_optional(file, lexemes, *at))
        ++*at;
    if (*at == lexemes->n)
        return NULL;
    struct loc loc = lexemes->items[(*at)++].loc;
    *n = loc.end - loc.begin;
    return file->text + (loc.begin - file->base);
}

/* White space in comments aside: their lines move. */
static bool same_text(const char *a, size_t n_a, const char *b, size_t n_b, bool comment) {
    size_t i = 0, j = 0;
    for (;; i++, j++) {
        while (comment && i < n_a && strchr(" \t\r\n", a[i]))
            i++;
        while (comment && j < n_b && strchr(" \t\r\n", b[j]))
            j++;
        if (i == n_a || j == n_b)
            return i == n_a && j == n_b;
        if (a[i] != b[j])
            return false;
    }
}

static bool same(const struct source_file *a, const struct lexemes *in_a, const struct source_file *b,
                 const struct lexemes *in_b) {
    size_t i = 0, j = 0, n_a, n_b;
    for (;;) {
        const char *x = next_text(a, in_a, &i, &n_a), *y = next_text(b, in_b, &j, &n_b);
        if (!x || !y)
            return !x && !y;
        if (in_a->items[i - 1].comment != in_b->items[j - 1].comment ||
            !same_text(x, n_a, y, n_b, in_a->items[i - 1].comment))
            return false;
    }
}

/* Nothing may be lost, whatever the layout does: so what came out is read again. */
static int check(struct arena *arena, struct sources *sources, const struct source_file *file,
                 const struct lexemes *lexemes, const char *text, struct err *err) {
    struct diag diag = {.sources = sources, .arena = arena};
    struct lexemes again = {0};
    const struct source_file *formatted = source_add(sources, file->path, text, false);
    parse_text(arena, &diag, formatted, &again);
    if (diag.errors || !same(file, lexemes, formatted, &again))
        return err_set(err, "formatting %s would have changed it: a bug, please report it", file->path);
    return 0;
}

int format_text(struct arena *arena, struct diag *diag, const struct source_file *file, struct buf *out,
                struct err *err) {
    struct format f = {.lines = {.arena = arena}};
    struct lexemes lexemes = {0};
    unsigned errors = diag->errors;
    parse_text(arena, diag, file, &lexemes);
    if (diag->errors > errors)
        return 1;
    pieces_read(arena, file, &lexemes, &f.pieces);
    add_block(&f, 0);
    lines_print(&f.lines, out);
    lines_free(&f.lines);
    return check(arena, diag->sources, file, &lexemes, arena_strdup(arena, buf_text(out)), err);
}
