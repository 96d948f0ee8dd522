/*
 * The facts tables against what others say: libseccomp's tables (2.5.4 knows calls up to Linux 5.17), the
 * kernel's and C library's headers, the names in stdlib/syscalls.vpl; and facts worth naming. Run from the
 * repository's root.
 */
#include "facts.h"
#include "check.h"

#include <ctype.h>
#include <errno.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>

static const uint32_t scmp_arches[ABI_COUNT] = {
    [ABI_X86_64] = SCMP_ARCH_X86_64,
    [ABI_I386] = SCMP_ARCH_X86,
    [ABI_X32] = SCMP_ARCH_X32,
};

/* Prints what is wrong, so that the one CHECK that follows a loop can be traced. */
#define EXPECT(cond, ...) ((cond) ? 0 : (printf("# " __VA_ARGS__), putchar('\n'), 1))

static int number(const char *call, enum abi abi) {
    return syscall_number(syscall_by_name(call), abi);
}

static int compare_numbers(enum abi abi) {
    int wrong = 0;
    int seen = 0;

    for (unsigned nr = 0; nr < 1024; nr++) {
        char *name = seccomp_syscall_resolve_num_arch(scmp_arches[abi], (int)(nr | abi_infos[abi].nr_bit));
        int id = syscall_by_number(abi, nr);

        if (name) {
            wrong += EXPECT(id >= 0 && !strcmp(syscall_name(id), name), "%s %u: %s", abi_infos[abi].name, nr,
                            name);
            seen++;
        }
        if (id >= 0)
            wrong += EXPECT(syscall_number(id, abi) == (int)nr, "%s %u isn't back", abi_infos[abi].name, nr);
        free(name);
    }
    return seen > 350 ? wrong : -1;
}

/* libseccomp's negative numbers: unknown to it, or absent from the ABI, or (i386) part of socketcall and ipc.
 */
static int compare_names(enum abi abi) {
    int wrong = 0;

    for (int id = 0; id < syscall_count(); id++) {
        int theirs = seccomp_syscall_resolve_name_arch(scmp_arches[abi], syscall_name(id));
        int ours = syscall_number(id, abi);

        if (theirs >= 0)
            wrong += EXPECT(ours == (theirs & ~(int)abi_infos[abi].nr_bit), "%s", syscall_name(id));
    }
    return wrong;
}

/* What no x86 ABI has, another machine does: sparc's, which libseccomp doesn't support, and some that 2.5.4
 * lacks. */
static bool is_foreign(const char *name) {
    static const char *const unknown[] = {"atomic_barrier", "atomic_cmpxchg_32", "getpagesize",
                                          "riscv_hwprobe", "utrap_install"};

    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        if (!strcmp(unknown[i], name))
            return true;
    return seccomp_syscall_resolve_name(name) != __NR_SCMP_ERROR;
}

static int check_ids(void) {
    int wrong = 0;

    for (int id = 0; id < syscall_count(); id++) {
        const char *name = syscall_name(id);
        bool numbered = false;

        wrong += EXPECT(syscall_by_name(name) == id, "%s", name);
        wrong += EXPECT(id == 0 || strcmp(syscall_name(id - 1), name) < 0, "%s isn't sorted", name);
        for (enum abi abi = 0; abi < ABI_COUNT; abi++)
            numbered |= syscall_number(id, abi) >= 0;
        wrong += EXPECT(numbered || is_foreign(name), "nobody has %s", name);
    }
    return wrong;
}

static int check_arguments_of(int id, enum abi abi) {
    const char *names[SYSCALL_ARGS_MAX];
    int n = syscall_arg_names(id, abi, names);
    unsigned next = 0;
    int wrong = 0;

    for (int i = 0; i < n; i++) {
        struct syscall_arg arg;
        int found = syscall_arg(id, abi, names[i], &arg);
        bool split = !found && arg.kind == ARG_SPLIT64;

        wrong += EXPECT(!found && !strcmp(arg.name, names[i]) && arg.position >= next, "%s.%s in %s",
                        syscall_name(id), names[i], abi_infos[abi].name);
        wrong += EXPECT(!split || abi_infos[abi].word_bits == 32, "%s.%s split", syscall_name(id), names[i]);
        next = arg.position + (split ? 2 : 1);
    }
    return wrong + EXPECT(next <= SYSCALL_ARGS_MAX, "%s has too many", syscall_name(id));
}

