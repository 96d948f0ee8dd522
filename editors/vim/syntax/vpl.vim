" Vim syntax file
" Language: VPL, a policy language for AppArmor, seccomp and Kubernetes
" Made by `make editors` from vpl.vim.in: the words are the compiler's and the library's.

if exists('b:current_syntax')
  finish
endif
let s:cpo_save = &cpo
set cpo&vim

syn case match
syn iskeyword @,48-57,_,-
syn sync fromstart

" Reserved words, by what they do
syn keyword vplDeclaration abstract cluster import let policy rule test vpl
syn keyword vplSetting applies category containers enforcers host-path init mode observe override privileged
syn keyword vplSetting proc-mount require see since target violation
syn keyword vplStatement allow default deny expect raw use
syn keyword vplModifier audit best-effort broad only owner partial unmasked writable
syn match vplClass /\<\%(bind\|capability\|connect\|mount\|pivot_root\|ptrace\|signal\|socket\|syscall\|umount\|userns\)\>/
syn keyword vplOperation access append exec link lock map read read-by receive send trace traced-by write
syn match vplClause /\<\%(abi\|as\|at\|errno\|except\|extends\|for\|from\|fstype\|model\|on\|options\|peer\|port\|protocol\|set\|to\|type\|when\|where\)\>/
syn keyword vplOperator and in not or
syn keyword vplValue entry inet runtime self unconfined unix

syn match vplName /\%(\<\%(rule\|policy\|let\)\s\+\)\@<=[A-Za-z_][A-Za-z0-9_-]*/
syn match vplGroup /@[a-z][a-z0-9]*\%(-[a-z0-9]\+\)*/
syn match vplOperator /[=!<>]=\|[|&<>=!]/
syn match vplNumber /\<\%(0x[0-9A-Fa-f_]\+\|0o[0-7_]\+\|[0-9][0-9_]*[smhd]\=\)\>/

