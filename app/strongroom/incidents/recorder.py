# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Turns what happened into incident records. Every method returns only after the record is durable."""

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Self

from strongroom.core.errors import UserFacingError
from strongroom.core.findings import Action, Disguise, Finding, Mark, PolicyIdentity
from strongroom.core.incident import IncidentEvent, IncidentRecord
from strongroom.incidents.log import IncidentLog

_EVENTS = {
    Action.LOG: IncidentEvent.FILTER_LOG,
    Action.WARN: IncidentEvent.FILTER_WARN,
    Action.MASK: IncidentEvent.FILTER_MASK,
    Action.REPLACE: IncidentEvent.FILTER_REPLACE,
    Action.BLOCK: IncidentEvent.FILTER_BLOCK,
}


@dataclass(slots=True)
class _Target:
    """Where a recorder, and all that were made from it, write to."""

    log: IncidentLog


class IncidentRecorder:
    """Writes incidents with the policy that was in force.

    Args:
        log: Where to.
        policy: Returns which policy that is; asked for each record.
    """

    def __init__(self, log: IncidentLog, policy: Callable[[], PolicyIdentity]) -> None:
        self._target = _Target(log)
        self._policy = policy

    def under(self, policy: PolicyIdentity) -> Self:
        """Return a recorder for what began under ``policy`` and ends under it, whichever is in force by then.

        It writes to whatever log this one uses.
        """
        bound = copy.copy(self)
        bound._policy = lambda: policy
        return bound

    def use(self, log: IncidentLog) -> None:
        """Write to another log from now on, with every recorder that was made from this one."""
        self._target.log = log

    @property
    def has_sound_log(self) -> bool:
        """Whether incidents can be recorded at all."""
        return self._target.log.damage is None

    def require_sound_log(self) -> None:
        """Return only while incidents can be recorded at all.

        Raises:
            IncidentLogDamaged: The log is not what was written. Without one nothing is sent.
        """
        damage = self._target.log.damage
        if damage is not None:
            raise damage

    def record_findings(
        self,
        findings: Iterable[Finding],
        text: str,
        *,
        model_digest: str = "",
        conversation_id: int | None = None,
        is_retraction: bool = False,
    ) -> None:
        """Record each finding whose action asks for it.

        Args:
            findings: What was found.
            text: The text that their offsets count in; only a keyed hash of each passage is kept.
            model_digest: The model that wrote it.
            conversation_id: Where it stands.
            is_retraction: The passages had been shown; those that a rule takes away are taken back.

        Raises:
            UserFacingError: The log cannot be written; the caller must block.
        """
        log, policy = self._target.log, self._policy()
        for finding in findings:
            if not finding.action.is_recorded:
                continue
            self._append(
                IncidentRecord(
                    event=_event_of(finding, is_retraction=is_retraction),
                    category=finding.category,
                    rule_id=finding.rule_id,
                    action=finding.action.value,
                    direction=finding.direction.value,
                    confidence_percent=round(finding.confidence * 100),
                    policy_name=policy.name,
                    policy_version=policy.version,
                    policy_digest=policy.digest,
                    model_digest=model_digest,
                    conversation_id=conversation_id,
                    text_length=finding.end - finding.start,
                    text_hmac=log.text_hmac(text[finding.start : finding.end]),
                    details=_details_of(finding),
                )
            )

    def record_false_alarm(self, mark: Mark, *, conversation_id: int | None = None) -> None:
        """Record that a user takes a finding for wrong: which rule, never what stood there.

        Raises:
            UserFacingError: The log cannot be written.
        """
        self._append(
            IncidentRecord(
                event=IncidentEvent.FALSE_ALARM_REPORTED,
                category=mark.category,
                rule_id=mark.rule_id,
                action=mark.action.value,
                direction=mark.direction.value,
                confidence_percent=round(mark.confidence * 100),
                policy_name=mark.policy.name,
                policy_version=mark.policy.version,
                policy_digest=mark.policy.digest,
                conversation_id=conversation_id,
                details=_details_of(mark),
            )
        )

    def record_event(
        self,
        event: IncidentEvent,
        *,
        model_digest: str = "",
        conversation_id: int | None = None,
        **details: str | int | bool,
    ) -> None:
        """Record something that is not a finding: a refused model, a dead worker, a failed filter.

        Raises:
            UserFacingError: The log cannot be written.
        """
        policy = self._policy()
        self._append(
            IncidentRecord(
                event=event,
                policy_name=policy.name,
                policy_version=policy.version,
                policy_digest=policy.digest,
                model_digest=model_digest,
                conversation_id=conversation_id,
                details=details,
            )
        )

    def _append(self, record: IncidentRecord) -> None:
        try:
            self._target.log.append(record)
        except UserFacingError:
            raise
        except Exception as error:
            # Whatever the reason, an incident that is not on disk must stop the answer.
            raise log_not_writable(str(error)) from error


def _event_of(finding: Finding, *, is_retraction: bool) -> IncidentEvent:
    if finding.dry_run:
        return IncidentEvent.FILTER_DRY_RUN
    is_taken_back = is_retraction and finding.action.is_transforming
    return IncidentEvent.FILTER_RETRACT if is_taken_back else _EVENTS[finding.action]


def _details_of(found: Finding | Mark) -> dict[str, str | int | bool]:
    details: dict[str, str | int | bool] = {"severity": found.severity.value, "evidence": found.evidence.value}
    if found.disguise is not Disguise.NONE:
        details["disguise"] = found.disguise.value
    return details


def log_not_writable(reason: str) -> UserFacingError:
    """Return the error of a log that refused a record."""
    return UserFacingError("incidents.not_writable", reason=reason)
