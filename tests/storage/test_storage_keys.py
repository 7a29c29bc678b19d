# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Where the keys come from, in which order, and every refusal by its name."""

import json
import os
import stat
import subprocess
import sys
import threading
import time
import unicodedata

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.backends.fail import Keyring as FailKeyring
from keyring.errors import InitError, KeyringLocked

from strongroom.storage import (
    KEY_FILE_VARIABLE,
    KeyProblem,
    KeyRefused,
    KeySource,
    obtain_keys,
    open_conversations,
    set_passphrase,
)
from strongroom.storage.key_record import KeyPair
from strongroom.storage.passphrase import ArgonCost, unwrap_keys, wrap_keys
from strongroom.words import explain, say_statement

PASSPHRASE = "correct horse battery staple"
posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows keeps access lists instead of modes")


class KeepingKeyring(KeyringBackend):
    """Keeps what it is given; stands in for the system's keyring, which a test must not touch."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.failure: Exception | None = None
        self.blocker: threading.Event | None = None

    def _pass(self) -> None:
        if self.blocker is not None:
            self.blocker.wait()
        if self.failure is not None:
            raise self.failure

    def get_password(self, service, username):
        self._pass()
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self._pass()
        self.kept[service, username] = password

    def delete_password(self, service, username):
        self._pass()
        del self.kept[service, username]


# The allow-list goes by the module of the class.
RealKeyring = type("Keyring", (KeepingKeyring,), {"__module__": "keyring.backends.SecretService"})
OtherRealKeyring = type("DBusKeyring", (KeepingKeyring,), {"__module__": "keyring.backends.kwallet"})
PlaintextKeyring = type("PlaintextKeyring", (KeepingKeyring,), {"__module__": "keyrings.alt.file"})


@pytest.fixture
def real():
    backend = RealKeyring()
    keyring.set_keyring(backend)
    return backend


@pytest.fixture
def key_file(tmp_path, monkeypatch):
    path = tmp_path / "keys" / "strongroom.key"
    path.parent.mkdir()
    monkeypatch.setenv(KEY_FILE_VARIABLE, str(path))
    return path


def refused(paths, **arguments) -> KeyRefused:
    before = {path: path.read_bytes() for path in paths.root.iterdir() if path.is_file()}
    with pytest.raises(KeyRefused) as refusal:
        obtain_keys(paths, **arguments)
    assert {path: path.read_bytes() for path in paths.root.iterdir() if path.is_file()} == before
    assert explain(refusal.value).message
    assert explain(refusal.value).next_step
    assert refusal.value.code == f"keys.{refusal.value.problem.value}"
    return refusal.value


# Memory only


def test_without_any_source_nothing_is_kept_and_it_says_so(paths):
    keys = obtain_keys(paths)

    assert (keys.source, keys.chats, keys.incidents) == (KeySource.MEMORY, None, None)
    assert "Nothing is kept" in say_statement(keys.description)
    assert KEY_FILE_VARIABLE in say_statement(keys.description)
    assert list(paths.root.iterdir()) == []


def test_a_declined_passphrase_means_that_nothing_is_kept(paths):
    asked = []

    keys = obtain_keys(paths, passphrase=lambda is_new: asked.append(is_new))

    assert (keys.source, asked) == (KeySource.MEMORY, [True])
    assert not paths.key_record.exists()


# Key file


def test_a_key_file_is_made_and_used_again(paths, key_file):
    keys = obtain_keys(paths)

    assert keys.source is KeySource.KEY_FILE
    assert len(keys.chats) == len(keys.incidents) == 32
    assert keys.chats != keys.incidents
    assert str(key_file) in say_statement(keys.description)
    assert obtain_keys(paths) == keys


@posix_only
def test_a_key_file_is_readable_by_its_owner_only(paths, key_file):
    obtain_keys(paths)

    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(paths.key_record.stat().st_mode) == 0o600


def test_a_key_is_shown_neither_by_repr_nor_in_the_record(paths, key_file):
    keys = obtain_keys(paths)

    for text in (repr(keys), str(keys), paths.key_record.read_text()):
        for key in (keys.chats, keys.incidents):
            assert key.hex() not in text
            assert repr(key) not in text


def test_two_data_folders_may_share_a_key_file(paths, key_file, tmp_path):
    other = type(paths)(tmp_path / "other")
    other.ensure()

    assert obtain_keys(paths).chats == obtain_keys(other).chats


def test_a_key_file_is_found_again_without_the_variable(paths, key_file, monkeypatch):
    keys = obtain_keys(paths)
    monkeypatch.delenv(KEY_FILE_VARIABLE)

    assert obtain_keys(paths) == keys


def test_a_key_file_that_was_moved_is_found_under_its_new_name(paths, key_file, monkeypatch):
    keys = obtain_keys(paths)
    moved = key_file.rename(key_file.with_name("moved.key"))
    monkeypatch.setenv(KEY_FILE_VARIABLE, str(moved))

    assert obtain_keys(paths).chats == keys.chats


def test_a_missing_key_file_of_existing_databases_is_refused_and_not_made_anew(paths, key_file):
    obtain_keys(paths)
    key_file.unlink()

    assert refused(paths).problem is KeyProblem.KEY_FILE_MISSING
    assert not key_file.exists()


def test_another_key_file_than_that_of_the_databases_is_refused(paths, key_file):
    obtain_keys(paths)
    content = key_file.read_text()
    key_file.write_text(content[:-2] + ("0" if content[-2] != "0" else "1") + "\n")

    assert refused(paths).problem is KeyProblem.WRONG_KEYS


@posix_only
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o602])
def test_a_key_file_that_others_can_use_is_refused(paths, key_file, mode):
    obtain_keys(paths)
    key_file.chmod(mode)

    refusal = refused(paths)

    assert refusal.problem is KeyProblem.KEY_FILE_EXPOSED
    assert f"{mode:04o}" in explain(refusal).message
    assert "chmod 600" in explain(refusal).next_step


@posix_only
def test_a_key_file_that_others_can_use_is_refused_at_the_first_start_too(paths, key_file, tmp_path):
    obtain_keys(paths)
    key_file.chmod(0o644)
    other = type(paths)(tmp_path / "other")
    other.ensure()

    assert refused(other).problem is KeyProblem.KEY_FILE_EXPOSED
    assert not other.key_record.exists()


@posix_only
def test_a_key_file_of_another_user_is_refused(paths, key_file, monkeypatch):
    obtain_keys(paths)
    monkeypatch.setattr(os, "geteuid", lambda: key_file.stat().st_uid + 1)

    assert refused(paths).problem is KeyProblem.KEY_FILE_EXPOSED


@pytest.mark.parametrize(
    "content",
    [b"", b"0" * 64, b"strongroom-keys 1\n", b"\xff\xfe", b"chats x\nincidents y\n", b"x" * 10_000],
    ids=["empty", "one key", "cut", "binary", "other form", "long"],
)
def test_a_malformed_key_file_is_refused_and_left_alone(paths, key_file, content):
    key_file.write_bytes(content)
    key_file.chmod(0o600)

    assert refused(paths).problem is KeyProblem.KEY_FILE_MALFORMED
    assert key_file.read_bytes() == content


@posix_only
def test_a_named_pipe_as_key_file_is_refused_and_does_not_hang(paths, key_file):
    os.mkfifo(key_file, 0o600)

    assert refused(paths).problem is KeyProblem.KEY_FILE_MALFORMED


def test_a_folder_as_key_file_is_refused(paths, key_file):
    key_file.mkdir()

    assert refused(paths).problem in (KeyProblem.KEY_FILE_MALFORMED, KeyProblem.KEY_FILE_UNREADABLE)


def test_a_key_file_in_a_folder_that_does_not_exist_is_refused(paths, key_file):
    key_file.parent.rmdir()

    assert refused(paths).problem is KeyProblem.KEY_FILE_UNREADABLE


def test_several_starts_at_once_end_with_the_same_keys(paths, key_file):
    found = []
    threads = [threading.Thread(target=lambda: found.append(obtain_keys(paths))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert len({keys.chats for keys in found}) == 1
    assert sorted(path.name for path in key_file.parent.iterdir()) == [key_file.name]
    assert sorted(path.name for path in paths.root.iterdir()) == ["keys.json"]


# The record


def test_databases_without_a_record_are_refused_and_not_overwritten(paths, key, key_file):
    open_conversations(paths.chats, key).close()

    assert refused(paths).problem is KeyProblem.RECORD_MISSING
    assert not key_file.exists()


@pytest.mark.parametrize("name", ["incidents", "incident_anchor"])
def test_what_is_left_of_an_incident_log_without_a_record_is_refused_too(paths, name):
    getattr(paths, name).write_bytes(b"anything")

    assert refused(paths).problem is KeyProblem.RECORD_MISSING


@pytest.mark.parametrize(
    "content",
    [
        "", "{", "[]", "null", '"x"', "{}", "[" * 100_000,
        '{"version": 2, "source": "key_file", "check": "", "facts": {}}',
        '{"version": 1, "source": "memory", "check": "", "facts": {}}',
        '{"version": 1, "source": "sticky note", "check": "", "facts": {}}',
        '{"version": 1, "source": "key_file", "check": 3, "facts": {}}',
        '{"version": 1, "source": "key_file", "check": "", "facts": {}}',
        '{"version": 1, "source": "keyring", "check": "", "facts": {}}',
        '{"version": 1, "source": "passphrase", "check": "", "facts": {}}',
    ],
)  # fmt: skip
def test_a_damaged_record_is_refused_and_left_alone(paths, content):
    paths.key_record.write_text(content)

    assert refused(paths, passphrase=lambda _: PASSPHRASE).problem is KeyProblem.RECORD_DAMAGED


# Keyring


def test_a_real_keyring_comes_first_and_keeps_the_keys_apart(paths, real, key_file):
    keys = obtain_keys(paths, passphrase=lambda _: pytest.fail("asked for a passphrase"))

    assert keys.source is KeySource.KEYRING
    assert "keyring" in say_statement(keys.description)
    assert sorted(real.kept.values()) == sorted((keys.chats.hex(), keys.incidents.hex()))
    assert obtain_keys(paths) == keys
    assert not key_file.exists()


def test_each_data_folder_has_keys_of_its_own_in_the_keyring(paths, real, tmp_path):
    other = type(paths)(tmp_path / "other")
    other.ensure()

    assert obtain_keys(paths).chats != obtain_keys(other).chats


def test_a_moved_data_folder_finds_its_keys(paths, real, tmp_path):
    keys = obtain_keys(paths)
    moved = type(paths)(paths.root.rename(tmp_path / "moved"))

    assert obtain_keys(moved) == keys


@pytest.mark.parametrize("backend", [PlaintextKeyring, KeepingKeyring, FailKeyring])
def test_a_keyring_that_is_not_the_systems_own_is_refused(paths, backend):
    chosen = backend()
    keyring.set_keyring(chosen)

    assert obtain_keys(paths).source is KeySource.MEMORY
    assert not getattr(chosen, "kept", None)


def test_of_a_chain_only_the_real_keyring_is_used(paths, monkeypatch):
    plaintext, real = PlaintextKeyring(), RealKeyring()
    monkeypatch.setattr(ChainerBackend, "backends", [plaintext, real])
    keyring.set_keyring(ChainerBackend())

    assert obtain_keys(paths).source is KeySource.KEYRING
    assert (len(plaintext.kept), len(real.kept)) == (0, 2)


def test_a_chain_without_a_real_keyring_is_refused(paths, monkeypatch):
    monkeypatch.setattr(ChainerBackend, "backends", [PlaintextKeyring()])
    keyring.set_keyring(ChainerBackend())

    assert obtain_keys(paths).source is KeySource.MEMORY


def test_a_locked_keyring_at_the_first_start_means_that_nothing_is_kept_and_says_why(paths, real):
    real.failure = KeyringLocked("no")

    keys = obtain_keys(paths)

    assert keys.source is KeySource.MEMORY
    assert "keyring locked" in say_statement(keys.description)


def test_a_locked_keyring_of_existing_databases_is_refused(paths, real, key_file):
    obtain_keys(paths)
    real.failure = KeyringLocked("no")

    assert refused(paths, passphrase=lambda _: PASSPHRASE).problem is KeyProblem.KEYRING_LOCKED
    assert not key_file.exists()


@pytest.mark.parametrize("failure", [InitError("no bus"), RuntimeError("broken"), OSError(5, "I/O"), KeyError("x")])
def test_any_trouble_of_the_keyring_is_refused_with_a_sentence(paths, real, failure):
    obtain_keys(paths)
    real.failure = failure

    assert refused(paths).problem is KeyProblem.KEYRING_UNAVAILABLE


def test_a_keyring_that_lost_its_entries_is_refused(paths, real):
    obtain_keys(paths)
    real.kept.popitem()

    assert refused(paths).problem is KeyProblem.KEYRING_EMPTY
    assert len(real.kept) == 1


def test_a_keyring_with_other_entries_is_refused(paths, real):
    obtain_keys(paths)
    real.kept = dict.fromkeys(real.kept, "00" * 32)

    assert refused(paths).problem is KeyProblem.WRONG_KEYS


def test_a_keyring_with_senseless_entries_is_refused(paths, real):
    obtain_keys(paths)
    real.kept = dict.fromkeys(real.kept, "not hex")

    assert refused(paths).problem is KeyProblem.WRONG_KEYS


def test_another_real_keyring_than_the_recorded_one_is_refused(paths, real):
    obtain_keys(paths)
    keyring.set_keyring(OtherRealKeyring())

    refusal = refused(paths)

    assert refusal.problem is KeyProblem.KEYRING_CHANGED
    assert "KWallet" in explain(refusal).message


def test_no_keyring_where_one_is_recorded_is_refused(paths, real):
    obtain_keys(paths)
    keyring.set_keyring(FailKeyring())

    assert refused(paths).problem is KeyProblem.KEYRING_CHANGED


def test_a_keyring_that_forgets_at_once_is_refused(paths, real, monkeypatch):
    monkeypatch.setattr(RealKeyring, "set_password", lambda *_: None)

    assert obtain_keys(paths).source is KeySource.MEMORY


def test_a_hanging_keyring_is_refused_in_time(paths, real, monkeypatch):
    obtain_keys(paths)
    monkeypatch.setattr("strongroom.storage.os_keyring.ACCESS_LIMIT_S", 0.1)
    real.blocker = threading.Event()
    began = time.monotonic()

    assert refused(paths).problem is KeyProblem.KEYRING_UNAVAILABLE
    assert time.monotonic() - began < 20
    real.blocker.set()


def test_a_start_that_came_second_leaves_no_entries_in_the_keyring(paths, real, monkeypatch):
    """Another process writes its record while this one is still making its entries."""
    winner = type(paths)(paths.root)
    original = RealKeyring.set_password
    state = {"raced": False}

    def racing(self, service, username, password):
        original(self, service, username, password)
        if not state["raced"]:
            state["raced"] = True
            obtain_keys(winner)

    monkeypatch.setattr(RealKeyring, "set_password", racing)
    keys = obtain_keys(paths)

    assert len(real.kept) == 2
    assert obtain_keys(paths) == keys


HANGING_BUS = """
import socket, sys, time
from pathlib import Path
from strongroom.core.paths import DataPaths
from strongroom.storage import obtain_keys, os_keyring
from strongroom.words import say_statement

