#include "oci.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Written and read by hand: masks are unsigned 64-bit numbers, and JSON libraries for C stop at 2^63. */

static void write_action(struct buf *out, const char *action_key, const char *errno_key, uint32_t action) {
    uint32_t full = action & SECCOMP_RET_ACTION_FULL;
    const char *name = full == SECCOMP_RET_ALLOW ? "ALLOW" : full == SECCOMP_RET_LOG ? "LOG" : "ERRNO";
    buf_printf(out, "\"%s\": \"SCMP_ACT_%s\"", action_key, name);
    if (full == SECCOMP_RET_ERRNO)
        buf_printf(out, ", \"%s\": %u", errno_key, action & SECCOMP_RET_DATA);
}

static void write_args(struct buf *out, const struct cube *cube) {
    const char *separator = ", \"args\": [";
    for (int arg = 0; arg < 6; arg++) {
        if (!cube->mask[arg])
            continue;
        buf_printf(out,
                   "%s{\"index\": %d, \"value\": %llu, \"valueTwo\": %llu, \"op\": \"SCMP_CMP_MASKED_EQ\"}",
                   separator, arg, (unsigned long long)cube->mask[arg], (unsigned long long)cube->value[arg]);
        separator = ", ";
    }
    buf_add(out, "]");
}

/* All names that get this action whatever their arguments, in one entry. */
static void write_group(struct buf *out, const struct oci_profile *profile, size_t first,
                        const char **separator) {
    const struct oci_rule *rules = profile->rules.items;
    for (size_t i = 0; i < first; i++)
        if (!oci_is_conditional(&rules[i].cube) && rules[i].action == rules[first].action)
            return; /* was written with that one */
    buf_printf(out, "%s    {\"names\": [", *separator);
    const char *comma = "";
    for (size_t i = first; i < profile->rules.n; i++) {
        if (oci_is_conditional(&rules[i].cube) || rules[i].action != rules[first].action)
            continue;
        buf_printf(out, "%s\"%s\"", comma, syscall_name(rules[i].id));
        comma = ", ";
    }
    buf_add(out, "], ");
    write_action(out, "action", "errnoRet", rules[first].action);
    buf_add(out, "}");
    *separator = ",\n";
}

static void write_rule(struct buf *out, const struct oci_rule *rule, const char **separator) {
    buf_printf(out, "%s    {\"names\": [\"%s\"], ", *separator, syscall_name(rule->id));
    write_action(out, "action", "errnoRet", rule->action);
    write_args(out, &rule->cube);
    buf_add(out, "}");
    *separator = ",\n";
}

void oci_write(struct buf *out, const struct oci_profile *profile) {
    const char *separator = "";
    buf_add(out, "{\n  ");
    write_action(out, "defaultAction", "defaultErrnoRet", profile->default_action);
    buf_add(out, ",\n  \"architectures\": [");
    for (int abi = 0; abi < ABI_COUNT; abi++)
        if (profile->abis >> abi & 1) {
            buf_printf(out, "%s\"%s\"", separator, abi_infos[abi].oci_name);
            separator = ", ";
        }
    buf_printf(out, "],\n%s  \"syscalls\": [",
               profile->log ? "  \"flags\": [\"SECCOMP_FILTER_FLAG_LOG\"],\n" : "");
    separator = "\n";
    for (size_t i = 0; i < profile->rules.n; i++)
        if (!oci_is_conditional(&profile->rules.items[i].cube))
            write_group(out, profile, i, &separator);
    for (size_t i = 0; i < profile->rules.n; i++)
        if (oci_is_conditional(&profile->rules.items[i].cube))
            write_rule(out, &profile->rules.items[i], &separator);
    buf_add(out, profile->rules.n ? "\n  ]\n}\n" : "]\n}\n");
}

/* Reading: a cursor over the text, and the first thing that was not as expected. */

struct reader {
    struct arena *arena;
    const char *at;
    const char *error;
};

static void fail(struct reader *r, const char *what) {
    if (!r->error)
        r->error = arena_printf(r->arena, "%s at \"%.20s\"", what, r->at);
}

static bool take(struct reader *r, char c) {
    r->at += strspn(r->at, " \n");
    if (r->error || *r->at != c)
        return false;
    r->at++;
    return true;
}

static void expect(struct reader *r, char c) {
    if (!take(r, c))
        fail(r, arena_printf(r->arena, "no `%c`", c));
}

/* Without escapes: no word of these files needs one. */
static const char *read_string(struct reader *r) {
    expect(r, '"');
    size_t n = r->error ? 0 : strcspn(r->at, "\"\\");
    const char *text = arena_strndup(r->arena, r->at, n);
    r->at += n;
    expect(r, '"');
    return text;
}

static uint64_t read_number(struct reader *r) {
    char *end = NULL;
    r->at += strspn(r->at, " \n");
    errno = 0;
    unsigned long long n = *r->at >= '0' && *r->at <= '9' ? strtoull(r->at, &end, 10) : 0;
    if (!end || errno)
        fail(r, "no number");
    else
        r->at = end;
    return n;
}

