/* The OCI JSON: its text, what it can't say and who says so, and the statements' rows. */
#include "oci.h"
#include "check.h"
#include "seccomp_backend.h"

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <string.h>

enum { TABLED = 1U << ABI_X86_64 | 1U << ABI_I386, EVERY = (1U << ABI_COUNT) - 1 };

/* A policy by hand. */
struct made {
    struct arena *arena;
    struct ir_policy policy;
    VEC(struct ir_stmt *) stmts;
    struct outputs out;
    struct diag diag;
    struct sources sources;
    const char *text;
};

static void begin(struct made *m) {
    static const struct origin nowhere = {.rule = ""};
    *m = (struct made){.arena = arena_new()};
    m->sources.arena = m->arena;
    m->diag = (struct diag){.sources = &m->sources, .arena = m->arena};
    m->policy = (struct ir_policy){.name = "p",
                                   .label = "p",
                                   .enforcers = ENFORCER_SECCOMP,
                                   .mode = MODE_ENHANCE_PROTECT,
                                   .origin = &nowhere};
}

static struct ir_stmt *add(struct made *m, enum verdict verdict, unsigned every, int err) {
    struct ir_stmt *s = ARENA_NEW(m->arena, struct ir_stmt);
    *s = (struct ir_stmt){.id = (unsigned)m->stmts.n,
                          .class = CLASS_SYSCALL,
                          .verdict = verdict,
                          .block = -1,
                          .own = true,
                          .err = err,
                          .text = ""};
    s->match.every_call = every != 0;
    s->match.abis = every;
    vec_push(m->arena, &m->stmts, s);
    return s;
}

static int by_number(const void *a, const void *b) {
    const struct ir_call *x = a, *y = b;
    if (x->abi != y->abi)
        return x->abi < y->abi ? -1 : 1;
    return x->nr < y->nr ? -1 : x->nr > y->nr;
}

/* Adds calls to the statement: names up to a NULL. */
static void calls(struct made *m, struct ir_stmt *s, unsigned abis, const struct cond *cond, ...) {
    struct ir_call *list = arena_alloc(m->arena, (s->match.n_calls + 64) * sizeof *list);
    va_list names;
    va_start(names, cond);
    for (size_t i = 0; i < s->match.n_calls; i++)
        list[i] = s->match.calls[i];
    for (const char *name; (name = va_arg(names, const char *));)
        for (enum abi abi = 0; abi < ABI_COUNT; abi++) {
            int id = syscall_by_name(name), nr = syscall_number(id, abi);
            if (nr >= 0 && abis >> abi & 1)
                list[s->match.n_calls++] = (struct ir_call){abi, (uint32_t)nr, id, cond, NULL};
        }
    va_end(names);
    qsort(list, s->match.n_calls, sizeof *list, by_number);
    s->match.calls = list;
}

static const struct cond *test(struct made *m, unsigned arg, bool wide, uint64_t mask, enum cmp cmp,
                               uint64_t value) {
    struct cond *c = ARENA_NEW(m->arena, struct cond);
    *c = (struct cond){.kind = COND_TEST, .arg = arg, .wide = wide, .mask = mask, .cmp = cmp, .value = value};
    return c;
}

/* The built-in answers to x32 and, for lists of what is allowed, to newer calls. */
static void defaults(struct made *m, bool allow_list) {
    struct ir_stmt *x32 = add(m, VERDICT_DENY, 1U << ABI_X32, ENOSYS);
    x32->is_default = x32->refinement = true;
    if (allow_list) {
        add(m, VERDICT_DENY, EVERY, EPERM)->is_default = true;
        struct ir_stmt *newer = add(m, VERDICT_DENY, TABLED, ENOSYS);
        newer->is_default = newer->refinement = newer->match.unknown_numbers = true;
    }
}

static void emit(struct made *m) {
    m->policy.stmts = (const struct ir_stmt *const *)m->stmts.items;
    m->policy.n_stmts = m->stmts.n;
    bool emitted = backend_oci.emit(m->arena, &m->policy, &node_default, &m->diag, &m->out);
    m->text = emitted && m->out.n ? m->out.items[0].data.data : "";
}

static struct hold holds(struct made *m, const struct ir_stmt *s) {
    return backend_oci.holds(m->arena, &m->policy, s, &node_default,
                             backend_study(&backend_oci, m->arena, &m->policy, &node_default));
}

static bool says(const struct made *m, const char *text) {
    return strstr(m->text, text) != NULL;
}

static enum judged judge(struct made *m, enum abi abi, const char *name, uint64_t arg0, uint64_t arg1) {
    const char *error = NULL;
    void *json = backend_oci.prepare(m->arena, &m->out, &error);
    struct event e = {.class = CLASS_SYSCALL,
                      .abi = abi,
                      .nr = (uint32_t)syscall_number(syscall_by_name(name), abi),
                      .args = {arg0, arg1}};
    return json ? backend_oci.judge(json, &e) : JUDGED_UNSEEN;
}

