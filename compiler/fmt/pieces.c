#include "pieces.h"

#include "lines.h"
#include <ctype.h>
#include <string.h>

bool piece_is(const struct piece *piece, const char *text) {
    return !piece->comment && strlen(text) == piece->n && memcmp(piece->text, text, piece->n) == 0;
}

bool piece_is_line_comment(const struct piece *piece) {
    return piece->comment && piece->text[1] == '/';
}

static bool is_one_of(const struct piece *piece, const char *const words[]) {
    for (; *words; words++)
        if (piece_is(piece, *words))
            return true;
    return false;
}

static bool is_word(const struct piece *piece) {
    return !piece->comment && (isalnum((unsigned char)*piece->text) || strchr("_@", *piece->text));
}

/* ---- spaces ---- */

static const char *const before_condition[] = {"where", "not", "and", "or", "in", NULL};
static const char *const tight_behind[] = {"(", "[", ".", "..", "!", "-", NULL};
static const char *const tight_before[] = {")", "]", ",", ";", ":", ".", "..", NULL};

bool pieces_space(const struct piece *before, const struct piece *after) {
    if (is_one_of(before, tight_behind) || is_one_of(after, tight_before))
        return false;
    if (piece_is(after, "("))
        return !is_word(before) || is_one_of(before, before_condition);
    return !(piece_is(before, "{") && piece_is(after, "}"));
}

/* ---- places to break ---- */

/* Between brackets each of them is PER_BRACKET higher. */
enum { LEVEL_CLAUSE, LEVEL_COMMA, LEVEL_OR, LEVEL_AND, LEVEL_BAR, PER_BRACKET };

static const char *const clauses[] = {"except", "when", "where", "errno",    "fstype",  "options",
                                      "from",   "to",   "type",  "protocol", "port",    "peer",
                                      "set",    "on",   "for",   "abi",      "extends", NULL};
static const char *const before_operand[] = {"where", "and", "or", "not", "(", "[", ",", "&", "|",
                                             "==",    "!=",  "<=", ">=",  "<", ">", "=", ":", NULL};

/* Before `piece`, which begins no statement: `token` is the one before it, `first` the statement's first. */
static unsigned level_before(const struct piece *piece, const struct piece *token, const struct piece *first,
                             unsigned nesting) {
    unsigned level = nesting * PER_BRACKET;
    if (piece_is_line_comment(piece))
        return PIECE_NO_BREAK;
    if (piece_is(token, ",") && token == piece - 1)
        return level + LEVEL_COMMA;
    if (piece_is(token, "=") && !nesting && !piece_is(piece, "[") && piece_is(first, "let"))
        return LEVEL_CLAUSE;
    if (piece_is(piece, "|"))
        return level + LEVEL_BAR;
    if (is_one_of(token, before_operand))
        return PIECE_NO_BREAK;
    if (is_one_of(piece, clauses))
        return level + LEVEL_CLAUSE;
    return piece_is(piece, "or")    ? level + LEVEL_OR
           : piece_is(piece, "and") ? level + LEVEL_AND
                                    : PIECE_NO_BREAK;
}

/* ---- brackets ---- */

static void mark_broken(struct pieces *p, size_t at) {
    for (size_t i = at; !p->items[i].broken; i = p->items[i].open) {
        p->items[i].broken = true;
        if (p->items[i].open == i)
            break;
    }
}

/* A block is broken unless it stood on one line and has only statements in it; a list if it was, or if a
 * comment would swallow the rest of it. */
static bool breaks(const struct piece *open, const struct piece *piece) {
    if (piece_is(open, "{"))
        return piece->newlines || piece->comment || piece_is(piece, "{");
    return piece_is_line_comment(piece) || (open->list && open == piece - 1 && piece->newlines);
}

/* Lists, paths and arguments, unlike words, stand one on a line. */
static bool is_row(const struct piece *open, const struct piece *piece) {
    return piece_is(open, "(") || piece_is(piece, "[") ||
           (*piece->text == '"' && memchr(piece->text, '/', piece->n));
}

static void mark_lists(struct pieces *p) {
    for (size_t i = 0; i < p->n; i++) {
        struct piece *piece = &p->items[i], *open = &p->items[piece->open];
        bool within = open != piece && piece->open < i && i != open->mate;
        if (within && breaks(open, piece))
            mark_broken(p, piece->open);
        open->rows |= within && is_row(open, piece);
    }
}

