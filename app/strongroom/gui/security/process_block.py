# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""One process of the app: what it is for, how far it is isolated, what is missing, and what it tried."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from strongroom.core.isolation import ProcessReport, ProcessRole
from strongroom.gui.security import words as security_wording
from strongroom.gui.security.attempts_tree import AttemptsTree
from strongroom.gui.security.status import LEVEL_LOOK
from strongroom.gui.widgets.controls import ElidedLabel, IconLabel, PlainLabel
from strongroom.gui.widgets.icons import Glyph
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate

_ROLE_GLYPH = {
    ProcessRole.MAIN: Glyph.WINDOW,
    ProcessRole.WORKER: Glyph.MODELS,
    ProcessRole.HELPER: Glyph.DOWNLOAD,
    ProcessRole.LAUNCHER: Glyph.LAUNCHER,
}


class ProcessBlock(QFrame):
    """Shows one report.

    Signals:
        row_shown: Another row of what was tried is current; it is to be brought into view.
    """

    row_shown = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._theme = theme
        self._glyph = IconLabel(Glyph.WINDOW, theme, color="muted")
        self.name = ElidedLabel(role="strong")
        self._level_glyph = IconLabel(Glyph.ISOLATED, theme)
        self.level = PlainLabel()
        self.duty = PlainLabel(role="small", wraps=True)
        self.barriers = PlainLabel(wraps=True)
        self._gaps = QVBoxLayout()
        self._gaps.setSpacing(4)
        self.granted = PlainLabel(wraps=True)
        self.note = PlainLabel(role="muted", wraps=True)
        for label in (self.barriers, self.granted, self.note):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.tree = AttemptsTree(theme, self)
        self.tree.row_shown.connect(self.row_shown)
        self._lay_out()

    def show_report(self, report: ProcessReport) -> None:
        """Show what is known about a process."""
        confinement = report.confinement
        name = security_wording.process(report)
        # A process that neither runs nor was tested is held back by nothing, and that says nothing about it.
        is_known = report.process_id is not None or bool(report.attempts)
        self._glyph.set_icon(_ROLE_GLYPH[report.role], "muted")
        self.name.setText(name)
        number = security_wording.process_number(report)
        self.duty.setText(f"{number} · {security_wording.duty(report.role)}")
        glyph, color = LEVEL_LOOK[confinement.level]
        self._level_glyph.set_icon(glyph, color)
        self._level_glyph.setVisible(is_known)
        self.level.setText(security_wording.level(confinement.level, report.role) if is_known else "")
        self.level.set_role(color)
        for label, text in (
            (self.barriers, security_wording.barriers(confinement) if is_known else ""),
            (self.granted, security_wording.granted(confinement.granted) if confinement.granted else ""),
            (self.note, security_wording.note(report)),
        ):
            label.setText(text)
            label.setVisible(bool(text))
        self._show_gaps([security_wording.gap(gap) for gap in confinement.gaps])
        self.tree.setVisible(bool(report.attempts))
        self.tree.setAccessibleName(translate("ProcessBlock", "What was tried: {process}").format(process=name))
        self.tree.show_report(report)
        facts = (name, number, self.level.text())
        self.setAccessibleName(", ".join(fact for fact in facts if fact))

    def gaps(self) -> list[str]:
        """Return what is said to be missing."""
        return [label.text() for label in self.findChildren(PlainLabel, "gap")]

    def _show_gaps(self, sentences: list[str]) -> None:
        while (item := self._gaps.takeAt(0)) is not None:
            if (row := item.widget()) is not None:
                row.setParent(None)
                row.deleteLater()
        for sentence in sentences:
            row = QWidget(self)
            label = PlainLabel(sentence, wraps=True, parent=row)
            label.setObjectName("gap")
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            layout = QHBoxLayout(row)
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(8)
            layout.addWidget(IconLabel(Glyph.WARNING, self._theme, color="warning"), 0, Qt.AlignmentFlag.AlignTop)
            layout.addWidget(label, 1)
            self._gaps.addWidget(row)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._glyph)
        head.addWidget(self.name, 1)
        head.addWidget(self._level_glyph)
        head.addWidget(self.level)
        texts = QVBoxLayout()
        texts.setContentsMargins(16, 12, 16, 12)
        texts.setSpacing(6)
        texts.addLayout(head)
        texts.addWidget(self.duty)
        texts.addWidget(self.barriers)
        texts.addLayout(self._gaps)
        texts.addWidget(self.granted)
        texts.addWidget(self.note)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addLayout(texts)
        layout.addWidget(self.tree)
