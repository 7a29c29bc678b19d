# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What one run of the program was told before its command: where the data is, which policy, how to ask."""

import functools
import getpass
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec

import typer

from strongroom.cli.exits import ExitCode, exit_code_for
from strongroom.cli.output import notice, show_error
from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.core.paths import DataPaths, default_root
from strongroom.words import say_statement

if TYPE_CHECKING:
    from strongroom.confinement.setup import ProcessSetup
    from strongroom.policy import Layer
    from strongroom.workspace import Workspace

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Doors:
    """What stands beside the terminal and is handed in from above: this room knows no window."""

    open_window: Callable[[DataPaths, Path | None], int] | None = None
    """Opens the window on a data folder and a policy file; returns the exit code."""
    check_window: Callable[[], str] | None = None
    """Loads the window's toolkit without a display and returns its version."""
    setup: "ProcessSetup | None" = None
    """How the app has set up its processes; None in a program that uses Strongroom by itself."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """The global options."""

    paths: DataPaths = field(default_factory=lambda: DataPaths(default_root()))
    policy_file: Path | None = None
    ask_passphrase: bool = False
    doors: Doors = field(default_factory=Doors)

    @property
    def policy_layers(self) -> "tuple[Layer, ...]":
        """Where the policy that applies here can come from, above the built-in one."""
        from strongroom.policy import user_layers  # here, so that no other command's start pays for it

        return user_layers(self.paths.policy, self.policy_file)

    @contextmanager
    def workspace(self) -> Iterator["Workspace"]:
        """Open the data folder; say so when nothing will be kept.

        Raises:
            UserFacingError: A key, database, log, setting or policy is not usable.
        """
        # Imported here: commands that need no database must not pay for loading one.
        from strongroom.workspace import Workspace

        with Workspace.open(
            self.paths,
            policy_file=self.policy_file,
            passphrase=self.passphrase,
            setup=self.doors.setup,
        ) as workspace:
            if not workspace.is_persistent:
                notice(say_statement(workspace.storage_note), style="yellow")
            yield workspace

    def passphrase(self, is_new: bool) -> str | None:
        """Ask for the passphrase of the databases; None when none is wanted or nobody can be asked.

        A new one is asked for (twice) only with ``--ask-passphrase``; an existing one whenever a terminal is there.

        Raises:
            UserFacingError: ``--ask-passphrase`` was given where nobody can be asked, or the two entries differ.
        """
        if is_new and not self.ask_passphrase:
            return None
        if not sys.stdin.isatty() and not self.ask_passphrase:
            return None
        return new_passphrase() if is_new else _hidden("Passphrase of the databases: ")


def invocation_of(context: typer.Context) -> Invocation:
    """Return the global options of this run."""
    found = context.find_root().obj
    return found if isinstance(found, Invocation) else Invocation()


def guarded(command: Callable[P, None]) -> Callable[P, None]:
    """Turn what may end a command into its exit code; a defect keeps its traceback.

    Errors become one line of JSON where the command was asked for JSON (its parameter ``as_json`` or ``jsonl``).
    """

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except UserFacingError as error:
            show_error(error, as_json=bool(kwargs.get("as_json") or kwargs.get("jsonl")))
            raise typer.Exit(exit_code_for(error)) from None
        except (Cancelled, KeyboardInterrupt):
            notice("Cancelled.")
            raise typer.Exit(ExitCode.CANCELLED) from None
        except BrokenPipeError:
            raise typer.Exit(ExitCode.READER_GONE) from None

    return run


def new_passphrase() -> str:
    """Ask for a new passphrase, twice.

    Raises:
        UserFacingError: Nobody can be asked, or the two entries differ.
    """
    first = _hidden("New passphrase for the databases: ")
    if _hidden("The same again: ") != first:
        raise UserFacingError("keys.passphrase_differs")
    return first


def secret_line(question: str) -> str:
    """Return a secret that is typed unseen on a terminal, or piped in as one line."""
    return _unseen(question) if sys.stdin.isatty() else sys.stdin.readline()


def _hidden(question: str) -> str:
    if not sys.stdin.isatty():
        raise UserFacingError("keys.no_terminal")
    return _unseen(question)


def _unseen(question: str) -> str:
    with warnings.catch_warnings():
        # Never read a secret that would be shown while it is typed.
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass(question)
        except (getpass.GetPassWarning, EOFError) as error:
            raise UserFacingError("keys.no_terminal", case="shows_it") from error
