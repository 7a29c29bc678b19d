# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The launcher starts the helper, nothing else, and nothing of it is left behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from strongroom.confinement.confining import NEEDED
from strongroom.confinement.observing import observe
from strongroom.core.isolation import Confinement, IsolationLevel, ProcessRole
from strongroom.hub import helper_command
from strongroom.hub.launch import HUB_HELPER, helper_environment
from strongroom.processes.forking import SplitOff
from strongroom.processes.launcher import serve
from strongroom.processes.launcher_protocol import PACKET_LIMIT, Poll, Start, encode
from strongroom.processes.launcher_spawner import LauncherSpawner
from support import SUPPORT
from support.loopback_hub import DEADLINE_S, HubRepository, Misbehavior, wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there is a launcher on Linux only")
APP = SUPPORT / "launching_app.py"
START = Start((("endpoint", ""), ("folder", "/nonexistent")))


def start(endpoint: str, folder: str, **more: str) -> bytes:
    return encode(Start((("endpoint", endpoint), ("folder", folder), *more.items())))


class App:
    """A program with a launcher of its own; see the module beside this file."""

    def __init__(self, root: Path, endpoint: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, APP, str(root), endpoint], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.launcher = psutil.Process(json.loads(self.process.stdout.readline())["launcher"])

    def do(self, line: str) -> dict:
        print(line, file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())

    def helper(self) -> psutil.Process:
        return psutil.Process(self.do("")["helper"])

    def end(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=DEADLINE_S)


@pytest.fixture
def app(loopback_hub, tmp_path):
    loopback_hub.add(HubRepository("acme/tiny-GGUF", {"tiny-Q8_0.gguf": b"GGUF"}))
    app = App(tmp_path, loopback_hub.endpoint)
    yield app
    app.end()


def is_gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def all_end(*processes: psutil.Process) -> bool:
    _, alive = psutil.wait_procs(processes, timeout=DEADLINE_S)
    return all(is_gone(process) for process in alive)


def test_the_helper_is_the_launchers_child_and_does_the_apps_work(app):
    assert app.do("search") == {"code": "", "found": 1}
    assert app.helper().ppid() == app.launcher.pid
    assert app.launcher.ppid() == app.process.pid
    assert app.helper().cmdline()[1:] == helper_command()[1:]


def test_the_launcher_holds_nothing_of_the_app(app):
    assert app.do("search")["code"] == ""
    folder = Path(f"/proc/{app.launcher.pid}/fd")
    if os.geteuid():
        # It hides itself from all but root, as it has what the rest of the app must not have.
        with pytest.raises(PermissionError):
            list(folder.iterdir())
    else:
        targets = sorted(os.readlink(path).partition(":")[0] for path in folder.iterdir())
        assert targets == [os.devnull, os.devnull, os.devnull, "socket"]
    assert os.getsid(app.launcher.pid) == app.launcher.pid
    observed = observe(app.launcher.pid)
    assert (observed.has_no_new_privileges, observed.has_call_filter) == (True, True)


def test_the_launcher_can_do_what_the_helper_needs_and_gets_around_no_rule(app):
    said = app.do("probe")
    assert said["level"] == IsolationLevel.FULL
    assert set(said["possible"]) <= {*NEEDED[ProcessRole.LAUNCHER]}


def test_a_killed_helper_is_replaced(app):
    app.do("search")
    first = app.helper()
    first.kill()
    wait_until(lambda: app.do("")["helper"] is None, "the app's notice")
    assert app.do("search")["code"] == ""
    assert app.helper().pid != first.pid
    assert is_gone(first)


def test_a_killed_launcher_takes_its_helper_along_and_the_app_says_what_to_do(app):
    app.do("search")
    helper = app.helper()
    app.launcher.kill()
    assert all_end(helper)
    wait_until(lambda: app.do("")["helper"] is None, "the app's notice")
    said = app.do("search")
    assert said["code"] == "hub.launcher_gone"
    assert "open it again" in said["next_step"]


def test_nothing_is_left_of_a_killed_app(app, loopback_hub):
    app.do("search")
    helper = app.helper()
    app.process.kill()
    assert all_end(app.launcher, helper)


def test_nothing_is_left_of_an_app_that_ends(app):
    app.do("search")
    helper = app.helper()
    print("end", file=app.process.stdin, flush=True)
    assert app.process.wait(DEADLINE_S) == 0
    assert all_end(app.launcher, helper)


def test_closing_the_hub_ends_the_helper_and_leaves_the_launcher(app):
    app.do("search")
    helper = app.helper()
    app.do("close")
    assert is_gone(helper)
    assert not is_gone(app.launcher)


