#include "judge.h"

#include "links.h"
#include <ctype.h>
#include <string.h>

static void set_actor(struct compilation *c, const struct expect *x, struct events *events) {
    const char **chain = arena_alloc(c->arena, (x->n_chain + 1) * sizeof *chain);
    for (size_t i = 0; i < x->n_chain; i++)
        chain[i] = links_resolve(c->arena, &c->lower.links, x->chain[i]);
    for (size_t i = 0; i < events->list.n; i++) {
        events->list.items[i].chain = chain;
        events->list.items[i].n_chain = x->n_chain;
    }
}

void judge_events(struct compilation *c, const struct ir_policy *policy, const struct expect *x,
                  struct events *events) {
    events_of(c->arena, policy, lower_expect(&c->lower, x), events);
    set_actor(c, x, events);
}

/* What stands at that place, if it is one word, such as a constant's name. */
static const char *word_at(struct compilation *c, struct loc loc) {
    const struct source_file *file = source_of(&c->sources, loc.begin);
    if (!file || loc.end <= loc.begin || loc.end > file->base + file->len)
        return NULL;
    const char *text = arena_strndup(c->arena, file->text + (loc.begin - file->base), loc.end - loc.begin);
    size_t n = 0;
    while (isalnum((unsigned char)text[n]) || text[n] == '_')
        n++;
    return isalpha((unsigned char)*text) && !text[n] ? text : NULL;
}

/* The event's text with that argument's number as the expectation has it. */
static const char *named(struct compilation *c, const char *text, const struct test_expr *t) {
    const char *word =
        t->kind == TEST_COMPARE && t->cmp == CMP_EQ && !t->masked ? word_at(c, t->value_loc) : NULL;
    if (t->kind == TEST_AND)
        return named(c, named(c, text, t->a), t->b);
    if (!word)
        return text;
    const char *number = arena_printf(c->arena, "%s: 0x%llx", t->arg, (unsigned long long)t->value),
               *found = strstr(text, number);
    bool whole = found && found > text && strchr("( ", found[-1]) && strchr(",)", found[strlen(number)]);
    return whole ? arena_printf(c->arena, "%.*s%s: %s%s", (int)(found - text), text, t->arg, word,
                                found + strlen(number))
                 : text;
}

const char *judge_event_text(struct compilation *c, const struct expect *x, const struct event *e) {
    struct buf out BUF_CLEANUP = {0};
    event_print(&out, e);
    const char *text = arena_strdup(c->arena, buf_text(&out));
    for (size_t i = 0; i < x->what->n_calls && e->class == CLASS_SYSCALL; i++)
        if (x->what->calls[i].test && syscall_number(x->what->calls[i].id, e->abi) == (int)e->nr)
            text = named(c, text, x->what->calls[i].test);
    return text;
}
