# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The client inside the helper: nothing without a request, and a request that is stopped ends at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from strongroom.core.egress import Purpose
from strongroom.core.errors import Cancelled
from strongroom.hub.http_rules import HubClient
from strongroom.hub.options import Patience
from support.listening_app import ListeningApp
from support.loopback_hub import HubRepository, LoopbackHub, Misbehavior, file_path, wait_until

ENDLESS = Patience(connect_s=600, read_s=600, first_wait_s=600, longest_wait_s=600)
NAME = "tiny.gguf"


class Job:
    """One helper_request that downloads a file, in a thread of its own."""

    def __init__(self, hub: LoopbackHub, pool: ThreadPoolExecutor, **client) -> None:
        self.repository = hub.add(HubRepository("acme/tiny", {NAME: b"x" * 100_000}))
        self.app = ListeningApp()
        self.helper_request = self.app.helper_request(Purpose.DOWNLOAD)
        self.client = HubClient(hub.endpoint, patience=ENDLESS, **client)
        self.received = 0
        self.outcome = pool.submit(self.run)

    def run(self) -> None:
        name, commit = self.repository.name, self.repository.commit
        with self.client, self.helper_request.under_way(), self.client.file(name, commit, NAME) as answer:
            for chunk in answer.chunks:
                self.received += len(chunk)

    def require_stopped(self) -> None:
        self.helper_request.stop()
        with pytest.raises(Cancelled):
            self.outcome.result(30)


@pytest.fixture
def pool():
    with ThreadPoolExecutor() as pool:
        yield pool


def test_stopping_ends_the_wait_for_an_answer(loopback_hub, pool):
    loopback_hub.misbehave("/acme/", Misbehavior(stall_after=-1))
    job = Job(loopback_hub, pool)
    loopback_hub.wait_until_stalled()
    job.require_stopped()
    assert [(made.status, made.received) for made in job.app.made] == [(0, 0)]


def test_stopping_ends_the_wait_for_more_of_a_file(loopback_hub, pool):
    loopback_hub.misbehave("/blobs/", Misbehavior(stall_after=50_000))
    job = Job(loopback_hub, pool)
    wait_until(lambda: job.received == 50_000)
    job.require_stopped()
    assert [(made.status, made.received) for made in job.app.made] == [(302, 0), (200, 50_000)]


def test_stopping_ends_the_wait_on_an_encrypted_connection(certificate, pool):
    with LoopbackHub(certificate=certificate) as encrypted:
        encrypted.misbehave("/blobs/", Misbehavior(stall_after=50_000))
        job = Job(encrypted, pool, ca_file=str(certificate))
        wait_until(lambda: job.received == 50_000)
        job.require_stopped()
        assert job.received == 50_000


def test_stopping_ends_the_wait_before_another_attempt(loopback_hub, pool):
    loopback_hub.misbehave("/acme/", Misbehavior(status=500))
    job = Job(loopback_hub, pool)
    loopback_hub.wait_for_request("/acme/")
    job.require_stopped()
    assert len(loopback_hub.log) == 1


def test_an_errand_that_was_stopped_before_asks_nothing(loopback_hub):
    helper_request = ListeningApp().helper_request(Purpose.SEARCH)
    helper_request.stop()
    with HubClient(loopback_hub.endpoint) as client, helper_request.under_way(), pytest.raises(Cancelled):
        client.get(f"{loopback_hub.endpoint}/api/models")
    assert loopback_hub.log == []


def test_without_an_errand_nothing_is_asked(loopback_hub):
    with HubClient(loopback_hub.endpoint) as client, pytest.raises(LookupError):
        client.get(f"{loopback_hub.endpoint}/api/models")
    assert loopback_hub.log == []


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_is_ever_sent_to_a_hub(loopback_hub, method):
    helper_request = ListeningApp().helper_request(Purpose.SEARCH)
    with (
        HubClient(loopback_hub.endpoint) as client,
        helper_request.under_way(),
        pytest.raises(ValueError, match="only reads"),
    ):
        client.request(method, f"{loopback_hub.endpoint}/api/models", content=b"secret")
    assert loopback_hub.log == []


def test_what_the_caller_wants_of_headers_and_time_does_not_count(loopback_hub):
    repository = loopback_hub.add(HubRepository("acme/tiny", {NAME: b"x"}))
    app = ListeningApp()
    helper_request = app.helper_request(Purpose.SEARCH)
    with HubClient(loopback_hub.endpoint) as client, helper_request.under_way():
        client.get(
            f"{loopback_hub.endpoint}{file_path(repository, NAME)}?secret=1",
            headers={"authorization": "Bearer other", "cookie": "a=b", "user-agent": "me", "accept-encoding": "gzip"},
            auth=("user", "password"),
            timeout=None,
            follow_redirects=False,
        )
    for request in loopback_hub.log:
        assert dict(request.headers).keys() == {"host", "accept", "user-agent", "accept-encoding", "connection"}
        assert (request.header("user-agent") or "").startswith("strongroom/")
    assert [message.status for message in app.made] == [302, 200]
    assert "secret" not in repr(app.heard)