static int check_arguments(void) {
    int wrong = 0;

    for (int id = 0; id < syscall_count(); id++)
        for (enum abi abi = 0; abi < ABI_COUNT; abi++)
            wrong += check_arguments_of(id, abi);
    return wrong;
}

/* "position kind", for one line per fact. */
static bool arg_is(const char *call, enum abi abi, const char *name, unsigned position, enum arg_kind kind) {
    struct syscall_arg arg;

    return !syscall_arg(syscall_by_name(call), abi, name, &arg) && arg.position == position &&
           arg.kind == kind;
}

static bool no_arg(const char *call, enum abi abi, const char *name) {
    struct syscall_arg arg;

    return syscall_by_name(call) >= 0 && syscall_arg(syscall_by_name(call), abi, name, &arg) < 0;
}

static void spot_arguments(void) {
    CHECK(no_arg("fchmodat", ABI_X86_64, "flags"));
    CHECK(no_arg("faccessat", ABI_X86_64, "flags"));
    CHECK(no_arg("eventfd", ABI_X86_64, "flags"));
    CHECK(arg_is("fchmodat2", ABI_X86_64, "flags", 3, ARG_UINT32));
    CHECK(arg_is("chmod", ABI_X86_64, "mode", 1, ARG_UINT16));
    CHECK(arg_is("openat", ABI_I386, "mode", 3, ARG_UINT16));
    CHECK(arg_is("socket", ABI_X86_64, "domain", 0, ARG_INT32));
    CHECK(arg_is("personality", ABI_X86_64, "persona", 0, ARG_UINT32));
    CHECK(arg_is("ioctl", ABI_X86_64, "request", 1, ARG_UINT32));
    CHECK(arg_is("ioctl", ABI_X86_64, "argp", 2, ARG_LONG));
    CHECK(arg_is("ioctl", ABI_X32, "argp", 2, ARG_UINT32));
    CHECK(arg_is("unshare", ABI_X86_64, "flags", 0, ARG_LONG));
    CHECK(arg_is("bpf", ABI_X86_64, "cmd", 0, ARG_INT32));
    CHECK(arg_is("read", ABI_X86_64, "buf", 1, ARG_POINTER));

    /* the kernel narrows */
    CHECK(arg_is("clone", ABI_X86_64, "flags", 0, ARG_UINT32));
    CHECK(arg_is("readv", ABI_X86_64, "fd", 0, ARG_UINT32));
    CHECK(arg_is("mmap", ABI_X86_64, "fd", 4, ARG_UINT32));
    CHECK(arg_is("mmap", ABI_X86_64, "prot", 2, ARG_UINT32));
    /* mount refuses high bits: MS_NOUSER is a negative int */
    CHECK(arg_is("mount", ABI_X86_64, "mountflags", 3, ARG_LONG));

    /* ABIs differ */
    CHECK(arg_is("clone", ABI_X86_64, "child_tid", 3, ARG_POINTER) &&
          arg_is("clone", ABI_X86_64, "tls", 4, ARG_LONG));
    CHECK(arg_is("clone", ABI_I386, "child_tid", 4, ARG_POINTER) &&
          arg_is("clone", ABI_I386, "tls", 3, ARG_LONG));
    CHECK(arg_is("setuid", ABI_X86_64, "uid", 0, ARG_UINT32) &&
          arg_is("setuid", ABI_I386, "uid", 0, ARG_UINT16));
    CHECK(arg_is("setuid32", ABI_I386, "uid", 0, ARG_UINT32) && no_arg("setuid32", ABI_X86_64, "uid"));
    CHECK(arg_is("pread64", ABI_X86_64, "offset", 3, ARG_LONG) &&
          arg_is("pread64", ABI_I386, "offset", 3, ARG_SPLIT64));
    CHECK(arg_is("truncate64", ABI_I386, "length", 1, ARG_SPLIT64));
    CHECK(arg_is("sync_file_range", ABI_X86_64, "flags", 3, ARG_UINT32));
    CHECK(arg_is("sync_file_range", ABI_I386, "flags", 5, ARG_UINT32));
    CHECK(arg_is("fadvise64", ABI_I386, "advice", 4, ARG_INT32));
    CHECK(arg_is("fadvise64_64", ABI_I386, "advice", 5, ARG_INT32));
    CHECK(arg_is("fanotify_mark", ABI_I386, "dirfd", 4, ARG_INT32));
    CHECK(arg_is("preadv2", ABI_X86_64, "flags", 5, ARG_INT32) &&
          arg_is("preadv2", ABI_X32, "flags", 4, ARG_INT32));
    CHECK(arg_is("ptrace", ABI_X86_64, "request", 0, ARG_LONG) &&
          arg_is("ptrace", ABI_X32, "request", 0, ARG_INT32));

    /* nameless ones, and the manual's own arg2 */
    CHECK(arg_is("prctl", ABI_X86_64, "arg2", 1, ARG_LONG) && no_arg("prctl", ABI_X86_64, "arg1"));
    CHECK(arg_is("mmap", ABI_I386, "arg0", 0, ARG_POINTER) && no_arg("mmap", ABI_I386, "prot"));
    CHECK(arg_is("preadv2", ABI_X86_64, "arg4", 4, ARG_LONG) && no_arg("preadv2", ABI_I386, "arg4"));
    CHECK(arg_is("tuxcall", ABI_X86_64, "arg5", 5, ARG_LONG));
    CHECK(no_arg("close", ABI_X86_64, "arg0") && no_arg("close", ABI_X86_64, "arg1"));
}

