# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Which policy a record names, and which log it goes to, when either changes while something is under way."""

from contextlib import closing

import pytest

from strongroom.core.findings import Action, Direction, Finding, PolicyIdentity
from strongroom.core.incident import IncidentEvent
from strongroom.incidents import IncidentLog, IncidentRecorder

OLD = PolicyIdentity("House", "1", "sha256:old", "policy.toml")
NEW = PolicyIdentity("House", "2", "sha256:new", "policy.toml")


@pytest.fixture
def in_force() -> list[PolicyIdentity]:
    """The policy that is in force: the last one."""
    return [OLD]


@pytest.fixture
def log():
    with closing(IncidentLog.open(None, None, None)) as log:
        yield log


@pytest.fixture
def recorder(log, in_force):
    return IncidentRecorder(log, lambda: in_force[-1])


def digests(log: IncidentLog) -> list[str]:
    """The policy of each record, oldest first."""
    return [entry.record.policy_digest for entry in reversed(log.entries(limit=100))]


def test_each_record_names_the_policy_that_is_in_force_by_then(recorder, log, in_force):
    recorder.record_event(IncidentEvent.EXPORTED)
    in_force.append(NEW)
    recorder.record_event(IncidentEvent.EXPORTED)
    assert digests(log) == [OLD.digest, NEW.digest]


def test_what_began_under_a_policy_is_recorded_under_it(recorder, log, in_force):
    turn = recorder.under(OLD)
    in_force.append(NEW)
    finding = Finding("mail", "pii.email", "email", Direction.ANSWER, 0, 4, 0.9, Action.MASK)
    turn.record_findings([finding], "text")
    turn.record_event(IncidentEvent.WORKER_FAULT)
    assert digests(log) == [OLD.digest, OLD.digest]


def test_another_log_takes_the_records_of_what_is_under_way_as_well(recorder, log):
    turn = recorder.under(OLD)
    with closing(IncidentLog.open(None, None, None)) as other:
        recorder.use(other)
        turn.record_event(IncidentEvent.EXPORTED)
        assert digests(other) == [OLD.digest]
    assert digests(log) == []
