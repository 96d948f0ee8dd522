/* JSON trees as YAML text and back, by way of libyaml (whose own header has the name yaml.h). */
#ifndef VPL_YAML_TEXT_H
#define VPL_YAML_TEXT_H

#include "buf.h"
#include "err.h"
#include <jansson.h>

/* Adds `tree` as one block-style document, keys in the tree's own order, every string so that no reader of
 * YAML 1.1 or 1.2 takes it for anything but that string: plain where that is certain, else in double quotes
 * with what isn't printable ASCII escaped. Same tree, same bytes. */
void yaml_write(struct buf *out, const json_t *tree);

/* The documents of `text` as an array, a new reference. Plain scalars are null, booleans and decimal integers
 * where the core schema says so, all else strings; aliases share what they name. NULL with err on a syntax
 * error, an anchor that contains itself, or a key that isn't a string. */
json_t *yaml_read(const char *text, size_t len, struct err *err);

#endif
