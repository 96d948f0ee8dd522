/* What the binary says its library declares, beside what the files declare once they are parsed. */
#include "check.h"
#include "compile.h"
#include "stdlib_text.h"
#include <stdlib.h>
#include <string.h>

static size_t file_of(const char *name) {
    for (size_t i = 0; i < stdlib_names_count; i++)
        if (strcmp(stdlib_names[i].name, name) == 0)
            return stdlib_names[i].file;
    return SIZE_MAX;
}

static void test_order(void) {
    size_t misplaced = 0;
    for (size_t i = 1; i < stdlib_names_count; i++)
        if (strcmp(stdlib_names[i - 1].name, stdlib_names[i].name) >= 0) {
            printf("# %s\n", stdlib_names[i].name);
            misplaced++;
        }
    CHECK(!misplaced);
}

static void test_declarations(void) {
    struct compilation c;
    struct err err;
    size_t n = 0, wrong = 0;
    compile_init(&c);
    CHECK(parse_program(c.arena, &c.sources, &c.diag, NULL, NULL, &c.program, &err) == 0);
    for (size_t i = 0; i < c.program.n_stdlib; i++)
        for (const struct ast *node = program_stdlib(&c.program, i)->tree->first; node; node = node->next)
            if (node->kind != NODE_TEST && node->kind != NODE_IMPORT) {
                n++;
                if (file_of(node->text) != i) {
                    printf("# %s\n", node->text);
                    wrong++;
                }
            }
    CHECK(!c.diag.errors && !wrong && n == stdlib_names_count);
    compile_free(&c);
}

/* One file declares a name, or none does. */
static void test_on_demand(void) {
    struct compilation c;
    struct err err;
    size_t next = 0;
    compile_init(&c);
    CHECK(parse_program(c.arena, &c.sources, &c.diag, NULL, NULL, &c.program, &err) == 0);
    CHECK(!program_declaring(&c.program, "no-such-name", &next));
    next = 0;
    const struct unit *unit = program_declaring(&c.program, "known_links", &next);
    CHECK(unit && map_get(&unit->lets, "known_links", strlen("known_links")));
    CHECK(!program_declaring(&c.program, "known_links", &next));
    compile_free(&c);
}

int main(void) {
    test_order();
    test_declarations();
    test_on_demand();
    return check_done();
}
