#include "options.h"
#include <stdio.h>

/* What was to be read and couldn't be written is a failure, whatever else went well. */
static int written(int code) {
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    perror("vplc: can't write to standard output");
    return EXIT_USAGE;
}

int main(int argc, char **argv) {
    struct options options;
    int code = options_read(&options, argc, argv);
    return written(code >= 0 ? code : verb_rows[options.verb].run(&options));
}
