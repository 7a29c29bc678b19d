# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What holds a process back, what it tried, and what left the machine, in the user's words."""

from collections.abc import Sequence

from strongroom.core.egress import EgressEntry, Purpose
from strongroom.core.isolation import (
    Attempt,
    Barrier,
    Capability,
    Confinement,
    Gap,
    IsolationLevel,
    Outcome,
    ProcessReport,
    ProcessRole,
)
from strongroom.gui.widgets import wording
from strongroom.words import say_statement, translate, translate_marked

_NOTHING = "–"
_OWN_FILE = "read_"


def level(value: IsolationLevel, role: ProcessRole = ProcessRole.WORKER) -> str:
    """Return how far a process is isolated. One that must be able to do most things is not called fully isolated."""
    if value is IsolationLevel.FULL and role in (ProcessRole.MAIN, ProcessRole.LAUNCHER):
        return translate("SecurityWording", "Isolated as intended")
    words = {
        IsolationLevel.FULL: translate("SecurityWording", "Fully isolated"),
        IsolationLevel.REDUCED: translate("SecurityWording", "Reduced isolation"),
        IsolationLevel.NONE: translate("SecurityWording", "Not isolated"),
    }
    return words[value]


def isolation(value: IsolationLevel) -> str:
    """Return how far the processes are isolated, in the middle of a line."""
    words = {
        IsolationLevel.FULL: translate("SecurityWording", "isolated"),
        IsolationLevel.REDUCED: translate("SecurityWording", "partly isolated"),
        IsolationLevel.NONE: translate("SecurityWording", "not isolated"),
    }
    return words[value]


def process(report: ProcessReport) -> str:
    """Return a process's name."""
    names = {
        ProcessRole.MAIN: translate("SecurityWording", "This window"),
        ProcessRole.WORKER: translate("SecurityWording", "Model process"),
        ProcessRole.HELPER: translate("SecurityWording", "Download helper"),
        ProcessRole.LAUNCHER: translate("SecurityWording", "Launcher"),
    }
    if report.role is ProcessRole.WORKER and report.name:
        return translate("SecurityWording", "Model {name}").format(name=" ".join(report.name.split()))
    return names[report.role]


def duty(role: ProcessRole) -> str:
    """Return what a process is for."""
    sentences = {
        ProcessRole.MAIN: translate(
            "SecurityWording",
            "Keeps the conversations, the keys and the log, and filters every text. Needs no network.",
        ),
        ProcessRole.WORKER: translate(
            "SecurityWording", "Reads the model's file and answers. It needs nothing but the file it was handed."
        ),
        ProcessRole.HELPER: translate(
            "SecurityWording",
            "Searches and downloads, and is the only one with a network. Knows no conversation, no key and no log.",
        ),
        ProcessRole.LAUNCHER: translate(
            "SecurityWording", "Starts the download helper, which this window cannot do any more. Does nothing else."
        ),
    }
    return sentences[role]


def process_number(report: ProcessReport) -> str:
    """Return a process's number, or that there is no such process now."""
    if report.process_id is None:
        return translate("SecurityWording", "Not running")
    # A number that is typed into other programs: no separators.
    return translate("SecurityWording", "Process {number}").format(number=report.process_id)


def barrier(value: Barrier, landlock_abi: int = 0) -> str:
    """Return what holds a process back, in a word or two."""
    words = {
        Barrier.NO_NEW_PRIVILEGES: translate("SecurityWording", "no new privileges"),
        Barrier.SYSTEM_CALLS: translate("SecurityWording", "system call filter (seccomp)"),
        Barrier.FILE_RULES: translate("SecurityWording", "file rules (Landlock)"),
        Barrier.LIMITS: translate("SecurityWording", "resource limits"),
        Barrier.PARENT_DEATH: translate("SecurityWording", "ends with the app"),
        Barrier.APP_CONTAINER: translate("SecurityWording", "AppContainer"),
        Barrier.JOB: translate("SecurityWording", "job object"),
        Barrier.SANDBOX_PROFILE: translate("SecurityWording", "sandbox profile"),
    }
    if value is Barrier.FILE_RULES and landlock_abi:
        return translate("SecurityWording", "file rules (Landlock {version})").format(version=landlock_abi)
    return words[value]


def barriers(confinement: Confinement) -> str:
    """Return everything that holds a process back, as one line."""
    if not confinement.barriers:
        return translate("SecurityWording", "Nothing holds it back.")
    listed = ", ".join(barrier(one, confinement.landlock_abi) for one in confinement.barriers)
    return translate("SecurityWording", "Held back by: {barriers}").format(barriers=listed)


def gap(value: Gap) -> str:
    """Return what should hold a process back and does not, and why."""
    return translate("SecurityWording", "Missing: {barrier}. {reason}").format(
        barrier=barrier(value.barrier), reason=_sentence(translate_marked(value.reason))
    )


