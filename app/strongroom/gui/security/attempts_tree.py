# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What one process tried: a row for each thing that it must not be able to do, which unfolds into the ways it tried."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QSizePolicy,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from strongroom.core.isolation import Attempt, Capability, Outcome, ProcessReport
from strongroom.gui.security import words as security_wording
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.controls import plain_tool_tip
from strongroom.gui.widgets.icons import CONTROL_SIZE, Glyph, icon
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate

Index = QModelIndex | QPersistentModelIndex

ROW_HEIGHT = 32
_ROOM = 12
_CELL_ROOM = 28
"""Padding of the style sheet, and a little for a font that is wider than it says."""
_INDENTATION = 20
_LEAST_LAST = 72
_WHAT, _OUTCOME, _HOW = range(3)
_WHOLE, _WITH_ERROR, _BRIEF = (Qt.ItemDataRole.UserRole + number for number in (1, 2, 3))
"""Where the wordings of an outcome are kept: with a column beside it, without one, and where there is no room."""


class AttemptsTree(QTreeWidget):
    """As high as its rows: what it stands in scrolls.

    Signals:
        row_shown: The current row is another one; it is to be brought into view.
    """

    row_shown = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._report: ProcessReport | None = None
        self._form = _WHOLE
        self.setColumnCount(3)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformRowHeights(True)
        self.setIndentation(_INDENTATION)
        self.setIconSize(CONTROL_SIZE)
        # What is current is told by the focus, and there is nothing to do with what is chosen.
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setExpandsOnDoubleClick(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        header = self.header()
        header.setSectionsClickable(False)
        header.setSectionsMovable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.itemExpanded.connect(self._on_folded)
        self.itemCollapsed.connect(self._on_folded)
        self.itemClicked.connect(self._on_clicked)
        self.currentItemChanged.connect(lambda *_: self.row_shown.emit())
        theme.changed.connect(self._draw)

    def show_report(self, report: ProcessReport) -> None:
        """Show what a process tried; the rows that are unfolded stay so."""
        self._report = report
        self._draw()

    def rows(self) -> list[QTreeWidgetItem]:
        """Return the rows that are not ways of another row."""
        return _children(self.invisibleRootItem())

    def sizeHint(self) -> QSize:
        """Return the size at which nothing has to scroll."""
        ways = sum(item.childCount() for item in self.rows() if item.isExpanded())
        height = self.header().sizeHint().height() + (self.topLevelItemCount() + ways) * self._row_height()
        return QSize(super().sizeHint().width(), height)

    def minimumSizeHint(self) -> QSize:
        """Return a width at which the columns still say something."""
        return QSize(240, self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and space fold and unfold; a page up or down is for what this stands in."""
        item = self.currentItem()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and item is not None:
            self._on_clicked(item)
        elif event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what this stands in."""
        event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Divide the new room."""
        super().resizeEvent(event)
        self._fit_columns()

    def drawRow(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw a line above each row, and a ring around the one that the keyboard is at."""
        tokens, rect = self._theme.tokens, option.rect
        current = self.currentIndex()
        is_current = self.hasFocus() and (index.row(), index.parent()) == (current.row(), current.parent())
        painter.save()
        painter.setPen(QColor(tokens.line))
        painter.drawLine(rect.topLeft(), rect.topRight())
        if is_current:
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.setBrush(QColor(tokens.pill))
            painter.drawRect(rect.adjusted(1, 1, -1, -1))
        painter.restore()
        super().drawRow(painter, option, index)

    def _draw(self) -> None:
        if self._report is None:
            return
        report = self._report
        unfolded = {item.data(_WHAT, Qt.ItemDataRole.UserRole) for item in self.rows() if item.isExpanded()}
        current = self.currentItem()
        kept = current.data(_WHAT, Qt.ItemDataRole.UserRole) if current is not None else None
        self.blockSignals(True)
        self.clear()
        self.setHeaderLabels([_when(report), translate("AttemptsTree", "Outcome"), translate("AttemptsTree", "How")])
        for capability in Capability:
            attempts = [one for one in report.attempts if one.capability is capability]
            if attempts:
                # What should have been denied is said in full at once.
                has_surprise = any(one in report.surprises for one in attempts)
                self._add(report, capability, attempts, is_unfolded=has_surprise or capability in unfolded)
        for row in self._all_rows():
            if kept is not None and row.data(_WHAT, Qt.ItemDataRole.UserRole) == kept:
                self.setCurrentItem(row)
        if self.currentItem() is None and (rows := self.rows()):
            # So that the keyboard has a row from the first.
            self.setCurrentItem(rows[0])
        self.blockSignals(False)
        self._fit_columns()
        self.updateGeometry()

    def _add(
        self, report: ProcessReport, capability: Capability, attempts: Sequence[Attempt], *, is_unfolded: bool
    ) -> None:
        is_expected = capability in report.expected
        row = QTreeWidgetItem(self)
        row.setData(_WHAT, Qt.ItemDataRole.UserRole, capability)
        self._fill(
            row, security_wording.capability(capability), _joint(attempts), security_wording.ways(attempts), is_expected
        )
        for one in attempts:
            way = QTreeWidgetItem(row)
            way.setData(_WHAT, Qt.ItemDataRole.UserRole, one.name)
            self._fill(way, security_wording.attempt(one.name), one.outcome, one.error, is_expected)
        row.setExpanded(is_unfolded)

    def _fill(self, row: QTreeWidgetItem, what: str, outcome: Outcome, how: str, is_expected: bool) -> None:
        said = security_wording.outcome(outcome, is_expected=is_expected)
        glyph, color = _outcome_look(outcome, is_expected=is_expected)
        tokens = self._theme.tokens
        row.setData(_OUTCOME, _WHOLE, said)
        is_refusal = row.parent() is not None and outcome is not Outcome.ALLOWED
        row.setData(_OUTCOME, _WITH_ERROR, f"{said} · {how}" if is_refusal and how else said)
        row.setData(_OUTCOME, _BRIEF, security_wording.brief_outcome(outcome, is_expected=is_expected))
        for column, text in ((_WHAT, what), (_OUTCOME, row.data(_OUTCOME, self._form)), (_HOW, how)):
            row.setText(column, text)
            row.setSizeHint(column, QSize(0, self._row_height()))
        row.setIcon(_OUTCOME, icon(glyph, tokens, color=getattr(tokens, color)))
        if color == "danger":
            row.setForeground(_OUTCOME, QColor(tokens.danger))
        row.setToolTip(_WHAT, plain_tool_tip(what))
        row.setToolTip(_OUTCOME, plain_tool_tip(f"{said} · {how}" if how else said))
        row.setData(_WHAT, Qt.ItemDataRole.AccessibleTextRole, ", ".join(part for part in (what, said, how) if part))

    def _row_height(self) -> int:
        return max(ROW_HEIGHT, QFontMetrics(self.font()).height() + _ROOM)

    def _fit_columns(self) -> None:
        # The same widths in every process, so that the outcomes stand in one line.
        metrics = QFontMetrics(self.font())
        what = max(metrics.horizontalAdvance(security_wording.capability(one)) for one in Capability)
        what += _INDENTATION + _CELL_ROOM
        whole, brief = (
            max(
                metrics.horizontalAdvance(word(one, is_expected=is_expected))
                for one in Outcome
                for is_expected in (True, False)
            )
            + CONTROL_SIZE.width()
            + _CELL_ROOM
            for word in (security_wording.outcome, security_wording.brief_outcome)
        )
        room = self.viewport().width()
        has_how = room >= what + whole + _LEAST_LAST
        self.setColumnHidden(_HOW, not has_how)
        self._use_form(_WHOLE if has_how else _BRIEF if room < what + whole else _WITH_ERROR)
        outcome = brief if self._form == _BRIEF else whole
        self.setColumnWidth(_WHAT, min(what, room - outcome))
        self.setColumnWidth(_OUTCOME, outcome)

    def _use_form(self, form: int) -> None:
        if form != self._form:
            self._form = form
            for row in self._all_rows():
                row.setText(_OUTCOME, row.data(_OUTCOME, form))

    def _all_rows(self) -> list[QTreeWidgetItem]:
        return [row for item in self.rows() for row in (item, *_children(item))]

    def _on_clicked(self, item: QTreeWidgetItem) -> None:
        item.setExpanded(not item.isExpanded())

    def _on_folded(self) -> None:
        self.updateGeometry()


def _joint(attempts: Sequence[Attempt]) -> Outcome:
    outcomes = {one.outcome for one in attempts}
    if Outcome.ALLOWED in outcomes:
        return Outcome.ALLOWED
    return Outcome.DENIED if Outcome.DENIED in outcomes else Outcome.ABSENT


def _children(item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    # A child of a number below the count is there; the stubs do not know that.
    return [child for number in range(item.childCount()) if (child := item.child(number)) is not None]


def _when(report: ProcessReport) -> str:
    if not report.measured_at:
        return translate("AttemptsTree", "What it tried")
    return translate("AttemptsTree", "Tried {time}").format(time=wording.moment(report.measured_at))


def _outcome_look(outcome: Outcome, *, is_expected: bool) -> tuple[Glyph, str]:
    """Return the icon of an outcome and the token of its color."""
    if outcome is Outcome.ALLOWED:
        return (Glyph.INFO, "muted") if is_expected else (Glyph.DANGER, "danger")
    return (Glyph.VERIFIED, "good") if outcome is Outcome.DENIED else (Glyph.UNCHECKED, "muted")
