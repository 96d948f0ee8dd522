#include "glob_internal.h"

#include <string.h>

const struct byteset byteset_any = {{~UINT64_C(1), ~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0)}};
const struct byteset byteset_no_slash = {
    {~UINT64_C(1) & ~(UINT64_C(1) << '/'), ~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0)}};

bool byteset_equal(const struct byteset *a, const struct byteset *b) {
    return memcmp(a, b, sizeof *a) == 0;
}

int byteset_count(const struct byteset *set) {
    int n = 0;
    for (int i = 0; i < 4; i++)
        n += __builtin_popcountll(set->bits[i]);
    return n;
}

struct byteset byteset_of(unsigned byte) {
    struct byteset set = {0};
    byteset_add(&set, byte);
    return set;
}

struct byteset byteset_not(const struct byteset *set) {
    struct byteset rest = byteset_any;
    for (int i = 0; i < 4; i++)
        rest.bits[i] &= ~set->bits[i];
    return rest;
}

bool node_is_byte(const struct node *node, unsigned byte) {
    struct byteset one = byteset_of(byte);
    return node && node->kind == NODE_SET && byteset_equal(&node->set, &one);
}

bool node_is_star(const struct node *node) {
    return node && node->kind == NODE_STAR;
}

void seq_push(struct arena *arena, struct seq *seq, struct node node) {
    if (node.kind == NODE_STAR && node_is_star(seq->tail)) {
        if (byteset_equal(&node.set, &byteset_any))
            seq->tail->set = byteset_any;
        return;
    }
    struct node *copy = ARENA_NEW(arena, struct node);
    *copy = node;
    copy->next = NULL;
    if (seq->tail)
        seq->tail->next = copy;
    else
        seq->head = copy;
    seq->tail = copy;
}

void seq_append(struct arena *arena, struct seq *seq, const struct node *list) {
    for (; list; list = list->next)
        seq_push(arena, seq, *list);
}

void seq_push_byte(struct arena *arena, struct seq *seq, unsigned byte) {
    seq_push(arena, seq, (struct node){.kind = NODE_SET, .set = byteset_of(byte)});
}

/* Alternatives of alternatives are alternatives, and nothing is one of them but once: apparmor_parser 3.0.8
 * never ends on "{{,,a},{,,b}}" [tried]. */
static void flatten(struct arena *arena, struct alts *flat, bool *empty, const struct node *const *alts,
                    size_t n) {
    for (size_t i = 0; i < n; i++)
        if (alts[i] && alts[i]->kind == NODE_ALT && !alts[i]->next)
            flatten(arena, flat, empty, alts[i]->alts, alts[i]->n_alts);
        else if (alts[i] || !*empty) {
            *empty |= !alts[i];
            vec_push(arena, flat, alts[i]);
        }
}

void seq_push_alts(struct arena *arena, struct seq *seq, const struct node *const *alts, size_t n,
                   size_t at) {
    struct alts flat = {0};
    bool empty = false;
    flatten(arena, &flat, &empty, alts, n);
    if (flat.n == 1)
        seq_append(arena, seq, flat.items[0]);
    else
        seq_push(arena, seq, (struct node){.kind = NODE_ALT, .alts = flat.items, .n_alts = flat.n, .at = at});
}

/* Compiling. */

struct compiler {
    struct arena *arena;
    VEC(struct inst) code;
    bool has_var;
};

static void emit(struct compiler *c, struct inst inst) {
    vec_push(c->arena, &c->code, inst);
}

static void compile_list(struct compiler *c, const struct node *list, const struct frame *frame);

static void compile_alts(struct compiler *c, const struct node *alt, const struct frame *up) {
    struct frame *frame = ARENA_NEW(c->arena, struct frame);
    *frame = (struct frame){.after = alt->next, .up = up};
    VEC(size_t) jumps = {0};
    for (size_t i = 0; i < alt->n_alts; i++) {
        size_t split = c->code.n;
        bool last = i + 1 == alt->n_alts;
        if (!last)
            emit(c, (struct inst){.op = OP_SPLIT});
        compile_list(c, alt->alts[i], frame);
        if (last)
            break;
        vec_push(c->arena, &jumps, c->code.n);
        emit(c, (struct inst){.op = OP_JUMP});
        c->code.items[split].to = (uint32_t)c->code.n;
    }
    for (size_t i = 0; i < jumps.n; i++)
        c->code.items[jumps.items[i]].to = (uint32_t)c->code.n;
}

static void compile_list(struct compiler *c, const struct node *list, const struct frame *frame) {
    static const enum op ops[] = {[NODE_SET] = OP_SET, [NODE_STAR] = OP_STAR, [NODE_VAR] = OP_VAR};
    for (; list && c->code.n < GLOB_MAX_CODE; list = list->next)
        if (list->kind == NODE_ALT)
            compile_alts(c, list, frame);
        else {
            c->has_var |= list->kind == NODE_VAR;
            emit(c, (struct inst){.op = ops[list->kind], .node = list, .frame = frame});
        }
}

