/* The tables that tests/live/expect writes and tests/live/ask and calls read. */
#ifndef VPL_LIVE_TABLE_H
#define VPL_LIVE_TABLE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is said of an act, a letter each: the profile's text denies it, the meaning denies it, AppArmor claims
 * to hold that in full, AppArmor may deny it all the same, it is logged. */
#define TABLE_LETTERS "dmcol"
enum table_letter { SAID_DENIED, SAID_MEANT, SAID_CLAIMED, SAID_EXCUSED, SAID_LOGGED, SAID_COUNT };

/* A system call and what the filter returns for it. */
struct table_call {
    uint32_t abi, nr; /* enum abi; nr without the x32 bit */
    uint64_t args[6];
    uint32_t action, unused;
};

/* A word of a line: whatever isn't a plain character as %XX. */
static inline void table_put_word(FILE *out, const char *word) {
    for (; *word; word++)
        fprintf(out, *word <= ' ' || *word > '~' || *word == '%' ? "%%%02X" : "%c", (unsigned char)*word);
}

/* In place. */
static inline void table_read_word(char *word) {
    char *to = word;
    for (; *word; word++) {
        char hex[3] = "";
        if (*word == '%' && word[1] && word[2]) {
            memcpy(hex, word + 1, 2);
            word += 2;
        }
        *to++ = *hex ? (char)strtol(hex, NULL, 16) : *word;
    }
    *to = '\0';
}

#endif
