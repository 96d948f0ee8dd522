/* Tokens → AST. Actions only build nodes; what a sentence means, and whether it may, is decided later. LALR(1), no conflict. */
%define api.pure full
%define api.prefix {vpl_}
%define api.value.type {struct token}
%define api.location.type {struct loc}
%define parse.error custom
%define parse.lac full
%locations
%expect 0
%param {void *scanner}
%parse-param {struct scan *scan}

%code requires {
#include "scan.h"
}
%code {
#include "mistake.h"
#include <string.h>

/* From the first symbol that isn't empty to the last: a caret never stands on the white space before a statement. */
#define YYLLOC_DEFAULT(Current, Rhs, N)                                                                                \
    do {                                                                                                               \
        int first_ = 1;                                                                                                \
        while (first_ < (N) && YYRHSLOC(Rhs, first_).begin == YYRHSLOC(Rhs, first_).end)                               \
            first_++;                                                                                                  \
        (Current).begin = (N) ? YYRHSLOC(Rhs, first_).begin : YYRHSLOC(Rhs, 0).end;                                    \
        (Current).end = (N) ? YYRHSLOC(Rhs, N).end : YYRHSLOC(Rhs, 0).end;                                             \
    } while (0)

int vpl_lex(struct token *value, struct loc *loc, void *scanner);
static void vpl_error(struct loc *loc, void *scanner, struct scan *scan, const char *text);

#define MK(kind, loc, text) ast_new(scan->arena, NODE_##kind, loc, text)
#define ADD ast_add

static struct ast *flagged(struct ast *node, unsigned flags) {
    node->flags |= flags;
    return node;
}

static struct ast *numbered(struct ast *node, uint64_t number) {
    node->number = number;
    return node;
}

static struct ast *documented(struct ast *node, const char *doc) {
    node->doc = doc;
    return node;
}

/* Moves a list's members to where they belong. */
static struct ast *take(struct ast *parent, const struct ast *list) {
    return list ? ADD(parent, list->first) : parent;
}

static struct ast *what(struct scan *scan, enum event_class class, struct loc loc) {
    return numbered(MK(WHAT, loc, event_class_name(class)), class);
}

static struct ast *ops(struct scan *scan, struct loc loc, unsigned bits) {
    return bits ? numbered(MK(OPS, loc, ""), bits) : NULL;
}

/* A string that is no path: only `\"` and `\\` are escapes. */
static const char *plain(struct scan *scan, struct loc loc, const char *text) {
    struct buf out BUF_CLEANUP = {0};
    for (const char *p = text; *p; p++) {
        uint32_t at = loc.begin + 1 + (uint32_t)(p - text);
        if (*p == '\\' && p[1] && strchr("\"\\", p[1]))
            p++;
        else if (*p == '\\')
            diag_add(scan->diag, DIAG_BAD_STRING, (struct loc){at, at + 2}, "in a name or text, `\\` stands only before `\"` and `\\`");
        buf_add_char(&out, *p);
    }
    return arena_strdup(scan->arena, buf_text(&out));
}

static const char *dotted(struct scan *scan, struct loc loc, const char *a, const char *b) {
    if (strlen(a) < 1000)
        return arena_printf(scan->arena, "%s.%s", a, b);
    diag_add(scan->diag, DIAG_SYNTAX, loc, "this name is too long");
    return "";
}

static void version(struct scan *scan, struct loc word, struct loc at, uint64_t number) {
    if (scan->begun)
        diag_note(scan->diag, diag_add(scan->diag, DIAG_SYNTAX, word, "`vpl` can't stand here"), (struct loc){0}, "the version goes first in a file, and once");
    else if (number != 1)
        diag_note(scan->diag, diag_add(scan->diag, DIAG_BAD_VERSION, at, "this compiler knows version 1 of the language, not %llu", (unsigned long long)number),
                  (struct loc){0}, "write `vpl 1;`");
    scan->begun = true;
}

/* A condition's depth, which every later pass has on its stack, is the number of its node. */
static uint64_t depth(const struct ast *cond) {
    return cond->kind == NODE_OR || cond->kind == NODE_AND || cond->kind == NODE_NOT ? cond->number : 0;
}

static struct ast *joined(struct scan *scan, struct loc at, struct ast *join, struct ast *a, struct ast *b) {
    enum { DEEPEST = 2000 };
    uint64_t deeper = depth(a) > depth(b) ? depth(a) : depth(b);
    if (deeper < DEEPEST)
        return numbered(ADD(ADD(join, a), b), deeper + 1);
    diag_add(scan->diag, DIAG_SYNTAX, at, "more than %d tests in one condition: a list is shorter, `ARGUMENT in […]`", DEEPEST);
    return b;
}
}

%token END 0 "the end of the file"
%token <text> NAME "a name" STRING "a string" RAWSTRING "a raw string" GROUP "a group"
%token <number> NUMBER "a number" DURATION "a duration"
%token EQ "`==`" NE "`!=`" LE "`<=`" GE "`>=`" DOTS "`..`"
%token ';' "`;`" ',' "`,`" '{' "`{`" '}' "`}`" '(' "`(`" ')' "`)`" '[' "`[`" ']' "`]`" '=' "`=`" ':' "`:`" '.' "`.`"
%token '&' "`&`" '|' "`|`" '<' "`<`" '>' "`>`" '!' "`!`" '-' "`-`"

