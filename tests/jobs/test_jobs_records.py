# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Records of jobs: strict, durable, and never deleted because they are not understood."""

import dataclasses
import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strongroom.core.clock import utc_now
from strongroom.core.line_messages import ProtocolBreach
from strongroom.core.statement import Statement
from strongroom.jobs import JobPriority, JobRecord, JobState
from strongroom.jobs.records import JobRecords, RecordNotUnderstood, format_record, new_id, parse_record
from strongroom.words import say_statement


def record_with(**changes) -> JobRecord:
    record = JobRecord(
        version=1,
        job_id=new_id(),
        kind="count",
        name="Count to ten",
        created_at="2026-11-24T10:00:00.000Z",
        payload={"until": 10},
    )
    return dataclasses.replace(record, **changes)


@pytest.fixture
def records(tmp_path):
    return JobRecords(tmp_path / "jobs")


def test_a_record_comes_back_as_it_was(records):
    record = record_with(
        state=JobState.FAILED,
        problem=Statement("count.overflow", limit=9, names=("a", "b"), is_final=True, share=0.5, also=Statement("b")),
        started_at="2026-11-24T10:00:01.000Z",
        ended_at="2026-11-24T10:00:02.000Z",
    )
    records.put(record)
    assert records.read() == ((record,), ())
    assert records.read_one(record.job_id) == record


def test_a_record_larger_than_the_memory_is_set_aside_unread(records, tmp_path):
    (tmp_path / "jobs").mkdir()
    with (tmp_path / "jobs" / "0123456789abcdef.json").open("wb") as file:
        file.truncate(1 << 42)
    found, notes = records.read()
    assert found == ()
    assert "set aside" in say_statement(notes[0])


def test_reading_makes_nothing(records, tmp_path):
    assert records.read() == ((), ())
    assert records.read_one(new_id()) is None
    assert not records.is_claimed(new_id())
    assert records.last_alive(new_id()) == ""
    assert list(tmp_path.iterdir()) == []


def test_the_oldest_job_comes_first(records):
    for day in (22, 20, 21):
        records.put(record_with(created_at=f"2026-11-{day}T10:00:00.000Z"))
    assert [record.created_at[8:10] for record in records.read()[0]] == ["20", "21", "22"]


def test_a_record_is_replaced_whole_and_readable_by_its_owner_only(records, tmp_path):
    record = record_with()
    records.put(record)
    records.put(dataclasses.replace(record, state=JobState.DONE, result={"sum": 55}))
    assert [found.state for found in records.read()[0]] == [JobState.DONE]
    file = tmp_path / "jobs" / f"{record.job_id}.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_removing_deletes_the_record_and_nothing_else(records, tmp_path):
    record, other = record_with(), record_with()
    records.put(record)
    records.put(other)
    os.close(records.claim(record.job_id))
    records.remove(record.job_id)
    assert records.read() == ((other,), ())
    assert [path.name for path in (tmp_path / "jobs").iterdir()] == [f"{other.job_id}.json"]
    records.remove(record.job_id)


def test_one_process_at_a_time_works_on_a_job(records):
    claim = records.claim("0" * 16)
    assert claim is not None
    assert records.claim("0" * 16) is None
    assert records.is_claimed("0" * 16)
    os.close(claim)
    assert not records.is_claimed("0" * 16)
    again = records.claim("0" * 16)
    assert again is not None
    os.close(again)


def test_the_holder_of_a_claim_leaves_behind_when_it_was_last_at_work(records, tmp_path):
    claim = records.claim("0" * 16)
    os.utime(tmp_path / "jobs" / f"{'0' * 16}.lock", (0, 0))
    assert records.last_alive("0" * 16) == "1970-01-01T00:00:00.000Z"
    before = utc_now()[:16]
    records.mark_alive(claim, "0" * 16)
    os.close(claim)
    assert records.last_alive("0" * 16)[:16] >= before


def values_of(record: JobRecord) -> dict:
    return json.loads(format_record(record))


def require_set_aside(records, tmp_path, name: str, content: bytes, reason: str) -> None:
    folder = tmp_path / "jobs"
    folder.mkdir()
    (folder / name).write_bytes(content)
    found, notes = records.read()
    assert found == ()
    assert len(notes) == 1
    assert reason in say_statement(notes[0])
    assert str(folder / name) in say_statement(notes[0])
    assert (folder / f"{name}.set-aside").read_bytes() == content
    assert records.read() == ((), ()), "it is said once"


