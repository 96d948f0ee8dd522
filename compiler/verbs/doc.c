#include "session.h"
#include "suggest.h"
#include "topics.h"
#include <string.h>

static const struct topic *const topics[] = {
    &topic_rule,    &topic_statement, &topic_diagnostic, &topic_capability,
    &topic_syscall, &topic_group,     &topic_let,
};
enum { TOPICS = sizeof topics / sizeof *topics };

/* ---- objects as text: a line for each member that says something ---- */

enum { WIDEST = 100, LABEL_WIDTH = sizeof "  signature:" - 1 };

static void add_value(struct buf *out, const json_t *value);

/* Members with one value are said together: "x86_64, x32: 272; i386: 310". */
static void add_members(struct buf *out, json_t *object) {
    const char *key, *other_key, *before = "";
    json_t *value, *other;
    json_object_foreach(object, key, value) {
        const char *comma = before;
        bool first = true;
        json_object_foreach(object, other_key, other) {
            if (strcmp(key, other_key) == 0)
                break;
            first &= !json_equal(value, other);
        }
        if (!first)
            continue;
        json_object_foreach(object, other_key, other) if (json_equal(value, other)) {
            buf_printf(out, "%s%s", comma, other_key);
            comma = ", ";
        }
        buf_add(out, ": ");
        add_value(out, value);
        before = "; ";
    }
}

static void add_value(struct buf *out, const json_t *value) {
    const char *separator = "";
    const json_t *inner;
    size_t i;
    if (json_is_string(value))
        buf_add(out, json_string_value(value));
    else if (json_is_integer(value))
        buf_printf(out, "%lld", (long long)json_integer_value(value));
    else if (json_is_object(value))
        add_members(out, (json_t *)(uintptr_t)value);
    else
        json_array_foreach(value, i, inner) {
            buf_add(out, separator);
            add_value(out, inner);
            separator = ", ";
        }
}

static void add_indented(struct buf *out, const char *indent, const char *text) {
    for (const char *line = text; *line;) {
        size_t n = strcspn(line, "\n");
        buf_add(out, n ? indent : "");
        buf_add_bytes(out, line, n);
        buf_add_char(out, '\n');
        line += n + (line[n] == '\n');
    }
}

/* Breaks at spaces. */
static void add_wrapped(struct buf *out, const char *text, size_t column, const char *indent) {
    const char *space = "";
    while (*text) {
        size_t n = strcspn(text, " ");
        if (column + n > WIDEST && *space) {
            buf_printf(out, "\n%s", indent);
            column = strlen(indent);
        } else
            buf_add(out, space);
        buf_add_bytes(out, text, n);
        column += n + 1;
        text += n + (text[n] == ' ');
        space = " ";
    }
    buf_add_char(out, '\n');
}

static bool says_nothing(const json_t *value) {
    return json_is_null(value) || (json_is_string(value) && !json_string_length(value)) ||
           (json_is_array(value) && !json_array_size(value)) ||
           (json_is_object(value) && !json_object_size(value));
}

static bool is_list_of_objects(const json_t *value) {
    return json_is_array(value) && json_is_object(json_array_get(value, 0));
}

/* "    name: the other members", with what a member of that list holds itself below it. */
static void add_objects(struct buf *out, const json_t *list, const char *indent) {
    const char *key;
    json_t *item, *value;
    size_t i;
    json_array_foreach(list, i, item) {
        struct buf line BUF_CLEANUP = {0}, deeper BUF_CLEANUP = {0};
        const char *before = ": ";
        buf_add(&line, json_string_value(json_object_get(item, "name")));
        json_object_foreach(item, key, value) {
            if (says_nothing(value) || strcmp(key, "name") == 0 || is_list_of_objects(value))
                continue;
            buf_add(&line, strcmp(key, "default") == 0 ? " = " : before);
            add_value(&line, value);
        }
        for (char *p = line.data; (p = strchr(p, '\n'));)
            *p = ' ';
        buf_printf(&deeper, "%s    ", indent);
        buf_add(out, indent);
        add_wrapped(out, buf_text(&line), strlen(indent), buf_text(&deeper));
        json_object_foreach(item, key, value) if (is_list_of_objects(value))
            add_objects(out, value, buf_text(&deeper));
    }
}

