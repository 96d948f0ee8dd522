/* Hand-built policies → profile text → what the text's own rules say, and what both real parsers say of the
 * text. */
#include "apparmor_text.h"
#include "meaning.h"

#include <linux/mount.h>

static void test_base(void) {
    start("base");
    CHECK(accepted());
    CHECK(!strncmp(profile, "vpl.kube-system.base.", 21) && strlen(profile) == 33);
    CHECK(strstr(text, profile));
    CHECK(file(OP_READ, "/etc/passwd") && file(OP_EXEC, "/bin/sh") && file(OP_WRITE, "/") &&
          file(OP_LINK, "/a/b"));
    CHECK(capability("chown") && !capability("sys_admin"));
    CHECK(!mounting("tmpfs", "none", "/mnt/"));
    CHECK(open_socket("inet", "stream") && open_socket("alg", "seqpacket"));
    CHECK(sending("kill", PEER_SELF) && !sending("kill", PEER_UNCONFINED) && !sending("kill", PEER_POLICY));
    CHECK(judge((struct event){.class = CLASS_SIGNAL, .op = OP_RECEIVE, .signal = 9, .peer = PEER_RUNTIME}) ==
          JUDGED_ALLOW);
    CHECK(judge((struct event){.class = CLASS_SIGNAL, .op = OP_RECEIVE, .signal = 9, .peer = PEER_OTHER}) ==
          JUDGED_DENY);
    CHECK(judge((struct event){.class = CLASS_PTRACE, .op = OP_TRACE, .peer = PEER_SELF}) == JUDGED_ALLOW);
    CHECK(judge((struct event){.class = CLASS_PTRACE, .op = OP_TRACE, .peer = PEER_OTHER}) == JUDGED_DENY);
    CHECK(judge((struct event){.class = CLASS_PIVOT_ROOT}) == JUDGED_DENY);
    CHECK(judge((struct event){.class = CLASS_UMOUNT, .path = "/mnt/"}) == JUDGED_ALLOW);
    CHECK(judge((struct event){.class = CLASS_SYSCALL}) == JUDGED_UNSEEN);
    CHECK(judge((struct event){.class = CLASS_CONNECT, .path = "/run/s"}) == JUDGED_UNSEEN);
    CHECK(judge((struct event){.class = CLASS_USERNS}) == JUDGED_UNSEEN);
}

static void test_denials(void) {
    start("denials");
    struct ir_stmt *write = on_files(VERDICT_DENY, OP_WRITE, PATHS("/etc/**"));
    struct ir_stmt *read = on_files(VERDICT_DENY, OP_READ | OP_MAP, PATHS("/etc/shadow{,-}"));
    read->match.owner = true;
    struct ir_stmt *exec = on_files(VERDICT_DENY, OP_EXEC, PATHS("/{,**/}busybox"));
    struct ir_stmt *link = on_files(VERDICT_DENY, OP_LINK, PATHS("/l/*"));
    link->match.has_sources = true;
    link->match.sources = PATHS("/secret/**");
    struct ir_stmt *lock = on_files(VERDICT_DENY, OP_LOCK,
                                    paths((const char *const[]){"/run/**", NULL},
                                          (const char *const[]){"/run/a.lock", "/run/b/**", NULL}));
    CHECK(accepted());
    CHECK(!file(OP_WRITE, "/etc/x") && !file(OP_APPEND, "/etc/x") && !file(OP_LINK, "/etc/x") &&
          file(OP_READ, "/etc/x"));
    CHECK(file(OP_WRITE, "/etc/") && file(OP_WRITE, "/etcx"));
    CHECK(file(OP_READ, "/etc/shadow")); /* of another owner */
    CHECK(judge((struct event){.class = CLASS_FILE, .op = OP_READ, .path = "/etc/shadow-", .owner = true}) ==
          JUDGED_DENY);
    CHECK(!file(OP_EXEC, "/busybox") && !file(OP_EXEC, "/bin/busybox") && file(OP_EXEC, "/bin/busybox2"));
    CHECK(file(OP_LINK, "/l/x"));
    CHECK(judge((struct event){.class = CLASS_FILE, .op = OP_LINK, .path = "/l/x", .source = "/secret/a"}) ==
          JUDGED_DENY);
    CHECK(!file(OP_LOCK, "/run/x") && file(OP_LOCK, "/run/a.lock") && file(OP_LOCK, "/run/b/c") &&
          !file(OP_LOCK, "/run/b"));
    CHECK(holds(write) == HOLD_FULL && holds(read) == HOLD_FULL && holds(exec) == HOLD_UNDER &&
          holds(link) == HOLD_FULL && holds(lock) == HOLD_FULL);
}

