/* What the kernel has to answer. For each policy of a file: acts and system calls next to the policy's own
 * boundaries, with what the meaning says of them and what the outputs say. tests/live/ask and calls.c compare
 * the kernel with that.
 *
 *   expect FILE.vpl DIR [6.12]
 *
 * writes DIR/LABEL.acts, DIR/LABEL.calls and DIR/LABEL.bpf for each policy, and prints NAME LABEL PROFILE
 * ("-": none). With 6.12 for that kernel, apparmor_parser 4.1 and abi 4. */
#include "compile.h"
#include "events.h"
#include "expect.h"
#include "filter.h"

#include <stdlib.h>
#include <string.h>

/* --- Acts --- */

static void (*const put[CLASS_COUNT])(struct table *t, const struct event *e) = {
    [CLASS_FILE] = put_file,     [CLASS_CAPABILITY] = put_capability, [CLASS_PIVOT_ROOT] = put_pivot_root,
    [CLASS_SOCKET] = put_socket, [CLASS_PTRACE] = put_ptrace,         [CLASS_SIGNAL] = put_signal,
    [CLASS_USERNS] = put_userns,
};

static void put_class(struct table *t, enum event_class class) {
    struct events events = {0};
    unsigned budget = budget_of(t, class);
    events_around(t->arena, t->policy, class, &events);
    for (size_t i = 0; i < events.list.n; i++)
        if (is_chosen(i, events.list.n, budget))
            put[class](t, &events.list.items[i]);
}

struct programs {
    struct table *table;
    uint64_t seen[MOST_ACTORS];
    const char *paths[MOST_ACTORS];
    size_t n;
};

/* A program for each set of blocks. */
static void take_program(void *context, const char *path, const uint64_t *matched) {
    struct programs *p = context;
    const char *copy = arena_strdup(p->table->arena, path);
    uint64_t entered = ir_blocks_entered(p->table->policy, &copy, 1);
    (void)matched;
    for (size_t i = 0; i < p->n; i++)
        if (p->seen[i] == entered || !fit_together(copy, p->paths[i]))
            return;
    if (!entered || p->n == MOST_ACTORS - 2 || !usable(copy) || is_directory(copy))
        return;
    p->seen[p->n] = entered;
    p->paths[p->n++] = copy;
}

/* Whoever entered no block, then each program, then all of them one after the other. */
static void choose_actors(struct table *t) {
    struct programs programs = {.table = t};
    VEC(const struct glob *) globs = {0};
    for (size_t b = 0; b < t->policy->n_blocks; b++)
        for (size_t i = 0; i < t->policy->blocks[b].n_programs; i++)
            vec_push(t->arena, &globs, t->policy->blocks[b].programs[i]);
    if (globs.n)
        glob_cells(t->arena, globs.items, globs.n, 4000, take_program, &programs);
    struct actor all = {0};
    t->n_actors = 1;
    for (size_t i = 0; i < programs.n; i++) {
        if (may_exec(t, &t->actors[0], programs.paths[i]))
            t->actors[t->n_actors++] = (struct actor){{programs.paths[i]}, 1};
        if (may_exec(t, &all, programs.paths[i]))
            all.chain[all.n++] = programs.paths[i];
    }
    if (all.n > 1)
        t->actors[t->n_actors++] = all;
}

static void put_actors(const struct table *t) {
    fprintf(t->out, "profile");
    put_word(t, t->profile);
    putc('\n', t->out);
    for (size_t i = 0; i < t->n_actors; i++) {
        fprintf(t->out, "actor");
        put_word(t, label_parts(t, &t->actors[i], NULL));
        for (size_t k = 0; k < t->actors[i].n; k++)
            put_word(t, t->actors[i].chain[k]);
        putc('\n', t->out);
    }
}

static FILE *create(struct arena *arena, const char *dir, const char *label, const char *suffix) {
    const char *path = arena_printf(arena, "%s/%s.%s", dir, label, suffix);
    FILE *file = fopen(path, "w");
    if (!file) {
        perror(path);
        exit(1);
    }
    return file;
}

