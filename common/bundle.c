#include "bundle.h"

#include <assert.h>
#include <inttypes.h>
#include <linux/filter.h>
#include <sha2.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* As PNG does it: a first byte that no text has, and line ends that a transfer as text would change. */
static const uint8_t magic[8] = {0x89, 'V', 'P', 'L', '\r', '\n', 0x1a, '\n'};

enum {
    FRAME_BYTES = sizeof magic + 4 + 8 + SHA256_DIGEST_LENGTH,
    TAG_BYTES = 4,
    REQUIRED = 1, /* a section's only flag */
    FILTER_UNIT = sizeof(struct sock_filter)
};

/* --- Sections: one table says what is written and what is read --- */

struct reader;

struct section {
    char tag[TAG_BYTES + 1];
    uint32_t flag; /* REQUIRED or none */
    size_t item;   /* size of a list's item; 0: not a list, the holder itself, exactly once */
    size_t list;   /* where the holder has the list, and its length */
    size_t count;
    void (*put)(struct buf *out, const void *item);
    void (*get)(struct reader *in, void *item);
};

#define LIST(type, field)                                                                                    \
    .item = sizeof *((struct type *)0)->field, .list = offsetof(struct type, field),                         \
    .count = offsetof(struct type, n_##field)

static void put_head(struct buf *out, const void *item);
static void get_head(struct reader *in, void *item);
static void put_need(struct buf *out, const void *item);
static void get_need(struct reader *in, void *item);
static void put_filter(struct buf *out, const void *item);
static void get_filter(struct reader *in, void *item);
static void put_question(struct buf *out, const void *item);
static void get_question(struct reader *in, void *item);
static void put_stmt(struct buf *out, const void *item);
static void get_stmt(struct reader *in, void *item);
static void put_policy(struct buf *out, const void *item);
static void get_policy(struct reader *in, void *item);

enum { POLICY_SECTIONS = 7, BUNDLE_SECTIONS = 1 };

static const struct section policy_sections[POLICY_SECTIONS] = {
    {.tag = "head", .flag = REQUIRED, .put = put_head, .get = get_head},
    {.tag = "need", .flag = REQUIRED, LIST(bundle_policy, needs), .put = put_need, .get = get_need},
    {.tag = "best", LIST(bundle_policy, efforts), .put = put_need, .get = get_need},
    {.tag = "filt", .flag = REQUIRED, LIST(bundle_policy, filters), .put = put_filter, .get = get_filter},
    {.tag = "rawf", .flag = REQUIRED, LIST(bundle_policy, raw_filters), .put = put_filter, .get = get_filter},
    {.tag = "ques",
     .flag = REQUIRED,
     LIST(bundle_policy, questions),
     .put = put_question,
     .get = get_question},
    {.tag = "stmt", LIST(bundle_policy, stmts), .put = put_stmt, .get = get_stmt},
};

static const struct section bundle_sections[BUNDLE_SECTIONS] = {
    {.tag = "plcy", .flag = REQUIRED, LIST(bundle, policies), .put = put_policy, .get = get_policy},
};

/* --- Writing --- */

static void put_number(struct buf *out, uint64_t number, size_t width) {
    for (size_t i = 0; i < width; i++)
        buf_add_char(out, (char)(number >> (8 * i)));
}

static void put_bytes(struct buf *out, const void *bytes, size_t len) {
    put_number(out, len, 4);
    buf_add_bytes(out, bytes, len);
}

static void put_text(struct buf *out, const char *text) {
    put_bytes(out, text, strlen(text));
    buf_add_char(out, '\0');
}

static void put_section(struct buf *out, const struct section *section, const void *item) {
    struct buf BUF_CLEANUP body = {0};
    section->put(&body, item);
    buf_add_bytes(out, section->tag, TAG_BYTES);
    put_number(out, section->flag, 4);
    put_number(out, body.len, 8);
    buf_add_bytes(out, buf_text(&body), body.len);
    out->failed |= body.failed;
}

static void put_sections(struct buf *out, const struct section *sections, size_t n, const void *holder) {
    for (const struct section *section = sections; section < sections + n; section++) {
        size_t count = 1;
        const char *items = holder;
        if (section->item) {
            memcpy(&count, (const char *)holder + section->count, sizeof count);
            memcpy(&items, (const char *)holder + section->list, sizeof items);
        }
        for (size_t i = 0; i < count; i++)
            put_section(out, section, items + i * section->item);
    }
}

static void put_head(struct buf *out, const void *item) {
    const struct bundle_policy *policy = item;
    put_text(out, policy->name);
    put_text(out, policy->mode);
    put_text(out, policy->reaction);
    put_number(out, policy->duration, 4);
    put_number(out, policy->capabilities, 8);
    put_text(out, policy->apparmor_name);
    put_text(out, policy->apparmor_text);
    put_number(out, policy->apparmor_complain, 1);
}

static void put_need(struct buf *out, const void *item) {
    const struct bundle_need *need = item;
    put_number(out, need->kind, 4);
    put_text(out, need->what);
    put_text(out, need->place);
}

static void put_filter(struct buf *out, const void *item) {
    const struct bundle_filter *filter = item;
    put_text(out, filter->arch);
    put_number(out, filter->log, 1);
    put_bytes(out, filter->bytes, filter->len);
}

static void put_question(struct buf *out, const void *item) {
    const struct bundle_question *question = item;
    put_text(out, question->variable);
    put_text(out, question->place);
}

static void put_stmt(struct buf *out, const void *item) {
    const struct bundle_stmt *stmt = item;
    put_number(out, stmt->id, 4);
    put_text(out, stmt->text);
    put_text(out, stmt->place);
}

static void put_policy(struct buf *out, const void *item) {
    put_sections(out, policy_sections, POLICY_SECTIONS, item);
}

static void digest_of(const void *content, size_t len, uint8_t digest[SHA256_DIGEST_LENGTH]) {
    SHA2_CTX sha;
    SHA256Init(&sha);
    SHA256Update(&sha, content, len);
    SHA256Final(digest, &sha);
}

void bundle_write(struct buf *out, const struct bundle *bundle) {
    struct buf BUF_CLEANUP content = {0};
    put_sections(&content, bundle_sections, BUNDLE_SECTIONS, bundle);
    uint8_t digest[SHA256_DIGEST_LENGTH];
    digest_of(buf_text(&content), content.len, digest);
    buf_add_bytes(out, magic, sizeof magic);
    put_number(out, BUNDLE_VERSION, 4);
    put_number(out, content.len, 8);
    buf_add_bytes(out, digest, sizeof digest);
    buf_add_bytes(out, buf_text(&content), content.len);
    out->failed |= content.failed;
}

/* --- Reading: a cursor that fails once and then only gives empty things --- */

struct owned { /* a chunk of the result's memory; what follows it is handed out */
    struct owned *next;
    max_align_t data[];
};

struct holder {
    struct bundle bundle; /* first: what the caller sees */
    struct owned *owned;
};

struct reader {
    const uint8_t *at, *end;
    struct holder *holder;
    struct err *err;
    bool failed;
};

static void fail(struct reader *in, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void fail(struct reader *in, const char *format, ...) {
    char text[sizeof in->err->text];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (!in->failed)
        err_set(in->err, "%s", text);
    in->failed = true;
}

static size_t left(const struct reader *in) {
    return in->failed ? 0 : (size_t)(in->end - in->at);
}

/* Zeroed, the result's; NULL after a failure. */
static void *own(struct reader *in, size_t n, size_t size) {
    struct owned *owned = in->failed ? NULL : calloc(1, sizeof *owned + n * size);
    if (!owned) {
        fail(in, "out of memory");
        return NULL;
    }
    owned->next = in->holder->owned;
    in->holder->owned = owned;
    return owned->data;
}

static const uint8_t *get_raw(struct reader *in, uint64_t len) {
    if (in->failed || len > left(in)) {
        fail(in, "a section is cut short");
        return NULL;
    }
    in->at += len;
    return in->at - len;
}

static uint64_t get_number(struct reader *in, size_t width) {
    uint64_t number = 0;
    const uint8_t *bytes = get_raw(in, width);
    for (size_t i = width; bytes && i-- > 0;)
        number = number << 8 | bytes[i];
    return number;
}

static bool get_flag(struct reader *in) {
    uint64_t flag = get_number(in, 1);
    if (flag > 1)
        fail(in, "%" PRIu64 " where yes or no is expected", flag);
    return flag;
}

static bool is_control(unsigned char c) {
    return c < 0x20 || c == 0x7f;
}

/* Texts reach the terminal and the kernel: what a control character or an early end could do there is not
 * tried out. */
static const char *get_text(struct reader *in, const char *allowed_controls) {
    uint64_t len = get_number(in, 4);
    const uint8_t *bytes = get_raw(in, len + 1);
    if (!bytes)
        return "";
    for (uint64_t i = 0; i < len; i++)
        if (is_control(bytes[i]) && (!bytes[i] || !strchr(allowed_controls, bytes[i])))
            fail(in, "a text has the control character 0x%02x", bytes[i]);
    if (bytes[len])
        fail(in, "a text does not end where it should");
    return (const char *)bytes;
}

static const char *get_line(struct reader *in) {
    return get_text(in, "");
}

static void print_tag(char out[2 * TAG_BYTES + 1], const uint8_t *tag) {
    bool printable = true;
    for (size_t i = 0; i < TAG_BYTES; i++)
        printable &= tag[i] > 0x20 && tag[i] < 0x7f;
    for (size_t i = 0; i < TAG_BYTES; i++)
        snprintf(out + (printable ? i : 2 * i), 3, printable ? "%c" : "%02x", tag[i]);
}

/* The next section's bytes in *body and its row, NULL for one to skip. */
static const struct section *get_section(struct reader *in, const struct section *sections, size_t n,
                                         struct reader *body) {
    char name[2 * TAG_BYTES + 1] = "";
    const uint8_t *tag = get_raw(in, TAG_BYTES);
    uint64_t flags = get_number(in, 4), len = get_number(in, 8);
    const uint8_t *bytes = get_raw(in, len);
    if (!bytes)
        return NULL;
    *body = (struct reader){bytes, bytes + len, in->holder, in->err, false};
    print_tag(name, tag);
    if (flags & ~(uint64_t)REQUIRED)
        fail(in, "section %s has unknown flags 0x%" PRIx64, name, flags);
    for (const struct section *section = sections; section < sections + n; section++)
        if (!memcmp(section->tag, tag, TAG_BYTES))
            return section;
    if (flags & REQUIRED)
        fail(in, "section %s is required and this version doesn't know it", name);
    return NULL;
}

/* How many sections each row has. A list's items are stored one after another, so they are counted first. */
static void count_sections(struct reader in, const struct section *sections, size_t n, size_t *counts,
                           bool *failed) {
    struct reader body;
    while (left(&in)) {
        const struct section *section = get_section(&in, sections, n, &body);
        if (section)
            counts[section - sections]++;
    }
    for (size_t i = 0; i < n; i++)
        if (!sections[i].item && counts[i] != 1)
            fail(&in, "section %s is there %zu times instead of once", sections[i].tag, counts[i]);
    *failed |= in.failed;
}

static void make_list(struct reader *in, const struct section *section, size_t count, void *holder,
                      char **next) {
    *next = holder;
    if (!section->item)
        return;
    *next = count ? own(in, count, section->item) : NULL;
    memcpy((char *)holder + section->list, next, sizeof *next);
    memcpy((char *)holder + section->count, &count, sizeof count);
}

/* Fills the zeroed holder; the rows' order in the file is free. */
static void get_sections(struct reader *in, const struct section *sections, size_t n, void *holder) {
    size_t counts[POLICY_SECTIONS] = {0};
    char *next[POLICY_SECTIONS];
    assert(n <= POLICY_SECTIONS);
    count_sections(*in, sections, n, counts, &in->failed);
    for (size_t i = 0; i < n && !in->failed; i++)
        make_list(in, sections + i, counts[i], holder, next + i);
    while (left(in)) {
        struct reader body;
        const struct section *section = get_section(in, sections, n, &body);
        if (!section)
            continue;
        section->get(&body, next[section - sections]);
        if (left(&body))
            fail(&body, "section %s has %zu bytes too many", section->tag, left(&body));
        next[section - sections] += section->item;
        in->failed |= body.failed;
    }
}

static void get_head(struct reader *in, void *item) {
    struct bundle_policy *policy = item;
    policy->name = get_line(in);
    policy->mode = get_line(in);
    policy->reaction = get_line(in);
    policy->duration = (uint32_t)get_number(in, 4);
    policy->capabilities = get_number(in, 8);
    policy->apparmor_name = get_line(in);
    policy->apparmor_text = get_text(in, "\n\t");
    policy->apparmor_complain = get_flag(in);
}

static void get_need(struct reader *in, void *item) {
    struct bundle_need *need = item;
    uint64_t kind = get_number(in, 4);
    if (kind >= NEED_COUNT)
        fail(in, "need %" PRIu64 " is none that this version knows", kind);
    need->kind = (enum bundle_need_kind)kind;
    need->what = get_line(in);
    need->place = get_line(in);
}

static void get_filter(struct reader *in, void *item) {
    struct bundle_filter *filter = item;
    filter->arch = get_line(in);
    filter->log = get_flag(in);
    filter->len = get_number(in, 4);
    filter->bytes = get_raw(in, filter->len);
    if (!filter->len || filter->len % FILTER_UNIT || filter->len / FILTER_UNIT > BPF_MAXINSNS)
        fail(in, "a filter has %zu bytes, which isn't 1 to %d instructions of %d", filter->len, BPF_MAXINSNS,
             FILTER_UNIT);
}

static void get_question(struct reader *in, void *item) {
    struct bundle_question *question = item;
    question->variable = get_line(in);
    question->place = get_line(in);
}

static void get_stmt(struct reader *in, void *item) {
    struct bundle_stmt *stmt = item;
    stmt->id = (uint32_t)get_number(in, 4);
    stmt->text = get_line(in);
    stmt->place = get_line(in);
}

/* --- What must be true of a policy as a whole --- */

const struct bundle_need *bundle_need(const struct bundle_policy *policy, enum bundle_need_kind kind) {
    for (size_t i = 0; i < policy->n_needs; i++)
        if (policy->needs[i].kind == kind)
            return policy->needs + i;
    return NULL;
}

static const struct bundle_filter *filter_for(const struct bundle_filter *filters, size_t n,
                                              const char *arch) {
    for (size_t i = 0; i < n; i++)
        if (!strcmp(filters[i].arch, arch))
            return filters + i;
    return NULL;
}

static const char *wrong_filters(const struct bundle_policy *policy) {
    if (!policy->n_filters != !bundle_need(policy, NEED_SECCOMP))
        return "filters and the need for them don't go together";
    if (policy->n_raw_filters && !policy->n_filters)
        return "raw filters without filters";
    for (size_t i = 0; i < policy->n_filters; i++) {
        const char *arch = policy->filters[i].arch;
        if (filter_for(policy->filters, i, arch))
            return "two filters for one machine";
        if (policy->n_raw_filters && !filter_for(policy->raw_filters, policy->n_raw_filters, arch))
            return "a machine without raw filters";
    }
    return NULL;
}

/* NULL or the contradiction: a need without its means would be confinement that silently isn't there. */
static const char *wrong_policy(const struct bundle_policy *policy) {
    if (!*policy->name)
        return "no name";
    if (policy->capabilities && !bundle_need(policy, NEED_CAPABILITIES))
        return "capabilities that nothing asks for";
    if (!*policy->apparmor_name != !bundle_need(policy, NEED_APPARMOR) ||
        !*policy->apparmor_name != !*policy->apparmor_text)
        return "an AppArmor profile and the need for it don't go together";
    if (policy->n_questions && !*policy->apparmor_name)
        return "questions that no profile asks";
    return wrong_filters(policy);
}

static void get_policy(struct reader *in, void *item) {
    get_sections(in, policy_sections, POLICY_SECTIONS, item);
    if (in->failed)
        return;
    const struct bundle_policy *policy = item;
    const char *wrong = wrong_policy(policy);
    if (wrong)
        fail(in, "policy '%s' has %s", policy->name, wrong);
}

static void check_names(struct reader *in, const struct bundle *bundle) {
    for (size_t i = 0; i < bundle->n_policies && !in->failed; i++)
        for (size_t j = 0; j < i; j++)
            if (!strcmp(bundle->policies[i].name, bundle->policies[j].name))
                fail(in, "two policies are called '%s'", bundle->policies[i].name);
    if (!bundle->n_policies)
        fail(in, "no policy");
}

/* --- The frame --- */

static int check_version(const uint8_t *bytes, size_t len, struct err *err) {
    uint32_t version = 0;
    if (len < sizeof magic + 4 || memcmp(bytes, magic, sizeof magic))
        return err_set(err, "not a compiled policy");
    for (size_t i = 4; i-- > 0;)
        version = version << 8 | bytes[sizeof magic + i];
    if (version != BUNDLE_VERSION)
        return err_set(err,
                       "a compiled policy of version %" PRIu32
                       ", and this program reads version %d: compile the "
                       "policy with the vplc that came with it",
                       version, BUNDLE_VERSION);
    return 0;
}

static int check_frame(const uint8_t *bytes, size_t len, struct err *err) {
    uint64_t length = 0;
    uint8_t digest[SHA256_DIGEST_LENGTH];
    if (check_version(bytes, len, err) < 0)
        return -1;
    if (len < FRAME_BYTES)
        return err_set(err, "cut short within its first %d bytes", FRAME_BYTES);
    for (size_t i = 8; i-- > 0;)
        length = length << 8 | bytes[sizeof magic + 4 + i];
    if (length != len - FRAME_BYTES)
        return err_set(err, "%zu bytes of content where its frame says %" PRIu64 ": cut short or added to",
                       len - FRAME_BYTES, length);
    digest_of(bytes + FRAME_BYTES, len - FRAME_BYTES, digest);
    if (memcmp(digest, bytes + FRAME_BYTES - sizeof digest, sizeof digest))
        return err_set(err, "changed since it was compiled: its digest doesn't fit");
    return 0;
}

struct bundle *bundle_read(const uint8_t *bytes, size_t len, struct err *err) {
    if (len > BUNDLE_MAX_BYTES) {
        err_set(err, "larger than %d MiB", BUNDLE_MAX_BYTES >> 20);
        return NULL;
    }
    if (check_frame(bytes, len, err) < 0)
        return NULL;
    struct holder *holder = calloc(1, sizeof *holder);
    if (!holder) {
        err_set(err, "out of memory");
        return NULL;
    }
    struct reader in = {.holder = holder, .err = err};
    /* Texts and filters of the result point into this copy. */
    uint8_t *copy = own(&in, len - FRAME_BYTES, 1);
    if (copy) {
        in.at = memcpy(copy, bytes + FRAME_BYTES, len - FRAME_BYTES);
        in.end = in.at + (len - FRAME_BYTES);
        get_sections(&in, bundle_sections, BUNDLE_SECTIONS, &holder->bundle);
        check_names(&in, &holder->bundle);
    }
    if (!in.failed)
        return &holder->bundle;
    bundle_free(&holder->bundle);
    return NULL;
}

void bundle_free(struct bundle *bundle) {
    if (!bundle)
        return;
    struct holder *holder = (struct holder *)bundle;
    for (struct owned *next, *owned = holder->owned; owned; owned = next) {
        next = owned->next;
        free(owned);
    }
    free(holder);
}
