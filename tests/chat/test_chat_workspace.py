# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A data folder as a whole: what opens it, what is refused, and what a session in memory can still keep."""

import pytest

from strongroom.core.errors import UserFacingError
from strongroom.core.incident import IncidentEvent
from strongroom.incidents import IncidentLogDamaged
from strongroom.policy import PolicyError
from strongroom.storage import KeyRefused
from strongroom.words import explain

PASSPHRASE = "correct horse battery staple"


@pytest.fixture
def without_keys(monkeypatch):
    """No keyring, no key file: a session in memory."""
    monkeypatch.delenv("STRONGROOM_KEY_FILE")


def test_without_a_key_nothing_is_written_and_the_session_says_so(scripted, without_keys):
    with scripted.open(["An answer."]) as workspace:
        workspace.session().send("Hello", on_event=scripted.listen)
        assert not workspace.is_persistent
        assert workspace.storage_note
        assert len(workspace.conversations.list()) == 1
    assert not scripted.paths.chats.exists()
    assert not scripted.paths.incidents.exists()
    with scripted.open() as workspace:
        assert workspace.conversations.list() == []


def test_a_session_in_memory_can_still_be_kept(scripted, without_keys):
    with scripted.open(["Mail anna@example.org."], ["More."]) as workspace:
        session = workspace.session()
        session.send("Before", on_event=scripted.listen)
        workspace.start_keeping(PASSPHRASE)
        assert workspace.is_persistent
        session.send("After", on_event=scripted.listen)
        recorded = workspace.incidents.count()
    with scripted.open(passphrase=lambda is_new: None if is_new else PASSPHRASE) as workspace:
        texts = [message.text for message in workspace.conversations.messages(session.conversation_id)]
        assert texts == ["Before", "Mail [e-mail masked].", "After", "More."]
        assert workspace.incidents.verify().is_intact
        assert workspace.incidents.count() == recorded
    for path in (scripted.paths.chats, scripted.paths.incidents):
        assert b"Before" not in path.read_bytes()


def test_a_wrong_passphrase_is_refused(scripted, without_keys):
    with scripted.open(passphrase=lambda is_new: PASSPHRASE):
        pass
    with pytest.raises(KeyRefused):
        scripted.open(passphrase=lambda is_new: "another one entirely")


def test_a_short_passphrase_is_refused_and_the_session_goes_on(scripted, without_keys):
    with scripted.open(["Still here."]) as workspace:
        with pytest.raises(UserFacingError):
            workspace.start_keeping("abc")
        assert not workspace.is_persistent
        assert workspace.session().send("Hello", on_event=scripted.listen).message.text == "Still here."


def test_a_policy_that_is_not_valid_is_refused_and_recorded(scripted):
    broken = scripted.policy("version = 1\nname = 'x'\nrevision = '1'\ncolour = 'red'\n")
    with pytest.raises(PolicyError) as refusal:
        scripted.open(policy_file=broken)
    assert "line 4" in explain(refusal.value).message
    with scripted.open() as workspace:
        assert workspace.incidents.entries(event=IncidentEvent.POLICY_REJECTED)


def test_a_policy_that_is_missing_is_refused(scripted, tmp_path):
    with pytest.raises(UserFacingError) as refusal:
        scripted.open(policy_file=tmp_path / "no-policy.toml")
    assert refusal.value.code == "policy.unreadable"


def test_the_policy_of_the_data_folder_is_in_force_and_recorded_once(scripted):
    scripted.paths.ensure()
    scripted.paths.policy.write_text("version = 1\nname = 'House'\nrevision = '7'\nrules = []\n", encoding="utf-8")
    for _ in range(2):
        with scripted.open() as workspace:
            assert (workspace.policy.latest.identity.name, workspace.policy.latest.identity.version) == ("House", "7")
    with scripted.open() as workspace:
        assert len(workspace.incidents.entries(event=IncidentEvent.POLICY_LOADED)) == 1


def test_a_damaged_log_refuses_every_message_but_lets_the_chats_be_read(scripted):
    with scripted.open(["Mail anna@example.org."]) as workspace:
        workspace.session().send("Hello", on_event=scripted.listen)
    scripted.paths.incident_anchor.unlink()
    with scripted.open(["never"]) as workspace:
        assert len(workspace.conversations.list()) == 1
        with pytest.raises(IncidentLogDamaged):
            workspace.session().send("Hello again", on_event=scripted.listen)
        assert not workspace.incidents.verify().is_intact


def test_a_bad_setting_is_refused_and_changes_nothing(scripted):
    with scripted.open() as workspace:
        before = workspace.settings
        with pytest.raises(UserFacingError):
            workspace.change_settings(temperature=99.0)
        assert workspace.settings == before
        assert not scripted.paths.settings.exists()
