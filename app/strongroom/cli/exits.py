# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the exit code of every command means. Documented in docs/cli.md and at the end of ``--help``."""

from enum import IntEnum

from strongroom.core.errors import UserFacingError


class ExitCode(IntEnum):
    """The exit codes."""

    OK = 0
    FAILURE = 1
    """It could not be done; standard error says why and what to do."""
    USAGE = 2
    """The command line was not understood."""
    REFUSED = 3
    """The policy refused the prompt, or blocked the answer or the text."""
    NOT_VERIFIED = 4
    """A model file, the incident log or the egress ledger is not what it should be."""
    CANCELLED = 130
    """Ctrl+C."""
    READER_GONE = 141
    """The program that read the output ended first."""


_REFUSED = frozenset({"policy.prompt_refused", "policy.system_prompt_refused"})

_NOT_VERIFIED = frozenset(
    {
        "model.mismatch",
        "model.unknown_digest",
        "model.quarantined",
        "model.changed",
        "model.in_use_by_writer",
        "model.lease_broken",
        "hub.mismatch",
        "hub.no_digest",
        "incidents.damaged",
        "egress.damaged",
    }
)


def exit_code_for(error: UserFacingError) -> ExitCode:
    """Return the exit code of a command that ended with ``error``."""
    if error.code in _REFUSED:
        return ExitCode.REFUSED
    if error.code in _NOT_VERIFIED:
        return ExitCode.NOT_VERIFIED
    return ExitCode.FAILURE
