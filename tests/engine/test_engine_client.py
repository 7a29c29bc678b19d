# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The real worker with the starter model: answers, reuse, limits, cancelling, and each way to die."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from strongroom.core.chat import Message, Role
from strongroom.core.errors import Cancelled
from strongroom.core.generation import FinishReason, SamplingParameters
from strongroom.engine import (
    EngineClient,
    EngineFault,
    EngineNote,
    FaultKind,
    GenerationDone,
    LoadOptions,
    PromptProgress,
    PromptTooLong,
    TokenText,
)

LONG_PROMPT = "The lighthouse stands on the coast and warns the ships. " * 70


def test_facts_of_the_starter_model(shared_client):
    facts = shared_client.facts
    assert facts.architecture == "llama"
    assert "Q4_1" in facts.description
    assert (facts.context_length, facts.training_context_length) == (1024, 8192)
    assert facts.has_template
    assert facts.device == "CPU"
    assert facts.device_reason
    assert facts.threads >= 1
    assert facts.notes == ()


def test_the_digest_of_the_chat_template_is_that_of_the_text_in_the_file(shared_client, starter_model):
    with starter_model.open("rb") as stream:
        header = stream.read(4_000_000)
    # A text of GGUF: key, type (4 bytes), length (8 bytes), content.
    start = header.index(b"tokenizer.chat_template") + len(b"tokenizer.chat_template") + 12
    template = header[start : start + int.from_bytes(header[start - 8 : start], "little")]

    assert template.startswith(b"{%")
    assert shared_client.facts.template_digest == hashlib.sha256(template).hexdigest()


def test_load_progress_rises_to_the_end(load):
    seen = []
    load(on_progress=seen.append)
    assert seen == sorted(set(seen))
    assert seen[-1] == 1000


def test_an_answer_with_its_numbers(shared_client, ask, text_of):
    events = list(ask(shared_client, "What is the capital of Italy?", max_tokens=20))
    done = events[-1]
    assert text_of(events).strip()
    assert isinstance(events[0], PromptProgress)
    assert isinstance(done, GenerationDone)
    numbers = done.numbers
    assert done.finish_reason in (FinishReason.STOP, FinishReason.LENGTH)
    assert numbers.prompt_tokens == events[0].total > 20
    assert 0 < numbers.completion_tokens <= 20
    assert numbers.time_to_first_token_s > 0
    assert numbers.tokens_per_second > 0
    assert numbers.prompt_tokens <= numbers.context_used <= numbers.prompt_tokens + numbers.completion_tokens
    assert numbers.context_length == 1024


PLAIN = """
import json, sys
from llama_cpp import Llama
model = Llama(sys.argv[1], n_ctx=1024, n_threads=1, n_threads_batch=1, verbose=False)
answer = model.create_chat_completion(json.loads(sys.argv[2]), temperature=0.0, repeat_penalty=1.0, max_tokens=12)
print(json.dumps(answer["choices"][0]["message"]["content"]))
"""


def test_the_answer_is_that_of_the_plain_library(shared_client, ask, text_of, starter_model):
    turns = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Describe a lighthouse — ümlaut"}]
    plain = subprocess.run(
        [sys.executable, "-c", PLAIN, str(starter_model), json.dumps(turns)], capture_output=True, check=True
    )
    ours = text_of(ask(shared_client, "Describe a lighthouse — ümlaut", system="Be brief."))
    assert ours == json.loads(plain.stdout)


def test_a_seed_gives_the_same_answer_with_other_threads_and_after_another_question(load, shared_client, ask, text_of):
    def answer(client) -> str:
        return text_of(ask(client, "Tell me a story about a lighthouse.", temperature=1.2, seed=5, max_tokens=10))

    list(ask(shared_client, "Tell me a story about rain", max_tokens=8))
    expected = answer(shared_client)
    assert answer(load(LoadOptions(context_length=1024, threads=1))) == expected
    assert answer(load(LoadOptions(context_length=2048, threads=2))) == expected


def test_greedy_answers_repeat_and_so_do_seeds(shared_client, ask, text_of):
    def answer(**sampling):
        return text_of(ask(shared_client, "Tell me a story", max_tokens=8, **sampling))

    assert answer() == answer()
    assert answer(temperature=1.5, seed=7) == answer(temperature=1.5, seed=7)
    assert len({answer(temperature=1.5, seed=seed) for seed in (1, 2, 2**32 - 1)}) == 3
    assert len({answer(temperature=1.5) for _ in range(3)}) > 1


def test_sampling_parameters_reach_the_sampler(shared_client, ask, text_of):
    likeliest = text_of(ask(shared_client, "Count to ten"))
    assert text_of(ask(shared_client, "Count to ten", temperature=2.0, top_k=1, seed=3)) == likeliest
    assert text_of(ask(shared_client, "Count to ten", temperature=2.0, top_k=0, top_p=0.0, seed=3)) == likeliest
    assert text_of(ask(shared_client, "Count to ten", temperature=2.0, top_k=0, min_p=1.0, seed=3)) == likeliest
    repeated = text_of(ask(shared_client, "Say yes again and again: yes yes yes yes", max_tokens=40))
    punished = text_of(
        ask(shared_client, "Say yes again and again: yes yes yes yes", max_tokens=40, repeat_penalty=3.0)
    )
    assert repeated != punished


