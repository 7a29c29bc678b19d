# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The gate: what leaves it is filtered, stored, recorded and told to the next prompt alike."""

import json
import signal
import threading

import pytest

from strongroom.chat import export_conversation
from strongroom.core.chat import MessageState, Role
from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.core.events import (
    AnswerStarted,
    Phase,
    PhaseProgressed,
    PromptAccepted,
    PromptRefused,
    TextReleased,
    TurnFinished,
)
from strongroom.core.findings import Action
from strongroom.core.generation import FinishReason
from strongroom.core.incident import IncidentEvent
from strongroom.filter import FilterFailure, GuardedStream
from strongroom.words import explain, say_note

PLANTED_MAIL = "anna.weber@example.org"
PLANTED_CARD = "4111 1111 1111 1111"
PLANTED = ["Write to anna.we", "ber@exam", "ple.org, card 4111 11", "11 1111 11", "11, thanks", "."]


def incidents(workspace, *events):
    return [entry for entry in reversed(workspace.incidents.entries()) if entry.record.event in events]


def test_planted_mail_and_card_are_masked_everywhere(scripted):
    with scripted.open(PLANTED, ["Fine."]) as workspace:
        session = workspace.session()
        finished = session.send("Who do I write to?", on_event=scripted.listen)
        shown = "".join(event.text for event in scripted.of(TextReleased))
        stored = workspace.conversations.messages(session.conversation_id)[-1]
        session.send("And now?", on_event=lambda _: None)
        exports = [export_conversation(workspace, session.conversation_id, form, say_note=say_note) for form in
                   ("markdown", "json")]  # fmt: skip
        context = json.dumps(scripted.requests()[-1])
        records = workspace.incidents.entries()
        verification = workspace.incidents.verify()

    assert finished.state is MessageState.COMPLETE
    assert shown == "Write to [e-mail masked], card [card number masked], thanks."
    assert [shown[mark.start : mark.end] for mark in stored.marks] == ["[e-mail masked]", "[card number masked]"]
    assert stored.text == shown == finished.message.text
    for place in (shown, stored.text, *exports, context, repr(records), repr(scripted.events)):
        assert PLANTED_MAIL not in place
        assert PLANTED_CARD not in place
    assert "[e-mail masked]" in context
    assert verification.is_intact
    masked = [entry.record for entry in records if entry.record.event is IncidentEvent.FILTER_MASK]
    assert {record.category for record in masked} >= {"pii.email", "pii.payment_card"}
    assert all(record.text_hmac.startswith("hmac-sha256:") for record in masked)


def test_nothing_planted_is_in_any_file_of_the_data_folder(scripted):
    with scripted.open(PLANTED) as workspace:
        workspace.session().send("Who do I write to?", on_event=scripted.listen)
    for path in scripted.paths.root.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for planted in (PLANTED_MAIL, PLANTED_CARD, "Who do I write to"):
                assert planted.encode() not in content, path.name


def test_an_incident_is_durable_before_its_effect_is_shown(scripted):
    recorded_when_shown = []
    with scripted.open(PLANTED) as workspace:

        def on_event(event):
            if isinstance(event, TextReleased) and event.marks:
                recorded_when_shown.append((len(event.marks), len(incidents(workspace, IncidentEvent.FILTER_MASK))))

        workspace.session().send("Who?", on_event=on_event)
    shown = 0
    for marks, recorded in recorded_when_shown:
        shown += marks
        assert recorded >= shown
    assert shown == 2


def test_released_text_is_stored_before_it_is_shown(scripted):
    stored_when_shown = []
    with scripted.open(["One ", "two ", "three ", "four."]) as workspace:
        session = workspace.session()
        shown = ""

        def on_event(event):
            nonlocal shown
            if isinstance(event, TextReleased):
                shown += event.text
                stored_when_shown.append((shown, workspace.conversations.messages(session.conversation_id)[-1].text))

        session.send("Count.", on_event=on_event)
    assert stored_when_shown
    assert all(stored == shown for shown, stored in stored_when_shown)


