/* A hand-built policy (policy_builder.h) as profile text, what the text's own rules say of an event, and what
 * both real parsers say of the text. */
#ifndef APPARMOR_TEXT_H
#define APPARMOR_TEXT_H

#include "apparmor.h"
#include "check.h"
#include "evaluate.h"
#include "policy_builder.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct node new_node = {.kernel_major = 6,
                                     .kernel_minor = 12,
                                     .parser_major = 4,
                                     .parser_minor = 1,
                                     .abi_major = 4,
                                     .runtime = "containerd",
                                     .kubernetes_minor = 31};

/* Its text */

static char text[1 << 16];
static const char *profile;
static const struct aa_text *parsed;

static inline struct diag diag_of(struct sources *sources) {
    *sources = (struct sources){.arena = arena, .next_base = 1};
    return (struct diag){.sources = sources, .arena = arena};
}

static unsigned warnings;

static unsigned compile(const struct node *node) {
    struct sources sources;
    struct diag diag = diag_of(&sources);
    struct outputs out = {0};
    const char *error = "";
    parsed = NULL;
    *text = '\0';
    if (!backend_apparmor.emit(arena, &policy, node, &diag, &out)) {
        unsigned code = diag.items.n ? diag.items.items[0]->code : 1;
        outputs_free(&out);
        return code;
    }
    warnings = diag.warnings;
    profile = out.apparmor_profile;
    snprintf(text, sizeof text, "%s", buf_text(&out.items[0].data));
    parsed = backend_apparmor.prepare(arena, &out, &error);
    if (!parsed)
        printf("not ok - own text not read: %s\n%s", error, text);
    outputs_free(&out);
    return parsed ? 0 : 1;
}

static inline bool parser_takes(const char *parser, const char *features) {
    char command[512], file[] = "/tmp/vpl-apparmor-XXXXXX";
    int fd = mkstemp(file);
    FILE *out = fdopen(fd, "w");
    fputs(text, out);
    fclose(out);
    snprintf(command, sizeof command,
             "PATH=$PATH:/usr/sbin:/sbin; timeout 20 %s -Q -K -S --kernel-features tests/live/features/%s %s "
             ">/dev/null",
             parser, features, file);
    bool taken = system(command) == 0;
    unlink(file);
    return taken;
}

/* Gets the newer parser, if it isn't there. */
static inline void start_parsers(void) {
    CHECK(system("tests/live/tools >/dev/null 2>&1") == 0);
}

/* Do both real parsers take what is written for their nodes? */
static inline bool accepted(void) {
    bool new = compile(&new_node) == 0 && parser_takes("build/tools/bin/apparmor_parser-4", "linux-6.12");
    bool old = compile(&node_default) == 0 && parser_takes("apparmor_parser", "linux-6.1");
    if (!old || !new)
        printf("# %s\n", text);
    return old && new;
}

/* What it says */

static const char *chain[4];
static size_t n_chain;

static inline enum judged judge(struct event event) {
    event.chain = chain;
    event.n_chain = n_chain;
    return parsed ? backend_apparmor.judge(parsed, &event) : JUDGED_UNSEEN;
}
static inline bool file(unsigned op, const char *path) {
    return judge((struct event){.class = CLASS_FILE, .op = op, .path = path, .source = "/target"}) ==
           JUDGED_ALLOW;
}
static inline bool capability(const char *name) {
    return judge((struct event){.class = CLASS_CAPABILITY, .capability = capability_by_name(name)}) ==
           JUDGED_ALLOW;
}
static inline bool mounting(const char *fstype, const char *source, const char *point) {
    return judge((struct event){.class = CLASS_MOUNT, .fstype = fstype, .source = source, .path = point}) ==
           JUDGED_ALLOW;
}
static inline bool open_socket(const char *family, const char *type) {
    return judge((struct event){.class = CLASS_SOCKET,
                                .family = family_by_name(family),
                                .type = socktype_by_name(type)}) == JUDGED_ALLOW;
}
static const char *peer_policy = "other";
static inline bool sending(const char *signal, enum peer peer) {
    return judge((struct event){.class = CLASS_SIGNAL,
                                .op = OP_SEND,
                                .signal = signal_by_name(signal),
                                .peer = peer,
                                .peer_policy = peer_policy}) == JUDGED_ALLOW;
}
static inline void after(const char *program) {
    chain[0] = program;
    n_chain = program ? 1 : 0;
}
static inline struct hold hold_on(const struct ir_stmt *stmt, const struct node *node) {
    return backend_apparmor.holds(arena, &policy, stmt, node,
                                  backend_study(&backend_apparmor, arena, &policy, node));
}

static inline enum hold_level holds(const struct ir_stmt *stmt) {
    return hold_on(stmt, &node_default).level;
}

#endif
