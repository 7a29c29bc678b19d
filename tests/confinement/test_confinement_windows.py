# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What is asked of Windows, in which order, and what its refusals become. The calls have not run on Windows yet."""

import ctypes
import gc
import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from strongroom.confinement import windows, windows_access, windows_requests, windows_system
from strongroom.confinement.inherited_handles import HANDLES_VARIABLE, adopt_handles, handles_text
from strongroom.confinement.windows import WindowsSpawner
from strongroom.confinement.windows_calls import ALREADY_EXISTS_RESULT
from strongroom.confinement.windows_process import WindowsProcess
from strongroom.confinement.windows_requests import ProcessRequest
from strongroom.core.isolation import Barrier, IsolationLevel, ProcessRole

SID = 0x1234_5678_9ABC
SID_TEXT = "S-1-15-2-1-2-3"
READABLE = "D:AI(A;OICI;FA;;;SY)(A;OICI;0x1200a9;;;AC)"


class FakeWindows:
    """Stands where the system does: numbers for handles, real pipes, and a refusal for each call that is named."""

    def __init__(self, *refused: str, profile_result: int = 0, access_list: str = READABLE) -> None:
        self.refused = set(refused)
        self.profile_result = profile_result
        self.folder_list = access_list
        self.done: list[str] = []
        self.open_handles: set[int] = set()
        self.jobs: dict[int, dict[int, bytes]] = {}
        self.requests: list[ProcessRequest] = []
        self.assigned: list[tuple[int, int]] = []
        self.freed: list[int] = []
        self.ended = False
        self.status = 0
        self.descriptors: dict[int, int] = {}
        self._next = 1000

    def _do(self, name: str) -> None:
        self.done.append(name)
        if name in self.refused:
            raise OSError(5, "access is denied")

    def _new(self) -> int:
        self._next += 4
        self.open_handles.add(self._next)
        return self._next

    def create_profile(self, name: str, display_name: str, description: str) -> tuple[int, int]:
        self.done.append(f"create_profile {name}")
        return self.profile_result, 0 if self.profile_result else SID

    def derive_sid(self, name: str) -> tuple[int, int]:
        self.done.append(f"derive_sid {name}")
        return 0, SID

    def sid_text(self, sid: int) -> str:
        assert sid == SID
        return SID_TEXT

    def free_sid(self, sid: int) -> None:
        self.freed.append(sid)

    def access_list(self, path: str) -> str:
        self._do("access_list")
        return self.folder_list

    def create_job(self) -> int:
        self._do("create_job")
        job = self._new()
        self.jobs[job] = {}
        return job

    def limit_job(self, job: int, information_class: int, information: bytes) -> None:
        self._do("limit_job")
        self.jobs[job][information_class] = information

    def assign(self, job: int, process: int) -> None:
        self._do("assign")
        self.assigned.append((job, process))

    def pipe(self) -> tuple[int, int]:
        reading, writing = os.pipe()
        ends = self._new(), self._new()
        self.descriptors |= dict(zip(ends, (reading, writing), strict=True))
        return ends

    def inheritable_copy(self, handle: int) -> int:
        return self._new()

    def handle_of(self, descriptor: int) -> int:
        return 50_000 + descriptor

    def descriptor_of(self, handle: int, flags: int) -> int:
        self.open_handles.remove(handle)
        return self.descriptors.pop(handle)

    def create_process(self, request: ProcessRequest) -> tuple[int, int, int]:
        in_container = windows_requests.SECURITY_CAPABILITIES in dict(request.attributes)
        self._do("create_contained" if in_container else "create_process")
        assert set(request.standard_handles) <= self.open_handles
        self.requests.append(request)
        return self._new(), self._new(), 4711

    def resume(self, thread: int) -> None:
        self._do("resume")

    def terminate(self, process: int, status: int) -> None:
        self._do("terminate")
        self.ended, self.status = True, status

    def wait(self, process: int, milliseconds: int) -> bool:
        assert process in self.open_handles
        return self.ended

    def exit_status(self, process: int) -> int:
        return self.status

    def close(self, handle: int) -> None:
        self.open_handles.remove(handle)
        if handle in self.descriptors:
            os.close(self.descriptors.pop(handle))

    def close_rest(self) -> None:
        for descriptor in self.descriptors.values():
            os.close(descriptor)


