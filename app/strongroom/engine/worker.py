# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The worker process: reads commands, loads one model, answers. Started by the app; of no use to a person.

It parses files that nobody vouches for, so the app treats everything that it says as hostile, and it keeps as little as
it can: the two pipes, standard error, and, until they are loaded, the model's descriptors. Before it looks at any of
them, it gives up files, sockets, programs and other processes for good. It ends when the app does.
"""

import encodings.idna
import encodings.unicode_escape  # noqa: F401  # looked up by name later, when no file can be read any more
import os
import queue
import threading
import time
from collections.abc import Mapping
from dataclasses import replace

from strongroom.confinement import limits
from strongroom.confinement.inherited_handles import inherited_descriptors
from strongroom.core.line_messages import BreachKind, Message, ProtocolBreach
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
from strongroom.processes.app_channel import PROTOCOL_EXIT, AppChannel, complain, prepare_child
from strongroom.processes.messages import Confined, Probe


class _CommandReader(threading.Thread):
    """Reads commands while the main thread computes. The end of the input is the end of the process."""

    def __init__(self, channel: AppChannel, stop: StopSignal, pace: Pace) -> None:
        super().__init__(name="commands", daemon=True)
        self._channel = channel
        self._stop_signal = stop
        self._pace = pace
        self._own = inherited_descriptors()
        self.requests: queue.SimpleQueue[Load | Generate] = queue.SimpleQueue()

    def run(self) -> None:
        try:
            while (message := self._channel.receive(FROM_APP)) is not None:
                self._obey(message)
        except ProtocolBreach as breach:
            os._exit(complain(breach))
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
            self._channel.answer(message)
        elif isinstance(message, Load):
            self.requests.put(with_own_descriptors(message, self._own))
        elif isinstance(message, Generate):
            self.requests.put(message)
        else:
            raise ProtocolBreach(BreachKind.MALFORMED_LINE, f"{message.TYPE} comes once, at the beginning")


def main() -> int:
    """Serve one app until it is gone. Returns an exit status."""
    limits.die_with_parent()
    channel = AppChannel(encode, APP_LINE_LIMIT)
    prepare_child()
    # Template code may ask for the date: the time zone's file must have been read by then.
    time.localtime()
    try:
        order = channel.greet(Hello, Confine)
        if order is None:
            return 0
        # Only now: it takes a good part of a second, and a wrong version should show before.
        from strongroom.engine.confined import confine
        from strongroom.engine.serving import serve

        # All that has to be read was read by now, and there is one thread; nothing foreign has been looked at yet.
        surroundings, confinement = confine(order)
        channel.send(Confined.of(confinement))
        stop, pace = StopSignal(), Pace()
        reader = _CommandReader(channel, stop, pace)
        reader.start()
        return 0 if serve(reader.requests.get, channel.send, stop, pace, surroundings) else PROTOCOL_EXIT
    except ProtocolBreach as breach:
        return complain(breach)
    except MemoryError:
        return OUT_OF_MEMORY_EXIT


def with_own_descriptors(load: Load, own: Mapping[int, int]) -> Load:
    """Return what to load, with this process's numbers for the files that it inherited; see ``inherited_handles``."""
    if not own:
        return load
    return replace(
        load,
        descriptors=tuple(own.get(number, number) for number in load.descriptors),
        adapters=tuple((own.get(number, number), scale) for number, scale in load.adapters),
    )


if __name__ == "__main__":
    status = main()
    # Not sys.exit(): the other thread waits for input, and native libraries have nothing left to save.
    os._exit(status)
