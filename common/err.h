/* Errors of the environment (I/O, kernel): a function returns a negative value and fills a struct err. */
#ifndef VPL_ERR_H
#define VPL_ERR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct err {
    char text[512]; /* one line, no newline; says what failed, on what, and the way out if there is one */
};

/* Formats the message; `err` may be NULL. Always returns -1, so that `return err_set(err, …)` reads well. */
int err_set(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same with ": " and strerror(errno) behind it. */
int err_errno(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Cleanup attributes for foreign things. */
void err_close_fd(int *fd);
void err_close_file(FILE **file);
void err_free(void *pointer_to_pointer);
#define FD_CLEANUP __attribute__((cleanup(err_close_fd)))
#define FILE_CLEANUP __attribute__((cleanup(err_close_file)))
#define FREE_CLEANUP __attribute__((cleanup(err_free)))

#endif
