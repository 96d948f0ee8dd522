/* What `vplc doc` knows: a row for each kind of thing that has a name. */
#ifndef VPL_TOPICS_H
#define VPL_TOPICS_H

#include "library.h"
#include "suggest.h"

struct topic {
    const char *kind; /* "rule", "system call"… */
    /* What there is to say of the name as an object of docs/doc.schema.json, `name` left out, and `kind`
     * unless it is another; what only text says goes to `more`. NULL: there is none of that name. */
    json_t *(*find)(struct compilation *c, const struct options *options, const char *name, struct buf *more);
    /* Offers each name to the suggestion. */
    void (*consider)(struct compilation *c, struct suggest *suggest);
};

extern const struct topic topic_rule, topic_statement, topic_capability, topic_syscall, topic_group,
    topic_let;

#endif
