# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The outcome of checking a log's chain, on the line below what is in it."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from strongroom.core.errors import UserFacingError
from strongroom.core.incident import IncidentVerification
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.controls import IconLabel, PlainLabel
from strongroom.gui.widgets.icons import Glyph
from strongroom.gui.widgets.theme import Theme
from strongroom.words import explain, say_statement, translate

_MOST_PROBLEMS = 8


class VerificationLine(QWidget):
    """Says nothing until something is checked, then what came of it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._glyph = IconLabel(Glyph.VERIFIED, theme)
        self.outcome = PlainLabel(wraps=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._glyph)
        row.addWidget(self.outcome, 1)
        self.clear()

    def clear(self) -> None:
        """Say nothing."""
        self._say("", "muted", Glyph.VERIFIED)

    @property
    def tells_problem(self) -> bool:
        """Whether it says that something is wrong."""
        return bool(self.outcome.property("role") == "danger")

    def show_busy(self, *, is_busy: bool) -> None:
        """Say that the records are being read, or take that back."""
        if is_busy:
            self._say(translate("VerificationLine", "Reading every record…"), "muted", Glyph.VERIFY)
        elif self.outcome.property("role") == "muted":
            self.clear()

    def show_damage(self, error: UserFacingError) -> None:
        """Say why nothing can be added any more."""
        self._say(explain(error).sentence, "danger", Glyph.DANGER)

    def show_verification(self, verification: IncidentVerification) -> None:
        """Say whether the chain is intact, or what is wrong with it."""
        if verification.is_intact:
            sentence = translate(
                "VerificationLine",
                "Intact: all {count} records checked; none was changed, removed or put in another place.",
            ).format(count=wording.number(verification.entries))
            self._say(sentence, "good", Glyph.VERIFIED)
            return
        lines = [
            translate("VerificationLine", "Not intact. Keep the file as it is, and find out who could write to it.")
        ]
        for problem in verification.problems[:_MOST_PROBLEMS]:
            where = (
                translate("VerificationLine", "The log")
                if problem.sequence is None
                else translate("VerificationLine", "Record {number}").format(number=wording.number(problem.sequence))
            )
            lines.append(f"{where}: {say_statement(problem.found)}")
        left = len(verification.problems) - _MOST_PROBLEMS
        if left > 0:
            lines.append(translate("VerificationLine", "And {count} more.").format(count=wording.number(left)))
        self._say("\n".join(lines), "danger", Glyph.DANGER)

    def _say(self, sentence: str, role: str, glyph: Glyph) -> None:
        self.outcome.setText(sentence)
        self.outcome.set_role(role)
        self._glyph.set_icon(glyph, role)
        self._glyph.setVisible(bool(sentence))
