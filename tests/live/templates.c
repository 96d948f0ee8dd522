/* The AppArmor profiles that container runtimes publish, restated as facts, against the text that vplc writes
 * for the same base.
 *
 *   templates text BASE NAME [widened]
 *       prints the profile NAME: what the runtime's template says, and nothing else; `widened`: and what VPL
 *       says beyond it on purpose (`ours` below)
 *   templates compare BASE NAME OURS THEIRS WIDENED
 *       the three, compiled by apparmor_parser -S: walks their automata side by side, so that it answers for
 *       every string of bytes; a line `ok - …` or `not ok - …` each. Ours is WIDENED, and THEIRS but for more
 *       signals and tracing.
 *
 * Equal is: the same permissions on every path, but that a hard link is denied where writing is; the same
 * answer to everything else that the kernel asks; of capabilities those that the base grants. Sources:
 * containerd contrib/apparmor/template.go at 301026e58 (2026-08-22), moby/profiles apparmor/template.go at
 * cd3bed806 (2026-06-30), containers/container-libs common/pkg/apparmor/apparmor_linux_template.go at
 * f0ddf1a74 (2026-04-01). The abi line, the tunables and abstractions/base are there as on Debian, the daemon
 * runs unconfined, RootlessKit isn't there. */
#include "aadfa.h"
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONTAINERD = 1, MOBY = 2, PODMAN = 4, ALL = 7 };
enum {
    CLASS_FILE = 2,
    CLASS_PTRACE = 9,
    CLASS_SIGNAL = 10,
    CLASS_LABEL = 16
}; /* security/apparmor/include/apparmor.h */

static const struct base {
    const char *name;
    unsigned who;
    uint64_t without; /* of the capabilities that containerd grants */
} bases[] = {
    {"runtime-default", CONTAINERD, 0},
    {"runtime-default-moby", MOBY, 0},
    {"runtime-default-podman", PODMAN, 1ULL << CAP_MKNOD | 1ULL << CAP_NET_RAW | 1ULL << CAP_AUDIT_WRITE},
};

/* Denied on paths. PROC is @{PROC}. */
static const struct denial {
    unsigned who;
    const char *perms, *path;
} denials[] = {
    {ALL, "w", "@{PROC}/*"},
    {CONTAINERD | MOBY, "w",
     "@{PROC}/{[^1-9/],[^1-9/][^0-9/],[^1-9s/][^0-9y/][^0-9s/],[^1-9/][^0-9/][^0-9/][^0-9/]*}/**"},
    {PODMAN, "w", "@{PROC}/{[^1-9],[^1-9][^0-9],[^1-9s][^0-9y][^0-9s],[^1-9][^0-9][^0-9][^0-9]*}/**"},
    {ALL, "w", "@{PROC}/sys/[^k]**"},
    {ALL, "w", "@{PROC}/sys/kernel/{?,??,[^s][^h][^m]**}"},
    {ALL, "rwklx", "@{PROC}/sysrq-trigger"},
    {ALL, "rwklx", "@{PROC}/kcore"},
    {ALL, "wklx", "/sys/[^f]*/**"},
    {ALL, "wklx", "/sys/f[^s]*/**"},
    {ALL, "wklx", "/sys/fs/[^c]*/**"},
    {ALL, "wklx", "/sys/fs/c[^g]*/**"},
    {ALL, "wklx", "/sys/fs/cg[^r]*/**"},
    {ALL, "rwklx", "/sys/firmware/**"},
    {CONTAINERD | MOBY, "rwklx", "/sys/devices/virtual/powercap/**"},
    {ALL, "rwklx", "/sys/kernel/security/**"},
};

