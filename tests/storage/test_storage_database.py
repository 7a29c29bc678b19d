# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Database files: encrypted, refused untouched when they are not what they should be, migrated with a copy taken."""

import hashlib
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from strongroom.storage import CHATS, Schema, StorageError, StorageProblem, open_database, open_to_read
from strongroom.storage.opening import copy_database
from strongroom.words import explain


def m001_first(statements):
    statements.execute("CREATE TABLE facts (id INTEGER PRIMARY KEY, text TEXT)")


def m002_second(statements):
    statements.execute("ALTER TABLE facts ADD COLUMN extra TEXT DEFAULT 'added'")


def m003_failing(statements):
    statements.execute("CREATE TABLE half (id INTEGER)")
    statements.execute("CREATE TABLE facts (id INTEGER)")


FIRST = Schema(title="fact database", application_id=0x0BADCAFE, migrations=(m001_first,))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "facts.db"


@pytest.fixture
def opened(path, key):
    with closing(open_database(path, key, FIRST, is_durable=False)) as database:
        yield database


@pytest.fixture
def closed(path, key):
    """A closed database with some pages of content."""
    with closing(open_database(path, key, FIRST, is_durable=False)) as database:
        for number in range(40):
            database.write("INSERT INTO facts (text) VALUES (?)", (f"a telling fact {number} " * 20,))
    return path


def fingerprint(path) -> dict[str, str]:
    # The shared-memory file is a cache that any reader may make.
    return {
        item.name: hashlib.sha256(item.read_bytes()).hexdigest()
        for item in path.parent.iterdir()
        if item.is_file() and not item.name.endswith("-shm") and item.stat().st_size
    }


def refused(path, key, schema=FIRST) -> StorageError:
    before = fingerprint(path)
    with pytest.raises(StorageError) as refusal:
        open_database(path, key, schema, is_durable=False)
    assert fingerprint(path) == before
    assert str(path) in explain(refusal.value).message
    assert explain(refusal.value).next_step
    assert refusal.value.code == f"storage.{refusal.value.problem.value}"
    return refusal.value


def test_nothing_is_readable_in_the_files(path, key, opened):
    opened.write("INSERT INTO facts (text) VALUES ('a very telling fact')")

    names = {item.name for item in path.parent.iterdir()}
    assert {"facts.db", "facts.db-wal"} <= names
    for item in path.parent.iterdir():
        assert b"telling" not in item.read_bytes()
        assert b"SQLite format" not in item.read_bytes()
        assert key not in item.read_bytes()


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps access lists instead of modes")
def test_only_the_owner_can_read_the_files(path, opened):
    opened.write("INSERT INTO facts (text) VALUES ('x')")

    assert {stat.S_IMODE(item.stat().st_mode) for item in path.parent.iterdir()} == {0o600}


def test_the_settings_that_matter_are_in_force(path, key):
    for is_durable, synchronous in ((True, 2), (False, 1)):
        with closing(open_database(path, key, FIRST, is_durable=is_durable)) as database:
            found = {
                name: database.rows(f"PRAGMA {name}")[0][0]
                for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "trusted_schema",
                             "cipher_memory_security")
            }  # fmt: skip
        assert found == {
            "journal_mode": "wal",
            "synchronous": synchronous,
            "foreign_keys": 1,
            "secure_delete": 1,
            "trusted_schema": 0,
            "cipher_memory_security": "1",
        }


def test_nothing_is_written_to_standard_error(path, key, closed):
    script = (
        "import sys\nfrom pathlib import Path\nfrom strongroom.storage import CHATS, StorageError, open_database\n"
        "try:\n    open_database(Path(sys.argv[1]), b'x' * 32, CHATS, is_durable=False)\n"
        "except StorageError as error:\n    print(error.problem.value)\n"
    )
    finished = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True)

    assert (finished.stdout.strip(), finished.stderr) == ("wrong_key", "")


def test_a_wrong_key_is_refused(closed):
    assert refused(closed, b"x" * 32).problem is StorageProblem.WRONG_KEY


def test_a_wrong_key_is_refused_and_the_write_ahead_log_of_a_killed_app_stays(path, key, opened, tmp_path):
    opened.write("INSERT INTO facts (text) VALUES ('kept')")
    killed = tmp_path / "killed"
    killed.mkdir()
    for name in ("facts.db", "facts.db-wal"):
        shutil.copy(path.with_name(name), killed / name)

    assert refused(killed / "facts.db", b"x" * 32).problem is StorageProblem.WRONG_KEY
    with closing(open_database(killed / "facts.db", key, FIRST, is_durable=False)) as database:
        assert database.rows("SELECT text FROM facts") == [("kept",)]


def test_a_plaintext_database_is_refused(path, key):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE facts (id)")

    assert refused(path, key).problem is StorageProblem.PLAINTEXT


@pytest.mark.parametrize("content", [b"hello", b"\x89PNG\r\n" + bytes(5000), os.urandom(8192)], ids=len)
def test_a_file_of_something_else_is_refused(path, key, content):
    path.write_bytes(content)

    assert refused(path, key).problem in (StorageProblem.WRONG_KEY, StorageProblem.TRUNCATED)


