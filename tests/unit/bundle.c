/* compiled.bin: what is written is what is read, and anything else is refused. */
#include "bundle.h"
#include "check.h"

#include <fcntl.h>
#include <sha2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FRAME = 52, VERSION_AT = 8, LENGTH_AT = 12, DIGEST_AT = 20 };

static const uint8_t code[16] = {0x06, 0, 0, 0, 0, 0, 0xff, 0x7f, 0x06, 0, 0, 0, 0x26, 0, 5, 0};

static const struct bundle_need needs[] = {
    {NEED_SECCOMP, "enforcers seccomp", "app.vpl:3:5"},
    {NEED_POD, "require read-only-root", "app.vpl:4:5"},
    {NEED_POD, "masked-paths of runtime-default", "runtime-default.vpl:9:1"},
    {NEED_CAPABILITIES, "allow only capability", "app.vpl:5:5"},
    {NEED_APPARMOR, "enforcers apparmor", "app.vpl:3:15"},
};
static const struct bundle_need efforts[] = {{NEED_POD, "require user-namespace", "app.vpl:8:5"}};
static const struct bundle_filter filters[] = {{"x86_64", code, sizeof code, true},
                                               {"aarch64", code, 8, false}};
static const struct bundle_filter raw_filters[] = {
    {"aarch64", code + 8, 8, false}, {"x86_64", code, 16, true}, {"x86_64", code, 8, false}};
static const struct bundle_question questions[] = {{"node_disks", "app.vpl:7:5"}};
static const struct bundle_stmt stmts[] = {{7, "deny write \"/etc/\xc3\xa4\"", "app.vpl:6:5"}};

static const struct bundle_policy full = {
    .name = "app",
    .mode = "EnhanceProtect",
    .reaction = "audit deny",
    .duration = 1800,
    .needs = needs,
    .n_needs = 5,
    .efforts = efforts,
    .n_efforts = 1,
    .capabilities = UINT64_C(1) << 40 | 1 << 12,
    .apparmor_name = "vpl.app",
    .apparmor_text = "profile vpl.app {\n\tfile,\n}\n",
    .apparmor_complain = true,
    .questions = questions,
    .n_questions = 1,
    .filters = filters,
    .n_filters = 2,
    .raw_filters = raw_filters,
    .n_raw_filters = 3,
    .stmts = stmts,
    .n_stmts = 1,
};
static const struct bundle_policy empty = {
    .name = "empty", .mode = "AlwaysAllow", .reaction = "deny", .apparmor_name = "", .apparmor_text = ""};

static struct buf written(const struct bundle_policy *policies, size_t n) {
    struct buf out = {0};
    bundle_write(&out, &(struct bundle){policies, n});
    return out;
}

static struct buf sample(void) {
    return written((struct bundle_policy[]){full, empty}, 2);
}

static bool readable(const void *bytes, size_t len, struct err *err) {
    struct bundle *bundle = bundle_read(bytes, len, err);
    bundle_free(bundle);
    return bundle;
}

/* Is this one policy refused, with these words? */
static bool refused(struct bundle_policy policy, const char *words) {
    struct err err = {0};
    struct buf BUF_CLEANUP out = written(&policy, 1);
    return !readable(out.data, out.len, &err) && strstr(err.text, words);
}

static bool same_filter(const struct bundle_filter *a, const struct bundle_filter *b) {
    return !strcmp(a->arch, b->arch) && a->len == b->len && !memcmp(a->bytes, b->bytes, a->len) &&
           a->log == b->log;
}

