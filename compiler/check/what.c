#include "what.h"

#include "calls.h"
#include "words.h"
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

/* Where a number may stand for a word: the highest one, 0 for nowhere. */
static const uint64_t highest[WORD_COUNT] = {
    [WORD_SIGNAL] = 64, [WORD_FAMILY] = 63, [WORD_SOCKET_TYPE] = 15, [WORD_PROTOCOL] = 65535};

/* Words of one sort as numbers. */
static struct value_list numbers(struct eval *e, const struct scope *scope, const struct ast *node,
                                 enum word_sort sort, const char **nothing) {
    struct value_set set = eval_set(e, scope, node, WANT_WORD, nothing);
    VEC(struct value) out = {0};
    for (size_t i = 0; i < set.in.n; i++) {
        struct value v = set.in.items[i];
        int n = v.kind == VALUE_NUMBER ? -1 : words_find(e->diag, sort, v.text, v.loc);
        if (v.kind == VALUE_NUMBER && !highest[sort])
            diag_add(e->diag, DIAG_TYPE, v.use, "a %s goes by its name", words_sort_name(sort));
        else if (v.kind == VALUE_NUMBER && v.number > highest[sort])
            diag_add(e->diag, DIAG_TYPE, v.use, "there is no %s %llu", words_sort_name(sort),
                     (unsigned long long)v.number);
        if (v.kind != VALUE_NUMBER && n < 0)
            continue;
        v.number = v.kind == VALUE_NUMBER ? v.number : (uint64_t)n;
        v.kind = VALUE_NUMBER;
        vec_push(e->arena, &out, v);
    }
    return (struct value_list){out.items, out.n};
}

uint64_t what_capabilities(struct eval *e, const struct scope *scope, const struct ast *set,
                           const char **nothing) {
    struct value_list list = numbers(e, scope, set, WORD_CAPABILITY, nothing);
    uint64_t bits = 0;
    for (size_t i = 0; i < list.n; i++)
        if (list.items[i].number < CAPABILITY_COUNT)
            bits |= (uint64_t)1 << list.items[i].number;
    return bits;
}

static struct value_set paths(struct eval *e, const struct scope *scope, const struct ast *set,
                              struct stmt *stmt) {
    return eval_set(e, scope, set, WANT_PATH, &stmt->says_nothing);
}

static void eval_file(struct eval *e, const struct scope *scope, const struct ast *part, struct stmt *stmt) {
    if (part->kind == NODE_SET)
        stmt->paths = paths(e, scope, part, stmt);
    else if (part->kind == NODE_OWNER)
        stmt->owner = true;
    else if (part->kind == NODE_TO) {
        if (stmt->ops != OP_LINK)
            diag_add(e->diag, DIAG_NOT_HERE, part->loc,
                     "`to` is for `link` alone: the file that the new name points to");
        stmt->sources = paths(e, scope, part->first, stmt);
    }
}

static void eval_capability(struct eval *e, const struct scope *scope, const struct ast *part,
                            struct stmt *stmt) {
    stmt->has_capabilities = true;
    stmt->capabilities = what_capabilities(e, scope, part, &stmt->says_nothing);
}

static struct value_list fstypes(struct eval *e, const struct scope *scope, const struct ast *part,
                                 const char **nothing) {
    struct value_list list = eval_set(e, scope, part, WANT_WORD, nothing).in;
    for (size_t i = 0; i < list.n; i++)
        if (list.items[i].kind == VALUE_NUMBER || list.items[i].kind == VALUE_RANGE) {
            diag_add(e->diag, DIAG_TYPE, list.items[i].loc, "the name of a file system is wanted here");
            return (struct value_list){0};
        }
    return list;
}

static void eval_mount(struct eval *e, const struct scope *scope, const struct ast *part, struct stmt *stmt) {
    if (part->kind == NODE_FSTYPE)
        stmt->fstypes = fstypes(e, scope, part, &stmt->says_nothing);
    else if (part->kind == NODE_OPTIONS) {
        stmt->options = numbers(e, scope, part, WORD_MOUNT_OPTION, &stmt->says_nothing);
        stmt->options_only = part->flags & FLAG_ONLY;
    } else if (part->kind == NODE_FROM)
        stmt->sources = paths(e, scope, part->first, stmt);
    else if (part->kind == NODE_TO)
        stmt->paths = paths(e, scope, part->first, stmt);
}

