# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Samples that prove a policy: texts, and what must be found in them. One JSON object a line."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, Field, Strict, ValidationError

from strongroom.core.findings import Action, Direction, FilteredText, Finding
from strongroom.core.statement import Statement
from strongroom.policy.categories import covers, is_within
from strongroom.policy.detector_options import StrictModel
from strongroom.policy.values import require_expectation


class SampleRefused(ValueError):
    """A line that is no sample; says why.

    Args:
        found: What is wrong.
    """

    def __init__(self, found: Statement) -> None:
        super().__init__(str(found))
        self.found = found


class Sample(StrictModel):
    """One text and what is expected of the policy."""

    text: str = Field(description="The text.")
    direction: Annotated[Direction, Strict(strict=False)] = Field(
        default=Direction.ANSWER, description="Which way it goes: prompt, answer or export."
    )
    expect: Annotated[tuple[Annotated[str, AfterValidator(require_expectation)], ...], Strict(strict=False)] = Field(
        description="What must be found, and nothing else: ids of rules, categories, beginnings of categories with .*."
        " Empty for a text in which nothing may be found."
    )
    verdict: Annotated[Action | None, Strict(strict=False)] = Field(
        default=None, description="The strictest action that must be carried out."
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a policy did to one sample."""

    missing: tuple[str, ...] = ()
    """Expectations that nothing met."""
    unexpected: tuple[Finding, ...] = ()
    """Findings that meet no expectation. Those of the action allow do not count: they leave no trace."""
    verdict: Action | None = None
    """The verdict, where another one was expected."""

    @property
    def is_as_expected(self) -> bool:
        """Whether the policy did what the sample asks for."""
        return not self.missing and not self.unexpected and self.verdict is None


def parse_sample(line: str) -> Sample:
    """Return the sample of one line.

    Raises:
        SampleRefused: It is no JSON object, or one with other keys or values.
    """
    try:
        content = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise SampleRefused(Statement("policy.sample.not_json", reason=str(error))) from error
    if not isinstance(content, dict):
        raise SampleRefused(Statement("policy.sample.no_object"))
    try:
        return Sample.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(step) for step in first["loc"])
        if first["type"] == "extra_forbidden":
            found = Statement("policy.sample.unknown_key", key=key, said=first["msg"], known=tuple(Sample.model_fields))
        else:
            reason = first.get("ctx", {}).get("reason", first["msg"])
            found = Statement("policy.sample.key", key=key, reason=reason)
        raise SampleRefused(found) from error


def judge(sample: Sample, filtered: FilteredText) -> Outcome:
    """Return how what a policy made of the sample's text differs from what is expected."""
    missing = [want for want in sample.expect if not any(_meets(finding, want) for finding in filtered.findings)]
    unexpected = [
        finding
        for finding in filtered.findings
        if finding.effective_action is not Action.ALLOW and not _meets_any(finding, sample.expect)
    ]
    differs = sample.verdict is not None and filtered.verdict is not sample.verdict
    return Outcome(tuple(missing), tuple(unexpected), filtered.verdict if differs else None)


def _meets_any(finding: Finding, expectations: Sequence[str]) -> bool:
    return any(_meets(finding, want) for want in expectations)


def _meets(finding: Finding, want: str) -> bool:
    """A category stands for its kinds, too: ``pii.national_id`` is met by ``pii.national_id.us_ssn``."""
    return want == finding.rule_id or covers(want, finding.category) or is_within(finding.category, want)
