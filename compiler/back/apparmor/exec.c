#include "lowering.h"

#include <string.h>

/* Where exec rules with different transitions match one path, apparmor_parser prefers those without `*`, `?`
 * and `[`
 * ("names" here), and refuses the profile if two of a kind remain ("conflicting x modifiers"). So programs
 * that enter blocks are either names, or taken out of all other exec rules. */

static const struct glob *parse(struct arena *arena, const char *text) {
    return aa_pathset_of(arena, &text, 1).in[0];
}

static uint64_t blocks_of(const struct ir_policy *policy, const char *path) {
    return ir_blocks_entered(policy, &path, 1);
}

static void add_cell(struct arena *arena, struct aa_cells *cells, struct aa_cell cell) {
    for (size_t i = 0; i < cells->n; i++)
        if (!strcmp(cells->items[i].glob, cell.glob))
            return;
    vec_push(arena, cells, cell);
}

struct wild {
    struct arena *arena;
    const struct ir_policy *policy;
    VEC(const struct glob *) globs;
    VEC(const char *) examples; /* a path of each cell that some glob matches */
};

static void add_wild(struct wild *wild, const struct glob *glob) {
    for (size_t i = 0; i < wild->globs.n; i++)
        if (!strcmp(glob_text(wild->globs.items[i]), glob_text(glob)))
            return;
    vec_push(wild->arena, &wild->globs, glob);
}

static void see_cell(void *context, const char *path, const uint64_t *matched) {
    (void)matched;
    struct wild *wild = context;
    for (size_t i = 0; i < wild->globs.n; i++)
        if (glob_match(wild->globs.items[i], path)) {
            vec_push(wild->arena, &wild->examples, arena_strdup(wild->arena, path));
            return;
        }
}

/* What all globs that match the path have in common, without the others. */
static bool cell_paths(struct wild *wild, const char *path, struct pathset *set) {
    VEC(const struct glob *) out = {0};
    *set = aa_every_path;
    for (size_t i = 0; i < wild->globs.n; i++) {
        struct pathset one = {.in = &wild->globs.items[i], .n_in = 1}, both;
        if (!glob_match(wild->globs.items[i], path))
            vec_push(wild->arena, &out, wild->globs.items[i]);
        else if (aa_meet_paths(wild->arena, set, &one, &both) != AA_MEET_SOME)
            return false;
        else
            *set = both;
    }
    for (size_t i = 0; i < set->n_out; i++)
        vec_push(wild->arena, &out, set->out[i]);
    set->out = out.items;
    set->n_out = out.n;
    return true;
}

static bool add_wild_cells(struct wild *wild, struct aa_cells *cells) {
    enum { MAX_CELLS = 4096 };
    if (wild->globs.n &&
        glob_cells(wild->arena, wild->globs.items, wild->globs.n, MAX_CELLS, see_cell, wild) < 0)
        return false;
    for (size_t i = 0; i < wild->examples.n; i++) {
        struct pathset set;
        struct aa_globs globs;
        if (!cell_paths(wild, wild->examples.items[i], &set) || !aa_globs(wild->arena, &set, &globs))
            return false;
        /* The example may be a name that enters more blocks than its cell does. */
        uint64_t blocks = 0;
        for (size_t b = 0; b < wild->policy->n_blocks; b++)
            for (size_t g = 0; g < wild->policy->blocks[b].n_programs; g++) {
                const struct glob *program = wild->policy->blocks[b].programs[g];
                if (aa_is_wild(glob_text(program)) && glob_match(program, wild->examples.items[i]))
                    blocks |= UINT64_C(1) << b;
            }
        for (size_t g = 0; g < globs.n; g++)
            add_cell(wild->arena, cells, (struct aa_cell){globs.items[g], false, blocks});
    }
    return true;
}

bool aa_exec_cells(struct arena *arena, const struct ir_policy *policy, struct aa_cells *cells) {
    struct wild wild = {.arena = arena, .policy = policy};
    *cells = (struct aa_cells){0};
    for (size_t b = 0; b < policy->n_blocks; b++)
        for (size_t g = 0; g < policy->blocks[b].n_programs; g++) {
            const struct glob *program = policy->blocks[b].programs[g];
            struct aa_globs names;
            if (aa_is_wild(glob_text(program)))
                add_wild(&wild, program);
            else if (!aa_names(arena, glob_text(program), &names))
                return false;
            else
                for (size_t i = 0; i < names.n; i++) {
                    uint64_t blocks = blocks_of(policy, glob_literal(parse(arena, names.items[i])));
                    add_cell(arena, cells, (struct aa_cell){names.items[i], true, blocks});
                }
        }
    return add_wild_cells(&wild, cells);
}