def test_a_folder_is_refused(path, key):
    path.mkdir()

    assert refused(path, key).problem is StorageProblem.OTHER_APP


@pytest.mark.parametrize("size", [0, 1, 4095, 4097, 10_000])
def test_a_file_cut_short_is_refused(closed, key, size):
    os.truncate(closed, size)

    assert refused(closed, key).problem is StorageProblem.TRUNCATED


@pytest.mark.parametrize("pages", [1, 2, 3])
def test_a_file_cut_short_by_whole_pages_is_refused(closed, key, pages):
    os.truncate(closed, 4096 * pages)

    assert refused(closed, key).problem is StorageProblem.DAMAGED


def test_a_damaged_first_page_is_refused(closed, key):
    with closed.open("r+b") as stream:
        stream.seek(100)
        stream.write(b"\0\0\0\0")

    assert refused(closed, key).problem is StorageProblem.WRONG_KEY


def test_a_damaged_page_is_found_when_it_is_read(closed, key):
    with closed.open("r+b") as stream:
        stream.seek(4096 * 4 + 100)
        stream.write(b"\0\0\0\0")

    with (
        closing(open_database(closed, key, FIRST, is_durable=False)) as database,
        pytest.raises(StorageError) as refusal,
    ):
        database.rows("SELECT * FROM facts")
    assert refusal.value.problem is StorageProblem.DAMAGED


def test_the_database_of_another_app_is_refused(closed, key):
    assert refused(closed, key, CHATS).problem is StorageProblem.OTHER_APP


def test_a_newer_version_is_refused(closed, key):
    with closing(open_database(closed, key, replace(FIRST, migrations=(m001_first, m002_second)), is_durable=False)):
        pass

    assert refused(closed, key).problem is StorageProblem.NEWER


def test_a_removed_database_with_its_write_ahead_log_left_is_refused(path, key, opened, tmp_path):
    opened.write("INSERT INTO facts (text) VALUES ('x')")
    killed = tmp_path / "killed"
    killed.mkdir()
    shutil.copy(path.with_name("facts.db-wal"), killed / "facts.db-wal")

    assert refused(killed / "facts.db", key).problem is StorageProblem.DAMAGED
    assert not (killed / "facts.db").exists()


def test_a_folder_that_does_not_exist_is_refused(path, key):
    missing = path.parent / "missing" / "facts.db"
    with pytest.raises(StorageError) as refusal:
        open_database(missing, key, FIRST, is_durable=False)
    assert refusal.value.problem is StorageProblem.NOT_WRITABLE


@pytest.mark.parametrize("wrong", [None, b"", b"short", b"x" * 33])
def test_a_key_of_the_wrong_length_is_refused(path, wrong):
    with pytest.raises(ValueError, match="key"):
        open_database(path, wrong, FIRST, is_durable=False)
    assert not path.exists()


def test_a_full_disk_is_refused_and_nothing_of_the_change_stays(opened):
    opened.rows(f"PRAGMA max_page_count = {opened.rows('PRAGMA page_count')[0][0] + 2}")

    def fill() -> None:
        with opened.transaction() as statements:
            for _ in range(100):
                statements.execute("INSERT INTO facts (text) VALUES (?)", ("x" * 3000,))

    with pytest.raises(StorageError) as refusal:
        fill()
    assert refusal.value.problem is StorageProblem.FULL
    assert opened.rows("SELECT count(*) FROM facts") == [(0,)]
    opened.rows("PRAGMA max_page_count = 1000000")
    assert opened.write("INSERT INTO facts (text) VALUES ('works again')") == 1


def test_a_failed_transaction_leaves_nothing(opened):
    def fail() -> None:
        with opened.transaction() as statements:
            statements.execute("INSERT INTO facts (text) VALUES ('half')")
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError):
        fail()
    assert opened.rows("SELECT * FROM facts") == []


def test_readers_never_see_half_a_transaction(opened):
    stop = threading.Event()
    seen: set[int] = set()

    def read() -> None:
        while not stop.is_set():
            seen.add(opened.rows("SELECT count(*) FROM facts")[0][0])

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(50):
        with opened.transaction() as statements:
            for _ in range(10):
                statements.execute("INSERT INTO facts (text) VALUES ('x')")
    stop.set()
    reader.join()

    assert all(count % 10 == 0 for count in seen)


def test_writers_in_several_threads_take_turns(opened):
    def write() -> None:
        for _ in range(20):
            with opened.transaction() as statements:
                statements.execute("INSERT INTO facts (text) VALUES ('x')")

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert opened.rows("SELECT count(*) FROM facts") == [(120,)]


def test_a_database_that_another_process_keeps_locked_is_refused(path, key, opened, monkeypatch):
    monkeypatch.setattr("strongroom.storage.database.BUSY_LIMIT_S", 0.05)
    with (
        closing(open_database(path, key, FIRST, is_durable=False)) as second,
        opened.transaction(),
        pytest.raises(StorageError) as refusal,
    ):
        second.write("INSERT INTO facts (text) VALUES ('x')")
    assert refusal.value.problem is StorageProblem.BUSY


