/* The pipeline: text → AST → checked policy → IR; then → outputs. One screen each way. */
#ifndef VPL_COMPILE_H
#define VPL_COMPILE_H

#include "backend.h"
#include "lints.h"
#include "lower.h"

struct compilation {
    struct arena *arena;
    struct sources sources;
    struct diag diag;
    struct program program;
    struct checked checked;
    const char *disks; /* set before compile_load: what `@{node.disks}` is to be judged with, NULL: nothing */
    struct lower lower;
    const struct ir_policy *
        *policies; /* checked.policies' IR, in their order; NULL before lowering went well */
};

void compile_init(struct compilation *c);
void compile_free(struct compilation *c);

/* Text to IR. 0; 1 when the policy is wrong (diag says what); -1 with err when a file can't be read. */
int compile_load(struct compilation *c, const char *path, const char *stdlib_dir, struct err *err);

/* One policy's outputs by every backend that applies; false after a diagnostic. */
bool compile_outputs(struct compilation *c, const struct ir_policy *policy, const struct node *node,
                     struct outputs *out);

/* The policies that are emitted: not abstract, `only` (NULL: all). */
size_t compile_selected(const struct compilation *c, const char *only, const struct ir_policy ***selected);

/* Says that there is none, and which there are. */
void compile_nothing_selected(struct compilation *c, const char *only);

#endif
