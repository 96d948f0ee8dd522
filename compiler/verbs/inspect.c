#include "bundle.h"
#include "filter.h"
#include "options.h"
#include <string.h>

static void print_filters(struct buf *out, const struct bundle_policy *policy) {
    for (size_t i = 0; i < policy->n_filters; i++) {
        static struct sock_filter program[BPF_MAXINSNS]; /* the bundle's bytes need not be aligned */
        memcpy(program, policy->filters[i].bytes, policy->filters[i].len);
        buf_printf(out, "filter of %s for %s\n", policy->name, policy->filters[i].arch);
        filter_disassemble(out, program, policy->filters[i].len / sizeof *program);
    }
}

int verb_inspect(struct options *o) {
    struct buf out BUF_CLEANUP = {0};
    struct err err;
    struct bundle *bundle = bundle_open(o->file, &err);
    if (!bundle) {
        fprintf(stderr, "vplc: %s: %s\n", o->file, err.text);
        return EXIT_USAGE;
    }
    bundle_describe(&out, bundle);
    for (size_t i = 0; i < bundle->n_policies && o->filters; i++)
        print_filters(&out, &bundle->policies[i]);
    fputs(buf_text(&out), stdout);
    bundle_free(bundle);
    return EXIT_OK;
}
