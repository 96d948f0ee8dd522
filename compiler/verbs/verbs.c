#include "verbs.h"

#include <limits.h>

const char *const format_names[FORMAT_COUNT] = {
    [FORMAT_TEXT] = "text",   [FORMAT_JSON] = "json",     [FORMAT_SARIF] = "sarif",
    [FORMAT_JUNIT] = "junit", [FORMAT_GITHUB] = "github", [FORMAT_MARKDOWN] = "markdown"};

#define VERB(id, function, name, arguments, summary, text, least, most, formats)                             \
    int verb_##function(struct options *options);
#include "verbs.def"
#undef VERB

const struct verb_row verb_rows[VERB_COUNT] = {
#define VERB(id, function, name, arguments, summary, text, least, most, formats)                             \
    [VERB_##id] = {name, arguments, summary, text, least, most, formats, verb_##function},
#include "verbs.def"
#undef VERB
};
