#include "yaml_text.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* What readers of YAML 1.1 take for a boolean or null, in any case: yaml.org/type/{bool,null}. */
static const char *const reserved[] = {"y", "yes", "n", "no", "true", "false", "on", "off", "null"};

/* Letters and '/' begin no number, no indicator and no tag; inside, '.', '-', '_' and '/' mean nothing. */
static bool is_plain(const char *text, size_t len) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz/";
    static const char rest[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz/0123456789._-";
    if (!len || strlen(text) != len || !strchr(letters, *text) || strspn(text, rest) != len)
        return false;
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (!strcasecmp(text, reserved[i]))
            return false;
    return true;
}

static int append(void *data, unsigned char *bytes, size_t n) {
    buf_add_bytes(data, bytes, n);
    return 1;
}

/* Only memory or a caller's mistake can make an event fail, and only memory its emission. */
static void put(yaml_emitter_t *emitter, yaml_event_t *event, int made) {
    int emitted = made && yaml_emitter_emit(emitter, event);
    if (!emitted)
        abort();
}

static void put_scalar(yaml_emitter_t *emitter, const char *text, size_t len, yaml_scalar_style_t style) {
    yaml_event_t event;
    put(emitter, &event,
        yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)text, (int)len, 1, 1, style));
}

static void put_string(yaml_emitter_t *emitter, const char *text, size_t len) {
    put_scalar(emitter, text, len,
               is_plain(text, len) ? YAML_PLAIN_SCALAR_STYLE : YAML_DOUBLE_QUOTED_SCALAR_STYLE);
}

static void put_word(yaml_emitter_t *emitter, const char *word) {
    put_scalar(emitter, word, strlen(word), YAML_PLAIN_SCALAR_STYLE);
}

static void put_integer(yaml_emitter_t *emitter, json_int_t value) {
    char text[32];
    snprintf(text, sizeof text, "%" JSON_INTEGER_FORMAT, value);
    put_word(emitter, text);
}

static void put_tree(yaml_emitter_t *emitter, const json_t *tree);

static void put_array(yaml_emitter_t *emitter, const json_t *tree) {
    yaml_event_t event;
    put(emitter, &event,
        yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE));
    for (size_t i = 0; i < json_array_size(tree); i++)
        put_tree(emitter, json_array_get(tree, i));
    put(emitter, &event, yaml_sequence_end_event_initialize(&event));
}

static void put_object(yaml_emitter_t *emitter, const json_t *tree) {
    yaml_event_t event;
    const char *key;
    json_t *value;
    put(emitter, &event,
        yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE));
    json_object_foreach((json_t *)tree, key, value) {
        put_string(emitter, key, strlen(key));
        put_tree(emitter, value);
    }
    put(emitter, &event, yaml_mapping_end_event_initialize(&event));
}

static void put_tree(yaml_emitter_t *emitter, const json_t *tree) {
    switch (json_typeof(tree)) {
    case JSON_OBJECT:
        put_object(emitter, tree);
        break;
    case JSON_ARRAY:
        put_array(emitter, tree);
        break;
    case JSON_STRING:
        put_string(emitter, json_string_value(tree), json_string_length(tree));
        break;
    case JSON_INTEGER:
        put_integer(emitter, json_integer_value(tree));
        break;
    case JSON_REAL:
        assert(false && "no file of ours has fractions");
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        put_word(emitter, json_is_true(tree) ? "true" : "false");
        break;
    case JSON_NULL:
        put_word(emitter, "null");
        break;
    }
}

void yaml_write(struct buf *out, const json_t *tree) {
    yaml_emitter_t emitter;
    yaml_event_t event;
    if (!yaml_emitter_initialize(&emitter))
        abort();
    yaml_emitter_set_output(&emitter, append, out);
    yaml_emitter_set_width(&emitter, -1);
    put(&emitter, &event, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING));
    put(&emitter, &event, yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1));
    put_tree(&emitter, tree);
    put(&emitter, &event, yaml_document_end_event_initialize(&event, 1));
    put(&emitter, &event, yaml_stream_end_event_initialize(&event));
    yaml_emitter_delete(&emitter);
}