static const char *literal_of(struct arena *arena, const struct node *list) {
    size_t n = 0;
    for (const struct node *node = list; node; node = node->next, n++)
        if (node->kind != NODE_SET || byteset_count(&node->set) != 1)
            return NULL;
    char *text = arena_alloc(arena, n + 1);
    for (char *p = text; list; list = list->next)
        for (unsigned byte = 1; byte < 256; byte++)
            if (byteset_has(&list->set, byte))
                *p++ = (char)byte;
    return text;
}

static bool compile(struct arena *arena, struct program *program, bool *has_var) {
    struct compiler c = {.arena = arena};
    compile_list(&c, program->list, NULL);
    emit(&c, (struct inst){.op = OP_MATCH});
    program->code = c.code.items;
    program->n_code = (uint32_t)c.code.n;
    *has_var = c.has_var;
    return c.code.n <= GLOB_MAX_CODE;
}

struct glob *glob_from_list(struct arena *arena, const struct node *list) {
    struct program *program = ARENA_NEW(arena, struct program);
    struct glob *glob = ARENA_NEW(arena, struct glob);
    program->list = list;
    if (!compile(arena, program, &glob->has_var))
        return NULL;
    glob->literal = literal_of(arena, list);
    glob->arena = arena;
    glob->program = program;
    return glob;
}

const struct program *glob_program(const struct glob *glob) {
    bool has_var;
    if (!glob->program->code) {
        glob->program->list = glob_plain_list(glob->arena, glob->text);
        compile(glob->arena, glob->program, &has_var);
    }
    return glob->program;
}

/* Matching: all threads at once, so no pattern is slow. */

void glob_add_thread(const struct inst *code, uint32_t pc, bool vars, uint64_t *set) {
    for (;;) {
        uint64_t bit = UINT64_C(1) << pc % 64;
        if (set[pc / 64] & bit)
            return;
        set[pc / 64] |= bit;
        switch (code[pc].op) {
        case OP_SPLIT:
            glob_add_thread(code, pc + 1, vars, set);
            pc = code[pc].to;
            break;
        case OP_JUMP:
            pc = code[pc].to;
            break;
        case OP_STAR:
            pc++;
            break;
        case OP_VAR:
            if (!vars)
                return;
            pc++;
            break;
        case OP_SET:
        case OP_MATCH:
            return;
        }
    }
}

static void step(const struct inst *code, uint32_t pc, unsigned char byte, uint64_t *next) {
    if (code[pc].op == OP_SET && byteset_has(&code[pc].node->set, byte))
        glob_add_thread(code, pc + 1, false, next);
    else if (code[pc].op == OP_STAR && byteset_has(&code[pc].node->set, byte))
        glob_add_thread(code, pc, false, next);
}

bool glob_match(const struct glob *glob, const char *path) {
    glob = glob_bound(glob);
    if (glob->literal)
        return strcmp(glob->literal, path) == 0;
    if (strncmp(glob->text, path, glob->n_prefix) != 0)
        return false;
    const struct program *program = glob_program(glob);
    size_t words = program->n_code / 64 + 1;
    uint64_t sets[2][GLOB_MAX_CODE / 64 + 1];
    uint64_t *now = sets[0], *next = sets[1];
    memset(now, 0, words * sizeof *now);
    glob_add_thread(program->code, (uint32_t)glob->n_prefix, false, now);
    for (path += glob->n_prefix; *path; path++) {
        memset(next, 0, words * sizeof *next);
        for (size_t w = 0; w < words; w++)
            for (uint64_t left = now[w]; left; left &= left - 1)
                step(program->code, (uint32_t)(w * 64) + (uint32_t)__builtin_ctzll(left),
                     (unsigned char)*path, next);
        uint64_t *swap = now;
        now = next;
        next = swap;
    }
    uint32_t match = program->n_code - 1;
    return now[match / 64] >> match % 64 & 1;
}

static bool any_matches(const struct glob *const *globs, size_t n, const char *path) {
    for (size_t i = 0; i < n; i++)
        if (glob_match(globs[i], path))
            return true;
    return false;
}

bool pathset_match(const struct pathset *set, const char *path) {
    return set->any || (any_matches(set->in, set->n_in, path) && !any_matches(set->out, set->n_out, path));
}

const char *glob_text(const struct glob *glob) {
    return glob->text;
}

const char *glob_literal(const struct glob *glob) {
    return glob->literal;
}

bool glob_has_variable(const struct glob *glob) {
    return glob->has_var;
}

const struct glob *glob_bound(const struct glob *glob) {
    return glob->bound ? glob->bound : glob;
}

const struct glob *glob_bind(struct arena *arena, const struct glob *glob, const char *values) {
    const char *error, *rest = glob->text;
    size_t at;
    if (!values || !glob->has_var)
        return glob;
    struct buf text BUF_CLEANUP = {0};
    for (const char *variable; (variable = strstr(rest, "@{")); rest = strchr(variable, '}') + 1) {
        buf_add_bytes(&text, rest, (size_t)(variable - rest));
        buf_printf(&text, strchr(values, ',') ? "{%s}" : "%s", values);
    }
    buf_add(&text, rest);
    struct glob *bound = ARENA_NEW(arena, struct glob);
    *bound = *glob;
    bound->bound = glob_parse(arena, buf_text(&text), &error, &at);
    return bound;
}
