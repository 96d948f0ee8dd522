#include "kubernetes.h"
#include "kubernetes_holds.h"
#include "kubernetes_patch.h"
#include "launcher.h"
#include "yaml_text.h"

#include <ctype.h>
#include <string.h>

#define FOLDER "k8s/"
#define SUFFIX ".patch.yaml"

static bool applies(const struct ir_policy *policy, const struct node *node) {
    (void)node;
    return ir_is_container(policy);
}

/* Who isn't an enforcer leaves its part of the base to the runtime, and that has no exceptions. */
static void warn_of_exceptions(const struct ir_policy *policy, struct diag *diag) {
    static const struct {
        const char *part;
        enum enforcer enforcer;
    } parts[] = {{"apparmor", ENFORCER_APPARMOR}, {"seccomp", ENFORCER_SECCOMP}};
    for (size_t i = 0; i < policy->n_excepted; i++)
        for (size_t j = 0; j < sizeof parts / sizeof *parts; j++)
            if (!strcmp(policy->excepted[i], parts[j].part) &&
                kubernetes_patch_asks_default(policy, parts[j].enforcer))
                diag_add(diag, DIAG_RUNTIME_KEEPS, policy->origin->loc,
                         "`except %s` doesn't reach the pod: without %s among the enforcers the container "
                         "runtime's default profile stays",
                         parts[j].part, parts[j].part);
}

static void note_order(const struct ir_policy *policy, const struct kubernetes_target *target,
                       struct diag *diag) {
    if (!target->init_containers.n || target->init_containers.all)
        return;
    struct diag_item *item =
        diag_add(diag, DIAG_INIT_ORDER, policy->target->origin->loc,
                 "kustomize will run the init containers named here before the workload's others");
    diag_note(diag, item, (struct loc){0},
              "give the manifest by --workload, and the patch keeps their order");
}

/* An API server drops a field whose gate is off, and the pod runs without it (kubernetes.io, "Feature
 * Gates"). */
static void warn_of_gates(const struct ir_policy *policy, const struct node *node, struct diag *diag) {
    static const struct {
        const char *gate, *field;
        unsigned on_since;
    } gates[REQUIRE_COUNT] = {
        [REQUIRE_USER_NAMESPACE] = {"UserNamespacesSupport", "hostUsers", KUBERNETES_USER_NAMESPACES},
        [REQUIRE_PROC_MOUNT_UNMASKED] = {"ProcMountType", "procMount", KUBERNETES_PROC_MOUNT},
    };
    for (size_t i = 0; i < policy->n_requires && !launcher_profiles_only(policy); i++) {
        const struct ir_require *require = &policy->requires[i];
        if (require->best_effort || node->kubernetes_minor >= gates[require->kind].on_since)
            continue;
        struct diag_item *item =
            diag_add(diag, DIAG_FEATURE_GATE, require->origin->loc,
                     "Kubernetes 1.%u drops %s in silence unless the cluster has the feature gate %s",
                     node->kubernetes_minor, gates[require->kind].field, gates[require->kind].gate);
        diag_note(diag, item, (struct loc){0},
                  "--k8s-version 1.%u if the cluster is that new, where it is on by itself; `best-effort` if "
                  "the pod may run without it",
                  gates[require->kind].on_since);
    }
}

static const char *file_name(struct arena *arena, const struct ir_policy *policy) {
    return arena_printf(arena, "%s" SUFFIX, policy->label);
}

static bool emit(struct arena *arena, const struct ir_policy *policy, const struct node *node,
                 struct diag *diag, struct outputs *out) {
    struct kubernetes_target target;
    if (!kubernetes_patch_check(arena, policy, diag) ||
        !kubernetes_target_resolve(arena, policy, node, diag, &target))
        return false;
    warn_of_exceptions(policy, diag);
    note_order(policy, &target, diag);
    warn_of_gates(policy, node, diag);
    json_auto_t *patch = kubernetes_patch(arena, policy, &target, node, out);
    yaml_write(&outputs_add(arena, out, arena_printf(arena, FOLDER "%s", file_name(arena, policy)))->data,
               patch);
    return true;
}

