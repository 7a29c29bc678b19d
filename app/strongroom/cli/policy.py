# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""``strongroom policy``: check a policy before it is rolled out, show the one in force, print its schema."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from strongroom.cli.invocation import guarded, invocation_of
from strongroom.cli.output import notice, say, say_json, write_exact

app = typer.Typer(help="Check, show and describe policies.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("check")
@guarded
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A policy.toml.")],
    as_json: AsJson = False,
) -> None:
    """Say whether a policy file is valid; every problem comes with its line and column."""
    from strongroom.chat import open_filter

    identity = open_filter(file).identity
    if as_json:
        say_json({"valid": True, **asdict(identity)})
    else:
        say(f"{file} is valid: {identity.name} {identity.version}, {identity.digest}", style="green")


@app.command("show")
@guarded
def show(context: typer.Context, as_json: AsJson = False) -> None:
    """Print the policy in force: its source text, and where it came from."""
    from strongroom.chat import open_filter

    policy = open_filter(invocation_of(context).policy_in_force).policy
    identity = policy.identity
    if as_json:
        say_json({**asdict(identity), "text": policy.source_text})
        return
    notice(f"{identity.name} {identity.version} from {identity.source}, {identity.digest}")
    write_exact(policy.source_text)


@app.command("schema")
@guarded
def schema() -> None:
    """Print the JSON Schema of policy files, for editors and checks."""
    from strongroom.policy import policy_schema

    say_json(policy_schema())
