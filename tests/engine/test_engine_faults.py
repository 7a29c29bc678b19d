# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A worker misbehaves in every way there is: each becomes a typed fault, and what had come before stays."""

import os
import signal
import threading
import time

import pytest

from strongroom.core.generation import FinishReason
from strongroom.engine import (
    EngineFault,
    FaultKind,
    GenerationDone,
    PromptProgress,
    PromptTooLong,
    SilenceLimits,
    TokenText,
)
from strongroom.engine.process import explain_exit
from strongroom.words import explain, say_statement

PATIENCE_S = 20
SHORT_S = 0.2


def fault_of(client, ask, *, expected=("One", " two")) -> EngineFault:
    """Collect an answer until the worker faults; the text before must have arrived."""
    events = []
    with pytest.raises(EngineFault) as caught:
        events.extend(event for event in ask(client, "hi"))
    assert tuple(event.text for event in events if isinstance(event, TokenText)) == expected
    assert not client.is_alive
    assert explain(caught.value).title
    assert explain(caught.value).next_step
    assert caught.value.code == f"engine.{caught.value.kind}"
    with pytest.raises(EngineFault):
        ask(client, "again")
    return caught.value


def test_a_killed_worker_is_a_typed_fault(load_fake, ask):
    client = load_fake("answering(); os.kill(os.getpid(), signal.SIGKILL)")
    assert fault_of(client, ask).kind is FaultKind.KILLED


@pytest.mark.parametrize("name", ["SIGSEGV", "SIGABRT", "SIGBUS", "SIGILL", "SIGFPE"])
def test_a_crashed_worker_is_a_typed_fault(load_fake, ask, name):
    fault = fault_of(load_fake(f"answering(); os.kill(os.getpid(), signal.{name})"), ask)
    assert fault.kind is FaultKind.CRASHED
    assert name in explain(fault).message


def test_a_worker_that_exits_is_a_typed_fault(load_fake, ask):
    fault = fault_of(load_fake("answering(); os._exit(3)"), ask)
    assert fault.kind is FaultKind.EXITED
    assert "3" in explain(fault).message


def test_a_worker_without_memory_is_a_typed_fault(load_fake, ask):
    client = load_fake("answering(); os.write(2, b'terminate: std::bad_alloc\\n'); os.abort()")
    fault = fault_of(client, ask)
    assert fault.kind is FaultKind.OUT_OF_MEMORY
    assert any("bad_alloc" in line for line in fault.diagnostics)


def test_a_worker_that_reports_want_of_memory_is_a_typed_fault(load_fake, ask):
    client = load_fake("answering(); say('failed', request=1, code='out_of_memory', needed=0); sleep()")
    assert fault_of(client, ask).kind is FaultKind.OUT_OF_MEMORY


def test_a_failed_computation_is_a_typed_fault(load_fake, ask):
    client = load_fake("answering(); say('failed', request=1, code='computation', needed=0); sleep()")
    assert fault_of(client, ask).kind is FaultKind.COMPUTATION


def test_a_flood_of_tokens_is_a_typed_fault(load_fake, ask):
    client = load_fake("answering(['x'] * 12)\nwhile True: say('token', request=1, text='x')")
    assert fault_of(client, ask, expected=("x",) * 12).kind is FaultKind.FLOOD


def test_a_flood_of_text_is_a_typed_fault(load_fake, ask):
    client = load_fake("answering()\nwhile True: say('token', request=1, text='y' * 16_000)")
    with pytest.raises(EngineFault) as caught:
        list(ask(client, "hi"))
    assert caught.value.kind is FaultKind.FLOOD


def test_a_flood_of_progress_is_a_typed_fault(load_fake, ask):
    client = load_fake("answering()\nwhile True: say('prompt_step', request=1, done=5, total=5)")
    assert fault_of(client, ask).kind is FaultKind.FLOOD


def test_a_flood_on_standard_error_is_a_typed_fault(load_fake, ask):
    client = load_fake("answering()\nwhile True: os.write(2, b'noise ' * 10_000)")
    assert fault_of(client, ask).kind is FaultKind.FLOOD


