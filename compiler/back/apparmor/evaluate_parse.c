#include "evaluate.h"
#include "evaluate_scan.h"

#include <linux/mount.h>
#include <string.h>

struct parser {
    struct aa_scanner scan;
    bool raw; /* an author's rules, for whatever version of apparmor_parser */
    struct arena *arena;
    struct aa_text *text;
    const char *disks;
    size_t profile; /* the one being read, an index: the array may move */
};

static void fail(struct parser *p, const char *error) {
    aa_scan_fail(&p->scan, error);
}

static void add(struct parser *p, struct aa_rule rule) {
    vec_push(p->arena, &p->text->profiles.items[p->profile].rules, rule);
}

static const struct glob *parse_glob(struct parser *p, const char *text) {
    const char *error;
    size_t at;
    const struct glob *glob = glob_parse_apparmor(p->arena, text, &error, &at);
    if (!glob)
        fail(p, error);
    else if (glob_has_variable(glob) && (p->raw || !strstr(text, "@{node_disks}")))
        fail(p, "a variable, and the profile defines none");
    return glob ? glob_bind(p->arena, glob, p->disks) : NULL;
}

static const struct glob *take_glob(struct parser *p) {
    const struct glob *glob = NULL;
    if (p->scan.token != AA_PATH && p->scan.token != AA_WORD)
        fail(p, "a name or path is missing");
    else
        glob = parse_glob(p, p->scan.text);
    aa_scan_next(&p->scan);
    return glob;
}

/* Paths, unlike names, begin with '/'. */
static const struct glob *take_path(struct parser *p) {
    if (p->scan.token != AA_PATH || p->scan.text[0] != '/')
        fail(p, "a path is missing");
    return take_glob(p);
}

/* What apparmor_parser treats as no regular expression (aare_rules.cc: exact_match). */
static bool is_name(const char *text) {
    for (; *text; text++) {
        if (*text == '\\' && text[1])
            text++;
        else if (strchr("*?[", *text))
            return false;
    }
    return true;
}

/* `(a, b)` or `a`: each word is handed to `each`, which knows it or not. */
static void parse_list(struct parser *p, bool (*each)(struct aa_rule *, const char *), struct aa_rule *rule) {
    bool parens = aa_scan_token(&p->scan, AA_PAREN);
    do {
        if (p->scan.token != AA_WORD || !each(rule, p->scan.text))
            fail(p, "a word that can't stand here");
        aa_scan_next(&p->scan);
        if (parens)
            aa_scan_token(&p->scan, AA_COMMA);
    } while (parens && p->scan.token == AA_WORD);
    if (parens && !aa_scan_token(&p->scan, AA_END_PAREN))
        fail(p, "`(` is not closed");
}

/* Files */

static const struct {
    char letter;
    unsigned ops;
} perms[] = {{'r', OP_READ}, {'w', OP_WRITE | OP_APPEND}, {'a', OP_APPEND}, {'l', OP_LINK}, {'k', OP_LOCK},
             {'m', OP_MAP}};

static unsigned letter_ops(char letter) {
    for (size_t i = 0; i < sizeof perms / sizeof *perms; i++)
        if (perms[i].letter == letter)
            return perms[i].ops;
    return 0;
}

/* *exec: the letters before and with `x`. */
static unsigned parse_perms(struct parser *p, const char *word, const char **exec) {
    unsigned ops = 0;
    *exec = "";
    for (; *word; word++) {
        unsigned more = letter_ops(*word);
        if (!more) {
            *exec = word;
            break;
        }
        ops |= more;
    }
    if (strchr(word, 'x'))
        ops |= OP_EXEC;
    else if (*word)
        fail(p, "a permission that doesn't exist");
    return ops;
}

