# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""How far each process must be isolated before it may work, and what a model's worker tries in vain.

Isolation that falls short is never silent: it is an incident, a note beside what it concerns, and, where the policy
asks for more, a refusal.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from strongroom.confinement.confining import NEEDED
from strongroom.confinement.levels import IsolationRefused, require_level
from strongroom.core.clock import utc_now
from strongroom.core.errors import Cancelled
from strongroom.core.incident import IncidentEvent
from strongroom.core.isolation import Attempt, Barrier, Confinement, Gap, IsolationLevel, ProcessReport, ProcessRole
from strongroom.core.statement import Statement
from strongroom.core.translatable import translatable
from strongroom.engine import Engine, EngineClient, EngineStarter
from strongroom.incidents import IncidentRecorder
from strongroom.policy import Policy

Probe = Callable[[Sequence[Path]], tuple[Attempt, ...]]

NOT_STARTED_BY_THE_APP = Confinement(
    gaps=(Gap(Barrier.SYSTEM_CALLS, translatable("this program uses Strongroom without the app's own start")),)
)
"""What holds in a program that opens a workspace by itself, such as a script."""


class Isolation:
    """What the policy asks of every process, and what falls short of it. Safe to use from several threads.

    Args:
        policy: Returns the policy in force, or raises why there is none; asked each time.
        main: What holds around this process; None where the app's own start did not confine it.
        recorder: Takes incidents.
    """

    def __init__(self, policy: Callable[[], Policy], main: Confinement | None, recorder: IncidentRecorder) -> None:
        self._policy = policy
        self.main = main or NOT_STARTED_BY_THE_APP
        self._is_app = main is not None
        self._recorder = recorder
        self._recorded: set[tuple[ProcessRole, Confinement]] = set()
        self._lock = threading.Lock()

    @property
    def least(self) -> IsolationLevel:
        """What the policy in force asks for."""
        return self._policy().isolation.minimum

    def record_main(self) -> None:
        """Make it an incident when this process is isolated less than it could be.

        Raises:
            UserFacingError: It cannot be recorded.
        """
        if self._is_app:
            self._record_shortfall(ProcessRole.MAIN, self.main)

    def require_main(self) -> None:
        """Return if this process is isolated as much as the policy asks for.

        Raises:
            IsolationRefused: It is not; nothing may be loaded or fetched.
        """
        self._require(ProcessRole.MAIN, self.main)

    def admit(self, role: ProcessRole, confinement: Confinement) -> None:
        """Let a child process begin its work, after recording what is missing around it.

        Raises:
            IsolationRefused: The policy asks for more. This is recorded.
            UserFacingError: It cannot be recorded, so the process may not begin either.
        """
        self._require(role, confinement)
        self._record_shortfall(role, confinement)

    def is_enough(self, confinement: Confinement) -> bool:
        """Return whether this process and one that was admitted before may go on under the policy in force."""
        return min(confinement.level.rank, self.main.level.rank) >= self.least.rank

    def _require(self, role: ProcessRole, confinement: Confinement) -> None:
        try:
            require_level(confinement, self.least, role)
        except IsolationRefused:
            self._record(IncidentEvent.ISOLATION_REFUSED, role, confinement)
            raise

    def _record_shortfall(self, role: ProcessRole, confinement: Confinement) -> None:
        if confinement.level is IsolationLevel.FULL:
            return
        with self._lock:
            # Once for each cause while the app runs: a log of a hundred equal records tells no more.
            if (role, confinement) in self._recorded:
                return
            self._record(IncidentEvent.ISOLATION_REDUCED, role, confinement)
            self._recorded.add((role, confinement))

    def _record(self, event: IncidentEvent, role: ProcessRole, confinement: Confinement) -> None:
        self._recorder.record_event(
            event,
            process=role.value,
            level=confinement.level.value,
            least=self.least.value,
            missing=", ".join(gap.barrier.value for gap in confinement.gaps),
            granted=", ".join(confinement.granted),
        )


def measured(report: ProcessReport, probe: Probe, private: Sequence[Path]) -> ProcessReport:
    """Return a report with what the process just tried."""
    return replace(report, attempts=probe(private), measured_at=utc_now())


def worker_report(engine: Engine, name: str, *, note: Statement | None = None) -> ProcessReport:
    """Return what is known about a worker."""
    return ProcessReport(
        ProcessRole.WORKER,
        name,
        engine.process_id,
        engine.confinement,
        note=note,
        expected=NEEDED[ProcessRole.WORKER],
    )


def measure_a_fresh_worker(
    private: Sequence[Path],
    cancel: threading.Event,
    *,
    may_use_gpu: bool,
    start: EngineStarter = EngineClient.start,
) -> ProcessReport:
    """Start a worker without a model, let it try everything, and end it.

    Raises:
        EngineFault: It could not be started or did not answer.
        Cancelled: ``cancel`` was set.
    """
    with closing(start((), may_use_gpu=may_use_gpu)) as engine:
        engine.await_confinement(cancel)
        report = measured(
            worker_report(engine, "", note=Statement("process.started_for_test", case="worker")), engine.probe, private
        )
    if cancel.is_set():
        raise Cancelled
    return report
