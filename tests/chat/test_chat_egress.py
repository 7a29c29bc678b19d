# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The egress ledger: kept, paired, verified, exported, and nothing is asked of a hub without it."""

import csv
import io
import json
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from hypothesis import given, settings
from hypothesis import strategies as st

from strongroom.core.egress import EgressEntry, EgressRequest, Purpose
from strongroom.core.errors import UserFacingError
from strongroom.core.hub import SearchQuery
from strongroom.core.incident import IncidentEvent
from strongroom.core.paths import DataPaths
from strongroom.core.settings import Settings, save_settings
from strongroom.hub import FaultKind, HubFault
from strongroom.incidents import EgressLedger, IncidentLogDamaged, egress_key, neutralized
from strongroom.words import explain
from strongroom.workspace import Workspace
from support.loopback_hub import HubRepository, LoopbackHub, Misbehavior
from support.refusals import raises_saying

KEY = bytes(range(32))
NEVER = threading.Event()
PASSPHRASE = "correct horse battery staple"
CHANGE_HOST = "UPDATE incidents SET header = CAST(replace(header, 'hub.example', 'another') AS BLOB)"
BEGUN = EgressRequest("GET", "hub.example", "/api/models", Purpose.SEARCH)


@pytest.fixture
def paths(tmp_path):
    paths = DataPaths(tmp_path / "data")
    paths.ensure()
    return paths


@pytest.fixture
def ledger(paths):
    with closing(EgressLedger.open(paths, KEY)) as opened:
        yield opened


@pytest.fixture(scope="module")
def lasting_hub():
    with LoopbackHub() as hub:
        yield hub


@pytest.fixture
def hub(lasting_hub, scripted):
    """A hub on this machine that the workspace of the data folder asks."""
    lasting_hub.reset()
    lasting_hub.add(HubRepository("acme/tiny", {}))
    scripted.paths.ensure()
    save_settings(scripted.paths.settings, Settings(hub_endpoint=lasting_hub.endpoint))
    yield lasting_hub
    lasting_hub.reset()


def tamper(paths: DataPaths, statement: str) -> None:
    """Change the ledger as somebody who has its key."""
    with closing(sqlcipher.connect(str(paths.egress), isolation_level=None)) as connection:
        connection.execute(f"PRAGMA key = \"x'{egress_key(KEY).hex()}'\"")
        for verb in ("update", "delete"):
            connection.execute(f"DROP TRIGGER incidents_forbid_{verb}")
        connection.execute(statement)


def search(workspace: Workspace) -> None:
    workspace.hub.search(SearchQuery(), cancel=NEVER)


def test_a_request_is_one_entry_of_two_records(ledger):
    number = ledger.begun(BEGUN)
    (under_way,) = ledger.entries()
    assert (under_way.sequence, under_way.status, under_way.received) == (1, None, None)
    ledger.made(number, status=200, received=12)
    (entry,) = ledger.entries()
    assert entry == replace(under_way, status=200, received=12)
    assert (entry.method, entry.host, entry.path, entry.why) == ("GET", "hub.example", "/api/models", Purpose.SEARCH)
    assert (ledger.count_since_start, ledger.count_requests(), ledger.verify().entries) == (1, 1, 2)


def test_what_was_recorded_is_there_after_a_restart_and_the_count_begins_anew(paths, ledger):
    ledger.made(ledger.begun(BEGUN), status=0, received=0)
    ledger.begun(replace(BEGUN, path="/left/behind"))
    before = ledger.entries()
    ledger.close()
    with closing(EgressLedger.open(paths, KEY)) as again:
        assert again.entries() == before
        assert [entry.status for entry in before] == [None, 0]
        assert again.count_since_start == 0
        assert again.verify().is_intact


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 9), st.integers(0, 999), st.integers(0, 2**50)), max_size=40))
def test_any_sequence_of_beginnings_and_ends_is_paired_right(steps):
    """A step begins a request, or ends one of those under way; pages of any size show the same as the whole."""
    expected: dict[int, EgressEntry] = {}
    under_way: list[int] = []
    with closing(EgressLedger.open(DataPaths(Path("unused")), None)) as ledger:
        for begins, which, status, received in steps:
            if begins or not under_way:
                number = ledger.begun(replace(BEGUN, path=f"/{len(expected)}", why=list(Purpose)[which % 4]))
                expected[number] = EgressEntry(
                    number, "", "GET", "hub.example", f"/{len(expected)}", list(Purpose)[which % 4]
                )
                under_way.append(number)
            else:
                number = under_way.pop(which % len(under_way))
                ledger.made(number, status=status, received=received)
                expected[number] = replace(expected[number], status=status, received=received)
        newest_first = [expected[number] for number in sorted(expected, reverse=True)]
        assert [replace(entry, began_at="") for entry in ledger.entries()] == newest_first
        assert (ledger.count_since_start, ledger.count_requests()) == (len(expected), len(expected))
        paged: list[EgressEntry] = []
        while page := ledger.entries(limit=3, before_sequence=paged[-1].sequence if paged else None):
            paged += page
        assert [replace(entry, began_at="") for entry in paged] == newest_first


