# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Long work: queued, persisted, paused and resumed, with progress; what kind of work it is, is its owner's matter.

In: kinds, each declared by the room that does the work, and jobs of these kinds. Out: a snapshot of every job whenever
something changes, and a record on the disk before anybody hears of a new state. After a kill a job is there again and
can be continued. It never words anything for a person, and never looks into what a job is about.
"""

from strongroom.jobs.announcing import Listener
from strongroom.jobs.job import Job, JobPriority, JobState, Progress, Unit, problem_of
from strongroom.jobs.kind import JobContext, JobKind, JobPostponed
from strongroom.jobs.queue import JobQueue
from strongroom.jobs.records import (
    MOST_NAME,
    RECORD_VERSION,
    JobRecord,
    RecordNotUnderstood,
    parse_versioned,
    set_record_aside,
)

__all__ = [
    "MOST_NAME",
    "RECORD_VERSION",
    "Job",
    "JobContext",
    "JobKind",
    "JobPostponed",
    "JobPriority",
    "JobQueue",
    "JobRecord",
    "JobState",
    "Listener",
    "Progress",
    "RecordNotUnderstood",
    "Unit",
    "parse_versioned",
    "problem_of",
    "set_record_aside",
]
