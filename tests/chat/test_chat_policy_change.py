# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A policy that is changed on disk while the app runs: what is under way ends under the old one, what begins next
begins under the new one, and the incident log names both."""

import sys
import threading
from pathlib import Path

import pytest

from strongroom.chat import PolicyFilter, export_conversation, open_filter, outgoing_text
from strongroom.confinement.setup import ProcessSetup
from strongroom.core.chat import MessageState, VisibleText
from strongroom.core.errors import UserFacingError
from strongroom.core.events import AnswerStarted, Phase, PhaseProgressed
from strongroom.core.findings import Direction
from strongroom.core.hub import SearchQuery
from strongroom.core.incident import IncidentEvent
from strongroom.core.isolation import Barrier, Confinement
from strongroom.hub import HubFault
from strongroom.incidents import IncidentLog
from strongroom.policy import user_layers
from strongroom.words import explain, say_note

POLICY = """version = 1
name = "House"
revision = "{revision}"
{tables}
[[rules]]
id = "birds"
category = "term.project"
action = "mask"
label = "bird"
detector = {{ type = "terms", terms = ["{term}"] }}
"""

FULL = Confinement((Barrier.SYSTEM_CALLS, Barrier.NO_NEW_PRIVILEGES))


def write(path: Path, revision: str, term: str, tables: str = "") -> Path:
    path.write_text(POLICY.format(revision=revision, term=term, tables=tables), encoding="utf-8")
    return path


def digest_of(path: Path) -> str:
    return open_filter(user_layers(path, path)).identity.digest


@pytest.fixture
def path(tmp_path) -> Path:
    return write(tmp_path / "policy.toml", "1", "falcon")


def records(workspace, *events: IncidentEvent):
    """The records of these events, oldest first."""
    entries = [entry for event in events for entry in workspace.incidents.entries(event=event)]
    return [entry.record for entry in sorted(entries, key=lambda entry: entry.sequence)]


def test_a_turn_ends_under_the_policy_it_began_with_and_the_next_begins_under_the_new_one(scripted, path, tmp_path):
    go_on = tmp_path / "go on"
    first = ["The owl sits. ", {"wait": str(go_on)}, "The falcon flies."]
    with scripted.open(first, ["The owl and the falcon."], policy_file=path) as workspace:
        old = workspace.policy.current().identity

        def change_it(event: object) -> None:
            is_writing = isinstance(event, PhaseProgressed) and event.phase is Phase.WRITING
            if is_writing and not go_on.exists():
                write(path, "2", "owl")
                workspace.policy.refresh()
                go_on.touch()

        session = workspace.session()
        ended = session.send("An owl and a falcon?", on_event=change_it)
        new = workspace.policy.current().identity
        assert (old.version, new.version) == ("1", "2")
        began = session.send("An owl and a falcon?", on_event=scripted.listen)

        texts = [message.text for message in workspace.conversations.messages(session.conversation_id)]
        assert texts == [
            "An owl and a [bird masked]?", "The owl sits. The [bird masked] flies.",
            "An [bird masked] and a falcon?", "The [bird masked] and the falcon.",
        ]  # fmt: skip
        assert [mark.policy for mark in ended.message.marks] == [old]
        assert [mark.policy for mark in began.message.marks] == [new]
        masked = records(workspace, IncidentEvent.FILTER_MASK)
        assert [record.policy_digest for record in masked] == [old.digest] * 2 + [new.digest] * 2
        assert [record.policy_version for record in masked] == ["1", "1", "2", "2"]
        loaded = records(workspace, IncidentEvent.POLICY_LOADED)
        assert [(record.policy_digest, record.details["previous"]) for record in loaded] == [
            (old.digest, ""), (new.digest, old.digest),
        ]  # fmt: skip
        assert workspace.incidents.verify().is_intact


def test_a_turn_finds_a_change_by_itself(scripted, path):
    with scripted.open(["The owl."], policy_file=path) as workspace:
        write(path, "2", "owl")
        ended = workspace.session().send("Hello", on_event=scripted.listen)
        assert ended.message.text == "The [bird masked]."


def test_the_check_of_the_whole_answer_is_under_the_policy_that_the_turn_began_with(scripted, path, monkeypatch):
    checked = []

    def check_whole(self, visible):
        checked.append(self.identity.version)

    monkeypatch.setattr(PolicyFilter, "check_whole", check_whole)
    with scripted.open(["Hi."], policy_file=path) as workspace:

        def change_it(event: object) -> None:
            if isinstance(event, AnswerStarted):
                write(path, "2", "owl")
                workspace.policy.refresh()

        workspace.session().send("Hello", on_event=change_it)
        assert workspace.policy.current().identity.version == "2"
    assert checked == ["1"]


def test_text_leaves_under_the_policy_in_force_by_then(scripted, path):
    with scripted.open(["The owl."], policy_file=path) as workspace:
        session = workspace.session()
        session.send("Hello", on_event=scripted.listen)
        write(path, "2", "owl")
        assert outgoing_text(workspace, VisibleText("The owl.")).text == "The [bird masked]."
        assert "The [bird masked]." in export_conversation(
            workspace, session.conversation_id, "markdown", say_note=say_note
        )
        assert {record.policy_version for record in records(workspace, IncidentEvent.FILTER_MASK)} == {"2"}


def test_the_filter_of_a_policy_is_made_once_however_often_it_comes_back(scripted, path, monkeypatch):
    with scripted.open(policy_file=path) as workspace:
        first = workspace.filters.in_force()
        write(path, "2", "owl")
        assert workspace.filters.in_force() is not first
        write(path, "1", "falcon")
        assert workspace.filters.in_force() is first


def test_the_filter_is_made_by_who_notices_the_change_not_by_the_turn(scripted, path, monkeypatch):
    with scripted.open(policy_file=path) as workspace:
        write(path, "2", "owl")
        workspace.policy.refresh()
        monkeypatch.setattr("strongroom.chat.filtering.compile_policy", lambda _: pytest.fail("made in the turn"))
        assert workspace.filters.in_force().identity.version == "2"


# Refusals


def test_nothing_is_sent_while_the_changed_policy_is_not_valid(scripted, path):
    with scripted.open(["One."], ["Two."], policy_file=path) as workspace:
        session = workspace.session()
        session.send("Hello", on_event=scripted.listen)
        old = workspace.policy.current().identity
        broken = path.read_text(encoding="utf-8") + "colour = 1\n"
        path.write_text(broken, encoding="utf-8")
        for _ in range(2):
            with pytest.raises(UserFacingError) as refused:
                session.send("Again", on_event=scripted.listen)
        assert refused.value.code == "policy.invalid"
        assert str(path) in explain(refused.value).sentence
        assert len(scripted.requests()) == 1
        assert len(workspace.conversations.messages(session.conversation_id)) == 2
        (rejected,) = records(workspace, IncidentEvent.POLICY_REJECTED)
        assert rejected.details["source"] == str(path)
        assert rejected.details["reason"] == "policy.invalid"
        assert rejected.details["content"].startswith("sha256:")

        write(path, "1", "falcon")
        session.send("Again", on_event=scripted.listen)
        loaded = records(workspace, IncidentEvent.POLICY_LOADED)
        assert [record.policy_digest for record in loaded] == [old.digest, old.digest]


def test_nothing_is_sent_once_the_policy_file_is_gone(scripted):
    scripted.paths.ensure()
    path = write(scripted.paths.policy, "1", "falcon")
    with scripted.open(["One."]) as workspace:
        path.unlink()
        with pytest.raises(UserFacingError) as refused:
            workspace.session().send("Hello", on_event=scripted.listen)
        assert refused.value.code == "policy.vanished"
        assert [record.details["reason"] for record in records(workspace, IncidentEvent.POLICY_REJECTED)] == [
            "policy.vanished"
        ]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
def test_a_data_folder_whose_policy_is_a_broken_link_is_not_opened(scripted):
    scripted.paths.ensure()
    scripted.paths.policy.symlink_to("missing.toml")
    with pytest.raises(UserFacingError) as refused:
        scripted.open(["Never."])
    assert refused.value.code == "policy.broken_link"


def test_nothing_leaves_while_no_policy_is_in_force(scripted, path):
    with scripted.open(policy_file=path) as workspace:
        path.write_text("colour = 1\n", encoding="utf-8")
        with pytest.raises(UserFacingError) as refused:
            outgoing_text(workspace, VisibleText("The owl."))
        assert refused.value.code == "policy.invalid"


def test_no_model_is_loaded_while_no_policy_is_in_force(scripted, path, never):
    with scripted.open(["Never."], policy_file=path) as workspace:
        path.write_text("colour = 1\n", encoding="utf-8")
        workspace.policy.refresh()
        with pytest.raises(UserFacingError) as refused:
            workspace.models.load(on_event=scripted.listen, cancel=never)
        assert refused.value.code == "policy.invalid"
        assert scripted.loads() == []


def test_a_change_that_cannot_be_recorded_takes_no_effect_and_nothing_is_sent(scripted, path, monkeypatch):
    with scripted.open(["One."], policy_file=path) as workspace:
        append = IncidentLog.append

        def full(self, record):
            if record.event is IncidentEvent.POLICY_LOADED:
                raise OSError("no space left")
            return append(self, record)

        write(path, "2", "owl")
        with monkeypatch.context() as patch:
            patch.setattr(IncidentLog, "append", full)
            for _ in range(2):
                with pytest.raises(UserFacingError) as refused:
                    workspace.session().send("Hello", on_event=scripted.listen)
                assert refused.value.code == "incidents.not_writable"
        ended = workspace.session().send("The owl", on_event=scripted.listen)
        assert ended.message.state is MessageState.COMPLETE
        assert [record.policy_version for record in records(workspace, IncidentEvent.POLICY_LOADED)] == ["1", "2"]


# What a policy says about models and the hub holds from the moment it changes


def test_a_loaded_model_that_is_isolated_too_little_for_the_new_policy_does_not_answer(scripted, path):
    scripted.missing = ["file_rules"]
    with scripted.open(["One."], ["Two."], policy_file=path, setup=ProcessSetup(FULL)) as workspace:
        session = workspace.session()
        session.send("Hello", on_event=scripted.listen)
        write(path, "2", "falcon", '[isolation]\nminimum = "full"')
        with pytest.raises(UserFacingError) as refused:
            session.send("Again", on_event=scripted.listen)
        assert refused.value.code == "isolation.refused"
        assert len(scripted.requests()) == 1
        assert [record.details["least"] for record in records(workspace, IncidentEvent.ISOLATION_REFUSED)] == ["full"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has sealed memory")
def test_a_model_that_runs_from_its_file_is_loaded_anew_once_the_policy_asks_for_a_sealed_copy(scripted, path):
    with scripted.open(["One."], policy_file=path) as workspace:
        session = workspace.session()
        session.send("Hello", on_event=scripted.listen)
        write(path, "2", "falcon", "[models]\nsealed_copy = true")
        session.send("Again", on_event=scripted.listen)
        targets = [load[0]["target"].startswith("/memfd:strongroom-model") for load in scripted.loads()]
        assert targets == [False, True]


@pytest.mark.parametrize("content", ["colour = 1\n", None])
def test_the_hub_is_not_asked_once_the_policy_forbids_it_or_is_refused(scripted, path, content):
    with scripted.open(policy_file=path) as workspace:
        if content is None:
            write(path, "2", "falcon", "[hub]\nis_allowed = false")
        else:
            path.write_text(content, encoding="utf-8")
        workspace.policy.refresh()
        with pytest.raises(HubFault) as refused:
            workspace.catalog.search(SearchQuery("anything"), cancel=threading.Event())
        assert refused.value.code == "hub.not_allowed"
        assert workspace.egress.verify().entries == 0


def test_the_settings_cannot_take_a_hub_back_from_the_policy_after_a_change(scripted, path):
    with scripted.open(policy_file=path) as workspace:
        write(path, "2", "falcon", "[hub]\nis_allowed = false")
        workspace.policy.refresh()
        workspace.change_settings(offline=False)
        with pytest.raises(HubFault):
            workspace.catalog.search(SearchQuery("anything"), cancel=threading.Event())


def test_a_text_is_tried_under_the_policy_in_force(scripted, path):
    with scripted.open(policy_file=path) as workspace:
        write(path, "2", "owl")
        assert workspace.filters.filter_text("The owl.", Direction.ANSWER).text == "The [bird masked]."
