# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""``strongroom incidents``: the log, read, verified and exported.

Listing and verifying open the log alone and write nothing to it, so they work beside a running window and on a log that
the app itself would refuse to go on with.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from strongroom.cli.conversations import write_new_file
from strongroom.cli.exits import ExitCode
from strongroom.cli.invocation import Invocation, guarded, invocation_of
from strongroom.cli.kept_logs import keys_of_log, verification_fields
from strongroom.cli.output import notice, say, say_json, say_table, write_exact
from strongroom.core.errors import UserFacingError
from strongroom.core.incident import IncidentEntry, IncidentEvent
from strongroom.words import say_statement

if TYPE_CHECKING:
    from strongroom.incidents import IncidentLog

app = typer.Typer(help="List, verify and export the incident log.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Category = Annotated[str | None, typer.Option("--category", help="Only this category.")]
Event = Annotated[IncidentEvent | None, typer.Option("--event", help="Only this kind of event.")]
Since = Annotated[str | None, typer.Option("--since", metavar="TIME", help="Only from this UTC time on (ISO 8601).")]
Until = Annotated[str | None, typer.Option("--until", metavar="TIME", help="Only before this UTC time.")]


class Form(StrEnum):
    """What an export looks like."""

    JSONL = "jsonl"
    CSV = "csv"


@app.command("list")
@guarded
def list_incidents(
    context: typer.Context,
    category: Category = None,
    event: Event = None,
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="At most so many, the newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List incidents, the newest first."""
    with _log_of(invocation_of(context)) as log:
        entries = log.entries(category=category, event=event, since=since, until=until, limit=limit)
    if as_json:
        say_json([_fields(entry) for entry in entries])
        return
    say_table(
        ("N", "TIME", "EVENT", "RULE", "CATEGORY", "DIRECTION", "DETAILS"),
        [
            (
                str(entry.sequence),
                entry.recorded_at,
                entry.record.event.value,
                entry.record.rule_id or "-",
                entry.record.category or "-",
                entry.record.direction or "-",
                _details(entry),
            )
            for entry in entries
        ],
    )


@app.command("verify")
@guarded
def verify(context: typer.Context, as_json: AsJson = False) -> None:
    """Check every record, the chain and its anchor. Exits with 4 and names what is wrong."""
    with _log_of(invocation_of(context)) as log:
        result = log.verify()
    if as_json:
        say_json({"intact": result.is_intact, **verification_fields(result)})
    elif result.is_intact:
        say(f"The incident log is intact: {result.entries} records, head {result.head}.", style="green")
    else:
        for problem in result.problems:
            where = "log" if problem.sequence is None else f"record {problem.sequence}"
            say(f"{where}: {problem.kind.value}: {say_statement(problem.found)}", style="red")
        notice(f"The incident log is not intact ({len(result.problems)} problems, {result.entries} records read).")
    if not result.is_intact:
        raise typer.Exit(ExitCode.NOT_VERIFIED)


@app.command("export")
@guarded
def export(
    context: typer.Context,
    form: Annotated[Form, typer.Option("--format", help="Lines of JSON, or CSV for a spreadsheet.")] = Form.JSONL,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="A new file; else standard output.")
    ] = None,
    category: Category = None,
    event: Event = None,
    since: Since = None,
    until: Until = None,
) -> None:
    """Export incidents. The export is an incident itself, recorded before the first line is written."""
    from strongroom.incidents import export as export_entries

    with invocation_of(context).workspace() as workspace:
        workspace.recorder.record_event(IncidentEvent.EXPORTED, format=form.value, to=str(output or "standard output"))
        entries = workspace.incidents.entries(
            category=category, event=event, since=since, until=until, limit=workspace.incidents.count()
        )
        stream = io.StringIO(newline="")
        export_entries(entries, stream, form.value)
    if output is None:
        write_exact(stream.getvalue())
        return
    write_new_file(output, stream.getvalue())
    notice(f"{len(entries)} records written to {output}.")


@contextmanager
def _log_of(invocation: Invocation) -> Iterator["IncidentLog"]:
    """Open the log alone.

    Raises:
        UserFacingError: There is none, or it cannot be opened.
    """
    # Imported here, as everywhere in this room: other commands must not wait for databases that they do not open.
    from strongroom.incidents import IncidentLog

    paths = invocation.paths
    missing = UserFacingError("incidents.none", folder=paths.root)
    keys = keys_of_log(invocation, paths.incidents, paths.incident_anchor, missing=missing)
    log = IncidentLog.open(paths.incidents, paths.incident_anchor, keys.incidents)
    try:
        yield log
    finally:
        log.close()


def _fields(entry: IncidentEntry) -> dict[str, Any]:
    return {"sequence": entry.sequence, "recorded_at": entry.recorded_at, **asdict(entry.record), "chain": entry.chain}


def _details(entry: IncidentEntry) -> str:
    return " ".join(f"{name}={value}" for name, value in sorted(entry.record.details.items())) or "-"
