/* What `vplc doc` knows: a row for each kind of thing that has a name. */
#ifndef VPL_TOPICS_H
#define VPL_TOPICS_H

#include "library.h"

/* Called with each name there is. */
struct topic_visit {
    void (*name)(void *context, const char *name);
    void *context;
};

struct topic {
    const char *kind; /* "rule", "system call"… */
    /* What there is to say of the name as an object of docs/doc.schema.json, `name` left out, and `kind`
     * unless it is another; what only text says goes to `more`. NULL: there is none of that name. */
    json_t *(*find)(struct compilation *c, const struct options *options, const char *name, struct buf *more);
    void (*each)(struct compilation *c, const struct topic_visit *visit);
};

/* All names of all topics. */
void topics_each(struct compilation *c, const struct topic_visit *visit);

/* The parts of all rules, "rule.part", which no topic lists: they are too many to be offered. */
void topics_each_part(struct compilation *c, const struct topic_visit *visit);

extern const struct topic topic_rule, topic_statement, topic_diagnostic, topic_capability, topic_syscall,
    topic_group, topic_let;

#endif
