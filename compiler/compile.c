#include "compile.h"

#include "suggest.h"
#include <string.h>

void compile_init(struct compilation *c) {
    *c = (struct compilation){.arena = arena_new()};
    c->sources.arena = c->arena;
    c->diag = (struct diag){.sources = &c->sources, .arena = c->arena};
}

void compile_free(struct compilation *c) {
    arena_free(c->arena);
}

static void lower_all(struct compilation *c) {
    size_t n = c->checked.policies.n;
    lower_init(&c->lower, c->arena, &c->diag, &c->checked, c->disks);
    c->policies = arena_alloc(c->arena, (n + 1) * sizeof *c->policies);
    for (size_t t = 0; t < c->checked.tests.n; t++) /* mistakes in expectations show in every verb */
        for (size_t i = 0; i < c->checked.tests.items[t].expects.n; i++)
            lower_expect(&c->lower, &c->checked.tests.items[t].expects.items[i]);
    for (size_t i = 0; i < n; i++)
        c->policies[i] = lower_policy(&c->lower, c->checked.policies.items[i]);
}

/* A pass goes on to its end; the next doesn't start behind an error. */
int compile_load(struct compilation *c, const char *path, const char *stdlib_dir, struct err *err) {
    if (parse_program(c->arena, &c->sources, &c->diag, path, stdlib_dir, &c->program, err) < 0)
        return -1;
    if (!c->diag.errors)
        resolve_program(c->arena, &c->diag, &c->program, &c->checked);
    if (!c->diag.errors)
        checks_run(&c->diag, &c->checked);
    if (!c->diag.errors)
        lower_all(c);
    if (!c->diag.errors)
        lints_run(c->arena, &c->diag, &c->lower.links, c->policies, c->checked.policies.n);
    return c->diag.errors ? 1 : 0;
}

bool compile_outputs(struct compilation *c, const struct ir_policy *policy, const struct node *node,
                     struct outputs *out) {
    for (size_t i = 0; i < backends_count; i++)
        if (backends[i]->applies(policy, node) && !backends[i]->emit(c->arena, policy, node, &c->diag, out))
            return false;
    return true;
}

size_t compile_selected(const struct compilation *c, const char *only, const struct ir_policy ***selected) {
    size_t n = 0;
    *selected = arena_alloc(c->arena, (c->checked.policies.n + 1) * sizeof **selected);
    for (size_t i = 0; i < c->checked.policies.n; i++)
        if (only ? strcmp(c->policies[i]->name, only) == 0 : !c->policies[i]->is_abstract)
            (*selected)[n++] = c->policies[i];
    return n;
}

void compile_nothing_selected(struct compilation *c, const char *only) {
    struct suggest suggest = {.word = only ? only : ""};
    const char *path = c->sources.main->path;
    struct diag_item *item =
        only ? diag_add(&c->diag, DIAG_NO_POLICY, (struct loc){0}, "%s has no policy `%s`", path, only)
             : diag_add(&c->diag, DIAG_NO_POLICY, (struct loc){0}, "%s has no policy to compile", path);
    for (size_t i = 0; only && i < c->checked.policies.n; i++)
        suggest_consider(&suggest, c->policies[i]->name);
    if (suggest.best)
        diag_note(&c->diag, item, (struct loc){0}, "did you mean `%s`?", suggest.best);
    for (size_t i = 0; only && !suggest.best && i < c->checked.policies.n; i++)
        diag_note(&c->diag, item, c->policies[i]->origin->loc, "there is this one");
    for (size_t i = 0; !only && i < c->checked.policies.n; i++)
        diag_note(&c->diag, item, c->policies[i]->origin->loc, "this one is abstract: others extend it");
}
