/* GitHub's workflow commands, which become annotations: docs.github.com, "Workflow commands for GitHub
 * Actions". How they are escaped: actions/toolkit, packages/core/src/command.ts. */
#include "findings.h"

void github_escape(struct buf *out, const char *text, bool property) {
    for (const char *p = text; *p; p++)
        if (*p == '%' || *p == '\r' || *p == '\n' || (property && (*p == ':' || *p == ',')))
            buf_printf(out, "%%%02X", (unsigned)*p);
        else
            buf_add_char(out, *p);
}

static void property(struct buf *out, const char *name, const char *value) {
    buf_printf(out, "%s=", name);
    github_escape(out, value, true);
}

/* A column counts only together with one line. */
static void add_place(struct buf *out, const struct findings_place *p) {
    property(out, "file", p->path);
    buf_printf(out, ",line=%u,endLine=%u", p->line, p->end_line);
    if (p->line == p->end_line)
        buf_printf(out, ",col=%u,endColumn=%u", p->column, p->end_column);
    buf_add_char(out, ',');
}

static void add_notes(struct buf *out, const struct findings *f, const struct diag_item *item) {
    for (size_t i = 0; i < item->notes.n; i++) {
        struct findings_place p;
        if (findings_place(f, item->notes.items[i].loc, &p))
            buf_printf(out, "\n%s:%u:%u: %s", p.path, p.line, p.column, item->notes.items[i].text);
    }
}

void github_print(struct buf *out, const struct findings *f) {
    static const char *const commands[] = {
        [SEVERITY_NOTE] = "notice", [SEVERITY_WARNING] = "warning", [SEVERITY_ERROR] = "error"};
    for (size_t i = 0; i < f->n; i++) {
        const struct diag_item *item = f->items[i];
        struct findings_place place;
        struct buf message BUF_CLEANUP = {0};
        buf_printf(out, "::%s ", commands[item->severity]);
        if (findings_place(f, item->loc, &place) && !place.stdlib)
            add_place(out, &place);
        buf_printf(out, "title=VPL%04u::", item->code);
        findings_message(&message, item);
        add_notes(&message, f, item);
        github_escape(out, buf_text(&message), false);
        buf_add_char(out, '\n');
    }
}
