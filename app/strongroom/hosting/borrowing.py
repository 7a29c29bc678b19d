# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Who asks for a model, with what claim, and in which order those who ask get it."""

import threading
from dataclasses import dataclass, field
from enum import Enum, IntEnum

from strongroom.core.events import Listener


class ModelRole(Enum):
    """What a model is borrowed for."""

    CHAT = "chat"
    """The model of a conversation: the one that a next message without a choice goes to."""
    COMPARE = "compare"
    GUARD = "guard"
    """It judges what another model reads or writes."""
    PROBE = "probe"
    """It is tested."""


class Priority(IntEnum):
    """Who goes first, whenever it was asked."""

    FOREGROUND = 0
    """Somebody waits for it."""
    BACKGROUND = 1


@dataclass(eq=False, slots=True)
class Borrower:
    """One who asks for a model, until it is given back."""

    name: str
    """The model's."""
    priority: Priority
    number: int
    """Counts up with each one who asks."""
    on_event: Listener
    cancel: threading.Event
    thread: int = field(default_factory=threading.get_ident)

    @property
    def rank(self) -> tuple[Priority, int]:
        """The order of asking, foreground before background: the smaller goes first."""
        return self.priority, self.number


class Line:
    """One thing that one at a time may have, and who waits for it. Whoever owns it locks."""

    def __init__(self) -> None:
        self.holder: Borrower | None = None
        self._waiting: list[Borrower] = []

    @property
    def first(self) -> Borrower | None:
        """Who is next; None when nobody waits."""
        return min(self._waiting, key=lambda borrower: borrower.rank, default=None)

    def join(self, borrower: Borrower) -> None:
        """Wait in line."""
        self._waiting.append(borrower)

    def leave(self, borrower: Borrower) -> None:
        """Wait no longer."""
        self._waiting.remove(borrower)

    def is_free_for(self, borrower: Borrower) -> bool:
        """Return whether it is this one's turn."""
        return self.holder is None and self.first is borrower

    def place_of(self, borrower: Borrower) -> int:
        """Return how many have to end before it is this one's turn, at least 1."""
        before = sum(other.rank < borrower.rank for other in self._waiting)
        return max(1, before + (self.holder is not None))
