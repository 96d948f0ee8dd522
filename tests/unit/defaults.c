/* The library's bases against the default filters that the projects publish: the answer, errno included, to
 * every call of x86_64 and i386, for no capability, each one alone, containerd's 14 and all, over the values
 * next to those that the entries test. x32 and numbers without a name are VPL's own: ENOSYS. */
#include "check.h"
#include "compile.h"
#include "filter.h"
#include "oci.h"
#include "published.h"

#include <stdlib.h>
#include <unistd.h>

/* ---- policies: one for each set of capabilities ---- */

static const uint64_t every_capability = (UINT64_C(1) << CAPABILITY_COUNT) - 1,
                      containerds = CAP(CHOWN) | CAP(DAC_OVERRIDE) | CAP(FSETID) | CAP(FOWNER) | CAP(MKNOD) |
                                    CAP(NET_RAW) | CAP(SETGID) | CAP(SETUID) | CAP(SETFCAP) | CAP(SETPCAP) |
                                    CAP(NET_BIND_SERVICE) | CAP(SYS_CHROOT) | CAP(KILL) | CAP(AUDIT_WRITE);

enum { SETS = CAPABILITY_COUNT + 3 };

static uint64_t capability_set(int i) {
    const uint64_t more[] = {0, containerds, every_capability};
    return i < CAPABILITY_COUNT ? UINT64_C(1) << i : more[i - CAPABILITY_COUNT];
}

static void write_policy(FILE *out, const char *base, uint64_t grants) {
    const char *before = "allow only capability";
    fprintf(
        out,
        "policy p%jx {\n target Pod \"p%jx\" in \"d\" { containers \"c\"; }\n mode EnhanceProtect on %s;\n",
        (uintmax_t)grants, (uintmax_t)grants, base);
    for (int cap = 0; cap < CAPABILITY_COUNT; cap++)
        if (grants >> cap & 1) {
            fprintf(out, "%s %s", before, capability_name(cap));
            before = ",";
        }
    fprintf(out, "%s;\n}\n", grants ? "" : "deny capability");
}

static bool load(struct compilation *c, const char *base) {
    char path[] = "/tmp/defaults-XXXXXX.vpl";
    struct err err;
    struct buf text BUF_CLEANUP = {0};
    int fd = mkstemps(path, 4);
    FILE *out = fdopen(fd, "w");
    fprintf(out, "vpl 1;\n");
    for (int i = 0; i < SETS; i++)
        write_policy(out, base, capability_set(i));
    fclose(out);
    compile_init(c);
    int wrong = compile_load(c, path, NULL, &err);
    unlink(path);
    diag_print(&c->diag, &text, false);
    if (wrong)
        printf("# %s\n", wrong < 0 ? err.text : buf_text(&text));
    return !wrong && c->checked.policies.n == SETS;
}

/* ---- values ---- */

struct values {
    uint64_t items[256];
    size_t n;
};

static void add_value(struct values *values, uint64_t value) {
    for (size_t i = 0; i < values->n; i++)
        if (values->items[i] == value)
            return;
    if (value <= UINT32_MAX)
        values->items[values->n++] = value;
}

/* What the entries of all profiles test in that argument, and what is next to it. */
static struct values values_of(unsigned arg) {
    struct values values = {.items = {0, 3, UINT32_MAX}, .n = 3};
    for (size_t p = 0; p < PUBLISHED; p++)
        for (size_t i = 0; i < published[p].n * 2; i++) {
            const struct published_test *test = &published[p].entries[i / 2].tests[i % 2];
            if (!test->op || test->arg != arg)
                continue;
            add_value(&values, test->value - 1);
            add_value(&values, test->value);
            add_value(&values, test->value + 1);
            for (unsigned bit = 0; test->op == NONE_OF && bit < 32; bit++)
                add_value(&values, (UINT64_C(1) << bit) | 0x11);
        }
    return values;
}

/* ---- comparing ---- */

struct asked {
    const struct published *profile;
    uint64_t grants;
    const struct sock_filter *program;
    const struct oci_profile *json; /* NULL: isn't asked now */
    const struct oci_profile *rules;
    uint64_t *entries; /* by call */
    size_t events, wrong, wrong_json, wrong_high;
};

static int errno_of(uint32_t action) {
    switch (action & SECCOMP_RET_ACTION_FULL) {
    case SECCOMP_RET_ALLOW:
        return 0;
    case SECCOMP_RET_ERRNO:
        return (int)(action & SECCOMP_RET_DATA);
    default:
        return -1;
    }
}

static int answer(const struct asked *a, enum abi abi, uint32_t nr, const uint64_t args[6]) {
    struct seccomp_data data = cbpf_data(abi, nr, args);
    return errno_of(cbpf_run(a->program, &data, NULL));
}

static void complain(const struct asked *a, const char *what, enum abi abi, int id, const uint64_t args[6],
                     int ours, int theirs) {
    if (a->wrong + a->wrong_json + a->wrong_high < 20)
        printf("# %s, capabilities %jx: %s of %s(%#jx, _, %#jx): %s %d, published %d\n", a->profile->base,
               (uintmax_t)a->grants, abi_infos[abi].name, syscall_name(id), (uintmax_t)args[0],
               (uintmax_t)args[2], what, ours, theirs);
}

