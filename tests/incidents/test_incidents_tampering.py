# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Everything that can be done to a log is found, and names its record. One test for each way."""

import json
import os
import random
import shutil
from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strongroom.core.incident import ProblemKind
from strongroom.incidents import IncidentLog, IncidentLogDamaged, verify_log
from strongroom.incidents.anchor import AnchorFile, AnchorRefused
from strongroom.incidents.schema import INCIDENTS
from strongroom.storage import StorageError, StorageProblem, open_to_read
from strongroom.words import say_statement
from support.refusals import raises_saying

COUNT = 12
COLUMNS = ("sequence", "recorded_at", "event", "category", "header", "chain")


def require_refusal_to_append(files, record) -> IncidentLogDamaged:
    """Open the damaged log, and show that it takes nothing but can still be asked."""
    before = files.path.read_bytes() if files.path.exists() else None
    with closing(files.open()) as log:
        with pytest.raises(IncidentLogDamaged) as refusal:
            log.append(record)
        assert refusal.value.code == "incidents.damaged"
        assert log.damage is not None
        assert not log.verify().is_intact
        log.entries()
    assert (files.path.read_bytes() if files.path.exists() else None) == before
    return refusal.value


def with_header(files, sequence: int, **changes: object) -> bytes:
    header = json.loads(files.rows()[sequence - 1][4])
    return json.dumps(header | changes, separators=(",", ":"), sort_keys=True).encode()


def test_an_untouched_log_has_no_problems(files):
    files.fill(COUNT)

    assert files.problems() == []
    assert files.verify().entries == COUNT


def test_an_edited_header_names_its_record(files, record):
    files.fill(COUNT)
    files.tamper(("UPDATE incidents SET header = ? WHERE sequence = 5", (with_header(files, 5, action="allow"),)))

    assert files.problems() == [("edited", 5)]
    require_refusal_to_append(files, record)


def test_a_header_that_is_no_json_names_its_record(files):
    files.fill(COUNT)
    files.tamper(("UPDATE incidents SET header = ? WHERE sequence = 5", (b"\xff{",)))

    assert files.problems() == [("edited", 5)]
    with closing(files.open()) as log:
        assert [entry.sequence for entry in log.entries()] == [12, 11, 10, 9, 8, 7, 6, 4, 3, 2, 1]


def test_a_header_nested_beyond_measure_names_its_record(files):
    files.fill(COUNT)
    files.tamper(("UPDATE incidents SET header = ? WHERE sequence = 5", (b"[" * 100_000,)))

    assert files.problems() == [("edited", 5)]


@pytest.mark.parametrize("column", ["category", "event", "recorded_at"])
def test_an_edit_of_only_a_column_names_its_record(files, record, column):
    files.fill(COUNT)
    files.tamper((f"UPDATE incidents SET {column} = 'other' WHERE sequence = 7", ()))  # noqa: S608

    assert files.problems() == [("edited", 7)]
    require_refusal_to_append(files, record)


@pytest.mark.parametrize("sequence", [1, 6, COUNT])
def test_an_edited_chain_value_names_its_record_only(files, sequence):
    files.fill(COUNT)
    files.tamper(("UPDATE incidents SET chain = 'sha256:00' WHERE sequence = ?", (sequence,)))

    problems = files.problems()
    assert problems[0] == ("edited", sequence)
    # The last one is also the one that the anchor knows.
    assert problems[1:] == ([("anchor_mismatch", COUNT)] if sequence == COUNT else [])


@pytest.mark.parametrize("sequence", [1, 2, 6])
def test_a_deleted_record_is_named(files, record, sequence):
    files.fill(COUNT)
    files.tamper(("DELETE FROM incidents WHERE sequence = ?", (sequence,)))

    assert files.problems() == [("missing", sequence)]
    require_refusal_to_append(files, record)


def test_several_deleted_records_are_named_by_the_first_and_counted_in_words(files):
    files.fill(COUNT)
    files.tamper(("DELETE FROM incidents WHERE sequence BETWEEN 4 AND 6", ()))

    (problem,) = files.verify().problems
    assert (problem.kind, problem.sequence) == (ProblemKind.MISSING, 4)
    assert say_statement(problem.found) == "Records 4 to 6 are gone."


def test_a_deleted_last_record_is_found_by_the_anchor(files, record):
    files.fill(COUNT)
    files.tamper(("DELETE FROM incidents WHERE sequence = ?", (COUNT,)))

    assert files.problems() == [("truncated", COUNT)]
    require_refusal_to_append(files, record)