def granted(devices: Sequence[str]) -> str:
    """Return which devices a process may use all the same."""
    return translate("SecurityWording", "Devices that it may use: {devices}").format(devices=", ".join(devices))


def shortcoming(report: ProcessReport) -> str:
    """Return in what a process is less isolated than it should be."""
    confinement = report.confinement
    said = [gap(one) for one in confinement.gaps]
    if confinement.granted:
        said.append(granted(confinement.granted))
    if not said:
        said.append(barriers(confinement))
    return translate("SecurityWording", "{process}: {shortcomings}").format(
        process=process(report), shortcomings=" ".join(said)
    )


def note(report: ProcessReport) -> str:
    """Return why there is no such process, or that it was started for a test."""
    return say_statement(report.note)


def capability(value: Capability) -> str:
    """Return what a process tried."""
    words = {
        Capability.INTERNET: translate("SecurityWording", "Open a connection to the internet"),
        Capability.OTHER_SOCKETS: translate("SecurityWording", "Open any other connection"),
        Capability.READ_FILES: translate("SecurityWording", "Read files"),
        Capability.WRITE_FILES: translate("SecurityWording", "Write files"),
        Capability.RUN_PROGRAMS: translate("SecurityWording", "Run a program"),
        Capability.START_PROCESSES: translate("SecurityWording", "Start a process"),
        Capability.REACH_PROCESSES: translate("SecurityWording", "Reach into another process"),
        Capability.KERNEL: translate("SecurityWording", "Get around these rules"),
    }
    return words[value]


def attempt(name: str) -> str:
    """Return what exactly was tried; a name without words of its own shows itself."""
    words = {
        "socket_inet": translate("SecurityWording", "Socket for IPv4"),
        "socket_inet_udp": translate("SecurityWording", "Socket for IPv4 (UDP)"),
        "socket_inet_raw": translate("SecurityWording", "Socket for IPv4 (raw)"),
        "socket_inet6_udp": translate("SecurityWording", "Socket for IPv6 (UDP)"),
        "socket_inet6": translate("SecurityWording", "Socket for IPv6"),
        "socket_packet": translate("SecurityWording", "Socket for raw packets"),
        "socket_netlink": translate("SecurityWording", "Socket to the kernel (netlink)"),
        "socket_unix": translate("SecurityWording", "Socket on this computer (Unix)"),
        "socket_vsock": translate("SecurityWording", "Socket to virtual machines (vsock)"),
        "socket_alg": translate("SecurityWording", "Socket to the kernel's ciphers"),
        "socketpair": translate("SecurityWording", "Pair of sockets"),
        "listen": translate("SecurityWording", "Wait for connections"),
        "read_file": translate("SecurityWording", "Read a file"),
        "list_folder": translate("SecurityWording", "List a folder"),
        "read_parent_environment": translate("SecurityWording", "Read the app's environment"),
        "read_parent_memory": translate("SecurityWording", "Read the app's memory"),
        "read_own_environment": translate("SecurityWording", "Read its own environment as a file"),
        "read_parent_memory_file": translate("SecurityWording", "Read the app's memory as a file"),
        "list_own_descriptors": translate("SecurityWording", "List its own open files"),
        "write_file": translate("SecurityWording", "Write to a file"),
        "make_file": translate("SecurityWording", "Make a file"),
        "make_shared_file": translate("SecurityWording", "Make a file in shared memory"),
        "memory_file": translate("SecurityWording", "Make a file in memory"),
        "change_permissions": translate("SecurityWording", "Change who may read a file"),
        "watch_folder": translate("SecurityWording", "Watch a folder"),
        "run_program": translate("SecurityWording", "Run a program"),
        "start_process": translate("SecurityWording", "Start a process"),
        "trace_parent": translate("SecurityWording", "Trace the app"),
        "signal_parent": translate("SecurityWording", "Send the app a signal"),
        "queue_signal": translate("SecurityWording", "Send the app a signal with a message"),
        "attach_shared_memory": translate("SecurityWording", "Share memory with another process"),
        "watch_parent": translate("SecurityWording", "Take hold of the app (pidfd)"),
        "take_descriptor": translate("SecurityWording", "Take an open file of another process"),
        "io_uring": translate("SecurityWording", "Queue of system calls (io_uring)"),
        "bpf": translate("SecurityWording", "Program for the kernel (bpf)"),
        "userfaultfd": translate("SecurityWording", "Page faults (userfaultfd)"),
        "new_namespace": translate("SecurityWording", "New namespace"),
        "process_in_new_namespace": translate("SecurityWording", "Process in a new namespace"),
        "type_into_terminal": translate("SecurityWording", "Type into the terminal"),
        "join_namespace": translate("SecurityWording", "Another process's namespace"),
        "mount": translate("SecurityWording", "Mount a file system"),
        "kernel_keys": translate("SecurityWording", "Keys of the kernel"),
        "perf_events": translate("SecurityWording", "Performance events"),
    }
    if name.startswith(_OWN_FILE) and "." in name:
        # One of the app's own files, under its own name.
        return translate("SecurityWording", "Read {file}").format(file=name.removeprefix(_OWN_FILE))
    return words.get(name) or name.replace("_", " ").capitalize()


