/* SARIF 2.1.0: docs.oasis-open.org/sarif/sarif/v2.1.0. What a code means is its rule; the same mistake has
 * the same fingerprint wherever in the file it moves. */
#include "explain.h"
#include "findings.h"

#include <sha2.h>
#include <stdlib.h>
#include <string.h>

/* RFC 3986's unreserved characters and the slash stay. */
static const char *uri_of(const struct findings *f, const char *path) {
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    struct buf out BUF_CLEANUP = {0};
    for (const char *p = path; *p; p++)
        if (strchr(plain, *p))
            buf_add_char(&out, *p);
        else
            buf_printf(&out, "%%%02X", (unsigned char)*p);
    return arena_strdup(f->c->arena, buf_text(&out));
}

static json_t *artifact_json(const struct findings *f, const char *path, const char *base) {
    const char *uri = uri_of(f, path);
    return base ? json_pack("{s:s, s:s}", "uri", uri, "uriBaseId", base)
                : json_pack("{s:s+}", "uri", *path == '/' ? "file://" : "", uri);
}

static json_t *location_json(const struct findings *f, struct loc loc, const char *message) {
    struct findings_place p;
    if (!findings_place(f, loc, &p))
        return NULL;
    json_t *region = json_pack("{s:i, s:i, s:i, s:i}", "startLine", (int)p.line, "startColumn", (int)p.column,
                               "endLine", (int)p.end_line, "endColumn", (int)p.end_column);
    json_t *location = json_pack("{s:{s:o, s:o}}", "physicalLocation", "artifactLocation",
                                 artifact_json(f, p.path,
                                               p.stdlib       ? "LIBRARY"
                                               : p.repository ? "SRCROOT"
                                                              : NULL),
                                 "region", region);
    if (message)
        json_object_set_new(location, "message", json_pack("{s:s}", "text", message));
    return location;
}

/* Of what has no place: the file that was asked about. */
static json_t *file_json(const struct findings *f) {
    bool repository;
    const char *path = findings_path(f, f->subject, &repository);
    return json_pack("{s:{s:o}}", "physicalLocation", "artifactLocation",
                     artifact_json(f, path, repository ? "SRCROOT" : NULL));
}

/* Code, file, message and the line's own text, but not where the line is. */
static void fingerprint(const struct findings *f, const struct diag_item *item,
                        char out[SHA256_DIGEST_STRING_LENGTH]) {
    struct buf text BUF_CLEANUP = {0};
    struct findings_place place;
    struct place line;
    bool placed =
        findings_place(f, item->loc, &place) && source_place(&f->c->sources, item->loc.begin, &line);
    buf_printf(&text, "%u\n%s\n%s\n", item->code, placed ? place.path : "", item->text);
    for (size_t i = 0; placed && i < line.line_len; i++)
        if (line.line_text[i] != ' ' && line.line_text[i] != '\t')
            buf_add_char(&text, line.line_text[i]);
    SHA256Data((const uint8_t *)buf_text(&text), text.len, out);
}

enum { FINGERPRINT = 16 };

static json_t *fingerprints_json(const struct findings *f, size_t index) {
    char own[SHA256_DIGEST_STRING_LENGTH], other[SHA256_DIGEST_STRING_LENGTH];
    unsigned before = 1;
    fingerprint(f, f->items[index], own);
    for (size_t i = 0; i < index; i++) {
        fingerprint(f, f->items[i], other);
        before += strcmp(own, other) == 0;
    }
    const char *text = arena_printf(f->c->arena, "%.*s:%u", FINGERPRINT, own, before);
    return json_pack("{s:s}", "primaryLocationLineHash", text);
}

static json_t *related_json(const struct findings *f, const struct diag_item *item) {
    json_t *list = json_array();
    for (size_t i = 0; i < item->notes.n; i++) {
        json_t *location = location_json(f, item->notes.items[i].loc, item->notes.items[i].text);
        if (location)
            json_array_append_new(list, location);
    }
    return list;
}

static const char *label_of(const struct findings *f, unsigned code) {
    return arena_printf(f->c->arena, "VPL%04u", code);
}

static json_t *result_json(const struct findings *f, size_t index) {
    const struct diag_item *item = f->items[index];
    struct buf message BUF_CLEANUP = {0};
    findings_message(&message, item);
    json_t *place = location_json(f, item->loc, NULL);
    json_t *result =
        json_pack("{s:s, s:s, s:{s:s}, s:[o], s:o}", "ruleId", label_of(f, item->code), "level",
                  diag_severity_name(item->severity), "message", "text", buf_text(&message), "locations",
                  place ? place : file_json(f), "partialFingerprints", fingerprints_json(f, index));
    json_t *related = related_json(f, item);
    if (json_array_size(related))
        json_object_set(result, "relatedLocations", related);
    json_decref(related);
    return result;
}

static bool is_found(const struct findings *f, unsigned code) {
    for (size_t i = 0; i < f->n; i++)
        if (f->items[i]->code == code)
            return true;
    return false;
}

/* Those that have results here, by code. */
static json_t *rules_json(const struct findings *f) {
    json_t *rules = json_array();
    for (size_t i = 0; i < diag_rows_count; i++) {
        const struct diag_row *row = &diag_rows[i];
        const char *help = explain_text(row->code);
        if (!is_found(f, row->code))
            continue;
        json_t *rule =
            json_pack("{s:s, s:{s:s}, s:{s:s}}", "id", label_of(f, row->code), "shortDescription", "text",
                      row->title, "defaultConfiguration", "level", diag_severity_name(row->severity));
        if (help)
            json_object_set_new(rule, "help", json_pack("{s:s, s:s}", "text", help, "markdown", help));
        json_array_append_new(rules, rule);
    }
    return rules;
}

void sarif_print(struct buf *out, const struct findings *f) {
    json_t *results = json_array();
    for (size_t i = 0; i < f->n; i++)
        json_array_append_new(results, result_json(f, i));
    json_t *run = json_pack("{s:{s:{s:s, s:s, s:o}}, s:s, s:{s:{s:{s:s}}, s:{s:{s:s}}}, s:[{s:b, s:i}], s:o}",
                            "tool", "driver", "name", "vplc", "version", VPL_VERSION, "rules", rules_json(f),
                            "columnKind", "unicodeCodePoints", "originalUriBaseIds", "SRCROOT", "description",
                            "text", "the repository, or where vplc was called", "LIBRARY", "description",
                            "text", "vplc's standard library", "invocations", "executionSuccessful", true,
                            "exitCode", f->exit_code, "results", results);
    json_t *log = json_pack("{s:s, s:s, s:[o]}", "$schema", "https://json.schemastore.org/sarif-2.1.0.json",
                            "version", "2.1.0", "runs", run);
    char *text = json_dumps(log, JSON_INDENT(2));
    buf_add(out, text ? text : "");
    buf_add_char(out, '\n');
    free(text);
    json_decref(log);
}
