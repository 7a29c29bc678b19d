# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What each kind of process is denied, by trying: once confined, once not. An attempt that is denied either way proves
nothing, so every one of them has to succeed where no barrier stands.
"""

import os
import sys
from pathlib import Path

import pytest

from strongroom.confinement.attempts import try_everything
from strongroom.confinement.confining import NEEDED
from strongroom.core.isolation import Capability, Outcome, ProcessRole

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the attempts are system calls of Linux")

NAMES = [attempt.name for attempt in try_everything()]
HOW = {
    ProcessRole.MAIN: "confining.confine_main()",
    ProcessRole.WORKER: "confining.confine_worker()",
    ProcessRole.HELPER: "confining.confine_helper(FileGrants(write=(Path({shelf!r}),), has_network=True))",
    ProcessRole.LAUNCHER: "confining.confine_launcher()",
}


def names(text: str) -> list[str]:
    return text.split()


DENIED_TO_ALL = names(
    """
    socket_packet socket_vsock socket_alg trace_parent read_parent_memory take_descriptor io_uring bpf userfaultfd
    perf_events kernel_keys new_namespace process_in_new_namespace type_into_terminal join_namespace mount
    """
)
DENIED_BESIDES = {
    ProcessRole.MAIN: names("socket_inet socket_inet_udp socket_inet_raw socket_inet6 socket_inet6_udp socket_netlink"),
    ProcessRole.WORKER: NAMES,
    ProcessRole.HELPER: names(
        """
        socket_inet_raw socket_unix socket_netlink socketpair listen read_file list_folder read_own_environment
        read_parent_environment list_own_descriptors read_parent_memory_file write_file make_file make_shared_file
        memory_file change_permissions watch_folder run_program start_process signal_parent queue_signal watch_parent
        attach_shared_memory
        """
    ),
    ProcessRole.LAUNCHER: names("socket_unix socket_netlink socketpair listen"),
}
CASES = [
    pytest.param(role, name, id=f"{role.value}-{name}")
    for role in ProcessRole
    for name in dict.fromkeys([*DENIED_TO_ALL, *DENIED_BESIDES[role]])
]


@pytest.fixture(scope="module")
def free(try_as):
    """What a process can do that confines itself in no way."""
    return try_as("None")


@pytest.fixture(scope="module")
def confined(try_as, tmp_path_factory):
    """What each kind of process can do once it is confined."""
    shelf = str(tmp_path_factory.mktemp("shelf"))
    return {role: try_as(how.format(shelf=shelf)) for role, how in HOW.items()}


@pytest.mark.parametrize(("role", "name"), CASES)
def test_refused(confined, free, role, name):
    assert confined[role][name].outcome is Outcome.DENIED
    if free[name].outcome is Outcome.DENIED:
        assert os.getuid() != 0, "denied without any barrier, so this shows nothing"


def test_nothing_that_a_role_does_not_need_is_possible(confined):
    for role, attempts in confined.items():
        possible = {
            one.name
            for one in attempts.values()
            if one.outcome is Outcome.ALLOWED and one.capability not in NEEDED[role]
        }
        assert not possible, role


def test_what_a_role_needs_is_possible(confined):
    assert confined[ProcessRole.HELPER]["socket_inet"].outcome is Outcome.ALLOWED
    for name in ("socket_unix", "read_file", "run_program", "start_process", "make_file"):
        assert confined[ProcessRole.MAIN][name].outcome is Outcome.ALLOWED


def test_refused_private_files_to_worker_and_helper(try_as, tmp_path):
    shelf = tmp_path / "models"
    shelf.mkdir()
    private = tmp_path / "chats.db"
    private.write_bytes(b"secret")
    for role in (ProcessRole.WORKER, ProcessRole.HELPER):
        attempts = try_as(HOW[role].format(shelf=str(shelf)), private=(str(private),))
        assert attempts["read_chats.db"].outcome is Outcome.DENIED
        assert attempts["read_chats.db"].capability is Capability.READ_FILES
    assert try_as("None", private=(str(private),))["read_chats.db"].outcome is Outcome.ALLOWED


def test_the_helper_writes_its_shelf_and_nothing_else(try_as, tmp_path):
    shelf, other = tmp_path / "models", tmp_path / "other"
    (shelf / "deep").mkdir(parents=True)
    other.mkdir()
    after = f"""
(Path({str(shelf)!r}) / "a").write_text("x")
(Path({str(shelf)!r}) / "a").rename(Path({str(shelf)!r}) / "deep" / "b")
try:
    (Path({str(other)!r}) / "a").write_text("x")
