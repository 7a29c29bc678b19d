# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What can go wrong with a worker, in words that a user understands.

A worker that has faulted is gone; what it had written until then stays with the caller, and the next load starts a new
one. :class:`PromptTooLong` is no fault: the worker lives on.
"""

from enum import StrEnum
from typing import Self

from strongroom.core.errors import UserFacingError


class FaultKind(StrEnum):
    """The kinds of faults; a caller decides by kind, a user reads the sentence."""

    KILLED = "killed"
    """Somebody sent SIGKILL: the app itself, the user, or an administrator."""
    CRASHED = "crashed"
    """A signal of its own making ended it: SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL."""
    EXITED = "exited"
    """It ended by itself with no word."""
    NOT_STARTED = "not_started"
    OUT_OF_MEMORY = "out_of_memory"
    FLOOD = "flood"
    """It sent more than the request allows, or spoke without being asked."""
    SILENT = "silent"
    OVERSIZED_LINE = "oversized_line"
    MALFORMED_LINE = "malformed_line"
    WRONG_VERSION = "wrong_version"
    NOT_A_MODEL = "not_a_model"
    UNKNOWN_ARCHITECTURE = "unknown_architecture"
    NO_TEXT_GENERATION = "no_text_generation"
    NO_PARTS_HERE = "no_parts_here"
    NOT_AN_ADAPTER = "not_an_adapter"
    COMPUTATION = "computation"


_SEND_AGAIN = "Send the message again: the model is then loaded anew. What was shown stays."
_OTHER_MODEL = "Choose another model, or import the file again from its source."
_SMALLER = "Close other programs, choose a smaller model or a shorter context length, then send again."

# Title, sentence, next step.
_WORDS: dict[FaultKind, tuple[str, str, str]] = {
    FaultKind.KILLED: ("Model stopped", "The model's process was ended from outside.", _SEND_AGAIN),
    FaultKind.CRASHED: (
        "Model crashed",
        "The model's process crashed. Only that process was affected.",
        f"{_SEND_AGAIN} If it happens each time, choose another model.",
    ),
    FaultKind.EXITED: ("Model stopped", "The model's process ended unexpectedly.", _SEND_AGAIN),
    FaultKind.NOT_STARTED: (
        "Model not started",
        "The model's process could not be started.",
        "Run strongroom doctor: the installation may be damaged.",
    ),
    FaultKind.OUT_OF_MEMORY: ("Out of memory", "The model needs more memory than it can get.", _SMALLER),
    FaultKind.FLOOD: (
        "Model stopped",
        "The model's process sent more than it was asked for, so it was ended.",
        f"{_SEND_AGAIN} If it happens each time, do not use this model file.",
    ),
    FaultKind.SILENT: (
        "Model not responding",
        "The model's process gave no sign of progress for too long, so it was ended.",
        _SEND_AGAIN,
    ),
    FaultKind.OVERSIZED_LINE: (
        "Model stopped",
        "The model's process sent a message that is longer than allowed, so it was ended.",
        f"{_SEND_AGAIN} If it happens each time, do not use this model file.",
    ),
    FaultKind.MALFORMED_LINE: (
        "Model stopped",
        "The model's process sent a message that cannot be understood, so it was ended.",
        f"{_SEND_AGAIN} If it happens each time, do not use this model file.",
    ),
    FaultKind.WRONG_VERSION: (
        "Model not started",
        "The model's process belongs to another version of the app.",
        "Close the app and start it again. If that does not help, install it again.",
    ),
    FaultKind.NOT_A_MODEL: (
        "Model not loaded",
        "The file is not a complete GGUF model, or it is damaged.",
        _OTHER_MODEL,
    ),
    FaultKind.UNKNOWN_ARCHITECTURE: (
        "Model not loaded",
        "This build of llama.cpp does not know the model's architecture.",
        "Choose another model, or update the app.",
    ),
    FaultKind.NO_TEXT_GENERATION: (
        "Model not loaded",
        "The model does not generate text: it is an embedding model or has no vocabulary.",
        "Choose a chat model.",
    ),
    FaultKind.NO_PARTS_HERE: (
        "Model not loaded",
        "A model of several files is loaded through the /proc file system, and this system has none.",
        "Choose a model that is one file, or merge the parts with llama.cpp's gguf-split and import the result.",
    ),
    FaultKind.NOT_AN_ADAPTER: (
        "Adapter not loaded",
        "A LoRA adapter is no GGUF adapter, is damaged, or was made for another model.",
        "Use the model without it, or with an adapter that was made for this model.",
    ),
    FaultKind.COMPUTATION: ("Answer failed", "llama.cpp could not compute the next token.", _SEND_AGAIN),
}


class EngineFault(UserFacingError):
    """A worker is gone. ``detail`` completes the sentence: a signal's name, a limit; never foreign text.

    ``diagnostics`` holds the last lines of the worker's standard error, for a report that the user sees before it is
    sent anywhere. They are foreign text.
    """

    def __init__(self, kind: FaultKind, detail: str = "", *, diagnostics: tuple[str, ...] = ()) -> None:
        title, sentence, next_step = _WORDS[kind]
        super().__init__(title, f"{sentence} ({detail})" if detail else sentence, next_step, code=f"engine.{kind}")
        self.kind = kind
        self.detail = detail
        self.diagnostics = diagnostics

    @classmethod
    def killed(cls) -> Self:
        """Return the fault of a worker that the app itself has ended."""
        return cls(FaultKind.KILLED)


class PromptTooLong(UserFacingError):
    """The last message, with the system prompt, does not fit into the context. The worker stays usable.

    Args:
        needed: Tokens of the message and its surroundings; 0 when it was too long to count.
        context_length: Tokens that the context holds.
    """

    def __init__(self, needed: int, context_length: int) -> None:
        size = f"needs {needed:,} tokens" if needed else "is far too long"
        super().__init__(
            "Message too long",
            f"The message {size}, and the context holds {context_length:,} tokens, of which the answer needs some too.",
            "Shorten the message, or set a larger context length and load the model again.",
            code="prompt.too_long",
        )
        self.needed = needed
        self.context_length = context_length
