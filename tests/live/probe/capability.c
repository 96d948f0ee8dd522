#define _GNU_SOURCE
#include "capability.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/io.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <sys/xattr.h>
#include <unistd.h>

static int new_memfd(void) {
    return memfd_create("probe", MFD_CLOEXEC);
}

static long use_chown(void) {
    return fchown(new_memfd(), 1, 1);
}

/* A file that nobody may use, by no path: AppArmor looks at the capability only. */
static long use_dac_override(void) {
    int fd = new_memfd();
    return fchmod(fd, 0) < 0 ? -1 : syscall(SYS_faccessat2, fd, "", W_OK, AT_EMPTY_PATH);
}

static long use_dac_read_search(void) {
    return syscall(SYS_open_by_handle_at, AT_FDCWD, NULL, 0);
}

static long use_ipc_lock(void) {
    static char page[4096];
    struct rlimit none = {0, 0};
    return setrlimit(RLIMIT_MEMLOCK, &none) < 0 ? -1 : mlock(page, sizeof page);
}

static long use_ipc_owner(void) {
    int id = semget(IPC_PRIVATE, 1, 0);
    long result = semctl(id, 0, GETVAL);
    int error = errno;
    semctl(id, 0, IPC_RMID);
    errno = error;
    return result;
}

/* cap_valid() of the kernel's security/commoncap.c: revision 2, no capabilities in it. */
static long use_setfcap(void) {
    struct vfs_cap_data none = {.magic_etc = VFS_CAP_REVISION_2};
    return fsetxattr(new_memfd(), "security.capability", &none, sizeof none, 0);
}

static long use_sys_pacct(void) {
    return acct(NULL);
}

static long use_sys_tty_config(void) {
    return setsid() < 0 && errno != EPERM ? -1 : vhangup(); // in a session without a terminal
}

static long use_net_raw(void) {
    return socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
}

static long use_net_bind_service(void) {
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(1)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd < 0 ? -1 : bind(fd, (struct sockaddr *)&in, sizeof in);
}

static long use_net_admin(void) {
    int bytes = 4096;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd < 0 ? -1 : setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes);
}

static long use_setuid(void) {
    return syscall(SYS_setuid, 1);
}

static long use_setgid(void) {
    return syscall(SYS_setgid, 1);
}

static long use_setpcap(void) {
    return prctl(PR_CAPBSET_DROP, CAP_WAKE_ALARM, 0, 0, 0);
}

static long use_sys_admin(void) {
    struct utsname name;
    uname(&name);
    return sethostname(name.nodename, strlen(name.nodename));
}

static long use_sys_boot(void) {
    return syscall(SYS_reboot, 0, 0, 0,
                   NULL); // wrong magic numbers: EINVAL, after the capability was looked at
}

static long use_sys_chroot(void) {
    return chroot("/");
}

static long use_sys_module(void) {
    return syscall(SYS_init_module, NULL, 0, "");
}

static long use_sys_nice(void) {
    struct sched_param high = {.sched_priority = 1};
    return sched_setscheduler(0, SCHED_FIFO, &high);
}

static long use_sys_rawio(void) {
    return iopl(3);
}

static long use_sys_resource(void) {
    struct rlimit low = {4096, 4096}, high = {8192, 8192};
    return setrlimit(RLIMIT_MSGQUEUE, &low) < 0 ? -1 : setrlimit(RLIMIT_MSGQUEUE, &high);
}

static long use_sys_time(void) {
    struct timex now = {.modes = 0};
    adjtimex(&now);
    now.modes = ADJ_MAXERROR;
    return adjtimex(&now);
}

static long use_syslog(void) {
    return klogctl(9, NULL, 0); // the size of the unread part
}

static long use_wake_alarm(void) {
    return timerfd_create(CLOCK_REALTIME_ALARM, TFD_CLOEXEC);
}

static const struct {
    const char *name;
    long (*use)(void);
} capabilities[] = {
    {"chown", use_chown},
    {"dac_override", use_dac_override},
    {"dac_read_search", use_dac_read_search},
    {"ipc_lock", use_ipc_lock},
    {"ipc_owner", use_ipc_owner},
    {"net_admin", use_net_admin},
    {"net_bind_service", use_net_bind_service},
    {"net_raw", use_net_raw},
    {"setfcap", use_setfcap},
    {"setgid", use_setgid},
    {"setpcap", use_setpcap},
    {"setuid", use_setuid},
    {"sys_admin", use_sys_admin},
    {"sys_boot", use_sys_boot},
    {"sys_chroot", use_sys_chroot},
    {"sys_module", use_sys_module},
    {"sys_nice", use_sys_nice},
    {"sys_pacct", use_sys_pacct},
    {"sys_rawio", use_sys_rawio},
    {"sys_resource", use_sys_resource},
    {"sys_time", use_sys_time},
    {"sys_tty_config", use_sys_tty_config},
    {"syslog", use_syslog},
    {"wake_alarm", use_wake_alarm},
};

int capability_use(const char *name) {
    for (size_t i = 0; i < sizeof capabilities / sizeof *capabilities; i++)
        if (!strcmp(capabilities[i].name, name)) {
            int error = capabilities[i].use() < 0 ? errno : 0;
            return error == EPERM || error == EACCES ? error : 0;
        }
    return -1;
}
