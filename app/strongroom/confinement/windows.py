# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Confined processes on Windows: an AppContainer without capabilities, in a job of one.

A process is created suspended with exactly the handles that it may have, put into its job, and only then let go: it
runs no instruction outside. A worker's AppContainer has no capability, so no network, and reads what the system lets
every application package read, the app's own folder, and the files whose handles it inherited. It may write to the
folder that Windows keeps for its profile. The hub helper needs the network and the shelf, which belong to the user: it
gets the job and the rest, and no AppContainer.

Where the AppContainer cannot be had, the job alone remains, and the confinement says so. Written from the
documentation; not yet run on Windows.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from strongroom.confinement.inherited_handles import HANDLES_VARIABLE, handles_text
from strongroom.confinement.spawning import PIPE_BUFFER
from strongroom.confinement.windows_access import granting_command, unreadable_folder
from strongroom.confinement.windows_calls import ALREADY_EXISTS_RESULT, WindowsCalls
from strongroom.confinement.windows_process import KILLED_STATUS, WindowsProcess
from strongroom.confinement.windows_requests import (
    JOB_EXTENDED_LIMITS,
    JOB_UI_RESTRICTIONS,
    ProcessRequest,
    environment_block,
    job_limits,
    job_ui_restrictions,
    process_attributes,
)
from strongroom.core.isolation import Barrier, Confinement, Gap, ProcessRole
from strongroom.core.translatable import translatable

CONTAINER_NAME = "Strongroom.Worker"
_CONTAINER_TITLE = "Strongroom worker"
_CONTAINER_DESCRIPTION = "Runs one language model, without a network and without files."
_BINARY = getattr(os, "O_BINARY", 0)
_PYTHON_LAUNCHER_VARIABLE = "__PYVENV_LAUNCHER__"


@dataclass(frozen=True, slots=True)
class _Container:
    """An AppContainer that a worker can be put into, or why there is none."""

    sid: int | None
    problem: str


class WindowsSpawner:
    """Starts processes of one role, confined as far as this system goes.

    Args:
        role: What the processes are.
        calls: The system.
        folders: The app's own folders, which a worker must be able to read.
    """

    def __init__(self, role: ProcessRole, calls: WindowsCalls, *, folders: Sequence[Path] = ()) -> None:
        self._role = role
        self._calls = calls
        self._folders = tuple(folders)

    def spawn(
        self, command: Sequence[str], *, descriptors: Sequence[int], environment: Mapping[str, str], folder: Path
    ) -> WindowsProcess:
        """Start a process with pipes for its three standard streams.

        Args:
            command: The program and its arguments.
            descriptors: All else that it inherits. The process finds them by
                :func:`strongroom.confinement.inherited_handles.adopt_handles`.
            environment: Its whole environment, apart from what names those handles.
            folder: Its current folder.

        Raises:
            OSError: It could not be started.
        """
        program, variables = real_program(command[0], environment)
        with contextlib.ExitStack() as undo:
            ends = _Pipes(self._calls, undo)
            inherited = {number: self._inheritable(self._calls.handle_of(number), undo) for number in descriptors}
            if inherited:
                variables[HANDLES_VARIABLE] = handles_text(inherited)
            container = self._container(undo)
            request = ProcessRequest(
                program=program,
                command_line=subprocess.list2cmdline([program, *command[1:]]),
                environment=environment_block(variables),
                folder=str(folder),
                standard_handles=ends.child,
                attributes=process_attributes([*ends.child, *inherited.values()], container.sid),
            )
            (process, thread, process_id), problem = self._create(request, container, [*inherited.values()])
            undo.callback(self._calls.close, thread)
            with contextlib.ExitStack() as failure:
                failure.callback(self._calls.close, process)
                failure.callback(self._calls.terminate, process, KILLED_STATUS)
                job, job_problem = self._in_job(process)
                if job is not None:
                    failure.callback(self._calls.close, job)
                self._calls.resume(thread)
                streams = ends.opened()
                failure.pop_all()
        confinement = confinement_of(container_problem=problem, job_problem=job_problem)
        return WindowsProcess(self._calls, process, job, process_id, streams, confinement)

    def _create(
        self, request: ProcessRequest, container: _Container, inherited: Sequence[int]
    ) -> tuple[tuple[int, int, int], str]:
        """Create the process, without its AppContainer if the system refuses that; also say why it is without."""
        try:
            return self._calls.create_process(request), container.problem
        except OSError as error:
            if container.sid is None:
                raise
            problem = f"Windows did not start it in an AppContainer: {error.strerror}"
        plain = process_attributes([*request.standard_handles, *inherited], None)
        return self._calls.create_process(replace(request, attributes=plain)), problem

    def _container(self, undo: contextlib.ExitStack) -> _Container:
        if self._role is not ProcessRole.WORKER:
            return _Container(
                None,
                translatable("it works in the user's folders and on the network, which an AppContainer would refuse"),
            )
        result, sid = self._calls.create_profile(CONTAINER_NAME, _CONTAINER_TITLE, _CONTAINER_DESCRIPTION)
        if result == ALREADY_EXISTS_RESULT:
            result, sid = self._calls.derive_sid(CONTAINER_NAME)
        if result != 0 or not sid:
            return _Container(None, f"Windows refused the AppContainer (0x{result:08X})")
        undo.callback(self._calls.free_sid, sid)
        try:
            name = self._calls.sid_text(sid)
            closed = unreadable_folder(self._folders, name, self._calls.access_list)
        except OSError as error:
            return _Container(None, f"Windows does not tell who may read the app's folder: {error.strerror}")
        if closed is not None:
            command = granting_command(closed, name)
            return _Container(None, f"an AppContainer may not read the app's own folder; allow it with {command}")
        return _Container(sid, "")

    def _in_job(self, process: int) -> tuple[int | None, str]:
        try:
            job = self._calls.create_job()
        except OSError as error:
            return None, f"Windows refused the job object: {error.strerror}"
        try:
            self._calls.limit_job(job, JOB_EXTENDED_LIMITS, job_limits())
            self._calls.limit_job(job, JOB_UI_RESTRICTIONS, job_ui_restrictions())
            self._calls.assign(job, process)
        except OSError as error:
            self._calls.close(job)
            return None, f"Windows refused the job object: {error.strerror}"
        return job, ""

    def _inheritable(self, handle: int, undo: contextlib.ExitStack) -> int:
        copy = self._calls.inheritable_copy(handle)
        undo.callback(self._calls.close, copy)
        return copy


