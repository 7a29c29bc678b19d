# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""``strongroom filter``: the policy on standard input, without a model, a database or a key."""

import codecs
import json
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from strongroom.cli.exits import ExitCode
from strongroom.cli.invocation import guarded, invocation_of
from strongroom.cli.output import json_text, notice, write_exact
from strongroom.core.errors import UserFacingError
from strongroom.core.findings import Direction, FilteredText, Finding
from strongroom.words import explain

if TYPE_CHECKING:
    from strongroom.chat import PolicyFilter

PIECE_BYTES = 65_536
"""The most that is read at once; whatever is there already is passed on without waiting for more."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("filter")(guarded(filter_input))


def filter_input(
    context: typer.Context,
    direction: Annotated[
        Direction, typer.Option("--direction", help="Apply the rules for prompts or for answers.")
    ] = Direction.ANSWER,
    jsonl: Annotated[
        bool,
        typer.Option("--jsonl", help='Lines of JSON: {"text": …} in; text, verdict and findings out.'),
    ] = False,
) -> None:
    """Filter standard input to standard output as the policy (or --policy FILE) says. Nothing is recorded."""
    from strongroom.chat import open_filter  # here, so that no other command's start pays for compiling

    policy_filter = open_filter(invocation_of(context).policy_layers)
    code = _filter_lines(policy_filter, direction) if jsonl else _filter_stream(policy_filter, direction)
    if code:
        raise typer.Exit(code)


def _filter_stream(policy_filter: "PolicyFilter", direction: Direction) -> ExitCode:
    """Pass text on as soon as it can no longer become a match; end where a rule blocks."""
    stream = policy_filter.stream(direction)
    for piece in _pieces():
        release = stream.feed(piece)
        write_exact(release.text)
        if release.blocked is not None:
            return _blocked(release.blocked)
    release = stream.finish()
    write_exact(release.text)
    return ExitCode.OK if release.blocked is None else _blocked(release.blocked)


def _filter_lines(policy_filter: "PolicyFilter", direction: Direction) -> ExitCode:
    """Answer each line of JSON with one; a bad line gets its error in its place and the rest goes on."""
    code = ExitCode.OK
    for line in sys.stdin.buffer:
        if not line.strip():
            continue
        answer = _answer(line, lambda text: policy_filter.filter_text(text, direction))
        if "error" in answer:
            code = ExitCode.FAILURE
        write_exact(json_text(answer) + "\n")
    return code


def _answer(line: bytes, apply: Callable[[str], FilteredText]) -> dict[str, Any]:
    try:
        request = json.loads(line)
    except (ValueError, RecursionError) as error:
        return {"error": f"not JSON: {error}"}
    text = request.get("text") if isinstance(request, dict) else None
    if not isinstance(text, str):
        return {"error": 'not an object with a "text" that is a string'}
    try:
        filtered = apply(text)
    except UserFacingError as error:
        return {"error": explain(error).line}
    return {
        "text": filtered.text,
        "verdict": filtered.verdict.value,
        "findings": [_finding_fields(finding) for finding in filtered.findings],
    }


def _finding_fields(finding: Finding) -> dict[str, Any]:
    """Return one finding; its offsets count code points of the input."""
    return {
        "rule": finding.rule_id,
        "category": finding.category,
        "start": finding.start,
        "end": finding.end,
        "confidence": round(finding.confidence, 4),
        "action": finding.effective_action.value,
        "severity": finding.severity.value,
        "evidence": finding.evidence.value,
        "disguise": finding.disguise.value,
    }


def _blocked(finding: Finding) -> ExitCode:
    said = f" {finding.message}" if finding.message else ""
    notice(f"The rest was blocked: rule {finding.rule_id}, category {finding.category}.{said}", style="red")
    return ExitCode.REFUSED


def _pieces() -> Iterator[str]:
    """Yield standard input as text, as it comes, with its line ends as they are.

    Raises:
        UserFacingError: It is not UTF-8.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    done = 0
    # read1 returns what has arrived; read, for inputs without it, waits for a full piece.
    read = getattr(sys.stdin.buffer, "read1", sys.stdin.buffer.read)
    while True:
        data = read(PIECE_BYTES)
        try:
            text = decoder.decode(data, final=not data)
        except UnicodeDecodeError as error:
            raise UserFacingError("input.not_utf8", case="in_between", byte=done + error.start) from error
        done += len(data)
        if text:
            yield text
        if not data:
            return
