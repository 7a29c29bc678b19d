# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The window: composes the pages in their frame, and connects them with the desks behind."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget

from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.core.settings import Settings
from strongroom.core.verification import ModelEntry, VerificationResult
from strongroom.gui.background.task_runner import TaskRunner
from strongroom.gui.chat.conversation_desk import ConversationDesk
from strongroom.gui.chat.copy_desk import CopyDesk
from strongroom.gui.chat.page import ChatPage
from strongroom.gui.chat.turn_desk import TurnDesk
from strongroom.gui.incidents.desk import IncidentDesk
from strongroom.gui.incidents.false_alarm_desk import FalseAlarmDesk
from strongroom.gui.incidents.false_alarm_reports import FalseAlarmWiring
from strongroom.gui.incidents.page import IncidentsPage
from strongroom.gui.models.feature import HubWiring
from strongroom.gui.models.hub_desk import HubDesk
from strongroom.gui.models.import_desk import ImportDesk
from strongroom.gui.models.model_desk import ModelDesk
from strongroom.gui.models.page import ModelsPage
from strongroom.gui.models.questions import Asker
from strongroom.gui.security.desk import SecurityDesk
from strongroom.gui.security.egress_desk import EgressDesk
from strongroom.gui.security.feature import SecurityWiring
from strongroom.gui.security.page import SecurityPage
from strongroom.gui.settings.page import SettingsPage
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.banner import BannerKind, Notice, notice_of
from strongroom.gui.widgets.card import Card, device_card, numbers_card, policy_card
from strongroom.gui.widgets.theme import Theme
from strongroom.gui.window.exports import ExportWiring
from strongroom.gui.window.failure_page import FailurePage
from strongroom.gui.window.frame import WindowFrame
from strongroom.gui.window.opening import OpenWorkspace, WorkspaceOpener
from strongroom.gui.window.rail import SHORTCUTS, Page
from strongroom.gui.window.status_bar import Fact
from strongroom.models import ModelRefused
from strongroom.words import say_statement, translate
from strongroom.workspace import Workspace

_MEMORY_KEY = "storage.memory"


