# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""``strongroom ask``: one prompt, one answer, for scripts and for the impatient."""

import sys
from dataclasses import replace
from typing import Annotated, Any

import typer

from strongroom.cli.exits import ExitCode, exit_code_for
from strongroom.cli.invocation import guarded, invocation_of
from strongroom.cli.output import notice, say_json, show_error, stderr
from strongroom.cli.transcript import TurnView, show_ending, why_lines
from strongroom.cli.turns import run_turn
from strongroom.core.errors import UserFacingError
from strongroom.core.events import PromptRefused, TurnFinished
from strongroom.core.findings import Mark
from strongroom.core.generation import FinishReason, SamplingParameters


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("ask")(guarded(ask))


def ask(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="The prompt; - reads it from standard input.")],
    model: Annotated[str, typer.Option("--model", metavar="ID", help="As in strongroom models list.")] = "",
    seed: Annotated[int | None, typer.Option(min=0, max=2**32 - 1, help="The same seed, the same answer.")] = None,
    max_tokens: Annotated[int | None, typer.Option(min=1, max=1_000_000, help="The longest answer.")] = None,
    temperature: Annotated[
        float | None, typer.Option(min=0.0, max=5.0, help="0 always takes the likeliest token.")
    ] = None,
    system: Annotated[
        str | None, typer.Option("--system", metavar="TEXT", help="The system prompt, instead of the settings'.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object with the answer's numbers.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the conversation; else it is deleted.")] = False,
) -> None:
    """Ask one question and print the answer, as the policy lets it be seen."""
    prompt = _standard_input() if text == "-" else text
    given: dict[str, Any] = {"seed": seed, "max_tokens": max_tokens, "temperature": temperature}
    with invocation_of(context).workspace() as workspace:
        sampling: SamplingParameters = replace(
            workspace.settings.sampling, **{name: value for name, value in given.items() if value is not None}
        )
        session = workspace.session()
        view = TurnView(streams_text=not as_json)
        try:
            outcome = run_turn(session, prompt, view.show, sampling=sampling, model_id=model, system_prompt=system)
        finally:
            view.close()
            if session.conversation_id is not None and not keep:
                workspace.conversations.remove(session.conversation_id)
        if isinstance(outcome, PromptRefused):
            raise _refusal(outcome)
        if as_json:
            say_json(answer_fields(outcome))
        else:
            show_ending(outcome, stderr())
            for line in why_lines(outcome.message.text, outcome.message.marks):
                notice(line)
        if keep:
            notice(f"Kept as conversation {session.conversation_id}.")
        if outcome.error is not None:
            show_error(outcome.error, as_json=as_json)
    if code := _exit_code(outcome):
        raise typer.Exit(code)


def answer_fields(finished: TurnFinished) -> dict[str, Any]:
    """Return an answer as the JSON object that is documented in docs/cli.md."""
    numbers, made_with = finished.numbers, finished.message.made_with
    return {
        "text": finished.message.text,
        "finish_reason": finished.finish_reason.value,
        "model": finished.message.model_name,
        "model_digest": finished.message.model_digest,
        "seed": made_with.seed if made_with else None,
        "template_digest": made_with.template_digest if made_with else None,
        "prompt_tokens": numbers.prompt_tokens if numbers else None,
        "completion_tokens": numbers.completion_tokens if numbers else None,
        "time_to_first_token_s": round(numbers.time_to_first_token_s, 4) if numbers else None,
        "tokens_per_second": round(numbers.tokens_per_second, 2) if numbers else None,
        "findings": [mark_fields(mark) for mark in finished.message.marks],
    }


def mark_fields(mark: Mark) -> dict[str, Any]:
    """Return one marked passage; its offsets count code points of the visible text."""
    return {
        "rule": mark.rule_id,
        "category": mark.category,
        "start": mark.start,
        "end": mark.end,
        "confidence": round(mark.confidence, 4),
        "action": mark.action.value,
        "severity": mark.severity.value,
        "evidence": mark.evidence.value,
        "disguise": mark.disguise.value,
        "removed_sentences": mark.removed_sentences,
    }


def _exit_code(finished: TurnFinished) -> ExitCode:
    if finished.error is not None:
        return exit_code_for(finished.error)
    if finished.finish_reason is FinishReason.FILTERED:
        return ExitCode.REFUSED
    if finished.finish_reason is FinishReason.CANCELLED:
        return ExitCode.CANCELLED
    return ExitCode.OK


def _refusal(refused: PromptRefused) -> UserFacingError:
    finding, policy = refused.finding, refused.mark.policy
    said = f" {finding.message}" if finding.message else ""
    return UserFacingError(
        "policy.prompt_refused", rule_id=finding.rule_id, category=finding.category, policy=policy.name, said=said
    )


def _standard_input() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise UserFacingError("input.not_utf8", byte=error.start) from error
