/* Asks the kernel: does a filter answer system calls as `expect` says that it does?
 *   calls NAME FILTER TABLE [x86_64] [i386] [x32]     a TAP line for each ABI (all that the kernel has)
 * Nothing that is called does anything: a filter installed before the other answers every call by an errno
 * that no policy has. Of two errnos the kernel gives the one of the filter installed last, and any errno goes
 * before ALLOW and LOG; so that errno says "allowed". It holds for x32 as well: the filters are asked before
 * a kernel without x32 says ENOSYS. */
#define _GNU_SOURCE
#include "table.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ALLOWED = 4000, MOST_SHOWN = 10, SECONDS = 60, UPROBE = 336, URETPROBE = 335 };
enum { X86_64, I386, X32, ABIS };
static const char *const abi_names[ABIS] = {"x86_64", "i386", "x32"};

/* What the child under the filters leaves: it can't say anything. */
struct result {
    bool done;
    unsigned long asked, denied, wrong;
    size_t n_shown;
    size_t shown[MOST_SHOWN];
    int got[MOST_SHOWN];
};

static _Noreturn void die(const char *name, const char *what) {
    printf("not ok - %s: %s: %s\n", name, what, strerror(errno));
    exit(1);
}

static void *read_file(const char *path, size_t *size) {
    struct stat st;
    FILE *file = fopen(path, "re");
    if (!file || fstat(fileno(file), &st) < 0)
        die(path, "fopen");
    *size = (size_t)st.st_size;
    void *bytes = malloc(*size + 1);
    if (fread(bytes, 1, *size, file) != *size)
        die(path, "fread");
    fclose(file);
    return bytes;
}

static int call_64(uint64_t nr, const uint64_t a[6]) {
    long result;
    register uint64_t r10 __asm__("r10") = a[3];
    register uint64_t r8 __asm__("r8") = a[4];
    register uint64_t r9 __asm__("r9") = a[5];
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(nr), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return (int)-result;
}

static int call_i386(uint64_t nr, const uint64_t a[6]) {
    long result;
    register uint64_t sixth __asm__("r12") = a[5];
    __asm__ volatile("lea -128(%%rsp), %%rsp\n\tpush %%rbp\n\tmov %[sixth], %%rbp\n\t" /* past the red zone */
                     "int $0x80\n\tpop %%rbp\n\tlea 128(%%rsp), %%rsp"
                     : "=a"(result)
                     : "a"(nr), "b"(a[0]), "c"(a[1]), "d"(a[2]), "S"(a[3]), "D"(a[4]), [sixth] "r"(sixth)
                     : "memory", "cc", "r8", "r9", "r10", "r11");
    return (int)-result;
}

static int call(const struct table_call *c) {
    return c->abi == I386 ? call_i386(c->nr, c->args)
                          : call_64(c->abi == X32 ? c->nr | 0x40000000u : c->nr, c->args);
}

static sigjmp_buf no_entry;
static void on_fault(int number) {
    siglongjmp(no_entry, number);
}

static bool has_i386(void) {
    enum { GETPID = 20 };
    signal(SIGSEGV, on_fault);
    bool has = sigsetjmp(no_entry, 1) == 0 && call_i386(GETPID, (uint64_t[6]){0}) == -getpid();
    signal(SIGSEGV, SIG_DFL);
    return has;
}

