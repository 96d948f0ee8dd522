/* From per-call decisions to cBPF, and how that reads: knows syscall numbers, arguments and actions; nothing
 * of policies. */
#ifndef VPL_FILTER_H
#define VPL_FILTER_H

#include "arena.h"
#include "buf.h"
#include "cbpf.h"
#include "facts.h"
#include <stdbool.h>

/* What to do with a call: a DAG of tests on its arguments, each seen as two words of 32 bits, since that is
 * what a filter can load. Made by the functions below only. On a path arguments ascend, an argument's high
 * word stands before its low one, a word's masks and a mask's values descend: so equal tests of equal meaning
 * are one node, whatever was written. */
struct decision {
    const struct decision *yes, *no; /* both NULL: a leaf */
    uint32_t action;                 /* leaf: SECCOMP_RET_* with its data */
    uint32_t word;                   /* 2 * argument for its high half, 2 * argument + 1 for the low one */
    uint32_t mask, value; /* (word & mask) >= value ? yes : no; value is a submask of mask, not 0 */
};

enum decision_op { DECISION_EQ, DECISION_GE };

struct decisions;
struct decisions *decisions_new(struct arena *arena);

/* Decisions can grow exponentially with crafted conditions. Past a quarter of a million steps everything
 * becomes "kill the process" and this says true: the caller has to report the policy as too complex. */
bool decisions_overflowed(const struct decisions *table);
void decisions_renew(struct decisions *table); /* another question, with steps of its own */

const struct decision *decision_leaf(struct decisions *table, uint32_t action);

/* A boolean decision, with the leaves 1 and 0: (args[arg] & mask) OP value. `wide`: all 64 bits, else the
 * low 32. */
const struct decision *decision_test(struct decisions *table, enum decision_op op, unsigned arg, bool wide,
                                     uint64_t mask, uint64_t value);

/* condition ? yes : no. The condition's leaves are read as booleans. */
const struct decision *decision_if(struct decisions *table, const struct decision *condition,
                                   const struct decision *yes, const struct decision *no);

/* The same function without the tests whose outcome other tests of the same word imply. */
const struct decision *decision_simplify(struct decisions *table, const struct decision *decision);

/* A boolean decision: does the action satisfy `is`? */
const struct decision *decision_where(struct decisions *table, const struct decision *decision,
                                      bool (*is)(uint32_t action));

uint32_t decision_eval(const struct decision *decision, const uint64_t args[6]);

/* The actions of its leaves in order of first appearance; writes at most `max`, returns how many there are.
 */
size_t decision_actions(struct arena *arena, const struct decision *decision, uint32_t *actions, size_t max);

/* A conjunction as OCI JSON and libseccomp can say it: at most one masked comparison an argument. */
struct cube {
    uint64_t mask[6], value[6]; /* mask 0: the argument isn't tested */
};
/* Disjoint cubes that cover exactly the arguments for which the decision gives `action`, of those in `within`
 * (NULL: all). Returns their number, -1 when more than `max` are needed: with max 0 this asks whether there
 * are none. */
int decision_cubes(struct arena *arena, const struct decision *decision, uint32_t action,
                   const struct cube *within, size_t max, const struct cube **cubes);

/* One ABI's calls by number (without the x32 bit): calls[nr] for nr < n, where NULL means `beyond`; `beyond`
 * for the rest. */
struct filter_abi {
    bool present; /* absent: a call of this ABI kills the process */
    const struct decision *const *calls;
    size_t n;
    const struct decision *beyond;
};
struct filter_plan {
    struct filter_abi abis[ABI_COUNT];
};

/* Writes the filter into *program: at most BPF_MAXINSNS (4096) instructions, and the same ones for the same
 * plan. Returns its length, -1 when it would be longer. An architecture that isn't the machine's kills the
 * process. */
int filter_emit(struct arena *arena, const struct filter_plan *plan, const struct sock_filter **program);

/* One instruction a line: index, mnemonic, where it jumps to; architectures, calls and actions are named
 * behind it. */
void filter_disassemble(struct buf *out, const struct sock_filter *program, size_t len);

#endif
