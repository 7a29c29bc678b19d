# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""``strongroom self-test``: every part is tried once, for real, on a folder that is deleted afterwards.

It is what an administrator runs after an installation, and what a frozen bundle must pass on a machine without Python.
"""

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from strongroom.cli.exits import ExitCode
from strongroom.cli.invocation import Doors, guarded, invocation_of
from strongroom.cli.output import say, say_json
from strongroom.core.chat import Role
from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.core.events import PromptRefused
from strongroom.core.findings import Direction
from strongroom.core.generation import SamplingParameters
from strongroom.core.hub import SearchQuery
from strongroom.core.paths import DataPaths, resource_path
from strongroom.words import explain, say_statement

if TYPE_CHECKING:
    from strongroom.workspace import Workspace

SAMPLE = "Write to jane.doe@example.org or pay with 4111 1111 1111 1111."
"""A test address and the card number that payment systems reserve for tests."""

_NO_HUB = "http://127.0.0.1:9"
"""The port of an old service that no system runs any more."""

_ENVIRONMENT = {
    # The self-test must leave no key in the user's keyring, and must work where there is none.
    "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
}


class StepFailed(Exception):
    """A part works, but not as it should."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """One line of the report."""

    name: str
    ok: bool
    detail: str
    seconds: float


class Bench:
    """The parts under test. Each step returns what it found, or raises."""

    def __init__(self, folder: Path, doors: Doors, stack: ExitStack) -> None:
        self._paths = DataPaths(folder / "data")
        self._doors = doors
        self._stack = stack
        self._opened: Workspace | None = None

    @property
    def steps(self) -> tuple[tuple[str, Callable[[], str]], ...]:
        """Name and function of every step, in order; later ones use what earlier ones made."""
        return (
            ("shipped files", self.read_resources),
            ("encrypted database", self.keep_a_message),
            ("filter", self.filter_a_sample),
            ("incident log", self.record_an_incident),
            ("model verification", self.verify_the_model),
            ("model loading", self.load_the_model),
            ("answer", self.generate),
            ("hub helper", self.start_the_helper),
            ("isolation", self.measure_isolation),
            ("window toolkit", self.load_the_toolkit),
        )

    def read_resources(self) -> str:
        """Read every file that the app ships."""
        root = resource_path("policies/default.toml").parent.parent
        sizes = [len(path.read_bytes()) for path in sorted(root.rglob("*")) if path.is_file()]
        if not all(sizes):
            raise StepFailed(f"a file in {root} is empty")
        return f"{len(sizes)} files, {sum(sizes)} bytes"

    def keep_a_message(self) -> str:
        """Write a message, close, open again, read it; the file on disk must not show it."""
        with self._open() as workspace:
            conversation = workspace.conversations.create("self-test").conversation_id
            workspace.conversations.add_message(conversation, Role.USER, SAMPLE)
        raw = b"".join(path.read_bytes() for path in self._paths.root.iterdir() if path.is_file())
        if SAMPLE.encode() in raw or b"SQLite format 3" in raw:
            raise StepFailed("the database is not encrypted")
        workspace = self._opened = self._stack.enter_context(self._open())
        kept = workspace.conversations.messages(conversation)
        if [message.text for message in kept] != [SAMPLE]:
            raise StepFailed("the message did not come back")
        return "written, closed, read again; unreadable without its key"

    def filter_a_sample(self) -> str:
        """Filter a text with a test address and a test card number by the built-in policy."""
        filtered = self._workspace().filters.filter_text(SAMPLE, Direction.ANSWER)
        for secret in ("jane.doe@example.org", "4111 1111 1111 1111"):
            if secret in filtered.text:
                raise StepFailed(f"{secret} was let through")
        return f"{len(filtered.findings)} findings, {filtered.text!r}"

    def record_an_incident(self) -> str:
        """Write incidents and verify the log."""
        workspace = self._workspace()
        before = workspace.incidents.count()
        workspace.recorder.record_findings(workspace.filters.filter_text(SAMPLE, Direction.ANSWER).findings, SAMPLE)
        result = workspace.incidents.verify()
        if not result.is_intact:
            raise StepFailed(say_statement(result.problems[0].found))
        if result.entries <= before:
            raise StepFailed("the incident is not in the log")
        return f"{result.entries} records, intact"

    def verify_the_model(self) -> str:
        """Hash the starter model."""
        workspace = self._workspace()
        result = workspace.shelf.verify(
            workspace.shelf.entries()[0].model_id, on_event=_unseen, cancel=threading.Event()
        )
        lease = "leased" if result.is_leased else f"no lease: {say_statement(result.lease_note)}"
        return f"sha256 {result.digest}, {lease}"

    def load_the_model(self) -> str:
        """Load the starter model into a worker."""
        loaded = self._workspace().models.load(on_event=_unseen, cancel=threading.Event())
        return f"{loaded.name} on {loaded.device} ({say_statement(loaded.device_reason)})"

    def generate(self) -> str:
        """Generate a few tokens."""
        sampling = SamplingParameters(temperature=0.0, seed=1, max_tokens=12)
        finished = (
            self._workspace().session().send("What is the capital of France?", on_event=_unseen, sampling=sampling)
        )
        if isinstance(finished, PromptRefused):
            raise StepFailed("the policy refused the sample prompt")
        if finished.error is not None:
            raise finished.error
        if not finished.message.text.strip() or finished.numbers is None:
            raise StepFailed("the answer is empty")
        return f"{finished.message.text!r}, {finished.numbers.tokens_per_second:.0f} tokens/s"

    def start_the_helper(self) -> str:
        """Let the hub helper ask a hub that is not there, on this machine: nothing leaves it."""
        from strongroom.hub import FaultKind, Hub, HubFault, HubOptions, Patience

        options = HubOptions(endpoint=_NO_HUB, patience=Patience(first_wait_s=0.01))
        setup = self._doors.setup
        hub = Hub(self._paths, options, spawner=setup.helper_spawner() if setup else None)
        try:
            hub.search(SearchQuery("self-test"), cancel=threading.Event())
        except HubFault as fault:
            if fault.kind is not FaultKind.UNREACHABLE:
                raise
            return f"{hub.requests} requests to {_NO_HUB}, where nobody listens; refused as expected"
        finally:
            hub.close()
        raise StepFailed(f"something answers as a hub at {_NO_HUB}")

    def measure_isolation(self) -> str:
        """Let each process try what it should not be able to do."""
        reports = self._workspace().processes.measure(cancel=threading.Event())
        for report in reports:
            if report.surprises:
                names = ", ".join(one.name for one in report.surprises)
                raise StepFailed(f"{report.role.value}: {names}")
        tried = sum(len(report.attempts) for report in reports)
        levels = ", ".join(f"{one.role.value} {one.confinement.level.value}" for one in reports if one.process_id)
        return f"{levels}; {tried} attempts, nothing possible that should not be"

    def load_the_toolkit(self) -> str:
        """Load the window's toolkit without a display."""
        if self._doors.check_window is None:
            return "not part of this installation"
        return self._doors.check_window()

    def _open(self) -> "Workspace":
        from strongroom.workspace import Workspace

        workspace = Workspace.open(self._paths, setup=self._doors.setup)
        if not workspace.is_persistent:
            workspace.close()
            raise StepFailed(say_statement(workspace.storage_note))
        return workspace

    def _workspace(self) -> "Workspace":
        if self._opened is None:
            raise StepFailed("not tried: the databases could not be opened")
        return self._opened


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("self-test")(guarded(self_test))


