#include "kubernetes_target.h"
#include "launcher.h"
#include "suggest.h"
#include "yaml_text.h"

#include <string.h>

static const char *const in_object[] = {NULL};
static const char *const in_controller[] = {"spec", "template", NULL};
static const char *const in_cron_job[] = {"spec", "jobTemplate", "spec", "template", NULL};

static const struct kubernetes_kind kinds[] = {
    {.name = "Pod", .group = "", .version = "v1", .template = in_object},
    {.name = "Deployment", .group = "apps", .version = "v1", .template = in_controller},
    {.name = "StatefulSet", .group = "apps", .version = "v1", .template = in_controller},
    {.name = "DaemonSet", .group = "apps", .version = "v1", .template = in_controller},
    {.name = "ReplicaSet", .group = "apps", .version = "v1", .template = in_controller},
    {.name = "Job", .group = "batch", .version = "v1", .template = in_controller},
    {.name = "CronJob", .group = "batch", .version = "v1", .template = in_cron_job},
};

const struct kubernetes_kind *kubernetes_kind_find(const char *name) {
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kinds[i].name, name))
            return &kinds[i];
    return NULL;
}

const json_t *kubernetes_template(const json_t *object, const struct kubernetes_kind *kind) {
    for (const char *const *key = kind->template; *key; key++)
        object = json_object_get(object, *key);
    return object;
}

bool kubernetes_target_names_containers(const struct ir_policy *policy, const struct node *node) {
    return policy->target->n_containers || policy->target->n_init_containers || node->workload;
}

#define LOWER "abcdefghijklmnopqrstuvwxyz0123456789"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static bool is_run(const char *text, size_t len, const char *ends, const char *inside) {
    return len && len <= 63 && strchr(ends, text[0]) && strchr(ends, text[len - 1]) &&
           strspn(text, inside) >= len;
}

static bool is_dns_label(const char *text) {
    return is_run(text, strlen(text), LOWER, LOWER "-");
}

static bool is_dns_subdomain(const char *text, size_t len) {
    const char *end = text + len;
    if (len > 253)
        return false;
    for (;;) {
        const char *dot = memchr(text, '.', (size_t)(end - text));
        if (!is_run(text, (size_t)((dot ? dot : end) - text), LOWER, LOWER "-"))
            return false;
        if (!dot)
            return true;
        text = dot + 1;
    }
}

static bool is_object_name(const char *text) {
    return is_dns_subdomain(text, strlen(text));
}

static bool is_label_word(const char *text) {
    return is_run(text, strlen(text), LOWER UPPER, LOWER UPPER "-_.");
}

static bool is_label_value(const char *text) {
    return !*text || is_label_word(text);
}

static bool is_label_key(const char *text) {
    const char *slash = strchr(text, '/');
    return slash ? is_dns_subdomain(text, (size_t)(slash - text)) && is_label_word(slash + 1)
                 : is_label_word(text);
}

struct form {
    const char *what;
    bool (*is_one)(const char *);
    const char *rule;
};
static const struct form workload_name = {"a workload's name", is_object_name,
                                          "lower-case letters, digits, `-` and `.`"},
                         namespace_name = {"a namespace", is_dns_label, "lower-case letters, digits and `-`"},
                         container_name = {"a container's name", is_dns_label,
                                           "lower-case letters, digits and `-`"},
                         label_key = {"a label", is_label_key,
                                      "letters, digits, `-`, `_` and `.`, perhaps behind `DOMAIN/`"},
                         label_value = {"a label's value", is_label_value,
                                        "letters, digits, `-`, `_` and `.`"};

struct checking {
    struct diag *diag;
    struct loc loc;
    bool ok;
};

