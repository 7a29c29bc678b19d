# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Processes made by hand, a source of them that says what it was asked, and requests for a ledger."""

import threading
from dataclasses import replace

from strongroom.core.clock import utc_now
from strongroom.core.egress import EgressRequest, Purpose
from strongroom.core.isolation import (
    Attempt,
    Barrier,
    Capability,
    Confinement,
    Gap,
    Outcome,
    ProcessReport,
    ProcessRole,
)
from strongroom.core.statement import Statement

TRIES = (
    ("socket_inet", Capability.INTERNET, "EPERM"),
    ("socket_inet6", Capability.INTERNET, "EPERM"),
    ("listen", Capability.INTERNET, "EPERM"),
    ("socket_packet", Capability.OTHER_SOCKETS, "EPERM"),
    ("socket_unix", Capability.OTHER_SOCKETS, "EPERM"),
    ("socket_alg", Capability.OTHER_SOCKETS, "EPERM"),
    ("read_file", Capability.READ_FILES, "EACCES"),
    ("list_folder", Capability.READ_FILES, "EACCES"),
    ("write_file", Capability.WRITE_FILES, "EACCES"),
    ("make_file", Capability.WRITE_FILES, "EACCES"),
    ("run_program", Capability.RUN_PROGRAMS, "EACCES"),
    ("start_process", Capability.START_PROCESSES, "EPERM"),
    ("trace_parent", Capability.REACH_PROCESSES, "EPERM"),
    ("signal_parent", Capability.REACH_PROCESSES, "EPERM"),
    ("io_uring", Capability.KERNEL, "EPERM"),
    ("userfaultfd", Capability.KERNEL, "EPERM"),
)
WALLS = (
    Barrier.NO_NEW_PRIVILEGES,
    Barrier.SYSTEM_CALLS,
    Barrier.FILE_RULES,
    Barrier.LIMITS,
    Barrier.PARENT_DEATH,
)
FULL = Confinement(WALLS, landlock_abi=5)
NO_LANDLOCK = Confinement(
    tuple(one for one in WALLS if one is not Barrier.FILE_RULES),
    gaps=(Gap(Barrier.FILE_RULES, "this kernel has no Landlock"),),
    granted=("/dev/nvidiactl", "/dev/nvidia0", "/dev/nvidia-uvm"),
)
MAIN_NEEDS = (
    Capability.OTHER_SOCKETS,
    Capability.READ_FILES,
    Capability.WRITE_FILES,
    Capability.RUN_PROGRAMS,
    Capability.START_PROCESSES,
)
HELPER_NEEDS = (Capability.INTERNET,)


def tried(needs=(), *, absent=(), possible=()):
    """Return attempts of which those that are needed, and those of ``possible``, succeed."""
    return tuple(
        Attempt(name, capability, Outcome.ALLOWED)
        if capability in needs or name in possible
        else Attempt(name, capability, Outcome.ABSENT if name in absent else Outcome.DENIED, error)
        for name, capability, error in TRIES
    )


def main(confinement=FULL, number=4711, needs=MAIN_NEEDS):
    return ProcessReport(ProcessRole.MAIN, "", number, confinement, expected=needs)


def worker(confinement=FULL, number=4720, name="Small-Q4_0"):
    return ProcessReport(ProcessRole.WORKER, name, number, confinement)


def helper(confinement=FULL, number=4730):
    return ProcessReport(ProcessRole.HELPER, "", number, confinement, expected=HELPER_NEEDS)


def idle_helper():
    return ProcessReport(
        ProcessRole.HELPER,
        "",
        None,
        Confinement(),
        note=Statement("process.no_helper"),
        expected=HELPER_NEEDS,
    )


def launcher(number=4712):
    return ProcessReport(ProcessRole.LAUNCHER, "", number, FULL)


def measured(report, **how):
    return replace(report, attempts=tried(report.expected, **how), measured_at=utc_now())


def begin(ledger, why=Purpose.SEARCH, *, host="huggingface.co", path="/api/models"):
    """Record a request that has not ended; return its number."""
    return ledger.begun(EgressRequest("GET", host, path, why))


def request(ledger, why=Purpose.SEARCH, *, status=200, received=18_432, **where):
    """Record a request that has ended; return its number."""
    number = begin(ledger, why, **where)
    ledger.made(number, status=status, received=received)
    return number


class Processes:
    """Reports what it is given. A measurement waits for :attr:`go`, and ends early when it is cancelled."""

    def __init__(self, *reports, outcome=()):
        self.reports = reports
        self.outcome = outcome or tuple(measured(report) for report in reports if report.process_id)
        self.error = None
        self.measurements = 0
        self.go = threading.Event()
        self.go.set()

    def known(self):
        return self.reports

    def measure(self, *, cancel):
        self.measurements += 1
        while not self.go.wait(0.01):
            if cancel.is_set():
                break
        if self.error is not None:
            raise self.error
        return self.outcome
