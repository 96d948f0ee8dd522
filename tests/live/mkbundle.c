/* Writes a compiled.bin from words, for tests of varmor-run that need one which vplc wouldn't write.
 *
 *     mkbundle OUT.bin policy=NAME WORD... [policy=NAME WORD...]
 *
 * WORD: caps=[a,b] nnp nonroot pod apparmor=PROFILE complain seccomp deny=CALL:ERRNO kill=CALL raw=CALL:ERRNO
 * arch=MACHINE log. Each need's place is test.vpl:N:1, the N being the number of the word.
 */
#include "bundle.h"
#include "facts.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX = 32 };

struct filter {
    struct sock_filter code[MAX * 2];
    size_t n;
};

struct made {
    struct bundle_need needs[MAX];
    char places[MAX][32];
    struct filter filter, raw[MAX];
    struct bundle_filter filters[1], raw_filters[MAX];
    const char *arch;
    bool log;
};

static struct made made[4];
static struct bundle_policy policies[4];
static size_t n_policies;

static _Noreturn void misuse(const char *word) {
    fprintf(stderr, "mkbundle: %s: not understood\n", word);
    exit(2);
}

static void need(int line, enum bundle_need_kind kind, const char *what) {
    struct bundle_policy *policy = policies + n_policies - 1;
    struct made *m = made + n_policies - 1;
    snprintf(m->places[policy->n_needs], sizeof *m->places, "test.vpl:%d:1", line);
    m->needs[policy->n_needs] = (struct bundle_need){kind, what, m->places[policy->n_needs]};
    policy->n_needs++;
}

static void start_filter(struct filter *filter) {
    const struct sock_filter start[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    };
    memcpy(filter->code, start, sizeof start);
    filter->n = sizeof start / sizeof *start;
}

static void add_action(struct filter *filter, const char *call, uint32_t action) {
    int nr = syscall_number(syscall_by_name(call), ABI_X86_64);
    if (nr < 0)
        misuse(call);
    filter->code[filter->n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)nr, 0, 1);
    filter->code[filter->n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action);
}

static struct bundle_filter finish_filter(struct filter *filter, const struct made *m) {
    filter->code[filter->n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    return (struct bundle_filter){m->arch, (const uint8_t *)filter->code, filter->n * sizeof *filter->code,
                                  m->log};
}

/* "CALL:ERRNO" */
static void add_denial(struct filter *filter, char *value) {
    char *colon = strchr(value, ':');
    int error = colon ? errno_by_name(colon + 1) : -1;
    if (error < 0)
        misuse(value);
    *colon = '\0';
    add_action(filter, value, SECCOMP_RET_ERRNO | (uint32_t)error);
}

static uint64_t capabilities(char *list) {
    uint64_t set = 0;
    for (char *name; (name = strsep(&list, ","));) {
        int cap = capability_by_name(name);
        if (cap < 0 && *name)
            misuse(name);
        set |= *name ? UINT64_C(1) << cap : 0;
    }
    return set;
}

static void take_word(char *word, int line) {
    struct bundle_policy *policy = policies + n_policies - 1;
    struct made *m = made + n_policies - 1;
    char *value = strchr(word, '=');
    value = value ? value + 1 : word;
    if (!strcmp(word, "nnp"))
        need(line, NEED_NO_NEW_PRIVILEGES, "require no-new-privileges");
    else if (!strcmp(word, "nonroot"))
        need(line, NEED_NON_ROOT, "require non-root");
    else if (!strcmp(word, "pod"))
        need(line, NEED_POD, "require read-only-root");
    else if (!strcmp(word, "complain"))
        policy->apparmor_complain = true;
    else if (!strcmp(word, "log"))
        m->log = true;
    else if (!strcmp(word, "seccomp"))
        need(line, NEED_SECCOMP, "enforcers seccomp");
    else if (!strncmp(word, "caps=", 5)) {
        need(line, NEED_CAPABILITIES, "allow only capability");
        policy->capabilities = capabilities(value);
    } else if (!strncmp(word, "apparmor=", 9)) {
        need(line, NEED_APPARMOR, "enforcers apparmor");
        policy->apparmor_name = value;
        policy->apparmor_text = "profile test {\n\tfile,\n}\n";
    } else if (!strncmp(word, "arch=", 5))
        m->arch = value;
    else if (!strncmp(word, "deny=", 5))
        add_denial(&m->filter, value);
    else if (!strncmp(word, "kill=", 5))
        add_action(&m->filter, value, SECCOMP_RET_KILL_PROCESS);
    else if (!strncmp(word, "raw=", 4)) {
        start_filter(m->raw + policy->n_raw_filters);
        add_denial(m->raw + policy->n_raw_filters++, value);
    } else
        misuse(word);
}

static void start_policy(const char *name) {
    struct made *m = made + n_policies;
    policies[n_policies++] = (struct bundle_policy){
        .name = name,
        .mode = "EnhanceProtect",
        .reaction = "deny",
        .apparmor_name = "",
        .apparmor_text = "",
        .needs = m->needs,
        .filters = m->filters,
        .raw_filters = m->raw_filters,
    };
    m->arch = "x86_64";
    start_filter(&m->filter);
}

static void finish_policy(struct bundle_policy *policy, struct made *m) {
    if (bundle_need(policy, NEED_SECCOMP))
        m->filters[policy->n_filters++] = finish_filter(&m->filter, m);
    for (size_t i = 0; i < policy->n_raw_filters; i++)
        m->raw_filters[i] = finish_filter(m->raw + i, m);
}

int main(int argc, char **argv) {
    struct buf BUF_CLEANUP out = {0};
    for (int i = 2; i < argc; i++)
        if (!strncmp(argv[i], "policy=", 7))
            start_policy(argv[i] + 7);
        else if (n_policies)
            take_word(argv[i], i - 1);
    if (!n_policies)
        misuse("no policy");
    for (size_t i = 0; i < n_policies; i++)
        finish_policy(policies + i, made + i);
    bundle_write(&out, &(struct bundle){policies, n_policies});
    FILE *file = fopen(argv[1], "wb");
    bool written = file && !out.failed && fwrite(out.data, 1, out.len, file) == out.len && fclose(file) == 0;
    if (!written)
        perror(argv[1]);
    return !written;
}
