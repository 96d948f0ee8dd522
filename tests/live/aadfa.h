/* Reads compiled AppArmor profiles (apparmor_parser -S) as the kernel does, so that tests can ask what they
 * say.
 *
 * Sources: security/apparmor/{policy_unpack,match,policy_compat}.c, include/match.h, kernels 6.1 and 6.12. */
#ifndef VPL_AADFA_H
#define VPL_AADFA_H

#include "err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the file automaton says; the bits of apparmor_parser's file permissions. */
enum aadfa_file {
    AADFA_EXEC = 0x01,
    AADFA_WRITE = 0x02,
    AADFA_READ = 0x04,
    AADFA_APPEND = 0x08,
    AADFA_LINK = 0x10,
    AADFA_LOCK = 0x20,
    AADFA_MMAP = 0x40
};
struct aadfa_perms {
    uint32_t allow; /* bits of enum aadfa_file */
    uint32_t audit; /* logged though allowed */
    uint32_t quiet; /* not logged though denied */
};

/* An automaton: tables as they lie in the profile, numbers in network order. */
struct aadfa_table {
    const uint8_t *data;
    uint32_t n;
    unsigned width; /* bytes an entry */
};
enum {
    AADFA_ACCEPT,
    AADFA_BASE,
    AADFA_CHECK,
    AADFA_DEFAULT,
    AADFA_CLASSES,
    AADFA_META,
    AADFA_ACCEPT2,
    AADFA_NEXT,
    AADFA_TABLES
};
struct aadfa_automaton {
    struct aadfa_table tables[AADFA_TABLES];
    uint32_t start; /* 0: there is none, and nothing matches */
};
struct aadfa {
    struct aadfa_automaton file, policy;
    uint64_t capabilities, audit_capabilities, quiet_capabilities; /* a bit per capability */
    uint32_t mode;                                                 /* 0: enforce, 1: complain */
};

/* Finds the profile (a child is "parent//child") in the bytes of one or more compiled profiles, which have to
 * stay. -1 when it isn't there or can't be read. */
int aadfa_load(struct aadfa *aadfa, const void *bytes, size_t n, const char *profile, struct err *err);

/* The state after these bytes (NUL among them, if any); 0 is the one that nothing leaves. */
uint32_t aadfa_walk(const struct aadfa_automaton *automaton, uint32_t state, const void *bytes, size_t n);

/* The two accept words of a state. */
uint32_t aadfa_accept(const struct aadfa_automaton *automaton, uint32_t state);
uint32_t aadfa_accept2(const struct aadfa_automaton *automaton, uint32_t state);

/* File permissions on a path, for the file's owner or another. */
struct aadfa_perms aadfa_file(const struct aadfa *aadfa, const char *path, bool owner);

/* Does the profile mediate a class (AA_CLASS_MOUNT 7, AA_CLASS_NET 14, AA_CLASS_SIGNAL 10…) at all? */
bool aadfa_mediates(const struct aadfa *aadfa, unsigned char class);

/* The first accept word of the policy automaton after a class byte and what the kernel feeds it for the
 * class. */
uint32_t aadfa_policy(const struct aadfa *aadfa, const void *bytes, size_t n);

#endif
