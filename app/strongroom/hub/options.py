# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""How a hub is to be reached."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited for a hub, in seconds."""

    connect_s: float = 10.0
    read_s: float = 30.0
    """Without a byte arriving."""
    first_wait_s: float = 1.0
    """Before the second attempt; the third one waits twice as long."""
    longest_wait_s: float = 60.0
    """A hub that asks to wait longer is not asked again by itself."""
    idle_s: float = 60.0
    """How long a helper of which nothing is wanted stays."""


def _no_token() -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class HubOptions:
    """What the settings and the policy say about the hub."""

    endpoint: str = ""
    """Another address than the usual hub's, as that of a mirror. Empty: ``HF_ENDPOINT``, or the usual hub."""
    is_offline: bool = False
    is_allowed: bool = True
    """False where the policy forbids to ask a hub at all."""
    token: Callable[[], str | None] = _no_token
    """Called for each request, on the thread that makes it; what it returns goes over the helper's pipe only."""
    ca_file: str = ""
    """Certificates to trust besides the system's."""
    patience: Patience = field(default_factory=Patience)
