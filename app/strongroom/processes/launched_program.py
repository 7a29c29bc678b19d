# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The one program that a launcher starts, as both of its sides know it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LaunchedProgram:
    """Only its settings are said between the app and the launcher; what is started is never among them."""

    name: str
    """For messages: ``the hub helper``."""
    command: Callable[[], Sequence[str]]
    """Returns the command line; asked on both sides, each in its own process."""
    settings_of: Callable[[Mapping[str, str]], Mapping[str, str]]
    """Returns what of an environment is told to the launcher; all else is the launcher's own."""
    environment_with: Callable[[Mapping[str, str]], Mapping[str, str]]
    """Returns the whole environment with these settings, in the launcher; a ``ValueError`` where they make no sense."""
