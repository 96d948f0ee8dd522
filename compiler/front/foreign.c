#include "foreign.h"

#include "facts.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char *word, *hint;
} words[] = {
#define FOREIGN(word, hint) {word, hint},
#include "foreign.def"
#undef FOREIGN
};

/* What a word begins with; the hint is about the rest of it, or about all. */
static const struct {
    const char *prefix;
    bool all;
    const char *hint;
} prefixes[] = {
    {"deny_", false, "did you mean `deny %s`?"},
    {"deny-", false, "did you mean `deny %s`?"},
    {"allow_", false, "did you mean `allow %s`?"},
    {"allow-", false, "did you mean `allow %s`?"},
    {"audit_", false, "did you mean `audit %s`?"},
    {"cap_", false, "did you mean `capability %s`?"},
    {"sys_", false, "did you mean `syscall %s`?"},
    {"af_", false, "did you mean `socket %s`?"},
    {"disable-", true, "a rule's name goes behind `use`: `use %s;`"},
    {"disallow-", true, "a rule's name goes behind `use`: `use %s;`"},
    {"mitigate-", true, "a rule's name goes behind `use`: `use %s;`"},
    {"block-", true, "a rule's name goes behind `use`: `use %s;`"},
    {"runtime-default", true, "it is a base: `mode EnhanceProtect on %s;`"},
};

static const char *lower(struct arena *arena, const char *word) {
    char *out = arena_strdup(arena, word);
    for (char *c = out; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return out;
}

const char *foreign_word(struct arena *arena, const char *word) {
    const char *small = lower(arena, word);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(word, words[i].word) == 0)
            return words[i].hint;
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes && capability_by_name(small) < 0; i++) {
        size_t n = strlen(prefixes[i].prefix);
        const char *shown = prefixes[i].all ? small : small + n;
        if (strncmp(small, prefixes[i].prefix, n) == 0)
            return arena_printf(arena, prefixes[i].hint, shown);
    }
    return NULL;
}

const char *foreign_signal(struct arena *arena, const char *word) {
    const char *small = lower(arena, word), *name = small + (strncmp(small, "sig", 3) == 0 ? 3 : 0);
    return signal_by_name(name) >= 0 ? arena_printf(arena, "did you mean `signal send set %s`?", name) : NULL;
}

const char *foreign_name(struct arena *arena, const char *word) {
    static const struct {
        const char *behind;
        int (*find)(const char *word);
    } sorts[] = {{"capability", capability_by_name},
                 {"syscall", syscall_by_name},
                 {"socket", family_by_name},
                 {"signal send set", signal_by_name},
                 {"mount options", mount_option_by_name}};
    const char *small = lower(arena, word);
    if (strncmp(small, "sig", 3) == 0 && signal_by_name(small + 3) >= 0)
        return foreign_signal(arena, small);
    for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++)
        if (sorts[i].find(small) >= 0)
            return arena_printf(arena, "did you mean `%s %s`?", sorts[i].behind, small);
    return NULL;
}

/* ---- manifests ---- */

size_t foreign_manifest(const char *text) {
    static const char space[] = " \t\r\n", *const keys[] = {"---", "apiVersion:", "kind:", "metadata:"};
    size_t at = strspn(text, space);
    while (text[at] == '#') {
        at += strcspn(text + at, "\n");
        at += strspn(text + at, space);
    }
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strncmp(text + at, keys[i], strlen(keys[i])) == 0)
            return at;
    return text[at] == '{' && text[at + 1 + strspn(text + at + 1, space)] == '"' ? at : SIZE_MAX;
}

/* ---- rules of AppArmor's: apparmor.d(5), "Rule Qualifiers" and "File permission access modes" ---- */

static bool has_word(const char *text, size_t n, const char *word) {
    size_t len = strlen(word);
    for (size_t i = 0; i + len <= n; i++)
        if (strncmp(text + i, word, len) == 0 && (i == 0 || isspace((unsigned char)text[i - 1])) &&
            (i + len == n || isspace((unsigned char)text[i + len])))
            return true;
    return false;
}

/* "read, write" of "rw"; NULL: no such modes. What starts a program is `exec` whatever profile it gets. */
static const char *operations(struct arena *arena, const char *modes, size_t n) {
    static const struct {
        char mode;
        const char *word;
    } words_of[] = {{'r', "read"}, {'w', "write"}, {'a', "append"}, {'l', "link"},
                    {'k', "lock"}, {'m', "map"},   {'x', "exec"}};
    const char *text = NULL;
    size_t known = 0;
    for (size_t i = 0; i < n; i++)
        known += strchr("rwalkmxiIpPcCuU", modes[i]) != NULL;
    if (!n || known != n)
        return NULL;
    for (size_t i = 0; i < sizeof words_of / sizeof *words_of; i++)
        if (memchr(modes, words_of[i].mode, n))
            text = text ? arena_printf(arena, "%s, %s", text, words_of[i].word) : words_of[i].word;
    return text;
}

const char *foreign_rule(struct arena *arena, const char *line, size_t len, size_t path, size_t n) {
    size_t modes = path + n, end;
    while (modes < len && (line[modes] == ' ' || line[modes] == '\t'))
        modes++;
    for (end = modes; end < len && isalpha((unsigned char)line[end]);)
        end++;
    const char *what = end < len && line[end] == ',' && modes > path + n
                           ? operations(arena, line + modes, end - modes)
                           : NULL;
    return what ? arena_printf(arena, "%s%s %s \"%.*s\"%s;", has_word(line, path, "audit") ? "audit " : "",
                               has_word(line, path, "deny") ? "deny" : "allow", what, (int)n, line + path,
                               has_word(line, path, "owner") ? " owner" : "")
                : NULL;
}
