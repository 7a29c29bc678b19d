# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Words that stand before a value and say what it is: ``tel.``, ``Kundennummer:``, ``date de naissance``.

Upper and lower case are the same, and one space in a phrase stands for any spaces, hyphens, underscores, dots, colons
or line breaks. A word counts as a whole only: no letter or digit before it, and none after it unless the word reaches
to the value itself. A ``*`` at its end stands for any further letters. Scripts without spaces have no such borders.
"""

import re
from collections.abc import Iterable, Mapping

import ahocorasick

from strongroom.filter.window import fold_case

_FIRST_OF_SCRIPTS_WITHOUT_SPACES = "\u2e80"
_GAP = re.compile(r"[\s_.:\u2019'-]+")


class ContextTopics:
    """Words of several meanings, of which the one nearest to a value tells what it is.

    Args:
        topics: Each meaning's name with its words and phrases.
        reach: Characters before a value in which a word must lie whole.
    """

    def __init__(self, topics: Mapping[str, Iterable[str]], *, reach: int) -> None:
        self._reach = reach
        self._automaton = ahocorasick.Automaton()
        for topic, words in topics.items():
            for word in words:
                stem = _normal(word.removesuffix("*"))
                self._automaton.add_word(stem, (topic, len(stem), stem != _normal(word)))
        self._automaton.make_automaton()

    @property
    def left_context(self) -> int:
        """Characters before a value that are looked at: the reach, and one to see where a word begins."""
        return self._reach + 1

    def nearest(self, text: str, start: int) -> str:
        """Return the topic of the last word within reach before ``start``; of several that end there, the longest.

        Empty if there is none.
        """
        return self._search(text[max(0, start - self._reach - 1) : start], start > self._reach)

    def _search(self, near: str, is_cut: bool) -> str:
        # Where the text goes on to the left, the first character only shows whether a word begins after it.
        normal = _normal(near)
        nearest, best = "", (0, 0)
        for last, (topic, length, has_endings) in self._automaton.iter(normal):
            end = last + 1
            first = end - length
            if (end, length) > best and first >= is_cut and _is_whole(normal, first, end, has_endings=has_endings):
                nearest, best = topic, (end, length)
        return nearest


class ContextWords:
    """Words of one meaning, in several languages.

    Args:
        words: Words and phrases.
        reach: Characters before the value in which a word must lie whole.
    """

    def __init__(self, words: Iterable[str], *, reach: int) -> None:
        self._topics = ContextTopics({"word": words}, reach=reach)

    @property
    def left_context(self) -> int:
        """Characters before a value that :meth:`before` looks at."""
        return self._topics.left_context

    def before(self, text: str, start: int) -> bool:
        """Return whether one of the words stands within reach before ``start``."""
        return bool(self._topics.nearest(text, start))


def _normal(text: str) -> str:
    return _GAP.sub(" ", fold_case(text))


def _is_whole(text: str, first: int, end: int, *, has_endings: bool) -> bool:
    if text[first] >= _FIRST_OF_SCRIPTS_WITHOUT_SPACES:
        return True
    begins = first == 0 or not (text[first].isalnum() and text[first - 1].isalnum())
    ends = has_endings or end == len(text) or not (text[end - 1].isalnum() and text[end].isalnum())
    return begins and ends
