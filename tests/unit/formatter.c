/* `vplc fmt`'s layout, on every policy of the repository and on variants of them with other white space and
 * comments anywhere: the tree stays, every comment too (format_text looks itself), and formatting what came
 * out changes nothing. What it looks like is tests/suites/fmt's. */
#include "check.h"
#include "format.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>

static uint32_t seed = 1;

static unsigned below(unsigned n) {
    seed = seed * 1664525 + 1013904223;
    return (seed >> 16) % n;
}

struct one {
    struct arena *arena;
    struct sources sources;
    struct diag diag;
};

static void begin(struct one *one) {
    *one = (struct one){.arena = arena_new()};
    one->sources.arena = one->arena;
    one->diag = (struct diag){.sources = &one->sources, .arena = one->arena};
}

static const char *const between[] = {
    " ",
    " ",
    " ",
    " ",
    " ",
    " ",
    "\n",
    "\n",
    "\n\n",
    "\n \n\n\t",
    "  ",
    "\t",
    " /* c */ ",
    "\n/* c */",
    "/* c */\n",
    " // line\n",
    "\n// own\n",
    "\n\n// own\n// two\n\n",
    "\n/// doc\n",
    "\n  /* two\n     lines */\n",
    " /* two\nlines */ ",
    " /* \xc3\xa9 */ /* two\n   lines */ ",
    "/*\xe2\x82\xac\xf0\x9f\x90\x8b*//*\n*/",
    " // form feed\f\n",
    "//\v\n",
    "\r\n",
};
enum { PLAIN = 12 };

static bool is_line_comment(const struct source_file *file, const struct lexeme *lexeme) {
    return lexeme->comment && file->text[lexeme->loc.begin + 1 - file->base] == '/';
}

/* The same lexemes with other things between them. */
static void vary(const struct source_file *file, const struct lexemes *lexemes, bool comments,
                 struct buf *out) {
    uint32_t end = file->base;
    for (size_t i = 0; i < lexemes->n; i++) {
        struct loc loc = lexemes->items[i].loc;
        if (i && is_line_comment(file, &lexemes->items[i - 1]))
            buf_add_char(out, '\n');
        else if (loc.begin > end || below(3) == 0)
            buf_add(out,
                    between[below(comments && below(4) == 0 ? sizeof between / sizeof *between : PLAIN)]);
        buf_add_bytes(out, file->text + (loc.begin - file->base), loc.end - loc.begin);
        end = loc.end;
    }
    buf_add_char(out, '\n');
}

static bool parses(struct one *one, const char *text, struct buf *dump, struct lexemes *lexemes,
                   const struct source_file **file) {
    *file = source_add(&one->sources, "<test>", text, false);
    ast_dump(dump, parse_text(one->arena, &one->diag, *file, lexemes));
    return one->diag.errors == 0;
}

static bool formats(struct one *one, const char *text, struct buf *out) {
    struct err err;
    const struct source_file *file =
        source_add(&one->sources, "<test>", arena_strdup(one->arena, text), false);
    int wrong = format_text(one->arena, &one->diag, file, out, &err);
    if (wrong)
        printf("# %s\n", wrong < 0 ? err.text : "it doesn't parse any more");
    return !wrong;
}

/* NULL, or what is wrong. */
static const char *wrong_with(struct one *one, const char *text, const char *tree) {
    struct buf once BUF_CLEANUP = {0}, twice BUF_CLEANUP = {0}, dump BUF_CLEANUP = {0};
    const struct source_file *file;
    if (!formats(one, text, &once))
        return "it can't be formatted";
    if (!parses(one, arena_strdup(one->arena, buf_text(&once)), &dump, NULL, &file) ||
        strcmp(buf_text(&dump), tree) != 0)
        return "its tree is another";
    if (!formats(one, buf_text(&once), &twice) || strcmp(buf_text(&once), buf_text(&twice)) != 0) {
        printf("# once:\n%s# twice:\n%s", buf_text(&once), buf_text(&twice));
        return "formatting it again changes it";
    }
    return NULL;
}

/* Flat or broken, the way to the same layout: spaces alone say nothing. */
static const char *try_variants(struct one *one, const struct source_file *file,
                                const struct lexemes *lexemes, const char *tree) {
    const char *wrong = wrong_with(one, file->text, tree);
    for (int i = 0; i < 12 && !wrong; i++) {
        struct buf variant BUF_CLEANUP = {0};
        vary(file, lexemes, i >= 4, &variant);
        wrong = wrong_with(one, buf_text(&variant), tree);
        if (wrong)
            printf("# variant %d:\n%s", i, buf_text(&variant));
    }
    return wrong;
}

static unsigned formatted, refused;

static int try_file(const char *path, const struct stat *st, int type, struct FTW *ftw) {
    (void)st, (void)ftw;
    size_t n = strlen(path);
    if (type != FTW_F || n < 4 || strcmp(path + n - 4, ".vpl") != 0)
        return 0;
    struct one one;
    struct err err;
    struct buf dump BUF_CLEANUP = {0}, out BUF_CLEANUP = {0};
    struct lexemes lexemes = {0};
    const struct source_file *file, *read;
    begin(&one);
    file = source_load(&one.sources, path, &err);
    if (file && parses(&one, file->text, &dump, &lexemes, &read)) {
        const char *wrong = try_variants(&one, read, &lexemes, buf_text(&dump));
        check_failures += wrong != NULL;
        printf("%s - %s%s%s\n", wrong ? "not ok" : "ok", path, wrong ? ": " : "", wrong ? wrong : "");
        formatted++;
    } else if (file) {
        one.diag.errors = 0;
        check_failures += format_text(one.arena, &one.diag, file, &out, &err) != 1 || out.len;
        printf("%s - %s is refused\n", out.len ? "not ok" : "ok", path);
        refused++;
    }
    arena_free(one.arena);
    return 0;
}

int main(void) {
    static const char *const folders[] = {"stdlib", "examples", "tests"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        nftw(folders[i], try_file, 16, FTW_PHYS);
    CHECK(formatted > 150 && refused > 20);
    return check_done();
}