def outcome(value: Outcome, *, is_expected: bool) -> str:
    """Return what became of an attempt; ``is_expected``: the process needs to be able to do it."""
    if value is Outcome.ALLOWED:
        if is_expected:
            return translate("SecurityWording", "Possible, needed for its work")
        return translate("SecurityWording", "POSSIBLE, should be denied")
    if value is Outcome.ABSENT:
        return translate("SecurityWording", "Not in this kernel")
    return translate("SecurityWording", "Denied")


def brief_outcome(value: Outcome, *, is_expected: bool) -> str:
    """Return the same in a word, where there is room for no more."""
    if value is Outcome.ALLOWED:
        return translate("SecurityWording", "Needed") if is_expected else translate("SecurityWording", "POSSIBLE")
    return translate("SecurityWording", "Absent") if value is Outcome.ABSENT else outcome(value, is_expected=False)


def ways(attempts: Sequence[Attempt]) -> str:
    """Return in how many ways something was tried."""
    if len(attempts) == 1:
        return translate("SecurityWording", "1 way")
    return translate("SecurityWording", "{count} ways").format(count=wording.number(len(attempts)))


def summary(reports: Sequence[ProcessReport]) -> str:
    """Return what a measurement came to, in one sentence."""
    measured = [report for report in reports if report.attempts]
    attempts = [(report, one) for report in measured for one in report.attempts]
    surprises = [(report, one) for report in measured for one in report.surprises]
    counted = translate("SecurityWording", "{attempts} in {processes}").format(
        attempts=_attempts(len(attempts)), processes=_processes(len(measured))
    )
    if not attempts:
        return translate("SecurityWording", "Nothing could be tried on this system.")
    if surprises:
        listed = ", ".join(f"{attempt(one.name)} ({process(report)})" for report, one in surprises)
        said = translate("SecurityWording", "{counted}: {count} possible that should be denied: {listed}.")
        return said.format(counted=counted, count=wording.number(len(surprises)), listed=listed)
    needed = sum(one.outcome is Outcome.ALLOWED for _, one in attempts)
    if needed:
        said = translate(
            "SecurityWording",
            "{counted}: {count} possible because the work needs them, all others denied as they should be.",
        )
        return said.format(counted=counted, count=wording.number(needed))
    return translate("SecurityWording", "{counted}, all denied as they should be.").format(counted=counted)


def purpose(value: Purpose) -> str:
    """Return why a request was made."""
    words = {
        Purpose.SEARCH: translate("SecurityWording", "Search"),
        Purpose.REPOSITORY: translate("SecurityWording", "Look at a model"),
        Purpose.HEADER: translate("SecurityWording", "What a file needs"),
        Purpose.DOWNLOAD: translate("SecurityWording", "Download"),
    }
    return words[value]


def purpose_sentence(value: Purpose) -> str:
    """Return why a request was made, in a sentence."""
    sentences = {
        Purpose.SEARCH: translate("SecurityWording", "You searched for models."),
        Purpose.REPOSITORY: translate("SecurityWording", "You looked at a model, or checked one against the hub."),
        Purpose.HEADER: translate(
            "SecurityWording", "The beginning of a model's file was read, to say what it needs before it is downloaded."
        ),
        Purpose.DOWNLOAD: translate("SecurityWording", "You downloaded a model."),
    }
    return sentences[value]


def status(entry: EgressEntry) -> str:
    """Return how a request ended."""
    if entry.status is None:
        return translate("SecurityWording", "Not ended")
    return str(entry.status) if entry.status else translate("SecurityWording", "No answer")


def received(entry: EgressEntry) -> str:
    """Return how much came back."""
    return _NOTHING if entry.received is None else wording.size(entry.received)


def kept(total: int) -> str:
    """Return how many requests the ledger holds."""
    return translate("SecurityWording", "{count} kept").format(count=wording.number(total))


def _attempts(count: int) -> str:
    if count == 1:
        return translate("SecurityWording", "1 attempt")
    return translate("SecurityWording", "{count} attempts").format(count=wording.number(count))


def _processes(count: int) -> str:
    if count == 1:
        return translate("SecurityWording", "1 process")
    return translate("SecurityWording", "{count} processes").format(count=wording.number(count))


def _sentence(text: str) -> str:
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
