#include "verbs.h"

#include <limits.h>

#define VERB(id, function, name, arguments, summary, text, least, most)                                      \
    int verb_##function(struct options *options);
#include "verbs.def"
#undef VERB

const struct verb_row verb_rows[VERB_COUNT] = {
#define VERB(id, function, name, arguments, summary, text, least, most)                                      \
    [VERB_##id] = {name, arguments, summary, text, least, most, verb_##function},
#include "verbs.def"
#undef VERB
};