size_t aa_exec_targets(const struct aa_profile *p, const struct aa_cells *cells) {
    size_t n = strcmp(aa_exec_perm(p), "ix") != 0;
    for (size_t i = 0; i < cells->n; i++) {
        size_t before = 0;
        while (cells->items[before].blocks != cells->items[i].blocks)
            before++;
        n += before == i;
    }
    return n;
}

/* The rules. `out` NULL: only to see whether they are exact. */

struct writer {
    struct buf *out;
    const struct aa_profile *p;
    struct aa_cells cells;
    struct aa_rects allowed;
    struct aa_exec_state state;
};

static void line(struct writer *w, const char *qualifier, const char *glob, const char *perms) {
    if (!w->out)
        return;
    buf_printf(w->out, "  %s", qualifier);
    buf_add_apparmor_quoted(w->out, glob);
    buf_printf(w->out, " %s,\n", perms);
}

static bool has_cell(const struct writer *w, const char *name) {
    for (size_t i = 0; i < w->cells.n; i++)
        if (w->cells.items[i].is_name && !strcmp(w->cells.items[i].glob, name))
            return true;
    return false;
}

/* A set without the programs that enter blocks. Those that are names needn't be taken out of what is wild. */
static void add_rest_of(struct writer *w, const char *qualifier, const char *glob) {
    struct aa_globs names;
    bool apart = false;
    if (!aa_is_wild(glob) && aa_names(w->p->arena, glob, &names)) {
        for (size_t i = 0; i < names.n; i++)
            apart = apart || has_cell(w, names.items[i]);
        for (size_t i = 0; apart && i < names.n; i++)
            if (!has_cell(w, names.items[i]))
                line(w, qualifier, names.items[i], aa_exec_perm(w->p));
    }
    if (!apart)
        line(w, qualifier, glob, aa_exec_perm(w->p));
}

static void add_rest(struct writer *w, const char *qualifier, bool owner, const struct pathset *paths) {
    struct arena *arena = w->p->arena;
    VEC(const char *) wild = {0};
    for (size_t i = 0; i < w->cells.n; i++)
        if (!w->cells.items[i].is_name)
            vec_push(arena, &wild, w->cells.items[i].glob);
    struct aa_globs globs;
    struct pathset programs = aa_pathset_of(arena, wild.items, wild.n), rest = *paths;
    bool exact = true;
    if (!wild.n)
        exact = aa_globs(arena, paths, &globs);
    else if (paths->any)
        exact = aa_globs_outside(arena, &programs, &globs);
    else {
        VEC(const struct glob *) out = {0};
        for (size_t i = 0; i < paths->n_out + programs.n_in; i++)
            vec_push(arena, &out, i < paths->n_out ? paths->out[i] : programs.in[i - paths->n_out]);
        rest.out = out.items;
        rest.n_out = out.n;
        exact = aa_globs(arena, &rest, &globs);
    }
    if (wild.n && !exact) {
        w->state.refused = true;
        return;
    }
    const char *all = arena_printf(arena, "%s%s", qualifier, owner ? "owner " : "");
    for (size_t i = 0; i < globs.n; i++)
        add_rest_of(w, all, globs.items[i]);
}

static bool allows_everything(const struct writer *w) {
    for (size_t i = 0; i < w->allowed.n; i++)
        if (!w->allowed.items[i].match.has_paths)
            return true;
    return false;
}

/* The part of a cell that no statement lets be executed. It keeps its transition: what a program may do
 * doesn't depend on how it was started. */
static void deny_rest_of_cell(struct writer *w, const char *qualifier, const struct aa_cell *cell) {
    struct arena *arena = w->p->arena;
    VEC(const struct glob *) out = {0};
    for (size_t i = 0; i < w->allowed.n; i++) {
        struct aa_globs globs;
        if (!aa_globs(arena, &w->allowed.items[i].match.paths, &globs))
            w->state.under = true;
        struct pathset set = aa_pathset_of(arena, globs.items, globs.n);
        for (size_t g = 0; g < set.n_in; g++)
            vec_push(arena, &out, set.in[g]);
    }
    struct pathset one = aa_pathset_of(arena, &cell->glob, 1), may = {.in = out.items, .n_in = out.n};
    struct aa_globs denied;
    if (pathset_subset(arena, &one, &may) == GLOB_YES)
        return;
    one.out = out.items;
    one.n_out = out.n;
    if (!aa_globs(arena, &one, &denied)) {
        w->state.under = true;
        return;
    }
    for (size_t i = 0; i < denied.n; i++)
        line(w, qualifier, denied.items[i], "x");
}

