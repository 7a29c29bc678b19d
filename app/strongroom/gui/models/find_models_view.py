# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Finding models on the hub: the search above, what it found at the left, the chosen repository at the right."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.core.hub import RepositorySummary
from strongroom.gui.models.hub_desk import HubDesk
from strongroom.gui.models.repository_view import RepositoryView
from strongroom.gui.models.result_list import ResultList
from strongroom.gui.models.search_bar import SearchBar
from strongroom.gui.models.state_panel import Action, StatePanel
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.controls import PlainLabel
from strongroom.gui.widgets.icons import Glyph
from strongroom.gui.widgets.theme import Theme
from strongroom.words import explain, translate
from strongroom.workspace import QuantizationTable

SIDE_BY_SIDE_FROM = 860
_RESULTS_WIDTH = 360
_OFFLINE = "hub.offline"
_TOKEN_HELPS = ("hub.unauthorized", "hub.forbidden", "hub.rate_limited")


class FindModelsView(QWidget):
    """The view "Find models": never empty, and never waiting without a word and a Cancel.

    Signals:
        token_wanted: An access token is to be set.
        announced: A sentence for a screen reader.
        failed: An exception that is no fault of the hub or the network.
    """

    token_wanted = Signal()
    announced = Signal(str)
    failed = Signal(object)

    def __init__(self, desk: HubDesk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._desk = desk
        self._name = ""
        self._has_results = False
        self._is_at_rest = True
        """Whether the search says nothing but that one can search, or that the app is offline."""
        self.search_bar = SearchBar(theme, self)
        self.search_bar.search_wanted.connect(desk.search)
        self.list = ResultList(theme, self)
        self.list.chosen.connect(self._on_chosen)
        self.count = PlainLabel(role="small")
        self.search_state = StatePanel(theme, self)
        self.repository = RepositoryView(theme, self)
        self.repository.back_wanted.connect(self._on_back)
        self.repository.download_wanted.connect(desk.download)
        self.repository.token_wanted.connect(self.token_wanted)
        self.repository.copied.connect(self.announced)
        self.repository_state = StatePanel(theme, self)
        self._lay_out()
        desk.searching_changed.connect(self._on_searching_changed)
        desk.found.connect(self._on_found)
        desk.search_failed.connect(self._on_search_failed)
        desk.opening_changed.connect(self._on_opening_changed)
        desk.opened.connect(self._on_opened)
        desk.opening_failed.connect(self._on_opening_failed)
        desk.downloads_changed.connect(self._show_downloads)
        desk.network_changed.connect(self._on_network_changed)
        self._say_begin()
        self._say_nothing_chosen()

    def focus_target(self) -> QWidget:
        """Return where the keyboard begins in this view."""
        return self.search_bar.field

    def refresh(self) -> None:
        """Look at the shown repository again, after something of it came onto the shelf."""
        if self._name and not self._desk.is_opening and self.repository.shown is not None:
            self._desk.open(self._name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc cancels what is under way, or leads back where there is a way back."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self._desk.is_searching:
            self._desk.cancel_search()
        elif self._desk.is_opening:
            self._desk.cancel_opening()
        elif self.repository.back_button.isVisible():
            self._on_back()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show results and repository side by side where there is room, else one of them."""
        super().resizeEvent(event)
        self._fold()

    def _lay_out(self) -> None:
        found = QWidget(self)
        column = QVBoxLayout(found)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(4)
        self.count.setContentsMargins(12, 0, 12, 2)
        column.addWidget(self.count)
        column.addWidget(self.list, 1)
        self._left = QFrame(self)
        self._left.setObjectName("resultColumn")
        left = QVBoxLayout(self._left)
        left.setContentsMargins(0, 0, 0, 0)
        left.addWidget(found)
        self._right = QStackedWidget(self)
        self._right.addWidget(self.repository_state)
        self._right.addWidget(self.repository)
        self._both = QWidget(self)
        both = QHBoxLayout(self._both)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(0)
        both.addWidget(self._left)
        both.addWidget(self._right, 1)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.search_state)
        self._stack.addWidget(self._both)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.search_bar)
        layout.addWidget(self._stack, 1)

    def _fold(self) -> None:
        is_single = self.width() < SIDE_BY_SIDE_FROM
        self.repository.set_single(is_single=is_single)
        has_choice = bool(self._name)
        self._left.setVisible(not (is_single and has_choice))
        self._right.setVisible(not is_single or has_choice)
        if is_single:
            self._left.setMinimumWidth(0)
            self._left.setMaximumWidth(self.maximumWidth())
        else:
            self._left.setFixedWidth(_RESULTS_WIDTH)

    def _on_chosen(self, summary: RepositorySummary) -> None:
        self._name = summary.repository
        self._fold()
        self._desk.open(self._name)
        if not self.list.isVisible() and self.repository_state.buttons:
            # Else the keyboard would leave with the list.
            self.repository_state.buttons[0].setFocus()

    def _on_back(self) -> None:
        self._desk.cancel_opening()
        self._name = ""
        if self._right.currentWidget() is self.repository_state:
            self._say_nothing_chosen()
        self._fold()
        self.list.setFocus()

    def _on_searching_changed(self) -> None:
        if self._desk.is_searching:
            self._is_at_rest = False
            self._stack.setCurrentWidget(self.search_state)
            self.search_state.say(
                Glyph.SEARCH,
                "accent",
                translate("FindModelsView", "Asking the hub"),
                actions=[(translate("FindModelsView", "Cancel"), self._desk.cancel_search)],
                is_busy=True,
            )

    def _on_found(self, results: Sequence[RepositorySummary]) -> None:
        self._has_results = bool(results)
        self._name = ""
        self._say_nothing_chosen()
        self.list.results.set_results(results)
        if not results:
            self._say_nothing_found()
            return
        self.count.setText(
            translate("FindModelsView", "1 repository")
            if len(results) == 1
            else translate("FindModelsView", "{count} repositories").format(count=wording.number(len(results)))
        )
        self._stack.setCurrentWidget(self._both)
        self._fold()
        self.list.setCurrentIndex(self.list.results.index(0))
        self.list.setFocus()
        self.announced.emit(self.count.text())

    def _on_search_failed(self, error: BaseException) -> None:
        again: Action = (translate("FindModelsView", "Try again"), self.search_bar.search)
        if isinstance(error, Cancelled):
            if self._has_results:
                self._stack.setCurrentWidget(self._both)
            else:
                self._say_begin()
        elif isinstance(error, UserFacingError):
            self._say_error(self.search_state, error, again)
        else:
            self._say_begin()
            self.failed.emit(error)

    def _on_opening_changed(self) -> None:
        if self._desk.is_opening and not self._is_shown(self._name):
            self._right.setCurrentWidget(self.repository_state)
            self.repository_state.say(
                Glyph.MODELS,
                "accent",
                translate("FindModelsView", "Looking at {name}").format(name=self._name),
                translate("FindModelsView", "Its files, its card, and how much memory each file needs."),
                actions=[(translate("FindModelsView", "Cancel"), self._desk.cancel_opening)],
                is_busy=True,
            )

    def _on_opened(self, table: QuantizationTable) -> None:
        self.repository.show_table(table)
        self._show_downloads()
        is_new = self._right.currentWidget() is not self.repository
        self._right.setCurrentWidget(self.repository)
        if is_new:
            self.repository.focus_target().setFocus()

    def _on_opening_failed(self, error: BaseException) -> None:
        if self._is_shown(self._name) and self._right.currentWidget() is self.repository:
            # Only the second look failed; what is shown still holds, being of one commit.
            return
        if isinstance(error, Cancelled):
            self._on_back()
        elif isinstance(error, UserFacingError):
            name = self._name
            again: Action = (translate("FindModelsView", "Try again"), lambda: self._desk.open(name))
            self._right.setCurrentWidget(self.repository_state)
            self._say_error(self.repository_state, error, again, has_back=True)
        else:
            self._say_nothing_chosen()
            self.failed.emit(error)

    def _is_shown(self, name: str) -> bool:
        return self.repository.shown is not None and self.repository.shown.repository.repository == name

    def _show_downloads(self) -> None:
        shown = self.repository.shown
        if shown is None:
            return
        # One that is paused or has failed goes on when it is asked for again.
        active = [one for one in self._desk.downloads if one.is_active]
        names = [one.model.name for one in active if one.repository == shown.repository.repository]
        self.repository.set_busy(frozenset(names))

    def _on_network_changed(self) -> None:
        if self._is_at_rest and not self._desk.is_searching:
            self._say_begin()

    def _say_begin(self) -> None:
        self._is_at_rest = True
        self._stack.setCurrentWidget(self.search_state)
        self.search_bar.setEnabled(self._desk.is_allowed)
        if not self._desk.is_allowed:
            self.search_state.say(
                Glyph.POLICY,
                "muted",
                translate("FindModelsView", "Not allowed"),
                translate("FindModelsView", "The policy in force does not allow to search or download models."),
                translate("FindModelsView", "Import a model file instead, or ask whoever sets the policy."),
            )
            return
        if self._desk.is_offline:
            self._say_offline(self.search_state)
            return
        self.search_state.say(
            Glyph.SEARCH,
            "muted",
            translate("FindModelsView", "Find a model on the hub"),
            translate(
                "FindModelsView",
                "Nothing is asked of the hub until you search. Each file shows whether it fits this computer.",
            ),
            actions=[(translate("FindModelsView", "Show the most downloaded"), self.search_bar.search)],
        )

    def _say_nothing_found(self) -> None:
        self._stack.setCurrentWidget(self.search_state)
        filters: list[Action] = [(translate("FindModelsView", "Take the filters away"), self.search_bar.clear_filters)]
        self.search_state.say(
            Glyph.SEARCH,
            "muted",
            translate("FindModelsView", "Nothing found"),
            translate("FindModelsView", "The hub has no model in the GGUF format for this."),
            translate("FindModelsView", "Try fewer or other words."),
            actions=filters if self.search_bar.has_filters else [],
        )
        self.announced.emit(translate("FindModelsView", "Nothing found"))

    def _say_nothing_chosen(self) -> None:
        self._right.setCurrentWidget(self.repository_state)
        self.repository_state.say(
            Glyph.MODELS,
            "muted",
            translate("FindModelsView", "Choose a repository"),
            translate("FindModelsView", "Its files and what fits here are shown."),
        )

    def _say_error(self, panel: StatePanel, error: UserFacingError, again: Action, *, has_back: bool = False) -> None:
        self._stack.setCurrentWidget(self.search_state if panel is self.search_state else self._both)
        back: list[Action] = [(translate("FindModelsView", "Back"), self._on_back)] if has_back else []
        if error.code == _OFFLINE:
            self._say_offline(panel, back)
            return
        token: list[Action] = (
            [(translate("FindModelsView", "Access token…"), self.token_wanted.emit)]
            if error.code in _TOKEN_HELPS
            else []
        )
        panel.say_error(error, actions=[*token, again, *back])
        text = explain(error)
        self.announced.emit(f"{text.title}. {text.message}")

    def _say_offline(self, panel: StatePanel, more: Sequence[Action] = ()) -> None:
        self._is_at_rest = panel is self.search_state
        panel.say(
            Glyph.NETWORK,
            "muted",
            translate("FindModelsView", "Offline"),
            translate("FindModelsView", "The app is set to Offline: nothing is fetched. Chatting needs no network."),
            actions=[
                (translate("FindModelsView", "Go online"), lambda: self._desk.set_offline(is_offline=False)),
                *more,
            ],
        )
