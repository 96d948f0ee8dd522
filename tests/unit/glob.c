/* Path globs: syntax, matching, and the questions that automata answer. Against the real apparmor_parser:
 * suites/glob-parser. */
#include "glob.h"
#include "check.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct arena *arena;

static void report(bool fine, const char *what, const char *about) {
    check_failures += !fine;
    printf("%s - %s: %s\n", fine ? "ok" : "not ok", about, what);
}

static const struct glob *parse(const char *text) {
    const char *error = NULL;
    size_t at = 0;
    const struct glob *glob = glob_parse(arena, text, &error, &at);
    if (!glob)
        printf("not ok - %s: %s at %zu\n", text, error, at);
    check_failures += !glob;
    return glob;
}

#define DOTS "no name that the kernel compares has a part `.` or `..`: write the path that is meant"

static const struct {
    const char *text, *error;
    size_t at;
} errors[] = {
    {"", "the path is empty", 0},
    {"a", "a path begins with `/`", 0},
    {"*", "a path begins with `/`", 0},
    {"@{x}/y", "a path begins with `/`", 0},
    {"{/a,b}/c", "a path begins with `/`", 4},
    {"{/a,{/b,c}}", "a path begins with `/`", 8},
    {"{/a,}b", "a path begins with `/`", 5},
    {"{,/a}", "a path begins with `/`", 5},
    {"/a{b", "`{` is never closed", 2},
    {"/a{b,{c}", "`{` is never closed", 2},
    {"/a[b", "`[` is never closed", 2},
    {"/a[]", "the `[…]` is empty: write `\\]` for the bracket", 2},
    {"/a[^]", "the `[…]` is empty: write `\\]` for the bracket", 2},
    {"/a[z-a]", "the range ends before it begins", 3},
    {"/a]", "no `[` before this `]`", 2},
    {"/a}", "no `{` before this `}`", 2},
    {"/a\\", "nothing follows the `\\`", 2},
    {"/a\\b", "`\\` has no meaning before a letter or digit: write `\\\\` for a backslash", 2},
    {"/a\tb", "a path can't hold a control character", 2},
    {"/a[\x7f]", "a path can't hold a control character", 3},
    {"/a/./b", DOTS, 3},
    {"/..", DOTS, 2},
    {"/a/{x,y/..}/{z,}", DOTS, 10},
    {"/.{,x}", DOTS, 5},
    {"/a@{", "`@{` begins a name: write `\\@{` for the bytes", 2},
    {"/a@{b/c}", "the name after `@{` does not end in `}`", 2},
};

static void check_errors(void) {
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        const char *error = "none";
        size_t at = 0;
        bool fine = !glob_parse(arena, errors[i].text, &error, &at) && strcmp(error, errors[i].error) == 0 &&
                    at == errors[i].at;
        report(fine, errors[i].text, arena_printf(arena, "%s at %zu", error, at));
    }
    char deep[200] = "/";
    memset(deep + 1, '{', 50);
    const char *error;
    size_t at;
    CHECK(!glob_parse(arena, deep, &error, &at) && at == 50);
    char wide[20000] = "/"; /* each pair doubles what follows */
    for (size_t i = 0; i < 1000; i++)
        strcat(wide, "{a,b/}{c,/d,}");
    CHECK(!glob_parse(arena, wide, &error, &at) && strstr(error, "too many alternatives"));
}

static const struct {
    const char *text, *normal;
} texts[] = {
    {"/a", "/a"},
    {"//a///b/", "/a/b/"},
    {"/a/***", "/a/**"},
    {"/a/?*", "/a/*"},
    {"/a/{*}", "/a/{,*}"},
    {"/a{b}", "/ab"},
    {"/a{}", "/a"},
    {"/{{a,b},{,c},}", "/{a,b,,c}"},
    {"/a/{/b,c}", "/a/{b,c}"},
    {"/a{/,b/}/c", "/a{/,b/}c"},
    {"{/a,/b/}/c", "/{a/,b/}c"},
    {"{,/a}/b", "/{a/,}b"},
    {"/x{a,b/}{c,/d}", "/x{a{c,/d},b/{c,d}}"},
    {"/[a]", "/a"},
    {"/[9876a-fz]", "/[6-9a-fz]"},
    {"/[\\^a\\-\\]]", "/[-\\]a^]"},
    {"/[^/]", "/?"},
    {"/\\\\", "/[\\\\]"},
    {"/\\@{a,b}", "/[@]{a,b}"},
    {"/a,b{c\\,d,e}", "/a,b{c\\,d,e}"},
    {"/dev/@{node.disks}", "/dev/@{node.disks}"},
};

