#include "oci.h"

#include <string.h>

const struct oci_mux oci_muxes[] = {
#define MUX(multiplexer, name, number) {#multiplexer, #name, number},
#include "mux.def"
#undef MUX
};
const size_t oci_muxes_count = sizeof oci_muxes / sizeof *oci_muxes;

/* Debian 12's libseccomp 2.5.4-1+deb12u1 knows the calls of Linux 6.6 and before. */
enum { NEWEST_KNOWN = 456, NEWER_TOO = 335, AND_THIS = 336 };

bool oci_knows(enum oci_library library, int id) {
    int nr =
        syscall_number(id, ABI_X86_64) >= 0 ? syscall_number(id, ABI_X86_64) : syscall_number(id, ABI_I386);
    return library == OCI_LIBRARY_NEW || (nr <= NEWEST_KNOWN && nr != NEWER_TOO && nr != AND_THIS);
}

bool oci_is_conditional(const struct cube *cube) {
    for (int arg = 0; arg < 6; arg++)
        if (cube->mask[arg])
            return true;
    return false;
}

static void narrow(struct cube *cube) {
    for (int arg = 0; arg < 6; arg++) {
        cube->mask[arg] &= UINT32_MAX;
        cube->value[arg] &= UINT32_MAX;
    }
}

/* The two multiplexers' numbers on i386, where they are alone in having them: asked for every rule of every
 * call. */
enum { I386_SOCKETCALL = 102, I386_IPC = 117 };

static bool applies_to_mux(const struct oci_rule *rule, uint32_t nr, struct cube *cube) {
    int multiplexer = syscall_by_number(ABI_I386, nr);
    if (multiplexer < 0)
        return false;
    for (const struct oci_mux *mux = oci_muxes; mux < oci_muxes + oci_muxes_count; mux++) {
        if (strcmp(mux->multiplexer, syscall_name(multiplexer)) || strcmp(mux->name, syscall_name(rule->id)))
            continue;
        cube->mask[0] = UINT32_MAX;
        cube->value[0] = mux->number;
        return true;
    }
    return false;
}

bool oci_applies(const struct oci_rule *rule, enum oci_library library, enum abi abi, uint32_t nr,
                 struct cube *cube) {
    *cube = rule->cube;
    if (abi_infos[abi].word_bits == 32)
        narrow(cube);
    if (!oci_knows(library, rule->id))
        return false;
    if (syscall_number(rule->id, abi) == (int)nr)
        return true;
    return abi == ABI_I386 && applies_to_mux(rule, nr, cube);
}

static bool holds(const struct cube *cube, const uint64_t args[6]) {
    for (int arg = 0; arg < 6; arg++)
        if ((args[arg] & cube->mask[arg]) != cube->value[arg])
            return false;
    return true;
}

/* db_rule_add() of src/db.c, 2.5.4: the first rule without tests takes all others' place; among the rest the
 * first that matches counts (two that could disagree are refused, or mixed up: oci_choose makes none). */
uint32_t oci_answer(const struct oci_profile *profile, enum oci_library library, enum abi abi, uint32_t nr,
                    const uint64_t args[6]) {
    const struct oci_rule *found = NULL;
    if (!(profile->abis >> abi & 1))
        return SECCOMP_RET_KILL_THREAD;
    for (size_t i = 0; i < profile->rules.n; i++) {
        const struct oci_rule *rule = &profile->rules.items[i];
        struct cube cube;
        if (!oci_applies(rule, library, abi, nr, &cube))
            continue;
        if (!oci_is_conditional(&cube))
            return rule->action;
        if (!found && holds(&cube, args))
            found = rule;
    }
    return found ? found->action : profile->default_action;
}