" The library
syn keyword vplLibraryRule block-access-to-alibaba-metadata-service block-access-to-aws-metadata-service
syn keyword vplLibraryRule block-access-to-container-runtime block-access-to-kube-apiserver
syn keyword vplLibraryRule block-access-to-metadata-service block-access-to-oci-metadata-service
syn keyword vplLibraryRule block-access-to-volc-metadata-service cgroups-lxcfs-escape-mitigation
syn keyword vplLibraryRule copy-fail-mitigation dirty-pipe-mitigation disable-access-passwd
syn keyword vplLibraryRule disable-access-shadow disable-access-ssh-dir disable-busybox disable-cap
syn keyword vplLibraryRule disable-cap-all disable-cap-all-except-net-bind-service disable-cap-audit-control
syn keyword vplLibraryRule disable-cap-audit-read disable-cap-audit-write disable-cap-block-suspend
syn keyword vplLibraryRule disable-cap-bpf disable-cap-checkpoint-restore disable-cap-chown
syn keyword vplLibraryRule disable-cap-dac-override disable-cap-dac-read-search disable-cap-fowner
syn keyword vplLibraryRule disable-cap-fsetid disable-cap-ipc-lock disable-cap-ipc-owner disable-cap-kill
syn keyword vplLibraryRule disable-cap-lease disable-cap-linux-immutable disable-cap-mac-admin
syn keyword vplLibraryRule disable-cap-mac-override disable-cap-mknod disable-cap-net-admin
syn keyword vplLibraryRule disable-cap-net-bind-service disable-cap-net-broadcast disable-cap-net-raw
syn keyword vplLibraryRule disable-cap-perfmon disable-cap-privileged disable-cap-setfcap disable-cap-setgid
syn keyword vplLibraryRule disable-cap-setpcap disable-cap-setuid disable-cap-sys-admin disable-cap-sys-boot
syn keyword vplLibraryRule disable-cap-sys-chroot disable-cap-sys-module disable-cap-sys-nice
syn keyword vplLibraryRule disable-cap-sys-pacct disable-cap-sys-ptrace disable-cap-sys-rawio
syn keyword vplLibraryRule disable-cap-sys-resource disable-cap-sys-time disable-cap-sys-tty-config
syn keyword vplLibraryRule disable-cap-syslog disable-cap-wake-alarm disable-chmod disable-chmod-s-bit
syn keyword vplLibraryRule disable-chmod-x-bit disable-curl disable-icmp disable-inet disable-inet6
syn keyword vplLibraryRule disable-ipv4 disable-ipv6 disable-network disable-program disable-shell
syn keyword vplLibraryRule disable-su-sudo disable-tcp disable-udp disable-unix-domain-socket disable-wget
syn keyword vplLibraryRule disable-write-etc disable-write-skills disallow-abuse-user-ns
syn keyword vplLibraryRule disallow-access-kallsyms disallow-access-procfs-root disallow-create-user-ns
syn keyword vplLibraryRule disallow-debug-disk-device disallow-insmod disallow-io-uring disallow-kexec
syn keyword vplLibraryRule disallow-keyrings disallow-load-all-bpf-prog disallow-load-bpf-prog
syn keyword vplLibraryRule disallow-load-bpf-via-setsockopt disallow-load-ebpf disallow-metadata-service
syn keyword vplLibraryRule disallow-mount disallow-mount-cgroupfs disallow-mount-disk-device
syn keyword vplLibraryRule disallow-mount-procfs disallow-mount-securityfs disallow-new-mount-api
syn keyword vplLibraryRule disallow-packet-sockets disallow-perf-event-open disallow-ptrace-others
syn keyword vplLibraryRule disallow-raw-sockets disallow-umount disallow-userfaultfd-creation disallow-vsock
syn keyword vplLibraryRule disallow-write-binfmt-misc disallow-write-core-pattern disallow-write-release-agent
syn keyword vplLibraryRule disallow-write-usermode-helpers ingress-nightmare-mitigation
syn keyword vplLibraryRule mitigate-disk-device-number-leak mitigate-host-ip-leak mitigate-overlayfs-leak
syn keyword vplLibraryRule mitigate-sa-leak pss-baseline pss-restricted runc-override-mitigation
syn keyword vplLibraryRule runtime-default runtime-default-moby runtime-default-podman
syn keyword vplLibraryRule runtime-override-mitigation runtime-start
syn keyword vplConstant ADDR_COMPAT_LAYOUT ADDR_LIMIT_32BIT ADDR_LIMIT_3GB ADDR_NO_RANDOMIZE AF_ALG
syn keyword vplConstant AF_APPLETALK AF_ASH AF_ATMPVC AF_ATMSVC AF_AX25 AF_BLUETOOTH AF_BRIDGE AF_CAIF AF_CAN
syn keyword vplConstant AF_DECnet AF_ECONET AF_IB AF_IEEE802154 AF_INET AF_INET6 AF_IPX AF_IRDA AF_ISDN
syn keyword vplConstant AF_IUCV AF_KCM AF_KEY AF_LLC AF_LOCAL AF_MCTP AF_MPLS AF_NETBEUI AF_NETLINK AF_NETROM
syn keyword vplConstant AF_NFC AF_PACKET AF_PHONET AF_PPPOX AF_QIPCRTR AF_RDS AF_ROSE AF_ROUTE AF_RXRPC
syn keyword vplConstant AF_SECURITY AF_SMC AF_SNA AF_TIPC AF_UNIX AF_UNSPEC AF_VSOCK AF_WANPIPE AF_X25 AF_XDP
syn keyword vplConstant ALG_SET_AEAD_ASSOCLEN ALG_SET_AEAD_AUTHSIZE ALG_SET_DRBG_ENTROPY ALG_SET_IV
syn keyword vplConstant ALG_SET_KEY ALG_SET_KEY_BY_KEY_SERIAL ALG_SET_OP ARCH_ENABLE_TAGGED_ADDR
syn keyword vplConstant ARCH_GET_CPUID ARCH_GET_FS ARCH_GET_GS ARCH_REQ_XCOMP_GUEST_PERM ARCH_REQ_XCOMP_PERM
syn keyword vplConstant ARCH_SET_CPUID ARCH_SET_FS ARCH_SET_GS ARCH_SHSTK_DISABLE ARCH_SHSTK_ENABLE
syn keyword vplConstant ARCH_SHSTK_LOCK ARCH_SHSTK_UNLOCK AT_EACCESS AT_EMPTY_PATH AT_EXECVE_CHECK
syn keyword vplConstant AT_HANDLE_CONNECTABLE AT_HANDLE_FID AT_HANDLE_MNT_ID_UNIQUE AT_NO_AUTOMOUNT
syn keyword vplConstant AT_RECURSIVE AT_REMOVEDIR AT_STATX_DONT_SYNC AT_STATX_FORCE_SYNC AT_STATX_SYNC_AS_STAT
syn keyword vplConstant AT_SYMLINK_FOLLOW AT_SYMLINK_NOFOLLOW BPF_BTF_GET_FD_BY_ID BPF_BTF_GET_NEXT_ID
syn keyword vplConstant BPF_BTF_LOAD BPF_COMMON_ATTRS BPF_ENABLE_STATS BPF_ITER_CREATE BPF_LINK_CREATE
syn keyword vplConstant BPF_LINK_DETACH BPF_LINK_GET_FD_BY_ID BPF_LINK_GET_NEXT_ID BPF_LINK_UPDATE
syn keyword vplConstant BPF_MAP_CREATE BPF_MAP_DELETE_BATCH BPF_MAP_DELETE_ELEM BPF_MAP_FREEZE
syn keyword vplConstant BPF_MAP_GET_FD_BY_ID BPF_MAP_GET_NEXT_ID BPF_MAP_GET_NEXT_KEY
syn keyword vplConstant BPF_MAP_LOOKUP_AND_DELETE_BATCH BPF_MAP_LOOKUP_AND_DELETE_ELEM BPF_MAP_LOOKUP_BATCH
syn keyword vplConstant BPF_MAP_LOOKUP_ELEM BPF_MAP_UPDATE_BATCH BPF_MAP_UPDATE_ELEM BPF_OBJ_GET
syn keyword vplConstant BPF_OBJ_GET_INFO_BY_FD BPF_OBJ_PIN BPF_PROG_ASSOC_STRUCT_OPS BPF_PROG_ATTACH
syn keyword vplConstant BPF_PROG_BIND_MAP BPF_PROG_DETACH BPF_PROG_GET_FD_BY_ID BPF_PROG_GET_NEXT_ID
syn keyword vplConstant BPF_PROG_LOAD BPF_PROG_QUERY BPF_PROG_STREAM_READ_BY_FD BPF_PROG_TEST_RUN
syn keyword vplConstant BPF_RAW_TRACEPOINT_OPEN BPF_TASK_FD_QUERY BPF_TOKEN_CREATE CLONE_CHILD_CLEARTID
syn keyword vplConstant CLONE_CHILD_SETTID CLONE_DETACHED CLONE_FILES CLONE_FS CLONE_IO CLONE_NEWCGROUP
syn keyword vplConstant CLONE_NEWIPC CLONE_NEWNET CLONE_NEWNS CLONE_NEWPID CLONE_NEWTIME CLONE_NEWUSER
syn keyword vplConstant CLONE_NEWUTS CLONE_PARENT CLONE_PARENT_SETTID CLONE_PIDFD CLONE_PTRACE CLONE_SETTLS
syn keyword vplConstant CLONE_SIGHAND CLONE_SYSVSEM CLONE_THREAD CLONE_UNTRACED CLONE_VFORK CLONE_VM CSIGNAL
syn keyword vplConstant FAN_CLASS_CONTENT FAN_CLASS_NOTIF FAN_CLASS_PRE_CONTENT FAN_ENABLE_AUDIT FAN_MARK_ADD
syn keyword vplConstant FAN_MARK_FILESYSTEM FAN_MARK_FLUSH FAN_MARK_INODE FAN_MARK_MNTNS FAN_MARK_MOUNT
syn keyword vplConstant FAN_MARK_REMOVE FAN_REPORT_FID FAN_REPORT_PIDFD FAN_UNLIMITED_MARKS
syn keyword vplConstant FAN_UNLIMITED_QUEUE FDPIC_FUNCPTRS FD_CLOEXEC FIBMAP FICLONE FICLONERANGE
syn keyword vplConstant FIDEDUPERANGE FIFREEZE FIOASYNC FIOCLEX FIONBIO FIONREAD FITHAW FITRIM
syn keyword vplConstant FSCONFIG_CMD_CREATE FSCONFIG_CMD_CREATE_EXCL FSCONFIG_CMD_RECONFIGURE
syn keyword vplConstant FSCONFIG_SET_BINARY FSCONFIG_SET_FD FSCONFIG_SET_FLAG FSCONFIG_SET_PATH
syn keyword vplConstant FSCONFIG_SET_PATH_EMPTY FSCONFIG_SET_STRING FSMOUNT_CLOEXEC FSMOUNT_NAMESPACE
syn keyword vplConstant FSOPEN_CLOEXEC FSPICK_CLOEXEC FSPICK_EMPTY_PATH FSPICK_NO_AUTOMOUNT
syn keyword vplConstant FSPICK_SYMLINK_NOFOLLOW F_ADD_SEALS F_CANCELLK F_CREATED_QUERY F_DUPFD F_DUPFD_CLOEXEC
syn keyword vplConstant F_DUPFD_QUERY F_GETDELEG F_GETFD F_GETFL F_GETLEASE F_GETLK F_GETOWN F_GETOWN_EX
syn keyword vplConstant F_GETPIPE_SZ F_GETSIG F_GET_SEALS F_NOTIFY F_OFD_GETLK F_OFD_SETLK F_OFD_SETLKW
syn keyword vplConstant F_SEAL_EXEC F_SEAL_FUTURE_WRITE F_SEAL_GROW F_SEAL_SEAL F_SEAL_SHRINK F_SEAL_WRITE
syn keyword vplConstant F_SETDELEG F_SETFD F_SETFL F_SETLEASE F_SETLK F_SETLKW F_SETOWN F_SETOWN_EX
syn keyword vplConstant F_SETPIPE_SZ F_SETSIG IP6T_SO_SET_ADD_COUNTERS IP6T_SO_SET_REPLACE IPC_CREAT IPC_EXCL
syn keyword vplConstant IPC_NOWAIT IPC_PRIVATE IPC_RMID IPC_SET IPC_STAT IPPROTO_AGGFRAG IPPROTO_AH
syn keyword vplConstant IPPROTO_BEETPH IPPROTO_COMP IPPROTO_DCCP IPPROTO_EGP IPPROTO_ENCAP IPPROTO_ESP
syn keyword vplConstant IPPROTO_ETHERNET IPPROTO_GRE IPPROTO_ICMP IPPROTO_ICMPV6 IPPROTO_IDP IPPROTO_IGMP
syn keyword vplConstant IPPROTO_IP IPPROTO_IPIP IPPROTO_IPV6 IPPROTO_L2TP IPPROTO_MPLS IPPROTO_MPTCP
syn keyword vplConstant IPPROTO_MTP IPPROTO_PIM IPPROTO_PUP IPPROTO_RAW IPPROTO_RSVP IPPROTO_SCTP IPPROTO_SMC
syn keyword vplConstant IPPROTO_TCP IPPROTO_TP IPPROTO_UDP IPPROTO_UDPLITE IPT_SO_SET_ADD_COUNTERS
syn keyword vplConstant IPT_SO_SET_REPLACE KDADDIO KDDELIO KDDISABIO KDENABIO KDFONTOP KDKBDREP KDSETKEYCODE
syn keyword vplConstant KDSETLED KDSETMODE KDSIGACCEPT KDSKBDIACR KDSKBENT KDSKBMODE KDSKBSENT
syn keyword vplConstant KEXEC_CRASH_HOTPLUG_SUPPORT KEXEC_FILE_DEBUG KEXEC_FILE_FORCE_DTB KEXEC_FILE_NO_CMA
syn keyword vplConstant KEXEC_FILE_NO_INITRAMFS KEXEC_FILE_ON_CRASH KEXEC_FILE_UNLOAD KEXEC_ON_CRASH
syn keyword vplConstant KEXEC_PRESERVE_CONTEXT KEXEC_UPDATE_ELFCOREHDR KEYCTL_ASSUME_AUTHORITY
syn keyword vplConstant KEYCTL_CAPABILITIES KEYCTL_CHOWN KEYCTL_CLEAR KEYCTL_DESCRIBE KEYCTL_DH_COMPUTE
syn keyword vplConstant KEYCTL_GET_KEYRING_ID KEYCTL_GET_PERSISTENT KEYCTL_GET_SECURITY KEYCTL_INSTANTIATE
syn keyword vplConstant KEYCTL_INSTANTIATE_IOV KEYCTL_INVALIDATE KEYCTL_JOIN_SESSION_KEYRING KEYCTL_LINK
syn keyword vplConstant KEYCTL_MOVE KEYCTL_NEGATE KEYCTL_PKEY_DECRYPT KEYCTL_PKEY_ENCRYPT KEYCTL_PKEY_QUERY
syn keyword vplConstant KEYCTL_PKEY_SIGN KEYCTL_PKEY_VERIFY KEYCTL_READ KEYCTL_REJECT KEYCTL_RESTRICT_KEYRING
syn keyword vplConstant KEYCTL_REVOKE KEYCTL_SEARCH KEYCTL_SESSION_TO_PARENT KEYCTL_SETPERM
syn keyword vplConstant KEYCTL_SET_REQKEY_KEYRING KEYCTL_SET_TIMEOUT KEYCTL_UNLINK KEYCTL_UPDATE
syn keyword vplConstant KEYCTL_WATCH_KEY KVM_CHECK_EXTENSION KVM_CREATE_VM KVM_GET_API_VERSION
syn keyword vplConstant LINUX_REBOOT_CMD_CAD_OFF LINUX_REBOOT_CMD_CAD_ON LINUX_REBOOT_CMD_HALT
syn keyword vplConstant LINUX_REBOOT_CMD_KEXEC LINUX_REBOOT_CMD_POWER_OFF LINUX_REBOOT_CMD_RESTART
syn keyword vplConstant LINUX_REBOOT_CMD_RESTART2 LINUX_REBOOT_CMD_SW_SUSPEND LINUX_REBOOT_MAGIC1
syn keyword vplConstant LINUX_REBOOT_MAGIC2 LINUX_REBOOT_MAGIC2A LINUX_REBOOT_MAGIC2B LINUX_REBOOT_MAGIC2C
syn keyword vplConstant LOCK_EX LOCK_NB LOCK_SH LOCK_UN LOOP_CHANGE_FD LOOP_CLR_FD LOOP_CONFIGURE LOOP_CTL_ADD
syn keyword vplConstant LOOP_CTL_GET_FREE LOOP_CTL_REMOVE LOOP_SET_FD LOOP_SET_STATUS64 MADV_COLLAPSE
syn keyword vplConstant MADV_DONTNEED MADV_FREE MADV_HUGEPAGE MADV_HWPOISON MADV_MERGEABLE MADV_REMOVE
syn keyword vplConstant MADV_SOFT_OFFLINE MAP_32BIT MAP_ANONYMOUS MAP_DENYWRITE MAP_DROPPABLE MAP_EXECUTABLE
syn keyword vplConstant MAP_FIXED MAP_FIXED_NOREPLACE MAP_GROWSDOWN MAP_HUGETLB MAP_LOCKED MAP_NONBLOCK
syn keyword vplConstant MAP_NORESERVE MAP_POPULATE MAP_PRIVATE MAP_SHARED MAP_SHARED_VALIDATE MAP_STACK
syn keyword vplConstant MAP_SYNC MAP_UNINITIALIZED MCL_CURRENT MCL_FUTURE MCL_ONFAULT MFD_ALLOW_SEALING
syn keyword vplConstant MFD_CLOEXEC MFD_EXEC MFD_HUGETLB MFD_NOEXEC_SEAL MLOCK_ONFAULT MMAP_PAGE_ZERO
syn keyword vplConstant MNT_DETACH MNT_EXPIRE MNT_FORCE MODULE_INIT_COMPRESSED_FILE
syn keyword vplConstant MODULE_INIT_IGNORE_MODVERSIONS MODULE_INIT_IGNORE_VERMAGIC MOUNT_ATTR_IDMAP
syn keyword vplConstant MOUNT_ATTR_NOATIME MOUNT_ATTR_NODEV MOUNT_ATTR_NODIRATIME MOUNT_ATTR_NOEXEC
syn keyword vplConstant MOUNT_ATTR_NOSUID MOUNT_ATTR_NOSYMFOLLOW MOUNT_ATTR_RDONLY MOUNT_ATTR_RELATIME
syn keyword vplConstant MOUNT_ATTR_STRICTATIME MOUNT_ATTR__ATIME MOVE_MOUNT_BENEATH MOVE_MOUNT_F_AUTOMOUNTS
syn keyword vplConstant MOVE_MOUNT_F_EMPTY_PATH MOVE_MOUNT_F_SYMLINKS MOVE_MOUNT_SET_GROUP
syn keyword vplConstant MOVE_MOUNT_T_AUTOMOUNTS MOVE_MOUNT_T_EMPTY_PATH MOVE_MOUNT_T_SYMLINKS MREMAP_DONTUNMAP
syn keyword vplConstant MREMAP_FIXED MREMAP_MAYMOVE MSGCTL MSGGET MSGRCV MSGSND MS_ASYNC MS_BIND MS_DIRSYNC
syn keyword vplConstant MS_INVALIDATE MS_I_VERSION MS_LAZYTIME MS_MANDLOCK MS_MOVE MS_NOATIME MS_NODEV
syn keyword vplConstant MS_NODIRATIME MS_NOEXEC MS_NOSUID MS_NOSYMFOLLOW MS_POSIXACL MS_PRIVATE MS_RDONLY
syn keyword vplConstant MS_REC MS_RELATIME MS_REMOUNT MS_SHARED MS_SILENT MS_SLAVE MS_STRICTATIME MS_SYNC
syn keyword vplConstant MS_SYNCHRONOUS MS_UNBINDABLE NETLINK_AUDIT NETLINK_CONNECTOR NETLINK_CRYPTO
syn keyword vplConstant NETLINK_DNRTMSG NETLINK_ECRYPTFS NETLINK_FIB_LOOKUP NETLINK_FIREWALL NETLINK_GENERIC
syn keyword vplConstant NETLINK_IP6_FW NETLINK_ISCSI NETLINK_KOBJECT_UEVENT NETLINK_NETFILTER NETLINK_NFLOG
syn keyword vplConstant NETLINK_RDMA NETLINK_ROUTE NETLINK_SCSITRANSPORT NETLINK_SELINUX NETLINK_SMC
syn keyword vplConstant NETLINK_SOCK_DIAG NETLINK_UNUSED NETLINK_USERSOCK NETLINK_XFRM OPEN_TREE_CLOEXEC
syn keyword vplConstant OPEN_TREE_CLONE OPEN_TREE_NAMESPACE O_ACCMODE O_APPEND O_CLOEXEC O_CREAT O_DIRECT
syn keyword vplConstant O_DIRECTORY O_DSYNC O_EMPTYPATH O_EXCL O_LARGEFILE O_NDELAY O_NOATIME O_NOCTTY
syn keyword vplConstant O_NOFOLLOW O_NONBLOCK O_PATH O_RDONLY O_RDWR O_SYNC O_TMPFILE O_TRUNC O_WRONLY
syn keyword vplConstant PACKET_ADD_MEMBERSHIP PACKET_AUXDATA PACKET_COPY_THRESH PACKET_DROP_MEMBERSHIP
syn keyword vplConstant PACKET_FANOUT PACKET_FANOUT_DATA PACKET_IGNORE_OUTGOING PACKET_QDISC_BYPASS
syn keyword vplConstant PACKET_RESERVE PACKET_RX_RING PACKET_TIMESTAMP PACKET_TX_RING PACKET_VERSION
syn keyword vplConstant PACKET_VNET_HDR PERF_FLAG_FD_CLOEXEC PERF_FLAG_FD_NO_GROUP PERF_FLAG_FD_OUTPUT
syn keyword vplConstant PERF_FLAG_PID_CGROUP PER_LINUX PER_LINUX32 PER_LINUX32_3GB PER_LINUX_32BIT
syn keyword vplConstant PER_LINUX_FDPIC PER_MASK PIO_FONT PIO_FONTX PIO_UNIMAP PKEY_DISABLE_ACCESS
syn keyword vplConstant PKEY_DISABLE_WRITE PROT_EXEC PROT_GROWSDOWN PROT_GROWSUP PROT_NONE PROT_READ PROT_SEM
syn keyword vplConstant PROT_WRITE PR_CAPBSET_DROP PR_CAPBSET_READ PR_CAP_AMBIENT PR_CAP_AMBIENT_CLEAR_ALL
syn keyword vplConstant PR_CAP_AMBIENT_IS_SET PR_CAP_AMBIENT_LOWER PR_CAP_AMBIENT_RAISE PR_FUTEX_HASH
syn keyword vplConstant PR_GET_AUXV PR_GET_CHILD_SUBREAPER PR_GET_DUMPABLE PR_GET_IO_FLUSHER PR_GET_KEEPCAPS
syn keyword vplConstant PR_GET_MDWE PR_GET_MEMORY_MERGE PR_GET_NAME PR_GET_NO_NEW_PRIVS PR_GET_PDEATHSIG
syn keyword vplConstant PR_GET_SECCOMP PR_GET_SECUREBITS PR_GET_SPECULATION_CTRL PR_GET_THP_DISABLE
syn keyword vplConstant PR_GET_TID_ADDRESS PR_GET_TIMERSLACK PR_GET_TSC PR_MCE_KILL PR_MCE_KILL_GET
syn keyword vplConstant PR_MDWE_NO_INHERIT PR_MDWE_REFUSE_EXEC_GAIN PR_RSEQ_SLICE_EXTENSION PR_SCHED_CORE
syn keyword vplConstant PR_SET_CHILD_SUBREAPER PR_SET_DUMPABLE PR_SET_IO_FLUSHER PR_SET_KEEPCAPS PR_SET_MDWE
syn keyword vplConstant PR_SET_MEMORY_MERGE PR_SET_MM PR_SET_NAME PR_SET_NO_NEW_PRIVS PR_SET_PDEATHSIG
syn keyword vplConstant PR_SET_PTRACER PR_SET_SECCOMP PR_SET_SECUREBITS PR_SET_SPECULATION_CTRL
syn keyword vplConstant PR_SET_SYSCALL_USER_DISPATCH PR_SET_THP_DISABLE PR_SET_TIMERSLACK PR_SET_TSC
syn keyword vplConstant PR_SET_VMA PR_SET_VMA_ANON_NAME PR_SPEC_DISABLE PR_SPEC_DISABLE_NOEXEC PR_SPEC_ENABLE
syn keyword vplConstant PR_SPEC_FORCE_DISABLE PR_SPEC_INDIRECT_BRANCH PR_SPEC_L1D_FLUSH PR_SPEC_STORE_BYPASS
syn keyword vplConstant PR_SYS_DISPATCH_OFF PR_SYS_DISPATCH_ON PR_TASK_PERF_EVENTS_DISABLE
syn keyword vplConstant PR_TASK_PERF_EVENTS_ENABLE PR_TIMER_CREATE_RESTORE_IDS PR_TSC_ENABLE PR_TSC_SIGSEGV
syn keyword vplConstant PTRACE_ATTACH PTRACE_CONT PTRACE_DETACH PTRACE_GETEVENTMSG PTRACE_GETFPREGS
syn keyword vplConstant PTRACE_GETFPXREGS PTRACE_GETREGS PTRACE_GETREGSET PTRACE_GETSIGINFO PTRACE_GETSIGMASK
syn keyword vplConstant PTRACE_GET_RSEQ_CONFIGURATION PTRACE_GET_SYSCALL_INFO
syn keyword vplConstant PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG PTRACE_GET_THREAD_AREA PTRACE_INTERRUPT
syn keyword vplConstant PTRACE_KILL PTRACE_LISTEN PTRACE_OLDSETOPTIONS PTRACE_PEEKDATA PTRACE_PEEKSIGINFO
syn keyword vplConstant PTRACE_PEEKTEXT PTRACE_PEEKUSR PTRACE_POKEDATA PTRACE_POKETEXT PTRACE_POKEUSR
syn keyword vplConstant PTRACE_SECCOMP_GET_FILTER PTRACE_SECCOMP_GET_METADATA PTRACE_SEIZE PTRACE_SETFPREGS
syn keyword vplConstant PTRACE_SETFPXREGS PTRACE_SETOPTIONS PTRACE_SETREGS PTRACE_SETREGSET PTRACE_SETSIGINFO
syn keyword vplConstant PTRACE_SETSIGMASK PTRACE_SET_SYSCALL_INFO PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG
syn keyword vplConstant PTRACE_SET_THREAD_AREA PTRACE_SINGLEBLOCK PTRACE_SINGLESTEP PTRACE_SYSCALL
syn keyword vplConstant PTRACE_SYSEMU PTRACE_SYSEMU_SINGLESTEP PTRACE_TRACEME READ_IMPLIES_EXEC
syn keyword vplConstant RENAME_EXCHANGE RENAME_NOREPLACE RENAME_WHITEOUT RWF_APPEND RWF_ATOMIC RWF_DONTCACHE
syn keyword vplConstant RWF_DSYNC RWF_HIPRI RWF_NOAPPEND RWF_NOWAIT RWF_SYNC SCHED_BATCH SCHED_DEADLINE
syn keyword vplConstant SCHED_EXT SCHED_FIFO SCHED_IDLE SCHED_NORMAL SCHED_RESET_ON_FORK SCHED_RR
syn keyword vplConstant SECCOMP_FILTER_FLAG_LOG SECCOMP_FILTER_FLAG_NEW_LISTENER
syn keyword vplConstant SECCOMP_FILTER_FLAG_SPEC_ALLOW SECCOMP_FILTER_FLAG_TSYNC
syn keyword vplConstant SECCOMP_FILTER_FLAG_TSYNC_ESRCH SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
syn keyword vplConstant SECCOMP_GET_ACTION_AVAIL SECCOMP_GET_NOTIF_SIZES SECCOMP_MODE_DISABLED
syn keyword vplConstant SECCOMP_MODE_FILTER SECCOMP_MODE_STRICT SECCOMP_SET_MODE_FILTER
syn keyword vplConstant SECCOMP_SET_MODE_STRICT SEMCTL SEMGET SEMOP SEMTIMEDOP SHMAT SHMCTL SHMDT SHMGET
syn keyword vplConstant SHORT_INODE SIGABRT SIGALRM SIGBUS SIGCHLD SIGCONT SIGFPE SIGHUP SIGILL SIGINT SIGIO
syn keyword vplConstant SIGIOT SIGKILL SIGPIPE SIGPOLL SIGPROF SIGPWR SIGQUIT SIGRTMIN SIGSEGV SIGSTKFLT
syn keyword vplConstant SIGSTOP SIGSYS SIGTERM SIGTRAP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGUSR1 SIGUSR2
syn keyword vplConstant SIGVTALRM SIGWINCH SIGXCPU SIGXFSZ SIOCADDRT SIOCBRADDBR SIOCBRDELBR SIOCDARP
syn keyword vplConstant SIOCDELRT SIOCETHTOOL SIOCSARP SIOCSIFADDR SIOCSIFBRDADDR SIOCSIFFLAGS SIOCSIFHWADDR
syn keyword vplConstant SIOCSIFMTU SIOCSIFNAME SIOCSIFNETMASK SIOCSIFTXQLEN SOCK_CLOEXEC SOCK_DCCP SOCK_DGRAM
syn keyword vplConstant SOCK_NONBLOCK SOCK_PACKET SOCK_RAW SOCK_RDM SOCK_SEQPACKET SOCK_STREAM SOL_ALG
syn keyword vplConstant SOL_BLUETOOTH SOL_CAIF SOL_ICMPV6 SOL_IP SOL_IPV6 SOL_KCM SOL_MPTCP SOL_NETLINK
syn keyword vplConstant SOL_NFC SOL_PACKET SOL_RAW SOL_RDS SOL_RXRPC SOL_SCTP SOL_SOCKET SOL_TCP SOL_TIPC
syn keyword vplConstant SOL_TLS SOL_UDP SOL_UDPLITE SOL_VSOCK SOL_XDP SO_ACCEPTCONN SO_ATTACH_BPF
syn keyword vplConstant SO_ATTACH_FILTER SO_ATTACH_REUSEPORT_CBPF SO_ATTACH_REUSEPORT_EBPF SO_BINDTODEVICE
syn keyword vplConstant SO_BINDTOIFINDEX SO_BROADCAST SO_BUSY_POLL SO_DEBUG SO_DETACH_BPF SO_DETACH_FILTER
syn keyword vplConstant SO_DETACH_REUSEPORT_BPF SO_DEVMEM_DMABUF SO_DEVMEM_DONTNEED SO_DEVMEM_LINEAR SO_DOMAIN
syn keyword vplConstant SO_DONTROUTE SO_ERROR SO_INCOMING_CPU SO_KEEPALIVE SO_LINGER SO_LOCK_FILTER SO_MARK
syn keyword vplConstant SO_NETNS_COOKIE SO_NOFCS SO_OOBINLINE SO_PASSCRED SO_PASSPIDFD SO_PASSSEC SO_PEEK_OFF
syn keyword vplConstant SO_PEERCRED SO_PEERGROUPS SO_PEERPIDFD SO_PEERSEC SO_PRIORITY SO_PROTOCOL SO_RCVBUF
syn keyword vplConstant SO_RCVBUFFORCE SO_RESERVE_MEM SO_REUSEADDR SO_REUSEPORT SO_RXQ_OVFL SO_SNDBUF
syn keyword vplConstant SO_SNDBUFFORCE SO_TXTIME SO_TYPE SO_ZEROCOPY STICKY_TIMEOUTS SYS_ACCEPT SYS_ACCEPT4
syn keyword vplConstant SYS_BIND SYS_CONNECT SYS_GETPEERNAME SYS_GETSOCKNAME SYS_GETSOCKOPT SYS_LISTEN
syn keyword vplConstant SYS_RECV SYS_RECVFROM SYS_RECVMMSG SYS_RECVMSG SYS_SEND SYS_SENDMMSG SYS_SENDMSG
syn keyword vplConstant SYS_SENDTO SYS_SETSOCKOPT SYS_SHUTDOWN SYS_SOCKET SYS_SOCKETPAIR S_IFBLK S_IFCHR
syn keyword vplConstant S_IFDIR S_IFIFO S_IFLNK S_IFMT S_IFREG S_IFSOCK S_IRGRP S_IROTH S_IRUSR S_IRWXG
syn keyword vplConstant S_IRWXO S_IRWXU S_ISGID S_ISUID S_ISVTX S_IWGRP S_IWOTH S_IWUSR S_IXGRP S_IXOTH
syn keyword vplConstant S_IXUSR TCFLSH TCGETS TCP_AO_ADD_KEY TCP_CONGESTION TCP_FASTOPEN TCP_MD5SIG
syn keyword vplConstant TCP_MD5SIG_EXT TCP_REPAIR TCP_ULP TCSBRK TCSETS TCSETSF TCSETSW TCXONC TIOCCONS
syn keyword vplConstant TIOCEXCL TIOCGPTPEER TIOCLINUX TIOCNOTTY TIOCPKT TIOCSCTTY TIOCSETD TIOCSIG
syn keyword vplConstant TIOCSLCKTRMIOS TIOCSPGRP TIOCSPTLCK TIOCSSERIAL TIOCSTI TIOCSWINSZ TIOCVHANGUP
syn keyword vplConstant TUNSETGROUP TUNSETIFF TUNSETLINK TUNSETOWNER TUNSETPERSIST UFFD_USER_MODE_ONLY
syn keyword vplConstant UMOUNT_NOFOLLOW UNAME26 USERFAULTFD_IOC_NEW WHOLE_SECONDS
syn keyword vplLibraryName all_capabilities containerd_capabilities known_links namespace_flags
syn keyword vplLibraryName pss_baseline_capabilities
syn keyword vplErrno E2BIG EACCES EADDRINUSE EADDRNOTAVAIL EADV EAFNOSUPPORT EAGAIN EALREADY EBADE EBADF
syn keyword vplErrno EBADFD EBADMSG EBADR EBADRQC EBADSLT EBFONT EBUSY ECANCELED ECHILD ECHRNG ECOMM
syn keyword vplErrno ECONNABORTED ECONNREFUSED ECONNRESET EDEADLK EDEADLOCK EDESTADDRREQ EDOM EDOTDOT EDQUOT
syn keyword vplErrno EEXIST EFAULT EFBIG EFSBADCRC EFSCORRUPTED EFTYPE EHOSTDOWN EHOSTUNREACH EHWPOISON EIDRM
syn keyword vplErrno EILSEQ EINPROGRESS EINTR EINVAL EIO EISCONN EISDIR EISNAM EKEYEXPIRED EKEYREJECTED
syn keyword vplErrno EKEYREVOKED EL2HLT EL2NSYNC EL3HLT EL3RST ELIBACC ELIBBAD ELIBEXEC ELIBMAX ELIBSCN ELNRNG
syn keyword vplErrno ELOOP EMEDIUMTYPE EMFILE EMLINK EMSGSIZE EMULTIHOP ENAMETOOLONG ENAVAIL ENETDOWN
syn keyword vplErrno ENETRESET ENETUNREACH ENFILE ENOANO ENOBUFS ENOCSI ENODATA ENODEV ENOENT ENOEXEC ENOKEY
syn keyword vplErrno ENOLCK ENOLINK ENOMEDIUM ENOMEM ENOMSG ENONET ENOPKG ENOPROTOOPT ENOSPC ENOSR ENOSTR
syn keyword vplErrno ENOSYS ENOTBLK ENOTCONN ENOTDIR ENOTEMPTY ENOTNAM ENOTRECOVERABLE ENOTSOCK ENOTSUP ENOTTY
syn keyword vplErrno ENOTUNIQ ENXIO EOPNOTSUPP EOVERFLOW EOWNERDEAD EPERM EPFNOSUPPORT EPIPE EPROTO
syn keyword vplErrno EPROTONOSUPPORT EPROTOTYPE ERANGE EREMCHG EREMOTE EREMOTEIO ERESTART ERFKILL EROFS
syn keyword vplErrno ESHUTDOWN ESOCKTNOSUPPORT ESPIPE ESRCH ESRMNT ESTALE ESTRPIPE ETIME ETIMEDOUT
syn keyword vplErrno ETOOMANYREFS ETXTBSY EUCLEAN EUNATCH EUSERS EWOULDBLOCK EXDEV EXFULL

