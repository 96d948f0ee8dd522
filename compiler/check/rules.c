#include "rules.h"

#include "parts.h"
#include "suggest.h"
#include "what.h"
#include "words.h"
#include <string.h>

const struct origin *rules_origin(struct resolver *r, struct loc loc, const char *rule,
                                  const struct origin *via) {
    struct origin *o = ARENA_NEW(r->eval.arena, struct origin);
    *o = (struct origin){.loc = loc, .rule = rule, .via = via};
    return o;
}

static const struct origin *origin_of(struct resolver *r, struct loc loc, const struct brought *how,
                                      unsigned flags) {
    struct origin *o = ARENA_NEW(r->eval.arena, struct origin);
    *o = (struct origin){.loc = loc,
                         .rule = how->rule,
                         .via = how->via,
                         .best_effort = (flags | how->flags) & FLAG_BEST_EFFORT};
    return o;
}

const struct scope *rules_bind_lets(struct resolver *r, const struct scope *scope, const struct ast *first) {
    struct scope *inner = ARENA_NEW(r->eval.arena, struct scope);
    *inner = *scope;
    for (const struct ast *node = first; node; node = node->next) {
        if (node->kind != NODE_LET)
            continue;
        struct binding *b = ARENA_NEW(r->eval.arena, struct binding);
        *b = (struct binding){.name = node->text,
                              .value = node->first,
                              .except = ast_child(node, NODE_EXCEPT),
                              .scope = inner,
                              .next = inner->bindings};
        inner->bindings = b;
    }
    return inner;
}

bool rules_is_base(const struct ast *rule) {
    const struct ast *category = ast_child(rule, NODE_CATEGORY);
    for (const struct ast *name = category ? category->first : NULL; name; name = name->next)
        if (strcmp(name->text, "base") == 0)
            return true;
    return false;
}

static void not_here(struct resolver *r, struct loc loc, const char *what, const char *way_out) {
    diag_note(r->eval.diag, diag_add(r->eval.diag, DIAG_NOT_HERE, loc, "%s", what), (struct loc){0}, "%s",
              way_out);
}

static void check_statement(struct resolver *r, const struct ast *node, const struct stmt *s) {
    const struct ast *errno_node = ast_child(node, NODE_ERRNO), *when = ast_child(node, NODE_WHEN);
    if (errno_node && (s->class != CLASS_SYSCALL || s->effect == EFFECT_ALLOW))
        diag_add(r->eval.diag, DIAG_BAD_ERRNO, errno_node->loc,
                 "an errno is for denied system calls: nothing else has one");
    if (when && s->class == CLASS_CAPABILITY)
        not_here(r, when->loc, "a capability can't depend on a capability",
                 "`when` is for other statements: they then go by the grants");
    if (s->class == CLASS_FILE && s->ops & OP_APPEND && s->ops != OP_ACCESS && s->effect != EFFECT_ALLOW)
        diag_note(r->eval.diag,
                  diag_add(r->eval.diag, DIAG_APPEND, node->loc,
                           "`append` can be allowed, not denied: a program would leave O_APPEND out"),
                  (struct loc){0}, "deny `write`, which has appending in it");
    if (s->effect == EFFECT_ALLOW_ONLY && !node->first->first)
        diag_note(r->eval.diag,
                  diag_add(r->eval.diag, DIAG_EMPTY_LIST, node->loc,
                           "`allow only` of a whole class denies nothing"),
                  (struct loc){0}, "say what is allowed of it, or `deny` it");
    if (s->block >= 0 && s->effect == EFFECT_ALLOW)
        not_here(r, node->loc, "a `for exec` block only narrows: `allow` has no meaning in it",
                 "put it beside the block, in the policy; or write `allow only`");
    if (s->block >= 0 && s->class == CLASS_SYSCALL && !s->by_use)
        not_here(
            r, node->loc,
            "system calls can't be denied for some programs only: a filter doesn't know which program runs",
            "put it beside the block, in the policy");
}