os_keyring.PROBE_LIMIT_S = 0.5
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1] + "/bus")
listener.listen()
began = time.monotonic()
keys = obtain_keys(DataPaths(Path(sys.argv[1])))
print(keys.source.value, time.monotonic() - began, say_statement(keys.description))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is the keyring's way on Linux")
def test_a_session_bus_that_never_answers_does_not_hang_the_start(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "PYTHON_KEYRING_BACKEND"}
    environment |= {
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/bus",
        "XDG_CONFIG_HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path),
    }
    finished = subprocess.run(
        [sys.executable, "-c", HANGING_BUS, str(tmp_path)], env=environment, capture_output=True, text=True, timeout=30
    )

    assert finished.returncode == 0, finished.stderr
    source, seconds, description = finished.stdout.split(maxsplit=2)
    assert source == "memory"
    assert float(seconds) < 20
    assert "no answer within 0.5 seconds" in description


# Passphrase


def test_a_passphrase_locks_and_opens(paths):
    asked = []

    def prompt(is_new):
        asked.append(is_new)
        return PASSPHRASE

    keys = obtain_keys(paths, passphrase=prompt)

    assert keys.source is KeySource.PASSPHRASE
    assert obtain_keys(paths, passphrase=prompt) == keys
    assert asked == [True, False]
    assert refused(paths, passphrase=lambda _: "correct horse battery stable").problem is KeyProblem.PASSPHRASE_WRONG
    assert refused(paths, passphrase=lambda _: None).problem is KeyProblem.PASSPHRASE_NEEDED
    assert refused(paths, passphrase=lambda _: "").problem is KeyProblem.PASSPHRASE_NEEDED
    assert refused(paths).problem is KeyProblem.PASSPHRASE_NEEDED


