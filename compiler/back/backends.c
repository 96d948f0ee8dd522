#include "apparmor.h"
#include "kubernetes.h"
#include "launcher.h"
#include "seccomp_backend.h"

const struct backend *const backends[] = {
    &backend_apparmor, &backend_seccomp, &backend_oci, &backend_kubernetes, &backend_launcher,
};
const size_t backends_count = sizeof backends / sizeof *backends;

const char backend_modelled[] = "recorded against: logged, not blocked";

struct output *outputs_add(struct arena *arena, struct outputs *outputs, const char *path) {
    outputs->items = arena_grow(arena, outputs->items, outputs->n, &outputs->cap, sizeof *outputs->items);
    struct output *out = &outputs->items[outputs->n++];
    *out = (struct output){.path = arena_strdup(arena, path)};
    return out;
}

void outputs_free(struct outputs *outputs) {
    for (size_t i = 0; i < outputs->n; i++)
        buf_free(&outputs->items[i].data);
    outputs->n = 0;
}

const void *backend_study(const struct backend *backend, struct arena *arena, const struct ir_policy *policy,
                          const struct node *node) {
    return backend->study ? backend->study(arena, policy, node) : NULL;
}