def test_a_read_only_opening_reads_beside_a_writer_and_cannot_write(path, key, opened):
    opened.write("INSERT INTO facts (text) VALUES ('x')")
    with closing(open_to_read(path, key, FIRST)) as reader:
        assert reader.rows("SELECT text FROM facts") == [("x",)]
        opened.write("INSERT INTO facts (text) VALUES ('y')")
        assert len(reader.rows("SELECT text FROM facts")) == 2
        with pytest.raises(StorageError):
            reader.write("INSERT INTO facts (text) VALUES ('z')")


def test_a_beginning_that_a_crash_cut_off_is_begun_again(path, key):
    path.with_name("facts.db.new").write_bytes(b"half a database")

    with closing(open_database(path, key, FIRST, is_durable=False)) as database:
        assert database.rows("SELECT * FROM facts") == []
    assert not path.with_name("facts.db.new").exists()


def test_several_processes_may_open_a_new_database_at_once(path, key):
    found = []

    def open_and_write() -> None:
        with closing(open_database(path, key, FIRST, is_durable=False)) as database:
            found.append(database.write("INSERT INTO facts (text) VALUES ('x')"))

    threads = [threading.Thread(target=open_and_write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with closing(open_to_read(path, key, FIRST)) as database:
        assert database.rows("SELECT count(*) FROM facts") == [(6,)]


# Migrations


def test_an_old_file_is_migrated_and_no_copy_stays(closed, key):
    newer = replace(FIRST, migrations=(m001_first, m002_second))

    with closing(open_database(closed, key, newer, is_durable=False)) as database:
        assert database.rows("SELECT DISTINCT extra FROM facts") == [("added",)]
        assert database.rows("PRAGMA user_version") == [(2,)]
    assert not [item for item in closed.parent.iterdir() if "before" in item.name or "new" in item.name]
    with closing(open_database(closed, key, newer, is_durable=False)) as database:
        assert database.rows("SELECT count(*) FROM facts") == [(40,)]


def test_a_file_of_a_version_before_the_first_one_is_brought_forward_and_then_migrated(closed, key):
    def bring_forward(statements):
        statements.execute("ALTER TABLE facts ADD COLUMN moved TEXT DEFAULT 'moved'")

    released = replace(FIRST, migrations=(m001_first, m002_second), first_version=5, bring_forward=bring_forward)
    assert released.version == 6
    assert [number for number, _ in released.steps_from(0)] == [5, 6]
    assert released.steps_from(0)[0][1] is m001_first

    with closing(open_database(closed, key, released, is_durable=False)) as database:
        assert database.rows("SELECT DISTINCT moved, extra FROM facts") == [("moved", "added")]
        assert database.rows("SELECT count(*) FROM facts") == [(40,)]
        assert database.rows("PRAGMA user_version") == [(6,)]


def test_a_failing_migration_is_refused_and_leaves_the_file_and_an_encrypted_copy(closed, key):
    broken = replace(FIRST, migrations=(m001_first, m002_second, m003_failing))

    with pytest.raises(StorageError) as refusal:
        open_database(closed, key, broken, is_durable=False)

    assert "facts.db.before-v3" in explain(refusal.value).message
    copy = closed.with_name("facts.db.before-v3")
    assert b"telling" not in copy.read_bytes()
    for file, version in ((copy, 1), (closed, 2)):
        known = replace(FIRST, migrations=(m001_first, m002_second)[:version])
        with closing(open_to_read(file, key, known)) as database:
            assert database.rows("SELECT count(*) FROM facts") == [(40,)]
            assert database.rows("SELECT name FROM sqlite_master WHERE name = 'half'") == []


def test_a_new_file_is_made_without_a_copy(path, key):
    newer = replace(FIRST, migrations=(m001_first, m002_second))
    with closing(open_database(path, key, newer, is_durable=False)) as database:
        assert database.rows("PRAGMA user_version") == [(2,)]
    assert {item.name for item in path.parent.iterdir()} == {"facts.db", "facts.db.lock"}


# Copies


def test_a_database_in_memory_can_be_written_to_an_encrypted_file(path, key):
    with closing(open_database(None, None, FIRST, is_durable=False)) as memory:
        memory.write("INSERT INTO facts (text) VALUES ('a telling fact')")
        copy_database(memory, path, key)
        with pytest.raises(StorageError) as refusal:
            copy_database(memory, path, key)

    assert refusal.value.problem is StorageProblem.EXISTS
    assert b"telling" not in path.read_bytes()
    with closing(open_database(path, key, FIRST, is_durable=False)) as database:
        assert database.rows("SELECT text FROM facts") == [("a telling fact",)]


def test_a_database_in_memory_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with closing(open_database(None, None, FIRST, is_durable=False)) as memory:
        memory.write("INSERT INTO facts (text) VALUES ('x')")
    assert list(tmp_path.iterdir()) == []


def test_the_driver_is_the_encrypted_one():
    with closing(sqlcipher.connect(":memory:")) as connection:
        assert connection.execute("PRAGMA cipher_version").fetchone()[0].startswith("4.")
