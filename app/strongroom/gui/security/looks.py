# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""How levels of isolation and outcomes of attempts look. The words say the same."""

from collections.abc import Sequence

from strongroom.core.isolation import IsolationLevel, Outcome, ProcessReport, ProcessRole
from strongroom.gui.widgets.icons import Glyph

LEVEL_LOOK = {
    IsolationLevel.FULL: (Glyph.ISOLATED, "good"),
    IsolationLevel.REDUCED: (Glyph.ISOLATED_PARTLY, "warning"),
    IsolationLevel.NONE: (Glyph.ISOLATED_NOT, "danger"),
}

ROLE_GLYPH = {
    ProcessRole.MAIN: Glyph.WINDOW,
    ProcessRole.WORKER: Glyph.MODELS,
    ProcessRole.HELPER: Glyph.DOWNLOAD,
    ProcessRole.LAUNCHER: Glyph.LAUNCHER,
}


def outcome_look(outcome: Outcome, *, is_expected: bool) -> tuple[Glyph, str]:
    """Return the icon of an outcome and the token of its color."""
    if outcome is Outcome.ALLOWED:
        return (Glyph.INFO, "muted") if is_expected else (Glyph.DANGER, "danger")
    return (Glyph.VERIFIED, "good") if outcome is Outcome.DENIED else (Glyph.UNCHECKED, "muted")


def weakest(reports: Sequence[ProcessReport]) -> ProcessReport | None:
    """Return the least isolated of the processes that run; None when each of them is fully isolated.

    The launcher is left out: it takes no input but the window's own.
    """
    lacking = [
        report
        for report in reports
        if report.role is not ProcessRole.LAUNCHER
        and report.process_id is not None
        and report.confinement.level is not IsolationLevel.FULL
    ]
    return min(lacking, key=lambda report: report.confinement.level.rank, default=None)