static void check(struct checking *checking, const char *text, const struct form *form) {
    if (!text || form->is_one(text))
        return;
    struct diag_item *item =
        diag_add(checking->diag, DIAG_KUBERNETES_NAME, checking->loc, "`%s` can't be %s", text, form->what);
    diag_note(checking->diag, item, (struct loc){0},
              "Kubernetes takes %s, beginning and ending with a letter or digit", form->rule);
    checking->ok = false;
}

static void check_containers(struct checking *checking, const struct kubernetes_containers *containers) {
    const char *const *names = containers->all ? containers->all : containers->names;
    for (size_t i = 0; i < (containers->all ? containers->n_all : containers->n); i++)
        check(checking, names[i], &container_name);
}

static bool check_names(const struct ir_policy *policy, const struct kubernetes_target *target,
                        struct diag *diag) {
    const struct ir_target *written = policy->target;
    struct checking checking = {diag, written->origin->loc, true};
    check(&checking, target->name, &workload_name);
    check(&checking, target->namespace, &namespace_name);
    check_containers(&checking, &target->containers);
    check_containers(&checking, &target->init_containers);
    for (size_t i = 0; i < written->n_labels; i++) {
        checking.loc = written->labels[i].loc;
        check(&checking, written->labels[i].key, &label_key);
        for (size_t j = 0; j < written->labels[i].n_values; j++)
            check(&checking, written->labels[i].values[j], &label_value);
    }
    return checking.ok;
}

static const char *text_at(const json_t *object, const char *key) {
    return json_string_value(json_object_get(object, key));
}

static bool label_holds(const struct ir_label *label, const char *value) {
    if (label->op == LABEL_EXISTS || label->op == LABEL_ABSENT)
        return (label->op == LABEL_EXISTS) == !!value;
    for (size_t i = 0; value && i < label->n_values; i++)
        if (!strcmp(value, label->values[i]))
            return label->op == LABEL_IN;
    return label->op == LABEL_NOT_IN;
}

/* A manifest without a namespace may yet be put in any. */
static bool is_targeted(const struct ir_target *target, const json_t *object) {
    const json_t *metadata = json_object_get(object, "metadata");
    const char *kind = text_at(object, "kind"), *name = text_at(metadata, "name");
    const char *namespace = text_at(metadata, "namespace");
    if (!kind || strcmp(kind, target->kind) || !name || (target->name && strcmp(name, target->name)))
        return false;
    if (namespace && target->namespace && strcmp(namespace, target->namespace))
        return false;
    for (size_t i = 0; i < target->n_labels; i++)
        if (!label_holds(&target->labels[i],
                         text_at(json_object_get(metadata, "labels"), target->labels[i].key)))
            return false;
    return true;
}

/* The one workload of the file that the target means; else NULL and how many there are. */
static const json_t *find_workload(const json_t *documents, const struct ir_target *target, size_t *n) {
    const json_t *found = NULL;
    *n = 0;
    for (size_t i = 0; i < json_array_size(documents); i++)
        if (is_targeted(target, json_array_get(documents, i))) {
            found = json_array_get(documents, i);
            ++*n;
        }
    return *n == 1 ? found : NULL;
}

static const char *const *names_in(struct arena *arena, const json_t *containers, size_t *n) {
    VEC(const char *) names = {0};
    for (size_t i = 0; i < json_array_size(containers); i++) {
        const char *name = text_at(json_array_get(containers, i), "name");
        if (name)
            vec_push(arena, &names, arena_strdup(arena, name));
    }
    *n = names.n;
    return names.items;
}

static bool contains(const char *const *names, size_t n, const char *name) {
    for (size_t i = 0; i < n; i++)
        if (!strcmp(names[i], name))
            return true;
    return false;
}

bool kubernetes_containers_have(const struct kubernetes_containers *containers, const char *name) {
    return contains(containers->names, containers->n, name);
}

bool kubernetes_target_is_named(const struct kubernetes_target *target) {
    return target->containers.n || target->init_containers.n;
}

