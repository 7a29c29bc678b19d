# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What is kept of downloads: strict, and records of earlier versions are read or set aside, never deleted unread."""

import dataclasses
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strongroom.core.hub import Download, DownloadState, FileKind, RemoteFile, RemoteModel
from strongroom.core.line_messages import ProtocolBreach, encode, message_with, values_of
from strongroom.core.paths import DataPaths
from strongroom.hub import FaultKind, Hub, HubFault, HubOptions
from strongroom.hub.download_records import (
    DownloadPayload,
    FormerRecord,
    RecordNotUnderstood,
    parse_former_record,
)
from strongroom.jobs import JobRecord, JobState
from strongroom.jobs.records import format_record as format_job
from strongroom.jobs.records import new_id
from strongroom.words import say_statement

MODEL = RemoteModel(
    FileKind.MODEL,
    "quants/tiny-Q4_K_M",
    "Q4_K_M",
    (
        RemoteFile("quants/tiny-Q4_K_M-00001-of-00002.gguf", 100, "a" * 64),
        RemoteFile("quants/tiny-Q4_K_M-00002-of-00002.gguf", 50, "b" * 64),
    ),
)


def former_with(**changes) -> FormerRecord:
    record = FormerRecord(
        version=1,
        download_id=new_id(),
        created_at="2026-11-24T10:00:00.000Z",
        repository="acme/tiny-GGUF",
        commit="c" * 40,
        license="apache-2.0",
        model=MODEL,
    )
    return dataclasses.replace(record, **changes)


def format_former(record: FormerRecord) -> bytes:
    return encode(record, 1 << 23)


class Shelf:
    """A data folder in which an earlier version has downloaded."""

    def __init__(self, root) -> None:
        self.paths = DataPaths(root / "data")
        self.paths.downloads.mkdir(parents=True)

    def put(self, record: FormerRecord) -> None:
        self.put_file(f"{record.download_id}.json", format_former(record))

    def put_file(self, name: str, content: bytes) -> None:
        (self.paths.downloads / name).write_bytes(content)

    def open(self) -> tuple[tuple[Download, ...], tuple[str, ...]]:
        hub = Hub(self.paths, HubOptions())
        try:
            return hub.downloads(), hub.download_notes
        finally:
            hub.close()


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path)


def test_a_former_record_becomes_a_job_and_keeps_what_has_arrived(shelf):
    record = former_with(state=DownloadState.FAILED, reason="The disk is full.", next_step="Do.", code="hub.disk_full")
    shelf.put(record)
    part = shelf.paths.downloads / record.download_id / "000.part"
    part.parent.mkdir()
    part.write_bytes(bytes(70))
    for _ in range(2):
        (download,), notes = shelf.open()
        assert notes == ()
        assert download == Download(
            download_id=record.download_id,
            repository=record.repository,
            commit=record.commit,
            model=MODEL,
            license=record.license,
            state=DownloadState.FAILED,
            done=70,
            total=150,
            bytes_per_second=0.0,
            problem=HubFault(FaultKind.DISK_FULL).statement,
        )
        assert download.code == "hub.disk_full"
        assert [path.name for path in shelf.paths.downloads.iterdir()] == [record.download_id]
        assert (shelf.paths.jobs / f"{record.download_id}.json").exists()


@pytest.mark.parametrize("state", ["paused", "verified", "mismatch", "failed"])
def test_a_former_record_keeps_its_state(shelf, state):
    code = {"mismatch": "hub.mismatch", "failed": "hub.stalled"}.get(state, "")
    shelf.put(former_with(state=DownloadState(state), code=code, model_id="tiny" if state == "verified" else ""))
    (download,), _ = shelf.open()
    assert (download.state, download.code) == (state, code)
    assert download.model_id == ("tiny" if state == "verified" else "")
    assert download.done == (150 if state == "verified" else 0)


def test_a_former_record_whose_failure_cannot_be_said_again_is_paused(shelf):
    shelf.put(former_with(state=DownloadState.FAILED, reason="The shelf is full.", code="models.full"))
    (download,), _ = shelf.open()
    assert (download.state, download.problem) == (DownloadState.PAUSED, None)


