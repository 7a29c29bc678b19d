# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""``strongroom false-alarms``: what users reported as wrong, for whoever writes the policy."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from strongroom.cli.conversations import write_new_file
from strongroom.cli.invocation import guarded, invocation_of
from strongroom.cli.output import json_text, notice, say, say_json, say_table, write_exact

if TYPE_CHECKING:
    from strongroom.core.false_alarm import FalseAlarm

app = typer.Typer(help="List, show, export and clear reports of false alarms.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
AsToml = Annotated[bool, typer.Option("--toml", help="Print entries of the allow-list, ready for a policy.")]
Number = Annotated[int, typer.Argument(metavar="N", min=1, help="As in strongroom false-alarms list.")]
OfRule = Annotated[str, typer.Option("--rule", metavar="ID", help="Only those about this rule.")]

_LONGEST_CELL = 60


@app.command("list")
@guarded
def list_reports(context: typer.Context, rule: OfRule = "", as_json: AsJson = False, as_toml: AsToml = False) -> None:
    """List the reports, the newest first."""
    from strongroom.workspace import allow_list_entries

    with invocation_of(context).workspace() as workspace:
        alarms = workspace.conversations.false_alarms.list(rule)
        entries = allow_list_entries(alarms, workspace.policy.current().policy)
    if as_toml:
        write_exact(entries)
    elif as_json:
        say_json([asdict(alarm) for alarm in alarms])
    else:
        say_table(
            ("N", "REPORTED", "RULE", "CATEGORY", "PASSAGE", "COMMENT"),
            [
                (
                    str(alarm.alarm_id), alarm.reported_at, alarm.rule_id, alarm.category,
                    _cell(alarm.passage), _cell(alarm.comment),
                )
                for alarm in alarms
            ],
        )  # fmt: skip


@app.command("show")
@guarded
def show(context: typer.Context, number: Number, as_json: AsJson = False, as_toml: AsToml = False) -> None:
    """Print everything that one report says."""
    from strongroom.workspace import allow_list_entries

    with invocation_of(context).workspace() as workspace:
        alarm = workspace.conversations.false_alarms.get(number)
        entries = allow_list_entries([alarm], workspace.policy.current().policy)
    if as_toml:
        write_exact(entries)
    elif as_json:
        say_json(asdict(alarm))
    else:
        for line in _lines(alarm):
            say(line)


@app.command("export")
@guarded
def export(
    context: typer.Context,
    rule: OfRule = "",
    as_toml: AsToml = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="A new file; else standard output.")
    ] = None,
) -> None:
    """Write the reports as lines of JSON, or as entries of the allow-list."""
    from strongroom.workspace import allow_list_entries

    with invocation_of(context).workspace() as workspace:
        alarms = workspace.conversations.false_alarms.list(rule)
        entries = allow_list_entries(alarms, workspace.policy.current().policy)
    text = entries if as_toml else "".join(json_text(asdict(alarm)) + "\n" for alarm in alarms)
    if output is None:
        write_exact(text)
        return
    write_new_file(output, text)
    notice(f"{len(alarms)} reports written to {output}.")


@app.command("clear")
@guarded
def clear(
    context: typer.Context,
    number: Annotated[
        int | None, typer.Argument(metavar="[N]", min=1, help="Only this one; all of them without it.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove one report, or all of them, for good."""
    with invocation_of(context).workspace() as workspace:
        alarms = workspace.conversations.false_alarms
        if number is not None:
            alarms.remove(number)
            notice(f"Report {number} is removed.")
            return
        count = len(alarms.list())
        if count and not yes and not typer.confirm(f"Remove all {count} reports?"):
            raise KeyboardInterrupt
        notice(f"{alarms.clear()} reports are removed.")


def _cell(text: str) -> str:
    line = " ".join(text.split())
    return (line if len(line) <= _LONGEST_CELL else f"{line[:_LONGEST_CELL]}…") or "-"


def _lines(alarm: "FalseAlarm") -> list[str]:
    facts = (
        ("reported", alarm.reported_at),
        ("rule", alarm.rule_id),
        ("category", alarm.category),
        ("action", f"{alarm.action.value}, {alarm.direction.value}"),
        ("confidence", f"{alarm.confidence:.0%}"),
        ("severity", alarm.severity.value),
        ("evidence", alarm.evidence.value),
        ("disguise", alarm.disguise.value),
        ("policy", f"{alarm.policy_name} {alarm.policy_version}, {alarm.policy_digest}"),
        ("passage", alarm.passage),
        ("comment", alarm.comment),
    )
    return [f"{name:<12}{value}" for name, value in facts if value]