@pytest.fixture
def system() -> Iterator[FakeWindows]:
    made = FakeWindows()
    yield made
    gc.collect()
    made.close_rest()


def spawn(
    system: FakeWindows, role: ProcessRole = ProcessRole.WORKER, *, descriptors: tuple[int, ...] = ()
) -> WindowsProcess:
    spawner = WindowsSpawner(role, system, folders=[Path("C:/Strongroom")])
    command = [r"C:\Strongroom\strongroom.exe", "--engine-worker"]
    return spawner.spawn(
        command, descriptors=descriptors, environment={"SYSTEMROOT": r"C:\Windows"}, folder=Path("C:/")
    )


def close_streams(process: WindowsProcess) -> None:
    for stream in (process.stdin, process.stdout, process.stderr):
        stream.close()


def test_a_worker_is_in_its_job_before_it_runs(system: FakeWindows) -> None:
    process = spawn(system)
    close_streams(process)
    assert [name for name in system.done if name in ("create_contained", "assign", "resume")] == [
        "create_contained",
        "assign",
        "resume",
    ]
    (request,) = system.requests
    assert request.flags & windows_requests.CREATE_SUSPENDED
    assert system.assigned[0][0] in system.jobs


def test_a_worker_has_no_capability_no_child_processes_and_only_its_own_handles(system: FakeWindows) -> None:
    process = spawn(system, descriptors=(7, 9))
    close_streams(process)
    (request,) = system.requests
    sid, capabilities, count, reserved = struct.unpack(
        "<QQII", dict(request.attributes)[windows_requests.SECURITY_CAPABILITIES]
    )
    assert (sid, capabilities, count, reserved) == (SID, 0, 0, 0)
    assert dict(request.attributes)[windows_requests.CHILD_PROCESS_POLICY] == b"\x01\0\0\0"
    handles = struct.unpack("<5Q", dict(request.attributes)[windows_requests.HANDLE_LIST])
    assert handles[:3] == request.standard_handles
    assert f"{HANDLES_VARIABLE}=7:{handles[3]},9:{handles[4]}\0" in request.environment


def test_a_worker_finds_its_files_by_what_it_was_told(system: FakeWindows) -> None:
    process = spawn(system, descriptors=(7, 9))
    close_streams(process)
    rows = dict(row.partition("=")[::2] for row in system.requests[0].environment.split("\0") if row)
    opened: list[int] = []
    assert adopt_handles(rows, lambda handle: opened.append(handle) or len(opened)) == {7: 1, 9: 2}  # type: ignore[func-returns-value]
    assert HANDLES_VARIABLE not in rows
    assert adopt_handles(rows, lambda handle: -1) == {}


@pytest.mark.parametrize("text", ["7", "7:", "7:x", "-7:8", "7:8,", "7:8:9", "٧:8", ",".join(["1:1"] * 257)])
def test_refused_list_of_handles_that_the_app_would_not_write(text: str) -> None:
    with pytest.raises(ValueError, match="not a list of handles"):
        adopt_handles({HANDLES_VARIABLE: text}, lambda handle: 3)


def test_a_file_that_is_not_inherited_is_not_told_of(system: FakeWindows) -> None:
    assert handles_text({}) == ""
    process = spawn(system)
    close_streams(process)
    assert HANDLES_VARIABLE not in system.requests[0].environment


def test_what_holds_around_a_worker_is_all_that_is_expected(system: FakeWindows) -> None:
    process = spawn(system)
    close_streams(process)
    assert process.confinement.barriers == (
        Barrier.APP_CONTAINER,
        Barrier.JOB,
        Barrier.PARENT_DEATH,
    )
    assert process.confinement.level is IsolationLevel.FULL
    assert system.freed == [SID]


