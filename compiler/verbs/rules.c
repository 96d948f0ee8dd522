#include "library.h"
#include "markdown.h"
#include "session.h"
#include "suggest.h"
#include "words.h"
#include <string.h>

struct entry {
    const struct library_rule *rule;
    struct library_answer answer;
    const char *holders;
};

struct list {
    struct entry *items;
    size_t n, all, wanted; /* items; all rules there are; those of the category */
    bool counted;          /* --enforcer's output is one that counts there */
};

static bool counts(const struct report *report, const char *output) {
    for (size_t i = 0; output && i < report->n_columns; i++)
        if (report->counts[i] && strcmp(report->columns[i]->name, output) == 0)
            return true;
    return false;
}

static bool is_wanted(const struct options *o, const struct library_rule *rule) {
    return !o->category || strcmp(o->category, rule->category) == 0;
}

/* In a container the filter is the runtime's, in a column of its own. */
static const char *column_of(const struct options *o) {
    bool filter = o->enforcer && strcmp(o->enforcer, "seccomp") == 0;
    return filter && o->where != WHERE_PROCESS ? "oci" : o->enforcer;
}

static void collect(struct compilation *c, const struct options *o, struct list *list) {
    struct library library;
    const char *enforcer = column_of(o);
    library_read(c, o, &library);
    list->all = library.n;
    list->items = arena_alloc(c->arena, (library.n + 1) * sizeof *list->items);
    for (size_t i = 0; i < library.n; i++) {
        struct entry *e = &list->items[list->n];
        struct buf holders BUF_CLEANUP = {0};
        e->rule = &library.rules[i];
        if (!is_wanted(o, e->rule))
            continue;
        library_ask(c, o, e->rule, &e->answer);
        list->wanted++;
        list->counted |= counts(&e->answer.report, o->enforcer);
        library_print_holders(&holders, &e->answer, false);
        e->holders = arena_strdup(c->arena, buf_text(&holders));
        list->n += (!enforcer && o->where != WHERE_PRIVILEGED) || library_holds(&e->answer, enforcer);
    }
}

static const char *title_of(const struct library_rule *rule) {
    return *rule->category ? rule->category : "no category";
}

static void print_table(const struct list *list, struct buf *out) {
    int name = 0, holders = 0;
    bool part = false, privileged = false;
    for (size_t i = 0; i < list->n; i++) {
        const struct entry *e = &list->items[i];
        int n = (int)strlen(e->rule->name), h = (int)strlen(e->holders);
        name = n > name ? n : name;
        holders = h > holders ? h : holders;
        part |= strchr(e->holders, '(') != NULL;
        privileged |= e->rule->applies_privileged;
    }
    for (size_t i = 0; i < list->n; i++) {
        const struct entry *e = &list->items[i];
        if (!i || strcmp(e->rule->category, e[-1].rule->category) != 0)
            buf_printf(out, "%s%s\n", i ? "\n" : "", title_of(e->rule));
        buf_printf(out, "  %-*s %c %-*s  %s\n", name, e->rule->name, e->rule->applies_privileged ? '*' : ' ',
                   holders, e->holders, e->rule->summary);
    }
    if (part || privileged)
        buf_printf(out, "\n%s%s%s\n", part ? "(in brackets: holds a part of it)" : "",
                   part && privileged ? "   " : "",
                   privileged ? "(*: of use on privileged containers only)" : "");
}

/* An empty table is no answer. */
static void print_why_none(const struct options *o, const struct list *list, struct buf *out) {
    static const char *const places[WHERE_COUNT] = {[WHERE_PROCESS] = "a plain process",
                                                    [WHERE_CONTAINER] = "a container",
                                                    [WHERE_PRIVILEGED] = "a privileged container"};
    if (!list->all)
        buf_printf(out, "%s has no rules of its own; `vplc rules` alone lists the library's\n", o->file);
    else if (!list->wanted)
        buf_printf(out, "%s has no rules of the category `%s`\n", o->file ? o->file : "the library",
                   o->category);
    else if (!o->enforcer)
        buf_printf(out, "no such rule is held in %s\n", places[o->where]);
    else if (!list->counted)
        buf_printf(out, "`%s` has nothing to say of %s: --for asks about another place\n", o->enforcer,
                   places[o->where]);
    else
        buf_printf(out, "no such rule is held by `%s`\n", o->enforcer);
}

/* ---- Markdown ---- */

static void add_rows(const struct list *list, struct buf *out) {
    for (size_t i = 0; i < list->n; i++) {
        const struct entry *e = &list->items[i];
        if (!i || strcmp(e->rule->category, e[-1].rule->category) != 0)
            buf_printf(out, "\n## %s\n\n| rule | held by | |\n|---|---|---|\n", title_of(e->rule));
        buf_printf(out, "| [%s](#%s)%s | %s | ", e->rule->name, e->rule->name,
                   e->rule->applies_privileged ? " ⁺" : "", e->holders);
        markdown_escape(out, e->rule->summary, true);
        buf_add(out, " |\n");
    }
}

