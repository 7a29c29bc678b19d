# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A launcher starts one program, whichever that is, with settings that the program itself checks."""

import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from strongroom.confinement.spawning import SpawnerGone
from strongroom.core.isolation import Confinement
from strongroom.processes.forking import SplitOff
from strongroom.processes.launched_program import LaunchedProgram
from strongroom.processes.launcher import serve
from strongroom.processes.launcher_protocol import Kill, Poll, Start, encode
from strongroom.processes.launcher_spawner import LauncherSpawner

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="descriptors cannot be handed on there")
DEADLINE_S = 30
COMMAND = [sys.executable, "-I", "-S", "-c", "import os, sys; print(os.environ, flush=True); sys.stdin.read()"]


def environment_with(settings: Mapping[str, str]) -> dict[str, str]:
    if settings.keys() != {"word"}:
        raise ValueError("it is one word")
    return {"WORD": settings["word"], "FIXED": "1"}


PROGRAM = LaunchedProgram(
    "a made program", lambda: COMMAND, lambda environment: {"word": environment["WORD"]}, environment_with
)


class Talk:
    """A launcher's loop in a thread of its own, and the app's end of the channel."""

    def __init__(self) -> None:
        self.ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.spawner = LauncherSpawner(SplitOff(os.getpid(), self.ours), PROGRAM)
        self._thread = threading.Thread(target=self._serve, args=(theirs,))
        self._thread.start()

    def _serve(self, channel: socket.socket) -> None:
        with channel:
            serve(channel, Confinement(), PROGRAM)

    def end(self) -> None:
        self.ours.close()
        self._thread.join(DEADLINE_S)
        assert not self._thread.is_alive()


@pytest.fixture
def talk() -> Iterator[Talk]:
    talk = Talk()
    yield talk
    talk.end()


def test_the_program_runs_with_its_settings_and_nothing_else_of_the_environment(talk):
    environment = {"WORD": "heron", "LD_PRELOAD": "/x.so"}
    handle = talk.spawner.spawn(COMMAND, descriptors=(), environment=environment, folder=Path("/"))
    try:
        said = handle.stdout.readline().decode()
        assert "'WORD': 'heron'" in said
        assert "'FIXED': '1'" in said
        assert "LD_PRELOAD" not in said
        assert handle.poll() is None
    finally:
        handle.kill()
        assert handle.wait(DEADLINE_S) == -signal.SIGKILL
        for stream in (handle.stdin, handle.stdout, handle.stderr):
            stream.close()


@pytest.mark.parametrize(
    ("packet", "descriptors"),
    [
        (b"garbage", 0),
        (encode(Start((("word", "x"),))), 0),
        (encode(Start((("word", "x"),))), 2),
        (encode(Start((("word", "x"), ("other", "y")))), 3),
        (encode(Start(())), 3),
        (encode(Start((("word", "x"),)))[:-2] + b',"command":["/bin/sh"]}\n', 3),
        (encode(Poll(1)), 0),
        (encode(Kill(1)), 0),
    ],
)
def test_refused_whatever_cannot_be_asked_for_ends_the_launcher(talk, packet, descriptors):
    socket.send_fds(talk.ours, [packet], [0] * descriptors)
    assert talk.ours.recv(100) == b""


def test_refused_another_program_is_not_even_asked_for(talk):
    with pytest.raises(ValueError, match="a made program only"):
        talk.spawner.spawn(["/bin/sh"], descriptors=(), environment={"WORD": "x"}, folder=Path("/"))


def test_a_launcher_that_is_gone_starts_nothing(talk):
    talk.end()
    with pytest.raises(SpawnerGone):
        talk.spawner.spawn(COMMAND, descriptors=(), environment={"WORD": "x"}, folder=Path("/"))
