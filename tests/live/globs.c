/* Globs against a real apparmor_parser: is its automaton of a glob ours, for every string of bytes?
 *   globs profiles       prints a profile for each test: compile them with apparmor_parser -S
 *   globs compare FILE   walks both automata side by side, a line `ok - …` or `not ok - …` for each test
 *   globs refused        prints texts that we refuse as AppArmor's, a line each: the parser has to refuse
 * them too The tests are the same in each run: tables, then globs and sets from a generator with a fixed
 * seed. */
#include "aadfa.h"
#include "glob_dfa.h"
#include <stdlib.h>
#include <string.h>

enum { RANDOM_GLOBS = 400, RANDOM_SETS = 300, MAX_TEXTS = 60, MAX_GLOBS = 400, MAX_BYTES = 60000 };

/* VPL's paths; the normalised text goes to the parser. */
static const char *const globs[] = {
    "/a",
    "/*",
    "/**",
    "/a/*",
    "/a/**",
    "/a/*/",
    "/a/*/b",
    "/a/**/b",
    "/a/***",
    "/a/**/**/*",
    "/a*/b**",
    "/{,**}",
    "/a{,/**}",
    "/a{/*,b}",
    "/a{/*,b}/c",
    "/a/{*,b}",
    "/a/{*,b}/c",
    "/a/{*}",
    "/a/{**,b}/",
    "/?",
    "/?*",
    "/a/?**/b",
    "/a/[^b]",
    "/a/[^b/]*",
    "/a/[^/]**",
    "/[a-fx]",
    "/[-a]",
    "/[a\\-z]",
    "/[\\^a]",
    "/[a^]",
    "/[^^]",
    "/[^\\^-]",
    "/[\\]\\[]",
    "/[^\\]]",
    "/[*?]",
    "/[\\\\]",
    "/[,{}]",
    "/{[,],[}]}x",
    "/[{@]",
    "/[.+|()$\"]x",
    "/\\*\\?\\[\\]\\{\\}\\\\\\^\\@\\\"\\,",
    "/x,y{a\\,b,c}",
    "/.+|()$^#!=: 'x",
    "/@",
    "/@*",
    "/\\@{a,b}",
    "/@\\{a\\}",
    "/a^b",
    "/\xc3\xa9*[\xc3\xa9]",
    "/[\x80-\xff]",
    "/[^\x80-\xbf]**",
    "/a//b",
    "//a",
    "/a/{/b,c}",
    "{/a/,/b}/c",
    "{,/a}/b",
    "/x{a,b/}{c,/d}",
    "/x{a,b/}{c,/d}{,/}/e",
    "/{a,{b,c{d,{e,{f,{g,{h,{i,j}}}}}}}}",
    "/{,a}{,b}{,c}",
    "/{}a",
    "/proc/*",
    "/proc/{[^1-9/],[^1-9/][^0-9/],[^1-9s/][^0-9y/][^0-9s/],[^1-9/][^0-9/][^0-9/][^0-9/]*}/**",
    "/proc/sys/[^k]**",
    "/proc/sys/kernel/{?,??,[^s][^h][^m]**}",
    "/sys/[^f]*/**",
    "/sys/fs/cg[^r]*/**",
    "/**/{containerd,docker,crio}.sock",
    "/{,usr/}bin/{,ba,da,z}sh",
};

/* AppArmor's own texts, as they stand between the quotes. */
static const char *const raw_texts[] = {
    "/a\\101b",
    "/\\x41\\d066*",
    "/a\\052b",
    "/\\a\\e\\f\\n\\r\\t",
    "/\\134x",
    "/\\\"x",
    "/a//b///c",
    "//a//*",
    "/a/{/b,c}/d",
    "/a{b,/}/c",
    "/a/\\/*",
    "/a\\/*",
    "/a/{*,b}/c",
    "/{a,b{c,d}}[^e]**",
    "/a\\,{b\\,c,}",
    "/\\q\\z",
    "/[\\]a]\\*",
    "/[\\\\a]",
    "/[a^]",
    "/[^^a]",
    "/[-x]",
    "/[{},]",
    "/a\\054b{x\\054,}",
    "/\\400",
    "/\\x4g\\d3",
    "/[\\101-\\103]",
    "/a/*\\x2f",
    "/a\\056",
    "/a?\\??",
    "/[/]*",
};

