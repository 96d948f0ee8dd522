/* JUnit's XML as Jenkins and GitLab read it: jenkins-junit.xsd. A test block is a test case, and so is each
 * diagnostic. */
#include "findings.h"

#include <string.h>

/* XML 1.0 has neither control characters but three, not even escaped ones, nor surrogates, nor these two. */
static bool is_no_character(uint32_t c) {
    return (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f || c == 0xfffe || c == 0xffff;
}

void junit_escape(struct buf *out, const char *text) {
    static const char special[] = "&<>\"'\n\t";
    for (const char *p = text, *end = text + strlen(text); p < end;) {
        uint32_t c;
        size_t n = buf_utf8((const unsigned char *)p, (size_t)(end - p), &c);
        if (!n || is_no_character(c))
            buf_add_char(out, '?');
        else if (c < 0x80 && strchr(special, (int)c))
            buf_printf(out, "&#%u;", c);
        else
            buf_add_bytes(out, p, n);
        p += n ? n : 1;
    }
}

static void attribute(struct buf *out, const char *name, const char *value) {
    buf_printf(out, " %s=\"", name);
    junit_escape(out, value);
    buf_add_char(out, '"');
}

static void begin_case(struct buf *out, const char *name, const char *class_name) {
    buf_add(out, "    <testcase");
    attribute(out, "name", name);
    attribute(out, "classname", class_name);
}

static void add_failure(struct buf *out, const char *type, const char *message, const char *details) {
    buf_add(out, ">\n      <failure");
    attribute(out, "message", message);
    attribute(out, "type", type);
    buf_add_char(out, '>');
    junit_escape(out, details);
    buf_add(out, "</failure>\n    </testcase>\n");
}

static void add_test(struct buf *out, const json_t *test) {
    const char *title, *policy, *details;
    int passed, expectations, only;
    json_unpack((json_t *)(uintptr_t)test, "{s:s, s:s, s:b, s:i, s:i, s:s}", "test", &title, "policy",
                &policy, "passed", &passed, "expectations", &expectations, "meaning_only", &only, "details",
                &details);
    begin_case(out, title, policy);
    buf_printf(out, " assertions=\"%d\"", expectations);
    if (!passed)
        add_failure(out, "VPL5001", "an expectation that isn't met", details);
    else if (only)
        buf_printf(out, ">\n      <system-out>%d on the meaning only</system-out>\n    </testcase>\n", only);
    else
        buf_add(out, "/>\n");
}

static bool fails(const struct findings *f, const struct diag_item *item) {
    return item->severity == SEVERITY_ERROR || (f->werror && item->severity == SEVERITY_WARNING);
}

static void add_diagnostic(struct buf *out, const struct findings *f, const struct diag_item *item) {
    struct findings_place place;
    struct buf name BUF_CLEANUP = {0}, message BUF_CLEANUP = {0};
    bool placed = findings_place(f, item->loc, &place);
    findings_message(&message, item);
    buf_printf(&name, "VPL%04u", item->code);
    const char *label = arena_strdup(f->c->arena, buf_text(&name));
    if (placed)
        buf_printf(&name, " at %s:%u:%u", place.path, place.line, place.column);
    begin_case(out, buf_text(&name), diag_severity_name(item->severity));
    if (fails(f, item)) {
        add_failure(out, label, item->text, buf_text(&message));
        return;
    }
    buf_add(out, ">\n      <system-out>");
    junit_escape(out, buf_text(&message));
    buf_add(out, "</system-out>\n    </testcase>\n");
}

void junit_print(struct buf *out, const struct findings *f) {
    struct buf cases BUF_CLEANUP = {0};
    const json_t *tests = json_object_get(f->results, "tests"), *test;
    unsigned failures = 0, n = 0;
    size_t i;
    json_array_foreach(tests, i, test) {
        add_test(&cases, test);
        failures += json_is_false(json_object_get(test, "passed"));
        n++;
    }
    for (i = 0; i < f->n; i++) {
        if (f->items[i]->code == DIAG_EXPECTATION) /* its test case says so */
            continue;
        add_diagnostic(&cases, f, f->items[i]);
        failures += fails(f, f->items[i]);
        n++;
    }
    if (!n && ++n) {
        begin_case(&cases, "no diagnostics", "check");
        buf_add(&cases, "/>\n");
    }
    bool repository;
    buf_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite");
    attribute(out, "name", findings_path(f, f->subject, &repository));
    buf_printf(out,
               " tests=\"%u\" failures=\"%u\" errors=\"0\" skipped=\"0\">\n%s  </testsuite>\n</testsuites>\n",
               n, failures, buf_text(&cases));
}
