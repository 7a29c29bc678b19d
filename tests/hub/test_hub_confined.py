# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The helper inside its confinement: it reaches a hub and the shelf, and nothing else; and it does not stay.

Kernels without some protection are made by a filter around the helper that lets those system calls fail.
"""

import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from strongroom.confinement.attempts import try_everything
from strongroom.confinement.confining import NEEDED
from strongroom.confinement.levels import require_level
from strongroom.confinement.observing import observe
from strongroom.core.hub import DownloadState, SearchQuery
from strongroom.core.isolation import Barrier, Capability, IsolationLevel, Outcome, ProcessRole
from strongroom.core.paths import DataPaths
from strongroom.hub import FaultKind, Hub, HubFault, HubOptions, Patience
from strongroom.hub.helper_link import HelperLink
from strongroom.hub.protocol import Fetch
from support.loopback_hub import HubRepository, wait_until
from support.refusals import raises_saying

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the confinement of a running helper is Linux's")

NEVER = threading.Event()
QUICK = Patience(connect_s=20, read_s=60, first_wait_s=0.01, longest_wait_s=5)
EXPECTED = NEEDED[ProcessRole.HELPER]
NAMES = [one.name for one in try_everything() if one.capability not in EXPECTED]
PRIVATE = ("chats.db", "incidents.db", "egress.db", "keys.json", "settings.json")
LACKING = """
import os, sys
from strongroom.confinement import limits
from strongroom.confinement.call_filter import CallPlan
from strongroom.confinement.seccomp import filter_calls
limits.gain_no_privileges()
filter_calls(CallPlan(absent=frozenset({calls!r})))
os.execv(sys.executable, [sys.executable, "-I", "-m", "strongroom.hub.helper"])
"""


def lacking(*calls: str) -> list[str]:
    """The command line of a helper on a kernel that has not these calls."""
    return [sys.executable, "-I", "-c", LACKING.format(calls=list(calls))]


def private_files(folder: Path) -> list[Path]:
    """Make what only the app may read: the databases, its records, something in a home folder."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / name for name in PRIVATE]
    home = folder.parent / "home" / "letter.txt"
    home.parent.mkdir(exist_ok=True)
    for path in (*paths, home):
        path.write_bytes(b"private")
    return [*paths, home]


@pytest.fixture(scope="module")
def tried(lasting_loopback_hub, tmp_path_factory):
    """What a helper that has worked already tries in vain, and how it is confined."""
    folder = tmp_path_factory.mktemp("confined") / "data"
    private = private_files(folder)
    hub = Hub(DataPaths(folder), HubOptions(endpoint=lasting_loopback_hub.endpoint, patience=QUICK))
    try:
        hub.search(SearchQuery(), cancel=NEVER)
        attempts = {one.name: one for one in hub.probe(private, cancel=NEVER)}
        yield attempts, hub.confinement, observe(hub.process_id)
    finally:
        hub.close()


@pytest.mark.parametrize("name", [*NAMES, *(f"read_{name}" for name in (*PRIVATE, "letter.txt"))])
def test_refused_in_the_helper(tried, name):
    attempts, _, _ = tried
    assert attempts[name].outcome in (Outcome.DENIED, Outcome.ABSENT)


@pytest.mark.parametrize("name", ["socket_packet", "socket_vsock", "socket_alg", "socket_inet_raw", "listen"])
def test_refused_in_the_helper_although_it_has_a_network(tried, name):
    attempts, _, _ = tried
    assert attempts[name].outcome in (Outcome.DENIED, Outcome.ABSENT)


def test_refused_the_apps_files_to_the_helper_where_they_lie_in_a_folder_that_it_may_read(
    loopback_hub, tmp_path, monkeypatch
):
    private = private_files(tmp_path / "certificates" / "deep" / "data")[:-1]
    (tmp_path / "certificates" / "deep" / "own.pem").write_bytes(b"no secret")
    (tmp_path / "certificates" / "also").symlink_to(private[0].parent)
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "certificates"))
    hub = Hub(DataPaths(private[0].parent), HubOptions(endpoint=loopback_hub.endpoint, patience=QUICK))
    try:
        attempts = hub.probe([*private, tmp_path / "certificates" / "deep" / "own.pem"], cancel=NEVER)
    finally:
        hub.close()
    outcomes = {one.name: one.outcome for one in attempts}
    assert outcomes["read_own.pem"] is Outcome.ALLOWED
    assert {outcomes[f"read_{path.name}"] for path in private} == {Outcome.DENIED}


@pytest.mark.parametrize("folder", [".", ".."])
def test_refused_the_whole_disk_to_the_helper_where_libraries_are_searched_in_the_current_folder(
    loopback_hub, open_hub, monkeypatch, folder
):
    monkeypatch.setenv("LD_LIBRARY_PATH", f"/nonexistent:{folder}:/nonexistent")
    attempts = {one.name: one for one in open_hub(loopback_hub.endpoint).probe([], cancel=NEVER)}
    assert {attempts[name].outcome for name in ("read_file", "list_folder")} == {Outcome.DENIED}


def test_the_helper_can_reach_a_network(tried):
    attempts, _, _ = tried
    assert attempts["socket_inet"].outcome is Outcome.ALLOWED


def test_the_kernel_confirms_what_the_helper_says(tried):
    _, confinement, seen = tried
    assert confinement.level is IsolationLevel.FULL
    assert {Barrier.SYSTEM_CALLS, Barrier.FILE_RULES, Barrier.NO_NEW_PRIVILEGES} <= {*confinement.barriers}
    assert (seen.has_call_filter, seen.has_no_new_privileges) == (True, True)


