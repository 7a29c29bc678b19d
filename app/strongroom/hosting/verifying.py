# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Opening a model verified, with bytes that are not the expected ones as an incident."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from strongroom.core.incident import IncidentEvent
from strongroom.core.verification import ModelEntry
from strongroom.incidents import IncidentRecorder
from strongroom.models import ModelLibrary, ModelRefused, RefusalReason, VerifiedModel


def open_recorded(
    library: ModelLibrary,
    entry: ModelEntry,
    recorder: IncidentRecorder,
    on_progress: Callable[[int, int], None],
    cancel: threading.Event,
    *,
    on_held: Callable[[Sequence[int]], None] | None = None,
) -> VerifiedModel:
    """Open a model verified, as :meth:`ModelLibrary.open_verified` does.

    A mismatch is an incident before anybody is told.

    Raises:
        ModelRefused: The bytes are not the expected ones, or nobody vouches for them.
        Cancelled: ``cancel`` was set.
    """
    with mismatch_recorded(recorder, entry):
        return library.open_verified(entry.model_id, on_held=on_held, on_progress=on_progress, cancel=cancel)


@contextmanager
def mismatch_recorded(recorder: IncidentRecorder, entry: ModelEntry) -> Iterator[None]:
    """Make a mismatch an incident before anybody is told."""
    try:
        yield
    except ModelRefused as refusal:
        if refusal.reason is RefusalReason.MISMATCH:
            recorder.record_event(
                IncidentEvent.VERIFY_MISMATCH,
                model_digest=refusal.actual_digest or "",
                model=entry.model_id,
                expected=refusal.expected_digest or "",
                quarantined=bool(refusal.quarantined_as),
            )
        raise
