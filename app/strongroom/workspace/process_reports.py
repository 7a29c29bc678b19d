# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The processes of the app: what is known about each, and what each tries in vain."""

import os
import threading
from collections.abc import Sequence
from pathlib import Path

from strongroom.confinement.attempts import try_everything
from strongroom.confinement.confining import NEEDED
from strongroom.confinement.spawning import Launcher, SpawnerGone
from strongroom.core.isolation import Confinement, ProcessReport, ProcessRole
from strongroom.core.paths import DataPaths
from strongroom.core.statement import Statement
from strongroom.hosting import Isolation, ModelPool, measured
from strongroom.hub import FaultKind, Hub, HubFault

_NO_HELPER = Statement("process.no_helper")
_LAUNCHER_GONE = Statement("process.launcher_gone")
_NO_HELPER_WANTED = (
    FaultKind.OFFLINE,
    FaultKind.NOT_ALLOWED,
    FaultKind.NOT_ISOLATED,
    FaultKind.LAUNCHER_GONE,
    FaultKind.LEDGER,
)


class Processes:
    """The processes of one data folder. Safe to use from several threads.

    Args:
        paths: The data folder, of which most processes must be able to read nothing.
        isolation: Knows what holds around this process.
        models: Has the workers.
        hub: Has the helper.
        launcher: Starts the helper; None where it becomes a child of this process.
    """

    def __init__(
        self, paths: DataPaths, isolation: Isolation, models: ModelPool, hub: Hub, launcher: Launcher | None
    ) -> None:
        self._paths = paths
        self._isolation = isolation
        self._models = models
        self._hub = hub
        self._launcher = launcher

    def known(self) -> tuple[ProcessReport, ...]:
        """Return what is known about each process of the app, without trying anything."""
        known = (
            main_report(self._isolation.main),
            *self._models.processes(),
            launcher_report(self._launcher),
            helper_report(self._hub),
        )
        return tuple(report for report in known if report is not None)

    def measure(self, *, cancel: threading.Event) -> tuple[ProcessReport, ...]:
        """Let each process try, now, what it should not be able to do. Takes about a second.

        A worker is started for this where none is loaded; a helper is, unless nothing may be asked of a hub.

        Raises:
            UserFacingError: A process did not answer, or could not be started.
            Cancelled: ``cancel`` was set.
        """
        private = private_files(self._paths)
        helper = measure_helper(self._hub, private, cancel)
        launcher = measure_launcher(self._launcher, private)
        found = (
            measure_main(self._isolation.main, (helper, launcher)),
            *self._models.measure(private, cancel),
            launcher,
            helper,
        )
        return tuple(report for report in found if report is not None)


def private_files(paths: DataPaths) -> tuple[Path, ...]:
    """Return the files that no process but the main one has any business with."""
    files = (paths.chats, paths.incidents, paths.egress, paths.key_record, paths.settings)
    return tuple(path for path in files if path.exists())


def main_report(confinement: Confinement) -> ProcessReport:
    """Return what is known about this process."""
    return ProcessReport(ProcessRole.MAIN, "", os.getpid(), confinement, expected=NEEDED[ProcessRole.MAIN])


def measure_main(confinement: Confinement, networked: Sequence[ProcessReport | None]) -> ProcessReport:
    """Return what is known about this process, with what it just tried. It may read the app's files.

    Args:
        confinement: What holds around it.
        networked: The processes that have a network, which it must not be able to take over.
    """
    others = [one.process_id for one in networked if one is not None and one.process_id is not None]
    return measured(main_report(confinement), lambda _private: try_everything(networked=others), ())


def launcher_report(launcher: Launcher | None) -> ProcessReport | None:
    """Return what is known about the launcher; None where there is none."""
    if launcher is None:
        return None
    expected = NEEDED[ProcessRole.LAUNCHER]
    try:
        return ProcessReport(ProcessRole.LAUNCHER, "", launcher.process_id, launcher.confinement, expected=expected)
    except SpawnerGone:
        return ProcessReport(ProcessRole.LAUNCHER, "", None, Confinement(), note=_LAUNCHER_GONE, expected=expected)


def measure_launcher(launcher: Launcher | None, private: Sequence[Path]) -> ProcessReport | None:
    """Return what is known about the launcher, with what it just tried; None where there is none."""
    report = launcher_report(launcher)
    if launcher is None or report is None or report.process_id is None:
        return report
    try:
        return measured(report, launcher.probe, private)
    except SpawnerGone:
        return launcher_report(launcher)


def helper_report(hub: Hub, *, note: Statement | None = None) -> ProcessReport:
    """Return what is known about the hub helper, of which there may be none."""
    return ProcessReport(
        ProcessRole.HELPER,
        "",
        hub.process_id,
        hub.confinement or Confinement(),
        note=note or (None if hub.process_id is not None else _NO_HELPER),
        expected=NEEDED[ProcessRole.HELPER],
    )


def measure_helper(hub: Hub, private: Sequence[Path], cancel: threading.Event) -> ProcessReport:
    """Return what is known about the hub helper, with what it just tried. It is started if it does not run.

    Where nothing may be asked of a hub, none stays, and the note says why.

    Raises:
        HubFault: The helper is gone.
        Cancelled: ``cancel`` was set.
    """
    was_running = hub.process_id is not None
    try:
        attempts = hub.probe(private, cancel=cancel)
    except HubFault as fault:
        if fault.kind not in _NO_HELPER_WANTED:
            raise
        return helper_report(hub, note=fault.statement)
    note = None if was_running else Statement("process.started_for_test", case="helper")
    return measured(helper_report(hub, note=note), lambda _: attempts, private)
