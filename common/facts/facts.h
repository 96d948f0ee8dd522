/*
 * What the kernel calls things: system calls and their arguments by ABI, capabilities, errnos, signals,
 * socket families, types and protocols, mount options. All of it is data in the .def files beside this
 * header, each with its source. Nothing here allocates or fails but by "unknown"; every string returned is
 * static.
 */
#ifndef VPL_COMMON_FACTS_H
#define VPL_COMMON_FACTS_H

#include <stdbool.h>
#include <stdint.h>

/* The ways into the kernel, of an x86_64 machine. Another architecture: more rows here, its table of numbers
 * beside x86_64.def, and SYSCALL_ON rows in arguments.def. */
enum abi { ABI_X86_64, ABI_I386, ABI_X32, ABI_COUNT };

struct abi_info {
    const char *name;     /* x86_64, i386, x32 */
    uint32_t audit_arch;  /* seccomp_data.arch: AUDIT_ARCH_* of linux/audit.h; x32 shares x86_64's */
    uint32_t nr_bit;      /* set in every seccomp_data.nr of this ABI (__X32_SYSCALL_BIT), else 0 */
    const char *oci_name; /* SCMP_ARCH_*, as the OCI runtime specification has it */
    unsigned word_bits;   /* how much of a register an ARG_LONG is; x32's registers are 64 bits wide */
};

extern const struct abi_info abi_infos[ABI_COUNT];

/* Returns an enum abi, or -1. */
int abi_by_name(const char *name);

/* How much of seccomp_data.args[position] the kernel looks at. */
enum arg_kind {
    ARG_INT32,   /* the low 32 bits, signed: int, pid_t, compat_long_t */
    ARG_UINT32,  /* the low 32 bits: unsigned int, uid_t, compat_ulong_t */
    ARG_UINT16,  /* the low 16 bits: umode_t, i386's old uid_t */
    ARG_LONG,    /* word_bits of the ABI: long, size_t, loff_t on 64 bits */
    ARG_POINTER, /* an address; its target can't be tested */
    ARG_SPLIT64, /* 64 bits over two registers: the low half in position, the high one in position + 1 */
    ARG_KIND_COUNT
};

struct syscall_arg {
    const char *name;
    enum arg_kind kind;
    unsigned position;
};

#define SYSCALL_ARGS_MAX 6

/*
 * System calls go by an id: dense, 0..syscall_count()-1, in the order of their names, over the union of all
 * ABIs and of names that only other machines have (those have no number here). Returns -1 for an unknown
 * name.
 */
int syscall_by_name(const char *name);
int syscall_count(void);
const char *syscall_name(int id);

/* The number without nr_bit, or -1 where the ABI lacks the call. */
int syscall_number(int id, enum abi abi);

/* The id of a number without nr_bit, or -1. */
int syscall_by_number(enum abi abi, unsigned nr);

/* One past the highest number known. */
unsigned syscall_table_end(enum abi abi);

/*
 * Fills *out with the argument that the manual calls name. "arg0" to "arg5" are the registers that have no
 * name: some of a call's (i386's mmap has arg0 alone), or all six of a call that no kernel declares. The
 * manual's names go first: prctl's and keyctl's arg2 is position 1. Returns -1 where the ABI lacks the call,
 * the argument or the position, out untouched.
 */
int syscall_arg(int id, enum abi abi, const char *name, struct syscall_arg *out);

/* The names of a call's named arguments, in order of position; returns how many, 0 where the ABI lacks the
 * call. */
int syscall_arg_names(int id, enum abi abi, const char *names[SYSCALL_ARGS_MAX]);

/*
 * The other names of the same operation (setuid32 of setuid, mmap2 of mmap, futex_time64 of futex), as ids.
 * Symmetric. Returns how many; *twins lives forever and is unset for 0.
 */
unsigned syscall_twins(int id, const int **twins);

/* The name tables. *_by_name: the value, or -1; *_name: the name, or NULL. */

/* Lower case without cap_: net_admin. Values are bits, 0..CAPABILITY_COUNT-1 without a gap. */
#define CAPABILITY_COUNT 41
int capability_by_name(const char *name);
const char *capability_name(int cap);

/* Upper case: EPERM. Of several names for one value errno_name gives asm-generic's first. */
int errno_by_name(const char *name);
const char *errno_name(int value);

/* AppArmor's names, lower case without sig: kill, stp (also tstp), rtmin+0 to rtmin+32; exists is 0. */
int signal_by_name(const char *name);
const char *signal_name(int signo);

/* AppArmor's names of AF_*, lower case without af_: inet6, netlink, alg. */
int family_by_name(const char *name);
const char *family_name(int af);

/* SOCK_*: stream, dgram, raw, rdm, seqpacket, dccp, packet. AppArmor has no dccp. */
int socktype_by_name(const char *name);
const char *socktype_name(int type);

/* IPPROTO_*: tcp, udp, icmp, icmpv6, sctp. Not those of AF_NETLINK and AF_PACKET, which reuse the numbers. */
int protocol_by_name(const char *name);
const char *protocol_name(int protocol);

/*
 * Mount options, by index 0..MOUNT_OPTION_COUNT-1. Each stands for bits of mount(2)'s mountflags: that they
 * are set or, for the clear forms (rw, suid, async, norelatime...), that they are not. The r-forms (rbind,
 * rprivate) have MS_REC as well, so rbind covers bind's bit.
 */
enum {
#define MOUNT_OPTION(name, flag, form) MOUNT_OPTION_##name,
#include "mount_options.def"
#undef MOUNT_OPTION
    MOUNT_OPTION_COUNT
};

/* The index, or -1. */
int mount_option_by_name(const char *name);

/* Of an index in range: VPL's name. */
const char *mount_option_name(int index);

/* The MS_* bits, never 0; the two forms of an option have the same. */
uint64_t mount_option_flag(int index);

/* Whether the option says that the bits are clear. */
bool mount_option_clears(int index);

#endif