def test_a_second_worker_uses_the_container_that_is_there(system: FakeWindows) -> None:
    system.profile_result = ALREADY_EXISTS_RESULT
    process = spawn(system)
    close_streams(process)
    assert "derive_sid Strongroom.Worker" in system.done
    assert process.confinement.level is IsolationLevel.FULL


@pytest.mark.parametrize(
    ("system", "reason"),
    [
        (FakeWindows(profile_result=0x8007_0005), "refused the AppContainer (0x80070005)"),
        (FakeWindows("create_contained"), "did not start it in an AppContainer: access is denied"),
        (FakeWindows("access_list"), "does not tell who may read the app's folder"),
        (FakeWindows(access_list="D:(A;;FA;;;BA)"), 'icacls "C:/Strongroom" /grant "*S-1-15-2-1-2-3:(OI)(CI)(RX)"'),
    ],
    ids=["profile", "start", "access list", "unreadable folder"],
)
def test_without_an_app_container_a_worker_has_the_job_alone_and_says_so(system: FakeWindows, reason: str) -> None:
    process = spawn(system)
    close_streams(process)
    assert Barrier.APP_CONTAINER not in process.confinement.barriers
    assert Barrier.JOB in process.confinement.barriers
    assert [gap.barrier for gap in process.confinement.gaps] == [Barrier.APP_CONTAINER]
    assert reason in process.confinement.gaps[0].reason
    assert process.confinement.level is IsolationLevel.NONE
    assert windows_requests.SECURITY_CAPABILITIES not in dict(system.requests[-1].attributes)
    assert windows_requests.CHILD_PROCESS_POLICY in dict(system.requests[-1].attributes)


@pytest.mark.parametrize("call", ["create_job", "limit_job", "assign"])
def test_without_a_job_a_worker_says_that_it_may_outlive_the_app(call: str) -> None:
    system = FakeWindows(call)
    process = spawn(system)
    close_streams(process)
    assert {gap.barrier for gap in process.confinement.gaps} == {Barrier.JOB, Barrier.PARENT_DEATH}
    assert process.confinement.barriers == (Barrier.APP_CONTAINER,)
    assert process.confinement.level is IsolationLevel.REDUCED


def test_the_hub_helper_has_the_job_and_no_container(system: FakeWindows) -> None:
    process = spawn(system, ProcessRole.HELPER)
    close_streams(process)
    assert process.confinement.barriers == (Barrier.JOB, Barrier.PARENT_DEATH)
    assert [gap.barrier for gap in process.confinement.gaps] == [Barrier.APP_CONTAINER]
    assert process.confinement.level is IsolationLevel.NONE
    assert not any(name.startswith("create_profile") for name in system.done)


@pytest.mark.parametrize("call", ["create_process", "resume"])
def test_refused_start_leaves_no_process_and_no_handle_behind(call: str) -> None:
    system = FakeWindows(call, "create_contained") if call == "create_process" else FakeWindows(call)
    with pytest.raises(OSError, match="access is denied"):
        spawn(system, descriptors=(5,))
    assert system.open_handles == set()
    assert system.descriptors == {}
    assert ("terminate" in system.done) == (call == "resume")


def test_handles_are_gone_with_the_process_object(system: FakeWindows) -> None:
    process = spawn(system, descriptors=(5,))
    assert len(system.open_handles) == 2  # the process and its job
    close_streams(process)
    del process
    gc.collect()
    assert system.open_handles == set()


def test_pipes_are_binary_files_in_the_right_direction(system: FakeWindows) -> None:
    process = spawn(system)
    assert (process.stdin.mode, process.stdout.mode, process.stderr.mode) == ("wb", "rb", "rb")
    assert process.stdout.read() == b""  # this process kept no writing end
    close_streams(process)
    assert process.pid == 4711


def test_the_end_of_a_process_is_told_as_subprocess_tells_it(system: FakeWindows) -> None:
    process = spawn(system)
    close_streams(process)
    assert process.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.01)
    process.kill()
    assert process.wait() == process.poll() == 1
    process.kill()
    assert system.done.count("terminate") == 1