static const char *const refused[] = {
    "/a[",  "/a[]", "/a[^]", "/[a-",     "/a{",   "/a{b",     "/a{b}",
    "/a{}", "/a]",  "/a}",   "/a{b,c}}", "/[a]]", "/{a,{b}}",
};

/* Sets: the `in` globs, "-", the `out` globs. Read backwards where a word ends in "!": its complement. */
static const char *const sets[] = {
    "/var/lib/** - /var/lib/node-cache/**",
    "/** - /etc/passwd /etc/shadow",
    "/{,**} - / /a/",
    "/a/** - /a/**.c",
    "/a/** - /a/x/** /a/**.c",
    "/a/* - /a/*.conf /a/b",
    "/a/** - /a/*.conf",
    "/** - /home/*/.ssh/**",
    "/**/.ssh/** - /home/x/.ssh/** /root/**",
    "/**/.ssh/** - /**.pub",
    "/proc/** - /proc/**/mounts /proc/self/mem",
    "/dev/** - /dev/{null,zero,full,random,urandom,tty} /dev/pts/* /dev/shm/**",
    "/etc/** /usr/** - /etc/ssl/** /usr/share/*/locale/**",
    "/{a,b}{c,d}/** - /ac/x{y,z}* /bd/**/",
    "/proc/sys/** - /proc/sys/kernel/{shm*,msg*,sem} /proc/sys/fs/mqueue/** /proc/sys/net/**",
    "/a/** - /a/[0-9]* /a/?",
    "/\xc3\xa9/** - /\xc3\xa9/\xc3\xa8",
    "/a/** - /a/-^@\\{,\\}\\]\\[",
    "/a/** - /a/0123456789012345678901234567890123456789012345678901234567890123456789",
    "/proc/sys/** - /proc/sys/kernel/ns_last_pid /proc/sys/kernel/msgmax /proc/sys/kernel/msgmnb "
    "/proc/sys/kernel/msgmni /proc/sys/kernel/sem /proc/sys/kernel/shmall /proc/sys/kernel/shmmax "
    "/proc/sys/kernel/shmmni /proc/sys/kernel/shm_rmid_forced /proc/sys/net/core/somaxconn "
    "/proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/ping_group_range "
    "/proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/net/ipv4/ip_local_port_range "
    "/proc/sys/net/ipv4/tcp_keepalive_time /proc/sys/net/ipv4/tcp_fin_timeout "
    "/proc/sys/net/ipv4/tcp_syncookies "
    "/proc/sys/fs/mqueue/msg_max",
    "! /etc/** - /etc/passwd",
    "! /proc/** /sys/**",
    "! /a /b/* - /b/c",
};

struct test {
    char *label;
    char profile[16];
    struct pathset set;
    bool paths_only; /* compare on paths, in which no '/' follows another */
    const char *texts[MAX_TEXTS];
    size_t n_texts;
    bool raw; /* the text is AppArmor's already */
    bool random;
    bool complement;
};

static struct arena *arena;
static VEC(struct test) tests;

static const struct glob *parse(const char *text) {
    const char *error;
    size_t at;
    return glob_parse(arena, text, &error, &at);
}

static struct test *add_test(const char *label) {
    vec_push(arena, &tests, ((struct test){.label = arena_strdup(arena, label)}));
    struct test *test = &tests.items[tests.n - 1];
    snprintf(test->profile, sizeof test->profile, "t%zu", tests.n);
    return test;
}

static bool add_glob(const char *text, const struct glob *glob, const char *apparmor, bool raw) {
    if (!glob || glob_has_variable(glob))
        return false;
    struct test *test = add_test(text);
    const struct glob **in = arena_alloc(arena, sizeof *in);
    *in = glob;
    test->set = (struct pathset){.in = in, .n_in = 1};
    test->texts[test->n_texts++] = apparmor ? apparmor : glob_text(glob);
    test->raw = raw;
    return true;
}