def self_test(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Try every part on a folder of its own. Exits with 1 when one failed."""
    results: list[StepResult] = []
    with (
        tempfile.TemporaryDirectory(prefix="strongroom-self-test-") as folder,
        _environment(STRONGROOM_KEY_FILE=str(Path(folder) / "key"), **_ENVIRONMENT),
        ExitStack() as stack,
    ):
        for name, step in Bench(Path(folder), invocation_of(context).doors, stack).steps:
            result = _run(name, step)
            results.append(result)
            if not as_json:
                mark = "OK    " if result.ok else "FAILED"
                say(f"{mark} {result.seconds:6.2f} s  {name}: {result.detail}", style="" if result.ok else "bold red")
    failed = sum(not result.ok for result in results)
    if as_json:
        say_json({"ok": not failed, "steps": [asdict(result) for result in results]})
    elif failed:
        say(f"{failed} of {len(results)} steps failed.", style="bold red")
    else:
        say(f"All {len(results)} steps are OK.", style="green")
    if failed:
        raise typer.Exit(ExitCode.FAILURE)


def _run(name: str, step: Callable[[], str]) -> StepResult:
    began = time.monotonic()
    try:
        detail, ok = step(), True
    except Cancelled:
        raise
    except UserFacingError as error:
        detail, ok = explain(error).line_with_next_step, False
    except Exception as error:  # noqa: BLE001 - whatever is broken here is what the command exists to report
        detail, ok = f"{type(error).__name__}: {error}", False
    return StepResult(name, ok, detail, round(time.monotonic() - began, 3))


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    former = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in former.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _unseen(_event: object) -> None:
    """Take an event that the self-test does not show."""