static void test_only(void) {
    start("only");
    struct ir_stmt *first = only(on_files(VERDICT_ALLOW, OP_WRITE, PATHS("/var/**", "/tmp/**", "/dev/null")));
    CHECK(accepted());
    CHECK(file(OP_WRITE, "/var/x") && file(OP_APPEND, "/var/x") && file(OP_WRITE, "/dev/null") &&
          !file(OP_WRITE, "/etc/x"));
    CHECK(!file(OP_LINK, "/etc/x") && file(OP_LINK, "/var/x") && file(OP_READ, "/etc/x") &&
          file(OP_EXEC, "/etc/x"));
    struct ir_stmt *second = only(on_files(VERDICT_ALLOW, OP_WRITE, PATHS("/{var,srv}/*/log", "/dev/**")));
    CHECK(accepted());
    CHECK(file(OP_WRITE, "/var/a/log") && !file(OP_WRITE, "/var/a/lag") && !file(OP_WRITE, "/srv/a/log"));
    CHECK(file(OP_WRITE, "/dev/null") && !file(OP_WRITE, "/dev/zero"));
    struct ir_stmt *exec = only(on_files(VERDICT_ALLOW, OP_EXEC, PATHS("/bin/{ba,da}sh", "/app")));
    struct ir_stmt *map = only(on_files(VERDICT_ALLOW, OP_MAP, PATHS("/lib/**", "/app", "/bin/*")));
    CHECK(accepted());
    CHECK(file(OP_EXEC, "/bin/bash") && !file(OP_EXEC, "/bin/sh") && file(OP_MAP, "/app") &&
          !file(OP_MAP, "/tmp/x.so"));
    CHECK(holds(first) == HOLD_FULL && holds(second) == HOLD_FULL && holds(exec) == HOLD_FULL &&
          holds(map) == HOLD_FULL);
    start("only-mount");
    struct ir_stmt *mount = only(allow(CLASS_MOUNT, (struct ir_match){.fstypes = (const char *const[]){"bpf"},
                                                                      .n_fstypes = 1,
                                                                      .has_paths = true,
                                                                      .paths = PATHS("/sys/fs/bpf")}));
    CHECK(accepted());
    CHECK(mounting("bpf", "none", "/sys/fs/bpf/") && mounting("bpf", "none", "/sys/fs/bpf"));
    CHECK(!mounting("proc", "none", "/sys/fs/bpf/") && !mounting("bpf", "none", "/sys/fs/"));
    CHECK(holds(mount) == HOLD_UNDER); /* 6.1: fsopen */
    struct event typed = {.class = CLASS_MOUNT, .fstype = "bpf", .source = "none", .path = "/sys/fs/bpf"};
    static const uint64_t untyped[] = {MS_BIND, MS_MOVE, MS_REMOUNT, MS_SHARED, MS_BIND | MS_PRIVATE};
    CHECK(meaning_judge(&policy, &typed).verdict == VERDICT_ALLOW && judge(typed) == JUDGED_ALLOW);
    for (size_t i = 0; i < sizeof untyped / sizeof *untyped; i++) { /* the kernel doesn't read the type */
        typed.mount_flags = untyped[i];
        CHECK(meaning_judge(&policy, &typed).verdict == VERDICT_DENY && judge(typed) == JUDGED_DENY);
    }
    typed.mount_flags = MS_BIND | MS_PRIVATE; /* is a bind: it has a source */
    CHECK(!strcmp(event_mount_as_read(typed).source, "none"));
    typed.mount_flags = MS_PRIVATE;
    CHECK(!strcmp(event_mount_as_read(typed).source, ""));
}

