// Words, numbers and strings as ../../../grammar/vpl.l reads them: a reserved word is no name wherever it
// stands, a number has 64 bits and no leading zero, a string no control characters.
#include "tree_sitter/parser.h"
#include <stdint.h>
#include <string.h>

enum token { BEGIN, NAME, NUMBER, VERSION, DURATION, STRING, TEXT, RAW_TEXT };

static const char *const keywords[] = {
#include "keywords.def"
};

enum { LONGEST_KEYWORD = 32, DAY = 86400, LONGEST_DURATION = 366 * DAY };

void *tree_sitter_vpl_external_scanner_create(void) {
    return NULL;
}

void tree_sitter_vpl_external_scanner_destroy(void *payload) {
    (void)payload;
}

unsigned tree_sitter_vpl_external_scanner_serialize(void *payload, char *buffer) {
    (void)payload, (void)buffer;
    return 0;
}

void tree_sitter_vpl_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
    (void)payload, (void)buffer, (void)length;
}

static bool is_digit(int32_t c) {
    return c >= '0' && c <= '9';
}

static bool is_word(int32_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c);
}

static void next(TSLexer *lexer) {
    lexer->advance(lexer, false);
}

// A word goes on behind a dash if a word's character follows it.
static bool scan_name(TSLexer *lexer) {
    char word[LONGEST_KEYWORD] = {0};
    size_t n = 0;
    for (;;) {
        while (is_word(lexer->lookahead)) {
            if (n < sizeof word - 1)
                word[n] = (char)lexer->lookahead;
            n++;
            next(lexer);
        }
        lexer->mark_end(lexer);
        if (lexer->lookahead != '-')
            break;
        next(lexer);
        if (!is_word(lexer->lookahead))
            break;
        if (n < sizeof word - 1)
            word[n] = '-';
        n++;
    }
    for (size_t i = 0; n < sizeof word && i < sizeof keywords / sizeof *keywords; i++)
        if (strcmp(word, keywords[i]) == 0)
            return false;
    lexer->result_symbol = NAME;
    return true;
}

static int digit_value(int32_t c) {
    return is_digit(c)            ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : 99;
}

// Digits and underscores. The digits' number, or -1 if they don't fit.
static int scan_digits(TSLexer *lexer, unsigned base, uint64_t *value) {
    int n = 0;
    bool fits = true;
    for (*value = 0; lexer->lookahead == '_' || digit_value(lexer->lookahead) < (int)base; next(lexer)) {
        if (lexer->lookahead == '_')
            continue;
        uint64_t digit = (uint64_t)digit_value(lexer->lookahead);
        fits = fits && *value <= (UINT64_MAX - digit) / base;
        *value = *value * base + digit;
        n++;
    }
    return fits ? n : -1;
}

static uint64_t unit(int32_t c) {
    return c == 's' ? 1 : c == 'm' ? 60 : c == 'h' ? 3600 : c == 'd' ? DAY : 0;
}

static bool scan_duration(TSLexer *lexer, uint64_t count) {
    uint64_t seconds = unit(lexer->lookahead);
    if (!seconds || !count || count > LONGEST_DURATION / seconds)
        return false;
    next(lexer);
    lexer->mark_end(lexer);
    lexer->result_symbol = DURATION;
    return !is_word(lexer->lookahead);
}

static bool scan_number(TSLexer *lexer, const bool *valid) {
    uint64_t value;
    bool zero = lexer->lookahead == '0';
    unsigned base = 10;
    if (zero)
        next(lexer);
    if (zero && (lexer->lookahead == 'x' || lexer->lookahead == 'o')) {
        base = lexer->lookahead == 'x' ? 16 : 8;
        next(lexer);
    }
    int n = scan_digits(lexer, base, &value);
    if (n < 0 || (base != 10 && n == 0) || (base == 10 && zero && n > 0))
        return false;
    if (is_word(lexer->lookahead))
        return base == 10 && valid[DURATION] && scan_duration(lexer, value);
    lexer->mark_end(lexer);
    if (lexer->lookahead == '-') { // 1-a is a word that begins with a digit
        next(lexer);
        if (is_word(lexer->lookahead))
            return false;
    }
    lexer->result_symbol = valid[VERSION] && value == 1 ? VERSION : NUMBER;
    return valid[lexer->result_symbol];
}

static bool is_control(int32_t c) {
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069);
}

// A text has no escapes but \" and \\; a path's are its own. What is no UTF-8 is below 0 here.
static bool scan_string(TSLexer *lexer, const bool *valid) {
    bool plain = true, empty = true;
    next(lexer);
    for (; lexer->lookahead != '"'; next(lexer), empty = false) {
        if (lexer->lookahead == '\\') {
            next(lexer);
            plain = plain && (lexer->lookahead == '"' || lexer->lookahead == '\\');
        }
        if (lexer->eof(lexer) || is_control(lexer->lookahead))
            return false;
    }
    next(lexer);
    lexer->mark_end(lexer);
    lexer->result_symbol = valid[STRING] ? STRING : TEXT;
    return !(empty && lexer->lookahead == '"') && (valid[STRING] || plain);
}

// Up to the three quotes; not even one byte of it is a token of its own.
static bool scan_raw_text(TSLexer *lexer) {
    bool any = false;
    lexer->result_symbol = RAW_TEXT;
    for (;;) {
        unsigned quotes = 0;
        lexer->mark_end(lexer);
        while (quotes < 3 && lexer->lookahead == '"') {
            next(lexer);
            quotes++;
        }
        if (quotes == 3)
            return any;
        if (lexer->eof(lexer))
            return false;
        any = true;
        if (!quotes)
            next(lexer);
    }
}

bool tree_sitter_vpl_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
    (void)payload;
    if (valid[RAW_TEXT] && !valid[NAME]) // where both could stand something is wrong before
        return scan_raw_text(lexer);
    if (valid[BEGIN] &&
        !valid[NAME]) { // behind a byte order mark, which the library skips, it isn't column 0
        lexer->result_symbol = BEGIN;
        return lexer->get_column(lexer) == 0;
    }
    while (lexer->lookahead == ' ' || lexer->lookahead == '\t' || lexer->lookahead == '\r' ||
           lexer->lookahead == '\n')
        lexer->advance(lexer, true);
    if (is_digit(lexer->lookahead))
        return (valid[NUMBER] || valid[VERSION] || valid[DURATION]) && scan_number(lexer, valid);
    if (is_word(lexer->lookahead))
        return valid[NAME] && scan_name(lexer);
    return lexer->lookahead == '"' && (valid[STRING] || valid[TEXT]) && scan_string(lexer, valid);
}
