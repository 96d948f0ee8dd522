// Sockets: making, binding and connecting them.
#define _GNU_SOURCE
#include "probe.h"

#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

static int new_socket(char **a) {
    static const struct word families[] = {
        {"unix", AF_UNIX}, {"inet", AF_INET},   {"inet6", AF_INET6},   {"netlink", AF_NETLINK},
        {"alg", AF_ALG},   {"vsock", AF_VSOCK}, {"packet", AF_PACKET}, {NULL, 0},
    };
    static const struct word types[] = {
        {"stream", SOCK_STREAM},
        {"dgram", SOCK_DGRAM},
        {"raw", SOCK_RAW},
        {"seqpacket", SOCK_SEQPACKET},
        {NULL, 0},
    };
    int protocol = a[1] && a[2] ? (int)number(a[2]) : 0;
    return socket((int)named(families, a[0]), (int)named(types, a[1]) | SOCK_CLOEXEC, protocol);
}

// socket FAMILY TYPE [PROTOCOL]
static int probe_socket(char **a, int how) {
    (void)how;
    return outcome(new_socket(a));
}

typedef int reach_fn(int fd, const struct sockaddr *address, socklen_t size);

// bind-unix TYPE PATH and connect-unix; a leading @ is the abstract namespace's NUL
static int reach_unix(char **a, reach_fn *reach) {
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    strncpy(un.sun_path, a[1], sizeof un.sun_path - 1);
    size_t size = offsetof(struct sockaddr_un, sun_path) + strlen(un.sun_path);
    if (a[1][0] == '@')
        un.sun_path[0] = '\0';
    int fd = new_socket((char *[]){"unix", a[0], NULL});
    return fd < 0 ? errno : outcome(reach(fd, (struct sockaddr *)&un, (socklen_t)size));
}

// bind-inet TYPE PORT and connect-inet, on 127.0.0.1
static int reach_inet(char **a, reach_fn *reach) {
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    in.sin_port = htons((uint16_t)number(a[1]));
    int fd = new_socket((char *[]){"inet", a[0], NULL});
    return fd < 0 ? errno : outcome(reach(fd, (struct sockaddr *)&in, sizeof in));
}

static int probe_bind(char **a, int family) {
    return family == AF_UNIX ? reach_unix(a, bind) : reach_inet(a, bind);
}

static int probe_connect(char **a, int family) {
    return family == AF_UNIX ? reach_unix(a, connect) : reach_inet(a, connect);
}

const struct probe sockets[] = {
    {"socket", 2, probe_socket, 0},
    {"bind-unix", 2, probe_bind, AF_UNIX},
    {"connect-unix", 2, probe_connect, AF_UNIX},
    {"bind-inet", 2, probe_bind, AF_INET},
    {"connect-inet", 2, probe_connect, AF_INET},
    {0},
};
