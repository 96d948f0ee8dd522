#include "words.h"

#include "foreign.h"
#include "suggest.h"
#include <string.h>
#include <strings.h>

const char *const policy_mode_names[POLICY_MODE_COUNT] = {
    [POLICY_ALWAYS_ALLOW] = "AlwaysAllow",        [POLICY_RUNTIME_DEFAULT] = "RuntimeDefault",
    [POLICY_ENHANCE_PROTECT] = "EnhanceProtect",  [POLICY_BEHAVIOR_MODELING] = "BehaviorModeling",
    [POLICY_DEFENSE_IN_DEPTH] = "DefenseInDepth",
};

/* Short lists that belong to the language itself; the bits of `enforcers` are 1 << index. */
static const char *const enforcers[] = {"apparmor", "seccomp"};
static const char *const target_kinds[] = {"Deployment", "StatefulSet", "DaemonSet", "Pod",    "Job",
                                           "CronJob",    "ReplicaSet",  "unit",      "program"};
static const char *const requirements[] = {"no-new-privileges",  "non-root",   "read-only-root",
                                           "user-namespace",     "native-abi", "host-path",
                                           "proc-mount unmasked"};
static const char *const categories[] = {"base", "hardening", "attack-protection", "vulnerability-mitigation",
                                         "pod-security"};

static const char *class_name(int i) {
    return event_class_name((enum event_class)i);
}

static const char *abi_name(int i) {
    return abi_infos[i].name;
}

#define LIST(words) .list = words, .count = sizeof words / sizeof *words
static const struct {
    const char *name, *prefix; /* prefix: what the word begins with elsewhere */
    int (*find)(const char *word);
    const char *(*word)(int number);
    const char *const *list;
    int count;
    int (*counted)(void);
} sorts[WORD_COUNT] = {
    [WORD_CAPABILITY] = {"capability", "cap_", .find = capability_by_name, .word = capability_name,
                         .count = CAPABILITY_COUNT},
    [WORD_SYSCALL] = {"system call", "sys_", .find = syscall_by_name, .word = syscall_name,
                      .counted = syscall_count},
    [WORD_ERRNO] = {"errno", "", .find = errno_by_name, .word = errno_name, .count = 134},
    [WORD_SIGNAL] = {"signal", "sig", .find = signal_by_name, .word = signal_name, .count = 65},
    [WORD_FAMILY] = {"socket family", "af_", .find = family_by_name, .word = family_name, .count = 64},
    [WORD_SOCKET_TYPE] = {"socket type", "sock_", .find = socktype_by_name, .word = socktype_name,
                          .count = 11},
    [WORD_PROTOCOL] = {"protocol", "ipproto_", .find = protocol_by_name, .word = protocol_name, .count = 263},
    [WORD_MOUNT_OPTION] = {"mount option", "ms_", .find = mount_option_by_name, .word = mount_option_name,
                           .count = MOUNT_OPTION_COUNT},
    [WORD_CLASS] = {"class", "", .find = event_class_by_name, .word = class_name, .count = CLASS_COUNT},
    [WORD_MODE] = {"mode", "", LIST(policy_mode_names)},
    [WORD_ENFORCER] = {"enforcer", "", LIST(enforcers)},
    [WORD_TARGET_KIND] = {"kind of target", "", LIST(target_kinds)},
    [WORD_REQUIREMENT] = {"requirement", "", LIST(requirements)},
    [WORD_ABI] = {"ABI", "", .find = abi_by_name, .word = abi_name, .count = ABI_COUNT},
    [WORD_CATEGORY] = {"category", "", LIST(categories)},
};

int words_count(enum word_sort sort) {
    return sorts[sort].counted ? sorts[sort].counted() : sorts[sort].count;
}

const char *words_name(enum word_sort sort, int number) {
    if (number < 0 || number >= words_count(sort))
        return NULL;
    return sorts[sort].list ? sorts[sort].list[number] : sorts[sort].word(number);
}

const char *words_sort_name(enum word_sort sort) {
    return sorts[sort].name;
}

static int find(enum word_sort sort, const char *word) {
    if (sorts[sort].find)
        return sorts[sort].find(word);
    for (int i = 0; i < sorts[sort].count; i++)
        if (strcmp(sorts[sort].list[i], word) == 0)
            return i;
    return -1;
}

enum { SHORT = 16 };

/* All of a short list is more help than a guess. */
static void note_all(struct diag *diag, struct diag_item *item, enum word_sort sort) {
    struct buf names BUF_CLEANUP = {0};
    for (int i = 0; i < words_count(sort); i++)
        if (words_name(sort, i))
            buf_printf(&names, "%s%s", names.len ? ", " : "", words_name(sort, i));
    diag_note(diag, item, (struct loc){0}, "there are: %s", buf_text(&names));
}

/* Words that are near to one that isn't meant. */
static const char *meant(enum word_sort sort, const char *word) {
    static const struct {
        enum word_sort sort;
        const char *word, *hint;
    } table[] = {
        {WORD_FAMILY, "udp", "`socket inet type dgram`"},
        {WORD_FAMILY, "raw", "a type goes behind the families: `socket inet type raw`"},
        {WORD_FAMILY, "stream", "a type goes behind the families: `socket inet type stream`"},
        {WORD_FAMILY, "dgram", "a type goes behind the families: `socket inet type dgram`"},
        {WORD_FAMILY, "all", "`socket` alone is all of them"},
        {WORD_FAMILY, "any", "`socket` alone is all of them"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].sort == sort && strcasecmp(table[i].word, word) == 0)
            return table[i].hint;
    return NULL;
}

static const char *nearest(enum word_sort sort, const char *word) {
    struct suggest suggest = {.word = word};
    for (int i = 0; i < words_count(sort); i++)
        if (words_name(sort, i))
            suggest_consider(&suggest, words_name(sort, i));
    return suggest.best;
}

int words_find(struct diag *diag, enum word_sort sort, const char *word, struct loc loc) {
    int number = find(sort, word);
    if (number >= 0)
        return number;
    size_t prefix = strlen(sorts[sort].prefix);
    bool prefixed = prefix && strncasecmp(word, sorts[sort].prefix, prefix) == 0;
    const char *near = prefixed ? nearest(sort, word + prefix) : NULL;
    near = near ? near : nearest(sort, word);
    struct diag_item *item =
        diag_add(diag, DIAG_UNKNOWN_WORD, loc, "there is no %s `%s`", sorts[sort].name, word);
    if (meant(sort, word))
        diag_note(diag, item, (struct loc){0}, "%s", meant(sort, word));
    else if (near)
        diag_note(diag, item, (struct loc){0}, "did you mean `%s`?", near);
    else if (words_count(sort) <= SHORT)
        note_all(diag, item, sort);
    else if (foreign_word(diag->arena, word))
        diag_note(diag, item, (struct loc){0}, "%s", foreign_word(diag->arena, word));
    return -1;
}
