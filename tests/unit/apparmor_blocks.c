/* The profile of `for exec` blocks, and what neither parser may be given: too many exec targets, globs that
 * double its states, globs that it never comes to an end with. */
#include "apparmor_text.h"

static void test_blocks(void) {
    start("blocks");
    BLOCK("shell", "/bin/{ba,da}sh", "/usr/bin/zsh");
    BLOCK("net", "/usr/bin/curl", "/bin/bash");
    struct ir_stmt *write = on_files(VERDICT_DENY, OP_WRITE, PATHS("/var/**"));
    write->block = 0;
    deny(CLASS_SOCKET, (struct ir_match){0})->block = 1;
    deny(CLASS_CAPABILITY, (struct ir_match){.capabilities = 1})->block = 0;
    CHECK(accepted());
    after(NULL);
    CHECK(file(OP_WRITE, "/var/x") && open_socket("inet", "stream") && capability("chown"));
    after("/bin/dash");
    CHECK(!file(OP_WRITE, "/var/x") && open_socket("inet", "stream") && !capability("chown") &&
          capability("fowner") && !capability("sys_admin"));
    after("/bin/bash");
    CHECK(!file(OP_WRITE, "/var/x") && !open_socket("inet", "stream"));
    after("/usr/bin/curl");
    CHECK(file(OP_WRITE, "/var/x") && !open_socket("inet", "stream"));
    chain[0] = "/usr/bin/zsh", chain[1] = "/usr/bin/curl", n_chain = 2;
    CHECK(!file(OP_WRITE, "/var/x") && !open_socket("inet", "stream"));
    after("/bin/sh");
    CHECK(file(OP_WRITE, "/var/x"));
    after(NULL);
    CHECK(sending("term", PEER_SELF));
    CHECK(holds(write) == HOLD_FULL);
}

static void test_wild_blocks(void) {
    start("wild");
    BLOCK("bin", "/bin/*");
    BLOCK("sh", "/**/{,*}sh", "/bin/cat");
    on_files(VERDICT_DENY, OP_WRITE, PATHS("/b/**"))->block = 0;
    on_files(VERDICT_DENY, OP_WRITE, PATHS("/s/**"))->block = 1;
    CHECK(accepted());
    after("/bin/ls");
    CHECK(!file(OP_WRITE, "/b/x") && file(OP_WRITE, "/s/x"));
    after("/usr/bin/sh");
    CHECK(file(OP_WRITE, "/b/x") && !file(OP_WRITE, "/s/x"));
    after("/bin/zsh");
    CHECK(!file(OP_WRITE, "/b/x") && !file(OP_WRITE, "/s/x"));
    after("/bin/cat");
    CHECK(!file(OP_WRITE, "/b/x") && !file(OP_WRITE, "/s/x"));
    after("/usr/bin/ls");
    CHECK(file(OP_WRITE, "/b/x") && file(OP_WRITE, "/s/x"));
    after(NULL);
    only(on_files(VERDICT_ALLOW, OP_EXEC, PATHS("/bin/{cat,ls}", "/opt/**")));
    CHECK(accepted());
    CHECK(file(OP_EXEC, "/bin/cat") && file(OP_EXEC, "/bin/ls") && !file(OP_EXEC, "/bin/zsh") &&
          !file(OP_EXEC, "/usr/bin/ls"));
    CHECK(file(OP_EXEC, "/opt/a/sh") && file(OP_EXEC, "/opt/x") && !file(OP_EXEC, "/usr/sh"));
    struct ir_stmt *map = only(on_files(VERDICT_ALLOW, OP_MAP, PATHS("/bin/cat", "/lib/**")));
    CHECK(accepted() && file(OP_MAP, "/bin/cat") && !file(OP_MAP, "/bin/zsh") &&
          !file(OP_MAP, "/usr/bin/sh") && file(OP_MAP, "/lib/x"));
    CHECK(holds(map) == HOLD_FULL);
    after("/bin/zsh"); /* denied, and judged as if it ran */
    CHECK(!file(OP_WRITE, "/b/x") && !file(OP_WRITE, "/s/x"));
    after(NULL);
}

