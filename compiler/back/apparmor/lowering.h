/* What the files that write a profile share: which statements speak in it, what it lets happen, how a rule is
 * spelled. */
#ifndef VPL_APPARMOR_LOWERING_H
#define VPL_APPARMOR_LOWERING_H

#include "backend.h"

/* A profile being written: the policy's (block -1), or the child of a `for exec` block. */
struct aa_profile {
    struct arena *arena;
    const struct ir_policy *policy;
    const struct node *node;
    int block;
    const char *name;     /* the outer profile's; "" while its hash is computed */
    bool mounts_filtered; /* the policy's filter denies what AppArmor doesn't see of mounts; for aa_holds */
};

/* What happens is allowed if one rectangle holds it: the operations, by what matches. */
struct aa_rect {
    unsigned ops;
    struct ir_match match;
    const struct ir_stmt *stmt; /* that made or last narrowed it, NULL: the class's default */
};
struct aa_rects {
    struct aa_rect *items;
    size_t n, cap;
};

enum aa_meet { AA_MEET_EMPTY, AA_MEET_SOME, AA_MEET_UNKNOWN };

/* paths.c */

/* Globs whose union is the set. False if no glob can say it: then they say more (what `except` takes away
 * stays in). */
struct aa_globs {
    const char *const *items;
    size_t n;
};
bool aa_globs(struct arena *arena, const struct pathset *set, struct aa_globs *globs);

/* Globs for all that isn't in the set; false as above, with none. */
bool aa_globs_outside(struct arena *arena, const struct pathset *set, struct aa_globs *globs);

/* The names that a glob without `*`, `?` and `[` stands for. apparmor_parser lets the exec rule of such a
 * glob go before those of others. False for other globs, and where there would be more than 512. */
bool aa_names(struct arena *arena, const char *glob, struct aa_globs *names);

/* Has it `*`, `?` or `[`? */
bool aa_is_wild(const char *glob);

/* Past one byte, escaped or not, or a class. */
const char *aa_past_unit(const char *glob);

/* The end of the alternative that begins there: the ',' or '}' of its own braces. */
const char *aa_item_end(const char *glob);

enum aa_meet aa_meet_paths(struct arena *arena, const struct pathset *a, const struct pathset *b,
                           struct pathset *both);
struct pathset aa_pathset_of(struct arena *arena, const char *const *globs, size_t n);

/* `# text` on a line of its own, whatever bytes `text` has. */
void aa_add_comment(struct buf *out, const char *indent, const char *text);

/* allowed.c */

extern const struct pathset aa_every_path;

/* Classes that rules exist for. */
bool aa_has_class(enum event_class class);

/* Does AppArmor have something to hold in this statement? Masked and read-only paths are the container
 * runtime's, where it masks what the base says. */
bool aa_is_ours(const struct aa_profile *p, const struct ir_stmt *stmt);

/* ours, in this profile, and a denial (observed ones too) */
bool aa_denies_here(const struct aa_profile *p, const struct ir_stmt *stmt);

/* A denial of the policy's own that `on violation observe` only logs. */
bool aa_is_observed(const struct ir_policy *policy, const struct ir_stmt *stmt);

/* Is the class denied in this profile unless a statement allows? */
bool aa_denied_by_default(const struct aa_profile *p, enum event_class class);

/* What the profile lets happen of `ops`, which the same `allow only`s must speak of (aa_ops_alike), before
 * written denials. *failed is set if `watch`, an `allow only`, could not narrow it exactly; both may be NULL.
 */
struct aa_rects aa_allowed(const struct aa_profile *p, enum event_class class, unsigned ops,
                           const struct ir_stmt *watch, bool *failed);

/* Takes from *ops the first operation and all others that the same `allow only`s speak of, and returns them.
 */
unsigned aa_ops_alike(const struct aa_profile *p, enum event_class class, unsigned *ops);
unsigned aa_all_ops(enum event_class class); /* 1 for a class without operations */

/* The permission, and where it leads, of a program that stays in the profile: "ix" or one that lets nothing
 * be mapped. */
const char *aa_exec_perm(const struct aa_profile *p);

/* Programs of blocks that may not be mapped, although entering a block gives that. *exact: all of them can be
 * said. */
struct aa_globs aa_programs_not_mapped(const struct aa_profile *p, bool *exact);

/* Is what a denial says of mapping held for them as well? */
bool aa_maps_hold(const struct aa_profile *p, const struct ir_stmt *denial);

enum aa_meet aa_meet_match(struct arena *arena, const struct ir_match *a, const struct ir_match *b,
                           struct ir_match *both);

/* Does the meaning log what this denial denies, or would if it weren't observed? */
bool aa_logs(const struct ir_policy *policy, const struct ir_stmt *denial);

/* The denials of this profile and class that are logged. */
struct ir_stmts aa_audited(const struct aa_profile *p, enum event_class class);

/* A quiet denial erases the log of an audited one that overlaps it, so it is written audited as well. */
bool aa_is_audited(const struct aa_profile *p, const struct ir_stmt *denial, const struct ir_stmts *audited);

