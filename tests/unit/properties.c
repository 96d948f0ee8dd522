/* The two properties that guard the project (meaning.md), over the repository's policies and over seeded
 * random ones: (a) outputs deny => the meaning denies, but where a row says `over`; (b) the meaning denies,
 * and an output holds one of the denying statements `full` => outputs deny. PROPERTIES_POLICIES and
 * PROPERTIES_SEED change how many and which. */
#include "check.h"
#include "compile.h"
#include "events.h"
#include "meaning.h"
#include "panel.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static unsigned long long checked, denials, claims, problems;

static void complain(const struct ir_policy *policy, const struct event *e, const char *what,
                     const struct panel_verdict *v) {
    struct buf text BUF_CLEANUP = {0};
    if (problems++ > 20)
        return;
    event_print(&text, e);
    printf("# %s: %s", policy->name, buf_text(&text));
    for (size_t i = 0; i < e->n_chain; i++)
        printf(" as %s", e->chain[i]);
    printf(": %s%s%s%s%s\n", what, v->denied_by ? ", denied by " : "", v->denied_by ? v->denied_by->name : "",
           v->claimed ? ", claimed for " : "", v->claimed ? v->claimed->text : "");
}

static void check_event(const struct panel *panel, const struct event *e) {
    struct judgement j = meaning_judge(panel->policy, e);
    struct panel_verdict v = panel_judge(panel, e);
    checked++;
    denials += j.verdict == VERDICT_DENY;
    claims += v.claimed != NULL;
    if (v.combined == JUDGED_DENY && j.verdict == VERDICT_ALLOW && !v.over)
        complain(panel->policy, e, "(a) denied, the meaning allows it", &v);
    if (j.verdict == VERDICT_DENY && v.claimed && v.combined != JUDGED_DENY)
        complain(panel->policy, e, "(b) passes, the meaning denies it and an output claims it", &v);
}

/* Every actor: nobody's program, and each block's first literal program alone, then all of them in a chain.
 */
static size_t chains(const struct ir_policy *p, const char *programs[64]) {
    size_t n = 0;
    for (size_t b = 0; b < p->n_blocks && n < 64; b++)
        for (size_t i = 0; i < p->blocks[b].n_programs; i++)
            if (glob_literal(p->blocks[b].programs[i])) {
                programs[n++] = glob_literal(p->blocks[b].programs[i]);
                break;
            }
    return n;
}

static void check_class(struct arena *arena, const struct panel *panel, enum event_class class) {
    const char *programs[64];
    struct events events = {0};
    size_t n = chains(panel->policy, programs);
    events_around(arena, panel->policy, class, &events);
    for (size_t i = 0; i < events.list.n; i++) {
        struct event e = events.list.items[i];
        check_event(panel, &e);
        for (size_t c = 0; c < n; c++) {
            e.chain = &programs[c];
            e.n_chain = 1;
            check_event(panel, &e);
        }
        e.chain = programs;
        e.n_chain = n;
        if (n > 1)
            check_event(panel, &e);
    }
}

static bool check_policy(struct compilation *c, const struct ir_policy *policy, const struct node *node) {
    struct outputs outputs = {0};
    struct panel panel;
    struct arena *arena = arena_new();
    bool fine = panel_make(arena, policy, node, &c->diag, &outputs, &panel);
    for (enum event_class class = 0; class < CLASS_COUNT && fine; class ++)
        check_class(arena, &panel, class);
    outputs_free(&outputs);
    arena_free(arena);
    return fine;
}

static void print_diagnostics(const struct compilation *c) {
    struct buf text BUF_CLEANUP = {0};
    diag_print(&c->diag, &text, false);
    fputs(buf_text(&text), stderr);
}

static unsigned broken; /* files that don't compile */

/* Lints are left out: random policies contradict themselves, and mean something all the same. */
static unsigned check_file(const char *path) {
    struct compilation c;
    struct err err;
    unsigned n = 0;
    compile_init(&c);
    if (parse_program(c.arena, &c.sources, &c.diag, path, NULL, &c.program, &err) == 0 && !c.diag.errors)
        resolve_program(c.arena, &c.diag, &c.program, &c.checked);
    if (!c.diag.errors)
        lower_init(&c.lower, c.arena, &c.diag, &c.checked, "sda,dm-0");
    for (size_t i = 0; i < c.checked.policies.n && !c.diag.errors; i++) {
        const struct policy *p = c.checked.policies.items[i];
        if (p->raw_seccomp.n)
            continue;
        struct node older = node_default, newer;
        older.disks = "sda,dm-0";
        newer = older;
        newer.kernel_minor = 12, newer.kernel_major = 6, newer.parser_major = newer.abi_major = 4;
        const struct ir_policy *ir = lower_policy(&c.lower, p);
        n += check_policy(&c, ir, i % 2 ? &newer : &older);
    }
    if (c.diag.errors)
        print_diagnostics(&c), broken++;
    compile_free(&c);
    return n;
}

