# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A process that was started confined on Windows, with the interface of :class:`subprocess.Popen`."""

import subprocess
import weakref
from collections.abc import Sequence
from typing import IO

from strongroom.confinement.windows_calls import WindowsCalls
from strongroom.confinement.windows_requests import WAIT_LIMIT_MILLISECONDS
from strongroom.core.isolation import Confinement

KILLED_STATUS = 1
"""What a process ends with that was ended from here, as with :meth:`subprocess.Popen.kill`."""


class WindowsProcess:
    """A process that was started here, as :class:`subprocess.Popen` offers one. Thread-safe.

    When the last reference to it goes, so does the job's only handle, and with it the process.
    """

    def __init__(
        self,
        calls: WindowsCalls,
        process: int,
        job: int | None,
        process_id: int,
        streams: tuple[IO[bytes], IO[bytes], IO[bytes]],
        confinement: Confinement,
    ) -> None:
        self._calls = calls
        self._process = process
        self._process_id = process_id
        self._streams = streams
        self._confinement = confinement
        # Not earlier: another thread may be waiting on the handle.
        weakref.finalize(self, _close_all, calls, [handle for handle in (process, job) if handle is not None])

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process_id

    @property
    def stdin(self) -> IO[bytes]:
        """The writing end of its standard input."""
        return self._streams[0]

    @property
    def stdout(self) -> IO[bytes]:
        """The reading end of its standard output."""
        return self._streams[1]

    @property
    def stderr(self) -> IO[bytes]:
        """The reading end of its standard error."""
        return self._streams[2]

    @property
    def confinement(self) -> Confinement:
        """What was put up around it when it was started."""
        return self._confinement

    def poll(self) -> int | None:
        """Return its exit status; None while it runs."""
        return self._ended_within(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end and return its exit status.

        Raises:
            subprocess.TimeoutExpired: It still runs after ``timeout`` seconds.
        """
        if timeout is None:
            while (status := self._ended_within(WAIT_LIMIT_MILLISECONDS)) is None:
                pass
            return status
        milliseconds = min(max(0, round(timeout * 1000)), WAIT_LIMIT_MILLISECONDS)
        status = self._ended_within(milliseconds)
        if status is None:
            raise subprocess.TimeoutExpired("a child process", timeout)
        return status

    def kill(self) -> None:
        """End it at once; nothing happens when it has ended already."""
        if self.poll() is None:
            self._calls.terminate(self._process, KILLED_STATUS)

    def _ended_within(self, milliseconds: int) -> int | None:
        return self._calls.exit_status(self._process) if self._calls.wait(self._process, milliseconds) else None


def _close_all(calls: WindowsCalls, handles: Sequence[int]) -> None:
    for handle in handles:
        calls.close(handle)
