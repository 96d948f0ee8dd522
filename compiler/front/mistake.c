#include "mistake.h"

#include "foreign.h"
#include "suggest.h"

#include <string.h>

static const char *shown(struct scan *scan, struct loc loc) {
    const struct source_file *file = source_of(scan->diag->sources, loc.begin);
    size_t n = loc.end - loc.begin;
    return file && n ? arena_strndup(scan->arena, file->text + (loc.begin - file->base), n < 40 ? n : 40)
                     : "";
}

static bool later_line(struct scan *scan, struct loc before, struct loc loc) {
    const struct source_file *file = source_of(scan->diag->sources, loc.begin);
    return file && before.end && memchr(file->text + (before.end - file->base), '\n', loc.begin - before.end);
}

static bool is_expected(const struct expected *e, const char *name) {
    for (int i = 0; i < e->n; i++)
        if (strcmp(e->names[i], name) == 0)
            return true;
    return false;
}

static void print_expected(struct buf *out, const struct expected *e) {
    buf_add(out, "expected ");
    for (int i = 0; i < e->n; i++) {
        const char *name = e->names[i], *quote = strchr(name, ' ') || *name == '`' ? "" : "`";
        buf_printf(out, "%s%s%s%s", i == 0 ? "" : i == e->n - 1 ? " or " : ", ", quote, name, quote);
    }
}

/* Where the words of other languages are met: among declarations, at a statement's beginning, behind `deny`,
 * behind paths. */
enum context { ANYWHERE, DECLARATION, STATEMENT, ACT, PATHS };

static enum context context_of(const struct expected *e) {
    return is_expected(e, "import")                              ? DECLARATION
           : is_expected(e, "a name")                            ? ANYWHERE
           : is_expected(e, "deny") && is_expected(e, "use")     ? STATEMENT
           : is_expected(e, "read") && is_expected(e, "syscall") ? ACT
           : is_expected(e, "owner")                             ? PATHS
                                                                 : ANYWHERE;
}

static const struct {
    const char *found;       /* one of these tokens … */
    enum context context;    /* … there … */
    const char *expected[2]; /* … where these could stand */
    const char *hint;
} ways[] = {
    {"|a string|", STATEMENT, {NULL}, "what is done goes first: `deny write \"/x\";`"},
    {"|a string|", ACT, {NULL}, "what is done goes first: `deny write \"/x\";`"},
    {"|policy|rule|test|import|cluster|abstract|",
     STATEMENT,
     {NULL},
     "it stands outside of policies: is a `}` missing before it?"},
    {"|except|", ANYWHERE, {"a string", "`,`"}, "all but these is `allow only …`"},
    {"|except|", ANYWHERE, {"a name", "`;`"}, "all but these is `allow only …`"},
    {"|read|write|append|link|lock|map|exec|access|",
     ANYWHERE,
     {"a string", "`,`"},
     "operations are joined by commas: `read, write \"/x\"`"},
    {"|a string|",
     ANYWHERE,
     {"port", "unix"},
     "of which kind? `inet \"10.0.0.0/8\"` is an address, `unix \"/run/x.sock\"` a socket's file"},
    {"|type|", ANYWHERE, {"fstype"}, "a filesystem's type goes behind `fstype`: `mount fstype proc`"},
    {"|a string|",
     ANYWHERE,
     {"fstype", "from"},
     "what is mounted goes behind `from`, and where behind `to`: `mount from \"/dev/**\" to \"/mnt/**\"`"},
    {"|deny|allow|audit|", ACT, {NULL}, "without it: what is done stands alone here"},
    {"|`)`|`,`|`|`|", ANYWHERE, {"`:`"}, "arguments go by name, as in `unshare(flags: CLONE_NEWUSER)`"},
    {"|a number|a string|`-`|`[`|", ANYWHERE, {"a name", "`)`"}, "arguments go by name: `(NAME: VALUE)`"},
    {"|`(`|", ANYWHERE, {NULL}, "a list goes without parentheses, or in `[…]`"},
};

static bool is_way(size_t i, const struct expected *e, const char *kind) {
    char token[64];
    snprintf(token, sizeof token, "|%s|", kind);
    if (!strstr(ways[i].found, token) || (ways[i].context != ANYWHERE && ways[i].context != context_of(e)))
        return false;
    for (size_t k = 0; k < 2 && ways[i].expected[k]; k++)
        if (!is_expected(e, ways[i].expected[k]))
            return false;
    return true;
}

static bool is_word(const char *kind) {
    return strcmp(kind, "a name") == 0 || (!strchr(kind, ' ') && *kind != '`');
}

/* The rest of what is written there, up to its end in any language. */
static const char *statement_text(struct scan *scan, struct loc loc) {
    const struct source_file *file = source_of(scan->diag->sources, loc.begin);
    const char *text = file->text + (loc.begin - file->base);
    size_t n = strcspn(text, ",;{}#\r\n");
    while (n && text[n - 1] == ' ')
        n--;
    return arena_strndup(scan->arena, text, n);
}