static void test_round_trip(void) {
    struct err err = {0};
    struct buf BUF_CLEANUP out = sample(), again = {0};
    struct bundle *bundle = bundle_read((uint8_t *)out.data, out.len, &err);
    CHECK(bundle && bundle->n_policies == 2);
    if (!bundle)
        return;
    const struct bundle_policy *policy = bundle->policies;
    CHECK(!strcmp(policy->name, "app") && !strcmp(policy->mode, "EnhanceProtect"));
    CHECK(!strcmp(policy->reaction, "audit deny") && policy->duration == 1800 &&
          policy->capabilities == full.capabilities);
    CHECK(policy->n_needs == 5 && policy->needs[2].kind == NEED_POD);
    CHECK(!strcmp(policy->needs[2].what, needs[2].what) && !strcmp(policy->needs[2].place, needs[2].place));
    CHECK(bundle_need(policy, NEED_POD) == policy->needs + 1 && !bundle_need(policy, NEED_NON_ROOT));
    CHECK(!strcmp(policy->apparmor_name, "vpl.app") && !strcmp(policy->apparmor_text, full.apparmor_text));
    CHECK(policy->apparmor_complain);
    CHECK(policy->n_filters == 2 && same_filter(policy->filters, filters));
    CHECK(policy->n_raw_filters == 3 && same_filter(policy->raw_filters + 1, raw_filters + 1));
    CHECK(policy->n_questions == 1 && !strcmp(policy->questions->variable, "node_disks") &&
          !strcmp(policy->questions->place, "app.vpl:7:5"));
    CHECK(policy->n_efforts == 1 && !strcmp(policy->efforts->what, "require user-namespace"));
    CHECK(policy->n_stmts == 1 && policy->stmts->id == 7 && !strcmp(policy->stmts->text, stmts->text));
    CHECK(!strcmp(bundle->policies[1].name, "empty") && !bundle->policies[1].n_needs);
    bundle_write(&again, bundle);
    CHECK(again.len == out.len && !memcmp(again.data, out.data, out.len));
    bundle_free(bundle);
}

static void test_changed_bytes(void) {
    struct buf BUF_CLEANUP out = sample();
    size_t readable_ones = 0;
    for (size_t i = 0; i < out.len; i++)
        for (unsigned change = 1; change < 256; change++) {
            out.data[i] = (char)(out.data[i] ^ (char)change);
            readable_ones += readable(out.data, out.len, NULL);
            out.data[i] = (char)(out.data[i] ^ (char)change);
        }
    CHECK(readable_ones == 0);
    CHECK(readable(out.data, out.len, NULL));
}

static void test_lengths(void) {
    struct err err;
    struct buf BUF_CLEANUP out = sample();
    size_t readable_ones = 0;
    for (size_t len = 0; len < out.len; len++) {
        uint8_t *copy = malloc(len + 1); /* of its own, so that a sanitizer sees reading behind it */
        memcpy(copy, out.data, len);
        readable_ones += readable(copy, len, NULL);
        free(copy);
    }
    CHECK(readable_ones == 0);
    CHECK(!readable(out.data, 100, &err) && strstr(err.text, "cut short or added to"));
    buf_add_char(&out, '\0');
    CHECK(!readable(out.data, out.len, &err) && strstr(err.text, "cut short or added to"));
}

static void set_number(uint8_t *at, uint64_t number, size_t width) {
    for (size_t i = 0; i < width; i++)
        at[i] = (uint8_t)(number >> (8 * i));
}

/* Makes the frame fit the content again, as somebody who means to deceive the reader would. */
static void mend(struct buf *out) {
    uint8_t *bytes = (uint8_t *)out->data;
    SHA2_CTX sha;
    set_number(bytes + LENGTH_AT, out->len - FRAME, 8);
    SHA256Init(&sha);
    SHA256Update(&sha, bytes + FRAME, out->len - FRAME);
    SHA256Final(bytes + DIGEST_AT, &sha);
}

static void test_version(void) {
    struct err err;
    struct buf BUF_CLEANUP out = sample();
    set_number((uint8_t *)out.data + VERSION_AT, 2, 4);
    CHECK(!readable(out.data, out.len, &err) && strstr(err.text, "version 2"));
    CHECK(!readable("#!/bin/sh\n", 10, &err) && strstr(err.text, "not a compiled policy"));
}

