/* Growing text with sticky failure: add as much as you like, look at `failed` once at the end. */
#ifndef VPL_BUF_H
#define VPL_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
    char *data; /* NUL-terminated whenever it isn't NULL; owned, released by buf_free */
    size_t len; /* without the NUL */
    size_t cap;
    bool failed; /* memory ran out: everything added since is lost */
};

void buf_add(struct buf *buf, const char *text);
void buf_add_bytes(struct buf *buf, const void *bytes, size_t n);
void buf_add_char(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds a glob in AppArmor's syntax in double quotes, so that nothing in it can end the string or mean
 * anything else (apparmor.d(5), and apparmor_parser's scanner: buf.c says how it reads). */
void buf_add_apparmor_quoted(struct buf *buf, const char *text);

/* Adds `text` as a VPL string literal, quotes included. */
void buf_add_vpl_string(struct buf *buf, const char *text);

/* One character of UTF-8: its length in bytes, 0 where it is none (overlong forms and surrogates are none).
 */
size_t buf_utf8(const unsigned char *text, size_t n, uint32_t *character);

/* C0, DEL, C1, and what turns the direction of text: nothing that we show or take may hold them. */
bool buf_is_control(uint32_t character);

/* Adds text from outside for a terminal or JSON: what is no UTF-8 or a control character becomes '?', a tab
 * stays. */
void buf_add_safe(struct buf *buf, const char *text, size_t n);

/* The text so far, "" when empty; valid until the next change. */
const char *buf_text(const struct buf *buf);

/* Frees the text and leaves an empty, usable buffer. */
void buf_free(struct buf *buf);

#define BUF_CLEANUP __attribute__((cleanup(buf_free)))

#endif