def test_layouts_have_the_sizes_of_the_64_bit_headers() -> None:
    assert len(windows_requests.job_limits()) == 144  # JOBOBJECT_EXTENDED_LIMIT_INFORMATION
    assert len(windows_requests.job_ui_restrictions()) == 4
    assert ctypes.sizeof(windows_system.StartupInfoEx) == 112
    assert ctypes.sizeof(windows_system.ProcessInformation) == 24
    # STARTUPINFOW: wShowWindow follows eight numbers and three pointers; hStdInput is the first of three handles.
    assert windows_system.StartupInfoEx.flags.offset == 60
    assert windows_system.StartupInfoEx.standard_input.offset == 80
    assert windows_system.StartupInfoEx.attributes.offset == 104


def test_a_job_holds_one_process_that_ends_with_it() -> None:
    limits = windows_requests.job_limits()
    assert struct.unpack_from("<I", limits, 16) == (0x2408,)  # LimitFlags
    assert struct.unpack_from("<I", limits, 40) == (1,)  # ActiveProcessLimit


def test_code_may_still_be_written_at_run_time_because_ctypes_does() -> None:
    (_, value) = windows_requests.process_attributes([4], None)[1]
    (mitigations,) = struct.unpack("<Q", value)
    assert mitigations & 0b11 << 36 == 0  # PROHIBIT_DYNAMIC_CODE
    assert mitigations & 1 << 32  # EXTENSION_POINT_DISABLE
    assert mitigations & 1 << 52  # IMAGE_LOAD_NO_REMOTE


def test_a_handle_that_is_asked_for_twice_is_listed_once() -> None:
    assert windows_requests.process_attributes([4, 8, 4], None)[0] == (
        windows_requests.HANDLE_LIST,
        struct.pack("<2Q", 4, 8),
    )


def test_an_environment_is_sorted_and_ends_twice() -> None:
    assert windows_requests.environment_block({"b": "2", "A": "1", "C": ""}) == "A=1\0b=2\0C=\0\0"


@pytest.mark.parametrize(("name", "value"), [("", "x"), ("a=b", "x"), ("a", "x\0b=y"), ("a\0", "x")])
def test_refused_variables_that_would_become_others(name: str, value: str) -> None:
    with pytest.raises(ValueError, match="not a variable"):
        windows_requests.environment_block({name: value})


def test_a_virtual_environment_starts_the_interpreter_itself() -> None:
    program, environment = windows.real_program(sys.executable, {"A": "1"}, base=r"C:\Python\python.exe")
    assert program == r"C:\Python\python.exe"
    assert environment == {"A": "1", "__PYVENV_LAUNCHER__": sys.executable}
    assert windows.real_program(r"C:\app.exe", {}, base=r"C:\Python\python.exe") == (r"C:\app.exe", {})


@pytest.mark.parametrize(
    ("access_list", "expected"),
    [
        (READABLE, True),
        ("D:(A;OICI;FA;;;S-1-15-2-1-2-3)", True),
        ("D:(A;;GRGX;;;S-1-15-2-1)", True),
        ("D:(A;;FR;;;AC)(A;;FX;;;AC)", True),
        ("D:(A;;FR;;;AC)", False),  # libraries could not be loaded
        ("D:(A;OICIIO;0x1200a9;;;AC)", False),  # for what is in it only
        ("D:(A;;FA;;;S-1-15-2-9-9-9)(A;;FA;;;BU)", False),  # others
        ("D:(D;;FR;;;S-1-15-2-1-2-3)(A;;FA;;;AC)", False),
        ("D:(XA;;FA;;;AC;(Exists WIN://SYSAPPID))", False),
        ("D:(A;;ZZ;;;AC)", False),
        ("", False),
        ("D:PAI", False),
    ],
)
def test_who_may_read_a_folder(access_list: str, expected: bool) -> None:
    assert windows_access.may_read(access_list, SID_TEXT) is expected
