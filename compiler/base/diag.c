#include "diag.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

const struct diag_row diag_rows[] = {
#define CODE(number, name, severity, title) {number, SEVERITY_##severity, title},
#include "codes.def"
#undef CODE
};
const size_t diag_rows_count = sizeof diag_rows / sizeof *diag_rows;

static enum severity severity_of(unsigned code) {
    for (size_t i = 0; i < diag_rows_count; i++)
        if (diag_rows[i].code == code)
            return diag_rows[i].severity;
    return SEVERITY_ERROR;
}

const char *diag_severity_name(enum severity severity) {
    static const char *const names[] = {"note", "warning", "error"};
    return names[severity];
}

static const char *const severity_colours[] = {"\033[1;36m", "\033[1;35m", "\033[1;31m"};

/* Messages quote what they speak of, which may be anything. */
static char *format(struct arena *arena, const char *text, va_list args) {
    char line[2048];
    struct buf safe BUF_CLEANUP = {0};
    vsnprintf(line, sizeof line, text, args);
    buf_add_safe(&safe, line, strlen(line));
    return arena_strdup(arena, buf_text(&safe));
}

struct diag_item *diag_add(struct diag *diag, enum diag_code code, struct loc loc, const char *text, ...) {
    struct diag_item *item = ARENA_NEW(diag->arena, struct diag_item);
    va_list args;
    va_start(args, text);
    item->text = format(diag->arena, text, args);
    va_end(args);
    item->severity = severity_of(code);
    item->code = code;
    item->loc = loc;
    diag->errors += item->severity == SEVERITY_ERROR;
    diag->warnings += item->severity == SEVERITY_WARNING;
    vec_push(diag->arena, &diag->items, item);
    return item;
}

void diag_note(struct diag *diag, struct diag_item *item, struct loc loc, const char *text, ...) {
    va_list args;
    va_start(args, text);
    struct diag_note note = {.loc = loc, .text = format(diag->arena, text, args)};
    va_end(args);
    vec_push(diag->arena, &item->notes, note);
}

static int by_place(const void *a, const void *b) {
    const struct diag_item *x = *(struct diag_item *const *)a, *y = *(struct diag_item *const *)b;
    if (x->loc.begin != y->loc.begin)
        return x->loc.begin < y->loc.begin ? -1 : 1;
    return x->code == y->code ? strcmp(x->text, y->text) : x->code < y->code ? -1 : 1;
}

static bool same(const struct diag_item *a, const struct diag_item *b) {
    return a->code == b->code && a->loc.begin == b->loc.begin && strcmp(a->text, b->text) == 0;
}

/* Sorted and without repeats: a rule used twice shows its mistake once. */
size_t diag_sorted(const struct diag *diag, struct diag_item ***items) {
    *items = arena_alloc(diag->arena, (diag->items.n + 1) * sizeof **items);
    if (diag->items.n)
        memcpy(*items, diag->items.items, diag->items.n * sizeof **items);
    qsort(*items, diag->items.n, sizeof **items, by_place);
    size_t n = 0;
    for (size_t i = 0; i < diag->items.n; i++)
        if (!n || !same((*items)[n - 1], (*items)[i]))
            (*items)[n++] = (*items)[i];
    return n;
}

enum { WIDEST = 200, BEFORE_CARET = 120 };

/* Of a very long line only what is around the place. */
static void cut(struct place *place) {
    size_t skip =
        place->line_byte > BEFORE_CARET && place->line_len > WIDEST ? place->line_byte - BEFORE_CARET : 0;
    while (skip && skip < place->line_byte && ((unsigned char)place->line_text[skip] & 0xc0) == 0x80)
        skip++;
    place->line_text += skip;
    place->line_byte -= skip;
    place->line_len -= skip;
    if (place->line_len > WIDEST)
        place->line_len = WIDEST;
}