def test_refused_record_of_another_version_is_set_aside(records, tmp_path):
    values = values_of(record_with()) | {"version": 2, "something_new": True}
    require_set_aside(records, tmp_path, f"{new_id()}.json", json.dumps(values).encode() + b"\n", "another version")


def test_refused_record_that_is_damaged_is_set_aside(records, tmp_path):
    require_set_aside(records, tmp_path, f"{new_id()}.json", format_record(record_with())[:-30], "damaged")


def test_refused_record_that_is_empty_is_set_aside(records, tmp_path):
    require_set_aside(records, tmp_path, f"{new_id()}.json", b"", "damaged")


def test_refused_record_under_the_name_of_another_job(records, tmp_path):
    require_set_aside(records, tmp_path, f"{new_id()}.json", format_record(record_with()), "another job")


def test_a_second_record_set_aside_does_not_replace_the_first(records, tmp_path):
    folder = tmp_path / "jobs"
    folder.mkdir()
    for content in (b"first", b"second"):
        (folder / "0123456789abcdef.json").write_bytes(content)
        assert len(records.read()[1]) == 1
    assert sorted(path.read_bytes() for path in folder.iterdir()) == [b"first", b"second"]


def test_a_record_beside_a_damaged_one_is_read(records, tmp_path):
    record = record_with()
    records.put(record)
    (tmp_path / "jobs" / "0123456789abcdef.json").write_bytes(b"{}")
    found, notes = records.read()
    assert found == (record,)
    assert len(notes) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("job_id", "../../etc"),
        ("job_id", 7),
        ("kind", "Count"),
        ("kind", "../count"),
        ("kind", ""),
        ("name", 1),
        ("name", "x" * 401),
        ("state", "ready"),
        ("state", []),
        ("priority", "urgent"),
        ("started_at", "yesterday"),
        ("ended_at", "2026-11-24T10:00:00"),
        ("problem", 1),
        ("problem", []),
        ("problem", {"code": "count.overflow"}),
        ("problem", {"code": 1, "facts": {}}),
        ("problem", {"code": "count.overflow", "facts": [], "more": 1}),
        ("problem", {"code": "count.overflow", "facts": {"file": "\udcff"}}),
        ("payload", None),
        ("payload", []),
        ("result", 1),
        ("unknown", "field"),
        ("version", True),
    ],
)
def test_refused_value_of_a_record(field, value):
    with pytest.raises(RecordNotUnderstood):
        parse_record(json.dumps(values_of(record_with()) | {field: value}).encode() + b"\n")


def test_refused_record_with_a_field_twice():
    content = format_record(record_with()).replace(b'"name"', b'"name":"mit","name"', 1)
    with pytest.raises(RecordNotUnderstood):
        parse_record(content)


def test_refused_record_that_could_not_be_read_back(records):
    with pytest.raises(ProtocolBreach):
        records.put(record_with(name="\udcff"))


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
times = st.sampled_from(["", "2026-11-24T10:00:00.000Z", "1999-01-01T00:00:00.000Z"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(words, json_values, max_size=4)
facts = words | st.none() | st.integers() | st.booleans() | st.lists(words, max_size=3).map(tuple)
statements = st.builds(
    lambda code, facts: Statement(code, **facts),
    words,
    st.dictionaries(st.from_regex(r"[a-z_]{3,9}", fullmatch=True), facts, max_size=4),
)
any_record = st.builds(
    JobRecord,
    version=st.just(1),
    job_id=st.text(st.sampled_from("0123456789abcdef"), min_size=16, max_size=16),
    kind=st.from_regex(r"[a-z][a-z0-9.]{0,39}", fullmatch=True),
    name=words,
    created_at=words,
    payload=objects,
    result=st.none() | objects,
    priority=st.sampled_from(JobPriority),
    state=st.sampled_from(JobState),
    started_at=times,
    ended_at=times,
    problem=st.none() | statements,
)


@settings(deadline=None)
@given(any_record)
def test_any_record_survives_the_disk(record):
    assert parse_record(format_record(record)) == record


@settings(deadline=None)
@given(any_record, st.sampled_from([field.name for field in dataclasses.fields(JobRecord)]), json_values)
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
