#include "aadfa.h"

#include <string.h>

static uint32_t big_endian(const uint8_t *data, unsigned width) {
    uint32_t value = 0;
    while (width--)
        value = value << 8 | *data++;
    return value;
}

static uint32_t entry(const struct aadfa_table *table, uint32_t i) {
    return i < table->n ? big_endian(table->data + (size_t)i * table->width, table->width) : 0;
}

/* Automata. */

enum { MAGIC = 0x1B5E783D, HEADER = 12, DIFF_ENCODE = (int)0x80000000 };

static int parse_table(struct aadfa_automaton *automaton, const uint8_t **data, size_t *left) {
    if (*left < HEADER)
        return -1;
    uint32_t id = big_endian(*data, 2) - 1, width = big_endian(*data + 2, 2), n = big_endian(*data + 8, 4);
    size_t size = (HEADER + (size_t)n * width + 7) / 8 * 8;
    if (id >= AADFA_TABLES || (width != 1 && width != 2 && width != 4) || size > *left)
        return -1;
    automaton->tables[id] = (struct aadfa_table){.data = *data + HEADER, .n = n, .width = width};
    *data += size;
    *left -= size;
    return 0;
}

/* The blob begins with up to seven bytes that align the automaton to eight in the stream. */
static int parse_automaton(struct aadfa_automaton *automaton, const uint8_t *data, size_t left) {
    size_t pad = 0;
    while (pad < 8 && pad + HEADER <= left && big_endian(data + pad, 4) != MAGIC)
        pad++;
    if (pad == 8 || pad + HEADER > left)
        return -1;
    size_t header = big_endian(data + pad + 4, 4);
    if (header > left - pad)
        return -1;
    data += pad + header;
    left -= pad + header;
    *automaton = (struct aadfa_automaton){.start = 1};
    while (left)
        if (parse_table(automaton, &data, &left) < 0)
            return -1;
    return automaton->tables[AADFA_BASE].n && automaton->tables[AADFA_NEXT].n ? 0 : -1;
}

static uint32_t step(const struct aadfa_automaton *a, uint32_t state, uint8_t byte) {
    const struct aadfa_table *t = a->tables;
    uint32_t class = t[AADFA_CLASSES].data ? entry(&t[AADFA_CLASSES], byte) : byte;
    for (;;) {
        uint32_t base = entry(&t[AADFA_BASE], state), at = (base & 0xffffff) + class;
        if (entry(&t[AADFA_CHECK], at) == state)
            return entry(&t[AADFA_NEXT], at);
        state = entry(&t[AADFA_DEFAULT], state);
        if (!(base & (uint32_t)DIFF_ENCODE))
            return state;
    }
}

uint32_t aadfa_walk(const struct aadfa_automaton *automaton, uint32_t state, const void *bytes, size_t n) {
    for (const uint8_t *byte = bytes; n-- && state; byte++)
        state = step(automaton, state, *byte);
    return state;
}

uint32_t aadfa_accept(const struct aadfa_automaton *automaton, uint32_t state) {
    return entry(&automaton->tables[AADFA_ACCEPT], state);
}

uint32_t aadfa_accept2(const struct aadfa_automaton *automaton, uint32_t state) {
    return entry(&automaton->tables[AADFA_ACCEPT2], state);
}

struct aadfa_perms aadfa_file(const struct aadfa *aadfa, const char *path, bool owner) {
    uint32_t state = aadfa_walk(&aadfa->file, aadfa->file.start, path, strlen(path));
    uint32_t allow = aadfa_accept(&aadfa->file, state), log = aadfa_accept2(&aadfa->file, state);
    unsigned shift = owner ? 0 : 14;
    return (struct aadfa_perms){allow >> shift & 0x7f, log >> shift & 0x7f, log >> shift >> 7 & 0x7f};
}

bool aadfa_mediates(const struct aadfa *aadfa, unsigned char class) {
    return aadfa_walk(&aadfa->policy, aadfa->policy.start, &class, 1) != 0;
}

uint32_t aadfa_policy(const struct aadfa *aadfa, const void *bytes, size_t n) {
    return aadfa_accept(&aadfa->policy, aadfa_walk(&aadfa->policy, aadfa->policy.start, bytes, n));
}

/* The stream: values of a type byte, some with a name before them. */

enum type { U8, U16, U32, U64, NAME, STRING, BLOB, STRUCT, STRUCTEND, LIST, LISTEND, ARRAY, ARRAYEND, TYPES };

struct stream {
    const uint8_t *data, *end;
};
struct token {
    enum type type;
    const char *name; /* "" if none */
    const uint8_t *data;
    size_t n;
    uint32_t number;
};

static size_t little_endian(const uint8_t *data, size_t width) {
    size_t value = 0;
    while (width--)
        value = value << 8 | data[width];
    return value;
}