%token K_VPL "vpl" K_IMPORT "import" K_AS "as" K_LET "let" K_RULE "rule" K_POLICY "policy" K_CLUSTER "cluster"
%token K_EXTENDS "extends" K_OVERRIDE "override" K_ABSTRACT "abstract" K_TARGET "target" K_IN "in" K_WHERE "where"
%token K_CONTAINERS "containers" K_INIT "init" K_PRIVILEGED "privileged" K_ENFORCERS "enforcers" K_MODE "mode" K_ON "on"
%token K_FOR "for" K_FROM "from" K_PARTIAL "partial" K_MODEL "model" K_VIOLATION "violation" K_OBSERVE "observe"
%token K_ALLOW "allow" K_DENY "deny" K_ONLY "only" K_AUDIT "audit" K_BEST_EFFORT "best-effort" K_BROAD "broad"
%token K_USE "use" K_EXCEPT "except" K_DEFAULT "default" K_WHEN "when" K_CAPABILITY "capability" K_ERRNO "errno"
%token K_NOT "not" K_AND "and" K_OR "or" K_READ "read" K_WRITE "write" K_APPEND "append" K_LINK "link" K_LOCK "lock"
%token K_MAP "map" K_EXEC "exec" K_ACCESS "access" K_OWNER "owner" K_TO "to" K_MOUNT "mount" K_FSTYPE "fstype"
%token K_OPTIONS "options" K_UMOUNT "umount" K_PIVOT_ROOT "pivot_root" K_SOCKET "socket" K_TYPE "type"
%token K_PROTOCOL "protocol" K_CONNECT "connect" K_BIND "bind" K_UNIX "unix" K_INET "inet" K_PORT "port"
%token K_PTRACE "ptrace" K_TRACE "trace" K_TRACED_BY "traced-by" K_READ_BY "read-by" K_PEER "peer" K_SIGNAL "signal"
%token K_SEND "send" K_RECEIVE "receive" K_SET "set" K_SYSCALL "syscall" K_USERNS "userns" K_SELF "self"
%token K_RUNTIME "runtime" K_UNCONFINED "unconfined" K_REQUIRE "require" K_HOST_PATH "host-path" K_AT "at"
%token K_WRITABLE "writable" K_PROC_MOUNT "proc-mount" K_UNMASKED "unmasked" K_RAW "raw" K_TEST "test" K_ENTRY "entry"
%token K_EXPECT "expect" K_CATEGORY "category" K_SINCE "since" K_SEE "see" K_APPLIES "applies" K_ABI "abi"

%type <node> decls decl extends subject params plist param value list items item orexpr atom number
%type <node> paths path pset pexcept words word kset ports port rbody ritem body bitem setting model base except
%type <node> target_parts tname tns twhere labels label conts strings string reqs req stmt what useitem uses args arg errno when
%type <node> class classes owner linkto mopts mopt stype sproto inet portlist ptrace signals peers peerlist peer
%type <node> syscalls sysset syslist sysitem cargs carg where cond mask forexec forname tbody titem refs dur names_or_strings
%type <node> expect_what pname address
%type <number> fileops fileop ptops ptop sigops sigop cmp effect mods audit effort broad override pkind
%type <text> ref kword argword label_key anyword reaction

%left K_OR
%left K_AND
%precedence K_NOT
%%
file: decls { scan->tree = $1; };
decls: %empty { $$ = MK(FILE, @$, ""); }
    | decls decl { $$ = ADD($1, $2); scan->begun |= $2 != NULL; }
    | decls K_VPL NUMBER ';' { $$ = $1; version(scan, @2, @3, $3); };

decl: K_IMPORT STRING ';' { $$ = MK(IMPORT, @2, plain(scan, @2, $2)); }
    | K_IMPORT STRING K_AS NAME ';' { $$ = ADD(MK(IMPORT, @2, plain(scan, @2, $2)), MK(NAME, @4, $4)); }
    | K_LET NAME '=' value except ';' { $$ = documented(ADD(ADD(MK(LET, @2, $2), $4), $5), $<doc>1); }
    | K_LET GROUP '=' list except ';' { $$ = documented(ADD(ADD(MK(LET, @2, $2), $4), $5), $<doc>1); }
    | K_RULE NAME params '{' rbody close { $$ = documented(take(take(MK(RULE, @2, $2), $3), $5), $<doc>1); }
    | K_RULE NAME '=' useitem ';' { $$ = documented(ADD(MK(ALIAS, @2, $2), $4), $<doc>1); }
    | K_RULE error '{' rbody close { yyerrok; $$ = NULL; }
    | K_RULE error ';' { yyerrok; $$ = NULL; }
    | pkind K_POLICY pname extends '{' body close {
        $$ = $3;
        documented(flagged($$, (unsigned)$1), $<doc>2 ? $<doc>2 : $<doc>1);
        take(ADD($$, $4), $6);
    }
    | pkind K_POLICY error '{' body close { yyerrok; $$ = NULL; }
    | K_TEST error '{' tbody close { yyerrok; $$ = NULL; }
    | K_TEST STRING K_FOR subject '{' tbody close { $$ = take(ADD(MK(TEST, @2, plain(scan, @2, $2)), $4), $6); }
    | K_ABSTRACT error '{' body close { yyerrok; $$ = NULL; }
    | K_CLUSTER error '{' body close { yyerrok; $$ = NULL; }
    | error '{' { scan->muted = true; } body close { yyerrok; scan->muted = false; $$ = NULL; }
    | error ';' { yyerrok; $$ = NULL; }
    | error '}' { yyerrok; $$ = NULL; };
