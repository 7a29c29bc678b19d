# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A pool of scripted engines over real, verified files, with as much memory as a test says."""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from strongroom.core.chat import Message, Role
from strongroom.core.events import ChatEvent
from strongroom.core.findings import PolicyIdentity
from strongroom.core.generation import SamplingParameters
from strongroom.core.paths import DataPaths
from strongroom.core.settings import Settings
from strongroom.engine import EngineEvent, EngineFault, TokenText
from strongroom.hosting import HostingLimits, Isolation, Loan, ModelPool, ModelRole, Priority
from strongroom.hosting.room import Need
from strongroom.incidents import IncidentLog, IncidentRecorder
from strongroom.models import MemoryEstimate, MemoryNow, ModelLibrary, ModelRefused
from strongroom.policy import default_policy
from support.scripted_engine import ScriptedEngine, Step

MODEL_SIZE = 100
"""Bytes of memory that a model needs, as these tests count."""
PATIENCE_S = 30
"""Far longer than anything here takes."""

Answer = Sequence[str | Step | threading.Event]


class AnswerUnderWay:
    """An answer that is made in a thread of its own."""

    def __init__(self, loan: Loan) -> None:
        self.cancel = threading.Event()
        self._loan = loan
        self._events: list[EngineEvent] = []
        self._error: BaseException | None = None
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="answer")
        self._thread.start()

    def _run(self) -> None:
        try:
            for event in self._loan.generate([Message(Role.USER, "Go")], SamplingParameters(), cancel=self.cancel):
                with self._changed:
                    self._events.append(event)
                    self._changed.notify_all()
        except BaseException as error:  # noqa: BLE001  # whoever waits for it gets it
            self._error = error

    @property
    def text(self) -> str:
        """What was said so far."""
        return "".join(event.text for event in self._events if isinstance(event, TokenText))

    def await_text(self, text: str) -> None:
        """Wait until so much was said."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.text == text, PATIENCE_S), self._events

    def result(self) -> list[EngineEvent]:
        """Return all events once it has ended; raise what ended it."""
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()
        if self._error is not None:
            raise self._error
        return self._events


class Borrowing:
    """One thread that borrows a model, answers with it, and gives it back when it is told to."""

    def __init__(
        self, pool: ModelPool, model_id: str, *, priority: Priority, role: ModelRole, order: list["Borrowing"]
    ) -> None:
        self.events: list[ChatEvent] = []
        self.cancel = threading.Event()
        self.error: BaseException | None = None
        self._has = threading.Event()
        self._may_return = threading.Event()
        self._told = threading.Condition()
        self._ask = (pool, model_id, priority, role, order)
        self._thread = threading.Thread(target=self._run, name=f"borrowing {model_id}")
        self._thread.start()

    def _run(self) -> None:
        pool, model_id, priority, role, order = self._ask
        try:
            with pool.borrow(model_id, priority=priority, role=role, on_event=self._listen, cancel=self.cancel) as loan:
                order.append(self)
                self.loan: Loan = loan
                self._has.set()
                self._may_return.wait(PATIENCE_S)
        except BaseException as error:  # noqa: BLE001  # whoever waits for it gets it
            self.error = error
        finally:
            self._has.set()

    def _listen(self, event: ChatEvent) -> None:
        with self._told:
            self.events.append(event)
            self._told.notify_all()

    @property
    def has_it(self) -> bool:
        """Whether it has the model, or had it."""
        return self._has.is_set() and self.error is None

    def of(self, kind: type) -> list:
        """The events of one kind, in order."""
        with self._told:
            return [event for event in self.events if isinstance(event, kind)]

    def await_event(self, event: ChatEvent) -> None:
        """Wait until it was told this."""
        with self._told:
            assert self._told.wait_for(lambda: event in self.events, PATIENCE_S), self.events

    def await_model(self) -> "Borrowing":
        """Wait until it has the model."""
        assert self._has.wait(PATIENCE_S), self.events
        if self.error is not None:
            raise self.error
        return self

    def start_answer(self) -> AnswerUnderWay:
        """Let the model answer, in a thread."""
        return AnswerUnderWay(self.loan)

    def give_back(self) -> "Borrowing":
        """Give the model back; return when that is done."""
        self._may_return.set()
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()
        return self


class PoolBench:
    """Makes models and a pool over them."""

    model_size = MODEL_SIZE

    def __init__(self, folder: Path) -> None:
        self.paths = DataPaths(folder / "data")
        self.paths.ensure()
        self.log = IncidentLog.open(None, None, None)
        self._recorder = IncidentRecorder(self.log, lambda: PolicyIdentity("", "", "", ""))
        self.library = ModelLibrary(self.paths)
        self.settings = Settings()
        self.policy = default_policy()
        self.limits = HostingLimits()
        self.limits_in_force: Callable[[], HostingLimits] = lambda: self.limits
        self.memory = 10 * MODEL_SIZE
        """Bytes of memory of the machine; what is loaded is taken off."""
        self.engines: dict[str, ScriptedEngine] = {}
        """The newest engine of each model."""
        self.starts: list[str] = []
        """The models that were started, in order."""
        self.answers: dict[str, Sequence[Answer]] = {}
        self.fails: dict[str, EngineFault] = {}
        """Models that cannot be loaded, and why."""
        self.order: list[Borrowing] = []
        """Who got a model, in order."""
        self._borrowings: list[Borrowing] = []
        self._folder = folder
        self.pool = ModelPool(
            self.library,
            self._recorder,
            isolation=Isolation(lambda: self.policy, None, self._recorder),
            settings=lambda: self.settings,
            limits=lambda: self.limits_in_force(),
            look_at_memory=lambda _may_use_gpu: MemoryNow(self._free()),
            start_engine=self._start,
            estimate=lambda entry, settings, *, is_sealed: Need(MemoryEstimate(0, 0, 0, MODEL_SIZE, 0, 0), 0),
        )

    def model(self, name: str, *answers: Answer) -> str:
        """Make a model that gives these answers each time it is loaded; return its id."""
        path = self._folder / f"{name}.gguf"
        path.write_bytes(b"GGUF" + name.encode())
        entry = self.library.import_file(path)
        with pytest.raises(ModelRefused) as unknown:
            self.library.open_verified(entry.model_id, cancel=threading.Event())
        self.library.pin(entry.model_id, unknown.value.actual_digest or "")
        self.answers[entry.model_id] = answers
        return entry.model_id

    def borrow(
        self, model_id: str, *, priority: Priority = Priority.FOREGROUND, role: ModelRole = ModelRole.CHAT
    ) -> Borrowing:
        """Borrow a model in a thread of its own."""
        self._borrowings.append(Borrowing(self.pool, model_id, priority=priority, role=role, order=self.order))
        return self._borrowings[-1]

    def loaded(self) -> set[str]:
        """The ids of what is loaded."""
        return {loaded.model_id for loaded in self.pool.loaded_models}

    def await_true(self, condition: Callable[[], bool]) -> None:
        """Wait until something holds that nobody announces."""
        pause, until = threading.Event(), time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < until
            pause.wait(0.005)

    def close(self) -> None:
        """End everything, also after a test that failed."""
        for one in self._borrowings:
            one.cancel.set()
            with contextlib.suppress(AssertionError):
                one.give_back()
        self.pool.close()
        self.log.close()

    def _free(self) -> int:
        return self.memory - MODEL_SIZE * sum(not engine.is_closed for engine in self.engines.values())

    def _start(self, descriptors: Sequence[int], *, may_use_gpu: bool) -> ScriptedEngine:
        # Which model it is shows in the file, as for a real one.
        name = os.pread(descriptors[0], 100, 4).decode()
        model_id = next(one.model_id for one in self.library.entries() if Path(one.path).name == f"{name}.gguf")
        self.starts.append(model_id)
        self.engines[model_id] = ScriptedEngine(self.answers[model_id], fails_to_load=self.fails.get(model_id))
        return self.engines[model_id]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[PoolBench]:
    made = PoolBench(tmp_path)
    yield made
    made.close()


@pytest.fixture
def ask() -> Callable[..., list]:
    """Asks through a loan and returns the events."""

    def ask_loan(loan: Loan, cancel: threading.Event | None = None) -> list:
        messages = [Message(Role.USER, "Go")]
        return list(loan.generate(messages, SamplingParameters(), cancel=cancel or threading.Event()))

    return ask_loan
