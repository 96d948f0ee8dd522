#include "markdown.h"

#include <string.h>

void markdown_escape(struct buf *out, const char *text, bool cell) {
    bool code = false;
    for (const char *p = text; *p; p++) {
        code ^= *p == '`';
        if ((cell && *p == '|') || (!code && strchr("*<\\", *p)))
            buf_add_char(out, '\\');
        buf_add_char(out, cell && *p == '\n' ? ' ' : *p);
    }
}

static const char *line_end(const char *line, const char *end) {
    const char *newline = memchr(line, '\n', (size_t)(end - line));
    return newline ? newline + 1 : end;
}

void markdown_plain(struct buf *out, const char *text, size_t n) {
    const char *end = text + n, *next;
    bool code = false;
    for (const char *line = text; line < end; line = next) {
        next = line_end(line, end);
        if (strncmp(line, "```", 3) == 0) {
            code = !code;
            continue;
        }
        while (!code && *line == '#' && line < next)
            line += line[1] == ' ' ? 2 : 1;
        buf_add(out, code && *line != '\n' ? "    " : "");
        buf_add_bytes(out, line, (size_t)(next - line));
    }
}

static const char heading[] = "## ";
enum { HEADING = sizeof heading - 1 };

static const char *next_heading(const char *text) {
    const char *found = strncmp(text, heading, HEADING) == 0 ? text : strstr(text, "\n## ");
    return found && *found == '\n' ? found + 1 : found;
}

/* The length of the word at `p`, up to a comma or the line's end. */
static size_t word_length(const char *p) {
    return strcspn(p, ",\n");
}

static const char *next_word(const char *p) {
    p += word_length(p);
    return *p == ',' ? p + 1 + strspn(p + 1, " ") : NULL;
}

const char *markdown_section(const char *text, const char *word, size_t *n) {
    for (const char *at = next_heading(text); at; at = next_heading(at + HEADING))
        for (const char *p = at + HEADING; p; p = next_word(p))
            if (word_length(p) == strlen(word) && strncmp(p, word, strlen(word)) == 0) {
                const char *body = at + strcspn(at, "\n"), *next;
                body += strspn(body, "\n");
                next = next_heading(body);
                *n = next ? (size_t)(next - body) : strlen(body);
                while (*n && body[*n - 1] == '\n')
                    --*n;
                return body;
            }
    return NULL;
}

void markdown_words(const char *text, void (*visit)(void *context, const char *word, size_t n),
                    void *context) {
    for (const char *at = next_heading(text); at; at = next_heading(at + HEADING))
        for (const char *p = at + HEADING; p; p = next_word(p))
            visit(context, p, word_length(p));
}