static void compare(struct asked *a, enum abi abi, int id, const uint64_t args[6]) {
    uint32_t nr = (uint32_t)syscall_number(id, abi);
    int theirs = published_answer(a->profile, a->entries[id], a->grants, args),
        ours = answer(a, abi, nr, args);
    a->events++;
    if (ours != theirs)
        complain(a, "answers", abi, id, args, ours, theirs), a->wrong++;
    if (a->json && errno_of(oci_answer(a->json, OCI_LIBRARY_NEW, abi, nr, args)) != theirs)
        complain(a, "JSON answers", abi, id, args, -1, theirs), a->wrong_json++;
    uint64_t high[6];
    for (unsigned bit = 32; abi == ABI_X86_64 && bit < 64; bit += 31) {
        for (int i = 0; i < 6; i++)
            high[i] = args[i] | UINT64_C(1) << bit;
        if (answer(a, abi, nr, high) != theirs)
            complain(a, "answers", abi, id, high, -1, theirs), a->wrong_high++;
    }
}

/* The JSON is asked more than once only where the profile tests the call's arguments. */
static void compare_call(struct asked *a, enum abi abi, int id, const struct values *first,
                         const struct values *third) {
    bool tested = false;
    for (size_t i = 0; i < a->profile->n; i++)
        tested |= a->entries[id] >> i & 1 && a->profile->entries[i].tests[0].op;
    a->json = a->rules;
    for (size_t i = 0; i < first->n; i++)
        for (size_t k = 0; k < (tested ? third->n : 1); k++) {
            uint64_t value = first->items[i];
            compare(a, abi, id,
                    (uint64_t[6]){value, value, tested ? third->items[k] : value, value, value, value});
            a->json = tested ? a->rules : NULL;
        }
}

/* Numbers that no name has, and x32: ours alone. */
static size_t not_enosys(const struct asked *a) {
    size_t wrong = 0;
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        for (uint32_t nr = 0; nr < 600; nr++)
            wrong += (abi == ABI_X32 || syscall_by_number(abi, nr) < 0) &&
                     answer(a, abi, nr, (uint64_t[6]){0}) != ENOSYS;
    return wrong;
}

static const struct output *find(const struct outputs *out, const char *suffix) {
    for (size_t i = 0; i < out->n; i++) {
        size_t n = strlen(out->items[i].path), m = strlen(suffix);
        if (strncmp(out->items[i].path, "seccomp/", 8) == 0 && n > m &&
            strcmp(out->items[i].path + n - m, suffix) == 0)
            return &out->items[i];
    }
    return NULL;
}

static bool compare_policy(struct compilation *c, struct asked *a, int set) {
    struct outputs out = {0};
    struct oci_profile json = {0};
    const char *error = "";
    bool fine =
        compile_outputs(c, c->policies[set], &node_default, &out) && c->policies[set]->grants == a->grants;
    const struct output *bpf = fine ? find(&out, ".bpf") : NULL, *text = fine ? find(&out, ".json") : NULL;
    fine = bpf && text && oci_read(c->arena, buf_text(&text->data), &json, &error);
    a->program = fine ? (const struct sock_filter *)(const void *)bpf->data.data : NULL;
    a->rules = &json;
    struct values first = values_of(0), third = values_of(2);
    for (enum abi abi = 0; fine && abi < ABI_X32; abi++)
        for (int id = 0; id < syscall_count(); id++)
            if (syscall_number(id, abi) >= 0)
                compare_call(a, abi, id, &first, &third);
    fine = fine && not_enosys(a) == 0;
    outputs_free(&out);
    return fine;
}

static void test_base(const struct published *profile) {
    struct compilation c;
    struct asked a = {.profile = profile, .entries = calloc((size_t)syscall_count(), sizeof(uint64_t))};
    for (int id = 0; id < syscall_count(); id++)
        a.entries[id] = published_entries(profile, syscall_name(id));
    bool fine = load(&c, profile->base);
    for (int set = 0; fine && set < SETS; set++) {
        a.grants = capability_set(set);
        fine = compare_policy(&c, &a, set);
    }
    printf("# %s: %zu events\n", profile->base, a.events);
    CHECK(fine);
    CHECK(a.events > 1000000);
    CHECK(a.wrong == 0);
    CHECK(a.wrong_json == 0);
    CHECK(a.wrong_high == 0);
    compile_free(&c);
    free(a.entries);
}

/* A name that no table has would make an entry say nothing. */
static void test_names(void) {
    size_t names = 0, unknown = 0;
    for (size_t p = 0; p < PUBLISHED; p++)
        for (size_t i = 0; i < published[p].n; i++) {
            char *calls = strdup(published[p].entries[i].calls), *rest = NULL;
            for (char *call = strtok_r(calls, " ", &rest); call; call = strtok_r(NULL, " ", &rest), names++)
                if (syscall_by_name(call) < 0)
                    printf("# %s: what is %s?\n", published[p].base, call), unknown++;
            free(calls);
        }
    CHECK(names > 1200);
    CHECK(unknown == 0);
}

int main(void) {
    test_names();
    for (size_t p = 0; p < PUBLISHED; p++)
        test_base(&published[p]);
    return check_done();
}