static bool add_set(const char *label) {
    const struct glob **globs_of[2];
    size_t n[2] = {0}, which = 0;
    for (int i = 0; i < 2; i++)
        globs_of[i] = arena_alloc(arena, MAX_GLOBS * sizeof **globs_of);
    bool complement = false;
    char *words = arena_strdup(arena, label);
    for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
        if (strcmp(word, "!") == 0)
            complement = true;
        else if (strcmp(word, "-") == 0)
            which = 1;
        else if (n[which] < MAX_GLOBS && !(globs_of[which][n[which]++] = parse(word)))
            return false;
    struct pathset set = {.in = globs_of[0], .n_in = n[0], .out = globs_of[1], .n_out = n[1]};
    const char *const *texts;
    size_t n_texts;
    if ((complement ? pathset_complement_as_globs : pathset_as_globs)(arena, &set, MAX_BYTES, &texts,
                                                                      &n_texts) < 0 ||
        n_texts > MAX_TEXTS)
        return false;
    struct test *test = add_test(label);
    test->set = set;
    test->paths_only = true;
    test->complement = complement;
    if (n_texts)
        memcpy(test->texts, texts, n_texts * sizeof *texts);
    test->n_texts = n_texts;
    return true;
}

/* Random tests. */

static uint64_t seed = 0x2545F4914F6CDD1D;

static unsigned draw(unsigned n) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed >> 33) % n;
}

static void add_random_text(struct buf *out, unsigned length, unsigned depth, bool stars) {
    static const char *const atoms[] = {
        "a",    "b",     "c",     "a", "b",  "/",    "/",     "/",    "ab", ".c",  "*",       "?", "[ab]",
        "[^a]", "[^a/]", "[^b/]", "*", "**", "/**/", "{a,b}", "{,/}", "-",  "\\*", "[a-c^-]", "@"};
    while (length--) {
        if (depth < 3 && draw(6) == 0) {
            unsigned n = 2 + draw(2);
            for (unsigned i = 0; i < n; i++) {
                buf_add_char(out, i ? ',' : '{');
                add_random_text(out, draw(4), depth + 1, stars);
            }
            buf_add_char(out, '}');
            continue;
        }
        const char *atom = atoms[draw(sizeof atoms / sizeof *atoms)];
        buf_add(out, strchr(atom, '*') && !stars ? "a" : atom);
    }
}

static const char *random_glob(unsigned length, bool stars) {
    struct buf text BUF_CLEANUP = {0};
    buf_add_char(&text, '/');
    add_random_text(&text, length, 0, stars);
    return arena_strdup(arena, buf_text(&text));
}

static void add_random_tests(void) {
    for (size_t n = 0; n < RANDOM_GLOBS;) {
        const char *text = random_glob(1 + draw(7), true);
        n += add_glob(text, parse(text), NULL, false);
        tests.items[tests.n - 1].random = true;
    }
    static const char *const ins[] = {"/**",    "/a/**",     "/{,**}",  "/a/*",
                                      "/a*/**", "/{a,b}/**", "/a/*/**", "/*"};
    for (size_t n = 0; n < RANDOM_SETS;) {
        const char *label =
            arena_printf(arena, "%s%s -", draw(5) ? "" : "! ", ins[draw(sizeof ins / sizeof *ins)]);
        for (unsigned outs = 1 + draw(3); outs > 0; outs--)
            label =
                arena_printf(arena, "%s %s%s", label, draw(2) ? "/a" : "", random_glob(1 + draw(5), draw(2)));
        n += add_set(label);
        tests.items[tests.n - 1].random = true;
    }
}

