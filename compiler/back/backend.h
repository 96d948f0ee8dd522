/* A backend is a row of functions: {holds, emit, judge}. backends.c is the table. */
#ifndef VPL_BACKEND_H
#define VPL_BACKEND_H

#include "diag.h"
#include "ir.h"
#include "node.h"

enum hold_level { HOLD_NONE, HOLD_UNDER, HOLD_OVER, HOLD_FULL, HOLD_COUNT };
struct hold {
    enum hold_level level;
    const char *why; /* a phrase; "" when there is nothing to add to `full` */
};

/* One file of out/, bytes owned by its buf. */
struct output {
    const char *path; /* relative to out/, made of safe characters only */
    struct buf data;
};
struct outputs {
    struct output *items; /* in the arena; the bufs are freed by outputs_free */
    size_t n, cap;
    bool draft; /* only to see what can go wrong, none is written: the content need not give profiles their
                   names */
    const char
        *apparmor_profile; /* the profile's name, set by the AppArmor backend: "vpl.NAMESPACE.LABEL.HASH", the
                              hash over the text with the name left blank; NULL: no profile */
    bool asks_disks;       /* the profile has `@{node_disks}`: it can't be loaded before that is given */
    const char *disks;     /* what that is judged with, NULL: nothing */
    const char *seccomp_profile; /* where the pod finds the OCI JSON below the kubelet's seccomp root, set by
                                    the OCI backend */
};
struct output *outputs_add(struct arena *arena, struct outputs *outputs, const char *path);
void outputs_free(struct outputs *outputs);

enum judged { JUDGED_UNSEEN, JUDGED_ALLOW, JUDGED_DENY };

/* Why a modelling policy's statements are `full`: said by each backend of those whose events it logs. */
extern const char backend_modelled[];

struct backend {
    const char *name; /* the column's head: "apparmor", "seccomp", "oci", "kubernetes", "launcher" */

    /* What the report has to know of it. */
    bool for_pods, for_processes; /* does it count where a pod runs, and where varmor-run starts a process? */
    bool enforces;                /* it holds statements; the others are fields and settings that help */
    bool carries_raw_apparmor;    /* `raw apparmor` goes into its output */
    bool named_by_patch;          /* a pod uses it because the pod's patch names it … */
    unsigned for_whole_pods_since; /* … for the pod as a whole from Kubernetes 1.N on, 0 always */

    /* Is there such a column for this policy? */
    bool (*applies)(const struct ir_policy *policy, const struct node *node);

    /* What `holds` has to know of the policy as a whole, found out once; NULL: nothing. */
    const void *(*study)(struct arena *arena, const struct ir_policy *policy, const struct node *node);

    /* What this backend's output holds of the statement; never more than emit does. */
    struct hold (*holds)(struct arena *arena, const struct ir_policy *policy, const struct ir_stmt *stmt,
                         const struct node *node, const void *study);
    struct hold (*holds_require)(const struct ir_policy *policy, const struct ir_require *require,
                                 const struct node *node);

    /* Adds the output's files. User's mistakes that only this backend can see are diagnostics; returns false
     * after one. */
    bool (*emit)(struct arena *arena, const struct ir_policy *policy, const struct node *node,
                 struct diag *diag, struct outputs *out);

    /* What the emitted bytes themselves say of an event; NULL where an output can't be judged alone. Reads
     * `out` only: `prepare` parses it once (NULL with *error set if its own output can't be read: a bug). */
    void *(*prepare)(struct arena *arena, const struct outputs *out, const char **error);
    enum judged (*judge)(const void *prepared, const struct event *event);
};

/* In the order in which they emit: each policy has outputs of its own, later rows may read what earlier ones
 * left there. */
extern const struct backend *const backends[];
extern const size_t backends_count;

/* `study`, NULL where there is none. */
const void *backend_study(const struct backend *backend, struct arena *arena, const struct ir_policy *policy,
                          const struct node *node);

#endif