def test_a_former_record_that_is_a_job_already_does_not_replace_it(shelf):
    record = former_with(license="mit")
    shelf.put(record)
    shelf.open()
    shelf.put(dataclasses.replace(record, license="gpl"))
    assert [download.license for download in shelf.open()[0]] == ["mit"]
    assert list(shelf.paths.downloads.glob("*.json")) == []


def test_former_records_come_in_the_order_in_which_they_were_begun(shelf):
    for day in (22, 20, 21):
        shelf.put(former_with(created_at=f"2026-11-{day}T10:00:00.000Z", license=str(day)))
    assert [download.license for download in shelf.open()[0]] == ["20", "21", "22"]


def test_a_former_record_larger_than_the_memory_is_set_aside_unread(shelf):
    with (shelf.paths.downloads / "0123456789abcdef.json").open("wb") as file:
        file.truncate(1 << 42)
    found, notes = shelf.open()
    assert found == ()
    assert "set aside" in say_statement(notes[0])


def require_set_aside(shelf, name: str, content: bytes, reason: str) -> None:
    folder = shelf.paths.downloads
    shelf.put_file(name, content)
    parts = folder / name.removesuffix(".json")
    parts.mkdir()
    (parts / "000.part").write_bytes(b"bytes")
    found, notes = shelf.open()
    assert found == ()
    assert len(notes) == 1
    assert reason in say_statement(notes[0])
    assert str(folder / name) in say_statement(notes[0])
    assert (folder / f"{name}.set-aside").read_bytes() == content
    assert (parts / "000.part").read_bytes() == b"bytes"
    assert shelf.open() == ((), ()), "it is said once"


def former_values(record: FormerRecord) -> dict:
    return json.loads(format_former(record))


def test_refused_record_of_another_version_is_set_aside(shelf):
    values = former_values(former_with()) | {"version": 2, "something_new": True}
    require_set_aside(shelf, f"{new_id()}.json", json.dumps(values).encode() + b"\n", "another version")


def test_refused_record_that_is_damaged_is_set_aside(shelf):
    require_set_aside(shelf, f"{new_id()}.json", format_former(former_with())[:-30], "damaged")


def test_refused_record_that_is_empty_is_set_aside(shelf):
    require_set_aside(shelf, f"{new_id()}.json", b"", "damaged")


def test_refused_record_under_the_name_of_another_download(shelf):
    require_set_aside(shelf, f"{new_id()}.json", format_former(former_with()), "another download")


def test_a_second_record_set_aside_does_not_replace_the_first(shelf):
    for content in (b"first", b"second"):
        shelf.put_file("0123456789abcdef.json", content)
        assert len(shelf.open()[1]) == 1
    assert sorted(path.read_bytes() for path in shelf.paths.downloads.iterdir()) == [b"first", b"second"]


def test_a_record_beside_a_damaged_one_is_read(shelf):
    shelf.put(former_with())
    shelf.put_file("0123456789abcdef.json", b"{}")
    found, notes = shelf.open()
    assert len(found) == 1
    assert len(notes) == 1


PAYLOAD = DownloadPayload("acme/tiny-GGUF", "c" * 40, "apache-2.0", MODEL)


def job_with(payload: dict, **changes) -> JobRecord:
    record = JobRecord(
        version=1,
        job_id=new_id(),
        kind="download",
        name="tiny",
        created_at="2026-11-24T10:00:00.000Z",
        payload=payload,
        state=JobState.PAUSED,
    )
    return dataclasses.replace(record, **changes)


def require_job_set_aside(shelf, record: JobRecord) -> None:
    shelf.paths.jobs.mkdir()
    file = shelf.paths.jobs / f"{record.job_id}.json"
    file.write_bytes(format_job(record))
    found, notes = shelf.open()
    assert found == ()
    assert "damaged" in say_statement(notes[0])
    assert file.with_name(f"{file.name}.set-aside").read_bytes() == format_job(record)
    assert shelf.open() == ((), ()), "it is said once"


