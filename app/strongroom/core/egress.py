# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What left the machine: the requests that the hub helper made. Values that cross borders."""

from dataclasses import dataclass
from enum import StrEnum


class Purpose(StrEnum):
    """Why a request was made of a hub."""

    SEARCH = "search"
    REPOSITORY = "repository"
    HEADER = "header"
    DOWNLOAD = "download"


@dataclass(frozen=True, slots=True)
class EgressRequest:
    """One HTTP request that is about to be made."""

    method: str
    host: str
    """With the port, where it is not the usual one."""
    path: str
    """Without the query: signed addresses carry secrets there."""
    why: Purpose


@dataclass(frozen=True, slots=True)
class EgressEntry:
    """One HTTP request, as the ledger keeps it."""

    sequence: int
    """Of the record that was written before the request went out; from 1, rising, with gaps."""
    began_at: str
    """UTC, ISO 8601."""
    method: str
    host: str
    """With the port, where it is not the usual one."""
    path: str
    """Without the query: signed addresses carry secrets there."""
    why: Purpose
    status: int | None = None
    """0 when no answer came; None while it is under way, or when the app or the helper was ended meanwhile."""
    received: int | None = None
    """Bytes of the answer's body; None as above."""
