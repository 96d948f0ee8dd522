/* The intermediate form: one policy as a flat list of statements, all names resolved, all defaults written
 * out.
 *
 * Its meaning is meaning_judge (meaning.h); backends see this and nothing before it. */
#ifndef VPL_IR_H
#define VPL_IR_H

#include "arena.h"
#include "buf.h"
#include "event.h"
#include "facts.h"
#include "glob.h"
#include "origin.h"

/* A condition on a call's arguments, at the kernel's width: `mask` already says which bits the kernel looks
 * at. */
enum cond_kind { COND_TRUE, COND_FALSE, COND_TEST, COND_NOT, COND_AND, COND_OR };
enum cmp { CMP_EQ, CMP_NE, CMP_LT, CMP_LE, CMP_GT, CMP_GE, CMP_COUNT };
struct cond {
    enum cond_kind kind;
    const struct cond *a, *b; /* NOT: a; AND, OR: both */
    unsigned arg;             /* TEST: (args[arg] & mask) cmp value, unsigned */
    bool wide;                /* the kernel takes 64 bits; else mask and value fit in 32 */
    uint64_t mask;
    enum cmp cmp;
    uint64_t value;
};

/* One call in one ABI. */
struct ir_call {
    enum abi abi;
    uint32_t nr;             /* without the x32 bit */
    int id;                  /* facts' syscall id */
    const struct cond *cond; /* NULL: always */
    const char *given;       /* of `cond`, for the reader: "(option: PR_SET_NAME)", NULL: nothing */
};

/* What a statement speaks of, besides class and operation. Which members count goes by class; an empty one
 * means "any". */
struct ir_match {
    struct pathset paths;   /* file; mount: the mount point; umount; bind/connect: unix pathname sockets */
    struct pathset sources; /* link: targets; mount: device or directory */
    bool has_paths, has_sources;
    bool owner;                 /* file: only for the owner */
    uint64_t capabilities;      /* bit per capability */
    const char *const *fstypes; /* mount */
    size_t n_fstypes;
    const struct ir_option *options; /* mount: any of these; none: any */
    size_t n_options;
    bool options_only;   /* these and no other may be set */
    const int *families; /* socket */
    size_t n_families;
    const int *types;
    size_t n_types;
    const int *protocols;
    size_t n_protocols;
    /* connect, bind: every kind of address when none of these is set */
    bool unix_any;           /* any unix address */
    struct pathset abstract; /* "@name" addresses, with a slash for the @; none in it: none said */
    bool inet_any;           /* any inet or inet6 address */
    const struct ir_cidr *cidrs, *not_cidrs; /* in any of the first, in none of the second */
    size_t n_cidrs, n_not_cidrs;
    const struct ir_ports *ports;
    size_t n_ports;
    unsigned peers;                   /* ptrace, signal: bit per enum peer; 0: any */
    const char *const *peer_policies; /* by label */
    size_t n_peer_policies;
    uint64_t signals[2];  /* bit per signal number (0 exists, up to 64 rt); all zero: any */
    bool every_call;      /* syscall: all of `abis`, numbers outside the tables too */
    unsigned abis;        /* bit per enum abi, with every_call */
    bool unknown_numbers; /* with every_call: only numbers that no table has */
    const char *untested; /* what of a condition no filter can see in some ABI, so that there it isn't denied;
                             NULL: nothing */
    const char *where;    /* of the calls' conditions, for the reader: as it was written, NULL: nothing */
    const struct ir_call *calls; /* sorted by abi, nr; one entry may repeat with another cond */
    size_t n_calls;
};
struct ir_option {
    int index;     /* facts' mount option, for its name */
    uint64_t bits; /* MS_*, all of them */
    bool clear;    /* … clear (rw, exec), else set */
};
struct ir_cidr {
    enum address_kind kind;
    uint8_t address[16];
    unsigned bits;
};
struct ir_ports {
    uint16_t first, last;
};

enum verdict { VERDICT_ALLOW, VERDICT_DENY };

struct ir_stmt {
    unsigned id; /* index in the policy; stable, in the bundle and in logs */
    enum event_class class;
    unsigned ops;    /* 0: the class has none */
    bool is_default; /* a class default or its refinement: beaten by any allow */
    bool refinement; /* of a default, for some calls: beats the class default itself */
    enum verdict verdict;
    bool negated; /* the deny half of `allow only`: everything of class and ops that `match` does not match */
    bool own;     /* the policy's own; else the base's or a mode's */
    bool allow_half; /* of `allow only`, or brought by `use`: exempt from the dead-allow check */
    bool only_half;  /* the allow half of `allow only` */
    bool audit, best_effort, broad;
    int err;          /* syscall denials: the errno, 0 = unsaid (EPERM) */
    int block;        /* index of the `for exec` block, -1: the policy's */
    const char *part; /* the base's top-level part it comes from ("apparmor", "masked-paths"…), NULL: none */
    struct ir_match match;
    const struct ir_stmt *derived_from, *derived; /* one of the other, NULL: none */
    const char *text; /* as a user would write it, one line, for reports and logs */
    const struct origin *origin;
};