close: '}' | error '}' { yyerrok; };
pkind: %empty { $$ = 0; } | K_CLUSTER { $$ = FLAG_CLUSTER; } | K_ABSTRACT { $$ = FLAG_ABSTRACT; };
pname: NAME { $$ = MK(POLICY, @1, $1); } | STRING { $$ = MK(POLICY, @1, plain(scan, @1, $1)); };
extends: %empty { $$ = NULL; } | K_EXTENDS ref { $$ = MK(EXTENDS, @2, $2); };
subject: ref { $$ = MK(REF, @1, $1); } | STRING { $$ = MK(STRING, @1, plain(scan, @1, $1)); } | K_RULE useitem { $$ = $2; };
ref: NAME | ref '.' NAME { $$ = dotted(scan, @$, $1, $3); };
refs: ref { $$ = ADD(MK(LIST, @$, ""), MK(REF, @1, $1)); } | refs ',' ref { $$ = ADD($1, MK(REF, @3, $3)); };
params: %empty { $$ = NULL; } | '(' ')' { $$ = NULL; } | '(' plist ')' { $$ = $2; };
plist: param { $$ = ADD(MK(LIST, @$, ""), $1); } | plist ',' param { $$ = ADD($1, $3); };
param: NAME { $$ = MK(PARAM, @1, $1); } | NAME '=' value { $$ = ADD(MK(PARAM, @1, $1), $3); };

value: orexpr | list;
list: '[' ']' { $$ = MK(LIST, @$, ""); } | '[' items comma ']' { $$ = $2; $$->loc = @$; };
comma: %empty | ',';
items: item { $$ = ADD(MK(LIST, @$, ""), $1); } | items ',' item { $$ = ADD($1, $3); };
item: anyword { $$ = MK(REF, @1, $1); }
    | NAME '.' NAME { $$ = MK(REF, @$, dotted(scan, @$, $1, $3)); }
    | STRING { $$ = MK(STRING, @1, $1); }
    | number
    | number DOTS number { $$ = ADD(ADD(MK(RANGE, @$, ""), $1), $3); }
    | item '|' atom { $$ = $1->kind == NODE_BITOR ? ADD($1, $3) : ADD(ADD(MK(BITOR, @$, ""), $1), $3); }
    | GROUP { $$ = MK(GROUP, @1, $1); }
    | list;
orexpr: atom | orexpr '|' atom { $$ = $1->kind == NODE_BITOR ? ADD($1, $3) : ADD(ADD(MK(BITOR, @$, ""), $1), $3); };
atom: number | ref { $$ = MK(REF, @1, $1); } | STRING { $$ = MK(STRING, @1, $1); } | '(' orexpr ')' { $$ = $2; };
number: NUMBER { $$ = numbered(MK(NUMBER, @1, ""), $1); }
    | '-' NUMBER { $$ = numbered(MK(NUMBER, @$, "-"), (uint64_t)0 - $2); };

paths: path { $$ = ADD(MK(SET, @$, ""), $1); } | paths ',' path { $$ = ADD($1, $3); $$->loc = @$; };
path: STRING { $$ = MK(STRING, @1, $1); } | ref { $$ = MK(REF, @1, $1); } | list;
pexcept: %empty { $$ = NULL; } | K_EXCEPT paths { $$ = take(MK(EXCEPT, @$, ""), $2); };
pset: paths pexcept { $$ = ADD($1, $2); };
words: word { $$ = ADD(MK(SET, @$, ""), $1); } | words ',' word { $$ = ADD($1, $3); $$->loc = @$; };
word: kword { $$ = MK(REF, @1, $1); } | NAME '.' NAME { $$ = MK(REF, @$, dotted(scan, @$, $1, $3)); }
    | NUMBER { $$ = numbered(MK(NUMBER, @1, ""), $1); } | list;
kset: words { $$ = $1; } | words K_EXCEPT words { $$ = ADD($1, take(MK(EXCEPT, @3, ""), $3)); };
ports: port { $$ = ADD(MK(PORT, @$, ""), $1); } | ports ',' port { $$ = ADD($1, $3); };
port: number | number DOTS number { $$ = ADD(ADD(MK(RANGE, @$, ""), $1), $3); } | ref { $$ = MK(REF, @1, $1); } | list;

