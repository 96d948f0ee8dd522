#include "judge.h"

#include "links.h"

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
