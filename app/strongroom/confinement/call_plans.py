# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Which system calls each kind of process may make, and why."""

import os

from strongroom.confinement.call_filter import AllBut, CallPlan, Condition, Only


def _calls(names: str) -> frozenset[str]:
    return frozenset(names.split())


_AF_UNIX, _AF_INET, _AF_INET6 = 1, 2, 10

_SHARES_MEMORY, _SHARES_SIGNALS, _IS_THREAD = 0x100, 0x800, 0x10000
_NEW_NAMESPACES = 0x0002_0000 | 0x0200_0000 | 0x0400_0000 | 0x0800_0000 | 0x1000_0000 | 0x2000_0000 | 0x4000_0000
_THREAD = _SHARES_MEMORY | _SHARES_SIGNALS | _IS_THREAD
_THREADS_ONLY = Only(0, (_THREAD,), mask=_THREAD | _NEW_NAMESPACES)
"""``clone`` for a thread of this process: not a new process, and no new namespace."""
_NO_NAMESPACES = Only(0, (0,), mask=_NEW_NAMESPACES)
"""``clone`` for threads and processes alike, in the namespaces that are there."""

_PR_SET_DUMPABLE, _PR_SET_PTRACER = 4, 0x5961_6D61
_PR_SET_PDEATHSIG, _PR_GET_PDEATHSIG, _PR_SET_NAME, _PR_GET_NAME, _PR_SET_VMA = 1, 2, 15, 16, 0x5356_4D41
_F_DUPFD, _F_GETFD, _F_SETFD, _F_GETFL, _F_DUPFD_CLOEXEC = 0, 1, 2, 3, 1030
_F_SETOWN, _F_SETSIG, _F_SETOWN_EX = 8, 10, 15
_TIOCSTI, _TIOCLINUX, _FIOSETOWN, _SIOCSPGRP = 0x5412, 0x541C, 0x8901, 0x8902

_NO_TYPING = AllBut(1, (_TIOCSTI, _TIOCLINUX))
"""``ioctl`` without the two requests that put words into a terminal's input, for the shell to run when we are gone."""

_STAYS_HIDDEN_AND_WATCHED = AllBut(0, (_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_PTRACER))
"""``prctl`` without what would undo the end with the app, and the hiding of this process's memory."""
_NO_SIGNALS_FROM_FILES = AllBut(1, (_F_SETOWN, _F_SETSIG, _F_SETOWN_EX))
"""``fcntl`` without choosing a process that an event of a file sends a signal to."""
_NETWORK_ONLY = Only(0, (_AF_INET, _AF_INET6))
"""Not UNIX: over the session bus, another program could be asked to start anything. The C library asks name servers by
itself where it cannot ask the system's name service, and takes both kinds of address where NETLINK does not say which
there are."""

_KERNEL = _calls(
    """
    io_uring_setup io_uring_enter io_uring_register bpf userfaultfd perf_event_open add_key request_key keyctl
    unshare setns mount umount2 pivot_root chroot move_mount open_tree fsopen fsconfig fsmount fspick mount_setattr
    init_module finit_module delete_module kexec_load kexec_file_load reboot swapon swapoff acct quotactl
    open_by_handle_at name_to_handle_at fanotify_init syslog settimeofday clock_settime adjtimex clock_adjtime
    sethostname setdomainname modify_ldt iopl ioperm
    """
)
"""Interfaces that get around the other rules (io_uring opens sockets without ``socket``), or that are only there for
whoever administers the machine."""
_OTHER_PROCESSES = _calls("ptrace process_vm_readv process_vm_writev process_madvise pidfd_getfd kcmp get_robust_list")
"""Reading, changing and robbing other processes: ``pidfd_getfd`` would take the hub helper's connections, and
``get_robust_list`` tells where something lies in another's memory."""
_PROGRAMS = _calls("execve execveat fork vfork")
_SOCKETS = _calls("socket socketpair connect bind listen accept accept4 sendto sendmsg recvfrom recvmsg")
_SIGNALS = _calls("kill tkill pidfd_send_signal rt_sigqueueinfo rt_tgsigqueueinfo")
_SHARED_MEMORY = _calls(
    """
    shmget shmctl shmat shmdt semget semctl semop semtimedop msgget msgctl msgrcv msgsnd
    mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr
    """
)
"""Memory and messages that have no place in a file system, so that no file rule holds for them. The pictures that a
window shares with its display are among them."""
_FILE_ATTRIBUTES = _calls(
    """
    chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes futimesat utimensat
    setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr getxattr lgetxattr fgetxattr
    listxattr llistxattr flistxattr inotify_init inotify_init1 inotify_add_watch
    """
)
"""What the file rules leave open for every file of the user: permissions, owners, times, attributes, and watching."""
_PRIORITIES = _calls(
    """
    setpriority ioprio_set sched_setaffinity sched_setscheduler sched_setparam sched_setattr
    migrate_pages move_pages process_mrelease
    """
)
"""Slowing other processes of the user down."""