def test_max_tokens_ends_an_answer(shared_client, ask):
    done = list(ask(shared_client, "Tell me a long story", max_tokens=5))[-1]
    assert done.finish_reason is FinishReason.LENGTH
    assert done.numbers.completion_tokens == 5


def test_a_stop_text_ends_an_answer_and_never_shows(shared_client, ask, text_of):
    whole = text_of(ask(shared_client, "What is the capital of France?", max_tokens=12))
    stop = whole[7:12]
    events = list(ask(shared_client, "What is the capital of France?", max_tokens=12, stop=(stop,)))
    assert events[-1].finish_reason is FinishReason.STOP
    assert text_of(events) == whole[: whole.index(stop)]


def test_a_second_turn_processes_only_what_is_new(shared_client, ask, text_of):
    first = list(ask(shared_client, "What is a lighthouse?"))
    second = list(ask(shared_client, "What is a lighthouse?", text_of(first), "And a ship?"))
    first_numbers, second_numbers = first[-1].numbers, second[-1].numbers
    assert second_numbers.reused_tokens >= first_numbers.prompt_tokens
    assert second[0] == PromptProgress(second_numbers.reused_tokens, second_numbers.prompt_tokens)


def test_the_same_prompt_again_processes_one_token(shared_client, ask):
    list(ask(shared_client, "What is rain?"))
    numbers = list(ask(shared_client, "What is rain?"))[-1].numbers
    assert numbers.reused_tokens == numbers.prompt_tokens - 1


def test_characters_arrive_whole(shared_client, ask):
    events = list(ask(shared_client, "Repeat exactly: 🗼🚢 naïve café — 灯台", max_tokens=40))
    assert any(not event.text.isascii() for event in events if isinstance(event, TokenText))


def test_a_conversation_longer_than_the_context_loses_its_oldest_turns(load, ask):
    client = load(LoadOptions(context_length=512))
    turns = []
    for number in range(6):
        turns += [f"Question {number}: " + LONG_PROMPT[:560], "I see."]
    events = list(ask(client, *turns, "And now?", system="Be brief."))
    notes = [event for event in events if isinstance(event, EngineNote)]
    assert [event.note.code for event in notes] == ["context.trimmed"]
    numbers = events[-1].numbers
    assert numbers.prompt_tokens < 512
    # The next turn keeps the same beginning, so it is quick.
    later = list(ask(client, *turns, "And now?", "Well.", "Go on.", system="Be brief."))[-1].numbers
    assert later.reused_tokens > numbers.prompt_tokens * 0.8


def test_a_last_message_longer_than_the_context_is_refused_and_the_next_one_works(shared_client, ask, text_of):
    with pytest.raises(PromptTooLong) as caught:
        list(ask(shared_client, LONG_PROMPT * 3))
    assert caught.value.needed > 1024
    with pytest.raises(PromptTooLong):
        list(ask(shared_client, "x" * 2_000_000))
    assert shared_client.is_alive
    assert text_of(ask(shared_client, "Hello"))


def test_a_full_context_ends_an_answer(load, ask):
    client = load(LoadOptions(context_length=256))
    done = list(ask(client, "Tell me a very long story. " + LONG_PROMPT[:1000], max_tokens=300))[-1]
    assert done.finish_reason is FinishReason.CONTEXT_FULL
    assert done.numbers.context_used == done.numbers.context_length


def test_a_context_longer_than_the_training_is_reduced_with_a_note(load):
    facts = load(LoadOptions(context_length=100_000)).facts
    assert facts.context_length == 8192
    assert [note.code for note in facts.notes] == ["context.reduced"]


def test_half_a_character_from_a_clipboard_is_no_problem(shared_client, ask):
    assert isinstance(list(ask(shared_client, "odd \ud83d text"))[-1], GenerationDone)


def test_an_answer_without_a_question_is_refused(shared_client):
    with pytest.raises(ValueError, match="user"):
        shared_client.generate([Message(Role.ASSISTANT, "x")], SamplingParameters(), cancel=threading.Event())


def events_after_cancel(events, cancel: threading.Event, moment) -> list:
    """Cancel from another thread once ``moment`` says so; return what the worker said from then on."""
    canceller = threading.Thread(target=cancel.set)
    after = []
    for event in events:
        if cancel.is_set():
            after.append(event)
        elif moment(event) and canceller.ident is None:
            canceller.start()
    canceller.join()
    return after


def test_cancel_during_generation_ends_within_some_tokens(shared_client, ask, patient_stop):
    cancel = threading.Event()
    after = events_after_cancel(
        ask(shared_client, "Tell me a long story", cancel=cancel, max_tokens=500),
        cancel,
        lambda event: isinstance(event, TokenText),
    )
    assert after[-1].finish_reason is FinishReason.CANCELLED
    # Those that were on their way, or came while a busy machine had no time for the cancel.
    assert len(after) < 50
    assert shared_client.is_alive