def test_the_terminal_leaves_no_pipe_open_and_has_its_helper_started_by_the_launcher(loopback_hub, tmp_path):
    loopback_hub.misbehave("/api/", Misbehavior(stall_after=-1), times=1)
    command = [sys.executable, "-m", "strongroom", "--data-dir", str(tmp_path), "models", "search", "tiny"]
    environment = os.environ | {"HF_ENDPOINT": loopback_hub.endpoint}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        loopback_hub.wait_until_stalled()
        (launcher,) = psutil.Process(process.pid).children()
        (helper,) = launcher.children()
        assert helper.cmdline()[1:] == helper_command()[1:]
        loopback_hub.release()
        said, _ = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 0, said
    assert all_end(launcher, helper)


class Talk:
    """A launcher's loop in a thread of its own, and the app's end of the channel."""

    def __init__(self) -> None:
        self.ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.thread = threading.Thread(target=self._serve, args=(theirs,))
        self.thread.start()

    def _serve(self, channel: socket.socket) -> None:
        with channel:
            serve(channel, Confinement(), HUB_HELPER)

    def end(self) -> None:
        self.ours.close()
        self.thread.join(DEADLINE_S)
        assert not self.thread.is_alive()


@pytest.fixture
def talk():
    talk = Talk()
    yield talk
    talk.end()


@pytest.mark.parametrize(
    ("packet", "descriptors"),
    [
        (b"garbage", 0),
        (b"\n", 0),
        (b"{}\n", 0),
        (b'{"type":"run","command":["/bin/sh"]}\n', 3),
        (encode(START)[:-2] + b',"command":["/bin/sh"]}\n', 3),
        (encode(START)[:-2] + b',"environment":{"LD_PRELOAD":"/x.so"}}\n', 3),
        (start("", "/x", LD_PRELOAD="/x.so"), 3),
        (start("", "/x", command="/bin/sh"), 3),
        (encode(Start((("folder", "/x"),))), 3),
        (encode(Start(())), 3),
        (encode(START), 0),
        (encode(START), 2),
        (encode(START), 4),
        (encode(START)[:-1], 3),
        (start("", "relative"), 3),
        (start("", "/a\0b"), 3),
        (start("http://example.com", "/x"), 3),
        (start("file:///etc/passwd", "/x"), 3),
        (b'{"type":"start","settings":[["endpoint",""],["folder","/' + b"x" * PACKET_LIMIT + b'"]]}\n', 3),
        (encode(Poll(1)), 0),
        (b'{"type":"kill","child":1}\n', 0),
        (b'{"type":"kill","process_id":1}\n', 0),
    ],
)
def test_refused_whatever_the_launcher_cannot_be_asked_for_ends_it(talk, packet, descriptors):
    socket.send_fds(talk.ours, [packet], [0] * descriptors)
    assert talk.ours.recv(100) == b""


def test_refused_another_command_is_not_even_asked_for(talk):
    spawner = LauncherSpawner(SplitOff(os.getpid(), talk.ours), HUB_HELPER)
    environment = helper_environment("", Path("/nonexistent"))
    for command, descriptors in ((["/bin/sh"], ()), (helper_command(), (0,))):
        with pytest.raises(ValueError, match="helper only"):
            spawner.spawn(command, descriptors=descriptors, environment=environment, folder=Path("/"))


def test_the_launcher_passes_on_its_own_environment_only(talk):
    spawner = LauncherSpawner(SplitOff(os.getpid(), talk.ours), HUB_HELPER)
    environment = {"HF_HOME": "/nonexistent", "LD_PRELOAD": "/x.so", "PYTHONSTARTUP": "/x.py"}
    handle = spawner.spawn(helper_command(), descriptors=(), environment=environment, folder=Path("/"))
    try:
        assert handle.stdout.readline().startswith(b'{"type":"hello"')
        assert psutil.Process(handle.pid).environ() == helper_environment("", Path("/nonexistent"))
    finally:
        handle.kill()
        assert handle.wait(DEADLINE_S) == -signal.SIGKILL
        assert handle.poll() == -signal.SIGKILL
        for stream in (handle.stdin, handle.stdout, handle.stderr):
            stream.close()


TAKING_OVER = """
import os
from pathlib import Path
from strongroom.__main__ import set_up_processes

spawner = set_up_processes().helper_spawner()
from strongroom.hub.launch import helper_command, helper_environment

environment = helper_environment("", Path("/nonexistent"))
helper = spawner.spawn(helper_command(), descriptors=(), environment=environment, folder=Path("/"))
os.set_blocking(helper.stdout.fileno(), False)
while not helper.stdout.read(1):
    for name in ("mem", "environ", "maps"):
        try:
            os.close(os.open(f"/proc/{helper.pid}/{name}", os.O_RDONLY))
        except PermissionError:
            continue
        raise SystemExit(name)
# What it may do itself is not changed by that.
own, other = Path("own"), Path("other")
own.mkdir(), other.mkdir()
(own / "file").write_text("x")
(own / "file").rename(other / "file")
os.link(other / "file", own / "linked")
"""


def test_refused_taking_over_the_helper_while_it_starts_and_has_not_hidden_itself_yet(tmp_path):
    ended = subprocess.run(
        [sys.executable, "-I", "-c", TAKING_OVER], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 0, ended.stderr
