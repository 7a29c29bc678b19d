# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Why something that was wanted of a job is not done."""

import errno

from strongroom.core.errors import UserFacingError


def unknown(job_id: str) -> UserFacingError:
    """Return the refusal of a job that there is not."""
    return UserFacingError("jobs.unknown", job=job_id)


def busy() -> UserFacingError:
    """Return the refusal of a job that another process works on."""
    return UserFacingError("jobs.busy")


def not_written(error: OSError) -> UserFacingError:
    """Return the refusal of what cannot be written down."""
    if error.errno == errno.ENOSPC:
        return UserFacingError("jobs.disk_full")
    return UserFacingError("jobs.not_written", reason=error.strerror or "")