def test_requests_of_many_threads_are_all_there_and_paired(ledger):
    def ask(number: int) -> None:
        ledger.made(ledger.begun(replace(BEGUN, path=f"/{number}")), status=200, received=number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(40)))
    assert {(entry.path, entry.received) for entry in ledger.entries()} == {(f"/{n}", n) for n in range(40)}
    assert ledger.count_since_start == 40
    assert ledger.verify().is_intact


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (f"{CHANGE_HOST} WHERE sequence = 3", ("edited", 3)),
        ("DELETE FROM incidents WHERE sequence = 2", ("missing", 2)),
        ("DELETE FROM incidents WHERE sequence > 4", ("truncated", 5)),
    ],
)  # fmt: skip
def test_refused_after_tampering_and_the_record_is_named(paths, ledger, statement, found):
    for _ in range(3):
        ledger.made(ledger.begun(BEGUN), status=200, received=1)
    ledger.close()
    tamper(paths, statement)
    with closing(EgressLedger.open(paths, KEY)) as again:
        assert isinstance(again.damage, IncidentLogDamaged)
        assert (again.damage.code, explain(again.damage).title) == ("egress.damaged", "Egress ledger damaged")
        assert "strongroom egress verify" in explain(again.damage).next_step
        assert "egress.db and egress.anchor" in explain(again.damage).next_step
        problem = again.verify().problems[0]
        assert (problem.kind.value, problem.sequence) == found
        for refused in (again.require_sound, lambda: again.begun(BEGUN)):
            with pytest.raises(IncidentLogDamaged):
                refused()
        assert again.entries(), "what is left can still be read"
        assert again.count_since_start == 0


def test_refused_when_the_ledger_was_taken_away(paths, ledger):
    ledger.begun(BEGUN)
    paths.egress.unlink()
    with raises_saying(IncidentLogDamaged, r"egress\.db was removed"):
        ledger.require_sound()


def test_a_record_of_another_shape_is_left_out_of_the_list(paths, ledger):
    ledger.begun(BEGUN)
    ledger.begun(BEGUN)
    ledger.close()
    tamper(paths, "UPDATE incidents SET header = CAST(replace(header, 'search', 'serach') AS BLOB) WHERE sequence = 1")
    with closing(EgressLedger.open(paths, KEY)) as again:
        assert [entry.sequence for entry in again.entries()] == [2]


def test_the_ledger_cannot_be_opened_with_the_key_of_the_incident_log(paths, ledger):
    ledger.begun(BEGUN)
    assert egress_key(KEY) != KEY
    with closing(sqlcipher.connect(str(paths.egress))) as connection:
        connection.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
        with pytest.raises(sqlcipher.DatabaseError):
            connection.execute("SELECT * FROM incidents")
    assert b"hub.example" not in b"".join(path.read_bytes() for path in paths.root.iterdir())


def test_exports_hold_every_record_and_every_request(ledger, tmp_path):
    told: list[tuple[str, str]] = []
    ledger.record_export = lambda format, to: told.append((format, to))
    ledger.made(ledger.begun(replace(BEGUN, host="=cmd|' /C calc'!A0")), status=200, received=5)
    ledger.begun(replace(BEGUN, path="@SUM(1)"))
    lines = io.StringIO(newline="")
    assert ledger.export(lines, "jsonl", to="standard output") == 3
    records = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [record["header"]["event"] for record in records] == ["egress.begun", "egress.made", "egress.begun"]
    assert records[-1]["chain"] == ledger.verify().head
    assert records[1]["header"]["details"] == {"begun": 1, "status": 200, "received": 5}
    file = tmp_path / "egress.csv"
    assert ledger.export(file, "csv") == 2
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"), newline="")))
    told_of = [(row["path"], row["status"], row["received"]) for row in rows]
    assert told_of == [("'@SUM(1)", "", ""), ("/api/models", "200", "5")]
    assert rows[1]["host"] == neutralized("=cmd|' /C calc'!A0") != "=cmd|' /C calc'!A0"
    assert told == [("jsonl", "standard output"), ("csv", "egress.csv")]


def test_refused_by_the_incident_log_nothing_is_exported(ledger, tmp_path):
    def refuse(format: str, to: str) -> None:
        raise UserFacingError("incidents.not_writable", reason=f"{format} {to}")

    ledger.record_export = refuse
    with pytest.raises(UserFacingError):
        ledger.export(tmp_path / "egress.csv", "csv")
    assert not (tmp_path / "egress.csv").exists()


