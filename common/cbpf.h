/* What the kernel does with a seccomp filter, a program in classic BPF: its check, and its interpreter. */
#ifndef VPL_CBPF_H
#define VPL_CBPF_H

#include "facts.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>

/* NULL, or what is wrong. Checks what the kernel does on install: bpf_check_classic() in net/core/filter.c
 * and seccomp_check_filter() in kernel/seccomp.c, Linux 6.1. */
const char *cbpf_check(const struct sock_filter *program, size_t len);

/* What the kernel's interpreter returns, 32 bits whatever the action, for a program that cbpf_check
 * accepts. Adds the number of instructions executed to *executed, which may be NULL. */
uint32_t cbpf_run(const struct sock_filter *program, const struct seccomp_data *data, unsigned *executed);

/* The call as a filter sees it. */
struct seccomp_data cbpf_data(enum abi abi, uint32_t nr, const uint64_t args[6]);

#endif
