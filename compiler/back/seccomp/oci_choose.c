#include "oci.h"
#include "seccomp_backend.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

/* "All but this value" of two arguments takes about a hundred entries, one for each bit. MAX_PIECES bounds
 * the work of comparing an ABI's regions with another's. */
enum { MAX_ENTRIES = 192, MAX_ACTIONS = 8, MAX_PIECES = 4096 };

const struct decision *oci_wanted(const struct oci_chooser *c, enum abi abi, uint32_t nr) {
    return decision_where(c->table, reduce_call(c->reduced, abi, nr), reduce_denies);
}

static bool is_closed(const struct oci_chooser *c, enum abi abi) {
    if (reduce_closed(c->reduced, abi))
        return true;
    for (uint32_t nr = 0; nr <= syscall_table_end(abi); nr++)
        if (oci_wanted(c, abi, nr) != decision_leaf(c->table, 1))
            return false;
    return true;
}

static uint32_t beyond_tables(const struct oci_chooser *c, enum abi abi) {
    const struct decision *beyond = reduce_call(c->reduced, abi, syscall_table_end(abi));
    assert(!beyond->yes); /* no condition speaks of what no table has */
    return beyond->action;
}

static bool is_denial(const struct ir_stmt *stmt) {
    return stmt->class == CLASS_SYSCALL && stmt->verdict == VERDICT_DENY && !stmt->is_default &&
           stmt->block < 0;
}

/* Calls of an architecture that isn't listed are killed, which is all that JSON can say of an entry point: so
 * native-abi and x32 hold, with another answer than in the BPF. */
struct oci_chooser *oci_chooser_new(struct arena *arena, const struct ir_policy *policy) {
    struct oci_chooser *c = ARENA_NEW(arena, struct oci_chooser);
    struct decisions *table = decisions_new(arena);
    *c = (struct oci_chooser){.arena = arena,
                              .table = table,
                              .policy = policy,
                              .reduced = reduce_policy(arena, table, policy),
                              .fits = arena_alloc(arena, (size_t)syscall_count()),
                              .frame = {.abis = 1U << ABI_X86_64, .log = seccomp_wants_log(policy)}};
    for (size_t i = 0; i < policy->n_stmts; i++)
        if (is_denial(policy->stmts[i]))
            vec_push(arena, &c->denials, policy->stmts[i]);
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        if (abi != ABI_X86_64 && !is_closed(c, abi))
            c->frame.abis |= 1U << abi;
    c->frame.default_action = beyond_tables(c, ABI_X86_64);
    for (enum abi abi = 0; abi < ABI_COUNT; abi++) /* where ABIs differ, what blocks less */
        if (c->frame.abis >> abi & 1 && reduce_denies(c->frame.default_action))
            c->frame.default_action = beyond_tables(c, abi);
    return c;
}

static bool is_listed(const struct oci_chooser *c, enum abi abi, int id) {
    return c->frame.abis >> abi & 1 && syscall_number(id, abi) >= 0;
}

static bool disjoint(const struct cube *a, const struct cube *b) {
    for (int arg = 0; arg < 6; arg++)
        if ((a->value[arg] ^ b->value[arg]) & a->mask[arg] & b->mask[arg])
            return true;
    return false;
}

/* Two rules that overlap in some ABI without being one. libseccomp doesn't go back when one that it tried
 * first fails further down, and refuses equal tests with different actions: the container wouldn't start. */
static bool clash(const struct oci_rule *a, const struct oci_rule *b, enum abi abi, uint32_t nr) {
    struct cube x, y;
    oci_applies(a, OCI_LIBRARY_NEW, abi, nr, &x);
    oci_applies(b, OCI_LIBRARY_NEW, abi, nr, &y);
    if (a->action == b->action && !memcmp(&x, &y, sizeof x))
        return false;
    return !disjoint(&x, &y);
}

static bool some_clash(const struct oci_profile *rules, enum abi abi, uint32_t nr) {
    for (size_t i = 0; i < rules->rules.n; i++)
        for (size_t k = 0; k < i; k++)
            if (clash(&rules->rules.items[i], &rules->rules.items[k], abi, nr))
                return true;
    return false;
}

/* Does the policy deny (or not) some call within the cube? */
static bool some_within(const struct oci_chooser *c, const struct decision *wanted, const struct cube *within,
                        bool denied) {
    const struct cube *cubes;
    return decision_cubes(c->arena, wanted, denied, within, 0, &cubes) != 0;
}

struct cubes {
    const struct cube *items;
    size_t n;
    unsigned pieces; /* looked at so far */
};

/* Do the cubes from `first` on cover all of this one? What one of them leaves over is cut up along its bits.
 */