static void eval_suffixes(struct resolver *r, const struct scope *scope, const struct ast *node,
                          struct stmt *s) {
    const struct ast *errno_node = ast_child(node, NODE_ERRNO), *when = ast_child(node, NODE_WHEN);
    if (errno_node) {
        int err = words_find(r->eval.diag, WORD_ERRNO, errno_node->text, errno_node->loc);
        s->err = err > 0 ? err : 0;
    }
    if (when) {
        s->has_when = true;
        s->when_not = when->flags & FLAG_NOT;
        s->when = what_capabilities(&r->eval, scope, when->first, &s->says_nothing);
    }
}

static struct stmt *new_stmt(struct resolver *r, const struct ast *node, const struct brought *how) {
    struct stmt *s = ARENA_NEW(r->eval.arena, struct stmt);
    unsigned flags = node->flags | how->flags;
    *s = (struct stmt){
        .audit = flags & FLAG_AUDIT,
        .best_effort = flags & FLAG_BEST_EFFORT,
        .broad = flags & FLAG_BROAD,
        .block = how->block,
        .own = how->own,
        .by_use = how->by_use,
        .part = how->part,
        .excepted = how->excepted,
        .abi = -1,
        .origin = origin_of(r, node->loc, how, flags),
    };
    return s;
}

static void add_statement(struct resolver *r, const struct scope *scope, const struct ast *node,
                          const struct brought *how) {
    struct stmt *s = new_stmt(r, node, how);
    s->effect = !(node->flags & FLAG_ALLOW) ? EFFECT_DENY
                : node->flags & FLAG_ONLY   ? EFFECT_ALLOW_ONLY
                                            : EFFECT_ALLOW;
    what_eval(&r->eval, scope, node->first, s);
    eval_suffixes(r, scope, node, s);
    check_statement(r, node, s);
    vec_push(r->eval.arena, &how->policy->stmts, s);
}

static void add_default(struct resolver *r, const struct scope *scope, const struct ast *node,
                        const struct brought *how) {
    if (!how->in_base_rule) {
        not_here(r, node->loc, "a class default belongs to a base", "write it in a rule of `category base`");
        return;
    }
    for (const struct ast *what = node->first; what; what = what->next) {
        if (what->kind != NODE_NAME && what->kind != NODE_WHAT)
            continue;
        struct stmt *s = new_stmt(r, node, how);
        s->effect = EFFECT_DEFAULT_DENY;
        if (what->kind == NODE_WHAT)
            what_eval(&r->eval, scope, what, s);
        else {
            int class = words_find(r->eval.diag, WORD_CLASS, what->text, what->loc);
            s->class = class < 0 ? CLASS_FILE : (enum event_class) class;
        }
        eval_suffixes(r, scope, node, s);
        vec_push(r->eval.arena, &how->policy->stmts, s);
    }
}

/* "//proc/" is "/proc". */
static const char *normal_path(struct resolver *r, const char *path) {
    char *out = arena_alloc(r->eval.arena, strlen(path) + 2), *end = out;
    for (const char *p = path; *p; p++)
        if (*p != '/' || end == out || end[-1] != '/')
            *end++ = *p;
    if (end > out + 1 && end[-1] == '/')
        end[-1] = '\0';
    return out;
}

static void add_require(struct resolver *r, const struct scope *scope, const struct ast *node,
                        const struct brought *how) {
    (void)scope;
    if (how->block >= 0)
        not_here(r, node->loc, "a requirement holds for the whole process",
                 "put it beside the block, in the policy");
    if (node->flags & (FLAG_AUDIT | FLAG_BROAD))
        not_here(r, node->loc, "a requirement is neither logged nor blocks more than it says",
                 "`best-effort` alone goes before `require`");
    for (const struct ast *req = node->first; req; req = req->next) {
        if (words_find(r->eval.diag, WORD_REQUIREMENT, req->text, req->loc) < 0)
            continue;
        struct require require = {.what = req->text,
                                  .writable = req->flags & FLAG_WRITABLE,
                                  .own = how->own,
                                  .best_effort = (node->flags | how->flags) & FLAG_BEST_EFFORT,
                                  .origin = origin_of(r, req->loc, how, node->flags)};
        if (req->first) {
            require.host = normal_path(r, req->first->text);
            require.at = normal_path(r, req->first->next->text);
            if (*require.host != '/' || *require.at != '/')
                diag_add(r->eval.diag, DIAG_BAD_PATH, req->loc,
                         "a host path and where it is mounted are absolute paths");
        }
        vec_push(r->eval.arena, &how->policy->requires, require);
    }
}