static void check_texts(void) {
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const struct glob *glob = parse(texts[i].text);
        report(glob && strcmp(glob_text(glob), texts[i].normal) == 0, texts[i].text,
               glob ? glob_text(glob) : "");
        report(glob && strcmp(glob_text(parse(glob_text(glob))), glob_text(glob)) == 0, texts[i].normal,
               "stays");
    }
    CHECK(strcmp(glob_literal(parse("/a\\*/[b]{c}")), "/a*/bc") == 0);
    CHECK(!glob_literal(parse("/a{b,c}")) && !glob_literal(parse("/a?")) && !glob_literal(parse("/@{x}")));
    const struct glob *disks = parse("/dev/@{node_disks}{,p1}");
    const struct glob *bound = glob_bind(arena, disks, "sda,sdb"), *one = glob_bind(arena, disks, "sda");
    CHECK(!glob_match(disks, "/dev/sda") && glob_match(bound, "/dev/sda") && glob_match(bound, "/dev/sdbp1"));
    CHECK(!glob_match(bound, "/dev/sdc") && !glob_match(one, "/dev/sdb") && glob_match(one, "/dev/sdap1"));
    CHECK(strcmp(glob_text(bound), glob_text(disks)) == 0 && glob_has_variable(bound));
    CHECK(glob_bind(arena, disks, NULL) == disks && glob_bound(disks) == disks);
    struct pathset set = {.in = &bound, .n_in = 1};
    const struct glob *sdb = parse("/dev/sdb");
    struct pathset other = {.in = &sdb, .n_in = 1};
    CHECK(pathset_intersects(arena, &set, &other) == GLOB_UNKNOWN); /* another node's list may be another */
    CHECK(glob_has_variable(parse("/{a,@{x}}")) && !glob_has_variable(parse("/\\@{x}")));
}

/* Texts that need no parsing mean what the parser says, which an escape makes read them. */
static void check_plain(void) {
    static const char bytes[] = "//aa.*,-\xc3";
    unsigned same = 0, random = 1;
    const char *error, *paths[64];
    size_t at;
    for (unsigned i = 0; i < 4000; i++) {
        char text[12] = "\\/";
        for (size_t n = 2 + i % 9; n > 2; n--)
            text[n - 1] = bytes[(random = random * 1103515245 + 12345) >> 16 & 7];
        const struct glob *a = glob_parse(arena, text + 1, &error, &at),
                          *b = glob_parse(arena, text, &error, &at);
        if (!a || !b) {
            same += !a == !b;
            continue;
        }
        bool fine = strcmp(glob_text(a), glob_text(b)) == 0 && !glob_literal(a) == !glob_literal(b);
        size_t n = glob_boundary(arena, b, paths, 64);
        for (size_t k = 0; k < n; k++)
            fine = fine && glob_match(a, paths[k]) == glob_match(b, paths[k]);
        same += fine;
    }
    CHECK(same == 4000);
}

