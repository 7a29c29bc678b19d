# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The helper process: the only one with a network. Started by the app; of no use to a person.

It confines itself, reads requests line by line, works on each in a thread of its own, and writes answers. It knows no
chat, no key and no log, and it ends when the app does, or when nothing is wanted of it for a while.
"""

import faulthandler
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from strongroom.confinement import limits
from strongroom.confinement.attempts import try_everything
from strongroom.confinement.messages import Confined, Probe, Probed
from strongroom.core.line_messages import BreachKind, Message, ProtocolBreach, decode, require_version
from strongroom.hub.addresses import DEFAULT_ENDPOINT
from strongroom.hub.launch import ENDPOINT_VARIABLE
from strongroom.hub.protocol import (
    APP_LINE_LIMIT,
    FROM_APP,
    REQUESTS,
    Configure,
    Hello,
    Idle,
    Recorded,
    Stop,
    encode,
)

if TYPE_CHECKING:
    from strongroom.hub.serving import Serving

_PROTOCOL_EXIT = 70
_DEFECT_EXIT = 71
_REPEAT_S = 1.0


class _Channel:
    """The two pipes, out of reach for libraries that print."""

    def __init__(self) -> None:
        self.requests: BinaryIO = os.fdopen(os.dup(0), "rb")
        self._out = os.dup(1)
        self._lock = threading.Lock()
        empty = os.open(os.devnull, os.O_RDONLY)
        os.dup2(empty, 0)
        os.close(empty)
        # What is printed is diagnostics.
        os.dup2(2, 1)

    def send(self, message: Message) -> None:
        """Write one line; from any thread."""
        line = memoryview(encode(message))
        with self._lock:
            try:
                while line:
                    line = line[os.write(self._out, line) :]
            except BrokenPipeError:
                # The app is gone.
                os._exit(0)


def main() -> int:
    """Serve one app until it is gone. Returns an exit status."""
    limits.die_with_parent()
    channel = _Channel()
    _limit_process()
    channel.send(Hello())
    try:
        _serve(channel)
    except ProtocolBreach as breach:
        _complain(f"the app broke the protocol: {breach}")
        return _PROTOCOL_EXIT
    return 0


def _serve(channel: _Channel) -> None:
    first = channel.requests.readline(APP_LINE_LIMIT + 1)
    if not first:
        return
    require_version(decode(first, (Hello,), APP_LINE_LIMIT))
    second = channel.requests.readline(APP_LINE_LIMIT + 1)
    if not second:
        return
    configure = decode(second, (Configure,), APP_LINE_LIMIT)
    # Only now: it takes a good part of a second, and a wrong version should show before.
    from strongroom.hub.confined import confine
    from strongroom.hub.serving import Serving

    serving = Serving(os.environ.get(ENDPOINT_VARIABLE) or DEFAULT_ENDPOINT, configure, channel.send)
    # All that it runs is loaded, there is one thread, and nothing foreign has been looked at.
    channel.send(Confined.of(confine(configure)))
    threading.Thread(target=_tell_when_idle, args=(serving, configure, channel), name="idle", daemon=True).start()
    while line := channel.requests.readline(APP_LINE_LIMIT + 1):
        message = decode(line, FROM_APP, APP_LINE_LIMIT)
        if isinstance(message, Stop):
            serving.stop(message.request)
        elif isinstance(message, Recorded):
            serving.recorded(message.exchange)
        elif isinstance(message, Probe):
            serving.stay()
            channel.send(Probed.of(message.request, try_everything(private=tuple(map(Path, message.private)))))
        elif isinstance(message, REQUESTS):
            serving.begin(message)
        else:
            raise ProtocolBreach(BreachKind.MALFORMED_LINE, f"{message.TYPE} comes once")


def _tell_when_idle(serving: "Serving", configure: Configure, channel: _Channel) -> None:
    while True:
        times_wanted = serving.wait_until_idle(configure.idle_s)
        # The app then closes the pipe, unless a request is on its way already or the last answer is.
        channel.send(Idle())
        serving.wait_until_wanted(times_wanted, _REPEAT_S)


def _limit_process() -> None:
    # Ctrl+C is for the app; it ends its helper itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    faulthandler.enable()
    threading.excepthook = _end_with_defect
    # What is downloaded is the user's alone, and a core dump would put a token on the disk.
    os.umask(0o077)
    limits.dump_no_core()


def _end_with_defect(arguments: threading.ExceptHookArgs) -> None:
    """End the whole process when a thread fails in a way that nobody foresaw: the app starts another one."""
    sys.excepthook(arguments.exc_type, arguments.exc_value or arguments.exc_type(), arguments.exc_traceback)
    sys.stderr.flush()
    os._exit(_DEFECT_EXIT)


def _complain(text: str) -> None:
    os.write(2, f"{text}\n".encode())


if __name__ == "__main__":
    status = main()
    # Not sys.exit(): requests under way have nothing to save, and the app is gone or does not want them.
    os._exit(status)