static void add_section(struct buf *out, const char *tag, uint32_t flags, const char *body) {
    uint8_t numbers[12];
    set_number(numbers, flags, 4);
    set_number(numbers + 4, strlen(body), 8);
    buf_add_bytes(out, tag, 4);
    buf_add_bytes(out, numbers, sizeof numbers);
    buf_add(out, body);
    mend(out);
}

static void test_sections(void) {
    struct err err;
    struct buf BUF_CLEANUP optional = sample(), required = sample(), flagged = sample(), odd = sample();
    add_section(&optional, "xyzw", 0, "abc");
    CHECK(readable(optional.data, optional.len, &err));
    add_section(&required, "xyzw", 1, "abc");
    CHECK(!readable(required.data, required.len, &err) && strstr(err.text, "section xyzw is required"));
    add_section(&flagged, "xyzw", 2, "abc");
    CHECK(!readable(flagged.data, flagged.len, &err) && strstr(err.text, "unknown flags 0x2"));
    add_section(&odd, "a\n\x1b[", 1, "abc");
    CHECK(!readable(odd.data, odd.len, &err) && strstr(err.text, "section 610a1b5b is required"));
}

/* Whatever stands behind a digest that fits: refused or read, never a crash (sanitizers look), and what is
 * read can be described. */
static void test_mended(void) {
    struct buf BUF_CLEANUP out = sample();
    size_t refusals = 0;
    for (size_t i = FRAME; i < out.len; i++)
        for (unsigned change = 1; change < 256; change <<= 1) {
            struct buf BUF_CLEANUP text = {0};
            out.data[i] = (char)(out.data[i] ^ (char)change);
            mend(&out);
            struct bundle *bundle = bundle_read((uint8_t *)out.data, out.len, NULL);
            refusals += !bundle;
            if (bundle)
                bundle_describe(&text, bundle);
            bundle_free(bundle);
            out.data[i] = (char)(out.data[i] ^ (char)change);
        }
    CHECK(refusals > 0);
}

static void test_mended_lengths(void) {
    struct buf BUF_CLEANUP out = sample();
    size_t readable_ones = 0;
    while (out.len > FRAME) {
        out.len--;
        mend(&out);
        readable_ones += readable(out.data, out.len, NULL);
    }
    CHECK(readable_ones == 1); /* where the second policy begins */
}

static void test_contradictions(void) {
    struct bundle_policy policy = full;
    policy.n_needs = 4;
    CHECK(refused(policy, "an AppArmor profile and the need for it"));
    policy = full;
    policy.apparmor_text = "";
    CHECK(refused(policy, "an AppArmor profile and the need for it"));
    policy = full;
    policy.needs = needs + 1;
    policy.n_needs = 4;
    CHECK(refused(policy, "filters and the need for them"));
    policy = full;
    policy.n_filters = policy.n_raw_filters = 0;
    CHECK(refused(policy, "filters and the need for them"));
    policy = full;
    policy.n_raw_filters = 1;
    CHECK(refused(policy, "a machine without raw filters"));
    policy = empty;
    policy.capabilities = 1;
    CHECK(refused(policy, "capabilities that nothing asks for"));
    policy.name = "";
    CHECK(refused(policy, "no name"));
}

static void test_bad_filters(void) {
    struct bundle_filter bad[2] = {filters[0], filters[0]};
    struct bundle_policy policy = full;
    policy.filters = bad;
    CHECK(refused(policy, "two filters for one machine"));
    bad[1].arch = "aarch64";
    bad[1].len = 12;
    CHECK(refused(policy, "a filter has 12 bytes"));
    bad[1].len = 0;
    CHECK(refused(policy, "a filter has 0 bytes"));
    bad[1].len = 4097 * 8;
    bad[1].bytes = calloc(1, bad[1].len);
    CHECK(refused(policy, "a filter has 32776 bytes"));
    free((void *)(uintptr_t)bad[1].bytes);
}