def test_all_records_deleted_is_found_by_the_anchor(files, record):
    files.fill(COUNT)
    files.tamper(("DELETE FROM incidents", ()))

    assert files.problems() == [("truncated", 1)]
    require_refusal_to_append(files, record)


def test_swapped_records_are_both_named(files, record):
    files.fill(COUNT)
    files.tamper(
        ("UPDATE incidents SET sequence = 100 WHERE sequence = 3", ()),
        ("UPDATE incidents SET sequence = 3 WHERE sequence = 8", ()),
        ("UPDATE incidents SET sequence = 8 WHERE sequence = 100", ()),
    )

    assert files.problems() == [("reordered", 3), ("reordered", 8)]
    require_refusal_to_append(files, record)


def test_a_record_moved_before_the_beginning_is_named(files):
    files.fill(COUNT)
    files.tamper(("UPDATE incidents SET sequence = -5 WHERE sequence = 4", ()))

    assert files.problems() == [("reordered", -5), ("missing", 4)]


def test_a_log_put_back_to_an_earlier_state_is_refused(files, record):
    files.fill(3)
    shutil.copy(files.path, files.folder / "earlier")
    files.fill(4)
    shutil.copy(files.folder / "earlier", files.path)

    assert files.problems() == [("truncated", 4)]
    require_refusal_to_append(files, record)


def test_a_log_put_back_while_the_app_runs_is_refused_at_the_next_record(files, log, record):
    other = files.folder / "earlier"
    other.mkdir()
    log.append(record)
    log.copy_to(other / "incidents.db", other / "incidents.anchor", files.key)
    log.append(record)
    (other / "incidents.db").replace(files.path)

    with raises_saying(IncidentLogDamaged, "exchanged"):
        log.append(record)


def test_a_removed_log_file_is_refused_and_not_begun_anew(files, record):
    files.fill(COUNT)
    files.path.unlink()

    assert files.problems() == [("missing", 1)]
    require_refusal_to_append(files, record)
    assert not files.path.exists()


def test_a_log_file_removed_while_the_app_runs_is_refused_at_the_next_record(files, log, record):
    log.append(record)
    files.path.unlink()

    with raises_saying(IncidentLogDamaged, "removed"):
        log.append(record)


def test_a_removed_log_with_records_left_in_its_write_ahead_log_is_refused(files, record):
    with closing(files.open()) as log:
        log.append(record)
        shutil.copytree(files.folder, files.folder / "copy")
    copied = type(files)(files.folder / "copy")
    copied.path.unlink()
    copied.anchor.unlink()
    assert (copied.folder / "incidents.db-wal").stat().st_size > 0

    with closing(copied.open()) as log, pytest.raises(IncidentLogDamaged):
        log.append(record)


def test_a_removed_anchor_is_refused(files, record):
    files.fill(COUNT)
    files.anchor.unlink()

    assert files.problems() == [("anchor_missing", None)]
    require_refusal_to_append(files, record)
    assert not files.anchor.exists()


def test_an_anchor_removed_while_the_app_runs_is_refused_at_the_next_record(files, log, record):
    log.append(record)
    files.anchor.unlink()

    with raises_saying(IncidentLogDamaged, "removed"):
        log.append(record)


def test_a_removed_anchor_of_a_log_without_records_is_refused_too(files, record):
    files.fill(0)
    files.anchor.unlink()

    assert files.problems() == [("anchor_missing", None)]
    require_refusal_to_append(files, record)


def test_removed_log_and_anchor_together_are_a_fresh_beginning(files, record):
    files.fill(COUNT)
    files.path.unlink()
    files.anchor.unlink()

    with closing(files.open()) as log:
        assert log.append(record).sequence == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff", b'{"seq": 3}', b"[" * 100_000],
    ids=["empty", "cut", "list", "null", "not utf-8", "without hmac", "nested"],
)
def test_an_anchor_that_is_no_anchor_is_refused(files, record, content):
    files.fill(COUNT)
    files.anchor.write_bytes(content)

    assert files.problems() == [("anchor_mismatch", None)]
    require_refusal_to_append(files, record)


def test_an_anchor_with_any_changed_byte_is_refused(files):
    files.fill(COUNT)
    anchor = AnchorFile(files.anchor, files.key)
    sound = files.anchor.read_bytes()
    for offset in range(len(sound)):
        flip(files.anchor, offset)
        with pytest.raises(AnchorRefused):
            anchor.read()
        files.anchor.write_bytes(sound)
    assert anchor.read().sequence == COUNT