static void add_raw(struct resolver *r, const struct scope *scope, const struct ast *node,
                    const struct brought *how) {
    (void)scope;
    struct raw raw = {node->text, rules_origin(r, node->loc, how->rule, how->via)};
    if (strcmp(node->first->text, "apparmor") == 0) {
        if (how->block >= 0)
            vec_push(r->eval.arena, &how->policy->blocks.items[how->block].raw_apparmor, raw);
        else
            vec_push(r->eval.arena, &how->policy->raw_apparmor, raw);
    } else if (strcmp(node->first->text, "seccomp") != 0)
        not_here(r, node->first->loc, "raw text is for `apparmor` or `seccomp`",
                 "`raw apparmor \"\"\"…\"\"\";`");
    else if (how->block >= 0)
        not_here(r, node->first->loc,
                 "a filter doesn't know which program runs: in a `for exec` block raw text is for `apparmor` "
                 "alone",
                 "put it beside the block, in the policy");
    else
        vec_push(r->eval.arena, &how->policy->raw_seccomp, raw);
}

static void add_use(struct resolver *r, const struct scope *scope, const struct ast *node,
                    const struct brought *how) {
    struct brought inner = *how;
    inner.flags |= node->flags & (FLAG_AUDIT | FLAG_BEST_EFFORT | FLAG_BROAD);
    for (const struct ast *item = node->first; item; item = item->next)
        if (item->kind == NODE_USEITEM)
            rules_add(r, scope, item, ast_child(node, NODE_EXCEPT), &inner);
}

/* Does the policy itself take the part away, not a base from a base that it is made of? */
static bool is_policys(const struct policy *policy, const struct ast *excluded) {
    for (size_t i = 0; i < policy->excepted.n; i++)
        if (policy->excepted.items[i]->loc.begin == excluded->loc.begin)
            return true;
    return false;
}

static void add_part(struct resolver *r, const struct scope *scope, const struct ast *part,
                     const struct brought *how) {
    const struct ast *excluded = parts_excluded(how->excluded, part);
    struct brought inner = *how;
    inner.rule = arena_printf(r->eval.arena, "%s.%s", how->rule, part->text);
    if (how->name_parts) {
        inner.part = part->text;
        inner.name_parts = false;
    }
    if (excluded && !(is_policys(how->policy, excluded) &&
                      policy_is_mask(&(struct stmt){.part = inner.part, .own = inner.own})))
        return;
    if (excluded)
        inner.excepted = excluded; /* what is left of it is for lower to say */
    rules_add_body(r, scope, part->first, &inner);
}

static void (*const adders[NODE_COUNT])(struct resolver *, const struct scope *, const struct ast *,
                                        const struct brought *) = {
    [NODE_STATEMENT] = add_statement,
    [NODE_DEFAULT] = add_default,
    [NODE_REQUIRE] = add_require,
    [NODE_RAW] = add_raw,
    [NODE_USE] = add_use,
    [NODE_RULE] = add_part,
};

void rules_add_body(struct resolver *r, const struct scope *scope, const struct ast *first,
                    const struct brought *how) {
    const struct scope *inner = rules_bind_lets(r, scope, first);
    for (const struct ast *node = first; node; node = node->next)
        if (adders[node->kind])
            adders[node->kind](r, inner, node, how);
}

