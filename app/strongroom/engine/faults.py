# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What can go wrong with a worker.

A worker that has faulted is gone; what it had written until then stays with the caller, and the next load starts a new
one. :class:`PromptTooLong` is no fault: the worker lives on.
"""

from enum import StrEnum
from typing import Self

from strongroom.core.errors import UserFacingError
from strongroom.core.statement import Statement


class FaultKind(StrEnum):
    """The kinds of faults; a caller decides by kind, and a door words it."""

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


class EngineFault(UserFacingError):
    """A worker is gone. ``detail`` completes the sentence: a signal's name, a limit; never foreign text.

    ``diagnostics`` holds the last lines of the worker's standard error, for a report that the user sees before it is
    sent anywhere. They are foreign text.
    """

    def __init__(self, kind: FaultKind, detail: str | Statement = "", *, diagnostics: tuple[str, ...] = ()) -> None:
        super().__init__(f"engine.{kind.value}", detail=detail)
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
        super().__init__(
            "prompt.too_long", case=None if needed else "uncounted", needed=needed, context_length=context_length
        )
        self.needed = needed
        self.context_length = context_length
