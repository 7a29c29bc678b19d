# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""``strongroom policy test``: samples that a policy must stand, so that a change to it can be proved."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from strongroom.cli.exits import ExitCode
from strongroom.cli.invocation import invocation_of
from strongroom.cli.output import notice, say, say_json
from strongroom.core.errors import UserFacingError
from strongroom.core.findings import Finding
from strongroom.words import explain, say_statement

if TYPE_CHECKING:
    from strongroom.chat import PolicyFilter
    from strongroom.policy import Outcome


@dataclass(frozen=True, slots=True)
class _Failure:
    line: int
    outcome: "Outcome | None"
    """None where the line is no sample, or the filter failed on it."""
    error: str = ""


def check_samples(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="SAMPLES", help='Lines of JSON: {"text": …, "expect": ["pii.email", "my-rule", "secret.*"]}.'
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Filter each sample's text and compare what is found with what is expected; ends with 1 if they differ."""
    from strongroom.chat import open_filter

    policy_filter = open_filter(invocation_of(context).policy_layers)
    lines = [(number, line) for number, line in enumerate(_lines(file), start=1) if line.strip()]
    failures = [failure for number, line in lines if (failure := _try(policy_filter, number, line))]
    if as_json:
        say_json(
            {
                "policy": policy_filter.identity.digest,
                "samples": len(lines),
                "failures": [_fields(failure) for failure in failures],
            }
        )
    else:
        for failure in failures:
            say(f"{file}, line {failure.line}: {_sentence(failure)}", style="red")
        identity = policy_filter.identity
        notice(
            f"{len(lines) - len(failures)} of {len(lines)} samples are as expected"
            f" under {identity.name} {identity.version}, {identity.digest}"
        )
    if failures:
        raise typer.Exit(ExitCode.FAILURE)


def _lines(file: Path) -> list[str]:
    """Return the lines; a text may hold other line separators, so only line feeds count."""
    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UserFacingError("policy.samples_unreadable", file=file, reason=str(error)) from error
    if not any(line.strip() for line in lines):
        # A proof without a sample proves nothing, and a script would take it for one.
        raise UserFacingError("policy.no_samples", file=file)
    return lines


def _try(policy_filter: "PolicyFilter", number: int, line: str) -> _Failure | None:
    from strongroom.policy import SampleRefused, judge, parse_sample

    try:
        sample = parse_sample(line)
        outcome = judge(sample, policy_filter.filter_text(sample.text, sample.direction))
    except SampleRefused as refusal:
        return _Failure(number, None, say_statement(refusal.found))
    except UserFacingError as error:
        return _Failure(number, None, explain(error).line)
    return None if outcome.is_as_expected else _Failure(number, outcome)


def _sentence(failure: _Failure) -> str:
    outcome = failure.outcome
    if outcome is None:
        return failure.error
    parts = [f"not found: {', '.join(outcome.missing)}"] if outcome.missing else []
    if outcome.unexpected:
        parts.append(f"not expected: {', '.join(_place(finding) for finding in outcome.unexpected)}")
    if outcome.verdict is not None:
        parts.append(f"another verdict: {outcome.verdict}")
    return "; ".join(parts)


def _place(finding: Finding) -> str:
    """Say where, and not what: a sample may be as confidential as what it stands for."""
    return f"{finding.rule_id} ({finding.category}) from character {finding.start + 1} to {finding.end}"


def _fields(failure: _Failure) -> dict[str, Any]:
    if failure.outcome is None:
        return {"line": failure.line, "error": failure.error}
    return {
        "line": failure.line,
        "missing": list(failure.outcome.missing),
        "unexpected": [
            {"rule": finding.rule_id, "category": finding.category, "start": finding.start, "end": finding.end}
            for finding in failure.outcome.unexpected
        ],
        "verdict": failure.outcome.verdict,
    }
