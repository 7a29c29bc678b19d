# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What can go wrong between the app and a hub, in words that a user understands.

Both sides use the same class: the helper raises a :class:`HubFault`, its kind and detail cross the pipe, and the app
raises it again with its own words.
"""

from enum import StrEnum
from typing import NamedTuple

from strongroom.core.errors import UserFacingError


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


class _Words(NamedTuple):
    title: str
    sentence: str
    next_step: str


_AGAIN = "Try again; what has arrived is kept."

_WORDS = {
    FaultKind.OFFLINE: _Words(
        "Offline",
        "The app is set to Offline, so nothing is asked of a hub.",
        "Switch Offline off in the settings to search and download.",
    ),
    FaultKind.NOT_ALLOWED: _Words(
        "Not allowed",
        "The policy in force does not allow to search or download models.",
        "Import a model file instead, or ask whoever sets the policy.",
    ),
    FaultKind.UNREACHABLE: _Words(
        "Hub not reached",
        "No connection to the hub could be made.",
        "Check the network, the proxy and the certificates of this machine, then try again.",
    ),
    FaultKind.UNAUTHORIZED: _Words(
        "Access token needed",
        "The hub does not say what it has here without a valid access token.",
        "Check the name. If the model is gated or private, enter a valid access token in the settings.",
    ),
    FaultKind.FORBIDDEN: _Words(
        "Access refused",
        "The hub does not let this account have the model.",
        "Open the model's page in a browser, accept its terms with the account of your access token, then try again.",
    ),
    FaultKind.NOT_FOUND: _Words(
        "Not found",
        "The hub has no such model, file or revision.",
        "Check the name. The model may have been renamed, made private or deleted.",
    ),
    FaultKind.RATE_LIMITED: _Words(
        "Too many requests",
        "The hub asks to wait before it answers again.",
        "Try again in a few minutes. An access token allows more requests.",
    ),
    FaultKind.SERVER: _Words("Hub out of order", "The hub answered that it has an error.", "Try again later."),
    FaultKind.REDIRECT_REFUSED: _Words(
        "Redirect refused",
        "The hub sent the request to a host that the app does not contact.",
        "If your organization uses a mirror, ask its administrator. Otherwise do not use this network for downloads.",
    ),
    FaultKind.INSECURE: _Words(
        "Connection not encrypted",
        "The address does not use https, so anybody on the way could change what arrives.",
        "Enter an address that begins with https:// in the settings.",
    ),
    FaultKind.STALLED: _Words(
        "Connection stalled",
        "Nothing has arrived from the hub for too long.",
        f"Check the network. {_AGAIN}",
    ),
    FaultKind.BAD_ANSWER: _Words(
        "Answer not understood",
        "The hub's answer is not what the app can use.",
        "Try again later. If you use a mirror, check its address in the settings.",
    ),
    FaultKind.DISK_FULL: _Words(
        "Disk full",
        "There is not enough free space for the download.",
        "Free some space, then resume the download; what has arrived is kept.",
    ),
    FaultKind.NOT_WRITTEN: _Words(
        "Download not written",
        "The download could not be written to the data folder.",
        "Check that the data folder exists and may be written, then resume the download.",
    ),
    FaultKind.NO_DIGEST: _Words(
        "No checksum",
        "The hub gives no SHA-256 for the file, so a download could not be verified.",
        "Choose another file or another repository.",
    ),
    FaultKind.MISMATCH: _Words(
        "Download does not match",
        "What arrived is not the file that the hub described. It was put into quarantine.",
        "Start the download again. If it happens again, do not use this network or mirror.",
    ),
    FaultKind.NOT_ISOLATED: _Words(
        "Hub helper not isolated enough",
        "The process that talks to the hub is not used.",
        "The security page, or strongroom doctor, tells what is missing. Ask whoever sets the policy.",
    ),
    FaultKind.LAUNCHER_GONE: _Words(
        "Hub helper not started",
        "The process that starts the hub helper has ended, and this one may not start any with a network.",
        "Close the app and open it again; what has arrived is kept.",
    ),
    FaultKind.HELPER_GONE: _Words("Hub helper ended", "The process that talks to the hub has ended.", _AGAIN),
    FaultKind.LEDGER: _Words(
        "Egress ledger not writable",
        "Each request is written into the egress ledger before it is made. That failed, so no more is asked of a hub.",
        "Free disk space or check the ledger (strongroom egress verify), then try again; what has arrived is kept.",
    ),
}


class HubFault(UserFacingError):
    """A request to a hub has failed. Its code is ``hub.`` and the kind.

    Args:
        kind: Why.
        detail: Completes the sentence: a host, a status, a file, a number. Printable text without secrets.
    """

    def __init__(self, kind: FaultKind, detail: str = "") -> None:
        title, sentence, next_step = _WORDS[kind]
        super().__init__(
            title, f"{sentence.removesuffix('.')} ({detail})." if detail else sentence, next_step, code=f"hub.{kind}"
        )
        self.kind = kind
        self.detail = detail
