# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""``strongroom policy``: check a policy before it is rolled out, try it, show the one in force, print its schema."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from strongroom.cli.invocation import guarded, invocation_of
from strongroom.cli.output import notice, say, say_json, write_exact
from strongroom.cli.policy_samples import check_samples
from strongroom.core.errors import UserFacingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from strongroom.policy import Policy, ValueOrigin

app = typer.Typer(help="Check, try, show and describe policies.", no_args_is_help=True)
app.command("test")(guarded(check_samples))

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("check")
@guarded
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A policy.toml.")],
    as_json: AsJson = False,
) -> None:
    """Say whether a policy file is valid; every problem comes with its line and column."""
    from strongroom.chat import open_filter
    from strongroom.policy import user_layers

    identity = open_filter(user_layers(file, chosen=file)).identity
    if as_json:
        say_json({"valid": True, **asdict(identity)})
    else:
        say(f"{file} is valid: {identity.name} {identity.version}, {identity.digest}", style="green")


@app.command("show")
@guarded
def show(
    context: typer.Context,
    source: Annotated[bool, typer.Option("--source", help="Print the policy's own text, exactly.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say in sentences what the policy in force looks for and does; where it came from is on standard error."""
    from strongroom.chat import PolicyFilters
    from strongroom.policy import PolicyInForce
    from strongroom.words.policy_explanation import explain_origin, explain_policy

    in_force = PolicyInForce(invocation_of(context).policy_layers)
    policy, identity = PolicyFilters(in_force).in_force().policy, in_force.current().identity
    origins = in_force.current().origins
    if as_json:
        say_json(
            {
                **asdict(identity),
                "text": policy.source_text,
                "presets": list(policy.document.presets),
                "rules": [asdict(rule) for rule in explain_policy(policy)],
                "origins": {key: asdict(origin) for key, origin in origins.items()},
            }
        )
        return
    notice(f"{identity.name} {identity.version} from {identity.source}, {identity.digest}")
    if source:
        write_exact(policy.source_text)
        return
    for line in filter(None, (policy.document.description, *explain_origin(policy))):
        say(line)
    _say_rules(policy)
    _say_values(policy, origins)


@app.command("presets")
@guarded
def presets(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Print this preset's text, exactly.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the presets that a policy can start from, or print one."""
    from strongroom.policy import all_presets

    known = {preset.name: preset for preset in all_presets()}
    if name is not None and name not in known:
        raise UserFacingError("policy.no_preset", preset=name, known=tuple(known))
    chosen = list(known.values()) if name is None else [known[name]]
    if as_json:
        fields = ("name", "title", "description", "text")
        say_json([{field: getattr(preset, field) for field in fields} for preset in chosen])
    elif name is not None:
        write_exact(known[name].text)
    else:
        for preset in chosen:
            say(preset.name, style="bold")
            say(f"    {preset.description}")


@app.command("schema")
@guarded
def schema() -> None:
    """Print the JSON Schema of policy files, for editors and checks."""
    from strongroom.policy import policy_schema

    say_json(policy_schema())


def _say_values(policy: "Policy", origins: "Mapping[str, ValueOrigin]") -> None:
    """Say what holds besides the rules, and where each value comes from."""
    say()
    say("Besides the rules", style="bold")
    for table in ("models", "isolation", "hub"):
        for name, value in getattr(policy.document, table):
            origin = origins[f"{table}.{name}"]
            line = f", line {origin.line}" if origin.line is not None else ""
            say(f"    {table}.{name} = {json.dumps(value)}  ({origin.source}{line})")


def _say_rules(policy: "Policy") -> None:
    from strongroom.words.policy_explanation import explain_policy

    for rule in explain_policy(policy):
        say()
        say(f"{rule.rule_id}  ({rule.category}, severity {rule.severity})", style="bold" if rule.is_active else "dim")
        for sentence in rule.sentences:
            say(f"    {sentence}")
