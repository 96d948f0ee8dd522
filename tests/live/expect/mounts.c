#include "expect.h"

#include <string.h>
#include <sys/mount.h>

enum { MOST_NEAR = 16 };

struct paths {
    VEC(const char *) list;
};

static void add_place(const struct table *t, struct paths *out, const char *path) {
    if (!usable(path))
        return;
    vec_push(t->arena, &out->list, path);
    if (!is_directory(path))
        vec_push(t->arena, &out->list, arena_printf(t->arena, "%s/", path));
}

/* Places next to what the policy says of mount points, or of what is mounted there; and one that it doesn't
 * speak of. */
static struct paths places(const struct table *t, enum event_class class, bool sources) {
    struct paths out = {0};
    add_place(t, &out, sources ? "/vpl-source" : elsewhere);
    for (size_t i = 0; i < t->policy->n_stmts; i++) {
        const struct ir_match *m = &t->policy->stmts[i]->match;
        const struct pathset *set = sources ? &m->sources : &m->paths;
        const char *near[MOST_NEAR];
        if (t->policy->stmts[i]->class != class || !(sources ? m->has_sources : m->has_paths))
            continue;
        for (size_t g = 0; g < set->n_in + set->n_out; g++) {
            size_t n = glob_boundary(t->arena, g < set->n_in ? set->in[g] : set->out[g - set->n_in], near,
                                     MOST_NEAR);
            for (size_t k = 0; k < n; k++)
                add_place(t, &out, near[k]);
        }
    }
    return out;
}

/* Of those that need no disk, which the lab doesn't have. */
static const char *const fstypes[] = {"tmpfs",   "proc", "sysfs",   "ramfs",  "devpts",
                                      "cgroup2", "bpf",  "debugfs", "tracefs"};
static const unsigned long kinds[] = {
    0,
    0,
    MS_BIND,
    MS_BIND,
    MS_BIND | MS_REC,
    MS_MOVE,
    MS_REMOUNT,
    MS_REMOUNT | MS_BIND,
    MS_PRIVATE,
    MS_SHARED,
    MS_SLAVE | MS_REC,
    MS_UNBINDABLE,
    MS_PRIVATE | MS_REC,
};
static const unsigned long options[] = {0, 0, MS_RDONLY, MS_NOSUID | MS_NODEV, MS_SILENT};

#define ONE_OF(list, i) (list)[dice(i) % (sizeof(list) / sizeof *(list))]

/* Of all combinations, some. */
void put_mounts(const struct table *t) {
    struct paths sources = places(t, CLASS_MOUNT, true), points = places(t, CLASS_MOUNT, false);
    for (uint64_t i = 0; i < 5 * (uint64_t)budget_of(t, CLASS_MOUNT); i += 5) {
        struct answer a = {0};
        struct event e = {.class = CLASS_MOUNT,
                          .fstype = ONE_OF(fstypes, i),
                          .mount_flags = ONE_OF(kinds, i + 1) | ONE_OF(options, i + 2),
                          .source = sources.list.items[dice(i + 3) % sources.list.n],
                          .path = points.list.items[dice(i + 4) % points.list.n]};
        if (!fit_together(e.path, e.source))
            continue;
        ask(t, &a, event_mount_as_read(e), t->actor);
        ACT(t, &a, "mount", e.fstype, number(t, e.mount_flags), e.source, e.path);
    }
}

/* The capability is looked at first; the kernel doesn't log a profile's same capability twice in a row. */
static void ask_as_admin(const struct table *t, struct answer *a, const struct event *e) {
    struct answer admin = {0};
    ask(t, &admin, capability_event(capability_by_name("sys_admin")), t->actor);
    ask(t, a, *e, t->actor);
    a->logged &= !admin.denied;
    a->denied |= admin.denied, a->meant |= admin.meant, a->claimed |= admin.claimed;
}

void put_umounts(const struct table *t) {
    struct paths points = places(t, CLASS_UMOUNT, false);
    for (size_t i = 0; i < points.list.n; i++) {
        struct answer a = {0};
        struct event e = {.class = CLASS_UMOUNT, .path = points.list.items[i]};
        ask_as_admin(t, &a, &e);
        if (is_chosen(i, points.list.n, budget_of(t, CLASS_UMOUNT)))
            ACT(t, &a, "umount", e.path);
    }
}

void put_pivot_root(struct table *t, const struct event *e) {
    struct answer a = {0};
    ask_as_admin(t, &a, e);
    ACT(t, &a, "pivot-root", "/vpl-m/");
}
