# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The chat: conversations at the left, the one that is open, and the composer below it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from strongroom.core.chat import Conversation, Role, StoredMessage, VisibleText
from strongroom.core.errors import Cancelled
from strongroom.core.events import PhaseProgressed, PromptRefused, TurnFinished
from strongroom.core.generation import GenerationNumbers
from strongroom.gui.chat.composer import Composer
from strongroom.gui.chat.conversation_desk import ConversationDesk
from strongroom.gui.chat.conversation_list import WIDTH as LIST_WIDTH
from strongroom.gui.chat.conversation_list import ConversationList
from strongroom.gui.chat.conversation_model import Row
from strongroom.gui.chat.copy_desk import CopyDesk
from strongroom.gui.chat.empty_chat import EmptyChat
from strongroom.gui.chat.model_picker import ModelPicker
from strongroom.gui.chat.transcript import Transcript
from strongroom.gui.chat.turn_desk import TurnDesk
from strongroom.gui.findings import words as finding_wording
from strongroom.gui.findings.cards import mark_card
from strongroom.gui.models.model_desk import Activity, ModelDesk
from strongroom.gui.rendering.browser import COLUMN_WIDTH
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.accessibility import Announcer
from strongroom.gui.widgets.banner import BannerKind, BannerStack, Notice
from strongroom.gui.widgets.card import MarkedPassage
from strongroom.gui.widgets.controls import IconButton
from strongroom.gui.widgets.icons import Glyph
from strongroom.gui.widgets.page_view import PageHeader, PageView
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate

_REFUSED_KEY = "prompt.refused"
_WITHHELD_KEY = "copy.withheld"


