#include "report.h"

#include <string.h>

const char *report_level_name(enum hold_level level) {
    static const char *const levels[HOLD_COUNT] = {
        [HOLD_NONE] = "none", [HOLD_UNDER] = "under", [HOLD_OVER] = "over", [HOLD_FULL] = "full"};
    return levels[level];
}

static const char *const kinds[] = {[ROW_STATEMENT] = "statement",
                                    [ROW_DEFAULT] = "default",
                                    [ROW_BASE] = "base",
                                    [ROW_REQUIRE] = "require",
                                    [ROW_LEFT_OUT] = "left-out"};

/* ---- making it ---- */

static void choose_columns(struct report *r, const struct node *node) {
    bool pod = ir_is_container(r->policy);
    for (size_t i = 0; i < backends_count; i++) {
        if (!backends[i]->applies(r->policy, node))
            continue;
        r->counts[r->n_columns] = pod ? backends[i]->for_pods : backends[i]->for_processes;
        r->columns[r->n_columns++] = backends[i];
    }
}

static void choose_best(const struct report *r, struct report_row *row) {
    row->holder = -1;
    row->best = (struct hold){HOLD_NONE, "no output says so"};
    for (size_t i = 0; i < r->n_columns; i++)
        if (r->counts[i] && row->holds[i].level > row->best.level) {
            row->best = row->holds[i];
            row->holder = (int)i;
        }
}

/* A profile holds what the pod's patch makes the pod use. Without containers named it speaks of the pod as a
 * whole, which a container's own field overrides, or can't speak of that yet. */
static void limit_to_patch(const struct report *r, const struct node *node, size_t column,
                           struct hold *hold) {
    const struct ir_target *t = r->policy->target;
    const struct backend *output = r->columns[column];
    if (!ir_is_container(r->policy) || t->n_containers || t->n_init_containers || node->workload ||
        !output->named_by_patch || hold->level <= HOLD_UNDER)
        return;
    if (node->kubernetes_minor < output->for_whole_pods_since)
        *hold = (struct hold){
            HOLD_NONE,
            "before 1.30 a pod's patch needs its containers' names: name them, or give --workload"};
    else
        *hold = (struct hold){HOLD_UNDER, "set for the pod as a whole, which a container's own field "
                                          "overrides: name the containers, or give --workload"};
}

static struct report_row stmt_row(struct arena *arena, const struct report *r, const struct ir_stmt *s,
                                  const struct node *node, const void *const *studies) {
    struct hold *holds = arena_alloc(arena, (r->n_columns + 1) * sizeof *holds);
    for (size_t i = 0; i < r->n_columns; i++)
        holds[i] = r->columns[i]->holds(arena, r->policy, s, node, studies[i]);
    for (size_t i = 0; i < r->n_columns; i++)
        limit_to_patch(r, node, i, &holds[i]);
    struct report_row row = {.text = s->text,
                             .origin = s->origin,
                             .stmt = s,
                             .best_effort = s->best_effort,
                             .denies = s->verdict == VERDICT_DENY,
                             .holds = holds};
    row.kind = s->own && !s->is_default ? ROW_STATEMENT : s->part || !s->is_default ? ROW_BASE : ROW_DEFAULT;
    choose_best(r, &row);
    return row;
}

static struct report_row require_row(struct arena *arena, const struct report *r, const struct ir_require *q,
                                     const struct node *node) {
    struct hold *holds = arena_alloc(arena, (r->n_columns + 1) * sizeof *holds);
    for (size_t i = 0; i < r->n_columns; i++)
        holds[i] = r->columns[i]->holds_require ? r->columns[i]->holds_require(r->policy, q, node)
                                                : (struct hold){HOLD_NONE, ""};
    const char *effort = q->best_effort ? "best-effort " : "",
               *text = q->host ? arena_printf(arena, "%srequire host-path \"%s\" at \"%s\"%s", effort,
                                              q->host, q->at, q->writable ? " writable" : "")
                               : arena_printf(arena, "%srequire %s", effort, ir_require_name(q->kind));
    struct report_row row = {.kind = ROW_REQUIRE,
                             .text = text,
                             .origin = q->origin,
                             .best_effort = q->best_effort,
                             .denies = true,
                             .holds = holds};
    choose_best(r, &row);
    return row;
}