static void test_targets(void) {
    start("targets");
    for (size_t i = 0; i < 12; i++) {
        const char *program = arena_printf(arena, "/bin/%zu", i);
        BLOCK(arena_printf(arena, "b%zu", i), program);
    }
    CHECK(accepted());
    BLOCK("one-more", "/bin/12");
    CHECK(compile(&node_default) == DIAG_APPARMOR_TARGETS);
    policy.n_blocks = 12;
    on_files(VERDICT_DENY, OP_MAP, PATHS("/m"));
    CHECK(compile(&node_default) == DIAG_APPARMOR_TARGETS);
    policy.n_blocks = 11;
    CHECK(accepted());
}

static void test_limits(void) {
    static const char *const heavy[] = {"/**/a/**", "/**/b/**",   "/**/c/**",
                                        "/**/d/**", "/x/**/e/**", "/{,**/}f{,/**}"};
    start("limits");
    for (size_t i = 0; i < sizeof heavy / sizeof *heavy; i++)
        on_files(VERDICT_DENY, OP_WRITE, PATHS(heavy[i]));
    CHECK(compile(&node_default) == 0 && warnings == 1);
    stmts.n--;
    policy.n_stmts--;
    on_files(VERDICT_DENY, OP_WRITE, PATHS("/{,**/}f", "/f/**", "/{a**,b{c**,d{**,}}}"));
    CHECK(compile(&node_default) == 0 && warnings == 0);
}

/* apparmor_parser 3.0 doesn't come to an end where four globs of one kind have a path in common. */
static void test_crowded(void) {
    start("crowded");
    on_files(VERDICT_DENY, OP_WRITE, PATHS("/x{,/a}", "/x{,/[,}]b}", "/x{,/a{,/**}}", "/y{,/a}", "/y"));
    on_files(VERDICT_DENY, OP_WRITE, PATHS("/x{,/c*}"));
    on_files(VERDICT_DENY, OP_READ, PATHS("/{,a/}r{,/**}", "/{,b/}r", "/{,c/}r", "/{{,d/},{,e/}}r"));
    deny(CLASS_MOUNT,
         (struct ir_match){.has_paths = true, .paths = PATHS("/m{,/a}", "/m{,/b}", "/m{,/c}", "/m{,/d}")});
    deny(CLASS_UMOUNT,
         (struct ir_match){.has_paths = true, .paths = PATHS("/u{,/a}", "/u{,/b}", "/u{,/c}", "/u{,/d}")});
    CHECK(accepted());
    CHECK(!file(OP_WRITE, "/x") && !file(OP_WRITE, "/x/a") && !file(OP_WRITE, "/x/}b") &&
          !file(OP_WRITE, "/x/a/c/d"));
    CHECK(!file(OP_WRITE, "/x/c") && !file(OP_WRITE, "/x/cd") && file(OP_WRITE, "/x/b") &&
          !file(OP_WRITE, "/x/a/") && file(OP_WRITE, "/x/b/"));
    CHECK(!file(OP_READ, "/r") && !file(OP_READ, "/a/r/x") && !file(OP_READ, "/e/r") &&
          file(OP_READ, "/b/r/x"));
    CHECK(strstr(text, "\"/y{,/a}\" wl,") && strstr(text, "\n  deny \"/x{,/[,}]b,/a{,/**},/c*}\" wl,"));
    start("crowded-stars"); /* a star before a brace may be empty, one at the end may not */
    on_files(VERDICT_DENY, OP_WRITE, PATHS("/d/*{,a}", "/d/*{,b}", "/d/*{,c}", "/d/*{,d}"));
    CHECK(compile(&node_default) == 0 && !file(OP_WRITE, "/d/") && !file(OP_WRITE, "/d/xb"));
    start("crowded-exec"); /* a name's transition goes before a pattern's */
    stmts.n = 0;
    default_deny(CLASS_FILE);
    on_files(VERDICT_ALLOW, OP_EXEC, PATHS("/x{,/**}", "/x{,/b}", "/x{,/c}", "/x{,/d}"));
    BLOCK("b", "/x/*");
    on_files(VERDICT_DENY, OP_READ, PATHS("/secret"))->block = 0;
    CHECK(accepted());
    after("/x/b");
    CHECK(!file(OP_READ, "/secret"));
    after(NULL);
}

int main(void) {
    arena = arena_new();
    start_parsers();
    test_blocks();
    test_wild_blocks();
    test_targets();
    test_limits();
    test_crowded();
    arena_free(arena);
    return check_done();
}
