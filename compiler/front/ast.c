#include "ast.h"

#include <string.h>

static const char *const names[NODE_COUNT] = {
#define NODE(kind, name) [NODE_##kind] = name,
    NODE_KINDS
#undef NODE
};

static const char *const flag_names[] = {"audit",   "best-effort", "broad",    "allow",
                                         "only",    "not",         "override", "abstract",
                                         "cluster", "init",        "partial",  "writable"};

struct ast *ast_new(struct arena *arena, enum node_kind kind, struct loc loc, const char *text) {
    struct ast *node = ARENA_NEW(arena, struct ast);
    node->kind = kind;
    node->loc = loc;
    node->text = text;
    return node;
}

struct ast *ast_add(struct ast *parent, struct ast *child) {
    if (!child)
        return parent;
    if (parent->last)
        parent->last->next = child;
    else
        parent->first = child;
    while (child->next)
        child = child->next;
    parent->last = child;
    return parent;
}

struct ast *ast_child(const struct ast *parent, enum node_kind kind) {
    struct ast *child = parent->first;
    while (child && child->kind != kind)
        child = child->next;
    return child;
}

bool ast_equal(const struct ast *a, const struct ast *b) {
    for (; a && b; a = a->next, b = b->next)
        if (a->kind != b->kind || a->flags != b->flags || a->number != b->number ||
            strcmp(a->text, b->text) != 0 || !ast_equal(a->first, b->first))
            return false;
    return a == b;
}

static void dump(struct buf *out, const struct ast *node, int depth) {
    buf_printf(out, "%*s%s", depth * 2, "", names[node->kind]);
    for (size_t i = 0; i < sizeof flag_names / sizeof *flag_names; i++)
        if (node->flags & 1U << i)
            buf_printf(out, " %s", flag_names[i]);
    if (*node->text) {
        buf_add_char(out, ' ');
        buf_add_vpl_string(out, node->text);
    }
    if (node->number)
        buf_printf(out, " %llu", (unsigned long long)node->number);
    buf_add_char(out, '\n');
    for (const struct ast *child = node->first; child; child = child->next)
        dump(out, child, depth + 1);
}

void ast_dump(struct buf *out, const struct ast *node) {
    dump(out, node, 0);
}
