#include "parse.h"

#include "foreign.h"
#include "scan.h"
#include "stdlib_text.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef void *yyscan_t; /* flex's own name */
int vpl_lex_init_extra(struct scan *scan, yyscan_t *scanner);
int vpl_lex_destroy(yyscan_t scanner);
struct yy_buffer_state *vpl__scan_bytes(const char *bytes, int len, yyscan_t scanner);
int vpl_parse(yyscan_t scanner, struct scan *scan);

/* One message instead of one for each of its lines. */
static bool refuse_manifest(struct diag *diag, const struct source_file *file) {
    size_t at = foreign_manifest(file->text);
    if (at == SIZE_MAX)
        return false;
    uint32_t begin = file->base + (uint32_t)at;
    diag_note(diag,
              diag_add(diag, DIAG_SYNTAX, (struct loc){begin, begin + 1}, "this is a manifest, not a policy"),
              (struct loc){0}, "`vplc check POLICY.vpl --workload MANIFEST` checks a policy with it");
    return true;
}

static struct ast *empty_file(struct arena *arena, const struct source_file *file) {
    return ast_new(arena, NODE_FILE, (struct loc){file->base, file->base}, "");
}

struct ast *parse_text(struct arena *arena, struct diag *diag, const struct source_file *file,
                       struct lexemes *lexemes) {
    struct scan scan = {.arena = arena, .diag = diag, .at = file->base, .lexemes = lexemes};
    yyscan_t scanner;
    if (refuse_manifest(diag, file))
        return empty_file(arena, file);
    if (vpl_lex_init_extra(&scan, &scanner))
        abort();
    vpl__scan_bytes(file->text, (int)file->len, scanner);
    vpl_parse(scanner, &scan);
    vpl_lex_destroy(scanner);
    buf_free(&scan.doc);
    return scan.tree ? scan.tree : empty_file(arena, file);
}

/* The files on the way from the first one to the one being loaded, innermost first: a cycle is a path met
 * again. */
struct chain {
    const char *path;
    const struct chain *outer;
};

struct loader {
    struct arena *arena;
    struct sources *sources;
    struct diag *diag;
    VEC(struct unit *) units; /* the library's come first */
    bool indexed;             /* the library is the one in the binary */
};

/* Never "-", which would be standard input. */
static const char *beside(struct arena *arena, const char *path, const char *import) {
    const char *slash = strrchr(path, '/');
    while (strncmp(import, "./", 2) == 0)
        import += 2;
    if (*import == '/' || (!slash && *import != '-'))
        return import;
    return arena_printf(arena, "%.*s/%s", slash ? (int)(slash - path) : 1, slash ? path : ".", import);
}

/* Files have many spellings (a/../a): what they are is what the kernel says they are. */
static bool same_file(const char *a, const char *b) {
    struct stat x, y;
    return strcmp(a, b) == 0 ||
           (stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino);
}

static struct unit *loaded(const struct loader *l, const char *path) {
    for (size_t i = 0; i < l->units.n; i++)
        if (same_file(l->units.items[i]->file->path, path))
            return l->units.items[i];
    return NULL;
}

static struct map *names_of(struct unit *unit, enum node_kind kind) {
    switch (kind) {
    case NODE_LET:
        return &unit->lets;
    case NODE_RULE:
    case NODE_ALIAS:
        return &unit->rules;
    case NODE_POLICY:
        return &unit->policies;
    default:
        return NULL;
    }
}

static void index_names(struct arena *arena, struct unit *unit) {
    unit->lets.arena = unit->rules.arena = unit->policies.arena = arena;
    for (struct ast *node = unit->tree->first; node; node = node->next) {
        struct map *names = names_of(unit, node->kind);
        void **first = names ? map_at(names, node->text, strlen(node->text)) : NULL;
        if (first && !*first)
            *first = node;
    }
}

static void load_imports(struct loader *l, struct unit *unit, const struct chain *chain);

static struct unit *add_unit(struct loader *l, struct source_file *file) {
    struct unit *unit = ARENA_NEW(l->arena, struct unit);
    unit->file = file;
    vec_push(l->arena, &l->units, unit);
    return unit;
}

static void parse_unit(struct loader *l, struct unit *unit, const struct chain *chain) {
    unit->tree = parse_text(l->arena, l->diag, unit->file, NULL);
    index_names(l->arena, unit);
    load_imports(l, unit, chain);
}

static struct unit *load(struct loader *l, struct source_file *file, const struct chain *chain) {
    struct unit *unit = add_unit(l, file);
    parse_unit(l, unit, chain);
    return unit;
}