def test_events_come_in_order(scripted):
    with scripted.open(["Hello", " there."]) as workspace:
        workspace.session().send("Hi", on_event=scripted.listen)
    kinds = [type(event) for event in scripted.events if not isinstance(event, PhaseProgressed)]
    assert kinds[:2] == [PromptAccepted, AnswerStarted]
    assert kinds[-1] is TurnFinished
    assert set(kinds[2:-1]) == {TextReleased}
    phases = [event.phase for event in scripted.of(PhaseProgressed)]
    assert list(dict.fromkeys(phases)) == [Phase.VERIFYING, Phase.LOADING, Phase.READING, Phase.WRITING]


BLOCKING = """
version = 1
name = "Blocking"
revision = "1"

[[rules]]
id = "project-name"
category = "term.project"
detector = { type = "terms", terms = ["falcon"] }
action = "block"
message = "The project's name stays inside."
"""


def test_a_blocked_prompt_reaches_nobody(scripted):
    with scripted.open(["never said"], policy_file=scripted.policy(BLOCKING)) as workspace:
        session = workspace.session()
        outcome = session.send("Tell me about Falcon", on_event=scripted.listen)
        assert isinstance(outcome, PromptRefused)
        assert outcome.finding.rule_id == "project-name"
        assert outcome.mark.message == "The project's name stays inside."
        assert scripted.events == [outcome]
        assert session.conversation_id is None
        assert workspace.conversations.list() == []
        assert workspace.models.loaded is None
        assert len(incidents(workspace, IncidentEvent.FILTER_BLOCK)) == 1


def test_a_blocked_answer_ends_at_the_finding_and_the_next_message_works(scripted):
    answer = ["The name is ", "fal", "con", " and more ", "of it"]
    with scripted.open(answer, ["Gladly."], policy_file=scripted.policy(BLOCKING)) as workspace:
        session = workspace.session()
        finished = session.send("What is it?", on_event=scripted.listen)
        assert (finished.state, finished.finish_reason) == (MessageState.BLOCKED, FinishReason.FILTERED)
        assert finished.message.text == "The name is "
        assert finished.message.marks[-1].action is Action.BLOCK
        assert "falcon" not in repr(scripted.events)
        assert session.send("Something else?", on_event=scripted.listen).message.text == "Gladly."
        assert len(incidents(workspace, IncidentEvent.FILTER_BLOCK)) == 1


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
def test_a_dead_worker_leaves_the_partial_answer_and_the_next_message_works(scripted, number):
    with scripted.open(["Part one, ", "part two. ", {"signal": number}]) as workspace:
        session = workspace.session()
        finished = session.send("Go", on_event=scripted.listen)
        assert finished.state is MessageState.INTERRUPTED
        assert finished.error is not None
        assert finished.error.code.startswith("engine.")
        assert finished.message.text == "Part one, part two. "
        assert explain(finished.error).title in say_note(finished.message.notes[-1])
        assert workspace.models.loaded is None
        again = session.send("Again", on_event=scripted.listen)
        assert again.message.text == "Part one, part two. "
        assert len(incidents(workspace, IncidentEvent.WORKER_FAULT)) == 2
        assert workspace.incidents.verify().is_intact


def test_stop_keeps_what_was_shown(scripted, tmp_path):
    with scripted.open(["This was shown. ", {"wait": str(tmp_path / "never")}], ["Next."]) as workspace:
        session = workspace.session()

        def on_event(event):
            scripted.listen(event)
            if isinstance(event, TextReleased):
                session.stop()

        finished = session.send("Go", on_event=on_event)
        assert (finished.state, finished.finish_reason) == (MessageState.STOPPED, FinishReason.CANCELLED)
        assert finished.message.text == "This was shown. "
        assert finished.error is None
        assert session.send("More", on_event=scripted.listen).message.text == "Next."


def test_stop_before_the_start_sends_nothing(scripted):
    cancelled = threading.Event()
    cancelled.set()
    with scripted.open(["never"]) as workspace:
        session = workspace.session()
        with pytest.raises(Cancelled):
            session.send("Go", on_event=scripted.listen, cancel=cancelled)
        assert workspace.conversations.list() == []


def test_an_answer_is_blocked_when_the_log_cannot_be_written(scripted, monkeypatch):
    with scripted.open(["Before. ", f"Mail {PLANTED_MAIL} ", "after."], ["Fine."]) as workspace:
        session = workspace.session()

        def refuse(record):
            raise OSError(28, "No space left on device")

        workspace.models.load(on_event=scripted.listen, cancel=threading.Event())
        with monkeypatch.context() as patched:
            patched.setattr(workspace.incidents, "append", refuse)
            finished = session.send("Go", on_event=scripted.listen)
        assert finished.state is MessageState.BLOCKED
        assert finished.error.code == "incidents.not_writable"
        assert "[e-mail masked]" not in finished.message.text
        assert "after" not in finished.message.text
        assert session.send("Again", on_event=scripted.listen).message.text == "Fine."


