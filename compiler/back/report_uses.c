/* What the report says of a rule as a whole: one that is used, and of which nobody holds anything. */
#include "report.h"

#include <string.h>

const struct origin *report_use(const struct report_row *row, const char **rule) {
    const struct origin *use = NULL;
    for (const struct origin *o = row->origin; o && *o->rule && o->via; o = o->via) {
        use = o->via;
        *rule = o->rule;
    }
    return use;
}

static const struct origin *use_of(const struct report_row *row) {
    const char *rule;
    bool own = row->stmt ? row->stmt->own : row->kind == ROW_REQUIRE || row->kind == ROW_LEFT_OUT;
    return own ? report_use(row, &rule) : NULL;
}

/* The author of the policy said so, not the library for everybody. */
static bool said_best_effort(const struct sources *sources, const struct report_row *row) {
    for (const struct origin *o = row->origin; o; o = o->via) {
        const struct source_file *file = source_of(sources, o->loc.begin);
        if (o->best_effort && file && !file->stdlib)
            return true;
    }
    return false;
}

/* Other policies only log, so that requirements are nobody's. */
static bool enforces(const struct ir_policy *p) {
    return p->reaction != REACTION_OBSERVE && p->mode != MODE_BEHAVIOR_MODELING;
}

/* What is not best-effort is an error of its own already. */
static bool counts(const struct report *r, const struct diag *diag, const struct report_row *row) {
    return row->denies && !row->absent && !said_best_effort(diag->sources, row) &&
           (row->stmt || enforces(r->policy));
}

static bool nothing_held(const struct report *r, const struct diag *diag, const struct origin *use) {
    bool any = false;
    for (size_t i = 0; i < r->n_rows; i++) {
        const struct report_row *row = &r->rows[i];
        if (use_of(row) != use || !counts(r, diag, row))
            continue;
        if (row->best.level != HOLD_NONE || !row->best_effort)
            return false;
        any = true;
    }
    return any;
}

static void say_why(const struct report *r, const struct report_row *row, struct diag *diag,
                    struct diag_item *item) {
    if (row->kind == ROW_LEFT_OUT)
        diag_note(diag, item, (struct loc){0}, "%s", row->best.why);
    for (size_t i = 0; i < r->n_columns; i++)
        if (r->counts[i] && *row->holds[i].why)
            diag_note(diag, item, (struct loc){0}, "%s: %s", r->columns[i]->name, row->holds[i].why);
    if (ir_is_container(r->policy) && row->stmt && row->stmt->class == CLASS_CONNECT &&
        (row->stmt->match.inet_any || row->stmt->match.n_cidrs || row->stmt->match.n_ports))
        diag_note(diag, item, (struct loc){0}, "a NetworkPolicy can keep a pod from addresses");
}

static void complain(const struct report *r, const struct report_row *row, struct diag *diag) {
    const char *rule = "";
    const struct origin *use = report_use(row, &rule);
    const struct source_file *file = source_of(diag->sources, use->loc.begin);
    const char *name = file ? file->text + (use->loc.begin - file->base) : rule;
    struct diag_item *item = diag_add(diag, DIAG_NOTHING_HELD, use->loc, "nobody holds anything of `%.*s`",
                                      (int)strcspn(name, "( ,;\t\r\n/"), name);
    say_why(r, row, diag, item);
    diag_note(diag, item, (struct loc){0}, "write `best-effort use` if it may be so");
}

void report_check_uses(const struct report *r, struct diag *diag) {
    for (size_t i = 0; i < r->n_rows; i++) {
        const struct origin *use = use_of(&r->rows[i]);
        bool first = use && counts(r, diag, &r->rows[i]);
        for (size_t k = 0; k < i && first; k++)
            first = use_of(&r->rows[k]) != use || !counts(r, diag, &r->rows[k]);
        if (first && nothing_held(r, diag, use))
            complain(r, &r->rows[i], diag);
    }
}
