/* The judges of one policy: what every backend's own output says of an event, and what the report claims of
 * it. */
#ifndef VPL_PANEL_H
#define VPL_PANEL_H

#include "backend.h"

enum { PANEL_MOST = 8 };
struct panel {
    struct arena *arena;
    const struct ir_policy *policy;
    const struct backend *backends[PANEL_MOST];
    const void *prepared[PANEL_MOST]; /* NULL: that output can't be judged */
    size_t n;
    struct hold *holds; /* n per statement: holds[stmt->id * n + backend] */
};

/* Emits and prepares. False after diagnostics (or an output that its own backend can't read back, reported as
 * one). */
bool panel_make(struct arena *arena, const struct ir_policy *policy, const struct node *node,
                struct diag *diag, struct outputs *outputs, struct panel *panel);

struct panel_verdict {
    enum judged combined;            /* deny if any denies; unseen if all are blind */
    const struct backend *denied_by; /* the first that denies, NULL: none */
    const struct ir_stmt
        *claimed; /* a denying statement that a judging output holds `full`, NULL: nobody claims it */
    const struct backend *claimed_by;
    bool over; /* some denial is `over` in an output: it may deny what the meaning allows */
};
struct panel_verdict panel_judge(const struct panel *panel, const struct event *event);

#endif
