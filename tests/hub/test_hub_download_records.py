# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The records of downloads: strict, durable, and never deleted because they are not understood."""

import dataclasses
import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strongroom.core.hub import DownloadState, FileKind, RemoteFile, RemoteModel
from strongroom.core.line_messages import ProtocolBreach
from strongroom.hub.download_records import (
    DownloadRecord,
    DownloadRecords,
    RecordNotUnderstood,
    format_record,
    new_id,
    parse_record,
)

MODEL = RemoteModel(
    FileKind.MODEL,
    "quants/tiny-Q4_K_M",
    "Q4_K_M",
    (
        RemoteFile("quants/tiny-Q4_K_M-00001-of-00002.gguf", 100, "a" * 64),
        RemoteFile("quants/tiny-Q4_K_M-00002-of-00002.gguf", 50, "b" * 64),
    ),
)


def record_with(**changes) -> DownloadRecord:
    record = DownloadRecord(
        version=1,
        download_id=new_id(),
        created_at="2026-11-24T10:00:00.000Z",
        repository="acme/tiny-GGUF",
        commit="c" * 40,
        license="apache-2.0",
        model=MODEL,
    )
    return dataclasses.replace(record, **changes)


@pytest.fixture
def records(tmp_path):
    return DownloadRecords(tmp_path / "downloads")


def test_a_record_comes_back_as_it_was(records):
    record = record_with(state=DownloadState.FAILED, reason="The disk is full.", next_step="Do.", code="hub.disk_full")
    records.put(record)
    assert records.read() == ((record,), ())


def test_a_record_larger_than_the_memory_is_set_aside_unread(records, tmp_path):
    (tmp_path / "downloads").mkdir()
    with (tmp_path / "downloads" / "0123456789abcdef.json").open("wb") as file:
        file.truncate(1 << 42)
    found, sentences = records.read()
    assert found == ()
    assert "set aside" in sentences[0]


def test_reading_makes_nothing(records, tmp_path):
    assert records.read() == ((), ())
    assert list(tmp_path.iterdir()) == []


def test_the_oldest_download_comes_first(records):
    days = [record_with(created_at=f"2026-11-{day}T10:00:00.000Z") for day in (22, 20, 21)]
    for record in days:
        records.put(record)
    assert [record.created_at[8:10] for record in records.read()[0]] == ["20", "21", "22"]


def test_a_record_is_replaced_whole_and_readable_by_its_owner_only(records, tmp_path):
    record = record_with()
    records.put(record)
    records.put(dataclasses.replace(record, state=DownloadState.VERIFIED, model_id="tiny"))
    assert [found.state for found in records.read()[0]] == [DownloadState.VERIFIED]
    file = tmp_path / "downloads" / f"{record.download_id}.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_removing_deletes_parts_and_record_and_nothing_else(records, tmp_path):
    record = record_with()
    records.put(record)
    part = records.part_file(record.download_id, 0)
    part.parent.mkdir()
    part.write_bytes(b"bytes")
    kept = part.with_name("tiny.gguf")
    kept.write_bytes(b"could not be moved to quarantine")
    records.remove(record.download_id)
    assert records.read() == ((), ())
    assert not part.exists()
    assert kept.exists()
    records.remove(record.download_id)


def test_one_process_at_a_time_works_on_a_download(records):
    claim = records.claim("0" * 16)
    assert claim is not None
    assert records.claim("0" * 16) is None
    os.close(claim)
    again = records.claim("0" * 16)
    assert again is not None
    os.close(again)


def values_of(record: DownloadRecord) -> dict:
    return json.loads(format_record(record))


def require_set_aside(records, tmp_path, name: str, content: bytes, reason: str) -> None:
    folder = tmp_path / "downloads"
    folder.mkdir()
    (folder / name).write_bytes(content)
    parts = folder / name.removesuffix(".json")
    parts.mkdir()
    (parts / "000.part").write_bytes(b"bytes")
    found, sentences = records.read()
    assert found == ()
    assert len(sentences) == 1
    assert reason in sentences[0]
    assert str(folder / name) in sentences[0]
    assert (folder / f"{name}.set-aside").read_bytes() == content
    assert (parts / "000.part").read_bytes() == b"bytes"
    assert records.read() == ((), ()), "it is said once"


def test_refused_record_of_another_version_is_set_aside(records, tmp_path):
    values = values_of(record_with()) | {"version": 2, "something_new": True}
    require_set_aside(records, tmp_path, f"{new_id()}.json", json.dumps(values).encode() + b"\n", "another version")


def test_refused_record_that_is_damaged_is_set_aside(records, tmp_path):
    require_set_aside(records, tmp_path, f"{new_id()}.json", format_record(record_with())[:-30], "damaged")