static void write_acts(struct table *t, const char *dir) {
    t->out = create(t->arena, dir, t->policy->label, "acts");
    choose_actors(t);
    put_actors(t);
    for (t->actor = 0; t->actor < t->n_actors; t->actor++) {
        for (enum event_class class = 0; class < CLASS_COUNT; class ++)
            if (put[class])
                put_class(t, class);
        put_mounts(t);
        put_umounts(t);
    }
    fclose(t->out);
}

/* --- System calls --- */

static void put_call(FILE *out, const struct sock_filter *filter, enum abi abi, uint32_t nr,
                     const uint64_t args[6]) {
    struct table_call call = {.abi = abi, .nr = nr};
    struct seccomp_data data = cbpf_data(abi, nr, args);
    for (int i = 0; i < 6; i++)
        call.args[i] = data.args[i];
    call.action = cbpf_run(filter, &data, NULL);
    fwrite(&call, sizeof call, 1, out);
}

static void write_calls(struct arena *arena, const struct ir_policy *policy, const struct output *bpf,
                        const char *dir) {
    FILE *filter = create(arena, dir, policy->label, "bpf"),
         *out = create(arena, dir, policy->label, "calls");
    const struct sock_filter *program = (const struct sock_filter *)(const void *)bpf->data.data;
    struct events events = {0};
    fwrite(bpf->data.data, 1, bpf->data.len, filter);
    events_around(arena, policy, CLASS_SYSCALL, &events);
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        for (uint32_t nr = 0; nr < syscall_table_end(abi) + 50; nr++)
            for (int bit = -1; bit < 64; bit += 13)
                put_call(out, program, abi, nr,
                         (uint64_t[6]){0, bit < 0 ? 0 : UINT64_C(1) << bit, bit < 0 ? 0 : UINT64_MAX});
    for (size_t i = 0; i < events.list.n; i++) {
        const struct event *e = &events.list.items[i];
        put_call(out, program, e->abi, e->nr, e->args);
    }
    fclose(filter);
    fclose(out);
}

static const struct output *find_output(const struct outputs *outputs, const char *folder) {
    for (size_t i = 0; i < outputs->n; i++)
        if (!strncmp(outputs->items[i].path, folder, strlen(folder)))
            return &outputs->items[i];
    return NULL;
}

static bool expect_policy(struct compilation *c, const struct ir_policy *policy, const struct node *node,
                          const char *dir) {
    struct arena *arena = arena_new();
    struct outputs outputs = {0};
    struct panel panel;
    bool fine = panel_make(arena, policy, node, &c->diag, &outputs, &panel);
    struct table t = {
        .arena = arena, .policy = policy, .panel = &panel, .node = node, .profile = outputs.apparmor_profile};
    while (fine && t.profile && strcmp(panel.backends[t.apparmor]->name, "apparmor"))
        t.apparmor++;
    const struct output *bpf = find_output(&outputs, "seccomp/x86_64/");
    if (fine && t.profile)
        write_acts(&t, dir);
    if (fine && bpf)
        write_calls(arena, policy, bpf, dir);
    if (fine)
        printf("%s %s %s\n", policy->name, policy->label, t.profile ? t.profile : "-");
    outputs_free(&outputs);
    arena_free(arena);
    return fine;
}

int main(int argc, char **argv) {
    struct compilation c;
    struct err err;
    const struct ir_policy **list;
    if (argc != 3 && argc != 4)
        return 2;
    struct node node = node_default;
    if (argc == 4)
        node.kernel_minor = 12, node.parser_major = 4, node.parser_minor = 1, node.abi_major = 4;
    compile_init(&c);
    int status = compile_load(&c, argv[1], NULL, &err);
    if (status < 0)
        fprintf(stderr, "expect: %s\n", err.text);
    size_t n = status ? 0 : compile_selected(&c, NULL, &list);
    for (size_t i = 0; i < n; i++)
        status |= !expect_policy(&c, list[i], &node, argv[2]);
    struct buf text BUF_CLEANUP = {0};
    diag_print(&c.diag, &text, false);
    if (status)
        fputs(buf_text(&text), stderr);
    compile_free(&c);
    return status != 0;
}