kword: NAME | K_READ { $$ = "read"; } | K_WRITE { $$ = "write"; } | K_LINK { $$ = "link"; } | K_EXEC { $$ = "exec"; }
    | K_ACCESS { $$ = "access"; } | K_MOUNT { $$ = "mount"; } | K_UMOUNT { $$ = "umount"; } | K_PIVOT_ROOT { $$ = "pivot_root"; }
    | K_BIND { $$ = "bind"; } | K_CONNECT { $$ = "connect"; } | K_SIGNAL { $$ = "signal"; } | K_PTRACE { $$ = "ptrace"; }
    | K_SEND { $$ = "send"; } | K_UNIX { $$ = "unix"; } | K_INET { $$ = "inet"; } | K_MODE { $$ = "mode"; }
    | K_SYSCALL { $$ = "syscall"; } | K_SOCKET { $$ = "socket"; } | K_CAPABILITY { $$ = "capability"; } | K_RAW { $$ = "raw"; }
    | K_LOCK { $$ = "lock"; } | K_MAP { $$ = "map"; } | K_TRACE { $$ = "trace"; } | K_RECEIVE { $$ = "receive"; }
    | K_USERNS { $$ = "userns"; } | K_TEST { $$ = "test"; } | K_RUNTIME { $$ = "runtime"; };
argword: kword | K_POLICY { $$ = "policy"; } | K_OPTIONS { $$ = "options"; } | K_PORT { $$ = "port"; } | K_MODEL { $$ = "model"; }
    | K_TYPE { $$ = "type"; } | K_PROTOCOL { $$ = "protocol"; } | K_TARGET { $$ = "target"; } | K_OWNER { $$ = "owner"; }
    | K_SET { $$ = "set"; } | K_FROM { $$ = "from"; } | K_TO { $$ = "to"; } | K_AT { $$ = "at"; } | K_PEER { $$ = "peer"; };
anyword: argword | K_VPL { $$ = "vpl"; } | K_IMPORT { $$ = "import"; } | K_AS { $$ = "as"; } | K_LET { $$ = "let"; }
    | K_RULE { $$ = "rule"; } | K_CLUSTER { $$ = "cluster"; } | K_EXTENDS { $$ = "extends"; } | K_OVERRIDE { $$ = "override"; }
    | K_ABSTRACT { $$ = "abstract"; } | K_IN { $$ = "in"; } | K_WHERE { $$ = "where"; } | K_CONTAINERS { $$ = "containers"; }
    | K_INIT { $$ = "init"; } | K_PRIVILEGED { $$ = "privileged"; } | K_ENFORCERS { $$ = "enforcers"; } | K_ON { $$ = "on"; }
    | K_FOR { $$ = "for"; } | K_PARTIAL { $$ = "partial"; } | K_VIOLATION { $$ = "violation"; } | K_OBSERVE { $$ = "observe"; }
    | K_ALLOW { $$ = "allow"; } | K_DENY { $$ = "deny"; } | K_ONLY { $$ = "only"; } | K_AUDIT { $$ = "audit"; }
    | K_BEST_EFFORT { $$ = "best-effort"; } | K_BROAD { $$ = "broad"; } | K_USE { $$ = "use"; } | K_EXCEPT { $$ = "except"; }
    | K_DEFAULT { $$ = "default"; } | K_WHEN { $$ = "when"; } | K_ERRNO { $$ = "errno"; } | K_NOT { $$ = "not"; }
    | K_AND { $$ = "and"; } | K_OR { $$ = "or"; } | K_APPEND { $$ = "append"; } | K_FSTYPE { $$ = "fstype"; }
    | K_TRACED_BY { $$ = "traced-by"; } | K_READ_BY { $$ = "read-by"; } | K_SELF { $$ = "self"; }
    | K_UNCONFINED { $$ = "unconfined"; } | K_REQUIRE { $$ = "require"; } | K_HOST_PATH { $$ = "host-path"; }
    | K_WRITABLE { $$ = "writable"; } | K_PROC_MOUNT { $$ = "proc-mount"; } | K_UNMASKED { $$ = "unmasked"; }
    | K_ENTRY { $$ = "entry"; } | K_EXPECT { $$ = "expect"; } | K_CATEGORY { $$ = "category"; } | K_SINCE { $$ = "since"; }
    | K_SEE { $$ = "see"; } | K_APPLIES { $$ = "applies"; } | K_ABI { $$ = "abi"; };

rbody: %empty { $$ = MK(LIST, @$, ""); } | rbody ritem { $$ = ADD($1, $2); };
ritem: K_RULE NAME '{' rbody close { $$ = documented(take(MK(RULE, @2, $2), $4), $<doc>1); }
    | K_CATEGORY names_or_strings ';' { $$ = take(MK(CATEGORY, @$, ""), $2); }
    | K_SINCE STRING ';' { $$ = MK(SINCE, @$, $2); }
    | K_SEE names_or_strings ';' { $$ = take(MK(SEE, @$, ""), $2); }
    | K_APPLIES K_PRIVILEGED ';' { $$ = MK(APPLIES, @$, "privileged"); }
    | stmt;
