# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The worker's main thread: one model is loaded, then requests are answered until the app is gone."""

import contextlib
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from strongroom.confinement.confining import end_opening
from strongroom.core.line_messages import Message
from strongroom.engine.answering import Answerer
from strongroom.engine.c_library import StopSignal
from strongroom.engine.llama_backend import ComputationFailed, LlamaModel, LoadFailed, warm_up_backend
from strongroom.engine.pace import Pace
from strongroom.engine.protocol import (
    Failed,
    FailureCode,
    Generate,
    Load,
    Loaded,
    LoadStep,
)
from strongroom.engine.template import ChatTemplate, warm_up_templates
from strongroom.engine.template_limits import MemoryHeadroom
from strongroom.engine.threads import usable_cores

if sys.platform != "win32":
    import resource

Send = Callable[[Message], None]

_STEP_S = 0.02


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a worker has to know of its machine, looked at while it still could."""

    cores: int
    headroom: MemoryHeadroom


def inspect_machine() -> Surroundings:
    """Return what later needs files, and use once what loads its parts when it is used for the first time."""
    warm_up_backend()
    warm_up_templates()
    return Surroundings(usable_cores(), MemoryHeadroom())


def serve(
    next_request: Callable[[], Load | Generate], send: Send, stop: StopSignal, pace: Pace, surroundings: Surroundings
) -> bool:
    """Load the model that the first request asks for, then answer.

    Args:
        next_request: Waits for the next request.
        send: Sends one message to the app.
        stop: Set while the current request is to stop.
        pace: Says when an answer may go on.
        surroundings: From :func:`inspect_machine`.

    Returns:
        Whether the requests came in the right order; a failure that was reported is in order.
    """
    load = next_request()
    if not isinstance(load, Load):
        return False
    _limit_memory(load.memory_limit)
    stop.begin(0)
    try:
        answerer = _load(load, send, stop, pace, surroundings)
    except LoadFailed as failure:
        send(Failed(0, FailureCode.CANCELLED if stop.is_set else failure.code))
        return True
    except ComputationFailed:
        send(Failed(0, FailureCode.COMPUTATION))
        return True
    except MemoryError:
        send(Failed(0, FailureCode.OUT_OF_MEMORY))
        return True
    while True:
        request = next_request()
        if not isinstance(request, Generate):
            return False
        try:
            answerer.answer(request)
        except ComputationFailed:
            send(Failed(request.request, FailureCode.COMPUTATION))
            return True
        except MemoryError:
            send(Failed(request.request, FailureCode.OUT_OF_MEMORY))
            return True


def _load(load: Load, send: Send, stop: StopSignal, pace: Pace, surroundings: Surroundings) -> Answerer:
    model = LlamaModel(
        load.descriptors,
        adapters=load.adapters,
        context_length=load.context_length,
        gpu_layers=load.gpu_layers,
        on_progress=_ProgressSender(send),
        stop=stop,
    )
    for descriptor in {*load.descriptors, *(descriptor for descriptor, _ in load.adapters)}:
        os.close(descriptor)
    if len(load.descriptors) > 1:
        end_opening()
    template = ChatTemplate(
        model.chat_template, bos_token=model.bos_text, eos_token=model.eos_text, headroom=surroundings.headroom
    )
    answerer = Answerer(
        model,
        template,
        stop,
        pace,
        send,
        threads=load.threads or surroundings.cores,
        are_threads_fixed=load.threads > 0,
    )
    answerer.warm_up()
    if stop.is_set:
        raise LoadFailed(FailureCode.CANCELLED)
    send(
        Loaded(
            architecture=model.architecture[:64],
            description=model.description[:128],
            context_length=model.context_length,
            training_context_length=model.training_context_length,
            threads=answerer.threads,
            has_template=model.chat_template is not None,
            template_problem=template.problem,
            device_reason=model.device.reason,
            device_name=model.device.name[:128],
            offloaded_layers=model.device.offloaded_layers,
            total_layers=model.device.total_layers,
            template_digest=template.digest,
        )
    )
    return answerer


class _ProgressSender:
    """Sends load progress: each thousandth at most once, and not more often than a window can show it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._thousandths = -1
        self._sent_at = 0.0

    def __call__(self, share: float) -> None:
        thousandths = max(0, min(1000, int(share * 1000)))
        now = time.monotonic()
        is_due = thousandths == 1000 or now - self._sent_at >= _STEP_S
        if thousandths > self._thousandths and is_due:
            self._thousandths, self._sent_at = thousandths, now
            self._send(LoadStep(thousandths))


def _limit_memory(limit: int) -> None:
    if limit and sys.platform != "win32":
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
