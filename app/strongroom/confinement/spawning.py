# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""How a child process comes into being: one interface, with an implementation for each way that a system offers."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Protocol

from strongroom.core.isolation import Attempt, Confinement

PIPE_BUFFER = 64 * 1024
"""Bytes that are read from a child's output at once."""


class Handle(Protocol):
    """A child process that runs or has ended, as :class:`subprocess.Popen` offers it. Safe for several threads."""

    @property
    def pid(self) -> int:
        """The process's number."""

    @property
    def stdin(self) -> IO[bytes] | None:
        """The writing end of its standard input."""

    @property
    def stdout(self) -> IO[bytes] | None:
        """The reading end of its standard output."""

    @property
    def stderr(self) -> IO[bytes] | None:
        """The reading end of its standard error."""

    def poll(self) -> int | None:
        """Return its exit status, negative for a signal; None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end and return its exit status.

        Raises:
            subprocess.TimeoutExpired: It still runs after ``timeout`` seconds.
        """

    def kill(self) -> None:
        """End it at once; nothing happens when it has ended already."""


class SpawnerGone(OSError):
    """Whoever starts processes of this kind is gone, so none can be started any more."""


class Spawner(Protocol):
    """Starts child processes."""

    def spawn(
        self, command: Sequence[str], *, descriptors: Sequence[int], environment: Mapping[str, str], folder: Path
    ) -> Handle:
        """Start a process with pipes for its three standard streams.

        Args:
            command: The program and its arguments.
            descriptors: All else that it inherits, under the same numbers.
            environment: Its whole environment.
            folder: Its current folder.

        Raises:
            SpawnerGone: This spawner can start no process any more.
            OSError: It could not be started.
        """


class Launcher(Spawner, Protocol):
    """A process of the app that starts others of one kind."""

    @property
    def process_id(self) -> int:
        """Its number."""

    @property
    def confinement(self) -> Confinement:
        """What holds around it, and so around what it starts.

        Raises:
            SpawnerGone: It is gone.
        """

    def probe(self, private: Sequence[Path]) -> tuple[Attempt, ...]:
        """Let it try, now, what it should not be able to do.

        Args:
            private: Files of the app that it has no business with.

        Raises:
            SpawnerGone: It is gone.
        """


class DirectSpawner:
    """Starts a process as a child of this one."""

    def spawn(
        self, command: Sequence[str], *, descriptors: Sequence[int], environment: Mapping[str, str], folder: Path
    ) -> Handle:
        """Start a process: see :meth:`Spawner.spawn`."""
        return subprocess.Popen(list(command), **start_options(descriptors, environment, folder))


def start_options(descriptors: Sequence[int], environment: Mapping[str, str], folder: Path) -> dict[str, Any]:
    """Return the options with which :class:`subprocess.Popen` starts a process as :meth:`Spawner.spawn` promises."""
    return {
        "stdin": subprocess.PIPE,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "bufsize": PIPE_BUFFER,
        "close_fds": True,
        "pass_fds": tuple(descriptors),
        "env": dict(environment),
        "cwd": folder,
        # Ctrl+C in a terminal is for the app, which then ends its children itself.
        "start_new_session": True,
    }
