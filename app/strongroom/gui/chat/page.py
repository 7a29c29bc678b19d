# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The chat: conversations at the left, and the one that is shown."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from strongroom.core.chat import Conversation, Role, StoredMessage, VisibleText
from strongroom.core.generation import GenerationNumbers
from strongroom.gui.chat.conversation_desk import ConversationDesk
from strongroom.gui.chat.conversation_list import WIDTH as LIST_WIDTH
from strongroom.gui.chat.conversation_list import ConversationList
from strongroom.gui.chat.conversation_model import Row
from strongroom.gui.chat.copy_desk import CopyDesk
from strongroom.gui.chat.drafts import Drafts
from strongroom.gui.chat.model_picker import ModelPicker
from strongroom.gui.chat.open_chats import OpenChat, OpenChats
from strongroom.gui.chat.status import ChatStatus, Status
from strongroom.gui.chat.turn_desk import TurnDesk
from strongroom.gui.chat.view import ConversationView
from strongroom.gui.models.model_desk import ModelDesk
from strongroom.gui.widgets.banner import BannerKind, Notice
from strongroom.gui.widgets.controls import IconButton
from strongroom.gui.widgets.icons import Glyph
from strongroom.gui.widgets.page_view import PageHeader, PageView
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate

_WITHHELD_KEY = "copy.withheld"