def test_an_answer_is_blocked_when_a_detector_raises(scripted, monkeypatch):
    class BrokenFilter(GuardedStream):
        def feed(self, text):
            raise FilterFailure("broken-rule", "it raised")

    with scripted.open(["All is ", "well so far"], ["Fine."]) as workspace:
        session = workspace.session()
        with monkeypatch.context() as patched:
            patched.setattr("strongroom.chat.filtering.GuardedStream", BrokenFilter)
            finished = session.send("Go", on_event=scripted.listen)
        assert finished.state is MessageState.BLOCKED
        assert finished.message.text == ""
        assert "broken-rule" in explain(finished.error).message
        failed = incidents(workspace, IncidentEvent.FILTER_FAILED)
        assert failed[-1].record.details["rule"] == "broken-rule"
        assert session.send("Again", on_event=scripted.listen).message.text == "Fine."


def test_a_second_turn_at_once_in_one_conversation_is_refused(scripted, tmp_path):
    with scripted.open([{"wait": str(tmp_path / "go")}, "Done."]) as workspace:
        started = threading.Event()
        session = workspace.session()
        first = threading.Thread(
            target=session.send,
            args=("One",),
            kwargs={"on_event": lambda event: started.set() if isinstance(event, AnswerStarted) else None},
        )
        first.start()
        assert started.wait(30)
        with pytest.raises(UserFacingError) as busy:
            workspace.session(session.conversation_id).send("Two", on_event=scripted.listen)
        with pytest.raises(UserFacingError) as same_session:
            session.send("Two", on_event=scripted.listen)
        with pytest.raises(UserFacingError) as keeping:
            workspace.start_keeping("a long enough passphrase")
        (tmp_path / "go").touch()
        first.join(30)
    assert busy.value.code == "chat.busy"
    assert same_session.value.code == "chat.busy"
    assert keeping.value.code == "chat.busy"


@pytest.mark.parametrize("text", ["", "   \n"])
def test_an_empty_prompt_is_refused(scripted, text):
    with scripted.open(["never"]) as workspace, pytest.raises(UserFacingError) as refusal:
        workspace.session().send(text, on_event=scripted.listen)
    assert refusal.value.code == "chat.empty"


def test_a_defect_in_a_listener_closes_the_answer_and_is_not_swallowed(scripted):
    with scripted.open(["One. ", "Two."], ["Fine."]) as workspace:
        session = workspace.session()

        def on_event(event):
            if isinstance(event, TextReleased):
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            session.send("Go", on_event=on_event)
        assert workspace.conversations.messages(session.conversation_id)[-1].state is not MessageState.WRITING
        assert session.send("Again", on_event=scripted.listen).message.text == "Fine."


def test_the_context_is_the_filtered_conversation_with_the_system_prompt(scripted):
    with scripted.open(["First answer."], ["Second answer."]) as workspace:
        workspace.change_settings(system_prompt="Be brief. Card 4111 1111 1111 1111.")
        session = workspace.session()
        session.send("My card is 4111 1111 1111 1111.", on_event=scripted.listen)
        session.send("And?", on_event=scripted.listen)
    assert scripted.requests()[-1] == [
        ["system", "Be brief. Card [card number masked]."],
        ["user", "My card is [card number masked]."],
        ["assistant", "First answer."],
        ["user", "And?"],
    ]


def test_a_conversation_goes_on_after_the_app_was_closed(scripted):
    with scripted.open(["First answer."]) as workspace:
        session = workspace.session()
        session.send("Hello", on_event=scripted.listen)
        conversation_id = session.conversation_id
    with scripted.open(["Second answer."]) as workspace:
        workspace.session(conversation_id).send("Again", on_event=scripted.listen)
        roles = [message.role for message in workspace.conversations.messages(conversation_id)]
    assert roles == [Role.USER, Role.ASSISTANT, Role.USER, Role.ASSISTANT]
    assert [role for role, _ in scripted.requests()[-1]] == ["user", "assistant", "user"]
