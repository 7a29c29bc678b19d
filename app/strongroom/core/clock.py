# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Wall-clock time as text: UTC, ISO 8601, millisecond precision, a trailing ``Z``."""

from datetime import UTC, datetime


def utc_now() -> str:
    """Return the current time, for example ``2026-11-23T14:02:31.417Z``."""
    return format_utc(datetime.now(UTC))


def format_utc(moment: datetime) -> str:
    """Return an aware ``moment`` in the house format; sorting the text sorts the moments."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_utc(text: str) -> datetime:
    """Return the aware moment of a text made by :func:`format_utc`.

    Raises:
        ValueError: The text is not a time, or carries no zone.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"no time zone in {text!r}")
    return moment.astimezone(UTC)
