# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The helper as a process: when it lives, when it ends, and what the app does with one that cannot be trusted."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from strongroom.core.hub import SearchQuery, SortOrder
from strongroom.core.line_messages import ProtocolBreach
from strongroom.hub import FaultKind, HubFault, HubOptions, helper_command
from strongroom.hub.launch import helper_environment
from strongroom.hub.pending_request import PendingRequest
from strongroom.hub.protocol import (
    APP_LINE_LIMIT,
    Configure,
    Fetch,
    Fetched,
    FetchStep,
    Found,
    HeaderPart,
    HeaderRead,
    Hello,
    ReadHeader,
    Search,
    Stop,
    encode,
)
from strongroom.words import explain
from support.loopback_hub import DEADLINE_S, HubRepository, LoopbackHub, Misbehavior, wait_until

NEVER = threading.Event()
CONFIGURE = Configure(ca_file="", connect_s=5, read_s=5, first_wait_s=0.01, longest_wait_s=1)
COMMIT = "c" * 40
DIGEST = "a" * 64


def failure(hub) -> HubFault:
    with pytest.raises(HubFault) as caught:
        hub.search(SearchQuery(), cancel=NEVER)
    return caught.value


def is_gone(process_id: int) -> bool:
    try:
        return psutil.Process(process_id).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def search(request: int) -> Search:
    return Search(request, "", "", "", 0.0, SortOrder.DOWNLOADS, 10)


def test_nothing_is_started_before_something_is_asked(loopback_hub, open_hub):
    hub = open_hub(loopback_hub.endpoint)
    assert (hub.process_id, hub.requests, hub.is_offline) == (None, 0, False)


def test_offline_no_process_is_started(loopback_hub, open_hub, tmp_path):
    mark = tmp_path / "started"
    command = [sys.executable, "-c", f"open({str(mark)!r}, 'w')"]
    hub = open_hub(loopback_hub.endpoint, is_offline=True, command=command)
    assert failure(hub).kind is FaultKind.OFFLINE
    assert hub.process_id is None
    assert not mark.exists()
    assert loopback_hub.log == []


def test_going_offline_ends_what_is_under_way_and_going_online_starts_nothing(loopback_hub, open_hub):
    loopback_hub.add(HubRepository("acme/tiny", {}))
    loopback_hub.misbehave("/api/", Misbehavior(stall_after=-1), times=1)
    hub = open_hub(loopback_hub.endpoint)
    with ThreadPoolExecutor() as pool:
        searching = pool.submit(hub.search, SearchQuery(), cancel=NEVER)
        loopback_hub.wait_until_stalled()
        process_id = hub.process_id
        hub.use(HubOptions(endpoint=loopback_hub.endpoint, is_offline=True))
        with pytest.raises(HubFault) as caught:
            searching.result(30)
    assert caught.value.kind is FaultKind.OFFLINE
    assert is_gone(process_id)
    assert failure(hub).kind is FaultKind.OFFLINE
    hub.use(HubOptions(endpoint=loopback_hub.endpoint))
    assert hub.process_id is None
    assert hub.search(SearchQuery(), cancel=NEVER)


def test_a_helper_that_is_killed_in_the_middle_is_said_to_be_gone_and_replaced(loopback_hub, open_hub):
    loopback_hub.add(HubRepository("acme/tiny", {}))
    loopback_hub.misbehave("/api/", Misbehavior(stall_after=-1), times=2)
    hub = open_hub(loopback_hub.endpoint)
    with ThreadPoolExecutor() as pool:
        searches = [pool.submit(hub.search, SearchQuery(), cancel=NEVER) for _ in range(2)]
        loopback_hub.wait_until_stalled(2)
        first = hub.process_id
        os.kill(first, signal.SIGKILL)
        for searching in searches:
            with pytest.raises(HubFault) as caught:
                searching.result(30)
            assert caught.value.kind is FaultKind.HELPER_GONE
    assert hub.search(SearchQuery(), cancel=NEVER)
    assert hub.process_id != first


def test_a_helper_that_was_killed_while_idle_is_replaced_unnoticed(loopback_hub, open_hub):
    loopback_hub.add(HubRepository("acme/tiny", {}))
    hub = open_hub(loopback_hub.endpoint)
    hub.search(SearchQuery(), cancel=NEVER)
    first = hub.process_id
    os.kill(first, signal.SIGKILL)
    # Gone for the system is not yet gone for the app: its supervisor may just be asking.
    wait_until(lambda: hub.process_id is None)
    assert is_gone(first)
    assert hub.search(SearchQuery(), cancel=NEVER)
    assert hub.requests == 2