/* A growing list of statements, for vec_push. */
struct ir_stmts {
    const struct ir_stmt **items;
    size_t n, cap;
};

enum mode {
    MODE_ALWAYS_ALLOW,
    MODE_RUNTIME_DEFAULT,
    MODE_ENHANCE_PROTECT,
    MODE_BEHAVIOR_MODELING,
    MODE_DEFENSE_IN_DEPTH,
    MODE_COUNT
};
enum reaction { REACTION_DENY, REACTION_AUDIT_DENY, REACTION_OBSERVE };
enum enforcer { ENFORCER_APPARMOR = 1, ENFORCER_SECCOMP = 2 };

enum require_kind {
    REQUIRE_NO_NEW_PRIVILEGES,
    REQUIRE_NON_ROOT,
    REQUIRE_READ_ONLY_ROOT,
    REQUIRE_USER_NAMESPACE,
    REQUIRE_NATIVE_ABI,
    REQUIRE_HOST_PATH,
    REQUIRE_PROC_MOUNT_UNMASKED,
    REQUIRE_COUNT
};
struct ir_require {
    enum require_kind kind;
    const char *host, *at; /* REQUIRE_HOST_PATH: the host's path, and where the container sees it */
    bool writable;
    bool own, best_effort;
    const struct origin *origin;
};

/* Text of another tool's, as it was written. */
struct ir_raw {
    const char *text;
    const struct origin *origin; /* of all of it, the three quotes too */
};
struct ir_raws {
    const struct ir_raw *items;
    size_t n;
};

struct ir_block {
    const char *name; /* a label fit for a profile name */
    const struct glob *const *programs;
    size_t n_programs;
    struct ir_raws raw_apparmor;
    const struct origin *origin;
};

/* What an author wrote and the policy does not say: for the report. */
struct ir_left_out {
    const char *text, *why;
    bool own;    /* the policy's own; else the base's */
    bool denies; /* what it would say */
    bool absent; /* what it speaks of doesn't exist on this architecture */
    const struct origin *origin;
};

enum label_op { LABEL_EXISTS, LABEL_ABSENT, LABEL_IN, LABEL_NOT_IN };
struct ir_label {
    const char *key;
    enum label_op op;
    const char *const *values;
    size_t n_values;
    struct loc loc;
};
struct ir_target {
    const char *kind;      /* "DaemonSet"…, "unit", "program" */
    const char *name;      /* NULL: by labels */
    const char *namespace; /* NULL: any */
    const struct ir_label *labels;
    size_t n_labels;
    const char *const *containers, *const *init_containers;
    size_t n_containers, n_init_containers;
    const struct loc *container_locs, *init_container_locs;
    const struct origin *origin;
};

struct ir_policy {
    const char *name;
    const char *label; /* the name as [A-Za-z0-9_-], for files and profiles */
    bool is_abstract, privileged;
    unsigned enforcers; /* bits of enum enforcer */
    enum mode mode;
    unsigned duration; /* seconds, 0: none said */
    enum reaction reaction;
    const char *base;            /* the base's rule, NULL: nothing */
    const char *const *excepted; /* parts taken from the base */
    size_t n_excepted;
    bool base_named;                    /* said, not by default */
    const struct ir_target *target;     /* NULL: a plain process */
    const struct ir_stmt *const *stmts; /* stmts[i]->id == i */
    size_t n_stmts;
    const struct ir_block *blocks;
    size_t n_blocks;
    const struct ir_require *requires;
    size_t n_requires;
    const struct ir_left_out *left_out;
    size_t n_left_out;
    uint64_t grants; /* capabilities the process keeps: the meaning of capability events outside blocks */
    struct ir_raws raw_apparmor; /* the policy's, outside blocks */
    const struct origin *origin;
};

bool ir_requires(const struct ir_policy *policy, enum require_kind kind);

/* The block's, or the policy's own where it is -1. */
const struct ir_raws *ir_raw_apparmor(const struct ir_policy *policy, int block);

/* Does the statement speak of this event? Class, operation, match and `negated`; neither verdict nor block.
 */
bool ir_stmt_matches(const struct ir_stmt *stmt, const struct event *event);

/* Does `pathset`'s file class hold for the container's pods (a target of a Kubernetes kind)? */
bool ir_is_container(const struct ir_policy *policy);

/* A set of blocks entered by executing the chain; bit per block, at most 64 (more is refused before). */
uint64_t ir_blocks_entered(const struct ir_policy *policy, const char *const *chain, size_t n_chain);

const char *ir_mode_name(enum mode mode);             /* "EnhanceProtect" */
const char *ir_reaction_name(enum reaction reaction); /* "audit deny" */
const char *ir_require_name(enum require_kind kind);  /* "read-only-root" */

/* The statement as a user would write it, one line, long lists cut short. */
const char *ir_stmt_text(struct arena *arena, const struct ir_stmt *stmt);

/* Canonical text of a policy, for --dump-ir, golden files and equality of meaning's input. */
void ir_dump(struct buf *out, const struct ir_policy *policy);

#endif