static void print_source(const struct diag *diag, struct buf *out, struct loc loc, const char *colour) {
    struct place place;
    if (!source_place(diag->sources, loc.begin, &place))
        return;
    cut(&place);
    buf_add(out, "    ");
    buf_add_safe(out, place.line_text, place.line_len);
    buf_add(out, "\n    ");
    for (size_t i = 0; i < place.line_byte; i++)
        if (place.line_text[i] == '\t')
            buf_add_char(out, '\t');
        else if (((unsigned char)place.line_text[i] & 0xc0) != 0x80)
            buf_add_char(out, ' ');
    size_t width = loc.end > loc.begin ? loc.end - loc.begin : 1;
    if (width > place.line_len - place.line_byte)
        width = place.line_len - place.line_byte;
    buf_printf(out, "%s^", colour);
    for (size_t i = 1; i < width; i++)
        if (((unsigned char)place.line_text[place.line_byte + i] & 0xc0) != 0x80)
            buf_add_char(out, '~');
    buf_printf(out, "%s\n", *colour ? "\033[0m" : "");
}

static void print_place(const struct diag *diag, struct buf *out, struct loc loc) {
    struct place place;
    if (source_place(diag->sources, loc.begin, &place))
        buf_add_safe(out, place.file->path, strlen(place.file->path)),
            buf_printf(out, ":%u:%u: ", place.line, place.col);
    else
        buf_add(out, "vplc: ");
}

static void print_import_chain(const struct diag *diag, struct buf *out, struct loc loc) {
    const struct source_file *file = source_of(diag->sources, loc.begin);
    struct place place;
    while (file && source_place(diag->sources, file->imported_at.begin, &place)) {
        buf_printf(out, "    imported at %s:%u\n", place.file->path, place.line);
        file = place.file;
    }
}

static void print_item(const struct diag *diag, struct buf *out, const struct diag_item *item, bool colour) {
    const char *paint = colour ? severity_colours[item->severity] : "";
    print_place(diag, out, item->loc);
    buf_printf(out, "%s%s[VPL%04u]:%s %s\n", paint, diag_severity_name(item->severity), item->code,
               colour ? "\033[0m" : "", item->text);
    print_source(diag, out, item->loc, paint);
    for (size_t i = 0; i < item->notes.n; i++) {
        const struct diag_note *note = &item->notes.items[i];
        struct place place;
        if (!source_place(diag->sources, note->loc.begin, &place)) {
            buf_printf(out, "    %s\n", note->text);
            continue;
        }
        buf_printf(out, "  %s:%u:%u: %s\n", place.file->path, place.line, place.col, note->text);
        print_source(diag, out, note->loc, "");
    }
    print_import_chain(diag, out, item->loc);
}

void diag_print(const struct diag *diag, struct buf *out, bool colour) {
    struct diag_item **items;
    size_t n = diag_sorted(diag, &items);
    for (size_t i = 0; i < n; i++)
        print_item(diag, out, items[i], colour);
}

static json_t *json_place(const struct diag *diag, struct loc loc) {
    struct place from, to;
    if (!source_place(diag->sources, loc.begin, &from) || !source_place(diag->sources, loc.end, &to))
        return json_null();
    struct buf path BUF_CLEANUP = {0};
    buf_add_safe(&path, from.file->path, strlen(from.file->path));
    return json_pack("{s:s, s:i, s:i, s:i, s:i}", "file", buf_text(&path), "line", (int)from.line, "column",
                     (int)from.col, "end_line", (int)to.line, "end_column", (int)to.col);
}

void diag_print_json(const struct diag *diag, struct buf *out) {
    struct diag_item **items;
    size_t n = diag_sorted(diag, &items);
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *notes = json_array();
        for (size_t j = 0; j < items[i]->notes.n; j++)
            json_array_append_new(notes, json_pack("{s:s, s:o}", "message", items[i]->notes.items[j].text,
                                                   "place", json_place(diag, items[i]->notes.items[j].loc)));
        json_array_append_new(list, json_pack("{s:s, s:o, s:s, s:o, s:o}", "code",
                                              arena_printf(diag->arena, "VPL%04u", items[i]->code),
                                              "severity", json_string(diag_severity_name(items[i]->severity)),
                                              "message", items[i]->text, "place",
                                              json_place(diag, items[i]->loc), "notes", notes));
    }
    json_t *root = json_pack("{s:i, s:o}", "format_version", 1, "diagnostics", list);
    json_t *failures = diag->failures.n ? json_array() : NULL;
    for (size_t i = 0; i < diag->failures.n; i++)
        json_array_append_new(failures, json_string(diag->failures.items[i]));
    if (failures)
        json_object_set_new(root, "failures", failures);
    char *text FREE_CLEANUP = json_dumps(root, JSON_INDENT(2));
    buf_add(out, text ? text : "");
    buf_add_char(out, '\n');
    json_decref(root);
}
