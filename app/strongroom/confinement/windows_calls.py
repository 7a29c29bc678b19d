# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The system calls of Windows that confinement needs, as an interface.

What is decided with their answers is in :mod:`strongroom.confinement.windows`, and tested with a stand-in; the real
ones are in :mod:`strongroom.confinement.windows_system`.
"""

from typing import Protocol

from strongroom.confinement.windows_requests import ProcessRequest

ERROR_ALREADY_EXISTS = 183
ALREADY_EXISTS_RESULT = 0x8007_0000 | ERROR_ALREADY_EXISTS
"""``HRESULT_FROM_WIN32(ERROR_ALREADY_EXISTS)``."""


class WindowsCalls(Protocol):
    """Each is one call or two, and knows no policy. All that can fail raise :class:`OSError`, except where told."""

    def create_profile(self, name: str, display_name: str, description: str) -> tuple[int, int]:
        """``CreateAppContainerProfile`` without capabilities: the result, 0 for success, and the address of the SID."""

    def derive_sid(self, name: str) -> tuple[int, int]:
        """``DeriveAppContainerSidFromAppContainerName``: the result, 0 for success, and the address of the SID."""

    def sid_text(self, sid: int) -> str:
        """``ConvertSidToStringSidW``."""

    def free_sid(self, sid: int) -> None:
        """``FreeSid``."""

    def access_list(self, path: str) -> str:
        """``GetNamedSecurityInfoW`` and ``ConvertSecurityDescriptorToStringSecurityDescriptorW``."""

    def create_job(self) -> int:
        """``CreateJobObjectW``."""

    def limit_job(self, job: int, information_class: int, information: bytes) -> None:
        """``SetInformationJobObject``."""

    def assign(self, job: int, process: int) -> None:
        """``AssignProcessToJobObject``."""

    def pipe(self) -> tuple[int, int]:
        """``CreatePipe``: the reading and the writing handle, which are not inherited."""

    def inheritable_copy(self, handle: int) -> int:
        """``DuplicateHandle`` within this process."""

    def handle_of(self, descriptor: int) -> int:
        """``_get_osfhandle``."""

    def descriptor_of(self, handle: int, flags: int) -> int:
        """``_open_osfhandle``: the handle then belongs to the descriptor."""

    def create_process(self, request: ProcessRequest) -> tuple[int, int, int]:
        """``CreateProcessW``: handles of the process and its first thread, and the process's number."""

    def resume(self, thread: int) -> None:
        """``ResumeThread``."""

    def terminate(self, process: int, status: int) -> None:
        """``TerminateProcess``; one that has ended already is no error."""

    def wait(self, process: int, milliseconds: int) -> bool:
        """``WaitForSingleObject``: whether it has ended."""

    def exit_status(self, process: int) -> int:
        """``GetExitCodeProcess``, of a process that has ended."""

    def close(self, handle: int) -> None:
        """``CloseHandle``."""
