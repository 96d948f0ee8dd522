#include "kubernetes_patch.h"
#include "launcher.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define ANNOTATION "container.apparmor.security.beta.kubernetes.io/"
#define PLACEHOLDER "selected-by-labels"

/* A privileged container keeps an explicit AppArmor profile but loses the default one and any seccomp filter
 * (containerd 301026e58: GenerateApparmorSpecOpts, GenerateSeccompSpecOpts). */
bool kubernetes_patch_asks_default(const struct ir_policy *policy, enum enforcer enforcer) {
    return !(policy->enforcers & enforcer) && !policy->privileged && !launcher_profiles_only(policy);
}

bool kubernetes_patch_no_new_privileges(const struct ir_policy *policy) {
    bool sys_admin = policy->grants >> capability_by_name("sys_admin") & 1;
    return ir_requires(policy, REQUIRE_NO_NEW_PRIVILEGES) && !policy->privileged && !sys_admin;
}

/* In a patch null deletes: over a Localhost profile, type alone would leave a name that the API server then
 * refuses. */
static json_t *profile(const char *localhost) {
    return localhost ? json_pack("{s:s, s:s}", "type", "Localhost", "localhostProfile", localhost)
                     : json_pack("{s:s, s:n}", "type", "RuntimeDefault", "localhostProfile");
}

/* A chosen enforcer whose output couldn't be made falls back to the runtime's default, never to nothing. */
static bool asks(const struct ir_policy *policy, enum enforcer enforcer, const char *own,
                 const char **localhost) {
    *localhost = policy->enforcers & enforcer ? own : NULL;
    if (enforcer == ENFORCER_SECCOMP && policy->privileged)
        return false;
    return *localhost || (!policy->privileged && !launcher_profiles_only(policy));
}

/* The two profiles, in a pod's or a container's securityContext. */
static void add_profiles(json_t *context, const struct ir_policy *policy, const struct node *node,
                         const struct outputs *outputs) {
    const char *localhost;
    if (asks(policy, ENFORCER_SECCOMP, outputs->seccomp_profile, &localhost))
        json_object_set_new(context, "seccompProfile", profile(localhost));
    if (node->kubernetes_minor >= KUBERNETES_APPARMOR_FIELD &&
        asks(policy, ENFORCER_APPARMOR, outputs->apparmor_profile, &localhost))
        json_object_set_new(context, "appArmorProfile", profile(localhost));
}

