# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Two conversations at once: each through the filter and the log, on two models or in line for one."""

import shutil
import threading

import pytest

from strongroom.core.chat import MessageState
from strongroom.core.errors import Cancelled
from strongroom.core.events import AnswerStarted, ModelsUnloaded, RoomReason, TextReleased, WaitingForModel
from strongroom.core.incident import IncidentEvent
from strongroom.models import ModelRefused

PATIENCE_S = 60


class Sending:
    """One message that is sent in a thread."""

    def __init__(self, session, text, **options):
        self.events = []
        self.result = None
        self.error = None
        self.cancel = threading.Event()
        self._changed = threading.Condition()
        self._arguments = (session, text, options)
        self._thread = threading.Thread(target=self._run, name=f"send {text}")
        self._thread.start()

    def _run(self):
        session, text, options = self._arguments
        try:
            self.result = session.send(text, on_event=self._listen, cancel=self.cancel, **options)
        except (Cancelled, RuntimeError) as error:
            self.error = error

    def _listen(self, event):
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def of(self, kind):
        with self._changed:
            return [event for event in self.events if isinstance(event, kind)]

    def await_kind(self, kind):
        with self._changed:
            found = lambda: any(isinstance(event, kind) for event in self.events)  # noqa: E731
            assert self._changed.wait_for(found, PATIENCE_S), self.events
        return self.of(kind)[-1]

    def ended(self):
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()
        return self.result


@pytest.fixture
def second_model(scripted, tmp_path):
    """A copy of the starter model that counts as another one; its id."""
    with scripted.open() as workspace:
        copy = tmp_path / "second.gguf"
        shutil.copyfile(workspace.shelf.entries()[0].path, copy)
        with copy.open("ab") as stream:
            stream.write(b"more")
        entry = workspace.shelf.import_file(copy)
        with pytest.raises(ModelRefused) as unknown:
            workspace.shelf.verify(entry.model_id, on_event=scripted.listen, cancel=threading.Event())
        workspace.shelf.pin(entry.model_id, unknown.value.actual_digest)
    return entry.model_id


def test_two_conversations_are_answered_at_once_each_through_the_filter_and_the_log(scripted, second_model, tmp_path):
    go = tmp_path / "go"
    answer = ["Write to ", "first.person@", "example.org now. ", {"wait": str(go)}, "Done."]
    with scripted.open(answer) as workspace:
        starter_id = workspace.shelf.starter_id
        first = Sending(workspace.session(), "One", model_id=starter_id)
        first.await_kind(AnswerStarted)
        second = Sending(workspace.session(), "Two", model_id=second_model)
        # Both are in the middle of their answers.
        first.await_kind(TextReleased)
        second.await_kind(TextReleased)
        assert {one.model_id for one in workspace.models.loaded_models} == {starter_id, second_model}
        go.touch()
        for sending in (first, second):
            assert sending.ended().state is MessageState.COMPLETE
            assert sending.result.message.text == "Write to [e-mail masked] now. Done."
            assert sending.of(WaitingForModel) == []
        masked = workspace.incidents.entries(event=IncidentEvent.FILTER_MASK)
        assert {one.record.conversation_id for one in masked} == {
            first.result.message.conversation_id,
            second.result.message.conversation_id,
        }
        assert {one.record.model_digest for one in masked} == {
            first.result.message.model_digest,
            second.result.message.model_digest,
        }
        assert workspace.incidents.verify().is_intact


def test_with_one_model_the_second_conversation_waits_in_line_and_then_answers(scripted, tmp_path):
    go = tmp_path / "go"
    with scripted.open([{"wait": str(go)}, "First."], ["Second."]) as workspace:
        first = Sending(workspace.session(), "One")
        first.await_kind(AnswerStarted)
        second = Sending(workspace.session(), "Two")
        assert second.await_kind(WaitingForModel).place == 1
        assert second.of(AnswerStarted) == []
        go.touch()
        assert first.ended().message.text == "First."
        assert second.ended().message.text == "Second."


def test_with_memory_for_one_the_second_model_waits_and_then_answers(scripted, second_model, tmp_path, monkeypatch):
    monkeypatch.setattr("strongroom.models.fit.free_memory", lambda: 100_000_000)
    go = tmp_path / "go"
    with scripted.open([{"wait": str(go)}, "Said."]) as workspace:
        first = Sending(workspace.session(), "One")
        first.await_kind(AnswerStarted)
        second = Sending(workspace.session(), "Two", model_id=second_model)
        assert second.await_kind(WaitingForModel).place == 1
        assert len(workspace.models.loaded_models) == 1
        go.touch()
        assert first.ended().message.text == "Said."
        assert second.ended().message.text == "Said."
        (event,) = second.of(ModelsUnloaded)
        assert event.unloaded == (first.result.message.model_name,)
        assert [one.model_id for one in workspace.models.loaded_models] == [second_model]


def test_the_policy_limits_how_many_models_are_loaded(scripted, second_model):
    policy = scripted.policy(
        'version = 1\nname = "One"\nrevision = "1"\npresets = ["general-business"]\n[models]\nmost_loaded = 1\n'
    )
    with scripted.open(["Said."], policy_file=policy) as workspace:
        workspace.session().send("One", on_event=scripted.listen, model_id=workspace.shelf.starter_id)
        workspace.session().send("Two", on_event=scripted.listen, model_id=second_model)
        assert [one.model_id for one in workspace.models.loaded_models] == [second_model]
        (event,) = scripted.of(ModelsUnloaded)
        assert event.reason is RoomReason.MOST_LOADED


def test_a_cancel_while_waiting_stores_nothing(scripted, tmp_path):
    go = tmp_path / "go"
    with scripted.open([{"wait": str(go)}, "First."], ["Third."]) as workspace:
        first = Sending(workspace.session(), "One")
        first.await_kind(AnswerStarted)
        session = workspace.session()
        second = Sending(session, "Two")
        second.await_kind(WaitingForModel)
        second.cancel.set()
        second.ended()
        assert isinstance(second.error, Cancelled)
        assert session.conversation_id is None
        assert len(workspace.conversations.list()) == 1
        go.touch()
        first.ended()
        assert session.send("Three", on_event=scripted.listen).message.text == "Third."


def test_a_model_that_is_loaded_but_not_chosen_can_be_removed(scripted, second_model, never):
    with scripted.open(["Hello."]) as workspace:
        workspace.session().send("Hello", on_event=scripted.listen, model_id=second_model)
        workspace.session().send("Hello", on_event=scripted.listen, model_id=workspace.shelf.starter_id)
        assert len(workspace.models.loaded_models) == 2
        workspace.shelf.remove(second_model)
        assert [one.model_id for one in workspace.models.loaded_models] == [workspace.shelf.starter_id]