static void add_parts(const struct ast *rule, const char *prefix, struct buf *out) {
    for (const struct ast *part = rule->first; part; part = part->next) {
        struct buf name BUF_CLEANUP = {0};
        if (part->kind != NODE_RULE)
            continue;
        buf_printf(&name, "%s%s", prefix, part->text);
        buf_printf(out, "- part `%s`%s", buf_text(&name), part->doc ? ": " : "");
        markdown_escape(out, part->doc ? part->doc : "", true);
        buf_add_char(out, '\n');
        buf_add_char(&name, '.');
        add_parts(part, buf_text(&name), out);
    }
}

static void add_links(const struct ast *rule, struct buf *out) {
    const char *before = "- see ";
    for (const struct ast *line = rule->first; line; line = line->next)
        for (const struct ast *see = line->kind == NODE_SEE ? line->first : NULL; see; see = see->next) {
            buf_printf(out, strstr(see->text, "://") ? "%s<%s>" : "%s%s", before, see->text);
            before = ", ";
        }
    buf_add(out, *before == ',' ? "\n" : "");
}

static void add_target(const struct library_rule *rule, struct buf *out) {
    const char *doc = library_alias_doc(rule);
    if (!*doc)
        return;
    buf_printf(out, "- of [%s](#%s): ", rule->rule->text, rule->rule->text);
    markdown_escape(out, doc, true);
    buf_add_char(out, '\n');
}

static void add_rule(struct compilation *c, const struct entry *e, struct buf *out) {
    const struct library_rule *rule = e->rule;
    struct buf signature BUF_CLEANUP = {0};
    library_print_signature(c, &signature, rule);
    buf_printf(out, "\n### %s\n\n", rule->name);
    markdown_escape(out, rule->doc, false);
    buf_printf(out, "\n\n- `rule %s`\n", buf_text(&signature));
    add_target(rule, out);
    buf_add(out, e->answer.only_allows ? "- it only allows" : "- held by ");
    if (!e->answer.only_allows)
        library_print_holders(out, &e->answer, true);
    if (e->answer.asked_with)
        buf_printf(out, " (asked with `%s`)", e->answer.asked_with);
    buf_add(out, rule->applies_privileged ? "; of use on privileged containers only\n" : "\n");
    if (rule->node->kind == NODE_RULE) /* an alias's are those of the rule that it names */
        add_parts(rule->rule, "", out);
    add_links(rule->rule, out);
    if (*rule->since)
        buf_printf(out, "- since %s\n", rule->since);
}

static void print_markdown(struct compilation *c, const struct list *list, struct buf *out) {
    buf_add(out, "# Rules\n\n"
                 "Made by `vplc rules --format markdown`. Held by: which outputs hold all of a rule, and (in "
                 "brackets) a part\n"
                 "of it, when it is compiled alone, on nothing, for a plain process on the node that is "
                 "assumed unless options say\n"
                 "otherwise; `vplc doc RULE` shows it statement by statement. ⁺: of use on privileged "
                 "containers only.\n");
    add_rows(list, out);
    buf_add(out, "\n## Each of them\n");
    for (size_t i = 0; i < list->n; i++)
        add_rule(c, &list->items[i], out);
}

static json_t *list_json(struct compilation *c, const struct list *list) {
    json_t *rules = json_array();
    for (size_t i = 0; i < list->n; i++)
        json_array_append_new(rules, library_json(c, list->items[i].rule, &list->items[i].answer));
    return json_pack("{s:i, s:o}", "format_version", 1, "rules", rules);
}

static int wrong_word(const char *option, const char *word, const char *const *words, size_t n) {
    struct suggest suggest = {.word = word};
    fprintf(stderr, "vplc: there is no %s `%s`", option, word);
    for (size_t i = 0; i < n; i++)
        suggest_consider(&suggest, words[i]);
    if (suggest.best)
        fprintf(stderr, "; did you mean `%s`?\n", suggest.best);
    for (size_t i = 0; i < n && !suggest.best; i++)
        fprintf(stderr, "%s%s%s", i ? ", " : "; there are: ", words[i], i + 1 == n ? "\n" : "");
    return EXIT_USAGE;
}

static bool among(const char *word, const char *const *words, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

static int check_words(const struct options *o) {
    enum { MOST = 16 };
    const char *categories[MOST], *outputs[MOST];
    size_t n_categories = 0;
    while (n_categories < MOST && words_name(WORD_CATEGORY, (int)n_categories))
        categories[n_categories] = words_name(WORD_CATEGORY, (int)n_categories), n_categories++;
    for (size_t i = 0; i < backends_count; i++)
        outputs[i] = backends[i]->name;
    if (o->category && !among(o->category, categories, n_categories))
        return wrong_word("category", o->category, categories, n_categories);
    if (o->enforcer && !among(o->enforcer, outputs, backends_count))
        return wrong_word("enforcer", o->enforcer, outputs, backends_count);
    return EXIT_OK;
}

static int rules(struct compilation *c, const struct options *o) {
    struct buf out BUF_CLEANUP = {0};
    struct list list = {0};
    int wrong = check_words(o);
    if (wrong)
        return wrong;
    collect(c, o, &list);
    if (o->format == FORMAT_MARKDOWN)
        print_markdown(c, &list, &out);
    else if (list.n)
        print_table(&list, &out);
    else
        print_why_none(o, &list, &out);
    session_print(o, &out, list_json(c, &list));
    return EXIT_OK;
}

int verb_rules(struct options *options) {
    return session_run(options, rules);
}