bool kubernetes_emit_component(struct arena *arena, const struct ir_policy *const *policies, size_t n,
                               const struct node *node, struct outputs *outputs) {
    json_t *patches = json_array();
    json_auto_t *component = json_pack("{s:s, s:s, s:o}", "apiVersion", "kustomize.config.k8s.io/v1alpha1",
                                       "kind", "Component", "patches", patches);
    for (size_t i = 0; i < n; i++) {
        struct kubernetes_target target;
        if (policies[i]->is_abstract || !ir_is_container(policies[i]))
            continue;
        kubernetes_target_resolve(arena, policies[i], node, NULL, &target);
        json_t *entry = json_pack("{s:s}", "path", file_name(arena, policies[i]));
        json_t *selector = kubernetes_target_selector(arena, policies[i], &target);
        if (selector)
            json_object_set_new(entry, "target", selector);
        json_array_append_new(patches, entry);
    }
    if (!json_array_size(patches))
        return false;
    yaml_write(&outputs_add(arena, outputs, FOLDER "kustomization.yaml")->data, component);
    return true;
}

/* What a patch's text says of capabilities. */
struct prepared {
    bool drops;
    uint64_t kept;
};

static bool has_suffix(const char *path) {
    size_t len = strlen(path), suffix = strlen(SUFFIX);
    return !strncmp(path, FOLDER, strlen(FOLDER)) && len > suffix && !strcmp(path + len - suffix, SUFFIX);
}

static int capability_of(const char *upper) {
    char lower[64] = "";
    for (size_t i = 0; upper && upper[i] && i < sizeof lower - 1; i++)
        lower[i] = (char)tolower((unsigned char)upper[i]);
    return capability_by_name(lower);
}

/* As a container runtime reads them: first all dropped, then these added. */
static const char *read_capabilities(const json_t *capabilities, struct prepared *prepared) {
    const json_t *drop = json_object_get(capabilities, "drop"), *add = json_object_get(capabilities, "add");
    const char *dropped = json_string_value(json_array_get(drop, 0));
    uint64_t kept = 0;
    if (json_array_size(drop) != 1 || !dropped || strcmp(dropped, "ALL"))
        return "capabilities.drop isn't [ALL]";
    for (size_t i = 0; i < json_array_size(add); i++) {
        int cap = capability_of(json_string_value(json_array_get(add, i)));
        if (cap < 0)
            return "capabilities.add has a name that isn't a capability";
        kept |= UINT64_C(1) << cap;
    }
    if (prepared->drops && prepared->kept != kept)
        return "the containers' capabilities differ";
    *prepared = (struct prepared){.drops = true, .kept = kept};
    return NULL;
}

static const char *read_containers(const json_t *containers, struct prepared *prepared) {
    const char *error = NULL;
    for (size_t i = 0; i < json_array_size(containers) && !error; i++) {
        const json_t *context = json_object_get(json_array_get(containers, i), "securityContext");
        const json_t *capabilities = json_object_get(context, "capabilities");
        if (capabilities)
            error = read_capabilities(capabilities, prepared);
    }
    return error;
}

static const char *read_patch(const struct buf *text, struct prepared *prepared) {
    json_auto_t *documents = yaml_read(buf_text(text), text->len, NULL);
    const json_t *object = json_array_get(documents, 0);
    const char *kind_name = json_string_value(json_object_get(object, "kind"));
    const struct kubernetes_kind *kind = kind_name ? kubernetes_kind_find(kind_name) : NULL;
    if (!kind)
        return "the patch isn't YAML of a known kind";
    const json_t *spec = json_object_get(kubernetes_template(object, kind), "spec");
    const char *error = read_containers(json_object_get(spec, "initContainers"), prepared);
    return error ? error : read_containers(json_object_get(spec, "containers"), prepared);
}

static void *prepare(struct arena *arena, const struct outputs *out, const char **error) {
    struct prepared *prepared = ARENA_NEW(arena, struct prepared);
    for (size_t i = 0; i < out->n; i++)
        if (has_suffix(out->items[i].path) && (*error = read_patch(&out->items[i].data, prepared)))
            return NULL;
    return prepared;
}

static enum judged judge(const void *opaque, const struct event *event) {
    const struct prepared *prepared = opaque;
    if (!prepared->drops || event->class != CLASS_CAPABILITY)
        return JUDGED_UNSEEN;
    return prepared->kept >> event->capability & 1 ? JUDGED_ALLOW : JUDGED_DENY;
}

const struct backend backend_kubernetes = {
    .name = "kubernetes",
    .for_pods = true,
    .applies = applies,
    .study = kubernetes_study,
    .holds = kubernetes_holds,
    .holds_require = kubernetes_holds_require,
    .emit = emit,
    .prepare = prepare,
    .judge = judge,
};
