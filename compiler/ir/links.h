/* Links whose targets are known (/var/run, /proc/self, Kubernetes' ..data): the kernel matches resolved
 * names, so a pattern that spells a link means its target too, and an event that names one is resolved first.
 * The table is the library's `known_links`; a compilation's host paths are added to it. */
#ifndef VPL_LINKS_H
#define VPL_LINKS_H

#include "arena.h"
#include <stddef.h>

struct link_entry {
    const char *from; /* an absolute path; with a closing slash: whatever is directly below it, but for names
                         in ".." */
    const char *to;   /* a glob */
    const char
        *sample; /* one path that `to` matches, for events; NULL: events aren't resolved by this entry */
};
struct links {
    const struct link_entry *items;
    size_t n;
};

/* The pattern itself and what it means by links it spells, each once, in a stable order. */
size_t links_expand(struct arena *arena, const struct links *links, const char *pattern,
                    const char *const **patterns);

/* The path as the kernel would see it. */
const char *links_resolve(struct arena *arena, const struct links *links, const char *path);

#endif