class _Pipes:
    """Three pipes: the child's ends are closed here when it has them, this process's ends become files."""

    def __init__(self, calls: WindowsCalls, undo: contextlib.ExitStack) -> None:
        self._calls = calls
        self._own: list[int] = []
        self._undo = undo.enter_context(contextlib.ExitStack())
        child: list[int] = []
        for is_input in (True, False, False):
            reading, writing = calls.pipe()
            ours, theirs = (writing, reading) if is_input else (reading, writing)
            self._undo.callback(calls.close, ours)
            undo.callback(calls.close, theirs)
            copy = calls.inheritable_copy(theirs)
            undo.callback(calls.close, copy)
            self._own.append(ours)
            child.append(copy)
        self.child = (child[0], child[1], child[2])

    def opened(self) -> tuple[IO[bytes], IO[bytes], IO[bytes]]:
        """Return this process's ends as files; from now on they belong to whoever has them."""
        self._undo.pop_all()
        writing, *reading = self._own
        files = [os.fdopen(self._calls.descriptor_of(writing, os.O_WRONLY | _BINARY), "wb", PIPE_BUFFER)]
        files += [
            os.fdopen(self._calls.descriptor_of(end, os.O_RDONLY | _BINARY), "rb", PIPE_BUFFER) for end in reading
        ]
        return files[0], files[1], files[2]


def real_program(
    program: str, environment: Mapping[str, str], *, base: str = getattr(sys, "_base_executable", "")
) -> tuple[str, dict[str, str]]:
    """Return the program to start in place of ``program``, and the environment for it.

    The ``python.exe`` of a virtual environment only starts another, which is the interpreter. A process that may start
    none has to be that one from the beginning, and is told in a variable which environment it belongs to.

    Args:
        program: What was asked for.
        environment: What was asked for.
        base: The interpreter behind this one.
    """
    if base and program == sys.executable and base != program:
        return base, {**environment, _PYTHON_LAUNCHER_VARIABLE: program}
    return program, dict(environment)


def confinement_of(*, container_problem: str = "", job_problem: str = "") -> Confinement:
    """Return what was put up around a process when it was started.

    Args:
        container_problem: Why it is in no AppContainer; empty if it is in one.
        job_problem: Why it is in no job; empty if it is in one.
    """
    barriers: list[Barrier] = []
    gaps: list[Gap] = []
    if container_problem:
        gaps.append(Gap(Barrier.APP_CONTAINER, container_problem))
    else:
        barriers.append(Barrier.APP_CONTAINER)
    if job_problem:
        gaps += [Gap(barrier, job_problem) for barrier in (Barrier.JOB, Barrier.PARENT_DEATH)]
    else:
        # The job ends with its last handle, which ends with this process.
        barriers += [Barrier.JOB, Barrier.PARENT_DEATH]
    return Confinement(barriers=tuple(barriers), gaps=tuple(gaps))