def test_refused_record_that_is_empty_is_set_aside(records, tmp_path):
    require_set_aside(records, tmp_path, f"{new_id()}.json", b"", "damaged")


def test_refused_record_under_the_name_of_another_download(records, tmp_path):
    require_set_aside(records, tmp_path, f"{new_id()}.json", format_record(record_with()), "another download")


def test_a_second_record_set_aside_does_not_replace_the_first(records, tmp_path):
    folder = tmp_path / "downloads"
    folder.mkdir()
    for content in (b"first", b"second"):
        (folder / "0123456789abcdef.json").write_bytes(content)
        assert len(records.read()[1]) == 1
    assert sorted(path.read_bytes() for path in folder.iterdir()) == [b"first", b"second"]


def test_a_record_beside_a_damaged_one_is_read(records, tmp_path):
    record = record_with()
    records.put(record)
    (tmp_path / "downloads" / "0123456789abcdef.json").write_bytes(b"{}")
    found, sentences = records.read()
    assert found == (record,)
    assert len(sentences) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("download_id", "../../etc"),
        ("download_id", 7),
        ("repository", "../acme"),
        ("commit", "main"),
        ("commit", None),
        ("license", ["mit"]),
        ("state", "downloading"),
        ("state", "ready"),
        ("state", []),
        ("reason", 1),
        ("unknown", "field"),
        ("version", True),
        ("model", None),
    ],
)
def test_refused_value_of_a_record(field, value):
    with pytest.raises(RecordNotUnderstood):
        parse_record(json.dumps(values_of(record_with()) | {field: value}).encode() + b"\n")


@pytest.mark.parametrize(
    "change",
    [
        {"path": "../../../home/me/.bashrc"},
        {"path": "/etc/passwd"},
        {"path": "a\\b.gguf"},
        {"sha256": ""},
        {"sha256": "A" * 64},
        {"size": -1},
        {"size": 1.5},
        {"more": 1},
    ],
)
def test_refused_file_of_a_record(change):
    values = values_of(record_with())
    values["model"]["files"][1] |= change
    with pytest.raises(RecordNotUnderstood):
        parse_record(json.dumps(values).encode() + b"\n")


def test_refused_record_with_a_field_twice():
    content = format_record(record_with()).replace(b'"license"', b'"license":"mit","license"', 1)
    with pytest.raises(RecordNotUnderstood):
        parse_record(content)


def test_refused_record_of_a_download_that_could_not_be_verified(records):
    model = dataclasses.replace(MODEL, files=(RemoteFile("tiny.gguf", 1, ""),))
    with pytest.raises(ProtocolBreach):
        records.put(record_with(model=model))


names = st.text(st.sampled_from("abcXYZ019-_. ßあ"), min_size=1, max_size=12).filter(lambda name: name.strip(". "))
files = st.builds(
    RemoteFile,
    path=st.lists(names, min_size=1, max_size=3).map("/".join),
    size=st.integers(0, 2**50),
    sha256=st.text(st.sampled_from("0123456789abcdef"), min_size=64, max_size=64),
)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
any_record = st.builds(
    DownloadRecord,
    version=st.just(1),
    download_id=st.text(st.sampled_from("0123456789abcdef"), min_size=16, max_size=16),
    created_at=words,
    repository=st.sampled_from(["acme/tiny-GGUF", "gpt2", "a_b/c.d"]),
    commit=st.text(st.sampled_from("0123456789abcdef"), min_size=40, max_size=40),
    license=words,
    model=st.builds(
        RemoteModel,
        kind=st.sampled_from(FileKind),
        name=words,
        quantization=words,
        files=st.lists(files, min_size=1, max_size=4).map(tuple),
    ),
    state=st.sampled_from([DownloadState.PAUSED, DownloadState.VERIFIED, DownloadState.MISMATCH, DownloadState.FAILED]),
    reason=words,
    next_step=words,
    code=words,
    model_id=words,
)


@settings(deadline=None)
@given(any_record)
def test_any_record_survives_the_disk(record):
    assert parse_record(format_record(record)) == record


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(any_record, st.sampled_from([field.name for field in dataclasses.fields(DownloadRecord)]), json_values)
def test_a_record_with_any_other_value_is_read_exactly_or_refused(record, field, value):
    values = values_of(record) | {field: value}
    try:
        parsed = parse_record(json.dumps(values).encode() + b"\n")
    except RecordNotUnderstood:
        return
    assert values_of(parsed) == values


@settings(deadline=None)
@given(st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_other_bytes_are_refused(content):
    with pytest.raises(RecordNotUnderstood):
        parse_record(content)


@settings(deadline=None)
@given(any_record, st.data())
def test_a_record_that_was_cut_is_refused(record, data):
    content = format_record(record)
    with pytest.raises(RecordNotUnderstood):
        parse_record(content[: data.draw(st.integers(0, len(content) - 1))])