" Words of the kernel's, where they are meant
syn keyword vplCapability contained audit_control audit_read audit_write block_suspend bpf checkpoint_restore
syn keyword vplCapability contained chown dac_override dac_read_search fowner fsetid ipc_lock ipc_owner kill
syn keyword vplCapability contained lease linux_immutable mac_admin mac_override mknod net_admin
syn keyword vplCapability contained net_bind_service net_broadcast net_raw perfmon setfcap setgid setpcap
syn keyword vplCapability contained setuid sys_admin sys_boot sys_chroot sys_module sys_nice sys_pacct
syn keyword vplCapability contained sys_ptrace sys_rawio sys_resource sys_time sys_tty_config syslog
syn keyword vplCapability contained wake_alarm
syn keyword vplSyscall contained I386 X32 _llseek _newselect _sysctl accept accept4 access acct add_key
syn keyword vplSyscall contained adjtimex afs_syscall alarm arch_prctl arm_fadvise64_64 arm_sync_file_range
syn keyword vplSyscall contained atomic_barrier atomic_cmpxchg_32 bdflush bind bpf break breakpoint brk
syn keyword vplSyscall contained cachectl cacheflush cachestat capget capset chdir chmod chown chown32 chroot
syn keyword vplSyscall contained clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime
syn keyword vplSyscall contained clock_gettime64 clock_nanosleep clock_nanosleep_time64 clock_settime
syn keyword vplSyscall contained clock_settime64 clone clone3 close close_range connect copy_file_range creat
syn keyword vplSyscall contained create_module delete_module dup dup2 dup3 epoll_create epoll_create1
syn keyword vplSyscall contained epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old
syn keyword vplSyscall contained eventfd eventfd2 execve execveat exit exit_group faccessat faccessat2
syn keyword vplSyscall contained fadvise64 fadvise64_64 fallocate fanotify_init fanotify_mark fchdir fchmod
syn keyword vplSyscall contained fchmodat fchmodat2 fchown fchown32 fchownat fchroot fcntl fcntl64 fdatasync
syn keyword vplSyscall contained fgetxattr file_getattr file_setattr finit_module flistxattr flock fork
syn keyword vplSyscall contained fremovexattr fsconfig fsetxattr fsmount fsopen fspick fstat fstat64 fstatat64
syn keyword vplSyscall contained fstatfs fstatfs64 fsync ftime ftruncate ftruncate64 futex futex_requeue
syn keyword vplSyscall contained futex_time64 futex_wait futex_waitv futex_wake futimesat get_kernel_syms
syn keyword vplSyscall contained get_mempolicy get_robust_list get_thread_area get_tls getcpu getcwd getdents
syn keyword vplSyscall contained getdents64 getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups
syn keyword vplSyscall contained getgroups32 getitimer getpagesize getpeername getpgid getpgrp getpid getpmsg
syn keyword vplSyscall contained getppid getpriority getrandom getresgid getresgid32 getresuid getresuid32
syn keyword vplSyscall contained getrlimit getrusage getsid getsockname getsockopt gettid gettimeofday getuid
syn keyword vplSyscall contained getuid32 getxattr getxattrat gtty idle init_module inotify_add_watch
syn keyword vplSyscall contained inotify_init inotify_init1 inotify_rm_watch io_cancel io_destroy io_getevents
syn keyword vplSyscall contained io_pgetevents io_pgetevents_time64 io_setup io_submit io_uring_enter
syn keyword vplSyscall contained io_uring_register io_uring_setup ioctl ioperm iopl ioprio_get ioprio_set ipc
syn keyword vplSyscall contained kcmp kexec_file_load kexec_load keyctl kill landlock_add_rule
syn keyword vplSyscall contained landlock_create_ruleset landlock_restrict_self lchown lchown32 lgetxattr link
syn keyword vplSyscall contained linkat listen listmount listns listxattr listxattrat llistxattr lock
syn keyword vplSyscall contained lookup_dcookie lremovexattr lseek lsetxattr lsm_get_self_attr
syn keyword vplSyscall contained lsm_list_modules lsm_set_self_attr lstat lstat64 madvise map_shadow_stack
syn keyword vplSyscall contained mbind membarrier memfd_create memfd_secret migrate_pages mincore mkdir
syn keyword vplSyscall contained mkdirat mknod mknodat mlock mlock2 mlockall mmap mmap2 modify_ldt mount
syn keyword vplSyscall contained mount_setattr move_mount move_pages mprotect mpx mq_getsetattr mq_notify
syn keyword vplSyscall contained mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend
syn keyword vplSyscall contained mq_timedsend_time64 mq_unlink mremap mseal msgctl msgget msgrcv msgsnd msync
syn keyword vplSyscall contained multiplexer munlock munlockall munmap name_to_handle_at nanosleep newfstatat
syn keyword vplSyscall contained nfsservctl nice oldfstat oldlstat oldolduname oldstat olduname open
syn keyword vplSyscall contained open_by_handle_at open_tree open_tree_attr openat openat2 pause
syn keyword vplSyscall contained pciconfig_iobase pciconfig_read pciconfig_write perf_event_open personality
syn keyword vplSyscall contained pidfd_getfd pidfd_open pidfd_send_signal pipe pipe2 pivot_root pkey_alloc
syn keyword vplSyscall contained pkey_free pkey_mprotect poll ppoll ppoll_time64 prctl pread64 preadv preadv2
syn keyword vplSyscall contained prlimit64 process_madvise process_mrelease process_vm_readv process_vm_writev
syn keyword vplSyscall contained prof profil pselect6 pselect6_time64 ptrace putpmsg pwrite64 pwritev pwritev2
syn keyword vplSyscall contained query_module quotactl quotactl_fd read readahead readdir readlink readlinkat
syn keyword vplSyscall contained readv reboot recv recvfrom recvmmsg recvmmsg_time64 recvmsg remap_file_pages
syn keyword vplSyscall contained removexattr removexattrat rename renameat renameat2 request_key
syn keyword vplSyscall contained restart_syscall riscv_flush_icache riscv_hwprobe rmdir rseq rseq_slice_yield
syn keyword vplSyscall contained rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn
syn keyword vplSyscall contained rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 rt_tgsigqueueinfo rtas
syn keyword vplSyscall contained s390_guarded_storage s390_pci_mmio_read s390_pci_mmio_write
syn keyword vplSyscall contained s390_runtime_instr s390_sthyi sched_get_priority_max sched_get_priority_min
syn keyword vplSyscall contained sched_getaffinity sched_getattr sched_getparam sched_getscheduler
syn keyword vplSyscall contained sched_rr_get_interval sched_rr_get_interval_time64 sched_setaffinity
syn keyword vplSyscall contained sched_setattr sched_setparam sched_setscheduler sched_yield seccomp security
syn keyword vplSyscall contained select semctl semget semop semtimedop semtimedop_time64 send sendfile
syn keyword vplSyscall contained sendfile64 sendmmsg sendmsg sendto set_mempolicy set_mempolicy_home_node
syn keyword vplSyscall contained set_robust_list set_thread_area set_tid_address set_tls setdomainname
syn keyword vplSyscall contained setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups setgroups32
syn keyword vplSyscall contained sethostname setitimer setns setpgid setpriority setregid setregid32 setresgid
syn keyword vplSyscall contained setresgid32 setresuid setresuid32 setreuid setreuid32 setrlimit setsid
syn keyword vplSyscall contained setsockopt settimeofday setuid setuid32 setxattr setxattrat sgetmask shmat
syn keyword vplSyscall contained shmctl shmdt shmget shutdown sigaction sigaltstack signal signalfd signalfd4
syn keyword vplSyscall contained sigpending sigprocmask sigreturn sigsuspend socket socketcall socketpair
syn keyword vplSyscall contained splice spu_create spu_run ssetmask stat stat64 statfs statfs64 statmount
syn keyword vplSyscall contained statx stime stty subpage_prot swapcontext swapoff swapon switch_endian
syn keyword vplSyscall contained symlink symlinkat sync sync_file_range sync_file_range2 syncfs
syn keyword vplSyscall contained sys_debug_setcontext syscall sysfs sysinfo syslog sysmips tee tgkill time
syn keyword vplSyscall contained timer_create timer_delete timer_getoverrun timer_gettime timer_gettime64
syn keyword vplSyscall contained timer_settime timer_settime64 timerfd timerfd_create timerfd_gettime
syn keyword vplSyscall contained timerfd_gettime64 timerfd_settime timerfd_settime64 times tkill truncate
syn keyword vplSyscall contained truncate64 tuxcall ugetrlimit ulimit umask umount umount2 uname unlink
syn keyword vplSyscall contained unlinkat unshare uprobe uretprobe uselib userfaultfd usr26 usr32 ustat utime
syn keyword vplSyscall contained utimensat utimensat_time64 utimes utrap_install vfork vhangup vm86 vm86old
syn keyword vplSyscall contained vmsplice vserver wait4 waitid waitpid write writev
syn keyword vplSignal contained abrt alrm bus chld cont exists fpe hup ill int io iot kill pipe poll prof pwr
syn keyword vplSignal contained quit rtmin+0 rtmin+1 rtmin+10 rtmin+11 rtmin+12 rtmin+13 rtmin+14 rtmin+15
syn keyword vplSignal contained rtmin+16 rtmin+17 rtmin+18 rtmin+19 rtmin+2 rtmin+20 rtmin+21 rtmin+22
syn keyword vplSignal contained rtmin+23 rtmin+24 rtmin+25 rtmin+26 rtmin+27 rtmin+28 rtmin+29 rtmin+3
syn keyword vplSignal contained rtmin+30 rtmin+31 rtmin+32 rtmin+4 rtmin+5 rtmin+6 rtmin+7 rtmin+8 rtmin+9
syn keyword vplSignal contained segv stkflt stop stp sys term trap tstp ttin ttou urg usr1 usr2 vtalrm winch
syn keyword vplSignal contained xcpu xfsz
syn keyword vplFamily contained alg appletalk ash atmpvc atmsvc ax25 bluetooth bridge caif can decnet econet
syn keyword vplFamily contained ib ieee802154 inet inet6 ipx irda isdn iucv kcm key llc mctp mpls netbeui
syn keyword vplFamily contained netlink netrom nfc packet phonet pppox qipcrtr rds rose rxrpc security smc sna
syn keyword vplFamily contained tipc unix unspec vsock wanpipe x25 xdp
syn keyword vplSocktype contained dccp dgram packet raw rdm seqpacket stream
syn keyword vplProtocol contained aggfrag ah beetph comp dccp egp encap esp ethernet gre icmp icmpv6 idp igmp
syn keyword vplProtocol contained ip ipip ipv6 l2tp mpls mptcp mtp pim pup raw rsvp sctp smc tcp tp udp
syn keyword vplProtocol contained udplite
syn keyword vplMountOption contained async atime bind dev diratime dirsync exec mand move noatime nodev
syn keyword vplMountOption contained nodiratime noexec nomand norelatime nostrictatime nosuid private rbind
syn keyword vplMountOption contained relatime remount ro rprivate rshared rslave runbindable rw shared silent
syn keyword vplMountOption contained slave strictatime suid sync unbindable
syn keyword vplInner contained except only type protocol set peer send receive self runtime unconfined policy fstype options from to

