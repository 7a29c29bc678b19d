# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The worker process: reads commands, loads one model, answers. Started by the app; of no use to a person.

It parses files that nobody vouches for, so the app treats everything that it says as hostile, and it keeps as little as
it can: the two pipes, standard error, and, until they are loaded, the model's descriptors. Before it looks at any of
them, it gives up files, sockets, programs and other processes for good. It ends when the app does.
"""

import encodings.idna
import encodings.unicode_escape  # noqa: F401  # looked up by name later, when no file can be read any more
import faulthandler
import os
import queue
import signal
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from strongroom.confinement import limits
from strongroom.confinement.attempts import try_everything
from strongroom.confinement.inherited_handles import inherited_descriptors
from strongroom.confinement.messages import Confined, Probe, Probed
from strongroom.core.line_messages import BreachKind, Message, ProtocolBreach, decode, require_version
from strongroom.engine.c_library import StopSignal
from strongroom.engine.pace import Pace
from strongroom.engine.protocol import (
    APP_LINE_LIMIT,
    FROM_APP,
    OUT_OF_MEMORY_EXIT,
    Cancel,
    Confine,
    Generate,
    Hello,
    Load,
    Pause,
    Resume,
    encode,
)

_PROTOCOL_EXIT = 70


class _Channel:
    """The two pipes, out of reach for native code that prints."""

    def __init__(self) -> None:
        self.commands: BinaryIO = os.fdopen(os.dup(0), "rb")
        self._out = os.dup(1)
        self._lock = threading.Lock()
        empty = os.open(os.devnull, os.O_RDONLY)
        os.dup2(empty, 0)
        os.close(empty)
        # What is printed is diagnostics.
        os.dup2(2, 1)

    def send(self, message: Message) -> None:
        line = memoryview(encode(message))
        with self._lock:
            while line:
                line = line[os.write(self._out, line) :]


class _CommandReader(threading.Thread):
    """Reads commands while the main thread computes. The end of the input is the end of the process."""

    def __init__(self, commands: BinaryIO, stop: StopSignal, pace: Pace, send: Callable[[Message], None]) -> None:
        super().__init__(name="commands", daemon=True)
        self._commands = commands
        self._stop_signal = stop
        self._pace = pace
        self._send = send
        self._own = inherited_descriptors()
        self.requests: queue.SimpleQueue[Load | Generate] = queue.SimpleQueue()

    def run(self) -> None:
        try:
            while line := self._commands.readline(APP_LINE_LIMIT + 1):
                self._obey(decode(line, FROM_APP, APP_LINE_LIMIT))
        except ProtocolBreach as breach:
            _complain(f"the app broke the protocol: {breach}")
            os._exit(_PROTOCOL_EXIT)
        except MemoryError:
            os._exit(OUT_OF_MEMORY_EXIT)
        # The main thread may be deep in native code: nothing less ends the process now.
        os._exit(0)

    def _obey(self, message: Message) -> None:
        if isinstance(message, Cancel):
            self._stop_signal.stop(message.request)
            self._pace.resume()
        elif isinstance(message, Pause):
            self._pace.pause()
        elif isinstance(message, Resume):
            self._pace.resume()
        elif isinstance(message, Probe):
            # Here and not in the main thread, which may be computing: what holds for one thread holds for all.
            self._send(Probed.of(message.request, try_everything(private=tuple(map(Path, message.private)))))
        elif isinstance(message, Load):
            self.requests.put(with_own_descriptors(message, self._own))
        elif isinstance(message, Generate):
            self.requests.put(message)
        else:
            raise ProtocolBreach(BreachKind.MALFORMED_LINE, f"{message.TYPE} comes once, at the beginning")


def main() -> int:
    """Serve one app until it is gone. Returns an exit status."""
    limits.die_with_parent()
    channel = _Channel()
    _limit_process()
    try:
        # Before anything is read: an input that has ended already ends the process, but not without its first line.
        channel.send(Hello())
        order = _first_order(channel.commands)
        if order is None:
            return 0
        # Only now: it takes a good part of a second, and a wrong version should show before.
        from strongroom.engine.confined import confine
        from strongroom.engine.serving import serve

        # All that has to be read was read by now, and there is one thread; nothing foreign has been looked at yet.
        surroundings, confinement = confine(order)
        channel.send(Confined.of(confinement))
        stop, pace = StopSignal(), Pace()
        reader = _CommandReader(channel.commands, stop, pace, channel.send)
        reader.start()
        return 0 if serve(reader.requests.get, channel.send, stop, pace, surroundings) else _PROTOCOL_EXIT
    except ProtocolBreach as breach:
        _complain(f"the app broke the protocol: {breach}")
        return _PROTOCOL_EXIT
    except BrokenPipeError:
        return 0
    except MemoryError:
        return OUT_OF_MEMORY_EXIT


def _first_order(commands: BinaryIO) -> Confine | None:
    """Return the second line of the app, after the first was found right; None when it has ended."""
    if not (line := commands.readline(APP_LINE_LIMIT + 1)):
        return None
    require_version(decode(line, (Hello,), APP_LINE_LIMIT))
    if not (line := commands.readline(APP_LINE_LIMIT + 1)):
        return None
    return decode(line, (Confine,), APP_LINE_LIMIT)


def with_own_descriptors(load: Load, own: Mapping[int, int]) -> Load:
    """Return what to load, with this process's numbers for the files that it inherited; see ``inherited_handles``."""
    if not own:
        return load
    return replace(
        load,
        descriptors=tuple(own.get(number, number) for number in load.descriptors),
        adapters=tuple((own.get(number, number), scale) for number, scale in load.adapters),
    )


def _limit_process() -> None:
    # Ctrl+C is for the app; it ends its workers itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    faulthandler.enable()
    # Template code may ask for the date: the time zone's file must have been read by then.
    time.localtime()
    limits.dump_no_core()


def _complain(text: str) -> None:
    os.write(2, f"{text}\n".encode())


if __name__ == "__main__":
    status = main()
    # Not sys.exit(): the other thread waits for input, and native libraries have nothing left to save.
    os._exit(status)
