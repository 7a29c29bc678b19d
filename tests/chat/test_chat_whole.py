# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The check of a whole answer at its end: what it takes back is gone everywhere, and recorded before it is gone.

The check itself is the filter's and has its own tests; here it is one that always finds the same sentence.
"""

import json
import signal
from contextlib import closing
from dataclasses import dataclass

import pytest

from strongroom.chat import PolicyFilter, Session, export_conversation, outgoing_text
from strongroom.core.chat import MessageState, VisibleText
from strongroom.core.events import AnswerRevised, NoteAdded, TextReleased, TurnFinished
from strongroom.core.findings import Action, Direction, Finding, Mark
from strongroom.core.generation import FinishReason
from strongroom.core.incident import IncidentEvent
from strongroom.filter import FilterFailure, Revision
from strongroom.storage import obtain_keys, open_conversations
from strongroom.words import say_note
from strongroom.workspace import Workspace

SECRET = "The falcon flies at dawn."
REMOVED = "[1 sentence removed]"
ANSWER = ["Fine. The fal", "con flies at ", "dawn. Good."]
REVISED = f"Fine. {REMOVED} Good."


def check(policy_filter, visible):
    """Take back the one sentence, wherever it stands."""
    start = visible.text.find(SECRET)
    if start < 0:
        return None
    end = start + len(SECRET)
    mark = Mark(
        start, start + len(REMOVED), Action.MASK, "falcons", "term.project", 1.0, Direction.ANSWER,
        policy_filter.identity, removed_sentences=1,
    )  # fmt: skip
    finding = Finding("falcons", "term.project", "terms", Direction.ANSWER, start + 4, start + 10, 1.0, Action.MASK)
    return Revision(visible.text[:start] + REMOVED + visible.text[end:], (*visible.marks, mark), (finding,))


def find_it(patch) -> list[str]:
    """Make the check of whole answers find the sentence; returns the texts that it is given."""
    seen: list[str] = []

    def checked(self, visible):
        seen.append(visible.text)
        return check(self, visible)

    patch.setattr(PolicyFilter, "check_whole", checked)
    return seen


@pytest.fixture
def whole(monkeypatch):
    return find_it(monkeypatch)


@dataclass(frozen=True)
class Turn:
    """One answer of which a sentence was taken back, and where it stands."""

    workspace: Workspace
    session: Session
    scripted: object

    @property
    def stored(self):
        return self.workspace.conversations.messages(self.session.conversation_id)[1]


@pytest.fixture(scope="module")
def turn(lasting):
    with lasting.open(ANSWER, ["Next."]) as workspace:
        session = workspace.session()
        with pytest.MonkeyPatch.context() as patch:
            find_it(patch)
            session.send("What flies?", on_event=lasting.listen)
        yield Turn(workspace, session, lasting)


def retractions(workspace):
    return [entry.record for entry in workspace.incidents.entries(event=IncidentEvent.FILTER_RETRACT)]


def test_screen_what_was_taken_back_is_told_after_the_last_text_and_before_the_end(turn):
    scripted = turn.scripted
    kinds = [type(event) for event in scripted.events if isinstance(event, TextReleased | AnswerRevised | TurnFinished)]
    assert kinds[-2:] == [AnswerRevised, TurnFinished]
    assert set(kinds[:-2]) == {TextReleased}
    assert "".join(event.text for event in scripted.of(TextReleased)) == "".join(ANSWER)
    (revised,) = scripted.of(AnswerRevised)
    (finished,) = scripted.of(TurnFinished)
    assert (revised.text, finished.message.text) == (REVISED, REVISED)
    assert revised.marks == finished.message.marks
    assert [REVISED[mark.start : mark.end] for mark in revised.marks] == [REMOVED]
    assert finished.state is MessageState.COMPLETE


def test_database_holds_the_revised_answer_and_nothing_of_the_old_one(turn):
    assert turn.stored.text == REVISED
    assert turn.stored.marks[0].removed_sentences == 1
    assert turn.workspace.conversations.database.rows("SELECT count(*) FROM pieces") == [(0,)]


def test_search_does_not_find_what_was_taken_back(turn):
    assert turn.workspace.conversations.search("falcon") == []
    assert turn.workspace.conversations.list("falcon") == []
    assert turn.workspace.conversations.search("good")


@pytest.mark.parametrize("form", ["markdown", "json"])
def test_export_has_the_revised_answer(turn, form):
    exported = export_conversation(turn.workspace, turn.session.conversation_id, form, say_note=say_note)
    assert "falcon flies" not in exported
    assert REMOVED in exported


def test_export_as_json_says_why(turn):
    exported = json.loads(export_conversation(turn.workspace, turn.session.conversation_id, "json", say_note=say_note))
    answer = exported["messages"][1]
    (mark,) = answer["marks"]
    assert (mark["removed_sentences"], mark["rule_id"], mark["severity"]) == (1, "falcons", "medium")
    assert answer["text"][mark["start"] : mark["end"]] == REMOVED


def test_clipboard_gets_the_revised_answer(turn):
    assert outgoing_text(turn.workspace, VisibleText(turn.stored.text, turn.stored.marks)).text == REVISED


def test_title_never_held_it(turn):
    assert "falcon" not in turn.workspace.conversations.get(turn.session.conversation_id).title


def test_log_names_the_rule_and_not_the_text(turn):
    (record,) = retractions(turn.workspace)
    assert (record.rule_id, record.category, record.action) == ("falcons", "term.project", "mask")
    assert (record.direction, record.conversation_id) == ("answer", turn.session.conversation_id)
    assert record.details == {"severity": "medium", "evidence": "format"}
    assert record.text_hmac == turn.workspace.incidents.text_hmac("falcon")
    assert turn.workspace.incidents.verify().is_intact


def test_next_context_has_the_revised_answer(turn):
    turn.session.send("And then?", on_event=lambda _: None)
    assert ["assistant", REVISED] in turn.scripted.requests()[-1]
    assert "falcon" not in json.dumps(turn.scripted.requests()[-1])


def test_a_retraction_is_recorded_before_it_is_stored_and_stored_before_it_is_told(scripted, whole):
    with scripted.open(ANSWER) as workspace:
        session = workspace.session()
        order = []
        append, finish = workspace.incidents.append, workspace.conversations.finish_answer

        def appended(record):
            order.append(record.event.value)
            return append(record)

        def finished(*arguments, **options):
            order.append("stored")
            return finish(*arguments, **options)

        def on_event(event):
            if isinstance(event, AnswerRevised):
                order.append("told")

        workspace.incidents.append = appended
        workspace.conversations.finish_answer = finished
        session.send("What flies?", on_event=on_event)
    assert order[-3:] == ["filter.retract", "stored", "told"]


def test_reasoning_is_part_of_what_is_checked(scripted, whole):
    with scripted.open(["<think>The falcon flies", " at dawn.</think> I cannot say."]) as workspace:
        finished = workspace.session().send("What flies?", on_event=scripted.listen)
    assert whole == [f"<think>{SECRET}</think> I cannot say."]
    assert finished.message.text == f"<think>{REMOVED}</think> I cannot say."


def test_reasoning_passes_the_stream_like_everything_else(scripted):
    steps = ["<think>Their mail is anna@exa", "mple.org.</think>Ask", " them."]
    with scripted.open(steps, ["Next."]) as workspace:
        session = workspace.session()
        session.send("Whom?", on_event=scripted.listen)
        session.send("And?", on_event=scripted.listen)
        stored = workspace.conversations.messages(session.conversation_id)[1].text
        exported = export_conversation(workspace, session.conversation_id, "json", say_note=say_note)
    shown = "".join(event.text for event in scripted.of(TextReleased))
    for place in (shown, stored, exported, json.dumps(scripted.requests()[-1])):
        assert "anna@" not in place
        assert "[e-mail masked]" in place


def test_an_answer_that_was_stopped_is_checked(scripted, whole, tmp_path):
    with scripted.open([*ANSWER, {"wait": str(tmp_path / "never")}]) as workspace:
        session = workspace.session()

        def on_event(event):
            scripted.listen(event)
            if isinstance(event, TextReleased):
                session.stop()

        finished = session.send("What flies?", on_event=on_event)
    assert finished.state is MessageState.STOPPED
    assert finished.message.text == "".join(event.text for event in scripted.of(TextReleased)).replace(SECRET, REMOVED)
    assert len(whole) == 1


def test_an_answer_whose_worker_died_is_checked(scripted, whole):
    with scripted.open([*ANSWER, {"signal": int(signal.SIGKILL)}]) as workspace:
        finished = workspace.session().send("What flies?", on_event=scripted.listen)
        assert len(retractions(workspace)) == 1
    assert finished.state is MessageState.INTERRUPTED
    assert finished.message.text == REVISED


BLOCKING = """
version = 1
name = "Blocking"
revision = "1"

