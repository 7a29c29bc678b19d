# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The worker process: reads commands, loads one model, answers. Started by the app; of no use to a person.

It parses files that nobody vouches for, so the app treats everything that it says as hostile, and it keeps as little as
it can: the two pipes, standard error, and the model's descriptor. It ends when the app does.
"""

import contextlib
import ctypes
import encodings.idna
import encodings.unicode_escape  # noqa: F401  # looked up by name later, when no file can be read any more
import faulthandler
import os
import queue
import signal
import sys
import threading
import time
from typing import BinaryIO

from strongroom.engine.c_library import StopSignal
from strongroom.engine.protocol import (
    APP_LINE_LIMIT,
    FROM_APP,
    OUT_OF_MEMORY_EXIT,
    Cancel,
    Failed,
    FailureCode,
    Generate,
    Hello,
    Load,
    Loaded,
    LoadStep,
    Message,
    ProtocolBreach,
    decode,
    encode,
    require_version,
)

if sys.platform != "win32":
    import resource

_PROTOCOL_EXIT = 70
_STEP_S = 0.02
_PR_SET_PDEATHSIG = 1


class _Channel:
    """The two pipes, out of reach for native code that prints."""

    def __init__(self) -> None:
        self.commands: BinaryIO = os.fdopen(os.dup(0), "rb")
        self._out = os.dup(1)
        empty = os.open(os.devnull, os.O_RDONLY)
        os.dup2(empty, 0)
        os.close(empty)
        # What is printed is diagnostics.
        os.dup2(2, 1)

    def send(self, message: Message) -> None:
        line = memoryview(encode(message))
        while line:
            line = line[os.write(self._out, line) :]


class _CommandReader(threading.Thread):
    """Reads commands while the main thread computes. The end of the input is the end of the process."""

    def __init__(self, commands: BinaryIO, stop: StopSignal) -> None:
        super().__init__(name="commands", daemon=True)
        self._commands = commands
        self._stop_signal = stop
        self.requests: queue.SimpleQueue[Load | Generate] = queue.SimpleQueue()

    def run(self) -> None:
        try:
            self._greet()
            while line := self._commands.readline(APP_LINE_LIMIT + 1):
                self._obey(decode(line, FROM_APP, APP_LINE_LIMIT))
        except ProtocolBreach as breach:
            _complain(f"the app broke the protocol: {breach}")
            os._exit(_PROTOCOL_EXIT)
        except MemoryError:
            os._exit(OUT_OF_MEMORY_EXIT)
        # The main thread may be deep in native code: nothing less ends the process now.
        os._exit(0)

    def _greet(self) -> None:
        hello = decode(self._commands.readline(APP_LINE_LIMIT + 1), (Hello,), APP_LINE_LIMIT)
        require_version(hello)

    def _obey(self, message: Message) -> None:
        if isinstance(message, Cancel):
            self._stop_signal.stop(message.request)
        elif isinstance(message, (Load, Generate)):
            self.requests.put(message)


def main() -> int:
    """Serve one app until it is gone. Returns an exit status."""
    _die_with_parent()
    channel = _Channel()
    _limit_process()
    stop = StopSignal()
    reader = _CommandReader(channel.commands, stop)
    reader.start()
    try:
        channel.send(Hello())
        return _serve(channel, reader, stop)
    except BrokenPipeError:
        return 0
    except MemoryError:
        return OUT_OF_MEMORY_EXIT


def _serve(channel: _Channel, reader: _CommandReader, stop: StopSignal) -> int:
    # Only now, after the greeting: it takes a good part of a second, and a wrong version should show before.
    from strongroom.engine.answering import Answerer
    from strongroom.engine.llama_backend import ComputationFailed, LlamaModel, LoadFailed
    from strongroom.engine.template import ChatTemplate
    from strongroom.engine.threads import usable_cores

    load = reader.requests.get()
    if not isinstance(load, Load):
        return _PROTOCOL_EXIT
    _limit_memory(load.memory_limit)
    stop.begin(0)
    try:
        model = LlamaModel(
            load.descriptor,
            context_length=load.context_length,
            gpu_layers=load.gpu_layers,
            on_progress=_ProgressSender(channel),
            stop=stop,
        )
        os.close(load.descriptor)
        template = ChatTemplate(model.chat_template, bos_token=model.bos_text, eos_token=model.eos_text)
    except LoadFailed as failure:
        channel.send(Failed(0, FailureCode.CANCELLED if stop.is_set else failure.code))
        return 0
    except MemoryError:
        channel.send(Failed(0, FailureCode.OUT_OF_MEMORY))
        return 0
    answerer = Answerer(
        model,
        template,
        stop,
        channel.send,
        threads=load.threads or usable_cores(),
        are_threads_fixed=load.threads > 0,
    )
    channel.send(
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
        )
    )
    while True:
        request = reader.requests.get()
        if not isinstance(request, Generate):
            return _PROTOCOL_EXIT
        try:
            answerer.answer(request)
        except ComputationFailed as failure:
            _complain(str(failure))
            channel.send(Failed(request.request, FailureCode.COMPUTATION))
            return 0
        except MemoryError:
            channel.send(Failed(request.request, FailureCode.OUT_OF_MEMORY))
            return 0


class _ProgressSender:
    """Sends load progress: each thousandth at most once, and not more often than a window can show it."""

    def __init__(self, channel: _Channel) -> None:
        self._channel = channel
        self._thousandths = -1
        self._sent_at = 0.0

    def __call__(self, share: float) -> None:
        thousandths = max(0, min(1000, int(share * 1000)))
        now = time.monotonic()
        is_due = thousandths == 1000 or now - self._sent_at >= _STEP_S
        if thousandths > self._thousandths and is_due:
            self._thousandths, self._sent_at = thousandths, now
            self._channel.send(LoadStep(thousandths))


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _limit_process() -> None:
    # Ctrl+C is for the app; it ends its workers itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    faulthandler.enable()
    # Template code may ask for the date: the time zone's file must have been read by then.
    time.localtime()
    if sys.platform != "win32":
        # A core dump would put the conversation on the disk.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_memory(limit: int) -> None:
    if limit and sys.platform != "win32":
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _complain(text: str) -> None:
    os.write(2, f"{text}\n".encode())


if __name__ == "__main__":
    status = main()
    # Not sys.exit(): the other thread waits for input, and native libraries have nothing left to save.
    os._exit(status)
