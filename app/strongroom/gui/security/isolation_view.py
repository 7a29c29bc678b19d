# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The processes of the app, one block each, under the outcome of the last test in one sentence."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.core.isolation import IsolationLevel
from strongroom.gui.security import words as security_wording
from strongroom.gui.security.desk import SecurityDesk
from strongroom.gui.security.process_block import ProcessBlock
from strongroom.gui.widgets.banner import details_of
from strongroom.gui.widgets.controls import IconLabel, PlainLabel, link_button, push_button
from strongroom.gui.widgets.icons import Glyph
from strongroom.gui.widgets.theme import Theme
from strongroom.words import explain, translate

_BAR_WIDTH = 120
_SUMMARY_HEIGHT = 46
"""So that nothing moves when a test begins or ends."""


class IsolationView(QWidget):
    """Follows a :class:`~strongroom.gui.security.desk.SecurityDesk`."""

    def __init__(self, desk: SecurityDesk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._theme = theme
        self.blocks: list[ProcessBlock] = []
        self._glyph = IconLabel(Glyph.UNCHECKED, theme, color="muted")
        self.summary = PlainLabel(wraps=True)
        self.summary.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(_BAR_WIDTH)
        self.bar.setAccessibleName(translate("IsolationView", "Progress"))
        self.cancel_button = push_button(translate("IsolationView", "Cancel"), parent=self)
        self.cancel_button.setAccessibleName(translate("IsolationView", "Cancel the test"))
        self.cancel_button.clicked.connect(desk.cancel)
        self.details = PlainLabel(role="small", wraps=True)
        self.details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.details_button = link_button(translate("IsolationView", "Details"))
        self.details_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.details_button.setCheckable(True)
        self.details_button.toggled.connect(self.details.setVisible)
        self._column = QVBoxLayout()
        self._column.setContentsMargins(16, 4, 16, 24)
        self._column.setSpacing(16)
        self._lay_out()
        desk.looked.connect(self._show_reports)
        desk.measuring_changed.connect(self._on_measuring_changed)
        desk.measured.connect(self._on_measured)
        desk.measuring_failed.connect(self._on_measuring_failed)
        self._say_untested()
        self._on_measuring_changed()

    def scroll_page(self, pages: int) -> None:
        """Scroll by whole screens."""
        bar = self._area.verticalScrollBar()
        bar.setValue(bar.value() + pages * bar.pageStep())

    def _lay_out(self) -> None:
        row = QWidget(self)
        row.setMinimumHeight(_SUMMARY_HEIGHT)
        head = QHBoxLayout(row)
        head.setContentsMargins(16, 6, 16, 6)
        head.setSpacing(8)
        head.addWidget(self._glyph)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.summary)
        texts.addWidget(self.details)
        head.addLayout(texts, 1)
        head.addWidget(self.details_button)
        head.addWidget(self.bar)
        head.addWidget(self.cancel_button)
        self._inner = QWidget()
        self._inner.setObjectName("scrolled")
        self._inner.setLayout(self._column)
        self._column.addStretch(1)
        self._area = QScrollArea(self)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(self._inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(row)
        layout.addWidget(self._area, 1)

    def _show_reports(self) -> None:
        reports = self._desk.reports
        while len(self.blocks) > len(reports):
            block = self.blocks.pop()
            self._column.removeWidget(block)
            block.hide()
            block.deleteLater()
        while len(self.blocks) < len(reports):
            block = ProcessBlock(self._theme, self)
            block.row_shown.connect(lambda block=block: self._bring_into_view(block))
            self._column.insertWidget(len(self.blocks), block)
            self.blocks.append(block)
        for block, report in zip(self.blocks, reports, strict=True):
            block.show_report(report)

    def _bring_into_view(self, block: ProcessBlock) -> None:
        tree, row = block.tree, block.tree.currentItem()
        if tree.hasFocus() and row is not None:
            rect = tree.visualItemRect(row)
            for corner in (rect.topLeft(), rect.bottomLeft()):
                place = tree.viewport().mapTo(self._inner, corner)
                self._area.ensureVisible(0, place.y(), 0, rect.height())

    def _on_measuring_changed(self) -> None:
        is_measuring = self._desk.is_measuring
        self.bar.setVisible(is_measuring)
        self.cancel_button.setVisible(is_measuring)
        if is_measuring:
            self._say(
                Glyph.WAITING, "muted", translate("IsolationView", "Each process tries what it must not be able to do…")
            )

    def _on_measured(self) -> None:
        reports = self._desk.reports
        if any(report.surprises for report in reports):
            look = (Glyph.DANGER, "danger")
        elif any(report.attempts and report.confinement.level is not IsolationLevel.FULL for report in reports):
            look = (Glyph.WARNING, "warning")
        else:
            look = (Glyph.VERIFIED, "good")
        self._say(*look, security_wording.summary(reports))

    def _on_measuring_failed(self, error: BaseException) -> None:
        if isinstance(error, Cancelled):
            self._say_untested()
        elif isinstance(error, UserFacingError):
            sentence = explain(error).sentence
            self._say(Glyph.WARNING, "warning", sentence, details_of(error))
        else:
            self._say(Glyph.WARNING, "warning", translate("IsolationView", "The test could not be made."))
            self._desk.failed.emit(error)

    def _say_untested(self) -> None:
        if any(report.attempts for report in self._desk.reports):
            sentence = translate("IsolationView", "The test was cancelled. What is shown was tried before.")
        else:
            sentence = translate(
                "IsolationView", "Not tested. In about a second each process tries what it must not be able to do."
            )
        self._say(Glyph.UNCHECKED, "muted", sentence)

    def _say(self, glyph: Glyph, color: str, sentence: str, details: str = "") -> None:
        self._glyph.set_icon(glyph, color)
        self.summary.setText(sentence)
        self.details.setText(details)
        self.details.hide()
        self.details_button.setChecked(False)
        self.details_button.setVisible(bool(details))
        self.summary.set_role(color if color != "good" else "")
