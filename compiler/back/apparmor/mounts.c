#include "lowering.h"

#include <linux/mount.h>
#include <string.h>

/* The kernel shows AppArmor other parts of mount(2)'s arguments for each kind of mount
 * (security/apparmor/lsm.c: apparmor_sb_mount): of a bind only bind and rec, of a move nothing else, of a
 * remount every flag but neither source nor type, of a change of propagation its own flags. So a rule for one
 * word of options is exact, whatever else a caller sets; rules for several aren't: apparmor_parser 3 makes
 * rules for other kinds of them [lab]. */
static const struct kind {
    const char *word; /* NULL: a new mount */
    uint64_t flags;
} kinds[] = {
    {NULL, 0},
    {"bind", MS_BIND},
    {"rbind", MS_BIND | MS_REC},
    {"move", MS_MOVE},
    {"remount", MS_REMOUNT},
    {"unbindable", MS_UNBINDABLE},
    {"runbindable", MS_UNBINDABLE | MS_REC},
    {"private", MS_PRIVATE},
    {"rprivate", MS_PRIVATE | MS_REC},
    {"slave", MS_SLAVE},
    {"rslave", MS_SLAVE | MS_REC},
    {"shared", MS_SHARED},
    {"rshared", MS_SHARED | MS_REC},
};
enum { KINDS = sizeof kinds / sizeof *kinds };
_Static_assert(AA_MOUNT_ALL == (1 << KINDS) - 1, "a bit for each kind");

static bool names(const struct ir_option *option, const struct kind *kind) {
    return !option->clear && option->bits && (kind->flags & option->bits) == option->bits;
}

static unsigned named_kinds(const struct ir_match *match) {
    unsigned all = 0;
    for (size_t i = 0; i < match->n_options; i++) {
        unsigned these = 0;
        for (unsigned k = 0; k < KINDS; k++)
            these |= names(&match->options[i], &kinds[k]) ? 1U << k : 0;
        if (!these)
            return 0; /* ro, nosuid…: no rule tests one of them alone */
        all |= these;
    }
    return all;
}

unsigned aa_mount_kinds(const struct ir_match *match) {
    unsigned all = match->n_options ? named_kinds(match) : AA_MOUNT_ALL;
    if (match->n_fstypes)
        all &= AA_MOUNT_NEW;
    if (match->has_sources)
        all &= ~(unsigned)AA_MOUNT_IN_PLACE;
    return match->options_only ? 0 : all;
}

/* No other word goes into a profile without quotes. */
static bool is_plain_word(const char *word) {
    return *word &&
           word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")] == '\0';
}

const char *aa_mount_unsayable(const struct ir_match *match) {
    for (size_t i = 0; i < match->n_fstypes; i++)
        if (!is_plain_word(match->fstypes[i]))
            return "no rule can name its file system type";
    return aa_mount_kinds(match)
               ? NULL
               : "of options, rules can test bind, rbind, move, remount and propagation only";
}

bool aa_meet_mount(struct arena *arena, const struct ir_match *a, const struct ir_match *b,
                   struct ir_match *both) {
    unsigned in_a = aa_mount_kinds(a), in_b = aa_mount_kinds(b);
    unsigned met = (in_a ? in_a : AA_MOUNT_ALL) & (in_b ? in_b : AA_MOUNT_ALL);
    VEC(struct ir_option) options = {0};
    for (unsigned k = 0; k < KINDS && (a->n_options || b->n_options); k++)
        if (met >> k & 1 && kinds[k].flags)
            vec_push(arena, &options, ((struct ir_option){.bits = kinds[k].flags}));
    both->options = options.items;
    both->n_options = options.n;
    return met;
}

const char *aa_mount_wider(const struct aa_profile *p, const struct ir_match *match) {
    unsigned in_place = aa_mount_kinds(match) & AA_MOUNT_IN_PLACE;
    return p->node->parser_major < 4 && in_place && in_place != AA_MOUNT_IN_PLACE
               ? "a remount and the changes of propagation are the same to apparmor_parser 3"
               : NULL;
}

/* Conditions */

/* Every flag that apparmor_parser 4 has a word for. */
#define SETTINGS                                                                                             \
    "ro, nosuid, nodev, noexec, sync, mand, dirsync, nosymfollow, noatime, nodiratime, silent, acl, "        \
    "relatime, iversion, strictatime, lazytime"
static const char new_mount[] = " options in (" SETTINGS ")";
static const char remount[] =
    " options=(remount) options in (" SETTINGS ", bind, rbind, unbindable, private, slave, shared)";

/* What has no type and no source: any remount and change of propagation, with whatever flags. apparmor_parser
 * 4 would ask for the flags of a new mount too. */
static const char in_place[] = " fstype=\"{,-}\" \"{,-}\"";

struct conditions {
    VEC(const char *) list;
};

