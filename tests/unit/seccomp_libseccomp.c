/* libseccomp as the cross-check. The JSON's rules go through it as runc and crun hand them over; the filter
 * that comes out is run beside our reading of the JSON, and beside our cBPF wherever the JSON says the same.
 */
#include "check.h"
#include "containerd.h"
#include "oci.h"
#include "seccomp_backend.h"
#include "some_policy.h"

#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const uint32_t archs[ABI_COUNT] = {
    [ABI_X86_64] = SCMP_ARCH_X86_64, [ABI_I386] = SCMP_ARCH_X86, [ABI_X32] = SCMP_ARCH_X32};

/* As libcontainer/seccomp/seccomp_linux.go and src/libcrun/seccomp.c do: rules that say the default and
 * unknown names are skipped, any other failure means that the container doesn't start. */
static int add_rule(scmp_filter_ctx ctx, const struct oci_profile *profile, const struct oci_rule *rule) {
    struct scmp_arg_cmp args[6];
    unsigned n = 0;
    int nr = seccomp_syscall_resolve_name(syscall_name(rule->id));
    if (rule->action == profile->default_action || nr == __NR_SCMP_ERROR)
        return 0;
    for (unsigned arg = 0; arg < 6; arg++)
        if (rule->cube.mask[arg])
            args[n++] = SCMP_CMP64(arg, SCMP_CMP_MASKED_EQ, rule->cube.mask[arg], rule->cube.value[arg]);
    return seccomp_rule_add_array(ctx, rule->action, nr, n, args);
}

/* The filter's length, 0 when libseccomp refuses something. */
static size_t through_libseccomp(const struct oci_profile *profile, struct sock_filter *program, size_t max) {
    scmp_filter_ctx ctx = seccomp_init(profile->default_action);
    int failed = 0;
    for (int abi = 0; abi < ABI_COUNT; abi++)
        if (profile->abis >> abi & 1 && abi != ABI_X86_64) /* the native one is there */
            failed |= seccomp_arch_add(ctx, archs[abi]);
    for (size_t i = 0; i < profile->rules.n; i++)
        failed |= add_rule(ctx, profile, &profile->rules.items[i]);
    if (profile->rules.n > 32)
        failed |= seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    FILE *file = tmpfile();
    failed |= seccomp_export_bpf(ctx, fileno(file));
    ssize_t n = failed ? 0 : pread(fileno(file), program, max * sizeof *program, 0);
    fclose(file);
    seccomp_release(ctx);
    return n < 0 ? 0 : (size_t)n / sizeof *program;
}

struct outcome {
    size_t rounds, refused, too_long, events, unlike_reading, unlike_ours, compared;
};

static uint32_t ours(const struct filter_plan *plan, const struct event *e) {
    const struct filter_abi *table = &plan->abis[e->abi];
    return decision_eval(e->nr < table->n ? table->calls[e->nr] : table->beyond, e->args);
}

static bool says_the_same(const struct oci_chooser *chooser, const struct event *e) {
    int id = syscall_by_number(e->abi, e->nr);
    struct oci_profile rules = chooser->frame;
    return id >= 0 && oci_knows(OCI_LIBRARY_OLD, id) && oci_choose(chooser, id, &rules) == OCI_EXACT;
}

static void one_round(struct outcome *o) {
    static struct sock_filter program[4 * BPF_MAXINSNS]; /* libseccomp doesn't mind the kernel's limit */
    struct arena *arena = arena_new();
    struct some_policy *p = some_policy(arena);
    struct sources sources = {.arena = arena};
    struct diag diag = {.sources = &sources, .arena = arena};
    struct outputs out = {0};
    struct oci_profile profile = {0};
    const char *error = NULL;
    struct oci_chooser *chooser = oci_chooser_new(arena, &p->policy);
    struct filter_plan plan = reduce_plan(arena, chooser->reduced, (1U << ABI_COUNT) - 1);
    backend_oci.emit(arena, &p->policy, &node_default, &diag, &out);
    bool read = oci_read(arena, out.items[0].data.data, &profile, &error);
    size_t n = read ? through_libseccomp(&profile, program, sizeof program / sizeof *program) : 0;
    bool runs = n && n <= BPF_MAXINSNS && !cbpf_check(program, n);
    o->rounds++;
    o->refused += !n;
    o->too_long += n && !runs;
    for (int i = 0; runs && i < 300; i++, o->events++) {
        struct event e = some_call(p);
        struct seccomp_data data = cbpf_data(e.abi, e.nr, e.args);
        uint32_t theirs = cbpf_run(program, &data, NULL);
        o->unlike_reading += theirs != oci_answer(&profile, OCI_LIBRARY_OLD, e.abi, e.nr, e.args);
        if (says_the_same(chooser, &e)) {
            o->compared++;
            o->unlike_ours += reduce_denies(theirs) != reduce_denies(ours(&plan, &e));
        }
    }
    outputs_free(&out);
    arena_free(arena);
}