static void spot_calls(void) {
    CHECK(syscall_by_name("opne") == -1 && syscall_by_name("") == -1);
    CHECK(number("execve", ABI_X86_64) == 59 && number("execve", ABI_I386) == 11 &&
          number("execve", ABI_X32) == 520);
    CHECK(number("read", ABI_X32) == 0 && syscall_by_number(ABI_X32, 59) == -1);
    CHECK(number("fchroot", ABI_X86_64) == 472 && number("fchroot", ABI_I386) == 472);
    CHECK(number("cacheflush", ABI_X86_64) == -1 && number("cacheflush", ABI_I386) == -1);
    CHECK(syscall_table_end(ABI_X86_64) == 473 && syscall_table_end(ABI_I386) == 473);
    CHECK(syscall_table_end(ABI_X32) == 548 && syscall_by_number(ABI_X32, 548) == -1);
    CHECK(abi_by_name("i386") == ABI_I386 && abi_by_name("arm") == -1);
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        CHECK(!strncmp(abi_infos[abi].oci_name, "SCMP_ARCH_", 10) &&
              seccomp_arch_resolve_name(abi == ABI_I386 ? "x86" : abi_infos[abi].name) == scmp_arches[abi]);
    CHECK(abi_infos[ABI_X86_64].audit_arch == SCMP_ARCH_X86_64 &&
          abi_infos[ABI_I386].audit_arch == SCMP_ARCH_X86);
}

static bool are_twins(const char *a, const char *b) {
    const int *twins;
    unsigned n = syscall_twins(syscall_by_name(a), &twins);

    for (unsigned i = 0; i < n; i++)
        if (twins[i] == syscall_by_name(b))
            return true;
    return false;
}

/* Nothing is its own twin, and whatever is whoever's twin has it back, with as many others. */
static int check_twins(void) {
    int wrong = 0;

    for (int id = 0; id < syscall_count(); id++) {
        const int *twins;
        const int *back;
        unsigned n = syscall_twins(id, &twins);

        for (unsigned i = 0; i < n; i++)
            wrong += EXPECT(twins[i] != id && syscall_twins(twins[i], &back) == n &&
                                are_twins(syscall_name(twins[i]), syscall_name(id)),
                            "%s", syscall_name(id));
    }
    return wrong;
}

/* Every call that x86_64 lacks and i386 has is the twin of another, does what no one call does there, or is
 * dead. */
