# The runtime's config.json for a container as Kubernetes asks for it: $seccomp and $apparmor as vplc wrote them,
# none of the capabilities, which DefenseInDepth grants none of.
#   jq -n --slurpfile seccomp FILE --arg apparmor PROFILE --arg program PATH --arg way root|user|tty -f config.jq
{
    ociVersion: "1.0.2",
    process: {
        terminal: ($way == "tty"),
        user: (if $way == "user" then {uid: 1000, gid: 1000, additionalGids: [2000]} else {uid: 0, gid: 0} end),
        args: [$program], env: ["PATH=/bin"], cwd: "/",
        noNewPrivileges: ($way == "user"),
        capabilities: {bounding: [], effective: [], permitted: [], inheritable: [], ambient: []},
        apparmorProfile: $apparmor,
        rlimits: [{type: "RLIMIT_NOFILE", hard: 1024, soft: 1024}]
    },
    root: {path: "rootfs"},
    hostname: "hello",
    mounts: [
        {destination: "/proc", type: "proc", source: "proc"},
        {destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "mode=755"]},
        {destination: "/dev/pts", type: "devpts", source: "devpts",
            options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"]},
        {destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev", "ro"]}
    ],
    linux: {
        namespaces: ["pid", "ipc", "uts", "mount", "network"] | map({type: .}),
        maskedPaths: ["/proc/kcore", "/sys/firmware"], readonlyPaths: ["/proc/sys"],
        seccomp: $seccomp[0]
    }
}
