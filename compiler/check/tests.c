#include "tests.h"

#include "what.h"
#include "words.h"
#include <string.h>

struct policy *tests_rule_policy(struct resolver *r, const struct scope *scope, const struct ast *item) {
    struct policy *p = ARENA_NEW(r->eval.arena, struct policy);
    *p = (struct policy){.name = item->text,
                         .enforcers = 3,
                         .mode = POLICY_ENHANCE_PROTECT,
                         .base_named = true,
                         .unit = scope->unit};
    p->origin = rules_origin(r, item->loc, "", NULL);
    rules_add(r, scope, item, NULL, &(struct brought){.policy = p, .rule = "", .block = -1, .own = true});
    return p;
}

static struct policy *subject(struct resolver *r, const struct scope *scope, const struct ast *node) {
    if (node->kind == NODE_USEITEM)
        return tests_rule_policy(r, scope, node);
    struct found found;
    if (scope_find_policy(scope, node->text, &found))
        return tests_policy(r, found.node, found.unit);
    struct diag_item *item =
        diag_add(r->eval.diag, DIAG_UNKNOWN_NAME, node->loc, "there is no policy `%s`", node->text);
    const char *near = scope_suggest(r->eval.arena, scope, SCOPE_POLICY, node->text);
    struct found rule;
    if (near)
        diag_note(r->eval.diag, item, (struct loc){0}, "did you mean `%s`?", near);
    else if (scope_find_rule(scope, node->text, &rule))
        diag_note(r->eval.diag, item, (struct loc){0}, "a rule is tested with `for rule %s`", node->text);
    return NULL;
}

static const char *plain(struct resolver *r, const struct ast *node) {
    if (node->text[0] != '/' || strpbrk(node->text, "*?[{"))
        diag_add(r->eval.diag, DIAG_BAD_PATH, node->loc, "a test names one program by its absolute path");
    struct buf out BUF_CLEANUP = {0};
    for (const char *p = node->text; *p; p++)
        buf_add_char(&out, *p == '\\' && p[1] ? *++p : *p);
    return arena_strdup(r->eval.arena, buf_text(&out));
}

static void set_actor(struct resolver *r, const struct ast *as, struct expect *now) {
    VEC(const char *) chain = {0};
    if (strcmp(as->text, "exec") == 0)
        for (const struct ast *path = as->first; path; path = path->next)
            vec_push(r->eval.arena, &chain, plain(r, path));
    else
        plain(r, as->first);
    now->chain = chain.items;
    now->n_chain = chain.n;
}

/* 0: none is given, or a wrong one. */
static int expected_errno(struct resolver *r, const struct ast *node, const struct expect *expect) {
    const struct ast *given = ast_child(node, NODE_ERRNO);
    if (given && (expect->what->class != CLASS_SYSCALL || expect->effect == EFFECT_ALLOW))
        diag_add(r->eval.diag, DIAG_BAD_ERRNO, given->loc,
                 "an errno is for denied system calls: nothing else has one");
    return given ? words_find(r->eval.diag, WORD_ERRNO, given->text, given->loc) : 0;
}

static void add_expect(struct resolver *r, const struct scope *scope, const struct ast *node,
                       struct expect now, struct test *test) {
    struct stmt *s = ARENA_NEW(r->eval.arena, struct stmt);
    s->block = -1;
    s->origin = rules_origin(r, node->loc, "", NULL);
    if (node->flags & FLAG_ONLY)
        diag_add(r->eval.diag, DIAG_NOT_HERE, node->loc,
                 "an expectation is `allow` or `deny`: what `allow only` denies is another line");
    what_eval(&r->eval, scope, node->first, s);
    const struct ast *abi = ast_child(node, NODE_ABI);
    if (abi)
        s->abi = words_find(r->eval.diag, WORD_ABI, abi->text, abi->loc);
    now.effect = node->flags & FLAG_ALLOW ? EFFECT_ALLOW : EFFECT_DENY;
    now.audit = node->flags & FLAG_AUDIT;
    now.what = s;
    now.err = expected_errno(r, node, &now);
    now.loc = node->loc;
    vec_push(r->eval.arena, &test->expects, now);
}

void tests_add(struct resolver *r, const struct ast *node, struct checked *checked) {
    struct scope *scope = ARENA_NEW(r->eval.arena, struct scope);
    *scope = (struct scope){.unit = r->program->main, .program = r->program};
    struct test test = {.title = node->text, .loc = node->loc};
    test.policy = subject(r, scope, node->first);
    struct expect now = {0};
    for (const struct ast *item = node->first->next; item; item = item->next) {
        if (item->kind == NODE_AS)
            set_actor(r, item, &now);
        else if (item->kind == NODE_EXPECT)
            add_expect(r, scope, item, now, &test);
    }
    if (test.policy)
        vec_push(r->eval.arena, &checked->tests, test);
}
