/* Path globs as automata. A glob means what apparmor_parser 3.0 and 4.1 compile it to (parser_regex.c,
 * convert_aaregex_to_pcre; tests/suites/glob-parser compares):
 *
 *   *      any run of bytes but '/'; ** any run of bytes. Right after a '/' and right before another or
 *          the end of the text, at least one byte: "/d/" + "*" isn't "/d/". Next to a brace it may be
 *   ?      one byte but '/'
 *   [a-z]  one of the bytes; [^a-z] one that isn't, which may be '/'
 *   {a,b}  one of the alternatives, which may be empty and nest
 *   \x     literally x, for a punctuation mark x
 *   @{x}   a variable that only the node knows: matches nothing, but where glob_bind has given it a list
 *
 * Bytes, not characters. Nothing ever matches NUL. */
#ifndef VPL_GLOB_H
#define VPL_GLOB_H

#include "arena.h"
#include "buf.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct glob; /* immutable, lives in the arena */

/* Parses VPL's path text. NULL on a syntax error, then *error is a sentence without a full stop ("`[` is
 * never closed"), and *at the byte offset in `text`. Double slashes collapse, inside alternatives too; "{a}"
 * is "a". */
const struct glob *glob_parse(struct arena *arena, const char *text, const char **error, size_t *at);

/* Parses a path or name as it stands in an AppArmor profile, without its quotes: octal and other escapes, no
 * collapsing across braces, no leading '/' asked for. What apparmor_parser refuses is an error, and so are
 * the few classes that it reads as something else ("[*]", "[\^a]"). */
const struct glob *glob_parse_apparmor(struct arena *arena, const char *text, const char **error, size_t *at);

/* The normalised text: a valid glob, which apparmor_parser reads the same way, and never begins with a brace.
 */
const char *glob_text(const struct glob *glob);

/* The one path that it matches, unescaped, when it has no wildcard and no alternative; else NULL. */
const char *glob_literal(const struct glob *glob);

/* Does it hold a variable? */
bool glob_has_variable(const struct glob *glob);

/* The same glob, to match (and to give examples and cells) as if each variable were one of `values`
 * ("sda,sda1": names without anything that globs know). Its text keeps the variable. NULL values, or no
 * variable: itself. */
const struct glob *glob_bind(struct arena *arena, const struct glob *glob, const char *values);
const struct glob *glob_bound(const struct glob *glob); /* what it matches like: without variables if bound */

bool glob_match(const struct glob *glob, const char *path);

/* A set of paths: the union of `in` without the union of `out`. `any`: every path (in and out ignored). */
struct pathset {
    bool any;
    const struct glob *const *in;
    size_t n_in;
    const struct glob *const *out;
    size_t n_out;
};

bool pathset_match(const struct pathset *set, const char *path);

/* False: no path is in both, seen by a look at how the globs begin and end. True says nothing. */
bool pathset_may_meet(const struct pathset *a, const struct pathset *b);

/* Automata over sets, for the questions that matching can't answer, asked of all absolute paths in which no
 * '/' follows another (no other name reaches AppArmor). Each takes a budget of states inside; UNKNOWN when it
 * runs out, or when a variable decides: callers must treat it as the answer that is safe for them. */
enum glob_answer { GLOB_NO, GLOB_YES, GLOB_UNKNOWN };

enum glob_answer pathset_intersects(struct arena *arena, const struct pathset *a, const struct pathset *b);
enum glob_answer pathset_subset(struct arena *arena, const struct pathset *a,
                                const struct pathset *b); /* a within b? */

/* A shortest path (readable bytes preferred) in all of `inside` and none of `outside`, or NULL when there is
 * none or the budget ran out (*unknown is then set). Variables match nothing, or what they are bound to. */
const char *pathset_example(struct arena *arena, const struct pathset *const *inside, size_t n_inside,
                            const struct pathset *const *outside, size_t n_outside, bool *unknown);

/* Globs in apparmor_parser's syntax whose union is the set, complements written out; deterministic, each
 * short enough for the parser. A glob of `in` that no `out` touches stays as it is. Read them back with
 * glob_parse_apparmor. Returns 0 and fills *globs and *n; -1 when no glob can say it (everything but the
 * paths with a "/.ssh/" anywhere), a variable is in the way, or it would need more than `max_bytes` of text.
 */
int pathset_as_globs(struct arena *arena, const struct pathset *set, size_t max_bytes,
                     const char *const **globs, size_t *n);

/* The same for all absolute paths that are not in the set. */
int pathset_complement_as_globs(struct arena *arena, const struct pathset *set, size_t max_bytes,
                                const char *const **globs, size_t *n);

/* One representative path of each cell that the globs cut out of all absolute paths: calls `each` with a path
 * per distinct set of globs that match (bit i % 64 of matched[i / 64]), in a deterministic order, at most
 * `max` of them. Returns how many, or -1 if the budget ran out before all cells were seen (those found were
 * reported). */
int glob_cells(struct arena *arena, const struct glob *const *globs, size_t n, size_t max,
               void (*each)(void *context, const char *path, const uint64_t *matched), void *context);

/* The paths next to a glob's border, for property tests: matches and near misses (parent, child, sibling,
 * with and without a closing slash, each alternative, wildcards filled with short and long text). At most
 * `max`; returns how many. */
size_t glob_boundary(struct arena *arena, const struct glob *glob, const char **paths, size_t max);

#endif