syn cluster vplPlain contains=vplComment,vplDoc,vplString,vplNumber,vplConstant,vplLibraryName
syn region vplCapabilities matchgroup=vplClass start=/\<capability\>/ end=/\ze\%([;}]\|\<\%(errno\|when\)\>\)/
      \ contains=@vplPlain,vplCapability,vplInner
syn region vplSyscalls matchgroup=vplClass start=/\<syscall\>/ end=/\ze\%([;}]\|\<\%(where\|errno\|when\|abi\)\>\)/
      \ contains=@vplPlain,vplSyscall,vplGroup,vplInner,vplCall
syn region vplCall contained start=/(/ end=/)/ contains=@vplPlain,vplOperator
syn region vplCondition matchgroup=vplClause start=/\<where\>/ end=/\ze\%([;{]\|\<\%(errno\|when\|abi\)\>\)/
      \ contains=@vplPlain,vplOperator
syn region vplSockets matchgroup=vplClass start=/\<socket\>/ end=/\ze\%([;}]\|\<\%(errno\|when\)\>\)/
      \ contains=@vplPlain,vplFamily,vplSocktype,vplProtocol,vplInner
syn region vplSignals matchgroup=vplClass start=/\<signal\>/ end=/\ze\%([;}]\|\<\%(errno\|when\)\>\)/
      \ contains=@vplPlain,vplSignal,vplInner
