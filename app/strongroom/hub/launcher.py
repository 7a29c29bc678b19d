# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The launcher: a process that starts the hub helper, and cannot be made to start anything else.

The main process denies itself, and with that all its later children, every socket of the internet. The helper needs
one, so it is started by a process that was split off before. That one takes a hub's address, a folder and three
descriptors, for the pipes; command and environment are its own. Anything else that it is told ends it, and with it the
helpers that it has started.
"""

import os
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

from strongroom.confinement.attempts import try_everything
from strongroom.confinement.messages import Confined, Probe, Probed
from strongroom.core.isolation import Confinement
from strongroom.core.line_messages import BreachKind, Message, ProtocolBreach, decode
from strongroom.hub.addresses import require_endpoint
from strongroom.hub.faults import HubFault
from strongroom.hub.launch import helper_command, helper_environment
from strongroom.hub.launcher_protocol import (
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

_MOST_CHILDREN = 8
"""Helpers at once: one, and those that are being ended."""


def serve(channel: socket.socket, confinement: Confinement) -> None:
    """Do what the app asks until it is gone, or asks for something that cannot be asked for."""
    children = _Children(confinement)
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
    """The helpers that were started and whose end has not been told.

    Args:
        confinement: What holds around this process.
    """

    def __init__(self, confinement: Confinement) -> None:
        self._confinement = confinement
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
        folder = Path(request.folder)
        if not folder.is_absolute() or "\0" in request.folder:
            raise ProtocolBreach(BreachKind.MALFORMED_LINE, "start.folder must be absolute")
        try:
            endpoint = require_endpoint(request.endpoint) if request.endpoint else ""
        except HubFault:
            raise ProtocolBreach(BreachKind.MALFORMED_LINE, "start.endpoint must be a hub's address") from None
        if len(self._running) >= _MOST_CHILDREN:
            raise ProtocolBreach(BreachKind.FLOOD, "more helpers than are of any use")
        stdin, stdout, stderr = descriptors
        try:
            process = subprocess.Popen(
                helper_command(),
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                env=helper_environment(endpoint, folder),
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
            raise ProtocolBreach(BreachKind.MALFORMED_LINE, f"{request.TYPE} is about no helper")
        if isinstance(request, Kill):
            process.kill()
        status = process.poll()
        if status is None:
            return State(is_running=True, status=0)
        del self._running[request.child]
        return State(is_running=False, status=status)