[[rules]]
id = "heron"
category = "term.project"
detector = { type = "terms", terms = ["heron"] }
action = "block"
"""


def test_what_came_before_a_block_is_checked(scripted, whole):
    answer = [*ANSWER, " The heron ", "too."]
    with scripted.open(answer, policy_file=scripted.policy(BLOCKING)) as workspace:
        finished = workspace.session().send("What flies?", on_event=scripted.listen)
    assert finished.state is MessageState.BLOCKED
    assert finished.message.text == f"{REVISED} The "
    assert {mark.removed_sentences for mark in finished.message.marks} == {0, 1}


def test_an_answer_in_which_nothing_is_found_is_not_revised(scripted, whole):
    with scripted.open(["All is fine."]) as workspace:
        finished = workspace.session().send("What flies?", on_event=scripted.listen)
        assert retractions(workspace) == []
    assert whole == ["All is fine."]
    assert scripted.of(AnswerRevised) == []
    assert finished.message.text == "All is fine."


def broken(error):
    def check_whole(_self, _visible):
        raise error

    return check_whole


@pytest.mark.parametrize("error", [FilterFailure("falcons", "KeyError"), ZeroDivisionError("a defect")])
def test_a_check_that_fails_blocks_the_whole_answer(scripted, monkeypatch, error):
    monkeypatch.setattr(PolicyFilter, "check_whole", broken(error))
    with scripted.open(ANSWER, ["Next."]) as workspace:
        session = workspace.session()
        finished = session.send("What flies?", on_event=scripted.listen)
        stored = workspace.conversations.messages(session.conversation_id)[-1]
        assert len(workspace.incidents.entries(event=IncidentEvent.FILTER_FAILED)) == 1
        assert workspace.conversations.search("falcon") == []
    (revised,) = scripted.of(AnswerRevised)
    assert (revised.text, revised.marks) == ("", ())
    assert (finished.state, finished.finish_reason) == (MessageState.BLOCKED, FinishReason.FILTERED)
    assert finished.error.code == "filter.failed"
    kinds = [type(event) for event in scripted.events]
    assert kinds.index(NoteAdded) < kinds.index(TurnFinished)
    assert (stored.text, stored.state) == ("", MessageState.BLOCKED)
    assert stored.notes[-1].code == "filter.failed"


def test_a_retraction_that_cannot_be_recorded_blocks_the_whole_answer(scripted, whole):
    with scripted.open(ANSWER) as workspace:
        append = workspace.incidents.append

        def refuse(record):
            if record.event is IncidentEvent.FILTER_RETRACT:
                raise OSError("disk gone")
            return append(record)

        workspace.incidents.append = refuse
        session = workspace.session()
        finished = session.send("What flies?", on_event=scripted.listen)
        stored = workspace.conversations.messages(session.conversation_id)[-1]
    assert (finished.state, finished.error.code) == (MessageState.BLOCKED, "incidents.not_writable")
    assert (stored.text, stored.marks, stored.state) == ("", (), MessageState.BLOCKED)


class BrokenStream:
    """A filter that fails at once."""

    feed = broken(FilterFailure("falcons", "KeyError"))


def test_a_filter_that_failed_in_the_stream_is_not_asked_again(scripted, whole, monkeypatch):
    monkeypatch.setattr(PolicyFilter, "stream", lambda _self, _direction: BrokenStream())
    with scripted.open(ANSWER) as workspace:
        finished = workspace.session().send("What flies?", on_event=scripted.listen)
    assert finished.state is MessageState.BLOCKED
    assert whole == []


# With the filter's own check

JOINING = """
version = 1
name = "Joining"
revision = "1"