static void test_hostile(void) {
    start("hostile");
    on_files(VERDICT_DENY, OP_WRITE, PATHS("/a\\\\"))->text = "x\n}\nprofile evil { file, }\n#include <x>";
    on_files(VERDICT_DENY, OP_WRITE, PATHS("/b\" rw,\\} #include <x>"));
    on_files(VERDICT_DENY, OP_WRITE,
             PATHS("/c\\@\\{evil\\}", "/d\\\\\\\"", "/e#f, g", "/\xc3\xa9,\\*\\?\\[\\]\\{\\}", "/[\"]x",
                   "/q\\\"/\\\\"));
    CHECK(accepted());
    CHECK(!file(OP_WRITE, "/a\\") && file(OP_WRITE, "/a"));
    CHECK(!file(OP_WRITE, "/c@{evil}") && !file(OP_WRITE, "/d\\\"") && !file(OP_WRITE, "/e#f, g"));
    CHECK(!file(OP_WRITE, "/\xc3\xa9,*?[]{}") && !file(OP_WRITE, "/\"x") && !file(OP_WRITE, "/q\"/\\"));
    CHECK(file(OP_WRITE, "/ok") && !strstr(text, "\nprofile evil") && !strstr(text, "\n#include"));
}

static void test_open(void) {
    start_open("open");
    deny(CLASS_MOUNT, (struct ir_match){.fstypes = (const char *const[]){"proc"}, .n_fstypes = 1});
    deny(CLASS_MOUNT, (struct ir_match){.has_sources = true, .sources = PATHS("/dev/sd*")});
    deny(CLASS_UMOUNT, (struct ir_match){.has_paths = true, .paths = PATHS("/proc{,/**}")});
    static const struct ir_option ro = {.index = MOUNT_OPTION_ro, .bits = 1};
    struct ir_stmt *options = deny(CLASS_MOUNT, (struct ir_match){.options = &ro, .n_options = 1});
    struct ir_stmt *tcp =
        deny(CLASS_SOCKET,
             (struct ir_match){
                 .types = (const int[]){1}, .n_types = 1, .protocols = (const int[]){6}, .n_protocols = 1});
    struct ir_stmt *alg =
        deny(CLASS_SOCKET, (struct ir_match){.families = (const int[]){38}, .n_families = 1});
    struct ir_stmt *connect = deny(CLASS_CONNECT, (struct ir_match){.unix_any = true});
    struct ir_stmt *userns = deny(CLASS_USERNS, (struct ir_match){0});
    CHECK(accepted());
    CHECK(!mounting("proc", "proc", "/mnt/") && mounting("sysfs", "none", "/mnt/") &&
          !mounting("ext4", "/dev/sda1", "/mnt/"));
    CHECK(judge((struct event){.class = CLASS_UMOUNT, .path = "/proc/kcore"}) == JUDGED_DENY);
    CHECK(judge((struct event){.class = CLASS_UMOUNT, .path = "/proc/"}) == JUDGED_DENY);
    CHECK(judge((struct event){.class = CLASS_UMOUNT, .path = "/procx/"}) == JUDGED_ALLOW);
    CHECK(capability("sys_admin") && judge((struct event){.class = CLASS_PIVOT_ROOT}) == JUDGED_ALLOW);
    CHECK(!open_socket("alg", "seqpacket") && open_socket("inet", "stream"));
    CHECK(holds(options) == HOLD_NONE && holds(tcp) == HOLD_NONE && holds(alg) == HOLD_FULL &&
          holds(connect) == HOLD_NONE);
    CHECK(holds(userns) == HOLD_NONE && hold_on(userns, &new_node).level == HOLD_FULL);
    tcp->broad = true;
    CHECK(accepted() && !open_socket("inet", "stream") && holds(tcp) == HOLD_OVER);
    compile(&new_node);
    CHECK(judge((struct event){.class = CLASS_USERNS}) == JUDGED_DENY);
}

/* Is a mount with these flags allowed, and is all else that is asked of it? */
static bool with_flags(uint64_t flags, const char *source, const char *point) {
    return judge((struct event){.class = CLASS_MOUNT,
                                .mount_flags = flags,
                                .fstype = flags ? "" : "tmpfs",
                                .source = source,
                                .path = point}) == JUDGED_ALLOW;
}

