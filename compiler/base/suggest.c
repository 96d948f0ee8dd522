#include "suggest.h"

#include <ctype.h>
#include <string.h>

enum { LONGEST = 63 };

static int fold(char c) {
    return c == '-' ? '_' : tolower((unsigned char)c);
}

static unsigned least(unsigned a, unsigned b, unsigned c) {
    unsigned m = a < b ? a : b;
    return m < c ? m : c;
}

/* Edits between two words, a swap of neighbours counting as one (optimal string alignment). */
static unsigned edits(const char *a, const char *b) {
    size_t n = strlen(a), m = strlen(b);
    unsigned rows[3][LONGEST + 1];
    for (size_t j = 0; j <= m; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= n; i++) {
        unsigned *now = rows[i % 3], *before = rows[(i + 2) % 3], *earlier = rows[(i + 1) % 3];
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= m; j++) {
            unsigned same = fold(a[i - 1]) == fold(b[j - 1]) ? 0 : 1;
            now[j] = least(before[j] + 1, now[j - 1] + 1, before[j - 1] + same);
            if (i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) && fold(a[i - 2]) == fold(b[j - 1]) &&
                earlier[j - 2] + 1 < now[j])
                now[j] = earlier[j - 2] + 1;
        }
    }
    return rows[n % 3][m];
}

void suggest_consider(struct suggest *suggest, const char *candidate) {
    size_t n = strlen(suggest->word), m = strlen(candidate);
    if (n > LONGEST || m > LONGEST)
        return;
    unsigned d = edits(suggest->word, candidate), far = (unsigned)(n > m ? n : m) / 3 + 1;
    if (d < far && (!suggest->best || d < suggest->distance)) {
        suggest->best = candidate;
        suggest->distance = d;
    }
}