names_or_strings: NAME { $$ = ADD(MK(LIST, @$, ""), MK(NAME, @1, $1)); } | STRING { $$ = ADD(MK(LIST, @$, ""), MK(STRING, @1, $1)); }
    | names_or_strings ',' NAME { $$ = ADD($1, MK(NAME, @3, $3)); } | names_or_strings ',' STRING { $$ = ADD($1, MK(STRING, @3, $3)); };

body: %empty { $$ = MK(LIST, @$, ""); } | body bitem { $$ = ADD($1, $2); };
bitem: override setting { $$ = flagged($2, (unsigned)$1); } | stmt | forexec;
override: %empty { $$ = 0; } | K_OVERRIDE { $$ = FLAG_OVERRIDE; };
setting: K_TARGET NAME target_parts ';' { $$ = take(MK(TARGET, @2, $2), $3); }
    | K_TARGET NAME target_parts '{' conts '}' { $$ = take(take(MK(TARGET, @2, $2), $3), $5); }
    | K_TARGET error '{' conts '}' { yyerrok; $$ = MK(TARGET, @1, ""); }
    | K_TARGET error ';' { yyerrok; $$ = MK(TARGET, @1, ""); }
    | K_ENFORCERS refs ';' { $$ = take(MK(ENFORCERS, @$, ""), $2); }
    | K_PRIVILEGED ';' { $$ = MK(PRIVILEGED, @1, ""); }
    | K_MODE NAME dur model base ';' { $$ = ADD(ADD(ADD(MK(MODE, @2, $2), $3), $4), $5); }
    | K_ON K_VIOLATION reaction ';' { $$ = MK(VIOLATION, @$, $3); };
reaction: K_DENY { $$ = "deny"; } | K_AUDIT K_DENY { $$ = "audit deny"; } | K_OBSERVE { $$ = "observe"; };
dur: %empty { $$ = NULL; } | K_FOR DURATION { $$ = numbered(MK(DURATION, @2, ""), $2); };
model: %empty { $$ = NULL; } | K_FROM K_MODEL STRING { $$ = MK(MODEL, @3, plain(scan, @3, $3)); }
    | K_FROM K_PARTIAL K_MODEL STRING { $$ = flagged(MK(MODEL, @4, plain(scan, @4, $4)), FLAG_PARTIAL); };
base: %empty { $$ = NULL; } | K_ON ref { $$ = MK(BASE, @2, $2); }
    | K_ON ref K_EXCEPT refs { $$ = ADD(MK(BASE, @2, $2), take(MK(EXCEPT, @4, ""), $4)); };
target_parts: tname tns twhere { $$ = ADD(ADD(take(MK(LIST, @$, ""), $3), $1), $2); };
tname: %empty { $$ = NULL; } | string;
tns: %empty { $$ = NULL; } | K_IN STRING { $$ = MK(NAMESPACE, @2, plain(scan, @2, $2)); };
twhere: %empty { $$ = NULL; } | K_WHERE labels { $$ = $2; };
labels: label { $$ = ADD(MK(LIST, @$, ""), $1); } | labels ',' label { $$ = ADD($1, $3); };
label: label_key { $$ = numbered(MK(LABEL, @$, $1), LABEL_WORD_EXISTS); }
    | '!' label_key { $$ = numbered(MK(LABEL, @$, $2), LABEL_WORD_ABSENT); }
    | label_key '=' STRING { $$ = ADD(numbered(MK(LABEL, @$, $1), LABEL_WORD_EQUAL), MK(STRING, @3, $3)); }
    | label_key NE STRING { $$ = ADD(numbered(MK(LABEL, @$, $1), LABEL_WORD_UNEQUAL), MK(STRING, @3, $3)); }
    | label_key K_IN list { $$ = take(numbered(MK(LABEL, @$, $1), LABEL_WORD_IN), $3); }
    | label_key K_NOT K_IN list { $$ = take(numbered(MK(LABEL, @$, $1), LABEL_WORD_NOT_IN), $4); };
label_key: argword | STRING;
conts: %empty { $$ = MK(LIST, @$, ""); }
    | conts K_CONTAINERS strings ';' { $$ = ADD($1, take(MK(CONTAINERS, @2, ""), $3)); }
    | conts K_INIT K_CONTAINERS strings ';' { $$ = ADD($1, flagged(take(MK(CONTAINERS, @3, ""), $4), FLAG_INIT)); }
    | conts error ';' { yyerrok; $$ = $1; };
strings: string { $$ = ADD(MK(LIST, @$, ""), $1); } | strings ',' string { $$ = ADD($1, $3); };
string: STRING { $$ = MK(STRING, @1, $1); };
reqs: req { $$ = ADD(MK(LIST, @$, ""), $1); } | reqs ',' req { $$ = ADD($1, $3); };
req: NAME { $$ = MK(REQ, @1, $1); }
    | K_HOST_PATH string K_AT string { $$ = ADD(ADD(MK(REQ, @$, "host-path"), $2), $4); }
    | K_HOST_PATH string K_AT string K_WRITABLE { $$ = flagged(ADD(ADD(MK(REQ, @$, "host-path"), $2), $4), FLAG_WRITABLE); }
    | K_PROC_MOUNT K_UNMASKED { $$ = MK(REQ, @$, "proc-mount unmasked"); };