class MainWindow(QMainWindow):
    """The whole window. It is usable at once; the workspace opens behind it.

    Call :meth:`shut_down` after it was closed: it waits for what is under way and closes the workspace.

    Signals:
        workspace_opened: The workspace is there.
    """

    workspace_opened = Signal()

    def __init__(self, open_workspace: OpenWorkspace, theme: Theme) -> None:
        super().__init__()
        self.setWindowTitle("Strongroom")
        self.setMinimumSize(420, 380)
        self.resize(1180, 780)
        self._theme = theme
        theme.watch(self)
        self.workspace: Workspace | None = None
        self.runner = TaskRunner(self)
        self.opener = WorkspaceOpener(open_workspace, self.runner, self)
        self.models = ModelDesk(self.runner, self)
        self.turns = TurnDesk(self.runner, self.models, self)
        self.conversations = ConversationDesk(self.runner, self)
        self.copies = CopyDesk(self.runner, self)
        self.incidents = IncidentDesk(self.runner, self)
        self.false_alarms = FalseAlarmDesk(self.runner, self)
        self.hub = HubDesk(self.runner, self)
        self.imports = ImportDesk(self.runner, self)
        self.security = SecurityDesk(self.runner, self)
        self.egress = EgressDesk(self.runner, self)
        self.frame = WindowFrame(theme, self)
        self.banners = self.frame.banners
        self.inspector = self.frame.inspector
        self.status_bar = self.frame.status_bar
        self.chat_page = ChatPage(self.conversations, self.models, self.turns, self.copies, theme, self)
        self.models_page = ModelsPage(self.models, self.hub, self.imports, theme, self)
        self.incidents_page = IncidentsPage(self.incidents, self.false_alarms, self.models, theme, self)
        self.security_page = SecurityPage(self.security, self.egress, theme, self)
        self.settings_page = SettingsPage(self.runner, self.models, theme, self)
        self.failure_page = FailurePage(theme, self)
        self._asker = Asker(self)
        self.hub_wiring = HubWiring(
            self.hub, self.imports, self.models, self.models_page, self.frame, self._asker, self
        )
        self.security_wiring = SecurityWiring(
            self.security, self.egress, self.security_page, self.hub_wiring, self.frame, self._asker, self
        )
        self.export_wiring = ExportWiring(
            self.conversations, self.chat_page.list, self.incidents, self.incidents_page, self._asker, self
        )
        self.false_alarm_wiring = FalseAlarmWiring(
            self.false_alarms, self.inspector, self.chat_page, self.incidents_page, self._asker, self
        )
        self._whole = QStackedWidget(self)
        self._whole.addWidget(self.frame)
        self._whole.addWidget(self.failure_page)
        self.setCentralWidget(self._whole)
        self._connect()
        self._add_shortcuts()
        self.frame.set_views(
            {
                Page.CHAT: self.chat_page,
                Page.MODELS: self.models_page,
                Page.INCIDENTS: self.incidents_page,
                Page.SECURITY: self.security_page,
                Page.SETTINGS: self.settings_page,
            }
        )
        self.opener.open()

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return self.frame.page

    def show_page(self, page: Page) -> None:
        """Show a page."""
        self.frame.show_page(page)

    def inspect(self, card: Card) -> None:
        """Show a card in the inspector."""
        self.frame.inspect(card)

    def import_model(self, path: Path) -> None:
        """Put a file on the shelf, where it is."""
        self.models.import_file(path, copy=False)

    def export_incidents(self, path: Path) -> None:
        """Write the records that are shown to a file; the name decides the format."""
        self.export_wiring.export_incidents(path)

    def shut_down(self) -> None:
        """Stop everything, wait for it, and close the workspace. Nothing is shown any more."""
        self.opener.close()
        self.turns.close()
        self.models.close()
        self.hub_wiring.close()
        self.security_wiring.close()
        self.conversations.close()
        self.runner.close()
        self.workspace = None
        if self.opener.made is not None:
            self.opener.made.close()
            self.opener.made = None

    def showEvent(self, event: QShowEvent) -> None:
        """Begin where one writes."""
        super().showEvent(event)
        self.frame.focus_page()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop the answer; the rest is done after the window is gone from the screen."""
        self.turns.stop_all()
        super().closeEvent(event)

    def _connect(self) -> None:
        self.frame.page_shown.connect(self._on_page_shown)
        for source in (self.chat_page, self.models_page, self.incidents_page, self.security_page):
            source.card_wanted.connect(self.inspect)
        self.opener.opened.connect(self._on_opened)
        self.opener.failed.connect(self._on_not_opened)
        self.opener.passphrase_wanted.connect(self._on_passphrase_wanted)
        self.failure_page.retry_wanted.connect(self._on_retry)
        self.failure_page.quit_wanted.connect(self.close)
        for desk in (
            self.models,
            self.conversations,
            self.copies,
            self.incidents,
            self.false_alarms,
            self.settings_page,
            self.chat_page,
            self.hub_wiring,
            self.security_wiring,
        ):
            desk.failed.connect(self.on_failed)
        self.models.digest_unknown.connect(self._on_digest_unknown)
        self.models.verified.connect(self._on_verified)
        self.models.vouched.connect(self._on_vouched)
        self.models.loaded_changed.connect(self._show_model)
        self.models.loaded_changed.connect(self.security.look)
        self.models.activity_changed.connect(self._show_model)
        self.models.progressed.connect(lambda _: self._show_model())
        self.chat_page.numbers_changed.connect(self._on_numbers_changed)
        self.chat_page.picker.import_wanted.connect(self._on_import_wanted)
        self.chat_page.picker.models_wanted.connect(lambda: self.show_page(Page.MODELS))
        self.chat_page.empty.model_wanted.connect(lambda: self.show_page(Page.MODELS))
        self.hub_wiring.announced.connect(self.chat_page.announcer.announce)
        self.hub_wiring.shelf_wanted.connect(self._on_shelf_wanted)
        self.hub.settings_changed.connect(self.settings_page.show_settings)
        self.settings_page.token_wanted.connect(self.hub_wiring.ask_token)
        for wiring in (self.export_wiring, self.security_wiring):
            wiring.exported.connect(lambda said: self._inform("exported", translate("MainWindow", "Exported"), said))
        self.false_alarm_wiring.told.connect(
            lambda said: self._inform("reported", translate("MainWindow", "Thank you"), said)
        )
        self.settings_page.changed.connect(self._on_settings_changed)
        self.status_bar.fact_chosen.connect(self._on_fact_chosen)

    def _add_shortcuts(self) -> None:
        for page, keys in SHORTCUTS.items():
            self._add_shortcut(keys).activated.connect(lambda page=page: self.show_page(page))
        self._add_shortcut("Ctrl+N").activated.connect(self._on_new)
        self._add_shortcut("Ctrl+F").activated.connect(self._on_search_here)
        self._add_shortcut("Ctrl+K").activated.connect(self._on_search)
        self._add_shortcut("Ctrl+B").activated.connect(self.chat_page.toggle_list)
        self._add_shortcut("Ctrl+L").activated.connect(self._on_write)
        self._add_shortcut("Ctrl+M").activated.connect(self._on_choose_model)
        self._add_shortcut("Ctrl+I").activated.connect(self._on_toggle_inspector)
        self._add_shortcut("Ctrl+Q").activated.connect(self.close)

    def _add_shortcut(self, keys: str) -> QShortcut:
        return QShortcut(QKeySequence(keys), self)

    def _on_page_shown(self, page: Page) -> None:
        if page is Page.INCIDENTS:
            self.incidents_page.refresh()
        elif page is Page.SECURITY:
            self.security_page.refresh()
        elif page is Page.MODELS:
            self.models.refresh()
            self.imports.look_for_places()

    def _on_opened(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._whole.setCurrentIndex(0)
        self._theme.set_appearance(workspace.settings.appearance)
        self.status_bar.set_policy(workspace.policy.latest.identity)
        self.conversations.attach(workspace)
        self.copies.attach(workspace)
        self.incidents.attach(workspace)
        self.false_alarms.attach(workspace)
        self.settings_page.attach(workspace)
        self.models.attach(workspace)
        self.turns.attach(workspace)
        self.hub_wiring.attach(workspace)
        self.security_wiring.attach(workspace)
        self._show_storage(workspace)
        for damage in (workspace.incidents.damage, workspace.egress.damage):
            if damage is not None:
                self.on_failed(damage)
        self.workspace_opened.emit()

    def _show_storage(self, workspace: Workspace) -> None:
        if workspace.is_persistent:
            self.banners.dismiss(_MEMORY_KEY)
            return
        self.banners.show_notice(
            Notice(
                BannerKind.WARNING,
                translate("MainWindow", "This session is not kept"),
                say_statement(workspace.storage_note),
                translate(
                    "MainWindow",
                    "Choose a passphrase to keep conversations and the incident log, encrypted, on this machine.",
                ),
                key=_MEMORY_KEY,
            ),
            action=(translate("MainWindow", "Choose a passphrase…"), self._on_keep_wanted),
        )

    def _on_not_opened(self, error: BaseException) -> None:
        if isinstance(error, Cancelled):
            return
        self.turns.stop_all()
        if isinstance(error, UserFacingError):
            self.failure_page.show_error(error)
            self._whole.setCurrentWidget(self.failure_page)
        else:
            self.on_failed(error)

    def _on_retry(self) -> None:
        self._whole.setCurrentIndex(0)
        self.opener.open()

    def _on_passphrase_wanted(self, problem: str) -> None:
        self._asker.ask_passphrase(problem, self.opener.answer)

    def _on_keep_wanted(self) -> None:
        self._asker.ask_new_passphrase(self.keep_session)

    def keep_session(self, passphrase: str) -> None:
        """Keep a session that was held in memory only, locked with ``passphrase``."""
        workspace = self.workspace
        if workspace is not None:
            self.runner.store(
                lambda: workspace.start_keeping(passphrase), lambda _: self._on_kept(workspace), self.on_failed
            )

    def _on_kept(self, workspace: Workspace) -> None:
        self._show_storage(workspace)
        self._inform(
            "storage.kept", translate("MainWindow", "This session is kept now"), say_statement(workspace.storage_note)
        )

    def on_failed(self, error: BaseException) -> None:
        """Say what went wrong: in a banner when the user can act on it, as a defect otherwise."""
        if isinstance(error, Cancelled):
            return
        if isinstance(error, ModelRefused) and self.models.ask_about(error, self.models.wanted, to_load=True):
            return
        if isinstance(error, UserFacingError):
            self.banners.show_notice(notice_of(error))
            self.chat_page.announcer.announce(f"{error.title}. {error.message}")
        else:
            self.show_defect(error)

    def show_defect(self, error: BaseException) -> None:
        """Show a defect and what could be saved about it."""
        self._asker.show_defect(error, self._save_report)

    def _save_report(self, path: Path, text: str) -> None:
        self.runner.store(lambda: path.write_text(text, encoding="utf-8"), lambda _: None, self.on_failed)

    def _on_digest_unknown(self, entry: ModelEntry, digest: str, to_load: bool) -> None:
        models, model_id = self.models, entry.model_id
        self._asker.ask_responsibility(
            entry,
            digest,
            to_load=to_load,
            then=lambda: models.pin(model_id, digest, then_load=to_load),
            then_by_file=lambda file: models.pin_by_file(model_id, file, then_load=to_load),
            then_by_hub=lambda name: models.pin_by_hub(model_id, name, then_load=to_load),
        )

    def _on_vouched(self, entry: ModelEntry) -> None:
        self._inform(
            "model.vouched",
            translate("MainWindow", "{name} is what it should be").format(name=entry.name),
            translate("MainWindow", "Its SHA-256 is the one that {source} gives.").format(source=entry.source),
            f"SHA-256: {entry.expected_digest}",
        )

    def _on_verified(self, entry: ModelEntry | None, result: VerificationResult) -> None:
        name = entry.name if entry else translate("MainWindow", "The model")
        sentence = translate("MainWindow", "All {size} were hashed in {seconds} s and have the expected SHA-256.")
        self._inform(
            "model.verified",
            translate("MainWindow", "{name} is what it should be").format(name=name),
            sentence.format(size=wording.size(result.size), seconds=wording.number(result.seconds, 2)),
            f"SHA-256: {result.digest}",
        )

    def _inform(self, key: str, title: str, message: str, details: str = "") -> None:
        self.banners.show_notice(Notice(BannerKind.INFO, title, message, details=details, key=key))

    def _show_model(self) -> None:
        self.status_bar.set_model(self.models.loaded, self.chat_page.picker.phase())

    def _on_numbers_changed(self, numbers: object) -> None:
        self.status_bar.set_context(self.chat_page.numbers)
        if self.models.loaded is not None and self.chat_page.numbers is not None and numbers is not None:
            self.status_bar.set_device(self.models.loaded, self.chat_page.numbers.threads)

    def _on_fact_chosen(self, fact: Fact) -> None:
        numbers = self.chat_page.numbers
        if fact is Fact.MODEL:
            self.show_page(Page.MODELS)
        elif fact is Fact.DEVICE:
            loaded = self.models.loaded
            threads = numbers.threads if numbers else loaded.threads if loaded else 0
            self.inspect(device_card(loaded, threads))
        elif fact is Fact.NETWORK:
            self.hub.look_at_network()
            self.security_wiring.show_network()
        elif fact is Fact.ISOLATION:
            self.security_wiring.show_isolation()
        elif fact is Fact.CONTEXT:
            self.inspect(numbers_card(numbers))
        elif self.workspace is not None:
            policy = self.workspace.policy.latest
            self.inspect(policy_card(policy.identity, policy.policy.source_text))

    def _on_settings_changed(self, settings: Settings) -> None:
        self._theme.set_appearance(settings.appearance)
        self.hub.look_at_network()

    def _on_shelf_wanted(self, model_id: str) -> None:
        self.show_page(Page.MODELS)
        self.models_page.show_shelf(model_id)

    def _on_import_wanted(self) -> None:
        self._asker.ask_model_file(self.import_model)

    def _on_new(self) -> None:
        self.show_page(Page.CHAT)
        self.chat_page.start_new()

    def _on_search_here(self) -> None:
        if self.page is Page.MODELS:
            self.models_page.show_find()
            self.frame.focus_page()
        else:
            self._on_search()

    def _on_search(self) -> None:
        self.show_page(Page.CHAT)
        self.chat_page.search()

    def _on_write(self) -> None:
        self.show_page(Page.CHAT)
        self.chat_page.composer.field.setFocus()

    def _on_choose_model(self) -> None:
        self.show_page(Page.CHAT)
        self.chat_page.picker.open_menu()

    def _on_toggle_inspector(self) -> None:
        if not self.inspector.isHidden():
            self.frame.close_inspector()
        elif self.inspector.card is not None:
            self.inspect(self.inspector.card)
        else:
            self.inspect(numbers_card(self.chat_page.numbers))
