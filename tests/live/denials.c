/* Two compiled profiles that allow everything but for some denials: does one deny at least what the other
 * does?
 *
 *   denials FILE <PAIRS
 *       FILE holds profiles as apparmor_parser -S makes them. A line of PAIRS is `covers OURS THEIRS LABEL…`
 * or `equals …`: what THEIRS denies OURS denies too, and for equals the other way round as well, link(2)
 *       apart, which a denied `w` leaves open and VPL's `write` doesn't. Prints `ok - LABEL` or `not ok -
 * LABEL: …`.
 *
 * Both automata are walked side by side until every pair of states has been seen, so the answer is for every
 * path, mount, socket, signal and peer there can be. */
#include "aadfa.h"
#include "arena.h"
#include "buf.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
    CAPABILITIES = 41,
    OWNER_BITS = 0x7f,
    OTHER_SHIFT = 14,
    CLASS_MOUNT_BYTE = 7, /* security/apparmor/include/apparmor.h: AA_CLASS_MOUNT */
    LINKS = AADFA_LINK | AADFA_LINK << OTHER_SHIFT
};

struct pair {
    uint32_t ours, theirs;
    size_t parent;
    uint8_t byte; /* the last one; a pair is another one after a slash, since no path has two of them */
};

struct walk {
    struct arena *arena;
    const struct aadfa_automaton *ours, *theirs;
    uint32_t mask; /* of the accept words' bits that count */
    bool both_ways, paths;
    VEC(struct pair) pairs;
    size_t *table; /* of pair numbers + 1, by hash */
    size_t table_size;
};

static void add_pair(struct walk *w, struct pair pair) {
    if (w->pairs.n * 2 >= w->table_size) {
        size_t n = w->pairs.n;
        w->table_size = w->table_size ? w->table_size * 4 : 4096;
        w->table = arena_alloc(w->arena, w->table_size * sizeof *w->table);
        w->pairs.n = 0;
        for (size_t i = 0; i < n; i++)
            add_pair(w, w->pairs.items[i]);
    }
    size_t at = ((size_t)pair.ours * 2654435761u + pair.theirs) % w->table_size;
    for (; w->table[at]; at = (at + 1) % w->table_size) {
        const struct pair *old = &w->pairs.items[w->table[at] - 1];
        if (old->ours == pair.ours && old->theirs == pair.theirs && (old->byte == '/') == (pair.byte == '/'))
            return;
    }
    vec_push(w->arena, &w->pairs, pair);
    w->table[at] = w->pairs.n;
}

static bool alike(const struct aadfa_automaton *automaton, unsigned a, unsigned b) {
    const uint8_t *classes = automaton->tables[AADFA_CLASSES].data;
    return classes && classes[a] == classes[b];
}

/* One of each kind that either tells apart will do; a slash is of its own kind. */
static bool is_needed(const struct walk *w, unsigned byte) {
    for (unsigned before = w->paths; before < byte; before++)
        if (before != '/' && byte != '/' && alike(w->ours, before, byte) && alike(w->theirs, before, byte))
            return false;
    return true;
}

/* The place of a mount, an unmount or a new root is what the kernel resolved: it begins with a slash. */
static bool begins_place(const struct walk *w, size_t i) {
    return w->paths ? !i : i && !w->pairs.items[i].parent && w->pairs.items[i].byte == CLASS_MOUNT_BYTE;
}

static void follow(struct walk *w, size_t i) {
    for (unsigned byte = w->paths; byte < 256; byte++) {
        bool no_path = w->paths && byte == '/' && i && w->pairs.items[i].byte == '/';
        if (no_path || (begins_place(w, i) && byte != '/') || !is_needed(w, byte))
            continue;
        uint8_t b = (uint8_t)byte;
        struct pair from = w->pairs.items[i];
        struct pair to = {aadfa_walk(w->ours, from.ours, &b, 1), aadfa_walk(w->theirs, from.theirs, &b, 1), i,
                          b};
        if (to.ours || (w->both_ways && to.theirs))
            add_pair(w, to);
    }
}