static const struct {
    const char *glob, *yes, *no; /* paths, space between */
} matches[] = {
    {"/a/*", "/a/b /a/.b", "/a/ /a /a/b/ /a/b/c"},
    {"/a/**", "/a/b /a/b/ /a/b/c", "/a/ /a /ab"},
    {"/a{,/**}", "/a /a/ /a/b/c", "/ab /"},
    {"/a/*/", "/a/b/", "/a/ /a/b"},
    {"/a/**/b", "/a/x/b /a/x/y/b", "/a/b"},
    {"/a/{*,x}/b", "/a/y/b /a/x/b", "/a/b"},
    {"/a*", "/a /ab", "/a/ /a/b"},
    {"/a**", "/a /ab /a/b", "/b"},
    {"/?", "/a /\x80", "/ /ab"},
    {"/a[^b]c", "/axc /a/c", "/abc /ac"},
    {"/[a-cx]", "/a /b /x", "/d /-"},
    {"/\\*\\{\\}\\[\\]\\?\\,\\^\\\\", "/*{}[]?,^\\", "/a"},
    {"/\xc3\xa9?", "/\xc3\xa9x", "/\xc3\xa9\xc3\xa9"},
    {"/{a,b{c,d{e,f{g,h{i,j{k,l{m,n}}}}}}}", "/a /bc /bde /bdfhjln", "/bdf /b /bdfhjl"},
    {"/a/{/b,c}", "/a/b /a/c", "/a//b /a"},
    {"/dev/@{disks}", "", "/dev/sda /dev/ /dev/@{disks}"},
    {"/{@{x},y}", "/y", "/x /"},
    {"/proc/sys/kernel/{?,??,[^s][^h][^m]**}", "/proc/sys/kernel/a /proc/sys/kernel/core_pattern",
     "/proc/sys/kernel/shmmax /proc/sys/kernel/sem"},
};

static void check_each(const char *paths, const struct glob *glob, bool want, const char *about) {
    char *words = arena_strdup(arena, paths);
    for (char *path = strtok(words, " "); path; path = strtok(NULL, " "))
        report(glob && glob_match(glob, path) == want, path,
               arena_printf(arena, "%s %s", about, want ? "has" : "lacks"));
}

static void check_matches(void) {
    for (size_t i = 0; i < sizeof matches / sizeof *matches; i++) {
        const struct glob *glob = parse(matches[i].glob);
        check_each(matches[i].yes, glob, true, matches[i].glob);
        check_each(matches[i].no, glob, false, matches[i].glob);
    }
    const char *error;
    size_t at;
    const struct glob *raw = glob_parse_apparmor(arena, "//a/\\101{/b,\\x2a}", &error, &at);
    CHECK(glob_match(raw, "//a/A/b") && glob_match(raw, "//a/A*") && !glob_match(raw, "//a/Ab"));
    CHECK(glob_match(glob_parse_apparmor(arena, "unix*", &error, &at), "unix1"));
    CHECK(!glob_parse_apparmor(arena, "/a{b}", &error, &at));
    CHECK(!glob_parse_apparmor(arena, "/[*]", &error, &at));
}

/* A set written as in suites/glob-parser: `in` globs, "-", `out` globs; "any". */
static const struct pathset *set_of(const char *text) {
    struct pathset *set = ARENA_NEW(arena, struct pathset);
    VEC(const struct glob *) globs[2] = {0};
    bool out = false;
    char *words = arena_strdup(arena, text);
    for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
        if (strcmp(word, "-") == 0)
            out = true;
        else if (strcmp(word, "any") == 0)
            set->any = true;
        else
            vec_push(arena, &globs[out], parse(word));
    set->in = globs[0].items;
    set->n_in = globs[0].n;
    set->out = globs[1].items;
    set->n_out = globs[1].n;
    return set;
}

static const char answer_letters[] = {[GLOB_NO] = 'n', [GLOB_YES] = 'y', [GLOB_UNKNOWN] = '?'};

static const struct {
    const char *a, *b;
    char intersects, a_in_b, b_in_a;
} relations[] = {
    {"/a", "/a", 'y', 'y', 'y'},
    {"/a", "/b", 'n', 'n', 'n'},
    {"/a /b", "/b /c", 'y', 'n', 'n'},
    {"/a/*", "/a/**", 'y', 'y', 'n'},
    {"/a/**", "/a/* /a/*/ /a/*/**", 'y', 'y', 'y'},
    {"/a/**", "/a/", 'n', 'n', 'n'},
    {"/a*", "/*b", 'y', 'n', 'n'},
    {"/**/a/**", "/**/b/**", 'y', 'n', 'n'},
    {"/a/** - /a/b", "/a/b", 'n', 'n', 'n'},
    {"/a/** - /a/b", "/a/*", 'y', 'n', 'n'},
    {"/a/** - /a/b/**", "/a/b/c", 'n', 'n', 'n'},
    {"/a/** - /a/*/**", "/a/* /a/*/", 'y', 'y', 'y'},
    {"/a/** - /a/**", "/b", 'n', 'y', 'n'},
    {"any", "/a", 'y', 'n', 'y'},
    {"any", "/{,**}", 'y', 'y', 'y'},
    {"any", "/** /", 'y', 'y', 'y'},
    {"/a[^b]", "/a/", 'y', 'n', 'y'},
    {"/dev/@{disks}", "/dev/sda", '?', '?', '?'},
    {"/dev/@{disks}", "/etc/**", 'n', '?', 'n'},
    {"/dev/@{disks}", "/dev/**", '?', '?', '?'},
    {"/dev/** - /dev/@{disks}", "/dev/**", '?', 'y', '?'},
    {"/dev/sda /dev/@{disks}", "/dev/sda", 'y', '?', 'y'},
    {"/**a????????????????????", "/**b????????????????????", '?', '?', '?'},
};