static int compare(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The lists are atomic: these replace whatever the workload had. */
static json_t *capabilities(uint64_t grants) {
    const char *names[CAPABILITY_COUNT];
    size_t n = 0;
    for (int cap = 0; cap < CAPABILITY_COUNT; cap++)
        if (grants >> cap & 1)
            names[n++] = capability_name(cap);
    qsort(names, n, sizeof *names, compare);
    json_t *add = json_array();
    for (size_t i = 0; i < n; i++) {
        char upper[64] = "";
        for (size_t j = 0; names[i][j] && j < sizeof upper - 1; j++)
            upper[j] = (char)toupper((unsigned char)names[i][j]);
        json_array_append_new(add, json_string(upper));
    }
    return json_pack("{s:[s], s:o}", "drop", "ALL", "add", add);
}

/* `privileged;` writes nothing: a patch must not give back what a workload has already lost; and of a
 * privileged container the runtime ignores the capabilities (containerd: WithPrivileged comes after
 * WithCapabilities). */
static json_t *container_context(const struct ir_policy *policy, const struct node *node,
                                 const struct outputs *outputs) {
    json_t *context = json_object();
    bool hardens = !launcher_profiles_only(policy);
    if (hardens && !policy->privileged)
        json_object_set_new(context, "privileged", json_false());
    if (hardens && kubernetes_patch_no_new_privileges(policy))
        json_object_set_new(context, "allowPrivilegeEscalation", json_false());
    if (hardens && ir_requires(policy, REQUIRE_NON_ROOT))
        json_object_set_new(context, "runAsNonRoot", json_true());
    if (hardens && ir_requires(policy, REQUIRE_READ_ONLY_ROOT))
        json_object_set_new(context, "readOnlyRootFilesystem", json_true());
    if (hardens && !policy->privileged)
        json_object_set_new(context, "capabilities", capabilities(policy->grants));
    add_profiles(context, policy, node, outputs);
    if (hardens && ir_requires(policy, REQUIRE_PROC_MOUNT_UNMASKED))
        json_object_set_new(context, "procMount", json_string("Unmasked"));
    return context;
}

static json_t *pod_context(const struct ir_policy *policy, const struct node *node,
                           const struct outputs *outputs) {
    json_t *context = json_object();
    if (!launcher_profiles_only(policy) && ir_requires(policy, REQUIRE_NON_ROOT))
        json_object_set_new(context, "runAsNonRoot", json_true());
    add_profiles(context, policy, node, outputs);
    return context;
}

/* A path as the policy writes it, where `\\` makes a wildcard literal: the one path it means, else NULL. */
static const char *literal(struct arena *arena, const char *text) {
    const char *error;
    size_t at;
    const struct glob *glob = glob_parse(arena, text, &error, &at);
    return glob ? glob_literal(glob) : NULL;
}

static bool check_host_path(struct arena *arena, const struct ir_require *require, struct diag *diag) {
    const char *host = literal(arena, require->host), *at = literal(arena, require->at);
    if (host && at && !strchr(at, ':'))
        return true;
    diag_add(diag, DIAG_HOST_PATH, require->origin->loc,
             "a host path is one path without `..`, mounted at one that has no `:` either");
    return false;
}

/* An earlier requirement that mounts at the same place. */
static const struct ir_require *mounted_before(struct arena *arena, const struct ir_policy *policy,
                                               const struct ir_require *require) {
    for (const struct ir_require *other = policy->requires; other < require; other++)
        if (other->kind == REQUIRE_HOST_PATH &&
            !strcmp(literal(arena, other->at), literal(arena, require->at)))
            return other;
    return NULL;
}

static bool check_mount_point(struct arena *arena, const struct ir_policy *policy,
                              const struct ir_require *require, struct diag *diag) {
    const struct ir_require *other = mounted_before(arena, policy, require);
    if (!other || (!strcmp(literal(arena, other->host), literal(arena, require->host)) &&
                   other->writable == require->writable))
        return true;
    struct diag_item *item = diag_add(diag, DIAG_HOST_PATH, require->origin->loc,
                                      "two host paths are mounted at %s: the API server refuses that",
                                      literal(arena, require->at));
    diag_note(diag, item, other->origin->loc, "the other one");
    diag_note(diag, item, (struct loc){0}, "mount one of them elsewhere, or leave it out");
    return false;
}

bool kubernetes_patch_check(struct arena *arena, const struct ir_policy *policy, struct diag *diag) {
    bool ok = true;
    for (size_t i = 0; i < policy->n_requires; i++) {
        const struct ir_require *require = &policy->requires[i];
        if (require->kind == REQUIRE_HOST_PATH)
            ok = ok && check_host_path(arena, require, diag) &&
                 check_mount_point(arena, policy, require, diag);
    }
    return ok;
}

/* Volumes merge by name, and policies for several containers of a pod may ask for one path: the name is the
 * path's (FNV-1a). */
static json_t *volume_name(const char *host) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (; *host; host++)
        hash = (hash ^ (unsigned char)*host) * UINT64_C(0x100000001b3);
    return json_sprintf("vpl-host-%016llx", (unsigned long long)hash);
}

static bool has_volume(const json_t *volumes, const char *host) {
    for (size_t i = 0; i < json_array_size(volumes); i++) {
        const json_t *path = json_object_get(json_object_get(json_array_get(volumes, i), "hostPath"), "path");
        if (!strcmp(json_string_value(path), host))
            return true;
    }
    return false;
}

static json_t *volumes(struct arena *arena, const struct ir_policy *policy) {
    json_t *array = json_array();
    for (size_t i = 0; i < policy->n_requires; i++) {
        const struct ir_require *require = &policy->requires[i];
        const char *host = require->kind == REQUIRE_HOST_PATH ? literal(arena, require->host) : NULL;
        if (host && !has_volume(array, host))
            json_array_append_new(
                array, json_pack("{s:o, s:{s:s}}", "name", volume_name(host), "hostPath", "path", host));
    }
    return array;
}

/* Mounts merge by path, so readOnly is said both ways: a workload's own there mustn't decide. */
static json_t *volume_mounts(struct arena *arena, const struct ir_policy *policy, const struct node *node) {
    json_t *array = json_array();
    for (size_t i = 0; i < policy->n_requires; i++) {
        const struct ir_require *require = &policy->requires[i];
        if (require->kind != REQUIRE_HOST_PATH || mounted_before(arena, policy, require))
            continue;
        json_t *mount = json_pack("{s:s, s:o, s:b}", "mountPath", literal(arena, require->at), "name",
                                  volume_name(literal(arena, require->host)), "readOnly", !require->writable);
        if (!require->writable && node->kubernetes_minor >= KUBERNETES_RECURSIVE_READ_ONLY)
            json_object_set_new(mount, "recursiveReadOnly", json_string("Enabled"));
        json_array_append_new(array, mount);
    }
    return array;
}