/* ---- random policies ---- */

static unsigned long long state;

static unsigned pick(unsigned n) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned)(state >> 33) % n;
}

#define ONE(list) (list)[pick(sizeof(list) / sizeof *(list))]

static const char *const paths[] = {"/etc/**",         "/etc/passwd",
                                    "/etc/*",          "/var/lib/**",
                                    "/var/lib/node/*", "/tmp/*",
                                    "/tmp/a",          "/usr/bin/{ls,cat}",
                                    "/proc/sys/**",    "/proc/sys/kernel/core_pattern",
                                    "/srv/[^x]*",      "/srv/?",
                                    "/run/**",         "/var/run/x",
                                    "/d{,/**}",        "/dev/null",
                                    "/bin/sh",         "/opt/a*b",
                                    "/opt/**/c",       "/dev/@{node.disks}"};
static const char *const fileops[] = {"read",        "write", "exec",   "lock",       "map",
                                      "read, write", "link",  "access", "write, exec"};
static const char *const caps[] = {"net_admin", "sys_admin", "chown", "net_raw", "sys_ptrace", "bpf", "kill"};
static const char *const sockets[] = {"socket",
                                      "socket inet",
                                      "socket alg",
                                      "socket inet, inet6 type stream",
                                      "socket netlink",
                                      "socket inet type stream protocol tcp",
                                      "socket unix type dgram",
                                      "socket packet type raw"};
static const char *const calls[] = {"unshare where flags & CLONE_NEWUSER != 0",
                                    "clone where flags & CLONE_NEWNS != 0",
                                    "personality where persona in [0, 8, 0x20000]",
                                    "chmod, fchmod, fchmodat where mode & 0o6000 != 0",
                                    "openat where flags & O_CREAT != 0 and mode & 0o111 != 0",
                                    "socket where domain > 38 and domain < 41",
                                    "kill where not (sig == SIGKILL or sig in [1, 2, 15])",
                                    "splice",
                                    "setuid, setgid",
                                    "ioctl where request in [TIOCSTI, TIOCLINUX]",
                                    "prctl where option >= 40",
                                    "mmap where prot & 4 != 0",
                                    "bpf(cmd: BPF_PROG_LOAD)",
                                    "@module",
                                    "lseek where offset > 0x100000000",
                                    "ptrace, process_vm_readv",
                                    "clone3 errno ENOSYS"};
static const char *const mounts[] = {"mount",
                                     "mount fstype proc",
                                     "mount fstype tmpfs to \"/mnt/**\"",
                                     "umount",
                                     "umount \"/mnt/*\"",
                                     "pivot_root",
                                     "mount from \"/dev/*\" to \"/mnt\"",
                                     "mount options bind",
                                     "mount from \"/dev/@{node.disks}\"",
                                     "mount options rbind, move from \"/srv/**\" to \"/mnt/**\"",
                                     "mount options remount, private, slave, shared, unbindable to \"/mnt\"",
                                     "mount options remount to \"/mnt/**\"",
                                     "userns"};
static const char *const peers[] = {"ptrace",
                                    "ptrace trace peer self",
                                    "ptrace read peer unconfined",
                                    "signal",
                                    "signal send set kill, term peer self",
                                    "signal receive peer runtime",
                                    "connect",
                                    "bind unix \"/run/*\"",
                                    "connect inet \"10.0.0.0/8\" port 443",
                                    "bind"};
static const char *const modes[] = {
    "",
    "",
    "",
    "",
    "    mode DefenseInDepth;\n",
    "    mode EnhanceProtect on runtime-default;\n",
    "    mode EnhanceProtect on runtime-default except deny-write-proc-sys;\n"};
static const char *const reactions[] = {"", "    on violation audit deny;\n", "    on violation observe;\n"};
static const char *const targets[] = {
    "", "", "    target DaemonSet \"d\" in \"n\" { containers \"c\"; }\n",
    "    target DaemonSet \"d\" in \"n\" { containers \"c\"; }\n    privileged;\n",
    "    target unit \"a.service\";\n"};
static const char *const effects[] = {"deny", "deny", "deny", "audit deny", "allow", "allow only"};
static const char *const narrowing[] = {"deny", "audit deny", "allow only"};

/* `best-effort audit` can't be: the order of the words is audit, best-effort, broad. */
static void begin(FILE *out, const char *effect) {
    bool audit = strncmp(effect, "audit ", 6) == 0;
    fprintf(out, "    %sbest-effort %s%s ", audit ? "audit " : "", pick(6) ? "" : "broad ",
            audit ? effect + 6 : effect);
}