def test_chatter_without_a_request_is_a_typed_fault(load_fake, ask):
    client = load_fake("loaded(); say('token', request=1, text='psst'); sleep()")
    deadline = time.monotonic() + PATIENCE_S
    while client.is_alive and time.monotonic() < deadline:
        threading.Event().wait(0.005)
    with pytest.raises(EngineFault) as caught:
        list(ask(client, "hi"))
    assert caught.value.kind is FaultKind.FLOOD


def test_a_silent_worker_is_a_typed_fault(load_fake, ask):
    client = load_fake("answering(); sleep()", limits=SilenceLimits(step=0.5))
    assert fault_of(client, ask).kind is FaultKind.SILENT


def test_a_worker_that_is_silent_while_it_prepares_is_a_typed_fault(load_fake, ask):
    client = load_fake("loaded(); sleep()", limits=SilenceLimits(prepare=SHORT_S))
    assert fault_of(client, ask, expected=()).kind is FaultKind.SILENT


def test_a_worker_that_is_silent_while_it_loads_is_a_typed_fault(load_fake):
    with pytest.raises(EngineFault) as caught:
        load_fake("confined(); sleep()", limits=SilenceLimits(load=SHORT_S))
    assert caught.value.kind is FaultKind.SILENT


def test_a_worker_that_never_says_hello_is_a_typed_fault(load_fake):
    with pytest.raises(EngineFault) as caught:
        load_fake("sleep()", limits=SilenceLimits(start=SHORT_S))
    assert caught.value.kind is FaultKind.SILENT


def test_a_worker_that_does_not_read_is_a_typed_fault(load_fake, ask):
    client = load_fake("loaded()\nwhile True: time.sleep(60)", limits=SilenceLimits(prepare=SHORT_S, step=SHORT_S))
    with pytest.raises(EngineFault) as caught:
        list(ask(client, "long " * 500_000))
    assert caught.value.kind is FaultKind.SILENT


def test_an_oversized_line_is_a_typed_fault(load_fake, ask):
    client = load_fake("answering(); raw(b'{' + b'x' * 200_000); sleep()")
    assert fault_of(client, ask).kind is FaultKind.OVERSIZED_LINE


@pytest.mark.parametrize("line", [b"Segmentation fault", b"{}", b'{"type":"token","request":1,"text":"a","more":1}'])
def test_a_malformed_line_is_a_typed_fault(load_fake, ask, line):
    client = load_fake(f"answering(); raw({line!r} + b'\\n'); sleep()")
    assert fault_of(client, ask).kind is FaultKind.MALFORMED_LINE


def test_another_version_is_a_typed_fault(load_fake):
    with pytest.raises(EngineFault) as caught:
        load_fake("say('hello', protocol='strongroom-engine', version=99); sleep()")
    assert caught.value.kind is FaultKind.WRONG_VERSION


def test_a_program_that_cannot_be_started_is_a_typed_fault(load_fake, tmp_path):
    with pytest.raises(EngineFault) as caught:
        load_fake("", command=[str(tmp_path / "nothing")])
    assert caught.value.kind is FaultKind.NOT_STARTED


def test_a_line_that_the_end_has_cut_off_is_explained_by_the_end(load_fake, ask):
    client = load_fake('answering(); raw(b\'{"type":"tok\'); os.kill(os.getpid(), signal.SIGSEGV)')
    assert fault_of(client, ask).kind is FaultKind.CRASHED


def test_a_finish_reason_that_only_the_app_may_give_is_refused(load_fake, ask):
    client = load_fake("answering(); say('done', request=1, finish_reason='content_filter', context_used=1, threads=1)")
    assert fault_of(client, ask).kind is FaultKind.MALFORMED_LINE


def test_a_prompt_that_is_too_long_leaves_the_worker_usable(load_fake, ask):
    client = load_fake(
        "loaded(); wait_for('generate'); say('failed', request=1, code='prompt_too_long', needed=9000); sleep()"
    )
    with pytest.raises(PromptTooLong) as caught:
        list(ask(client, "hi"))
    assert caught.value.needed == 9000
    assert "9,000" in explain(caught.value).message
    assert client.is_alive


def test_a_worker_that_ignores_a_cancel_is_killed_in_time(load_fake, ask):
    client = load_fake("answering(); sleep()")
    cancel = threading.Event()
    events, asked_at = [], 0.0
    for event in ask(client, "hi", cancel=cancel):
        events.append(event)
        if isinstance(event, TokenText):
            cancel.set()
            asked_at = time.monotonic()
    # It would be silent for ever; the limits of silence are minutes.
    assert time.monotonic() - asked_at < PATIENCE_S
    assert isinstance(events[-1], GenerationDone)
    assert events[-1].finish_reason is FinishReason.CANCELLED
    assert events[-1].numbers.completion_tokens >= 1
    assert not client.is_alive


