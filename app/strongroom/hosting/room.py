# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Whether one more model has room beside those that are loaded."""

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from strongroom.core.events import RoomReason
from strongroom.core.hub import Fit
from strongroom.core.settings import Settings
from strongroom.core.verification import ModelEntry
from strongroom.models import (
    GgufHeader,
    GgufInvalid,
    MemoryEstimate,
    MemoryNow,
    ModelRefused,
    estimate_gpu_memory,
    estimate_memory,
    fit_of,
    open_regular,
    read_header,
    shape_of,
)

_LOG = logging.getLogger(__name__)

_UNKNOWN_SHARE = 0.2
"""What a model of unknown shape is taken to need beside its weights, as a share of them."""


@dataclass(frozen=True, slots=True)
class HostingLimits:
    """What the policy says about models in memory."""

    is_sealed: bool = False
    """Whether models run from sealed copies, which take memory of their own."""
    most_loaded: int = 0
    """How many may be loaded at the same time; 0 for as many as have room."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a model will need when it is loaded."""

    estimate: MemoryEstimate
    on_gpu: int
    """Bytes of a GPU's memory with all its layers there; 0 where none is to be used."""

    @property
    def mapped(self) -> int:
        """Bytes of its file that it reads for each token, and that the system counts as free all the same."""
        return 0 if self.estimate.is_sealed else self.estimate.weights - self.estimate.returnable


@dataclass(frozen=True, slots=True)
class Room:
    """Whether a model has room, in bytes of main memory."""

    is_enough: bool
    reason: RoomReason
    """What there is too little of, where it is not enough."""
    free: int
    needed: int


LookAtMemory = Callable[[bool], MemoryNow]
"""Returns what memory there is now; asks a GPU too when told that one may be used."""


class EstimateNeed(Protocol):
    """Tells what a model will need; :func:`estimate_need` is one."""

    def __call__(self, entry: ModelEntry, settings: Settings, *, is_sealed: bool) -> Need:
        """Return what it needs with these settings, as a sealed copy or not."""


def estimate_need(entry: ModelEntry, settings: Settings, *, is_sealed: bool) -> Need:
    """Return what a model will need. Where its header cannot be read, its size tells, roughly."""
    paths = [Path(part.path) for part in entry.parts] or [Path(entry.path)]
    try:
        shape = shape_of([_header(path) for path in paths])
    except (GgufInvalid, ModelRefused) as error:
        # Loading will say what is wrong with the file; this is only about how much has to be unloaded for it.
        _LOG.info("the memory for %s is guessed from its size: %s", entry.model_id, error)
        beside = int(_UNKNOWN_SHARE * entry.size)
        return Need(MemoryEstimate(entry.size, 0, 0, beside, 0, 0, is_sealed=is_sealed), 0)
    length = settings.context_length
    estimate = estimate_memory(shape, length, file_size=entry.size, is_sealed=is_sealed)
    on_gpu = estimate_gpu_memory(shape, length, file_size=entry.size) if settings.gpu_layers else 0
    return Need(estimate, on_gpu)


def room_for(need: Need, memory: MemoryNow, mapped: Sequence[int], limits: HostingLimits) -> Room:
    """Return whether a model has room beside those that are loaded.

    Args:
        need: What it needs.
        memory: What there is.
        mapped: For each model that is loaded, the bytes of its file that it reads for each token. The system counts
            them as free, and would read them from the disk again and again if another model took their place.
        limits: What the policy says.
    """
    free = max(0, memory.free - sum(mapped))
    needed = need.estimate.needed
    if limits.most_loaded and len(mapped) >= limits.most_loaded:
        return Room(False, RoomReason.MOST_LOADED, free, needed)
    # A system that does not tell what is free says 0: then one model at a time is loaded.
    fit = fit_of(need.estimate, MemoryNow(free, memory.free_gpu), gpu_size=need.on_gpu)
    return Room(fit in (Fit.GPU, Fit.RAM), RoomReason.MEMORY, free, needed)


def _header(path: Path) -> GgufHeader:
    descriptor = open_regular(path)
    try:
        return read_header(descriptor)
    finally:
        os.close(descriptor)
