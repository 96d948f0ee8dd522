#include "lowering.h"

#include <string.h>

/* Past what stands in the braces around `text`: the next alternatives and the closing brace. */
static const char *past_group(const char *text) {
    size_t depth = 0;
    for (; *text; text++) {
        if (*text == '\\' && text[1])
            text++;
        else if (*text == '{')
            depth++;
        else if (*text == '}' && depth-- == 0)
            return text + 1;
    }
    return text;
}

/* Does anything follow a star in the paths that it is in? */
static bool is_followed(const char *after) {
    while (*after == ',' || *after == '}')
        after = past_group(after);
    return *after && *after != '"';
}

/* Few globs have two "**". */
static bool has_four_stars(const char *glob, const char *end) {
    size_t n = 0;
    for (; n < 4 && (glob = memchr(glob, '*', (size_t)(end - glob))); n++)
        glob++;
    return n == 4;
}

/* A "**" that something follows and another "**": once the first part has matched it stays matched, so that a
 * few such globs double the states each. */
static bool is_heavy(const char *glob, const char *end) {
    size_t stars = 0, followed = 0;
    for (; glob + 1 < end; glob++) {
        if (*glob == '\\')
            glob++;
        else if (glob[0] == '*' && glob[1] == '*') {
            stars++;
            glob++;
            followed += is_followed(glob + 1);
        }
    }
    return followed && stars > 1;
}

const char *aa_too_much(const char *text) {
    enum { MANY_HEAVY = 5, MANY_BYTES = 60000 };
    size_t heavy = 0, bytes = 0;
    for (const char *begin = strchr(text, '"'); begin; begin = strchr(begin, '"')) {
        const char *end = begin + 1 + strcspn(begin + 1, "\"");
        heavy += has_four_stars(begin + 1, end) && is_heavy(begin + 1, end);
        bytes += (size_t)(end - begin);
        begin = *end ? end + 1 : end;
    }
    if (heavy > MANY_HEAVY)
        return "more than five of its paths have two `**`: each doubles the time that apparmor_parser takes";
    if (bytes > MANY_BYTES)
        return "its paths are longer than what apparmor_parser has states for: it may refuse the profile";
    return NULL;
}