/* A list's or object's next member: false past the last. `first` is true before it. */
static bool next(struct reader *r, char end, bool *first) {
    bool more = !r->error && !take(r, end);
    if (more && !*first)
        expect(r, ',');
    *first = false;
    return more && !r->error;
}

static const char *next_key(struct reader *r, bool *first) {
    if (!next(r, '}', first))
        return NULL;
    const char *key = read_string(r);
    expect(r, ':');
    return r->error ? NULL : key;
}

static uint32_t read_action(struct reader *r) {
    static const struct {
        const char *name;
        uint32_t action;
    } actions[] = {{"SCMP_ACT_ALLOW", SECCOMP_RET_ALLOW},
                   {"SCMP_ACT_LOG", SECCOMP_RET_LOG},
                   {"SCMP_ACT_ERRNO", SECCOMP_RET_ERRNO | EPERM}};
    const char *name = read_string(r);
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (!strcmp(actions[i].name, name))
            return actions[i].action;
    fail(r, "an unknown action");
    return SECCOMP_RET_KILL_PROCESS;
}

static uint32_t read_errno(struct reader *r, uint32_t action) {
    uint64_t number = read_number(r);
    if ((action & SECCOMP_RET_ACTION_FULL) != SECCOMP_RET_ERRNO || number > SECCOMP_RET_DATA)
        fail(r, "an errno where none can be");
    return SECCOMP_RET_ERRNO | (uint32_t)number;
}

static void read_arg(struct reader *r, struct cube *cube) {
    uint64_t index = 6, mask = 0, value = 0;
    bool first = true;
    expect(r, '{');
    for (const char *key; (key = next_key(r, &first));) {
        if (!strcmp(key, "index"))
            index = read_number(r);
        else if (!strcmp(key, "value"))
            mask = read_number(r);
        else if (!strcmp(key, "valueTwo"))
            value = read_number(r);
        else if (strcmp(key, "op") || strcmp(read_string(r), "SCMP_CMP_MASKED_EQ"))
            fail(r, "an unknown test");
    }
    if (index > 5 || cube->mask[index] || !mask || value & ~mask) {
        fail(r, "a test that can't be one");
        return;
    }
    cube->mask[index] = mask;
    cube->value[index] = value;
}

static void read_entry(struct reader *r, struct oci_profile *profile) {
    size_t begin = profile->rules.n;
    struct oci_rule rule = {0};
    bool first = true;
    expect(r, '{');
    for (const char *key; (key = next_key(r, &first));) {
        bool inner = true;
        if (!strcmp(key, "names"))
            for (expect(r, '['); next(r, ']', &inner);) {
                rule.id = syscall_by_name(read_string(r));
                if (rule.id < 0)
                    fail(r, "an unknown call");
                vec_push(r->arena, &profile->rules, rule);
            }
        else if (!strcmp(key, "action"))
            rule.action = read_action(r);
        else if (!strcmp(key, "errnoRet"))
            rule.action = read_errno(r, rule.action);
        else if (!strcmp(key, "args"))
            for (expect(r, '['); next(r, ']', &inner);)
                read_arg(r, &rule.cube);
        else
            fail(r, "an unknown member");
    }
    for (size_t i = begin; i < profile->rules.n; i++) {
        profile->rules.items[i].action = rule.action;
        profile->rules.items[i].cube = rule.cube;
    }
}

static void read_arch(struct reader *r, struct oci_profile *profile) {
    const char *name = read_string(r);
    for (int abi = 0; abi < ABI_COUNT; abi++)
        if (!strcmp(abi_infos[abi].oci_name, name))
            profile->abis |= 1U << abi;
}

bool oci_read(struct arena *arena, const char *text, struct oci_profile *profile, const char **error) {
    struct reader r = {arena, text, NULL};
    bool first = true;
    *profile = (struct oci_profile){.default_action = SECCOMP_RET_KILL_PROCESS};
    expect(&r, '{');
    for (const char *key; (key = next_key(&r, &first));) {
        bool inner = true;
        if (!strcmp(key, "defaultAction"))
            profile->default_action = read_action(&r);
        else if (!strcmp(key, "defaultErrnoRet"))
            profile->default_action = read_errno(&r, profile->default_action);
        else if (!strcmp(key, "architectures"))
            for (expect(&r, '['); next(&r, ']', &inner);)
                read_arch(&r, profile);
        else if (!strcmp(key, "flags"))
            for (expect(&r, '['); next(&r, ']', &inner);)
                profile->log |= !strcmp(read_string(&r), "SECCOMP_FILTER_FLAG_LOG");
        else if (!strcmp(key, "syscalls"))
            for (expect(&r, '['); next(&r, ']', &inner);)
                read_entry(&r, profile);
        else
            fail(&r, "an unknown member");
    }
    *error = r.error;
    return !r.error;
}
