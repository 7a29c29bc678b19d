# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""All tricks that hide a text from a filter, in one scanner."""

from strongroom.filter.detectors.evasion.signs import sign_scanner
from strongroom.filter.detectors.evasion.spaced import spaced_scanner
from strongroom.filter.detectors.evasion.words import word_scanner
from strongroom.filter.scanner import CheckedScanner, Match, Scanners, first_open_place
from strongroom.filter.window import Window
from strongroom.policy import compile_expression


def evasion_scanner(threshold: float) -> "EvasionScanner":
    """Return the scanner for disguises of every kind."""
    return EvasionScanner(threshold)


class EvasionScanner:
    """Asks one scanner for each kind of disguise; of matches that overlap the one that begins first counts."""

    def __init__(self, threshold: float) -> None:
        self._spaced = spaced_scanner(threshold)
        # Of two matches at one place the earlier scanner's counts.
        self._scanners: tuple[CheckedScanner, ...] = (word_scanner(threshold), sign_scanner(threshold), self._spaced)
        self.max_length = max(scanner.max_length for scanner in self._scanners)
        self.left_context = max(scanner.left_context for scanner in self._scanners)
        together = "|".join(f"(?:{scanner.pattern.mirrored_prefixes})" for scanner in self._scanners)
        self._mirrored_prefixes = compile_expression(together, prefer_longest=True)

    def undecided(self, window: Window, start: int) -> int:
        """See :class:`strongroom.filter.scanner.Scanner`."""
        return first_open_place(self._mirrored_prefixes, window, start)

    def find(self, window: Window, start: int, limit: int) -> list[Match]:
        """See :class:`strongroom.filter.scanner.Scanner`."""
        if window.text.isascii():
            return self._spaced.find(window, start, limit)
        queues = [scanner.find(window, start, limit)[::-1] for scanner in self._scanners]
        matches: list[Match] = []
        position = start
        while True:
            for number, queue in enumerate(queues):
                queues[number] = self._behind(number, queue, window, position, limit)
            waiting = [queue for queue in queues if queue]
            if not waiting:
                return matches
            first = min(waiting, key=lambda queue: queue[-1].start)
            match = first.pop()
            matches.append(match)
            position = match.end

    def _behind(self, number: int, queue: list[Match], window: Window, position: int, limit: int) -> list[Match]:
        """Return a scanner's matches, the next one last, without those that begin before ``position``."""
        reach = 0
        while queue and queue[-1].start < position:
            reach = queue.pop().end
        if reach > position:
            # Without the match that is dropped, another one may begin in what it took.
            return self._scanners[number].find(window, position, limit)[::-1]
        return queue


SCANNERS: Scanners = {"evasion": evasion_scanner}
