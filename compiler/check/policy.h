/* The checked policy: names resolved, lists flattened, words turned into numbers; still in the author's own
 * statements. `lower` turns it into the IR. */
#ifndef VPL_POLICY_H
#define VPL_POLICY_H

#include "ast.h"
#include "diag.h"
#include "parse.h"

/* One element of a flattened list. */
enum value_kind { VALUE_NUMBER, VALUE_RANGE, VALUE_STRING, VALUE_WORD };
struct value {
    enum value_kind kind;
    uint64_t number, last; /* NUMBER; RANGE: number … last */
    const char *text;      /* STRING (spliced, escapes as written), WORD */
    struct loc loc, use;   /* where it is written; where the statement names it, by a let or itself */
};
struct value_list {
    const struct value *items;
    size_t n;
};
struct value_set {
    bool present; /* false: the statement says nothing of it, so all of it */
    struct value_list in, out;
    struct loc loc;
};

/* A condition, arguments still by name: their places differ between ABIs. */
enum test_kind { TEST_COMPARE, TEST_IN, TEST_NOT, TEST_AND, TEST_OR };
struct test_expr {
    enum test_kind kind;
    const struct test_expr *a, *b;
    const char *arg;
    bool masked;
    uint64_t mask;
    unsigned cmp; /* 0 == 1 != 2 < 3 <= 4 > 5 >= */
    uint64_t value;
    struct value_list values;
    struct loc loc, mask_loc, value_loc;
};
struct call {
    int id;
    const struct test_expr *test; /* NULL: always */
    const char *given;            /* "(option: PR_SET_NAME)" as it was written, NULL: no arguments */
    struct loc loc;
};

enum effect { EFFECT_ALLOW, EFFECT_ALLOW_ONLY, EFFECT_DENY, EFFECT_DEFAULT_DENY };

struct inet_address {
    bool v6;
    uint8_t bytes[16];
    unsigned bits;
};

struct stmt {
    enum effect effect;
    enum event_class class;
    unsigned ops; /* bits; 0 where the author named none */
    bool audit, best_effort, broad;
    int err;
    uint64_t when;
    bool has_when, when_not;
    struct value_set paths;   /* file, umount; mount: to; unix addresses */
    struct value_set sources; /* link: to; mount: from */
    bool owner;
    bool has_capabilities;
    uint64_t capabilities;
    struct value_list fstypes;
    bool options_only;
    struct value_list options;                    /* numbers: mount option indexes */
    struct value_list families, types, protocols; /* numbers */
    bool unix_only, inet_only;
    const struct inet_address *addresses, *not_addresses; /* without those after `except` */
    size_t n_addresses, n_not_addresses;
    struct value_list ports;
    uint64_t signals[2];
    unsigned peers; /* bits of enum peer */
    const char *const *peer_policies;
    size_t n_peer_policies;
    bool has_calls;
    const struct call *calls;
    size_t n_calls;
    const char *where; /* the condition of all of them as it was written, NULL: none */
    int abi;           /* in tests: enum abi; else -1 */

    const char *says_nothing; /* not NULL: a list came out empty through a parameter; why */
    int block;                /* index of the for exec block, -1 none */
    bool own;
    bool by_use;
    const char *part; /* of a base: its top-level part */
    const struct ast
        *excepted; /* a mask that the policy takes from its base by this reference; NULL: it doesn't */
    const struct origin *origin;
};

struct require {
    const char *what; /* as written: "non-root"… */
    const char *host, *at;
    bool writable, own, best_effort;
    const struct origin *origin;
};

struct raw {
    const char *text;
    const struct origin *origin;
};

struct block {
    const char *name;
    struct value_set programs;
    VEC(struct raw) raw_apparmor;
    const struct origin *origin;
};

struct label {
    const char *key;
    enum label_word op;
    const char *const *values;
    size_t n_values;
    struct loc loc;
};
struct target {
    const char *kind, *name, *ns;
    VEC(struct label) labels;
    VEC(const char *) containers;
    VEC(const char *) init_containers;
    VEC(struct loc) container_locs, init_container_locs; /* of each */
    const struct origin *origin;
};

