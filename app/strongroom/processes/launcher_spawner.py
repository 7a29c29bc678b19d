# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The app's side of a launcher: starts its program through it, and looks after what was started from afar."""

import errno
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Literal

from strongroom.confinement.observing import checked
from strongroom.confinement.spawning import PIPE_BUFFER, Handle, SpawnerGone
from strongroom.core.isolation import Attempt, Confinement
from strongroom.core.line_messages import Message, ProtocolBreach, decode
from strongroom.processes.forking import SplitOff
from strongroom.processes.launched_program import LaunchedProgram
from strongroom.processes.launcher_protocol import (
    FROM_LAUNCHER,
    PACKET_LIMIT,
    Describe,
    Kill,
    NotStarted,
    Poll,
    Start,
    Started,
    State,
    encode,
)
from strongroom.processes.messages import Confined, Probe, Probed

_ANSWER_LIMIT_S = 30.0
"""A launcher that has not answered by then is given up."""
_SHORTEST_WAIT_S, _LONGEST_WAIT_S = 0.0005, 0.05


class LauncherSpawner:
    """Lets the launcher start its program. Thread-safe.

    Args:
        launcher: The process that was split off.
        program: The one that it starts.
    """

    def __init__(self, launcher: SplitOff, program: LaunchedProgram) -> None:
        self.program = program
        self.process_id = launcher.process_id
        self._channel = launcher.channel
        self._channel.settimeout(_ANSWER_LIMIT_S)
        self._lock = launcher.lock
        self._confinement: Confinement | None = None
        self._is_gone = False

    @property
    def confinement(self) -> Confinement:
        """What holds around the launcher, and so around what it starts.

        Raises:
            SpawnerGone: The launcher is gone.
        """
        self._require_running()
        if self._confinement is None:
            answer = self.ask(Describe())
            if not isinstance(answer, Confined):
                raise self._give_up()
            self._confinement = checked(answer.untrusted_confinement, self.process_id, inherits=False)
        return self._confinement

    def probe(self, private: Sequence[Path]) -> tuple[Attempt, ...]:
        """Let the launcher try, now, what it should not be able to do.

        Args:
            private: Files of the app that it has no business with.

        Raises:
            SpawnerGone: The launcher is gone.
        """
        self._require_running()
        answer = self.ask(Probe.of(1, private))
        if not isinstance(answer, Probed):
            raise self._give_up()
        return answer.untrusted_attempts

    def spawn(
        self, command: Sequence[str], *, descriptors: Sequence[int], environment: Mapping[str, str], folder: Path
    ) -> Handle:
        """Start the program: see :meth:`~strongroom.confinement.spawning.Spawner.spawn`.

        Of the environment, the program's settings are asked for; all else is the launcher's own.

        Raises:
            SpawnerGone: The launcher is gone.
            OSError: It could not be started.
            ValueError: It is another program.
        """
        if list(command) != list(self.program.command()) or descriptors or folder != Path(os.sep):
            raise ValueError(f"the launcher starts {self.program.name} only")
        start = Start(tuple(self.program.settings_of(environment).items()))
        with ExitStack() as ours, ExitStack() as theirs:
            stdin, its_stdin = _pipe(ours, theirs, "wb")
            stdout, its_stdout = _pipe(ours, theirs, "rb")
            stderr, its_stderr = _pipe(ours, theirs, "rb")
            try:
                answer = self.ask(start, (its_stdin, its_stdout, its_stderr))
            except ProtocolBreach:
                raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG)) from None
            if isinstance(answer, NotStarted):
                raise OSError(answer.error, os.strerror(answer.error))
            if not isinstance(answer, Started):
                raise self._give_up()
            ours.pop_all()
            return _LaunchedProcess(self, answer, stdin, stdout, stderr)

    def ask(self, question: Message, descriptors: Sequence[int] = ()) -> Message:
        """Return the launcher's answer.

        Raises:
            SpawnerGone: There is none.
            ProtocolBreach: The question is longer than it may be; nothing was asked.
        """
        packet = encode(question)
        with self._lock:
            try:
                socket.send_fds(self._channel, [packet], list(descriptors))
                untrusted_packet = self._channel.recv(PACKET_LIMIT + 1)
                return decode(untrusted_packet, FROM_LAUNCHER, PACKET_LIMIT)
            except (OSError, ProtocolBreach):
                raise self._give_up() from None

    def _require_running(self) -> None:
        """Return only while the launcher runs: an answer may be remembered from when it did."""
        if not self._is_gone:
            try:
                self._is_gone = os.waitpid(self.process_id, os.WNOHANG)[0] != 0
            except ChildProcessError:
                self._is_gone = True
        if self._is_gone:
            raise SpawnerGone("the launcher is gone")

    def _give_up(self) -> SpawnerGone:
        """Let go of the launcher, which then ends: an answer that came later would be taken for another one's."""
        self._channel.close()
        return SpawnerGone("the launcher is gone")


def _pipe(ours: ExitStack, theirs: ExitStack, mode: Literal["rb", "wb"]) -> tuple[IO[bytes], int]:
    """Return this side's end of a new pipe, as a file with this mode, and the other process's end."""
    reading, writing = os.pipe()
    own, its = (writing, reading) if mode == "wb" else (reading, writing)
    theirs.callback(os.close, its)
    file = ours.enter_context(os.fdopen(own, mode, 0 if mode == "wb" else PIPE_BUFFER))
    return file, its


class _LaunchedProcess:
    """What the launcher has started: see :class:`~strongroom.confinement.spawning.Handle`."""

    def __init__(
        self, spawner: LauncherSpawner, started: Started, stdin: IO[bytes], stdout: IO[bytes], stderr: IO[bytes]
    ) -> None:
        self.pid = started.process_id
        self.stdin: IO[bytes] | None = stdin
        self.stdout: IO[bytes] | None = stdout
        self.stderr: IO[bytes] | None = stderr
        self._spawner = spawner
        self._child = started.child
        self._status: int | None = None
        self._lock = threading.Lock()
        """The launcher tells of an end once."""

    def poll(self) -> int | None:
        """Return its exit status; None while it runs."""
        return self._ask(Poll(self._child))

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end and return its exit status.

        Raises:
            subprocess.TimeoutExpired: It still runs.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        pause = _SHORTEST_WAIT_S
        while (status := self.poll()) is None:
            if deadline is not None and time.monotonic() >= deadline:
                raise subprocess.TimeoutExpired(self._spawner.program.name, timeout or 0.0)
            time.sleep(pause)
            pause = min(pause * 2, _LONGEST_WAIT_S)
        return status

    def kill(self) -> None:
        """End it at once."""
        self._ask(Kill(self._child))

    def _ask(self, question: Poll | Kill) -> int | None:
        with self._lock:
            if self._status is None:
                try:
                    answer = self._spawner.ask(question)
                except SpawnerGone:
                    # The kernel ends it with its launcher.
                    self._status = -signal.SIGKILL
                else:
                    if isinstance(answer, State) and not answer.is_running:
                        self._status = answer.status
            return self._status