mods: audit effort broad { $$ = $1 | $2 | $3; };
audit: %empty { $$ = 0; } | K_AUDIT { $$ = FLAG_AUDIT; };
effort: %empty { $$ = 0; } | K_BEST_EFFORT { $$ = FLAG_BEST_EFFORT; };
broad: %empty { $$ = 0; } | K_BROAD { $$ = FLAG_BROAD; };
stmt: mods effect what errno when ';' { $$ = ADD(ADD(ADD(flagged(MK(STATEMENT, @$, ""), (unsigned)($1 | $2)), $3), $4), $5); }
    | mods K_USE uses ';' { $$ = flagged(take(MK(USE, @$, ""), $3), (unsigned)$1); }
    | mods K_USE useitem K_EXCEPT refs ';' { $$ = ADD(ADD(flagged(MK(USE, @$, ""), (unsigned)$1), $3), take(MK(EXCEPT, @5, ""), $5)); }
    | mods K_REQUIRE reqs ';' { $$ = flagged(take(MK(REQUIRE, @$, ""), $3), (unsigned)$1); }
    | K_DEFAULT K_DENY classes errno ';' { $$ = ADD(take(MK(DEFAULT, @$, ""), $3), $4); }
    | K_DEFAULT K_DENY syscalls errno when ';' { $$ = ADD(ADD(ADD(MK(DEFAULT, @$, ""), $3), $4), $5); }
    | K_RAW NAME RAWSTRING ';' { $$ = ADD(MK(RAW, @3, $3), MK(NAME, @2, $2)); }
    | K_LET NAME '=' value except ';' { $$ = ADD(ADD(MK(LET, @2, $2), $4), $5); }
    | error ';' { yyerrok; $$ = NULL; };
except: %empty { $$ = NULL; } | K_EXCEPT value { $$ = ADD(MK(EXCEPT, @2, ""), $2); };
effect: K_ALLOW { $$ = FLAG_ALLOW; } | K_ALLOW K_ONLY { $$ = FLAG_ALLOW | FLAG_ONLY; } | K_DENY { $$ = 0; };
uses: useitem { $$ = ADD(MK(LIST, @$, ""), $1); } | uses ',' useitem { $$ = ADD($1, $3); };
useitem: ref { $$ = MK(USEITEM, @1, $1); } | ref '(' ')' { $$ = MK(USEITEM, @1, $1); } | ref '(' args ')' { $$ = take(MK(USEITEM, @1, $1), $3); };
args: arg { $$ = ADD(MK(LIST, @$, ""), $1); } | args ',' arg { $$ = ADD($1, $3); };
arg: NAME ':' value except { $$ = ADD(ADD(MK(ARG, @1, $1), $3), $4); };
errno: %empty { $$ = NULL; } | K_ERRNO NAME { $$ = MK(ERRNO, @2, $2); };
when: %empty { $$ = NULL; } | K_WHEN K_CAPABILITY words { $$ = ADD(MK(WHEN, @$, ""), $3); }
    | K_WHEN K_NOT K_CAPABILITY words { $$ = flagged(ADD(MK(WHEN, @$, ""), $4), FLAG_NOT); };

what: fileops pset owner linkto { $$ = ADD(ADD(ADD(ADD(what(scan, CLASS_FILE, @$), ops(scan, @1, (unsigned)$1)), $2), $3), $4); }
    | K_CAPABILITY { $$ = what(scan, CLASS_CAPABILITY, @$); }
    | K_CAPABILITY kset { $$ = ADD(what(scan, CLASS_CAPABILITY, @$), $2); }
    | K_MOUNT mopts { $$ = take(what(scan, CLASS_MOUNT, @$), $2); }
    | K_UMOUNT { $$ = what(scan, CLASS_UMOUNT, @$); }
    | K_UMOUNT pset { $$ = ADD(what(scan, CLASS_UMOUNT, @$), $2); }
    | K_PIVOT_ROOT { $$ = what(scan, CLASS_PIVOT_ROOT, @$); }
    | K_SOCKET stype sproto { $$ = ADD(ADD(what(scan, CLASS_SOCKET, @$), $2), $3); }
    | K_SOCKET kset stype sproto { $$ = ADD(ADD(ADD(what(scan, CLASS_SOCKET, @$), $2), $3), $4); }
    | K_CONNECT inet { $$ = take(what(scan, CLASS_CONNECT, @$), $2); }
    | K_BIND inet { $$ = take(what(scan, CLASS_BIND, @$), $2); }
    | ptrace
    | K_SIGNAL signals peers { $$ = take(ADD(what(scan, CLASS_SIGNAL, @$), $2), $3); }
    | K_SIGNAL sigops signals peers { $$ = take(ADD(ADD(what(scan, CLASS_SIGNAL, @$), ops(scan, @2, (unsigned)$2)), $3), $4); }
    | syscalls
    | K_USERNS { $$ = what(scan, CLASS_USERNS, @$); };
