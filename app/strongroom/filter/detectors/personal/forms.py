# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Numbers that an authority gives out: their written forms, their check digits, and the words that go with them.

A form whose check digits or structure no other number has by chance stands alone. Any other, a bare run of digits above
all, counts only where the words before it say what it is.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from strongroom.core.findings import Evidence
from strongroom.filter.detectors.personal.topics import TOPICS
from strongroom.filter.scanner import CheckedScanner, Match
from strongroom.policy import analyze_pattern

WITH_CONTEXT = 0.85
CHECKED_WITH_CONTEXT = 0.95

SPACE = "[ \u00a0\u202f]"
"""A space within a number, as an expression; also the two that do not break a line."""

_OTHERWISE = 0.2
"""What a form that stands alone loses where the words before speak of something else."""
_OF_NO_RIVAL = frozenset({"other", "phone"})
_RIVAL = 0.4
"""What it loses where they speak of another of these numbers, whose own detector judges it then."""
_NEUTRAL = frozenset({"", "phone_weak", "birth_date"})

_SEPARATORS = str.maketrans("", "", " -./\u00a0\u202f")
# A number is a whole one: nothing like "-7" or "/2" or ".5" follows, and no letter or digit.
_TAIL = r"(?:[\-./_][0-9A-Za-z])?"
_GOES_ON = re.compile(r"[0-9A-Za-z_]|-[0-9A-Za-z]|[./][0-9]")
_HANGS_ON = re.compile(r"[0-9A-Za-z][\-/_]|[0-9][.,]|[$€£¥]|[#=+]\Z")
_AFTER_DIGITS = re.compile(f"[0-9]{SPACE}")
_ONLY_DIGITS = re.compile(f"(?:[0-9]|{SPACE})+")


@dataclass(frozen=True)
class Form:
    """One way to write one kind of number.

    Args:
        kind: For the end of the finding's category.
        expression: In the syntax that RE2 and Python's ``re`` share, without groups to refer to.
        is_valid: Judges what is written, in upper case and with plain spaces; None if the expression says it all.
        alone: The confidence without any words near by; 0 if it takes words.
        topics: What the words before may say.
        is_checked: Whether ``is_valid`` computes check digits.
    """

    kind: str
    expression: str
    is_valid: Callable[[str], bool] | None = None
    alone: float = 0.0
    topics: frozenset[str] = frozenset()
    is_checked: bool = True

    @cached_property
    def _written(self) -> re.Pattern[str]:
        return re.compile(self.expression)

    def match(self, text: str, start: int, topic: str) -> Match | None:
        """Return the match at ``start``, where the words before speak of ``topic``."""
        confidence, evidence = self._worth(topic)
        found = self._written.match(text, start) if confidence else None
        if found is None or _GOES_ON.match(text, found.end()):
            return None
        if self.is_valid and not self.is_valid(found[0].replace("\u00a0", " ").replace("\u202f", " ").upper()):
            return None
        return Match(start, found.end(), confidence, evidence, self.kind)

    def _worth(self, topic: str) -> tuple[float, Evidence]:
        is_checked = self.is_checked and self.is_valid is not None
        if topic in self.topics:
            return max(CHECKED_WITH_CONTEXT if is_checked else WITH_CONTEXT, self.alone), Evidence.CONTEXT
        evidence = Evidence.CHECK_DIGIT if is_checked else Evidence.FORMAT
        if topic in _NEUTRAL:
            return self.alone, evidence
        return max(0.0, self.alone - (_OTHERWISE if topic in _OF_NO_RIVAL else _RIVAL)), evidence


def compact(written: str) -> str:
    """Return a number without its separators."""
    return written.translate(_SEPARATORS)


def form_scanner(forms: Sequence[Form], threshold: float) -> CheckedScanner:
    """Return the scanner for whatever has one of ``forms``; of several at a place, the surest, then the longest."""
    expressions = dict.fromkeys(form.expression for form in forms)
    pattern = f"(?:{'|'.join(expressions)}){_TAIL}"

    def check(text: str, start: int, _end: int) -> Match | int:
        topic = TOPICS.nearest(text, start)
        matches = [match for form in forms if (match := form.match(text, start, topic))]
        if not matches:
            return start + 1
        best = max(matches, key=lambda match: (match.confidence, match.end))
        return start + 1 if _hangs_on(text, best, has_topic=bool(topic)) else best

    return CheckedScanner(
        analyze_pattern(pattern),
        check,
        not_after="0-9A-Za-z_",
        threshold=threshold,
        left_context=TOPICS.left_context,
    )


def _hangs_on(text: str, match: Match, *, has_topic: bool) -> bool:
    """Whether the passage is the end of a longer number, of a code or of an amount."""
    before = text[max(0, match.start - 2) : match.start]
    if has_topic and before.endswith(("#", "=")):
        return False
    if _HANGS_ON.search(before):
        return True
    return bool(_AFTER_DIGITS.fullmatch(before) and _ONLY_DIGITS.fullmatch(text, match.start, match.end))
