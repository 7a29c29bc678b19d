# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What a process that was taken over does next: ways around the barriers, tried in earnest on things that are there."""

import ctypes
import os
import socket
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the barriers are those of Linux")

HELPER = "confining.confine_helper(FileGrants(write=(Path({shelf!r}),), has_network=True))"
REFUSED = """
import ctypes, fcntl, os, socket, subprocess
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p

def refused(attempt):
    try:
        attempt()
    except OSError:
        return
    raise SystemExit("it was possible")

def call(name, *arguments):
    if getattr(libc, name)(*arguments) in (-1, 2**64 - 1):
        raise OSError(ctypes.get_errno(), name)
"""


@pytest.fixture
def shelf(tmp_path):
    folder = tmp_path / "shelf"
    folder.mkdir()
    return folder


@pytest.fixture
def helper(try_as, shelf):
    """Runs code in a process that is confined as the hub helper is."""

    def run(code: str) -> None:
        try_as(HELPER.format(shelf=str(shelf)), before=REFUSED, after=code)

    return run


def test_refused_the_session_bus_and_every_other_local_socket_to_the_helper(helper, tmp_path):
    name = f"strongroom-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as on_disk, socket.socket(socket.AF_UNIX) as abstract:
        on_disk.bind(str(tmp_path / "bus"))
        abstract.bind(f"\0{name}")
        for listener in (on_disk, abstract):
            listener.listen()
        for address in (str(tmp_path / "bus"), f"\0{name}"):
            helper(f"refused(lambda: socket.socket(socket.AF_UNIX).connect({address!r}))")


def test_refused_a_datagram_through_one_of_a_pair_of_sockets_to_the_helper(helper, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journal:
        journal.bind(str(tmp_path / "journal"))
        helper(
            "refused(lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0]"
            f".sendto(b'x', {str(tmp_path / 'journal')!r}))"
        )


def test_the_helper_still_looks_up_names(try_as):
    how = "confining.confine_helper(FileGrants(read=(Path('/etc'), Path('/lib'), Path('/usr')), has_network=True))"
    before = "import encodings.idna, socket"
    try_as(how, before=before, after="assert socket.getaddrinfo('localhost', 443, type=socket.SOCK_STREAM)")


@pytest.mark.parametrize("kind", ["SOCK_STREAM", "SOCK_DGRAM"])
def test_refused_an_address_of_its_own_to_the_helper(helper, kind):
    helper(f"refused(lambda: socket.socket(socket.AF_INET, socket.{kind}).bind(('127.0.0.1', 0)))")


def test_refused_permissions_times_and_attributes_of_other_files_to_the_helper(helper, tmp_path):
    other = tmp_path / "chats.db"
    other.write_bytes(b"secret")
    other.chmod(0o600)
    before = other.stat()
    helper(
        f"""
other = {str(other)!r}
refused(lambda: os.chmod(other, 0o666))
refused(lambda: os.chown(other, os.getuid(), os.getgid()))
refused(lambda: os.utime(other, (1, 1)))
refused(lambda: os.setxattr(other, "user.note", b"x"))
refused(lambda: os.getxattr(other, "user.note"))
refused(lambda: call("inotify_add_watch", libc.inotify_init(), os.path.dirname(other).encode(), 0xFFF))
"""
    )
    after = other.stat()
    assert (after.st_mode, after.st_mtime_ns) == (before.st_mode, before.st_mtime_ns)


def test_refused_links_pipes_and_sockets_on_the_shelf_to_the_helper(helper, shelf, tmp_path):
    other = tmp_path / "chats.db"
    other.write_bytes(b"secret")
    helper(
        f"""
shelf, other = {str(shelf)!r}, {str(other)!r}
refused(lambda: os.symlink(other, shelf + "/symbolic"))
refused(lambda: os.link(other, shelf + "/hard"))
refused(lambda: os.mkfifo(shelf + "/pipe"))
refused(lambda: os.mknod(shelf + "/socket", 0o140600))
os.mkdir(shelf + "/folder")
"""
    )
    assert [path.name for path in shelf.iterdir()] == ["folder"]


def test_refused_memory_that_the_window_shares_with_its_display_to_the_helper(helper):
    libc = ctypes.CDLL(None)
    picture = libc.shmget(0, 4096, 0o1600)
    assert picture >= 0
    try:
        helper(f"refused(lambda: call('shmat', {picture}, None, 0))")
    finally:
        libc.shmctl(picture, 0, None)


def test_refused_to_stay_without_the_app_or_to_show_its_memory_to_the_helper(helper):
    helper(
        """
refused(lambda: call("prctl", 1, 0, 0, 0, 0))
refused(lambda: call("prctl", 4, 1, 0, 0, 0))
assert limits.dies_with_parent()
"""
    )


def test_refused_a_signal_by_way_of_a_file_to_the_helper(helper):
    helper("refused(lambda: fcntl.fcntl(os.pipe()[0], fcntl.F_SETOWN, os.getppid()))")


def test_refused_a_slower_app_to_the_helper(helper):
    helper(
        "refused(lambda: os.setpriority(os.PRIO_PROCESS, os.getppid(), 19));"
        " refused(lambda: os.sched_setaffinity(os.getppid(), {0}))"
    )


@pytest.mark.parametrize("how", ["confining.confine_main()", "confining.confine_launcher()"])
def test_refused_a_process_in_namespaces_of_its_own(try_as, how):
    after = """
clone = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
for space in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
    child = libc.syscall(clone, space | 17, 0, 0, 0, 0)
    if child == 0:
        os._exit(0)
    assert child == -1, space
threading.Thread(target=int).start()
assert subprocess.run([sys.executable, "-I", "-c", ""]).returncode == 0
"""
    try_as(how, before=REFUSED, after=after)


def test_refused_words_in_the_terminals_input_for_the_shell_to_run(try_as):
    before = f"""{REFUSED}
import pty, termios
controller, terminal = pty.openpty()
os.setsid()
fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
"""
    after = """
refused(lambda: fcntl.ioctl(terminal, termios.TIOCSTI, b"x"))
assert termios.tcgetattr(terminal)
"""
    try_as("confining.confine_main()", before=before, after=after)


def test_refused_to_see_whether_a_file_is_there_to_a_worker(try_as, tmp_path):
    try_as("confining.confine_worker()", before=REFUSED, after=f"refused(lambda: os.stat({str(tmp_path)!r}))")
    part = tmp_path / "part.gguf"
    part.write_bytes(b"part")
    after = """
assert os.stat(f"/proc/self/fd/{part}").st_size == 4
confining.end_opening()
refused(lambda: os.stat(f"/proc/self/fd/{part}"))
"""
    before = f"{REFUSED}\npart = os.open({str(part)!r}, 0)"
    try_as("confining.confine_worker(opened_again=(part,))", before=before, after=after)


@pytest.mark.parametrize("how", ["confining.confine_worker()", "confining.confine_main()"])
def test_refused_an_address_in_another_processs_memory_also_without_file_rules(try_as, how):
    before = f"""{REFUSED}
limits.gain_no_privileges()
filter_calls(CallPlan(absent=frozenset(["landlock_create_ruleset"])))
limits.drop_capabilities()
waiting, until_we_end = os.pipe()
other = os.fork()
if other == 0:
    os.close(until_we_end)
    os.read(waiting, 1)
    os._exit(0)
asked = {{"x86_64": 274, "aarch64": 100}}[os.uname().machine], other, *map(ctypes.byref, (ctypes.c_long(),) * 2)
"""
    try_as(how, before=before, after="refused(lambda: call('syscall', *asked))")
