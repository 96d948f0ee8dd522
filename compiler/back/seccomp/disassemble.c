#include "filter.h"

#include <stddef.h>

enum operand { NONE, DATA, IMM, MEM, X, GOTO, JUMP, JUMPX, RETURN };

static const struct {
    uint16_t code;
    const char *mnemonic;
    enum operand operand;
} ops[] = {
#define OP(code, mnemonic, operand) {code, mnemonic, operand},
#include "cbpf.def"
#undef OP
};

/* What is known whenever an instruction is reached; jumps only go forward, so one pass finds it. */
struct state {
    bool reached;
    int loaded;           /* the accumulator's offset in seccomp_data, -1: something else */
    int abi;              /* -1: not known */
    uint32_t first, last; /* the call's number is one of these */
    int call;             /* the one call that can be here, by id; -1: several */
};

static const struct state start = {true, -1, -1, 0, UINT32_MAX, -1};

static void join(struct state *at, const struct state *from) {
    if (!at->reached) {
        *at = *from;
        return;
    }
    if (at->loaded != from->loaded)
        at->loaded = -1;
    if (at->abi != from->abi)
        at->abi = -1;
    if (at->call != from->call)
        at->call = -1;
    at->first = from->first < at->first ? from->first : at->first;
    at->last = from->last > at->last ? from->last : at->last;
}

static int abi_of(const struct state *state, uint32_t nr) {
    for (int abi = 0; abi < ABI_COUNT && state->abi >= 0; abi++)
        if (abi_infos[abi].audit_arch == abi_infos[state->abi].audit_arch && abi_infos[abi].nr_bit &&
            (nr & abi_infos[abi].nr_bit))
            return abi;
    return state->abi;
}

static int call_of(const struct state *state, uint32_t nr) {
    int abi = abi_of(state, nr);
    return abi < 0 ? -1 : syscall_by_number((enum abi)abi, nr & ~abi_infos[abi].nr_bit);
}

static void narrow(struct state *state, const struct sock_filter *f, bool holds) {
    if (state->loaded == offsetof(struct seccomp_data, arch) && BPF_OP(f->code) == BPF_JEQ && holds)
        for (int abi = ABI_COUNT; abi-- > 0;)
            if (abi_infos[abi].audit_arch == f->k)
                state->abi = abi;
    if (state->loaded != offsetof(struct seccomp_data, nr))
        return;
    if (BPF_OP(f->code) == BPF_JEQ && holds)
        state->first = state->last = f->k;
    else if (BPF_OP(f->code) == BPF_JGE && holds && f->k > state->first)
        state->first = f->k;
    else if (BPF_OP(f->code) == BPF_JGE && !holds && f->k <= state->last)
        state->last = f->k - 1;
    state->call = state->first == state->last ? call_of(state, state->first) : -1;
}

/* Brings what is known behind the instruction to where it may go. */
static void step(struct state *states, size_t i, const struct sock_filter *f, enum operand operand) {
    struct state next = states[i];
    if (operand == GOTO) {
        join(&states[i + 1 + f->k], &next);
    } else if (operand == JUMP || operand == JUMPX) {
        struct state no = next;
        if (operand == JUMP) {
            narrow(&next, f, true);
            narrow(&no, f, false);
        }
        join(&states[i + 1 + f->jt], &next);
        join(&states[i + 1 + f->jf], &no);
    } else if (BPF_CLASS(f->code) != BPF_RET) {
        if (BPF_CLASS(f->code) != BPF_LDX && BPF_CLASS(f->code) != BPF_ST && BPF_CLASS(f->code) != BPF_STX)
            next.loaded = operand == DATA ? (int)f->k : -1;
        join(&states[i + 1], &next);
    }
}

static const char *action_name(uint32_t action) {
    switch (action & SECCOMP_RET_ACTION_FULL) {
    case SECCOMP_RET_KILL_PROCESS:
        return "kill process";
    case SECCOMP_RET_KILL_THREAD:
        return "kill thread";
    case SECCOMP_RET_TRAP:
        return "trap";
    case SECCOMP_RET_ERRNO:
        return "errno";
    case SECCOMP_RET_USER_NOTIF:
        return "notify";
    case SECCOMP_RET_TRACE:
        return "trace";
    case SECCOMP_RET_LOG:
        return "log";
    case SECCOMP_RET_ALLOW:
        return "allow";
    default:
        return "kill process"; /* what the kernel does with an action that it doesn't know */
    }
}

