# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the inspector shows about a thing: a title, a sentence, and facts with their names."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """Contents of the inspector."""

    title: str
    sentence: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    """Names and values; a fact without a value is left out."""
    text: str = ""
    """A longer text in monospace below the facts."""
    action: tuple[str, Callable[[], object]] | None = None
    """The words of a button below, and what it does."""
    owner: object = None
    """What it belongs to, as a conversation; the card goes away with :meth:`Shell.release`."""