struct scope;

/* A rule that the policy (or a block of it) uses, to see when it does so twice. */
struct used {
    const struct ast *rule, *part;
    const char *name; /* as used: aliases of one rule differ */
    int block;
    const struct ast *item;    /* with its arguments … */
    const struct scope *scope; /* … which mean the same in one body only */
};

enum policy_mode {
    POLICY_ALWAYS_ALLOW,
    POLICY_RUNTIME_DEFAULT,
    POLICY_ENHANCE_PROTECT,
    POLICY_BEHAVIOR_MODELING,
    POLICY_DEFENSE_IN_DEPTH,
    POLICY_MODE_COUNT
};
extern const char *const policy_mode_names[POLICY_MODE_COUNT];

struct policy {
    const char *name;
    bool is_abstract, cluster, privileged;
    unsigned enforcers; /* 1 apparmor, 2 seccomp */
    enum policy_mode mode;
    unsigned duration;
    const char *model;
    bool partial;
    unsigned reaction; /* 0 deny, 1 audit deny, 2 observe */
    const char *base;  /* NULL: nothing */
    bool base_named;
    VEC(const struct ast *) excepted; /* references to the base's parts */
    struct target *target;
    VEC(struct stmt *) stmts;
    VEC(struct block) blocks;
    VEC(struct require) requires;
    VEC(struct used) used;
    VEC(struct raw) raw_apparmor;
    VEC(struct raw) raw_seccomp;
    const struct origin *origin; /* the name */
    struct loc mode_loc, base_loc, enforcers_loc, reaction_loc,
        privileged_loc; /* where set; no place: by default */
    const struct ast *node;
    const struct unit *unit;
};

/* One expectation of a test block. */
struct expect {
    enum effect effect; /* ALLOW or DENY */
    bool audit;
    const char *const *chain;
    size_t n_chain;
    struct stmt *what;
    int err; /* with which a system call is to be denied; 0: any */
    struct loc loc;
};
struct test {
    const char *title;
    struct policy *policy; /* of a rule: one that consists of it */
    VEC(struct expect) expects;
    struct loc loc;
};

struct checked {
    VEC(struct policy *) policies; /* of the main file, in its order, abstract ones too */
    VEC(struct test) tests;
    struct value_list
        known_links; /* the library's `known_links`: "FROM TO SAMPLE" each; links.h says what they mean */
};

/* Program → checked. All mistakes are diagnostics. */
void resolve_program(struct arena *arena, struct diag *diag, const struct program *program,
                     struct checked *checked);

/* Adds the test blocks of a tree; resolve_program does so for the main file, `vplc eval` for an event on its
 * command line. */
void resolve_tests(struct arena *arena, struct diag *diag, const struct program *program,
                   const struct ast *tree, struct checked *checked);

/* A policy that consists of a rule alone, as a test `for rule` has it: EnhanceProtect on nothing, both
 * enforcers. `use` is a USEITEM of that unit. What is wrong is a diagnostic. */
struct policy *resolve_rule(struct arena *arena, struct diag *diag, const struct program *program,
                            const struct unit *unit, const struct ast *use);

/* The table of checks over what resolve found; only after it went without errors. */
void checks_run(struct diag *diag, const struct checked *checked);

/* Is it of the masked and read-only paths of a base: what a container's runtime holds itself? */
bool policy_is_mask(const struct stmt *stmt);

/* Does the runtime mask paths of its container, whatever the policy leaves out? Where the host's are mounted
 * elsewhere it masks nothing all the same. */
bool policy_keeps_masks(const struct policy *policy);

/* What this version checks and can't compile yet: is there such a thing in the policy? With `diag`, an error
 * for each. */
bool checks_not_yet(struct diag *diag, const struct policy *policy);

#endif