/* `&A//&B`: every profile comes on top of those that are there. */
static void parse_stack(struct parser *p, struct aa_rule *rule) {
    VEC(const char *) names = {0};
    const char *at = p->scan.text;
    if (p->scan.token != AA_PATH || *at != '&')
        fail(p, "only `-> &PROFILE` keeps the profile, so only that may be written");
    else
        for (const char *end; *at; at = *end ? end + 2 : end) {
            end = strstr(at, "//&");
            end = end ? end : at + strlen(at);
            vec_push(p->arena, &names, arena_strndup(p->arena, at + 1, (size_t)(end - at - 1)));
        }
    rule->stack = names.items;
    rule->n_stack = names.n;
    aa_scan_next(&p->scan);
}

/* A transition to the profile that is there already. */
static void parse_self(struct parser *p) {
    const char *self = p->text->profiles.items[p->profile].name;
    if (p->scan.token != AA_WORD || !self || strcmp(p->scan.text, self))
        fail(p, "an exec that would leave the profile");
    aa_scan_next(&p->scan);
}

static void parse_exec(struct parser *p, struct aa_rule *rule, const char *exec) {
    bool stacks = !strcmp(exec, "cix"), stays = !strcmp(exec, "px"), inherits = !strcmp(exec, "ix");
    if (rule->deny ? strcmp(exec, "x") : !stacks && !stays && !inherits)
        fail(p, rule->deny ? "a denied exec is `x`" : "an exec that would leave the profile: `ix` keeps it");
    if ((stacks || stays) && !aa_scan_word(&p->scan, "->"))
        fail(p, "the exec doesn't say where to: `ix` keeps the profile");
    else if (stacks)
        parse_stack(p, rule);
    else if (stays)
        parse_self(p);
    if (stacks || inherits)
        rule->ops |= OP_MAP; /* parser_regex.c: "ix implies m" */
}

static void parse_path_rule(struct parser *p, struct aa_rule rule) {
    rule.is_name = p->scan.token == AA_PATH && is_name(p->scan.text);
    rule.path = take_path(p);
    const char *exec;
    if (p->scan.token != AA_WORD) {
        fail(p, "the path's permissions are missing");
        return;
    }
    rule.ops = parse_perms(p, p->scan.text, &exec);
    if (strchr(p->scan.text, 'a') && strchr(p->scan.text, 'w'))
        fail(p, "`a` and `w` exclude each other");
    aa_scan_next(&p->scan);
    if (*exec)
        parse_exec(p, &rule, exec);
    if (!rule.ops)
        fail(p, "the path's permissions are missing");
    add(p, rule);
}

static void parse_file(struct parser *p, struct aa_rule rule) {
    if (p->scan.token != AA_COMMA) {
        parse_path_rule(p, rule);
        return;
    }
    rule.ops = OP_ACCESS;
    add(p, rule);
}

static void parse_link(struct parser *p, struct aa_rule rule) {
    rule.class = CLASS_FILE;
    rule.ops = OP_LINK;
    rule.pair = true;
    aa_scan_word(&p->scan, "subset");
    rule.path = take_path(p);
    if (!aa_scan_word(&p->scan, "->"))
        fail(p, "`->` and what the link points to are missing");
    rule.source = take_path(p);
    add(p, rule);
}

/* The other classes */

static void parse_capability(struct parser *p, struct aa_rule rule) {
    while (p->scan.token == AA_WORD) {
        int capability = capability_by_name(p->scan.text);
        if (capability < 0)
            fail(p, "a capability that doesn't exist");
        else
            rule.capabilities |= UINT64_C(1) << capability;
        aa_scan_next(&p->scan);
    }
    rule.capabilities = rule.capabilities ? rule.capabilities : ~UINT64_C(0);
    add(p, rule);
}

