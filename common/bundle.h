/* compiled.bin: what the runtime needs of a compilation. Writer and reader side by side; the reader trusts
 * nothing.
 *
 * Frame: magic, version, length of the content, SHA-256 of the content, the content, nothing after. Content:
 * sections {tag, flags, length, bytes}, a policy being a section of sections; an unknown section marked
 * required is refused by name, an unknown optional one is skipped. Numbers are little-endian, texts end in a
 * NUL that their length leaves out.
 *
 * The digest finds accidents, not authors: whoever can write the file decides how its commands are confined.
 */
#ifndef VPL_BUNDLE_H
#define VPL_BUNDLE_H

#include "buf.h"
#include "err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BUNDLE_VERSION = 1, BUNDLE_MAX_BYTES = 64 << 20 };

/* What must be in force before the command may start: set or checked by the launcher, NEED_POD only by
 * others. */
enum bundle_need_kind {
    NEED_POD,               /* masked and read-only paths, the rest of `require`: one need for each */
    NEED_NON_ROOT,          /* no uid of the process is 0 */
    NEED_CAPABILITIES,      /* none but bundle_policy.capabilities can be used or come back by an exec */
    NEED_NO_NEW_PRIVILEGES, /* no_new_privs is set */
    NEED_APPARMOR,          /* the profile is in force */
    NEED_SECCOMP,           /* the filters are in force */
    NEED_COUNT
};
struct bundle_need {
    enum bundle_need_kind kind;
    const char *what; /* as the policy says it: "require read-only-root", "masked-paths of runtime-default" */
    const char *place; /* the line to name when it can't be had: "policy.vpl:12:5", or "" */
};

struct bundle_filter {
    const char *arch;     /* "x86_64": the machine, not the ABI */
    const uint8_t *bytes; /* struct sock_filter[], host endian of that machine, as the kernel takes it */
    size_t len;           /* 8 to 4096 * 8 */
    bool log;             /* install with SECCOMP_FILTER_FLAG_LOG */
};

/* What only the node knows, and the profile's text has as a variable that nothing defines: apparmor_parser
 * refuses the text until it is given. */
struct bundle_question {
    const char *variable; /* "node_disks": the names of the node's block devices, below /dev */
    const char *place;    /* of the statement that asks */
};

/* So that a log line can name the statement. */
struct bundle_stmt {
    uint32_t id;
    const char *text; /* "deny write \"/etc/passwd\"" */
    const char *place;
};

/* No text is NULL; all but apparmor_text are one line without control characters. */
struct bundle_policy {
    const char *name;
    const char *mode;     /* "EnhanceProtect" */
    const char *reaction; /* "deny", "audit deny", "observe" */
    uint32_t duration;    /* seconds that a learner is to learn; 0: not said */
    const struct bundle_need *needs;
    size_t n_needs;
    const struct bundle_need *efforts; /* best-effort, and only others than the launcher could hold them */
    size_t n_efforts;
    uint64_t capabilities;     /* bit per capability that the process may keep; 0 without NEED_CAPABILITIES */
    const char *apparmor_name; /* the profile's, and its text: "" without NEED_APPARMOR */
    const char *apparmor_text;
    const struct bundle_question *questions; /* none without NEED_APPARMOR */
    size_t n_questions;
    bool apparmor_complain; /* meant to be loaded in complain mode (modelling); else that is refused */
    const struct bundle_filter
        *filters; /* one per machine; none without NEED_SECCOMP, at least one with it */
    size_t n_filters;
    const struct bundle_filter
        *raw_filters; /* stacked after those; if any, some for every machine of `filters` */
    size_t n_raw_filters;
    const struct bundle_stmt *stmts;
    size_t n_stmts;
};

struct bundle {
    const struct bundle_policy *policies; /* at least one, names unique */
    size_t n_policies;
};

/* Same bundle, same bytes: no times, no paths of the machine. A bundle that bundle_read would refuse is a
 * bug. */
void bundle_write(struct buf *out, const struct bundle *bundle);

/* Validates everything; the result and all it points to lives until bundle_free. NULL with err: what is
 * wrong, by name. */
struct bundle *bundle_read(const uint8_t *bytes, size_t len, struct err *err);

/* The same from a regular file of at most BUNDLE_MAX_BYTES, opened once, closed when this returns. */
struct bundle *bundle_open(const char *path, struct err *err);

void bundle_free(struct bundle *bundle);

/* The policy of that name; NULL name: the only one, an error if there are several (they are listed). */
const struct bundle_policy *bundle_find(const struct bundle *bundle, const char *name, struct err *err);

/* The first need of that kind, NULL: none. */
const struct bundle_need *bundle_need(const struct bundle_policy *policy, enum bundle_need_kind kind);

/* Adds the names of a set of capabilities: "net_admin, net_bind_service", or "none". */
void bundle_add_capabilities(struct buf *out, uint64_t set);

/* Human text of what it holds, for `vplc inspect`; filters as disassembly come from the compiler, here only
 * their sizes. */
void bundle_describe(struct buf *out, const struct bundle *bundle);

#endif