struct reading {
    yaml_document_t *document;
    json_t **made; /* by node - 1: an alias is the node it names, so it is made once and shared */
    bool *open;    /* being made: to meet it again is a cycle */
    struct err *err;
};

static json_t *make(struct reading *reading, int node);

static json_t *make_scalar(const yaml_node_t *node) {
    const char *text = (const char *)node->data.scalar.value;
    size_t len = node->data.scalar.length;
    if (node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
        return json_stringn(text, len);
    if (!len || !strcmp(text, "~") || !strcasecmp(text, "null"))
        return json_null();
    if (!strcasecmp(text, "true") || !strcasecmp(text, "false"))
        return json_boolean(!strcasecmp(text, "true"));
    char *end;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (end == text + len && !errno)
        return json_integer(number);
    return json_stringn(text, len);
}

static json_t *make_array(struct reading *reading, const yaml_node_t *node) {
    json_t *array = json_array();
    for (yaml_node_item_t *item = node->data.sequence.items.start; item < node->data.sequence.items.top;
         item++) {
        json_t *value = make(reading, *item);
        if (!value || json_array_append_new(array, value) < 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *make_object(struct reading *reading, const yaml_node_t *node) {
    json_t *object = json_object();
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top;
         pair++) {
        const yaml_node_t *key = yaml_document_get_node(reading->document, pair->key);
        const char *name = key->type == YAML_SCALAR_NODE ? (const char *)key->data.scalar.value : "";
        bool is_text = key->type == YAML_SCALAR_NODE && strlen(name) == key->data.scalar.length;
        if (!is_text)
            err_set(reading->err, "line %zu: a key that isn't a string", key->start_mark.line + 1);
        json_t *value = is_text ? make(reading, pair->value) : NULL;
        if (!value || json_object_set_new(object, name, value) < 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static json_t *make(struct reading *reading, int index) {
    const yaml_node_t *node = yaml_document_get_node(reading->document, index);
    json_t **made = &reading->made[index - 1];
    bool *open = &reading->open[index - 1];
    if (*open) {
        err_set(reading->err, "line %zu: an anchor that contains itself", node->start_mark.line + 1);
        return NULL;
    }
    *open = true;
    if (!*made)
        *made = node->type == YAML_SCALAR_NODE     ? make_scalar(node)
                : node->type == YAML_SEQUENCE_NODE ? make_array(reading, node)
                                                   : make_object(reading, node);
    *open = false;
    return json_incref(*made);
}

static json_t *make_document(yaml_document_t *document, struct err *err) {
    size_t n = (size_t)(document->nodes.top - document->nodes.start);
    struct reading reading = {document, calloc(n, sizeof(json_t *)), calloc(n, sizeof(bool)), err};
    if (!reading.made || !reading.open)
        abort();
    json_t *tree = make(&reading, 1);
    for (size_t i = 0; i < n; i++)
        json_decref(reading.made[i]);
    free(reading.made);
    free(reading.open);
    return tree;
}

static int read_documents(yaml_parser_t *parser, json_t *documents, struct err *err) {
    for (;;) {
        yaml_document_t document;
        if (!yaml_parser_load(parser, &document))
            return err_set(err, "line %zu: %s", parser->problem_mark.line + 1,
                           parser->problem ? parser->problem : "out of memory");
        bool last = !yaml_document_get_root_node(&document);
        json_t *tree = last ? NULL : make_document(&document, err);
        yaml_document_delete(&document);
        if (last)
            return 0;
        if (!tree)
            return -1;
        json_array_append_new(documents, tree);
    }
}

json_t *yaml_read(const char *text, size_t len, struct err *err) {
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        abort();
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
    json_t *documents = json_array();
    if (read_documents(&parser, documents, err) < 0) {
        json_decref(documents);
        documents = NULL;
    }
    yaml_parser_delete(&parser);
    return documents;
}