[[rules]]
id = "color"
category = "term.color"
detector = { type = "pattern", pattern = "blue" }
action = "replace"
replacement = "fal"

[[rules]]
id = "falcons"
category = "term.project"
severity = "high"
detector = { type = "terms", terms = ["falcon"] }
action = "mask"
label = "project"
"""


def test_what_a_replacement_joins_to_is_taken_back_from_an_answer(scripted):
    with scripted.open(["Fine. The bluecon ", "flies. Good."], policy_file=scripted.policy(JOINING)) as workspace:
        session = workspace.session()
        finished = session.send("What flies?", on_event=scripted.listen)
        (record,) = retractions(workspace)
        exported = export_conversation(workspace, session.conversation_id, "markdown", say_note=say_note)
    assert "".join(event.text for event in scripted.of(TextReleased)) == "Fine. The falcon flies. Good."
    assert [event.text for event in scripted.of(AnswerRevised)] == [finished.message.text]
    assert "falcon" not in finished.message.text
    assert "Fine." in finished.message.text
    assert "Good." in finished.message.text
    assert [mark.removed_sentences for mark in finished.message.marks] == [1]
    assert (record.rule_id, record.details["severity"]) == ("falcons", "high")
    assert "falcon" not in exported


def test_what_a_replacement_joins_to_never_reaches_a_model(scripted):
    with scripted.open(["Fine."], policy_file=scripted.policy(JOINING)) as workspace:
        workspace.session().send("Where is the bluecon?", on_event=scripted.listen)
        found = {record.rule_id for record in (entry.record for entry in workspace.incidents.entries())}
    assert scripted.requests() == [[["user", "Where is the [project masked]?"]]]
    assert {"color", "falcons"} <= found


# After a crash


@pytest.fixture
def crashed(scripted):
    """A data folder with an answer that nobody ends any more; the number of its conversation."""
    with scripted.open(policy_file=scripted.policy(BLOCKING)):
        keys = obtain_keys(scripted.paths, passphrase=None)
    with closing(open_conversations(scripted.paths.chats, keys.chats)) as store:
        number = store.create("Falconry").conversation_id
        answer = store.begin_answer(number, "Tiny", "00")
        for piece in ANSWER:
            store.append_release(answer.message_id, piece)
    return number


def test_an_answer_that_a_crash_left_behind_is_checked_before_it_is_shown(scripted, crashed, whole):
    with scripted.open(policy_file=scripted.policy(BLOCKING)) as workspace:
        (stored,) = workspace.conversations.messages(crashed)
        assert len(retractions(workspace)) == 1
        assert workspace.conversations.search("flies") == []
    assert (stored.text, stored.state) == (REVISED, MessageState.INTERRUPTED)
    assert whole == ["".join(ANSWER)]


def test_an_answer_that_a_crash_left_behind_is_blocked_where_its_check_fails(scripted, crashed, monkeypatch):
    monkeypatch.setattr(PolicyFilter, "check_whole", broken(FilterFailure("falcons", "KeyError")))
    with scripted.open(policy_file=scripted.policy(BLOCKING)) as workspace:
        (stored,) = workspace.conversations.messages(crashed)
        assert len(workspace.incidents.entries(event=IncidentEvent.FILTER_FAILED)) == 1
    assert (stored.text, stored.state, stored.finish_reason) == ("", MessageState.BLOCKED, FinishReason.FILTERED)
    assert stored.notes[-1].code == "filter.failed"


def test_an_answer_that_a_crash_left_behind_is_blocked_where_the_log_takes_no_record(scripted, crashed, whole):
    scripted.paths.incident_anchor.unlink()
    with scripted.open(policy_file=scripted.policy(BLOCKING)) as workspace:
        (stored,) = workspace.conversations.messages(crashed)
    assert (stored.text, stored.state) == ("", MessageState.BLOCKED)
    assert stored.notes[-1].code == "incidents.damaged"
