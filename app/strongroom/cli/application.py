# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The command line as a whole: global options, the families of commands, and what happens without a command."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from strongroom import __version__
from strongroom.cli import (
    asking,
    chatting,
    conversations,
    doctor,
    egress,
    false_alarms,
    filtering,
    incidents,
    jobs,
    models,
    policy,
    selftest,
)
from strongroom.cli.display import why_no_window
from strongroom.cli.exits import ExitCode
from strongroom.cli.invocation import Doors, Invocation, guarded
from strongroom.cli.output import notice
from strongroom.core.paths import DataPaths, default_root
from strongroom.words import install_language

if TYPE_CHECKING:
    from strongroom.confinement.setup import ProcessSetup

EXIT_CODES = (
    "Exit codes: 0 done; 1 failed (standard error says why); 2 usage; 3 refused or blocked by the policy; "
    "4 a model file, the incident log or the egress ledger did not verify; 130 cancelled; "
    "141 the reader of the output went away."
)

app = typer.Typer(
    name="strongroom",
    help="Open-weight language models, used safely on one's own machine. Without a command: the window.",
    epilog=EXIT_CODES,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for family in (asking, chatting, filtering, doctor, selftest):
    family.register(app)
app.add_typer(models.app, name="models", epilog=EXIT_CODES)
app.add_typer(policy.app, name="policy", epilog=EXIT_CODES)
app.add_typer(incidents.app, name="incidents", epilog=EXIT_CODES)
app.add_typer(egress.app, name="egress", epilog=EXIT_CODES)
app.add_typer(false_alarms.app, name="false-alarms", epilog=EXIT_CODES)
app.add_typer(jobs.app, name="jobs", epilog=EXIT_CODES)
app.add_typer(conversations.app, name="conversations", epilog=EXIT_CODES)

_WITH_VALUE = ("--data-dir", "--policy")
_FLAGS = ("--ask-passphrase",)


def main(
    arguments: Sequence[str] | None = None,
    *,
    open_window: Callable[[DataPaths, Path | None], int] | None = None,
    check_window: Callable[[], str] | None = None,
    setup: "ProcessSetup | None" = None,
) -> int:
    """Run one command line and return its exit code.

    Args:
        arguments: Without the program's name; those of the process when None.
        open_window: Opens the window; without it, ``strongroom`` alone opens the terminal chat.
        check_window: Loads the window's toolkit for ``self-test``.
        setup: How the app has set up its processes; None in a program that uses Strongroom by itself.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that cannot show a character gets an escape for it, not a traceback.
            stream.reconfigure(errors="backslashreplace")
    try:
        doors = Doors(open_window, check_window, setup)
        app(args=with_global_options_first(given), prog_name="strongroom", obj=doors)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BrokenPipeError:
        code = ExitCode.READER_GONE
    else:
        code = ExitCode.OK
    return _flushed(code)


def with_global_options_first(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with the global options in front, so that they may be given after the command as well.

    What follows ``--`` is left alone.
    """
    end = list(arguments).index("--") if "--" in arguments else len(arguments)
    front: list[str] = []
    rest: list[str] = []
    position = 0
    while position < end:
        argument = arguments[position]
        if argument in _WITH_VALUE and position + 1 < end:
            front += arguments[position : position + 2]
            position += 2
            continue
        is_global = argument in _FLAGS or argument.startswith(tuple(f"{name}=" for name in _WITH_VALUE))
        (front if is_global else rest).append(argument)
        position += 1
    return [*front, *rest, *arguments[end:]]


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"strongroom {__version__}\n")
        raise typer.Exit


@app.callback(invoke_without_command=True)
@guarded
def _global_options(
    context: typer.Context,
    data_dir: Annotated[
        Path | None,
        typer.Option("--data-dir", metavar="FOLDER", help="Where everything is kept; else STRONGROOM_HOME says it."),
    ] = None,
    policy_file: Annotated[
        Path | None, typer.Option("--policy", metavar="FILE", help="Use this policy instead of the one in force.")
    ] = None,
    ask_passphrase: Annotated[
        bool, typer.Option("--ask-passphrase", help="Lock new databases with a passphrase, asked for now.")
    ] = False,
    _wants_version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Open-weight language models, used safely on one's own machine. Without a command: the window."""
    install_language()
    doors = context.obj if isinstance(context.obj, Doors) else Doors()
    root = data_dir.expanduser().absolute() if data_dir is not None else default_root()
    invocation = Invocation(DataPaths(root), policy_file, ask_passphrase, doors)
    context.obj = invocation
    if context.invoked_subcommand is None:
        raise typer.Exit(_open_window(invocation))


def _open_window(invocation: Invocation) -> int:
    """Open the window, or say why there is none and chat in the terminal."""
    reason = why_no_window()
    if invocation.doors.open_window is not None and not reason:
        return invocation.doors.open_window(invocation.paths, invocation.policy_file)
    notice(f"No window here: {reason or 'it is not part of this installation.'} Chatting in the terminal instead.")
    chatting.chat_in_terminal(invocation)
    return ExitCode.OK


def _flushed(code: int) -> int:
    """Return ``code`` after the last output was handed over, or the code that says nobody was there to take it."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more when it ends, and would complain; let it flush into nothing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.READER_GONE
    return int(code)