/* What else there is. SELF is the profile's own name. */
static const struct rule {
    unsigned who;
    const char *what, *peer; /* NULL: no peer is named */
    const char *ours;        /* VPL's own, and why; NULL: the template's */
} rules[] = {
    {ALL, "network", NULL, NULL},
    {MOBY, "deny network alg", NULL, NULL},
    {ALL, "capability", NULL, NULL},
    {ALL, "file", NULL, NULL},
    {ALL, "umount", NULL, NULL},
    {ALL, "deny mount", NULL, NULL},
    {ALL, "signal (receive)", "unconfined", NULL},
    {CONTAINERD | MOBY, "signal (receive)", "runc", NULL},
    {CONTAINERD | MOBY, "signal (receive)", "crun", NULL},
    {PODMAN, "signal (receive)", "{/usr/bin/,/usr/sbin/,}runc", NULL},
    {PODMAN, "signal (receive)", "{/usr/bin/,/usr/sbin/,}crun*", NULL},
    {PODMAN, "signal (receive)", "{/usr/bin/,/usr/sbin/,}podman", NULL},
    {ALL, "signal (send, receive)", "SELF", NULL},
    {CONTAINERD | MOBY, "ptrace (trace, tracedby, read, readby)", "SELF", NULL},
    {PODMAN, "ptrace (trace, read)", "SELF", NULL},
    {ALL, "signal (receive)",
     "{,/usr/{,local/}{,s}bin/}{runc,crun*,containerd,dockerd,crio,conmon,podman,rootlesskit}",
     "`peer runtime` is any container runtime, by the names and paths of their profiles"},
    {ALL, "signal (send, receive)", "SELF{,//**}", "`peer self` has entered a `for exec` block"},
    {CONTAINERD | MOBY, "ptrace (trace, tracedby, read, readby)", "SELF{,//**}", "the same"},
    {PODMAN, "ptrace (trace, read)", "SELF{,//**}", "the same"},
};
#define COUNT(list) (sizeof(list) / sizeof *(list))

static const struct base *base_named(const char *name) {
    for (size_t i = 0; i < COUNT(bases); i++)
        if (strcmp(bases[i].name, name) == 0)
            return &bases[i];
    exit(2);
}

static void print_peer(const char *peer, const char *name) {
    bool self = strncmp(peer, "SELF", 4) == 0;
    printf(" peer=\"%s%s\"", self ? name : "", self ? peer + 4 : peer);
}

static void print_text(const struct base *base, const char *name, bool widened) {
    printf("abi <abi/3.0>,\n#include <tunables/global>\nprofile %s "
           "flags=(attach_disconnected,mediate_deleted) {\n"
           "  #include <abstractions/base>\n",
           name);
    for (size_t i = 0; i < COUNT(rules); i++) {
        if (!(rules[i].who & base->who) || (rules[i].ours && !widened))
            continue;
        if (rules[i].ours)
            printf("  # VPL's own: %s\n", rules[i].ours);
        printf("  %s", rules[i].what);
        if (rules[i].peer)
            print_peer(rules[i].peer, name);
        printf(",\n");
    }
    for (size_t i = 0; i < COUNT(denials); i++)
        if (denials[i].who & base->who)
            printf("  deny %s %s,\n", denials[i].path, denials[i].perms);
    printf("}\n");
}

/* ---- two automata side by side ---- */

struct pair {
    uint32_t ours, theirs;
    uint8_t kind; /* files: whether ours may deny more from here on; others: the class */
    size_t from;  /* the pair that led here, by this byte */
    uint8_t byte;
};
struct walk {
    const struct aadfa_automaton *ours, *theirs;
    struct pair *pairs;
    size_t n, cap;
    size_t *seen; /* a hash table of indexes, plus one */
    size_t size;
    size_t wrong;
    bool widened;     /* theirs says all that ours does */
    size_t more[256]; /* by class, where it doesn't: how often ours allows more */
};

static bool same(const struct pair *a, const struct pair *b) {
    return a->ours == b->ours && a->theirs == b->theirs && a->kind == b->kind;
}

