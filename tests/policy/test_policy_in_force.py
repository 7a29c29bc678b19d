# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The policy in force: which layer counts, what a change on disk does, and each way in which it is refused."""

import hashlib
import os
import sys
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from strongroom.core.errors import UserFacingError
from strongroom.policy import (
    BUILT_IN,
    Layer,
    LayerKind,
    PolicyChange,
    PolicyError,
    PolicyInForce,
    ValueOrigin,
    default_policy,
    user_layers,
)
from strongroom.policy.loading import LARGEST_POLICY
from strongroom.policy.toml_locations import MOST_KEY_PARTS
from strongroom.words import explain

RULE = '[[rules]]\nid = "mail"\ncategory = "pii.email"\naction = "mask"\ndetector = { type = "email" }\n'
POSIX_ONLY = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


def text(revision: str, *more: str) -> str:
    return f'version = 1\nname = "House"\nrevision = "{revision}"\n' + "\n".join(more or ["rules = []\n"])


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "policy.toml"


@pytest.fixture
def policy(path) -> PolicyInForce:
    return PolicyInForce(user_layers(path))


@pytest.fixture
def changes(policy) -> list[PolicyChange]:
    told: list[PolicyChange] = []
    policy.subscribe(told.append)
    return told


def write(path: Path, content: str, *, seconds_ago: float = 0) -> None:
    path.write_text(content, encoding="utf-8")
    then = time.time() - seconds_ago
    os.utime(path, (then, then))


def revision(policy: PolicyInForce) -> str:
    policy.refresh()
    return policy.current().identity.version


def refusal(policy: PolicyInForce) -> UserFacingError:
    """Return why nothing is in force, which has to be said at once."""
    began = time.monotonic()
    policy.refresh()
    with pytest.raises(UserFacingError) as refused:
        policy.current()
    assert time.monotonic() - began < 1
    assert policy.refusal is refused.value
    return refused.value


# Layers


def test_without_a_file_the_built_in_policy_is_in_force(policy):
    snapshot = policy.current()
    assert snapshot.policy == default_policy()
    assert (snapshot.layer.kind, snapshot.identity.source) == (LayerKind.BUILT_IN, BUILT_IN)


def test_the_most_specific_file_that_is_there_is_the_policy(tmp_path):
    organization, user = tmp_path / "organization.toml", tmp_path / "user.toml"
    policy = PolicyInForce((Layer(LayerKind.ORGANIZATION, organization), Layer(LayerKind.USER, user)))
    assert policy.current().layer.kind is LayerKind.BUILT_IN
    write(organization, text("organization"))
    assert revision(policy) == "organization"
    write(user, text("user"))
    assert revision(policy) == "user"
    assert policy.current().layer == Layer(LayerKind.USER, user)


def test_each_value_knows_where_it_comes_from(policy, path):
    write(path, text("1", 'presets = ["education"]', '[isolation]\nminimum = "reduced"\n', RULE))
    origins = policy.current().origins
    of_the_file = {"version": 1, "name": 2, "revision": 3, "presets": 4, "isolation.minimum": 6, "rules.mail": 8}
    for key, line in of_the_file.items():
        assert origins[key] == ValueOrigin(LayerKind.USER, str(path), line), key
    for key in ("description", "models.sealed_copy", "hub.is_allowed", "hub.endpoint"):
        assert origins[key] == ValueOrigin(LayerKind.BUILT_IN, BUILT_IN, None), key
    rules = {rule.id for rule in policy.current().policy.rules} - {"mail"}
    assert rules
    for rule in rules:
        assert origins[f"rules.{rule}"] == ValueOrigin(LayerKind.BUILT_IN, "preset education", None)


def test_every_value_of_the_format_has_an_origin(policy):
    origins = PolicyInForce().current().origins
    document = default_policy().document
    expected = {f"rules.{rule.id}" for rule in document.rules}
    for name, value in document:
        if name not in ("rules", "adjust"):
            tables = {f"{name}.{key}" for key in type(value).model_fields} if isinstance(value, BaseModel) else {name}
            expected |= tables
    assert origins.keys() == expected


def test_the_digest_is_the_same_whichever_line_ends_the_file_has(policy, path):
    path.write_bytes(text("1").replace("\n", "\r\n").encode())
    assert policy.current().identity.digest == f"sha256:{hashlib.sha256(text('1').encode()).hexdigest()}"


# Changes


def test_a_changed_file_takes_effect_at_the_next_look(policy, path, changes):
    write(path, text("1"))
    before = policy.current()
    write(path, text("2"))
    assert policy.current() is before
    assert revision(policy) == "2"
    assert [(change.before, change.now) for change in changes] == [(None, before), (before, policy.current())]
    assert before.identity.version == "1"


