# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The one place that lists long work: above the status bar, opened by its ring or Ctrl+J."""

from PySide6.QtCore import QAbstractItemModel, QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QListView,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from strongroom.gui.widgets.controls import PlainLabel, as_action_text
from strongroom.gui.widgets.row_painting import paint_row
from strongroom.gui.widgets.theme import Theme
from strongroom.gui.window.jobs_desk import JobsDesk
from strongroom.gui.window.jobs_model import ROW_ROLE, Index, JobsModel, Row
from strongroom.jobs import Job, JobState
from strongroom.words import translate

WIDTH = 420
_MOST_HEIGHT = 480
_MARGIN = 8
_HEADING_HEIGHT = 28
_ROW_HEIGHT = 50
_BAR_ROOM = 10
_BAR_HEIGHT = 4


def main_action(job: Job) -> str:
    """Return the words of the button in a job's row; empty where there is none."""
    if job.is_elsewhere or job.state is JobState.DONE:
        return ""
    if job.state.is_active:
        return translate("Jobs", "Pause")
    if job.state is JobState.FAILED:
        return translate("Jobs", "Try again")
    return translate("Jobs", "Continue")


class JobsDelegate(QStyledItemDelegate):
    """Draws a row: name and button, then how it stands, then a bar.

    Signals:
        action_wanted: The button of a :class:`~strongroom.jobs.Job` was pressed.
    """

    action_wanted = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002 - Qt's signature
        """Return the height of a row."""
        row = index.data(ROW_ROLE)
        extra = max(0, QFontMetrics(self._theme.body_font()).height() - 20)
        if not isinstance(row, Row) or row.is_heading:
            return QSize(0, _HEADING_HEIGHT + extra)
        return QSize(0, _ROW_HEIGHT + 2 * extra + (_BAR_ROOM if row.share is not None else 0))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one row."""
        row = index.data(ROW_ROLE)
        if not isinstance(row, Row):
            return
        painter.save()
        tokens = self._theme.tokens
        if row.is_heading:
            painter.setFont(self._theme.small_font())
            painter.setPen(QColor(tokens.muted))
            area = QRect(option.rect).adjusted(14, 0, -14, 0)
            painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), row.title)
        else:
            box = paint_row(painter, option, tokens).adjusted(10, 4, -10, -4)
            self._draw(painter, box, row)
        painter.restore()

    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index) -> bool:
        """Press the row's button."""
        row = index.data(ROW_ROLE)
        if (
            isinstance(event, QMouseEvent)
            and event.type() == QEvent.Type.MouseButtonRelease
            and event.button() == Qt.MouseButton.LeftButton
            and isinstance(row, Row)
            and row.job is not None
            and self.button_of(row, option.rect).contains(event.position().toPoint())
        ):
            self.action_wanted.emit(row.job)
            return True
        return super().editorEvent(event, model, option, index)

    def button_of(self, row: Row, rect: QRect) -> QRect:
        """Return where the button of a row lies that fills ``rect``; nowhere when it has none."""
        words = main_action(row.job) if row.job is not None else ""
        if not words:
            return QRect()
        metrics = QFontMetrics(self._theme.small_font())
        width = metrics.horizontalAdvance(words) + 16
        return QRect(rect.right() - width - 10, rect.top() + 6, width, metrics.height() + 6)

    def _draw(self, painter: QPainter, box: QRect, row: Row) -> None:
        tokens = self._theme.tokens
        half = (box.height() - (_BAR_ROOM if row.share is not None else 0)) // 2
        first = QRect(box.left(), box.top(), box.width(), half)
        second = QRect(box.left(), box.top() + half, box.width(), half)
        words = main_action(row.job) if row.job is not None else ""
        right = words or row.at
        painter.setFont(self._theme.small_font())
        room = box.width()
        if right:
            room -= painter.fontMetrics().horizontalAdvance(right) + 16
            painter.setPen(QColor(tokens.accent if words else tokens.muted))
            painter.drawText(first, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), right)
        painter.setPen(QColor(tokens.muted))
        self._elide(painter, second, row.line, box.width())
        painter.setFont(self._theme.body_font())
        painter.setPen(QColor(tokens.text))
        self._elide(painter, first, row.title, room)
        if row.share is not None:
            bar = QRectF(box.left(), box.bottom() - _BAR_HEIGHT, box.width(), _BAR_HEIGHT)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.line))
            painter.drawRoundedRect(bar, 2, 2)
            painter.setBrush(QColor(tokens.accent))
            bar.setWidth(bar.width() * min(1.0, row.share))
            painter.drawRoundedRect(bar, 2, 2)

    def _elide(self, painter: QPainter, area: QRect, text: str, room: int) -> None:
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), shown)


