# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""No request leaves before it is in the ledger: what cannot be recorded is not made."""

import os
import signal
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from strongroom.core.egress import EgressEntry, EgressRequest, Purpose
from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.core.hub import DownloadState, SearchQuery
from strongroom.core.line_messages import ProtocolBreach
from strongroom.core.paths import DataPaths
from strongroom.hub import FaultKind, Hub, HubFault, HubOptions
from strongroom.hub.http_rules import HubClient
from strongroom.hub.ledger import ExchangeRecord, RememberedRequests
from strongroom.hub.protocol import MOST_REQUESTS, RequestBegun, RequestMade
from strongroom.words import explain
from support.listening_app import ListeningApp
from support.loopback_hub import HubRepository, LoopbackHub, Misbehavior, wait_until

NEVER = threading.Event()
FULL = UserFacingError("storage.full", place="egress.db")


class Ledger:
    """Writes down what the hub had seen at the moment of each record, and refuses when it is told to.

    Args:
        loopback: The hub that the requests go to.
    """

    def __init__(self, loopback: LoopbackHub) -> None:
        self.loopback = loopback
        self.rows: list[EgressEntry] = []
        self.seen_when_begun: list[int] = []
        self.unsound: UserFacingError | None = None
        self.refusal: UserFacingError | None = None
        self.refusal_of_ends: UserFacingError | None = None

    def require_sound(self) -> None:
        if self.unsound is not None:
            raise self.unsound

    def begun(self, request: EgressRequest) -> int:
        if self.refusal is not None:
            raise self.refusal
        self.seen_when_begun.append(len(self.loopback.log))
        self.rows.append(EgressEntry(len(self.rows), "", request.method, request.host, request.path, request.why))
        return len(self.rows) - 1

    def made(self, sequence: int, *, status: int, received: int) -> None:
        if self.refusal_of_ends is not None:
            raise self.refusal_of_ends
        row = self.rows[sequence]
        assert row.status is None, "an exchange ends once"
        self.rows[sequence] = EgressEntry(sequence, "", row.method, row.host, row.path, row.why, status, received)


@pytest.fixture
def ledger(loopback_hub):
    return Ledger(loopback_hub)


@pytest.fixture
def kept_hub(loopback_hub, ledger, tmp_path):
    """The app's side, with that ledger."""
    loopback_hub.add(HubRepository("acme/tiny", {"tiny.gguf": b"GGUF" + bytes(100), "README.md": b"# Tiny"}))
    hub = Hub(DataPaths(tmp_path / "data"), HubOptions(endpoint=loopback_hub.endpoint), ledger=ledger)
    yield hub
    hub.close()


def refusal(hub: Hub) -> HubFault:
    with pytest.raises(HubFault) as caught:
        hub.search(SearchQuery(), cancel=NEVER)
    return caught.value


def test_each_request_is_in_the_ledger_before_the_hub_sees_it(loopback_hub, kept_hub, ledger):
    kept_hub.search(SearchQuery(), cancel=NEVER)
    kept_hub.repository("acme/tiny", cancel=NEVER)
    assert ledger.seen_when_begun == [0, 1, 2, 3]
    assert [(row.path, row.status) for row in ledger.rows] == [(seen.path, 200) for seen in loopback_hub.log]
    host = loopback_hub.endpoint.removeprefix("http://")
    assert {(row.method, row.host) for row in ledger.rows} == {("GET", host)}
    assert [row.why for row in ledger.rows] == [Purpose.SEARCH] + 3 * [Purpose.REPOSITORY]
    assert all(row.received for row in ledger.rows)


def test_each_attempt_and_each_redirect_is_a_request_of_its_own(loopback_hub, kept_hub, ledger):
    loopback_hub.misbehave("/api/", Misbehavior(status=500), times=1)
    loopback_hub.misbehave("/api/", Misbehavior(redirect_to=f"{loopback_hub.endpoint}/api/models"), times=1)
    kept_hub.search(SearchQuery(), cancel=NEVER)
    assert [row.status for row in ledger.rows] == [500, 302, 200]
    assert kept_hub.requests == len(loopback_hub.log) == 3
    assert [entry.status for entry in kept_hub.remembered_requests] == [500, 302, 200]


