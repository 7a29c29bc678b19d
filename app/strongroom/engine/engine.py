# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What every engine can do, whatever runs the model: a worker process here, or later something else."""

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from strongroom.core.chat import Message
from strongroom.core.generation import SamplingParameters
from strongroom.core.isolation import Attempt, Confinement
from strongroom.engine.events import EngineEvent, LoadedFacts, LoadOptions


class Engine(Protocol):
    """One model that can be asked, one request at a time.

    :meth:`kill`, :meth:`close`, :meth:`pause`, :meth:`resume` and the cancel events may be used from any thread. An
    engine that has faulted stays dead; start a new one.
    """

    @property
    def is_alive(self) -> bool:
        """Whether it can take another request."""

    @property
    def facts(self) -> LoadedFacts:
        """What it says about its model, once that is loaded."""

    @property
    def process_id(self) -> int:
        """The number of the process that runs the model."""

    @property
    def confinement(self) -> Confinement:
        """What holds that process back, once :meth:`await_confinement` has returned."""

    def await_confinement(self, cancel: threading.Event) -> Confinement:
        """Return what holds the process back, as soon as that is known.

        Raises:
            EngineFault: The engine is dead.
            Cancelled: ``cancel`` was set; the engine is dead.
        """

    def load_model(self, options: LoadOptions, *, on_progress: Callable[[int], None], cancel: threading.Event) -> None:
        """Load the model behind the descriptors that it was started with, once. It is dead if this fails.

        Args:
            options: Context length, GPU offload, threads, memory limit.
            on_progress: Called in this thread with thousandths, rising.
            cancel: Ends the loading when it is set.

        Raises:
            EngineFault: The files could not be loaded.
            Cancelled: ``cancel`` was set.
        """

    def generate(
        self, messages: Sequence[Message], sampling: SamplingParameters, *, cancel: threading.Event
    ) -> Iterator[EngineEvent]:
        """Yield the events of one answer; the last one is a :class:`~strongroom.engine.events.GenerationDone`.

        When ``cancel`` is set, the answer ends within 200 ms with the finish reason ``cancelled``; an engine that does
        not stop by itself is killed. Leaving the iterator early does the same. The text is raw: only a filter may see
        it.

        Raises:
            EngineFault: The engine is dead. Events that were yielded before stay true.
            PromptTooLong: The last message does not fit into the context; the engine stays usable.
            ValueError: There are no messages, or the last one is not the user's.
        """

    def pause(self) -> None:
        """Let an answer rest before its next token, until :meth:`resume`. Being paused is not being silent.

        A cancel ends an answer that rests, and ends the pause.
        """

    def resume(self) -> None:
        """Let an answer that was paused go on; nothing happens to one that was not."""

    def probe(self, private: Sequence[Path] = ()) -> tuple[Attempt, ...]:
        """Let the process try, now, what it should not be able to do. It may be answering meanwhile.

        Args:
            private: Files of the app that it must not be able to read.

        Raises:
            EngineFault: The engine is dead or did not answer.
        """

    def kill(self) -> None:
        """End it at once; returns when it is dead. A waiting thread gets an ``EngineFault``."""

    def close(self) -> None:
        """End it and let go of everything. May be called twice."""


class EngineStarter(Protocol):
    """Starts engines; :meth:`strongroom.engine.EngineClient.start` is one."""

    def __call__(self, descriptors: Sequence[int], *, may_use_gpu: bool) -> Engine:
        """Start an engine that has ``descriptors`` and reads nothing of them before it is told to load.

        Args:
            descriptors: The model's parts in their order, open, usually one; kept open until the engine is closed.
            may_use_gpu: Whether a GPU's devices are to stay within its reach.

        Raises:
            EngineFault: It could not be started.
        """
