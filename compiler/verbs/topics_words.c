#include "doc_text.h"
#include "explain.h"
#include "facts.h"
#include "markdown.h"
#include "topics.h"
#include <string.h>
#include <strings.h>

/* ---- statements ---- */

static const char *statements(void) {
    for (size_t i = 0; i < doc_files_count; i++)
        if (strcmp(doc_files[i].name, "statements.md") == 0)
            return doc_files[i].text;
    return "";
}

/* Words that stand in statements of that heading: modes and requirements. */
static const char *heading_of(const char *name) {
    for (int i = 0; i < MODE_COUNT; i++)
        if (strcmp(name, ir_mode_name((enum mode)i)) == 0)
            return "mode";
    for (int i = 0; i < REQUIRE_COUNT; i++)
        if (strcmp(name, ir_require_name((enum require_kind)i)) == 0)
            return "require";
    return name;
}

static json_t *find_statement(struct compilation *c, const struct options *o, const char *name,
                              struct buf *more) {
    (void)c, (void)o, (void)more;
    size_t n = 0;
    struct buf text BUF_CLEANUP = {0};
    const char *section = markdown_section(statements(), heading_of(name), &n);
    if (!section)
        return NULL;
    markdown_plain(&text, section, n);
    return json_pack("{s:s}", "text", buf_text(&text));
}

struct words {
    struct compilation *c;
    const struct topic_visit *visit;
};

static void visit_word(void *context, const char *word, size_t n) {
    struct words *words = context;
    words->visit->name(words->visit->context, arena_strndup(words->c->arena, word, n));
}

static void each_statement(struct compilation *c, const struct topic_visit *visit) {
    markdown_words(statements(), visit_word, &(struct words){c, visit});
    for (int i = 0; i < MODE_COUNT; i++)
        visit->name(visit->context, ir_mode_name((enum mode)i));
    for (int i = 0; i < REQUIRE_COUNT; i++)
        if (!strchr(ir_require_name((enum require_kind)i), ' ')) /* two words that stand there each */
            visit->name(visit->context, ir_require_name((enum require_kind)i));
}

const struct topic topic_statement = {"statement", find_statement, each_statement};

/* ---- diagnostics ---- */

static json_t *find_diagnostic(struct compilation *c, const struct options *o, const char *name,
                               struct buf *more) {
    (void)o, (void)more;
    for (size_t i = 0; i < diag_rows_count; i++)
        if (strcasecmp(name, arena_printf(c->arena, "VPL%04u", diag_rows[i].code)) == 0) {
            const char *text = explain_text(diag_rows[i].code);
            struct buf plain BUF_CLEANUP = {0};
            markdown_plain(&plain, text ? text : "", text ? strlen(text) : 0);
            return json_pack("{s:s}", "text", buf_text(&plain));
        }
    return NULL;
}

static void each_diagnostic(struct compilation *c, const struct topic_visit *visit) {
    for (size_t i = 0; i < diag_rows_count; i++)
        visit->name(visit->context, arena_printf(c->arena, "VPL%04u", diag_rows[i].code));
}

const struct topic topic_diagnostic = {"diagnostic", find_diagnostic, each_diagnostic};

/* ---- capabilities ---- */

static bool names(const struct ast *node, const char *word) {
    for (; node; node = node->next)
        if (((node->kind == NODE_REF || node->kind == NODE_NAME || node->kind == NODE_CALL ||
              node->kind == NODE_GROUP) &&
             strcmp(node->text, word) == 0) ||
            names(node->first, word))
            return true;
    return false;
}

/* The rules and lists that write the name, each under its own name. */
static json_t *named_by(struct compilation *c, const char *word) {
    json_t *list = json_array();
    for (size_t i = 0; i <= c->program.n_stdlib; i++) {
        const struct unit *unit = i < c->program.n_stdlib ? program_stdlib(&c->program, i) : c->program.main;
        for (const struct ast *node = unit->tree->first; node; node = node->next)
            if (node->kind != NODE_TEST && node->kind != NODE_POLICY && names(node->first, word))
                json_array_append_new(list, json_string(node->text));
    }
    return list;
}

