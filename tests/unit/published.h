/* The default filters that container runtimes publish: their entries as facts, in containerd.def, moby.def
 * and podman.def, and what they say of a call. Nothing of the compiler's but the names of calls goes into the
 * answer.
 *
 *   DEFAULT(errno)                               what no entry speaks of
 *   ENTRY(ALLOW | errno, capabilities, tests, "calls")
 *
 * An entry counts where its capabilities are granted (WITH) or none of them is (WITHOUT), and when all its
 * tests TEST(argument, op, value) hold. Where an entry that allows and one that doesn't speak of the same
 * call, it is denied. (libseccomp takes the first one of equal rules instead: only Podman's setns is listed
 * so.) */
#ifndef VPL_PUBLISHED_H
#define VPL_PUBLISHED_H

#include "facts.h"
#include <errno.h>
#include <linux/capability.h>
#include <string.h>

enum published_op { LT = 1, EQ, NE, GT, NONE_OF /* (argument & value) == 0 */ };
struct published_entry {
    int err; /* 0: allowed */
    uint64_t with, without;
    struct published_test {
        unsigned arg;
        enum published_op op; /* 0: there is no such test */
        uint64_t value;
    } tests[2];
    const char *calls;
};
struct published {
    const char *base; /* of the library */
    int err;
    const struct published_entry *entries;
    size_t n;
};

#define CAP(name) (UINT64_C(1) << CAP_##name)
#define ALLOW 0
#define ALWAYS 0, 0
#define WITH(cap) CAP(cap), 0
#define WITHOUT(cap) 0, CAP(cap)
#define WITHOUT_BOTH(a, b) 0, CAP(a) | CAP(b)
#define ANY
#define TEST(arg, op, value) {arg, op, value},
#define ENTRY(err, capabilities, tests, calls) {err, capabilities, {tests}, calls},
#define DEFAULT(err)
static const struct published_entry published_containerd[] = {
#include "containerd.def"
};
static const struct published_entry published_moby[] = {
#include "moby.def"
};
static const struct published_entry published_podman[] = {
#include "podman.def"
};
#undef ENTRY
#undef DEFAULT
#define ENTRY(...)
#define DEFAULT(err) err
#define TABLE(name) published_##name, sizeof published_##name / sizeof *published_##name
enum { PUBLISHED = 3 };
static const struct published published[PUBLISHED] = {
    {"runtime-default",
#include "containerd.def"
     , TABLE(containerd)},
    {"runtime-default-moby",
#include "moby.def"
     , TABLE(moby)},
    {"runtime-default-podman",
#include "podman.def"
     , TABLE(podman)},
};
#undef ENTRY
#undef DEFAULT
#undef TABLE
#undef TEST
#undef ANY

static inline bool published_names(const struct published_entry *entry, const char *call) {
    size_t n = strlen(call);
    for (const char *at = strstr(entry->calls, call); at; at = strstr(at + 1, call))
        if ((at == entry->calls || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return true;
    return false;
}

static inline bool published_granted(const struct published_entry *entry, uint64_t grants) {
    return (entry->with & ~grants) == 0 && (entry->without & grants) == 0;
}

static inline bool published_holds(const struct published_test *test, const uint64_t args[6]) {
    uint64_t value = args[test->arg];
    switch (test->op) {
    case LT:
        return value < test->value;
    case EQ:
        return value == test->value;
    case NE:
        return value != test->value;
    case GT:
        return value > test->value;
    case NONE_OF:
        return (value & test->value) == 0;
    }
    return true;
}

/* The entries that speak of a call, a bit each: asked once, since names are looked for in long texts. */
static inline uint64_t published_entries(const struct published *profile, const char *call) {
    uint64_t entries = 0;
    for (size_t i = 0; i < profile->n; i++)
        entries |= (uint64_t)published_names(&profile->entries[i], call) << i;
    return entries;
}

/* 0: allowed; else the errno. */
static inline int published_answer(const struct published *profile, uint64_t entries, uint64_t grants,
                                   const uint64_t args[6]) {
    int answer = profile->err;
    for (size_t i = 0; i < profile->n; i++) {
        const struct published_entry *entry = &profile->entries[i];
        if (!(entries >> i & 1) || !published_granted(entry, grants) ||
            !published_holds(&entry->tests[0], args) || !published_holds(&entry->tests[1], args))
            continue;
        if (entry->err)
            return entry->err;
        answer = 0;
    }
    return answer;
}

#endif