static void end(struct made *m) {
    outputs_free(&m->out);
    arena_free(m->arena);
}

static void test_text(void) {
    struct made m;
    begin(&m);
    defaults(&m, true);
    calls(&m, add(&m, VERDICT_ALLOW, 0, 0), TABLED, NULL, "read", "write", "exit_group", NULL);
    calls(&m, add(&m, VERDICT_ALLOW, 0, 0), TABLED, test(&m, 0, false, 0x7e020000, CMP_EQ, 0), "clone", NULL);
    emit(&m);
    CHECK(m.out.n == 1 && !strncmp(m.out.items[0].path, "seccomp/vpl.", 12) &&
          !strcmp(m.out.seccomp_profile, m.out.items[0].path + strlen("seccomp/")));
    CHECK(says(&m, "\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": 38"));
    CHECK(says(&m, "\"architectures\": [\"SCMP_ARCH_X86_64\", \"SCMP_ARCH_X86\"],")); /* x32: killed */
    CHECK(says(&m, "{\"names\": [\"exit_group\", \"read\", \"write\"], \"action\": \"SCMP_ACT_ALLOW\"}"));
    CHECK(says(&m, "{\"names\": [\"clone\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, "
                   "\"value\": 2114060288, "
                   "\"valueTwo\": 0, \"op\": \"SCMP_CMP_MASKED_EQ\"}]}"));
    json_error_t error;
    json_t *json = json_loads(m.text, JSON_REJECT_DUPLICATES, &error);
    CHECK(json != NULL);
    json_decref(json);
    CHECK(judge(&m, ABI_X86_64, "clone", 0x11, 0) == JUDGED_ALLOW &&
          judge(&m, ABI_X86_64, "clone", 0x10000011, 0) == JUDGED_DENY);
    CHECK(judge(&m, ABI_X86_64, "clone", 1ULL << 32, 0) == JUDGED_ALLOW); /* at the kernel's width */
    CHECK(judge(&m, ABI_X32, "read", 0, 0) == JUDGED_DENY);
    CHECK(m.diag.warnings == 0);
    for (size_t i = 0; i < m.stmts.n; i++)
        CHECK(holds(&m, m.stmts.items[i]).level == HOLD_FULL);
    end(&m);
}

static void test_reading(void) {
    static const char *const wrong[] = {
        "",
        "{",
        "[]",
        "{\"defaultAction\": \"SCMP_ACT_NOTIFY\"}",
        "{\"x\": 1}",
        "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"defaultErrnoRet\": 1}",
        "{\"syscalls\": [{\"names\": [\"nosuchcall\"], \"action\": \"SCMP_ACT_ALLOW\"}]}",
        "{\"syscalls\": [{\"names\": [\"read\"], \"args\": [{\"index\": 6, \"value\": 1}]}]}",
        "{\"syscalls\": [{\"args\": [{\"index\": 0, \"value\": 99999999999999999999}]}]}"};
    struct arena *arena = arena_new();
    struct oci_profile profile = {.default_action = SECCOMP_RET_ERRNO | ENOSYS, .abis = EVERY, .log = true},
                       again;
    const char *error = NULL;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK(!oci_read(arena, wrong[i], &again, &error) && error);
    struct oci_rule rule = {.id = syscall_by_name("read"), .action = SECCOMP_RET_ERRNO | EACCES};
    vec_push(arena, &profile.rules, rule);
    rule.cube = (struct cube){.mask = {[2] = UINT64_MAX, [5] = 1ULL << 63},
                              .value = {[2] = UINT64_MAX - 1, [5] = 1ULL << 63}};
    rule.action = SECCOMP_RET_LOG;
    vec_push(arena, &profile.rules, rule);
    BUF_CLEANUP struct buf text = {0};
    oci_write(&text, &profile);
    CHECK(oci_read(arena, buf_text(&text), &again, &error));
    CHECK(again.default_action == profile.default_action && again.abis == profile.abis && again.log &&
          again.rules.n == 2);
    CHECK(!memcmp(again.rules.items, profile.rules.items, 2 * sizeof rule));
    arena_free(arena);
}

/* deny socket alg, where all is allowed: i386's socketcall stays as it was, though libseccomp would deny its
 * SYS_SOCKET. */
static void test_socketcall(void) {
    struct made m;
    begin(&m);
    defaults(&m, false);
    struct ir_stmt *socket = add(&m, VERDICT_DENY, 0, 0), *derived = add(&m, VERDICT_DENY, 0, 0);
    socket->class = CLASS_SOCKET;
    derived->derived_from = socket;
    socket->derived = derived;
    calls(&m, derived, EVERY, test(&m, 0, false, UINT32_MAX, CMP_EQ, 38), "socket", "socketpair", NULL);
    emit(&m);
    CHECK(says(&m, "\"defaultAction\": \"SCMP_ACT_ALLOW\""));
    CHECK(says(&m, "{\"names\": [\"socketcall\"], \"action\": \"SCMP_ACT_LOG\"}"));
    CHECK(judge(&m, ABI_I386, "socketcall", 1, 0) == JUDGED_ALLOW);
    CHECK(judge(&m, ABI_I386, "socket", 38, 0) == JUDGED_DENY &&
          judge(&m, ABI_I386, "socket", 37, 0) == JUDGED_ALLOW);
    CHECK(judge(&m, ABI_X86_64, "socket", 1ULL << 32 | 38, 0) == JUDGED_DENY);
    CHECK(holds(&m, derived).level == HOLD_FULL);
    struct hold hold = holds(&m, socket);
    CHECK(hold.level == HOLD_UNDER && strstr(hold.why, "socketcall stays allowed") &&
          strstr(hold.why, "io_uring"));
    CHECK(m.diag.warnings == 0);
    end(&m);

    begin(&m); /* denied socketcall stays denied, whatever socket's rules would allow of it */
    defaults(&m, true);
    calls(&m, add(&m, VERDICT_ALLOW, 0, 0), TABLED, test(&m, 0, false, UINT32_MAX, CMP_LT, 38), "socket",
          NULL);
    add(&m, VERDICT_DENY, 0, ENOSYS);
    calls(&m, m.stmts.items[m.stmts.n - 1], EVERY, NULL, "socketcall", NULL);
    emit(&m);
    CHECK(judge(&m, ABI_I386, "socketcall", 1, 0) == JUDGED_DENY &&
          judge(&m, ABI_I386, "socket", 2, 0) == JUDGED_ALLOW);
    end(&m);
}

static void test_native_abi(void) {
    struct made m;
    begin(&m);
    defaults(&m, false);
    struct ir_stmt *native = add(&m, VERDICT_DENY, 1U << ABI_I386, 0);
    emit(&m);
    CHECK(says(&m, "\"architectures\": [\"SCMP_ARCH_X86_64\"],\n  \"syscalls\": []"));
    CHECK(judge(&m, ABI_I386, "read", 0, 0) == JUDGED_DENY &&
          judge(&m, ABI_X86_64, "read", 0, 0) == JUDGED_ALLOW);
    CHECK(holds(&m, native).level == HOLD_FULL);
    CHECK(
        backend_oci.holds_require(&m.policy, &(struct ir_require){.kind = REQUIRE_NATIVE_ABI}, &node_default)
            .level == HOLD_FULL);
    CHECK(backend_oci.holds_require(&m.policy, &(struct ir_require){.kind = REQUIRE_NON_ROOT}, &node_default)
              .level == HOLD_NONE);
    end(&m);
}

/* Two hundred odd values are more than 192 entries: refused and named; with `broad` the whole call is denied.
 */
static void test_refused(void) {
    for (int broad = 0; broad < 2; broad++) {
        struct made m;
        begin(&m);
        defaults(&m, false);
        struct ir_stmt *deny = add(&m, VERDICT_DENY, 0, 0), *other = add(&m, VERDICT_DENY, 0, 0);
        deny->broad = broad;
        for (uint64_t value = 1; value < 400; value += 2)
            calls(&m, deny, EVERY, test(&m, 1, false, UINT32_MAX, CMP_EQ, value), "ioctl", NULL);
        calls(&m, other, EVERY, NULL, "reboot", NULL);
        emit(&m);
        CHECK(m.diag.warnings == 1 && m.diag.items.items[0]->code == DIAG_OCI_REFUSED);
        CHECK(strstr(m.diag.items.items[0]->notes.items[0].text, "ioctl"));
        CHECK(holds(&m, other).level == HOLD_FULL);
        struct hold hold = holds(&m, deny);
        CHECK(hold.level == (broad ? HOLD_OVER : HOLD_NONE) && strstr(hold.why, "ioctl"));
        CHECK(judge(&m, ABI_X86_64, "ioctl", 0, 3) == (broad ? JUDGED_DENY : JUDGED_ALLOW));
        CHECK(judge(&m, ABI_X86_64, "ioctl", 0, 4) == (broad ? JUDGED_DENY : JUDGED_ALLOW));
        end(&m);
    }
}

/* A name that means another argument in another ABI can't be said for both: no weaker than it says, no
 * stronger than it may. */
static void test_unlike_abis(void) {
    struct made m;
    begin(&m);
    defaults(&m, false);
    struct ir_stmt *deny = add(&m, VERDICT_DENY, 0, 0);
    calls(&m, deny, 1U << ABI_X86_64, test(&m, 0, false, UINT32_MAX, CMP_EQ, 5), "personality", NULL);
    calls(&m, deny, 1U << ABI_I386, test(&m, 1, false, UINT32_MAX, CMP_EQ, 5), "personality", NULL);
    emit(&m);
    CHECK(m.diag.warnings == 1);
    CHECK(holds(&m, deny).level == HOLD_NONE);
    end(&m);

    begin(&m); /* 64 bits in one and 32 in the other are the same rule */
    defaults(&m, false);
    deny = add(&m, VERDICT_DENY, 0, 0);
    calls(&m, deny, 1U << ABI_X86_64, test(&m, 1, true, UINT64_MAX, CMP_EQ, 4096), "mprotect", NULL);
    calls(&m, deny, 1U << ABI_I386, test(&m, 1, false, UINT32_MAX, CMP_EQ, 4096), "mprotect", NULL);
    emit(&m);
    CHECK(m.diag.warnings == 0);
    CHECK(says(&m, "\"value\": 18446744073709551615, \"valueTwo\": 4096"));
    CHECK(holds(&m, deny).level == HOLD_FULL);
    CHECK(judge(&m, ABI_X86_64, "mprotect", 0, 1ULL << 32 | 4096) == JUDGED_ALLOW);
    CHECK(judge(&m, ABI_I386, "mprotect", 0, 4096) == JUDGED_DENY);
    end(&m);
}

/* A name that an older libseccomp skips holds where the default denies, and is `under` where it allows. */
static void test_newer(void) {
    for (int allow_list = 0; allow_list < 2; allow_list++) {
        struct made m;
        begin(&m);
        defaults(&m, allow_list);
        struct ir_stmt *deny = add(&m, VERDICT_DENY, 0, 0);
        calls(&m, deny, EVERY, NULL, "mseal", NULL);
        emit(&m);
        CHECK(holds(&m, deny).level == (allow_list ? HOLD_FULL : HOLD_UNDER));
        CHECK(judge(&m, ABI_X86_64, "mseal", 0, 0) == (allow_list ? JUDGED_DENY : JUDGED_UNSEEN));
        end(&m);
    }
}

static void test_left_out(void) {
    struct made m;
    struct ir_target pod = {.kind = "Pod"}, unit = {.kind = "unit"};
    begin(&m);
    struct ir_stmt *deny = add(&m, VERDICT_DENY, 0, 0);
    calls(&m, deny, EVERY, NULL, "reboot", NULL);
    m.policy.privileged = true;
    m.policy.target = &pod;
    emit(&m);
    CHECK(m.out.n == 0 && m.out.seccomp_profile == NULL);
    CHECK(holds(&m, deny).level == HOLD_NONE && strstr(holds(&m, deny).why, "privileged"));
    m.policy.target = &unit;
    CHECK(!backend_oci.applies(&m.policy, &node_default) &&
          backend_seccomp.applies(&m.policy, &node_default));
    m.policy.enforcers = ENFORCER_APPARMOR;
    m.policy.target = &pod;
    CHECK(!backend_oci.applies(&m.policy, &node_default) &&
          !backend_seccomp.applies(&m.policy, &node_default));
    end(&m);
}

/* What is observed is logged: one by one where it is allowed, by the filter's flag where the base denies. */
static void test_observed(void) {
    struct made m;
    begin(&m);
    defaults(&m, true);
    for (size_t i = 0; i < m.stmts.n; i++)
        m.stmts.items[i]->own = false;
    struct ir_stmt *base = add(&m, VERDICT_ALLOW, 0, 0);
    base->own = false;
    calls(&m, base, TABLED, NULL, "reboot", "read", NULL);
    calls(&m, add(&m, VERDICT_DENY, 0, EACCES), EVERY, NULL, "reboot", "acct", NULL);
    m.policy.reaction = REACTION_OBSERVE;
    emit(&m);
    CHECK(says(&m, "{\"names\": [\"reboot\"], \"action\": \"SCMP_ACT_LOG\"}"));
    CHECK(says(&m, "\"flags\": [\"SECCOMP_FILTER_FLAG_LOG\"]"));
    CHECK(seccomp_wants_log(&m.policy));
    CHECK(judge(&m, ABI_X86_64, "acct", 0, 0) == JUDGED_DENY &&
          judge(&m, ABI_X86_64, "reboot", 0, 0) == JUDGED_ALLOW);
    m.policy.reaction = REACTION_DENY;
    CHECK(!seccomp_wants_log(&m.policy));
    end(&m);
}

int main(void) {
    test_text();
    test_reading();
    test_socketcall();
    test_native_abi();
    test_refused();
    test_unlike_abis();
    test_newer();
    test_left_out();
    test_observed();
    return check_done();
}
