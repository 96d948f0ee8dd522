#include "glob_internal.h"

#include <string.h>

static int digit_value(char c, unsigned base) {
    int value = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : 99;
    return value < (int)base ? value : -1;
}

/* A number of up to `max` digits, no larger than a byte; -1 without any. */
static int number(const char **p, unsigned base, int max) {
    int value = -1;
    for (int digit; max-- > 0 && (digit = digit_value(**p, base)) >= 0; (*p)++) {
        int longer = (value < 0 ? 0 : value) * (int)base + digit;
        if (longer > 255)
            break;
        value = longer;
    }
    return value;
}

/* The byte that the escape after a backslash stands for (lib.c, strn_escseq), -1 when it stands for none; *p
 * moves past it. */
static int escaped(const char **p) {
    static const char letters[] = "aefnrt\\\"", bytes[] = "\a\033\f\n\r\t\\\"";
    const char *q = *p;
    int byte = -1;
    if (*q >= '0' && *q <= '7')
        byte = number(&q, 8, 3);
    else if (*q == 'd' || *q == 'x') {
        q++;
        byte = number(&q, q[-1] == 'x' ? 16 : 10, q[-1] == 'x' ? 2 : 3);
    } else if (*q && strchr(letters, *q))
        byte = bytes[strchr(letters, *q++) - letters];
    if (byte > 0)
        *p = q;
    return byte > 0 ? byte : -1;
}

/* parser_misc.c, processunquoted */
static void decode(struct buf *out, const char *text) {
    while (*text) {
        const char *after = text + 1;
        int byte = *text == '\\' ? escaped(&after) : -1;
        if (byte < 0) {
            buf_add_char(out, *text++);
            continue;
        }
        if (strchr("*?[]{}^,\\", byte))
            buf_add_char(out, '\\');
        buf_add_char(out, (char)byte);
        text = after;
    }
}

const char *glob_unescape_apparmor(struct arena *arena, const char *text) {
    struct buf decoded BUF_CLEANUP = {0};
    decode(&decoded, text);
    const char *from = buf_text(&decoded);
    char *result = arena_alloc(arena, decoded.len + 1), *to = result;
    if (from[0] == '/' && from[1] == '/' && from[2] != '/')
        *to++ = *from++;
    for (; *from; from++)
        if (!(from[0] == '/' && from[1] == '/'))
            *to++ = *from;
    return result;
}
