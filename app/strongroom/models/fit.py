# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Whether a model has room on this machine, and which of several forms of it to take."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from strongroom.core.hub import FileKind, Fit
from strongroom.models.free_memory import free_memory
from strongroom.models.memory import MemoryEstimate

_HEADROOM = 1.2
"""A recommended model leaves a fifth of what it needs: other programs grow, and the estimate may be a tenth too low."""
_NOMINAL_BITS = re.compile(r"(?:I?Q|TQ|BF|F|MXFP|NVFP)(\d{1,2})")
_GOOD_BITS = (4, 5)


@dataclass(frozen=True, slots=True)
class MemoryNow:
    """What there is, in bytes. Nothing is taken off for anybody."""

    free: int
    """Main memory that a program could get without pushing others out."""
    free_gpu: int = 0
    """0 where there is no GPU that llama.cpp can use."""
    returning: int = 0
    """What the loaded model gives back when another takes its place."""

    @classmethod
    def look(cls, *, free_gpu: int = 0, returning: int = 0) -> "MemoryNow":
        """Return what there is now; of a GPU, and of the loaded model, the caller knows."""
        return cls(free_memory(), free_gpu, returning)

    @property
    def available(self) -> int:
        """Main memory that the next model can have."""
        return self.free + self.returning


def fit_of(estimate: MemoryEstimate, memory: MemoryNow, *, gpu_size: int = 0) -> Fit:
    """Return where a model has room.

    Args:
        estimate: What it needs on the CPU.
        memory: What there is.
        gpu_size: What it needs of a GPU with all its layers there; 0 when there is none.
    """
    if gpu_size and gpu_size <= memory.free_gpu and estimate.process <= memory.available:
        return Fit.GPU
    if estimate.needed <= memory.available:
        return Fit.RAM
    # The file is mapped: what has no room is read from the disk again for each token. All the rest has to be there.
    cannot_wait = estimate.total - estimate.weights
    is_on_disk_partly = not estimate.is_sealed and cannot_wait <= memory.available
    if is_on_disk_partly or estimate.needed <= memory.available + memory.free_gpu:
        return Fit.PARTLY
    return Fit.NO


@dataclass(frozen=True, slots=True)
class Choice:
    """One form of a model, as far as a recommendation looks at it."""

    kind: FileKind
    quantization: str
    """As the file's name or its header says."""
    size: int
    """Bytes of all its files."""
    needed: int
    """Bytes of memory that have to be free where :attr:`fit` says it has room."""
    fit: Fit | None


def recommended(choices: Sequence[Choice], memory: MemoryNow) -> int | None:
    """Return which of a model's quantizations to take: its place in ``choices``; None when none has room.

    All are the same model, stored more or less exactly. Down to about five bits for a weight, hardly anything is lost;
    below four it shows in every answer. Each bit more costs memory, and on a CPU time: every token reads all of it. So:

    1. Only what has room in the GPU or in main memory, with a fifth to spare, is considered.
    2. Four and five bits come first: there, what fits a GPU before what fits main memory; then the forms that keep
       their most sensitive tensors more exact (``_K_M``); then the largest, which is Q5_K_M before Q4_K_M.
    3. Where there is no such form, the smallest of the more exact ones, which loses nothing and costs least.
    4. Where only smaller ones have room, the largest of them.
    """
    ranked = [(rank, place) for place, choice in enumerate(choices) if (rank := _rank(choice, memory)) is not None]
    return max(ranked, key=lambda pair: (pair[0], -pair[1]))[1] if ranked else None


def _rank(choice: Choice, memory: MemoryNow) -> tuple[int, bool, bool, int] | None:
    """Return how good a choice is, the higher the better; None when it is no choice."""
    room = {Fit.GPU: memory.free_gpu, Fit.RAM: memory.available}.get(choice.fit) if choice.fit else None
    if choice.kind is not FileKind.MODEL or room is None or choice.needed * _HEADROOM > room:
        return None
    is_on_gpu = choice.fit is Fit.GPU
    bits = nominal_bits(choice.quantization)
    if bits in _GOOD_BITS:
        return 2, is_on_gpu, choice.quantization.upper().endswith("_K_M"), choice.size
    if bits > max(_GOOD_BITS):
        return 1, is_on_gpu, False, -choice.size
    return 0, is_on_gpu, False, choice.size


def nominal_bits(quantization: str) -> int:
    """Return the bits that a quantization has in its name; 0 when it has none.

    Not the measured ones: a small model's table of words is stored more exactly than its layers, and can be most of it.
    """
    found = _NOMINAL_BITS.match(quantization.upper())
    return int(found.group(1)) if found else 0