def test_refused_by_the_ledger_no_request_leaves_and_the_helper_is_ended(loopback_hub, kept_hub, ledger):
    ledger.refusal = FULL
    for _ in range(2):
        fault = refusal(kept_hub)
        assert (fault.kind, fault.code) == (FaultKind.LEDGER, "hub.ledger")
        assert "The disk that holds egress.db is full" in explain(fault).message
        wait_until(lambda: kept_hub.process_id is None)
    assert loopback_hub.log == []
    assert kept_hub.requests == 0
    ledger.refusal = None
    assert kept_hub.search(SearchQuery(), cancel=NEVER)
    assert len(loopback_hub.log) == 1


def test_refused_by_the_ledger_in_the_middle_nothing_more_leaves(loopback_hub, kept_hub, ledger):
    ledger.refusal_of_ends = FULL
    with pytest.raises(HubFault) as caught:
        kept_hub.repository("acme/tiny", cancel=NEVER)
    assert caught.value.kind is FaultKind.LEDGER
    wait_until(lambda: kept_hub.process_id is None)
    assert len(loopback_hub.log) == len(ledger.rows) == 1


def test_refused_by_an_unsound_ledger_no_helper_is_started(loopback_hub, ledger, tmp_path):
    mark = tmp_path / "started"
    command = [sys.executable, "-c", f"open({str(mark)!r}, 'w')"]
    hub = Hub(DataPaths(tmp_path), HubOptions(endpoint=loopback_hub.endpoint), command=command, ledger=ledger)
    ledger.unsound = FULL
    assert refusal(hub).kind is FaultKind.LEDGER
    assert hub.process_id is None
    assert not mark.exists()


def test_a_killed_helper_leaves_the_request_that_it_had_begun(loopback_hub, kept_hub, ledger):
    loopback_hub.misbehave("/api/", Misbehavior(stall_after=-1), times=1)
    with ThreadPoolExecutor() as pool:
        searching = pool.submit(kept_hub.search, SearchQuery(), cancel=NEVER)
        loopback_hub.wait_until_stalled()
        os.kill(kept_hub.process_id, signal.SIGKILL)
        with pytest.raises(HubFault):
            searching.result(30)
    assert [(row.path, row.status, row.received) for row in ledger.rows] == [("/api/models", None, None)]
    kept_hub.search(SearchQuery(), cancel=NEVER)
    assert [row.status for row in ledger.rows] == [None, 200], "numbers of another helper are other requests"


def test_a_helper_that_nobody_answers_makes_no_request(loopback_hub):
    app = ListeningApp(is_recording=False, limit_s=0.05)
    helper_request = app.helper_request(Purpose.SEARCH)
    with HubClient(loopback_hub.endpoint) as client, helper_request.under_way(), pytest.raises(HubFault) as caught:
        client.get(f"{loopback_hub.endpoint}/api/models")
    assert caught.value.kind is FaultKind.LEDGER
    assert loopback_hub.log == []
    assert [(made.exchange, made.status, made.received) for made in app.made] == [(1, 0, 0)]


def test_stopping_ends_the_wait_for_the_ledger(loopback_hub):
    app = ListeningApp(is_recording=False, limit_s=600)
    helper_request = app.helper_request(Purpose.SEARCH)

    def ask() -> None:
        with HubClient(loopback_hub.endpoint) as client, helper_request.under_way():
            client.get(f"{loopback_hub.endpoint}/api/models")

    with ThreadPoolExecutor() as pool:
        asking = pool.submit(ask)
        wait_until(lambda: app.begun)
        helper_request.stop()
        with pytest.raises(Cancelled):
            asking.result(30)
    assert loopback_hub.log == []


def test_what_is_no_plain_address_is_recorded_as_one():
    app = ListeningApp()
    app.helper_request(Purpose.SEARCH).begin_exchange("GET", "h\x1bst" * 100, "/\u202e \n" + "x" * 3_000)
    (begun,) = app.begun
    assert begun.host.startswith("h?sth?st")
    assert (len(begun.host), len(begun.path)) == (300, 2_048)
    assert begun.path.startswith("/???x")


