# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The helper process: the only one with a network. Started by the app; of no use to a person.

It confines itself, reads requests line by line, works on each in a thread of its own, and writes answers. It knows no
chat, no key and no log, and it ends when the app does, or when nothing is wanted of it for a while.
"""

import os
import sys
import threading
from typing import TYPE_CHECKING

from strongroom.confinement import limits
from strongroom.core.line_messages import BreachKind, ProtocolBreach
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
from strongroom.processes.app_channel import AppChannel, complain, prepare_child
from strongroom.processes.messages import Confined, Probe

if TYPE_CHECKING:
    from strongroom.hub.serving import Serving

_DEFECT_EXIT = 71
_REPEAT_S = 1.0


def main() -> int:
    """Serve one app until it is gone. Returns an exit status."""
    limits.die_with_parent()
    channel = AppChannel(encode, APP_LINE_LIMIT)
    prepare_child()
    threading.excepthook = _end_with_defect
    # What is downloaded is the user's alone.
    os.umask(0o077)
    try:
        _serve(channel)
    except ProtocolBreach as breach:
        return complain(breach)
    return 0


def _serve(channel: AppChannel) -> None:
    configure = channel.greet(Hello, Configure)
    if configure is None:
        return
    # Only now: it takes a good part of a second, and a wrong version should show before.
    from strongroom.hub.confined import confine
    from strongroom.hub.serving import Serving

    serving = Serving(os.environ.get(ENDPOINT_VARIABLE) or DEFAULT_ENDPOINT, configure, channel.send)
    # All that it runs is loaded, there is one thread, and nothing foreign has been looked at.
    channel.send(Confined.of(confine(configure)))
    threading.Thread(target=_tell_when_idle, args=(serving, configure, channel), name="idle", daemon=True).start()
    while (message := channel.receive(FROM_APP)) is not None:
        if isinstance(message, Stop):
            serving.stop(message.request)
        elif isinstance(message, Recorded):
            serving.recorded(message.exchange)
        elif isinstance(message, Probe):
            serving.stay()
            channel.answer(message)
        elif isinstance(message, REQUESTS):
            serving.begin(message)
        else:
            raise ProtocolBreach(BreachKind.MALFORMED_LINE, f"{message.TYPE} comes once")


def _tell_when_idle(serving: "Serving", configure: Configure, channel: AppChannel) -> None:
    while True:
        times_wanted = serving.wait_until_idle(configure.idle_s)
        # The app then closes the pipe, unless a request is on its way already or the last answer is.
        channel.send(Idle())
        serving.wait_until_wanted(times_wanted, _REPEAT_S)


def _end_with_defect(arguments: threading.ExceptHookArgs) -> None:
    """End the whole process when a thread fails in a way that nobody foresaw: the app starts another one."""
    sys.excepthook(arguments.exc_type, arguments.exc_value or arguments.exc_type(), arguments.exc_traceback)
    sys.stderr.flush()
    os._exit(_DEFECT_EXIT)


if __name__ == "__main__":
    status = main()
    # Not sys.exit(): requests under way have nothing to save, and the app is gone or does not want them.
    os._exit(status)