def test_the_record_of_a_passphrase_names_its_costs_and_no_secret(paths):
    keys = set_passphrase(paths, PASSPHRASE)
    text = paths.key_record.read_text()
    facts = json.loads(text)["facts"]

    assert (facts["kdf"], facts["memory_kib"], facts["passes"], facts["lanes"]) == ("argon2id", 65536, 3, 4)
    assert PASSPHRASE not in text
    assert keys.chats.hex() not in text


def test_a_passphrase_that_is_too_short_is_refused(paths):
    assert refused(paths, passphrase=lambda _: "1234567").problem is KeyProblem.PASSPHRASE_TOO_SHORT
    assert not paths.key_record.exists()


def test_a_memory_only_user_can_set_a_passphrase_for_the_next_start(paths):
    assert obtain_keys(paths).source is KeySource.MEMORY
    keys = set_passphrase(paths, PASSPHRASE)

    assert obtain_keys(paths, passphrase=lambda _: PASSPHRASE) == keys


def test_a_passphrase_over_existing_keys_is_refused(paths, key_file):
    obtain_keys(paths)
    with pytest.raises(KeyRefused) as refusal:
        set_passphrase(paths, PASSPHRASE)
    assert refusal.value.problem is KeyProblem.RECORD_EXISTS


def test_a_passphrase_over_databases_without_a_record_is_refused(paths, key):
    open_conversations(paths.chats, key).close()
    with pytest.raises(KeyRefused) as refusal:
        set_passphrase(paths, PASSPHRASE)
    assert refusal.value.problem is KeyProblem.RECORD_MISSING