static void check_relations(void) {
    for (size_t i = 0; i < sizeof relations / sizeof *relations; i++) {
        const struct pathset *a = set_of(relations[i].a), *b = set_of(relations[i].b);
        char got[] = {
            answer_letters[pathset_intersects(arena, a, b)], answer_letters[pathset_intersects(arena, b, a)],
            answer_letters[pathset_subset(arena, a, b)], answer_letters[pathset_subset(arena, b, a)], '\0'};
        char want[] = {relations[i].intersects, relations[i].intersects, relations[i].a_in_b,
                       relations[i].b_in_a, '\0'};
        report(strcmp(got, want) == 0, arena_printf(arena, "%s, want %s", got, want),
               arena_printf(arena, "%s against %s", relations[i].a, relations[i].b));
    }
}

static void check_beginnings(void) {
    CHECK(!pathset_may_meet(set_of("/a/b/** /c"), set_of("/a/c /d**")));
    CHECK(pathset_may_meet(set_of("/a/b/** /c"), set_of("/a/*")) &&
          pathset_may_meet(set_of("any"), set_of("/a")));
    CHECK(!pathset_may_meet(set_of("/**/a.c /*{b,c}d"), set_of("/a/**b.c /**e")));
    CHECK(pathset_may_meet(set_of("/**/a.c"), set_of("/**.{c,h}")) &&
          pathset_may_meet(set_of("/**\\[a"), set_of("/**a")));
    CHECK(pathset_may_meet(set_of("/a/@{x}"), set_of("/a/b")) &&
          !pathset_may_meet(set_of("/a/@{x}"), set_of("/b/@{x}")));
}

static void check_examples(void) {
    bool unknown;
    const struct pathset *a[] = {set_of("/a/** /b"), set_of("/**/x - /a/x /a/a/x")},
                         *b[] = {set_of("/a/b/*")};
    const char *path = pathset_example(arena, a, 2, b, 1, &unknown);
    CHECK(path && strlen(path) == strlen("/a/c/x") && pathset_match(a[0], path) && pathset_match(a[1], path));
    CHECK(!unknown);
    CHECK(!pathset_example(arena, b, 1, a, 1, &unknown) && !unknown);
    CHECK(strcmp(pathset_example(arena, NULL, 0, NULL, 0, &unknown), "/") == 0);
    const struct pathset *hard[] = {set_of("/**a???????????????????? - /**"),
                                    set_of("/**b????????????????????")};
    CHECK(!pathset_example(arena, hard, 1, NULL, 0, &unknown) && !unknown);
}

static const struct {
    const char *set, *globs; /* NULL: can't be said */
} written[] = {
    {"/a /b/*", "/a /b/*"},
    {"any", "/{,**}"},
    {"/a/** /b/** - /b/c", "/a/** /b/{[^/c],c{?,/}}**"},
    {"/a/b /a/c - /a/b", "/a/c"},
    {"/a/* - /**", ""},
    {"/ab/** - /ab/cd/**", "/ab/{[^/c]**,c{,[^d]**,d{,?**,/}}}"},
    {"/a/** - /a/**.c", "/a/{[^./]{,**[^c],{,**[^.]}c},.{,**[^c],**[^.]c}}"},
    {"/a/*/** - /a/*/b", "/a/*/{[^/b],b{?,/}}**"},
    {"/dev/@{x} - /etc/**", "/dev/@{x}"},
    {"/dev/** - /dev/@{x}", NULL},
    {"/dev/@{x} - /dev/sda", NULL},
    {"/** - /**/a/**", NULL},
};

