# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The numbers of system calls, for the two processors that the filters know.

Sources: Linux ``arch/x86/entry/syscalls/syscall_64.tbl`` and ``include/uapi/asm-generic/unistd.h``. A name that a table
lacks is a call that the processor does not have.
"""

from collections.abc import Mapping
from dataclasses import dataclass

X32_BIT = 0x4000_0000
"""Set in the numbers of x86-64's second, 32-bit-pointer set of calls, which no program of ours uses."""


@dataclass(frozen=True, slots=True)
class SystemCallTable:
    """One processor's calls."""

    audit_architecture: int
    """What the kernel calls the processor in ``seccomp_data.arch`` (``linux/audit.h``)."""
    numbers: Mapping[str, int]
    has_second_set: bool
    """Whether numbers with :data:`X32_BIT` mean anything."""
    newest: int = 462
    """The last call that was looked at when the plans were written: ``mseal``, of Linux 6.10."""


def _numbers(rows: str) -> Mapping[str, int]:
    return {name: int(number) for name, number in (row.split("=") for row in rows.split())}


_X86_64 = """
    accept=43 accept4=288 acct=163 add_key=248 adjtimex=159 bind=49 bpf=321 brk=12 capget=125 capset=126 chmod=90
    chown=92 chroot=161 clock_adjtime=305 clock_getres=229 clock_gettime=228 clock_nanosleep=230 clock_settime=227
    clone=56 clone3=435 close=3 connect=42 delete_module=176 dup=32 dup2=33 dup3=292 execve=59 execveat=322 exit=60
    exit_group=231 fadvise64=221 fanotify_init=300 fchmod=91 fchmodat=268 fchmodat2=452 fchown=93 fchownat=260
    fcntl=72 fgetxattr=193 finit_module=313 flistxattr=196 fork=57 fremovexattr=199 fsconfig=431 fsetxattr=190
    fsmount=432 fsopen=430 fspick=433 fstat=5 futex=202 futex_waitv=449 futimesat=261 get_robust_list=274 getcpu=309
    getegid=108 geteuid=107 getgid=104 getitimer=36 getpid=39 getppid=110 getrandom=318 getrlimit=97 getrusage=98
    gettid=186 gettimeofday=96 getuid=102 getxattr=191 init_module=175 inotify_add_watch=254 inotify_init=253
    inotify_init1=294 io_uring_enter=426 io_uring_register=427 io_uring_setup=425 ioctl=16 ioperm=173 iopl=172
    ioprio_set=251 kcmp=312 kexec_file_load=320 kexec_load=246 keyctl=250 kill=62 landlock_add_rule=445
    landlock_create_ruleset=444 landlock_restrict_self=446 lchown=94 lgetxattr=192 listen=50 listxattr=194
    llistxattr=195 lremovexattr=198 lseek=8 lsetxattr=189 madvise=28 membarrier=324 memfd_create=319
    memfd_secret=447 migrate_pages=256 mincore=27 mmap=9 modify_ldt=154 mount=165 mount_setattr=442 move_mount=429
    move_pages=279 mprotect=10 mq_getsetattr=245 mq_notify=244 mq_open=240 mq_timedreceive=243 mq_timedsend=242
    mq_unlink=241 mremap=25 msgctl=71 msgget=68 msgrcv=70 msgsnd=69 munmap=11 name_to_handle_at=303 nanosleep=35
    newfstatat=262 open_by_handle_at=304 open_tree=428 openat=257 perf_event_open=298 pidfd_getfd=438 pidfd_open=434
    pidfd_send_signal=424 pipe2=293 pivot_root=155 poll=7 ppoll=271 prctl=157 pread64=17 prlimit64=302
    process_madvise=440 process_mrelease=448 process_vm_readv=310 process_vm_writev=311 pselect6=270 ptrace=101
    quotactl=179 read=0 readv=19 reboot=169 recvfrom=45 recvmmsg=299 recvmsg=47 removexattr=197 request_key=249
    restart_syscall=219 rseq=334 rt_sigaction=13 rt_sigpending=127 rt_sigprocmask=14 rt_sigqueueinfo=129
    rt_sigreturn=15 rt_sigtimedwait=128 rt_tgsigqueueinfo=297 sched_getaffinity=204 sched_setaffinity=203
    sched_setattr=314 sched_setparam=142 sched_setscheduler=144 sched_yield=24 seccomp=317 select=23 semctl=66
    semget=64 semop=65 semtimedop=220 sendmmsg=307 sendmsg=46 sendto=44 set_robust_list=273 set_tid_address=218
    setdomainname=171 sethostname=170 setitimer=38 setns=308 setpriority=141 setrlimit=160 settimeofday=164
    setxattr=188 shmat=30 shmctl=31 shmdt=67 shmget=29 sigaltstack=131 socket=41 socketpair=53 statx=332 swapoff=168
    swapon=167 sysinfo=99 syslog=103 tgkill=234 time=201 times=100 tkill=200 umount2=166 uname=63 unshare=272
    userfaultfd=323 utime=132 utimensat=280 utimes=235 vfork=58 write=1 writev=20
"""

