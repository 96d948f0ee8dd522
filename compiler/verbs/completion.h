/* What a shell offers where: made of verbs.def, options.def and the library. */
#ifndef VPL_COMPLETION_H
#define VPL_COMPLETION_H

#include "compile.h"
#include "options.h"

/* What can stand for an argument. */
struct completion {
    enum { COMPLETE_NOTHING, COMPLETE_WORDS, COMPLETE_FILES, COMPLETE_FOLDERS } kind;
    const char *words;  /* separated by spaces */
    const char *suffix; /* of files: ".vpl"; "": any */
};

/* What an option takes after that verb. */
struct completion completion_option(struct compilation *c, const struct option_row *row, enum verb verb);

/* A verb's operand, from 0; NOTHING beyond the last. */
struct completion completion_operand(struct compilation *c, enum verb verb, unsigned index);

/* Does the last operand stand for any number of them? */
bool completion_takes_several(enum verb verb);

/* Is the argument optional, and given with = only? */
bool completion_is_optional(const struct option_row *row);

void completion_bash(struct buf *out, struct compilation *c);
void completion_zsh(struct buf *out, struct compilation *c);
void completion_fish(struct buf *out, struct compilation *c);

/* varmor-run's options: common/run_options.def. */
struct run_option {
    const char *name, *argument, *help;
};
extern const struct run_option run_options[];
extern const size_t run_options_count;
struct completion completion_run_option(const struct run_option *option);

#endif
