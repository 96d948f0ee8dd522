#include "names.h"

#include <ctype.h>
#include <sha2.h>
#include <string.h>

static const char *plain(struct arena *arena, const char *text) {
    char *name = arena_strdup(arena, text);
    for (char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("._-", *c))
            *c = '-';
    return name;
}

static const char *space_of(struct arena *arena, const struct ir_policy *policy) {
    if (!ir_is_container(policy))
        return "host";
    return policy->target->namespace ? plain(arena, policy->target->namespace) : "cluster";
}

const char *names_profile(struct arena *arena, const struct ir_policy *policy, const struct buf *content) {
    char hash[SHA256_DIGEST_STRING_LENGTH];
    SHA256Data((const uint8_t *)buf_text(content), content->len, hash);
    return arena_printf(arena, "vpl.%s.%s.%.12s", space_of(arena, policy), plain(arena, policy->label), hash);
}
