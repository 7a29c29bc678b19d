# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""An engine within the test's own process: no worker, no pipes, and it says what its script says."""

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from enum import Enum, auto
from pathlib import Path

from strongroom.core.chat import Message
from strongroom.core.errors import Cancelled
from strongroom.core.generation import FinishReason, GenerationNumbers, SamplingParameters
from strongroom.core.isolation import Attempt, Barrier, Confinement
from strongroom.core.statement import Statement
from strongroom.engine import (
    EngineEvent,
    EngineFault,
    FaultKind,
    GenerationDone,
    LoadedFacts,
    LoadOptions,
    PromptProgress,
    PromptTooLong,
    TokenText,
)

PROMPT_TOKENS = 7
CONTEXT_LENGTH = 4096
_POLL_S = 0.005


class Step(Enum):
    """What an engine does instead of saying a text."""

    HOLD = auto()
    """It waits until it is cancelled or dies."""
    CRASH = auto()
    TOO_LONG = auto()
    """The prompt does not fit; only as the first step."""


class ScriptedEngine:
    """Fulfills :class:`strongroom.engine.Engine`.

    Args:
        answers: The steps of each answer: texts, each a token; a :class:`Step`; or an event to wait for.
        fails_to_load: The fault with which loading fails, if it does.
    """

    _numbers = itertools.count(10_000_000)
    """Of no process of this machine."""

    def __init__(
        self,
        answers: Sequence[Sequence[str | Step | threading.Event]] = (),
        *,
        fails_to_load: EngineFault | None = None,
    ) -> None:
        self._answers = iter(answers)
        self._fails_to_load = fails_to_load
        self._fault: EngineFault | None = None
        self._may_go_on = threading.Event()
        self._may_go_on.set()
        self.process_id = next(self._numbers)
        self.confinement = Confinement(barriers=tuple(Barrier))
        self.requests: list[list[Message]] = []
        """What it was asked."""
        self.options: LoadOptions | None = None
        """With what it was loaded."""
        self.is_closed = False

    @property
    def is_alive(self) -> bool:
        return self._fault is None

    @property
    def is_paused(self) -> bool:
        return not self._may_go_on.is_set()

    @property
    def facts(self) -> LoadedFacts:
        return LoadedFacts(
            architecture="llama",
            description="scripted",
            context_length=CONTEXT_LENGTH,
            training_context_length=CONTEXT_LENGTH,
            has_template=True,
            device="CPU",
            device_reason=Statement("device.cpu.not_asked"),
            threads=1,
            confinement=self.confinement,
        )

    def await_confinement(self, cancel: threading.Event) -> Confinement:
        if cancel.is_set():
            self.kill()
            raise Cancelled
        return self.confinement

    def load_model(self, options: LoadOptions, *, on_progress: Callable[[int], None], cancel: threading.Event) -> None:
        self.await_confinement(cancel)
        on_progress(1000)
        if self._fails_to_load is not None:
            self._fault = self._fails_to_load
            raise self._fails_to_load
        self.options = options

    def generate(
        self, messages: Sequence[Message], sampling: SamplingParameters, *, cancel: threading.Event
    ) -> Iterator[EngineEvent]:
        if not messages or messages[-1].role.value != "user":
            raise ValueError("an answer needs a last message from the user")
        if self._fault is not None:
            raise self._fault
        self.requests.append(list(messages))
        return self._answer(next(self._answers), sampling, cancel)

    def _answer(
        self, steps: Sequence[str | Step | threading.Event], sampling: SamplingParameters, cancel: threading.Event
    ) -> Iterator[EngineEvent]:
        if Step.TOO_LONG in steps[:1]:
            raise PromptTooLong(2 * CONTEXT_LENGTH, CONTEXT_LENGTH)
        yield PromptProgress(0, PROMPT_TOKENS)
        yield PromptProgress(PROMPT_TOKENS, PROMPT_TOKENS)
        tokens, finish = 0, FinishReason.STOP
        for step in steps:
            if step is Step.CRASH:
                self._fault = EngineFault(FaultKind.CRASHED, "SIGKILL")
            waits_for = step if isinstance(step, threading.Event) else None
            if not self._may_say_more(cancel, waits_for, is_held=step is Step.HOLD):
                finish = FinishReason.CANCELLED
                break
            if isinstance(step, str):
                yield TokenText(step)
                tokens += 1
            if tokens == sampling.max_tokens:
                finish = FinishReason.LENGTH
                break
        yield GenerationDone(finish, _numbers(tokens))

    def _may_say_more(self, cancel: threading.Event, waits_for: threading.Event | None, *, is_held: bool) -> bool:
        """Return whether the next step may be done, once that is clear; false when it was cancelled.

        Raises:
            EngineFault: It died.
        """
        while True:
            if self._fault is not None:
                raise self._fault
            if cancel.is_set():
                self._may_go_on.set()
                return False
            if self._may_go_on.is_set() and not is_held and (waits_for is None or waits_for.is_set()):
                return True
            cancel.wait(_POLL_S)

    def pause(self) -> None:
        self._may_go_on.clear()

    def resume(self) -> None:
        self._may_go_on.set()

    def probe(self, private: Sequence[Path] = ()) -> tuple[Attempt, ...]:
        if self._fault is not None:
            raise self._fault
        return ()

    def kill(self) -> None:
        self._fault = self._fault or EngineFault.killed()

    def close(self) -> None:
        self.kill()
        self.is_closed = True


def _numbers(tokens: int) -> GenerationNumbers:
    return GenerationNumbers(
        prompt_tokens=PROMPT_TOKENS,
        reused_tokens=0,
        prompt_tokens_per_second=100.0,
        time_to_first_token_s=0.001,
        completion_tokens=tokens,
        tokens_per_second=100.0,
        context_used=PROMPT_TOKENS + tokens,
        context_length=CONTEXT_LENGTH,
        threads=1,
    )