static bool bind_parameters(struct resolver *r, const struct scope *caller, const struct ast *rule,
                            const struct ast *item, struct scope *scope) {
    bool fine = true;
    for (const struct ast *param = rule->first; param; param = param->next) {
        if (param->kind != NODE_PARAM)
            continue;
        struct binding *b = ARENA_NEW(r->eval.arena, struct binding);
        *b = (struct binding){.name = param->text,
                              .value = param->first,
                              .scope = scope,
                              .parameter = true,
                              .next = scope->bindings};
        const struct ast *given = item->first;
        while (given && strcmp(given->text, param->text) != 0)
            given = given->next;
        if (given) {
            b->value = given->first;
            b->except = ast_child(given, NODE_EXCEPT);
            b->scope = caller;
        } else if (!param->first) {
            fine = false;
            diag_note(r->eval.diag,
                      diag_add(r->eval.diag, DIAG_RULE_ARGUMENT, item->loc, "%s needs a value for `%s`",
                               rule->text, param->text),
                      param->loc, "declared here");
        }
        scope->bindings = b;
    }
    return fine;
}

static void note_parameters(struct resolver *r, struct diag_item *item, const struct ast *rule) {
    struct buf names BUF_CLEANUP = {0};
    size_t n = 0;
    for (const struct ast *param = rule->first; param; param = param->next)
        if (param->kind == NODE_PARAM)
            buf_printf(&names, "%s`%s`", n++ ? ", " : "", param->text);
    diag_note(r->eval.diag, item, (struct loc){0}, "%s%s",
              !n      ? "it takes none"
              : n > 1 ? "its parameters are: "
                      : "its parameter is ",
              buf_text(&names));
}

static bool check_arguments(struct resolver *r, const struct ast *rule, const struct ast *item) {
    bool fine = true;
    for (const struct ast *arg = item->first; arg; arg = arg->next) {
        struct suggest suggest = {.word = arg->text};
        bool known = false;
        for (const struct ast *param = rule->first; param; param = param->next)
            if (param->kind == NODE_PARAM) {
                known |= strcmp(param->text, arg->text) == 0;
                suggest_consider(&suggest, param->text);
            }
        for (const struct ast *other = item->first; known && other != arg; other = other->next)
            if (strcmp(other->text, arg->text) == 0)
                diag_note(
                    r->eval.diag,
                    diag_add(r->eval.diag, DIAG_RULE_ARGUMENT, arg->loc, "`%s` is given twice", arg->text),
                    other->loc, "here first");
        if (known)
            continue;
        fine = false;
        struct diag_item *d = diag_add(r->eval.diag, DIAG_RULE_ARGUMENT, arg->loc, "%s has no parameter `%s`",
                                       rule->text, arg->text);
        if (suggest.best)
            diag_note(r->eval.diag, d, (struct loc){0}, "did you mean `%s`?", suggest.best);
        else
            note_parameters(r, d, rule);
    }
    return fine;
}

