# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The models in memory, lent to whoever needs one: a line for each model, and room made for the next.

As many stay loaded as have room and the policy allows; the one that was not needed longest goes first, and never one
that is lent. A model that has no room even so is loaded all the same, as the estimate may be wrong, and whoever asked
is told.
"""

import functools
import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

from strongroom.core.errors import UserFacingError
from strongroom.core.events import Listener, ModelsUnloaded, RoomReason
from strongroom.core.hub import FileKind
from strongroom.core.isolation import ProcessReport
from strongroom.core.settings import Settings
from strongroom.core.verification import ModelEntry
from strongroom.engine import EngineClient, EngineStarter
from strongroom.hosting.borrowing import Borrower, ModelRole, Priority
from strongroom.hosting.hosted_model import HostedModel, HostingParts
from strongroom.hosting.isolation import Isolation, measure_a_fresh_worker
from strongroom.hosting.loaded_model import LoadedModel
from strongroom.hosting.loan import Loan
from strongroom.hosting.places import Place, Places
from strongroom.hosting.precedence import Precedence
from strongroom.hosting.room import EstimateNeed, HostingLimits, LookAtMemory, Need, Room, estimate_need, room_for
from strongroom.incidents import IncidentRecorder
from strongroom.models import ModelLibrary

_KEPT_ESTIMATES = 64


class ModelPool:
    """Lends models. Safe to use from several threads.

    Args:
        library: Where models are found and verified.
        recorder: Takes incidents.
        isolation: What the policy asks of the workers' and this process's isolation.
        settings: Returns the settings in force; asked at each load.
        limits: Returns what the policy says about models in memory, or raises why there is none; asked at each loan.
        look_at_memory: Returns what memory there is now; told whether a GPU matters.
        start_engine: Starts what runs a model.
        estimate: Returns what a model will need.
    """

    def __init__(
        self,
        library: ModelLibrary,
        recorder: IncidentRecorder,
        *,
        isolation: Isolation,
        settings: Callable[[], Settings],
        limits: Callable[[], HostingLimits],
        look_at_memory: LookAtMemory,
        start_engine: EngineStarter = EngineClient.start,
        estimate: EstimateNeed = estimate_need,
    ) -> None:
        self._library = library
        self._isolation = isolation
        self._parts = HostingParts(library, recorder, isolation, start_engine)
        self._settings = settings
        self._limits = limits
        self._look_at_memory = look_at_memory
        # Reading a header takes a good part of a second on a slow machine, and every load asks about each model.
        self._estimate: EstimateNeed = functools.lru_cache(maxsize=_KEPT_ESTIMATES)(estimate)
        self._precedence = Precedence()
        self._places = Places()
        self._numbers = itertools.count()
        self._chosen = ""

    @property
    def loaded(self) -> LoadedModel | None:
        """The model that a next message without a choice goes to; None when there is none, or it is not loaded."""
        model = self._places.model(self._chosen)
        return model.loaded if model is not None else None

    @property
    def loaded_models(self) -> tuple[LoadedModel, ...]:
        """Every model that is loaded, lent or not."""
        return tuple(loaded for model in self._places.models() if (loaded := model.loaded) is not None)

    @property
    def memory_in_use(self) -> int:
        """Bytes of memory that all loaded models would give back; 0 when nobody tells."""
        return sum(model.memory_in_use for model in self._places.models())

    @contextmanager
    def borrow(
        self,
        model_id: str = "",
        *,
        role: ModelRole = ModelRole.CHAT,
        priority: Priority = Priority.FOREGROUND,
        on_event: Listener,
        cancel: threading.Event,
    ) -> Iterator[Loan]:
        """Lend a model for the length of a ``with``, loaded and verified; wait for it in line where others have it.

        Borrow for one answer, not for a whole run: what waits is told that it is next, and has to become so. Whoever
        has a model already may borrow another one: nobody waits for the room of a model whose borrower waits too.

        Args:
            model_id: Which one; empty for the one that was used last, or the settings' choice, or the starter model.
            role: What for.
            priority: Who goes first.
            on_event: Told the place in line, what was unloaded, and how far verifying and loading are.
            cancel: Ends the waiting and the loading when it is set.

        Raises:
            ModelRefused: The bytes are not the ones that were vouched for.
            EngineFault: The engine could not load them.
            IsolationRefused: The policy asks for more isolation than there is.
            UserFacingError: There is no such model, it cannot answer (``model.not_a_chat_model``), or the policy allows
                no more models (``model.most_loaded``).
            Cancelled: ``cancel`` was set, or the pool was closed.
        """
        self._isolation.require_main()
        entry = self._entry(model_id)
        borrower = self._borrower(entry, priority, on_event, cancel)
        with self._places.held(entry.model_id, borrower) as place:
            model, loaded = self._ready(place, entry, borrower)
            if role is ModelRole.CHAT:
                self._chosen = entry.model_id
            loan = Loan(model, loaded, priority, self._precedence)
            try:
                yield loan
            finally:
                loan.is_returned = True
                if model.loaded is None:
                    # It has died, or somebody writes to its files.
                    place.model = None
                    model.close()

    def load(self, model_id: str = "", *, on_event: Listener, cancel: threading.Event) -> LoadedModel:
        """Verify and load a model, anew if it is loaded, so that the settings in force count.

        It is what a next message without a choice goes to. What else is loaded stays, as far as there is room.

        Args:
            model_id: Which one; empty for the settings' choice, or the starter model.
            on_event: As for :meth:`borrow`.
            cancel: As for :meth:`borrow`.

        Raises:
            UserFacingError: What :meth:`borrow` raises.
            Cancelled: ``cancel`` was set, or the pool was closed.
        """
        self._isolation.require_main()
        entry = self._entry(model_id or self._settings().model or self._library.starter_id)
        borrower = self._borrower(entry, Priority.FOREGROUND, on_event, cancel)
        with self._places.held(entry.model_id, borrower) as place:
            _, loaded = self._load(place, entry, borrower)
            self._chosen = entry.model_id
            return loaded

    def release(self, model_id: str) -> bool:
        """Unload a model unless it is lent or waited for; return whether it is not in memory now."""
        is_out, model = self._places.take_out(model_id)
        if model is not None:
            model.close()
        if is_out and self._chosen == model_id:
            self._chosen = ""
        return is_out

    def unload_all(self) -> None:
        """End every model, those that are answering too; what is being loaded is loaded first."""
        self._chosen = ""
        for model in self._places.take_all_out():
            model.close()

    def close(self) -> None:
        """End every model; whoever waits for one gets :class:`~strongroom.core.errors.Cancelled`."""
        self._places.close()
        self.unload_all()

    def processes(self) -> tuple[ProcessReport, ...]:
        """Return what is known about each worker, without trying anything."""
        return tuple(report for model in self._places.models() if (report := model.process()) is not None)

    def measure(self, private: Sequence[Path], cancel: threading.Event) -> tuple[ProcessReport, ...]:
        """Let each worker, or one that is started for this, try what it should not be able to do.

        Args:
            private: Files of the app that it must not be able to read.
            cancel: Ends it when it is set.

        Raises:
            EngineFault: A worker did not answer, or could not be started.
            Cancelled: ``cancel`` was set.
        """
        reports = tuple(report for model in self._places.models() if (report := model.measure(private)) is not None)
        may_use_gpu = self._settings().gpu_layers != 0
        return reports or (
            measure_a_fresh_worker(private, cancel, start=self._parts.start_engine, may_use_gpu=may_use_gpu),
        )

    def _entry(self, model_id: str) -> ModelEntry:
        """Return which model is meant, if it can answer by itself."""
        entry = self._library.get(model_id or self._chosen or self._settings().model or self._library.starter_id)
        if entry.kind is not FileKind.MODEL:
            raise UserFacingError("model.not_a_chat_model", model=entry.name, kind=entry.kind.value)
        return entry

    def _borrower(self, entry: ModelEntry, priority: Priority, on_event: Listener, cancel: threading.Event) -> Borrower:
        return Borrower(entry.name, priority, next(self._numbers), on_event, cancel)

    def _ready(self, place: Place, entry: ModelEntry, borrower: Borrower) -> tuple[HostedModel, LoadedModel]:
        """Return the model of a place, which the borrower holds, loaded as the policy in force asks for."""
        limits, model = self._limits(), place.model
        if model is not None and (loaded := model.loaded) is not None:
            is_sealed_enough = model.is_sealed or not limits.is_sealed
            if is_sealed_enough and self._isolation.is_enough(loaded.confinement):
                return model, loaded
        return self._load(place, entry, borrower)

    def _load(self, place: Place, entry: ModelEntry, borrower: Borrower) -> tuple[HostedModel, LoadedModel]:
        """Load a model into its place, which the borrower holds, instead of what is there."""
        is_foreground = borrower.priority is Priority.FOREGROUND
        with self._places.turn_to_load(borrower):
            former, place.model = place.model, None
            if former is not None:
                former.close()
            settings, limits = self._settings(), self._limits()
            self._make_room(place, entry, borrower, settings, limits)
            model = place.model = HostedModel(entry, self._parts, settings, is_sealed=limits.is_sealed)
            try:
                with self._precedence.foreground() if is_foreground else nullcontext():
                    return model, model.load(on_event=borrower.on_event, cancel=borrower.cancel)
            except BaseException:
                place.model = None
                raise

    def _make_room(
        self, place: Place, entry: ModelEntry, borrower: Borrower, settings: Settings, limits: HostingLimits
    ) -> None:
        """Unload what has to go for a model, after waiting for it where it is lent."""
        if not (others := self._places.models(but=place)):
            return
        need = self._estimate(entry, settings, is_sealed=limits.is_sealed)
        room = self._room(need, others, settings, limits)
        reason, unloaded, freed = room.reason, [], 0
        while not room.is_enough and (idle := self._places.take_idle(place, borrower)) is not None:
            model, idle.model = idle.model, None
            try:
                if model is not None:
                    freed += model.memory_in_use
                    unloaded.append(model.entry.name)
                    model.close()
            finally:
                self._places.give_back(idle)
            others = self._places.models(but=place)
            room = self._room(need, others, settings, limits)
            if not others:
                # Whatever the estimate says: there is nothing left to unload.
                break
        if not room.is_enough and others and room.reason is RoomReason.MOST_LOADED:
            raise UserFacingError("model.most_loaded", most=limits.most_loaded)
        if unloaded or not room.is_enough:
            is_enough = room.is_enough
            borrower.on_event(
                ModelsUnloaded(entry.name, tuple(unloaded), reason, freed, room.free, room.needed, is_enough=is_enough)
            )

    def _room(self, need: Need, others: Sequence[HostedModel], settings: Settings, limits: HostingLimits) -> Room:
        """Return whether a model has room beside others."""
        alive = [one for one in others if one.loaded is not None]
        mapped = [self._estimate(one.entry, one.settings, is_sealed=one.is_sealed).mapped for one in alive]
        return room_for(need, self._look_at_memory(settings.gpu_layers != 0), mapped, limits)
