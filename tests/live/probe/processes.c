// Capabilities, namespaces, signals, tracing, and system calls by number.
#define _GNU_SOURCE
#include "capability.h"
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int probe_capability(char **a, int how) {
    (void)how;
    int error = capability_use(a[0]);
    if (error < 0)
        misuse(a[0]);
    return error;
}

// --- Processes ---

static int namespace_flag(const char *word) {
    static const struct word table[] = {
        {"user", CLONE_NEWUSER}, {"mount", CLONE_NEWNS}, {"net", CLONE_NEWNET},       {"pid", CLONE_NEWPID},
        {"uts", CLONE_NEWUTS},   {"ipc", CLONE_NEWIPC},  {"cgroup", CLONE_NEWCGROUP}, {NULL, 0},
    };
    return (int)named(table, word);
}

static int probe_unshare(char **a, int how) {
    (void)how;
    return outcome(unshare(namespace_flag(a[0])));
}

static int probe_clone(char **a, int how) {
    (void)how;
    long pid = syscall(SYS_clone, namespace_flag(a[0]) | SIGCHLD, NULL, NULL, NULL, NULL);
    if (pid == 0)
        _exit(0);
    return outcome(pid);
}

// wait: says that it runs, then does nothing until a signal; the other half of `signal` and `ptrace`
static int probe_wait(char **a, int how) {
    (void)a, (void)how;
    alarm(LINE_SECONDS);
    if (write(STDOUT_FILENO, "", 1) == 1)
        pause();
    return 0;
}

// A child that has become what it is to be: a fork, or FILE, which must be a copy of this program.
static pid_t new_child(const char *file) {
    int up[2];
    char byte;
    if (pipe2(up, O_CLOEXEC) < 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        dup2(up[1], STDOUT_FILENO);
        if (file)
            _exit(outcome(execl(file, file, "wait", NULL)));
        _exit(probe_wait(NULL, 0));
    }
    close(up[1]);
    if (read(up[0], &byte, 1) != 1)
        misuse(file ? file : "fork");
    return pid;
}

static int end_child(pid_t pid, long result) {
    int error = outcome(result);
    kill(pid, SIGKILL);
    return error;
}

static int signal_number(const char *word) {
    for (int i = 1; i < NSIG; i++)
        if (sigabbrev_np(i) && !strcmp(sigabbrev_np(i), word))
            return i;
    return (int)number(word);
}

// signal NAME [FILE]: to a child, which runs FILE
static int probe_signal(char **a, int how) {
    (void)how;
    pid_t pid = new_child(a[1]);
    return end_child(pid, kill(pid, signal_number(a[0])));
}

// ptrace [FILE]: a child, which runs FILE
static int probe_ptrace(char **a, int how) {
    (void)how;
    pid_t pid = new_child(a[0]);
    return end_child(pid, ptrace(PTRACE_SEIZE, pid, NULL, NULL));
}

// kill parent|PID NAME
static int probe_kill(char **a, int how) {
    (void)how;
    pid_t pid = !strcmp(a[0], "parent") ? getppid() : (pid_t)number(a[0]);
    return outcome(kill(pid, signal_number(a[1])));
}

// --- System calls by number: sys, x32 or i386, NUMBER and up to six words, a number or @TEXT (its address)
// each ---

static long i386_syscall(long nr, const long v[6]) {
    long result;
    register long sixth __asm__("r12") = v[5];
    __asm__ volatile("lea -128(%%rsp), %%rsp\n\tpush %%rbp\n\tmov %[sixth], %%rbp\n\t" // past the red zone
                     "int $0x80\n\tpop %%rbp\n\tlea 128(%%rsp), %%rsp"
                     : "=a"(result)
                     : "a"(nr), "b"(v[0]), "c"(v[1]), "d"(v[2]), "S"(v[3]), "D"(v[4]), [sixth] "r"(sixth)
                     : "memory", "cc", "r8", "r9", "r10", "r11");
    int short_result = (int)result;
    if (short_result < 0 && short_result > -4096) {
        errno = -short_result;
        return -1;
    }
    return short_result;
}

static long argument(const char *word) {
    if (word[0] != '@')
        return number(word);
    char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    if (low == MAP_FAILED)
        misuse(word);
    return (long)strncpy(low, word + 1, 4095);
}

enum abi { ABI_X86_64, ABI_X32, ABI_I386 };

static int probe_syscall(char **a, int abi) {
    long nr = number(a[0]), v[6] = {0};
    for (int i = 0; i < 6 && a[i + 1]; i++)
        v[i] = argument(a[i + 1]);
    if (abi == ABI_I386) {
        long result = i386_syscall(nr, v);
        return result == -1 ? errno : 0;
    }
    if (abi == ABI_X32)
        nr |= 0x40000000;
    return outcome(syscall(nr, v[0], v[1], v[2], v[3], v[4], v[5]));
}

const struct probe processes[] = {
    {"capability", 1, probe_capability, 0},
    {"unshare", 1, probe_unshare, 0},
    {"clone", 1, probe_clone, 0},
    {"wait", 0, probe_wait, 0},
    {"signal", 1, probe_signal, 0},
    {"ptrace", 0, probe_ptrace, 0},
    {"kill", 2, probe_kill, 0},
    {"sys", 1, probe_syscall, ABI_X86_64},
    {"x32", 1, probe_syscall, ABI_X32},
    {"i386", 1, probe_syscall, ABI_I386},
    {0},
};
