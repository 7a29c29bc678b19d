# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What is known about a model that is loaded, and where its answers come from."""

from dataclasses import dataclass

from strongroom.core.chat import Note
from strongroom.core.isolation import Confinement
from strongroom.core.statement import Statement
from strongroom.core.verification import VerificationResult


@dataclass(frozen=True, slots=True)
class VerifiedBytes:
    """The model is these bytes, which were hashed before they were loaded."""

    result: VerificationResult


Provenance = VerifiedBytes
"""Where answers come from. A named remote will be the other case."""


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """What is known about one loaded model."""

    model_id: str
    name: str
    digest: str
    provenance: Provenance
    device: str
    """For example ``CPU``."""
    device_reason: Statement
    """Why that device."""
    context_length: int
    threads: int
    confinement: Confinement
    """What holds the worker back."""
    notes: tuple[Note, ...] = ()
    template_digest: str = ""
    """SHA-256 of the chat template in its file; empty where the app's general one stands in for it."""

    @property
    def verification(self) -> VerificationResult:
        """What the loaded bytes were compared with, and when."""
        return self.provenance.result
