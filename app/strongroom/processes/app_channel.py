# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A child process's way to the app: the two pipes, the greeting, and what else every child does before its work."""

import faulthandler
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TypeVar

from strongroom.confinement import limits
from strongroom.confinement.attempts import try_everything
from strongroom.core.line_messages import Greeting, Message, ProtocolBreach, decode, require_version
from strongroom.processes.messages import Probe, Probed

PROTOCOL_EXIT = 70
"""The exit status of a child to which the app said what it may not."""

_Order = TypeVar("_Order", bound=Message)
_Heard = TypeVar("_Heard", bound=Message)


class AppChannel:
    """The pipes to and from the app, out of reach for code that prints. Made once, before anything is read.

    Args:
        encode: Returns a message as a line of this child's protocol.
        line_limit: Bytes of one line that the app may send.
    """

    def __init__(self, encode: Callable[[Message], bytes], line_limit: int) -> None:
        self._encode = encode
        self._line_limit = line_limit
        self._in: BinaryIO = os.fdopen(os.dup(0), "rb")
        self._out = os.dup(1)
        self._lock = threading.Lock()
        empty = os.open(os.devnull, os.O_RDONLY)
        os.dup2(empty, 0)
        os.close(empty)
        # What is printed is diagnostics.
        os.dup2(2, 1)

    def send(self, message: Message) -> None:
        """Write one line, from any thread. The process ends when there is nobody to read it: the app is gone."""
        line = memoryview(self._encode(message))
        with self._lock:
            try:
                while line:
                    line = line[os.write(self._out, line) :]
            except BrokenPipeError:
                os._exit(0)

    def receive(self, accepted: tuple[type[_Heard], ...]) -> _Heard | None:
        """Return the next line as one of these messages; None when the app has ended.

        Raises:
            ProtocolBreach: It is none of them.
        """
        line = self._in.readline(self._line_limit + 1)
        return decode(line, accepted, self._line_limit) if line else None

    def greet(self, hello: type[Greeting], order: type[_Order]) -> _Order | None:
        """Say hello, and return the app's first order, once its hello is of the same version; None when it has ended.

        Raises:
            ProtocolBreach: The app said something else.
        """
        # Before anything is read: an input that has ended already ends the process, but not without its first line.
        self.send(hello())
        greeting = self.receive((hello,))
        if greeting is None:
            return None
        require_version(greeting)
        return self.receive((order,))

    def answer(self, probe: Probe) -> None:
        """Try what this process should not be able to do, and tell what became of it."""
        self.send(Probed.of(probe.request, try_everything(private=tuple(map(Path, probe.private)))))


def prepare_child() -> None:
    """Make this process one that leaves nothing behind, and whose crashes can be read. It ends with the app already."""
    # Ctrl+C is for the app; it ends its children itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    faulthandler.enable()
    # It would put a chat or a token on the disk.
    limits.dump_no_core()


def complain(breach: ProtocolBreach) -> int:
    """Say on standard error how the app broke the protocol; return the exit status for that."""
    os.write(2, f"the app broke the protocol: {breach}\n".encode())
    return PROTOCOL_EXIT