static const char *listed(struct arena *arena, const char *const *names, size_t n) {
    const char *text = "";
    for (size_t i = 0; i < n; i++)
        text = arena_printf(arena, "%s%s`%s`", text, i ? ", " : "", names[i]);
    return text;
}

/* `locs` of the names, as they were written. */
static bool check_present(struct arena *arena, const struct ir_target *written,
                          const struct kubernetes_containers *containers, const struct loc *locs, bool init,
                          struct diag *diag) {
    const char *sort = init ? "init container" : "container";
    bool ok = true;
    for (size_t i = 0; i < containers->n; i++) {
        if (contains(containers->all, containers->n_all, containers->names[i]))
            continue;
        struct diag_item *item =
            diag_add(diag, DIAG_KUBERNETES_CONTAINER, locs ? locs[i] : written->origin->loc,
                     "the workload file's %s has no %s `%s`", written->kind, sort, containers->names[i]);
        struct suggest suggest = {.word = containers->names[i]};
        for (size_t k = 0; k < containers->n_all; k++)
            suggest_consider(&suggest, containers->all[k]);
        if (suggest.best)
            diag_note(diag, item, (struct loc){0}, "did you mean `%s`?", suggest.best);
        if (containers->n_all)
            diag_note(diag, item, (struct loc){0}, "there is %s",
                      listed(arena, containers->all, containers->n_all));
        else
            diag_note(diag, item, (struct loc){0}, "it has no %ss", sort);
        ok = false;
    }
    return ok;
}

static void take_all(struct kubernetes_containers *containers) {
    containers->names = containers->all, containers->n = containers->n_all;
}

/* kubernetes/kubernetes pkg/apis/core/validation: validateHostUsers. */
static bool check_user_namespace(const struct ir_policy *policy, const json_t *spec, struct diag *diag) {
    static const char *const fields[] = {"hostNetwork", "hostPID", "hostIPC"};
    const struct ir_require *require = policy->requires;
    while (require < policy->requires + policy->n_requires && require->kind != REQUIRE_USER_NAMESPACE)
        require++;
    if (require == policy->requires + policy->n_requires || launcher_profiles_only(policy))
        return true;
    bool ok = true;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (!json_is_true(json_object_get(spec, fields[i])))
            continue;
        struct diag_item *item = diag_add(diag, DIAG_CONTRADICTION, require->origin->loc,
                                          "the workload file says %s: the API server refuses that beside a "
                                          "user namespace of the pod's own",
                                          fields[i]);
        diag_note(diag, item, (struct loc){0}, "leave the requirement out, or %s", fields[i]);
        ok = false;
    }
    return ok;
}

static bool complete(struct arena *arena, const struct ir_policy *policy, const json_t *workload,
                     struct diag *diag, struct kubernetes_target *target) {
    const struct ir_target *written = policy->target;
    const json_t *metadata = json_object_get(workload, "metadata");
    const char *namespace = text_at(metadata, "namespace");
    const json_t *spec = json_object_get(kubernetes_template(workload, target->kind), "spec");
    struct kubernetes_containers *main = &target->containers, *init = &target->init_containers;
    main->all = names_in(arena, json_object_get(spec, "containers"), &main->n_all);
    init->all = names_in(arena, json_object_get(spec, "initContainers"), &init->n_all);
    if (!target->name && namespace)
        target->namespace = arena_strdup(arena, namespace);
    if (!target->name)
        target->name = arena_strdup(arena, text_at(metadata, "name"));
    if (!check_user_namespace(policy, spec, diag))
        return false;
    if (kubernetes_target_is_named(target)) {
        bool present = check_present(arena, written, main, written->container_locs, false, diag);
        return check_present(arena, written, init, written->init_container_locs, true, diag) && present;
    }
    take_all(main);
    take_all(init);
    return true;
}

static const char *described(struct arena *arena, const char *kind, const char *name, const char *namespace) {
    const char *quoted = name ? arena_printf(arena, " `%s`", name) : "";
    return arena_printf(arena, "%s%s%s%s", kind, quoted, namespace ? " in " : "", namespace ? namespace : "");
}

