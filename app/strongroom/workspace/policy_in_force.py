# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The policy of a data folder: which one is in force, and the record of it and of those that were refused."""

from pathlib import Path

from strongroom.chat import PolicyFilter, open_filter
from strongroom.core.errors import UserFacingError
from strongroom.core.findings import PolicyIdentity
from strongroom.core.incident import IncidentEvent
from strongroom.core.paths import DataPaths
from strongroom.incidents import IncidentLog, IncidentRecorder


def open_policy_in_force(paths: DataPaths, policy_file: Path | None, incidents: IncidentLog) -> PolicyFilter:
    """Load the policy; what is in force, and what was refused, is recorded.

    A damaged log takes no record. It is opened all the same, so that a person can look at it; every send is refused.

    Args:
        paths: The data folder, whose ``policy.toml`` counts if no other file is named.
        policy_file: Another policy.
        incidents: Takes the record, and knows which policy was loaded last.

    Raises:
        PolicyError: The policy is not valid; it names each problem with its line and column.
        UserFacingError: The file cannot be read, or the record cannot be written.
    """
    chosen = policy_file or (paths.policy if paths.policy.exists() else None)
    is_sound = incidents.damage is None
    try:
        policy_filter = open_filter(chosen)
    except UserFacingError as error:
        if is_sound:
            rejected = IncidentRecorder(incidents, PolicyIdentity("", "", "", str(chosen)))
            rejected.record_event(IncidentEvent.POLICY_REJECTED, source=str(chosen), reason=error.code)
        raise
    if is_sound and _recorded_policy(incidents) != policy_filter.identity.digest:
        recorder = IncidentRecorder(incidents, policy_filter.identity)
        recorder.record_event(IncidentEvent.POLICY_LOADED, source=policy_filter.identity.source)
    return policy_filter


def _recorded_policy(incidents: IncidentLog) -> str:
    """Return the digest of the policy that was loaded last."""
    latest = incidents.entries(event=IncidentEvent.POLICY_LOADED, limit=1)
    return latest[0].record.policy_digest if latest else ""
