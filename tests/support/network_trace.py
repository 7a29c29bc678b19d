# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A program under strace: every socket that any of its processes so much as tried, and which process it was.

A call is seen before a rule of the kernel can refuse it. That is why strace's ``--seccomp-bpf``, which would be faster,
is not used: with it, a refused call is not seen at all.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HELPER = "strongroom.hub.helper"

_CALL = re.compile(r"(\w+)\((.*)", re.DOTALL)
_MADE = re.compile(r"\bv?fork|clone3?")
_RESULT = re.compile(r" = (\d+)")
_UNFINISHED = re.compile(r"\s*<unfinished \.\.\.>$")
_RESUMED = re.compile(r"<\.\.\. \w+ resumed>\s?")
_FAMILY = re.compile(r"AF_\w+|0x[0-9a-f]+|\d+")
_OF_THE_INTERNET = re.compile(r"AF_(INET|PACKET)|<(TCP|UDP|RAW|PING|ICMP|SCTP|DCCP)")
_PORT = re.compile(r"sin6?_port=htons\((\d+)\)")
_HOST = re.compile(r'(?:inet_addr\(|inet_pton\(AF_INET6, )"([^"]+)"')
_STARTED_BY_LAUNCHER = re.compile(r'\\"type\\":\\"started\\".*\\"process_id\\":(\d+)')
_LOCAL_ADDRESS = re.compile(r'sun_path=(@?)"([^"]*)"')


def strace(output: Path) -> list[str]:
    """Return the command line before the one that shall be traced."""
    calls = "network,execve,execveat,io_uring_setup,fork,vfork,clone,clone3"
    # -yy: what a descriptor is, so that a socket that was handed over by another process is seen as well.
    return ["strace", "-f", "-qq", "-yy", "-s", "256", "-e", f"trace={calls}", "-e", "signal=none", "-o", str(output)]


@dataclass(frozen=True)
class Call:
    """One system call."""

    process: int
    """Number of its thread."""
    program: str
    """What its process runs: the arguments that began it, or its parent's."""
    name: str
    arguments: str
    """And its result, as strace writes them."""

    @property
    def family(self) -> str:
        """Of a call that makes sockets; "" of any other."""
        found = _FAMILY.match(self.arguments) if self.name in ("socket", "socketpair") else None
        return found.group() if found else ""

    @property
    def concerns_internet(self) -> bool:
        """Whether it names an internet address, or a descriptor that is an internet socket."""
        return _OF_THE_INTERNET.search(self.arguments) is not None

    @property
    def internet_address(self) -> str:
        """Of which internet address it is a connection or a message, as ``address:port``; "" for none."""
        port = _PORT.search(self.arguments)
        host = _HOST.search(self.arguments)
        return f"{host.group(1)}:{port.group(1)}" if host and port else ""

    @property
    def local_address(self) -> str:
        """Of which local socket it is a connection or a message; "" for none. With @ in front when it is no file."""
        found = _LOCAL_ADDRESS.search(self.arguments) if self.name in ("connect", "sendto", "sendmsg") else None
        return "".join(found.groups()) if found else ""


class Trace:
    """What strace has written about a program that has ended."""

    def __init__(self, output: Path) -> None:
        whole = list(_whole_calls(output.read_text(encoding="utf-8", errors="replace").splitlines()))
        parents = {
            int(result.group(1)): process
            for process, name, text in whole
            if _MADE.fullmatch(name) and (result := _RESULT.search(text))
        }
        # The launcher and the helper hide their memory. Where strace may not look into it either (only root may), the
        # launcher's answer, which the main process reads, says what it has started: there is one thing that it can.
        helpers = {int(found) for _, _, text in whole for found in _STARTED_BY_LAUNCHER.findall(text)}
        self.programs: dict[int, str] = {}
        """Command lines by process number, of the processes that started a program."""
        self.calls: list[Call] = []
        for process, name, text in whole:
            if name in ("execve", "execveat") and " = 0" in text:
                arguments = re.findall(r'"((?:[^"\\]|\\.)*)"', text.partition("[")[2])
                self.programs[process] = " ".join(arguments) or (HELPER if process in helpers else "")
            self.calls.append(Call(process, self._program_of(process, parents), name, text))

    @property
    def attempted_programs(self) -> set[str]:
        """Paths of all programs that were started, or were not there to be started."""
        named = (re.match(r'"([^"]*)"', call.arguments) for call in self.calls if call.name == "execve")
        return {found.group(1) for found in named if found}

    def _program_of(self, process: int, parents: dict[int, int]) -> str:
        while process not in self.programs and process in parents:
            process = parents[process]
        return self.programs.get(process, "")

    def outside(self, program: str) -> list[Call]:
        """Return the calls of all processes but those that run ``program``."""
        return [call for call in self.calls if program not in call.program]

    def inside(self, program: str) -> list[Call]:
        """Return the calls of the processes that run ``program``."""
        return [call for call in self.calls if program in call.program]


def families(calls: list[Call]) -> set[str]:
    """Return the families of the sockets that were tried."""
    return {call.family for call in calls if call.family}


def _whole_calls(lines: list[str]) -> Iterator[tuple[int, str, str]]:
    """Put calls together that another thread's line has cut in two; those that never ended stay as they began."""
    begun: dict[int, str] = {}
    for line in lines:
        number, _, text = line.partition(" ")
        process, text = int(number), text.strip()
        if _UNFINISHED.search(text):
            begun[process] = _UNFINISHED.sub("", text)
            continue
        if _RESUMED.match(text):
            text = begun.pop(process, "") + _RESUMED.sub("", text)
        if found := _CALL.match(text):
            yield process, found.group(1), found.group(2)
    for process, text in begun.items():
        if found := _CALL.match(text):
            yield process, found.group(1), found.group(2)