static const struct unit *load_import(struct loader *l, const struct ast *node, const char *path,
                                      const struct chain *chain) {
    for (const struct chain *c = chain; c; c = c->outer)
        if (same_file(c->path, path)) {
            struct diag_item *item =
                diag_add(l->diag, DIAG_IMPORT_CYCLE, node->loc, "%s imports itself", c->path);
            for (const struct chain *d = chain; d != c; d = d->outer)
                diag_note(l->diag, item, (struct loc){0}, "by way of %s", d->path);
            if (chain != c)
                diag_note(l->diag, item, (struct loc){0},
                          "what both need goes into a file that imports neither");
            return NULL;
        }
    struct unit *known = loaded(l, path);
    if (known)
        return known;
    struct err err;
    struct source_file *file = source_load(l->sources, path, &err);
    if (!file) {
        diag_note(l->diag, diag_add(l->diag, DIAG_IMPORT, node->loc, "%s", err.text), (struct loc){0},
                  "an import is looked for beside the file that names it");
        return NULL;
    }
    file->imported_at = node->loc;
    return load(l, file, &(struct chain){path, chain});
}

static void load_imports(struct loader *l, struct unit *unit, const struct chain *chain) {
    VEC(struct import) imports = {0};
    for (const struct ast *node = unit->tree->first; node; node = node->next) {
        if (node->kind != NODE_IMPORT)
            continue;
        const char *path = beside(l->arena, unit->file->path, node->text);
        const struct unit *imported = load_import(l, node, path, chain);
        const struct ast *as = ast_child(node, NODE_NAME);
        if (imported)
            vec_push(l->arena, &imports, ((struct import){node, imported, as ? as->text : NULL}));
    }
    unit->imports = imports.items;
    unit->n_imports = imports.n;
}

static int is_vpl(const struct dirent *entry) {
    size_t n = strlen(entry->d_name);
    return n > 4 && entry->d_name[0] != '.' && strcmp(entry->d_name + n - 4, ".vpl") == 0;
}

static int load_stdlib_dir(struct loader *l, const char *dir, struct err *err) {
    struct dirent **entries;
    int n = scandir(dir, &entries, is_vpl, alphasort), bad = 0;
    if (n < 0)
        return err_errno(err, "can't read the standard library in %s", dir);
    for (int i = 0; i < n; i++) {
        struct source_file *file =
            bad ? NULL
                : source_load(l->sources, arena_printf(l->arena, "%s/%s", dir, entries[i]->d_name), err);
        bad |= !file;
        if (file) {
            file->stdlib = true;
            load(l, file, NULL);
        }
        free(entries[i]);
    }
    free(entries);
    return bad ? -1 : n ? 0 : err_set(err, "there is no .vpl file in %s", dir);
}

static int load_stdlib(struct loader *l, const char *dir, struct err *err) {
    if (dir)
        return load_stdlib_dir(l, dir, err);
    l->indexed = true;
    for (size_t i = 0; i < stdlib_files_count; i++)
        add_unit(l, source_add(l->sources, arena_printf(l->arena, "<stdlib>/%s", stdlib_files[i].name),
                               stdlib_files[i].text, true));
    return 0;
}

const struct unit *program_stdlib(const struct program *program, size_t i) {
    struct unit *unit = program->loader->units.items[i];
    if (!unit->tree)
        parse_unit(program->loader, unit, NULL);
    return unit;
}

static int by_name(const void *name, const void *declared) {
    return strcmp(name, ((const struct stdlib_name *)declared)->name);
}

const struct unit *program_declaring(const struct program *program, const char *name, size_t *next) {
    if (program->loader->indexed && *next == 0) {
        const struct stdlib_name *found =
            bsearch(name, stdlib_names, stdlib_names_count, sizeof *stdlib_names, by_name);
        *next = found ? found->file : program->n_stdlib;
    } else if (program->loader->indexed)
        *next = program->n_stdlib;
    return *next < program->n_stdlib ? program_stdlib(program, (*next)++) : NULL;
}

bool program_is_stdlib(const struct program *program, const char *text) {
    for (size_t i = 0; i < program->n_stdlib; i++)
        if (strcmp(program->loader->units.items[i]->file->text, text) == 0)
            return true;
    return false;
}

int parse_program(struct arena *arena, struct sources *sources, struct diag *diag, const char *path,
                  const char *stdlib_dir, struct program *program, struct err *err) {
    struct loader *l = ARENA_NEW(arena, struct loader);
    *l = (struct loader){.arena = arena, .sources = sources, .diag = diag};
    if (load_stdlib(l, stdlib_dir, err) < 0)
        return -1;
    *program = (struct program){.loader = l, .n_stdlib = l->units.n};
    struct source_file *file =
        path ? source_load(sources, path, err) : source_add(sources, "<nothing>", "", false);
    if (!file)
        return -1;
    sources->main = file;
    struct chain first = {file->path, NULL};
    program->main = load(l, file, &first);
    return 0;
}