def test_a_file_that_appears_takes_effect(policy, path, changes):
    assert policy.current().layer.kind is LayerKind.BUILT_IN
    write(path, text("1"))
    assert revision(policy) == "1"
    assert len(changes) == 2


def test_a_replaced_file_of_the_same_size_and_time_takes_effect(policy, path, tmp_path):
    write(path, text("1"), seconds_ago=100)
    assert revision(policy) == "1"
    other = tmp_path / "other.toml"
    write(other, text("2"))
    status = path.stat()
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.replace(path)
    assert revision(policy) == "2"


def test_a_change_within_the_same_tick_of_the_clock_takes_effect(policy, path, monkeypatch):
    # Nothing but the content tells them apart, as on a file system that counts in seconds.
    monkeypatch.setattr("strongroom.policy.in_force.sign_of", lambda _: ("the same",))
    write(path, text("1"))
    assert revision(policy) == "1"
    write(path, text("2"))
    assert revision(policy) == "2"


def test_a_file_that_is_only_touched_changes_nothing(policy, path, changes):
    write(path, text("1"))
    before = policy.current()
    os.utime(path)
    policy.refresh()
    assert policy.current() is before
    assert len(changes) == 1


def test_an_unchanged_file_is_not_read_again(policy, path, monkeypatch):
    write(path, text("1"))
    monkeypatch.setattr("strongroom.policy.in_force.SETTLED_NS", -(10**18))
    assert revision(policy) == "1"
    monkeypatch.setattr("strongroom.policy.in_force.read_policy_file", lambda _: pytest.fail("it was read"))
    policy.refresh()


@POSIX_ONLY
def test_a_link_that_leads_to_another_file_takes_effect(policy, path, tmp_path):
    for version in ("1", "2"):
        write(tmp_path / f"{version}.toml", text(version), seconds_ago=100)
    path.symlink_to("1.toml")
    assert revision(policy) == "1"
    path.unlink()
    path.symlink_to("2.toml")
    assert revision(policy) == "2"


def test_a_listener_that_has_left_hears_nothing(policy, path):
    told: list[PolicyChange] = []
    policy.subscribe(told.append)()
    policy.refresh()
    assert told == []