static const char *joined(const char *const *globs, size_t n) {
    const char *text = n ? globs[0] : "";
    for (size_t i = 1; i < n; i++)
        text = arena_printf(arena, "%s %s", text, globs[i]);
    return text;
}

static const struct pathset *read_back(const char *const *globs, size_t n) {
    const struct glob **in = arena_alloc(arena, n * sizeof *in);
    for (size_t i = 0; i < n; i++) {
        const char *error;
        size_t at;
        in[i] = glob_parse_apparmor(arena, globs[i], &error, &at);
        check_failures += !in[i];
    }
    struct pathset *set = ARENA_NEW(arena, struct pathset);
    *set = (struct pathset){.in = in, .n_in = n};
    return set;
}

static void check_written(void) {
    const char *const *globs;
    size_t n;
    for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
        bool said = pathset_as_globs(arena, set_of(written[i].set), 10000, &globs, &n) == 0;
        const char *text = said ? joined(globs, n) : "(nothing)";
        report(written[i].globs ? said && strcmp(text, written[i].globs) == 0 : !said, text, written[i].set);
    }
    CHECK(pathset_as_globs(arena, set_of("/ab/** - /ab/cd/**"), 10, &globs, &n) == -1);
    CHECK(pathset_complement_as_globs(arena, set_of("any"), 10000, &globs, &n) == 0 && n == 0);
    const struct pathset *set = set_of("/etc/** /a - /etc/x*"), *outside[] = {set, NULL};
    CHECK(pathset_complement_as_globs(arena, set, 10000, &globs, &n) == 0 && n == 2);
    outside[1] = read_back(globs, n);
    bool unknown;
    CHECK(!pathset_example(arena, outside, 2, NULL, 0, &unknown) && !unknown);
    CHECK(!pathset_example(arena, NULL, 0, outside, 2, &unknown) && !unknown);
}

/* Eighteen names, the way that a runtime's default keeps sysctls: deep, and alike at their beginnings. */
static void check_sysctls(void) {
    const char *text = "/proc/sys/** -";
    static const char *const groups[] = {"kernel/", "net/ipv4/", "fs/mqueue/"};
    static const char *const names[] = {"msgmax",           "msgmnb",          "ip_forward",
                                        "ping_group_range", "shm_rmid_forced", "sem"};
    for (size_t i = 0; i < 18; i++)
        text = arena_printf(arena, "%s /proc/sys/%s%s", text, groups[i % 3], names[i / 3]);
    const struct pathset *set = set_of(text);
    const char *const *globs;
    size_t n;
    clock_t start = clock();
    CHECK(pathset_as_globs(arena, set, 4500, &globs, &n) == 0 && n == 1);
    CHECK(clock() - start < CLOCKS_PER_SEC / 2);
    const struct pathset *again = read_back(globs, n);
    CHECK(pathset_subset(arena, set, again) == GLOB_YES && pathset_subset(arena, again, set) == GLOB_YES);
}

