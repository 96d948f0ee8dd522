#include "node.h"

const struct node node_default = {.kernel_major = 6,
                                  .kernel_minor = 1,
                                  .parser_major = 3,
                                  .parser_minor = 0,
                                  .abi_major = 3,
                                  .runtime = "containerd",
                                  .kubernetes_minor = 31};

bool node_kernel_at_least(const struct node *node, unsigned major, unsigned minor) {
    return node->kernel_major > major || (node->kernel_major == major && node->kernel_minor >= minor);
}

bool node_mediates_userns(const struct node *node) {
    return node_kernel_at_least(node, 6, 7) && node->parser_major >= 4 && node->abi_major >= 4;
}

const char node_no_new_mount_api[] =
    "before 6.7 AppArmor doesn't see fsopen, fsmount, open_tree and move_mount";

bool node_mediates_new_mount_api(const struct node *node) {
    return node_kernel_at_least(node, 6, 7);
}