static void write_file(FILE *out, const char *effect) {
    const char *op = ONE(fileops);
    begin(out, effect);
    fprintf(out, "%s \"%s\"", op, ONE(paths));
    for (unsigned more = pick(3); more; more--)
        fprintf(out, ", \"%s\"", ONE(paths));
    if (!pick(4))
        fprintf(out, " except \"%s\"", ONE(paths));
    fprintf(out, "%s;\n", pick(8) ? "" : " owner");
}

/* `allow only` of a whole class would deny nothing, and is refused. */
static void write_class(FILE *out, const char *effect, const char *what) {
    begin(out, strcmp(effect, "allow only") == 0 && !strchr(what, ' ') ? "deny" : effect);
    fprintf(out, "%s;\n", what);
}

static void write_statement(FILE *out, bool block) {
    const char *effect = block ? ONE(narrowing) : ONE(effects);
    switch (pick(block ? 5 : 8)) {
    case 0:
    case 1:
        write_file(out, effect);
        return;
    case 2:
        begin(out, effect);
        fprintf(out, "capability %s, %s;\n", ONE(caps), ONE(caps));
        return;
    case 3:
        write_class(out, effect, ONE(sockets));
        return;
    case 4:
        write_class(out, effect, pick(2) ? ONE(mounts) : ONE(peers));
        return;
    default:
        begin(out, strcmp(effect, "allow only") == 0 && pick(3) ? "deny" : effect);
        const char *call = ONE(calls);
        bool err = strstr(call, "errno") != NULL && strstr(effect, "allow");
        fprintf(out, "syscall %s;\n", err ? "clone3" : call);
    }
}

static void write_policy(FILE *out, unsigned n) {
    static const char *const programs[] = {"/bin/sh", "/usr/bin/cat", "/srv/worker"};
    fprintf(out, "policy p%u {\n%s%s%s", n, ONE(targets), ONE(modes), ONE(reactions));
    if (!pick(5))
        fprintf(out, "    enforcers %s;\n", pick(2) ? "apparmor" : "seccomp");
    for (unsigned s = 1 + pick(6); s; s--)
        write_statement(out, false);
    for (unsigned b = pick(3) ? 0 : 1 + pick(2); b; b--) {
        fprintf(out, "    for exec \"%s\"%s as b%u {\n", programs[b], pick(2) ? ", \"/bin/sh\"" : "", b);
        for (unsigned s = 1 + pick(3); s; s--)
            write_statement(out, true);
        fprintf(out, "    }\n");
    }
    fprintf(out, "}\n");
}

static unsigned check_random(unsigned long long seed, unsigned n) {
    char path[] = "/tmp/vpl-properties.XXXXXX";
    int fd = mkstemp(path);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
    state = seed;
    fputs("vpl 1;\n", out);
    for (unsigned i = 0; i < n; i++)
        write_policy(out, i);
    fclose(out);
    unsigned good = check_file(path);
    if (good == n)
        unlink(path);
    else
        printf("# seed %llu: %u of %u policies compiled; kept as %s\n", seed, good, n, path);
    return good;
}

static unsigned check_folder(const char *folder) {
    struct dirent **entries;
    unsigned n = 0;
    int found = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < found; i++) {
        char path[512];
        size_t len = strlen(entries[i]->d_name);
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (len > 4 && strcmp(entries[i]->d_name + len - 4, ".vpl") == 0)
            n += check_file(path);
        free(entries[i]);
    }
    if (found >= 0)
        free(entries);
    return n;
}

static unsigned check_repository(void) {
    return check_folder("examples") + check_folder("tests/golden");
}

static unsigned long number_from(const char *variable, unsigned long standard) {
    const char *text = getenv(variable);
    return text ? strtoul(text, NULL, 10) : standard;
}

int main(void) {
    enum { BATCH = 100 };
    unsigned wanted = (unsigned)number_from("PROPERTIES_POLICIES", 2000),
             batches = (wanted + BATCH - 1) / BATCH, random = 0;
    unsigned long long seed = number_from("PROPERTIES_SEED", 1);
    unsigned ours = check_repository();
    CHECK(ours > 0 && broken == 0);
    CHECK(problems == 0);
    for (unsigned i = 0; i < batches; i++)
        random += check_random(seed + i, BATCH);
    CHECK(random == batches * BATCH);
    CHECK(problems == 0);
    CHECK(denials > 0 && claims > 0);
    printf("# %u policies of the repository, %u random ones: %llu events, %llu denied, %llu claimed by an "
           "output\n",
           ours, random, checked, denials, claims);
    return check_done();
}