static void make_tests(void) {
    for (size_t i = 0; i < sizeof globs / sizeof *globs; i++)
        if (!add_glob(globs[i], parse(globs[i]), NULL, false))
            printf("not ok - %s is refused\n", globs[i]);
    for (size_t i = 0; i < sizeof raw_texts / sizeof *raw_texts; i++) {
        const char *error;
        size_t at;
        if (!add_glob(raw_texts[i], glob_parse_apparmor(arena, raw_texts[i], &error, &at), raw_texts[i],
                      true))
            printf("not ok - %s is refused: %s\n", raw_texts[i], error);
    }
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        if (!add_set(sets[i]))
            printf("not ok - %s has no text\n", sets[i]);
    const char *many = "/var/lib/** -"; /* too long for one string of the parser's */
    for (unsigned i = 0; i < 300; i++)
        many = arena_printf(arena, "%s /var/lib/app-%u/data-%u", many, i * 7919 % 1000, i * 104729 % 1000);
    if (!add_set(many) || tests.items[tests.n - 1].n_texts < 2)
        printf("not ok - 300 names out of /var/lib have no text, or only one\n");
    tests.items[tests.n - 1].label = arena_strdup(arena, "300 names out of /var/lib/**");
    add_random_tests();
}

static void print_profiles(void) {
    struct buf out BUF_CLEANUP = {0};
    for (size_t i = 0; i < tests.n; i++) {
        buf_printf(&out, "profile %s {\n  capability chown,\n", tests.items[i].profile);
        for (size_t j = 0; j < tests.items[i].n_texts; j++) {
            buf_add(&out, "  ");
            if (tests.items[i].raw)
                buf_printf(&out, "\"%s\"", tests.items[i].texts[j]);
            else
                buf_add_apparmor_quoted(&out, tests.items[i].texts[j]);
            buf_add(&out, " r,\n");
        }
        buf_add(&out, "}\n");
    }
    fputs(buf_text(&out), stdout);
}

/* Both automata, side by side. */

struct pair {
    int ours;
    uint32_t theirs;
    size_t parent;
    unsigned char byte;
};

static bool we_match(struct dfa *dfa, const struct test *test, int state, struct outlook *of_globs) {
    bool in = false, out = false;
    dfa_outlooks(dfa, state, of_globs);
    for (size_t i = 0; i < dfa->n_globs; i++)
        *(i < test->set.n_in ? &in : &out) |= of_globs[i].now;
    return (in && !out) != test->complement;
}

static const char *text_of(const struct pair *pairs, size_t i) {
    const char *text = "";
    for (; i; i = pairs[i].parent)
        text = arena_printf(arena, "%c%s", pairs[i].byte, text);
    return text;
}

struct comparison {
    struct arena *scratch;
    struct dfa ours;
    const struct aadfa *theirs;
    VEC(unsigned char) bytes; /* one of each kind that either tells apart */
    VEC(struct pair) pairs;
    size_t *table; /* of pair numbers + 1, by hash */
    size_t table_size;
    bool too_big;
};

static void choose_bytes(struct comparison *c) {
    const struct aadfa_table *classes = &c->theirs->file.tables[AADFA_CLASSES];
    for (unsigned byte = 1; byte < 256; byte++) {
        bool known = false;
        for (unsigned before = 1; before < byte && !known; before++)
            known = c->ours.class_of[before] == c->ours.class_of[byte] && classes->data &&
                    classes->data[before] == classes->data[byte];
        if (!known)
            vec_push(c->scratch, &c->bytes, (unsigned char)byte);
    }
}

static void add_pair(struct comparison *c, struct pair pair) {
    if (c->pairs.n * 2 >= c->table_size) {
        size_t n = c->pairs.n;
        c->table_size = c->table_size ? c->table_size * 4 : 1024;
        c->table = arena_alloc(c->scratch, c->table_size * sizeof *c->table);
        c->pairs.n = 0;
        for (size_t i = 0; i < n; i++)
            add_pair(c, c->pairs.items[i]);
    }
    size_t at = ((size_t)pair.ours * 2654435761u + pair.theirs) % c->table_size;
    for (; c->table[at]; at = (at + 1) % c->table_size) {
        const struct pair *old = &c->pairs.items[c->table[at] - 1];
        if (old->ours == pair.ours && old->theirs == pair.theirs)
            return;
    }
    vec_push(c->scratch, &c->pairs, pair);
    c->table[at] = c->pairs.n;
}

