# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The arithmetic of the score sheet: shares and F1 with 95 % intervals, and one line of the sheet.

Shares have Wilson's interval (Wilson 1927), which is right near 0 and 1 as well. F1 is no share; its interval is the
percentile bootstrap over rows (Efron 1979), because findings in one row are not independent.
"""

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import sqrt

_Z = 1.959964
"""Of the standard normal distribution, for 95 %."""
RESAMPLES = 1_000


@dataclass(frozen=True)
class Counts:
    """What was found of what is there, and what was found beside it."""

    hits: int = 0
    """Passages that are there and were found."""
    misses: int = 0
    right: int = 0
    """Findings that belong to a passage. Two of them may belong to one."""
    wrong: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.hits + other.hits, self.misses + other.misses, self.right + other.right, self.wrong + other.wrong
        )

    @property
    def recall(self) -> float:
        """Share of the passages that were found; 1 if there are none."""
        return _share(self.hits, self.hits + self.misses)

    @property
    def precision(self) -> float:
        """Share of the findings that are right; 1 if there are none."""
        return _share(self.right, self.right + self.wrong)

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True)
class Figure:
    """One line of the sheet."""

    name: str
    value: float
    goal: str = ""
    low: float | None = None
    high: float | None = None
    is_reached: bool | None = None
    """None where there is no goal."""
    note: str = ""

    def as_json(self) -> dict[str, object]:
        """Return what is not empty, rounded."""
        values = {key: value for key, value in asdict(self).items() if value not in (None, "")}
        return {key: round(value, 4) if isinstance(value, float) else value for key, value in values.items()}


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Return the 95 % interval of the share ``part / whole``; everything is possible where there are no rows."""
    if not whole:
        return 0.0, 1.0
    share = part / whole
    center = share + _Z**2 / (2 * whole)
    spread = _Z * sqrt(share * (1 - share) / whole + _Z**2 / (4 * whole**2))
    scale = 1 + _Z**2 / whole
    return max(0.0, (center - spread) / scale), min(1.0, (center + spread) / scale)


def bootstrap_f1(rows: Sequence[Counts], seed: int = 1) -> tuple[float, float]:
    """Return the 95 % interval of F1 over all ``rows``."""
    # Rows with nothing in them change no sum, so only how many of the others are drawn matters.
    counted = [row for row in rows if row != Counts()]
    if not counted:
        return 0.0, 1.0
    chance = random.Random(seed)
    values = sorted(sum(chance.choices(counted, k=len(counted)), Counts()).f1 for _ in range(RESAMPLES))
    return values[int(RESAMPLES * 0.025)], values[int(RESAMPLES * 0.975) - 1]


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which ``share`` of ``values`` are."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def share_figure(
    name: str, part: int, whole: int, *, at_least: float | None = None, at_most: float | None = None, note: str = ""
) -> Figure:
    """Return the line for a share, with its interval; the goal is about the share itself."""
    share, (low, high) = _share(part, whole), wilson(part, whole)
    goal, is_reached = "", None
    if at_least is not None:
        goal, is_reached = f">= {at_least:g}", share >= at_least
    elif at_most is not None:
        goal, is_reached = f"<= {at_most:g}", share <= at_most
    return Figure(name, share, goal, low, high, is_reached, note or f"{part:,} of {whole:,}")


def best_recall(found: Sequence[tuple[float, bool, int]], passages: int, least_precision: float) -> tuple[float, float]:
    """Return the best recall at which precision is not below ``least_precision``, and that precision.

    Args:
        found: For each finding its confidence, whether it is right, and how many passages it is the first to find.
        passages: How many there are.
        least_precision: 0 to 1.
    """
    best = (0.0, 1.0)
    for threshold in sorted({confidence for confidence, _, _ in found}):
        kept = [(is_right, first) for confidence, is_right, first in found if confidence >= threshold]
        precision = sum(is_right for is_right, _ in kept) / len(kept)
        recall = sum(first for _, first in kept) / passages if passages else 1.0
        if precision >= least_precision and recall > best[0]:
            best = (recall, precision)
    return best