def begun(exchange: int, request: int = 1) -> RequestBegun:
    return RequestBegun(request, exchange, "GET", "hub.example", "/api/models", Purpose.SEARCH)


def test_a_helper_whose_numbers_do_not_count_up_is_refused():
    record = ExchangeRecord(RememberedRequests(), lambda _: None)
    record.begin(begun(2))
    for again in (2, 1):
        with pytest.raises(ProtocolBreach, match="count up"):
            record.begin(begun(again))


def test_an_end_of_what_never_began_is_refused():
    acknowledged: list[int] = []
    record = ExchangeRecord(RememberedRequests(), acknowledged.append)
    record.begin(begun(1))
    for wrong in (RequestMade(1, 2, 200, 0), RequestMade(2, 1, 200, 0)):
        with pytest.raises(ProtocolBreach, match="no exchange"):
            record.end(wrong)
    record.begin(begun(3))
    record.end(RequestMade(1, 3, 200, 0))
    with pytest.raises(ProtocolBreach, match="no exchange"):
        record.end(RequestMade(1, 3, 200, 0))
    assert acknowledged == [1, 3]


def test_a_request_may_go_out_only_once_its_record_is_kept(ledger):
    acknowledged: list[tuple[int, int]] = []
    record = ExchangeRecord(ledger, lambda exchange: acknowledged.append((exchange, len(ledger.rows))))
    record.begin(begun(1))
    ledger.refusal = FULL
    with pytest.raises(HubFault):
        record.begin(begun(2))
    assert acknowledged == [(1, 1)]


def test_a_flood_of_begun_requests_is_refused():
    record = ExchangeRecord(RememberedRequests(), lambda _: None)
    for exchange in range(1, MOST_REQUESTS + 1):
        record.begin(begun(exchange))
    with pytest.raises(ProtocolBreach, match="flood"):
        record.begin(begun(MOST_REQUESTS + 1))


def test_of_many_requests_the_last_ones_are_remembered_and_all_are_counted():
    requests = RememberedRequests()
    for exchange in range(1, 1_001):
        requests.made(requests.begun(begun(exchange)), status=200, received=exchange)
    assert requests.count == 1_000
    assert [entry.received for entry in requests.latest] == list(range(501, 1_001))


@pytest.mark.parametrize("fields", ["method='POST'", "host='a b'", "path='/\\x1b'", "why='telemetry'"])
def test_a_helper_that_says_odd_things_of_a_request_is_ended(tmp_path, ledger, fields):
    program = textwrap.dedent(f"""
        import json, sys
        def say(**message):
            print(json.dumps(message), flush=True)
        say(type="hello", protocol="strongroom-hub", version=3)
        say(type="confined", barriers=[], gaps=[], granted=[], landlock_abi=0)
        for _ in range(3):
            line = sys.stdin.readline()
        message = dict(type="request_begun", request=1, exchange=1, method="GET", host="h", path="/", why="search")
        say(**message | dict({fields}))
        sys.stdin.read()
    """)
    hub = Hub(DataPaths(tmp_path), HubOptions(), command=[sys.executable, "-c", program], ledger=ledger)
    try:
        assert "request_begun." in explain(refusal(hub)).message
    finally:
        hub.close()
    assert ledger.rows == []


def test_refused_by_the_ledger_a_download_fails_with_its_words_and_can_be_resumed(loopback_hub, kept_hub, ledger):
    opened = kept_hub.repository("acme/tiny", cancel=NEVER)
    before = len(loopback_hub.log)
    ledger.refusal = FULL
    download = kept_hub.start(opened, opened.models[0])
    wait_until(lambda: not kept_hub.downloads()[0].is_active)
    (failed,) = kept_hub.downloads()
    assert (failed.state, failed.code) == (DownloadState.FAILED, "hub.ledger")
    assert "The disk that holds egress.db is full" in explain(failed.problem).message
    assert len(loopback_hub.log) == before
    ledger.refusal = None
    kept_hub.resume(download.download_id)
    wait_until(lambda: not kept_hub.downloads()[0].is_active)
    assert kept_hub.downloads()[0].state is DownloadState.VERIFIED
    assert [row.why for row in ledger.rows[before:]] == [Purpose.DOWNLOAD, Purpose.DOWNLOAD]
