# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The values that go into and come out of an engine client."""

from dataclasses import dataclass

from strongroom.core.chat import Note
from strongroom.core.generation import FinishReason, GenerationNumbers
from strongroom.core.isolation import Confinement
from strongroom.core.statement import Statement


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """How to load a model."""

    context_length: int = 4096
    """Tokens; a model that was trained on fewer gets fewer, and a note says so."""
    gpu_layers: int = 0
    """-1 offloads all layers."""
    threads: int = 0
    """0 follows the measured speed."""
    memory_limit: int = 0
    """Bytes of address space that the worker may use; 0 for no limit."""


@dataclass(frozen=True, slots=True)
class SilenceLimits:
    """Seconds without a line from the worker after which it counts as hung.

    There is no heartbeat that could hide a hung main loop: only work that was done makes a line, and the worker cuts
    its work into pieces that are short even on a slow machine.
    """

    start: float = 60.0
    """Until the worker says hello: an interpreter starts, perhaps from a cold disk."""
    load: float = 60.0
    """Between two steps of loading, plus the time that the file takes at :data:`slowest_disk`."""
    prepare: float = 60.0
    """Until the prompt is rendered and cut into tokens."""
    step: float = 120.0
    """Between two steps of prompt processing, and between two tokens."""
    slowest_disk: int = 20_000_000
    """Bytes per second."""


@dataclass(frozen=True, slots=True)
class LoadedFacts:
    """What a worker says about the model that it has loaded. The texts are plain and short."""

    architecture: str
    description: str
    context_length: int
    training_context_length: int
    has_template: bool
    device: str
    """``CPU``, or ``GPU`` and its name."""
    device_reason: Statement
    """One sentence."""
    threads: int
    confinement: Confinement
    """What holds the worker back, as it says and the kernel confirms."""
    notes: tuple[Note, ...] = ()
    template_digest: str = ""
    """SHA-256 of the chat template in the model's file; empty where the app's general one stands in for it."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """A LoRA adapter: an open, verified file, and how strongly it changes the model."""

    descriptor: int
    scale: float = 1.0
    """0 to 16; 1 is what it was trained for."""


@dataclass(frozen=True, slots=True)
class PromptProgress:
    """``done`` of ``total`` prompt tokens are in the KV cache; the first event counts those that still were there."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class TokenText:
    """More of the answer, as the model wrote it: raw text that no one may see before the filter has."""

    text: str


@dataclass(frozen=True, slots=True)
class EngineNote:
    """A fact about the answer that the user should see."""

    note: Note


@dataclass(frozen=True, slots=True)
class GenerationDone:
    """The last event of an answer."""

    finish_reason: FinishReason
    numbers: GenerationNumbers


EngineEvent = PromptProgress | TokenText | EngineNote | GenerationDone