class JobsPopover(QFrame):
    """The list of jobs over the window. Space pauses or continues, Del cancels, the menu has everything.

    Args:
        desk: Does what is wanted.
        model: The rows.
        theme: The theme.
        foot: The widget above whose right end it lies, over the parent that both have.
    """

    def __init__(self, desk: JobsDesk, model: JobsModel, theme: Theme, foot: QWidget) -> None:
        super().__init__(foot.parentWidget())
        self._foot = foot
        self.setObjectName("popover")
        self.setAccessibleName(translate("Jobs", "Jobs"))
        self._desk = desk
        self._model = model
        self.list = QListView(self)
        self.list.setAccessibleName(translate("Jobs", "Jobs"))
        self.list.setModel(model)
        self.list.setMouseTracking(True)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._on_menu_wanted)
        self.delegate = JobsDelegate(theme, self.list)
        self.delegate.action_wanted.connect(self._on_action)
        self.list.setItemDelegate(self.delegate)
        self.list.installEventFilter(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 8, 4, 8)
        layout.addWidget(self.list)
        self.empty = PlainLabel(
            translate("Jobs", "Nothing is under way, and nothing was done in the last day."), role="muted", wraps=True
        )
        self.empty.setMargin(12)
        layout.addWidget(self.empty)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._before: QWidget | None = None
        self._chosen = ""
        foot.installEventFilter(self)
        model.modelAboutToBeReset.connect(self._on_reset_begins)
        model.modelReset.connect(self._on_reset)
        QApplication.instance().focusChanged.connect(self._on_focus_changed)  # type: ignore[union-attr]
        self.hide()

    def toggle(self) -> None:
        """Open it, or put it away."""
        if self.isVisible():
            self.close_it()
        else:
            self._before = QApplication.focusWidget()
            self._desk.refresh()
            self._place()
            self.show()
            self.raise_()
            self._choose()
            (self.list if self._model.rowCount() else self).setFocus()

    def close_it(self) -> None:
        """Put it away, and go back to where the keyboard was."""
        self.hide()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus()
        self._before = None

    def current(self) -> Job | None:
        """Return the chosen job."""
        row = self.list.currentIndex().data(ROW_ROLE)
        return row.job if isinstance(row, Row) else None

    def menu_of(self, job: Job) -> QMenu:
        """Return everything that can be done with a job."""
        menu = QMenu(self)
        name = self._model.name_of(job)
        if words := main_action(job):
            menu.addAction(as_action_text(f"{words}: {name}"), lambda: self._on_action(job))
        if job.state not in (JobState.DONE, JobState.CANCELLED) and not job.is_elsewhere:
            words = translate("Jobs", "Cancel {name}").format(name=name)
            menu.addAction(as_action_text(words), lambda: self._desk.cancel(job.job_id))
        if not job.state.is_active:
            words = translate("Jobs", "Take {name} off this list").format(name=name)
            menu.addAction(as_action_text(words), lambda: self._desk.discard(job.job_id))
        return menu

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner; act on the chosen job by key."""
        if watched is self._foot and event.type() in (QEvent.Type.Resize, QEvent.Type.Move) and self.isVisible():
            self._place()
        if watched is self.list and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._on_key(event)
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Escape, where there is no list."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_it()
        else:
            super().keyPressEvent(event)

    def _on_key(self, event: QKeyEvent) -> bool:
        job = self.current()
        if event.key() == Qt.Key.Key_Escape:
            self.close_it()
        elif job is not None and event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_action(job)
        elif job is not None and event.key() == Qt.Key.Key_Delete:
            if job.state in (JobState.DONE, JobState.CANCELLED):
                self._desk.discard(job.job_id)
            elif not job.is_elsewhere:
                self._desk.cancel(job.job_id)
        else:
            return False
        return True

    def _on_action(self, job: Job) -> None:
        if job.is_elsewhere or job.state is JobState.DONE:
            return
        if job.state.is_active:
            self._desk.pause(job.job_id)
        else:
            self._desk.resume(job.job_id)

    def _on_menu_wanted(self, place: QPoint) -> None:
        job = self.current()
        if job is None:
            return
        menu = self.menu_of(job)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.list.viewport().mapToGlobal(place))

    def _on_reset_begins(self) -> None:
        job = self.current()
        self._chosen = job.job_id if job is not None else ""

    def _on_reset(self) -> None:
        if self.isVisible():
            self._place()
            self._choose()

    def _on_focus_changed(self, _: QWidget | None, now: QWidget | None) -> None:
        if self.isVisible() and now is not None and now is not self and not self.isAncestorOf(now):
            # Somebody has gone on with something else; its own menu does not take the focus from the window.
            self._before = None
            self.hide()

    def _choose(self) -> None:
        """Choose what was chosen before, else the first row that is more than a heading."""
        if self.current() is not None:
            return
        places = [place for place, row in enumerate(self._model.rows) if not row.is_heading]
        same = [place for place in places if (job := self._model.rows[place].job) and job.job_id == self._chosen]
        self.list.setCurrentIndex(self._model.index((same or places or [-1])[0], 0))

    def _place(self) -> None:
        is_empty = not self._model.rowCount()
        if is_empty and self.list.hasFocus():
            # Else the keyboard would go to whatever comes next, and the list with it.
            self.setFocus()
        self.list.setVisible(not is_empty)
        self.empty.setVisible(is_empty)
        if not is_empty and self.hasFocus():
            self.list.setFocus()
        option = QStyleOptionViewItem()
        wanted = sum(
            self.delegate.sizeHint(option, self._model.index(place, 0)).height()
            for place in range(min(self._model.rowCount(), 40))
        )
        foot = self._foot.geometry()
        width = min(WIDTH, foot.width() - 2 * _MARGIN)
        wanted = max(self.empty.heightForWidth(width - 8), 40) if is_empty else wanted
        height = min(wanted + 20, _MOST_HEIGHT, foot.top() - 2 * _MARGIN)
        self.setGeometry(foot.right() - width - _MARGIN, foot.top() - height - _MARGIN, width, height)