def test_a_token_never_goes_to_the_hub_that_was_in_use_before(loopback_hub, open_hub):
    with LoopbackHub() as other:
        other.allow("hf_other")
        hub = open_hub(loopback_hub.endpoint)
        hub.search(SearchQuery(), cancel=NEVER)
        first = hub.process_id
        asked, may_go_on = threading.Event(), threading.Event()

        def token_from_a_slow_keyring() -> str:
            asked.set()
            assert may_go_on.wait(DEADLINE_S)
            return "hf_former"

        former = HubOptions(endpoint=loopback_hub.endpoint, token=token_from_a_slow_keyring)
        hub.use(former)
        assert hub.process_id == first, "only another address or other certificates need another helper"
        with ThreadPoolExecutor() as pool:
            searching = pool.submit(hub.search, SearchQuery(), cancel=NEVER)
            assert asked.wait(DEADLINE_S)
            hub.use(HubOptions(endpoint=other.endpoint, token=lambda: "hf_other"))
            may_go_on.set()
            searching.result(30)
        assert is_gone(first)
        assert [request.header("authorization") for request in other.log] == ["Bearer hf_other"]
        assert [request.header("authorization") for request in loopback_hub.log] == [None]


def test_a_policy_without_a_hub_starts_nothing_and_ends_what_runs(loopback_hub, open_hub):
    hub = open_hub(loopback_hub.endpoint)
    hub.search(SearchQuery(), cancel=NEVER)
    process_id = hub.process_id
    hub.use(HubOptions(endpoint=loopback_hub.endpoint, is_allowed=False))
    assert is_gone(process_id)
    assert failure(hub).kind is FaultKind.NOT_ALLOWED
    assert len(loopback_hub.log) == 1


def test_closing_ends_the_helper_for_good(loopback_hub, open_hub):
    hub = open_hub(loopback_hub.endpoint)
    hub.search(SearchQuery(), cancel=NEVER)
    process_id = hub.process_id
    hub.close()
    hub.close()
    assert is_gone(process_id)
    assert failure(hub).kind is FaultKind.HELPER_GONE


@pytest.mark.skipif(sys.platform != "linux", reason="the helper asks the kernel to end with its parent")
def test_the_helper_dies_with_the_app(loopback_hub, tmp_path):
    loopback_hub.misbehave("/api/", Misbehavior(stall_after=-1))
    app = textwrap.dedent(f"""
        import threading
        from pathlib import Path
        from strongroom.core.hub import SearchQuery
        from strongroom.core.paths import DataPaths
        from strongroom.hub import Hub, HubOptions
        hub = Hub(DataPaths(Path({str(tmp_path)!r})), HubOptions(endpoint={loopback_hub.endpoint!r}))
        threading.Thread(target=hub.search, args=(SearchQuery(),), kwargs={{"cancel": threading.Event()}}).start()
        while hub.process_id is None:
            pass
        print(hub.process_id, flush=True)
        threading.Event().wait()
    """)
    with subprocess.Popen([sys.executable, "-c", app], stdout=subprocess.PIPE, text=True) as process:
        helper = int(process.stdout.readline())
        loopback_hub.wait_until_stalled()
        assert not is_gone(helper)
        process.kill()
    wait_until(lambda: is_gone(helper), "the helper's end")


def talk(lines: bytes, tmp_path: Path) -> subprocess.CompletedProcess[bytes]:
    """Run a helper that hears ``lines``, then the end of its input."""
    return subprocess.run(
        helper_command(),
        input=lines,
        capture_output=True,
        env=helper_environment("", tmp_path),
        timeout=60,
        check=False,
    )


def test_the_end_of_its_input_is_the_end_of_the_helper(tmp_path):
    for lines in (b"", encode(Hello()), encode(Hello()) + encode(CONFIGURE) + encode(Stop(7))):
        outcome = talk(lines, tmp_path)
        assert (outcome.returncode, outcome.stderr) == (0, b"")
        assert outcome.stdout.startswith(encode(Hello()))
        assert outcome.stdout.count(b"\n") == (2 if b"stop" in lines else 1)


@pytest.mark.parametrize(
    ("lines", "detail"),
    [
        (encode(Hello(version=1)), b"wrong_version"),
        (encode(Hello()) + encode(search(1)), b"no known type"),
        (encode(Hello()) + encode(CONFIGURE) + b"{}\n", b"no known type"),
        (encode(Hello()) + encode(CONFIGURE) + encode(CONFIGURE), b"comes once"),
        (encode(Hello()) + encode(CONFIGURE) + b'{"type":"stop","request":0}\n', b"stop.request must be"),
        (encode(Hello()) + encode(CONFIGURE) + b"x" * (APP_LINE_LIMIT + 1), b"longer than"),
        (encode(Hello()) + encode(CONFIGURE) + b'{"type":"stop"', b"ends in the middle"),
    ],
)  # fmt: skip
def test_an_app_that_breaks_the_protocol_ends_the_helper(tmp_path, lines, detail):
    outcome = talk(lines, tmp_path)
    assert outcome.returncode == 70
    assert detail in outcome.stderr


