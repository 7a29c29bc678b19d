# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A worker that speaks the real protocol over real pipes, and says what its script says.

``argv[1]`` is a JSON file. Its ``answers`` is a list, one item for each request of one process; an item is a list of
steps. A step is a text (one token), ``{"signal": N}`` (the process kills itself), ``{"too_long": N}`` (so many tokens
do not fit), ``{"notice": CODE}``, or ``{"wait": PATH}`` (until that file exists or a cancel arrives). Between two steps
a pause is kept.
Every request is appended to ``requests`` (a JSON Lines file), so that a test can see what a model was told; so is what
each load found behind its descriptors to ``loads``. With ``hold``, a load waits until the file of that path exists.
``missing`` names the barriers that it goes without.
"""

import hashlib
import json
import os
import select
import sys
from dataclasses import asdict
from pathlib import Path

from strongroom.confinement.attempts import try_everything
from strongroom.confinement.confining import confine_launcher
from strongroom.core.isolation import Barrier
from strongroom.core.line_messages import decode
from strongroom.engine.protocol import (
    APP_LINE_LIMIT,
    FROM_APP,
    Cancel,
    Confine,
    DeviceReason,
    Done,
    Failed,
    FailureCode,
    Generate,
    Hello,
    Load,
    Loaded,
    LoadStep,
    Notice,
    NoticeCode,
    Pause,
    PromptStep,
    Resume,
    TemplateProblem,
    Token,
    WorkerFinish,
    encode,
)
from strongroom.processes.messages import Confined, Probe, Probed

TEMPLATE_DIGEST = "7" * 64
"""What it says about its chat template."""

is_paused = False


def main() -> None:
    global is_paused
    script = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    answers = iter(script["answers"])
    say(Hello())
    # The app asks the kernel as well: there has to be a filter, and it must let this file's work be done.
    if Barrier.SYSTEM_CALLS.value not in script.get("missing", []):
        confine_launcher()
    gaps = tuple((Barrier(name), "this kernel has none") for name in script.get("missing", []))
    barriers = (Barrier.SYSTEM_CALLS, Barrier.FILE_RULES, Barrier.NO_NEW_PRIVILEGES)
    say(Confined(tuple(barrier for barrier in barriers if barrier.value not in script.get("missing", [])), gaps, (), 0))
    while (message := hear()) is not None:
        if isinstance(message, Load):
            note(script["loads"], [seen_behind(descriptor) for descriptor in message.descriptors])
            if "hold" in script:
                wait_for(Path(script["hold"]))
            say(LoadStep(1000))
            on = DeviceReason.NO_GPU_BACKEND
            say(Loaded("llama", "scripted", 4096, 4096, 1, True, None, on, "", 0, 1, TEMPLATE_DIGEST))
        elif isinstance(message, Probe):
            try_all(message)
        elif isinstance(message, (Pause, Resume)):
            is_paused = isinstance(message, Pause)
        elif isinstance(message, Generate):
            note(script["requests"], asdict(message))
            answer(message.request, next(answers))


def note(path: str, what: object) -> None:
    with Path(path).open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(what) + "\n")


def seen_behind(descriptor: int) -> dict[str, str]:
    with os.fdopen(os.dup(descriptor), "rb") as stream:
        stream.seek(0)
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    is_linux = sys.platform == "linux"
    return {"digest": digest, "target": os.readlink(f"/proc/self/fd/{descriptor}") if is_linux else ""}


def answer(request: int, steps: list[object]) -> None:
    if steps and isinstance(steps[0], dict) and "too_long" in steps[0]:
        say(Failed(request, FailureCode.PROMPT_TOO_LONG, steps[0]["too_long"]))
        return
    say(PromptStep(request, 0, 7))
    say(PromptStep(request, 7, 7))
    finish = WorkerFinish.STOP
    for step in steps:
        if is_cancelled() or was_cancelled_while_paused():
            finish = WorkerFinish.CANCELLED
            break
        if isinstance(step, str):
            say(Token(request, step))
        elif "notice" in step:
            say(Notice(request, NoticeCode(step["notice"]), TemplateProblem.REFUSED))
        elif "signal" in step:
            os.kill(os.getpid(), step["signal"])
        elif not wait_for(Path(step["wait"])):
            finish = WorkerFinish.CANCELLED
            break
    say(Done(request, finish, 7 + len(steps), 1))


def wait_for(path: Path) -> bool:
    while not path.exists():
        if is_cancelled(within=0.01):
            return False
    return True


def was_cancelled_while_paused() -> bool:
    while is_paused:
        if is_cancelled(within=1.0):
            return True
    return False


def is_cancelled(within: float = 0.0) -> bool:
    global is_paused
    ready, _, _ = select.select([sys.stdin.buffer.raw], [], [], within)
    if not ready:
        return False
    message = hear()
    if message is None:
        # The app is gone, perhaps killed: nobody would ever end a worker that goes on waiting.
        sys.exit()
    if isinstance(message, Probe):
        try_all(message)
    if isinstance(message, (Pause, Resume, Cancel)):
        is_paused = isinstance(message, Pause)
    return isinstance(message, Cancel)


def try_all(probe: Probe) -> None:
    say(Probed.of(probe.request, try_everything(private=tuple(map(Path, probe.private)))))


def say(message) -> None:
    sys.stdout.buffer.raw.write(encode(message))


def hear():
    line = bytearray()
    while not line.endswith(b"\n"):
        byte = sys.stdin.buffer.raw.read(1)
        if not byte:
            return None
        line += byte
    message = decode(bytes(line), FROM_APP, APP_LINE_LIMIT)
    return hear() if isinstance(message, (Hello, Confine)) else message


main()
