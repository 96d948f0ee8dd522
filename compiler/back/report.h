/* The coverage report: a row per statement, requirement and default, a column per output. */
#ifndef VPL_REPORT_H
#define VPL_REPORT_H

#include "backend.h"
#include <jansson.h>

enum row_kind { ROW_STATEMENT, ROW_DEFAULT, ROW_BASE, ROW_REQUIRE, ROW_LEFT_OUT };

struct report_row {
    enum row_kind kind;
    const char *text;
    const struct origin *origin;
    const struct ir_stmt *stmt; /* NULL for requirements and what was left out */
    bool best_effort;
    bool denies;              /* a denial or a requirement, not an allow */
    bool absent;              /* left out, since what it speaks of doesn't exist on this architecture */
    struct hold best;         /* of the columns that count where the policy runs */
    int holder;               /* its column, -1 none */
    const struct hold *holds; /* one per column */
};

enum { MOST_COLUMNS = 8 };
struct report {
    const struct ir_policy *policy;
    const struct backend *columns[MOST_COLUMNS];
    bool counts[MOST_COLUMNS]; /* for a pod the OCI JSON counts and not the BPF; the launcher counts where
                       there is no pod */
    size_t n_columns;
    const struct report_row *rows;
    size_t n_rows;
};

/* Asks every backend about every row. */
void report_make(struct arena *arena, const struct ir_policy *policy, const struct node *node,
                 struct report *report);

/* An error for each of the policy's own statements that no column that counts holds, unless best-effort. */
void report_check(const struct report *report, struct diag *diag);

/* The `use` in a policy's own text that brought the row, and the name of its rule; NULL: it is the policy's
 * own statement. */
const struct origin *report_use(const struct report_row *row, const char **rule);

/* A warning for each `use` of which no column that counts holds anything, unless its author said
 * best-effort: report_check says nothing where the library does. */
void report_check_uses(const struct report *report, struct diag *diag);

enum report_gate { GATE_FULL, GATE_ANY };
/* Errors for the rows that aren't best-effort and miss the gate, less than full or none at all: one for all
 * that a line of the policy brought and that are held alike. Returns how many rows. */
size_t report_gate(const struct report *report, enum report_gate gate, struct diag *diag);

/* "none", "under", "over", "full". */
const char *report_level_name(enum hold_level level);

/* For the reader, in short: what a rule brings that is held alike is one line, what derives from a statement
 * shows where it is held otherwise, reasons stand once. With `all` every row has its own line and place. */
void report_print(struct arena *arena, const struct report *report, const struct sources *sources,
                  bool colour, bool all, struct buf *out);
json_t *report_json(const struct report *report, const struct sources *sources);

#endif