def test_refused_a_download_to_another_folder(loopback_hub, tmp_path):
    content = b"GGUF" * 100
    repository = loopback_hub.add(HubRepository("acme/tiny", {"tiny.gguf": content}))
    shelf, elsewhere = tmp_path / "shelf", tmp_path / "elsewhere"
    elsewhere.mkdir()
    options = HubOptions(endpoint=loopback_hub.endpoint, patience=QUICK)
    link = HelperLink(options, tmp_path / "hub", folders=(shelf,))
    places = [str(elsewhere / name) for name in ("part", "folder", "quarantine", "lock")]
    digest = repository.sha256("tiny.gguf")
    try:
        with pytest.raises(HubFault) as caught:
            link.ask(
                lambda request, _: Fetch(
                    request, repository.name, repository.commit, "tiny.gguf", len(content), digest, *places
                ),
                cancel=NEVER,
            ).finish(NEVER)
    finally:
        link.close()
    assert caught.value.kind is FaultKind.NOT_WRITTEN
    assert not list(elsewhere.iterdir())


@pytest.mark.parametrize(
    ("calls", "level", "gaps", "possible"),
    [
        (("landlock_create_ruleset",), IsolationLevel.REDUCED, {Barrier.FILE_RULES}, Capability.READ_FILES),
        (("seccomp",), IsolationLevel.REDUCED, {Barrier.SYSTEM_CALLS}, Capability.RUN_PROGRAMS),
    ],
    ids=["no Landlock", "no seccomp"],
)
def test_a_kernel_that_lacks_a_protection_is_told_and_the_hub_is_reached(
    loopback_hub, open_hub, calls, level, gaps, possible
):
    hub = open_hub(loopback_hub.endpoint, command=lacking(*calls))
    hub.search(SearchQuery(), cancel=NEVER)
    assert hub.confinement.level is level
    assert {gap.barrier for gap in hub.confinement.gaps} == gaps
    assert all(gap.reason for gap in hub.confinement.gaps)
    attempts = hub.probe([], cancel=NEVER)
    assert possible in {one.capability for one in attempts if one.outcome is Outcome.ALLOWED}


def test_refused_a_helper_that_is_isolated_less_than_the_policy_asks_is_asked_nothing(loopback_hub, tmp_path):
    def admit(confinement):
        require_level(confinement, IsolationLevel.FULL, ProcessRole.HELPER)

    options = HubOptions(endpoint=loopback_hub.endpoint, patience=QUICK)
    hub = Hub(DataPaths(tmp_path), options, command=lacking("landlock_create_ruleset"), admit=admit)
    try:
        for _ in range(2):
            with raises_saying(HubFault, "no file rules") as caught:
                hub.search(SearchQuery(), cancel=NEVER)
            assert caught.value.code == "hub.not_isolated"
            assert hub.process_id is None
    finally:
        hub.close()
    assert loopback_hub.log == []


def test_a_helper_of_which_nothing_is_wanted_goes_and_another_one_comes(loopback_hub, open_hub):
    hub = open_hub(loopback_hub.endpoint, patience=Patience(first_wait_s=0.01, idle_s=0.05))
    seen = set()
    for _ in range(2):
        hub.search(SearchQuery(), cancel=NEVER)
        wait_until(lambda: hub.process_id is None, "the helper's leave")
        hub.probe([], cancel=NEVER)
        seen.add(hub.process_id)
        wait_until(lambda: hub.process_id is None, "the helper's leave")
    assert hub.requests == 2


def test_a_helper_that_leaves_never_costs_a_request(loopback_hub, open_hub):
    hub = open_hub(loopback_hub.endpoint, patience=Patience(first_wait_s=0.01, idle_s=0.0))
    for _ in range(8):
        hub.search(SearchQuery(), cancel=NEVER)
    assert hub.requests == 8


def test_a_helper_that_did_not_reach_the_hub_goes_at_once(open_hub):
    hub = open_hub("http://127.0.0.1:9")
    with pytest.raises(HubFault) as caught:
        hub.search(SearchQuery(), cancel=NEVER)
    assert caught.value.kind is FaultKind.UNREACHABLE
    wait_until(lambda: hub.process_id is None, "the helper's leave")


def test_a_folder_that_was_replaced_is_granted_to_another_helper(loopback_hub, open_hub, tmp_path):
    loopback_hub.add(HubRepository("acme/tiny", {"tiny.gguf": b"GGUF" * 100}))
    hub = open_hub(loopback_hub.endpoint)
    opened = hub.repository("acme/tiny", cancel=NEVER)
    first = hub.process_id
    shutil.rmtree(tmp_path / "data" / "models")
    hub.start(opened, opened.models[0])
    wait_until(lambda: not hub.downloads()[0].is_active)
    assert hub.downloads()[0].state is DownloadState.VERIFIED
    assert hub.process_id != first


PEEKING = """
import os, signal, sys
from strongroom.confinement.limits import drop_capabilities
# As an ordinary user would: root may look into everything.
drop_capabilities()
own = os.fork()
if not own:
    signal.pause()
for process in (own, int(sys.argv[1])):
    try:
        os.close(os.open(f"/proc/{process}/mem", os.O_RDWR))
        print("open")
    except PermissionError:
        print("refused")
os.kill(own, signal.SIGKILL)
"""


def test_refused_to_look_into_the_helpers_memory(loopback_hub, open_hub):
    hub = open_hub(loopback_hub.endpoint)
    hub.search(SearchQuery(), cancel=NEVER)
    command = [sys.executable, "-c", PEEKING, str(hub.process_id)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert said.stdout.split() == ["open", "refused"], said.stderr
