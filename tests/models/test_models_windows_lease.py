# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What is asked of Windows, and what its answers become. The calls themselves have not run on Windows yet."""

import errno
import os
from pathlib import Path, PureWindowsPath
from typing import Any

import pytest

from strongroom.models import lease_windows as windows
from strongroom.models.lease import WriterPresent


class Recorder:
    """Stands where ``CreateFileW`` does, and answers with one handle or one error."""

    def __init__(self, handle: int, problem: int = 0) -> None:
        self.handle, self.problem = handle, problem
        self.calls: list[tuple[Any, ...]] = []

    def create_file(self, *arguments: Any) -> int:
        self.calls.append(arguments)
        return self.handle

    def open(self, path: str = r"C:\models\a.gguf") -> int:
        return windows.open_shared_for_reading(
            PureWindowsPath(path),  # type: ignore[arg-type]
            self.create_file,
            lambda: self.problem,
            lambda handle, flags: handle + 1000 if flags == os.O_RDONLY else -1,
        )


def test_others_may_only_read_and_links_are_not_followed() -> None:
    recorder = Recorder(7)
    assert recorder.open() == 1007
    ((name, access, sharing, security, disposition, flags, template),) = recorder.calls
    assert name == r"C:\models\a.gguf"
    assert access == 0x80000000  # GENERIC_READ
    assert sharing == 1  # FILE_SHARE_READ: neither FILE_SHARE_WRITE (2) nor FILE_SHARE_DELETE (4)
    assert disposition == 3  # OPEN_EXISTING
    assert flags & 0x00200000  # FILE_FLAG_OPEN_REPARSE_POINT
    assert security is None
    assert template is None


@pytest.mark.parametrize("handle", [windows.INVALID_HANDLE_VALUE, -1])
def test_refused_sharing_violation_is_a_writer(handle: int) -> None:
    with pytest.raises(WriterPresent):
        Recorder(handle, windows.ERROR_SHARING_VIOLATION).open()


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (windows.ERROR_FILE_NOT_FOUND, errno.ENOENT),
        (windows.ERROR_PATH_NOT_FOUND, errno.ENOENT),
        (windows.ERROR_ACCESS_DENIED, errno.EACCES),
        (1117, errno.EIO),
    ],
)
def test_refused_for_every_other_reason(problem: int, code: int) -> None:
    with pytest.raises(OSError, match=f"Windows error {problem}") as caught:
        Recorder(-1, problem).open()
    assert caught.value.errno == code
    assert not isinstance(caught.value, WriterPresent)


def test_share_mode_holds_until_released() -> None:
    lease = windows.ShareModeLease()
    assert lease.is_leased
    assert lease.is_held()
    lease.release()
    assert not lease.is_held()


def test_share_mode_is_the_open_handle_and_nothing_else(tmp_path: Path) -> None:
    lease = windows.ShareModeLease()
    calls: list[str] = []
    lease.on_broken(lambda: calls.append("broken"))
    lease.release()
    assert calls == []