/* What is there, for who gave the wrong file. */
static void note_objects(struct arena *arena, struct diag *diag, struct diag_item *item,
                         const json_t *documents) {
    enum { MOST = 8 };
    const char *all = "";
    for (size_t i = 0; i < json_array_size(documents) && i < MOST; i++) {
        const json_t *object = json_array_get(documents, i), *metadata = json_object_get(object, "metadata");
        const char *kind = text_at(object, "kind");
        if (kind)
            all = arena_printf(
                arena, "%s%s%s", all, *all ? ", " : "",
                described(arena, kind, text_at(metadata, "name"), text_at(metadata, "namespace")));
    }
    diag_note(diag, item, (struct loc){0}, *all ? "there is %s" : "there is no object of Kubernetes in it%s",
              all);
}

/* A workload file may be about other policies of the compilation: only one that has to name the containers
 * must be. */
static bool use_workload(struct arena *arena, const struct ir_policy *policy, const char *text,
                         struct diag *diag, struct kubernetes_target *target) {
    const struct ir_target *written = policy->target;
    struct err err;
    size_t n;
    json_auto_t *documents = yaml_read(text, strlen(text), &err);
    if (!documents) {
        diag_add(diag, DIAG_KUBERNETES_WORKLOAD, written->origin->loc, "the workload file isn't YAML: %s",
                 err.text);
        return false;
    }
    const json_t *workload = find_workload(documents, written, &n);
    if (workload)
        return complete(arena, policy, workload, diag, target);
    if (!n && kubernetes_target_is_named(target))
        return true;
    struct diag_item *item = diag_add(diag, DIAG_KUBERNETES_WORKLOAD, written->origin->loc,
                                      "the workload file has %s %s that this target means",
                                      n ? "more than one" : "no", written->kind);
    if (n)
        diag_note(diag, item, (struct loc){0}, "`target %s \"NAME\"` chooses one", written->kind);
    else
        note_objects(arena, diag, item, documents);
    return false;
}

void kubernetes_target_check_workload(struct arena *arena, const struct ir_policy *const *policies, size_t n,
                                      const struct node *node, struct diag *diag) {
    const struct ir_target *first = NULL;
    json_auto_t *documents = node->workload ? yaml_read(node->workload, strlen(node->workload), NULL) : NULL;
    for (size_t i = 0; i < n && documents; i++) {
        size_t found = 0;
        if (!ir_is_container(policies[i]))
            continue;
        find_workload(documents, policies[i]->target, &found);
        if (found)
            return;
        first = first ? first : policies[i]->target;
    }
    if (!documents || !n)
        return;
    struct diag_item *item =
        first ? diag_add(diag, DIAG_KUBERNETES_WORKLOAD, first->origin->loc, "the workload file has no %s",
                         described(arena, first->kind, first->name, first->namespace))
              : diag_add(diag, DIAG_KUBERNETES_WORKLOAD, policies[0]->origin->loc,
                         "a workload file is given, and no policy is for a workload of Kubernetes");
    if (first)
        note_objects(arena, diag, item, documents);
    else
        diag_note(diag, item, (struct loc){0}, "say which: `target Deployment \"NAME\";`");
}

bool kubernetes_target_resolve(struct arena *arena, const struct ir_policy *policy, const struct node *node,
                               struct diag *diag, struct kubernetes_target *target) {
    const struct ir_target *written = policy->target;
    *target = (struct kubernetes_target){
        .kind = kubernetes_kind_find(written->kind),
        .name = written->name,
        .namespace = written->namespace,
        .containers = {.names = written->containers, .n = written->n_containers},
        .init_containers = {.names = written->init_containers, .n = written->n_init_containers}};
    if (node->workload && !use_workload(arena, policy, node->workload, diag, target))
        return false;
    return check_names(policy, target, diag);
}

