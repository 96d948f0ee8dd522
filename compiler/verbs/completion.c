#include "completion.h"

#include "library.h"
#include "session.h"
#include "topics.h"
#include "words.h"
#include <string.h>

const struct run_option run_options[] = {
#define RUN_OPTION(id, name, argument, help) {name, argument, help},
#include "run_options.def"
#undef RUN_OPTION
};
const size_t run_options_count = sizeof run_options / sizeof *run_options;

/* ---- lists of words ---- */

static void add_word(struct buf *out, const char *word) {
    buf_printf(out, "%s%s", out->len ? " " : "", word);
}

static void visit_name(void *out, const char *name) {
    add_word(out, name);
}

static void add_names(struct compilation *c, struct buf *out) {
    topics_each(c, &(struct topic_visit){visit_name, out});
}

static void add_categories(struct compilation *c, struct buf *out) {
    (void)c;
    for (int i = 0; words_name(WORD_CATEGORY, i); i++)
        add_word(out, words_name(WORD_CATEGORY, i));
}

static void add_enforcers(struct compilation *c, struct buf *out) {
    (void)c;
    for (size_t i = 0; i < backends_count; i++)
        add_word(out, backends[i]->name);
}

static void add_codes(struct compilation *c, struct buf *out) {
    for (size_t i = 0; i < diag_rows_count; i++)
        add_word(out, arena_printf(c->arena, "VPL%04u", diag_rows[i].code));
}

/* What the placeholders of verbs.def and options.def stand for; others stand for what only the user knows. */
static const struct {
    const char *placeholder;
    void (*add)(struct compilation *c, struct buf *out);
    struct completion is;
} sources[] = {
    {"NAME", add_names, {.kind = COMPLETE_WORDS}},
    {"CODE", add_codes, {.kind = COMPLETE_WORDS}},
    {"CATEGORY", add_categories, {.kind = COMPLETE_WORDS}},
    {"ENFORCER", add_enforcers, {.kind = COMPLETE_WORDS}},
    {"FILE", NULL, {.kind = COMPLETE_FILES, .suffix = ".vpl"}},
    {"MANIFEST", NULL, {.kind = COMPLETE_FILES, .suffix = ""}},
    {"PATH", NULL, {.kind = COMPLETE_FILES, .suffix = ""}},
    {"BUNDLE", NULL, {.kind = COMPLETE_FILES, .suffix = ".bin"}},
    {"DIR", NULL, {.kind = COMPLETE_FOLDERS}},
};

/* An argument as the tables write it, without its brackets and dots. */
static struct completion of_argument(struct compilation *c, const char *argument, size_t n) {
    struct completion is = {COMPLETE_NOTHING, NULL, NULL};
    struct buf words BUF_CLEANUP = {0};
    while (n && strchr("[=", *argument))
        argument++, n--;
    n = strcspn(argument, "]\xe2 ") < n ? strcspn(argument, "]\xe2 ") : n; /* \xe2: the … of several */
    char *text = arena_strndup(c->arena, argument, n);
    if (strchr(text, '|')) {
        for (char *p = text; *p; p++)
            *p = *p == '|' ? ' ' : *p;
        return (struct completion){COMPLETE_WORDS, text, NULL};
    }
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (strcmp(sources[i].placeholder, text) == 0) {
            is = sources[i].is;
            if (sources[i].add)
                sources[i].add(c, &words);
        }
    if (is.kind == COMPLETE_WORDS)
        is.words = arena_strdup(c->arena, buf_text(&words));
    return is;
}

struct completion completion_option(struct compilation *c, const struct option_row *row, enum verb verb) {
    struct buf values BUF_CLEANUP = {0};
    const char *argument = options_argument(row, verb, &values);
    return argument ? of_argument(c, argument, strlen(argument)) : (struct completion){0};
}

bool completion_takes_several(enum verb verb) {
    return strstr(verb_rows[verb].arguments, "…") != NULL;
}

struct completion completion_operand(struct compilation *c, enum verb verb, unsigned index) {
    const char *p = verb_rows[verb].arguments;
    while (index && !completion_takes_several(verb) && *p) {
        p += strcspn(p, " ");
        p += *p == ' ';
        index--;
    }
    return *p && *p != '-' ? of_argument(c, p, strcspn(p, " ")) : (struct completion){0};
}

bool completion_is_optional(const struct option_row *row) {
    return row->argument && *row->argument == '[';
}

struct completion completion_run_option(const struct run_option *option) {
    if (!option->argument)
        return (struct completion){0};
    if (strcmp(option->name, "policy") == 0)
        return (struct completion){.kind = COMPLETE_FILES, .suffix = ".bin"};
    if (strcmp(option->name, "allow-missing") == 0)
        return (struct completion){.kind = COMPLETE_WORDS, .words = "apparmor pod apparmor,pod"};
    return (struct completion){0};
}

/* ---- the verb ---- */

static const struct {
    const char *name;
    void (*print)(struct buf *out, struct compilation *c);
} shells[] = {{"bash", completion_bash}, {"zsh", completion_zsh}, {"fish", completion_fish}};

static int completion(struct compilation *c, const struct options *o) {
    struct buf out BUF_CLEANUP = {0};
    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
        if (strcmp(o->name, shells[i].name) == 0) {
            shells[i].print(&out, c);
            fputs(buf_text(&out), stdout);
            return EXIT_OK;
        }
    fprintf(stderr, "vplc: there is completion for bash, zsh and fish, not for `%s`\n", o->name);
    return EXIT_USAGE;
}

int verb_completion(struct options *options) {
    return session_run(options, completion);
}