ptrace: K_PTRACE peers { $$ = take(what(scan, CLASS_PTRACE, @$), $2); }
    | K_PTRACE ptops peers { $$ = take(ADD(what(scan, CLASS_PTRACE, @$), ops(scan, @2, (unsigned)$2)), $3); };
syscalls: K_SYSCALL sysset where { $$ = ADD(ADD(what(scan, CLASS_SYSCALL, @$), $2), $3); };
classes: class { $$ = ADD(MK(LIST, @$, ""), $1); } | classes ',' class { $$ = ADD($1, $3); };
class: NAME { $$ = MK(NAME, @1, $1); } | K_CAPABILITY { $$ = MK(NAME, @1, "capability"); } | K_MOUNT { $$ = MK(NAME, @1, "mount"); }
    | K_UMOUNT { $$ = MK(NAME, @1, "umount"); } | K_PIVOT_ROOT { $$ = MK(NAME, @1, "pivot_root"); }
    | K_SOCKET { $$ = MK(NAME, @1, "socket"); } | K_BIND { $$ = MK(NAME, @1, "bind"); } | K_CONNECT { $$ = MK(NAME, @1, "connect"); }
    | K_PTRACE { $$ = MK(NAME, @1, "ptrace"); } | K_SIGNAL { $$ = MK(NAME, @1, "signal"); } | K_USERNS { $$ = MK(NAME, @1, "userns"); };
fileops: fileop | fileops ',' fileop { $$ = $1 | $3; };
fileop: K_READ { $$ = OP_READ; } | K_WRITE { $$ = OP_WRITE; } | K_APPEND { $$ = OP_APPEND; } | K_LINK { $$ = OP_LINK; }
    | K_LOCK { $$ = OP_LOCK; } | K_MAP { $$ = OP_MAP; } | K_EXEC { $$ = OP_EXEC; } | K_ACCESS { $$ = OP_ACCESS; };
owner: %empty { $$ = NULL; } | K_OWNER { $$ = MK(OWNER, @1, ""); };
linkto: %empty { $$ = NULL; } | K_TO paths { $$ = ADD(MK(TO, @$, ""), $2); };
mopts: %empty { $$ = MK(LIST, @$, ""); } | mopts mopt { $$ = ADD($1, $2); };
mopt: K_FSTYPE words { $$ = take(MK(FSTYPE, @$, ""), $2); }
    | K_FSTYPE strings { $$ = take(MK(FSTYPE, @$, ""), $2); }
    | K_OPTIONS words { $$ = take(MK(OPTIONS, @$, ""), $2); }
    | K_OPTIONS K_ONLY words { $$ = flagged(take(MK(OPTIONS, @$, ""), $3), FLAG_ONLY); }
    | K_FROM pset { $$ = ADD(MK(FROM, @$, ""), $2); }
    | K_TO pset { $$ = ADD(MK(TO, @$, ""), $2); };
stype: %empty { $$ = NULL; } | K_TYPE words { $$ = take(MK(TYPE, @$, ""), $2); };
sproto: %empty { $$ = NULL; } | K_PROTOCOL words { $$ = take(MK(PROTOCOL, @$, ""), $2); };
inet: %empty { $$ = NULL; } | portlist { $$ = ADD(MK(LIST, @$, ""), $1); }
    | K_UNIX { $$ = ADD(MK(LIST, @$, ""), MK(UNIX, @1, "")); }
    | K_UNIX pset { $$ = ADD(MK(LIST, @$, ""), ADD(MK(UNIX, @$, ""), $2)); }
    | address { $$ = ADD(MK(LIST, @$, ""), $1); }
    | address portlist { $$ = ADD(ADD(MK(LIST, @$, ""), $1), $2); };
address: K_INET { $$ = MK(INET, @$, ""); } | K_INET pset { $$ = ADD(MK(INET, @$, ""), $2); };
portlist: K_PORT ports { $$ = $2; };
ptops: ptop | ptops ',' ptop { $$ = $1 | $3; };
ptop: K_TRACE { $$ = OP_TRACE; } | K_READ { $$ = OP_PTRACE_READ; } | K_TRACED_BY { $$ = OP_TRACED_BY; } | K_READ_BY { $$ = OP_READ_BY; };
sigops: sigop | sigops ',' sigop { $$ = $1 | $3; };
sigop: K_SEND { $$ = OP_SEND; } | K_RECEIVE { $$ = OP_RECEIVE; };
signals: %empty { $$ = NULL; } | K_SET words { $$ = take(MK(SIGNALS, @$, ""), $2); };
peers: %empty { $$ = NULL; } | K_PEER peerlist { $$ = $2; };
peerlist: peer { $$ = ADD(MK(LIST, @$, ""), $1); } | peerlist ',' peer { $$ = ADD($1, $3); };
peer: K_SELF { $$ = MK(PEER, @1, "self"); } | K_RUNTIME { $$ = MK(PEER, @1, "runtime"); } | K_UNCONFINED { $$ = MK(PEER, @1, "unconfined"); }
    | K_POLICY ref { $$ = ADD(MK(PEER, @1, "policy"), MK(REF, @2, $2)); }
    | K_POLICY STRING { $$ = ADD(MK(PEER, @1, "policy"), MK(STRING, @2, plain(scan, @2, $2))); };