static const char *const prose[] = {"doc", "text"};
static const char *const silent[] = {"kind", "name", "coverage", "summary"};
static const char *const below[] = {"alias_doc"}; /* prose below the member before */

static bool among(const char *key, const char *const *keys, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (strcmp(key, keys[i]) == 0)
            return true;
    return false;
}
#define AMONG(key, keys) among(key, keys, sizeof keys / sizeof *keys)

static void add_member(struct buf *out, const char *key, const json_t *value) {
    struct buf label BUF_CLEANUP = {0}, text BUF_CLEANUP = {0};
    if (AMONG(key, below)) {
        add_indented(out, "    ", json_string_value(value));
        return;
    }
    buf_printf(&label, "  %s:", key);
    for (char *p = label.data; (p = strchr(p, '_'));)
        *p = ' ';
    if (is_list_of_objects(value)) {
        buf_printf(out, "%s\n", buf_text(&label));
        add_objects(out, value, "    ");
        return;
    }
    while (label.len < LABEL_WIDTH)
        buf_add_char(&label, ' ');
    buf_add(out, buf_text(&label));
    buf_add_char(out, ' ');
    if (strcmp(key, "place") == 0)
        buf_printf(&text, "%s:%lld", json_string_value(json_object_get(value, "file")),
                   (long long)json_integer_value(json_object_get(value, "line")));
    else
        add_value(&text, value);
    add_wrapped(out, buf_text(&text), label.len + 1, "    ");
}

static void add_entry(struct buf *out, json_t *entry) {
    const char *key;
    json_t *value;
    buf_printf(out, "%s%s %s\n", out->len ? "\n" : "", json_string_value(json_object_get(entry, "kind")),
               json_string_value(json_object_get(entry, "name")));
    json_object_foreach(entry, key, value) if (AMONG(key, prose))
        add_indented(out, "  ", json_string_value(value));
    json_object_foreach(entry, key, value) if (!AMONG(key, prose) && !AMONG(key, silent) &&
                                               !says_nothing(value)) add_member(out, key, value);
}

/* ---- finding ---- */

void topics_each(struct compilation *c, const struct topic_visit *visit) {
    for (int i = 0; i < TOPICS; i++)
        topics[i]->each(c, visit);
}

static void consider(void *suggest, const char *name) {
    suggest_consider(suggest, name);
}

static int unknown(struct compilation *c, const struct options *o) {
    struct suggest suggest = {.word = o->name};
    topics_each(c, &(struct topic_visit){consider, &suggest});
    topics_each_part(c, &(struct topic_visit){consider, &suggest});
    fprintf(stderr, "vplc: nothing is called `%s`", o->name);
    if (suggest.best)
        fprintf(stderr, "; did you mean `%s`?", suggest.best);
    fputc('\n', stderr);
    return EXIT_USAGE;
}

static int doc(struct compilation *c, const struct options *o) {
    struct buf out BUF_CLEANUP = {0};
    json_t *entries = json_array();
    for (int i = 0; i < TOPICS; i++) {
        struct buf more BUF_CLEANUP = {0};
        json_t *said = topics[i]->find(c, o, o->name, &more);
        if (!said)
            continue;
        json_t *entry = json_pack("{s:s, s:s}", "kind", topics[i]->kind, "name", o->name);
        json_object_update(entry, said);
        json_decref(said);
        add_entry(&out, entry);
        buf_add(&out, buf_text(&more));
        json_array_append_new(entries, entry);
    }
    bool found = json_array_size(entries);
    json_t *all = json_pack("{s:i, s:o}", "format_version", 1, "entries", entries);
    if (found)
        session_print(o, &out, all);
    else
        json_decref(all);
    return found ? EXIT_OK : unknown(c, o);
}

int verb_doc(struct options *options) {
    return session_run(options, doc);
}
