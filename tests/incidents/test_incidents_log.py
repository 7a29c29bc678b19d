# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Appending, listing, and what one log promises to several threads and processes."""

import json
import os
import stat
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strongroom.core.incident import IncidentEvent, IncidentRecord
from strongroom.incidents import IncidentLog
from strongroom.incidents.schema import INCIDENTS
from strongroom.storage import StorageError, StorageProblem, open_database
from support.refusals import raises_saying

APPENDER = """
import sys
from pathlib import Path
from strongroom.core.incident import IncidentEvent, IncidentRecord
from strongroom.incidents import IncidentLog

folder, key, count = Path(sys.argv[1]), bytes.fromhex(sys.argv[2]), int(sys.argv[3])
log = IncidentLog.open(folder / "incidents.db", folder / "incidents.anchor", key)
print("ready", flush=True)
sys.stdin.readline()
for number in range(count):
    log.append(IncidentRecord(IncidentEvent.FILTER_LOG, text_length=number))
log.close()
"""

details = st.dictionaries(
    st.text(max_size=10), st.text(max_size=30) | st.integers(-(2**53) + 1, 2**53 - 1) | st.booleans()
)
records = st.builds(
    IncidentRecord,
    event=st.sampled_from(IncidentEvent),
    category=st.text(max_size=10),
    rule_id=st.text(max_size=10),
    confidence_percent=st.none() | st.integers(0, 100),
    conversation_id=st.none() | st.integers(1, 2**40),
    text_hmac=st.text(max_size=10),
    details=details,
)


def test_a_record_comes_back_as_it_was_given(log, record):
    entry = log.append(record)

    assert (entry.sequence, entry.record) == (1, record)
    assert log.entries() == [entry]
    assert log.count() == 1


def test_sequence_numbers_have_no_gaps_over_a_reopening(files, record):
    first = files.fill(2)
    with closing(files.open()) as log:
        third = log.append(record)

        assert [entry.sequence for entry in (*first, third)] == [1, 2, 3]
        assert len({entry.chain for entry in (*first, third)}) == 3
    assert files.verify().is_intact


def test_the_chain_value_names_its_algorithm(log, record):
    assert log.append(record).chain.startswith("sha256:")


def test_the_anchor_names_the_head_after_every_append(files, log, record):
    for _ in range(3):
        entry = log.append(record)

        anchor = json.loads(files.anchor.read_text())

        assert (anchor["seq"], anchor["head"], anchor["algorithm"]) == (entry.sequence, entry.chain, "sha256")


def test_nothing_of_a_record_is_readable_in_the_files(files, record):
    files.fill(20, replace(record, rule_id="a-very-telling-rule-name"))

    for path in files.folder.iterdir():
        assert b"a-very-telling" not in path.read_bytes(), path
        assert b"SQLite" not in path.read_bytes(), path


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps access lists instead of modes")
def test_only_the_owner_can_read_the_files(files, log, record):
    log.append(record)

    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in files.folder.iterdir()} == {0}


def test_records_are_listed_newest_first_and_in_pages(files, log, record):
    for number in range(5):
        log.append(replace(record, text_length=number))

    page = log.entries(limit=2)
    next_page = log.entries(limit=2, before=page[-1].sequence)

    assert [entry.sequence for entry in page + next_page] == [5, 4, 3, 2]


def test_records_are_filtered_by_category_event_and_time(log, record):
    first = log.append(record)
    second = log.append(replace(record, category="secrets", event=IncidentEvent.FILTER_BLOCK))

    assert log.entries(category="secrets") == [second]
    assert log.entries(event=IncidentEvent.FILTER_MASK) == [first]
    assert log.entries(category="secrets", event=IncidentEvent.FILTER_MASK) == []
    assert log.entries(since=first.recorded_at) == [second, first]
    assert log.entries(until=first.recorded_at) == []
    assert log.entries(since="9999") == []
    assert log.entries(since=first.recorded_at[:10]) == [second, first]


def test_the_table_itself_forbids_update_and_delete(files, log, record):
    log.append(record)

    with closing(open_database(files.path, files.key, INCIDENTS, is_durable=False)) as database:
        for sql in ("UPDATE incidents SET category = 'x'", "DELETE FROM incidents"):
            with raises_saying(StorageError, "only grows"):
                database.write(sql)


