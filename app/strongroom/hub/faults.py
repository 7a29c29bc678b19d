# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What can go wrong between the app and a hub.

Both sides use the same class: the helper raises a :class:`HubFault`, its kind and detail cross the pipe, and the app
raises it again.
"""

import json
from enum import StrEnum

from strongroom.core.errors import UserFacingError
from strongroom.core.statement import Statement, statement_from_json, statement_to_json


class FaultKind(StrEnum):
    """Why a hub could not do what was asked."""

    OFFLINE = "offline"
    NOT_ALLOWED = "not_allowed"
    UNREACHABLE = "unreachable"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    RATE_LIMITED = "rate_limited"
    SERVER = "server"
    REDIRECT_REFUSED = "redirect_refused"
    INSECURE = "insecure"
    STALLED = "stalled"
    BAD_ANSWER = "bad_answer"
    DISK_FULL = "disk_full"
    NOT_WRITTEN = "not_written"
    """The disk refused for another reason than want of space."""
    NO_DIGEST = "no_digest"
    MISMATCH = "mismatch"
    HELPER_GONE = "helper_gone"
    LAUNCHER_GONE = "launcher_gone"
    NOT_ISOLATED = "not_isolated"
    LEDGER = "ledger"
    """The request could not be written into the egress ledger."""


_PREFIX = "hub.detail."
_LONGEST = 400
"""Characters of a detail on its way between the helper and the app."""


class HubFault(UserFacingError):
    """A request to a hub has failed. Its code is ``hub.`` and the kind.

    Args:
        kind: Why.
        detail: Completes the sentence: what it was exactly, a host, a file, the system's own reason. Without secrets.
    """

    def __init__(self, kind: FaultKind, detail: str | Statement = "") -> None:
        super().__init__(f"hub.{kind.value}", detail=detail)
        self.kind = kind
        self.detail = detail


def written_detail(detail: str | Statement) -> str:
    """Return a detail as it crosses the pipe: a text as it is, cut to its limit, a statement as JSON."""
    if isinstance(detail, Statement):
        written = json.dumps(statement_to_json(detail), ensure_ascii=False)
        return written if len(written) <= _LONGEST else ""
    return detail[:_LONGEST]


def read_detail(untrusted_text: str) -> str | Statement:
    """Return the detail that :func:`written_detail` was given, with every character that cannot be printed replaced.

    What is no detail of a hub's fault stays the text that it is.
    """
    printable = "".join(character if character.isprintable() else "?" for character in untrusted_text)
    try:
        statement = statement_from_json(json.loads(printable))
    except (ValueError, RecursionError):
        return printable
    return statement if statement.code.startswith(_PREFIX) else printable
