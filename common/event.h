/* "Process P does X": the one question that meaning and backends answer.
 *
 * An act of a program (mount(2), say) is a set of events, denied iff any of them is. */
#ifndef VPL_EVENT_H
#define VPL_EVENT_H

#include "buf.h"
#include "facts.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum event_class {
    CLASS_FILE,
    CLASS_CAPABILITY,
    CLASS_MOUNT,
    CLASS_UMOUNT,
    CLASS_PIVOT_ROOT,
    CLASS_SOCKET,
    CLASS_CONNECT,
    CLASS_BIND,
    CLASS_PTRACE,
    CLASS_SIGNAL,
    CLASS_SYSCALL,
    CLASS_USERNS,
    CLASS_COUNT
};

/* Operations are bits, so that a statement can name several; an event has exactly one, or 0 in a class
 * without operations. */
enum file_op {
    OP_READ = 1,
    OP_WRITE = 2,  /* create, delete, rename, truncate, chmod, chown, append, a hard link into it */
    OP_APPEND = 4, /* opened with O_APPEND: only an allow can mean it */
    OP_LINK = 8,
    OP_LOCK = 16,
    OP_MAP = 32, /* executable mapping */
    OP_EXEC = 64,
    OP_ACCESS = OP_READ | OP_WRITE | OP_APPEND | OP_LINK | OP_LOCK | OP_MAP | OP_EXEC
};
enum ptrace_op { OP_TRACE = 1, OP_PTRACE_READ = 2, OP_TRACED_BY = 4, OP_READ_BY = 8, OP_PTRACE_ALL = 15 };
enum signal_op { OP_SEND = 1, OP_RECEIVE = 2, OP_SIGNAL_ALL = 3 };

enum address_kind {
    ADDRESS_UNIX_PATH,
    ADDRESS_UNIX_ABSTRACT,
    ADDRESS_INET,
    ADDRESS_INET6,
    ADDRESS_KIND_COUNT
};

/* Who is at the other end of ptrace or a signal. OTHER: some profile that the policy doesn't name. */
enum peer { PEER_SELF, PEER_RUNTIME, PEER_UNCONFINED, PEER_POLICY, PEER_OTHER, PEER_COUNT };

struct event {
    enum event_class class;
    unsigned op;

    /* Who acts: the programs executed since the container's entrypoint, in order. What came in from outside
     * executed none. */
    const char *const *chain;
    size_t n_chain;

    const char *path;   /* file; mount and umount: the mount point, as the kernel writes it; unix address */
    const char *source; /* link: what the new name points to; mount: the device or directory */
    bool owner;         /* file: the process's fsuid owns it */
    int capability;
    const char *fstype;
    uint64_t mount_flags; /* MS_* of linux/mount.h, what mount(2) is called with */
    int family, type, protocol;
    enum address_kind address_kind;
    uint8_t address[16]; /* network order; the first 4 for ADDRESS_INET */
    uint16_t port;
    enum peer peer;
    const char *peer_policy;
    int signal; /* number; 0 is "exists" */
    enum abi abi;
    uint32_t nr; /* without the x32 bit */
    uint64_t args[6];
};

const char *event_class_name(enum event_class class);
int event_class_by_name(const char *name); /* -1 if unknown */

/* The operation's word in `class` ("read", "traced-by"…), "" for 0. */
const char *event_op_name(enum event_class class, unsigned op);

/* A mount event as the kernel reads mount(2): a bind and a move have no type, a remount and a change of
 * propagation no source either ("" both), and each its own flags. fs/namespace.c: path_mount. */
struct event event_mount_as_read(struct event mount);

/* Adds the event as VPL would write it after `expect deny`, one line without newline. */
void event_print(struct buf *out, const struct event *event);

#endif
