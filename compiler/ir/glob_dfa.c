#include "glob_dfa.h"

#include <string.h>

/* Bytes fall into classes that no set of any glob divides. */

static int readability(unsigned byte) {
    if (byte >= 'a' && byte <= 'z')
        return 0;
    if ((byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z'))
        return 1;
    if (byte > ' ' && byte < 0x7f)
        return byte == '_' || byte == '-' || byte == '.' ? 2 : 3;
    return byte == ' ' ? 4 : byte >= 0x80 ? 5 : 6;
}

static void divide(unsigned char class_of[256], unsigned *n_classes, const struct byteset *set) {
    int inside[256]; /* the new class of a class's bytes inside the set */
    bool outside[256] = {false};
    memset(inside, -1, sizeof inside);
    for (unsigned byte = 1; byte < 256; byte++)
        if (!byteset_has(set, byte))
            outside[class_of[byte]] = true;
    for (unsigned byte = 1; byte < 256; byte++) {
        unsigned class = class_of[byte];
        if (!byteset_has(set, byte) || !outside[class])
            continue;
        if (inside[class] < 0)
            inside[class] = (int)(*n_classes)++;
        class_of[byte] = (unsigned char)inside[class];
    }
}

/* The most readable byte speaks for its class, and the most readable classes come first. */
static void number_by_readability(struct dfa *dfa) {
    unsigned next = 0, number[256];
    bool numbered[256] = {false};
    for (int worst = 0; worst <= 6; worst++)
        for (unsigned byte = 1; byte < 256; byte++) {
            unsigned class = dfa->class_of[byte];
            if (numbered[class] || readability(byte) != worst)
                continue;
            numbered[class] = true;
            dfa->byte_of[next] = (unsigned char)byte;
            number[class] = next++;
        }
    for (unsigned byte = 1; byte < 256; byte++)
        dfa->class_of[byte] = (unsigned char)number[dfa->class_of[byte]];
}

static void classify(struct dfa *dfa) {
    struct byteset alone = byteset_of('/');
    divide(dfa->class_of, &dfa->n_classes, &alone);
    for (size_t i = 0; i < dfa->n_globs; i++)
        for (uint32_t pc = 0; pc < dfa->globs[i].program->n_code; pc++) {
            const struct inst *inst = &dfa->globs[i].program->code[pc];
            if (inst->op != OP_SET)
                continue;
            if (byteset_count(&inst->node->set) > 1)
                divide(dfa->class_of, &dfa->n_classes, &inst->node->set);
            else
                for (int w = 0; w < 4; w++)
                    alone.bits[w] |= inst->node->set.bits[w];
        }
    for (unsigned byte = 1; byte < 256; byte++)
        if (byteset_has(&alone, byte)) {
            struct byteset one = byteset_of(byte);
            divide(dfa->class_of, &dfa->n_classes, &one);
        }
    number_by_readability(dfa);
}

/* States. */

static bool test(const uint64_t *set, uint32_t bit) {
    return set[bit / 64] >> bit % 64 & 1;
}

static void find_universal(struct dfa *dfa, struct dfa_glob *g) {
    size_t words = g->program->n_code / 64 + 1;
    uint64_t *universal = arena_alloc(dfa->arena, words * sizeof *universal);
    uint64_t *reached = arena_alloc(dfa->arena, words * sizeof *reached);
    g->any_universal = UINT32_MAX;
    for (uint32_t pc = 0; pc < g->program->n_code; pc++) {
        const struct inst *inst = &g->program->code[pc];
        if (!(inst->op == OP_STAR && byteset_equal(&inst->node->set, &byteset_any)) &&
            !(inst->op == OP_VAR && g->vars))
            continue;
        memset(reached, 0, words * sizeof *reached);
        glob_add_thread(g->program->code, pc + 1, g->vars, reached);
        if (!test(reached, g->program->n_code - 1))
            continue;
        universal[pc / 64] |= UINT64_C(1) << pc % 64;
        g->any_universal = pc;
    }
    g->universal = universal;
}

/* A glob's threads in the scratch set. Each glob begins at a word of its own. */
static uint64_t *threads_of(const struct dfa *dfa, const struct dfa_glob *g) {
    return dfa->set + g->first / 64;
}

/* Globs are added to in their order. */
static void add_thread(struct dfa *dfa, const struct dfa_glob *g, uint32_t pc) {
    uint32_t glob = (uint32_t)(g - dfa->globs);
    if (!dfa->n_touched || dfa->touched[dfa->n_touched - 1] != glob)
        dfa->touched[dfa->n_touched++] = glob;
    glob_add_thread(g->program->code, pc, g->vars, threads_of(dfa, g));
}

/* Once everything matches, how it came to that no longer matters: one state instead of many. */
static void forget_how(struct dfa *dfa, const struct dfa_glob *g) {
    size_t words = g->program->n_code / 64 + 1;
    uint64_t *set = threads_of(dfa, g);
    bool everything = false;
    for (size_t w = 0; w < words; w++)
        everything |= (set[w] & g->universal[w]) != 0;
    if (!everything)
        return;
    memset(set, 0, words * sizeof *set);
    glob_add_thread(g->program->code, g->program->n_code - 1, g->vars, set);
    set[g->any_universal / 64] |= UINT64_C(1) << g->any_universal % 64;
}

/* Takes the scratch set as a state, whose threads are scratch too. */
static struct dfa_state collect(struct dfa *dfa) {
    struct dfa_state state = {.threads = dfa->threads};
    for (size_t i = 0; i < dfa->n_touched; i++) {
        const struct dfa_glob *g = &dfa->globs[dfa->touched[i]];
        uint64_t *set = threads_of(dfa, g);
        forget_how(dfa, g);
        for (size_t w = 0; w < g->program->n_code / 64 + 1; set[w++] = 0)
            for (uint64_t left = set[w]; left; left &= left - 1) {
                uint32_t pc = (uint32_t)(w * 64) + (uint32_t)__builtin_ctzll(left);
                enum op op = g->program->code[pc].op;
                if (op != OP_SPLIT && op != OP_JUMP && (op != OP_VAR || g->vars))
                    dfa->threads[state.n_threads++] = g->first + pc;
            }
    }
    dfa->n_touched = 0;
    return state;
}

static size_t hash_of(const struct dfa_state *state) {
    uint64_t hash = 0xcbf29ce484222325u + state->after_slash;
    for (uint32_t i = 0; i < state->n_threads; i++)
        hash = (hash ^ state->threads[i]) * 0x100000001b3u;
    return (size_t)(hash ^ hash >> 29);
}

static bool same(const struct dfa_state *a, const struct dfa_state *b) {
    return a->n_threads == b->n_threads && a->after_slash == b->after_slash &&
           (!a->n_threads || memcmp(a->threads, b->threads, a->n_threads * sizeof *a->threads) == 0);
}

static void enter(struct dfa *dfa, uint32_t number) {
    size_t i = hash_of(&dfa->states.items[number]) % dfa->table_size;
    while (dfa->table[i])
        i = (i + 1) % dfa->table_size;
    dfa->table[i] = number + 1;
}

static void grow_table(struct dfa *dfa) {
    if (dfa->states.n * 2 < dfa->table_size)
        return;
    dfa->table_size = dfa->table_size ? dfa->table_size * 4 : 256;
    dfa->table = arena_alloc(dfa->arena, dfa->table_size * sizeof *dfa->table);
    for (uint32_t i = 0; i < dfa->states.n; i++)
        enter(dfa, i);
}

/* The number of the state whose threads are in the scratch set. */
static int intern(struct dfa *dfa, bool after_slash, uint32_t parent, unsigned char byte) {
    struct dfa_state state = collect(dfa);
    state.after_slash = after_slash;
    state.parent = parent;
    state.byte = byte;
    grow_table(dfa);
    for (size_t i = hash_of(&state) % dfa->table_size; dfa->table[i]; i = (i + 1) % dfa->table_size)
        if (same(&dfa->states.items[dfa->table[i] - 1], &state))
            return (int)dfa->table[i] - 1;
    if (dfa->states.n >= dfa->budget)
        return DFA_FULL;
    uint32_t *threads = arena_alloc(dfa->arena, state.n_threads * sizeof *threads);
    if (state.n_threads)
        memcpy(threads, state.threads, state.n_threads * sizeof *threads);
    state.threads = threads;
    vec_push(dfa->arena, &dfa->states, state);
    enter(dfa, (uint32_t)dfa->states.n - 1);
    return (int)dfa->states.n - 1;
}

void dfa_init(struct dfa *dfa, struct arena *arena, struct dfa_glob *globs, size_t n_globs, bool paths_only,
              size_t budget) {
    *dfa = (struct dfa){.arena = arena,
                        .globs = globs,
                        .n_globs = n_globs,
                        .paths_only = paths_only,
                        .budget = budget,
                        .n_classes = 1};
    for (size_t i = 0; i < n_globs; i++) {
        globs[i].program = glob_program(globs[i].glob);
        globs[i].first = (uint32_t)dfa->n_words * 64;
        dfa->n_words += globs[i].program->n_code / 64 + 1;
        find_universal(dfa, &globs[i]);
    }
    classify(dfa);
    dfa->set = arena_alloc(arena, dfa->n_words * sizeof *dfa->set);
    dfa->threads = arena_alloc(arena, dfa->n_words * 64 * sizeof *dfa->threads);
    dfa->touched = arena_alloc(arena, n_globs * sizeof *dfa->touched);
    for (size_t i = 0; i < n_globs; i++)
        add_thread(dfa, &globs[i], 0);
    intern(dfa, false, 0, 0);
}

static const struct dfa_glob *owner(const struct dfa *dfa, uint32_t thread, const struct dfa_glob *hint) {
    while (hint + 1 < dfa->globs + dfa->n_globs && thread >= hint[1].first)
        hint++;
    return hint;
}

int dfa_step(struct dfa *dfa, int state, unsigned class) {
    struct dfa_state from = dfa->states.items[state];
    unsigned char byte = dfa->byte_of[class];
    if (dfa->paths_only && byte == '/' && from.after_slash)
        return DFA_NONE;
    const struct dfa_glob *g = dfa->globs;
    for (uint32_t i = 0; i < from.n_threads; i++) {
        g = owner(dfa, from.threads[i], g);
        uint32_t pc = from.threads[i] - g->first;
        const struct inst *inst = &g->program->code[pc];
        if (inst->op == OP_VAR || (inst->op == OP_STAR && byteset_has(&inst->node->set, byte)))
            add_thread(dfa, g, pc);
        else if (inst->op == OP_SET && byteset_has(&inst->node->set, byte))
            add_thread(dfa, g, pc + 1);
    }
    return intern(dfa, dfa->paths_only && byte == '/', (uint32_t)state, byte);
}

void dfa_outlooks(const struct dfa *dfa, int state, struct outlook *of_globs) {
    const struct dfa_state *s = &dfa->states.items[state];
    memset(of_globs, 0, dfa->n_globs * sizeof *of_globs);
    const struct dfa_glob *g = dfa->globs;
    for (uint32_t i = 0; i < s->n_threads; i++) {
        g = owner(dfa, s->threads[i], g);
        uint32_t pc = s->threads[i] - g->first;
        struct outlook *outlook = &of_globs[g - dfa->globs];
        outlook->may = true;
        outlook->now |= g->program->code[pc].op == OP_MATCH;
        outlook->must |= test(g->universal, pc);
    }
}

const char *dfa_text(const struct dfa *dfa, struct arena *arena, int state) {
    size_t n = 0;
    for (uint32_t s = (uint32_t)state; s != DFA_START; s = dfa->states.items[s].parent)
        n++;
    char *text = arena_alloc(arena, n + 1);
    for (uint32_t s = (uint32_t)state; s != DFA_START; s = dfa->states.items[s].parent)
        text[--n] = (char)dfa->states.items[s].byte;
    return text;
}