static void eval_umount(struct eval *e, const struct scope *scope, const struct ast *part,
                        struct stmt *stmt) {
    stmt->paths = paths(e, scope, part, stmt);
}

static void eval_socket(struct eval *e, const struct scope *scope, const struct ast *part,
                        struct stmt *stmt) {
    if (part->kind == NODE_SET)
        stmt->families = numbers(e, scope, part, WORD_FAMILY, &stmt->says_nothing);
    else if (part->kind == NODE_TYPE)
        stmt->types = numbers(e, scope, part, WORD_SOCKET_TYPE, &stmt->says_nothing);
    else if (part->kind == NODE_PROTOCOL)
        stmt->protocols = numbers(e, scope, part, WORD_PROTOCOL, &stmt->says_nothing);
}

static bool host_bits_set(const struct inet_address *a) {
    for (unsigned bit = a->bits; bit < (a->v6 ? 128U : 32U); bit++)
        if (a->bytes[bit / 8] & 0x80 >> bit % 8)
            return true;
    return false;
}

static const char host_bits[] = "has host bits set behind its prefix";

static const char *parse_address(const char *text, struct inet_address *a) {
    char host[64];
    const char *slash = strchr(text, '/');
    size_t n = slash ? (size_t)(slash - text) : strlen(text);
    if (n >= sizeof host)
        return "is no address";
    memcpy(host, text, n);
    host[n] = '\0';
    *a = (struct inet_address){.v6 = strchr(host, ':') != NULL};
    if (inet_pton(a->v6 ? AF_INET6 : AF_INET, host, a->bytes) != 1)
        return "is no IPv4 or IPv6 address";
    unsigned most = a->v6 ? 128 : 32;
    a->bits = most;
    if (slash) {
        char *end;
        unsigned long bits = strtoul(slash + 1, &end, 10);
        if (slash[1] < '0' || slash[1] > '9' || *end || bits > most)
            return a->v6 ? "needs a prefix of 0 to 128 bits" : "needs a prefix of 0 to 32 bits";
        a->bits = (unsigned)bits;
    }
    return host_bits_set(a) ? host_bits : NULL;
}

/* The network that an address with host bits is in. */
static void note_network(struct eval *e, struct diag_item *item, struct inet_address a) {
    char text[INET6_ADDRSTRLEN];
    for (unsigned bit = a.bits; bit < (a.v6 ? 128U : 32U); bit++)
        a.bytes[bit / 8] = (uint8_t)(a.bytes[bit / 8] & ~(0x80 >> bit % 8));
    inet_ntop(a.v6 ? AF_INET6 : AF_INET, a.bytes, text, sizeof text);
    diag_note(e->diag, item, (struct loc){0}, "the network is %s/%u", text, a.bits);
}

static const struct inet_address *parse_addresses(struct eval *e, struct value_list values, size_t *n) {
    VEC(struct inet_address) out = {0};
    for (size_t i = 0; i < values.n; i++) {
        struct inet_address a;
        const char *wrong = parse_address(values.items[i].text, &a);
        struct diag_item *item = wrong ? diag_add(e->diag, DIAG_BAD_ADDRESS, values.items[i].loc, "`%s` %s",
                                                  values.items[i].text, wrong)
                                       : NULL;
        if (wrong == host_bits)
            note_network(e, item, a);
        if (!wrong)
            vec_push(e->arena, &out, a);
    }
    *n = out.n;
    return out.items;
}

/* Addresses are compared as networks, not as texts: both halves are kept. */
static void eval_addresses(struct eval *e, const struct scope *scope, const struct ast *set,
                           struct stmt *stmt) {
    struct value_set values = eval_set(e, scope, set, WANT_ADDRESS, &stmt->says_nothing);
    stmt->addresses = parse_addresses(e, values.in, &stmt->n_addresses);
    stmt->not_addresses = parse_addresses(e, values.out, &stmt->n_not_addresses);
}