static void add_pair(struct walk *w, struct pair pair) {
    size_t at = (pair.ours * 2654435761u ^ pair.theirs * 40503u ^ pair.kind * 97u) & (w->size - 1);
    for (; w->seen[at]; at = (at + 1) & (w->size - 1))
        if (same(&w->pairs[w->seen[at] - 1], &pair))
            return;
    if (w->n == w->cap) {
        fprintf(stderr, "templates: more than %zu pairs of states\n", w->cap);
        exit(1);
    }
    w->pairs[w->n++] = pair;
    w->seen[at] = w->n;
}

static struct walk start_walk(const struct aadfa_automaton *ours, const struct aadfa_automaton *theirs,
                              bool widened) {
    enum { MOST = 1 << 20 };
    struct walk w = {.ours = ours, .theirs = theirs, .cap = MOST, .size = 2 * MOST, .widened = widened};
    w.pairs = calloc(w.cap, sizeof *w.pairs);
    w.seen = calloc(w.size, sizeof *w.seen);
    add_pair(&w, (struct pair){ours->start, theirs->start, 0, 0, 0});
    return w;
}

static void print_string(const struct walk *w, size_t i) {
    if (i == 0)
        return;
    print_string(w, w->pairs[i].from);
    uint8_t byte = w->pairs[i].byte;
    printf(byte > ' ' && byte < 127 ? "%c" : "\\x%02x", byte);
}

static void complain(struct walk *w, size_t i, uint32_t ours, uint32_t theirs) {
    if (w->wrong++ >= 10)
        return;
    printf("# at ");
    print_string(w, i);
    printf(": ours %#x, the template's %#x\n", ours, theirs);
}

static void step(struct walk *w, size_t i, uint8_t byte, uint8_t kind) {
    struct pair p = w->pairs[i];
    add_pair(w, (struct pair){aadfa_walk(w->ours, p.ours, &byte, 1),
                              aadfa_walk(w->theirs, p.theirs, &byte, 1), kind, i, byte});
}

/* Files. A NUL leads from the name of a hard link to its target: nothing more is allowed there, and nothing
 * less unless the template denies writing of the link's name, to its owner and to others (the next 14 bits).
 */
static void compare_files(struct walk *w) {
    enum { WRITE = AADFA_WRITE | AADFA_WRITE << 14 };
    for (size_t i = 0; i < w->n; i++) {
        struct pair p = w->pairs[i];
        uint32_t ours = aadfa_accept(w->ours, p.ours), theirs = aadfa_accept(w->theirs, p.theirs);
        if (p.kind ? ours & ~theirs : ours != theirs)
            complain(w, i, ours, theirs);
        for (int byte = 1; byte < 256; byte++)
            step(w, i, (uint8_t)byte, p.kind);
        step(w, i, 0, p.kind || !(theirs & WRITE));
    }
}

/* Everything else: the first byte is the class. A class that has no states isn't mediated, so all of it is
 * allowed. Behind CLASS_LABEL stands the class that is asked about. */
static void compare_others(struct walk *w) {
    for (int class = 0; class < 256; class ++)
        if (class != CLASS_FILE) /* where a parser puts them here */
            step(w, 0, (uint8_t) class, (uint8_t) class);
    for (size_t i = 1; i < w->n; i++) {
        struct pair p = w->pairs[i];
        uint32_t ours = aadfa_accept(w->ours, p.ours), theirs = aadfa_accept(w->theirs, p.theirs);
        if (p.from == 0 && !p.ours != !p.theirs)
            complain(w, i, p.ours, p.theirs);
        if (w->widened ? ours != theirs : theirs & ~ours)
            complain(w, i, ours, theirs);
        w->more[p.kind] += ours != theirs;
        for (int byte = 0; byte < 256; byte++)
            step(w, i, (uint8_t)byte, p.from == 0 && p.kind == CLASS_LABEL ? (uint8_t)byte : p.kind);
    }
}

