# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Runs a command where no network is: in a new network namespace of the kernel, with nothing in it but loopback.

Usage: ``python without_network.py [--required] COMMAND [ARGUMENT...]``. The command takes this program's place and has
``STRONGROOM_WITHOUT_NETWORK=1`` in its environment. No internet socket of it, or of a process that it starts, reaches
anything beyond this machine; over 127.0.0.1 they can talk among themselves.

Root needs nothing for it. Anybody else gets a user namespace as well, in which they are who they are. Some systems
allow no such thing (containers; Ubuntu since 24.04, by a rule of AppArmor): then one sentence says so and the command
runs with the network that is there, or, with ``--required``, does not run at all.
"""

import ctypes
import errno
import fcntl
import os
import socket
import struct
import sys
from pathlib import Path

VARIABLE = "STRONGROOM_WITHOUT_NETWORK"

# <linux/sched.h>, <linux/sockios.h>, <linux/if.h>; os.unshare came with Python 3.12.
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
SIOCGIFFLAGS = 0x8913
SIOCSIFFLAGS = 0x8914
IFF_UP = 0x1

APPARMOR_RULE = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")


def leave_network() -> None:
    """Move this process into a new network namespace and bring loopback up there.

    Raises:
        OSError: The kernel refused. What was done by then stays done, so try in a process that can be thrown away.
    """
    user, group = os.geteuid(), os.getegid()
    try:
        unshare(CLONE_NEWNET)
    except OSError:
        unshare(CLONE_NEWUSER | CLONE_NEWNET)
        # Without a mapping of groups nobody may drop one; the kernel wants it given up before it takes the mapping.
        for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            Path("/proc/self", name).write_text(text, encoding="ascii")
    bring_up("lo")


def unshare(flags: int) -> None:
    """Do what the system call of this name does: what ``flags`` name is no longer shared with other processes."""
    library = ctypes.CDLL(None, use_errno=True)
    if library.unshare(flags) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def bring_up(interface: str) -> None:
    """Do what ``ip link set INTERFACE up`` does."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        answer = fcntl.ioctl(any_socket, SIOCGIFFLAGS, struct.pack("16sH22x", interface.encode(), 0))
        _, flags = struct.unpack("16sH22x", answer)
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH22x", interface.encode(), flags | IFF_UP))


def refusal() -> str:
    """Try it in a process of its own; return why it cannot be done, or nothing."""
    trial = os.fork()
    if trial == 0:
        try:
            leave_network()
        except OSError as error:
            os._exit(error.errno or 1)
        os._exit(0)
    number = os.waitstatus_to_exitcode(os.waitpid(trial, 0)[1])
    if number == 0:
        return ""
    if APPARMOR_RULE.exists() and APPARMOR_RULE.read_text(encoding="ascii").strip() != "0" and os.geteuid() != 0:
        return "AppArmor allows it to no ordinary user, kernel.apparmor_restrict_unprivileged_userns"
    # Of namespaces, as the kernel means it.
    return "the limit in /proc/sys/user is reached" if number == errno.ENOSPC else os.strerror(number)


def main(arguments: list[str]) -> int:
    """Run the command that ``arguments`` name; return an exit code only if it could not be run."""
    required = arguments[:1] == ["--required"]
    command = arguments[required:]
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    reason = refusal() if sys.platform == "linux" else "only Linux has network namespaces"
    if not reason:
        leave_network()
        environment[VARIABLE] = "1"
    else:
        consequence = "nothing was run" if required else "the command runs with the network that is there"
        print(f"The network cannot be taken away here ({reason}): {consequence}.", file=sys.stderr, flush=True)
        if required:
            return 1
    try:
        os.execvpe(command[0], command, environment)  # noqa: S606 - it is what this program is for
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)
    return 127


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
