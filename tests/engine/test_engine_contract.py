# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What every engine promises, tried on each: the worker's client with a scripted worker, and the scripted engine."""

import json
import os
import signal
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from strongroom.core.chat import Message, Role
from strongroom.core.generation import FinishReason, SamplingParameters
from strongroom.engine import (
    Engine,
    EngineClient,
    EngineEvent,
    EngineFault,
    GenerationDone,
    LoadOptions,
    PromptProgress,
    PromptTooLong,
    TokenText,
)
from support import SUPPORT
from support.scripted_engine import ScriptedEngine, Step

MakeEngine = Callable[..., Engine]
QUESTION = [Message(Role.USER, "Go")]
SAMPLING = SamplingParameters(max_tokens=50)


def asked(engine: Engine, cancel: threading.Event | None = None) -> Iterator[EngineEvent]:
    return engine.generate(QUESTION, SAMPLING, cancel=cancel or threading.Event())


def text_of(events: Sequence[EngineEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TokenText))


def keep_each(answer: Iterator[EngineEvent], keep: Callable[[EngineEvent], object]) -> None:
    """Hand each event on as it comes, so that a fault does not take those before it along."""
    for event in answer:
        keep(event)


class EngineContract(ABC):
    """The promises of :class:`strongroom.engine.Engine`."""

    @abstractmethod
    @pytest.fixture
    def make(self) -> Iterator[MakeEngine]:
        """Makes a loaded engine that gives these answers, each a list of texts and :class:`Step`."""

    def test_the_facts_are_known_once_it_is_loaded(self, make):
        engine = make([])
        assert engine.is_alive
        assert engine.facts.context_length == 4096
        assert engine.facts.confinement == engine.confinement
        assert engine.process_id > 0

    def test_events_come_in_order_and_the_last_is_done(self, make):
        events = list(asked(make(["One", " two"])))
        kinds = [type(event) for event in events]
        assert kinds == [PromptProgress, PromptProgress, TokenText, TokenText, GenerationDone]
        assert [event.done for event in events[:2]] == sorted(event.done for event in events[:2])
        assert text_of(events) == "One two"
        assert events[-1].finish_reason is FinishReason.STOP
        assert events[-1].numbers.completion_tokens == 2

    def test_answers_follow_one_another(self, make):
        engine = make(["First."], ["Second."])
        assert text_of(list(asked(engine))) == "First."
        assert text_of(list(asked(engine))) == "Second."
        assert engine.is_alive

    def test_a_cancel_before_the_start_ends_it_without_text(self, make, patient_stop):
        engine = make(["never"], ["Next."])
        cancel = threading.Event()
        cancel.set()
        events = list(asked(engine, cancel))
        assert events[-1].finish_reason is FinishReason.CANCELLED
        assert text_of(events) == ""
        assert text_of(list(asked(engine))) == "Next."

    def test_a_cancel_in_mid_answer_ends_it(self, make, patient_stop):
        engine = make(["Shown.", Step.HOLD, "never"], ["Next."])
        cancel = threading.Event()
        events = []
        for event in asked(engine, cancel):
            events.append(event)
            if isinstance(event, TokenText):
                cancel.set()
        assert text_of(events) == "Shown."
        assert events[-1].finish_reason is FinishReason.CANCELLED
        assert text_of(list(asked(engine))) == "Next."

    def test_a_prompt_that_is_too_long_is_refused_and_leaves_it_usable(self, make):
        engine = make([Step.TOO_LONG], ["Next."])
        with pytest.raises(PromptTooLong) as refusal:
            list(asked(engine))
        assert refusal.value.needed > refusal.value.context_length == 4096
        assert engine.is_alive
        assert text_of(list(asked(engine))) == "Next."

    def test_leaving_the_events_early_stops_the_answer(self, make, patient_stop):
        engine = make(["Shown.", Step.HOLD, "never"], ["Next."])
        answer = asked(engine)
        assert isinstance(next(answer), PromptProgress)
        answer.close()
        assert text_of(list(asked(engine))) == "Next."

    def test_death_in_mid_answer_is_a_fault_and_what_was_said_stays(self, make):
        engine = make(["Said.", Step.CRASH])
        events: list[EngineEvent] = []
        with pytest.raises(EngineFault):
            keep_each(asked(engine), events.append)
        assert text_of(events) == "Said."
        assert not engine.is_alive

    def test_a_dead_one_refuses_to_answer(self, make):
        engine = make(["never"])
        engine.kill()
        assert not engine.is_alive
        with pytest.raises(EngineFault):
            list(asked(engine))
        with pytest.raises(EngineFault):
            engine.probe()

    def test_a_kill_from_another_thread_ends_an_answer(self, make):
        engine = make(["Said.", Step.HOLD])
        killer = threading.Thread(target=engine.kill)
        with pytest.raises(EngineFault):
            keep_each(asked(engine), lambda event: killer.start() if isinstance(event, TokenText) else None)
        killer.join()

    @pytest.mark.parametrize("messages", [[], [Message(Role.ASSISTANT, "x")]], ids=["nothing", "an answer"])
    def test_it_refuses_an_answer_without_a_question(self, make, messages):
        with pytest.raises(ValueError, match="user"):
            make(["never"]).generate(messages, SAMPLING, cancel=threading.Event())

    def test_a_pause_holds_the_answer_until_it_is_resumed(self, make):
        engine = make(["One", " two"])
        engine.pause()
        resumed_at: list[float] = []

        def resume():
            resumed_at.append(time.monotonic())
            engine.resume()

        timer = threading.Timer(0.2, resume)
        timer.start()
        events = []
        first_text_at = 0.0
        for event in asked(engine):
            events.append(event)
            if isinstance(event, TokenText) and not first_text_at:
                first_text_at = time.monotonic()
        timer.join()
        assert first_text_at >= resumed_at[0]
        assert text_of(events) == "One two"

    def test_a_paused_answer_can_be_cancelled(self, make, patient_stop):
        engine = make(["never"], ["Next."])
        engine.pause()
        cancel = threading.Event()
        timer = threading.Timer(0.05, cancel.set)
        timer.start()
        events = list(asked(engine, cancel))
        timer.join()
        assert events[-1].finish_reason is FinishReason.CANCELLED
        assert text_of(events) == ""
        # The pause is over too.
        assert text_of(list(asked(engine))) == "Next."

    def test_closing_twice_is_no_problem(self, make):
        engine = make([])
        engine.close()
        engine.close()
        assert not engine.is_alive


