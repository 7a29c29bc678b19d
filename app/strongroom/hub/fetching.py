# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Lets the helper fetch one file of a download."""

import threading
import time

from strongroom.core.errors import Cancelled
from strongroom.core.line_messages import Message, ProtocolBreach
from strongroom.hub.download_work import FileJob, OnStep
from strongroom.hub.faults import FaultKind, HubFault, read_detail
from strongroom.hub.helper_link import HelperLink
from strongroom.hub.pending_request import PendingRequest
from strongroom.hub.protocol import Failed, Fetch, Fetched, FetchStep, Stopped

_SETTLE_LIMIT_S = 2.0


class Fetcher:
    """Fetches files through ``link``; may be called from several threads at once."""

    def __init__(self, link: HelperLink) -> None:
        self._link = link

    def __call__(self, job: FileJob, on_step: OnStep, stop: threading.Event) -> None:
        """Bring the file of ``job`` into its place, verified.

        Raises:
            HubFault: It failed.
            Cancelled: ``stop`` was set, and the helper no longer writes or had time enough to end.
        """
        try:
            pending = self._link.ask(lambda request, token: _message(job, request, token), cancel=stop)
        except ProtocolBreach as breach:
            # A path that is no whole Unicode text, or longer than any system allows.
            raise HubFault(FaultKind.NOT_WRITTEN, breach.detail) from None

        def hear(step: Message) -> None:
            if isinstance(step, FetchStep):
                on_step(step.done, step.is_verifying)

        try:
            pending.finish(stop, hear)
        except Cancelled:
            _settle(pending)
            raise


def _message(job: FileJob, request: int, token: str) -> Fetch:
    return Fetch(
        request=request,
        repository=job.repository,
        commit=job.commit,
        path=job.file.path,
        size=job.file.size,
        sha256=job.file.sha256,
        part_file=str(job.part_file),
        folder=str(job.folder),
        quarantine=str(job.quarantine),
        lock_file=str(job.lock_file),
        token=token,
    )


def _settle(pending: PendingRequest) -> None:
    """Wait until the helper has stopped writing, or does not answer.

    Raises:
        HubFault: Before it was stopped, the file did not match.
    """
    deadline = time.monotonic() + _SETTLE_LIMIT_S
    while (left := deadline - time.monotonic()) > 0:
        try:
            message = pending.take(left)
        except HubFault:
            return
        if isinstance(message, Failed) and message.kind is FaultKind.MISMATCH:
            raise HubFault(message.kind, read_detail(message.detail))
        if isinstance(message, (Stopped, Failed, Fetched)):
            return