sysset: %empty { $$ = NULL; } | syslist | syslist K_EXCEPT syslist { $$ = ADD($1, take(MK(EXCEPT, @3, ""), $3)); };
syslist: sysitem { $$ = ADD(MK(SET, @$, ""), $1); } | syslist ',' sysitem { $$ = ADD($1, $3); $$->loc = @$; };
sysitem: kword { $$ = MK(REF, @1, $1); } | NAME '.' NAME { $$ = MK(REF, @$, dotted(scan, @$, $1, $3)); }
    | GROUP { $$ = MK(GROUP, @1, $1); } | list | NUMBER { $$ = numbered(MK(NUMBER, @1, ""), $1); }
    | kword '(' ')' { $$ = MK(CALL, @1, $1); } | kword '(' cargs ')' { $$ = take(MK(CALL, @1, $1), $3); };
cargs: carg { $$ = ADD(MK(LIST, @$, ""), $1); } | cargs ',' carg { $$ = ADD($1, $3); };
carg: argword ':' orexpr { $$ = ADD(MK(CALLARG, @1, $1), $3); };
where: %empty { $$ = NULL; } | K_WHERE cond { $$ = ADD(MK(WHERE, @$, ""), $2); };
cond: cond K_OR cond { $$ = joined(scan, @2, MK(OR, @$, ""), $1, $3); }
    | cond K_AND cond { $$ = joined(scan, @2, MK(AND, @$, ""), $1, $3); }
    | K_NOT cond { $$ = numbered(ADD(MK(NOT, @$, ""), $2), depth($2) + 1); }
    | '(' cond ')' { $$ = $2; }
    | argword mask cmp orexpr { $$ = ADD(ADD(numbered(MK(TEST_ARG, @1, $1), $3), $2), $4); }
    | argword mask K_IN value { $$ = ADD(ADD(MK(TEST_IN, @1, $1), $2), $4); }
    | argword mask K_NOT K_IN value { $$ = flagged(ADD(ADD(MK(TEST_IN, @1, $1), $2), $5), FLAG_NOT); };
mask: %empty { $$ = NULL; } | '&' atom { $$ = ADD(MK(MASK, @2, ""), $2); };
cmp: EQ { $$ = 0; } | NE { $$ = 1; } | '<' { $$ = 2; } | LE { $$ = 3; } | '>' { $$ = 4; } | GE { $$ = 5; };

forexec: K_FOR K_EXEC paths forname '{' body close { $$ = take(ADD(ADD(MK(FOREXEC, @$, ""), $3), $4), $6); $$->loc = (struct loc){@1.begin, @4.end}; }
    | K_FOR error '{' body close { yyerrok; $$ = NULL; };
forname: %empty { $$ = NULL; } | K_AS NAME { $$ = MK(NAME, @2, $2); };
tbody: %empty { $$ = MK(LIST, @$, ""); } | tbody titem { $$ = ADD($1, $2); };
titem: K_AS K_ENTRY string ';' { $$ = ADD(MK(AS, @$, "entry"), $3); }
    | K_AS K_EXEC strings ';' { $$ = take(MK(AS, @$, "exec"), $3); }
    | K_EXPECT audit effect expect_what errno ';' { $$ = ADD(take(flagged(MK(EXPECT, @$, ""), (unsigned)($2 | $3)), $4), $5); }
    | error ';' { yyerrok; $$ = NULL; };
expect_what: what { $$ = ADD(MK(LIST, @$, ""), $1); }
    | syscalls K_ABI NAME { $$ = ADD(ADD(MK(LIST, @$, ""), $1), MK(ABI, @3, $3)); };
%%

/* A token that the scanner spoke of, a `}` too many behind another mistake, or the end of the file behind what was never
 * closed, is no mistake of its own. */
static int yyreport_syntax_error(const yypcontext_t *context, void *scanner, struct scan *scan) {
    (void)scanner;
    const char *names[YYNTOKENS];
    const struct loc *loc = yypcontext_location(context);
    size_t n = scan->diag->items.n;
    yysymbol_kind_t kinds[YYNTOKENS], found = yypcontext_token(context);
    struct expected e = {names, yypcontext_expected_tokens(context, kinds, YYNTOKENS)};
    for (int i = 0; i < e.n; i++)
        names[i] = yysymbol_name(kinds[i]);
    bool end = found == YYSYMBOL_YYEOF, said = n && scan->diag->items.items[n - 1]->loc.begin == loc->begin;
    if (!said && !(scan->muted && !end) && !(end && scan->ate_rest) && !(scan->mistakes && strcmp(yysymbol_name(found), "`}`") == 0))
        mistake_report(scan, &e, yysymbol_name(found), *loc, end);
    scan->mistakes++;
    return 0;
}

/* Bison's own trouble, a full stack; syntax errors come by the function above. */
static void vpl_error(struct loc *loc, void *scanner, struct scan *scan, const char *text) {
    (void)scanner, (void)text;
    diag_add(scan->diag, DIAG_SYNTAX, *loc, "this is nested too deep");
}
