# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The record of which policies came into force, and of those that were refused."""

from strongroom.core.findings import PolicyIdentity
from strongroom.core.incident import IncidentEvent
from strongroom.incidents import IncidentLog, IncidentRecorder
from strongroom.policy import PolicyChange


class PolicyRecords:
    """Records each change of the policy before it takes effect.

    A damaged log takes no record. It is opened all the same, so that a person can look at it; every send is refused.

    Args:
        log: Knows which policy was in force when the app last ran.
        recorder: Takes the records.
    """

    def __init__(self, log: IncidentLog, recorder: IncidentRecorder) -> None:
        self._latest_digest = _recorded_digest(log)
        self._recorder = recorder

    def write(self, change: PolicyChange) -> None:
        """Record ``change``; nothing where the app starts under the policy that it ended under.

        Raises:
            UserFacingError: It cannot be recorded, so it must not take effect.
        """
        if not self._recorder.has_sound_log:
            return
        if change.now is not None:
            self._write_loaded(change.now.identity, is_start=change.before is None)
        elif change.refusal is not None:
            rejected = self._recorder.under(PolicyIdentity("", "", "", change.source))
            rejected.record_event(
                IncidentEvent.POLICY_REJECTED,
                source=change.source,
                reason=change.refusal.code,
                content=change.content_digest,
            )

    def _write_loaded(self, identity: PolicyIdentity, *, is_start: bool) -> None:
        previous = self._latest_digest
        if is_start and previous == identity.digest:
            return
        loaded = self._recorder.under(identity)
        loaded.record_event(IncidentEvent.POLICY_LOADED, source=identity.source, previous=previous)
        self._latest_digest = identity.digest


def _recorded_digest(log: IncidentLog) -> str:
    """Return the digest of the policy that was loaded last; empty for a log that names none, or is damaged."""
    latest = log.entries(event=IncidentEvent.POLICY_LOADED, limit=1) if log.damage is None else []
    return latest[0].record.policy_digest if latest else ""
