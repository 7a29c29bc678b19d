# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What hashing a model found, written down for the picker; and the file that did not match, moved out of the way."""

import dataclasses
import logging
from pathlib import Path

from strongroom import __version__
from strongroom.core.clock import utc_now
from strongroom.core.errors import UserFacingError
from strongroom.core.statement import Statement
from strongroom.models.fingerprint import Fingerprint
from strongroom.models.manifest import MismatchNote, Shelf, ShelfRecord, VerifiedNote
from strongroom.models.quarantine import quarantine
from strongroom.models.refusal import ModelRefused

_LOG = logging.getLogger(__name__)
_PROGRAM = f"strongroom {__version__}"


def verified_now(fingerprints: tuple[Fingerprint, ...]) -> VerifiedNote:
    """Return the note that every part has just been hashed here, and matched."""
    return VerifiedNote(utc_now(), _PROGRAM, fingerprints)


class ShelfNotes:
    """The notes on one shelf. What is written here is shown and never trusted."""

    def __init__(self, shelf: Shelf, quarantine_folder: Path, *, starter_id: str) -> None:
        self._shelf = shelf
        self._quarantine_folder = quarantine_folder
        self._starter_id = starter_id

    def put_in_quarantine(
        self, record: ShelfRecord, refusal: ModelRefused, next_step: Statement | None
    ) -> ModelRefused:
        """Move the part that the refusal is about away, no other one; return the refusal that says so."""
        path, fingerprint = refusal.path, refusal.fingerprint
        if path is None or fingerprint is None:
            return refusal
        note = MismatchNote(utc_now(), record.paths.index(str(path)), refusal.actual_digest, None, fingerprint)
        self.remember(record, verified=None, mismatch=note)  # first, so that a power cut leaves no riddle
        moved_to = quarantine(path, fingerprint, self._quarantine_folder)
        if moved_to is not None:
            self.remember(record, verified=None, mismatch=dataclasses.replace(note, moved_to=str(moved_to)))
        place = Statement("model.moved_to", path=moved_to) if moved_to else Statement("model.not_moved")
        return refusal.after_move(moved_to, also=place, next_step=next_step)

    def remember(self, record: ShelfRecord, *, verified: VerifiedNote | None, mismatch: MismatchNote | None) -> None:
        """Write down what is only shown. A list that cannot be written stops neither a load nor a refusal."""

        def change(records: dict[str, ShelfRecord]) -> None:
            # Another process may have pinned the model, given it another file or taken it off the list meanwhile.
            current = record if record.model_id == self._starter_id else records.get(record.model_id)
            if current is not None and current.paths == record.paths:
                records[record.model_id] = dataclasses.replace(current, verified=verified, mismatch=mismatch)

        try:
            self._shelf.change(change)
        except (OSError, UserFacingError):
            _LOG.warning("the list of models could not be updated for %s", record.model_id, exc_info=True)
