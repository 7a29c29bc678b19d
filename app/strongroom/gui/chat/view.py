# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The conversation that is shown: its messages, what its turn is doing, and the composer with its draft."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from strongroom.core.chat import StoredMessage
from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.core.events import PhaseProgressed, PromptRefused, TurnFinished
from strongroom.core.generation import GenerationNumbers
from strongroom.gui.chat.composer import Composer
from strongroom.gui.chat.drafts import Drafts
from strongroom.gui.chat.empty_chat import EmptyChat
from strongroom.gui.chat.model_picker import ModelPicker
from strongroom.gui.chat.open_chats import OpenChat
from strongroom.gui.chat.transcript import Transcript
from strongroom.gui.chat.turn_desk import TurnDesk
from strongroom.gui.chat.waiting_card import WaitingCard
from strongroom.gui.findings import words as finding_wording
from strongroom.gui.findings.cards import MarkedPassage
from strongroom.gui.models import words as model_words
from strongroom.gui.models.activity import Activity
from strongroom.gui.models.model_desk import ModelDesk
from strongroom.gui.rendering.browser import COLUMN_WIDTH
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.banner import BannerKind, BannerStack, Notice, notice_of
from strongroom.gui.widgets.theme import Theme
from strongroom.models import ModelRefused
from strongroom.words import translate

_NOT_SENT_KEY = "prompt.not_sent"
_ALMOST_ALL = 10_000
"""A share of the height beside which 1 is nothing."""


