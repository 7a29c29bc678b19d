# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The list column of the chat: search on top, conversations, and a bar that takes a deletion back."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHBoxLayout, QLineEdit, QListView, QMenu, QVBoxLayout, QWidget

from strongroom.core.chat import Conversation
from strongroom.gui.chat.conversation_delegate import ConversationDelegate
from strongroom.gui.chat.conversation_model import ConversationModel, Row
from strongroom.gui.chat.open_chats import OpenChat
from strongroom.gui.chat.status import ChatStatus
from strongroom.gui.widgets.controls import ElidedLabel, IconButton, PlainLabel, link_button
from strongroom.gui.widgets.icons import Glyph, icon
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate

WIDTH = 260
SEARCH_DELAY_MS = 150
UNDO_MS = 10_000


class ConversationList(QFrame):
    """Shows rows and reports what the user wants; it stores nothing itself.

    Signals:
        chosen: A conversation's id, and the message to show or None.
        new_chosen: The :class:`OpenChat` of a conversation that is not kept yet.
        new_wanted: A new conversation.
        searched: The words that are searched for; empty for all conversations.
        rename_wanted: An id and a title.
        delete_wanted: An id.
        export_wanted: An id and a title.
        copy_wanted: The id of a conversation that is to be copied whole.
        title_copy_wanted: An id and a title that is to be copied.
        restore_wanted: The id that was deleted last.
        undo_expired: The last deletion can no longer be taken back here.
    """

    chosen = Signal(int, object)
    new_chosen = Signal(object)
    new_wanted = Signal()
    searched = Signal(str)
    rename_wanted = Signal(int, str)
    delete_wanted = Signal(int)
    export_wanted = Signal(int, str)
    copy_wanted = Signal(int)
    title_copy_wanted = Signal(int, str)
    restore_wanted = Signal(int)
    undo_expired = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("listColumn")
        self._theme = theme
        self._selected: OpenChat | None = None
        self._new_chats: Sequence[OpenChat] = ()
        self._statuses: Mapping[OpenChat, ChatStatus] = {}
        self._deleted: int | None = None
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(translate("ConversationList", "Search"))
        self.search.setAccessibleName(translate("ConversationList", "Search conversations"))
        self.search.setClearButtonEnabled(True)
        self._search_delay = QTimer(self)
        self._search_delay.setSingleShot(True)
        self._search_delay.setInterval(SEARCH_DELAY_MS)
        self._search_delay.timeout.connect(lambda: self.searched.emit(self.search.text().strip()))
        self.search.textChanged.connect(self._on_search_typed)
        self._new = IconButton(Glyph.NEW, translate("ConversationList", "New conversation"), theme, shortcut="Ctrl+N")
        self._new.clicked.connect(self.new_wanted)
        self.model = ConversationModel(self)
        self.model.renamed.connect(self.rename_wanted)
        self.view = _View(self)
        self.view.setModel(self.model)
        delegate = ConversationDelegate(theme, self.view)
        self.view.setItemDelegate(delegate)
        # After the view has closed it, and so after the connection that the view has made.
        delegate.closeEditor.connect(self._show_statuses)
        self.view.setAccessibleName(translate("ConversationList", "Conversations"))
        self.view.clicked.connect(self._on_chosen)
        self.view.entered_by_key.connect(self._on_chosen)
        self.view.deletion_asked.connect(self._on_delete)
        self.view.copy_asked.connect(self._on_copy_title)
        self.view.customContextMenuRequested.connect(self._on_menu)
        self._empty = PlainLabel(translate("ConversationList", "No conversations yet."), role="muted", wraps=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.undo_bar = _UndoBar(theme, self)
        self.undo_bar.undone.connect(self._on_undo)
        self.undo_bar.expired.connect(self._on_undo_expired)
        self._lay_out()
        self.set_rows([])

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows and keep the chosen conversation chosen."""
        if self.view.state() == QAbstractItemView.State.EditingState:
            # A list that changes under an open editor would throw away what is typed; the next refresh will show it.
            return
        self.model.set_rows(rows)
        self._empty.setText(
            translate("ConversationList", "Nothing found.")
            if self.search.text().strip()
            else translate("ConversationList", "No conversations yet.")
        )
        self._show_statuses()

    def set_statuses(self, new: Sequence[OpenChat], statuses: Mapping[OpenChat, ChatStatus]) -> None:
        """Show what each conversation is busy with.

        Args:
            new: The conversations that are not kept yet and have a row nevertheless.
            statuses: What there is to say about them and about kept ones.
        """
        self._new_chats, self._statuses = tuple(new), dict(statuses)
        self._show_statuses()

    def select(self, chat: OpenChat | None) -> None:
        """Show which conversation is open."""
        self._selected = chat
        self._show_selection()

    def show_deleted(self, conversation: Conversation) -> None:
        """Offer to take a deletion back."""
        self._deleted = conversation.conversation_id
        self.undo_bar.offer(translate("ConversationList", "Deleted “{title}”").format(title=conversation.title))

    def focus_search(self) -> None:
        """Go to the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.search, 1)
        head.addWidget(self._new)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 10, 8, 8)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self._empty)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.undo_bar)

    def _show_statuses(self) -> None:
        if self.view.state() == QAbstractItemView.State.EditingState:
            # As above; they are shown when the editor is closed.
            return
        self.model.set_statuses(self._statuses)
        # A search finds words of kept conversations.
        self.model.set_new(() if self.search.text().strip() else self._new_chats)
        self._empty.setVisible(not self.model.rowCount())
        self._show_selection()

    def _show_selection(self) -> None:
        index = self.model.index_of(self._selected)
        if index.isValid():
            if self.view.currentIndex() != index:
                self.view.setCurrentIndex(index)
        else:
            self.view.clearSelection()
            self.view.setCurrentIndex(QModelIndex())

    def _on_search_typed(self) -> None:
        self._search_delay.start()

    def _on_chosen(self, index: QModelIndex) -> None:
        row = self.model.row(index)
        if row is not None:
            self.chosen.emit(row.conversation.conversation_id, row.message_id)
        elif (chat := self.model.new_chat(index)) is not None:
            self.new_chosen.emit(chat)

    def _on_delete(self, index: QModelIndex) -> None:
        row = self.model.row(index)
        if row is not None:
            self.delete_wanted.emit(row.conversation.conversation_id)

    def _on_export(self, index: QModelIndex) -> None:
        row = self.model.row(index)
        if row is not None:
            self.export_wanted.emit(row.conversation.conversation_id, row.conversation.title)

    def _on_copy(self, index: QModelIndex) -> None:
        row = self.model.row(index)
        if row is not None:
            self.copy_wanted.emit(row.conversation.conversation_id)

    def _on_copy_title(self, index: QModelIndex) -> None:
        row = self.model.row(index)
        if row is not None:
            self.title_copy_wanted.emit(row.conversation.conversation_id, row.conversation.title)

    def _on_menu(self, point: QPoint) -> None:
        index = self.view.indexAt(point)
        if self.model.row(index) is None:
            return
        menu = QMenu(self)
        tokens = self._theme.tokens
        # The keys belong to the list; behind a tab they are only shown.
        rename = menu.addAction(icon(Glyph.RENAME, tokens), translate("ConversationList", "Rename") + "\tF2")
        rename.triggered.connect(lambda: self.view.edit(index))
        copy = menu.addAction(icon(Glyph.COPY, tokens), translate("ConversationList", "Copy conversation"))
        copy.triggered.connect(lambda: self._on_copy(index))
        export = menu.addAction(icon(Glyph.EXPORT, tokens), translate("ConversationList", "Export…"))
        export.triggered.connect(lambda: self._on_export(index))
        delete = menu.addAction(icon(Glyph.DELETE, tokens), translate("ConversationList", "Delete") + "\tDel")
        delete.triggered.connect(lambda: self._on_delete(index))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.view.viewport().mapToGlobal(point))

    def _on_undo(self) -> None:
        if self._deleted is not None:
            self.restore_wanted.emit(self._deleted)
            self._deleted = None

    def _on_undo_expired(self) -> None:
        self._deleted = None
        self.undo_expired.emit()


