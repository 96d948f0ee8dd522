/* JSON trees to YAML and back: every string comes back as that string, and nothing breaks out of its scalar.
 */
#include "yaml_text.h"
#include "check.h"

#include <stdlib.h>
#include <string.h>

static json_t *read_one(const char *text) {
    struct err err;
    json_auto_t *documents = yaml_read(text, strlen(text), &err);
    return json_incref(json_array_get(documents, 0));
}

static bool comes_back(json_t *tree) {
    struct buf BUF_CLEANUP text = {0};
    yaml_write(&text, tree);
    json_auto_t *again = read_one(buf_text(&text));
    bool equal = json_equal(tree, again);
    if (!equal)
        printf("# %s", buf_text(&text));
    json_decref(tree);
    return equal;
}

static const char *const hostile[] = {
    "",
    " ",
    "~",
    "null",
    "NULL",
    "Null",
    "true",
    "True",
    "y",
    "N",
    "yes",
    "No",
    "on",
    "OFF",
    "1",
    "0x1f",
    "0o17",
    "1e3",
    "1_000",
    "12:30:45",
    "2026-11-24",
    ".inf",
    "-.INF",
    ".nan",
    "-1",
    "+1",
    "=",
    "<<",
    "- a",
    "-",
    "?",
    "? a",
    ":",
    "a: b",
    "a:",
    ": b",
    "a #b",
    "#b",
    "*",
    "*a",
    "&a",
    "!a",
    "!!str a",
    "|",
    ">",
    "%YAML 1.1",
    "@a",
    "`a`",
    "{a",
    "a}",
    "[a",
    "a]",
    "a,b",
    "'",
    "\"",
    "'a'",
    "\"a\"",
    "a'b\"c",
    "\\",
    "\\n",
    "a\nb",
    "a\n",
    "\na",
    "a\r\nb",
    "a\tb",
    "\ttab",
    " lead",
    "trail ",
    "---",
    "...",
    "--- a",
    "\n---\na: b\n",
    "\x01\x07\x1b[31m",
    "\x7f",
    "\xc2\x85",
    "\u2028",
    "\u2029",
    "\u202e",
    "\ufeff",
    "\u00e9t\u00e9",
    "\U0001f600",
    "a\nspec:\n  hostPID: true\n",
};

static void strings_come_back(void) {
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        bool ok = comes_back(json_pack("{s:s}", "value", hostile[i])) &&
                  comes_back(json_pack("{s:s}", hostile[i], "key")) &&
                  comes_back(json_pack("[s,[s],{s:[s]}]", hostile[i], hostile[i], hostile[i], hostile[i]));
        if (!ok)
            printf("# string %zu\n", i);
        CHECK(ok);
    }
}

static void long_strings_come_back(void) {
    static char text[100000];
    memset(text, 'x', sizeof text - 1);
    CHECK(comes_back(json_pack("{s:s}", "value", text)));
    CHECK(comes_back(json_pack("{s:s}", text, "key")));
    for (size_t i = 7; i < sizeof text - 1; i += 11)
        text[i] = ' ';
    CHECK(comes_back(json_pack("{s:s}", "value", text)));
}

static void the_form_is_plain_where_it_can_be(void) {
    struct buf BUF_CLEANUP text = {0};
    json_auto_t *tree = json_pack("{s:s, s:[s,s], s:b, s:i, s:n, s:{}, s:[]}", "name", "node-cache", "add",
                                  "NET_ADMIN", "a: b", "no", 1, "n", -3, "z", "o", "l");
    yaml_write(&text, tree);
    CHECK(!strcmp(
        buf_text(&text),
        "name: node-cache\nadd:\n- NET_ADMIN\n- \"a: b\"\n\"no\": true\n\"n\": -3\nz: null\no: {}\nl: []\n"));
}

static void what_is_no_tree_is_refused(void) {
    static const char *const bad[] = {"a: &x [*x]",    "&x a: {b: *x}\n", "? [a]\n: b",
                                      "? {a: b}\n: c", "a: *nowhere",     "a: [",
                                      "\"a\\0b\": c",  "a: b: c",         "\xff"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err err = {""};
        json_auto_t *tree = yaml_read(bad[i], strlen(bad[i]), &err);
        if (i == 1) /* an alias to a scalar key is no cycle */
            CHECK(tree != NULL);
        else
            CHECK(!tree && *err.text);
    }
}

/* Nine levels of nine aliases: 3.8e8 scalars were they copied. */
static void aliases_are_shared(void) {
    struct buf BUF_CLEANUP text = {0};
    struct err err;
    buf_add(&text, "a0: &a0 [x]\n");
    for (int i = 1; i < 10; i++) {
        buf_printf(&text, "a%d: &a%d [", i, i);
        for (int j = 0; j < 9; j++)
            buf_printf(&text, "%s*a%d", j ? ", " : "", i - 1);
        buf_add(&text, "]\n");
    }
    json_auto_t *documents = yaml_read(buf_text(&text), text.len, &err);
    CHECK(json_array_size(json_object_get(json_array_get(documents, 0), "a9")) == 9);
}

static void documents_are_told_apart(void) {
    static const char text[] = "a: 1\n---\n- true\n- ~\n- 'true'\n- \"1\"\n---\n";
    struct err err;
    json_auto_t *documents = yaml_read(text, strlen(text), &err);
    json_auto_t *expected = json_pack("[{s:i},[b,n,s,s],n]", "a", 1, 1, "true", "1");
    CHECK(json_equal(documents, expected));
}

int main(void) {
    strings_come_back();
    long_strings_come_back();
    the_form_is_plain_where_it_can_be();
    what_is_no_tree_is_refused();
    aliases_are_shared();
    documents_are_told_apart();
    return check_done();
}