static bool covered(struct cubes *by, size_t first, struct cube cube) {
    while (first < by->n && disjoint(&by->items[first], &cube))
        first++;
    if (first == by->n || ++by->pieces > MAX_PIECES)
        return false;
    const struct cube *with = &by->items[first];
    for (int arg = 0; arg < 6; arg++)
        for (uint64_t open = with->mask[arg] & ~cube.mask[arg]; open; open &= open - 1) {
            uint64_t bit = open & -open;
            struct cube rest = cube;
            rest.mask[arg] |= bit;
            rest.value[arg] |= ~with->value[arg] & bit;
            if (!covered(by, first + 1, rest))
                return false;
            cube.mask[arg] |= bit;
            cube.value[arg] |= with->value[arg] & bit;
        }
    return true;
}

/* Do the rules leave to the default something that the policy decides the other way? */
static bool default_is_wrong(const struct oci_chooser *c, const struct decision *wanted,
                             const struct oci_profile *rules, enum abi abi, uint32_t nr) {
    bool denies = reduce_denies(c->frame.default_action);
    struct cube *own = arena_alloc(c->arena, (rules->rules.n + 1) * sizeof *own);
    const struct cube *others;
    struct cubes by = {own, 0, 0};
    for (size_t i = 0; i < rules->rules.n; i++)
        oci_applies(&rules->rules.items[i], OCI_LIBRARY_NEW, abi, nr, &own[by.n++]);
    int n = decision_cubes(c->arena, wanted, !denies, NULL, MAX_PIECES, &others);
    for (int i = 0; i < n; i++)
        if (!covered(&by, 0, others[i]))
            return true;
    return n < 0;
}

/* The rules in one ABI. */
static enum oci_fit fit_in(const struct oci_chooser *c, const struct oci_profile *rules, enum abi abi,
                           uint32_t nr) {
    const struct decision *wanted = oci_wanted(c, abi, nr);
    bool weaker = false, stronger = some_clash(rules, abi, nr);
    for (size_t i = 0; i < rules->rules.n && !stronger; i++) {
        struct cube cube;
        oci_applies(&rules->rules.items[i], OCI_LIBRARY_NEW, abi, nr, &cube);
        bool denies = reduce_denies(rules->rules.items[i].action);
        if (some_within(c, wanted, &cube, !denies))
            *(denies ? &stronger : &weaker) = true;
    }
    if (!stronger && default_is_wrong(c, wanted, rules, abi, nr))
        *(reduce_denies(c->frame.default_action) ? &stronger : &weaker) = true;
    return stronger ? OCI_STRONGER : weaker ? OCI_WEAKER : OCI_EXACT;
}

static enum oci_fit fit_of(const struct oci_chooser *c, int id, const struct oci_profile *rules) {
    enum oci_fit worst = OCI_EXACT;
    for (enum abi abi = 0; abi < ABI_COUNT; abi++) {
        enum oci_fit fit =
            is_listed(c, abi, id) ? fit_in(c, rules, abi, (uint32_t)syscall_number(id, abi)) : OCI_EXACT;
        worst = fit > worst ? fit : worst;
    }
    return worst;
}

static void add_always(const struct oci_chooser *c, int id, uint32_t action, struct oci_profile *rules) {
    if (action != c->frame.default_action)
        vec_push(c->arena, &rules->rules, ((struct oci_rule){.id = id, .action = action}));
}

/* The call's regions but those that the default answers, or `roughly` those to which it gives the same
 * verdict. False when they are too many. */
static bool add_regions(const struct oci_chooser *c, int id, const struct decision *d, bool roughly,
                        struct oci_profile *rules) {
    uint32_t actions[MAX_ACTIONS], standard = c->frame.default_action;
    size_t n = decision_actions(c->arena, d, actions, MAX_ACTIONS), left = MAX_ENTRIES;
    for (size_t i = 0; i < n && i < MAX_ACTIONS; i++) {
        const struct cube *cubes;
        if (actions[i] == standard || (roughly && reduce_denies(actions[i]) == reduce_denies(standard)))
            continue;
        int found = decision_cubes(c->arena, d, actions[i], NULL, left, &cubes);
        if (found < 0)
            return false;
        for (int k = 0; k < found; k++)
            vec_push(c->arena, &rules->rules, ((struct oci_rule){id, actions[i], cubes[k]}));
        left -= (size_t)found;
    }
    return n <= MAX_ACTIONS;
}

/* Does every written statement that denies the call say `broad`, and does one in every ABI? */
static bool is_broad(const struct oci_chooser *c, int id) {
    unsigned spoken_of = 0;
    for (size_t i = 0; i < c->denials.n; i++) {
        const struct ir_stmt *stmt = c->denials.items[i];
        for (enum abi abi = 0; abi < ABI_COUNT; abi++) {
            if (!is_listed(c, abi, id) ||
                reduce_match(c->reduced, stmt, abi, (uint32_t)syscall_number(id, abi)) ==
                    decision_leaf(c->table, 0))
                continue;
            if (!stmt->broad)
                return false;
            spoken_of |= 1U << abi;
        }
    }
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        if (is_listed(c, abi, id) && !(spoken_of >> abi & 1))
            return false;
    return true;
}