static const char *text_of(const struct walk *w, size_t i) {
    const char *text = "";
    for (; i; i = w->pairs.items[i].parent) {
        uint8_t byte = w->pairs.items[i].byte;
        text = isgraph(byte) ? arena_printf(w->arena, "%c%s", byte, text)
                             : arena_printf(w->arena, "\\x%02x%s", byte, text);
    }
    return text;
}

/* What one of them lets pass and shouldn't, or NULL. */
static const char *difference(struct walk *w) {
    add_pair(w, (struct pair){.ours = w->ours->start, .theirs = w->theirs->start});
    for (size_t i = 0; i < w->pairs.n; i++) {
        uint32_t ours = aadfa_accept(w->ours, w->pairs.items[i].ours) & w->mask;
        uint32_t theirs = aadfa_accept(w->theirs, w->pairs.items[i].theirs) & w->mask;
        if (ours & ~theirs)
            return arena_printf(w->arena, "%s passes, 0x%x", text_of(w, i), ours & ~theirs);
        if (w->both_ways && theirs & ~ours)
            return arena_printf(w->arena, "%s is denied, 0x%x", text_of(w, i), theirs & ~ours);
        follow(w, i);
    }
    return NULL;
}

static const char *compare_capabilities(struct arena *arena, uint64_t ours, uint64_t theirs, bool both_ways) {
    const uint64_t known = (UINT64_C(1) << CAPABILITIES) - 1;
    if (ours & ~theirs & known)
        return arena_printf(arena, "capabilities 0x%llx pass", (unsigned long long)(ours & ~theirs & known));
    if (both_ways && theirs & ~ours & known)
        return arena_printf(arena, "capabilities 0x%llx are denied",
                            (unsigned long long)(theirs & ~ours & known));
    return NULL;
}

static const char *compare(struct arena *arena, const struct aadfa *ours, const struct aadfa *theirs,
                           bool both_ways) {
    const uint32_t perms = OWNER_BITS | OWNER_BITS << OTHER_SHIFT;
    struct walk files = {.arena = arena,
                         .ours = &ours->file,
                         .theirs = &theirs->file,
                         .paths = true,
                         .mask = both_ways ? perms & ~(uint32_t)LINKS : perms,
                         .both_ways = both_ways};
    struct walk rest = {.arena = arena,
                        .ours = &ours->policy,
                        .theirs = &theirs->policy,
                        .mask = UINT32_MAX,
                        .both_ways = both_ways};
    const char *found = compare_capabilities(arena, ours->capabilities, theirs->capabilities, both_ways);
    found = found ? found : difference(&files);
    return found ? found : difference(&rest);
}

static void run(const void *bytes, size_t n, char *line) {
    const char *how = strtok(line, " \n"), *ours = strtok(NULL, " \n"), *theirs = strtok(NULL, " \n"),
               *label = strtok(NULL, "\n");
    struct aadfa a, b;
    struct err err;
    if (!label || (strcmp(how, "covers") != 0 && strcmp(how, "equals") != 0)) {
        printf("not ok - a line isn't understood: %s\n", line);
        return;
    }
    if (aadfa_load(&a, bytes, n, ours, &err) < 0 || aadfa_load(&b, bytes, n, theirs, &err) < 0) {
        printf("not ok - %s: %s\n", label, err.text);
        return;
    }
    struct arena *arena = arena_new();
    const char *found = compare(arena, &a, &b, strcmp(how, "equals") == 0);
    printf("%s - %s%s%s\n", found ? "not ok" : "ok", label, found ? ": " : "", found ? found : "");
    arena_free(arena);
}

int main(int argc, char **argv) {
    static char bytes[1 << 25], line[4096];
    FILE *file FILE_CLEANUP = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (!file)
        return 2;
    size_t n = fread(bytes, 1, sizeof bytes, file);
    if (n == sizeof bytes)
        return 2;
    while (fgets(line, sizeof line, stdin))
        run(bytes, n, line);
    return 0;
}