class ChatPage(PageView):
    """Composes the list and the view of one conversation, opens and deletes, and says who is busy with what.

    Signals:
        mark_chosen: The :class:`~strongroom.gui.findings.cards.MarkedPassage` that the user asks about.
        announced: A sentence for a screen reader.
        numbers_wanted: The user wants to know all about the context of the conversation that is shown.
        left: The :class:`OpenChat` that was shown before the one that is shown now.
        failed: An exception.
    """

    mark_chosen = Signal(object)
    announced = Signal(str)
    numbers_wanted = Signal()
    left = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        conversations: ConversationDesk,
        models: ModelDesk,
        turns: TurnDesk,
        copies: CopyDesk,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(PageHeader(theme), parent)
        self._conversations = conversations
        self._turns = turns
        self._copies = copies
        self._is_folded = False
        self.chats = OpenChats()
        self.drafts = Drafts(self)
        self._wanted = self.chats.begin()
        """The conversation that was asked for last; it is shown as soon as its messages have been read."""
        self.list = ConversationList(theme, self)
        self.list_button = IconButton(Glyph.SIDEBAR, translate("ChatPage", "Conversations"), theme, shortcut="Ctrl+B")
        self.picker = ModelPicker(models, theme, self)
        self.new_button = IconButton(Glyph.NEW, translate("ChatPage", "New conversation"), theme, shortcut="Ctrl+N")
        self.view = ConversationView(self._wanted, models, turns, self.drafts, self.picker, theme, parent=self)
        self.transcript = self.view.transcript
        self.empty = self.view.empty
        self.notices = self.view.notices
        self.composer = self.view.composer
        self._lay_out()
        self._connect(models)
        self._show(self._wanted, [], has_earlier=False)
        self.composer.field.setFocus()

    @property
    def chat(self) -> OpenChat:
        """The conversation that is shown."""
        return self.view.chat

    @property
    def current(self) -> int | None:
        """The number of the conversation that is shown; None for a new one."""
        return self.chat.conversation_id

    @property
    def numbers(self) -> GenerationNumbers | None:
        """The numbers of the last answer that is shown."""
        return self.view.numbers

    def answers(self) -> list[StoredMessage]:
        """Return the answers that are shown."""
        return [message for message in self.transcript.messages if message.role is Role.ASSISTANT]

    def focus_target(self) -> QWidget:
        """Return where the keyboard begins on this page."""
        return self.composer.field

    def start_new(self) -> None:
        """Show a new conversation and write in it; one that is new already stays, with what is typed in it."""
        if self.current is not None or self._turns.turn(self.chat) is not None:
            self._show_new()
        else:
            self._wanted = self.chat
            self.list.select(self.chat)
        if self._is_folded:
            self._show_list(is_shown=False)
        self.composer.field.setFocus()

    def open(self, conversation_id: int, message_id: int | None = None) -> None:
        """Open a kept conversation."""
        self._wanted = self.chats.of(conversation_id)
        self.list.select(self._wanted)
        self._conversations.open(conversation_id, message_id)
        if self._is_folded:
            self._show_list(is_shown=False)

    def open_new(self, chat: OpenChat) -> None:
        """Show a conversation that is not kept yet."""
        self._show(chat, [], has_earlier=False)
        if self._is_folded:
            self._show_list(is_shown=False)

    def foot_top(self) -> int:
        """Return where the place for writing begins."""
        return self.composer.mapTo(self, QPoint(0, 0)).y()

    def set_folded(self, *, is_folded: bool) -> None:
        """Fold the list column away where it has no room of its own, or bring it back."""
        if is_folded != self._is_folded:
            self._is_folded = is_folded
            self._show_list(is_shown=not is_folded)

    def toggle_list(self) -> None:
        """Show or hide the list column."""
        self._show_list(is_shown=self.list.isHidden())

    def search(self) -> None:
        """Go to the search field."""
        self._show_list(is_shown=True)
        self.list.focus_search()

    def stop(self) -> None:
        """Stop the answer of the conversation that is shown."""
        self._turns.stop(self.chat)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the list at its width, or all of it where both have no room."""
        super().resizeEvent(event)
        self._show_list(is_shown=not self.list.isHidden())

    def _lay_out(self) -> None:
        self.header.add(self.list_button)
        self.header.add(self.picker, 1)
        self.header.add(self.new_button)
        self.new_button.hide()
        self._content = QWidget(self)
        column = QVBoxLayout(self._content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.view, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.list)
        row.addWidget(self._content, 1)

    def _connect(self, models: ModelDesk) -> None:
        self.list_button.clicked.connect(self.toggle_list)
        self.new_button.clicked.connect(self.start_new)
        self.list.new_wanted.connect(self.start_new)
        self.list.chosen.connect(self.open)
        self.list.new_chosen.connect(self.open_new)
        self.list.searched.connect(self._conversations.search)
        self.list.rename_wanted.connect(self._conversations.rename)
        self.list.delete_wanted.connect(self._on_delete_wanted)
        self.list.restore_wanted.connect(self._on_restore_wanted)
        self.list.undo_expired.connect(self._conversations.purge)
        self._conversations.listed.connect(self._on_listed)
        self._conversations.opened.connect(self._on_opened)
        self._conversations.earlier_read.connect(self._on_earlier_read)
        self._conversations.deleted.connect(self._on_deleted)
        self.view.mark_chosen.connect(self.mark_chosen)
        self.view.announced.connect(self.announced)
        self.view.numbers_wanted.connect(self.numbers_wanted)
        self.view.failed.connect(self.failed)
        self.transcript.earlier_wanted.connect(self._on_earlier_wanted)
        self.transcript.copy_wanted.connect(self._on_copy_wanted)
        self.list.copy_wanted.connect(self._copies.copy_conversation)
        self.list.title_copy_wanted.connect(self._on_title_copy_wanted)
        self._copies.copied.connect(self._on_copied)
        self._copies.withheld.connect(self._on_withheld)
        self._turns.changed.connect(self._show_statuses)
        self._turns.accepted.connect(self._on_accepted)
        self._turns.finished.connect(self._conversations.refresh)
        self.drafts.changed.connect(self._show_statuses)
        models.choice_failed.connect(self._on_choice_failed)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self.stop)

    def _show_list(self, *, is_shown: bool) -> None:
        fills = is_shown and self.width() < LIST_WIDTH * 2
        self.list.setMinimumWidth(0 if fills else LIST_WIDTH)
        self.list.setMaximumWidth(self.maximumWidth() if fills else LIST_WIDTH)
        self.list.setVisible(is_shown)
        # The list column has such a button of its own.
        self.new_button.setVisible(not is_shown)
        self._content.setVisible(not fills)

    def _show_new(self) -> None:
        self._show(self.chats.begin(), [], has_earlier=False)

    def _show(self, chat: OpenChat, messages: list[StoredMessage], *, has_earlier: bool) -> None:
        former = self.chat
        self._wanted = chat
        self.view.show_chat(chat, messages, has_earlier=has_earlier)
        if former is not chat and self._turns.turn(former) is None and not self.drafts.has(former):
            self.chats.forget(former)
        self.list.select(chat)
        self._show_statuses()
        if former is not chat:
            self.left.emit(former)

    def _show_statuses(self) -> None:
        statuses = {chat: status for chat in self.chats.known if (status := self._status(chat)) is not None}
        # The new conversation that is being written in needs no row before something is sent.
        new = [chat for chat in self.chats.new_chats if chat in statuses]
        self.list.set_statuses(new, statuses)

    def _status(self, chat: OpenChat) -> ChatStatus | None:
        turn = self._turns.turn(chat)
        if turn is not None and turn.waiting is not None:
            return ChatStatus(Status.WAITING, turn.waiting.place)
        if turn is not None:
            return ChatStatus(Status.WAITING if turn.is_held else Status.ANSWERING)
        if chat is self.chat:
            return None
        if self.view.was_refused(chat):
            return ChatStatus(Status.REFUSED)
        return ChatStatus(Status.DRAFT) if self.drafts.has(chat) else None

    def _on_copy_wanted(self, visible: VisibleText, said: str) -> None:
        self._copies.copy(visible, said, self.current)

    def _on_title_copy_wanted(self, conversation_id: int, title: str) -> None:
        self._copies.copy(VisibleText(title), translate("ChatPage", "Title copied"), conversation_id)

    def _on_copied(self, said: str) -> None:
        self.notices.dismiss(_WITHHELD_KEY)
        self.announced.emit(said)

    def _on_withheld(self, why: str) -> None:
        title = translate("ChatPage", "Not all of it was copied")
        self.notices.show_notice(Notice(BannerKind.WARNING, title, why, key=_WITHHELD_KEY))
        self.announced.emit(title)

    def _on_listed(self, rows: list[Row]) -> None:
        self.list.set_rows(rows)

    def _on_opened(
        self, conversation_id: int, messages: list[StoredMessage], has_earlier: bool, message_id: int | None
    ) -> None:
        # Else another one has been chosen since.
        if conversation_id == self._wanted.conversation_id:
            self._show(self._wanted, messages, has_earlier=has_earlier)
            if message_id is not None:
                self.transcript.scroll_to(message_id)

    def _on_earlier_wanted(self) -> None:
        if self.current is not None and self.transcript.messages:
            self._conversations.read_earlier(self.current, self.transcript.messages[0].message_id)

    def _on_earlier_read(self, conversation_id: int, messages: list[StoredMessage], has_earlier: bool) -> None:
        if conversation_id == self.current:
            self.transcript.prepend(messages, has_earlier=has_earlier)

    def _on_delete_wanted(self, conversation_id: int) -> None:
        self._turns.stop(self.chats.of(conversation_id))
        self._conversations.delete(conversation_id)

    def _on_deleted(self, conversation: Conversation) -> None:
        self.list.show_deleted(conversation)
        if conversation.conversation_id == self.current:
            # The keyboard stays in the list, where the next one may be deleted too.
            self._show_new()

    def _on_restore_wanted(self, conversation_id: int) -> None:
        self._conversations.restore(conversation_id)
        self.open(conversation_id)

    def _on_accepted(self, chat: OpenChat, message: StoredMessage) -> None:
        self.chats.keep(chat, message.conversation_id)
        self._conversations.refresh()
        self.list.select(self.chat)
        self._show_statuses()

    def _on_choice_failed(self, model_id: str) -> None:
        for chat in self.chats.known:
            if chat.model_id == model_id:
                # What answered before answers again.
                chat.model_id = ""
        self.view.show_state()
