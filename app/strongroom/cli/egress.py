# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""``strongroom egress``: what left the machine, read, verified and exported.

Listing and verifying open the ledger alone and write nothing to it, so they work beside a running window and on a
ledger that the app itself would refuse to go on with.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from strongroom.cli.conversations import write_new_file
from strongroom.cli.exits import ExitCode
from strongroom.cli.incidents import Form
from strongroom.cli.invocation import Invocation, guarded, invocation_of
from strongroom.cli.kept_logs import keys_of_log, verification_fields
from strongroom.cli.output import notice, say, say_json, say_table, size_text, write_exact
from strongroom.core.egress import EgressEntry
from strongroom.core.errors import UserFacingError
from strongroom.words import say_statement

if TYPE_CHECKING:
    from strongroom.incidents import EgressLedger

app = typer.Typer(help="List, verify and export what was asked of a hub.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
@guarded
def list_requests(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="At most so many, the newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List the HTTP requests that the hub helper made, the newest first."""
    with _ledger_of(invocation_of(context)) as ledger:
        entries = ledger.entries(limit=limit)
    if as_json:
        say_json([asdict(entry) for entry in entries])
        return
    say_table(
        ("N", "TIME", "WHY", "STATUS", "RECEIVED", "REQUEST"),
        [
            (
                str(entry.sequence),
                entry.began_at,
                entry.why.value,
                _status(entry),
                "-" if entry.received is None else size_text(entry.received),
                f"{entry.method} {entry.host}{entry.path}",
            )
            for entry in entries
        ],
    )


@app.command("verify")
@guarded
def verify(context: typer.Context, as_json: AsJson = False) -> None:
    """Check every record, the chain and its anchor. Exits with 4 and names what is wrong."""
    with _ledger_of(invocation_of(context)) as ledger:
        result = ledger.verify()
        requests = ledger.count_requests()
    if as_json:
        say_json({"intact": result.is_intact, "requests": requests, **verification_fields(result)})
    elif result.is_intact:
        say(
            f"The egress ledger is intact: {requests} requests, {result.entries} records, head {result.head or '-'}.",
            style="green",
        )
    else:
        for problem in result.problems:
            where = "ledger" if problem.sequence is None else f"record {problem.sequence}"
            say(f"{where}: {problem.kind.value}: {say_statement(problem.found)}", style="red")
        notice(f"The egress ledger is not intact ({len(result.problems)} problems, {result.entries} records read).")
    if not result.is_intact:
        raise typer.Exit(ExitCode.NOT_VERIFIED)


@app.command("export")
@guarded
def export(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="A new file; else standard output.")] = None,
    form: Annotated[
        Form, typer.Option("--format", help="Every record as a line of JSON, or CSV with a row for each request.")
    ] = Form.JSONL,
) -> None:
    """Export the whole ledger. The export is an incident, recorded before the first line is written."""
    with invocation_of(context).workspace() as workspace:
        stream = io.StringIO(newline="")
        count = workspace.egress.export(stream, form.value, to=str(file or "standard output"))
    if file is None:
        write_exact(stream.getvalue())
        return
    write_new_file(file, stream.getvalue())
    notice(f"{count} {'requests' if form is Form.CSV else 'records'} written to {file}.")


@contextmanager
def _ledger_of(invocation: Invocation) -> Iterator["EgressLedger"]:
    """Open the ledger alone.

    Raises:
        UserFacingError: There is none, or it cannot be opened.
    """
    # Imported here, as everywhere in this room: other commands must not wait for databases that they do not open.
    from strongroom.incidents import EgressLedger

    paths = invocation.paths
    missing = UserFacingError("egress.none", folder=paths.root)
    keys = keys_of_log(invocation, paths.egress, paths.egress_anchor, missing=missing)
    ledger = EgressLedger.open(paths, keys.incidents)
    try:
        yield ledger
    finally:
        ledger.close()


def _status(entry: EgressEntry) -> str:
    if entry.status is None:
        return "not ended"
    return str(entry.status) if entry.status else "no answer"
