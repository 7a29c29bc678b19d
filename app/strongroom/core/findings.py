# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What a policy found in a text, and what was done about it."""

from dataclasses import dataclass
from enum import StrEnum


class Direction(StrEnum):
    """Which way a text was going."""

    PROMPT = "prompt"
    ANSWER = "answer"
    EXPORT = "export"
    """To a file, the clipboard, or another program."""


class Scope(StrEnum):
    """Which part of which texts a rule looks at."""

    PROMPT = "prompt"
    ANSWER = "answer"
    """What an answer says, outside its code blocks and its reasoning."""
    REASONING = "reasoning"
    """What a model writes between its thinking tags."""
    CODE = "code"
    """Fenced code blocks of answers."""
    EXPORT = "export"


class Severity(StrEnum):
    """How much a finding of a rule matters, from least to most."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Evidence(StrEnum):
    """Why a passage was taken for what it was taken for."""

    FORMAT = "format"
    """It has the form."""
    CHECK_DIGIT = "check_digit"
    """It has the form, and its check digits are right."""
    PREFIX = "prefix"
    """It begins with what its issuer gives to nothing else."""
    CONTEXT = "context"
    """It has the form, and words that go with it stand near by."""
    LIST = "list"
    """It is in a list."""
    PATTERN = "pattern"
    """An administrator's pattern matches it."""


class Disguise(StrEnum):
    """How a passage had to be read before it was found."""

    NONE = ""
    FOLDED = "folded"
    """Invisible characters, look-alikes, marks, HTML entities or Markdown within it."""
    LEET = "leet"
    SPACED = "spaced"
    REPEATED = "repeated"
    BASE64 = "base64"
    HEX = "hex"
    ROT13 = "rot13"
    URL = "url"


class Action(StrEnum):
    """What a rule does with a finding, from mildest to strictest."""

    ALLOW = "allow"
    LOG = "log"
    WARN = "warn"
    MASK = "mask"
    REPLACE = "replace"
    BLOCK = "block"

    @property
    def severity(self) -> int:
        """Rank of the action; where findings overlap, the higher one wins."""
        return _SEVERITY[self]

    @property
    def is_transforming(self) -> bool:
        """Whether the action takes characters of the original away."""
        return self in (Action.MASK, Action.REPLACE, Action.BLOCK)

    @property
    def is_recorded(self) -> bool:
        """Whether the action writes an incident."""
        return self is not Action.ALLOW


_SEVERITY = {action: rank for rank, action in enumerate(Action)}


@dataclass(frozen=True, slots=True)
class PolicyIdentity:
    """Which policy was in force: enough to find the very text that decided."""

    name: str
    version: str
    digest: str
    """``sha256:`` and the hex digest of the policy's source text."""
    source: str
    """Where it came from: a file's path, or ``built-in``."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One passage that one rule found.

    ``start`` and ``end`` count code points of the original, unfiltered text. The passage itself is not kept.
    """

    rule_id: str
    category: str
    detector: str
    direction: Direction
    start: int
    end: int
    confidence: float
    """0.0 to 1.0."""
    action: Action
    dry_run: bool = False
    """The action was only noted, not carried out."""
    message: str = ""
    """The administrator's sentence for the user; empty for the built-in one."""
    severity: Severity = Severity.MEDIUM
    evidence: Evidence = Evidence.FORMAT
    disguise: Disguise = Disguise.NONE

    @property
    def effective_action(self) -> Action:
        """The action that was carried out: a dry run at most logs."""
        if self.dry_run and self.action is not Action.ALLOW:
            return Action.LOG
        return self.action


@dataclass(frozen=True, slots=True)
class Mark:
    """One passage of the *visible* text that stands for, or points at, a finding.

    ``start`` and ``end`` count code points of the visible text, so the mark survives storage and export. For a mask or
    a replacement the marked text is the placeholder; for a warning it is the passage itself; for a block it is empty.
    """

    start: int
    end: int
    action: Action
    rule_id: str
    category: str
    confidence: float
    direction: Direction
    policy: PolicyIdentity
    message: str = ""
    severity: Severity = Severity.MEDIUM
    evidence: Evidence = Evidence.FORMAT
    disguise: Disguise = Disguise.NONE
    removed_sentences: int = 0
    """How many sentences were taken back at the end of the answer; the marked text says so in their place."""


def mark_of(finding: Finding, start: int, end: int, policy: PolicyIdentity) -> Mark:
    """Return the mark of ``finding`` at ``start`` to ``end`` of the visible text."""
    return Mark(
        start,
        end,
        finding.action,
        finding.rule_id,
        finding.category,
        finding.confidence,
        finding.direction,
        policy,
        finding.message,
        finding.severity,
        finding.evidence,
        finding.disguise,
    )


@dataclass(frozen=True, slots=True)
class FilteredText:
    """A whole text after the policy: what may be seen, and why it differs from the original."""

    text: str
    marks: tuple[Mark, ...]
    findings: tuple[Finding, ...]
    blocked_by: Finding | None = None

    @property
    def verdict(self) -> Action:
        """The strictest action that was carried out; :attr:`Action.ALLOW` when nothing was found."""
        actions = [finding.effective_action for finding in self.findings]
        return max(actions, key=lambda action: action.severity, default=Action.ALLOW)