bool rules_find(struct resolver *r, const struct scope *scope, const struct ast *item, struct rule_ref *out) {
    struct found found;
    const char *rest;
    if (!parts_longest(r, scope, item->text, &found, &rest)) {
        struct diag_item *d =
            diag_add(r->eval.diag, DIAG_UNKNOWN_NAME, item->loc, "there is no rule `%s`", item->text);
        const char *near = scope_suggest(r->eval.arena, scope, SCOPE_RULE, item->text);
        diag_note(r->eval.diag, d, (struct loc){0},
                  near ? "did you mean `%s`?"
                       : "is its file imported here, and its name qualified by the import's `as`?%.0s",
                  near ? near : "");
        return false;
    }
    struct scope *there = ARENA_NEW(r->eval.arena, struct scope);
    *there = (struct scope){.unit = found.unit, .program = r->program};
    if (found.node->kind == NODE_ALIAS) {
        if (item->first)
            diag_add(r->eval.diag, DIAG_RULE_ARGUMENT, item->loc,
                     "%s is another name for %s and takes no arguments", found.node->text,
                     found.node->first->text);
        if (r->eval.depth > 32) {
            diag_add(r->eval.diag, DIAG_RECURSION, item->loc, "`%s` is another name for itself", item->text);
            return false;
        }
        r->eval.depth++;
        bool fine = rules_find(r, there, found.node->first, out);
        r->eval.depth--;
        out->name = rest ? item->text : found.node->text;
        if (fine && rest)
            out->part = parts_find(r, out->scope, out->part ? out->part : out->rule, found.node->text, rest,
                                   item->loc);
        return fine && (!rest || out->part);
    }
    *out = (struct rule_ref){.rule = found.node, .scope = there, .name = found.node->text};
    if (!check_arguments(r, found.node, item) || !bind_parameters(r, scope, found.node, item, there))
        return false;
    if (rest) {
        out->part = parts_find(r, there, found.node, found.node->text, rest, item->loc);
        out->name = arena_printf(r->eval.arena, "%s.%s", found.node->text, rest);
    }
    return !rest || out->part;
}

static bool enter(struct resolver *r, const struct ast *rule, struct loc loc) {
    enum { MOST_USES = 10000 };
    r->uses = r->open.n ? r->uses + 1 : 0;
    if (r->uses > MOST_USES) {
        diag_add(r->eval.diag, DIAG_RECURSION, loc, "`%s` and the rules that it uses use more than %d rules",
                 r->open.items[0]->text, MOST_USES);
        return false;
    }
    for (size_t i = 0; i < r->open.n; i++)
        if (r->open.items[i] == rule) {
            diag_add(r->eval.diag, DIAG_RECURSION, loc, "`%s` uses itself", rule->text);
            return false;
        }
    vec_push(r->eval.arena, &r->open, rule);
    return true;
}

static bool same_use(const struct used *a, const struct used *b) {
    return a->rule == b->rule && a->part == b->part && strcmp(a->name, b->name) == 0 &&
           a->block == b->block && a->item != b->item && ast_equal(a->item->first, b->item->first) &&
           (a->scope == b->scope || !a->item->first);
}

static void note_use(struct resolver *r, const struct rule_ref *ref, const struct scope *scope,
                     const struct ast *item, const struct brought *how) {
    struct policy *p = how->policy;
    struct used use = {ref->rule, ref->part, ref->name, how->block, item, scope};
    if (how->by_use) /* what two rules have in common is no mistake of the policy's */
        return;
    for (size_t i = 0; i < p->used.n && how->own; i++)
        if (same_use(&p->used.items[i], &use)) {
            diag_note(r->eval.diag,
                      diag_add(r->eval.diag, DIAG_USED_TWICE, item->loc, "`%s` is used twice", item->text),
                      p->used.items[i].item->loc, "first used here");
            return;
        }
    if (how->own)
        vec_push(r->eval.arena, &p->used, use);
}

void rules_add(struct resolver *r, const struct scope *scope, const struct ast *item,
               const struct ast *except, const struct brought *how) {
    struct rule_ref ref;
    if (!rules_find(r, scope, item, &ref) || !enter(r, ref.rule, item->loc))
        return;
    note_use(r, &ref, scope, item, how);
    const struct ast *body = ref.part ? ref.part : ref.rule;
    struct brought inner = *how;
    for (const struct ast *part = except ? except->first : NULL; part; part = part->next) {
        struct excluded *more = ARENA_NEW(r->eval.arena, struct excluded);
        *more = (struct excluded){parts_find(r, ref.scope, body, item->text, part->text, part->loc), part,
                                  inner.excluded};
        inner.excluded = more;
    }
    inner.rule = ref.name;
    inner.via = origin_of(r, item->loc, how, 0);
    inner.by_use = true;
    inner.in_base_rule = rules_is_base(ref.rule);
    rules_add_body(r, rules_bind_lets(r, ref.scope, ref.rule->first), body->first, &inner);
    r->open.n--;
}
