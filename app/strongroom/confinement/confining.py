# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Putting up the barriers around this process, as its role asks for. What cannot be put up becomes a gap, not an error.

The order matters. Privileges go first, because a filter needs that; file rules before the filter, which does not let
them be made; both while there is one thread, because older kernels rule a thread at a time.
"""

import contextlib
import sys

from strongroom.confinement import call_plans, limits
from strongroom.confinement.call_filter import CallPlan
from strongroom.confinement.landlock import FileGrants, RulesRefused, landlock_abi, restrict_files, stand_apart
from strongroom.confinement.seccomp import FilterRefused, filter_calls
from strongroom.core.isolation import Barrier, Capability, Confinement, Gap, ProcessRole
from strongroom.core.translatable import translatable

_ABI = landlock_abi()
"""Asked before any filter forbids the question."""

NEEDED: dict[ProcessRole, tuple[Capability, ...]] = {
    ProcessRole.MAIN: (
        Capability.OTHER_SOCKETS,
        Capability.READ_FILES,
        Capability.WRITE_FILES,
        Capability.RUN_PROGRAMS,
        Capability.START_PROCESSES,
        Capability.REACH_PROCESSES,
    ),
    ProcessRole.WORKER: (),
    ProcessRole.HELPER: (Capability.INTERNET,),
    ProcessRole.LAUNCHER: (
        Capability.INTERNET,
        Capability.READ_FILES,
        Capability.WRITE_FILES,
        Capability.RUN_PROGRAMS,
        Capability.START_PROCESSES,
        Capability.REACH_PROCESSES,
    ),
}
"""What each kind of process does for its work. All else is to be denied."""


def confine_worker(*, devices: FileGrants | None = None, opened_again: tuple[int, ...] = ()) -> Confinement:
    """Confine this process, a worker, for good: no sockets, no files, no programs, no processes.

    Args:
        devices: The nodes of a GPU and what its driver reads; None for a worker on the CPU.
        opened_again: Descriptors of a model in several parts, which are opened by their paths.

    Returns:
        What holds now. ``granted`` names the devices.
    """
    grants = devices or FileGrants()
    building = _Building()
    building.give_up_privileges()
    if devices is None:
        limits.write_no_files()
    building.rule_files(
        FileGrants(read=grants.read, write=grants.write, devices=grants.devices, descriptors=opened_again)
    )
    plan = call_plans.worker_plan(may_open=bool(opened_again)) if devices is None else call_plans.device_worker_plan()
    building.filter_calls(plan)
    return building.done(granted=tuple(str(path) for path in grants.devices))


def end_opening() -> None:
    """Let a worker open no file any more, now that its model in several parts is loaded."""
    with contextlib.suppress(FilterRefused):
        # Without it the file rules are what there is; that there is no filter is known from the first one.
        filter_calls(call_plans.opening_over())


def confine_helper(grants: FileGrants) -> Confinement:
    """Confine this process, the hub helper, for good: a network, the files of ``grants``, and nothing else."""
    building = _Building()
    building.give_up_privileges()
    limits.hide_memory()
    building.rule_files(grants)
    building.filter_calls(call_plans.helper_plan())
    return building.done()


def confine_launcher() -> Confinement:
    """Confine this process, the launcher, for good. The helper that it starts inherits this and adds its own."""
    building = _Building()
    building.give_up_privileges(keeps_capabilities=True)
    limits.hide_memory()
    building.filter_calls(call_plans.launcher_plan())
    return building.done()


def confine_main() -> Confinement:
    """Confine this process, the window or the terminal, for good: no socket but those of this machine's programs.

    Whatever it starts from now on has no network either.
    """
    building = _Building()
    building.give_up_privileges(keeps_capabilities=True, dies_with_parent=False)
    if sys.platform == "linux":
        # The launcher is outside, and so is each helper, from its first instruction on.
        stand_apart()
        building.filter_calls(call_plans.main_plan())
    else:
        building.miss(
            Barrier.SYSTEM_CALLS, translatable("this system has no such rule for a program that runs already")
        )
    return building.done()


class _Building:
    """Barriers as they go up."""

    def __init__(self) -> None:
        self._barriers: list[Barrier] = []
        self._gaps: list[Gap] = []

    def miss(self, barrier: Barrier, reason: str) -> None:
        self._gaps.append(Gap(barrier, reason))

    def give_up_privileges(self, *, keeps_capabilities: bool = False, dies_with_parent: bool = True) -> None:
        limits.dump_no_core()
        if sys.platform != "win32":
            self._barriers.append(Barrier.LIMITS)
        if limits.gain_no_privileges():
            self._barriers.append(Barrier.NO_NEW_PRIVILEGES)
        elif sys.platform == "linux":
            self.miss(Barrier.NO_NEW_PRIVILEGES, translatable("the kernel refused it"))
        if limits.dies_with_parent():
            self._barriers.append(Barrier.PARENT_DEATH)
        elif dies_with_parent and sys.platform == "linux":
            self.miss(Barrier.PARENT_DEATH, translatable("the kernel refused it"))
        # An ordinary user has none to lose.
        with contextlib.suppress(OSError):
            if keeps_capabilities:
                limits.drop_reach()
            else:
                limits.drop_capabilities()

    def rule_files(self, grants: FileGrants) -> None:
        if sys.platform != "linux":
            return
        try:
            restrict_files(grants)
        except RulesRefused as refusal:
            self.miss(Barrier.FILE_RULES, str(refusal))
        else:
            self._barriers.append(Barrier.FILE_RULES)

    def filter_calls(self, plan: CallPlan) -> None:
        if sys.platform != "linux":
            return
        try:
            filter_calls(plan)
        except FilterRefused as refusal:
            self.miss(Barrier.SYSTEM_CALLS, str(refusal))
        else:
            self._barriers.append(Barrier.SYSTEM_CALLS)

    def done(self, *, granted: tuple[str, ...] = ()) -> Confinement:
        abi = _ABI if Barrier.FILE_RULES in self._barriers else 0
        return Confinement(tuple(self._barriers), tuple(self._gaps), granted, abi)