static const char *stack_of(const struct writer *w, uint64_t blocks) {
    const char *stack = "";
    for (size_t b = 0; b < w->p->policy->n_blocks; b++)
        if (blocks >> b & 1)
            stack = arena_printf(w->p->arena, "%s%s&%s//%s", stack, *stack ? "//" : "", w->p->name,
                                 w->p->policy->blocks[b].name);
    return stack;
}

static bool speaks_of_exec(const struct aa_profile *p, const struct ir_stmt *stmt) {
    return stmt->class == CLASS_FILE && stmt->ops & OP_EXEC && aa_denies_here(p, stmt);
}

/* Does it want a log of execs that it lets happen: an observed denial, an audited allow? */
static bool logs_execs(const struct aa_profile *p, const struct ir_stmt *stmt) {
    if (stmt->verdict == VERDICT_ALLOW)
        return stmt->class == CLASS_FILE && stmt->ops & OP_EXEC && stmt->audit && stmt->block == p->block;
    return speaks_of_exec(p, stmt) && aa_is_observed(p->policy, stmt);
}

static bool is_logged(const struct aa_profile *p, const struct aa_cell *cell) {
    struct pathset one = aa_pathset_of(p->arena, &cell->glob, 1);
    for (size_t i = 0; i < p->policy->n_stmts; i++) {
        const struct ir_stmt *stmt = p->policy->stmts[i];
        if (!logs_execs(p, stmt))
            continue;
        const struct pathset *paths = stmt->match.has_paths ? &stmt->match.paths : &aa_every_path;
        if (stmt->negated ? pathset_subset(p->arena, &one, paths) != GLOB_YES
                          : pathset_intersects(p->arena, &one, paths) != GLOB_NO)
            return true;
    }
    return false;
}

static const char *denial(const struct aa_profile *p) {
    for (size_t i = 0; i < p->policy->n_stmts; i++) {
        const struct ir_stmt *stmt = p->policy->stmts[i];
        if (stmt->audit &&
            ((speaks_of_exec(p, stmt) && stmt->negated) || (stmt->class == CLASS_FILE && stmt->is_default)))
            return "audit deny ";
    }
    return "deny ";
}

/* Again, logged. */
static void add_logged(struct writer *w) {
    for (size_t i = 0; i < w->p->policy->n_stmts; i++) {
        const struct ir_stmt *stmt = w->p->policy->stmts[i];
        if (!logs_execs(w->p, stmt))
            continue;
        struct ir_match match = {0};
        struct aa_globs globs;
        if (!stmt->negated)
            match = stmt->match;
        else if (stmt->match.has_paths && aa_globs_outside(w->p->arena, &stmt->match.paths, &globs))
            match = (struct ir_match){.has_paths = true,
                                      .paths = aa_pathset_of(w->p->arena, globs.items, globs.n)};
        for (size_t r = 0; r < w->allowed.n; r++) {
            struct ir_match both;
            if (aa_meet_match(w->p->arena, &w->allowed.items[r].match, &match, &both) == AA_MEET_SOME)
                add_rest(w, "audit ", both.owner, both.has_paths ? &both.paths : &aa_every_path);
        }
    }
}

static void write_rules(struct writer *w) {
    for (size_t i = 0; i < w->allowed.n; i++) {
        const struct ir_match *match = &w->allowed.items[i].match;
        add_rest(w, "", match->owner, match->has_paths ? &match->paths : &aa_every_path);
    }
    add_logged(w);
    for (size_t i = 0; i < w->cells.n; i++) {
        const struct aa_cell *cell = &w->cells.items[i];
        const char *perms = arena_printf(w->p->arena, "cix -> %s", stack_of(w, cell->blocks));
        line(w, is_logged(w->p, cell) ? "audit " : "", cell->glob, perms);
        if (!allows_everything(w))
            deny_rest_of_cell(w, denial(w->p), cell);
    }
}

static struct writer writer_of(struct buf *out, const struct aa_profile *p) {
    struct writer w = {.out = out, .p = p, .allowed = aa_allowed(p, CLASS_FILE, OP_EXEC, NULL, NULL)};
    w.state.refused = !aa_exec_cells(p->arena, p->policy, &w.cells);
    return w;
}

void aa_add_exec(struct buf *out, const struct aa_profile *p) {
    struct writer w = writer_of(out, p);
    write_rules(&w);
}

struct aa_exec_state aa_exec_try(const struct aa_profile *p) {
    struct writer w = writer_of(NULL, p);
    if (!w.state.refused)
        write_rules(&w);
    return w.state;
}
