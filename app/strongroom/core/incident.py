# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the incident log and the egress ledger record: rules, actions, hashes and lengths, never the text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from strongroom.core.statement import Statement


class IncidentEvent(StrEnum):
    """Why a record was written."""

    FILTER_LOG = "filter.log"
    FILTER_WARN = "filter.warn"
    FILTER_MASK = "filter.mask"
    FILTER_REPLACE = "filter.replace"
    FILTER_BLOCK = "filter.block"
    FILTER_DRY_RUN = "filter.dry_run"
    FILTER_FAILED = "filter.failed"
    FILTER_RETRACT = "filter.retract"
    """The check of a whole answer found it, and sentences that had been shown were taken back."""
    FALSE_ALARM_REPORTED = "filter.false_alarm"
    """A user reported a finding as wrong."""
    VERIFY_MISMATCH = "verify.mismatch"
    VERIFY_PINNED = "verify.pinned"
    LEASE_BROKEN = "verify.lease_broken"
    WORKER_FAULT = "worker.fault"
    ISOLATION_REDUCED = "isolation.reduced"
    """A process runs with less protection by the system than it should have."""
    ISOLATION_REFUSED = "isolation.refused"
    """The policy asks for more protection than a process has, so it was not used."""
    POLICY_LOADED = "policy.loaded"
    POLICY_REJECTED = "policy.rejected"
    EXPORTED = "log.exported"
    EGRESS_BEGUN = "egress.begun"
    """In the egress ledger: an HTTP request is about to be made."""
    EGRESS_MADE = "egress.made"
    """In the egress ledger: it has ended."""


@dataclass(frozen=True, slots=True)
class IncidentRecord:
    """One incident, before it is numbered and chained.

    ``details`` holds short facts (a signal's number, a digest, a file's name); values are strings, integers or
    booleans, so that the canonical JSON of a record is the same on every machine.
    """

    event: IncidentEvent
    category: str = ""
    rule_id: str = ""
    action: str = ""
    direction: str = ""
    confidence_percent: int | None = None
    policy_name: str = ""
    policy_version: str = ""
    policy_digest: str = ""
    model_digest: str = ""
    conversation_id: int | None = None
    text_length: int | None = None
    """Code points of the passage that was found."""
    text_hmac: str = ""
    """``hmac-sha256:`` and a keyed hash of the passage, so that repeats can be counted without the text."""
    details: Mapping[str, str | int | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IncidentEntry:
    """One record of the log with its place in the chain."""

    sequence: int
    """From 1, without gaps."""
    recorded_at: str
    record: IncidentRecord
    chain: str
    """``sha256:`` and the hex hash over the previous chain value and this record's canonical header."""


class ProblemKind(StrEnum):
    """What ``verify`` can find wrong."""

    EDITED = "edited"
    MISSING = "missing"
    REORDERED = "reordered"
    TRUNCATED = "truncated"
    ANCHOR_MISMATCH = "anchor_mismatch"
    ANCHOR_MISSING = "anchor_missing"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class IncidentProblem:
    """One thing that is wrong with the log."""

    kind: ProblemKind
    sequence: int | None
    """The record that it concerns; None when the log as a whole is meant."""
    found: Statement
    """What it is, with the facts."""


@dataclass(frozen=True, slots=True)
class IncidentVerification:
    """The outcome of checking the whole chain against its anchor."""

    entries: int
    head: str
    problems: tuple[IncidentProblem, ...]

    @property
    def is_intact(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems
