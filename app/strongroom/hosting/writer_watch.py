# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The watch over a loaded model's files: a writer ends the worker before it may write."""

import threading

from strongroom.core.errors import UserFacingError
from strongroom.core.incident import IncidentEvent
from strongroom.core.verification import ModelEntry
from strongroom.engine import Engine
from strongroom.incidents import IncidentRecorder
from strongroom.models import SealedModel, VerifiedModel

OpenModel = VerifiedModel | SealedModel


class WriterWatch:
    """Kills an engine when somebody opens a file of its model for writing, and writes the incident."""

    def __init__(self, recorder: IncidentRecorder, files: OpenModel, entry: ModelEntry, engine: Engine) -> None:
        self._recorder = recorder
        self._files = files
        self._entry = entry
        self._engine = engine
        self._recorded = threading.Event()
        self._failure: UserFacingError | None = None
        self.seen = threading.Event()
        """Set as soon as a writer appears."""

    def appeared(self) -> None:
        """Called by the lease. The writer waits until this returns: the worker must be dead by then."""
        self.seen.set()
        self._engine.kill()
        try:
            self._recorder.record_event(
                IncidentEvent.LEASE_BROKEN,
                model_digest=self._files.result.digest,
                model=self._entry.model_id,
                file=self._files.path.name,
            )
        except UserFacingError as error:
            self._failure = error
        finally:
            self._recorded.set()

    def explanation(self) -> UserFacingError:
        """Return what to tell the user, once the incident is durable; or that it could not be written."""
        self._recorded.wait()
        return self._failure or UserFacingError("model.lease_broken")