except PermissionError:
    pass
else:
    raise SystemExit(9)
"""
    try_as(HOW[ProcessRole.HELPER].format(shelf=str(shelf)), after=after)
    assert (shelf / "deep" / "b").read_text() == "x"
    assert not any(other.iterdir())


def test_threads_of_a_confined_process_are_confined_and_can_be_made(try_as):
    after = """
def again():
    bad = [a.name for a in try_everything() if a.outcome == "allowed"]
    if bad:
        sys.stderr.write(repr(bad))
        import os; os._exit(9)
threads = [threading.Thread(target=again) for _ in range(3)]
[one.start() for one in threads]
[one.join() for one in threads]
"""
    try_as("confining.confine_worker()", after=after)


def test_an_older_thread_is_filtered_too(try_as):
    before = """
go, done, seen = threading.Event(), threading.Event(), []
def wait():
    go.wait()
    seen.extend(a.name for a in try_everything() if a.name.startswith("socket_inet") and a.outcome == "allowed")
    done.set()
threading.Thread(target=wait, daemon=True).start()
"""
    try_as("confining.confine_main()", before=before, after="go.set(); done.wait(); assert not seen, seen")


def test_file_rules_that_would_miss_a_thread_are_not_called_in_force(try_as):
    before = "threading.Thread(target=threading.Event().wait, daemon=True).start()"
    after = "assert confinement.landlock_abi >= 8 or 'file_rules' in [g.barrier for g in confinement.gaps], confinement"
    try_as("confining.confine_worker()", before=before, after=after)


def test_children_of_the_main_process_have_no_internet_either(try_as):
    after = """
import subprocess
code = "import socket; socket.socket(socket.AF_INET)"
assert subprocess.run([sys.executable, "-I", "-c", code], stderr=subprocess.DEVNULL).returncode == 1
code = "import socket; socket.socket(socket.AF_UNIX)"
assert subprocess.run([sys.executable, "-I", "-c", code]).returncode == 0
"""
    try_as("confining.confine_main()", after=after)


def test_a_path_in_the_folder_of_the_descriptors_is_opened_again_only_where_it_was_granted(try_as, tmp_path):
    part, other = tmp_path / "part.gguf", tmp_path / "other.gguf"
    part.write_bytes(b"part")
    other.write_bytes(b"other")
    before = f"import os; part, other = os.open({str(part)!r}, 0), os.open({str(other)!r}, 0)"
    after = """
with open(f"/proc/self/fd/{part}", "rb") as again:
    assert again.read() == b"part"
for path, mode in ((f"/proc/self/fd/{other}", "rb"), (f"/proc/self/fd/{part}", "r+b")):
    try:
        open(path, mode)
    except PermissionError:
        continue
    raise SystemExit(9)
confining.end_opening()
try:
    open(f"/proc/self/fd/{part}", "rb")
except PermissionError:
    pass
else:
    raise SystemExit(8)
"""
    try_as("confining.confine_worker(opened_again=(part,))", before=before, after=after)


def test_the_filter_alone_keeps_worker_and_helper_from_other_processes(try_as, tmp_path):
    before = 'limits.gain_no_privileges(); filter_calls(CallPlan(absent=frozenset(["landlock_create_ruleset"])))'
    for role in (ProcessRole.WORKER, ProcessRole.HELPER):
        attempts = try_as(HOW[role].format(shelf=str(tmp_path)), before=before)
        reached = [one.name for one in attempts.values() if one.capability is Capability.REACH_PROCESSES]
        assert reached
        assert {attempts[name].outcome for name in reached} == {Outcome.DENIED}, role


def test_no_process_leaves_a_core_dump(try_as, tmp_path):
    before = "import resource; resource.setrlimit(resource.RLIMIT_CORE, (4096, 4096))"
    # Not 0: that does not hold for a program of the system that collects crashes.
    after = "assert resource.getrlimit(resource.RLIMIT_CORE) == (1, 1)"
    for how in HOW.values():
        try_as(how.format(shelf=str(tmp_path)), before=before, after=after)


def test_a_limit_on_core_dumps_that_cannot_be_raised_stays(try_as):
    before = """
import resource
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
limits.drop_capabilities()
"""
    try_as("confining.confine_main()", before=before, after="assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)")


def test_nothing_is_left_behind_by_the_attempts(try_as, tmp_path):
    before = "import os; descriptors = set(os.listdir('/proc/self/fd'))"
    try_as("None", before=before, after="assert set(os.listdir('/proc/self/fd')) == descriptors")
    assert Path("/proc/self/comm").read_text().strip()