static void add_kind(const struct aa_line *r, unsigned k, struct conditions *out) {
    bool is_in_place = AA_MOUNT_IN_PLACE >> k & 1, old = r->p->node->parser_major < 4;
    const char *text = arena_printf(r->p->arena, " options=(%s)", kinds[k].word);
    if (1U << k == AA_MOUNT_NEW)
        text = new_mount;
    else if (is_in_place && old)
        text = in_place;
    else if (1U << k == AA_MOUNT_REMOUNT)
        text = remount;
    else if (is_in_place)
        text = arena_printf(r->p->arena, "%s options in (silent)", text);
    if (!(text == in_place && out->list.n && out->list.items[out->list.n - 1] == in_place))
        vec_push(r->p->arena, &out->list, text);
}

static bool denies_remount(const struct aa_profile *p) {
    for (size_t i = 0; i < p->policy->n_stmts; i++) {
        const struct ir_stmt *stmt = p->policy->stmts[i];
        if (stmt->class == CLASS_MOUNT && aa_denies_here(p, stmt) && stmt->match.n_options &&
            aa_mount_kinds(&stmt->match) & AA_MOUNT_REMOUNT)
            return true;
    }
    return false;
}

/* `mount,` lets remount with move pass, which the kernel takes for a remount, and for which apparmor_parser 4
 * has no denial but that of all mounts: there it becomes the rules that it is made of. */
static bool is_taken_apart(const struct aa_line *r) {
    return !r->match->n_options && !r->match->n_fstypes && !r->match->has_sources && !aa_line_denies(r) &&
           r->p->node->parser_major >= 4 && denies_remount(r->p);
}

static struct conditions conditions_of(const struct aa_line *r) {
    struct conditions out = {0};
    const struct ir_match *m = r->match;
    unsigned which = aa_mount_kinds(m);
    for (size_t i = 0; i < m->n_fstypes; i++)
        if (is_plain_word(m->fstypes[i]))
            vec_push(r->p->arena, &out.list, arena_printf(r->p->arena, " fstype=%s", m->fstypes[i]));
    if (m->n_fstypes)
        return out;
    if (!which || !(m->n_options || is_taken_apart(r))) {
        vec_push(r->p->arena, &out.list, "");
        return out;
    }
    for (unsigned k = 0; k < KINDS; k++)
        if (which >> k & 1)
            add_kind(r, k, &out);
    return out;
}

/* Places. The kernel ends the name of a directory with '/', a mount point's and a source's alike [lab]. Two
 * rules rather than "{,/}": a star before a brace may be empty, one at the end may not. */

static struct aa_globs maybe_directories(const struct aa_line *r, const struct pathset *set) {
    struct aa_globs globs;
    VEC(const char *) all = {0};
    aa_globs(r->p->arena, set, &globs);
    for (size_t i = 0; i < globs.n; i++) {
        const char *glob = globs.items[i];
        size_t n = strlen(glob);
        vec_push(r->p->arena, &all, glob);
        bool closed = glob[n - 1] == '/' ||
                      (i + 1 < globs.n && !strncmp(globs.items[i + 1], glob, n) &&
                       !strcmp(globs.items[i + 1] + n, "/")) ||
                      (n >= 4 && !strcmp(glob + n - 4, "{,/}"));
        if (!closed)
            vec_push(r->p->arena, &all, arena_printf(r->p->arena, "%s/", glob));
    }
    return (struct aa_globs){all.items, all.n};
}

/* A source without a mount point would be a mount point to apparmor_parser 4's rule of propagation. */
static struct aa_globs points_of(const struct aa_line *r) {
    static const char *const nowhere[] = {NULL}, *const anywhere[] = {"/{,**}"};
    if (r->match->has_paths)
        return maybe_directories(r, &r->match->paths);
    return (struct aa_globs){r->match->has_sources ? anywhere : nowhere, 1};
}

static void add_one(const struct aa_line *r, const char *condition, const char *source, const char *point) {
    aa_line_begin(r, "mount");
    buf_add(r->out, condition);
    if (source) {
        buf_add_char(r->out, ' ');
        buf_add_apparmor_quoted(r->out, source);
    }
    if (point) {
        buf_add(r->out, " -> ");
        buf_add_apparmor_quoted(r->out, point);
    }
    aa_line_end(r);
}

void aa_add_mount(const struct aa_line *r) {
    static const char *const any[] = {NULL};
    struct conditions conditions = conditions_of(r);
    struct aa_globs sources = {any, 1}, points = points_of(r);
    if (r->match->has_sources)
        sources = maybe_directories(r, &r->match->sources);
    for (size_t c = 0; c < conditions.list.n; c++)
        for (size_t s = 0; s < sources.n; s++)
            for (size_t i = 0; i < points.n; i++)
                add_one(r, conditions.list.items[c], sources.items[s], points.items[i]);
}

void aa_add_umount(const struct aa_line *r) {
    if (!r->match->has_paths) {
        aa_line_begin(r, "umount");
        aa_line_end(r);
        return;
    }
    struct aa_globs points = maybe_directories(r, &r->match->paths);
    for (size_t i = 0; i < points.n; i++) {
        aa_line_begin(r, "umount ");
        buf_add_apparmor_quoted(r->out, points.items[i]);
        aa_line_end(r);
    }
}
