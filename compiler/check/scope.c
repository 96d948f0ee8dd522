#include "scope.h"

#include "suggest.h"
#include <string.h>

/* Which declarations each sort of name may be. */
static bool is_sort(const struct ast *node, enum scope_sort sort) {
    switch (sort) {
    case SCOPE_LET:
        return node->kind == NODE_LET;
    case SCOPE_RULE:
        return node->kind == NODE_RULE || node->kind == NODE_ALIAS;
    case SCOPE_POLICY:
        return node->kind == NODE_POLICY;
    }
    return false;
}

static bool find_in(const struct unit *unit, enum scope_sort sort, const char *name, struct found *found) {
    const struct map *names[] = {
        [SCOPE_LET] = &unit->lets, [SCOPE_RULE] = &unit->rules, [SCOPE_POLICY] = &unit->policies};
    const struct ast *node = map_get(names[sort], name, strlen(name));
    if (node)
        *found = (struct found){.node = node, .unit = unit};
    return node != NULL;
}

static bool find_in_library(const struct program *program, enum scope_sort sort, const char *name,
                            struct found *found) {
    size_t next = 0;
    for (const struct unit *unit; (unit = program_declaring(program, name, &next));)
        if (find_in(unit, sort, name, found))
            return true;
    return false;
}

/* `a.b`: by the import called a; `b`: here, in unqualified imports, in the library. The parts of a rule are
 * found by the caller: their name begins with the rule's. */
static bool find(const struct scope *scope, enum scope_sort sort, const char *ref, struct found *found) {
    const char *dot = strchr(ref, '.');
    for (size_t i = 0; dot && i < scope->unit->n_imports; i++) {
        const struct import *import = &scope->unit->imports[i];
        if (import->as && strlen(import->as) == (size_t)(dot - ref) &&
            strncmp(import->as, ref, (size_t)(dot - ref)) == 0)
            return find_in(import->unit, sort, dot + 1, found);
    }
    if (find_in(scope->unit, sort, ref, found))
        return true;
    for (size_t i = 0; i < scope->unit->n_imports; i++)
        if (!scope->unit->imports[i].as && find_in(scope->unit->imports[i].unit, sort, ref, found))
            return true;
    return find_in_library(scope->program, sort, ref, found);
}

bool scope_find_let(const struct scope *scope, const char *ref, struct found *found) {
    for (const struct binding *b = scope->bindings; b; b = b->next)
        if (strcmp(b->name, ref) == 0) {
            *found = (struct found){.binding = b};
            return true;
        }
    return find(scope, SCOPE_LET, ref, found);
}

bool scope_find_rule(const struct scope *scope, const char *ref, struct found *found) {
    return find(scope, SCOPE_RULE, ref, found);
}

bool scope_find_policy(const struct scope *scope, const char *ref, struct found *found) {
    return find(scope, SCOPE_POLICY, ref, found);
}

bool scope_library_has(const struct program *program, enum scope_sort sort, const char *name) {
    struct found found;
    return find_in_library(program, sort, name, &found);
}

static void consider_unit(struct arena *arena, struct suggest *suggest, const struct unit *unit,
                          const char *as, enum scope_sort sort) {
    for (const struct ast *node = unit->tree->first; node; node = node->next)
        if (is_sort(node, sort))
            suggest_consider(suggest, as ? arena_printf(arena, "%s.%s", as, node->text) : node->text);
}

const char *scope_suggest(struct arena *arena, const struct scope *scope, enum scope_sort sort,
                          const char *ref) {
    struct suggest suggest = {.word = ref};
    for (const struct binding *b = scope->bindings; b && sort == SCOPE_LET; b = b->next)
        suggest_consider(&suggest, b->name);
    consider_unit(arena, &suggest, scope->unit, NULL, sort);
    for (size_t i = 0; i < scope->unit->n_imports; i++)
        consider_unit(arena, &suggest, scope->unit->imports[i].unit, scope->unit->imports[i].as, sort);
    for (size_t i = 0; i < scope->program->n_stdlib; i++)
        consider_unit(arena, &suggest, program_stdlib(scope->program, i), NULL, sort);
    return suggest.best;
}