def test_leaving_an_answer_early_stops_the_worker(load_fake, ask, patient_stop):
    client = load_fake(
        "answering(); wait_for('cancel')\n"
        "say('done', request=1, finish_reason='cancelled', context_used=1, threads=1)\n"
        "wait_for('generate'); say('done', request=2, finish_reason='stop', context_used=1, threads=1); sleep()"
    )
    events = ask(client, "hi")
    while not isinstance(next(events), TokenText):
        pass
    events.close()
    assert client.is_alive
    assert isinstance(list(ask(client, "next"))[-1], GenerationDone)


def test_killing_wakes_the_thread_that_waits(load_fake, ask):
    client = load_fake("answering(); sleep()")
    events = ask(client, "hi")
    while not isinstance(next(events), TokenText):
        pass
    killer = threading.Thread(target=client.kill)
    killer.start()
    with pytest.raises(EngineFault) as caught:
        list(events)
    killer.join(PATIENCE_S)
    assert caught.value.kind is FaultKind.KILLED


def test_a_killed_worker_is_dead_when_kill_returns(load_fake):
    client = load_fake("loaded(); sleep()")
    client.kill()
    with pytest.raises(ProcessLookupError):
        os.kill(client.process_id, 0)


def test_a_worker_that_does_not_leave_is_killed_by_close(load_fake):
    client = load_fake("loaded()\nwhile True: time.sleep(60)")
    began = time.monotonic()
    client.close()
    client.close()
    assert time.monotonic() - began < PATIENCE_S
    with pytest.raises(ProcessLookupError):
        os.kill(client.process_id, 0)


def test_facts_and_progress_come_from_the_lines(load_fake, ask):
    client = load_fake(
        "answering(); say('done', request=1, finish_reason='length', context_used=7, threads=3); sleep()"
    )
    assert client.facts.device == "CPU"
    assert say_statement(client.facts.device_reason) == "This build of llama.cpp has no GPU backend."
    events = list(ask(client, "hi"))
    assert events[:2] == [PromptProgress(0, 5), PromptProgress(5, 5)]
    numbers = events[-1].numbers
    assert (numbers.prompt_tokens, numbers.completion_tokens, numbers.context_used) == (5, 2, 7)
    assert (numbers.context_length, numbers.threads) == (4096, 3)


def test_a_gpu_is_named_with_the_layers_that_run_on_it(load_fake):
    client = load_fake(
        "confined(); wait_for('load'); say('loaded', architecture='a', description='b', context_length=10,"
        " training_context_length=10, threads=1, has_template=False, template_problem='missing',"
        " device_reason='offloaded', device_name='Some\\u202eGPU', offloaded_layers=3, total_layers=5,"
        " template_digest=None); sleep()"
    )
    assert client.facts.device == "GPU: Some?GPU"
    assert say_statement(client.facts.device_reason) == "3 of 5 layers run on the GPU."
    assert {note.code for note in client.facts.notes} == {"context.reduced", "template.fallback", "isolation.reduced"}


@pytest.mark.parametrize(
    ("returncode", "lines", "oom", "kind"),
    [
        (-signal.SIGKILL, (), False, FaultKind.KILLED),
        (-signal.SIGKILL, (), True, FaultKind.OUT_OF_MEMORY),
        (-signal.SIGSEGV, (), True, FaultKind.CRASHED),
        (-signal.SIGABRT, ("what():  std::bad_alloc",), False, FaultKind.OUT_OF_MEMORY),
        (71, (), False, FaultKind.OUT_OF_MEMORY),
        (1, ("MemoryError",), False, FaultKind.OUT_OF_MEMORY),
        (0, ("failed to allocate once, went on",), False, FaultKind.EXITED),
        (-63, (), False, FaultKind.CRASHED),
    ],
)
def test_how_a_process_ended_chooses_the_sentence(returncode, lines, oom, kind):
    assert explain_exit(returncode, diagnostics=lines, was_oom_killer_active=oom)[0] is kind
