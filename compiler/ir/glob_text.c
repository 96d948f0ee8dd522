/* From syntax back to text. Both readers have to agree on it, so the text avoids what they read differently:
 * see the notes. */
#include "glob_internal.h"

#include <string.h>

static bool is_alnum(unsigned byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

/* How far bytes of the set go on from `byte` without leaving its kind (digits, capitals, small letters,
 * beyond ASCII): a range whose ends need no escape. */
static unsigned run_end(const struct byteset *set, unsigned byte) {
    unsigned end = byte;
    while (end < 255 && byteset_has(set, end + 1) &&
           (byte >= 0x80 || (is_alnum(byte) && is_alnum(end + 1) && (byte ^ (end + 1)) < 0x20 &&
                             (byte < 'A') == (end + 1 < 'A'))))
        end++;
    return end;
}

static void print_class_byte(struct buf *out, unsigned byte) {
    if (byte && strchr("*?\\]", (int)byte))
        buf_add_char(out, '\\');
    buf_add_char(out, (char)byte);
}

/* '-' first, '@' and '^' last: a '-' elsewhere is a range whatever escapes it, "@{" begins a variable, a
 * leading '^' negates even when it is escaped; ',' must not be escaped [tried with apparmor_parser 3.0.8]. */
static void print_class(struct buf *out, const struct byteset *all) {
    struct byteset set = *all;
    bool negated = byteset_count(&set) > 127;
    if (negated)
        set = byteset_not(&set);
    buf_add(out, negated ? "[^" : "[");
    if (byteset_has(&set, '-'))
        buf_add_char(out, '-');
    for (unsigned byte = 1; byte < 256; byte++) {
        if (!byteset_has(&set, byte) || strchr("-@^", (int)byte))
            continue;
        print_class_byte(out, byte);
        unsigned end = run_end(&set, byte);
        if (end >= byte + 3) {
            buf_add_char(out, '-');
            print_class_byte(out, end);
            byte = end;
        }
    }
    if (byteset_has(&set, '@'))
        buf_add_char(out, '@');
    if (byteset_has(&set, '^'))
        buf_add_char(out, '^');
    buf_add_char(out, ']');
}

static unsigned only_byte(const struct byteset *set) {
    unsigned byte = 0;
    while (!byteset_has(set, byte))
        byte++;
    return byte;
}

static bool begins_with_brace(const struct node *node) {
    return node &&
           (node->kind == NODE_ALT || (node->kind == NODE_SET && byteset_equal(&node->set, &byteset_any)));
}

/* In brackets: '@' before a brace, which would begin a variable, and '\\', which at a text's end would escape
 * the quote that the text is put in [apparmor_parser's lexer takes the longest string, tried]. */
static void print_byte(struct buf *out, unsigned byte, size_t depth, const struct node *next) {
    if (byte == '\\')
        buf_add(out, "[\\\\]");
    else if (byte == '@' && begins_with_brace(next))
        buf_add(out, "[@]");
    else {
        if (strchr("*?[]{}", (int)byte) || (byte == ',' && depth))
            buf_add_char(out, '\\');
        buf_add_char(out, (char)byte);
    }
}

/* Does what comes next make a star after '/' stand alone, so that both readers take at least one byte for it?
 */
static bool star_stands_alone(const struct node *next, size_t depth) {
    return next ? node_is_byte(next, '/') : depth == 0;
}

static void print_list(struct buf *out, const struct node *list, size_t depth);

static void print_alts(struct buf *out, const struct node *alt, size_t depth) {
    for (size_t i = 0; i < alt->n_alts; i++) {
        buf_add_char(out, i ? ',' : '{');
        print_list(out, alt->alts[i], depth + 1);
    }
    buf_add_char(out, '}');
}

static void print_set(struct buf *out, const struct node *node, size_t depth) {
    if (byteset_equal(&node->set, &byteset_no_slash))
        buf_add_char(out, '?');
    else if (byteset_equal(&node->set, &byteset_any))
        buf_add(out, "{?,/}");
    else if (byteset_count(&node->set) == 1)
        print_byte(out, only_byte(&node->set), depth, node->next);
    else
        print_class(out, &node->set);
}

static void print_list(struct buf *out, const struct node *list, size_t depth) {
    for (bool slash = false; list; slash = node_is_byte(list, '/'), list = list->next) {
        const struct node *next = list->next;
        bool star = list->kind == NODE_STAR;
        if (slash && list->kind == NODE_SET && byteset_equal(&list->set, &byteset_no_slash) &&
            node_is_star(next) && star_stands_alone(next->next, depth))
            continue; /* the star that follows says it */
        if (star && slash && star_stands_alone(next, depth))
            buf_add(out, byteset_equal(&list->set, &byteset_any) ? "{,**}" : "{,*}");
        else if (star)
            buf_add(out, byteset_equal(&list->set, &byteset_any) ? "**" : "*");
        else if (list->kind == NODE_SET)
            print_set(out, list, depth);
        else if (list->kind == NODE_ALT)
            print_alts(out, list, depth);
        else
            buf_printf(out, "@{%s}", list->name);
    }
}

void glob_print(struct buf *out, const struct node *list) {
    print_list(out, list, 0);
}

size_t glob_depth(const struct node *list) {
    size_t depth = 0;
    for (; list; list = list->next)
        for (size_t i = 0; list->kind == NODE_ALT && i < list->n_alts; i++) {
            size_t inner = glob_depth(list->alts[i]) + 1;
            depth = inner > depth ? inner : depth;
        }
    return depth;
}