def test_text_hmac_tells_repeats_but_not_across_installations(files, log, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("other")
    with closing(IncidentLog.open(elsewhere / "incidents.db", elsewhere / "a", b"o" * 32)) as other:
        assert log.text_hmac("4111") == log.text_hmac("4111") != log.text_hmac("4112")
        assert log.text_hmac("4111") != other.text_hmac("4111")
        assert log.text_hmac("\ud800").startswith("hmac-sha256:")


def test_text_hmac_is_the_same_after_reopening(files):
    with closing(files.open()) as log:
        before = log.text_hmac("text")
    with closing(files.open()) as log:
        assert log.text_hmac("text") == before


def test_a_file_name_that_is_no_unicode_is_recorded_escaped(log):
    entry = log.append(IncidentRecord(IncidentEvent.POLICY_REJECTED, details={"source": "/etc/\udcff.toml"}))

    assert entry.record.details["source"] == "/etc/\\udcff.toml"
    assert log.verify().is_intact


@pytest.mark.parametrize("value", [1.5, None, ["list"], 2**53])
def test_a_detail_of_another_type_is_refused_and_the_log_stays_usable(log, record, value):
    with pytest.raises(ValueError, match=r"."):
        log.append(replace(record, details={"value": value}))

    assert log.append(record).sequence == 1
    assert log.verify().is_intact


def test_a_log_in_memory_verifies_and_leaves_no_file(tmp_path, record, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with closing(IncidentLog.open(None, None, None)) as log:
        entry = log.append(record)
        log.append(record)

        assert log.entries()[-1] == entry
        assert (log.verify().entries, log.verify().is_intact) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_a_log_in_memory_can_be_taken_along(files, record):
    with closing(IncidentLog.open(None, None, None)) as memory:
        kept = [memory.append(record) for _ in range(3)]
        memory.copy_to(files.path, files.anchor, files.key)
        with pytest.raises(StorageError) as refusal:
            memory.copy_to(files.path, files.anchor, files.key)
    assert refusal.value.problem is StorageProblem.EXISTS

    with closing(files.open()) as log:
        assert log.entries()[::-1] == kept
        assert log.append(record).sequence == 4
    assert files.verify().is_intact


def test_appends_from_many_threads_make_one_chain(files, log, record):
    def work() -> None:
        for _ in range(10):
            log.append(record)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert log.count() == 60
    assert files.verify().is_intact


def test_appends_from_several_processes_make_one_chain_while_it_is_verified(files, log, record):
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", APPENDER, str(files.folder), files.key.hex(), "40"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout.readline() == b"ready\n"
    for process in processes:
        process.stdin.write(b"go\n")
        process.stdin.flush()
    for _ in range(10):
        log.append(record)
        assert files.verify().is_intact
    for process in processes:
        process.communicate()
        assert process.returncode == 0

    verification = files.verify()
    assert (verification.entries, verification.is_intact) == (130, True)
    assert json.loads(files.anchor.read_text())["seq"] == 130


def test_a_log_that_another_process_keeps_locked_is_refused_in_time(files, log, record, monkeypatch):
    monkeypatch.setattr("strongroom.core.locking.LOCK_LIMIT_S", 0.05)
    holder = subprocess.Popen(
        [
            sys.executable, "-c",
            "import sys\nfrom pathlib import Path\nfrom strongroom.core.locking import file_lock\n"
            "with file_lock(Path(sys.argv[1])):\n    print('held', flush=True)\n    sys.stdin.read()",
            f"{files.anchor}.lock",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    assert holder.stdout.readline() == b"held\n"

    with pytest.raises(StorageError) as refusal:
        log.append(record)
    holder.communicate()

    assert refusal.value.problem is StorageProblem.BUSY
    assert log.append(record).sequence == 1


def test_a_full_disk_refuses_the_record_and_loses_none(files, record, monkeypatch):
    opened = []

    def open_and_tell(*arguments, **options):
        opened.append(open_database(*arguments, **options))
        return opened[-1]

    monkeypatch.setattr("strongroom.incidents.log.open_database", open_and_tell)
    with closing(files.open()) as log:
        log.append(record)
        (database,) = opened
        database.rows(f"PRAGMA max_page_count = {database.rows('PRAGMA page_count')[0][0]}")

        def append_until_full() -> None:
            for _ in range(100):
                log.append(record)

        with pytest.raises(StorageError) as refusal:
            append_until_full()

        assert refusal.value.problem is StorageProblem.FULL
        assert files.verify().is_intact
        database.rows("PRAGMA max_page_count = 1000000")
        assert log.append(record).sequence == log.count()


def test_an_anchor_whose_draft_cannot_be_made_refuses_the_record_and_is_healed_by_the_next(files, log, record):
    log.append(record)
    obstacle = files.folder / "incidents.anchor.part"
    obstacle.mkdir()
    with pytest.raises(StorageError) as refusal:
        log.append(record)
    obstacle.rmdir()

    assert refusal.value.problem is StorageProblem.NOT_WRITABLE
    assert log.append(record).sequence == 3
    assert files.verify().is_intact


@settings(max_examples=20, deadline=None)
@given(sequence=st.lists(records, max_size=8))
def test_any_sequence_of_records_verifies_and_comes_back(make_files, sequence):
    files = make_files()
    with closing(IncidentLog.open(None, None, None)) as log:
        appended = [log.append(record) for record in sequence]
        log.copy_to(files.path, files.anchor, files.key)

        assert [entry.record for entry in appended] == sequence
        assert log.entries() == appended[::-1]
        assert log.verify().is_intact
    with closing(files.open()) as log:
        assert log.entries() == appended[::-1]
    assert files.verify().is_intact