/* Everything is answered ALLOWED, but for what installs the next filter. */
static int install_guard(void) {
    struct sock_filter items[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                 offsetof(struct seccomp_data, args)), /* the table's calls of it have another */
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SECCOMP_SET_MODE_FILTER, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ALLOWED),
    };
    struct sock_fprog program = {sizeof items / sizeof *items, items};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0
               ? -1
               : (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

/* Newer kernels don't ask filters about uretprobe and uprobe; the guard lets one call of seccomp(2) through.
 */
static bool is_left_out(const struct table_call *c) {
    bool installs = c->nr == SYS_seccomp && (uint32_t)c->args[0] == SECCOMP_SET_MODE_FILTER;
    return c->abi != X32 && (c->nr == UPROBE || c->nr == URETPROBE || installs);
}

static int expected(uint32_t action) {
    uint32_t kind = action & SECCOMP_RET_ACTION_FULL;
    return kind == SECCOMP_RET_ALLOW || kind == SECCOMP_RET_LOG ? ALLOWED
           : kind == SECCOMP_RET_ERRNO                          ? (int)(action & SECCOMP_RET_DATA)
                                                                : -1;
}

static void ask(struct result *r, const struct table_call *calls, size_t n, unsigned abi) {
    for (size_t i = 0; i < n; i++) {
        if (calls[i].abi != abi || is_left_out(&calls[i]))
            continue;
        int got = call(&calls[i]);
        r->asked++;
        r->denied += got != ALLOWED;
        if (got == expected(calls[i].action))
            continue;
        r->wrong++;
        if (r->n_shown < MOST_SHOWN) {
            r->shown[r->n_shown] = i;
            r->got[r->n_shown++] = got;
        }
    }
}

static _Noreturn void confined(struct result *r, const struct sock_fprog *filter,
                               const struct table_call *calls, size_t n, unsigned abi) {
    if (install_guard() < 0 || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, filter) < 0)
        _exit(1);
    ask(r, calls, n, abi);
    *(volatile bool *)&r->done = true;
    for (;;) { /* no call that would end it */
    }
}

/* True if it got to the end. */
static bool await(const struct result *r, pid_t pid) {
    for (int i = 0;
         i < SECONDS * 100 && !*(volatile const bool *)&r->done && waitpid(pid, NULL, WNOHANG) == 0; i++)
        usleep(10000);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    return r->done;
}

static bool report(const struct result *r, const char *name, unsigned abi, const struct table_call *calls,
                   bool finished) {
    bool good = finished && !r->wrong && r->asked;
    for (size_t i = 0; i < r->n_shown; i++) {
        const struct table_call *c = &calls[r->shown[i]];
        printf("# %s %u (0x%llx, 0x%llx, 0x%llx, 0x%llx, 0x%llx, 0x%llx): %d instead of %d\n", abi_names[abi],
               c->nr, (unsigned long long)c->args[0], (unsigned long long)c->args[1],
               (unsigned long long)c->args[2], (unsigned long long)c->args[3], (unsigned long long)c->args[4],
               (unsigned long long)c->args[5], r->got[i], expected(c->action));
    }
    printf("%s - %s: %lu calls of %s, %lu denied, %lu otherwise than the filter was read%s\n",
           good ? "ok" : "not ok", name, r->asked, abi_names[abi], r->denied, r->wrong,
           finished ? "" : "; it didn't get to the end");
    return good;
}

static bool ask_abi(const char *name, const struct sock_fprog *filter, const struct table_call *calls,
                    size_t n, unsigned abi) {
    struct result *r = mmap(NULL, sizeof *r, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (r == MAP_FAILED)
        die(name, "mmap");
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0)
        confined(r, filter, calls, n, abi);
    bool finished = await(r, pid), good = report(r, name, abi, calls, finished);
    munmap(r, sizeof *r);
    return good;
}

int main(int argc, char **argv) {
    size_t filter_size, table_size;
    bool good = true;
    if (argc < 4)
        return 2;
    struct sock_filter *items = read_file(argv[2], &filter_size);
    struct table_call *calls = read_file(argv[3], &table_size);
    struct sock_fprog filter = {(unsigned short)(filter_size / sizeof *items), items};
    for (unsigned abi = 0; abi < ABIS; abi++) {
        bool wanted = argc == 4;
        for (int i = 4; i < argc; i++)
            wanted |= !strcmp(argv[i], abi_names[abi]);
        if (wanted && (abi != I386 || has_i386()))
            good &= ask_abi(argv[1], &filter, calls, table_size / sizeof *calls, abi);
    }
    return !good;
}