static int check_i386_names(void) {
    static const char *const alone[] = {"bdflush",    "break",    "ftime", "gtty", "idle",   "ipc",
                                        "lock",       "mpx",      "nice",  "prof", "profil", "sgetmask",
                                        "socketcall", "ssetmask", "stime", "stty", "ulimit"};
    int wrong = 0;

    for (int id = 0; id < syscall_count(); id++) {
        const int *twins;
        bool excused = false;

        if (syscall_number(id, ABI_I386) < 0 || syscall_number(id, ABI_X86_64) >= 0)
            continue;
        for (size_t i = 0; i < sizeof alone / sizeof *alone; i++)
            excused |= !strcmp(alone[i], syscall_name(id));
        wrong += EXPECT(excused || syscall_twins(id, &twins), "%s has no twin", syscall_name(id));
    }
    return wrong;
}

static void check_tables(void) {
    int wrong = 0;

    for (int e = 1; e < 134; e++) {
        const char *libc = strerrorname_np(e);

        wrong +=
            EXPECT(!libc || (errno_name(e) && (!strcmp(errno_name(e), libc) || e == ENOTSUP)), "errno %d", e);
        wrong += EXPECT(!libc || errno_by_name(libc) == e, "errno %d", e);
    }
    for (int s = 1; s < 32; s++) {
        char lower[16] = "";
        const char *libc = sigabbrev_np(s);

        for (size_t i = 0; libc[i] && i < sizeof lower - 1; i++)
            lower[i] = (char)tolower(libc[i]);
        wrong +=
            EXPECT(signal_by_name(lower) == s && signal_by_name(signal_name(s)) == s, "signal %s", lower);
    }
    CHECK(wrong == 0);
    CHECK(errno_by_name("EPERM") == 1 && errno_by_name("EWOULDBLOCK") == EAGAIN &&
          errno_by_name("EFOO") == -1);
    CHECK(!strcmp(errno_name(EAGAIN), "EAGAIN") && !errno_name(0));
    CHECK(!strcmp(signal_name(SIGTSTP), "stp") && signal_by_name("exists") == 0 &&
          signal_by_name("SIGKILL") == -1);
    CHECK(signal_by_name("rtmin+0") == 32 && signal_by_name("rtmin+32") == 64 &&
          !strcmp(signal_name(34), "rtmin+2"));

    CHECK(CAPABILITY_COUNT == CAP_LAST_CAP + 1);
    CHECK(capability_by_name("sys_admin") == CAP_SYS_ADMIN && capability_by_name("cap_sys_admin") == -1);
    CHECK(!strcmp(capability_name(CAP_CHECKPOINT_RESTORE), "checkpoint_restore") && !capability_name(41));
    for (int cap = 0; cap < CAPABILITY_COUNT; cap++)
        CHECK(capability_by_name(capability_name(cap)) == cap);

    CHECK(family_by_name("alg") == AF_ALG && family_by_name("vsock") == AF_VSOCK &&
          family_by_name("unix") == AF_UNIX);
    CHECK(!strcmp(family_name(AF_INET6), "inet6") && !family_name(99) && family_by_name("ip") == -1);
    CHECK(!strcmp(family_name(AF_BLUETOOTH), "bluetooth") && family_by_name("mctp") == AF_MCTP);
    CHECK(socktype_by_name("seqpacket") == SOCK_SEQPACKET && !strcmp(socktype_name(SOCK_PACKET), "packet"));
    CHECK(protocol_by_name("icmpv6") == IPPROTO_ICMPV6 && protocol_by_name("mptcp") == IPPROTO_MPTCP);
    CHECK(!strcmp(protocol_name(IPPROTO_SCTP), "sctp") && protocol_by_name("raw") == IPPROTO_RAW);
}

static bool option_is(const char *name, unsigned long flag, bool clears) {
    int i = mount_option_by_name(name);

    return i >= 0 && !strcmp(mount_option_name(i), name) && mount_option_flag(i) == flag &&
           mount_option_clears(i) == clears;
}

