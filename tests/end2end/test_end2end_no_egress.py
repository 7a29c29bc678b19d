# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Nothing leaves the machine: what the processes of the real program ask of the kernel, seen from outside by strace."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("strace is Linux's", allow_module_level=True)

from strongroom.core.settings import Settings, save_settings
from strongroom.storage import CHATS, obtain_keys, open_to_read
from support.loopback_hub import HubRepository, LoopbackHub
from support.network_trace import HELPER, Trace, families, strace
from support.x11_window import Window, unseen_display

WORKER = "strongroom.engine.worker"
LOCAL_ONLY = {"AF_UNIX"}
PATIENCE_S = 200
"""A traced program on a busy machine takes its time."""
NAME_SERVICE = "/var/run/nscd/socket"
"""Where the C library asks who a user is. There is no such service on most machines."""
X11_SOCKETS = "/tmp/.X11-unix/X"  # noqa: S108 - where X servers have them


def traced(program, folder, *arguments: str, stdin: str = ""):
    """Run one command line of the program under strace; return how it ended and its trace."""
    output = folder / "trace.txt"
    process = program.start(
        *arguments,
        prefix=strace(output),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    out, errors = process.communicate(stdin, timeout=PATIENCE_S)
    return subprocess.CompletedProcess(arguments, process.returncode, out, errors), Trace(output)


@pytest.fixture(scope="module", autouse=True)
def a_tracer_that_works(tmp_path_factory):
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed: nothing is proved here")
    output = tmp_path_factory.mktemp("strace") / "trace.txt"
    tried = subprocess.run([*strace(output), "true"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        pytest.skip(f"strace may trace nothing here: {tried.stderr.strip()}")


def assert_no_way_out(calls) -> None:
    """Assert that these calls made no socket but local ones, sent nothing to an internet address and got no socket."""
    assert [call for call in calls if call.family and call.family not in LOCAL_ONLY] == []
    assert [call for call in calls if call.concerns_internet] == []
    assert [call for call in calls if call.name.startswith("io_uring")] == []


def local_addresses(trace: Trace) -> set[str]:
    """Return which local programs were spoken to, wherever their socket is named."""
    return {call.local_address.lstrip("@") for call in trace.calls} - {""}


@pytest.fixture
def short_answers(program):
    program.paths.ensure()
    save_settings(program.paths.settings, Settings(max_tokens=16))


@pytest.mark.model
def test_a_chat_in_the_terminal_tries_no_socket_of_the_internet(program, short_answers, tmp_path):
    ended, trace = traced(program, tmp_path, "chat", stdin="Write two sentences about lighthouses\n/quit\n")
    assert ended.returncode == 0, ended.stderr
    (answer,) = program.json("conversations", "export", "1", "--format", "json")["messages"][1:]
    assert len(answer["text"].split()) > 5
    assert [line for line in trace.programs.values() if WORKER in line], "the trace misses the process of the model"
    assert not [line for line in trace.programs.values() if HELPER in line]
    assert_no_way_out(trace.calls)
    assert local_addresses(trace) <= {NAME_SERVICE}


def test_a_search_opens_sockets_of_the_internet_in_the_hub_helper_only(program, tmp_path):
    with LoopbackHub() as hub:
        hub.add(HubRepository("acme/tiny-GGUF", {"tiny-Q4_K_M.gguf": b"GGUF"}))
        program.environment["HF_ENDPOINT"] = hub.endpoint
        ended, trace = traced(program, tmp_path, "models", "search", "tiny", "--json")
        asked = [request.path for request in hub.log]
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "acme/tiny-GGUF" in ended.stdout
    assert asked == ["/api/models"]
    assert_no_way_out(trace.outside(HELPER))
    helper = trace.inside(HELPER)
    assert families(helper) - {"AF_UNIX", "AF_NETLINK"} == {"AF_INET"}
    # An ordinary user's strace sees that there was an address, but not which: the helper hides its memory.
    assert {call.internet_address for call in helper} <= {"", hub.endpoint.removeprefix("http://")}


@pytest.mark.model
@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed")
def test_the_window_tries_no_socket_of_the_internet(program, short_answers, tmp_path):
    output = tmp_path / "trace.txt"
    with unseen_display() as display:
        program.environment |= {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        process = program.start(prefix=strace(output), stderr=subprocess.PIPE, text=True)
        window = Window(display)
        window.type("Write two sentences about lighthouses")
        window.press("Return")
        answer = wait_for_answer(program)
        window.press_control("q")
        _, errors = process.communicate(timeout=PATIENCE_S)
        window.close()
    assert (process.returncode, errors) == (0, "")
    assert len(answer.split()) > 5
    trace = Trace(output)
    assert [line for line in trace.programs.values() if WORKER in line], "the trace misses the process of the model"
    assert_no_way_out(trace.calls)
    assert local_addresses(trace) <= {NAME_SERVICE, f"{X11_SOCKETS}{display[1:]}"}
    # Python and itself, as worker and helper. A bus, for example, would come from dbus-launch.
    assert {Path(program).name for program in trace.attempted_programs} == {Path(sys.executable).name}


def wait_for_answer(program) -> str:
    """Return the first answer that the program has kept, once it is complete."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STRONGROOM_KEY_FILE", program.environment["STRONGROOM_KEY_FILE"])
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if program.paths.chats.exists():
                database = open_to_read(program.paths.chats, obtain_keys(program.paths).chats, CHATS)
                rows = database.rows("SELECT text, state FROM messages WHERE role = 'assistant'")
                database.close()
                if rows and rows[0][1] != "writing":
                    return rows[0][0]
            time.sleep(0.1)
    raise AssertionError("no answer came")


IN_A_THREAD = """
import socket, threading
thread = threading.Thread(target=socket.socket, args=(socket.AF_INET,))
thread.start()
thread.join()
"""
IN_A_CHILD = """
import os, socket
if os.fork() == 0:
    socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    os._exit(0)
os.wait()
"""
IN_ANOTHER_PROGRAM = """
import subprocess, sys
subprocess.run([sys.executable, "-Ic", "import socket; socket.socket(socket.AF_PACKET)"], stderr=subprocess.DEVNULL)
"""
REFUSED_BY_A_RULE = """
import socket
from strongroom.confinement.confining import confine_main
confine_main()
try:
    socket.socket(socket.AF_INET)
except OSError:
    raise SystemExit(0)
raise SystemExit("it was not refused")
"""
HANDED_OVER = """
import os, socket
ours, theirs = socket.socketpair()
if os.fork() == 0:
    os.set_inheritable(theirs.fileno(), True)
    source = (
        "import socket\\n"
        f"one = socket.socket(fileno={theirs.fileno()})\\n"
        "handed_over = socket.socket(socket.AF_INET)\\n"
        "socket.send_fds(one, [b'.'], [handed_over.fileno()])\\n"
    )
    os.execv("/proc/self/exe", ["strongroom.hub.helper", "-Ic", source])
theirs.close()
socket.recv_fds(ours, 1, 1)
"""


@pytest.mark.parametrize(
    "source",
    [IN_A_THREAD, IN_A_CHILD, IN_ANOTHER_PROGRAM, REFUSED_BY_A_RULE, HANDED_OVER],
    ids=["thread", "child", "program", "refused", "handed_over"],
)
def test_a_way_out_would_be_found(source, tmp_path):
    """What the tests above see nothing of, they would see."""
    output = tmp_path / "trace.txt"
    subprocess.run([*strace(output), sys.executable, "-I", "-c", source], check=True, timeout=60)
    with pytest.raises(AssertionError):
        assert_no_way_out(Trace(output).outside(HELPER))
