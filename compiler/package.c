#include "package.h"

#include "kubernetes.h"
#include "kubernetes_target.h"
#include <sha2.h>
#include <stdlib.h>
#include <string.h>

static int by_path(const void *a, const void *b) {
    return strcmp(((const struct output *)a)->path, ((const struct output *)b)->path);
}

/* Moves the files of one policy among all; what they held is then the package's to free. */
static void move_files(struct compilation *c, struct outputs *from, struct outputs *to) {
    for (size_t i = 0; i < from->n; i++) {
        struct output *out = outputs_add(c->arena, to, from->items[i].path);
        out->data = from->items[i].data;
    }
    from->n = 0;
}

static void add_json(struct compilation *c, struct outputs *files, const char *path, json_t *json) {
    struct output *out = outputs_add(c->arena, files, path);
    char *text FREE_CLEANUP = json_dumps(json, JSON_INDENT(2) | JSON_SORT_KEYS);
    buf_add(&out->data, text ? text : "");
    buf_add_char(&out->data, '\n');
    json_decref(json);
}

static json_t *node_json(const struct node *node) {
    char kernel[32], parser[32], kubernetes[32];
    snprintf(kernel, sizeof kernel, "%u.%u", node->kernel_major, node->kernel_minor);
    snprintf(parser, sizeof parser, "%u.%u", node->parser_major, node->parser_minor);
    snprintf(kubernetes, sizeof kubernetes, "1.%u", node->kubernetes_minor);
    return json_pack("{s:s, s:s, s:i, s:s, s:s}", "kernel", kernel, "apparmor_parser", parser, "apparmor_abi",
                     (int)node->abi_major, "runtime", node->runtime, "kubernetes", kubernetes);
}

static void add_manifest(struct compilation *c, struct outputs *files, const struct node *node) {
    json_t *list = json_object();
    for (size_t i = 0; i < files->n; i++) {
        char digest[SHA256_DIGEST_STRING_LENGTH];
        SHA256Data((const uint8_t *)buf_text(&files->items[i].data), files->items[i].data.len, digest);
        json_object_set_new(
            list, files->items[i].path,
            json_pack("{s:s, s:I}", "sha256", digest, "bytes", (json_int_t)files->items[i].data.len));
    }
    add_json(c, files, "manifest.json",
             json_pack("{s:i, s:s, s:o, s:o}", "format_version", 1, "compiler", VPL_VERSION, "node",
                       node_json(node), "files", list));
}

static void add_coverage(struct compilation *c, const struct package *p, struct outputs *files) {
    json_t *policies = json_array();
    for (size_t i = 0; i < p->n_reports; i++)
        json_array_append_new(policies, report_json(&p->reports[i], &c->sources));
    add_json(c, files, "coverage.json", json_pack("{s:i, s:o}", "format_version", 1, "policies", policies));
}

static bool compile(struct compilation *c, const struct ir_policy *const *policies, size_t n,
                    const struct node *node, bool draft, struct package *p) {
    bool fine = true;
    *p = (struct package){.reports = arena_alloc(c->arena, (n + 1) * sizeof *p->reports),
                          .n_reports = n,
                          .each = arena_alloc(c->arena, (n + 1) * sizeof *p->each)};
    for (size_t i = 0; i < n; i++) {
        p->each[i].draft = draft;
        fine &= compile_outputs(c, policies[i], node, &p->each[i]);
        report_make(c->arena, policies[i], node, &p->reports[i]);
        report_check(&p->reports[i], &c->diag);
        report_check_uses(&p->reports[i], &c->diag);
    }
    if (!c->diag.errors)
        kubernetes_target_check_workload(c->arena, policies, n, node, &c->diag);
    return fine && !c->diag.errors;
}

bool package_check(struct compilation *c, const struct ir_policy *const *policies, size_t n,
                   const struct node *node, struct package *p) {
    return compile(c, policies, n, node, true, p);
}

bool package_make(struct compilation *c, const struct ir_policy *const *policies, size_t n,
                  const struct node *node, struct package *p) {
    if (!compile(c, policies, n, node, false, p))
        return false;
    package_bundle(c, policies, p->each, n, &outputs_add(c->arena, &p->files, "compiled.bin")->data);
    kubernetes_emit_component(c->arena, policies, n, node, &p->files);
    for (size_t i = 0; i < n; i++)
        move_files(c, &p->each[i], &p->files);
    add_coverage(c, p, &p->files);
    add_manifest(c, &p->files, node);
    qsort(p->files.items, p->files.n, sizeof *p->files.items, by_path);
    return true;
}

void package_free(struct package *p) {
    outputs_free(&p->files);
    for (size_t i = 0; i < p->n_reports; i++)
        outputs_free(&p->each[i]);
}
