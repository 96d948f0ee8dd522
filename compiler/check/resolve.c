#include "rules.h"
#include "tests.h"
#include "words.h"
#include <ctype.h>
#include <string.h>

/* Settings: each is made once, or replaced with `override` in a policy that extends another. */
enum setting {
    SETTING_TARGET,
    SETTING_ENFORCERS,
    SETTING_MODE,
    SETTING_VIOLATION,
    SETTING_PRIVILEGED,
    SETTING_COUNT
};

struct settings {
    struct loc at[SETTING_COUNT];
};

static const struct ast *label_list(struct resolver *r, const struct ast *node, struct label *label) {
    VEC(const char *) values = {0};
    struct values list = {0};
    struct scope nowhere = {.unit = r->program->main, .program = r->program};
    eval_list(&r->eval, &nowhere, node->first, WANT_STRING, &list);
    if ((node->number == LABEL_WORD_IN || node->number == LABEL_WORD_NOT_IN) && !list.list.n)
        diag_add(r->eval.diag, DIAG_EMPTY_LIST, node->loc, "this list is empty: no value is in it");
    for (size_t i = 0; i < list.list.n; i++)
        vec_push(r->eval.arena, &values, list.list.items[i].text);
    *label = (struct label){node->text, (enum label_word)node->number, values.items, values.n, node->loc};
    return node;
}

static bool name_like(const char *name, const char *more) {
    size_t n = strlen(name);
    return n > 0 && n <= 253 && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-.") + 0 == n &&
           !strchr("-.", name[0]) && !strchr("-.", name[n - 1]) && !(*more && strpbrk(name, more));
}

static void check_name(struct resolver *r, const struct ast *node, const char *what, const char *forbidden) {
    if (!name_like(node->text, forbidden))
        diag_note(
            r->eval.diag,
            diag_add(r->eval.diag, DIAG_BAD_TARGET, node->loc, "`%s` can't be the name of a %s", node->text,
                     what),
            (struct loc){0},
            "Kubernetes takes lower-case letters, digits, `-`%s, beginning and ending with a letter or digit",
            *forbidden ? "" : " and `.`");
}

static void add_containers(struct resolver *r, const struct ast *node, struct target *target) {
    for (const struct ast *name = node->first; name; name = name->next) {
        check_name(r, name, "container", ".");
        if (node->flags & FLAG_INIT) {
            vec_push(r->eval.arena, &target->init_containers, name->text);
            vec_push(r->eval.arena, &target->init_container_locs, name->loc);
        } else {
            vec_push(r->eval.arena, &target->containers, name->text);
            vec_push(r->eval.arena, &target->container_locs, name->loc);
        }
    }
}