static void eval_ports(struct eval *e, const struct scope *scope, const struct ast *part, struct stmt *stmt) {
    struct values values = {0};
    unsigned errors = e->diag->errors;
    eval_list(e, scope, part->first, WANT_NUMBER, &values);
    for (size_t i = 0; i < values.list.n; i++) {
        const struct value *v = &values.list.items[i];
        if ((v->kind == VALUE_RANGE ? v->last : v->number) > 65535)
            diag_add(e->diag, DIAG_BAD_ADDRESS, v->loc, "a port is at most 65535");
    }
    if (!values.list.n && values.by_parameter)
        stmt->says_nothing = "a parameter left it without a port";
    else if (!values.list.n && e->diag->errors == errors)
        diag_add(e->diag, DIAG_EMPTY_LIST, part->loc, "this list is empty: the statement would say nothing");
    stmt->ports = (struct value_list){values.list.items, values.list.n};
}

static void eval_address(struct eval *e, const struct scope *scope, const struct ast *part,
                         struct stmt *stmt) {
    if (part->kind == NODE_UNIX) {
        stmt->unix_only = true;
        if (part->first)
            stmt->paths = paths(e, scope, part->first, stmt);
    } else if (part->kind == NODE_INET) {
        stmt->inet_only = true;
        if (part->first)
            eval_addresses(e, scope, part->first, stmt);
    } else if (part->kind == NODE_PORT) {
        stmt->inet_only = true;
        eval_ports(e, scope, part, stmt);
    }
}

/* Peers are taken by what they are called; a policy's name need not be in this compilation. */
static void eval_peer(struct eval *e, const struct ast *part, struct stmt *stmt) {
    static const char *const names[] = {[PEER_SELF] = "self",
                                        [PEER_RUNTIME] = "runtime",
                                        [PEER_UNCONFINED] = "unconfined",
                                        [PEER_POLICY] = "policy"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], part->text) == 0)
            stmt->peers |= 1U << i;
    if (!part->first)
        return;
    const char **list = arena_alloc(e->arena, (stmt->n_peer_policies + 1) * sizeof *list);
    for (size_t i = 0; i < stmt->n_peer_policies; i++)
        list[i] = stmt->peer_policies[i];
    list[stmt->n_peer_policies++] = part->first->text;
    stmt->peer_policies = list;
}

static void eval_ptrace(struct eval *e, const struct scope *scope, const struct ast *part,
                        struct stmt *stmt) {
    (void)scope;
    if (part->kind == NODE_PEER)
        eval_peer(e, part, stmt);
}

static void eval_signal(struct eval *e, const struct scope *scope, const struct ast *part,
                        struct stmt *stmt) {
    if (part->kind == NODE_PEER)
        eval_peer(e, part, stmt);
    if (part->kind != NODE_SIGNALS)
        return;
    struct value_list list = numbers(e, scope, part, WORD_SIGNAL, &stmt->says_nothing);
    for (size_t i = 0; i < list.n; i++)
        if (list.items[i].number < 128)
            stmt->signals[list.items[i].number / 64] |= (uint64_t)1 << list.items[i].number % 64;
}

static void eval_nothing(struct eval *e, const struct scope *scope, const struct ast *part,
                         struct stmt *stmt) {
    (void)e, (void)scope, (void)part, (void)stmt;
}

static void (*const evaluators[CLASS_COUNT])(struct eval *, const struct scope *, const struct ast *,
                                             struct stmt *) = {
    [CLASS_FILE] = eval_file,       [CLASS_CAPABILITY] = eval_capability, [CLASS_MOUNT] = eval_mount,
    [CLASS_UMOUNT] = eval_umount,   [CLASS_PIVOT_ROOT] = eval_nothing,    [CLASS_SOCKET] = eval_socket,
    [CLASS_CONNECT] = eval_address, [CLASS_BIND] = eval_address,          [CLASS_PTRACE] = eval_ptrace,
    [CLASS_SIGNAL] = eval_signal,   [CLASS_SYSCALL] = calls_eval,         [CLASS_USERNS] = eval_nothing,
};

void what_eval(struct eval *e, const struct scope *scope, const struct ast *what, struct stmt *stmt) {
    stmt->class = (enum event_class)what->number;
    stmt->abi = -1;
    const struct ast *ops = ast_child(what, NODE_OPS);
    if (ops)
        stmt->ops = (unsigned)ops->number;
    for (const struct ast *part = what->first; part; part = part->next)
        if (part->kind != NODE_OPS)
            evaluators[stmt->class](e, scope, part, stmt);
}