class ChatPage(PageView):
    """Composes list, transcript and composer, and keeps them in step with the desks.

    Signals:
        card_wanted: A :class:`~strongroom.gui.widgets.card.Card` for the inspector.
        numbers_changed: The :class:`GenerationNumbers` of the conversation that is open, or None.
        failed: An exception.
    """

    card_wanted = Signal(object)
    numbers_changed = Signal(object)
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
        self._models = models
        self._turns = turns
        self._copies = copies
        self._current: int | None = None
        self._wanted: int | None = None
        self._is_new_sent = False
        self._is_folded = False
        self.numbers: GenerationNumbers | None = None
        self.announcer = Announcer(self)
        self.list = ConversationList(theme, self)
        self.list_button = IconButton(Glyph.SIDEBAR, translate("ChatPage", "Conversations"), theme, shortcut="Ctrl+B")
        self.picker = ModelPicker(models, theme, self)
        self.new_button = IconButton(Glyph.NEW, translate("ChatPage", "New conversation"), theme, shortcut="Ctrl+N")
        self.transcript = Transcript(theme, self)
        self.empty = EmptyChat(self)
        self.notices = BannerStack(theme, margin=0, parent=self)
        self.composer = Composer(theme, self)
        self._lay_out()
        self._connect()
        self.start_new()

    @property
    def current(self) -> int | None:
        """The conversation that is open; None for a new one."""
        return self._current

    def focus_target(self) -> QWidget:
        """Return where the keyboard begins on this page."""
        return self.composer.field

    def start_new(self) -> None:
        """Open an empty conversation and write in it."""
        self._open_nothing()
        if self._is_folded:
            self._show_list(is_shown=False)
        self.composer.field.setFocus()

    def open(self, conversation_id: int, message_id: int | None = None) -> None:
        """Open a kept conversation."""
        self._wanted = conversation_id
        self._conversations.open(conversation_id, message_id)
        if self._is_folded:
            self._show_list(is_shown=False)

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
        """Stop what is under way."""
        self._turns.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the list at its width, or all of it where both have no room."""
        super().resizeEvent(event)
        self._show_list(is_shown=not self.list.isHidden())

    def _lay_out(self) -> None:
        self.header.add(self.list_button)
        self.header.add(self.picker, 1)
        self.header.add(self.new_button)
        self.new_button.hide()
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.transcript)
        foot = QWidget(self)
        foot.setMaximumWidth(COLUMN_WIDTH + 24)
        writing = QVBoxLayout(foot)
        writing.setContentsMargins(0, 0, 0, 0)
        writing.setSpacing(8)
        writing.addWidget(self.notices)
        writing.addWidget(self.composer)
        below = QHBoxLayout()
        below.setContentsMargins(16, 4, 16, 8)
        below.addStretch(0)
        below.addWidget(foot, 1)
        below.addStretch(0)
        self._content = QWidget(self)
        column = QVBoxLayout(self._content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self._stack, 1)
        column.addLayout(below)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.list)
        row.addWidget(self._content, 1)

    def _connect(self) -> None:
        self.list_button.clicked.connect(self.toggle_list)
        self.new_button.clicked.connect(self.start_new)
        self.list.new_wanted.connect(self.start_new)
        self.list.chosen.connect(self.open)
        self.list.searched.connect(self._conversations.search)
        self.list.rename_wanted.connect(self._conversations.rename)
        self.list.delete_wanted.connect(self._on_delete_wanted)
        self.list.restore_wanted.connect(self._on_restore_wanted)
        self.list.undo_expired.connect(self._conversations.purge)
        self._conversations.listed.connect(self._on_listed)
        self._conversations.opened.connect(self._on_opened)
        self._conversations.earlier_read.connect(self._on_earlier_read)
        self._conversations.deleted.connect(self._on_deleted)
        self.transcript.mark_chosen.connect(lambda marked: self.card_wanted.emit(mark_card(marked)))
        self.transcript.earlier_wanted.connect(self._on_earlier_wanted)
        self.transcript.copy_wanted.connect(self._on_copy_wanted)
        self.list.copy_wanted.connect(self._copies.copy_conversation)
        self.list.title_copy_wanted.connect(self._on_title_copy_wanted)
        self._copies.copied.connect(self._on_copied)
        self._copies.withheld.connect(self._on_withheld)
        self.composer.sent.connect(self._on_sent)
        self.composer.stop_wanted.connect(self.stop)
        self._turns.busy_changed.connect(self._show_state)
        self._turns.progressed.connect(self._on_progressed)
        self._turns.accepted.connect(self._on_accepted)
        self._turns.answer_changed.connect(self._on_answer_changed)
        self._turns.finished.connect(self._on_finished)
        self._turns.refused.connect(self._on_refused)
        self._turns.returned.connect(self._on_returned)
        for signal in (self._models.listed, self._models.loaded_changed, self._models.activity_changed):
            signal.connect(self._show_state)
        self._models.progressed.connect(lambda _: self._show_waiting())
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

    def _open_nothing(self) -> None:
        self._wanted = None
        self._is_new_sent = False
        self._show_conversation(None, [], has_earlier=False)

    def _show_conversation(
        self, conversation_id: int | None, messages: list[StoredMessage], *, has_earlier: bool
    ) -> None:
        self._current = conversation_id
        live = self._turns.live_answer
        # What the database had when it was read may be behind what has been shown.
        shown = [live if live is not None and live.message_id == one.message_id else one for one in messages]
        self.transcript.show_messages(shown, has_earlier=has_earlier)
        self.list.select(conversation_id)
        self._set_numbers(next((one.numbers for one in reversed(shown) if one.numbers is not None), None))
        self._show_state()

    def _show_state(self) -> None:
        is_empty = not self.transcript.messages
        self._stack.setCurrentWidget(self.empty if is_empty else self.transcript)
        loaded, entry = self._models.loaded, self._models.preselected()
        has_nothing = bool(self._models.entries) and loaded is None and self._models.activity is Activity.NONE
        self.empty.show_state(entry.name if entry else "", needs_model=has_nothing)
        self.composer.set_busy(is_busy=self._turns.is_busy)
        self._show_waiting()

    def _show_waiting(self) -> None:
        if self._turns.is_waiting:
            phase = self.picker.phase()
            waiting = translate("ChatPage", "Your message goes out when the model is ready")
            self.composer.set_phase(f"{waiting} · {phase}" if phase else waiting)
        elif not self._turns.is_busy:
            self.composer.set_phase("")

    def _set_numbers(self, numbers: GenerationNumbers | None) -> None:
        self.numbers = numbers
        if numbers is None:
            loaded = self._models.loaded
            self.composer.ring.set_context(0, loaded.context_length if loaded else 0)
        else:
            self.composer.ring.set_context(numbers.context_used, numbers.context_length)
        self.numbers_changed.emit(numbers)

    def _on_copy_wanted(self, visible: VisibleText, said: str) -> None:
        self._copies.copy(visible, said, self._current)

    def _on_title_copy_wanted(self, conversation_id: int, title: str) -> None:
        self._copies.copy(VisibleText(title), translate("ChatPage", "Title copied"), conversation_id)

    def _on_copied(self, said: str) -> None:
        self.notices.dismiss(_WITHHELD_KEY)
        self.announcer.announce(said)

    def _on_withheld(self, why: str) -> None:
        title = translate("ChatPage", "Not all of it was copied")
        self.notices.show_notice(Notice(BannerKind.WARNING, title, why, key=_WITHHELD_KEY))
        self.announcer.announce(title)

    def _on_listed(self, rows: list[Row]) -> None:
        self.list.set_rows(rows)

    def _on_opened(
        self, conversation_id: int, messages: list[StoredMessage], has_earlier: bool, message_id: int | None
    ) -> None:
        if conversation_id != self._wanted:
            return
        self._show_conversation(conversation_id, messages, has_earlier=has_earlier)
        if message_id is not None:
            self.transcript.scroll_to(message_id)

    def _on_earlier_wanted(self) -> None:
        if self._current is not None and self.transcript.messages:
            self._conversations.read_earlier(self._current, self.transcript.messages[0].message_id)

    def _on_earlier_read(self, conversation_id: int, messages: list[StoredMessage], has_earlier: bool) -> None:
        if conversation_id == self._current:
            self.transcript.prepend(messages, has_earlier=has_earlier)

    def _on_delete_wanted(self, conversation_id: int) -> None:
        if conversation_id == self._turns.conversation_id:
            self._turns.stop()
        self._conversations.delete(conversation_id)

    def _on_deleted(self, conversation: Conversation) -> None:
        self.list.show_deleted(conversation)
        if conversation.conversation_id == self._current:
            # The keyboard stays in the list, where the next one may be deleted too.
            self._open_nothing()

    def _on_restore_wanted(self, conversation_id: int) -> None:
        self._conversations.restore(conversation_id)
        self.open(conversation_id)

    def _on_sent(self, text: str) -> None:
        self.notices.dismiss(_REFUSED_KEY)
        self._is_new_sent = self._current is None
        self.transcript.browser.follow()
        self._turns.send(self._current, text)
        self._show_waiting()

    def _on_progressed(self, progress: PhaseProgressed) -> None:
        self.composer.set_phase(wording.phase(progress))

    def _on_accepted(self, message: StoredMessage) -> None:
        if self._current is None and self._is_new_sent:
            # The new conversation that is still on screen has a number now.
            self._current = self._wanted = message.conversation_id
            self.list.select(message.conversation_id)
        self._is_new_sent = False
        self._conversations.refresh()
        if message.conversation_id == self._current:
            self.transcript.put(message)
        self._show_state()

    def _on_answer_changed(self, message: StoredMessage) -> None:
        if message.conversation_id == self._current:
            self.transcript.put(message)

    def _on_finished(self, finished: TurnFinished) -> None:
        if finished.message.conversation_id == self._current:
            if finished.numbers is not None:
                self._set_numbers(finished.numbers)
            self.announcer.announce(finding_wording.ended(finished.message))
        self._conversations.refresh()

    def _on_refused(self, refused: PromptRefused, text: str) -> None:
        self.composer.restore(text)
        rule = translate("ChatPage", "The policy does not let it through: {category}.").format(
            category=finding_wording.category(refused.mark.category)
        )
        self.notices.show_notice(
            Notice(
                BannerKind.WARNING,
                translate("ChatPage", "Your message was not sent"),
                refused.mark.message or rule,
                translate(
                    "ChatPage", "Nothing of it reached the model, and nothing was kept. Change it and send it again."
                ),
                key=_REFUSED_KEY,
            ),
            action=(
                translate("ChatPage", "Why?"),
                lambda: self.card_wanted.emit(mark_card(MarkedPassage(refused.mark))),
            ),
        )
        self.announcer.announce(translate("ChatPage", "Your message was not sent"))

    def _on_returned(self, text: str, error: BaseException) -> None:
        self.composer.restore(text)
        if not isinstance(error, Cancelled):
            self.failed.emit(error)

    def answers(self) -> list[StoredMessage]:
        """Return the answers that are shown."""
        return [message for message in self.transcript.messages if message.role is Role.ASSISTANT]
