#include "event.h"

#include <arpa/inet.h>
#include <linux/mount.h>
#include <string.h>

static const char *const class_names[CLASS_COUNT] = {
    [CLASS_FILE] = "file",
    [CLASS_CAPABILITY] = "capability",
    [CLASS_MOUNT] = "mount",
    [CLASS_UMOUNT] = "umount",
    [CLASS_PIVOT_ROOT] = "pivot_root",
    [CLASS_SOCKET] = "socket",
    [CLASS_CONNECT] = "connect",
    [CLASS_BIND] = "bind",
    [CLASS_PTRACE] = "ptrace",
    [CLASS_SIGNAL] = "signal",
    [CLASS_SYSCALL] = "syscall",
    [CLASS_USERNS] = "userns",
};

static const struct {
    enum event_class class;
    unsigned op;
    const char *name;
} op_names[] = {
    {CLASS_FILE, OP_READ, "read"},          {CLASS_FILE, OP_WRITE, "write"},
    {CLASS_FILE, OP_APPEND, "append"},      {CLASS_FILE, OP_LINK, "link"},
    {CLASS_FILE, OP_LOCK, "lock"},          {CLASS_FILE, OP_MAP, "map"},
    {CLASS_FILE, OP_EXEC, "exec"},          {CLASS_PTRACE, OP_TRACE, "trace"},
    {CLASS_PTRACE, OP_PTRACE_READ, "read"}, {CLASS_PTRACE, OP_TRACED_BY, "traced-by"},
    {CLASS_PTRACE, OP_READ_BY, "read-by"},  {CLASS_SIGNAL, OP_SEND, "send"},
    {CLASS_SIGNAL, OP_RECEIVE, "receive"},
};

static const char *const peer_names[PEER_COUNT] = {"self", "runtime", "unconfined", "policy", "other"};

const char *event_class_name(enum event_class class) {
    return class_names[class];
}

int event_class_by_name(const char *name) {
    for (int i = 0; i < CLASS_COUNT; i++)
        if (strcmp(class_names[i], name) == 0)
            return i;
    return -1;
}

const char *event_op_name(enum event_class class, unsigned op) {
    for (size_t i = 0; i < sizeof op_names / sizeof *op_names; i++)
        if (op_names[i].class == class && op_names[i].op == op)
            return op_names[i].name;
    return "";
}

struct event event_mount_as_read(struct event mount) {
    const uint64_t types = MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE;
    uint64_t flags = mount.mount_flags;
    bool remount = flags & MS_REMOUNT, bind = !remount && flags & MS_BIND;
    bool propagation = !remount && !bind && flags & types;
    bool move = !remount && !bind && !propagation && flags & MS_MOVE;
    if (remount || bind || propagation || move)
        mount.fstype = "";
    if (remount || propagation)
        mount.source = "";
    mount.mount_flags &= remount       ? ~(types | MS_BIND | MS_REC | MS_MOVE)
                         : bind        ? MS_BIND | MS_REC
                         : propagation ? types | MS_REC | MS_SILENT
                         : move        ? MS_MOVE
                                       : ~UINT64_C(0);
    return mount;
}

static void print_named(struct buf *out, const char *name, int number) {
    if (name)
        buf_add(out, name);
    else
        buf_printf(out, "%d", number);
}

static void print_mount(struct buf *out, const struct event *e) {
    buf_add(out, "mount");
    if (e->fstype && *e->fstype)
        buf_printf(out, " fstype %s", e->fstype);
    uint64_t left = e->mount_flags;
    for (int i = 0, n = 0; i < MOUNT_OPTION_COUNT; i++) {
        uint64_t flag = mount_option_flag(i);
        if (!flag || mount_option_clears(i) || (left & flag) != flag)
            continue;
        buf_printf(out, "%s %s", n++ ? "," : " options", mount_option_name(i));
        left &= ~flag;
    }
    if (e->source) {
        buf_add(out, " from ");
        buf_add_vpl_string(out, e->source);
    }
    if (e->path) {
        buf_add(out, " to ");
        buf_add_vpl_string(out, e->path);
    }
}