static void test_bad_texts(void) {
    struct bundle_policy policy = full;
    policy.name = "a\nb";
    CHECK(refused(policy, "control character 0x0a"));
    policy = full;
    policy.apparmor_name = "a\x1b[2J";
    CHECK(refused(policy, "control character 0x1b"));
    policy = full;
    policy.apparmor_text = "a\rb";
    CHECK(refused(policy, "control character 0x0d"));
    struct bundle_need unknown = {NEED_COUNT, "require magic", "app.vpl:1:1"};
    policy = empty;
    policy.needs = &unknown;
    policy.n_needs = 1;
    CHECK(refused(policy, "is none that this version knows"));
}

static void test_names(void) {
    struct err err;
    struct buf BUF_CLEANUP twice = written((struct bundle_policy[]){full, empty, full}, 3);
    struct buf BUF_CLEANUP none = written(NULL, 0);
    CHECK(!readable(twice.data, twice.len, &err) && strstr(err.text, "two policies are called 'app'"));
    CHECK(!readable(none.data, none.len, &err) && strstr(err.text, "no policy"));
    const struct bundle two = {(struct bundle_policy[]){full, empty}, 2}, only = {&full, 1};
    CHECK(bundle_find(&only, NULL, &err) == &full);
    CHECK(bundle_find(&two, "empty", &err) == two.policies + 1);
    CHECK(!bundle_find(&two, NULL, &err) && strstr(err.text, "app, empty"));
    CHECK(!bundle_find(&two, "ap", &err) && strstr(err.text, "no policy 'ap', only: app, empty"));
}

static void test_describe(void) {
    struct buf BUF_CLEANUP text = {0};
    bundle_describe(&text, &(struct bundle){(struct bundle_policy[]){full, empty}, 2});
    CHECK(strstr(buf_text(&text), "policy app\n"));
    CHECK(strstr(buf_text(&text), "capabilities  net_admin, checkpoint_restore\n"));
    CHECK(strstr(buf_text(&text), "x86_64, 2 instructions, logged\n"));
    CHECK(strstr(buf_text(&text), "require read-only-root (app.vpl:4:5)\n"));
    CHECK(strstr(buf_text(&text), "capabilities  as they are\n"));
}

static bool cannot_open(const char *path, const char *words) {
    struct err err = {0};
    struct bundle *bundle = bundle_open(path, &err);
    bundle_free(bundle);
    return !bundle && strstr(err.text, words);
}

static void test_files(void) {
    char dir[] = "/tmp/bundle.XXXXXX";
    struct buf BUF_CLEANUP out = sample();
    CHECK(mkdtemp(dir) && chdir(dir) == 0);
    int fd = open("good", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    CHECK(write(fd, out.data, out.len) == (ssize_t)out.len && close(fd) == 0);
    struct bundle *bundle = bundle_open("good", NULL);
    CHECK(bundle && bundle->n_policies == 2);
    bundle_free(bundle);
    CHECK(mkfifo("fifo", 0600) == 0 && cannot_open("fifo", "not a regular file"));
    CHECK(truncate("good", (off_t)BUNDLE_MAX_BYTES + 1) == 0 && cannot_open("good", "larger than 64 MiB"));
    CHECK(truncate("good", 0) == 0 && cannot_open("good", "not a compiled policy"));
    CHECK(cannot_open(dir, "not a regular file"));
    CHECK(cannot_open("missing", "No such file"));
    CHECK(unlink("good") == 0 && unlink("fifo") == 0 && rmdir(dir) == 0);
}

int main(void) {
    test_round_trip();
    test_changed_bytes();
    test_lengths();
    test_version();
    test_sections();
    test_mended();
    test_mended_lengths();
    test_contradictions();
    test_bad_filters();
    test_bad_texts();
    test_names();
    test_describe();
    test_files();
    return check_done();
}