/* rules.c */

/* One or more rules, a line each. `qualifier` ("audit deny ", "") goes before each. A denial must be sayable;
 * an allow that isn't gets wider. */
void aa_add_rules(struct buf *out, const struct aa_profile *p, const char *qualifier, enum event_class class,
                  unsigned ops, const struct ir_match *match);

/* NULL if rules can say exactly this, else why not. */
const char *aa_unsayable(const struct aa_profile *p, enum event_class class, const struct ir_match *match);

/* Why rules for it speak of more; NULL if they don't. Such a denial is written where it says `broad`. */
const char *aa_wider(const struct aa_profile *p, enum event_class class, const struct ir_match *match);

/* How many of its families and types rules can name. */
enum aa_named { AA_NAMED_NONE, AA_NAMED_SOME, AA_NAMED_ALL };
enum aa_named aa_named(const struct ir_match *match);

/* The rules that one statement makes: they differ in what their lists name. */
struct aa_line {
    struct buf *out;
    const struct aa_profile *p;
    const char *qualifier; /* "", "audit ", "deny ", "audit deny " */
    unsigned ops;
    const struct ir_match *match;
};
bool aa_line_denies(const struct aa_line *line);
void aa_line_begin(const struct aa_line *line, const char *word);
void aa_line_end(const struct aa_line *line);

/* mounts.c */

/* What mount(2) can be asked to do, a bit each: the kernel looks at other flags, source and type for each. */
enum aa_mount_kind {
    AA_MOUNT_NEW = 1,
    AA_MOUNT_BIND = 2,
    AA_MOUNT_RBIND = 4,
    AA_MOUNT_MOVE = 8,
    AA_MOUNT_REMOUNT = 16,
    AA_MOUNT_PROPAGATION = 0xff << 5, /* each type, recursive or not */
    AA_MOUNT_IN_PLACE = AA_MOUNT_REMOUNT | AA_MOUNT_PROPAGATION,
    AA_MOUNT_ALL = AA_MOUNT_IN_PLACE | AA_MOUNT_MOVE | AA_MOUNT_RBIND | AA_MOUNT_BIND | AA_MOUNT_NEW
};

/* The kinds that the match speaks of; 0: there are none, or no rule can test its options. */
unsigned aa_mount_kinds(const struct ir_match *match);
const char *aa_mount_unsayable(const struct ir_match *match); /* NULL, or why kinds or types can't be said */

/* Options that mean the kinds that both speak of. */
bool aa_meet_mount(struct arena *arena, const struct ir_match *a, const struct ir_match *b,
                   struct ir_match *both);

/* NULL if rules can tell what the match speaks of from all else, else why not: then they say more. */
const char *aa_mount_wider(const struct aa_profile *p, const struct ir_match *match);

void aa_add_mount(const struct aa_line *line);
void aa_add_umount(const struct aa_line *line);

/* exec.c */

/* A set of programs, and the blocks that executing one of them enters. */
struct aa_cell {
    const char *glob;
    bool is_name; /* one path, spelled as a glob */
    uint64_t blocks;
};
struct aa_cells {
    struct aa_cell *items;
    size_t n, cap;
};
enum { AA_MAX_TARGETS = 12 }; /* apparmor_parser 3.0 and 4.1: AA_EXEC_COUNT */

/* Disjoint cells of all blocks' programs. False: globs overlap in a way that no glob can say. */
bool aa_exec_cells(struct arena *arena, const struct ir_policy *policy, struct aa_cells *cells);
/* How many exec transitions the profile has; at most AA_MAX_TARGETS. */
size_t aa_exec_targets(const struct aa_profile *p, const struct aa_cells *cells);

/* The profile's exec rules, entries of blocks included. */
void aa_add_exec(struct buf *out, const struct aa_profile *p);

/* What stands in the way of writing them exactly. */
struct aa_exec_state {
    bool refused; /* no rules can tell the programs apart: apparmor_parser would refuse the profile */
    bool under;   /* a program of a block may be executed although an `allow only exec` doesn't let it */
};
struct aa_exec_state aa_exec_try(const struct aa_profile *p);

/* emit.c */

/* The whole text. `name` "" for the hash. */
void aa_emit_text(struct buf *out, struct arena *arena, const struct ir_policy *policy,
                  const struct node *node, const char *name);

/* merge.c */

/* Rules that are alike but for a `{,…}`, as one: those that `out` has from `begin` on. */
void aa_merge_rules(struct buf *out, struct arena *arena, size_t begin);

/* limits.c */

/* What may keep apparmor_parser 3.0 and 4.1 from compiling the text, NULL if nothing: time that doubles with
 * each glob of one kind (eight: 24 s), and 65,535 states. */
const char *aa_too_much(const char *text);

/* holds.c */
const void *aa_study(struct arena *arena, const struct ir_policy *policy, const struct node *node);
struct hold aa_holds(struct arena *arena, const struct ir_policy *policy, const struct ir_stmt *stmt,
                     const struct node *node, const void *study);

#endif