struct unmasked {
    size_t containers, unmasked;
};

static void count_unmasked(const json_t *containers, const char *const *names, size_t n, bool all,
                           struct unmasked *count) {
    for (size_t i = 0; i < json_array_size(containers); i++) {
        const json_t *container = json_array_get(containers, i);
        const char *name = text_at(container, "name");
        const char *mount = text_at(json_object_get(container, "securityContext"), "procMount");
        if (!all && !(name && contains(names, n, name)))
            continue;
        count->containers++;
        count->unmasked += mount && !strcmp(mount, "Unmasked");
    }
}

enum kubernetes_unmasked kubernetes_target_unmasked(const struct ir_policy *policy, const struct node *node) {
    const struct ir_target *t = policy->target;
    const struct kubernetes_kind *kind = kubernetes_kind_find(t->kind);
    json_auto_t *documents = node->workload ? yaml_read(node->workload, strlen(node->workload), NULL) : NULL;
    size_t n;
    const json_t *workload = find_workload(documents, t, &n);
    const json_t *spec =
        kind && workload ? json_object_get(kubernetes_template(workload, kind), "spec") : NULL;
    bool all = !t->n_containers && !t->n_init_containers;
    struct unmasked count = {0};
    count_unmasked(json_object_get(spec, "containers"), t->containers, t->n_containers, all, &count);
    count_unmasked(json_object_get(spec, "initContainers"), t->init_containers, t->n_init_containers, all,
                   &count);
    return !count.unmasked                     ? KUBERNETES_MASKED
           : count.unmasked < count.containers ? KUBERNETES_SOME_UNMASKED
                                               : KUBERNETES_ALL_UNMASKED;
}

static void add_values(struct buf *out, const struct ir_label *label) {
    for (size_t i = 0; i < label->n_values; i++)
        buf_printf(out, "%s%s", i ? "," : "", label->values[i]);
}

/* The syntax of apimachinery's labels.Parse. */
static const char *label_selector(struct arena *arena, const struct ir_target *target) {
    static const char *const before[] = {"", "!", "", ""}, *const after[] = {"", "", " in (", " notin ("};
    struct buf BUF_CLEANUP out = {0};
    for (size_t i = 0; i < target->n_labels; i++) {
        const struct ir_label *label = &target->labels[i];
        buf_printf(&out, "%s%s%s%s", i ? "," : "", before[label->op], label->key, after[label->op]);
        add_values(&out, label);
        if (label->op == LABEL_IN || label->op == LABEL_NOT_IN)
            buf_add_char(&out, ')');
    }
    return arena_strdup(arena, buf_text(&out));
}

/* kustomize anchors the name and takes it for a regular expression; of a valid name only dots mean more. */
static const char *name_pattern(struct arena *arena, const char *name) {
    struct buf BUF_CLEANUP out = {0};
    for (; *name; name++)
        buf_printf(&out, *name == '.' ? "\\%c" : "%c", *name);
    return arena_strdup(arena, buf_text(&out));
}

json_t *kubernetes_target_selector(struct arena *arena, const struct ir_policy *policy,
                                   const struct kubernetes_target *target) {
    const struct kubernetes_kind *kind = target->kind;
    if (target->name && target->namespace && !policy->target->n_labels)
        return NULL;
    json_t *selector = json_object();
    if (*kind->group)
        json_object_set_new(selector, "group", json_string(kind->group));
    json_object_set_new(selector, "version", json_string(kind->version));
    json_object_set_new(selector, "kind", json_string(kind->name));
    if (target->namespace)
        json_object_set_new(selector, "namespace", json_string(target->namespace));
    if (target->name)
        json_object_set_new(selector, "name", json_string(name_pattern(arena, target->name)));
    if (policy->target->n_labels)
        json_object_set_new(selector, "labelSelector", json_string(label_selector(arena, policy->target)));
    return selector;
}