static struct report_row left_out_row(struct arena *arena, const struct report *r,
                                      const struct ir_left_out *gone) {
    struct hold *holds = arena_alloc(arena, (r->n_columns + 1) * sizeof *holds);
    for (size_t i = 0; i < r->n_columns; i++)
        holds[i] = (struct hold){HOLD_NONE, ""};
    return (struct report_row){.kind = gone->own ? ROW_LEFT_OUT : ROW_BASE,
                               .text = gone->text,
                               .origin = gone->origin,
                               .best_effort = true,
                               .denies = gone->denies,
                               .absent = gone->absent,
                               .best = {HOLD_NONE, gone->why},
                               .holder = -1,
                               .holds = holds};
}

/* Raw text is in the profile as it was written; the meaning doesn't look into it. */
static struct report_row raw_row(struct arena *arena, const struct report *r, const struct ir_raw *raw,
                                 int block) {
    struct hold *holds = arena_alloc(arena, (r->n_columns + 1) * sizeof *holds);
    struct hold hold = {HOLD_FULL, "as written: opaque, no statement of the policy's"};
    if (r->policy->mode == MODE_BEHAVIOR_MODELING)
        hold = (struct hold){HOLD_NONE, "left out of a profile that only logs"};
    for (size_t i = 0; i < r->n_columns; i++)
        holds[i] = r->columns[i]->carries_raw_apparmor ? hold : (struct hold){HOLD_NONE, ""};
    struct report_row row = {.kind = ROW_REQUIRE,
                             .text = block < 0 ? "raw apparmor"
                                               : arena_printf(arena, "raw apparmor, for exec as %s",
                                                              r->policy->blocks[block].name),
                             .origin = raw->origin,
                             .holds = holds,
                             .best_effort = true};
    choose_best(r, &row);
    return row;
}

void report_make(struct arena *arena, const struct ir_policy *policy, const struct node *node,
                 struct report *r) {
    VEC(struct report_row) rows = {0};
    *r = (struct report){.policy = policy};
    choose_columns(r, node);
    const void *studies[MOST_COLUMNS];
    for (size_t i = 0; i < r->n_columns; i++)
        studies[i] = backend_study(r->columns[i], arena, policy, node);
    for (size_t i = 0; i < policy->n_stmts; i++)
        vec_push(arena, &rows, stmt_row(arena, r, policy->stmts[i], node, studies));
    for (size_t i = 0; i < policy->n_requires; i++)
        vec_push(arena, &rows, require_row(arena, r, &policy->requires[i], node));
    for (size_t i = 0; i < policy->n_left_out; i++)
        vec_push(arena, &rows, left_out_row(arena, r, &policy->left_out[i]));
    for (int block = -1; block < (int)policy->n_blocks; block++)
        for (size_t i = 0; i < ir_raw_apparmor(policy, block)->n; i++)
            vec_push(arena, &rows, raw_row(arena, r, &ir_raw_apparmor(policy, block)->items[i], block));
    r->rows = rows.items;
    r->n_rows = rows.n;
}

/* ---- judging it ---- */

/* A statement is held if itself or what it derives is: `deny socket alg` by the filter's test of socket(2).
 */
static bool held_by_derived(const struct report *r, const struct ir_stmt *s) {
    return s->derived && r->rows[s->derived->id].best.level != HOLD_NONE; /* rows begin with the statements */
}

/* The one that could hold it and isn't chosen. */
static const char *missing_enforcer(const struct ir_policy *p, const struct ir_stmt *s) {
    if (s && s->class == CLASS_SYSCALL)
        return p->enforcers & ENFORCER_SECCOMP || p->privileged ? NULL : "seccomp";
    bool nobodys = !s || s->class == CLASS_CONNECT || s->class == CLASS_BIND;
    return nobodys || p->enforcers & ENFORCER_APPARMOR ? NULL : "apparmor";
}

/* The line that the author can change. */
static const struct origin *outermost(const struct report_row *row) {
    const struct origin *o = row->origin;
    while (o->via)
        o = o->via;
    return o;
}

