#include "facts.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH(a) (sizeof(a) / sizeof *(a))

/* ABIs */

const struct abi_info abi_infos[ABI_COUNT] = {
    [ABI_X86_64] = {"x86_64", 0xc000003e, 0, "SCMP_ARCH_X86_64", 64},
    [ABI_I386] = {"i386", 0x40000003, 0, "SCMP_ARCH_X86", 32},
    [ABI_X32] = {"x32", 0xc000003e, 0x40000000, "SCMP_ARCH_X32", 64},
};

int abi_by_name(const char *name) {
    for (int abi = 0; abi < ABI_COUNT; abi++)
        if (!strcmp(abi_infos[abi].name, name))
            return abi;
    return -1;
}

/* System calls: arguments.def gives the ids, so a number for an unlisted name doesn't compile. */

enum {
#define SYSCALL(name, ...) ID_##name,
#define SYSCALL_ON(abi, name, ...)
#define FOREIGN(name) ID_##name,
#include "arguments.def"
#undef SYSCALL
#undef SYSCALL_ON
#undef FOREIGN
    ID_COUNT
};

struct parameter {
    const char *name; /* "" for a register without a name, NULL past the last */
    enum arg_kind kind;
};

#define ARG(name, kind)                                                                                      \
    { #name, ARG_##kind }
#define UNKNOWN ARG(, LONG), ARG(, LONG), ARG(, LONG), ARG(, LONG), ARG(, LONG), ARG(, LONG)

static const struct {
    const char *name;
    struct parameter parameters[SYSCALL_ARGS_MAX];
} calls[ID_COUNT] = {
#define SYSCALL(name, ...) [ID_##name] = {#name, {__VA_ARGS__}},
#define SYSCALL_ON(abi, name, ...)
#define FOREIGN(name) [ID_##name] = {#name, {}},
#include "arguments.def"
#undef SYSCALL
#undef SYSCALL_ON
#undef FOREIGN
};

static const struct {
    int id;
    enum abi abi;
    struct parameter parameters[SYSCALL_ARGS_MAX];
} exceptions[] = {
#define SYSCALL(name, ...)
#define SYSCALL_ON(abi, name, ...) {ID_##name, ABI_##abi, {__VA_ARGS__}},
#define FOREIGN(name)
#include "arguments.def"
#undef SYSCALL
#undef SYSCALL_ON
#undef FOREIGN
};

/* Both directions hold the value + 1, since what isn't named is 0. */
#define FORWARD(number, name) [ID_##name] = number + 1,
#define BACKWARD(number, name) [number] = ID_##name + 1,
#define NONE(number, name)

#define NR FORWARD
#define NR64 FORWARD
static const uint16_t numbers_x86_64[ID_COUNT] = {
#include "x86_64.def"
};
static const uint16_t numbers_i386[ID_COUNT] = {
#include "i386.def"
};
#undef NR64
#define NR64 NONE
static const uint16_t numbers_x32[ID_COUNT] = {
#include "x32.def"
#include "x86_64.def"
};
#undef NR
#define NR BACKWARD
static const uint16_t ids_x32[] = {
#include "x32.def"
#include "x86_64.def"
};
#undef NR64
#define NR64 BACKWARD
static const uint16_t ids_x86_64[] = {
#include "x86_64.def"
};
static const uint16_t ids_i386[] = {
#include "i386.def"
};
#undef NR
#undef NR64

static const struct {
    const uint16_t *numbers; /* by id */
    const uint16_t *ids;     /* by number */
    unsigned end;
} tables[ABI_COUNT] = {
    [ABI_X86_64] = {numbers_x86_64, ids_x86_64, LENGTH(ids_x86_64)},
    [ABI_I386] = {numbers_i386, ids_i386, LENGTH(ids_i386)},
    [ABI_X32] = {numbers_x32, ids_x32, LENGTH(ids_x32)},
};

static int compare_name(const void *name, const void *call) {
    return strcmp(name, *(const char *const *)call);
}

int syscall_by_name(const char *name) {
    const char *const *found = bsearch(name, calls, ID_COUNT, sizeof *calls, compare_name);

    return found ? (int)(((const char *)found - (const char *)calls) / (ptrdiff_t)sizeof *calls) : -1;
}

int syscall_count(void) {
    return ID_COUNT;
}

const char *syscall_name(int id) {
    assert(id >= 0 && id < ID_COUNT);
    return calls[id].name;
}

int syscall_number(int id, enum abi abi) {
    assert(id >= 0 && id < ID_COUNT);
    return tables[abi].numbers[id] - 1;
}

int syscall_by_number(enum abi abi, unsigned nr) {
    return nr < tables[abi].end ? tables[abi].ids[nr] - 1 : -1;
}

unsigned syscall_table_end(enum abi abi) {
    return tables[abi].end;
}

/* A call's parameters in an ABI that has it. */
static const struct parameter *parameters_of(int id, enum abi abi) {
    for (size_t i = 0; i < LENGTH(exceptions); i++)
        if (exceptions[i].id == id && exceptions[i].abi == abi)
            return exceptions[i].parameters;
    return calls[id].parameters;
}

/* All arguments, the nameless as arg0 to arg5; returns how many. */
static int list_args(int id, enum abi abi, struct syscall_arg args[SYSCALL_ARGS_MAX]) {
    static const char *const positional[] = {"arg0", "arg1", "arg2", "arg3", "arg4", "arg5"};
    const struct parameter *parameters = parameters_of(id, abi);
    unsigned position = 0;
    int n = 0;

    if (syscall_number(id, abi) < 0)
        return 0;
    for (; n < SYSCALL_ARGS_MAX && parameters[n].name; n++) {
        const char *name = *parameters[n].name ? parameters[n].name : positional[position];

        args[n] = (struct syscall_arg){name, parameters[n].kind, position};
        position += parameters[n].kind == ARG_SPLIT64 ? 2 : 1;
    }
    return n;
}

int syscall_arg(int id, enum abi abi, const char *name, struct syscall_arg *out) {
    struct syscall_arg args[SYSCALL_ARGS_MAX];
    int n = list_args(id, abi, args);

    for (int i = 0; i < n; i++)
        if (!strcmp(args[i].name, name)) {
            *out = args[i];
            return 0;
        }
    return -1;
}

int syscall_arg_names(int id, enum abi abi, const char *names[SYSCALL_ARGS_MAX]) {
    const struct parameter *parameters = parameters_of(id, abi);
    int n = 0;

    if (syscall_number(id, abi) < 0)
        return 0;
    for (int i = 0; i < SYSCALL_ARGS_MAX && parameters[i].name; i++)
        if (*parameters[i].name)
            names[n++] = parameters[i].name;
    return n;
}

#define TWINS_MAX 3

/* Each group is written twice over: the others of its i-th name are those that follow it. */
static const struct {
    unsigned count;
    int ids[2 * TWINS_MAX - 1];
} twin_groups[] = {
#define TWINS2(a, b) {2, {ID_##a, ID_##b, ID_##a}},
#define TWINS3(a, b, c) {3, {ID_##a, ID_##b, ID_##c, ID_##a, ID_##b}},
#include "twins.def"
};

unsigned syscall_twins(int id, const int **twins) {
    for (size_t g = 0; g < LENGTH(twin_groups); g++)
        for (unsigned i = 0; i < twin_groups[g].count; i++)
            if (twin_groups[g].ids[i] == id) {
                *twins = &twin_groups[g].ids[i + 1];
                return twin_groups[g].count - 1;
            }
    return 0;
}

/* Tables of names and values. Of two names for a value the first is the one that is written. */

struct fact {
    const char *name;
    int value;
};

static int find_value(const struct fact *facts, size_t n, const char *name) {
    for (size_t i = 0; i < n; i++)
        if (!strcmp(facts[i].name, name))
            return facts[i].value;
    return -1;
}

static const char *find_name(const struct fact *facts, size_t n, int value) {
    for (size_t i = 0; i < n; i++)
        if (facts[i].value == value)
            return facts[i].name;
    return NULL;
}

#define FACT(value, name) {#name, value},

static const struct fact capabilities[] = {
#include "capabilities.def"
};
static const struct fact errnos[] = {
#include "errnos.def"
};
static const struct fact signals[] = {
#include "signals.def"
};
static const struct fact families[] = {
#include "families.def"
};
static const struct fact socktypes[] = {
#include "socktypes.def"
};
static const struct fact protocols[] = {
#include "protocols.def"
};

_Static_assert(LENGTH(capabilities) == CAPABILITY_COUNT, "capabilities.def and CAPABILITY_COUNT");

int capability_by_name(const char *name) {
    return find_value(capabilities, LENGTH(capabilities), name);
}

const char *capability_name(int cap) {
    return find_name(capabilities, LENGTH(capabilities), cap);
}

int errno_by_name(const char *name) {
    return find_value(errnos, LENGTH(errnos), name);
}

const char *errno_name(int value) {
    return find_name(errnos, LENGTH(errnos), value);
}

int signal_by_name(const char *name) {
    return find_value(signals, LENGTH(signals), name);
}

const char *signal_name(int signo) {
    return find_name(signals, LENGTH(signals), signo);
}

int family_by_name(const char *name) {
    return find_value(families, LENGTH(families), name);
}

const char *family_name(int af) {
    return find_name(families, LENGTH(families), af);
}

int socktype_by_name(const char *name) {
    return find_value(socktypes, LENGTH(socktypes), name);
}

const char *socktype_name(int type) {
    return find_name(socktypes, LENGTH(socktypes), type);
}

int protocol_by_name(const char *name) {
    return find_value(protocols, LENGTH(protocols), name);
}

const char *protocol_name(int protocol) {
    return find_name(protocols, LENGTH(protocols), protocol);
}

/* Mount options */

static const struct {
    const char *name;
    uint64_t flag;
    bool clears;
    const char *apparmor;
} mount_options[MOUNT_OPTION_COUNT] = {
#define SETS false
#define CLEARS true
#define MOUNT_OPTION(name, flag, form) [MOUNT_OPTION_##name] = {#name, flag, form},
#include "mount_options.def"
};

int mount_option_by_name(const char *name) {
    for (int i = 0; i < MOUNT_OPTION_COUNT; i++)
        if (!strcmp(mount_options[i].name, name))
            return i;
    return -1;
}

const char *mount_option_name(int index) {
    assert(index >= 0 && index < MOUNT_OPTION_COUNT);
    return mount_options[index].name;
}

uint64_t mount_option_flag(int index) {
    assert(index >= 0 && index < MOUNT_OPTION_COUNT);
    return mount_options[index].flag;
}

bool mount_option_clears(int index) {
    assert(index >= 0 && index < MOUNT_OPTION_COUNT);
    return mount_options[index].clears;
}