def test_an_anchor_forged_without_the_key_is_refused(files, record):
    files.fill(COUNT)
    files.tamper(("DELETE FROM incidents WHERE sequence > 3", ()))
    head = files.rows()[-1]
    forged = json.loads(files.anchor.read_text()) | {"seq": 3, "head": head[5]}
    files.anchor.write_text(json.dumps(forged))

    assert files.problems() == [("anchor_mismatch", None)]
    require_refusal_to_append(files, record)


def test_an_anchor_from_a_log_with_another_key_is_refused(files, record, make_files):
    files.fill(COUNT)
    other = make_files()
    with closing(IncidentLog.open(other.path, other.anchor, b"o" * 32)) as log:
        for _ in range(COUNT):
            log.append(record)
    shutil.copy(other.anchor, files.anchor)

    assert files.problems() == [("anchor_mismatch", None)]
    require_refusal_to_append(files, record)


def test_an_anchor_from_another_log_under_the_same_key_is_refused(files, record, make_files):
    files.fill(COUNT, replace(record, category="here"))
    other = make_files()
    other.fill(COUNT, replace(record, category="there"))
    shutil.copy(other.anchor, files.anchor)

    assert files.problems() == [("anchor_mismatch", COUNT)]
    require_refusal_to_append(files, record)


def test_a_log_rewritten_with_the_key_is_found_by_the_anchor(files, record, make_files):
    files.fill(COUNT)
    other = make_files()
    other.fill(COUNT, replace(record, category="harmless"))
    shutil.copy(other.path, files.path)

    assert files.problems() == [("anchor_mismatch", COUNT)]
    require_refusal_to_append(files, record)


def test_an_anchor_that_a_crash_left_behind_is_no_problem_and_healed(files, record):
    files.fill(3)
    behind = files.anchor.read_bytes()
    entries = files.fill(4)
    files.anchor.write_bytes(behind)

    assert files.problems() == []
    with closing(files.open()) as log:
        assert json.loads(files.anchor.read_text())["seq"] == 7
        assert json.loads(files.anchor.read_text())["head"] == entries[-1].chain
        assert log.append(record).sequence == 8
    assert files.problems() == []


def test_an_anchor_left_behind_does_not_excuse_an_edit_after_it(files, record):
    files.fill(3)
    behind = files.anchor.read_bytes()
    files.fill(4)
    files.anchor.write_bytes(behind)
    files.tamper(("UPDATE incidents SET category = 'x' WHERE sequence = 6", ()))

    assert files.problems() == [("edited", 6)]
    require_refusal_to_append(files, record)
    assert files.anchor.read_bytes() == behind


def test_damage_that_verify_finds_stops_further_records(files, log, record):
    for _ in range(3):
        log.append(record)
    files.tamper(("UPDATE incidents SET category = 'x' WHERE sequence = 2", ()))

    assert [problem.sequence for problem in log.verify().problems] == [2]
    with pytest.raises(IncidentLogDamaged):
        log.append(record)


def flip(path, offset: int) -> None:
    content = bytearray(path.read_bytes())
    content[offset] ^= 0x10
    path.write_bytes(content)