static void comment_action(struct buf *out, uint32_t action) {
    buf_printf(out, " ; %s", action_name(action));
    if ((action & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO) {
        const char *name = errno_name((int)(action & SECCOMP_RET_DATA));
        buf_printf(out, " %s", name ? name : "?");
    }
}

/* Where ABIs share an instruction they agree on the argument. */
static const char *argument_name(int call, unsigned position) {
    const char *names[SYSCALL_ARGS_MAX];
    struct syscall_arg arg;
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        for (int i = syscall_arg_names(call, abi, names); i-- > 0;)
            if (syscall_arg(call, abi, names[i], &arg) == 0 && arg.position == position)
                return names[i];
    return "";
}

static void comment_load(struct buf *out, const struct state *state, uint32_t offset) {
    if (offset == offsetof(struct seccomp_data, nr) || offset == offsetof(struct seccomp_data, arch)) {
        buf_add(out, offset == offsetof(struct seccomp_data, nr) ? " ; nr" : " ; arch");
        return;
    }
    if (offset < offsetof(struct seccomp_data, args)) {
        buf_add(out, " ; instruction pointer");
        return;
    }
    unsigned arg = (offset - (unsigned)offsetof(struct seccomp_data, args)) / 8;
    buf_printf(out, " ; arg%u%s", arg, offset % 8 ? " high" : "");
    if (state->call >= 0) {
        const char *name = argument_name(state->call, arg);
        buf_printf(out, " of %s%s%s", syscall_name(state->call), *name ? ": " : "", name);
    }
}

static void comment_test(struct buf *out, const struct state *state, uint32_t k) {
    int call = state->loaded == offsetof(struct seccomp_data, nr) ? call_of(state, k) : -1;
    if (call >= 0)
        buf_printf(out, " ; %s%s", syscall_name(call), abi_of(state, k) == state->abi ? "" : " (x32)");
    for (int abi = 0; abi < ABI_COUNT && state->loaded == offsetof(struct seccomp_data, arch); abi++)
        if (abi_infos[abi].audit_arch == k && !abi_infos[abi].nr_bit)
            buf_printf(out, " ; %s", abi_infos[abi].name);
}

static void print(struct buf *out, const struct state *state, size_t i, const struct sock_filter *f,
                  size_t op) {
    buf_printf(out, "%4zu: %s", i, ops[op].mnemonic);
    switch (ops[op].operand) {
    case NONE:
        break;
    case DATA:
        buf_printf(out, " [%u]", f->k);
        comment_load(out, state, f->k);
        break;
    case IMM:
        buf_printf(out, " 0x%x", f->k);
        break;
    case MEM:
        buf_printf(out, " m[%u]", f->k);
        break;
    case X:
        buf_add(out, " x");
        break;
    case GOTO:
        buf_printf(out, " %zu", i + 1 + f->k);
        break;
    case JUMP:
        buf_printf(out, state->loaded == 0 ? " %u" : " 0x%x", f->k);
        buf_printf(out, ", %zu, %zu", i + 1 + f->jt, i + 1 + f->jf);
        comment_test(out, state, f->k);
        break;
    case JUMPX:
        buf_printf(out, " x, %zu, %zu", i + 1 + f->jt, i + 1 + f->jf);
        break;
    case RETURN:
        buf_printf(out, " 0x%x", f->k);
        comment_action(out, f->k);
        break;
    }
    buf_add_char(out, '\n');
}

void filter_disassemble(struct buf *out, const struct sock_filter *program, size_t len) {
    const char *wrong = cbpf_check(program, len);
    if (wrong) {
        buf_printf(out, "not a seccomp filter: %s\n", wrong);
        return;
    }
    struct state states[BPF_MAXINSNS] = {[0] = start};
    for (size_t i = 0; i < len; i++) {
        size_t op = 0;
        while (ops[op].code != program[i].code)
            op++;
        print(out, &states[i], i, &program[i], op);
        step(states, i, &program[i], ops[op].operand);
    }
}