def test_a_pause_holds_the_next_token_until_the_answer_is_resumed(shared_client, ask):
    answer = ask(shared_client, "Tell me a story", max_tokens=30)
    events = [next(answer)]
    shared_client.pause()
    resumed_at = []

    def resume():
        resumed_at.append(time.monotonic())
        shared_client.resume()

    timer = threading.Timer(0.3, resume)
    timer.start()
    events.extend(answer)
    timer.join()
    # Whatever had been computed before the worker read the pause was on its way; the last token was not.
    assert time.monotonic() > resumed_at[0]
    assert events[-1].finish_reason is FinishReason.LENGTH
    assert events[-1].numbers.completion_tokens == 30


def test_cancel_during_prompt_processing_leaves_the_worker_usable(load, ask, text_of, patient_stop):
    client = load(LoadOptions(context_length=8192))
    expected = text_of(ask(client, "What is the capital of France?"))
    cancel = threading.Event()
    done = events_after_cancel(
        ask(client, LONG_PROMPT * 6, cancel=cancel),
        cancel,
        lambda event: isinstance(event, PromptProgress) and event.done > 0,
    )[-1]
    assert done.finish_reason is FinishReason.CANCELLED
    assert done.numbers.completion_tokens == 0
    assert client.is_alive
    assert text_of(ask(client, "What is the capital of France?")) == expected


@pytest.mark.parametrize("moment", ["before the start", "while loading"])
def test_cancel_while_loading(load, moment):
    cancel = threading.Event()
    if moment == "before the start":
        cancel.set()
    with pytest.raises(Cancelled):
        load(cancel=cancel, on_progress=lambda _thousandths: cancel.set())


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (signal.SIGKILL, FaultKind.KILLED),
        (signal.SIGSEGV, FaultKind.CRASHED),
        (signal.SIGABRT, FaultKind.CRASHED),
    ],
)
def test_a_worker_that_dies_in_mid_answer_leaves_the_text_and_the_next_one_works(load, ask, text_of, number, kind):
    client = load()
    answer = ask(client, "Tell me a long story", max_tokens=500)
    events = [next(answer)]
    while not isinstance(events[-1], TokenText):
        events.append(next(answer))
    os.kill(client.process_id, number)
    with pytest.raises(EngineFault) as caught:
        events.extend(answer)
    assert caught.value.kind is kind
    assert text_of(events)
    if kind is FaultKind.KILLED:
        assert text_of(ask(load(), "Hello"))


@pytest.mark.parametrize("megabytes", [300, 400, 500], ids=["for the file", "for the KV cache", "for the graph"])
def test_a_worker_without_enough_memory_to_load_is_a_typed_fault(load, megabytes):
    with pytest.raises(EngineFault) as caught:
        load(LoadOptions(context_length=8192, memory_limit=megabytes * 1024 * 1024))
    assert caught.value.kind is FaultKind.OUT_OF_MEMORY


def load_file(path, **options) -> EngineClient:
    with path.open("rb") as stream:
        return EngineClient.load(
            [stream.fileno()], LoadOptions(**options), on_progress=lambda _: None, cancel=threading.Event()
        )


def test_a_file_that_is_no_model_is_a_typed_fault(tmp_path):
    file = tmp_path / "broken.gguf"
    file.write_bytes(b"GGUF" + b"\xff" * 5000)
    with pytest.raises(EngineFault) as caught:
        load_file(file)
    assert caught.value.kind is FaultKind.NOT_A_MODEL
    assert caught.value.diagnostics


def test_a_model_cut_short_is_a_typed_fault(starter_model, tmp_path):
    file = tmp_path / "short.gguf"
    file.write_bytes(starter_model.read_bytes()[:20_000_000])
    with pytest.raises(EngineFault) as caught:
        load_file(file)
    assert caught.value.kind is FaultKind.NOT_A_MODEL


def test_a_model_of_an_unknown_family_is_a_typed_fault(starter_model, tmp_path):
    content = bytearray(starter_model.read_bytes()[:200_000])
    place = content.index(b"llama", content.index(b"general.architecture"))
    content[place : place + 5] = b"lemma"
    file = tmp_path / "unknown.gguf"
    file.write_bytes(content)
    with pytest.raises(EngineFault) as caught:
        load_file(file)
    assert caught.value.kind in (FaultKind.UNKNOWN_ARCHITECTURE, FaultKind.NOT_A_MODEL)


def test_the_bytes_behind_the_descriptor_are_loaded_whatever_the_path_has_become(starter_model, tmp_path):
    path = tmp_path / "model.gguf"
    path.symlink_to(starter_model)
    with path.open("rb") as stream:
        # Somebody has read it, as the verification does, and somebody has put another file in its place.
        stream.read(1000)
        path.unlink()
        path.write_bytes(b"something else")
        with EngineClient.load(
            [stream.fileno()], LoadOptions(context_length=256), on_progress=lambda _: None, cancel=threading.Event()
        ) as client:
            assert client.facts.architecture == "llama"
