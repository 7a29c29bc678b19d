# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What may be said between the app and a launcher, without any I/O.

One packet is one line of :mod:`strongroom.core.line_messages`. The app asks, the launcher answers, one at a time. What
is started is not among the things that can be said: it is always the launcher's one program.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from strongroom.core.line_messages import Message, Refused, flag, several, text_up_to, whole
from strongroom.core.line_messages import encode as encode_line
from strongroom.processes.messages import Confined, Probe, Probed

PACKET_LIMIT = 16 * 1024
"""Bytes of one packet."""
DESCRIPTORS = 3
"""Those that go along with a :class:`Start`: standard input, output and error of what is started."""

_MOST = 2**31 - 1
_Child = Annotated[int, whole(1, _MOST)]
_setting_name = text_up_to(60)
_setting_value = text_up_to(8_192)


def _setting(untrusted_item: Any) -> tuple[str, str]:
    if type(untrusted_item) not in (list, tuple) or len(untrusted_item) != 2:
        raise Refused("pairs of name and value")
    return _setting_name(untrusted_item[0]), _setting_value(untrusted_item[1])


@dataclass(frozen=True, slots=True)
class Start(Message):
    """App: start the program. Answered with :class:`Started` or :class:`NotStarted`."""

    TYPE = "start"
    settings: Annotated[tuple[tuple[str, str], ...], several(0, 8, _setting)]
    """Names and values; the program knows which there are, and refuses all others."""


@dataclass(frozen=True, slots=True)
class Poll(Message):
    """App: does this process still run? Answered with :class:`State`."""

    TYPE = "poll"
    child: _Child


@dataclass(frozen=True, slots=True)
class Kill(Message):
    """App: end this process at once. Answered with :class:`State`."""

    TYPE = "kill"
    child: _Child


@dataclass(frozen=True, slots=True)
class Describe(Message):
    """App: how are you confined? Answered with :class:`~strongroom.processes.messages.Confined`."""

    TYPE = "describe"


@dataclass(frozen=True, slots=True)
class Started(Message):
    """Launcher: it runs."""

    TYPE = "started"
    child: _Child
    """Counts up, unlike the numbers of processes, which come again."""
    process_id: Annotated[int, whole(1, _MOST)]


@dataclass(frozen=True, slots=True)
class NotStarted(Message):
    """Launcher: the system did not let it be started."""

    TYPE = "not_started"
    error: Annotated[int, whole(0, 4_095)]
    """The system's number of the refusal."""


@dataclass(frozen=True, slots=True)
class State(Message):
    """Launcher: whether a process runs. One that has ended is forgotten with this answer."""

    TYPE = "state"
    is_running: Annotated[bool, flag]
    status: Annotated[int, whole(-255, 255)]
    """Once it has ended: as :mod:`subprocess` gives it, negative for a signal."""


FROM_APP: tuple[type[Message], ...] = (Start, Poll, Kill, Describe, Probe)
FROM_LAUNCHER: tuple[type[Message], ...] = (Started, NotStarted, State, Confined, Probed)


def encode(message: Message) -> bytes:
    """Return ``message`` as one packet.

    Raises:
        ProtocolBreach: It is too long, or holds a value out of bounds.
    """
    return encode_line(message, PACKET_LIMIT)