REFUSED_VALUES = [
    ("repository", "../acme"),
    ("commit", "main"),
    ("commit", None),
    ("license", ["mit"]),
    ("unknown", "field"),
    ("model", None),
]
REFUSED_FILES = [
    {"path": "../../../home/me/.bashrc"},
    {"path": "/etc/passwd"},
    {"path": "a\\b.gguf"},
    {"sha256": ""},
    {"sha256": "A" * 64},
    {"size": -1},
    {"size": 1.5},
    {"more": 1},
]


@pytest.mark.parametrize(("field", "value"), REFUSED_VALUES)
def test_refused_payload_of_a_job_is_set_aside(shelf, field, value):
    require_job_set_aside(shelf, job_with(values_of(PAYLOAD) | {field: value}))


@pytest.mark.parametrize("change", REFUSED_FILES)
def test_refused_file_of_a_job_is_set_aside(shelf, change):
    values = json.loads(json.dumps(values_of(PAYLOAD)))
    values["model"]["files"][1] |= change
    require_job_set_aside(shelf, job_with(values))


@pytest.mark.parametrize("result", [{}, {"model_id": 1}, {"model_id": "tiny", "more": 1}])
def test_refused_result_of_a_job_is_set_aside(shelf, result):
    require_job_set_aside(shelf, job_with(values_of(PAYLOAD), state=JobState.DONE, result=result))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *REFUSED_VALUES,
        ("download_id", "../../etc"),
        ("download_id", 7),
        ("state", "downloading"),
        ("state", "ready"),
        ("state", []),
        ("reason", 1),
        ("version", True),
    ],
)
def test_refused_value_of_a_record(field, value):
    with pytest.raises(RecordNotUnderstood):
        parse_former_record(json.dumps(former_values(former_with()) | {field: value}).encode() + b"\n")


@pytest.mark.parametrize("change", REFUSED_FILES)
def test_refused_file_of_a_record(change):
    values = former_values(former_with())
    values["model"]["files"][1] |= change
    with pytest.raises(RecordNotUnderstood):
        parse_former_record(json.dumps(values).encode() + b"\n")


def test_refused_record_with_a_field_twice():
    content = format_former(former_with()).replace(b'"license"', b'"license":"mit","license"', 1)
    with pytest.raises(RecordNotUnderstood):
        parse_former_record(content)


def test_refused_payload_of_a_download_that_could_not_be_verified():
    model = dataclasses.replace(MODEL, files=(RemoteFile("tiny.gguf", 1, ""),))
    with pytest.raises(ProtocolBreach):
        values_of(dataclasses.replace(PAYLOAD, model=model))


names = st.text(st.sampled_from("abcXYZ019-_. ßあ"), min_size=1, max_size=12).filter(lambda name: name.strip(". "))
files = st.builds(
    RemoteFile,
    path=st.lists(names, min_size=1, max_size=3).map("/".join),
    size=st.integers(0, 2**50),
    sha256=st.text(st.sampled_from("0123456789abcdef"), min_size=64, max_size=64),
)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
any_former = st.builds(
    FormerRecord,
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
any_payload = st.builds(
    lambda record: DownloadPayload(record.repository, record.commit, record.license, record.model), any_former
)


@settings(deadline=None)
@given(any_payload)
def test_any_payload_survives_the_disk(payload):
    assert message_with(DownloadPayload, json.loads(json.dumps(values_of(payload)))) == payload


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(any_former, st.sampled_from([field.name for field in dataclasses.fields(FormerRecord)]), json_values)
def test_a_former_record_with_any_other_value_is_read_exactly_or_refused(record, field, value):
    values = former_values(record) | {field: value}
    try:
        parsed = parse_former_record(json.dumps(values).encode() + b"\n")
    except RecordNotUnderstood:
        return
    assert former_values(parsed) == values


@settings(deadline=None)
@given(st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_other_bytes_are_refused(content):
    with pytest.raises(RecordNotUnderstood):
        parse_former_record(content)


@settings(deadline=None)
@given(any_former, st.data())
def test_a_former_record_that_was_cut_is_refused(record, data):
    content = format_former(record)
    with pytest.raises(RecordNotUnderstood):
        parse_former_record(content[: data.draw(st.integers(0, len(content) - 1))])