static void follow(struct comparison *c, size_t i) {
    for (size_t j = 0; j < c->bytes.n; j++) {
        unsigned char byte = c->bytes.items[j];
        struct pair from = c->pairs.items[i], to = {.parent = i, .byte = byte};
        if (i == 0 && c->ours.paths_only && byte != '/')
            continue;
        to.ours = dfa_step(&c->ours, from.ours, c->ours.class_of[byte]);
        to.theirs = aadfa_walk(&c->theirs->file, from.theirs, &byte, 1);
        c->too_big |= to.ours == DFA_FULL;
        if (to.ours >= 0)
            add_pair(c, to);
    }
}

/* A string on which the profile and the test differ, or NULL. */
static const char *difference(const struct test *test, const struct aadfa *theirs) {
    struct comparison c = {.scratch = arena_new(), .theirs = theirs};
    size_t n = test->set.n_in + test->set.n_out;
    struct dfa_glob *of = arena_alloc(c.scratch, n * sizeof *of);
    for (size_t i = 0; i < n; i++)
        of[i].glob = i < test->set.n_in ? test->set.in[i] : test->set.out[i - test->set.n_in];
    dfa_init(&c.ours, c.scratch, of, n, test->paths_only, 1000000);
    struct outlook *of_globs = arena_alloc(c.scratch, (n + 1) * sizeof *of_globs);
    choose_bytes(&c);
    add_pair(&c, (struct pair){.ours = DFA_START, .theirs = theirs->file.start});
    const char *found = NULL;
    for (size_t i = 0; i < c.pairs.n && !found; i++) {
        bool them = aadfa_accept(&theirs->file, c.pairs.items[i].theirs) & AADFA_READ;
        if (i > 0 && we_match(&c.ours, test, c.pairs.items[i].ours, of_globs) != them)
            found = text_of(c.pairs.items, i);
        follow(&c, i);
    }
    arena_free(c.scratch);
    return c.too_big ? "(not all compared)" : found;
}

static void compare(const void *bytes, size_t n) {
    size_t random = 0;
    for (size_t i = 0; i < tests.n; i++) {
        struct test *test = &tests.items[i];
        struct aadfa theirs;
        struct err err;
        if (aadfa_load(&theirs, bytes, n, test->profile, &err) < 0) {
            printf("not ok - %s: %s\n", test->label, err.text);
            continue;
        }
        const char *differs = difference(test, &theirs);
        random += !differs && test->random;
        if (differs)
            printf("not ok - %s: as %s differs on %s\n", test->label,
                   test->n_texts ? test->texts[0] : "(nothing)", differs);
        else if (!test->random)
            printf("ok - %s\n", test->label);
    }
    printf("%s - %zu of %d random globs and sets\n", random == RANDOM_GLOBS + RANDOM_SETS ? "ok" : "not ok",
           random, RANDOM_GLOBS + RANDOM_SETS);
}

static void print_refused(void) {
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        const char *error;
        size_t at;
        if (glob_parse_apparmor(arena, refused[i], &error, &at))
            printf("not ok - %s is accepted\n", refused[i]);
        else
            puts(refused[i]);
    }
}

int main(int argc, char **argv) {
    arena = arena_new();
    const char *command = argc > 1 ? argv[1] : "";
    if (strcmp(command, "refused") == 0) {
        print_refused();
        return 0;
    }
    make_tests();
    if (strcmp(command, "profiles") == 0)
        print_profiles();
    else if (strcmp(command, "compare") == 0 && argc == 3) {
        FILE *file FILE_CLEANUP = fopen(argv[2], "rb");
        static char bytes[1 << 24];
        if (!file)
            return 1;
        compare(bytes, fread(bytes, 1, sizeof bytes, file));
    } else
        return 2;
    arena_free(arena);
    return 0;
}
