# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The places of models in memory: who has one, who waits for one, and in which order.

Nothing here knows how a model is loaded or how much room it needs.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from strongroom.core.errors import Cancelled
from strongroom.core.events import WaitingForModel, WaitReason
from strongroom.hosting.borrowing import Borrower, Line
from strongroom.hosting.hosted_model import HostedModel

_POLL_S = 0.05
"""How often one who waits looks at its cancel event."""


class Place:
    """What is known about one model: who has it, who waits for it, and the model itself while it is in memory."""

    def __init__(self) -> None:
        self.line = Line()
        self.model: HostedModel | None = None
        """Changed only by whoever holds the place."""
        self.used_at = 0.0


class Places:
    """Every model's place, and the turn to load one. Safe to use from several threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition(threading.Lock())
        self._places: dict[str, Place] = {}
        self._loading = Line()
        self._wants_room: Borrower | None = None
        self._waiting_threads: set[int] = set()
        self._is_closed = False

    def models(self, *, but: Place | None = None) -> list[HostedModel]:
        """Return every model in memory, except the one in a place."""
        with self._changed:
            return [place.model for place in self._places.values() if place is not but and place.model is not None]

    def model(self, model_id: str) -> HostedModel | None:
        """Return a model that is in memory; None when it is not."""
        with self._changed:
            place = self._places.get(model_id)
            return place.model if place is not None else None

    @contextmanager
    def held(self, model_id: str, borrower: Borrower) -> Iterator[Place]:
        """Have a model's place to oneself, after waiting in its line.

        Raises:
            Cancelled: The borrower's event was set, or everything was closed.
            RuntimeError: This thread has it already, and would wait for itself.
        """
        with self._changed:
            place = self._places.setdefault(model_id, Place())
            if place.line.holder is not None and place.line.holder.thread == borrower.thread:
                raise RuntimeError("a thread borrows a model that it has")
            self._take(
                place.line,
                borrower,
                lambda: place.line.is_free_for(borrower) and self._is_before(borrower),
                WaitReason.ANSWER,
            )
        try:
            yield place
        finally:
            self.give_back(place)

    @contextmanager
    def turn_to_load(self, borrower: Borrower) -> Iterator[None]:
        """Be the only one that loads a model: two at once would each count the same memory as free.

        Raises:
            Cancelled: The borrower's event was set, or everything was closed.
        """
        with self._changed:
            self._take(self._loading, borrower, lambda: self._loading.is_free_for(borrower), WaitReason.LOADING)
        try:
            yield
        finally:
            with self._changed:
                self._wants_room = None
                self._loading.holder = None
                self._changed.notify_all()

    def take_idle(self, own: Place, borrower: Borrower) -> Place | None:
        """Wait until a model may be unloaded, the one that was not needed longest; hold its place and return it.

        Until this one's turn to load is over, nobody who asked later gets another model.

        Args:
            own: The place of the model that needs the room.
            borrower: Whose turn it is to load.

        Returns:
            None when no model will be given back before this borrower is done.

        Raises:
            Cancelled: The borrower's event was set, or everything was closed.
        """
        with self._changed:
            self._wants_room = borrower
            self._wait_until(
                lambda: self._idle(own, borrower) is not None or not self._is_any_coming_back(own, borrower),
                borrower,
                lambda: 1,
                WaitReason.ROOM,
            )
            idle = self._idle(own, borrower)
            if idle is not None:
                idle.line.holder = borrower
            return idle

    def give_back(self, place: Place) -> None:
        """Let the next one have a place."""
        with self._changed:
            place.line.holder = None
            place.used_at = time.monotonic()
            self._changed.notify_all()

    def take_out(self, model_id: str) -> tuple[bool, HostedModel | None]:
        """Return whether a model is neither lent nor waited for; if so, it is in no place any more and is returned."""
        with self._changed:
            place = self._places.get(model_id)
            if place is None:
                return True, None
            if place.line.holder is not None or place.line.first is not None:
                return False, None
            model, place.model = place.model, None
            return True, model

    def take_all_out(self) -> list[HostedModel]:
        """Return every model, lent ones too, which are in no place any more; what is being loaded is waited for."""
        with self._changed:
            self._changed.wait_for(lambda: self._loading.holder is None)
            models = [place.model for place in self._places.values() if place.model is not None]
            for place in self._places.values():
                place.model = None
            return models

    def close(self) -> None:
        """Let everybody who waits be cancelled, from now on too."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def _is_before(self, borrower: Borrower) -> bool:
        """Return whether nobody who asked earlier waits for room."""
        return self._wants_room is None or borrower.rank < self._wants_room.rank

    def _idle(self, own: Place, borrower: Borrower) -> Place | None:
        """Return the place of the model to unload first; those for whom somebody earlier waits are as good as lent."""
        idle = [
            place
            for place in self._in_memory_but(own)
            if place.line.holder is None and (place.line.first is None or place.line.first.rank > borrower.rank)
        ]
        return min(idle, key=lambda place: place.used_at, default=None)

    def _is_any_coming_back(self, own: Place, borrower: Borrower) -> bool:
        """Return whether anybody will give a model back who does not wait for this borrower."""
        stuck = {borrower.thread, *self._waiting_threads}
        return any(
            place.line.holder is None or place.line.holder.thread not in stuck for place in self._in_memory_but(own)
        )

    def _in_memory_but(self, own: Place) -> list[Place]:
        return [place for place in self._places.values() if place is not own and place.model is not None]

    def _take(self, line: Line, borrower: Borrower, may_have: Callable[[], bool], reason: WaitReason) -> None:
        """Wait in a line, then hold what it is for. The lock is held."""
        line.join(borrower)
        try:
            self._wait_until(may_have, borrower, lambda: line.place_of(borrower), reason)
            line.holder = borrower
        finally:
            line.leave(borrower)
            self._changed.notify_all()

    def _wait_until(
        self, is_over: Callable[[], bool], borrower: Borrower, place_of: Callable[[], int], reason: WaitReason
    ) -> None:
        """Wait, and tell the borrower its place at every change. The lock is held, but not while it is told."""
        told = 0
        self._waiting_threads.add(borrower.thread)
        try:
            while True:
                if self._is_closed or borrower.cancel.is_set():
                    raise Cancelled
                if is_over():
                    return
                if (place := place_of()) != told:
                    told = place
                    self._tell(borrower, WaitingForModel(borrower.name, place, reason))
                else:
                    self._changed.wait(_POLL_S)
        finally:
            self._waiting_threads.discard(borrower.thread)

    def _tell(self, borrower: Borrower, event: WaitingForModel) -> None:
        self._changed.release()
        try:
            borrower.on_event(event)
        finally:
            self._changed.acquire()