static void check_mount_options(void) {
    CHECK(MOUNT_OPTION_COUNT == 34 && mount_option_by_name("loop") == -1);
    CHECK(option_is("ro", MS_RDONLY, false) && option_is("rw", MS_RDONLY, true));
    CHECK(option_is("nosuid", MS_NOSUID, false) && option_is("suid", MS_NOSUID, true));
    CHECK(option_is("nodev", MS_NODEV, false) && option_is("dev", MS_NODEV, true));
    CHECK(option_is("noexec", MS_NOEXEC, false) && option_is("exec", MS_NOEXEC, true));
    CHECK(option_is("sync", MS_SYNCHRONOUS, false) && option_is("async", MS_SYNCHRONOUS, true));
    CHECK(option_is("mand", MS_MANDLOCK, false) && option_is("nomand", MS_MANDLOCK, true));
    CHECK(option_is("noatime", MS_NOATIME, false) && option_is("atime", MS_NOATIME, true));
    CHECK(option_is("nodiratime", MS_NODIRATIME, false) && option_is("diratime", MS_NODIRATIME, true));
    CHECK(option_is("relatime", MS_RELATIME, false) && option_is("norelatime", MS_RELATIME, true));
    CHECK(option_is("strictatime", MS_STRICTATIME, false) &&
          option_is("nostrictatime", MS_STRICTATIME, true));
    CHECK(option_is("remount", MS_REMOUNT, false) && option_is("dirsync", MS_DIRSYNC, false));
    CHECK(option_is("move", MS_MOVE, false) && option_is("silent", MS_SILENT, false));
    CHECK(option_is("bind", MS_BIND, false) && option_is("rbind", MS_BIND | MS_REC, false));
    CHECK(option_is("unbindable", MS_UNBINDABLE, false) &&
          option_is("runbindable", MS_UNBINDABLE | MS_REC, false));
    CHECK(option_is("private", MS_PRIVATE, false) && option_is("rprivate", MS_PRIVATE | MS_REC, false));
    CHECK(option_is("slave", MS_SLAVE, false) && option_is("rslave", MS_SLAVE | MS_REC, false));
    CHECK(option_is("shared", MS_SHARED, false) && option_is("rshared", MS_SHARED | MS_REC, false));
}

/* Every word of the lists in stdlib/syscalls.vpl is a call, or a group that stands above. */
static void check_groups(void) {
    static char text[65536];
    static const char *groups[64];
    FILE *file = fopen("stdlib/syscalls.vpl", "r");
    size_t length = file ? fread(text, 1, sizeof text - 1, file) : 0;
    char *line_end;
    size_t n_groups = 0;
    int names = 0;
    int wrong = 0;

    if (file)
        fclose(file);
    CHECK(length > 0 && length < sizeof text - 1);
    for (char *line = text; *line; line = line_end + 1) {
        line_end = line + strcspn(line, "\n");
        if (!strncmp(line, "//", 2))
            memset(line, ' ', (size_t)(line_end - line));
    }
    for (char *word = strtok(text, " \n,;=[]"); word; word = strtok(NULL, " \n,;=[]")) {
        bool known = syscall_by_name(word) >= 0;

        if (!strcmp(word, "vpl") || !strcmp(word, "1") || !strcmp(word, "except"))
            continue;
        if (!strcmp(word, "let")) {
            groups[n_groups++] = strtok(NULL, " \n,;=[]");
            continue;
        }
        for (size_t i = 0; i + 1 < n_groups; i++)
            known |= !strcmp(groups[i], word);
        wrong += EXPECT(known, "%s", word);
        names++;
    }
    CHECK(wrong == 0);
    CHECK(n_groups == 31 && names > 850);
}

int main(void) {
    for (enum abi abi = 0; abi < ABI_COUNT; abi++) {
        CHECK(compare_numbers(abi) == 0);
        CHECK(compare_names(abi) == 0);
    }
    CHECK(check_ids() == 0);
    CHECK(check_arguments() == 0);
    CHECK(check_twins() == 0);
    CHECK(check_i386_names() == 0);
    CHECK(are_twins("setuid", "setuid32") && are_twins("mmap2", "mmap") &&
          are_twins("futex_time64", "futex"));
    CHECK(!are_twins("dup2", "dup3") && !are_twins("setuid", "setgid32"));
    spot_calls();
    spot_arguments();
    check_tables();
    check_mount_options();
    check_groups();
    return check_done();
}