def test_the_workspace_keeps_what_the_helper_asked_across_runs(scripted, hub):
    with scripted.open() as workspace:
        assert workspace.egress.count_since_start == 0
        search(workspace)
        assert workspace.egress.count_since_start == workspace.hub.requests == len(hub.log) == 1
        workspace.egress.export(io.StringIO(), "csv")
        (exported,) = workspace.incidents.entries(event=IncidentEvent.EXPORTED)
        assert exported.record.details["log"] == "egress"
    with scripted.open() as workspace:
        (entry,) = workspace.egress.entries()
        assert (entry.path, entry.status, entry.why) == ("/api/models", 200, Purpose.SEARCH)
        assert f"http://{entry.host}" == hub.endpoint
        assert workspace.egress.verify().is_intact
        assert not workspace.incidents.entries(event=IncidentEvent.EGRESS_BEGUN)


def test_refused_with_a_damaged_ledger_nothing_is_asked_and_no_helper_started(scripted, hub):
    with scripted.open() as workspace:
        search(workspace)
    scripted.paths.egress_anchor.unlink()
    with scripted.open() as workspace:
        with pytest.raises(HubFault) as caught:
            search(workspace)
        assert caught.value.kind is FaultKind.LEDGER
        assert "egress.anchor is gone" in explain(caught.value).message
        assert workspace.hub.process_id is None
        assert workspace.session().send("Hello", on_event=scripted.listen), "chatting needs no hub"
    assert len(hub.log) == 1


def test_refused_when_the_ledger_is_damaged_meanwhile_the_hub_sees_no_request(scripted, hub):
    with scripted.open() as workspace:
        search(workspace)
        helper = workspace.hub.process_id
        scripted.paths.egress_anchor.write_bytes(b"{}")
        with pytest.raises(HubFault) as caught:
            search(workspace)
        assert caught.value.kind is FaultKind.LEDGER
        assert helper is not None
    assert len(hub.log) == 1


def test_refused_when_a_request_cannot_be_written_the_hub_sees_none_until_it_can(scripted, hub):
    obstacle = scripted.paths.root / "egress.anchor.part"
    with scripted.open() as workspace:
        obstacle.mkdir()
        for _ in range(2):
            with pytest.raises(HubFault) as caught:
                search(workspace)
            assert caught.value.kind is FaultKind.LEDGER
            assert "egress.anchor" in explain(caught.value).message
        assert hub.log == []
        obstacle.rmdir()
        search(workspace)
        assert len(hub.log) == 1
        assert [entry.status for entry in workspace.egress.entries()] == [200, None, None]
        assert workspace.egress.verify().is_intact


def test_a_session_in_memory_takes_its_requests_along(scripted, hub, monkeypatch):
    monkeypatch.delenv("STRONGROOM_KEY_FILE")
    with scripted.open() as workspace:
        search(workspace)
        assert not scripted.paths.egress.exists()
        workspace.start_keeping(PASSPHRASE)
        search(workspace)
        assert workspace.egress.count_since_start == 2
    with scripted.open(passphrase=lambda is_new: None if is_new else PASSPHRASE) as workspace:
        assert [entry.status for entry in workspace.egress.entries()] == [200, 200]
        assert workspace.egress.verify().is_intact


def test_a_request_under_way_while_the_session_is_kept_is_paired(paths):
    with closing(EgressLedger.open(paths, None)) as ledger:
        number = ledger.begun(BEGUN)
        ledger.keep_in(paths, KEY)
        ledger.made(number, status=200, received=7)
    with closing(EgressLedger.open(paths, KEY)) as again:
        (entry,) = again.entries()
        assert (entry.sequence, entry.received) == (number, 7)


@pytest.mark.skipif(sys.platform != "linux", reason="the helper ends with its app by the kernel")
def test_a_killed_app_leaves_the_request_that_was_under_way(scripted, hub):
    hub.misbehave("/api/", Misbehavior(stall_after=-1))
    app = textwrap.dedent(f"""
        import threading
        from pathlib import Path
        from strongroom.workspace import Workspace
        from strongroom.core.hub import SearchQuery
        from strongroom.core.paths import DataPaths
        workspace = Workspace.open(DataPaths(Path({str(scripted.paths.root)!r})))
        workspace.hub.search(SearchQuery(), cancel=threading.Event())
    """)
    with subprocess.Popen([sys.executable, "-c", app]) as process:
        hub.wait_until_stalled()
        process.kill()
    with scripted.open() as workspace:
        (entry,) = workspace.egress.entries()
        assert (entry.path, entry.status, entry.received) == ("/api/models", None, None)
        assert workspace.egress.verify().is_intact
