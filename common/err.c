#include "err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void format_into(struct err *err, const char *format, va_list args) {
    if (err)
        vsnprintf(err->text, sizeof err->text, format, args);
}

int err_set(struct err *err, const char *format, ...) {
    va_list args;
    va_start(args, format);
    format_into(err, format, args);
    va_end(args);
    return -1;
}

int err_errno(struct err *err, const char *format, ...) {
    int saved = errno;
    va_list args;
    va_start(args, format);
    format_into(err, format, args);
    va_end(args);
    if (err) {
        size_t len = strlen(err->text);
        snprintf(err->text + len, sizeof err->text - len, ": %s", strerror(saved));
    }
    return -1;
}

void err_close_fd(int *fd) {
    if (*fd >= 0)
        close(*fd);
}

void err_close_file(FILE **file) {
    if (*file)
        fclose(*file);
}

void err_free(void *pointer_to_pointer) {
    free(*(void **)pointer_to_pointer);
}
