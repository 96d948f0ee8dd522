#include "buf.h"

#include "pages.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Large ones are moved by hand: realloc would copy into pages that have to be found one by one. */
static char *resize(const struct buf *buf, size_t cap) {
    enum { LARGE = 64 * 1024 };
    if (cap < LARGE)
        return realloc(buf->data, cap);
    char *data = malloc(cap);
    if (!data)
        return NULL;
    pages_fetch(data, cap);
    if (buf->data)
        memcpy(data, buf->data, buf->len + 1);
    free(buf->data);
    return data;
}

static bool grow(struct buf *buf, size_t need) {
    size_t cap = buf->cap ? buf->cap * 2 : 256;
    while (cap < need)
        cap *= 2;
    char *data = resize(buf, cap);
    if (!data) {
        buf->failed = true;
        return false;
    }
    buf->data = data;
    buf->cap = cap;
    return true;
}

static inline bool reserve(struct buf *buf, size_t extra) {
    size_t need = buf->len + extra + 1;
    return !buf->failed && (need <= buf->cap || grow(buf, need));
}

void buf_add_bytes(struct buf *buf, const void *bytes, size_t n) {
    if (!reserve(buf, n))
        return;
    if (n)
        memcpy(buf->data + buf->len, bytes, n);
    buf->len += n;
    buf->data[buf->len] = '\0';
}

void buf_add(struct buf *buf, const char *text) {
    buf_add_bytes(buf, text, strlen(text));
}

void buf_add_char(struct buf *buf, char c) {
    buf_add_bytes(buf, &c, 1);
}

void buf_printf(struct buf *buf, const char *format, ...) {
    va_list args, again;
    enum { GUESS = 64 }; /* most are short */
    if (!reserve(buf, GUESS))
        return;
    size_t room = buf->cap - buf->len;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(buf->data + buf->len, room, format, args);
    va_end(args);
    bool fits = n >= 0 && (size_t)n < room;
    if (n >= 0 && !fits && reserve(buf, (size_t)n))
        fits = vsnprintf(buf->data + buf->len, (size_t)n + 1, format, again) == n;
    va_end(again);
    buf->failed |= !fits;
    buf->len += fits ? (size_t)n : 0;
    buf->data[buf->len] = '\0';
}

/* How many bytes that nothing has to be done about `text` begins with. */
static size_t plain_length(const char *text) {
    size_t n = 0;
    while ((unsigned char)text[n] >= 0x20 && text[n] != 0x7f && text[n] != '\\' && text[n] != '"')
        n++;
    return n;
}

/* The string is read twice: apparmor_parser's scanner ends it at the last `"` that it can, so that even `\\"`
 * may go on (parser_lex.l: QUOTED_ID), then escapes are undone and the glob is read. So no `"` and no
 * backslash but an escape of the glob's own stands here as itself. */
void buf_add_apparmor_quoted(struct buf *out, const char *text) {
    buf_add_char(out, '"');
    for (const char *p = text;; p++) {
        size_t n = plain_length(p);
        buf_add_bytes(out, p, n);
        p += n;
        unsigned char c = (unsigned char)*p;
        if (!c)
            break;
        if (c == '\\' && p[1] && p[1] != '\\' && p[1] != '"') {
            buf_add_bytes(out, p, 2);
            p++;
        } else {
            buf_printf(out, "\\%03o", c == '\\' && p[1] == '"' ? '"' : c);
            p += c == '\\' && p[1];
        }
    }
    buf_add_char(out, '"');
}

void buf_add_vpl_string(struct buf *buf, const char *text) {
    buf_add_char(buf, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            buf_add_char(buf, '\\');
        buf_add_char(buf, *text);
    }
    buf_add_char(buf, '"');
}

size_t buf_utf8(const unsigned char *s, size_t n, uint32_t *character) {
    static const struct {
        unsigned char mask, lead;
        uint32_t least;
    } forms[] = {{0x80, 0, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
    for (size_t more = 0; more < 4 && more < n; more++) {
        if ((s[0] & forms[more].mask) != forms[more].lead)
            continue;
        uint32_t c = s[0] & (unsigned char)~forms[more].mask;
        for (size_t i = 1; i <= more; i++) {
            if ((s[i] & 0xc0) != 0x80)
                return 0;
            c = c << 6 | (s[i] & 0x3f);
        }
        *character = c;
        return c >= forms[more].least && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff) ? more + 1 : 0;
    }
    return 0;
}

bool buf_is_control(uint32_t c) {
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069);
}

void buf_add_safe(struct buf *buf, const char *text, size_t n) {
    for (size_t i = 0, size; i < n; i += size ? size : 1) {
        uint32_t c;
        size = buf_utf8((const unsigned char *)text + i, n - i, &c);
        if (size && (!buf_is_control(c) || c == '\t'))
            buf_add_bytes(buf, text + i, size);
        else
            buf_add_char(buf, '?');
    }
}

const char *buf_text(const struct buf *buf) {
    return buf->data ? buf->data : "";
}

void buf_free(struct buf *buf) {
    free(buf->data);
    *buf = (struct buf){0};
}
