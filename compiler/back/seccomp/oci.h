/* OCI JSON: a list of rules that a runtime hands to libseccomp, rule by rule, for every architecture listed.
 */
#ifndef VPL_OCI_H
#define VPL_OCI_H

#include "reduce.h"

/* Rules of one call are alternatives; so are two tests of one argument, hence one at most: a masked equality.
 */
struct oci_rule {
    int id;
    uint32_t action; /* SECCOMP_RET_ALLOW, _LOG or _ERRNO with an errno; not the default's: runtimes skip such
                        rules */
    struct cube cube; /* no test: always */
};
struct oci_profile {
    uint32_t default_action;
    unsigned abis;              /* the architectures listed, bit per enum abi; a call of another kills */
    bool log;                   /* SECCOMP_FILTER_FLAG_LOG */
    VEC(struct oci_rule) rules; /* in the order in which libseccomp gets them */
};

bool oci_is_conditional(const struct cube *cube);

/* The runtime specification's subset, nothing more: containerd decodes that type. Rules without tests come
 * first. */
void oci_write(struct buf *out, const struct oci_profile *profile);

/* Reads what oci_write writes (rules grouped by names are single ones again). False with *error for anything
 * else. */
bool oci_read(struct arena *arena, const char *text, struct oci_profile *profile, const char **error);

/* Which libseccomp reads it: one that knows our tables, or Debian 12's (2.5.4), which skips names of newer
 * calls. */
enum oci_library { OCI_LIBRARY_NEW, OCI_LIBRARY_OLD };
bool oci_knows(enum oci_library library, int id);

/* i386's calls that libseccomp also finds behind socketcall and ipc. */
struct oci_mux {
    const char *multiplexer, *name;
    uint32_t number; /* the multiplexer's first argument */
};
extern const struct oci_mux oci_muxes[];
extern const size_t oci_muxes_count;

/* Does libseccomp apply the rule to this call, and with which tests? On i386 it looks at 32 bits, and applies
 * socket's and ipc's rules to socketcall and ipc too, whatever argument 0 was to be. */
bool oci_applies(const struct oci_rule *rule, enum oci_library library, enum abi abi, uint32_t nr,
                 struct cube *cube);

/* libseccomp's answer to a call. */
uint32_t oci_answer(const struct oci_profile *profile, enum oci_library library, enum abi abi, uint32_t nr,
                    const uint64_t args[6]);

/* Chooses the rules that say what a policy says. */
struct oci_chooser {
    struct arena *arena;
    struct decisions *table;
    const struct ir_policy *policy;
    const struct reduced *reduced;
    struct ir_stmts denials; /* of calls, as written */
    unsigned char *fits;     /* of each call: 1 + enum oci_fit, 0: not known yet */
    struct oci_profile
        frame; /* the profile without rules; its default action is for numbers that no table has */
};
struct oci_chooser *oci_chooser_new(struct arena *arena, const struct ir_policy *policy);

/* When the policy denies the call: a boolean decision. */
const struct decision *oci_wanted(const struct oci_chooser *chooser, enum abi abi, uint32_t nr);

/* How the rules for a call compare with the policy, about allow and deny, in all ABIs together. What isn't
 * exact JSON can't say: more than 192 entries, or ABIs that differ. */
enum oci_fit {
    OCI_EXACT,
    OCI_WEAKER,  /* allows more */
    OCI_OPEN,    /* allows all */
    OCI_STRONGER /* denies more: every statement that denies the call says `broad` */
};
/* Adds the rules for one call to a profile that began as the frame. */
enum oci_fit oci_choose(const struct oci_chooser *chooser, int id, struct oci_profile *profile);
enum oci_fit oci_fit(const struct oci_chooser *chooser, int id); /* what it would return */

#endif
