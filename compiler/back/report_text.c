/* The coverage report for the reader. */
#include "report.h"

#include <string.h>

/* What is one line: a row, or some that a rule brought and that are held alike. */
struct line {
    const struct report_row *row; /* the first of them */
    size_t n;
    const struct origin *shown; /* the place that its author knows */
    const char *rule;           /* what stands there, "" where the row itself does */
};

struct printer {
    struct arena *arena;
    const struct report *report;
    const struct sources *sources;
    bool colour, all;
    VEC(struct line) lines;
    VEC(const char *) reasons; /* each once, in the order in which they are met */
    size_t folded;             /* rows that are part of another's line */
    int widths[8], place_width;
    struct buf *out;
};

/* ---- which rows are a line ---- */

/* What a pod's fields and the launcher can't say goes without saying where an enforcer holds something. */
static bool goes_without_saying(const struct report *r, const struct report_row *row, size_t column) {
    return row->holds[column].level == HOLD_NONE &&
           (row->best.level == HOLD_FULL || (row->best.level != HOLD_NONE && !r->columns[column]->enforces));
}

static const char *reason(const struct report *r, const struct report_row *row, size_t column) {
    return goes_without_saying(r, row, column) ? "" : row->holds[column].why;
}

/* Of what no output was asked about. */
static const char *left_out_reason(const struct report_row *row) {
    return row->stmt || row->kind == ROW_REQUIRE ? "" : row->best.why;
}

/* The allowing half of an `allow only`: its denying half has the same words and a row of its own. */
static bool says_it_twice(const struct report_row *row) {
    return row->stmt && row->stmt->only_half && row->best.level == HOLD_FULL;
}

/* A derived statement is news where it is held worse than what it derives from, or if nothing else of that
 * is. */
static bool is_no_news(const struct report *r, const struct report_row *row) {
    const struct ir_stmt *from = row->stmt ? row->stmt->derived_from : NULL;
    if (!from)
        return false;
    enum hold_level level = r->rows[from->id].best.level; /* rows begin with the statements */
    return level == HOLD_NONE ? row->best.level == HOLD_NONE : row->best.level >= level;
}

/* Where the author uses a rule, or else where the statement stands. */
static struct line line_of(const struct report_row *row) {
    struct line line = {.row = row, .n = 1, .rule = ""};
    const struct origin *use = report_use(row, &line.rule);
    line.shown = use ? use : row->origin;
    return line;
}

static bool held_alike(const struct report *r, const struct report_row *a, const struct report_row *b) {
    bool alike = a->best.level == b->best.level && strcmp(left_out_reason(a), left_out_reason(b)) == 0;
    for (size_t i = 0; i < r->n_columns; i++)
        alike =
            alike && a->holds[i].level == b->holds[i].level && strcmp(reason(r, a, i), reason(r, b, i)) == 0;
    return alike;
}

static int block_of(const struct report_row *row) {
    return row->stmt ? row->stmt->block : -1;
}

/* What nobody holds is named one by one, but for the base's. */
static bool joins(const struct report *r, const struct line *line, const struct line *other) {
    const struct report_row *a = line->row, *b = other->row;
    bool may = a->kind == ROW_BASE || a->best.level != HOLD_NONE;
    return may && *line->rule && line->shown == other->shown && block_of(a) == block_of(b) &&
           held_alike(r, a, b);
}

static void add_row(struct printer *p, const struct report_row *row, size_t section) {
    struct line line = line_of(row);
    if (!p->all && is_no_news(p->report, row)) {
        p->folded++;
        return;
    }
    for (size_t i = section; i < p->lines.n && !p->all; i++)
        if (joins(p->report, &line, &p->lines.items[i])) {
            p->lines.items[i].n++;
            p->folded++;
            return;
        }
    vec_push(p->arena, &p->lines, line);
}

/* ---- columns ---- */

static size_t reason_number(struct printer *p, const char *why) {
    if (!*why)
        return 0;
    for (size_t i = 0; i < p->reasons.n; i++)
        if (strcmp(p->reasons.items[i], why) == 0)
            return i + 1;
    vec_push(p->arena, &p->reasons, why);
    return p->reasons.n;
}

static const char *cell(struct printer *p, const struct report_row *row, size_t column) {
    const struct hold *hold = &row->holds[column];
    if (hold->level == HOLD_NONE && !*hold->why)
        return "-";
    size_t number = reason_number(p, reason(p->report, row, column));
    return number ? arena_printf(p->arena, "%s [%zu]", report_level_name(hold->level), number)
                  : report_level_name(hold->level);
}

static const char *place_text(struct printer *p, const struct origin *origin) {
    struct place place;
    return origin && source_place(p->sources, origin->loc.begin, &place)
               ? arena_printf(p->arena, "%s:%u:%u", place.file->path, place.line, place.col)
               : "";
}

static void measure(struct printer *p) {
    const struct report *r = p->report;
    for (size_t c = 0; c < r->n_columns; c++)
        p->widths[c] = (int)strlen(r->columns[c]->name);
    for (size_t i = 0; i < p->lines.n; i++) {
        int place = (int)strlen(place_text(p, p->lines.items[i].shown));
        p->place_width = place > p->place_width ? place : p->place_width;
        reason_number(p, left_out_reason(p->lines.items[i].row));
        for (size_t c = 0; c < r->n_columns; c++) {
            int n = (int)strlen(cell(p, p->lines.items[i].row, c));
            p->widths[c] = n > p->widths[c] ? n : p->widths[c];
        }
    }
}

/* ---- printing ---- */