syn region vplMounts matchgroup=vplClass start=/\<mount\>/ end=/\ze\%([;}]\|\<\%(errno\|when\)\>\)/
      \ contains=@vplPlain,vplMountOption,vplInner

" Texts
syn match vplEscape contained /\\./
syn match vplSplice contained /@{[^}"]*}/
syn region vplString start=/"/ skip=/\\./ end=/"/ oneline contains=vplEscape,vplSplice

syn region vplRaw matchgroup=vplString start=/"""/ end=/"""/
syn include @vplJson syntax/json.vim
unlet! b:current_syntax
silent! syn include @vplAppArmor syntax/apparmor.vim
unlet! b:current_syntax
syn region vplRawSeccomp matchgroup=vplString start=/\%(\<seccomp\s*\)\@<="""/ end=/"""/ contains=@vplJson
syn region vplRawAppArmor matchgroup=vplString start=/\%(\<apparmor\s*\)\@<="""/ end=/"""/ contains=@vplAppArmor

syn keyword vplTodo contained TODO FIXME XXX
syn match vplComment /\/\/.*/ contains=vplTodo,@Spell
syn match vplDoc /\/\/\/.*/ contains=vplTodo,@Spell
syn region vplComment start=/\/\*/ end=/\*\// contains=vplTodo,@Spell

hi def link vplDeclaration Keyword
hi def link vplSetting Keyword
hi def link vplStatement Statement
hi def link vplModifier StorageClass
hi def link vplClass Type
hi def link vplOperation Type
hi def link vplClause Statement
hi def link vplInner Statement
hi def link vplOperator Operator
hi def link vplValue Constant
hi def link vplName Identifier
hi def link vplGroup PreProc
hi def link vplNumber Number
hi def link vplLibraryRule Function
hi def link vplConstant Constant
hi def link vplLibraryName Identifier
hi def link vplErrno Constant
hi def link vplCapability Constant
hi def link vplSyscall Function
hi def link vplSignal Constant
hi def link vplFamily Constant
hi def link vplSocktype Constant
hi def link vplProtocol Constant
hi def link vplMountOption Constant
hi def link vplString String
hi def link vplRaw String
hi def link vplEscape SpecialChar
hi def link vplSplice Special
hi def link vplComment Comment
hi def link vplDoc SpecialComment
hi def link vplTodo Todo

let b:current_syntax = 'vpl'

let &cpo = s:cpo_save
unlet s:cpo_save
