# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The hub helper's protocol, without any I/O: what may be said on the two pipes, and nothing else.

The lines are those of :mod:`strongroom.core.line_messages`; the first one of both sides is a :class:`Hello`, the
second one of the app a :class:`Configure`, that of the helper a :class:`~strongroom.processes.messages.Confined`,
before which nothing is asked of it. The app numbers its requests from 1 up, and may have several under way. The helper
says any number of :class:`RequestBegun`, :class:`RequestMade`, :class:`FetchStep` and :class:`HeaderPart` about a
request, and ends it with exactly one answer: :class:`Found`, :class:`Opened`, :class:`HeaderRead`, :class:`Fetched`,
:class:`Stopped` or :class:`Failed`. A :class:`~strongroom.processes.messages.Probe` counts as a request; its answer
is a :class:`~strongroom.processes.messages.Probed`.

What one request of the app needs are HTTP requests, called exchanges here and numbered from 1 up. Each is announced
with :class:`RequestBegun`, and goes out only after the app has answered :class:`Recorded`; :class:`RequestMade` tells
its end.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated

from strongroom.core.egress import Purpose
from strongroom.core.hub import Repository, RepositorySummary, SortOrder
from strongroom.core.line_messages import (
    Greeting,
    Message,
    choice,
    flag,
    matching,
    number,
    several,
    text_up_to,
    whole,
)
from strongroom.core.line_messages import encode as encode_line
from strongroom.hub.faults import FaultKind
from strongroom.hub.remote_values import (
    check_commit,
    check_digest,
    check_opened,
    check_path,
    check_repository,
    check_revision,
    check_size,
    check_summary,
)
from strongroom.processes.messages import Confined, Probe, Probed

PROTOCOL_NAME = "strongroom-hub"
PROTOCOL_VERSION = 3

HELPER_LINE_LIMIT = 8 * 1024 * 1024
"""Bytes of one line that the helper sends, line feed included; a repository with all its files is one line."""
APP_LINE_LIMIT = 64 * 1024
"""Bytes of one line that the app sends."""
MOST_REQUESTS = 24
"""Requests that may be under way at once."""
HEADER_PART_LIMIT = 64 * 1024
"""Bytes of a file that one :class:`HeaderPart` carries."""
HEADER_LIMIT = 32 * 1024 * 1024
"""Bytes that a GGUF header may have."""
MOST_RESULTS = 100

_MOST = 2**31 - 1
MOST_HOST = 300
MOST_PATH = 2_048
"""Characters of an exchange's host and path."""

_Request = Annotated[int, whole(1, _MOST)]
_Exchange = Annotated[int, whole(1, _MOST)]
_Size = Annotated[int, check_size]
_RepositoryName = Annotated[str, check_repository]
_Commit = Annotated[str, check_commit]
_Path = Annotated[str, check_path]
_Digest = Annotated[str, check_digest]
_LocalPath = Annotated[str, text_up_to(8_192)]
_Token = Annotated[str, text_up_to(1_024)]


@dataclass(frozen=True, slots=True)
class Hello(Greeting):
    """The first line of both sides."""

    protocol: Annotated[str, text_up_to(40)] = PROTOCOL_NAME
    version: Annotated[int, whole(0, _MOST)] = PROTOCOL_VERSION


@dataclass(frozen=True, slots=True)
class Configure(Message):
    """App: the second line, before any request."""

    TYPE = "configure"
    ca_file: _LocalPath
    """Certificates to trust besides the system's; empty for none."""
    connect_s: Annotated[float, number(0.01, 3_600)]
    read_s: Annotated[float, number(0.01, 3_600)]
    first_wait_s: Annotated[float, number(0.0, 3_600)]
    longest_wait_s: Annotated[float, number(0.0, 3_600)]
    idle_s: Annotated[float, number(0.0, 86_400)] = 60.0
    """How long nothing is wanted of the helper before it says that it is :class:`Idle`."""
    folders: Annotated[tuple[str, ...], several(0, 4, text_up_to(8_192))] = ()
    """The only folders that it may write to, and whatever is beneath them; absolute, made by the app."""


@dataclass(frozen=True, slots=True)
class Search(Message):
    """App: look for repositories with GGUF models. Answered with :class:`Found`."""

    TYPE = "search"
    request: _Request
    text: Annotated[str, text_up_to(300)]
    author: Annotated[str, text_up_to(100)]
    license: Annotated[str, text_up_to(100)]
    most_parameters: Annotated[float, number(0.0, 1e9)]
    """In billions; 0 for no limit."""
    sort: Annotated[SortOrder, choice(SortOrder)]
    limit: Annotated[int, whole(1, MOST_RESULTS)]
    token: _Token = field(default="", repr=False)
    """The access token of this one request; empty for none."""


@dataclass(frozen=True, slots=True)
class Open(Message):
    """App: describe a repository at the commit that the revision names now. Answered with :class:`Opened`."""

    TYPE = "open"
    request: _Request
    repository: _RepositoryName
    revision: Annotated[str, check_revision]
    token: _Token = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ReadHeader(Message):
    """App: send the GGUF header of a file. Answered with :class:`HeaderPart` lines and :class:`HeaderRead`."""

    TYPE = "read_header"
    request: _Request
    repository: _RepositoryName
    commit: _Commit
    path: _Path
    size: _Size
    token: _Token = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Fetch(Message):
    """App: download one file, verify it, then move it into its folder. Answered with :class:`Fetched`.

    What the part file already holds is used again where it can be. A :class:`Stop` leaves it for a later Fetch.
    """

    TYPE = "fetch"
    request: _Request
    repository: _RepositoryName
    commit: _Commit
    path: _Path
    size: _Size
    sha256: _Digest
    part_file: _LocalPath
    """Where the bytes gather until they are verified; absolute."""
    folder: _LocalPath
    """Where the verified file goes, under its own name; absolute, made when missing, on the part file's disk."""
    quarantine: _LocalPath
    """The folder for bytes that turn out not to be those of the file; absolute, made when missing."""
    lock_file: _LocalPath
    """Held while the file is written, so that each file has one writer among all processes; absolute."""
    token: _Token = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Stop(Message):
    """App: stop this request, whatever it is. Answered with :class:`Stopped`, unless its own answer was faster."""

    TYPE = "stop"
    request: _Request