_COMPUTING = _calls(
    """
    read readv pread64 write writev lseek close dup dup2 dup3 fstat fadvise64 mmap munmap mremap
    mprotect madvise brk mincore futex futex_waitv sched_yield sched_getaffinity getcpu nanosleep clock_nanosleep
    clock_gettime clock_getres gettimeofday time getpid gettid getppid getuid geteuid getgid getegid getrandom
    sysinfo uname times getrusage rt_sigaction rt_sigprocmask rt_sigreturn rt_sigtimedwait rt_sigpending sigaltstack
    restart_syscall set_robust_list set_tid_address rseq membarrier exit exit_group poll ppoll
    select pselect6 setitimer getitimer
    """
)
"""What computing, memory, threads and open descriptors take."""
_OPENING = _calls("openat newfstatat statx")
"""To look at a path is ruled by no file rule: it tells whether there is a file and how large it is, and can make an
automounter ask another machine. The C library looks at open descriptors in this way too, and does without."""


def _within_this_process() -> dict[str, Condition]:
    """Return the conditions under which a process starts threads, signals and limits nobody but itself."""
    return {
        "clone": _THREADS_ONLY,
        # abort() and faulthandler send a signal to their own process.
        "tgkill": Only(0, (os.getpid(),)),
        "prlimit64": Only(0, (0,)),
    }


def worker_plan(*, may_open: bool) -> CallPlan:
    """Return the plan of a worker on the CPU: an allow-list without sockets, files, programs and processes.

    Args:
        may_open: Whether files may be opened, as far as the file rules go: for a model in several parts, which
            llama.cpp opens again by their descriptors' paths. :func:`opening_over` ends it.
    """
    return CallPlan(
        allowed=_COMPUTING | (_OPENING | {"seccomp"} if may_open else frozenset()),
        conditions={
            **_within_this_process(),
            "prctl": Only(0, (_PR_GET_PDEATHSIG, _PR_SET_NAME, _PR_GET_NAME, _PR_SET_VMA)),
            "fcntl": Only(1, (_F_DUPFD, _F_GETFD, _F_SETFD, _F_GETFL, _F_DUPFD_CLOEXEC)),
        },
        absent=_calls("clone3"),
    )


def opening_over() -> CallPlan:
    """Return the plan that a worker adds once its model in several parts is loaded."""
    return CallPlan(refused=_OPENING | {"seccomp"})


def device_worker_plan() -> CallPlan:
    """Return the plan of a worker on a GPU: its driver makes calls that nobody lists, so this names what is refused.

    Files and devices are left to the file rules.
    """
    return CallPlan(
        refused=_KERNEL | _OTHER_PROCESSES | _PROGRAMS | _SOCKETS | _SIGNALS | _SHARED_MEMORY | _FILE_ATTRIBUTES,
        conditions={
            **_within_this_process(),
            "prctl": _STAYS_HIDDEN_AND_WATCHED,
            "fcntl": _NO_SIGNALS_FROM_FILES,
        },
        absent=_calls("clone3"),
    )


def helper_plan() -> CallPlan:
    """Return the plan of the hub helper: it may connect, and do nothing else beyond its own process."""
    return CallPlan(
        refused=_KERNEL
        | _OTHER_PROCESSES
        | _PROGRAMS
        | _SIGNALS
        | _SHARED_MEMORY
        | _FILE_ATTRIBUTES
        | _PRIORITIES
        | {"socketpair", "bind", "listen", "accept", "accept4", "pidfd_open", "memfd_create"},
        conditions={
            "socket": _NETWORK_ONLY,
            **_within_this_process(),
            "prctl": _STAYS_HIDDEN_AND_WATCHED,
            "fcntl": _NO_SIGNALS_FROM_FILES,
            "ioctl": AllBut(1, (*_NO_TYPING.values, _FIOSETOWN, _SIOCSPGRP)),
        },
        absent=_calls("clone3"),
    )


def main_plan() -> CallPlan:
    """Return the plan of the window or the terminal, and of every process that it starts afterwards.

    Its sockets are those of the display, the session bus and nothing else. It starts workers, so it may run programs.
    """
    return CallPlan(
        refused=_KERNEL | _OTHER_PROCESSES,
        conditions={"socket": Only(0, (_AF_UNIX,)), "clone": _NO_NAMESPACES, "ioctl": _NO_TYPING},
        absent=_calls("clone3"),
    )


def launcher_plan() -> CallPlan:
    """Return the plan of the launcher; what it refuses, the helper cannot do either."""
    return CallPlan(
        refused=_KERNEL | _OTHER_PROCESSES | {"socketpair", "bind", "listen", "accept", "accept4"},
        conditions={"socket": _NETWORK_ONLY, "clone": _NO_NAMESPACES, "ioctl": _NO_TYPING},
        absent=_calls("clone3"),
    )
