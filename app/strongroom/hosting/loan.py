# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A model as one borrower has it."""

import threading
from collections.abc import Iterator, Sequence

from strongroom.core.chat import Message
from strongroom.core.errors import UserFacingError
from strongroom.core.generation import SamplingParameters
from strongroom.engine import EngineEvent, EngineFault
from strongroom.hosting.borrowing import Priority
from strongroom.hosting.hosted_model import HostedModel
from strongroom.hosting.loaded_model import LoadedModel
from strongroom.hosting.precedence import Precedence


class Loan:
    """A loaded model that nobody else asks until it is given back, which the end of the ``with`` does.

    Made by :meth:`~strongroom.hosting.model_pool.ModelPool.borrow`. Used by the thread that borrowed it.
    """

    def __init__(self, model: HostedModel, loaded: LoadedModel, priority: Priority, precedence: Precedence) -> None:
        self._model = model
        self._priority = priority
        self._precedence = precedence
        self.loaded = loaded
        """What is known about the model."""
        self.is_returned = False

    def generate(
        self, messages: Sequence[Message], sampling: SamplingParameters, *, cancel: threading.Event
    ) -> Iterator[EngineEvent]:
        """Yield the engine's events for one answer. The text in them is raw; only a stream filter may read it.

        In the background, the answer rests whenever there is foreground work.

        Raises:
            EngineFault: The engine died or broke its protocol.
            PromptTooLong: The last message does not fit into the context.
            RuntimeError: The model was given back.
        """
        if self.is_returned:
            raise RuntimeError("the model was given back")
        return self._in_turn(self._model.generate(messages, sampling, cancel=cancel))

    def explain_fault(self, fault: EngineFault) -> UserFacingError:
        """Return what to tell the user: a broken lease explains a killed worker better than its signal does."""
        return self._model.explain_fault(fault)

    def _in_turn(self, events: Iterator[EngineEvent]) -> Iterator[EngineEvent]:
        is_foreground = self._priority is Priority.FOREGROUND
        with self._precedence.foreground() if is_foreground else self._precedence.background(self._model.engine):
            yield from events