/* What containerd denies in its AppArmor profile, and a policy on top. */
static const char *const containerd_globs[] = {
    "/proc/*",
    "/proc/{[^1-9/],[^1-9/][^0-9/],[^1-9s/][^0-9y/][^0-9s/],[^1-9/][^0-9/][^0-9/][^0-9/]*}/**",
    "/proc/sys/[^k]**",
    "/proc/sys/kernel/{?,??,[^s][^h][^m]**}",
    "/proc/sysrq-trigger",
    "/proc/mem",
    "/proc/kmem",
    "/proc/kcore",
    "/sys/[^f]*/**",
    "/sys/f[^s]*/**",
    "/sys/fs/[^c]*/**",
    "/sys/fs/c[^g]*/**",
    "/sys/fs/cg[^r]*/**",
    "/sys/firmware/**",
    "/sys/devices/virtual/powercap/**",
    "/sys/kernel/security/**",
    "/proc/acpi{,/**}",
    "/proc/asound{,/**}",
    "/proc/interrupts",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/proc/sched_debug",
    "/proc/scsi{,/**}",
    "/proc/bus{,/**}",
    "/proc/fs{,/**}",
    "/proc/irq{,/**}",
    "/proc/sys{,/**}",
    "/etc/**",
    "/etc/passwd",
    "/etc/shadow{,-}",
    "/var/lib/**",
    "/var/lib/node-cache/**",
    "/{,var/}run/secrets/kubernetes.io/serviceaccount/**",
    "/{,usr/}bin/{,ba,da,z}sh",
    "/{,**/}busybox",
    "/{,**/}{wget,curl,chmod,su,sudo}",
    "/{,**/}{containerd,docker,crio}.sock",
    "/{,**/}.ssh/**",
    "/{,**/}skills/**",
    "/sys/fs/cgroup/{,**/}release_agent",
    "/dev/{sd,vd,nvme}[a-z0-9]*",
    "/dev/kvm",
    "/dev/shm/**",
    "/tmp/**",
    "/home/*/.bashrc",
    "/proc/{self,[0-9]*}/mem",
    "/proc/**/mountinfo",
    "/proc/[0-9]*/root/**",
    "/usr/lib/**.so*",
    "/lib/modules/**",
    "/boot/**",
    "/root/**",
    "/opt/app/{bin,lib}/**",
    "/srv/www/*.html",
    "/var/log/*.log",
    "/var/run/*.pid",
    "/run/k3s/**",
    "/a/b/c",
};
enum { N_CONTAINERD = sizeof containerd_globs / sizeof *containerd_globs };

struct seen {
    const struct glob *globs[N_CONTAINERD];
    VEC(uint64_t) cells;
    bool right, distinct;
};

static uint64_t cell_of(const struct seen *seen, const char *path) {
    uint64_t cell = 0;
    for (size_t i = 0; i < N_CONTAINERD; i++)
        cell |= (uint64_t)glob_match(seen->globs[i], path) << i;
    return cell;
}

static bool has_cell(const struct seen *seen, uint64_t cell) {
    for (size_t i = 0; i < seen->cells.n; i++)
        if (seen->cells.items[i] == cell)
            return true;
    return false;
}

static void see(void *context, const char *path, const uint64_t *matched) {
    struct seen *seen = context;
    seen->right &= cell_of(seen, path) == matched[0];
    seen->distinct &= !has_cell(seen, matched[0]);
    vec_push(arena, &seen->cells, matched[0]);
}

static void check_cells(void) {
    static struct seen seen = {.right = true, .distinct = true};
    for (size_t i = 0; i < N_CONTAINERD; i++)
        seen.globs[i] = parse(containerd_globs[i]);
    clock_t start = clock();
    int n = glob_cells(arena, seen.globs, N_CONTAINERD, 100000, see, &seen);
    double ms = (double)(clock() - start) * 1000 / CLOCKS_PER_SEC;
    printf("# %d cells in %.0f ms\n", n, ms);
    CHECK(n > N_CONTAINERD && seen.right && seen.distinct);
    size_t outside = 0, matching = 0, all = 0;
    for (size_t i = 0; i < N_CONTAINERD; i++) {
        const char *paths[300];
        size_t n_paths = glob_boundary(arena, seen.globs[i], paths, 300);
        for (size_t j = 0; j < n_paths; j++) {
            outside += !has_cell(&seen, cell_of(&seen, paths[j]));
            matching += glob_match(seen.globs[i], paths[j]);
        }
        all += n_paths;
    }
    CHECK(outside == 0);
    CHECK(all > 20 * N_CONTAINERD && matching > all / 10 && matching < all);
    seen.cells.n = 0;
    CHECK(glob_cells(arena, seen.globs, N_CONTAINERD, 5, see, &seen) == 5 && seen.cells.n == 5);
}

int main(void) {
    arena = arena_new();
    check_errors();
    check_texts();
    check_plain();
    check_matches();
    check_relations();
    check_beginnings();
    check_examples();
    check_written();
    check_sysctls();
    check_cells();
    arena_free(arena);
    return check_done();
}
