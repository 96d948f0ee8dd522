/* tests/equal/NAME.a.vpl and NAME.b.vpl mean the same, in other words: their policies, paired in order, give
 * every event the same verdict, whether it is logged, and errno. The events are one of each cell that both
 * policies' constants and globs cut. The pairs in tests/equal/different/ show that a difference is seen: they
 * differ in as little as can be. */
#include "check.h"
#include "compile.h"
#include "events.h"
#include "meaning.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Both policies' statements as one: the events around it lie in each cell of the two. */
static struct ir_policy joined(struct arena *arena, const struct ir_policy *a, const struct ir_policy *b) {
    const struct ir_stmt **all = arena_alloc(arena, (a->n_stmts + b->n_stmts + 1) * sizeof *all);
    struct ir_policy joint = *a;
    for (size_t i = 0; i < a->n_stmts + b->n_stmts; i++)
        all[i] = i < a->n_stmts ? a->stmts[i] : b->stmts[i - a->n_stmts];
    joint.stmts = all;
    joint.n_stmts = a->n_stmts + b->n_stmts;
    return joint;
}

/* Who acts: nobody that a block names, or one program of each set of blocks that can be entered in the two.
 * What several programs enter is the sum of it. */
struct actor {
    const char *program;
    uint64_t entered_a, entered_b;
};
struct actors {
    VEC(struct actor) list;
};

static void add_actor(struct arena *arena, struct actors *actors, const struct ir_policy *a,
                      const struct ir_policy *b, const char *program) {
    struct actor new = {program, ir_blocks_entered(a, &program, 1), ir_blocks_entered(b, &program, 1)};
    for (size_t i = 0; i < actors->list.n; i++)
        if (actors->list.items[i].entered_a == new.entered_a &&
            actors->list.items[i].entered_b == new.entered_b)
            return;
    vec_push(arena, &actors->list, new);
}

static void add_actors(struct arena *arena, struct actors *actors, const struct ir_policy *a,
                       const struct ir_policy *b, const struct ir_policy *named_by) {
    const char *paths[64];
    for (size_t i = 0; i < named_by->n_blocks; i++)
        for (size_t k = 0; k < named_by->blocks[i].n_programs; k++) {
            size_t n = glob_boundary(arena, named_by->blocks[i].programs[k], paths, 64);
            for (size_t p = 0; p < n; p++)
                add_actor(arena, actors, a, b, paths[p]);
        }
}

static bool same(const struct judgement *a, const struct judgement *b) {
    bool err = a->verdict == VERDICT_ALLOW || (a->err ? a->err : EPERM) == (b->err ? b->err : EPERM);
    return a->verdict == b->verdict && a->logged == b->logged && err;
}

static void explain(const char *side, const struct judgement *j) {
    printf("#   %s: %s%s%s, by %s\n", side, j->verdict == VERDICT_DENY ? "deny" : "allow",
           j->logged ? ", logged" : "", j->err ? errno_name(j->err) : "",
           j->decided_by ? j->decided_by->text : "nothing");
}

static bool judged_alike(const struct ir_policy *a, const struct ir_policy *b, const struct event *e,
                         bool quiet) {
    struct judgement x = meaning_judge(a, e), y = meaning_judge(b, e);
    if (same(&x, &y))
        return true;
    struct buf text BUF_CLEANUP = {0};
    event_print(&text, e);
    if (quiet)
        return false;
    printf("# %s%s%s\n", buf_text(&text), e->n_chain ? " by " : "", e->n_chain ? e->chain[0] : "");
    explain("a", &x);
    explain("b", &y);
    return false;
}

/* A class that no block can speak of is judged once. */
static bool class_alike(struct arena *arena, const struct ir_policy *a, const struct ir_policy *b,
                        enum event_class class, const struct actors *actors, bool quiet) {
    struct ir_policy joint = joined(arena, a, b);
    struct events events = {0};
    events_around(arena, &joint, class, &events);
    size_t n_actors = class == CLASS_SYSCALL ? 0 : actors->list.n;
    for (size_t i = 0; i < events.list.n; i++)
        for (size_t who = 0; who <= n_actors; who++) {
            struct event e = events.list.items[i];
            e.n_chain = who > 0;
            e.chain = who ? &actors->list.items[who - 1].program : NULL;
            if (!judged_alike(a, b, &e, quiet))
                return false;
        }
    return events.list.n > 0;
}

static bool policies_alike(struct arena *arena, const struct ir_policy *a, const struct ir_policy *b,
                           bool quiet) {
    struct actors actors = {0};
    add_actors(arena, &actors, a, b, a);
    add_actors(arena, &actors, a, b, b);
    for (enum event_class class = 0; class < CLASS_COUNT; class ++)
        if (!class_alike(arena, a, b, class, &actors, quiet))
            return false;
    return true;
}

static bool load(struct compilation *c, const char *path) {
    struct err err;
    struct buf text BUF_CLEANUP = {0};
    compile_init(c);
    int wrong = compile_load(c, path, NULL, &err);
    diag_print(&c->diag, &text, false);
    if (wrong)
        printf("# %s\n", wrong < 0 ? err.text : buf_text(&text));
    return !wrong;
}

enum answer { ALIKE, DIFFERENT, UNREADABLE };

static enum answer files_alike(const char *path_a, const char *path_b, bool quiet) {
    struct compilation a, b;
    const struct ir_policy **of_a = NULL, **of_b = NULL;
    bool loaded_a = load(&a, path_a), loaded_b = load(&b, path_b), alike = true;
    size_t n_a = loaded_a ? compile_selected(&a, NULL, &of_a) : 0,
           n_b = loaded_b ? compile_selected(&b, NULL, &of_b) : 0;
    bool readable = n_a && n_a == n_b;
    for (size_t i = 0; readable && i < n_a; i++)
        alike &= policies_alike(a.arena, of_a[i], of_b[i], quiet);
    compile_free(&a);
    compile_free(&b);
    return !readable ? UNREADABLE : alike ? ALIKE : DIFFERENT;
}

static int is_first(const struct dirent *entry) {
    size_t n = strlen(entry->d_name);
    return n > 6 && strcmp(entry->d_name + n - 6, ".a.vpl") == 0;
}

/* One test per pair of the folder; returns how many there are. */
static int check_pairs(const char *folder, enum answer expected) {
    struct dirent **entries;
    int n = scandir(folder, &entries, is_first, alphasort);
    for (int i = 0; i < n; i++) {
        char a[4096], b[4096];
        int stem = (int)strlen(entries[i]->d_name) - 6;
        snprintf(a, sizeof a, "%s/%.*s.a.vpl", folder, stem, entries[i]->d_name);
        snprintf(b, sizeof b, "%s/%.*s.b.vpl", folder, stem, entries[i]->d_name);
        bool fine = files_alike(a, b, expected == DIFFERENT) == expected;
        check_failures += !fine;
        printf("%s - %.*s %s\n", fine ? "ok" : "not ok", stem, entries[i]->d_name,
               expected == ALIKE ? "means the same" : "is seen to differ");
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    return n;
}

int main(void) {
    CHECK(check_pairs("tests/equal", ALIKE) >= 10);
    CHECK(check_pairs("tests/equal/different", DIFFERENT) >= 10);
    return check_done();
}