static struct ir_match options(size_t n, const uint64_t *bits) {
    struct ir_option *list = arena_alloc(arena, n * sizeof *list);
    for (size_t i = 0; i < n; i++)
        list[i].bits = bits[i];
    return (struct ir_match){.options = list, .n_options = n};
}
#define OPTIONS(...)                                                                                         \
    options(sizeof((uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t), (const uint64_t[]){__VA_ARGS__})

static void test_mount_kinds(void) {
    const uint64_t rbind = MS_BIND | MS_REC;
    start_open("kinds");
    struct ir_stmt *bind = deny(CLASS_MOUNT, OPTIONS(MS_BIND));
    bind->match.has_sources = true;
    bind->match.sources = PATHS("/src");
    struct ir_stmt *remount = deny(CLASS_MOUNT, OPTIONS(MS_REMOUNT));
    remount->match.has_paths = true;
    remount->match.paths = PATHS("/a");
    struct ir_stmt *settings = deny(CLASS_MOUNT, OPTIONS(MS_BIND, MS_RDONLY));
    CHECK(accepted() && holds(bind) == HOLD_UNDER && holds(remount) == HOLD_NONE &&
          holds(settings) == HOLD_NONE);
    CHECK(!with_flags(MS_BIND, "/src/", "/b/") && !with_flags(rbind, "/src/", "/b/"));
    CHECK(with_flags(MS_BIND, "/srv/", "/b/") && with_flags(MS_MOVE, "/src/", "/b/") &&
          with_flags(0, "/src/", "/b/"));
    CHECK(with_flags(MS_REMOUNT, "", "/a/"));
    remount->broad = true;
    CHECK(accepted() && holds(remount) == HOLD_OVER);
    CHECK(!with_flags(MS_REMOUNT, "", "/a/") && !with_flags(MS_REMOUNT | MS_BIND | MS_NODEV, "", "/a/"));
    CHECK(!with_flags(MS_PRIVATE, "", "/a/") && with_flags(MS_REMOUNT, "", "/b/") &&
          with_flags(0, "none", "/a/"));
    CHECK(!compile(&new_node) && hold_on(remount, &new_node).level == HOLD_UNDER);
    CHECK(!with_flags(MS_REMOUNT | MS_BIND | MS_NODEV, "", "/a/") &&
          !with_flags(MS_REMOUNT | MS_MOVE, "", "/a/"));
    CHECK(with_flags(MS_PRIVATE, "", "/a/") && with_flags(MS_SLAVE | MS_REC | MS_SILENT, "", "/a/"));
    CHECK(with_flags(MS_REMOUNT | MS_RDONLY, "", "/b/") && with_flags(0, "none", "/a/") &&
          with_flags(MS_MOVE, "/b/", "/a/"));
}

static void test_audit(void) {
    start("audit");
    on_files(VERDICT_DENY, OP_WRITE, PATHS("/proc/*"))->own = false;
    on_files(VERDICT_DENY, OP_WRITE, PATHS("/sys/*"))->own = false;
    policy.reaction = REACTION_AUDIT_DENY;
    on_files(VERDICT_DENY, OP_WRITE, PATHS("/proc/kcore"));
    CHECK(accepted());
    CHECK(strstr(text, "  audit deny \"/proc/*\" wl,") && strstr(text, "  deny \"/sys/*\" wl,"));
    CHECK(strstr(text, "  audit deny \"/proc/kcore\" wl,"));
    default_deny(
        CLASS_USERNS); /* which the text has to spell out, with the log that a default has by itself */
    CHECK(accepted() && compile(&new_node) == 0 && strstr(text, "\n  deny userns,\n"));
    stmts.n--;
    add((struct ir_stmt){
        .class = CLASS_USERNS, .is_default = true, .verdict = VERDICT_DENY, .block = -1, .audit = true});
    CHECK(accepted() && compile(&new_node) == 0 && strstr(text, "\n  audit deny userns,\n"));
}

static void test_observe(void) {
    start("observe");
    policy.reaction = REACTION_OBSERVE;
    on_files(VERDICT_DENY, OP_WRITE, PATHS("/proc/*"))->own = false;
    struct ir_stmt *write = on_files(VERDICT_DENY, OP_WRITE, PATHS("/etc/**"));
    deny(CLASS_CAPABILITY, (struct ir_match){.capabilities = 1 | UINT64_C(1) << 21});
    deny(CLASS_MOUNT, (struct ir_match){.fstypes = (const char *const[]){"proc"}, .n_fstypes = 1});
    allow(CLASS_MOUNT, (struct ir_match){.fstypes = (const char *const[]){"bpf"}, .n_fstypes = 1});
    only(on_files(VERDICT_ALLOW, OP_READ, PATHS("/r/**")));
    CHECK(accepted());
    CHECK(file(OP_WRITE, "/etc/x") && file(OP_READ, "/etc/x") && !file(OP_WRITE, "/proc/x"));
    CHECK(capability("chown") && !capability("sys_admin") && !mounting("proc", "proc", "/mnt/") &&
          !mounting("bpf", "bpf", "/mnt/"));
    CHECK(strstr(text, "  audit \"/etc/**\" wl,") && strstr(text, "  audit capability chown,"));
    CHECK(strstr(text, "  audit deny capability sys_admin,") &&
          strstr(text, "  audit deny mount fstype=proc,"));
    CHECK(!strstr(text, "  capability chown,") && holds(write) == HOLD_FULL);
    struct ir_stmt *ptrace = deny(CLASS_PTRACE, (struct ir_match){0});
    ptrace->ops = OP_TRACE;
    CHECK(holds(ptrace) == HOLD_FULL);
    ptrace->ops =
        OP_PTRACE_ALL; /* the kernel asks nothing, and logs nothing, where the tracer is unconfined */
    CHECK(holds(ptrace) == HOLD_UNDER);
    stmts.n--;
    policy.n_stmts--;
    BLOCK("sh", "/bin/sh");
    on_files(VERDICT_DENY, OP_EXEC, PATHS("/bin/*", "/bin/sh"));
    CHECK(accepted());
    CHECK(file(OP_EXEC, "/bin/sh") && strstr(text, "  audit \"/bin/sh\" cix -> &"));
}

static void test_defense(void) {
    start("defense");
    stmts.n = 0;
    policy.grants = 0;
    for (enum event_class class = 0; class < CLASS_COUNT; class ++)
        default_deny(class);
    on_files(VERDICT_ALLOW, OP_READ | OP_MAP, PATHS("/lib/**", "/app"));
    on_files(VERDICT_ALLOW, OP_EXEC, PATHS("/app"));
    on_files(VERDICT_ALLOW, OP_APPEND, PATHS("/var/log/*"));
    on_files(VERDICT_ALLOW, OP_WRITE, PATHS("/var/run/*"));
    allow(CLASS_SOCKET,
          (struct ir_match){
              .families = (const int[]){2, 10}, .n_families = 2, .types = (const int[]){1}, .n_types = 1});
    allow(CLASS_MOUNT, (struct ir_match){.has_paths = true, .paths = PATHS("/mnt/*")});
    allow(CLASS_SIGNAL, (struct ir_match){.peers = 1u << PEER_POLICY,
                                          .peer_policies = (const char *const[]){"other"},
                                          .n_peer_policies = 1,
                                          .signals = {1u << 15 | 1}})
        ->ops = OP_SEND;
    CHECK(accepted());
    CHECK(file(OP_READ, "/lib/x") && !file(OP_READ, "/x") && file(OP_EXEC, "/app") &&
          !file(OP_EXEC, "/lib/x"));
    CHECK(file(OP_APPEND, "/var/log/x") && !file(OP_WRITE, "/var/log/x") && file(OP_WRITE, "/var/run/x"));
    CHECK(open_socket("inet6", "stream") && !open_socket("inet", "dgram") && !capability("chown"));
    CHECK(mounting("x", "y", "/mnt/a/") && mounting("x", "y", "/mnt/a") && !mounting("x", "y", "/mnt/"));
    CHECK(sending("term", PEER_POLICY) && !sending("kill", PEER_POLICY) && !sending("term", PEER_SELF));
    CHECK(holds(stmts.items[CLASS_FILE]) == HOLD_FULL && holds(stmts.items[CLASS_MOUNT]) == HOLD_UNDER);
    CHECK(holds(stmts.items[CLASS_CONNECT]) == HOLD_NONE && holds(stmts.items[CLASS_SYSCALL]) == HOLD_NONE);
    on_files(VERDICT_ALLOW, OP_EXEC, PATHS("/bin/x"));
    CHECK(holds(stmts.items[CLASS_FILE]) == HOLD_FULL && accepted());
    CHECK(file(OP_EXEC, "/bin/x") && !file(OP_MAP, "/bin/x") && file(OP_MAP, "/app"));
}

static void raw(const char *rules) {
    struct ir_raw *one = ARENA_NEW(arena, struct ir_raw);
    *one = (struct ir_raw){rules, &nowhere};
    policy.raw_apparmor = (struct ir_raws){one, 1};
}

static void test_raw(void) {
    static const char *const bad[] = {
        "deny /x w",
        "/x w, }",
        "}",
        "#include <x>\n",
        "include <x>",
        "/x ux,",
        "/x px -> y,",
        "deny /x ix,",
        "@{HOME}/x r,",
        "profile x { }",
        "change_profile,",
        "mount options=ro,",
        "mount options=(bind, ro) /x -> /y,",
        "mount options in (bind) /x -> /y,",
        "mount fstype=tmpfs options=(bind),",
        "mount fstype=\"{,x}\" -> /y,",
        "\"/x r,",
        "\"/x\\\\\" r, \"/y\" r,",
        "/x wa,",
        "/x r,/y w,",
        "capability none,",
        "owner network,",
        "signal (stop),",
        "^hat { }",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        start("raw");
        raw(bad[i]);
        CHECK(compile(&node_default) == DIAG_APPARMOR_RAW);
    }
    start("raw");
    raw("\n audit deny /etc/hosts r, # why\n deny \"/a b\" wl,\n deny network inet tcp,\n"
        " deny capability chown, deny mount fstype=proc -> /x,\n deny /y/{a,b}* rwlkmx,");
    CHECK(accepted());
    CHECK(!file(OP_READ, "/etc/hosts") && !file(OP_WRITE, "/a b") && !open_socket("inet", "stream") &&
          !capability("chown"));
    CHECK(!file(OP_EXEC, "/y/bc"));
}

static void test_names(void) {
    start_open("names");
    for (int i = 0; i < CAPABILITY_COUNT; i++)
        deny(CLASS_CAPABILITY, (struct ir_match){.capabilities = UINT64_C(1) << i})->audit = i & 1;
    struct ir_match all_signals = {.signals = {~UINT64_C(0), 1}};
    deny(CLASS_SIGNAL, all_signals)->ops = OP_SEND;
    CHECK(accepted());
    for (int family = 0; family < 46; family++)
        for (int type = 1; type < 11; type++) {
            int *both = arena_alloc(arena, 2 * sizeof *both);
            both[0] = family;
            both[1] = type;
            deny(CLASS_SOCKET,
                 (struct ir_match){.families = both, .n_families = 1, .types = both + 1, .n_types = 1});
        }
    CHECK(accepted());
    policy.raw_apparmor.n = 0;
    CHECK(!sending("rtmin+3", PEER_SELF) && !sending("exists", PEER_OTHER));
}

static void test_peers(void) {
    static const char *const odd = "pa-b-c----a3f9f2", *const plain = "other";
    start("peers");
    struct ir_match match = {.peers = 1u << PEER_POLICY, .peer_policies = &odd, .n_peer_policies = 1};
    allow(CLASS_SIGNAL, match)->ops = OP_SEND;
    CHECK(accepted());
    peer_policy = odd;
    CHECK(sending("term", PEER_POLICY));
    peer_policy = plain;
    CHECK(!sending("term", PEER_POLICY) && sending("term", PEER_SELF));
    start_open("runtime"); /* to AppArmor a runtime that is unconfined is `unconfined` */
    struct ir_stmt *runtime = deny(CLASS_PTRACE, (struct ir_match){.peers = 1u << PEER_RUNTIME});
    runtime->ops = OP_TRACE;
    CHECK(holds(runtime) == HOLD_UNDER);
    runtime->match.peers |= 1u << PEER_UNCONFINED;
    CHECK(holds(runtime) == HOLD_FULL);
    runtime->match.peers = 0;
    CHECK(holds(runtime) == HOLD_FULL);
    runtime->verdict = VERDICT_ALLOW;
    CHECK(!*hold_on(runtime, &node_default).why);
    runtime->match.peers = 1u << PEER_RUNTIME;
    CHECK(holds(runtime) == HOLD_FULL && *hold_on(runtime, &node_default).why);
    runtime->verdict = VERDICT_DENY;
    runtime->negated = true; /* all but the runtime: who is unconfined is denied */
    CHECK(holds(runtime) == HOLD_FULL);
    struct ir_stmt *signal = deny(CLASS_SIGNAL, (struct ir_match){0}); /* fcntl's F_SETSIG */
    CHECK(holds(signal) == HOLD_UNDER);
    struct ir_stmt *all = deny(CLASS_FILE, (struct ir_match){0}); /* no script can be executed either */
    all->ops = OP_EXEC;
    CHECK(holds(all) == HOLD_FULL);
}

int main(void) {
    arena = arena_new();
    start_parsers();
    test_base();
    test_denials();
    test_only();
    test_hostile();
    test_open();
    test_mount_kinds();
    test_audit();
    test_observe();
    test_defense();
    test_raw();
    test_names();
    test_peers();
    arena_free(arena);
    return check_done();
}