_AARCH64 = """
    accept=202 accept4=242 acct=89 add_key=217 adjtimex=171 bind=200 bpf=280 brk=214 capget=90 capset=91 chroot=51
    clock_adjtime=266 clock_getres=114 clock_gettime=113 clock_nanosleep=115 clock_settime=112 clone=220 clone3=435
    close=57 connect=203 delete_module=106 dup=23 dup3=24 execve=221 execveat=281 exit=93 exit_group=94
    fadvise64=223 fanotify_init=262 fchmod=52 fchmodat=53 fchmodat2=452 fchown=55 fchownat=54 fcntl=25 fgetxattr=10
    finit_module=273 flistxattr=13 fremovexattr=16 fsconfig=431 fsetxattr=7 fsmount=432 fsopen=430 fspick=433
    fstat=80 futex=98 futex_waitv=449 get_robust_list=100 getcpu=168 getegid=177 geteuid=175 getgid=176
    getitimer=102 getpid=172 getppid=173 getrandom=278 getrlimit=163 getrusage=165 gettid=178 gettimeofday=169
    getuid=174 getxattr=8 init_module=105 inotify_add_watch=27 inotify_init1=26 io_uring_enter=426
    io_uring_register=427 io_uring_setup=425 ioctl=29 ioprio_set=30 kcmp=272 kexec_file_load=294 kexec_load=104
    keyctl=219 kill=129 landlock_add_rule=445 landlock_create_ruleset=444 landlock_restrict_self=446 lgetxattr=9
    listen=201 listxattr=11 llistxattr=12 lremovexattr=15 lseek=62 lsetxattr=6 madvise=233 membarrier=283
    memfd_create=279 memfd_secret=447 migrate_pages=238 mincore=232 mmap=222 mount=40 mount_setattr=442
    move_mount=429 move_pages=239 mprotect=226 mq_getsetattr=185 mq_notify=184 mq_open=180 mq_timedreceive=183
    mq_timedsend=182 mq_unlink=181 mremap=216 msgctl=187 msgget=186 msgrcv=188 msgsnd=189 munmap=215
    name_to_handle_at=264 nanosleep=101 newfstatat=79 open_by_handle_at=265 open_tree=428 openat=56
    perf_event_open=241 pidfd_getfd=438 pidfd_open=434 pidfd_send_signal=424 pipe2=59 pivot_root=41 ppoll=73
    prctl=167 pread64=67 prlimit64=261 process_madvise=440 process_mrelease=448 process_vm_readv=270
    process_vm_writev=271 pselect6=72 ptrace=117 quotactl=60 read=63 readv=65 reboot=142 recvfrom=207 recvmmsg=243
    recvmsg=212 removexattr=14 request_key=218 restart_syscall=128 rseq=293 rt_sigaction=134 rt_sigpending=136
    rt_sigprocmask=135 rt_sigqueueinfo=138 rt_sigreturn=139 rt_sigtimedwait=137 rt_tgsigqueueinfo=240
    sched_getaffinity=123 sched_setaffinity=122 sched_setattr=274 sched_setparam=118 sched_setscheduler=119
    sched_yield=124 seccomp=277 semctl=191 semget=190 semop=193 semtimedop=192 sendmmsg=269 sendmsg=211 sendto=206
    set_robust_list=99 set_tid_address=96 setdomainname=162 sethostname=161 setitimer=103 setns=268 setpriority=140
    setrlimit=164 settimeofday=170 setxattr=5 shmat=196 shmctl=195 shmdt=197 shmget=194 sigaltstack=132 socket=198
    socketpair=199 statx=291 swapoff=225 swapon=224 sysinfo=179 syslog=116 tgkill=131 times=153 tkill=130 umount2=39
    uname=160 unshare=97 userfaultfd=282 utimensat=88 write=64 writev=66
"""

TABLES: Mapping[str, SystemCallTable] = {
    "x86_64": SystemCallTable(0xC000_003E, _numbers(_X86_64), has_second_set=True),
    "aarch64": SystemCallTable(0xC000_00B7, _numbers(_AARCH64), has_second_set=False),
}
"""By the name that ``platform.machine()`` gives."""
