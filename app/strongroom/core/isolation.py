# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What a process of the app cannot do, and how that is known: values that cross borders."""

from dataclasses import dataclass
from enum import StrEnum

from strongroom.core.statement import Statement


class ProcessRole(StrEnum):
    """The kinds of process that the app consists of."""

    MAIN = "main"
    """The window or the terminal."""
    WORKER = "worker"
    """Runs one model."""
    HELPER = "helper"
    """Talks to the hub; the only one with a network."""
    LAUNCHER = "launcher"
    """Starts the helper, because the main process, once confined, could only start processes without a network."""


class Barrier(StrEnum):
    """A rule of the operating system that holds a process back."""

    NO_NEW_PRIVILEGES = "no_new_privileges"
    SYSTEM_CALLS = "system_calls"
    """Linux: seccomp."""
    FILE_RULES = "file_rules"
    """Linux: Landlock."""
    LIMITS = "limits"
    """Resource limits: no core dump, no file growth, a bound on memory where one was asked for."""
    PARENT_DEATH = "parent_death"
    """It ends with the process that started it."""
    APP_CONTAINER = "app_container"
    JOB = "job"
    """Windows: job object."""
    SANDBOX_PROFILE = "sandbox_profile"


class IsolationLevel(StrEnum):
    """How much of what is expected of a process's confinement holds, from the least to the most."""

    NONE = "none"
    """No rule of the kernel keeps it from files or sockets."""
    REDUCED = "reduced"
    """Some rules hold, others are missing, or devices were granted."""
    FULL = "full"

    @property
    def rank(self) -> int:
        """0 for none; a higher level has a higher rank."""
        return list(IsolationLevel).index(self)


@dataclass(frozen=True, slots=True)
class Gap:
    """A barrier that should hold and does not."""

    barrier: Barrier
    reason: str
    """Why, in English: "this kernel has no Landlock". It crosses as text because it comes from another process; what is
    known in advance is marked as translatable where it is written down.
    """


@dataclass(frozen=True, slots=True)
class Confinement:
    """The barriers around one process."""

    barriers: tuple[Barrier, ...] = ()
    """Those in force."""
    gaps: tuple[Gap, ...] = ()
    """Those that are expected of its role and missing."""
    granted: tuple[str, ...] = ()
    """Device nodes that it may use all the same."""
    landlock_abi: int = 0
    """Linux: the version of Landlock that the kernel has; 0 for none."""

    @property
    def level(self) -> IsolationLevel:
        """What this amounts to."""
        if not {*self.barriers} & _WALLS:
            return IsolationLevel.NONE
        return IsolationLevel.REDUCED if self.gaps or self.granted else IsolationLevel.FULL


_WALLS = frozenset((Barrier.SYSTEM_CALLS, Barrier.FILE_RULES, Barrier.APP_CONTAINER, Barrier.SANDBOX_PROFILE))
"""Barriers of which one alone already keeps a process from something."""


class Capability(StrEnum):
    """What a process might be able to do."""

    INTERNET = "internet"
    """Open a socket of an internet family, TCP, UDP or raw."""
    OTHER_SOCKETS = "other_sockets"
    """Open a socket of any other family."""
    READ_FILES = "read_files"
    WRITE_FILES = "write_files"
    RUN_PROGRAMS = "run_programs"
    START_PROCESSES = "start_processes"
    REACH_PROCESSES = "reach_processes"
    """Read, write, trace or signal another process."""
    KERNEL = "kernel"
    """Kernel interfaces that get around the others: io_uring, bpf, namespaces, keys."""


class Outcome(StrEnum):
    """What became of an attempt."""

    DENIED = "denied"
    ALLOWED = "allowed"
    ABSENT = "absent"
    """The kernel has no such thing, for anybody."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Something that a process tried, to see whether it can."""

    name: str
    """Stable: ``socket_inet``."""
    capability: Capability
    outcome: Outcome
    error: str = ""
    """The system's name of the refusal: ``EPERM``."""


@dataclass(frozen=True, slots=True)
class ProcessReport:
    """One process: what holds it back, and what it tried in vain."""

    role: ProcessRole
    name: str
    """What it works on, a model's name for a worker; empty for the others."""
    process_id: int | None
    """None when none runs."""
    confinement: Confinement
    attempts: tuple[Attempt, ...] = ()
    """Empty until it was measured."""
    measured_at: str = ""
    """UTC; empty until it was measured."""
    note: Statement | None = None
    """Why there is none, or that it was started for the measurement only."""
    expected: tuple[Capability, ...] = ()
    """What it must be able to do for its work. Everything else is to be denied."""

    @property
    def surprises(self) -> tuple[Attempt, ...]:
        """Attempts that succeeded although their capability is none of those that it needs."""
        return tuple(
            one for one in self.attempts if one.outcome is Outcome.ALLOWED and one.capability not in self.expected
        )
