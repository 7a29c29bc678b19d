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
from strongroom.core.hub import FileKind
from strongroom.core.verification import ModelPart
from strongroom.models.fingerprint import Fingerprint
from strongroom.models.manifest import (
    MismatchNote,
    Shelf,
    ShelfRecord,
    VerifiedNote,
    format_shelf,
    parse_shelf,
)
from strongroom.words import explain
from support.refusals import raises_saying

TEXT = st.text(st.characters(), max_size=30)  # lone surrogates included: file names that are not Unicode
NUMBER = st.integers(0, 2**64)
FINGERPRINT = st.builds(Fingerprint, NUMBER, NUMBER, NUMBER, NUMBER)
PART = st.builds(ModelPart, TEXT, NUMBER, st.none() | TEXT)
RECORD = st.builds(
    ShelfRecord,
    *(TEXT, TEXT, st.lists(PART, min_size=1, max_size=3).map(tuple), st.sampled_from(FileKind)),
    *(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT),
    verified=st.none() | st.builds(VerifiedNote, TEXT, TEXT, st.lists(FINGERPRINT, max_size=3).map(tuple)),
    mismatch=st.none() | st.builds(MismatchNote, TEXT, st.just(0), st.none() | TEXT, st.none() | TEXT, FINGERPRINT),
)
LOOK = {"inode": 1, "size": 3, "modified_ns": 4, "changed_ns": 5}
FIRST_VERSION = {
    "model_id": "a",
    "name": "A",
    "path": "/models/a.gguf",
    "size": 3,
    "sha256": "ab" * 32,
    "source": "user",
    "license": "MIT",
    "quantization": "Q4_0",
    "added_at": "2026-01-01T00:00:00.000Z",
    "verified": {"at": "2026-01-02T00:00:00.000Z", "by": "strongroom 0.1", "fingerprint": LOOK},
    "mismatch": {"at": "2026-01-03T00:00:00.000Z", "actual": None, "moved_to": "/q/a", "fingerprint": LOOK},
}


def record(model_id: str = "a", **changes: Any) -> ShelfRecord:
    part = ModelPart("/models/a.gguf", 3, None)
    plain = ShelfRecord(model_id, "A", (part,), FileKind.MODEL, "", "", "", "", "", "2026-01-01T00:00:00.000Z")
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
        (altered(parts=[]), "model 1 has no parts"),
        (altered(parts={}), "parts of model 1 is not a list"),
        (altered(parts=[{"path": "p", "size": "3", "sha256": None}]), "size of item 1 in parts of model 1 is '3'"),
        (altered(parts=[{"path": "p", "size": True, "sha256": None}]), "size of item 1 in parts of model 1 is True"),
        (altered(parts=[{"path": "p", "size": 3.0, "sha256": None}]), "size of item 1 in parts of model 1 is 3.0"),
        (altered(parts=[{"path": "p", "size": 3}]), "item 1 in parts of model 1 lacks the field 'sha256'"),
        (altered(kind="virus"), "kind of model 1 is 'virus'"),
        (altered(kind=[]), "kind of model 1 is []"),
        (
            altered(mismatch={"at": "", "part": 1, "actual": None, "moved_to": None, "fingerprint": LOOK}),
            "mismatch of model 1 is about part 1",
        ),
        (altered(name=None), "name of model 1 is None"),
        (altered(verified={}), "verified of model 1 lacks the field 'at'"),
        (altered(verified="yes"), "verified of model 1 is not an object"),
        (altered(mismatch=[]), "mismatch of model 1 is not an object"),
        ('{"version": 1, "models": [{}]}', "model 1 lacks the field"),
        ('{"version": 1, "models": {}}', "models is not a list"),
        ('{"version": 2, "models": [{}]}', "model 1 lacks the field"),
        ('{"version": 3, "models": []}', "version 3"),
        ('{"version": 0, "models": []}', "version 0"),
        ('{"version": true, "models": []}', "version True"),
        ('{"version": "2", "models": []}', "version '2'"),
        ('{"version": [2], "models": []}', "version [2]"),
        (json.dumps({"version": 1, "models": [FIRST_VERSION | {"parts": []}]}), "unknown field 'parts'"),
        (json.dumps({"version": 1, "models": [FIRST_VERSION | {"size": "3"}]}), "size of model 1 is '3'"),
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
    assert fault in explain(caught.value).message
    assert "/data/shelf.json" in explain(caught.value).message


def test_first_version_is_read_and_written_as_the_second(tmp_path: Path) -> None:
    (tmp_path / "shelf.json").write_text(json.dumps({"version": 1, "models": [FIRST_VERSION]}))
    shelf = Shelf(tmp_path)
    seen = Fingerprint(1, 3, 4, 5)
    migrated = ShelfRecord(
        *("a", "A", (ModelPart("/models/a.gguf", 3, "ab" * 32),), FileKind.MODEL, "", ""),
        *("user", "MIT", "Q4_0", "2026-01-01T00:00:00.000Z"),
        verified=VerifiedNote("2026-01-02T00:00:00.000Z", "strongroom 0.1", (seen,)),
        mismatch=MismatchNote("2026-01-03T00:00:00.000Z", 0, None, "/q/a", seen),
    )
    assert shelf.records() == {"a": migrated}
    assert json.loads((tmp_path / "shelf.json").read_text())["version"] == 1  # looking changes nothing
    shelf.put(record("b"))
    assert json.loads((tmp_path / "shelf.json").read_text())["version"] == 2
    assert shelf.records() == {"a": migrated, "b": record("b")}


def test_refused_repeated_id() -> None:
    content = json.loads(format_shelf({"a": record()}))
    content["models"] *= 2
    with raises_saying(UserFacingError, "repeats the id 'a'"):
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
from strongroom.core.hub import FileKind
from strongroom.core.verification import ModelPart
from strongroom.models.manifest import Shelf, ShelfRecord
shelf = Shelf(Path(sys.argv[1]))
parts = (ModelPart("p", 1, None),)
for number in range(10):
    shelf.put(ShelfRecord(f"{sys.argv[2]}-{number}", "n", parts, FileKind.MODEL, "", "", "", "", "", ""))
"""
    writers = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path), name]) for name in ("one", "two", "three")
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert len(Shelf(tmp_path).records()) == 30
    assert not (tmp_path / "shelf.json.part").exists()