@dataclass(frozen=True, slots=True)
class Recorded(Message):
    """App: this exchange is in the ledger, so it may go out."""

    TYPE = "recorded"
    exchange: _Exchange


@dataclass(frozen=True, slots=True)
class Idle(Message):
    """Helper: nothing is wanted of it, so it may go. Not about a request; an app that wants something ignores it."""

    TYPE = "idle"


@dataclass(frozen=True, slots=True)
class RequestBegun(Message):
    """Helper: one HTTP request is about to be made. A redirect that is followed and another attempt each make one."""

    TYPE = "request_begun"
    request: _Request
    exchange: _Exchange
    method: Annotated[str, matching(r"GET|HEAD", 4, "a reading method")]
    host: Annotated[str, matching(r"[!-~]+", MOST_HOST, "a host")]
    """With the port, where it is not the usual one."""
    path: Annotated[str, matching(r"[!-~]*", MOST_PATH, "a path of printable ASCII")]
    """Without the query: signed addresses carry secrets there."""
    why: Annotated[Purpose, choice(Purpose)]


@dataclass(frozen=True, slots=True)
class RequestMade(Message):
    """Helper: an HTTP request that was begun has ended, whatever became of it."""

    TYPE = "request_made"
    request: _Request
    exchange: _Exchange
    status: Annotated[int, whole(0, 999)]
    """0 when no answer came."""
    received: _Size
    """Bytes of the answer's body."""


@dataclass(frozen=True, slots=True)
class Found(Message):
    """Helper: the results of a :class:`Search`, in the hub's order."""

    TYPE = "found"
    request: _Request
    results: Annotated[tuple[RepositorySummary, ...], several(0, MOST_RESULTS, check_summary)]


@dataclass(frozen=True, slots=True)
class Opened(Message):
    """Helper: the repository of an :class:`Open`."""

    TYPE = "opened"
    request: _Request
    repository: Annotated[Repository, check_opened]


@dataclass(frozen=True, slots=True)
class HeaderPart(Message):
    """Helper: the next bytes of a file, in Base64."""

    TYPE = "header_part"
    request: _Request
    data: Annotated[str, matching(r"[A-Za-z0-9+/]+={0,2}", (HEADER_PART_LIMIT + 2) // 3 * 4, "Base64")]


@dataclass(frozen=True, slots=True)
class HeaderRead(Message):
    """Helper: the header is complete, and so many bytes were sent."""

    TYPE = "header_read"
    request: _Request
    total: Annotated[int, whole(1, HEADER_LIMIT)]


@dataclass(frozen=True, slots=True)
class FetchStep(Message):
    """Helper: so much of the file has arrived or, while verifying, has been hashed. At most some ten per second."""

    TYPE = "fetch_step"
    request: _Request
    done: _Size
    is_verifying: Annotated[bool, flag]


@dataclass(frozen=True, slots=True)
class Fetched(Message):
    """Helper: the file is verified and lies at ``path``, on disk for good."""

    TYPE = "fetched"
    request: _Request
    sha256: _Digest
    path: _LocalPath


@dataclass(frozen=True, slots=True)
class Stopped(Message):
    """Helper: the request has stopped as it was asked to."""

    TYPE = "stopped"
    request: _Request


@dataclass(frozen=True, slots=True)
class Failed(Message):
    """Helper: the request has failed. The app owns the words."""

    TYPE = "failed"
    request: _Request
    kind: Annotated[FaultKind, choice(FaultKind)]
    detail: Annotated[str, text_up_to(400)] = ""
    """See :class:`~strongroom.hub.faults.HubFault`."""


Request = Search | Open | ReadHeader | Fetch
Question = Request | Probe
Step = RequestBegun | RequestMade | HeaderPart | FetchStep
Answer = Found | Opened | HeaderRead | Fetched | Stopped | Failed | Probed

FROM_APP: tuple[type[Message], ...] = (Hello, Configure, Search, Open, ReadHeader, Fetch, Stop, Recorded, Probe)
FROM_HELPER: tuple[type[Message], ...] = (
    Hello,
    Confined,
    Idle,
    RequestBegun,
    RequestMade,
    Found,
    Opened,
    HeaderPart,
    HeaderRead,
    FetchStep,
    Fetched,
    Stopped,
    Failed,
    Probed,
)
REQUESTS: tuple[type[Request], ...] = (Search, Open, ReadHeader, Fetch)
ANSWERS: tuple[type[Answer], ...] = (Found, Opened, HeaderRead, Fetched, Stopped, Failed, Probed)

Say = Callable[[Message], None]
"""Sends one message to the app; may be called from any thread of the helper."""


def encode(message: Message) -> bytes:
    """Return ``message`` as one line, line feed included.

    Raises:
        ProtocolBreach: The message is longer than its direction allows, or holds a value out of bounds.
    """
    is_from_app = isinstance(message, (*REQUESTS, Configure, Stop, Recorded, Probe))
    return encode_line(message, APP_LINE_LIMIT if is_from_app else HELPER_LINE_LIMIT)