/* The texts of some rows, the first of them in full. */
static const char *some_texts(struct arena *arena, const struct report_row *const *rows, size_t n) {
    enum { MOST = 4 };
    const char *text = "";
    for (size_t i = 0; i < n && i < MOST; i++)
        text = arena_printf(arena, "%s%s`%s`", text, i ? ", " : "", rows[i]->text);
    return n > MOST ? arena_printf(arena, "%s and %zu more", text, n - MOST) : text;
}

/* Nothing of what that `use` brings is held, and where there is no filter that is no news. */
static bool is_idle_when_privileged(const struct report *r, const struct origin *line) {
    bool brought = false;
    for (size_t i = 0; i < r->n_rows; i++)
        if (r->rows[i].origin && outermost(&r->rows[i]) == line) {
            if (r->rows[i].best.level != HOLD_NONE)
                return false;
            brought |= r->rows[i].origin != line;
        }
    return brought && r->policy->privileged && ir_is_container(r->policy);
}

/* Why rows that are held alike are held no better, output by output, and where they are written. */
static void complain(const struct report *r, const struct report_row *const *rows, size_t n,
                     struct diag *diag, enum diag_code code) {
    const struct report_row *row = rows[0];
    const struct origin *written = row->origin, *line = outermost(row);
    bool none = row->best.level == HOLD_NONE;
    const char *what = n > 1 ? arena_printf(diag->arena, "%zu statements that come from here", n)
                             : arena_printf(diag->arena, "`%s`", row->text);
    struct diag_item *item =
        diag_add(diag, code, line->loc, "%s holds %s%s", none ? "nobody" : r->columns[row->holder]->name,
                 none ? "" : "only a part of ", what);
    for (size_t i = 0; i < r->n_columns; i++)
        if (r->counts[i] && *row->holds[i].why)
            diag_note(diag, item, (struct loc){0}, "%s: %s", r->columns[i]->name, row->holds[i].why);
    const char *missing = missing_enforcer(r->policy, row->stmt);
    if (missing)
        diag_note(diag, item, (struct loc){0}, "%s isn't among the enforcers", missing);
    if (n > 1)
        diag_note(diag, item, (struct loc){0}, "they are %s", some_texts(diag->arena, rows, n));
    else if (line != written)
        diag_note(diag, item, written->loc, "written here");
    if (is_idle_when_privileged(r, line))
        diag_note(diag, item, (struct loc){0}, "this rule holds nothing on a privileged container");
    if (row->kind == ROW_STATEMENT || row->kind == ROW_REQUIRE)
        diag_note(diag, item, (struct loc){0}, "write `best-effort` before it if %s",
                  code == DIAG_COVERAGE ? "the gate is to pass over it"
                                        : "the policy is to compile without it");
}

/* The calls that a requirement denies: the requirement has a row of its own. */
static bool is_requirement(const struct report *r, const struct ir_stmt *s) {
    for (size_t i = 0; i < r->policy->n_requires; i++)
        if (r->policy->requires[i].origin == s->origin)
            return true;
    return false;
}

/* The outputs of such policies carry profiles only, so that requirements are nobody's. */
static bool only_looks(const struct ir_policy *p) {
    return p->reaction == REACTION_OBSERVE || p->mode == MODE_BEHAVIOR_MODELING;
}

static bool has_no_holder(const struct report *r, const struct report_row *row, enum report_gate gate) {
    (void)gate;
    bool own = row->kind == ROW_STATEMENT && row->stmt->verdict == VERDICT_DENY && !row->stmt->derived_from &&
               !is_requirement(r, row->stmt);
    bool required = row->kind == ROW_REQUIRE && row->origin && !only_looks(r->policy);
    return (own || required) && !row->best_effort && row->best.level == HOLD_NONE &&
           !(row->stmt && held_by_derived(r, row->stmt));
}

static bool misses(const struct report *r, const struct report_row *row, enum report_gate gate) {
    (void)r;
    enum hold_level level = row->best.level;
    return !row->best_effort && (level == HOLD_NONE || (gate == GATE_FULL && level == HOLD_UNDER));
}

