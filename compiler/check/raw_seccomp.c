#include "raw_seccomp.h"

#include "words.h"
#include <jansson.h>
#include <string.h>

static const char *const actions[] = {"SCMP_ACT_KILL",  "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD",
                                      "SCMP_ACT_TRAP",  "SCMP_ACT_ERRNO",        "SCMP_ACT_TRACE",
                                      "SCMP_ACT_ALLOW", "SCMP_ACT_LOG",          "SCMP_ACT_NOTIFY"};
static const char *const operators[] = {"SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE",       "SCMP_CMP_EQ",
                                        "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_MASKED_EQ"};

struct raw_check {
    struct diag *diag;
    struct loc loc;
};

static void wrong(const struct raw_check *c, const char *what, const char *value) {
    diag_add(c->diag, DIAG_BAD_RAW, c->loc, "raw seccomp: %s%s%s%s", what, value ? " `" : "",
             value ? value : "", value ? "`" : "");
}

static bool among(const char *word, const char *const *list, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (word && strcmp(word, list[i]) == 0)
            return true;
    return false;
}

static void check_action(const struct raw_check *c, const json_t *json, const char *key) {
    const char *action = json_string_value(json_object_get(json, key));
    if (!action)
        wrong(c, "an action is missing:", key);
    else if (!among(action, actions, sizeof actions / sizeof *actions))
        wrong(c, "there is no action", action);
}

static void check_arg(const struct raw_check *c, const json_t *arg) {
    const json_t *index = json_object_get(arg, "index");
    const char *op = json_string_value(json_object_get(arg, "op"));
    if (!json_is_integer(index) || json_integer_value(index) < 0 || json_integer_value(index) > 5)
        wrong(c, "an argument's index is 0 to 5", NULL);
    if (!json_is_integer(json_object_get(arg, "value")))
        wrong(c, "an argument's value is a number", NULL);
    if (!among(op, operators, sizeof operators / sizeof *operators))
        wrong(c, "there is no operator", op ? op : "");
}

static void check_call(const struct raw_check *c, const json_t *call) {
    json_t *names = json_object_get(call, "names"), *args = json_object_get(call, "args"), *one;
    size_t i;
    check_action(c, call, "action");
    if (!json_array_size(names))
        wrong(c, "an entry of `syscalls` has no names", NULL);
    json_array_foreach(names, i, one) {
        if (json_is_string(one))
            words_find(c->diag, WORD_SYSCALL, json_string_value(one), c->loc);
        else
            wrong(c, "a call's name is a string", NULL);
    }
    json_array_foreach(args, i, one) check_arg(c, one);
}

static void check_profile(const struct raw_check *c, const json_t *root) {
    json_t *calls = json_object_get(root, "syscalls"), *call;
    size_t i;
    check_action(c, root, "defaultAction");
    if (calls && !json_is_array(calls))
        wrong(c, "`syscalls` is a list", NULL);
    json_array_foreach(calls, i, call) check_call(c, call);
}

void raw_seccomp_check(struct diag *diag, const char *text, struct loc loc) {
    const struct raw_check c = {diag, loc};
    json_error_t error;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (!root)
        diag_add(diag, DIAG_BAD_RAW, loc, "raw seccomp is no JSON, its line %d: %s", error.line, error.text);
    else if (!json_is_object(root))
        wrong(&c, "an OCI seccomp profile is an object", NULL);
    else
        check_profile(&c, root);
    json_decref(root);
}