/* network.c: network_mappings; these are types, whatever they are called. */
static int protocol_type(const char *word) {
    static const struct {
        const char *word, *type;
    } types[] = {{"tcp", "stream"}, {"udp", "dgram"}, {"icmp", "raw"}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (!strcmp(word, types[i].word))
            return socktype_by_name(types[i].type);
    return -1;
}

static void parse_network(struct parser *p, struct aa_rule rule) {
    rule.family = rule.type = -1;
    bool protocol = false;
    for (; p->scan.token == AA_WORD; aa_scan_next(&p->scan)) {
        const char *word = p->scan.text;
        bool may_be_family = rule.family < 0 && rule.type < 0;
        if (may_be_family && family_by_name(word) >= 0)
            rule.family = family_by_name(word);
        else if (rule.type < 0 && socktype_by_name(word) >= 0)
            rule.type = socktype_by_name(word);
        else if (rule.type < 0 && protocol_type(word) >= 0) {
            rule.type = protocol_type(word);
            protocol = true;
        } else
            fail(p, "a network rule is `network [FAMILY] [TYPE]`");
    }
    bool both = protocol && rule.family < 0;
    if (both)
        rule.family = family_by_name("inet");
    add(p, rule);
    if (both) {
        rule.family = family_by_name("inet6");
        add(p, rule);
    }
}

static void parse_unix(struct parser *p, struct aa_rule rule) {
    rule.family = family_by_name("unix");
    rule.type = -1;
    add(p, rule);
}

/* Of `options=(…)` only one word that names a kind of mount means the same to every parser: of others,
 * version 3 makes rules for new mounts too. */
static bool known_mount_kind(struct aa_rule *rule, const char *word) {
    const uint64_t all =
        MS_BIND | MS_REC | MS_MOVE | MS_REMOUNT | MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE;
    int option = mount_option_by_name(word);
    bool first = !rule->mount_flags && option >= 0;
    rule->mount_flags = first ? mount_option_flag(option) : 0;
    return first && !mount_option_clears(option) && !(rule->mount_flags & ~all);
}

/* Words of apparmor_parser 4 that aren't VPL's. */
static bool known_mount_setting(struct aa_rule *rule, const char *word) {
    static const struct {
        const char *word;
        uint64_t flag;
    } more[] = {
        {"nosymfollow", 1 << 8}, {"acl", MS_POSIXACL}, {"iversion", MS_I_VERSION}, {"lazytime", MS_LAZYTIME}};
    int option = mount_option_by_name(word);
    for (size_t i = 0; option < 0 && i < sizeof more / sizeof *more; i++)
        if (!strcmp(more[i].word, word)) {
            rule->free_flags |= more[i].flag;
            return true;
        }
    rule->free_flags |= option < 0 ? 0 : mount_option_flag(option);
    return option >= 0;
}

static void parse_mount_options(struct parser *p, struct aa_rule *rule) {
    if (aa_scan_token(&p->scan, AA_EQUALS))
        parse_list(p, known_mount_kind, rule);
    else if (p->raw || !aa_scan_word(&p->scan, "in"))
        fail(p,
             "mount options that versions of apparmor_parser read differently: write `options=(bind)` or one "
             "other word");
    else
        parse_list(p, known_mount_setting, rule);
}

static void parse_mount(struct parser *p, struct aa_rule rule) {
    bool options = false;
    if (aa_scan_word(&p->scan, "fstype")) {
        if (!aa_scan_token(&p->scan, AA_EQUALS))
            fail(p, "`fstype` is followed by `=`");
        rule.fstype = take_glob(p);
        if (p->raw && rule.fstype && glob_match(rule.fstype, ""))
            fail(p, "a type that matches nothing at all means binds to some versions of apparmor_parser");
    }
    for (; aa_scan_word(&p->scan, "options"); options = true)
        parse_mount_options(p, &rule);
    if (rule.fstype && options)
        fail(p, "what has a type is a new mount, and its options can't be judged");
    rule.free_flags = options ? rule.free_flags : ~UINT64_C(0);
    if (p->scan.token == AA_PATH)
        rule.source = take_glob(p);
    if (aa_scan_word(&p->scan, "->"))
        rule.path = take_path(p);
    add(p, rule);
}

static void parse_umount(struct parser *p, struct aa_rule rule) {
    if (p->scan.token == AA_PATH)
        rule.path = take_path(p);
    add(p, rule);
}

static bool known_ptrace(struct aa_rule *rule, const char *word) {
    static const struct {
        const char *word;
        unsigned op;
    } words[] = {
        {"trace", OP_TRACE}, {"read", OP_PTRACE_READ}, {"tracedby", OP_TRACED_BY}, {"readby", OP_READ_BY}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(word, words[i].word)) {
            rule->ops |= words[i].op;
            return true;
        }
    return false;
}

static bool known_signal_op(struct aa_rule *rule, const char *word) {
    unsigned op = !strcmp(word, "send") ? OP_SEND : !strcmp(word, "receive") ? OP_RECEIVE : 0;
    rule->ops |= op;
    return op;
}

static bool known_signal(struct aa_rule *rule, const char *word) {
    int signal = signal_by_name(word);
    if (signal >= 0)
        rule->signals[signal / 64] |= UINT64_C(1) << signal % 64;
    return signal >= 0;
}

static void parse_peer(struct parser *p, struct aa_rule *rule) {
    if (!aa_scan_word(&p->scan, "peer"))
        return;
    if (!aa_scan_token(&p->scan, AA_EQUALS))
        fail(p, "`peer` is followed by `=`");
    rule->peer = take_glob(p);
}

static bool at_condition(const struct parser *p) {
    return p->scan.token == AA_WORD && (!strcmp(p->scan.text, "set") || !strcmp(p->scan.text, "peer"));
}

static void parse_ops(struct parser *p, bool (*known)(struct aa_rule *, const char *), unsigned all,
                      struct aa_rule *rule) {
    if (p->scan.token == AA_PAREN || (p->scan.token == AA_WORD && !at_condition(p)))
        parse_list(p, known, rule);
    rule->ops = rule->ops ? rule->ops : all;
}

static void parse_ptrace(struct parser *p, struct aa_rule rule) {
    parse_ops(p, known_ptrace, OP_PTRACE_ALL, &rule);
    parse_peer(p, &rule);
    add(p, rule);
}

static void parse_signal(struct parser *p, struct aa_rule rule) {
    parse_ops(p, known_signal_op, OP_SIGNAL_ALL, &rule);
    if (aa_scan_word(&p->scan, "set")) {
        if (!aa_scan_token(&p->scan, AA_EQUALS))
            fail(p, "`set` is followed by `=`");
        parse_list(p, known_signal, &rule);
    }
    parse_peer(p, &rule);
    add(p, rule);
}

static void parse_bare(struct parser *p, struct aa_rule rule) {
    add(p, rule);
}

/* Rules of no class of VPL's: nothing to judge. */
static void parse_nothing(struct parser *p, struct aa_rule rule) {
    (void)p, (void)rule;
}

static const struct keyword {
    const char *word;
    enum event_class class;
    void (*parse)(struct parser *, struct aa_rule);
} keywords[] = {
    {"file", CLASS_FILE, parse_file},
    {"link", CLASS_FILE, parse_link},
    {"capability", CLASS_CAPABILITY, parse_capability},
    {"network", CLASS_SOCKET, parse_network},
    {"unix", CLASS_SOCKET, parse_unix},
    {"mount", CLASS_MOUNT, parse_mount},
    {"umount", CLASS_UMOUNT, parse_umount},
    {"pivot_root", CLASS_PIVOT_ROOT, parse_bare},
    {"ptrace", CLASS_PTRACE, parse_ptrace},
    {"signal", CLASS_SIGNAL, parse_signal},
    {"userns", CLASS_USERNS, parse_bare},
    {"dbus", CLASS_COUNT, parse_nothing},
    {"mqueue", CLASS_COUNT, parse_nothing},
    {"io_uring", CLASS_COUNT, parse_nothing},
};

static struct aa_rule parse_qualifiers(struct parser *p) {
    struct aa_rule rule = {.class = CLASS_FILE};
    rule.audit = aa_scan_word(&p->scan, "audit");
    rule.deny = aa_scan_word(&p->scan, "deny");
    if (!rule.deny)
        aa_scan_word(&p->scan, "allow");
    rule.owner = aa_scan_word(&p->scan, "owner");
    return rule;
}

static const struct keyword *keyword(struct parser *p) {
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (aa_scan_word(&p->scan, keywords[i].word))
            return &keywords[i];
    return NULL;
}

static void parse_rule(struct parser *p) {
    struct aa_rule rule = parse_qualifiers(p);
    const struct keyword *found = p->scan.token == AA_WORD ? keyword(p) : NULL;
    if (found) {
        rule.class = found->class;
        if (rule.owner && rule.class != CLASS_FILE)
            fail(p, "`owner` is for files");
        found->parse(p, rule);
    } else if (p->scan.token == AA_PATH)
        parse_path_rule(p, rule);
    else
        fail(p, "this begins no rule that can be judged");
    if (!aa_scan_token(&p->scan, AA_COMMA))
        fail(p, "the rule doesn't end in `,` here");
}

/* Profiles */

static bool known_flag(struct aa_rule *rule, const char *word) {
    rule->complain |= !strcmp(word, "complain");
    return rule->complain || !strcmp(word, "attach_disconnected") || !strcmp(word, "mediate_deleted");
}

static void parse_profile(struct parser *p, const char *parent) {
    struct aa_rule flags = {0};
    if (p->scan.token != AA_WORD)
        fail(p, "the profile's name is missing");
    if (p->text->profiles.n == 64)
        fail(p, "more profiles than a label has bits");
    const char *name = p->scan.text;
    vec_push(
        p->arena, &p->text->profiles,
        (struct aa_text_profile){.name = parent ? arena_printf(p->arena, "%s//%s", parent, name) : name});
    p->profile = p->text->profiles.n - 1;
    aa_scan_next(&p->scan);
    if (aa_scan_word(&p->scan, "flags")) {
        if (!aa_scan_token(&p->scan, AA_EQUALS))
            fail(p, "`flags` is followed by `=`");
        parse_list(p, known_flag, &flags);
        p->text->profiles.items[p->profile].complain = flags.complain;
    }
    if (!aa_scan_token(&p->scan, AA_OPEN))
        fail(p, "`{` is missing");
    while (!p->scan.error && p->scan.token != AA_CLOSE) {
        size_t outer = p->profile;
        if (!parent && aa_scan_word(&p->scan, "profile")) {
            parse_profile(p, p->text->profiles.items[outer].name);
            p->profile = outer;
        } else
            parse_rule(p);
    }
    aa_scan_next(&p->scan);
}

static void parse_abi(struct parser *p) {
    static const char *const known[] = {"<abi/3.0>", "<abi/4.0>"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (p->scan.token == AA_WORD && !strcmp(p->scan.text, known[i]))
            p->text->abi_major = (unsigned)i + 3;
    if (!p->text->abi_major)
        fail(p, "an abi that isn't known");
    aa_scan_next(&p->scan);
    if (!aa_scan_token(&p->scan, AA_COMMA))
        fail(p, "the abi line doesn't end in `,`");
}

static struct parser parser_of(struct arena *arena, const char *text) {
    struct parser p = {.arena = arena, .text = ARENA_NEW(arena, struct aa_text)};
    aa_scan_start(&p.scan, arena, text);
    return p;
}

const struct aa_text *evaluate_parse(struct arena *arena, const char *text, const char *disks,
                                     const char **error) {
    struct parser p = parser_of(arena, text);
    p.disks = disks;
    if (!aa_scan_word(&p.scan, "abi"))
        fail(&p, "the abi line is missing");
    parse_abi(&p);
    if (!aa_scan_word(&p.scan, "profile"))
        fail(&p, "the profile is missing");
    parse_profile(&p, NULL);
    if (!p.scan.error && p.scan.token != AA_END)
        fail(&p, "something follows the profile");
    *error = p.scan.error;
    return p.scan.error ? NULL : p.text;
}

bool evaluate_rules(struct arena *arena, const char *text, const char **error, size_t *at) {
    struct parser p = parser_of(arena, text);
    p.raw = true;
    vec_push(arena, &p.text->profiles, (struct aa_text_profile){0});
    while (!p.scan.error && p.scan.token != AA_END)
        parse_rule(&p);
    *error = p.scan.error;
    *at = p.scan.error ? (size_t)(p.scan.error_at - text) : 0;
    return !p.scan.error;
}
