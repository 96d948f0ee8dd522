/* Diagnostics: collected, sorted by place, printed at the end of a pass, as text or JSON. */
#ifndef VPL_DIAG_H
#define VPL_DIAG_H

#include "buf.h"
#include "source.h"

enum severity { SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR };

struct diag_note {
    struct loc loc; /* may be no place: then it is a plain line ("did you mean …?") */
    const char *text;
};

struct diag_item {
    enum severity severity;
    unsigned code; /* VPL%04u, stable: codes.def */
    struct loc loc;
    const char *text;
    VEC(struct diag_note) notes;
};

struct diag {
    struct sources *sources;
    struct arena *arena;
    VEC(struct diag_item *) items;
    unsigned errors, warnings;
    VEC(const char *) failures; /* for JSON: what couldn't be done at all, elsewhere a line of its own */
};

enum diag_code {
#define CODE(number, name, severity, title) DIAG_##name = number,
#include "codes.def"
#undef CODE
};

/* codes.def, in its order. */
struct diag_row {
    unsigned code;
    enum severity severity;
    const char *title;
};
extern const struct diag_row diag_rows[];
extern const size_t diag_rows_count;

/* "note", "warning", "error". */
const char *diag_severity_name(enum severity severity);

/* Adds one; severity comes from codes.def. The returned item takes notes. */
struct diag_item *diag_add(struct diag *diag, enum diag_code code, struct loc loc, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void diag_note(struct diag *diag, struct diag_item *item, struct loc loc, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The items sorted by place and without repeats, in the arena; returns how many. */
size_t diag_sorted(const struct diag *diag, struct diag_item ***items);

/* file:line:col: error[VPL0123]: message, the source line, a caret, the notes. Sorted by place. */
void diag_print(const struct diag *diag, struct buf *out, bool colour);
/* {"format_version":1,"diagnostics":[…]}, and "failures" if there are any */
void diag_print_json(const struct diag *diag, struct buf *out);

#endif
