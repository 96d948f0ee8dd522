/* Words of other tools' languages: foreign.def is the table. */
#ifndef VPL_FOREIGN_H
#define VPL_FOREIGN_H

#include "arena.h"

/* How that is said in VPL, a sentence for a diagnostic's note; NULL: the word means nothing to it. */
const char *foreign_word(struct arena *arena, const char *word);

/* The same for names that belong behind another word, which is left out (`net_admin`, `unshare`, `alg`). */
const char *foreign_name(struct arena *arena, const char *word);

/* The same for signals, SIGKILL and kill alike. */
const char *foreign_signal(struct arena *arena, const char *word);

/* Where a manifest begins, in YAML or JSON: SIZE_MAX, the text is none. */
size_t foreign_manifest(const char *text);

/* A line with a rule of AppArmor's, `audit deny owner /etc/passwd rw,`, as a statement; `path` and `n` are
 * its path in it. NULL: it is none. */
const char *foreign_rule(struct arena *arena, const char *line, size_t len, size_t path, size_t n);

#endif
