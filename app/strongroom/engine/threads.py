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
_DEBT_UNITS = 4
"""It steps down once it has lost so many computations against one thread less ..."""
_CREDIT_UNITS = 8
"""... after using up what it had gained, of which so many count: a single hiccup of the machine is no reason."""
_ABANDON_FACTOR = 2.0
_PATIENCE_FACTOR = 2.5
_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 8.0
_COST_SHARE = 25
"""A failed attempt may cost at most one part in so many of the time until the next one."""


@dataclass
class _Trial:
    """A look at another level."""

    level: int
    times: list[float] = field(default_factory=list)
    lost: float = 0.0
    """Seconds that it has cost against staying."""


class ThreadController:
    """Chooses a number of threads; knows nothing but the times that it is told.

    It starts with the most threads and looks once whether fewer are faster. From then on it keeps account of what it
    gains or loses against the next lower number; when it has lost a few computations, it steps down, which in a real
    collapse is after one or two tokens. It tries the higher number again after a wait that grows with each failure and
    with what the failure has cost. Where a computation can be interrupted, :meth:`patience_s` says when to.

    Args:
        most: The largest number of threads that may be used.
        is_fixed: Whether to stay there.
        trial_units: How many computations a look at another level takes.
        looks_down: Whether to look at fewer threads without a reason, once.
    """

    def __init__(self, most: int, *, is_fixed: bool = False, trial_units: int = 3, looks_down: bool = True) -> None:
        self._levels = (most,) if is_fixed else thread_levels(most)
        self._home = len(self._levels) - 1
        self._reduced_from: int | None = None
        self._means: list[float | None] = [None] * len(self._levels)
        self._single: float | None = None
        self._trial_units = trial_units
        self._looks_down = looks_down
        self._trial: _Trial | None = None
        self._warm_up = _WARM_UP_UNITS
        self._clock = 0.0
        self._debt = 0.0
        self._lost_here = 0.0
        self._wait = _FIRST_WAIT_S
        self._next_try_at = 0.0

    @property
    def threads(self) -> int:
        """The number of threads for the next computation."""
        return self._levels[self._trial.level if self._trial else self._home]

    @property
    def is_trying(self) -> bool:
        """Whether the next computation is a look at another number of threads."""
        return self._trial is not None

    @property
    def is_reduced(self) -> bool:
        """Whether it has stepped down and not come back up yet."""
        return self._reduced_from is not None

    def rest(self, seconds: float) -> None:
        """Note that nothing was computed for a while; the wait for the next try goes on meanwhile."""
        self._clock += seconds

    def expect(self, single_thread_s: float) -> None:
        """Note what one token takes with one thread, or at most takes."""
        self._single = single_thread_s

    def patience_s(self, tokens: int = 1) -> float | None:
        """Return after how many seconds the next computation is a failure; None when nothing is known."""
        is_up = self._trial is not None and self._trial.level > self._home
        usual = self._means[self._home] if is_up else self._below()
        return None if usual is None else _PATIENCE_FACTOR * usual * tokens

    def give_up(self, seconds: float, tokens: int = 1) -> None:
        """Note that the last computation was interrupted after ``seconds``: so many threads do not work now."""
        self._clock += seconds
        mean = self._means[self._home]
        if self._trial is not None and self._trial.level > self._home and mean is not None:
            lost = self._trial.lost + seconds - mean * tokens
            self._trial = None
            self._put_off(lost)
        elif self._home > 0:
            self._trial = None
            self._lost_here += seconds
            self._step_down()

    def retreat(self) -> None:
        """Step down because another controller, which computes something else on this machine, just had to."""
        self._trial = None
        if self._home > 0:
            self._step_down()

    def advance(self) -> None:
        """Go back to where it was before it stepped down, because another controller could."""
        if self._reduced_from is not None:
            self._trial = None
            self._settle(self._reduced_from, None)

    def record(self, seconds: float, tokens: int = 1) -> None:
        """Note that the last computation, with :attr:`threads`, took ``seconds`` for so many tokens."""
        self._clock += seconds
        if len(self._levels) == 1:
            return
        if self._trial is not None:
            self._record_trial(self._trial, seconds / tokens, tokens)
        else:
            self._record_home(seconds / tokens, tokens)

    def _record_home(self, each: float, tokens: int) -> None:
        below = self._below()
        if below is not None and self._has_lost(each, below, tokens):
            self._step_down()
            return
        if self._warm_up > 1:
            self._warm_up -= 1
            return
        mean = self._means[self._home]
        self._means[self._home] = each if mean is None else mean + _SMOOTHING * (each - mean)
        if self._looks_down and self._home > 0 and self._means[self._home - 1] is None:
            self._trial = _Trial(self._home - 1)
        elif self._home + 1 < len(self._levels) and self._clock >= self._next_try_at:
            self._trial = _Trial(self._home + 1)

    def _below(self) -> float | None:
        """Return what a token takes at the next lower level, or takes at most, as far as that is known."""
        if self._home == 0:
            return None
        here, below = self._levels[self._home], self._levels[self._home - 1]
        mean = self._means[self._home]
        if (measured := self._means[self._home - 1]) is not None:
            return measured
        if below == 1 and self._single is not None:
            return self._single
        # With fewer threads, it takes longer by their ratio at most.
        return self._single if mean is None else mean * here / below

    def _has_lost(self, each: float, below: float, tokens: int) -> bool:
        """Enter a computation into the account against the next lower level."""
        excess = (each - below) * tokens
        self._lost_here += excess
        self._debt = max(self._debt + excess, -_CREDIT_UNITS * below * tokens)
        return self._debt > _DEBT_UNITS * below * tokens

    def _record_trial(self, trial: _Trial, each: float, tokens: int) -> None:
        mean = self._means[self._home]
        assert mean is not None  # noqa: S101  # a trial starts from a measured level
        trial.times.append(each)
        trial.lost += (each - mean) * tokens
        is_up = trial.level > self._home
        is_abandoned = is_up and each > _ABANDON_FACTOR * mean
        if not is_abandoned and len(trial.times) < self._trial_units:
            return
        self._trial = None
        found = sum(trial.times) / len(trial.times)
        if not is_abandoned and found < _BETTER * mean:
            self._settle(trial.level, found)
            self._next_try_at = self._clock + self._wait
        elif is_up:
            self._put_off(trial.lost)
        else:
            self._means[trial.level] = found

    def _step_down(self) -> None:
        lost = self._lost_here
        origin = self._home if self._reduced_from is None else self._reduced_from
        self._settle(self._home - 1, None)
        self._reduced_from = origin
        if lost > 0:
            # It had come up too early, or in vain.
            self._put_off(lost)
        else:
            self._wait = _FIRST_WAIT_S
            self._next_try_at = self._clock + self._wait

    def _put_off(self, cost: float) -> None:
        self._wait = min(2 * self._wait, _LONGEST_WAIT_S)
        self._next_try_at = self._clock + max(self._wait, _COST_SHARE * cost)

    def _settle(self, level: int, mean: float | None) -> None:
        self._home = level
        # What was measured here long ago would only mislead.
        self._means[level] = mean
        self._debt = self._lost_here = 0.0
        if self._reduced_from is not None and level >= self._reduced_from:
            self._reduced_from = None


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
