# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The system calls of Windows that confinement needs, by ctypes: each one or two calls, and no decision.

Written from the documentation; not yet run on Windows. Layouts and numbers were compared with the headers of mingw-w64.
"""

import ctypes
import sys

from strongroom.confinement.windows_requests import ProcessRequest


class StartupInfoEx(ctypes.Structure):
    """``STARTUPINFOEXW``, 112 bytes."""

    _fields_ = (
        ("size", ctypes.c_uint32),
        ("reserved", ctypes.c_void_p),
        ("desktop", ctypes.c_void_p),
        ("title", ctypes.c_void_p),
        ("place_and_look", ctypes.c_uint32 * 7),
        ("flags", ctypes.c_uint32),
        ("show_window", ctypes.c_uint16),
        ("reserved_size", ctypes.c_uint16),
        ("reserved_bytes", ctypes.c_void_p),
        ("standard_input", ctypes.c_void_p),
        ("standard_output", ctypes.c_void_p),
        ("standard_error", ctypes.c_void_p),
        ("attributes", ctypes.c_void_p),
    )


class ProcessInformation(ctypes.Structure):
    """``PROCESS_INFORMATION``, 24 bytes."""

    _fields_ = (
        ("process", ctypes.c_void_p),
        ("thread", ctypes.c_void_p),
        ("process_id", ctypes.c_uint32),
        ("thread_id", ctypes.c_uint32),
    )


if sys.platform == "win32":
    import msvcrt
    from ctypes import wintypes

    _USE_STANDARD_HANDLES = 0x100
    _DUPLICATE_SAME_ACCESS = 2
    _FILE_OBJECT = 1
    _ACCESS_LIST_INFORMATION = 4
    _TEXT_REVISION = 1
    _WAIT_OBJECT_0, _WAIT_TIMEOUT = 0, 0x102
    _ERROR_ACCESS_DENIED = 5
    _FAILED = 0xFFFF_FFFF

    class SystemCalls:
        """:class:`WindowsCalls`, by the system's own functions."""

        def __init__(self) -> None:
            self._kernel = ctypes.WinDLL("kernel32", use_last_error=True)
            self._security = ctypes.WinDLL("advapi32", use_last_error=True)
            self._profiles = ctypes.WinDLL("userenv", use_last_error=True)
            # Handles are pointers; the default, an int, would cut them.
            for function in ("CreateJobObjectW", "GetCurrentProcess", "OpenProcess", "LocalFree"):
                getattr(self._kernel, function).restype = wintypes.HANDLE
            self._security.FreeSid.restype = ctypes.c_void_p
            for function in ("WaitForSingleObject", "ResumeThread"):
                getattr(self._kernel, function).restype = wintypes.DWORD

        def create_profile(self, name: str, display_name: str, description: str) -> tuple[int, int]:
            """See :meth:`WindowsCalls.create_profile`."""
            sid = ctypes.c_void_p()
            result = self._profiles.CreateAppContainerProfile(
                ctypes.c_wchar_p(name),
                ctypes.c_wchar_p(display_name),
                ctypes.c_wchar_p(description),
                None,
                wintypes.DWORD(0),
                ctypes.byref(sid),
            )
            return result & _FAILED, sid.value or 0

        def derive_sid(self, name: str) -> tuple[int, int]:
            """See :meth:`WindowsCalls.derive_sid`."""
            sid = ctypes.c_void_p()
            result = self._profiles.DeriveAppContainerSidFromAppContainerName(ctypes.c_wchar_p(name), ctypes.byref(sid))
            return result & _FAILED, sid.value or 0

        def sid_text(self, sid: int) -> str:
            """See :meth:`WindowsCalls.sid_text`."""
            text = ctypes.c_wchar_p()
            _require(self._security.ConvertSidToStringSidW(ctypes.c_void_p(sid), ctypes.byref(text)))
            return self._taken(text)

        def free_sid(self, sid: int) -> None:
            """See :meth:`WindowsCalls.free_sid`."""
            self._security.FreeSid(ctypes.c_void_p(sid))

        def access_list(self, path: str) -> str:
            """See :meth:`WindowsCalls.access_list`."""
            descriptor = ctypes.c_void_p()
            problem = self._security.GetNamedSecurityInfoW(
                ctypes.c_wchar_p(path),
                ctypes.c_int(_FILE_OBJECT),
                wintypes.DWORD(_ACCESS_LIST_INFORMATION),
                None,
                None,
                None,
                None,
                ctypes.byref(descriptor),
            )
            if problem:
                raise ctypes.WinError(problem)
            try:
                text = ctypes.c_wchar_p()
                _require(
                    self._security.ConvertSecurityDescriptorToStringSecurityDescriptorW(
                        descriptor,
                        wintypes.DWORD(_TEXT_REVISION),
                        wintypes.DWORD(_ACCESS_LIST_INFORMATION),
                        ctypes.byref(text),
                        None,
                    )
                )
                return self._taken(text)
            finally:
                self._kernel.LocalFree(descriptor)

        def create_job(self) -> int:
            """See :meth:`WindowsCalls.create_job`."""
            return _required_handle(self._kernel.CreateJobObjectW(None, None))

        def limit_job(self, job: int, information_class: int, information: bytes) -> None:
            """See :meth:`WindowsCalls.limit_job`."""
            _require(
                self._kernel.SetInformationJobObject(
                    wintypes.HANDLE(job),
                    ctypes.c_int(information_class),
                    ctypes.c_char_p(information),
                    wintypes.DWORD(len(information)),
                )
            )

        def assign(self, job: int, process: int) -> None:
            """See :meth:`WindowsCalls.assign`."""
            _require(self._kernel.AssignProcessToJobObject(wintypes.HANDLE(job), wintypes.HANDLE(process)))

        def pipe(self) -> tuple[int, int]:
            """See :meth:`WindowsCalls.pipe`."""
            reading, writing = wintypes.HANDLE(), wintypes.HANDLE()
            _require(
                self._kernel.CreatePipe(ctypes.byref(reading), ctypes.byref(writing), None, wintypes.DWORD(65_536))
            )
            return _required_handle(reading.value), _required_handle(writing.value)

        def inheritable_copy(self, handle: int) -> int:
            """See :meth:`WindowsCalls.inheritable_copy`."""
            own = wintypes.HANDLE(self._kernel.GetCurrentProcess())
            copy = wintypes.HANDLE()
            _require(
                self._kernel.DuplicateHandle(
                    own,
                    wintypes.HANDLE(handle),
                    own,
                    ctypes.byref(copy),
                    wintypes.DWORD(0),
                    wintypes.BOOL(True),
                    wintypes.DWORD(_DUPLICATE_SAME_ACCESS),
                )
            )
            return _required_handle(copy.value)

        def handle_of(self, descriptor: int) -> int:
            """See :meth:`WindowsCalls.handle_of`."""
            return msvcrt.get_osfhandle(descriptor)

        def descriptor_of(self, handle: int, flags: int) -> int:
            """See :meth:`WindowsCalls.descriptor_of`."""
            return msvcrt.open_osfhandle(handle, flags)

        def create_process(self, request: ProcessRequest) -> tuple[int, int, int]:
            """See :meth:`WindowsCalls.create_process`."""
            size = ctypes.c_size_t()
            count = wintypes.DWORD(len(request.attributes))
            # Asks for the size only: its failure is the answer.
            self._kernel.InitializeProcThreadAttributeList(None, count, wintypes.DWORD(0), ctypes.byref(size))
            attributes = ctypes.create_string_buffer(size.value)
            _require(
                self._kernel.InitializeProcThreadAttributeList(attributes, count, wintypes.DWORD(0), ctypes.byref(size))
            )
            # The list keeps addresses, not copies: these must live until it is deleted.
            values = [ctypes.create_string_buffer(value, len(value)) for _, value in request.attributes]
            try:
                for (number, _), value in zip(request.attributes, values, strict=True):
                    _require(
                        self._kernel.UpdateProcThreadAttribute(
                            attributes,
                            wintypes.DWORD(0),
                            ctypes.c_size_t(number),
                            value,
                            ctypes.c_size_t(len(value)),
                            None,
                            None,
                        )
                    )
                return self._create_process(request, attributes)
            finally:
                self._kernel.DeleteProcThreadAttributeList(attributes)

        def _create_process(
            self, request: ProcessRequest, attributes: "ctypes.Array[ctypes.c_char]"
        ) -> tuple[int, int, int]:
            startup = StartupInfoEx(size=ctypes.sizeof(StartupInfoEx), flags=_USE_STANDARD_HANDLES)
            startup.standard_input, startup.standard_output, startup.standard_error = request.standard_handles
            startup.attributes = ctypes.addressof(attributes)
            information = ProcessInformation()
            _require(
                self._kernel.CreateProcessW(
                    ctypes.c_wchar_p(request.program),
                    # It is written to.
                    ctypes.create_unicode_buffer(request.command_line),
                    None,
                    None,
                    wintypes.BOOL(True),
                    wintypes.DWORD(request.flags),
                    ctypes.create_unicode_buffer(request.environment),
                    ctypes.c_wchar_p(request.folder),
                    ctypes.byref(startup),
                    ctypes.byref(information),
                )
            )
            return information.process, information.thread, information.process_id

        def resume(self, thread: int) -> None:
            """See :meth:`WindowsCalls.resume`."""
            _require(self._kernel.ResumeThread(wintypes.HANDLE(thread)) != _FAILED)

        def terminate(self, process: int, status: int) -> None:
            """See :meth:`WindowsCalls.terminate`."""
            if not self._kernel.TerminateProcess(wintypes.HANDLE(process), wintypes.UINT(status)):
                problem = ctypes.get_last_error()
                # So it is answered for a process that has ended.
                if problem != _ERROR_ACCESS_DENIED:
                    raise ctypes.WinError(problem)

        def wait(self, process: int, milliseconds: int) -> bool:
            """See :meth:`WindowsCalls.wait`."""
            answer = self._kernel.WaitForSingleObject(wintypes.HANDLE(process), wintypes.DWORD(milliseconds))
            _require(answer in (_WAIT_OBJECT_0, _WAIT_TIMEOUT))
            return bool(answer == _WAIT_OBJECT_0)

        def exit_status(self, process: int) -> int:
            """See :meth:`WindowsCalls.exit_status`."""
            status = wintypes.DWORD()
            _require(self._kernel.GetExitCodeProcess(wintypes.HANDLE(process), ctypes.byref(status)))
            return status.value

        def close(self, handle: int) -> None:
            """See :meth:`WindowsCalls.close`."""
            self._kernel.CloseHandle(wintypes.HANDLE(handle))

        def _taken(self, text: ctypes.c_wchar_p) -> str:
            try:
                return text.value or ""
            finally:
                self._kernel.LocalFree(text)

    def _require(answer: object) -> None:
        if not answer:
            raise ctypes.WinError(ctypes.get_last_error())

    def _required_handle(handle: int | None) -> int:
        if not handle:
            raise ctypes.WinError(ctypes.get_last_error())
        return handle