/* Ours allows more in these classes, and in no other. */
static int report_more(struct walk *w, const char *what) {
    static const bool wanted[256] = {[CLASS_PTRACE] = true, [CLASS_SIGNAL] = true};
    bool fine = w->wrong == 0;
    for (int class = 0; class < 256; class ++)
        if ((w->more[class] > 0) != wanted[class]) {
            printf("# class %d: more at %zu pairs of states\n", class, w->more[class]);
            fine = false;
        }
    printf("%s - %s\n", fine ? "ok" : "not ok", what);
    return fine ? 0 : 1;
}

static int report(struct walk *w, const char *what, size_t least) {
    bool fine = w->wrong == 0 && w->n >= least;
    printf("%s - %s, at %zu pairs of states\n", fine ? "ok" : "not ok", what, w->n);
    free(w->pairs);
    free(w->seen);
    return fine ? 0 : 1;
}

static int compare_capabilities(const struct base *base, const struct aadfa *ours,
                                const struct aadfa *theirs) {
    static const uint8_t granted[] = {CAP_CHOWN,       CAP_DAC_OVERRIDE,    CAP_FSETID, CAP_FOWNER,
                                      CAP_MKNOD,       CAP_NET_RAW,         CAP_SETGID, CAP_SETUID,
                                      CAP_SETFCAP,     CAP_SETPCAP,         CAP_KILL,   CAP_SYS_CHROOT,
                                      CAP_AUDIT_WRITE, CAP_NET_BIND_SERVICE};
    uint64_t wanted = 0;
    for (size_t i = 0; i < sizeof granted; i++)
        wanted |= UINT64_C(1) << granted[i];
    wanted &= ~base->without;
    bool fine = ours->capabilities == wanted && (wanted & ~theirs->capabilities) == 0;
    printf("%s - %s: its own capabilities, of those that the template allows\n", fine ? "ok" : "not ok",
           base->name);
    return fine ? 0 : 1;
}

static int load(struct aadfa *aadfa, const char *path, const char *name) {
    static char bytes[3][1 << 22];
    static int n;
    struct err err;
    FILE *in = fopen(path, "rb");
    if (!in)
        return -1;
    size_t len = fread(bytes[n % 3], 1, sizeof *bytes, in);
    fclose(in);
    if (aadfa_load(aadfa, bytes[n++ % 3], len, name, &err) == 0)
        return 0;
    fprintf(stderr, "templates: %s: %s\n", path, err.text);
    return -1;
}

static int compare(const struct base *base, const char *name, char *const paths[]) {
    struct aadfa ours, theirs, widened;
    char text[200];
    if (load(&ours, paths[0], name) < 0 || load(&theirs, paths[1], name) < 0 ||
        load(&widened, paths[2], name) < 0)
        return 1;
    struct walk files = start_walk(&ours.file, &theirs.file, true),
                others = start_walk(&ours.policy, &widened.policy, true),
                more = start_walk(&ours.policy, &theirs.policy, false);
    compare_files(&files);
    compare_others(&others);
    compare_others(&more);
    snprintf(text, sizeof text, "%s: paths as in the template", base->name);
    int wrong = report(&files, text, 100);
    snprintf(text, sizeof text,
             "%s: networks, mounts, signals, ptrace as in the template and VPL's own lines", base->name);
    wrong |= report(&others, text, 50);
    snprintf(text, sizeof text, "%s: beyond the template itself only signals and tracing", base->name);
    wrong |= report_more(&more, text);
    return wrong | compare_capabilities(base, &ours, &theirs);
}

int main(int argc, char **argv) {
    bool widened = argc == 5 && strcmp(argv[4], "widened") == 0;
    if ((argc == 4 || widened) && strcmp(argv[1], "text") == 0)
        print_text(base_named(argv[2]), argv[3], widened);
    else if (argc == 7 && strcmp(argv[1], "compare") == 0)
        return compare(base_named(argv[2]), argv[3], argv + 4);
    else
        return 2;
    return 0;
}
