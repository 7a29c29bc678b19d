# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""An app that has one job and is killed in the middle of it.

Usage: killed_job.py DATA_FOLDER KIND [MODEL_ID]. Prints "at work" once the job is in the middle of something; then
nothing happens any more.
"""

import sys
import threading
from pathlib import Path

from strongroom.core.paths import DataPaths
from strongroom.jobs import JobContext, JobQueue
from strongroom.models import ModelLibrary
from strongroom.workspace.verification import Verification
from support.counting_job import Count, Counted, Counter


def stay() -> None:
    """Say that the job is in the middle, and wait to be killed."""
    sys.stdout.write("at work\n")
    sys.stdout.flush()
    threading.Event().wait()


def count(paths: DataPaths) -> None:
    """Count to three of ten."""
    queue = JobQueue(paths.jobs)
    counter = Counter()
    queue.declare(counter.kind)
    job = queue.start(counter.kind, Count(10), name="Count to ten")

    def order(context: JobContext[Count]) -> Counted | None:
        for reached in (1, 2, 3):
            context.checkpoint(Count(10, reached))
        stay()
        return None

    counter.order(job.job_id, order)
    threading.Event().wait()


def verify(paths: DataPaths, model_id: str) -> None:
    """Hash the first part of a model."""
    queue = JobQueue(paths.jobs)
    library = ModelLibrary(paths)

    def hash_some(model_id: str, on_progress, cancel):
        def tell(done: int, total: int) -> None:
            on_progress(done, total)
            if 0 < done < total:
                stay()

        with library.open_verified(model_id, on_progress=tell, cancel=cancel) as file:
            return file.result

    Verification(queue, hash_some).start(library.get(model_id))
    threading.Event().wait()


if __name__ == "__main__":
    data = DataPaths(Path(sys.argv[1]))
    if sys.argv[2] == "count":
        count(data)
    else:
        verify(data, sys.argv[3])
