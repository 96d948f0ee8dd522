/* A whole out/: every policy's outputs, the Component, the bundle, the report, the manifest; written at once
 * or not at all. */
#ifndef VPL_PACKAGE_H
#define VPL_PACKAGE_H

#include "compile.h"
#include "report.h"

struct package {
    struct outputs files;   /* all of out/, sorted by path, manifest.json among them */
    struct report *reports; /* one per policy */
    size_t n_reports;
    struct outputs *each; /* per policy, until they are moved into `files` */
};

/* All that can go wrong, and the reports, without a file. */
bool package_check(struct compilation *c, const struct ir_policy *const *policies, size_t n,
                   const struct node *node, struct package *package);

/* False after diagnostics: nothing is written then. */
bool package_make(struct compilation *c, const struct ir_policy *const *policies, size_t n,
                  const struct node *node, struct package *package);
void package_free(struct package *package);

/* The directory that a user's name for it means: links followed, without a slash at its end. It need not be
 * there. NULL with err. */
const char *package_directory(struct arena *arena, const char *name, struct err *err);

/* Puts the files where the directory is, replacing what an earlier compilation left there (files that none
 * wrote are an error). The old directory stays whole until the new one stands in its place, unless it has to
 * stay itself: the working directory, a mount point, one in a parent that can't be written. */
int package_write(struct arena *arena, const struct package *package, const char *name, struct err *err);

/* Prints what differs between the package and the directory, files with a digest in their name by the rest of
 * it, and adds it to `list` (docs/compare.schema.json's differences); returns how many files, -1 with err. */
int package_compare(struct arena *arena, const struct package *package, const char *name, struct buf *out,
                    json_t *list, struct err *err);

/* compiled.bin of these policies; outputs[i] are policies[i]'s. */
void package_bundle(struct compilation *c, const struct ir_policy *const *policies,
                    const struct outputs *outputs, size_t n, struct buf *out);

#endif
