# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A user's report that a rule was wrong about a passage. Kept on this machine, for its administrator."""

from dataclasses import dataclass

from strongroom.core.findings import Action, Direction, Disguise, Evidence, Severity

LONGEST_PASSAGE = 2_000
"""Characters of the passage that a report keeps at most."""
LONGEST_COMMENT = 2_000
"""Characters of the comment that a report keeps at most."""


@dataclass(frozen=True, slots=True)
class FalseAlarm:
    """One report: what the rule claimed, and what the user said about it."""

    alarm_id: int
    reported_at: str
    rule_id: str
    category: str
    action: Action
    direction: Direction
    confidence: float
    severity: Severity
    evidence: Evidence
    disguise: Disguise
    policy_name: str
    policy_version: str
    policy_digest: str
    passage: str = ""
    """What stood there, in the user's words; empty when they did not say. The app does not keep what it masks."""
    comment: str = ""
