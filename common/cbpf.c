#include "cbpf.h"

#include <string.h>

static bool is_known(uint16_t code) {
    static const uint16_t known[] = {
#define OP(code, mnemonic, operand) code,
#include "cbpf.def"
#undef OP
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i] == code)
            return true;
    return false;
}

static const char *check_instruction(const struct sock_filter *f, size_t left) {
    if (!is_known(f->code))
        return "an instruction that seccomp doesn't take";
    switch (f->code) {
    case BPF_LD | BPF_W | BPF_ABS:
        return f->k >= sizeof(struct seccomp_data) || f->k % 4
                   ? "a load outside seccomp_data or across its words"
                   : NULL;
    case BPF_ALU | BPF_DIV | BPF_K:
        return f->k == 0 ? "a division by zero" : NULL;
    case BPF_ALU | BPF_LSH | BPF_K:
    case BPF_ALU | BPF_RSH | BPF_K:
        return f->k >= 32 ? "a shift by more than 31" : NULL;
    case BPF_LD | BPF_MEM:
    case BPF_LDX | BPF_MEM:
    case BPF_ST:
    case BPF_STX:
        return f->k >= BPF_MEMWORDS ? "a scratch word that doesn't exist" : NULL;
    case BPF_JMP | BPF_JA:
        return f->k >= left ? "a jump past the end" : NULL;
    }
    if (BPF_CLASS(f->code) == BPF_JMP && (f->jt >= left || f->jf >= left))
        return "a jump past the end";
    return NULL;
}

/* A scratch word may be read only where it has been written on every path. */
static const char *check_scratch(const struct sock_filter *program, size_t len) {
    uint16_t reached[BPF_MAXINSNS],
        written = 0; /* bit per word; of a place: written whichever jump led there */
    memset(reached, 0xff, sizeof reached);
    for (size_t i = 0; i < len; i++) {
        const struct sock_filter *f = &program[i];
        written &= reached[i];
        if (BPF_CLASS(f->code) == BPF_ST || BPF_CLASS(f->code) == BPF_STX)
            written |= (uint16_t)(1U << f->k);
        if ((f->code == (BPF_LD | BPF_MEM) || f->code == (BPF_LDX | BPF_MEM)) && !(written >> f->k & 1))
            return "a scratch word that is read before it is written";
        if (BPF_CLASS(f->code) != BPF_JMP)
            continue;
        bool always = BPF_OP(f->code) == BPF_JA;
        reached[i + 1 + (always ? f->k : f->jt)] &= written;
        reached[i + 1 + (always ? f->k : f->jf)] &= written;
        written = UINT16_MAX;
    }
    return NULL;
}

const char *cbpf_check(const struct sock_filter *program, size_t len) {
    if (len == 0 || len > BPF_MAXINSNS)
        return "an empty filter or one of more than 4096 instructions";
    for (size_t i = 0; i < len; i++) {
        const char *wrong = check_instruction(&program[i], len - i - 1);
        if (wrong)
            return wrong;
    }
    if (BPF_CLASS(program[len - 1].code) != BPF_RET)
        return "a filter that doesn't end in a return";
    return check_scratch(program, len);
}

/* False where the kernel ends the filter: a division by zero. */
static bool calculate(uint16_t code, uint32_t *a, uint32_t operand) {
    switch (BPF_OP(code)) {
    case BPF_ADD:
        *a += operand;
        break;
    case BPF_SUB:
        *a -= operand;
        break;
    case BPF_MUL:
        *a *= operand;
        break;
    case BPF_DIV:
        if (operand == 0)
            return false;
        *a /= operand;
        break;
    case BPF_AND:
        *a &= operand;
        break;
    case BPF_OR:
        *a |= operand;
        break;
    case BPF_XOR:
        *a ^= operand;
        break;
    case BPF_LSH:
        *a <<= operand & 31;
        break;
    case BPF_RSH:
        *a >>= operand & 31;
        break;
    case BPF_NEG:
        *a = -*a;
        break;
    }
    return true;
}

static bool compare(uint16_t code, uint32_t a, uint32_t operand) {
    switch (BPF_OP(code)) {
    case BPF_JEQ:
        return a == operand;
    case BPF_JGE:
        return a >= operand;
    case BPF_JGT:
        return a > operand;
    default: /* BPF_JSET */
        return (a & operand) != 0;
    }
}

static uint32_t fetch(const struct sock_filter *f, const struct seccomp_data *data, const uint32_t *scratch) {
    uint32_t value;
    switch (BPF_MODE(f->code)) {
    case BPF_ABS:
        memcpy(&value, (const char *)data + f->k, sizeof value);
        return value;
    case BPF_MEM:
        return scratch[f->k];
    case BPF_LEN:
        return sizeof *data;
    default: /* BPF_IMM */
        return f->k;
    }
}

uint32_t cbpf_run(const struct sock_filter *program, const struct seccomp_data *data, unsigned *executed) {
    uint32_t a = 0, x = 0, scratch[BPF_MEMWORDS] = {0};
    for (const struct sock_filter *f = program;; f++) {
        uint32_t operand = BPF_SRC(f->code) == BPF_X ? x : f->k;
        if (executed)
            ++*executed;
        switch (BPF_CLASS(f->code)) {
        case BPF_LD:
            a = fetch(f, data, scratch);
            break;
        case BPF_LDX:
            x = fetch(f, data, scratch);
            break;
        case BPF_ST:
            scratch[f->k] = a;
            break;
        case BPF_STX:
            scratch[f->k] = x;
            break;
        case BPF_ALU:
            if (!calculate(f->code, &a, operand))
                return SECCOMP_RET_KILL_THREAD;
            break;
        case BPF_JMP:
            f += BPF_OP(f->code) == BPF_JA ? f->k : compare(f->code, a, operand) ? f->jt : f->jf;
            break;
        case BPF_RET:
            return BPF_RVAL(f->code) == BPF_A ? a : f->k;
        case BPF_MISC:
            if (BPF_MISCOP(f->code) == BPF_TAX)
                x = a;
            else
                a = x;
            break;
        }
    }
}

struct seccomp_data cbpf_data(enum abi abi, uint32_t nr, const uint64_t args[6]) {
    struct seccomp_data data = {.nr = (int)(nr | abi_infos[abi].nr_bit), .arch = abi_infos[abi].audit_arch};
    for (int i = 0; i < 6; i++)
        data.args[i] = args[i];
    return data;
}