def test_looks_of_several_threads_tell_a_change_once(policy, path, changes):
    policy.refresh()
    write(path, text("1"))
    threads = [threading.Thread(target=policy.refresh) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [change.now.identity.version for change in changes[1:]] == ["1"]


# Preparations


def test_a_change_that_cannot_be_prepared_is_refused_and_tried_again(policy, path):
    write(path, text("1"))
    assert revision(policy) == "1"
    problems = [UserFacingError("incidents.not_writable", reason="full")]

    def prepare(change: PolicyChange) -> None:
        if problems and change.now is not None:
            raise problems[0]

    policy.before_change(prepare)
    write(path, text("2"))
    assert refusal(policy).code == "incidents.not_writable"
    assert refusal(policy).code == "incidents.not_writable"
    problems.clear()
    assert revision(policy) == "2"


def test_a_defect_while_preparing_is_refused_and_not_taken_for_the_policy_before(policy, path):
    write(path, text("1"))
    assert revision(policy) == "1"

    def prepare(change: PolicyChange) -> None:
        if change.now is not None:
            raise KeyError("compile")

    policy.before_change(prepare)
    write(path, text("2"))
    policy.refresh()
    with pytest.raises(UserFacingError) as refused:
        policy.current()
    assert refused.value.code == "policy.not_usable"


def test_a_change_is_prepared_before_it_is_in_force(policy, path):
    policy.refresh()
    seen = []
    policy.before_change(lambda change: seen.append((change.now.identity.version, policy.current().layer.kind)))
    write(path, text("1"))
    policy.refresh()
    assert seen == [("1", LayerKind.BUILT_IN)]


# Refusals


def test_a_changed_file_that_is_not_valid_is_refused_until_it_is(policy, path, changes):
    write(path, text("1"))
    before = policy.current()
    write(path, text("2", "colour = 1\n"))
    error = refusal(policy)
    assert isinstance(error, PolicyError)
    assert str(path) in explain(error).sentence
    assert "colour" in explain(error).sentence
    assert policy.latest is before
    refusal(policy)
    assert [change.refusal for change in changes] == [None, error]
    write(path, text("3"))
    assert revision(policy) == "3"
    assert changes[-1].before is before
    assert policy.refusal is None


def test_each_content_that_is_refused_is_told_once(policy, path, changes):
    for content in ("a = 1\n", "a = 1\n", "b = 1\n"):
        write(path, content)
        refusal(policy)
        refusal(policy)
    assert [change.content_digest for change in changes] == [
        f"sha256:{hashlib.sha256(content).hexdigest()}" for content in (b"a = 1\n", b"b = 1\n")
    ]


def test_a_file_that_is_gone_is_refused_until_it_is_back(policy, path):
    write(path, text("1"))
    assert revision(policy) == "1"
    path.unlink()
    error = refusal(policy)
    assert error.code == "policy.vanished"
    assert str(path) in explain(error).sentence
    write(path, text("1"))
    assert revision(policy) == "1"


def test_a_chosen_file_that_is_not_there_is_refused(path):
    error = refusal(PolicyInForce(user_layers(path.with_name("usual.toml"), path)))
    assert error.code == "policy.unreadable"
    assert str(path) in explain(error).sentence


@POSIX_ONLY
def test_a_link_to_nothing_is_refused(policy, path):
    path.symlink_to("missing.toml")
    error = refusal(policy)
    assert error.code == "policy.broken_link"
    assert str(path) in explain(error).sentence


@POSIX_ONLY
def test_a_loop_of_links_is_refused(policy, path):
    path.symlink_to("other.toml")
    path.with_name("other.toml").symlink_to("policy.toml")
    assert refusal(policy).code == "policy.broken_link"


@POSIX_ONLY
def test_a_pipe_is_refused_at_once(policy, path):
    os.mkfifo(path)
    assert refusal(policy).code == "policy.not_a_file"


@POSIX_ONLY
def test_an_endless_device_is_refused_at_once(policy, path):
    path.symlink_to("/dev/zero")
    assert refusal(policy).code == "policy.not_a_file"


def test_a_folder_is_refused(policy, path):
    path.mkdir()
    assert refusal(policy).code == "policy.not_a_file"


def test_a_file_that_is_too_large_is_refused_without_being_read(policy, path):
    with path.open("wb") as stream:
        stream.truncate(1 << 40 if sys.platform == "linux" else LARGEST_POLICY + 1)
    error = refusal(policy)
    assert error.code == "policy.too_large"
    assert f"{LARGEST_POLICY:,}" in explain(error).sentence


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file whose size is not told")
def test_a_file_that_grows_while_it_is_read_is_refused(policy, path, monkeypatch):
    monkeypatch.setattr("strongroom.policy.layers.LARGEST_POLICY", 10)
    path.symlink_to("/proc/self/status")
    assert refusal(policy).code == "policy.too_large"


def test_a_file_that_is_not_utf8_is_refused(policy, path):
    path.write_bytes(b"name = '\xff'\n")
    assert refusal(policy).code == "policy.unreadable"


@pytest.fixture
def ordinary_user():
    """Root may read everything, so the test is somebody else meanwhile."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(sys.platform == "win32", reason="has no such permissions")
def test_a_file_that_may_not_be_read_is_refused(ordinary_user):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "policy.toml"
        write(path, text("1"))
        path.chmod(0)
        policy = PolicyInForce(user_layers(path))
        assert refusal(policy).code == "policy.unreadable"


@pytest.mark.parametrize(
    "key", ["a" + ".a" * 50_000 + " = 1\n", "[" + "a." * 50_000 + "a]\n", "[[b" + ".b" * 20 + "]]\n"]
)
def test_a_key_of_very_many_parts_is_refused_at_once(policy, path, key):
    write(path, text("1") + key)
    error = refusal(policy)
    assert error.code == "policy.invalid"
    assert "line 5" in explain(error).sentence
    assert str(MOST_KEY_PARTS) in explain(error).sentence


# Whatever happens to the file


STEPS = {
    "valid 1": lambda path: _put(path, text("1")),
    "valid 2": lambda path: _put(path, text("2")),
    "not valid": lambda path: _put(path, "colour = 1\n"),
    "not UTF-8": lambda path: _put(path, b"\xff"),
    "a folder": lambda path: path.mkdir(),
    "gone": lambda path: None,
}


def _put(path: Path, content: str | bytes) -> None:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def _clear(path: Path) -> None:
    if path.is_dir():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(st.sampled_from(sorted(STEPS)), max_size=8))
def test_after_each_look_what_the_file_says_is_in_force_or_nothing_is(steps):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "policy.toml"
        policy = PolicyInForce(user_layers(path))
        policy.refresh()
        was_there = False
        for step in steps:
            _clear(path)
            STEPS[step](path)
            was_there |= step != "gone"
            policy.refresh()
            if step.startswith("valid"):
                assert policy.current().identity.version == step[-1]
                assert policy.refusal is None
            elif step == "gone" and not was_there:
                assert policy.current().layer.kind is LayerKind.BUILT_IN
            else:
                with pytest.raises(UserFacingError) as refused:
                    policy.current()
                expected = {"not valid": "invalid", "not UTF-8": "unreadable", "a folder": "not_a_file"}
                assert refused.value.code == f"policy.{expected.get(step, 'vanished')}"