class TestScriptedEngine(EngineContract):
    @pytest.fixture
    def make(self) -> MakeEngine:
        def make_engine(*answers: list[str | Step]) -> Engine:
            engine = ScriptedEngine(answers)
            engine.load_model(LoadOptions(), on_progress=lambda _: None, cancel=threading.Event())
            return engine

        return make_engine


class TestEngineClient(EngineContract):
    @pytest.fixture
    def make(self, tmp_path: Path) -> Iterator[MakeEngine]:
        clients: list[EngineClient] = []
        model = tmp_path / "model.gguf"
        model.write_bytes(b"GGUF")
        descriptor = os.open(model, os.O_RDONLY | os.O_CLOEXEC)
        said = {
            Step.HOLD: {"wait": str(tmp_path / "never")},
            Step.CRASH: {"signal": int(signal.SIGKILL)},
            Step.TOO_LONG: {"too_long": 9_000},
        }

        def make_engine(*answers: list[str | Step]) -> Engine:
            steps = [[said[step] if isinstance(step, Step) else step for step in answer] for answer in answers]
            script = {"answers": steps, "requests": str(tmp_path / "requests"), "loads": str(tmp_path / "loads")}
            path = tmp_path / "script.json"
            path.write_text(json.dumps(script), encoding="utf-8")
            command = [sys.executable, str(SUPPORT / "scripted_worker.py"), str(path)]
            cancel = threading.Event()
            clients.append(
                EngineClient.load(
                    [descriptor], LoadOptions(), on_progress=lambda _: None, cancel=cancel, command=command
                )
            )
            return clients[-1]

        yield make_engine
        for client in clients:
            client.close()
        os.close(descriptor)
