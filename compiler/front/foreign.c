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
        return arena_printf(arena, "did you mean `signal send set %s`?", small + 3);
    for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++)
        if (sorts[i].find(small) >= 0)
            return arena_printf(arena, "did you mean `%s %s`?", sorts[i].behind, small);
    return NULL;
}
