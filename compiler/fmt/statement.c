#include "statement.h"

#include <string.h>

struct statement {
    struct lines *lines;
    struct pieces *pieces;
    size_t first, last;
    unsigned indent;
    bool blank;
};

static struct piece *piece_at(const struct statement *s, size_t at) {
    return &s->pieces->items[at];
}

static size_t width_at(const struct statement *s, size_t at) {
    const struct piece *piece = piece_at(s, at);
    return lines_width(piece->text, piece->n) + (at > s->first && pieces_space(piece - 1, piece));
}

static bool is_broken_list(const struct statement *s, size_t at) {
    return piece_at(s, at)->list && piece_at(s, at)->broken;
}

/* The broken list that a piece stands in, itself if it stands in none. */
static size_t broken_list(const struct statement *s, size_t at) {
    size_t open = piece_at(s, at)->open;
    while (open >= s->first && piece_at(s, open)->open != open && !is_broken_list(s, open))
        open = piece_at(s, open)->open;
    return open >= s->first && open < at && is_broken_list(s, open) ? open : at;
}

/* The bracket that ends the list that it stands in. */
static bool closes(const struct statement *s, size_t at) {
    return piece_at(s, piece_at(s, at)->open)->mate == at && piece_at(s, at)->open < at;
}

/* Whether an item of a broken list begins here, or a comment before one, or what is behind its last. */
static bool between_items(const struct statement *s, size_t at) {
    size_t token = pieces_token_before(s->pieces, at), list = piece_at(s, at)->open;
    if (broken_list(s, at) != list || list == at)
        return false;
    return token == list || closes(s, at) ||
           (piece_is(piece_at(s, token), ",") && piece_at(s, token)->open == list);
}

/* A comment that stays behind what it follows. */
static bool trails(const struct statement *s, size_t at) {
    const struct piece *piece = piece_at(s, at);
    return piece->comment && !piece->newlines &&
           (piece_is_line_comment(piece) || (at < s->last && piece[1].newlines));
}

static bool must_break(const struct statement *s, size_t at) {
    const struct piece *piece = piece_at(s, at), *before = piece - 1;
    if (piece_is_line_comment(before))
        return true;
    if (trails(s, at))
        return false;
    if (piece_is_line_comment(piece))
        return true;
    if (!between_items(s, at))
        return false;
    if (closes(s, at) || before == piece_at(s, piece->open))
        return true;
    if (before->comment)
        return piece->newlines > 0;
    return piece_at(s, piece->open)->rows || piece->newlines > 1 || (piece->comment && piece->newlines);
}

/* Whether all up to the next place of at most the same level has room on the present line. */
static bool fits(const struct statement *s, size_t at) {
    size_t column = lines_column(s->lines);
    unsigned level = piece_at(s, at)->level;
    for (size_t i = at; i <= s->last; i++) {
        const struct piece *piece = piece_at(s, i);
        if (i > at && (piece->level <= level || must_break(s, i)))
            return true;
        if (piece_is_line_comment(piece))
            return true;
        column += width_at(s, i);
        if (column > LINES_WIDTH)
            return false;
        if (memchr(piece->text, '\n', piece->n))
            return true;
    }
    return true;
}

/* A list on the present line, with what can't be parted from it. */
static bool list_fits(const struct statement *s, size_t at) {
    size_t column = lines_column(s->lines), mate = piece_at(s, at)->mate;
    for (size_t i = at; i <= s->last && column <= LINES_WIDTH; i++) {
        if (i > mate && (piece_at(s, i)->level != PIECE_NO_BREAK || piece_at(s, i)->comment))
            break;
        column += width_at(s, i);
    }
    return column <= LINES_WIDTH;
}

/* A step in from the line of the bracket, or of the statement; two from a header, whose block is a step in
 * itself. */
static unsigned indent_of(const struct statement *s, size_t at) {
    const struct piece *piece = piece_at(s, at);
    size_t list = broken_list(s, at), open = piece->open;
    unsigned base = s->indent;
    if (between_items(s, at))
        return piece_at(s, list)->indent + (closes(s, at) ? 0 : LINES_INDENT);
    if (open >= s->first && open < at && open != list)
        base = piece_at(s, open)->indent;
    else if (list != at)
        base = piece_at(s, list)->indent + LINES_INDENT;
    bool header = base == s->indent && piece_is(piece_at(s, s->last), "{");
    return base + (header ? 2 * LINES_INDENT : LINES_INDENT);
}

static void new_line(const struct statement *s, size_t at) {
    const struct piece *piece = piece_at(s, at);
    bool blank = between_items(s, at) && piece->newlines > 1 && piece - 1 != piece_at(s, piece->open) &&
                 !closes(s, at);
    lines_begin(s->lines, indent_of(s, at), blank);
}

/* A broken list's last item has a comma too. */
static bool wants_comma(const struct statement *s, size_t at) {
    const struct piece *piece = piece_at(s, at);
    size_t next = at + 1;
    if (piece->comment || piece_is(piece, "["))
        return false;
    while (next < s->last && piece_at(s, next)->comment)
        next++;
    return piece_is(piece_at(s, next), "]") && between_items(s, next) && piece_at(s, next)->open != at;
}

static void put(const struct statement *s, size_t at) {
    struct piece *piece = piece_at(s, at);
    bool space = at > s->first && pieces_space(piece - 1, piece);
    if (piece_is_line_comment(piece))
        lines_add_comment(s->lines, piece->text, piece->n);
    else
        lines_add(s->lines, space, piece->text, piece->n);
    if (wants_comma(s, at))
        lines_add(s->lines, false, ",", 1);
    piece->indent = s->lines->all.items[s->lines->all.n - 1].indent;
}

/* False if a list had to be broken on the way, so that all that stands before it may be laid out otherwise.
 */
static bool lay(const struct statement *s) {
    lines_begin(s->lines, s->indent, s->blank);
    for (size_t i = s->first; i <= s->last; i++) {
        struct piece *piece = piece_at(s, i);
        if (i > s->first && (must_break(s, i) || (piece->level != PIECE_NO_BREAK && !fits(s, i))))
            new_line(s, i);
        if (piece->list && !piece->broken && piece->mate > i + 1 && !list_fits(s, i)) {
            piece->broken = true;
            return false;
        }
        put(s, i);
    }
    return true;
}

void statement_lay(struct lines *lines, struct pieces *pieces, size_t first, size_t last, unsigned indent,
                   bool blank) {
    struct statement s = {lines, pieces, first, last, indent, blank};
    size_t n = lines->all.n;
    while (!lay(&s))
        lines_cut(lines, n);
}

bool statement_lay_flat(struct lines *lines, struct pieces *pieces, size_t first, size_t last,
                        unsigned indent, bool blank) {
    struct statement s = {lines, pieces, first, last, indent, blank};
    size_t column = indent;
    for (size_t i = first; i <= last && column <= LINES_WIDTH; i++) {
        if (piece_is_line_comment(piece_at(&s, i)) || is_broken_list(&s, i))
            return false;
        column += width_at(&s, i);
    }
    if (column > LINES_WIDTH)
        return false;
    lines_begin(lines, indent, blank);
    for (size_t i = first; i <= last; i++)
        put(&s, i);
    return true;
}