/* Drops what is empty, so that the patch says only what it means. */
static void set_unless_empty(json_t *object, const char *key, json_t *value) {
    if (json_object_size(value) || json_array_size(value))
        json_object_set_new(object, key, value);
    else
        json_decref(value);
}

static json_t *container(struct arena *arena, const char *name, const struct ir_policy *policy,
                         const struct node *node, const struct outputs *outputs) {
    json_t *container = json_pack("{s:s}", "name", name);
    set_unless_empty(container, "securityContext", container_context(policy, node, outputs));
    if (!launcher_profiles_only(policy))
        set_unless_empty(container, "volumeMounts", volume_mounts(arena, policy, node));
    return container;
}

/* kustomize moves the containers of a patch to the front (kubectl doesn't), and init containers run in order:
 * where the workload is known the others are named too. */
static json_t *containers(struct arena *arena, const struct kubernetes_containers *list,
                          const struct ir_policy *policy, const struct node *node,
                          const struct outputs *outputs) {
    const char *const *names = list->n && list->all ? list->all : list->names;
    size_t n = list->n && list->all ? list->n_all : list->n;
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(array, kubernetes_containers_have(list, names[i])
                                         ? container(arena, names[i], policy, node, outputs)
                                         : json_pack("{s:s}", "name", names[i]));
    return array;
}

/* Before the field, a container's AppArmor profile was an annotation of the pod. */
static void annotate(json_t *annotations, const struct kubernetes_containers *list, const char *localhost) {
    for (size_t i = 0; i < list->n; i++) {
        json_auto_t *key = json_sprintf(ANNOTATION "%s", list->names[i]);
        json_object_set_new(annotations, json_string_value(key),
                            localhost ? json_sprintf("localhost/%s", localhost)
                                      : json_string("runtime/default"));
    }
}

/* The object there, made where it is missing; borrowed. */
static json_t *child(json_t *object, const char *key) {
    if (!json_object_get(object, key))
        json_object_set_new(object, key, json_object());
    return json_object_get(object, key);
}

static void add_annotations(json_t *template, const struct ir_policy *policy,
                            const struct kubernetes_target *target, const struct node *node,
                            const struct outputs *outputs) {
    const char *localhost;
    if (node->kubernetes_minor >= KUBERNETES_APPARMOR_FIELD || !kubernetes_target_is_named(target) ||
        !asks(policy, ENFORCER_APPARMOR, outputs->apparmor_profile, &localhost))
        return;
    json_t *annotations = child(child(template, "metadata"), "annotations");
    annotate(annotations, &target->containers, localhost);
    annotate(annotations, &target->init_containers, localhost);
}

static json_t *pod_spec(struct arena *arena, const struct ir_policy *policy,
                        const struct kubernetes_target *target, const struct node *node,
                        const struct outputs *outputs) {
    json_t *spec = json_object();
    bool hardens = !launcher_profiles_only(policy);
    if (!kubernetes_target_is_named(target))
        set_unless_empty(spec, "securityContext", pod_context(policy, node, outputs));
    if (hardens && ir_requires(policy, REQUIRE_USER_NAMESPACE))
        json_object_set_new(spec, "hostUsers", json_false());
    set_unless_empty(spec, "initContainers",
                     containers(arena, &target->init_containers, policy, node, outputs));
    set_unless_empty(spec, "containers", containers(arena, &target->containers, policy, node, outputs));
    if (hardens && kubernetes_target_is_named(target))
        set_unless_empty(spec, "volumes", volumes(arena, policy));
    return spec;
}

json_t *kubernetes_patch(struct arena *arena, const struct ir_policy *policy,
                         const struct kubernetes_target *target, const struct node *node,
                         const struct outputs *outputs) {
    const struct kubernetes_kind *kind = target->kind;
    json_t *object = json_object();
    json_object_set_new(object, "apiVersion",
                        json_sprintf("%s%s%s", kind->group, *kind->group ? "/" : "", kind->version));
    json_object_set_new(object, "kind", json_string(kind->name));
    json_object_set_new(child(object, "metadata"), "name",
                        json_string(target->name ? target->name : PLACEHOLDER));
    if (target->namespace)
        json_object_set_new(child(object, "metadata"), "namespace", json_string(target->namespace));
    json_t *template = object;
    for (const char *const *key = kind->template; *key; key++)
        template = child(template, *key);
    add_annotations(template, policy, target, node, outputs);
    set_unless_empty(template, "spec", pod_spec(arena, policy, target, node, outputs));
    return object;
}
