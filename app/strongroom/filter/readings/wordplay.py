# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Readings of words that were written in another way: leet, spaced out, with letters repeated, rot13.

They lose what distinguishes many ordinary words, so only what fits exactly is looked for in them.
"""

import codecs
import re

from strongroom.filter.readings.keeping import KeepingReader, Output
from strongroom.filter.window import fold_case

LONGEST_REPETITION = 32
"""Of one letter; a longer one is read as several letters, so that it is not held back without end."""

_LEET_LETTERS = str.maketrans("01345789lj2", "oieastbgiiz")
_LEET_SIGNS = str.maketrans("@$!|+(", "asiitc")
_SIGNS = re.compile(r"[@$!|+(](?=[0-9a-z@$!|+(])")
_SIGNS_AT_END = re.compile(r"[@$!|+(]\Z")
_SEPARATORS = frozenset(" .-_*/,|+~:\n\u00b7")
_SINGLE = re.compile(r"(?<![^\W_])[^\W_](?![^\W_])")
_FEWEST_SINGLES = 3
_REPETITION = re.compile(r"([^\W\d_])\1*")


def leet_canonical(term: str) -> str:
    """Return the form of a folded term that all its leet spellings share."""
    return _SIGNS.sub(lambda sign: sign.group().translate(_LEET_SIGNS), term).translate(_LEET_LETTERS)


class LeetReader(KeepingReader):
    """Digits and signs as the letters that they resemble: ``s3cr3t``, ``p@$$word``."""

    def _read(self, source: str, output: Output, *, is_last: bool) -> int:
        source = fold_case(source)
        # A sign counts as a letter only before another one: an exclamation mark ends a sentence.
        used = len(source) if is_last or not _SIGNS_AT_END.search(source) else len(source) - 1
        output.copy(leet_canonical(source)[:used], 0)
        return used


def repetition_canonical(term: str) -> str:
    """Return a folded term with each letter once where it stands several times in a row."""
    return _REPETITION.sub(r"\1", term)


class RepetitionReader(KeepingReader):
    """Each letter once, however often it stands in a row: ``seeecreeet``."""

    def _read(self, source: str, output: Output, *, is_last: bool) -> int:
        source = fold_case(source)
        at = 0
        for run in _REPETITION.finditer(source):
            first, end = run.span()
            output.copy(source[at:first], at)
            at = first
            while end - at >= LONGEST_REPETITION:
                output.write(run.group(1), at, at + LONGEST_REPETITION)
                at += LONGEST_REPETITION
            if at == end:
                continue
            if end == len(source) and not is_last:
                return at
            output.write(run.group(1), at, end)
            at = end
        output.copy(source[at:], at)
        return len(source)


class Rot13Reader(KeepingReader):
    """Each letter thirteen places on."""

    def _read(self, source: str, output: Output, *, is_last: bool) -> int:
        del is_last
        output.copy(codecs.encode(source, "rot13"), 0)
        return len(source)


class SpacedReader(KeepingReader):
    """Single letters with one separator between them, joined: ``s e c r e t``, ``s-e-c-r-e-t``."""

    def __init__(self) -> None:
        super().__init__()
        self._before = " "
        """The character before what is kept."""
        self._separator = ""
        """Of the run whose last letter is kept, its earlier ones being written; empty if it belongs to none."""

    def _read(self, source: str, output: Output, *, is_last: bool) -> int:
        text = self._before + source
        at = 1
        while at < len(text):
            first = at
            if not self._separator:
                single = _SINGLE.search(text, at)
                first = single.start() if single else len(text)
                output.copy(text[at:first], at - 1)
                if single is None:
                    at = first
                    break
            places, separator, is_certain = _run_of_singles(text, first, self._separator, is_last=is_last)
            is_run = bool(self._separator) or len(places) >= _FEWEST_SINGLES
            for place in places[: len(places) if is_certain else -1] if is_run else places[:is_certain]:
                output.copy(text[place], place - 1)
            at = (places[-1] if is_run else first) + is_certain
            self._separator = separator if is_run and not is_certain else ""
            if not is_certain:
                break
        self._before = text[at - 1]
        return at - 1


def _run_of_singles(text: str, first: int, separator: str, *, is_last: bool) -> tuple[list[int], str, bool]:
    """Return the places of single letters from ``first`` on, what separates them, and whether no more can follow."""
    places = [first]
    while True:
        following = text[places[-1] + 1 : places[-1] + 4]
        fits = following[:1] in _SEPARATORS and separator in ("", following[:1]) and following[1:2].isalnum()
        if fits and (len(following) > 2 or is_last) and not following[2:].isalnum():
            separator = following[0]
            places.append(places[-1] + 2)
            continue
        could_fit = not following or (following in _SEPARATORS and separator in ("", following))
        return places, separator, is_last or not (could_fit or (fits and len(following) == 2))
