# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Why something that was wanted of a job is not done."""

import errno

from strongroom.core.errors import UserFacingError


def unknown(job_id: str) -> UserFacingError:
    """Return the refusal of a job that there is not."""
    return UserFacingError(
        "No such job",
        f"There is no job {job_id!r}.",
        "Look at the list of jobs.",
        code="jobs.unknown",
    )


def busy() -> UserFacingError:
    """Return the refusal of a job that another process works on."""
    return UserFacingError(
        "Job in use",
        "Another window or terminal of the app works on this job.",
        "Go on there, or close it and try again.",
        code="jobs.busy",
    )


def not_written(error: OSError) -> UserFacingError:
    """Return the refusal of what cannot be written down."""
    if error.errno == errno.ENOSPC:
        return UserFacingError(
            "Disk full",
            "There is not enough free space to write the job down.",
            "Free some space, then try again.",
            code="jobs.disk_full",
        )
    return UserFacingError(
        "Job not written",
        f"The job could not be written to the data folder ({error.strerror or 'no reason was given'}).",
        "Check that the data folder exists and may be written, then try again.",
        code="jobs.not_written",
    )