/* One line brought both, and the same is to be said of both. */
static bool same_complaint(const struct report *r, const struct report_row *a, const struct report_row *b) {
    bool same = a->kind == b->kind && outermost(a) == outermost(b) && a->holder == b->holder &&
                a->best.level == b->best.level &&
                missing_enforcer(r->policy, a->stmt) == missing_enforcer(r->policy, b->stmt);
    for (size_t i = 0; i < r->n_columns && same; i++)
        same = !r->counts[i] || strcmp(a->holds[i].why, b->holds[i].why) == 0;
    return same;
}

/* Complains of all rows that are wrong in that way, once for those that are alike; returns how many. */
static size_t complain_of(const struct report *r, enum report_gate gate, struct diag *diag,
                          enum diag_code code,
                          bool (*wrong)(const struct report *, const struct report_row *, enum report_gate)) {
    const struct report_row **alike = arena_alloc(diag->arena, (r->n_rows + 1) * sizeof *alike);
    bool *said = memset(arena_alloc(diag->arena, r->n_rows + 1), 0, r->n_rows + 1);
    size_t all = 0;
    for (size_t i = 0; i < r->n_rows; i++) {
        size_t n = 0;
        for (size_t k = i; k < r->n_rows && wrong(r, &r->rows[i], gate); k++)
            if (!said[k] && wrong(r, &r->rows[k], gate) && same_complaint(r, &r->rows[i], &r->rows[k])) {
                alike[n++] = &r->rows[k];
                said[k] = true;
            }
        if (n)
            complain(r, alike, n, diag, code);
        all += n;
    }
    return all;
}

void report_check(const struct report *r, struct diag *diag) {
    complain_of(r, GATE_ANY, diag, DIAG_NOBODY_HOLDS, has_no_holder);
}

size_t report_gate(const struct report *r, enum report_gate gate, struct diag *diag) {
    return complain_of(r, gate, diag, DIAG_COVERAGE, misses);
}

/* ---- for programs ---- */

static json_t *place_json(const struct sources *sources, const struct origin *origin) {
    struct buf path BUF_CLEANUP = {0};
    struct place place;
    if (!origin || !source_place(sources, origin->loc.begin, &place))
        return json_null();
    const char *name = source_stable_path(sources, place.file);
    buf_add_safe(&path, name, strlen(name));
    return json_pack("{s:s, s:i, s:i}", "file", buf_text(&path), "line", (int)place.line, "column",
                     (int)place.col);
}

static json_t *row_json(const struct report *r, const struct report_row *row, const struct sources *sources) {
    json_t *columns = json_object();
    for (size_t i = 0; i < r->n_columns; i++)
        json_object_set_new(columns, r->columns[i]->name,
                            json_pack("{s:s, s:s}", "level", report_level_name(row->holds[i].level), "why",
                                      row->holds[i].why));
    json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:b, s:o}", "kind", kinds[row->kind], "text", row->text,
                             "best", report_level_name(row->best.level), "why", row->best.why, "best_effort",
                             row->best_effort, "columns", columns);
    json_object_set_new(json, "holder",
                        row->holder < 0 ? json_null() : json_string(r->columns[row->holder]->name));
    json_object_set_new(json, "place", place_json(sources, row->origin));
    if (row->stmt) {
        json_object_set_new(json, "id", json_integer(row->stmt->id));
        if (row->stmt->derived_from)
            json_object_set_new(json, "derived_from", json_integer(row->stmt->derived_from->id));
        if (row->stmt->block >= 0)
            json_object_set_new(json, "for_exec", json_string(r->policy->blocks[row->stmt->block].name));
        if (row->stmt->part)
            json_object_set_new(json, "part", json_string(row->stmt->part));
    }
    return json;
}

json_t *report_json(const struct report *r, const struct sources *sources) {
    json_t *rows = json_array(), *counts = json_array();
    for (size_t i = 0; i < r->n_columns; i++)
        if (r->counts[i])
            json_array_append_new(counts, json_string(r->columns[i]->name));
    for (size_t i = 0; i < r->n_rows; i++)
        json_array_append_new(rows, row_json(r, &r->rows[i], sources));
    return json_pack("{s:s, s:s, s:o, s:o}", "policy", r->policy->name, "mode", ir_mode_name(r->policy->mode),
                     "counted", counts, "rows", rows);
}
