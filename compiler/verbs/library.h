/* Rules as documentation: what each says of itself, and which outputs hold it. */
#ifndef VPL_LIBRARY_H
#define VPL_LIBRARY_H

#include "compile.h"
#include "options.h"
#include "report.h"
#include <jansson.h>

struct library_rule {
    const char *name;       /* "rule", "rule.part" */
    const struct ast *node; /* where the name is declared: RULE or ALIAS */
    const struct ast *rule; /* the RULE, aliases followed; or a part of it */
    const struct unit *unit;
    const char *category;    /* "" if it says none */
    const char *since;       /* "" the like */
    const char *doc;         /* "" the like; lines as they were written */
    const char *summary;     /* the doc's first sentence, on one line */
    bool applies_privileged; /* of use on privileged containers only */
};

struct library {
    const struct library_rule *rules;
    size_t n;
};

/* The rules of a unit list: options->file's, or the library's where there is none; by category, then as they
 * stand there. */
void library_read(struct compilation *c, const struct options *options, struct library *library);

/* The rule of that name, of the file or the library; NULL if there is none. */
const struct library_rule *library_find(struct compilation *c, const char *name);

/* How much of a rule an output holds: ALL is each statement, best-effort or not. */
struct library_share {
    enum { SHARE_NONE, SHARE_SOME, SHARE_ALL } much;
    VEC(const char *) all_but; /* of SOME: the parts that aren't held, where all else is */
};

struct library_answer {
    struct report report;   /* of the rule alone */
    const char *asked_with; /* the arguments, where it needs some: "caps: [net_raw]"; NULL: none needed */
    bool only_allows;       /* nothing is there to hold */
    struct library_share shares[MOST_COLUMNS]; /* by report.columns; NONE for those that don't count there */
};

/* Lowers the rule alone, on nothing, and asks the backends. A rule that needs arguments gets those of its
 * first use in the library or the file, or empty lists where there is none: they make statements that say
 * nothing. */
void library_ask(struct compilation *c, const struct options *options, const struct library_rule *rule,
                 struct library_answer *answer);

/* Does the answer, or that output of it (NULL: any), hold some of the rule? */
bool library_holds(const struct library_answer *answer, const char *output);

/* "apparmor, (seccomp)": in brackets who holds a part; with `parts` "(apparmor: all but `ping`)";
 * "nobody"; "-" where there is nothing to hold. */
void library_print_holders(struct buf *out, const struct library_answer *answer, bool parts);

/* Of an alias: what the rule that it stands for in the end says of itself, of which the alias's own doc need
 * say nothing. "" if nothing, and for a rule. */
const char *library_alias_doc(const struct library_rule *rule);

/* "name(p, q = [])". */
void library_print_signature(struct compilation *c, struct buf *out, const struct library_rule *rule);

/* docs/rules.schema.json's `rule`. */
json_t *library_json(struct compilation *c, const struct library_rule *rule,
                     const struct library_answer *answer);

#endif
