/* What is done with a compiled.bin beside reading and writing its bytes. */
#include "bundle.h"
#include "facts.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/filter.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- From a file --- */

static int read_all(int fd, uint8_t *bytes, size_t size, struct err *err) {
    size_t len = 0;
    while (len < size) {
        ssize_t n = read(fd, bytes + len, size - len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_errno(err, "can't be read");
        if (n == 0)
            return err_set(err, "became shorter while it was read");
        len += (size_t)n;
    }
    return 0;
}

/* O_NONBLOCK: opening a FIFO must not wait for a writer; on a regular file it changes nothing. */
static int open_regular(const char *path, size_t *size, struct err *err) {
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return err_errno(err, "can't be opened");
    if (fstat(fd, &st) < 0)
        err_errno(err, "can't be looked at");
    else if (!S_ISREG(st.st_mode))
        err_set(err, "not a regular file");
    else if (st.st_size > BUNDLE_MAX_BYTES)
        err_set(err, "larger than %d MiB", BUNDLE_MAX_BYTES >> 20);
    else {
        *size = (size_t)st.st_size;
        return fd;
    }
    close(fd);
    return -1;
}

struct bundle *bundle_open(const char *path, struct err *err) {
    size_t size = 0;
    int FD_CLEANUP fd = open_regular(path, &size, err);
    if (fd < 0)
        return NULL;
    uint8_t FREE_CLEANUP *bytes = malloc(size + 1);
    if (!bytes) {
        err_set(err, "out of memory");
        return NULL;
    }
    return read_all(fd, bytes, size, err) < 0 ? NULL : bundle_read(bytes, size, err);
}

/* --- Looking at it --- */

const struct bundle_policy *bundle_find(const struct bundle *bundle, const char *name, struct err *err) {
    struct buf BUF_CLEANUP names = {0};
    if (!name && bundle->n_policies == 1)
        return bundle->policies;
    for (size_t i = 0; i < bundle->n_policies; i++) {
        if (name && !strcmp(bundle->policies[i].name, name))
            return bundle->policies + i;
        buf_printf(&names, "%s%s", i ? ", " : "", bundle->policies[i].name);
    }
    if (name)
        err_set(err, "it has no policy '%s', only: %s", name, buf_text(&names));
    else
        err_set(err, "it has several policies, say which: --name %s", buf_text(&names));
    return NULL;
}

void bundle_add_capabilities(struct buf *out, uint64_t set) {
    const char *before = "";
    for (int cap = 0; cap < 64; cap++)
        if (set >> cap & 1) {
            buf_printf(out, "%s%s", before, cap < CAPABILITY_COUNT ? capability_name(cap) : "(unknown)");
            before = ", ";
        }
    if (!set)
        buf_add(out, "none");
}

static void describe_capabilities(struct buf *out, const struct bundle_policy *policy) {
    buf_add(out, "  capabilities  ");
    if (bundle_need(policy, NEED_CAPABILITIES))
        bundle_add_capabilities(out, policy->capabilities);
    else
        buf_add(out, "as they are");
    buf_add(out, "\n");
}

static void describe_filters(struct buf *out, const char *title, const struct bundle_filter *filters,
                             size_t n) {
    for (size_t i = 0; i < n; i++)
        buf_printf(out, "  %-12s  %s, %zu instructions%s\n", title, filters[i].arch,
                   filters[i].len / sizeof(struct sock_filter), filters[i].log ? ", logged" : "");
}

static void describe_line(struct buf *out, const char *title, const char *text, const char *place) {
    buf_printf(out, "  %-12s  %s", title, text);
    if (*place)
        buf_printf(out, " (%s)", place);
    buf_add(out, "\n");
}

static void describe_policy(struct buf *out, const struct bundle_policy *policy) {
    buf_printf(out, "policy %s\n", policy->name);
    buf_printf(out, "  mode          %s", policy->mode);
    if (policy->duration)
        buf_printf(out, " for %us", policy->duration);
    buf_printf(out, ", on violation %s\n", policy->reaction);
    describe_capabilities(out, policy);
    if (*policy->apparmor_name)
        buf_printf(out, "  apparmor      %s, %zu bytes%s\n", policy->apparmor_name,
                   strlen(policy->apparmor_text), policy->apparmor_complain ? ", in complain mode" : "");
    for (size_t i = 0; i < policy->n_questions; i++)
        describe_line(out, "asks", policy->questions[i].variable, policy->questions[i].place);
    describe_filters(out, "seccomp", policy->filters, policy->n_filters);
    describe_filters(out, "seccomp, raw", policy->raw_filters, policy->n_raw_filters);
    for (size_t i = 0; i < policy->n_needs; i++)
        describe_line(out, "needs", policy->needs[i].what, policy->needs[i].place);
    for (size_t i = 0; i < policy->n_efforts; i++)
        describe_line(out, "best-effort", policy->efforts[i].what, policy->efforts[i].place);
    for (size_t i = 0; i < policy->n_stmts; i++) {
        char id[16];
        snprintf(id, sizeof id, "%" PRIu32, policy->stmts[i].id);
        describe_line(out, id, policy->stmts[i].text, policy->stmts[i].place);
    }
}

void bundle_describe(struct buf *out, const struct bundle *bundle) {
    for (size_t i = 0; i < bundle->n_policies; i++)
        describe_policy(out, bundle->policies + i);
}
