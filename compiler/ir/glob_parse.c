#include "glob_internal.h"

#include <string.h>

struct parser {
    struct arena *arena;
    const char *text;
    size_t pos;
    size_t depth; /* of braces */
    bool apparmor;
    const char *error;
    size_t at;
};

static const struct node *fail(struct parser *p, const char *error, size_t at) {
    if (!p->error) {
        p->error = error;
        p->at = at;
    }
    return NULL;
}

static char peek(const struct parser *p) {
    return p->text[p->pos];
}

static bool is_word(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

/* The byte at `pos`, which `\` may have made literal. */
static unsigned char take_byte(struct parser *p) {
    char c = peek(p);
    if (c == '\\') {
        c = p->text[++p->pos];
        if (!c)
            fail(p, "nothing follows the `\\`", p->pos - 1);
        else if (is_word(c) && !p->apparmor)
            fail(p, "`\\` has no meaning before a letter or digit: write `\\\\` for a backslash", p->pos - 1);
    }
    if (!p->apparmor && ((unsigned char)c < 0x20 || c == 0x7f))
        fail(p, "a path can't hold a control character", p->pos);
    p->pos += c != '\0';
    return (unsigned char)c;
}

/* convert_aaregex_to_pcre hands these on with another meaning than the profile's author sees: `[*]` becomes
 * `[[^/]*]`, `[\^a]` a complement, `[a\-z]` a range, `[\,]` has the backslash too [tried with 3.0.8]. */
static void check_class_byte(struct parser *p) {
    char c = peek(p), escaped = c == '\\' ? p->text[p->pos + 1] : '\0';
    if (p->apparmor && (c == '*' || c == '?' || (escaped && strchr("^-,", escaped))))
        fail(p, "apparmor_parser reads this byte inside `[…]` as something else", p->pos);
}

static void parse_class_item(struct parser *p, struct byteset *set) {
    size_t at = p->pos;
    check_class_byte(p);
    unsigned first = take_byte(p), last = first;
    if (peek(p) == '-' && p->text[p->pos + 1] && p->text[p->pos + 1] != ']') {
        p->pos++;
        check_class_byte(p);
        last = take_byte(p);
        if (last < first)
            fail(p, "the range ends before it begins", at);
    }
    for (unsigned byte = first; byte && byte <= last; byte++)
        byteset_add(set, byte);
}

static void parse_class(struct parser *p, struct seq *seq) {
    size_t at = p->pos++;
    struct byteset set = {0};
    bool negated = peek(p) == '^';
    p->pos += negated;
    if (peek(p) == ']')
        fail(p, "the `[…]` is empty: write `\\]` for the bracket", at);
    while (!p->error && peek(p) && peek(p) != ']')
        parse_class_item(p, &set);
    if (!peek(p))
        fail(p, "`[` is never closed", at);
    p->pos += peek(p) == ']';
    if (negated)
        set = byteset_not(&set);
    if (byteset_count(&set) == 0)
        fail(p, "the `[…]` matches no byte", at);
    seq_push(p->arena, seq, (struct node){.kind = NODE_SET, .set = set, .at = at});
}

/* Right after a '/' and right before the next or the end, a star takes at least one byte. */
static void parse_star(struct parser *p, struct seq *seq) {
    size_t at = p->pos, n = strspn(p->text + at, "*");
    p->pos += n;
    bool alone = at > 0 && p->text[at - 1] == '/' && (peek(p) == '/' || !peek(p));
    if (alone)
        seq_push(p->arena, seq, (struct node){.kind = NODE_SET, .set = byteset_no_slash, .at = at});
    seq_push(p->arena, seq,
             (struct node){.kind = NODE_STAR, .set = n > 1 ? byteset_any : byteset_no_slash, .at = at});
}

static void parse_variable(struct parser *p, struct seq *seq) {
    size_t at = p->pos;
    p->pos += 2;
    size_t n = 0;
    while (is_word(p->text[p->pos + n]) || (n && strchr(".-", p->text[p->pos + n]) && p->text[p->pos + n]))
        n++;
    if (n == 0)
        fail(p, "`@{` begins a name: write `\\@{` for the bytes", at);
    else if (p->text[p->pos + n] != '}')
        fail(p, "the name after `@{` does not end in `}`", at);
    seq_push(p->arena, seq,
             (struct node){.kind = NODE_VAR, .name = arena_strndup(p->arena, p->text + p->pos, n), .at = at});
    p->pos += n + (p->text[p->pos + n] == '}');
}

static const struct node *parse_list(struct parser *p);

static void parse_alts(struct parser *p, struct seq *seq) {
    size_t at = p->pos;
    VEC(const struct node *) alts = {0};
    if (++p->depth > GLOB_MAX_DEPTH)
        fail(p, "braces nest too deep: apparmor_parser takes 49 levels", at);
    do {
        p->pos++;
        vec_push(p->arena, &alts, parse_list(p));
    } while (!p->error && peek(p) == ',');
    if (!peek(p))
        fail(p, "`{` is never closed", at);
    else if (p->apparmor && alts.n == 1)
        fail(p, "apparmor_parser refuses `{…}` without a `,`", at);
    p->pos += peek(p) == '}';
    p->depth--;
    seq_push_alts(p->arena, seq, alts.items, alts.n, at);
}

static void parse_byte(struct parser *p, struct seq *seq) {
    size_t at = p->pos;
    unsigned char c = take_byte(p);
    seq_push(p->arena, seq, (struct node){.kind = NODE_SET, .set = byteset_of(c), .at = at});
}

static const struct node *parse_list(struct parser *p) {
    struct seq seq = {0};
    while (!p->error && peek(p) && !(p->depth && (peek(p) == ',' || peek(p) == '}'))) {
        switch (peek(p)) {
        case '*':
            parse_star(p, &seq);
            break;
        case '?':
            seq_push(p->arena, &seq,
                     (struct node){.kind = NODE_SET, .set = byteset_no_slash, .at = p->pos++});
            break;
        case '[':
            parse_class(p, &seq);
            break;
        case '{':
            parse_alts(p, &seq);
            break;
        case ']':
            fail(p, "no `[` before this `]`", p->pos);
            break;
        case '}':
            fail(p, "no `{` before this `}`", p->pos);
            break;
        default:
            if (p->text[p->pos] == '@' && p->text[p->pos + 1] == '{')
                parse_variable(p, &seq);
            else
                parse_byte(p, &seq);
        }
    }
    return seq.head;
}

/* Where a branch of `list` begins with something else than '/'; SIZE_MAX when none does. *empty: some branch
 * has nothing. */
static size_t relative_at(const struct node *list, size_t end, bool *empty) {
    *empty = false;
    if (!list) {
        *empty = true;
        return end;
    }
    if (list->kind != NODE_ALT)
        return node_is_byte(list, '/') ? SIZE_MAX : list->at;
    for (size_t i = 0; i < list->n_alts; i++) {
        bool alt_empty;
        size_t at = relative_at(list->alts[i], list->at, &alt_empty);
        if (alt_empty)
            *empty = true;
        else if (at != SIZE_MAX) {
            *empty = false;
            return at;
        }
    }
    return *empty ? relative_at(list->next, end, empty) : SIZE_MAX;
}

/* "/a/../b" and "/a/{.,b}/c": the kernel's names have no such parts, so these would match nothing. What the
 * text may end in so far, as bits: something else, a slash, a slash and one dot, a slash and two. */
enum { ELSE = 1, SLASH = 2, DOT = 4, DOTS = 8 };

static unsigned find_dots(const struct node *list, unsigned ends, size_t *at) {
    for (; list; list = list->next) {
        if (list->kind == NODE_ALT) {
            unsigned all = 0;
            for (size_t i = 0; i < list->n_alts; i++)
                all |= find_dots(list->alts[i], ends, at);
            ends = all;
        } else if (node_is_byte(list, '/')) {
            if (ends & (DOT | DOTS))
                *at = list->at;
            ends = SLASH;
        } else if (node_is_byte(list, '.'))
            ends = (ends & SLASH ? DOT : 0U) | (ends & DOT ? DOTS : 0U) | (ends & (ELSE | DOTS) ? ELSE : 0U);
        else
            ends = ELSE;
    }
    return ends;
}

/* Where a part that is `.` or `..` ends; SIZE_MAX: there is none. */
static size_t dots_at(const struct node *list, size_t end) {
    size_t at = SIZE_MAX;
    return find_dots(list, ELSE, &at) & (DOT | DOTS) && at == SIZE_MAX ? end : at;
}

static const char too_many[] = "the path has too many alternatives";

/* How every match begins and ends: the bytes of the normalised text before and behind all that may mean more
 * than itself. */
static void find_ends(struct glob *glob) {
    static const char special[] = "*?[]{}\\@";
    glob->n_text = strlen(glob->text);
    glob->n_prefix = strcspn(glob->text, special);
    const char *end = glob->text;
    for (size_t n; n = strcspn(end, special), end[n]; end += n + 1)
        if (end[n] == '\\')
            n++;
    glob->n_suffix = strlen(end);
}

static const struct glob *finish(struct parser *p, const struct node *list, const char **error, size_t *at) {
    struct glob *glob = p->error ? NULL : glob_from_list(p->arena, list);
    if (!glob) {
        fail(p, too_many, 0);
        *error = p->error;
        *at = p->at;
        return NULL;
    }
    struct buf text BUF_CLEANUP = {0};
    glob_print(&text, list);
    glob->text = arena_strdup(p->arena, buf_text(&text));
    find_ends(glob);
    return glob;
}

/* Most texts are paths with a star or two, which are their own normal form: no byte means more than itself
 * but `*`, no two neighbours are written as one, and no part begins with a dot (`.` and `..` are errors). */
static bool is_plain(const char *text) {
    const char *c = text;
    for (; *c; c++) {
        bool more = *c == '/' ? c[1] == '/' || c[1] == '.' : *c == '*' && c[1] == '*' && c[2] == '*';
        if (more || (unsigned char)*c < 0x20 || *c == 0x7f)
            return false;
    }
    return *text == '/' && c - text < GLOB_MAX_CODE / 2 && !strpbrk(text, "?[]{}\\@");
}

const struct node *glob_plain_list(struct arena *arena, const char *text) {
    struct parser p = {.arena = arena, .text = text};
    return parse_list(&p);
}

static const struct glob *parse_plain(struct arena *arena, const char *text) {
    struct glob *glob = ARENA_NEW(arena, struct glob);
    glob->text = arena_strdup(arena, text);
    find_ends(glob);
    glob->literal = text[glob->n_prefix] ? NULL : glob->text;
    glob->arena = arena;
    glob->program = ARENA_NEW(arena, struct program);
    return glob;
}

const struct glob *glob_parse(struct arena *arena, const char *text, const char **error, size_t *at) {
    if (is_plain(text))
        return parse_plain(arena, text);
    struct parser p = {.arena = arena, .text = text};
    const struct node *list = parse_list(&p);
    bool empty;
    size_t relative = p.error ? 0 : relative_at(list, strlen(text), &empty);
    if (!*text)
        fail(&p, "the path is empty", 0);
    else if (relative != SIZE_MAX)
        fail(&p, "a path begins with `/`", relative);
    size_t dots = p.error ? SIZE_MAX : dots_at(list, strlen(text));
    if (dots != SIZE_MAX)
        fail(&p, "no name that the kernel compares has a part `.` or `..`: write the path that is meant",
             dots - 1);
    bool too_big = false;
    if (!p.error)
        list = glob_collapse_slashes(arena, list, &too_big);
    if (too_big)
        fail(&p, too_many, 0);
    return finish(&p, list, error, at);
}

const struct glob *glob_parse_apparmor(struct arena *arena, const char *text, const char **error,
                                       size_t *at) {
    struct parser p = {.arena = arena, .text = glob_unescape_apparmor(arena, text), .apparmor = true};
    const struct node *list = parse_list(&p);
    return finish(&p, list, error, at);
}