static struct oci_profile empty(const struct oci_chooser *c) {
    struct oci_profile profile = c->frame;
    profile.rules.items = NULL;
    profile.rules.n = profile.rules.cap = 0;
    return profile;
}

/* The regions that one ABI asks for, tried on all of them. */
static enum oci_fit attempt(const struct oci_chooser *c, int id, enum abi abi, bool roughly,
                            struct oci_profile *rules) {
    *rules = empty(c);
    if (!is_listed(c, abi, id))
        return OCI_STRONGER;
    const struct decision *d = reduce_call(c->reduced, abi, (uint32_t)syscall_number(id, abi));
    return add_regions(c, id, d, roughly, rules) ? fit_of(c, id, rules) : OCI_STRONGER;
}

static enum oci_fit choose(const struct oci_chooser *c, int id, struct oci_profile *out) {
    struct oci_profile rules;
    bool listed = false, weaker = false;
    for (enum abi abi = 0; abi < ABI_COUNT; abi++) {
        listed = listed || is_listed(c, abi, id);
        for (int roughly = 0; roughly < 2; roughly++) {
            enum oci_fit fit = attempt(c, id, abi, roughly, &rules);
            if (fit == OCI_EXACT || (fit == OCI_WEAKER && !weaker))
                *out = rules;
            if (fit == OCI_EXACT)
                return OCI_EXACT;
            weaker = weaker || fit == OCI_WEAKER;
        }
    }
    bool broad = is_broad(c, id);
    if (!listed || (weaker && !broad))
        return listed ? OCI_WEAKER : OCI_EXACT;
    *out = empty(c);
    add_always(c, id, broad ? SECCOMP_RET_ERRNO | EPERM : SECCOMP_RET_ALLOW, out);
    return broad ? OCI_STRONGER : OCI_OPEN;
}

static bool speaks_of_some_behind(const struct oci_chooser *c, int multiplexer) {
    for (size_t i = 0; i < oci_muxes_count; i++) {
        struct oci_profile rules = empty(c);
        if (strcmp(oci_muxes[i].multiplexer, syscall_name(multiplexer)))
            continue;
        choose(c, syscall_by_name(oci_muxes[i].name), &rules);
        if (rules.rules.n)
            return true;
    }
    return false;
}

/* Another action with the same verdict: a rule with the default's would be skipped. */
static uint32_t unlike_default(const struct oci_chooser *c, uint32_t action) {
    if (action != c->frame.default_action)
        return action;
    if (reduce_denies(action))
        return SECCOMP_RET_ERRNO | (action == (SECCOMP_RET_ERRNO | EPERM) ? ENOSYS : EPERM);
    return action == SECCOMP_RET_LOG ? SECCOMP_RET_ALLOW : SECCOMP_RET_LOG;
}

/* libseccomp applies the rules of socket(2) to socketcall too, without the test of its argument 0; one rule
 * for all of socketcall keeps them off it. */
static enum oci_fit choose_multiplexer(const struct oci_chooser *c, int id, struct oci_profile *out) {
    const struct decision *d = reduce_call(c->reduced, ABI_I386, (uint32_t)syscall_number(id, ABI_I386));
    *out = empty(c);
    add_always(c, id, unlike_default(c, d->yes ? SECCOMP_RET_ALLOW : d->action), out);
    return d->yes ? OCI_OPEN : OCI_EXACT;
}

static bool is_multiplexer(int id) {
    return !strcmp(syscall_name(id), "socketcall") || !strcmp(syscall_name(id), "ipc");
}

enum oci_fit oci_choose(const struct oci_chooser *c, int id, struct oci_profile *profile) {
    struct oci_profile rules = empty(c);
    bool multiplexer = is_multiplexer(id) && is_listed(c, ABI_I386, id) && speaks_of_some_behind(c, id);
    enum oci_fit fit = multiplexer ? choose_multiplexer(c, id, &rules) : choose(c, id, &rules);
    for (size_t i = 0; i < rules.rules.n; i++)
        vec_push(c->arena, &profile->rules, rules.rules.items[i]);
    return fit;
}

enum oci_fit oci_fit(const struct oci_chooser *c, int id) {
    struct oci_profile rules = c->frame;
    if (c->fits[id])
        return (enum oci_fit)(c->fits[id] - 1);
    enum oci_fit fit = oci_choose(c, id, &rules);
    if (!decisions_overflowed(c->table))
        c->fits[id] = (unsigned char)(1 + fit);
    return fit;
}
