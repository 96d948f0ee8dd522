/* Profile text as tokens. */
#ifndef VPL_EVALUATE_SCAN_H
#define VPL_EVALUATE_SCAN_H

#include "arena.h"
#include <stdbool.h>

enum aa_token { AA_END, AA_WORD, AA_PATH, AA_COMMA, AA_OPEN, AA_CLOSE, AA_PAREN, AA_END_PAREN, AA_EQUALS };

/* The present token; once `error` is set it is AA_END for good. */
struct aa_scanner {
    struct arena *arena;
    const char *at;
    const char *begin; /* of the present token */
    unsigned parens;   /* how many are open */
    enum aa_token token;
    const char *text; /* AA_WORD; AA_PATH: a quoted string or what begins like a path, without quotes, escapes
                         as they are */
    const char *error;
    const char *error_at;
};

void aa_scan_start(struct aa_scanner *scanner, struct arena *arena, const char *text);
void aa_scan_next(struct aa_scanner *scanner);
void aa_scan_fail(struct aa_scanner *scanner, const char *error);

/* Is it this word? Then goes on. */
bool aa_scan_word(struct aa_scanner *scanner, const char *word);
bool aa_scan_token(struct aa_scanner *scanner, enum aa_token token);

#endif