static json_t *find_capability(struct compilation *c, const struct options *o, const char *name,
                               struct buf *more) {
    (void)o, (void)more;
    int number = capability_by_name(name);
    if (number < 0)
        return NULL;
    return json_pack("{s:i, s:o}", "number", number, "named_by", named_by(c, name));
}

static void each_capability(struct compilation *c, const struct topic_visit *visit) {
    (void)c;
    for (int i = 0; i < CAPABILITY_COUNT; i++)
        visit->name(visit->context, capability_name(i));
}

const struct topic topic_capability = {"capability", find_capability, each_capability};

/* ---- system calls ---- */

static const char *const arg_kinds[ARG_KIND_COUNT] = {
    [ARG_INT32] = "32 bits, signed",
    [ARG_UINT32] = "32 bits",
    [ARG_UINT16] = "16 bits",
    [ARG_LONG] = "a register",
    [ARG_POINTER] = "pointer, can't be tested",
    [ARG_SPLIT64] = "64 bits in two registers, can't be tested",
};

/* An argument of one ABI is that of another where position and kind are the same. */
static const char *argument_text(struct compilation *c, int id, enum abi abi, const char *name) {
    struct syscall_arg arg;
    if (syscall_arg(id, abi, name, &arg) < 0)
        return NULL;
    return arena_printf(c->arena, "argument %u, %s", arg.position,
                        arg.kind == ARG_LONG ? arena_printf(c->arena, "%u bits", abi_infos[abi].word_bits)
                                             : arg_kinds[arg.kind]);
}

static json_t *argument_json(struct compilation *c, int id, const char *name) {
    json_t *json = json_pack("{s:s}", "name", name), *abis = json_object();
    for (enum abi abi = 0; abi < ABI_COUNT; abi++) {
        const char *text = argument_text(c, id, abi, name);
        if (text)
            json_object_set_new(abis, abi_infos[abi].name, json_string(text));
    }
    json_object_set_new(json, "abis", abis);
    return json;
}

static bool has_name(const json_t *list, const char *name) {
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item) if (strcmp(json_string_value(json_object_get(item, "name")), name) ==
                                          0) return true;
    return false;
}

static json_t *arguments_json(struct compilation *c, int id) {
    const char *names[SYSCALL_ARGS_MAX];
    json_t *list = json_array();
    for (enum abi abi = 0; abi < ABI_COUNT; abi++) {
        int n = syscall_arg_names(id, abi, names);
        for (int i = 0; i < n; i++)
            if (!has_name(list, names[i]))
                json_array_append_new(list, argument_json(c, id, names[i]));
    }
    return list;
}

static json_t *numbers_json(int id) {
    json_t *numbers = json_object();
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        if (syscall_number(id, abi) >= 0)
            json_object_set_new(numbers, abi_infos[abi].name, json_integer(syscall_number(id, abi)));
    return numbers;
}

static json_t *twins_json(int id) {
    const int *twins;
    unsigned n = syscall_twins(id, &twins);
    json_t *list = json_array();
    for (unsigned i = 0; i < n; i++)
        json_array_append_new(list, json_string(syscall_name(twins[i])));
    return list;
}

static json_t *find_syscall(struct compilation *c, const struct options *o, const char *name,
                            struct buf *more) {
    (void)o, (void)more;
    int id = syscall_by_name(name);
    if (id < 0)
        return NULL;
    return json_pack("{s:o, s:o, s:o, s:o}", "numbers", numbers_json(id), "arguments", arguments_json(c, id),
                     "twins", twins_json(id), "named_by", named_by(c, name));
}

static void each_syscall(struct compilation *c, const struct topic_visit *visit) {
    (void)c;
    for (int i = 0; i < syscall_count(); i++)
        visit->name(visit->context, syscall_name(i));
}

const struct topic topic_syscall = {"system call", find_syscall, each_syscall};