class _View(QListView):
    """The list itself. Enter opens, F2 renames, Del deletes, Ctrl+C asks for a copy of the title."""

    deletion_asked = Signal(QModelIndex)
    copy_asked = Signal(QModelIndex)
    entered_by_key = Signal(QModelIndex)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setUniformItemSizes(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed | QAbstractItemView.EditTrigger.DoubleClicked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Add Del, and Enter on every platform; leave copying to whoever filters it."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_asked.emit(self.currentIndex())
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.currentIndex().isValid():
            self.deletion_asked.emit(self.currentIndex())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.entered_by_key.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class _UndoBar(QFrame):
    """One sentence and Undo, for a while."""

    undone = Signal()
    expired = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._label = ElidedLabel()
        self._undo = link_button(translate("_UndoBar", "Undo"))
        self._undo.clicked.connect(self._on_undo)
        self._undo.setToolTip(translate("_UndoBar", "Undo (Ctrl+Z)"))
        close = IconButton(Glyph.CLOSE, translate("_UndoBar", "Dismiss"), theme)
        close.clicked.connect(self._on_expired)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(UNDO_MS)
        self._timer.timeout.connect(self._on_expired)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 4, 4, 4)
        layout.setSpacing(4)
        layout.addWidget(self._label, 1)
        layout.addWidget(self._undo)
        layout.addWidget(close)
        shortcut = QShortcut(QKeySequence.StandardKey.Undo, parent)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self._on_undo)
        self.hide()

    def offer(self, sentence: str) -> None:
        """Show the bar anew, in place of an earlier offer."""
        self._label.setText(sentence)
        self.show()
        self._timer.start()

    def _on_undo(self) -> None:
        if self.isVisible():
            self._timer.stop()
            self.hide()
            self.undone.emit()

    def _on_expired(self) -> None:
        self._timer.stop()
        self.hide()
        self.expired.emit()
