# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What a worker may say when: the app's side of the conversation, without any I/O.

The app announces what it is about to ask, then every line from the worker is checked against that: its form, its
order, its request number, and a budget. A worker that speaks without having been asked, or says more than the request
allows, has breached the protocol.
"""

import threading

from strongroom.core.generation import SamplingParameters
from strongroom.core.line_messages import BreachKind, Message, ProtocolBreach, decode, require_version
from strongroom.engine.protocol import (
    FROM_WORKER,
    WORKER_LINE_LIMIT,
    Done,
    Failed,
    Hello,
    Loaded,
    LoadStep,
    Notice,
    PromptStep,
    Rest,
    Token,
    WorkerFinish,
)
from strongroom.processes.messages import Confined, Probed

_NOTICE_LIMIT = 4
_CHARACTERS_PER_TOKEN = 512
"""Real vocabularies stay far below: the longest token of the starter model has 162 bytes."""
_HELD_BACK_LIMIT = 32_768


class _Budget:
    """What is left of one answer's allowance."""

    def __init__(self, max_tokens: int) -> None:
        self.tokens = max_tokens
        self.characters = max_tokens * _CHARACTERS_PER_TOKEN + _HELD_BACK_LIMIT
        self.notices = _NOTICE_LIMIT
        self.rests = 1
        self.steps_done = -1
        self.steps_total: int | None = None


class Dialogue:
    """Checks one worker's lines. Safe to use from the thread that asks and the thread that reads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._has_greeted = False
        self._has_told_confinement = False
        self._probe = 0
        self._awaited: int | None = None
        self._thousandths = -1
        self._context_length = 0
        self._budget = _Budget(0)
        self._cancelled: set[int] = set()

    def expect_loading(self) -> None:
        """Announce that a load command is about to be sent; it counts as request 0."""
        with self._lock:
            self._awaited = 0

    def expect_answer(self, request: int, sampling: SamplingParameters) -> None:
        """Announce that a generate command is about to be sent.

        Raises:
            RuntimeError: The former request has not ended.
        """
        with self._lock:
            if self._awaited is not None:
                raise RuntimeError("a worker answers one request at a time")
            self._awaited = request
            self._budget = _Budget(sampling.max_tokens)

    def allow_cancelled(self, request: int) -> None:
        """Announce that a cancel command is about to be sent."""
        with self._lock:
            self._cancelled.add(request)

    def expect_probe(self, request: int) -> None:
        """Announce that a probe command is about to be sent; its answer may come in the middle of anything else."""
        with self._lock:
            self._probe = request

    @property
    def is_waiting(self) -> bool:
        """Whether a request has not ended."""
        with self._lock:
            return self._awaited is not None

    def receive(self, untrusted_line: bytes) -> Message:
        """Return the checked message of one line.

        Raises:
            ProtocolBreach: The line is not allowed at all, or not now.
        """
        message = decode(untrusted_line, FROM_WORKER, WORKER_LINE_LIMIT)
        with self._lock:
            if not self._has_greeted:
                self._greet(message)
            elif isinstance(message, Hello):
                raise ProtocolBreach(BreachKind.MALFORMED_LINE, "hello came twice")
            elif self._has_told_confinement == isinstance(message, Confined):
                raise ProtocolBreach(BreachKind.MALFORMED_LINE, "confined comes once, as the second line")
            elif isinstance(message, Confined):
                self._has_told_confinement = True
            elif isinstance(message, Probed):
                self._check_probed(message)
            else:
                self._check(message)
        return message

    def _greet(self, message: Message) -> None:
        if not isinstance(message, Hello):
            raise ProtocolBreach(BreachKind.WRONG_VERSION, "the first line is not a hello")
        require_version(message)
        self._has_greeted = True

    def _check_probed(self, message: Probed) -> None:
        if not self._probe or message.request != self._probe:
            raise ProtocolBreach(BreachKind.FLOOD, "probed came without a request")
        self._probe = 0

    def _check(self, message: Message) -> None:
        request = getattr(message, "request", 0)
        if self._awaited is None:
            raise ProtocolBreach(BreachKind.FLOOD, f"{message.TYPE} came without a request")
        if request != self._awaited:
            raise ProtocolBreach(BreachKind.MALFORMED_LINE, f"{message.TYPE} belongs to another request")
        if isinstance(message, Failed):
            self._awaited = None
        elif isinstance(message, (LoadStep, Loaded)):
            self._check_loading(message)
        else:
            self._check_answer(message)

    def _check_loading(self, message: LoadStep | Loaded) -> None:
        if self._awaited != 0:
            raise ProtocolBreach(BreachKind.MALFORMED_LINE, f"{message.TYPE} came after the loading")
        if isinstance(message, Loaded):
            self._awaited = None
            self._context_length = message.context_length
        elif message.thousandths <= self._thousandths:
            raise ProtocolBreach(BreachKind.FLOOD, "load_step does not advance")
        else:
            self._thousandths = message.thousandths

    def _check_answer(self, message: Message) -> None:
        budget = self._budget
        if isinstance(message, PromptStep):
            self._check_step(message)
        elif isinstance(message, (Token, Rest)):
            budget.characters -= len(message.text)
            budget.tokens -= isinstance(message, Token)
            budget.rests -= isinstance(message, Rest)
            if min(budget.characters, budget.tokens, budget.rests) < 0:
                raise ProtocolBreach(BreachKind.FLOOD, "more text than the request allows")
        elif isinstance(message, Notice):
            budget.notices -= 1
            if budget.notices < 0:
                raise ProtocolBreach(BreachKind.FLOOD, "more notices than the request allows")
        elif isinstance(message, Done):
            self._check_done(message)

    def _check_step(self, message: PromptStep) -> None:
        budget = self._budget
        if message.total > self._context_length or message.done > message.total:
            raise ProtocolBreach(BreachKind.MALFORMED_LINE, "prompt_step is out of bounds")
        if budget.steps_total not in (None, message.total):
            raise ProtocolBreach(BreachKind.MALFORMED_LINE, "prompt_step changes its total")
        if message.done <= budget.steps_done:
            raise ProtocolBreach(BreachKind.FLOOD, "prompt_step does not advance")
        budget.steps_done, budget.steps_total = message.done, message.total

    def _check_done(self, message: Done) -> None:
        if message.context_used > self._context_length:
            raise ProtocolBreach(BreachKind.MALFORMED_LINE, "done is out of bounds")
        if message.finish_reason is WorkerFinish.CANCELLED and message.request not in self._cancelled:
            raise ProtocolBreach(BreachKind.MALFORMED_LINE, "done says cancelled, and nobody cancelled")
        self._awaited = None