/* Values in [ ], and more than one parameter or argument in ( ). */
static void find_lists(struct pieces *p) {
    for (size_t i = 0; i < p->n; i++) {
        struct piece *piece = &p->items[i], *open = &p->items[piece->open];
        if (piece_is(piece, "["))
            piece->list = true;
        else if (piece_is(piece, ",") && piece_is(open, "("))
            open->list = true;
    }
}

static void match_brackets(struct arena *arena, struct pieces *p) {
    size_t *stack = arena_alloc(arena, (p->n + 1) * sizeof *stack), depth = 0;
    for (size_t i = 0; i < p->n; i++) {
        struct piece *piece = &p->items[i];
        bool closes = !piece->comment && strchr(")]}", *piece->text);
        piece->open = depth ? stack[depth - 1] : i;
        if (closes && depth) {
            piece->mate = stack[--depth];
            p->items[piece->mate].mate = i;
        } else if (!piece->comment && strchr("([{", *piece->text))
            stack[depth++] = i;
    }
}

size_t pieces_token_before(const struct pieces *p, size_t at) {
    for (size_t i = at; i-- > 0;)
        if (!p->items[i].comment)
            return i;
    return at;
}

static bool ends_statement(const struct piece *piece) {
    return piece_is(piece, ";") || piece_is(piece, "{") || piece_is(piece, "}");
}

static void set_levels(struct pieces *p) {
    size_t token = 0, first = 0; /* the last token; the one that begins its statement */
    unsigned nesting = 0;
    for (size_t i = 0; i < p->n; i++) {
        struct piece *piece = &p->items[i];
        bool begins = i == 0 || ends_statement(&p->items[token]);
        nesting -= nesting && (piece_is(piece, ")") || piece_is(piece, "]"));
        piece->level =
            begins ? PIECE_NO_BREAK : level_before(piece, &p->items[token], &p->items[first], nesting);
        nesting += piece_is(piece, "(") || piece_is(piece, "[");
        if (piece->comment)
            continue;
        first = begins ? i : first;
        token = i;
    }
}

/* ---- from lexemes ---- */

static const char *text_of(const struct source_file *file, const struct lexeme *lexeme) {
    return file->text + (lexeme->loc.begin - file->base);
}

bool pieces_optional(const struct source_file *file, const struct lexemes *lexemes, size_t at) {
    if (lexemes->items[at].comment || *text_of(file, &lexemes->items[at]) != ',')
        return false;
    do
        at++;
    while (at < lexemes->n && lexemes->items[at].comment);
    return at < lexemes->n && *text_of(file, &lexemes->items[at]) == ']';
}

static struct piece piece_of(const struct source_file *file, const struct lexeme *lexeme) {
    struct piece piece = {.text = text_of(file, lexeme), .n = lexeme->loc.end - lexeme->loc.begin};
    piece.comment = lexeme->comment;
    /* What the language doesn't take for white space, a form feed, is text. */
    while (piece.comment && strchr(" \t\r", piece.text[piece.n - 1]))
        piece.n--;
    return piece;
}

static unsigned newlines_between(const char *from, const char *to) {
    unsigned n = 0;
    for (; from < to; from++)
        n += *from == '\n';
    return n;
}

void pieces_read(struct arena *arena, const struct source_file *file, const struct lexemes *lexemes,
                 struct pieces *p) {
    *p = (struct pieces){.items = arena_alloc(arena, (lexemes->n + 1) * sizeof *p->items)};
    const char *begin = file->text, *end = file->text,
               *line = file->text; /* of the piece before; of the line */
    for (size_t i = 0; i < lexemes->n; i++) {
        if (pieces_optional(file, lexemes, i))
            continue;
        struct piece piece = piece_of(file, &lexemes->items[i]);
        const char *newline = memrchr(begin, '\n', (size_t)(piece.text - begin));
        line = newline ? newline + 1 : line;
        piece.newlines = newlines_between(end, piece.text);
        piece.column = (unsigned)lines_width(line, (size_t)(piece.text - line));
        begin = piece.text;
        end = piece.text + piece.n;
        p->items[p->n++] = piece;
    }
    match_brackets(arena, p);
    find_lists(p);
    mark_lists(p);
    set_levels(p);
}