def test_a_flipped_byte_in_any_page_is_found_and_the_rest_stays_listed(make_files, record):
    original = make_files()
    original.fill(40)
    size = original.path.stat().st_size
    assert size >= 10 * 4096
    generator = random.Random(1)
    for page in range(size // 4096):
        files = make_files()
        shutil.copytree(original.folder, files.folder, dirs_exist_ok=True)
        flip(files.path, page * 4096 + generator.randrange(4096))

        (problem, *more) = files.verify().problems

        assert problem.kind is ProblemKind.UNREADABLE
        assert more == []
        with closing(files.open()) as log:
            readable = {entry.sequence for entry in log.entries()}
            with pytest.raises(IncidentLogDamaged):
                log.append(record)
        if problem.sequence is None:
            assert len(readable) == 40
        else:
            assert problem.sequence in set(range(1, 41)) - readable
        assert files.verify().entries == len(readable)


def test_two_damaged_places_are_both_named(files):
    files.fill(40)
    leaves = files.path.stat().st_size // 4096
    flip(files.path, 4096 * 4 + 100)
    flip(files.path, 4096 * (leaves - 2) + 100)

    problems = files.verify().problems

    assert [problem.kind for problem in problems] == [ProblemKind.UNREADABLE] * 2
    assert 1 < problems[0].sequence < problems[1].sequence < 40


def test_a_long_damaged_stretch_is_named_as_one(files, record):
    files.fill(600)
    with closing(open_to_read(files.path, files.key, INCIDENTS)) as database:
        (root,) = database.rows("SELECT rootpage FROM sqlite_master WHERE name = 'incidents'")
    flip(files.path, (root[0] - 1) * 4096 + 2000)

    (problem,) = files.verify().problems

    assert (problem.kind, problem.sequence) == (ProblemKind.UNREADABLE, 1)
    assert "Records 1 to 600" in say_statement(problem.found)


def test_damage_in_records_before_the_beginning_ends_the_reading(files, record):
    files.fill(5)
    files.tamper(
        ("UPDATE incidents SET sequence = sequence - 1000", ()),
        ("UPDATE incidents SET header = randomblob(3000)", ()),
        ("DELETE FROM incidents WHERE sequence > -998", ()),
    )
    for page in range(1, files.path.stat().st_size // 4096):
        flip(files.path, page * 4096 + 9)

    assert not files.verify().is_intact
    require_refusal_to_append(files, record)


def test_a_flipped_byte_in_the_write_ahead_log_is_found(files, record):
    with closing(files.open()) as log:
        for _ in range(10):
            log.append(record)
        shutil.copytree(files.folder, files.folder / "killed")
    killed = type(files)(files.folder / "killed")
    wal = killed.folder / "incidents.db-wal"
    flip(wal, wal.stat().st_size * 3 // 4)

    (problem,) = killed.verify().problems

    assert problem.kind is ProblemKind.TRUNCATED
    require_refusal_to_append(killed, record)


@pytest.mark.parametrize("size", [0, 1, 4096 * 3 + 7, 4096 * 3])
def test_a_log_file_cut_short_is_refused(files, record, size):
    files.fill(COUNT)
    os.truncate(files.path, size)

    (problem, *_) = files.verify().problems

    assert (problem.kind, problem.sequence) == (ProblemKind.UNREADABLE, 1)
    require_refusal_to_append(files, record)


def test_a_file_of_something_else_in_the_place_of_the_log_is_refused(files, record):
    files.fill(COUNT)
    files.path.write_bytes(b"\x89PNG\r\n" + bytes(4090))

    assert files.problems() == [("unreadable", 1)]
    require_refusal_to_append(files, record)


def test_another_key_is_refused(files, record):
    files.fill(COUNT)
    before = files.path.read_bytes()

    assert not verify_log(files.path, files.anchor, b"x" * 32).is_intact
    with closing(IncidentLog.open(files.path, files.anchor, b"x" * 32)) as log, pytest.raises(IncidentLogDamaged):
        log.append(record)
    assert files.path.read_bytes() == before
    assert files.problems() == []


def test_a_log_of_a_newer_version_is_refused(files):
    files.fill(1)
    files.tamper(("PRAGMA user_version = 99", ()))

    with pytest.raises(StorageError) as refusal:
        files.open()
    assert refusal.value.problem is StorageProblem.NEWER


values = st.one_of(
    st.tuples(st.just("header"), st.binary(max_size=40)),
    st.tuples(st.sampled_from(("recorded_at", "event", "category", "chain")), st.text(max_size=80)),
    st.tuples(st.just("sequence"), st.integers(-(2**63), 2**63 - 1)),
    st.tuples(st.just("flip"), st.integers(0, 10**6)),
    st.tuples(st.just("delete"), st.none()),
)


@pytest.fixture(scope="module")
def sound(make_files):
    files = make_files()
    files.fill(COUNT)
    return files


@settings(max_examples=100, deadline=None)
@given(target=st.integers(1, COUNT), change=values)
def test_any_single_change_of_any_stored_row_is_found_and_names_it(sound, make_files, target, change):
    files = make_files()
    shutil.copytree(sound.folder, files.folder, dirs_exist_ok=True)
    row = dict(zip(COLUMNS, sound.rows()[target - 1], strict=True))
    column, value = change
    if column == "delete":
        sql, parameters = "DELETE FROM incidents WHERE sequence = ?", (target,)
    else:
        if column == "flip":
            header = bytearray(row["header"])
            header[value % len(header)] ^= 1 + value % 255
            column, value = "header", bytes(header)
        if value == row[column] or (column == "sequence" and 1 <= value <= COUNT):
            return
        sql, parameters = f"UPDATE incidents SET {column} = ? WHERE sequence = ?", (value, target)  # noqa: S608
    files.tamper((sql, parameters))

    verification = files.verify()

    assert not verification.is_intact
    assert target in {problem.sequence for problem in verification.problems}
