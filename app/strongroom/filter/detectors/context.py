# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Words that stand before a value and say what it is: ``tel.``, ``Kundennummer:``, ``date de naissance``."""

import re
from collections.abc import Iterable

from strongroom.filter.window import fold_case

_FIRST_OF_SCRIPTS_WITHOUT_SPACES = "\u2e80"


class ContextWords:
    """Words of one meaning, in several languages.

    Upper and lower case are the same, and one space in a phrase stands for up to three spaces, hyphens, underscores,
    dots or line breaks. A word counts as a whole only: no letter or digit before it, and none after it unless the word
    reaches to the value itself. Scripts without spaces have no such border.

    Args:
        words: Words and phrases. A ``*`` at the end stands for any further letters.
        reach: Characters before the value in which a word must lie whole.
    """

    def __init__(self, words: Iterable[str], *, reach: int) -> None:
        # Longer ones first, so that the alternation need not be tried again for a longer word at the same place.
        expressions = map(_expression, sorted(map(fold_case, words), key=lambda word: (-len(word), word)))
        self._words = re.compile("|".join(expressions))
        self._reach = reach

    @property
    def left_context(self) -> int:
        """Characters before a value that :meth:`before` looks at: the reach, and one to see where a word begins."""
        return self._reach + 1

    def before(self, text: str, start: int) -> bool:
        """Return whether one of the words stands within reach before ``start``."""
        near = fold_case(text[max(0, start - self._reach - 1) : start])
        return self._words.search(near, 1 if start > self._reach else 0) is not None


def _expression(word: str) -> str:
    stem = word.removesuffix("*")
    has_borders = stem[0] < _FIRST_OF_SCRIPTS_WITHOUT_SPACES
    before = r"(?<![^\W_])" if has_borders and stem[0].isalnum() else ""
    after = r"(?![^\W_])" if has_borders and stem[-1].isalnum() and stem == word else ""
    return before + re.escape(stem).replace(r"\ ", r"[\s_.-]{1,3}") + after
