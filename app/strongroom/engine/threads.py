# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""How many threads to compute with, from how long the computing took.

llama.cpp's threads meet at a barrier hundreds of times per token and wait there by spinning. With a core each, more
threads are faster; with one busy program beside them, each barrier can wait for the other program's time slice, and the
speed falls to a fraction of what a single thread reaches. Nobody tells in advance which it will be, but the time of
the last token does.
"""

import math
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

_WARM_UP_UNITS = 2
"""The first computation builds its graph; only the second one counts."""
_SMOOTHING = 0.25
_BETTER = 0.95
"""A change must gain so much, or it is noise."""
_DROP_FACTOR = 2.5
"""A token that takes so many times what is usual means that the threads wait for each other."""
_DRIFT_FACTOR = 1.25
_ABANDON_FACTOR = 2.0
_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 30.0
_COST_SHARE = 50
"""A failed attempt may cost at most one part in so many of the time until the next one."""


@dataclass
class _Trial:
    """A look at another level."""

    level: int
    times: list[float] = field(default_factory=list)
    seconds: float = 0.0
    units: int = 0


class ThreadController:
    """Chooses a number of threads; knows nothing but the times that it is told.

    It starts with the most threads, looks once whether fewer are faster, steps down at once when a computation takes a
    multiple of what is usual, and tries more threads again after a wait that grows with each failure.

    Args:
        most: The largest number of threads that may be used.
        is_fixed: Whether to stay there.
        trial_units: How many computations a look at another level takes.
    """

    def __init__(self, most: int, *, is_fixed: bool = False, trial_units: int = 3) -> None:
        self._levels = (most,) if is_fixed else thread_levels(most)
        self._home = len(self._levels) - 1
        self._means: list[float | None] = [None] * len(self._levels)
        self._trial_units = trial_units
        self._trial: _Trial | None = None
        self._units_at_home = 0
        self._clock = 0.0
        self._arrived_at = -math.inf
        self._wait = _FIRST_WAIT_S
        self._next_try_at = 0.0

    @property
    def threads(self) -> int:
        """The number of threads for the next computation."""
        return self._levels[self._trial.level if self._trial else self._home]

    def rest(self, seconds: float) -> None:
        """Note that nothing was computed for a while; the wait for the next try goes on meanwhile."""
        self._clock += seconds

    def record(self, seconds: float, tokens: int = 1) -> None:
        """Note that the last computation, with :attr:`threads`, took ``seconds`` for so many tokens."""
        self._clock += seconds
        if len(self._levels) == 1:
            return
        if self._trial is None:
            self._record_home(seconds / tokens, tokens)
        else:
            self._record_trial(self._trial, seconds / tokens, tokens)

    def _record_home(self, each: float, tokens: int) -> None:
        self._units_at_home += 1
        mean = self._means[self._home]
        if mean is not None and self._home > 0 and each > _DROP_FACTOR * mean:
            self._step_down(cost=(each - mean) * tokens)
            return
        if self._is_warm:
            mean = each if mean is None else mean + _SMOOTHING * (each - mean)
            self._means[self._home] = mean
            self._consider(mean)

    @property
    def _is_warm(self) -> bool:
        return self._units_at_home >= _WARM_UP_UNITS

    def _consider(self, mean: float) -> None:
        """Start a trial, or step down, when there is a reason to."""
        below = self._means[self._home - 1] if self._home > 0 else math.inf
        if below is None:
            self._trial = _Trial(self._home - 1)
        elif mean > _DRIFT_FACTOR * below and self._units_at_home > 2 * self._trial_units:
            self._step_down(cost=0.0)
        elif self._home + 1 < len(self._levels) and self._clock >= self._next_try_at:
            self._trial = _Trial(self._home + 1)

    def _record_trial(self, trial: _Trial, each: float, tokens: int) -> None:
        mean = self._means[self._home]
        assert mean is not None  # noqa: S101  # a trial starts from a measured level
        trial.times.append(each)
        trial.seconds += each * tokens
        trial.units += tokens
        is_up = trial.level > self._home
        is_abandoned = is_up and each > _ABANDON_FACTOR * mean
        if not is_abandoned and len(trial.times) < self._trial_units:
            return
        self._trial = None
        found = sum(trial.times) / len(trial.times)
        if not is_up:
            self._means[trial.level] = found
        if not is_abandoned and found < _BETTER * mean:
            self._means[trial.level] = found
            self._settle(trial.level)
            self._next_try_at = self._clock + self._wait
        elif is_up:
            self._put_off(cost=trial.seconds - mean * trial.units)

    def _step_down(self, cost: float) -> None:
        stayed = self._clock - self._arrived_at
        self._settle(self._home - 1)
        if stayed < _COST_SHARE * cost:
            # It had come up too early: what it gained there is less than what this one computation has cost.
            self._put_off(cost)
        else:
            self._wait = _FIRST_WAIT_S
            self._next_try_at = self._clock + self._wait

    def _put_off(self, cost: float) -> None:
        self._wait = min(2 * self._wait, _LONGEST_WAIT_S)
        self._next_try_at = self._clock + max(self._wait, _COST_SHARE * cost)

    def _settle(self, level: int) -> None:
        self._home = level
        self._units_at_home = 0 if self._means[level] is None else _WARM_UP_UNITS
        self._arrived_at = self._clock


def thread_levels(most: int) -> tuple[int, ...]:
    """Return the numbers of threads worth trying, rising: one less than all leaves a core to the other program."""
    return tuple(sorted({1, most, *(n for n in (most - 1, most * 3 // 4, most // 2, most // 4, most // 8) if n > 0)}))


def usable_cores() -> int:
    """Return how many physical cores this process may use, at least 1.

    A second thread on one core gains nothing in matrix products. Counts what the scheduler and the control group
    allow; where the system does not tell, every processor counts.
    """
    processors = _allowed_processors()
    cores = len({_siblings(number) for number in processors})
    return max(1, min(cores, _quota()))


def _allowed_processors() -> Iterable[int]:
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return range(os.cpu_count() or 1)


def _siblings(processor: int) -> str:
    try:
        return Path(f"/sys/devices/system/cpu/cpu{processor}/topology/thread_siblings_list").read_text(encoding="ascii")
    except OSError:
        return str(processor)


def _quota() -> int:
    """Return the processors that the control group grants, rounded up."""
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        return math.ceil(int(quota) / int(period))
    except (OSError, ValueError):
        # No such file, or "max": no limit.
        return os.cpu_count() or 1