CHEAP = ArgonCost(memory_kib=8192, passes=1, lanes=1)
PAIR = KeyPair(b"c" * 32, b"i" * 32)


def test_a_passphrase_opens_however_its_accents_were_typed():
    composed = unicodedata.normalize("NFC", "déjà vu à Orléans")
    decomposed = unicodedata.normalize("NFD", composed)
    assert composed != decomposed

    assert unwrap_keys(wrap_keys(PAIR, composed, CHEAP), decomposed) == PAIR


def test_the_wrapped_keys_cannot_be_exchanged():
    facts = wrap_keys(PAIR, PASSPHRASE, CHEAP)
    facts["chats"], facts["incidents"] = facts["incidents"], facts["chats"]

    with pytest.raises(KeyRefused):
        unwrap_keys(facts, PASSPHRASE)


@pytest.mark.parametrize("name", ["chats", "incidents", "salt"])
def test_a_changed_byte_of_the_wrapped_keys_is_refused(name):
    facts = wrap_keys(PAIR, PASSPHRASE, CHEAP)
    facts[name] = ("0" if facts[name][0] != "0" else "1") + facts[name][1:]

    with pytest.raises(KeyRefused):
        unwrap_keys(facts, PASSPHRASE)


@pytest.mark.parametrize(
    "change",
    [
        {"memory_kib": 2**40}, {"memory_kib": 1}, {"passes": 0}, {"lanes": 0}, {"passes": 10**9}, {"salt": "00"},
        {"chats": ""}, {"chats": "zz"}, {"kdf": "md5"}, {"cipher": "none"}, {"memory_kib": None}, {"salt": 3},
    ],
    ids=str,
)  # fmt: skip
def test_impossible_facts_about_a_passphrase_are_refused(change):
    facts = wrap_keys(PAIR, PASSPHRASE, CHEAP) | change

    with pytest.raises(ValueError, match=r"."):
        unwrap_keys(facts, PASSPHRASE)


def test_the_same_passphrase_wraps_differently_each_time():
    first, second = (wrap_keys(PAIR, PASSPHRASE, CHEAP) for _ in range(2))

    assert first["salt"] != second["salt"]
    assert first["chats"] != second["chats"]
