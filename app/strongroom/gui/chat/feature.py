# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Chat: conversations, the one that is open, and what is asked in it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject

from strongroom.gui.background.task_runner import TaskRunner
from strongroom.gui.chat.cards import numbers_card
from strongroom.gui.chat.conversation_desk import ConversationDesk
from strongroom.gui.chat.copy_desk import CopyDesk
from strongroom.gui.chat.page import ChatPage
from strongroom.gui.chat.turn_desk import TurnDesk
from strongroom.gui.findings.cards import MarkedPassage, mark_card
from strongroom.gui.models.feature import ModelsFeature
from strongroom.gui.widgets.card import Card
from strongroom.gui.widgets.feature import Feature, Shortcut
from strongroom.gui.widgets.icons import Glyph
from strongroom.gui.widgets.question import save_dialog
from strongroom.gui.widgets.shell import Shell, inform
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate
from strongroom.workspace import Workspace

_LONGEST_NAME = 40


class ChatFeature(Feature):
    """The page of conversations.

    Args:
        shell: The window.
        runner: Runs what takes time.
        theme: The theme.
        models: Has the models that answer.
        report: Called with a passage whose finding the user calls wrong.
        parent: The window.
    """

    page: ChatPage

    def __init__(
        self,
        shell: Shell,
        runner: TaskRunner,
        theme: Theme,
        *,
        models: ModelsFeature,
        report: Callable[[MarkedPassage], object],
        parent: QObject,
    ) -> None:
        self.conversations = ConversationDesk(runner)
        self.turns = TurnDesk(runner, models.models)
        self.copies = CopyDesk(runner)
        super().__init__(
            "chat",
            translate("ChatFeature", "Chat"),
            Glyph.CHAT,
            "Ctrl+1",
            place=1,
            page=ChatPage(self.conversations, models.models, self.turns, self.copies, theme),
            parent=parent,
        )
        for desk in (self.conversations, self.turns, self.copies):
            desk.setParent(self)
        self._shell = shell
        self._models = models
        self._report = report
        self._connect()

    def shortcuts(self) -> Sequence[Shortcut]:
        """Return the keys that lead to the list, the composer and the models from everywhere."""
        page = self.page
        return (
            Shortcut("Ctrl+K", translate("ChatFeature", "Search conversations"), self.find),
            Shortcut("Ctrl+B", translate("ChatFeature", "Show or hide the list of conversations"), page.toggle_list),
            Shortcut("Ctrl+L", translate("ChatFeature", "Write a message"), self._on_write),
            Shortcut("Ctrl+M", translate("ChatFeature", "Choose a model"), self._on_choose_model),
            Shortcut("Return", translate("ChatFeature", "Send the message")),
            Shortcut("Shift+Return", translate("ChatFeature", "Begin a new line in the message")),
            Shortcut("Esc", translate("ChatFeature", "Stop the answer")),
            Shortcut("Del", translate("ChatFeature", "Delete the conversation that is chosen in the list")),
            Shortcut("Ctrl+Z", translate("ChatFeature", "Bring back what was deleted")),
        )

    def attach(self, workspace: Workspace) -> None:
        """Begin: list the conversations, and send what was typed before."""
        self.conversations.attach(workspace)
        self.copies.attach(workspace)
        self.turns.attach(workspace)

    def stop(self) -> None:
        """Stop every answer that is being written."""
        self.turns.stop_all()

    def close(self) -> None:
        """Let nothing wait for this window any more."""
        self.turns.close()
        self.conversations.close()

    def find(self) -> bool:
        """Go to the search of the conversations."""
        self._shell.show_page(self.name)
        self.page.search()
        return True

    def start_new(self) -> bool:
        """Open an empty conversation."""
        self._shell.show_page(self.name)
        self.page.start_new()
        return True

    def card(self) -> Card:
        """Return the numbers of the last answer that is shown."""
        return self._own(numbers_card(self.page.numbers))

    def _own(self, card: Card) -> Card:
        """Return a card that goes away when another conversation is shown."""
        return replace(card, owner=self.page.chat)

    def _connect(self) -> None:
        page, shell = self.page, self._shell
        for source in (self.conversations, self.copies, page):
            source.failed.connect(shell.show_error)
        page.announced.connect(shell.announce)
        page.mark_chosen.connect(lambda marked: shell.inspect(self._own(mark_card(marked, self._report))))
        page.transcript.report_wanted.connect(self._report)
        page.numbers_wanted.connect(lambda: shell.inspect(self.card()))
        page.left.connect(shell.release)
        page.picker.import_wanted.connect(self._models.choose_file)
        page.picker.models_wanted.connect(self._on_models_wanted)
        page.empty.model_wanted.connect(self._on_models_wanted)
        page.list.export_wanted.connect(self._on_export_wanted)
        self.conversations.exported.connect(self._on_exported)

    def _on_models_wanted(self) -> None:
        self._shell.show_page(self._models.name)

    def _on_write(self) -> None:
        self._shell.show_page(self.name)
        self.page.composer.field.setFocus()

    def _on_choose_model(self) -> None:
        self._shell.show_page(self.name)
        self.page.picker.open_menu()

    def _on_export_wanted(self, conversation_id: int, title: str) -> None:
        name = "".join(letter if letter.isalnum() else "-" for letter in title)[:_LONGEST_NAME].strip("-")
        self._shell.ask(
            save_dialog(
                translate("ChatFeature", "Export conversation"),
                f"{name or 'conversation'}.md",
                translate("ChatFeature", "Markdown (*.md);;JSON (*.json)"),
                lambda path: self.conversations.export(conversation_id, path),
            )
        )

    def _on_exported(self, path: Path) -> None:
        sentence = translate("ChatFeature", "The conversation was written to {path}.").format(path=path)
        inform(self._shell, "exported", translate("ChatFeature", "Exported"), sentence)
