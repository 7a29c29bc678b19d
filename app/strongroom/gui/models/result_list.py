# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What a search found: one repository a row, its name above and its facts below."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from strongroom.core.hub import RepositorySummary
from strongroom.gui.models import words as hub_wording
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.icons import Glyph, icon
from strongroom.gui.widgets.row_painting import paint_row
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate

Index = QModelIndex | QPersistentModelIndex

SUMMARY_ROLE = Qt.ItemDataRole.UserRole
_ROOM = 18
_MARK_SIZE = 16


class ResultModel(QAbstractListModel):
    """Search results."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._results: list[RepositorySummary] = []

    def rowCount(self, parent: Index | None = None) -> int:
        """Return the number of results."""
        return 0 if parent is not None and parent.isValid() else len(self._results)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a row shows."""
        if not index.isValid():
            return None
        summary = self._results[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return summary.repository
        if role == Qt.ItemDataRole.AccessibleTextRole:
            updated = hub_wording.date(summary.updated_at)
            facts = [
                summary.repository,
                hub_wording.summary_line(summary),
                updated and translate("ResultModel", "updated {date}").format(date=updated),
                translate("ResultModel", "gated") if summary.is_gated else "",
            ]
            return ", ".join(fact for fact in facts if fact)
        return summary if role == SUMMARY_ROLE else None

    def set_results(self, results: Sequence[RepositorySummary]) -> None:
        """Show these results."""
        self.beginResetModel()
        self._results = list(results)
        self.endResetModel()

    def summary(self, row: int) -> RepositorySummary | None:
        """Return the result in ``row``."""
        return self._results[row] if 0 <= row < len(self._results) else None


class ResultList(QListView):
    """The results. Enter or a click opens one.

    Signals:
        chosen: The :class:`~strongroom.core.hub.RepositorySummary` to be opened.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.results = ResultModel(self)
        self.setModel(self.results)
        self.setItemDelegate(_Delegate(theme, self))
        self.setAccessibleName(translate("ResultList", "Models found"))
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.clicked.connect(self._on_chosen)

    def choose(self, row: int) -> None:
        """Open the result in ``row``."""
        index = self.results.index(row)
        self.setCurrentIndex(index)
        self._on_chosen(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, on every platform."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._on_chosen(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _on_chosen(self, index: QModelIndex) -> None:
        if summary := self.results.summary(index.row()):
            self.chosen.emit(summary)


class _Delegate(QStyledItemDelegate):
    """Draws with the theme's tokens and fonts; all text is plain."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002 - Qt's signature
        body, small = QFontMetrics(self._theme.body_font()), QFontMetrics(self._theme.small_font())
        return QSize(0, body.height() + small.height() + _ROOM)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        box = paint_row(painter, option, self._theme.tokens)
        summary = index.data(SUMMARY_ROLE)
        if isinstance(summary, RepositorySummary):
            self._draw_texts(painter, box.adjusted(10, 6, -10, -6), summary)
        painter.restore()

    def _draw_texts(self, painter: QPainter, area: QRect, summary: RepositorySummary) -> None:
        tokens, elide = self._theme.tokens, Qt.TextElideMode.ElideRight
        left = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        right = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        first, second = QRect(area), QRect(area)
        first.setHeight(QFontMetrics(self._theme.body_font()).height())
        second.setTop(area.bottom() + 1 - QFontMetrics(self._theme.small_font()).height())
        painter.setFont(self._theme.small_font())
        painter.setPen(QColor(tokens.muted))
        metrics = painter.fontMetrics()
        updated = hub_wording.date(summary.updated_at)
        painter.drawText(first, right, updated)
        room = second.width()
        if summary.is_gated:
            words = translate("_Delegate", "Gated")
            painter.drawText(second, right, words)
            mark = QRect(0, 0, _MARK_SIZE, _MARK_SIZE)
            mark.moveCenter(second.center())
            mark.moveRight(second.right() - metrics.horizontalAdvance(words) - 4)
            icon(Glyph.GATED, tokens, color=tokens.muted).paint(painter, mark)
            room = mark.left() - second.left() - 8
        painter.drawText(second, left, metrics.elidedText(hub_wording.summary_line(summary), elide, room))
        room = first.width() - metrics.horizontalAdvance(updated) - 12
        painter.setFont(self._theme.body_font())
        painter.setPen(QColor(tokens.text))
        name = wording.one_line(summary.repository.partition("/")[2] or summary.repository)
        painter.drawText(first, left, painter.fontMetrics().elidedText(name, elide, room))
