# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The table of disguises: how each is read, and what a passage must look like to count."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from strongroom.core.findings import Disguise
from strongroom.filter.readings.encodings import Base64Reader, HexReader, UrlReader
from strongroom.filter.readings.reading import Reader
from strongroom.filter.readings.wordplay import (
    LeetReader,
    RepetitionReader,
    Rot13Reader,
    SpacedReader,
    leet_canonical,
    repetition_canonical,
)

MOST_IN_DISGUISE = 64
"""Folded characters, no more of which one character of a disguised reading stands for, or is kept back."""

# Among the look-alikes are many for I, l and 1, which leet does not tell apart.
_LEET = re.compile(r"[0-9@$!|+(]|[^\x00-\x7f]")
_LETTER = re.compile(r"[^\W\d_]")
_REPEATED = re.compile(r"([^\W\d_])\1\1", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DisguisedReading:
    """One disguise."""

    reader: Callable[[], Reader]
    accepts: Callable[[str, str], bool]
    """Whether a passage counts: its original, and what it is read as. An undisguised one is found elsewhere."""
    canonical: Callable[[str], str] | None = None
    """What a term becomes before it is looked for; None if it stays."""
    is_for_terms_only: bool = False
    """Whether the reading says too little about anything but a whole term."""
    has_words: bool = True
    """Whether words have edges in this reading."""
    shortest_term: int = 1
    """Letters of the shortest term that is looked for: shorter ones are found in too much ordinary text."""


def _always(_original: str, _read: str) -> bool:
    return True


def _has_leet(original: str, _read: str) -> bool:
    return bool(_LEET.search(original) and _LETTER.search(original))


def _has_repetition(original: str, _read: str) -> bool:
    return bool(_REPEATED.search(original))


def _is_spaced(original: str, read: str) -> bool:
    return len(original) >= 2 * len(read) - 1


def _is_encoded(original: str, _read: str) -> bool:
    return "%" in original


DISGUISES: Mapping[Disguise, DisguisedReading] = {
    Disguise.LEET: DisguisedReading(LeetReader, _has_leet, leet_canonical, is_for_terms_only=True),
    Disguise.SPACED: DisguisedReading(SpacedReader, _is_spaced, has_words=False, shortest_term=3),
    Disguise.REPEATED: DisguisedReading(
        RepetitionReader, _has_repetition, repetition_canonical, is_for_terms_only=True, shortest_term=3
    ),
    Disguise.BASE64: DisguisedReading(Base64Reader, _always, shortest_term=3),
    Disguise.HEX: DisguisedReading(HexReader, _always, shortest_term=3),
    Disguise.ROT13: DisguisedReading(Rot13Reader, _always, is_for_terms_only=True, shortest_term=4),
    Disguise.URL: DisguisedReading(UrlReader, _is_encoded),
}
"""Each disguise that a rule with ``evasion = true`` looks behind."""