static void test_random(void) {
    struct outcome o = {0};
    for (int round = 0; round < 150; round++)
        one_round(&o);
    printf("# %zu filters, %zu events, %zu compared with ours\n", o.rounds, o.events, o.compared);
    CHECK(o.refused == 0);
    CHECK(o.too_long == 0);
    CHECK(o.events > 40000);
    CHECK(o.unlike_reading == 0);
    CHECK(o.compared > 20000);
    CHECK(o.unlike_ours == 0);
}

/* What oci_knows says of Debian 12's library. */
static void test_names(void) {
    size_t wrong = 0;
    for (int id = 0; id < syscall_count(); id++) {
        bool here = syscall_number(id, ABI_X86_64) >= 0 || syscall_number(id, ABI_I386) >= 0;
        bool known = seccomp_syscall_resolve_name(syscall_name(id)) != __NR_SCMP_ERROR;
        wrong += here && known != oci_knows(OCI_LIBRARY_OLD, id);
    }
    CHECK(wrong == 0);
}

/* containerd's list, every number of every ABI, over boundary values: libseccomp's filter of the same
 * disjoint cubes. */
static void test_containerd(void) {
    static struct sock_filter program[BPF_MAXINSNS];
    static const uint64_t values[] = {0,       1,       7,          8,          9,          37,
                                      38,      39,      40,         41,         0x20000,    0x20007,
                                      0x20008, 0x20009, 0x10000000, 0x7e020000, UINT32_MAX, 1ULL << 32 | 38};
    struct arena *arena = arena_new();
    struct decisions *table = decisions_new(arena);
    struct filter_plan plan = containerd_plan(arena, table, true);
    const struct sock_filter *own;
    CHECK(filter_emit(arena, &plan, &own) > 0);
    struct oci_profile profile = {.default_action = SECCOMP_RET_ERRNO | ENOSYS,
                                  .abis = (1U << ABI_COUNT) - 1};
    vec_push(arena, &profile.rules,
             ((struct oci_rule){.id = syscall_by_name("socketcall"), .action = SECCOMP_RET_ALLOW}));
    for (int id = 0; id < syscall_count(); id++) {
        const struct decision *d = NULL;
        for (enum abi abi = 0; abi < ABI_COUNT && !d; abi++)
            d = syscall_number(id, abi) >= 0 ? plan.abis[abi].calls[syscall_number(id, abi)] : NULL;
        for (int deny = 0; deny < 2 && d; deny++) {
            uint32_t action = deny ? SECCOMP_RET_ERRNO | EPERM : SECCOMP_RET_ALLOW;
            const struct cube *cubes;
            int n = decision_cubes(arena, d, action, NULL, 64, &cubes);
            for (int i = 0; i < n; i++)
                vec_push(arena, &profile.rules, ((struct oci_rule){id, action, cubes[i]}));
        }
    }
    int lacking_in_x32 = syscall_by_name("map_shadow_stack"); /* in 2.5.4's table */
    size_t n = through_libseccomp(&profile, program, BPF_MAXINSNS), wrong = 0, compared = 0;
    CHECK(n > 0 && !cbpf_check(program, n));
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        for (uint32_t nr = 0; nr < 700; nr++)
            for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
                int id = syscall_by_number(abi, nr);
                if (id >= 0 && (!oci_knows(OCI_LIBRARY_OLD, id) || id == lacking_in_x32))
                    continue;
                struct seccomp_data data =
                    cbpf_data(abi, nr, (uint64_t[6]){abi == ABI_I386 ? (uint32_t)values[v] : values[v]});
                wrong += reduce_denies(cbpf_run(program, &data, NULL)) !=
                         reduce_denies(cbpf_run(own, &data, NULL));
                compared++;
            }
    printf("# containerd's list: %zu events\n", compared);
    CHECK(wrong == 0);
    arena_free(arena);
}

int main(void) {
    test_names();
    test_containerd();
    test_random();
    return check_done();
}
