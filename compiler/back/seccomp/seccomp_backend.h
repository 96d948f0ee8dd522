/* seccomp: the policy's system calls as a filter, twice: cBPF, and OCI JSON for container runtimes. */
#ifndef VPL_SECCOMP_BACKEND_H
#define VPL_SECCOMP_BACKEND_H

#include "backend.h"

extern const struct backend
    backend_seccomp;                     /* seccomp/MACHINE/LABEL.bpf: struct sock_filter[], little endian */
extern const struct backend backend_oci; /* seccomp/LABEL.json */

/* Install the filter with SECCOMP_FILTER_FLAG_LOG: some denial of the policy has to be logged. The flag is
 * for a whole filter, so the base's denials are logged with it (an allowed call is logged one by one, with
 * SECCOMP_RET_LOG). */
bool seccomp_wants_log(const struct ir_policy *policy);

#endif
