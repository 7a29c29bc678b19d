# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The starter model with another chat template written into its file, loaded by the real worker."""

import shutil
import threading
from pathlib import Path

import pytest

from strongroom.core.generation import FinishReason
from strongroom.engine import (
    EngineClient,
    EngineFault,
    EngineNote,
    FaultKind,
    GenerationDone,
    LoadOptions,
    SilenceLimits,
)
from strongroom.words import say_note

# One native operation on numbers of millions of digits: no timer gets through, and it needs hardly any memory.
HANGS = "{% set a = ('f' * 9000000) | int(0, 16) %}{% set b = ('f' * 4500000) | int(0, 16) %}{{ a % b }}"


class OpenTemplate:
    """A copy of the starter model, in which one test after the other writes its template."""

    def __init__(self, model: Path, copy: Path) -> None:
        self.path = Path(shutil.copyfile(model, copy))
        with self.path.open("rb") as stream:
            header = stream.read(4_000_000)
        self._start = header.index(b"{% for message", header.index(b"tokenizer.chat_template"))
        self._length = int.from_bytes(header[self._start - 8 : self._start], "little")

    def write(self, template: str) -> None:
        written = template.encode()
        # A comment fills up what the file's own template was longer.
        filled = written + b"{#" + b" " * (self._length - len(written) - 4) + b"#}"
        assert len(filled) == self._length
        with self.path.open("r+b") as stream:
            stream.seek(self._start)
            stream.write(filled)


@pytest.fixture(scope="module")
def open_template(starter_model, tmp_path_factory):
    return OpenTemplate(starter_model, tmp_path_factory.mktemp("changed") / "changed.gguf")


@pytest.fixture
def load_with_template(open_template):
    clients = []

    def load(template: str, limits: SilenceLimits | None = None) -> EngineClient:
        open_template.write(template)
        with open_template.path.open("rb") as stream:
            clients.append(
                EngineClient.load(
                    [stream.fileno()],
                    LoadOptions(context_length=512),
                    on_progress=lambda _: None,
                    cancel=threading.Event(),
                    limits=limits,
                )
            )
        return clients[-1]

    yield load
    for client in clients:
        client.close()


def test_the_templates_words_reach_the_model(load_with_template, ask):
    client = load_with_template("{{ messages[0]['content'] }}")
    assert client.facts.notes == ()
    events = list(ask(client, "word " * 20))
    assert events[-1].numbers.prompt_tokens in (20, 21)


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{{ 'A' * 10**10 }}", "memory"),
        ("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "too long"),
        ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "not allowed"),
        ("{{ raise_exception('PAYLOAD') }}", "refused"),
    ],
    ids=["memory", "time", "sandbox", "refusal"],
)
def test_a_hostile_template_costs_a_note_and_not_the_answer(load_with_template, ask, text_of, template, words):
    client = load_with_template(template)
    events = list(ask(client, "Hello"))
    notes = [event for event in events if isinstance(event, EngineNote)]
    assert [event.note.code for event in notes] == ["template.fallback"]
    assert words in say_note(notes[0].note)
    assert "PAYLOAD" not in str(notes[0].note)
    assert text_of(events)
    assert client.is_alive


def test_a_template_that_is_not_valid_is_noted_when_the_model_is_loaded(load_with_template):
    facts = load_with_template("{% for %}").facts
    assert facts.has_template
    assert facts.template_digest == ""
    assert [note.code for note in facts.notes] == ["template.fallback"]


def test_a_template_that_no_limit_reaches_ends_the_worker(load_with_template, ask):
    client = load_with_template(HANGS, SilenceLimits(prepare=0.5))
    with pytest.raises(EngineFault) as caught:
        list(ask(client, "Hello"))
    assert caught.value.kind is FaultKind.SILENT
    assert not client.is_alive


def test_a_template_that_no_limit_reaches_can_be_cancelled(load_with_template, ask):
    client = load_with_template(HANGS)
    cancel = threading.Event()
    timer = threading.Timer(0.3, cancel.set)
    timer.start()
    events = list(ask(client, "Hello", cancel=cancel))
    timer.join()
    assert isinstance(events[-1], GenerationDone)
    assert events[-1].finish_reason is FinishReason.CANCELLED
    assert not client.is_alive
