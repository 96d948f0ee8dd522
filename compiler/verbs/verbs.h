/* What each verb does: verbs.def is the table, beside it a module for each. */
#ifndef VPL_VERBS_H
#define VPL_VERBS_H

struct options;

enum format {
    FORMAT_TEXT,
    FORMAT_JSON,
    FORMAT_SARIF,
    FORMAT_JUNIT,
    FORMAT_GITHUB,
    FORMAT_MARKDOWN,
    FORMAT_COUNT
};
extern const char *const format_names[FORMAT_COUNT];

enum verb {
#define VERB(id, function, name, arguments, summary, text, least, most, formats) VERB_##id,
#include "verbs.def"
#undef VERB
    VERB_COUNT
};

struct verb_row {
    const char *name; /* "" of the one that needs none */
    const char *arguments, *summary, *text;
    unsigned least, most; /* operands */
    unsigned formats;     /* 1 << enum format: what --format takes */
    int (*run)(struct options *options);
};
extern const struct verb_row verb_rows[VERB_COUNT];

#endif