def fake(program: str) -> list[str]:
    """Return the command of a helper that misbehaves."""
    preamble = """
        import json, os, sys
        def raw(line):
            os.write(1, line)
        def say(message_type, **fields):
            raw(json.dumps({"type": message_type, **fields}).encode() + b"\\n")
        def hello():
            say("hello", protocol="strongroom-hub", version=3)
            say("confined", barriers=[], gaps=[], granted=[], landlock_abi=0)
        def wait_for_request():
            for _ in range(3):
                line = sys.stdin.buffer.readline()
            return json.loads(line)["request"]
        def stay():
            sys.stdin.buffer.read()
    """
    return [sys.executable, "-c", textwrap.dedent(preamble) + program]


@pytest.mark.parametrize(
    ("program", "detail"),
    [
        ("sys.exit(3)", "exit status 3"),
        ("hello(); wait_for_request(); sys.exit(3)", "exit status 3"),
        ("hello(); wait_for_request(); os.kill(os.getpid(), 11)", "signal 11"),
        ("say('hello', protocol='strongroom-hub', version=9); stay()", "speaks version"),
        ("say('found', request=1, results=[]); stay()", "no known type"),
        ("say('hello', protocol='strongroom-hub', version=3); say('idle'); stay()", "no known type"),
        ("hello(); wait_for_request(); raw(b'\\xff\\xfe\\n'); stay()", "not valid JSON"),
        ("hello(); wait_for_request(); raw(b'x' * 9_000_000); stay()", "longer than"),
        ("hello(); wait_for_request(); say('found', request=2, results=[]); stay()", "about no request"),
        ("hello(); wait_for_request(); say('opened', request=1, repository={}); stay()", "repository must be"),
        ("hello(); wait_for_request(); say('header_read', request=1, total=1); stay()", "nothing to say about search"),
        ("hello(); wait_for_request(); say('found', request=1, results=[{}]); stay()", "must be the fields"),
        ("hello(); wait_for_request(); say('found', request=1); stay()", "results is missing"),
        ("hello(); wait_for_request(); hello(); stay()", "no known type"),
    ],
)
def test_a_helper_that_breaks_the_protocol_is_ended(open_hub, program, detail):
    hub = open_hub("", command=fake(program))
    fault = failure(hub)
    assert fault.kind is FaultKind.HELPER_GONE
    assert detail in explain(fault).message
    assert hub.process_id is None


def test_what_a_helper_says_is_made_printable(open_hub):
    program = (
        "hello(); wait_for_request(); say('failed', request=1, kind='server', detail='a\\x1b[31m\\u202eb'); stay()"
    )
    assert "(a?[31m?b)" in explain(failure(open_hub("", command=fake(program)))).message


def test_a_helper_that_prints_without_end_does_not_stop_the_work(open_hub):
    program = (
        "hello(); wait_for_request(); os.write(2, b'noise ' * 200_000); say('found', request=1, results=[]); stay()"
    )
    assert open_hub("", command=fake(program)).search(SearchQuery(), cancel=NEVER) == ()


def test_a_helper_that_cannot_be_started_is_said_to_be_gone(open_hub, tmp_path):
    fault = failure(open_hub("", command=[str(tmp_path / "missing")]))
    assert fault.kind is FaultKind.HELPER_GONE
    assert "could not be started" in explain(fault).message


def header_conversation() -> PendingRequest:
    return PendingRequest(ReadHeader(1, "a/b", COMMIT, "x.gguf", 10), lambda _: None)


def test_a_header_has_the_length_of_its_parts():
    conversation = header_conversation()
    conversation.hear(HeaderPart(1, "R0dVRg=="))
    with pytest.raises(ProtocolBreach):
        conversation.hear(HeaderRead(1, 5))


def test_a_part_that_is_no_base64_breaks_the_protocol():
    with pytest.raises(ProtocolBreach):
        header_conversation().hear(HeaderPart(1, "R0dVR"))


def test_more_than_anybody_reads_breaks_the_protocol():
    conversation = header_conversation()
    for _ in range(1_000):
        conversation.hear(HeaderPart(1, "R0dVRg=="))
    with pytest.raises(ProtocolBreach, match="more is said than is read"):
        conversation.hear(HeaderPart(1, "R0dVRg=="))


def test_steps_of_a_download_give_way_to_the_newest():
    conversation = PendingRequest(Fetch(1, "a/b", COMMIT, "x.gguf", 10, DIGEST, "/p", "/f", "/q", "/l"), lambda _: None)
    for done in range(5_000):
        conversation.hear(FetchStep(1, done, is_verifying=False))
    conversation.hear(Fetched(1, DIGEST, "/f/x.gguf"))
    assert conversation.take(0) == FetchStep(1, 4_999, is_verifying=False)
    assert conversation.take(0) == Fetched(1, DIGEST, "/f/x.gguf")
    assert conversation.is_over
    with pytest.raises(ProtocolBreach):
        conversation.hear(Found(1, ()))
