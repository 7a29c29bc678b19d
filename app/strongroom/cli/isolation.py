# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What ``strongroom doctor`` says about each process: what it cannot do, found out by trying, just now."""

import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from strongroom.cli.facts import Fact
from strongroom.cli.invocation import Invocation
from strongroom.confinement.levels import shortfall
from strongroom.core.errors import UserFacingError
from strongroom.core.isolation import Capability, IsolationLevel, Outcome, ProcessReport, ProcessRole
from strongroom.core.paths import DataPaths
from strongroom.words import explain, say_statement

if TYPE_CHECKING:
    from strongroom.hub import HubOptions

Measure = Callable[[], ProcessReport | None]

_LABELS = {
    ProcessRole.MAIN: "This process",
    ProcessRole.WORKER: "Model's process",
    ProcessRole.HELPER: "Download helper",
    ProcessRole.LAUNCHER: "Helper's launcher",
}
_LEVELS = {
    IsolationLevel.FULL: "fully isolated",
    IsolationLevel.REDUCED: "reduced isolation",
    IsolationLevel.NONE: "not isolated",
}
_MOST_NEEDS = 3
"""Of a process that is called fully isolated."""
_CAPABILITIES = {
    Capability.INTERNET: "internet",
    Capability.OTHER_SOCKETS: "local sockets",
    Capability.READ_FILES: "reading files",
    Capability.WRITE_FILES: "writing files",
    Capability.RUN_PROGRAMS: "running programs",
    Capability.START_PROCESSES: "starting processes",
    Capability.REACH_PROCESSES: "reaching other processes",
    Capability.KERNEL: "ways around through the kernel",
}


class IsolationCheck:
    """Measures every process, once.

    Args:
        invocation: Whose data folder, policy and setup count.
        options: How a hub may be asked; None where that could not be found out.
    """

    def __init__(self, invocation: Invocation, options: "HubOptions | None") -> None:
        self._invocation = invocation
        self._options = options
        self.reports: list[ProcessReport] = []

    def facts(self, _invocation: Invocation) -> Iterator[Fact]:
        """Measure every process, then yield one line for each."""
        found: dict[ProcessRole, Fact] = {}
        with tempfile.TemporaryDirectory(prefix="strongroom-doctor-") as folder, ExitStack() as stack:
            for role, measure in self._measurements(Path(folder), stack):
                try:
                    report = measure()
                except UserFacingError as error:
                    problem = explain(error).line_with_next_step
                    found[role] = Fact(f"isolation_{role.value}", _LABELS[role], "not measured", problem)
                    continue
                if report is not None:
                    self.reports.append(report)
                    found[role] = fact_of(report)
        yield from (found[role] for role in ProcessRole if role in found)

    def _measurements(self, folder: Path, stack: ExitStack) -> Iterator[tuple[ProcessRole, Measure]]:
        """Yield what measures each process. The helper comes first and stays: others try to take it over."""
        from strongroom import hosting
        from strongroom.hub import Hub
        from strongroom.workspace import process_reports as processes

        setup = self._invocation.doors.setup
        private = processes.private_files(self._invocation.paths)
        launcher = setup.helper_spawner() if setup is not None else None
        never = threading.Event()
        if self._options is not None:
            # On a folder of its own, so that nothing is left behind.
            hub = Hub(DataPaths(folder), self._options, spawner=launcher)
            stack.callback(hub.close)
            yield ProcessRole.HELPER, lambda: processes.measure_helper(hub, private, never)
        yield ProcessRole.LAUNCHER, lambda: processes.measure_launcher(launcher, private)
        main = setup.main if setup is not None else hosting.NOT_STARTED_BY_THE_APP
        networked = [one for one in self.reports if Capability.INTERNET in one.expected]
        yield ProcessRole.MAIN, lambda: processes.measure_main(main, networked)
        yield ProcessRole.WORKER, lambda: hosting.measure_a_fresh_worker(private, never, may_use_gpu=True)


def fact_of(report: ProcessReport) -> Fact:
    """Return the line about one process."""
    key, label = f"isolation_{report.role.value}", _LABELS[report.role]
    if report.process_id is None:
        return Fact(key, label, say_statement(report.note))
    words = [_LEVELS[report.confinement.level]]
    if report.confinement.level is IsolationLevel.FULL and len(report.expected) > _MOST_NEEDS:
        words = ["isolated as intended"]
    if report.attempts:
        denied = sum(one.outcome is not Outcome.ALLOWED for one in report.attempts)
        words.append(f"{denied} of {len(report.attempts)} attempts denied")
        cannot = [capability for capability in Capability if _is_denied(report, capability)]
        words += [", ".join(f"no {_CAPABILITIES[capability]}" for capability in cannot)] if cannot else []
    if report.confinement.level is not IsolationLevel.FULL:
        words.append(say_statement(shortfall(report.confinement, report.role)))
    problem = ""
    if report.surprises:
        names = ", ".join(one.name for one in report.surprises)
        problem = f"It can do what it should not be able to: {names}."
    return Fact(key, label, "; ".join(words), problem)


def _is_denied(report: ProcessReport, capability: Capability) -> bool:
    tried = [one for one in report.attempts if one.capability is capability]
    return bool(tried) and all(one.outcome is not Outcome.ALLOWED for one in tried)


def as_json_object(report: ProcessReport) -> dict[str, Any]:
    """Return everything that is known about one process."""
    confinement = report.confinement
    return {
        "process": report.role.value,
        "process_id": report.process_id,
        "note": say_statement(report.note),
        "level": confinement.level.value,
        "barriers": [barrier.value for barrier in confinement.barriers],
        "gaps": [{"barrier": gap.barrier.value, "reason": gap.reason} for gap in confinement.gaps],
        "granted": list(confinement.granted),
        "landlock_abi": confinement.landlock_abi,
        "needs": [capability.value for capability in report.expected],
        "measured_at": report.measured_at,
        "attempts": [
            {
                "name": one.name,
                "capability": one.capability.value,
                "outcome": one.outcome.value,
                "error": one.error,
            }
            for one in report.attempts
        ],
    }
