/* Reads profile text back, and says what it lets happen. Shares nothing with what wrote it.
 *
 * It reads the rules that this compiler writes, and those of them that authors write in `raw apparmor`.
 * Whatever else apparmor_parser knows is an error here: an include, a variable, a transition that leaves the
 * profile, mount options that its versions 3 and 4 read differently, a brace that would close the profile. */
#ifndef VPL_EVALUATE_H
#define VPL_EVALUATE_H

#include "arena.h"
#include "backend.h"
#include "event.h"
#include "glob.h"

/* A permission of a file rule: bits of enum file_op; a rule of another class: bits of its operations. */
struct aa_rule {
    enum event_class class;
    bool deny, audit, owner;
    bool complain;             /* read from a profile's flags, not a rule's */
    unsigned ops;              /* 0: the class has none */
    const struct glob *path;   /* file, mount point, umount; NULL: any */
    const struct glob *source; /* mount: from; link: to; NULL: any */
    bool pair;                 /* a link rule */
    bool is_name;              /* the path has no `*`, `?`, `[` */
    const char *const *stack;  /* exec: profiles that come on top */
    size_t n_stack;
    uint64_t capabilities;
    int family, type; /* -1: any */
    const struct glob *fstype;
    uint64_t mount_flags, free_flags; /* all of the first; the others only among the second */
    const struct glob *peer;
    uint64_t signals[2]; /* both 0: any */
};
struct aa_text_profile {
    const char *name; /* a child's: PARENT//CHILD */
    bool complain;    /* only what is denied in so many words is blocked */
    VEC(struct aa_rule) rules;
};
struct aa_text {
    unsigned abi_major;
    VEC(struct aa_text_profile) profiles; /* the first is the outer one */
};

/* NULL on text that it can't read, then *error is a sentence. `disks`: what the variable @{node_disks} is,
 * the one that a profile may leave to the node; NULL: nothing. */
const struct aa_text *evaluate_parse(struct arena *arena, const char *text, const char *disks,
                                     const char **error);

/* Is this a list of rules, to stand inside a profile? If not, *error says why and *at where, in bytes. */
bool evaluate_rules(struct arena *arena, const char *text, const char **error, size_t *at);

enum judged evaluate_judge(const struct aa_text *text, const struct event *event);

#endif