static void print_address(struct buf *out, const struct event *e) {
    char text[INET6_ADDRSTRLEN];
    buf_add(out, class_names[e->class]);
    if (e->address_kind == ADDRESS_UNIX_PATH || e->address_kind == ADDRESS_UNIX_ABSTRACT) {
        buf_printf(out, " unix \"%s%s\"", e->address_kind == ADDRESS_UNIX_ABSTRACT ? "@" : "",
                   e->path ? e->path : "");
        return;
    }
    inet_ntop(e->address_kind == ADDRESS_INET ? AF_INET : AF_INET6, e->address, text, sizeof text);
    buf_printf(out, " inet \"%s\" port %u", text, e->port);
}

static void print_syscall(struct buf *out, const struct event *e) {
    int id = syscall_by_number(e->abi, e->nr), n = 0;
    const char *names[SYSCALL_ARGS_MAX];
    if (id < 0)
        buf_printf(out, "syscall %u", e->nr);
    else {
        n = syscall_arg_names(id, e->abi, names);
        buf_printf(out, "syscall %s(", syscall_name(id));
        for (int i = 0; i < n; i++)
            buf_printf(out, "%s%s: 0x%llx", i ? ", " : "", names[i], (unsigned long long)e->args[i]);
        buf_add_char(out, ')');
    }
    if (e->abi != ABI_X86_64)
        buf_printf(out, " abi %s", abi_infos[e->abi].name);
}

static void print_peer(struct buf *out, const struct event *e) {
    buf_printf(out, "%s %s", class_names[e->class], event_op_name(e->class, e->op));
    if (e->class == CLASS_SIGNAL) {
        buf_add(out, " set ");
        print_named(out, signal_name(e->signal), e->signal);
    }
    buf_printf(out, " peer %s", peer_names[e->peer]);
    if (e->peer == PEER_POLICY && e->peer_policy)
        buf_printf(out, " %s", e->peer_policy);
}

static void print_file(struct buf *out, const struct event *e) {
    buf_printf(out, "%s ", event_op_name(CLASS_FILE, e->op));
    buf_add_vpl_string(out, e->path ? e->path : "");
    if (e->owner)
        buf_add(out, " owner");
    if (e->op == OP_LINK && e->source) {
        buf_add(out, " to ");
        buf_add_vpl_string(out, e->source);
    }
}

static void print_socket(struct buf *out, const struct event *e) {
    buf_add(out, "socket ");
    print_named(out, family_name(e->family), e->family);
    buf_add(out, " type ");
    print_named(out, socktype_name(e->type & 0xf), e->type);
    buf_add(out, " protocol ");
    print_named(out, e->protocol ? protocol_name(e->protocol) : NULL, e->protocol);
}

void event_print(struct buf *out, const struct event *e) {
    switch (e->class) {
    case CLASS_FILE:
        print_file(out, e);
        break;
    case CLASS_CAPABILITY:
        buf_add(out, "capability ");
        print_named(out, capability_name(e->capability), e->capability);
        break;
    case CLASS_MOUNT:
        print_mount(out, e);
        break;
    case CLASS_SOCKET:
        print_socket(out, e);
        break;
    case CLASS_CONNECT:
    case CLASS_BIND:
        print_address(out, e);
        break;
    case CLASS_PTRACE:
    case CLASS_SIGNAL:
        print_peer(out, e);
        break;
    case CLASS_SYSCALL:
        print_syscall(out, e);
        break;
    default:
        buf_add(out, class_names[e->class]);
        if (e->class == CLASS_UMOUNT && e->path) {
            buf_add_char(out, ' ');
            buf_add_vpl_string(out, e->path);
        }
    }
}