/* Red is for what nobody holds: an output that leaves a row to another is no news. */
static void print_cells(struct printer *p, const struct report_row *row) {
    static const char dim[] = "\033[2m";
    static const char *const colours[HOLD_COUNT] = {[HOLD_NONE] = "\033[31m",
                                                    [HOLD_UNDER] = "\033[33m",
                                                    [HOLD_OVER] = "\033[33m",
                                                    [HOLD_FULL] = "\033[32m"};
    for (size_t c = 0; c < p->report->n_columns; c++) {
        const char *text = cell(p, row, c);
        bool coloured = p->colour && *text != '-', idle = row->holds[c].level < row->best.level;
        const char *colour = idle && row->holds[c].level == HOLD_NONE ? dim : colours[row->holds[c].level];
        buf_printf(p->out, "  %s%-*s%s", coloured ? colour : "", p->widths[c], text,
                   coloured ? "\033[0m" : "");
    }
}

/* From the statement itself to the line that its author can change. */
static void print_chain(struct printer *p, const struct report_row *row) {
    int indent = p->place_width + 4;
    for (size_t c = 0; c < p->report->n_columns; c++)
        indent += p->widths[c] + 2;
    buf_printf(p->out, "%*s", indent, "");
    for (const struct origin *o = row->origin; o; o = o->via)
        buf_printf(p->out, "%s%s%s%s", o == row->origin ? "" : ", used at ", place_text(p, o),
                   o == row->origin && *o->rule ? " in " : "", o == row->origin ? o->rule : "");
    if (row->stmt && row->stmt->derived_from)
        buf_printf(p->out, ", derived from `%s`", row->stmt->derived_from->text);
    buf_add_char(p->out, '\n');
}

static void print_line(struct printer *p, const struct line *line) {
    const struct report_row *row = line->row;
    size_t left_out = reason_number(p, left_out_reason(row));
    bool derived = row->stmt && row->stmt->derived_from;
    print_cells(p, row);
    buf_printf(p->out, "  %-*s  ", p->place_width, place_text(p, line->shown));
    if (line->n > 1)
        buf_printf(p->out, "%.*s: %zu statements", (int)strcspn(line->rule, "."), line->rule, line->n);
    else
        buf_printf(p->out, "%s%s%s", derived && !p->all ? "with" : line->rule,
                   *line->rule || (derived && !p->all) ? ": " : "", row->text);
    if (left_out)
        buf_printf(p->out, " [%zu]", left_out);
    if (row->stmt && row->stmt->block >= 0)
        buf_printf(p->out, ", for exec as %s", p->report->policy->blocks[row->stmt->block].name);
    buf_add_char(p->out, '\n');
    if (p->all && row->origin && (row->origin->via || derived))
        print_chain(p, row);
}

static void print_summary(const struct printer *p) {
    const struct report *r = p->report;
    size_t n[HOLD_COUNT] = {0}, effort = 0, absent = 0;
    for (size_t i = 0; i < r->n_rows; i++)
        if (r->rows[i].absent)
            absent++;
        else if (r->rows[i].best_effort && r->rows[i].best.level == HOLD_NONE)
            effort++;
        else
            n[r->rows[i].best.level]++;
    buf_printf(p->out, "%zu %s: %zu full, %zu over, %zu under, %zu none", r->n_rows,
               r->n_rows == 1 ? "row" : "rows", n[HOLD_FULL], n[HOLD_OVER], n[HOLD_UNDER], n[HOLD_NONE]);
    if (effort)
        buf_printf(p->out, ", %zu none as said (best-effort)", effort);
    if (absent)
        buf_printf(p->out, ", %zu not on this architecture", absent);
    if (p->folded)
        buf_printf(p->out, " (%zu of them part of the lines above: --all shows each)", p->folded);
    buf_add(p->out, "; counted where the policy runs:");
    for (size_t i = 0; i < r->n_columns; i++)
        if (r->counts[i])
            buf_printf(p->out, " %s", r->columns[i]->name);
    buf_add_char(p->out, '\n');
}

void report_print(struct arena *arena, const struct report *r, const struct sources *sources, bool colour,
                  bool all, struct buf *out) {
    static const struct {
        enum row_kind kind;
        const char *title;
    } sections[] = {{ROW_STATEMENT, "its own statements"},
                    {ROW_REQUIRE, "requirements"},
                    {ROW_LEFT_OUT, "left out"},
                    {ROW_DEFAULT, "defaults"},
                    {ROW_BASE, "the base's"}};
    enum { N = sizeof sections / sizeof *sections };
    struct printer p = {
        .arena = arena, .report = r, .sources = sources, .colour = colour, .all = all, .out = out};
    size_t begin[N + 1] = {0};
    for (size_t s = 0; s < N; s++) {
        for (size_t i = 0; i < r->n_rows; i++)
            if (r->rows[i].kind == sections[s].kind && !says_it_twice(&r->rows[i]))
                add_row(&p, &r->rows[i], begin[s]);
        begin[s + 1] = p.lines.n;
    }
    measure(&p);
    buf_printf(out, "coverage of policy %s (%s%s)\n", r->policy->name, ir_mode_name(r->policy->mode),
               r->policy->privileged ? ", privileged" : "");
    for (size_t c = 0; c < r->n_columns; c++)
        buf_printf(out, "  %-*s", c + 1 < r->n_columns ? p.widths[c] : 0, r->columns[c]->name);
    buf_add_char(out, '\n');
    for (size_t s = 0; s < N; s++) {
        if (begin[s + 1] > begin[s])
            buf_printf(out, "%s\n", sections[s].title);
        for (size_t i = begin[s]; i < begin[s + 1]; i++)
            print_line(&p, &p.lines.items[i]);
    }
    for (size_t i = 0; i < p.reasons.n; i++)
        buf_printf(out, "%s  [%zu] %s\n", i ? "" : "why\n", i + 1, p.reasons.items[i]);
    print_summary(&p);
}