/* A length of `width` bytes, that many bytes after it. */
static int take_sized(struct stream *s, size_t width, struct token *token) {
    if ((size_t)(s->end - s->data) < width)
        return -1;
    token->n = little_endian(s->data, width);
    s->data += width;
    token->data = s->data;
    if ((size_t)(s->end - s->data) < token->n)
        return -1;
    s->data += token->n;
    return 0;
}

static int take(struct stream *s, struct token *token) {
    static const size_t widths[TYPES] = {[U8] = 1, [U16] = 2, [U32] = 4, [U64] = 8, [ARRAY] = 2};
    *token = (struct token){.name = ""};
    if (s->data < s->end && *s->data == NAME) {
        s->data++;
        if (take_sized(s, 2, token) < 0 || token->n == 0 || token->data[token->n - 1])
            return -1;
        token->name = (const char *)token->data;
    }
    if (s->data >= s->end || *s->data >= TYPES || *s->data == NAME)
        return -1;
    token->type = *s->data++;
    if (token->type == STRING || token->type == BLOB)
        return take_sized(s, token->type == STRING ? 2 : 4, token);
    size_t width = widths[token->type];
    if ((size_t)(s->end - s->data) < width)
        return -1;
    token->number = (uint32_t)little_endian(s->data, width);
    s->data += width;
    return 0;
}

static bool named(const struct token *token, enum type type, const char *name) {
    return token->type == type && strcmp(token->name, name) == 0;
}

/* Profiles. */

struct place {
    unsigned depth; /* of structs; 1: the profile itself */
    bool flags, policydb, caps64;
    unsigned numbers; /* without a name, in this struct so far */
};

static void take_number(struct aadfa *aadfa, struct place *place, const struct token *token) {
    uint64_t *words[] = {&aadfa->capabilities, &aadfa->audit_capabilities, &aadfa->quiet_capabilities};
    bool caps = place->depth == 1 ? place->flags : place->caps64;
    unsigned i = *token->name ? 3 : place->numbers++;
    if (place->depth == 2 && !place->flags && i == 1)
        aadfa->mode = token->number;
    else if (caps && i < 3)
        *words[i] |= (uint64_t)token->number << (place->caps64 ? 32 : 0);
    else if (place->depth == 1 && strcmp(token->name, "dfa_start") == 0)
        aadfa->file.start = token->number;
    else if (place->policydb && strcmp(token->name, "start") == 0)
        aadfa->policy.start = token->number;
}

/* The numbers after "flags" are the capabilities; an automaton before it is for the profile's attachment. */
static int take_into(struct aadfa *aadfa, struct place *place, const struct token *token) {
    if (token->type == STRUCT) {
        if (strcmp(token->name, "perms") == 0)
            return -1; /* a permission table, which no parser up to 4.1 writes for kernels up to 6.12 */
        place->depth++;
        place->policydb = strcmp(token->name, "policydb") == 0;
        place->caps64 = strcmp(token->name, "caps64") == 0;
        if (place->depth == 2)
            place->numbers = 0;
    } else if (token->type == STRUCTEND) {
        place->depth--;
        place->numbers = place->flags ? 3 : 0;
        place->flags = true;
        place->policydb = place->caps64 = false;
    } else if (token->type == U32)
        take_number(aadfa, place, token);
    else if (named(token, BLOB, "aadfa") && place->flags)
        return parse_automaton(place->policydb ? &aadfa->policy : &aadfa->file, token->data, token->n);
    return 0;
}

static bool find_profile(struct stream *s, const char *profile) {
    unsigned depth = 0;
    for (struct token token; take(s, &token) == 0;) {
        if (depth == 0 && named(&token, STRUCT, "profile")) {
            if (take(s, &token) == 0 && token.type == STRING && token.n == strlen(profile) + 1 &&
                memcmp(token.data, profile, token.n) == 0)
                return true;
            depth = 1;
        } else if (token.type == STRUCT)
            depth++;
        else if (token.type == STRUCTEND)
            depth--;
    }
    return false;
}

int aadfa_load(struct aadfa *aadfa, const void *bytes, size_t n, const char *profile, struct err *err) {
    struct stream s = {.data = bytes, .end = (const uint8_t *)bytes + n};
    *aadfa = (struct aadfa){0};
    if (!find_profile(&s, profile))
        return err_set(err, "no profile %s among the compiled ones", profile);
    struct place place = {.depth = 1};
    while (place.depth) {
        struct token token;
        if (take(&s, &token) < 0 || take_into(aadfa, &place, &token) < 0)
            return err_set(err, "the compiled profile %s can't be read", profile);
    }
    if (!aadfa->file.start && aadfa->policy.start) {
        aadfa->file = aadfa->policy;
        aadfa->file.start = aadfa_walk(&aadfa->policy, aadfa->policy.start, "\x02", 1);
    }
    return 0;
}
