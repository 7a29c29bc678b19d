# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The list on disk: what is written comes back, and what is not understood is refused and kept."""

import dataclasses
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strongroom.core.errors import UserFacingError
from strongroom.models.fingerprint import Fingerprint
from strongroom.models.manifest import (
    MismatchNote,
    Shelf,
    ShelfRecord,
    VerifiedNote,
    format_shelf,
    parse_shelf,
)

TEXT = st.text(st.characters(), max_size=30)  # lone surrogates included: file names that are not Unicode
NUMBER = st.integers(0, 2**64)
FINGERPRINT = st.builds(Fingerprint, NUMBER, NUMBER, NUMBER, NUMBER)
RECORD = st.builds(
    ShelfRecord,
    *(TEXT, TEXT, TEXT, NUMBER, st.none() | TEXT, TEXT, TEXT, TEXT, TEXT),
    verified=st.none() | st.builds(VerifiedNote, TEXT, TEXT, FINGERPRINT),
    mismatch=st.none() | st.builds(MismatchNote, TEXT, st.none() | TEXT, st.none() | TEXT, FINGERPRINT),
)


def record(model_id: str = "a", **changes: Any) -> ShelfRecord:
    plain = ShelfRecord(model_id, "A", "/models/a.gguf", 3, None, "", "", "", "2026-01-01T00:00:00.000Z")
    return dataclasses.replace(plain, **changes)


@given(records=st.lists(RECORD, max_size=5, unique_by=lambda item: item.model_id))
@settings(max_examples=150, deadline=None)
def test_what_is_written_comes_back(records: list[ShelfRecord]) -> None:
    shelf = {item.model_id: item for item in records}
    assert parse_shelf(format_shelf(shelf), Path("shelf.json")) == shelf
    assert list(parse_shelf(format_shelf(shelf), Path("shelf.json"))) == list(shelf)


@given(text=st.text(max_size=60) | st.recursive(st.none() | st.booleans() | st.text(), st.lists).map(json.dumps))
@settings(max_examples=100, deadline=None)
def test_refused_any_other_text_without_another_exception(text: str) -> None:
    with pytest.raises(UserFacingError) as caught:
        parse_shelf(text, Path("shelf.json"))
    assert caught.value.code == "models.shelf_invalid"


def altered(**changes: Any) -> str:
    content = json.loads(format_shelf({"a": record()}))
    content["models"][0] |= changes
    return json.dumps(content)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (altered(colour="red"), "unknown field 'colour'"),
        (altered(size="3"), "size of model 1 is '3'"),
        (altered(size=True), "size of model 1 is True"),
        (altered(size=3.0), "size of model 1 is 3.0"),
        (altered(name=None), "name of model 1 is None"),
        (altered(verified={}), "verified of model 1 lacks the field 'at'"),
        (altered(verified="yes"), "verified of model 1 is not an object"),
        (altered(mismatch=[]), "mismatch of model 1 is not an object"),
        ('{"version": 1, "models": [{}]}', "model 1 lacks the field"),
        ('{"version": 1, "models": {}}', "models is not a list"),
        ('{"version": 2, "models": []}', "version 2"),
        ('{"version": 1}', "lacks the field 'models'"),
        ('{"version": 1, "models": [], "extra": 1}', "unknown field 'extra'"),
        ('{"version": 1, "version": 1, "models": []}', "given twice"),
        ("[]", "not an object"),
        ("", "Expecting value"),
        ("[" * 100_000, "recursion"),
    ],
)
def test_refused_shelf_names_the_fault(text: str, fault: str) -> None:
    with pytest.raises(UserFacingError) as caught:
        parse_shelf(text, Path("/data/shelf.json"))
    assert fault in caught.value.message
    assert "/data/shelf.json" in caught.value.message


def test_refused_repeated_id() -> None:
    content = json.loads(format_shelf({"a": record()}))
    content["models"] *= 2
    with pytest.raises(UserFacingError, match="repeats the id 'a'"):
        parse_shelf(json.dumps(content), Path("shelf.json"))


@pytest.mark.parametrize("content", [b'{"version": 1, "models": [], "new": 1}', b"\xff\xfe", b""])
def test_refused_shelf_is_left_as_it_was(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "shelf.json").write_bytes(content)
    shelf = Shelf(tmp_path)
    with pytest.raises(UserFacingError):
        shelf.records()
    with pytest.raises(UserFacingError):
        shelf.put(record())
    assert (tmp_path / "shelf.json").read_bytes() == content


def test_looking_makes_no_file(tmp_path: Path) -> None:
    assert Shelf(tmp_path / "models").records() == {}
    assert not (tmp_path / "models").exists()


def test_failed_write_leaves_the_former_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf(tmp_path)
    shelf.put(record("a"))

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("strongroom.core.durable.os.fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        shelf.put(record("b"))
    assert list(shelf.records()) == ["a"]


def test_threads_take_turns(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    threads = [threading.Thread(target=shelf.put, args=(record(f"m{number}"),)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(shelf.records()) == 12


def test_processes_take_turns(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from strongroom.models.manifest import Shelf, ShelfRecord
shelf = Shelf(Path(sys.argv[1]))
for number in range(10):
    shelf.put(ShelfRecord(f"{sys.argv[2]}-{number}", "n", "p", 1, None, "", "", "", ""))
"""
    writers = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path), name]) for name in ("one", "two", "three")
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert len(Shelf(tmp_path).records()) == 30
    assert not (tmp_path / "shelf.json.part").exists()
