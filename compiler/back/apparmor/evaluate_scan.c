#include "evaluate_scan.h"

#include <string.h>

/* What apparmor_parser's scanner (parser_lex.l) takes for one token depends on where it stands; this one
 * reads the same tokens from text in which each token can be only one thing, and refuses the rest. */

void aa_scan_fail(struct aa_scanner *scanner, const char *error) {
    if (scanner->error)
        return;
    scanner->error = error;
    scanner->error_at = scanner->begin;
    scanner->token = AA_END;
    scanner->at = "";
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n';
}

/* "#include" is one, not a comment; a comment ends where the line does. */
static void skip_blank(struct aa_scanner *s) {
    for (;; s->at++) {
        if (*s->at == '#') {
            const char *word = s->at + 1 + strspn(s->at + 1, " \t");
            if (!strncmp(word, "include", 7)) {
                s->begin = s->at;
                aa_scan_fail(s, "`#include` isn't a comment, and nothing may be included");
                return;
            }
            s->at += strcspn(s->at, "\n");
        }
        if (!is_blank(*s->at))
            return;
    }
}

/* Where a string ends: the scanner takes the longest text whose inner quotes follow a backslash, an escaped
 * backslash too. */
static void scan_quoted(struct aa_scanner *s) {
    const char *begin = ++s->at;
    s->at += strcspn(begin, "\"\n");
    if (*s->at != '"') {
        aa_scan_fail(s, "the string is not closed on its line");
        return;
    }
    if (s->at > begin && s->at[-1] == '\\') {
        aa_scan_fail(s, "a backslash before a quote: write \\134 or \\042");
        return;
    }
    s->text = arena_strndup(s->arena, begin, (size_t)(s->at++ - begin));
    s->token = AA_PATH;
    if (*s->at && !is_blank(*s->at) && !strchr(",)", *s->at))
        aa_scan_fail(s, "something follows the string without a space");
}

/* A comma is part of a path where something follows it. */
static void scan_path(struct aa_scanner *s) {
    const char *begin = s->at;
    while (*s->at && !is_blank(*s->at) && !strchr("\"!", *s->at) &&
           !(*s->at == ',' && (!s->at[1] || is_blank(s->at[1]) || strchr("\"!,", s->at[1]))))
        s->at++;
    s->text = arena_strndup(s->arena, begin, (size_t)(s->at - begin));
    s->token = AA_PATH;
}

static void scan_word(struct aa_scanner *s) {
    size_t n = strcspn(s->at, " \t\n\",(){}=#!");
    if (n == 0) {
        aa_scan_fail(s, "a character that begins nothing");
        return;
    }
    s->text = arena_strndup(s->arena, s->at, n);
    s->at += n;
    s->token = AA_WORD;
}

static const char *find_control(const char *text) {
    for (; *text; text++)
        if (((unsigned char)*text < 0x20 && !is_blank(*text)) || *text == 0x7f)
            return text;
    return NULL;
}

/* A comma that ends a rule has a blank behind it: else the real scanner would read on. */
static void scan_mark(struct aa_scanner *s, enum aa_token token) {
    s->token = token;
    s->at++;
    s->parens += token == AA_PAREN;
    s->parens -= token == AA_END_PAREN && s->parens;
    if (token == AA_COMMA && !s->parens && *s->at && !is_blank(*s->at))
        aa_scan_fail(s, "a space is missing after the comma");
}

void aa_scan_next(struct aa_scanner *s) {
    static const char marks[] = ",{}()=";
    static const enum aa_token tokens[] = {AA_COMMA, AA_OPEN, AA_CLOSE, AA_PAREN, AA_END_PAREN, AA_EQUALS};
    skip_blank(s);
    s->begin = s->at;
    const char *mark = *s->at ? strchr(marks, *s->at) : NULL;
    if (!*s->at)
        s->token = AA_END;
    else if (mark)
        scan_mark(s, tokens[mark - marks]);
    else if (*s->at == '"')
        scan_quoted(s);
    else if (strchr("/@&", *s->at))
        scan_path(s);
    else
        scan_word(s);
}

void aa_scan_start(struct aa_scanner *s, struct arena *arena, const char *text) {
    const char *control = find_control(text);
    *s = (struct aa_scanner){.arena = arena, .at = text, .begin = control};
    if (control)
        aa_scan_fail(s, "a control character");
    aa_scan_next(s);
}

bool aa_scan_word(struct aa_scanner *s, const char *word) {
    if (s->token != AA_WORD || strcmp(s->text, word))
        return false;
    aa_scan_next(s);
    return true;
}

bool aa_scan_token(struct aa_scanner *s, enum aa_token token) {
    if (s->token != token)
        return false;
    aa_scan_next(s);
    return true;
}