class ConversationView(QWidget):
    """Shows one conversation; what happens in another one is neither shown nor acted on here.

    Signals:
        mark_chosen: The :class:`~strongroom.gui.findings.cards.MarkedPassage` that the user asks about.
        announced: A sentence for a screen reader.
        numbers_wanted: The user wants to know all about the context.
        failed: An exception that is not, or not only, about the message that was sent.
    """

    mark_chosen = Signal(object)
    announced = Signal(str)
    numbers_wanted = Signal()
    failed = Signal(object)

    def __init__(
        self,
        chat: OpenChat,
        models: ModelDesk,
        turns: TurnDesk,
        drafts: Drafts,
        picker: ModelPicker,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._models = models
        self._turns = turns
        self._drafts = drafts
        self._picker = picker
        self._not_sent: dict[OpenChat, tuple[Notice, PromptRefused | None]] = {}
        """Why the last message of a conversation was not sent."""
        self.chat = chat
        """The conversation that is shown."""
        self.numbers: GenerationNumbers | None = None
        self.transcript = Transcript(theme, self)
        self.waiting_card = WaitingCard(theme, self)
        self.empty = EmptyChat(self)
        self.notices = BannerStack(theme, margin=0, parent=self)
        self.composer = Composer(theme, self)
        self._lay_out()
        self._connect()

    def show_chat(self, chat: OpenChat, messages: Sequence[StoredMessage], *, has_earlier: bool) -> None:
        """Show another conversation, or the same anew.

        Args:
            chat: The conversation; its draft takes the place of the former one's.
            messages: Its last messages, as the database has them.
            has_earlier: Whether there are messages before those.
        """
        if chat is not self.chat:
            self.chat = chat
            self.composer.show_draft(self._drafts.text(chat))
        turn = self._turns.turn(chat)
        chat.answered_by = next((one.model_digest for one in reversed(messages) if one.model_digest), "")
        shown = turn.merged_into(messages) if turn else list(messages)
        self.transcript.show_messages(shown, has_earlier=has_earlier)
        self._show_not_sent()
        self.show_state()
        self._set_numbers(next((one.numbers for one in reversed(shown) if one.numbers is not None), None))

    def model_id(self, chat: OpenChat) -> str:
        """Return which model answers in a conversation: the one chosen for it, that of its last answer, the default."""
        if chat.model_id:
            return chat.model_id
        entry = self._models.entry_of_digest(chat.answered_by)
        return entry.model_id if entry is not None else self._models.default_id

    def was_refused(self, chat: OpenChat) -> bool:
        """Return whether the last message of a conversation was not sent, and waits to be changed."""
        return chat in self._not_sent and self._drafts.has(chat)

    def show_state(self) -> None:
        """Show what the conversation's turn and the models are doing."""
        turn = self._turns.turn(self.chat)
        is_empty = not self.transcript.messages and (turn is None or turn.waiting is None)
        self._stack.setCurrentWidget(self.empty if is_empty else self._written)
        model_id = self.model_id(self.chat)
        entry = self._models.entry(model_id)
        self._models.show(model_id)
        self._picker.set_locked(is_locked=turn is not None and not turn.is_held)
        is_idle = self._models.activity is Activity.NONE
        has_nothing = bool(self._models.entries) and self._models.loaded is None and is_idle
        self.empty.show_state(entry.name if entry else "", needs_model=has_nothing)
        self.composer.set_busy(is_busy=turn is not None)
        if turn is not None and turn.waiting is not None:
            self.waiting_card.show_waiting(turn.text, turn.waiting)
        else:
            self.waiting_card.hide()
        self.transcript.set_hugged(is_hugged=not self.waiting_card.isHidden())
        self._show_phase()
        self._show_context()

    def _lay_out(self) -> None:
        self._written = QWidget(self)
        written = QVBoxLayout(self._written)
        written.setContentsMargins(0, 0, 0, 0)
        written.setSpacing(0)
        # Below a short transcript the card follows its last line; the rest of the height stays empty.
        written.addWidget(self.transcript, _ALMOST_ALL)
        written.addLayout(_centered(self.waiting_card, above=8))
        written.addStretch(1)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._written)
        foot = QWidget(self)
        writing = QVBoxLayout(foot)
        writing.setContentsMargins(0, 0, 0, 0)
        writing.setSpacing(8)
        writing.addWidget(self.notices)
        writing.addWidget(self.composer)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        column.addLayout(_centered(foot, above=4))

    def _connect(self) -> None:
        self.transcript.mark_chosen.connect(self.mark_chosen)
        self.composer.ring.clicked.connect(self.numbers_wanted)
        self.waiting_card.cancel_wanted.connect(self._on_stop)
        self.composer.sent.connect(self._on_sent)
        self.composer.stop_wanted.connect(self._on_stop)
        self.composer.hinted.connect(self.announced)
        self.composer.field.textChanged.connect(self._on_typed)
        self._turns.changed.connect(self._on_turn_changed)
        self._turns.progressed.connect(self._on_progressed)
        self._turns.accepted.connect(self._on_message)
        self._turns.answer_changed.connect(self._on_message)
        self._turns.finished.connect(self._on_finished)
        self._turns.refused.connect(self._on_refused)
        self._turns.returned.connect(self._on_returned)
        self._models.chosen.connect(self._on_model_chosen)
        for signal in (self._models.listed, self._models.loaded_changed, self._models.activity_changed):
            signal.connect(self.show_state)
        self._models.progressed.connect(lambda _: self._show_phase())

    def _on_model_chosen(self, model_id: str) -> None:
        self.chat.model_id = model_id
        self.show_state()

    def _show_phase(self) -> None:
        turn = self._turns.turn(self.chat)
        if turn is not None and turn.is_held and turn.waiting is None:
            phase = model_words.loading(self._models, self.model_id(self.chat))
            waiting = translate("ChatPage", "Your message goes out when the model is ready")
            self.composer.set_phase(f"{waiting} · {phase}" if phase else waiting)
        elif turn is not None and turn.waiting is None and turn.progress is not None:
            self.composer.set_phase(wording.phase(turn.progress))
        else:
            self.composer.set_phase("")

    def _show_not_sent(self) -> None:
        notice, refused = self._not_sent.get(self.chat, (None, None))
        if notice is None:
            self.notices.dismiss(_NOT_SENT_KEY)
            return
        action = None
        if refused is not None:
            marked = MarkedPassage(refused.mark)
            action = (translate("ChatPage", "Why?"), lambda: self.mark_chosen.emit(marked))
        self.notices.show_notice(notice, action=action)

    def _set_numbers(self, numbers: GenerationNumbers | None) -> None:
        self.numbers = numbers
        self._show_context()

    def _show_context(self) -> None:
        """Show how much of the context is used, by the answer that is being written too."""
        turn, numbers, loaded = self._turns.turn(self.chat), self.numbers, self._models.loaded
        used = max(numbers.context_used if numbers else 0, turn.context_used if turn else 0)
        length = loaded.context_length if loaded else numbers.context_length if numbers else 0
        self.composer.ring.set_context(used, length)

    def _on_typed(self) -> None:
        self._drafts.keep(self.chat, self.composer.field.toPlainText())

    def _on_sent(self, text: str) -> None:
        self._not_sent.pop(self.chat, None)
        self._show_not_sent()
        self.transcript.browser.follow()
        self._turns.send(self.chat, text, self.model_id(self.chat))

    def _on_stop(self) -> None:
        self._turns.stop(self.chat)

    def _on_turn_changed(self, chat: OpenChat) -> None:
        if chat is self.chat:
            self.show_state()

    def _on_progressed(self, chat: OpenChat, _progress: PhaseProgressed) -> None:
        if chat is self.chat:
            self._show_phase()
            self._show_context()

    def _on_message(self, chat: OpenChat, message: StoredMessage) -> None:
        if chat is self.chat:
            self.transcript.put(message)
            self.show_state()

    def _on_finished(self, chat: OpenChat, finished: TurnFinished) -> None:
        chat.answered_by = finished.message.model_digest
        if chat is self.chat:
            if finished.numbers is not None:
                self._set_numbers(finished.numbers)
            self.announced.emit(finding_wording.ended(finished.message))

    def _on_refused(self, chat: OpenChat, refused: PromptRefused, text: str) -> None:
        rule = translate("ChatPage", "The policy does not let it through: {category}.").format(
            category=finding_wording.category(refused.mark.category)
        )
        notice = Notice(
            BannerKind.WARNING,
            translate("ChatPage", "Your message was not sent"),
            refused.mark.message or rule,
            translate(
                "ChatPage", "Nothing of it reached the model, and nothing was kept. Change it and send it again."
            ),
            key=_NOT_SENT_KEY,
        )
        self._take_back(chat, text, notice, refused)

    def _on_returned(self, chat: OpenChat, text: str, error: BaseException) -> None:
        if isinstance(error, Cancelled) or not isinstance(error, UserFacingError):
            self._take_back(chat, text, None)
        else:
            why = notice_of(error)
            notice = replace(
                why,
                title=translate("ChatPage", "Your message was not sent"),
                message=f"{why.title}. {why.message}",
                key=_NOT_SENT_KEY,
            )
            self._take_back(chat, text, notice)
        # Of a refused model there is more to say and to ask than that this message was not sent.
        if isinstance(error, ModelRefused) and self._models.ask_about(error, self.model_id(chat), to_load=True):
            return
        if isinstance(error, ModelRefused) or not isinstance(error, UserFacingError):
            self.failed.emit(error)

    def _take_back(
        self, chat: OpenChat, text: str, notice: Notice | None, refused: PromptRefused | None = None
    ) -> None:
        """Put a text that was not sent back into its own conversation, and say there why."""
        if notice is not None:
            self._not_sent[chat] = (notice, refused)
        if chat is self.chat:
            self.composer.restore(text)
            self._show_not_sent()
        else:
            self._drafts.give_back(chat, text)
        if notice is not None:
            self.announced.emit(notice.title)


def _centered(widget: QWidget, *, above: int) -> QHBoxLayout:
    """Return a row with a widget in the middle, as wide as the text column."""
    widget.setMaximumWidth(COLUMN_WIDTH + 24)
    row = QHBoxLayout()
    row.setContentsMargins(16, above, 16, 8)
    row.addStretch(0)
    row.addWidget(widget, 1)
    row.addStretch(0)
    return row