/* Off Kubernetes: a systemd unit by its name, a program by its path. */
static void check_host_name(struct resolver *r, const char *kind, const struct ast *name) {
    static const char unit[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:_.@-";
    bool program = strcmp(kind, "program") == 0;
    if (program && (name->text[0] != '/' || strpbrk(name->text, "*?[{\\")))
        diag_add(r->eval.diag, DIAG_BAD_TARGET, name->loc,
                 "a program goes by its absolute path, without patterns");
    if (!program && (strspn(name->text, unit) != strlen(name->text) || !strchr(name->text, '.')))
        diag_note(r->eval.diag,
                  diag_add(r->eval.diag, DIAG_BAD_TARGET, name->loc, "`%s` can't be the name of a unit",
                           name->text),
                  (struct loc){0}, "`nginx.service`, for example");
}

static void set_target(struct resolver *r, const struct ast *node, struct policy *p) {
    struct target *t = ARENA_NEW(r->eval.arena, struct target);
    t->kind = node->text;
    t->origin = rules_origin(r, node->loc, "", NULL);
    int kind = words_find(r->eval.diag, WORD_TARGET_KIND, node->text, node->loc);
    bool host = kind >= 0 && islower((unsigned char)node->text[0]);
    for (const struct ast *part = node->first; part; part = part->next) {
        struct label label;
        if (part->kind == NODE_STRING) {
            t->name = part->text;
            if (host)
                check_host_name(r, node->text, part);
            else
                check_name(r, part, "workload", "");
        } else if (part->kind == NODE_NAMESPACE) {
            t->ns = part->text;
            check_name(r, part, "namespace", ".");
        } else if (part->kind == NODE_LABEL && label_list(r, part, &label))
            vec_push(r->eval.arena, &t->labels, label);
        else if (part->kind == NODE_CONTAINERS)
            add_containers(r, part, t);
    }
    if (host && (!t->name || t->ns || t->labels.n || t->containers.n || t->init_containers.n))
        diag_add(r->eval.diag, DIAG_BAD_TARGET, node->loc, "a %s goes by its name alone: `target %s \"…\";`",
                 node->text, node->text);
    if (!host && !t->name && !t->labels.n)
        diag_note(r->eval.diag, diag_add(r->eval.diag, DIAG_BAD_TARGET, node->loc, "which %s?", node->text),
                  (struct loc){0}, "give its name, or labels: `where app = \"…\"`");
    p->target = t;
}

static void set_enforcers(struct resolver *r, const struct ast *node, struct policy *p) {
    p->enforcers = 0;
    for (const struct ast *name = node->first; name; name = name->next) {
        int i = words_find(r->eval.diag, WORD_ENFORCER, name->text, name->loc);
        p->enforcers |= i < 0 ? 0U : 1U << i;
    }
    p->enforcers_loc = node->loc;
}

static void set_mode(struct resolver *r, const struct ast *node, struct policy *p) {
    int mode = words_find(r->eval.diag, WORD_MODE, node->text, node->loc);
    const struct ast *duration = ast_child(node, NODE_DURATION), *model = ast_child(node, NODE_MODEL),
                     *base = ast_child(node, NODE_BASE);
    p->mode = mode < 0 ? POLICY_ENHANCE_PROTECT : (enum policy_mode)mode;
    p->mode_loc = node->loc;
    p->duration = duration ? (unsigned)duration->number : 0;
    p->model = model ? model->text : NULL;
    p->partial = model && model->flags & FLAG_PARTIAL;
    p->base_named = base != NULL;
    p->base = base ? base->text : NULL;
    p->base_loc = base ? base->loc : node->loc;
    p->excepted.n = 0;
    for (const struct ast *part = base && base->first ? base->first->first : NULL; part; part = part->next)
        vec_push(r->eval.arena, &p->excepted, part);
}

static void set_violation(struct resolver *r, const struct ast *node, struct policy *p) {
    (void)r;
    p->reaction = strcmp(node->text, "deny") == 0 ? 0 : strcmp(node->text, "audit deny") == 0 ? 1 : 2;
    p->reaction_loc = node->loc;
}

static void set_privileged(struct resolver *r, const struct ast *node, struct policy *p) {
    (void)r;
    p->privileged = true;
    p->privileged_loc = node->loc;
}

static const struct {
    enum node_kind kind;
    const char *name;
    void (*set)(struct resolver *r, const struct ast *node, struct policy *p);
} settings[SETTING_COUNT] = {
    [SETTING_TARGET] = {NODE_TARGET, "target", set_target},
    [SETTING_ENFORCERS] = {NODE_ENFORCERS, "enforcers", set_enforcers},
    [SETTING_MODE] = {NODE_MODE, "mode", set_mode},
    [SETTING_VIOLATION] = {NODE_VIOLATION, "on violation", set_violation},
    [SETTING_PRIVILEGED] = {NODE_PRIVILEGED, "privileged", set_privileged},
};

static void apply_setting(struct resolver *r, const struct ast *node, enum setting which, struct policy *p,
                          struct settings *made, bool extends) {
    struct diag *d = r->eval.diag;
    bool before = made->at[which].begin != 0;
    if (before && !(node->flags & FLAG_OVERRIDE)) {
        struct diag_item *item =
            diag_add(d, DIAG_SET_TWICE, node->loc, "`%s` is set twice", settings[which].name);
        diag_note(d, item, made->at[which], "first set here");
        if (extends)
            diag_note(d, item, (struct loc){0}, "`override %s …` replaces what the extended policy says",
                      settings[which].name);
    } else if (!before && node->flags & FLAG_OVERRIDE)
        diag_note(d,
                  diag_add(d, DIAG_NOT_HERE, node->loc, "there is no `%s` to override", settings[which].name),
                  (struct loc){0}, "leave `override` out");
    made->at[which] = node->loc;
    settings[which].set(r, node, p);
}

static void apply_settings(struct resolver *r, const struct ast *policy, struct policy *p,
                           struct settings *made, bool extends) {
    for (const struct ast *node = policy->first; node; node = node->next)
        for (enum setting which = 0; which < SETTING_COUNT; which++)
            if (node->kind == settings[which].kind)
                apply_setting(r, node, which, p, made, extends);
}

static const char *block_label(struct resolver *r, const struct ast *node, struct policy *p) {
    const struct ast *name = ast_child(node, NODE_NAME);
    const char *label = name ? name->text : arena_printf(r->eval.arena, "exec-%zu", p->blocks.n + 1);
    for (size_t i = 0; i < p->blocks.n; i++)
        if (strcmp(p->blocks.items[i].name, label) == 0)
            diag_note(
                r->eval.diag,
                diag_add(r->eval.diag, DIAG_DUPLICATE, node->loc, "there is a block `%s` already", label),
                p->blocks.items[i].origin->loc, "here");
    return label;
}

static void add_block(struct resolver *r, const struct scope *scope, const struct ast *node,
                      const struct brought *how) {
    struct policy *p = how->policy;
    const char *nothing = NULL;
    struct block b = {.name = block_label(r, node, p), .origin = rules_origin(r, node->loc, "", how->via)};
    b.programs = eval_set(&r->eval, scope, node->first, WANT_PATH, &nothing);
    vec_push(r->eval.arena, &p->blocks, b);
    struct brought inner = *how;
    inner.block = (int)p->blocks.n - 1;
    for (const struct ast *item = node->first; item; item = item->next)
        for (enum setting which = 0; which < SETTING_COUNT; which++)
            if (item->kind == settings[which].kind || item->kind == NODE_FOREXEC)
                diag_note(r->eval.diag,
                          diag_add(r->eval.diag, DIAG_NOT_HERE, item->loc,
                                   "this belongs to the policy, not into a `for exec` block"),
                          (struct loc){0}, "put it beside the block");
    rules_add_body(r, scope, node->first, &inner);
}

/* Statements and blocks of one policy of the chain. */
static void add_statements(struct resolver *r, const struct scope *scope, const struct ast *node,
                           struct policy *p, const struct origin *via) {
    struct brought how = {.policy = p, .via = via, .rule = "", .block = -1, .own = true};
    const struct scope *inner = rules_bind_lets(r, scope, node->first);
    for (const struct ast *item = node->first; item; item = item->next)
        if (item->kind == NODE_FOREXEC)
            add_block(r, inner, item, &how);
    rules_add_body(r, scope, node->first, &how);
}

static const char *default_base(const struct policy *p) {
    bool container = p->target && !islower((unsigned char)p->target->kind[0]);
    bool mode = p->mode == POLICY_RUNTIME_DEFAULT || p->mode == POLICY_ENHANCE_PROTECT;
    if (container && p->mode == POLICY_DEFENSE_IN_DEPTH)
        return "runtime-start";
    return container && mode && !p->privileged ? "runtime-default" : NULL;
}

/* What is a container's without any base: the runtime's capabilities. */
static bool keeps_capabilities(const struct policy *p) {
    return p->target && !islower((unsigned char)p->target->kind[0]) && !p->privileged &&
           p->mode != POLICY_DEFENSE_IN_DEPTH;
}

static void add_runtime_capabilities(struct resolver *r, const struct scope *scope, struct policy *p) {
    struct ast item = {.kind = NODE_USEITEM, .text = "runtime-default.capabilities", .loc = p->origin->loc};
    struct brought how = {.policy = p, .rule = "", .block = -1, .part = "capabilities"};
    if (keeps_capabilities(p))
        rules_add(r, scope, &item, NULL, &how);
}

/* A base that says nothing of capabilities leaves a container those of the runtime. */
static bool speaks_of_capabilities(const struct policy *p) {
    for (size_t i = 0; i < p->stmts.n; i++)
        if (p->stmts.items[i]->class == CLASS_CAPABILITY && !p->stmts.items[i]->own &&
            p->stmts.items[i]->effect == EFFECT_DEFAULT_DENY)
            return true;
    return false;
}

static bool excepts_capabilities(const struct policy *p) {
    for (size_t i = 0; i < p->excepted.n; i++)
        if (strcmp(p->excepted.items[i]->text, "capabilities") == 0)
            return true;
    return false;
}

/* A base of the library goes by its own name, whatever alias names it: backends know these names. One of the
 * author's that hides it is called something else. */
static const char *base_name(struct resolver *r, const struct rule_ref *ref, const char *as_written) {
    const char *own = ref->part ? strchr(ref->name, '.') : "";
    return ref->scope->unit->file->stdlib ? arena_printf(r->eval.arena, "%s%s", ref->rule->text, own)
                                          : as_written;
}

/* The base comes like a `use`, but stays the base's: its five parts give their names to what they bring. */
static void add_base(struct resolver *r, const struct scope *scope, struct policy *p) {
    if (p->base && strcmp(p->base, "nothing") == 0) {
        p->base = NULL;
        if (p->excepted.n)
            diag_add(r->eval.diag, DIAG_NOT_HERE, p->excepted.items[0]->loc,
                     "there is nothing to take from `nothing`");
    } else if (!p->base_named)
        p->base = default_base(p);
    if (!p->base) {
        add_runtime_capabilities(r, scope, p);
        return;
    }
    struct ast item = {
        .kind = NODE_USEITEM, .text = p->base, .loc = p->base_loc.begin ? p->base_loc : p->origin->loc};
    struct ast except = {.kind = NODE_EXCEPT};
    for (size_t i = 0; i < p->excepted.n; i++)
        ast_add(&except,
                ast_new(r->eval.arena, NODE_REF, p->excepted.items[i]->loc, p->excepted.items[i]->text));
    struct rule_ref ref;
    unsigned errors = r->eval.diag->errors;
    if (!rules_find(r, scope, &item, &ref))
        return;
    if (!rules_is_base(ref.rule)) {
        diag_note(r->eval.diag, diag_add(r->eval.diag, DIAG_NOT_HERE, item.loc, "`%s` is no base", p->base),
                  (struct loc){0}, "a base is a rule of `category base`; `on nothing` is none");
        return;
    }
    p->base = base_name(r, &ref, p->base);
    struct brought how = {.policy = p, .rule = "", .block = -1, .own = false, .name_parts = true};
    if (errors == r->eval.diag->errors)
        rules_add(r, scope, &item, except.first ? &except : NULL, &how);
    if (!speaks_of_capabilities(p) && !excepts_capabilities(p))
        add_runtime_capabilities(r, scope, p);
}

static struct policy *resolved(const struct resolver *r, const struct ast *node) {
    for (size_t i = 0; i < r->resolved.n; i++)
        if (r->resolved.items[i]->node == node)
            return r->resolved.items[i];
    return NULL;
}

/* The chain of `extends`, from the policy itself outwards; false on a cycle or an unknown name. */
struct link {
    const struct ast *node;
    const struct unit *unit;
};
struct links {
    VEC(struct link) list;
};

static void chain_of(struct resolver *r, const struct ast *node, const struct unit *unit,
                     struct links *links) {
    for (size_t i = 0; i < links->list.n; i++)
        if (links->list.items[i].node == node) {
            diag_add(r->eval.diag, DIAG_RECURSION, node->loc, "`%s` extends itself", node->text);
            return;
        }
    vec_push(r->eval.arena, &links->list, ((struct link){node, unit}));
    const struct ast *extends = ast_child(node, NODE_EXTENDS);
    struct scope scope = {.unit = unit, .program = r->program};
    struct found found;
    if (!extends)
        return;
    if (scope_find_policy(&scope, extends->text, &found)) {
        chain_of(r, found.node, found.unit, links);
        return;
    }
    struct diag_item *item =
        diag_add(r->eval.diag, DIAG_UNKNOWN_NAME, extends->loc, "there is no policy `%s`", extends->text);
    const char *near = scope_suggest(r->eval.arena, &scope, SCOPE_POLICY, extends->text);
    if (near)
        diag_note(r->eval.diag, item, (struct loc){0}, "did you mean `%s`?", near);
}

struct policy *tests_policy(struct resolver *r, const struct ast *node, const struct unit *unit) {
    struct policy *p = resolved(r, node);
    if (p)
        return p;
    p = ARENA_NEW(r->eval.arena, struct policy);
    p->name = node->text;
    p->node = node;
    p->unit = unit;
    p->is_abstract = node->flags & FLAG_ABSTRACT;
    p->cluster = node->flags & FLAG_CLUSTER;
    p->enforcers = 3;
    p->mode = POLICY_ENHANCE_PROTECT;
    p->origin = rules_origin(r, node->loc, "", NULL);
    vec_push(r->eval.arena, &r->resolved, p);
    struct links links = {0};
    struct settings made = {0};
    chain_of(r, node, unit, &links);
    for (size_t i = links.list.n; i-- > 0;)
        apply_settings(r, links.list.items[i].node, p, &made, i + 1 < links.list.n);
    const struct origin *via = NULL;
    for (size_t i = 0; i < links.list.n; i++) {
        struct scope *scope = ARENA_NEW(r->eval.arena, struct scope);
        *scope = (struct scope){.unit = links.list.items[i].unit, .program = r->program};
        if (i)
            via = rules_origin(r, ast_child(links.list.items[i - 1].node, NODE_EXTENDS)->loc, "", via);
        add_statements(r, scope, links.list.items[i].node, p, via);
        if (i == 0)
            add_base(r, scope, p);
    }
    return p;
}

/* Names that exclude each other have one sort. */
static const struct {
    unsigned sort;
    const char *name;
} named[NODE_COUNT] = {
    [NODE_LET] = {1, "let"},    [NODE_PARAM] = {1, "parameter"}, [NODE_RULE] = {2, "rule"},
    [NODE_ALIAS] = {2, "rule"}, [NODE_POLICY] = {3, "policy"},
};

static void check_duplicates(struct resolver *r, const struct ast *body) {
    for (const struct ast *a = body->first; a; a = a->next) {
        for (const struct ast *b = a->next; named[a->kind].sort && b; b = b->next)
            if (named[a->kind].sort == named[b->kind].sort && strcmp(a->text, b->text) == 0)
                diag_note(r->eval.diag,
                          diag_add(r->eval.diag, DIAG_DUPLICATE, b->loc, "there is a %s `%s` already",
                                   named[a->kind].name, b->text),
                          a->loc, "here");
        if (a->kind == NODE_RULE || a->kind == NODE_POLICY || a->kind == NODE_FOREXEC)
            check_duplicates(r, a);
    }
}

static void check_categories(struct resolver *r, const struct ast *rule, bool part) {
    const struct ast *category = ast_child(rule, NODE_CATEGORY);
    if (category && part)
        diag_add(r->eval.diag, DIAG_NOT_HERE, category->loc, "a part has the category of its rule");
    for (const struct ast *name = category && !part ? category->first : NULL; name; name = name->next)
        words_find(r->eval.diag, WORD_CATEGORY, name->text, name->loc);
    for (const struct ast *inner = rule->first; inner; inner = inner->next)
        if (inner->kind == NODE_RULE)
            check_categories(r, inner, true);
}

static void check_unit(struct resolver *r, const struct unit *unit) {
    check_duplicates(r, unit->tree);
    for (const struct ast *node = unit->tree->first; node; node = node->next)
        if (node->kind == NODE_RULE)
            check_categories(r, node, false);
    for (size_t i = 0; i < unit->n_imports; i++)
        check_unit(r, unit->imports[i].unit);
}

/* A name of ours that hides one of the library: allowed, but said. */
static void check_shadowing(struct resolver *r, const struct unit *unit) {
    if (program_is_stdlib(r->program, unit->file->text)) /* looked at by itself */
        return;
    for (const struct ast *node = unit->tree->first; node; node = node->next) {
        if ((node->kind == NODE_RULE || node->kind == NODE_ALIAS) &&
            scope_library_has(r->program, SCOPE_RULE, node->text))
            diag_add(r->eval.diag, DIAG_SHADOWED, node->loc, "this rule hides the library's `%s`",
                     node->text);
        if (node->kind == NODE_LET && scope_library_has(r->program, SCOPE_LET, node->text))
            diag_add(r->eval.diag, DIAG_SHADOWED, node->loc, "this name hides the library's `%s`",
                     node->text);
    }
}

static bool is_among(const struct ast *first, const char *name) {
    while (first && strcmp(first->text, name) != 0)
        first = first->next;
    return first != NULL;
}

/* A rule nobody uses is checked all the same, by resolving it once as if it were a policy's. */
static void check_rules(struct resolver *r, const struct unit *unit) {
    for (const struct ast *node = unit->tree->first; node; node = node->next) {
        if (node->kind != NODE_RULE && node->kind != NODE_ALIAS)
            continue;
        struct scope scope = {.unit = unit, .program = r->program};
        struct ast item = {.kind = NODE_USEITEM, .text = node->text, .loc = node->loc};
        for (const struct ast *param = node->first; node->kind == NODE_RULE && param; param = param->next)
            if (param->kind == NODE_PARAM && !param->first && !is_among(item.first, param->text))
                ast_add(&item, ast_add(ast_new(r->eval.arena, NODE_ARG, param->loc, param->text),
                                       ast_new(r->eval.arena, NODE_LIST, (struct loc){0}, "")));
        struct policy nobody = {.name = ""};
        rules_add(r, &scope, &item, NULL,
                  &(struct brought){.policy = &nobody, .rule = "", .block = -1, .own = true});
    }
}

static void find_known_links(struct resolver *r, struct checked *checked) {
    struct scope scope = {.unit = r->program->main, .program = r->program};
    struct ast ref = {.kind = NODE_REF, .text = "known_links"};
    struct found found;
    struct values values = {0};
    if (scope_find_let(&scope, ref.text, &found))
        eval_list(&r->eval, &scope, &ref, WANT_STRING, &values);
    else
        diag_note(r->eval.diag,
                  diag_add(r->eval.diag, DIAG_UNKNOWN_NAME, (struct loc){0},
                           "the standard library has no `known_links`: `deny read \"/var/run/x\"` would let "
                           "/run/x be read"),
                  (struct loc){0}, "--stdlib takes a whole library: add links.vpl to the directory");
    checked->known_links = (struct value_list){values.list.items, values.list.n};
}

void resolve_program(struct arena *arena, struct diag *diag, const struct program *program,
                     struct checked *checked) {
    struct resolver r = {.eval = {.arena = arena, .diag = diag}, .program = program};
    const struct unit *main = program->main;
    find_known_links(&r, checked);
    check_unit(&r, main);
    check_shadowing(&r, main);
    check_rules(&r, main);
    for (const struct ast *node = main->tree->first; node; node = node->next)
        if (node->kind == NODE_POLICY) {
            struct policy *p = tests_policy(&r, node, main);
            vec_push(arena, &checked->policies, p);
        }
    resolve_tests(arena, diag, program, main->tree, checked);
}

void resolve_tests(struct arena *arena, struct diag *diag, const struct program *program,
                   const struct ast *tree, struct checked *checked) {
    struct resolver r = {.eval = {.arena = arena, .diag = diag}, .program = program};
    for (size_t i = 0; i < checked->policies.n; i++)
        vec_push(arena, &r.resolved, checked->policies.items[i]);
    for (const struct ast *node = tree->first; node; node = node->next)
        if (node->kind == NODE_TEST)
            tests_add(&r, node, checked);
}

struct policy *resolve_rule(struct arena *arena, struct diag *diag, const struct program *program,
                            const struct unit *unit, const struct ast *use) {
    struct resolver r = {.eval = {.arena = arena, .diag = diag}, .program = program};
    struct scope *scope = ARENA_NEW(arena, struct scope);
    *scope = (struct scope){.unit = unit, .program = program};
    return tests_rule_policy(&r, scope, use);
}
