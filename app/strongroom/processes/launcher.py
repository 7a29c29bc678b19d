# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The launcher: a process that starts one program, and cannot be made to start anything else.

The main process denies itself, and with that all its later children, every socket of the internet. A program that needs
one is started by a process that was split off before. That one takes the program's few settings and three descriptors,
for the pipes; command and environment are its own. Anything else that it is told ends it, and with it the processes
that it has started.
"""

import os
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

from strongroom.confinement.attempts import try_everything
from strongroom.core.isolation import Confinement
from strongroom.core.line_messages import BreachKind, Message, ProtocolBreach, decode
from strongroom.processes.launched_program import LaunchedProgram
from strongroom.processes.launcher_protocol import (
    DESCRIPTORS,
    FROM_APP,
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

_MOST_CHILDREN = 8
"""Processes at once: one, and those that are being ended."""


def serve(channel: socket.socket, confinement: Confinement, program: LaunchedProgram) -> None:
    """Do what the app asks until it is gone, or asks for something that cannot be asked for.

    Args:
        channel: This process's end of the way to the app.
        confinement: What holds around this process.
        program: The only one that it starts.
    """
    children = _Children(confinement, program)
    try:
        while packet := _receive(channel):
            channel.sendmsg([encode(children.obey(*packet))])
    except (ProtocolBreach, OSError):
        # Nobody to tell: the app sees the end of the channel.
        return
    finally:
        children.kill_all()


def _receive(channel: socket.socket) -> tuple[Message, list[int]] | None:
    """Return the next request and the descriptors that came along; None at the end.

    Raises:
        ProtocolBreach: It is nothing that the app may say.
    """
    untrusted, descriptors, flags, _ = socket.recv_fds(channel, PACKET_LIMIT + 1, DESCRIPTORS, socket.MSG_CMSG_CLOEXEC)
    if flags & (socket.MSG_TRUNC | socket.MSG_CTRUNC):
        raise ProtocolBreach(BreachKind.OVERSIZED_LINE, "a packet or its descriptors were cut off")
    if not untrusted:
        return None
    return decode(untrusted, FROM_APP, PACKET_LIMIT), descriptors


class _Children:
    """The processes that were started and whose end has not been told.

    Args:
        confinement: What holds around this process.
        program: The only one that is started.
    """

    def __init__(self, confinement: Confinement, program: LaunchedProgram) -> None:
        self._confinement = confinement
        self._program = program
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self._newest = 0

    def obey(self, request: Message, descriptors: Sequence[int]) -> Message:
        """Do one thing; return the answer.

        Raises:
            ProtocolBreach: The request makes no sense.
        """
        try:
            if len(descriptors) != (DESCRIPTORS if isinstance(request, Start) else 0):
                raise ProtocolBreach(BreachKind.MALFORMED_LINE, "another number of descriptors")
            if isinstance(request, Start):
                return self._start(request, descriptors)
            if isinstance(request, Describe):
                return Confined.of(self._confinement)
            if isinstance(request, Probe):
                return Probed.of(request.request, try_everything(private=tuple(map(Path, request.private))))
            assert isinstance(request, (Poll, Kill))  # noqa: S101  # nothing else is accepted
            return self._state(request)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def kill_all(self) -> None:
        """End them; nobody asks for their status any more."""
        for process in self._running.values():
            process.kill()

    def _start(self, request: Start, descriptors: Sequence[int]) -> Message:
        try:
            environment = self._program.environment_with(dict(request.settings))
        except ValueError as error:
            raise ProtocolBreach(BreachKind.MALFORMED_LINE, f"start.settings: {error}") from None
        if len(self._running) >= _MOST_CHILDREN:
            raise ProtocolBreach(BreachKind.FLOOD, "more processes than are of any use")
        stdin, stdout, stderr = descriptors
        try:
            process = subprocess.Popen(
                list(self._program.command()),
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                env=environment,
                cwd=os.sep,
                close_fds=True,
                start_new_session=True,
            )
        except OSError as error:
            return NotStarted(error.errno or 0)
        self._newest += 1
        self._running[self._newest] = process
        return Started(self._newest, process.pid)

    def _state(self, request: Poll | Kill) -> Message:
        process = self._running.get(request.child)
        if process is None:
            raise ProtocolBreach(BreachKind.MALFORMED_LINE, f"{request.TYPE} is about no process")
        if isinstance(request, Kill):
            process.kill()
        status = process.poll()
        if status is None:
            return State(is_running=True, status=0)
        del self._running[request.child]
        return State(is_running=False, status=status)