/* What takes more than the word that is there. */
static const char *said_of_more(struct scan *scan, const struct expected *e, const char *kind,
                                struct loc loc) {
    if (context_of(e) == STATEMENT && strcmp(kind, "capability") == 0)
        return arena_printf(scan->arena, "here that is `allow %s;`, or `deny`", statement_text(scan, loc));
    if (is_expected(e, "set") && is_word(kind))
        return foreign_signal(scan->arena, shown(scan, loc));
    bool reaction = e->n == 1 && is_expected(e, "deny") && strcmp(shown(scan, scan->last), "audit") == 0;
    return reaction ? "`on violation audit deny;`" : NULL;
}

/* How VPL says what another language says with this word, or in this order. */
static const char *said_here(struct scan *scan, const struct expected *e, const char *kind, struct loc loc) {
    const char *said = said_of_more(scan, e, kind, loc);
    if (!said && context_of(e) != ANYWHERE && is_word(kind))
        said = foreign_word(scan->arena, shown(scan, loc));
    for (size_t i = 0; i < sizeof ways / sizeof *ways && !said; i++)
        said = is_way(i, e, kind) ? ways[i].hint : NULL;
    return said;
}

/* Where nothing is near: what goes here. */
static const char *way_on(struct scan *scan, const struct expected *e, const char *kind, const char *found) {
    static const char *const here[] = {
        [DECLARATION] = "a file holds `policy`, `rule`, `let`, `import` and `test`; statements and settings "
                        "stand in a policy or a rule",
        [STATEMENT] = "a statement begins with `allow`, `deny` or `use`",
        [ACT] = "a statement is about read, write, append, link, lock, map, exec, access, capability, mount, "
                "umount, pivot_root, socket, "
                "connect, bind, ptrace, signal, syscall or userns",
        [PATHS] = NULL,
    };
    enum context context = context_of(e);
    if (is_expected(e, "observe") && e->n < 5)
        return "`on violation deny;` denies, `audit deny` logs that too, and `observe` logs alone";
    const char *name =
        (context == STATEMENT || context == ACT) && is_word(kind) ? foreign_name(scan->arena, found) : NULL;
    return name ? name : here[context];
}

/* A way out: the word that was meant, or the quotes that are missing or too many. */
static void hint(struct scan *scan, struct diag_item *item, const struct expected *e, const char *kind,
                 struct loc loc) {
    const char *found = shown(scan, loc);
    struct suggest suggest = {.word = found};
    bool keyword = !strchr(kind, ' ') && *kind != '`';
    const char *said = said_here(scan, e, kind, loc);
    for (int i = 0; i < e->n && strcmp(kind, "a name") == 0; i++)
        if (!strchr(e->names[i], ' ') && *e->names[i] != '`')
            suggest_consider(&suggest, e->names[i]);
    if (strcmp(kind, "`=`") == 0 && is_expected(e, "`==`"))
        suggest.best = "==";
    if (said)
        diag_note(scan->diag, item, (struct loc){0}, "%s", said);
    else if (suggest.best)
        diag_note(scan->diag, item, (struct loc){0}, "did you mean `%s`?", suggest.best);
    else if ((said = way_on(scan, e, kind, found)))
        diag_note(scan->diag, item, (struct loc){0}, "%s", said);
    else if (keyword && is_expected(e, "a name"))
        diag_note(scan->diag, item, (struct loc){0},
                  "`%s` is a word of the language, so nothing can have it for a name", found);
    else if (strcmp(kind, "a string") == 0 && is_expected(e, "a name") && !is_expected(e, "a string"))
        diag_note(scan->diag, item, (struct loc){0}, "without the quotes?");
    else if ((keyword || strcmp(kind, "a name") == 0) && is_expected(e, "a string") &&
             !is_expected(e, "a name"))
        diag_note(scan->diag, item, (struct loc){0}, "in quotes: \"%s\"?", found);
}

void mistake_report(struct scan *scan, const struct expected *e, const char *kind, struct loc loc, bool end) {
    struct buf text BUF_CLEANUP = {0};
    const char *found = shown(scan, loc);
    bool few = e->n > 0 && e->n < 5, close = strcmp(kind, "`}`") == 0, semicolon = is_expected(e, "`;`");
    bool next = semicolon && strstr("|allow|deny|use|require|audit|best-effort|broad|",
                                    arena_printf(scan->arena, "|%s|", kind));
    bool behind =
        end || ((few || semicolon) && later_line(scan, scan->last, loc)) || ((close || next) && semicolon);
    if (!few && semicolon && behind && !end)
        buf_add(&text, "expected `;`");
    else if (few)
        print_expected(&text, e);
    if (end)
        buf_printf(&text, "%sthe end of the file%s", few ? ", found " : "", few ? "" : " comes too soon");
    else if (!behind)
        buf_printf(&text, "%s`%s`%s", few ? ", found " : "", found, few ? "" : " can't stand here");
    if (behind && scan->last.end)
        loc = (struct loc){scan->last.end, scan->last.end + 1};
    struct diag_item *item = diag_add(scan->diag, DIAG_SYNTAX, loc, "%s", buf_text(&text));
    if (!behind)
        hint(scan, item, e, kind, loc);
    if (end && scan->n_opened && scan->n_opened <= sizeof scan->opened / sizeof *scan->opened)
        diag_note(scan->diag, item,
                  (struct loc){scan->opened[scan->n_opened - 1], scan->opened[scan->n_opened - 1] + 1},
                  "opened here");
}
