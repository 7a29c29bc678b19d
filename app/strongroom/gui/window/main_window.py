# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The window: shows the features' pages in its frame, does for them what a shell does, and opens the workspace."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QDialog, QMainWindow, QStackedWidget

from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.gui.background.task_runner import TaskRunner
from strongroom.gui.widgets.accessibility import Announcer
from strongroom.gui.widgets.banner import BannerKind, Notice, card_of, notice_of
from strongroom.gui.widgets.card import Card
from strongroom.gui.widgets.feature import Feature, Shortcut, in_rail_order
from strongroom.gui.widgets.question import save_dialog
from strongroom.gui.widgets.shell import Shell
from strongroom.gui.widgets.theme import Theme
from strongroom.gui.window.defects import report_of
from strongroom.gui.window.dialogs import DefectDialog, PassphraseDialog
from strongroom.gui.window.failure_page import FailurePage
from strongroom.gui.window.frame import WindowFrame
from strongroom.gui.window.jobs_view import JobsView
from strongroom.gui.window.opening import OpenWorkspace, WorkspaceOpener
from strongroom.gui.window.policy_watch import PolicyWatch
from strongroom.gui.window.shortcut_overview import ShortcutGroup, ShortcutOverview
from strongroom.gui.window.storage_notice import StorageNotice
from strongroom.words import translate
from strongroom.workspace import Workspace


class FeatureMaker(Protocol):
    """Makes the features of a window."""

    def __call__(self, shell: Shell, runner: TaskRunner, theme: Theme, parent: QObject) -> Sequence[Feature]:
        """Return them, each after those that it needs."""


class MainWindow(QMainWindow):
    """The whole window. It is usable at once; the workspace opens behind it.

    It is the :class:`~strongroom.gui.widgets.shell.Shell` of its features. Call :meth:`shut_down` after it was
    closed: it waits for what is under way and closes the workspace.

    Args:
        open_workspace: Opens the workspace, off the GUI thread.
        theme: The theme.
        make_features: Makes what the window shows.

    Signals:
        workspace_opened: The workspace is there.
    """

    workspace_opened = Signal()

    def __init__(self, open_workspace: OpenWorkspace, theme: Theme, make_features: FeatureMaker) -> None:
        super().__init__()
        self.setWindowTitle("Strongroom")
        self.setMinimumSize(420, 380)
        self.resize(1180, 780)
        theme.watch(self)
        self.workspace: Workspace | None = None
        self.runner = TaskRunner(self)
        self.opener = WorkspaceOpener(open_workspace, self.runner, self)
        self.announcer = Announcer(self)
        self.frame = WindowFrame(theme, self)
        self.banners = self.frame.banners
        self.toasts = self.frame.toasts
        self.inspector = self.frame.inspector
        self.status_bar = self.frame.status_bar
        self.failure_page = FailurePage(theme, self)
        self._storage = StorageNotice(self, self.runner, self)
        self.policy_watch = PolicyWatch(self, self.runner, self)
        self.features = tuple(make_features(self, self.runner, theme, self))
        self._by_name = {feature.name: feature for feature in self.features}
        self._whole = QStackedWidget(self)
        self._whole.addWidget(self.frame)
        self._whole.addWidget(self.failure_page)
        self.setCentralWidget(self._whole)
        self.frame.set_features(self.features)
        self._home = self._by_name[self.frame.page]
        self.jobs = JobsView(self.features, self.runner, theme, self.frame)
        self._connect()
        self._add_shortcuts()
        self.opener.open()

    @property
    def page(self) -> str:
        """The name of the feature whose page is shown."""
        return self.frame.page

    def feature(self, name: str) -> Feature:
        """Return the feature with this name."""
        return self._by_name[name]

    def show_page(self, name: str) -> None:
        """Show the page of the feature with this name."""
        self.frame.show_page(name)

    def notify(self, notice: Notice, *, action: tuple[str, Callable[[], object]] | None = None) -> None:
        """Show a notice, in place of one with the same key: what is done as a toast, what lasts above the pages."""
        self.retract(notice.key or notice.title)
        if notice.kind is BannerKind.INFO:
            self.toasts.show_notice(notice, action=action)
        else:
            self.banners.show_notice(notice, action=action)
        self.announce(f"{notice.title}. {notice.message}")

    def retract(self, key: str) -> None:
        """Take the notice with this key away, when it is there."""
        self.banners.dismiss(key)
        self.toasts.dismiss(key)

    def inspect(self, card: Card) -> None:
        """Show a card in the inspector."""
        self.frame.inspect(card)

    def release(self, owner: object) -> None:
        """Take the card of this owner out of the inspector."""
        self.frame.release(owner)

    def announce(self, sentence: str) -> None:
        """Have a screen reader speak a sentence."""
        self.announcer.announce(sentence)

    def ask(self, dialog: QDialog) -> None:
        """Open a dialog over the window; it deletes itself when it is closed. No loop runs inside another."""
        dialog.setParent(self, dialog.windowFlags())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def show_error(self, error: BaseException) -> None:
        """Say what went wrong: in a banner when the user can act on it, as a defect otherwise."""
        if isinstance(error, Cancelled) or any(feature.answer_error(error) for feature in self.features):
            return
        if isinstance(error, UserFacingError):
            self.notify(notice_of(error))
        else:
            self.show_defect(error)

    def show_defect(self, error: BaseException) -> None:
        """Show a defect and what could be saved about it."""
        dialog = DefectDialog(report_of(error))
        text = dialog.report.toPlainText()
        dialog.save_button.clicked.connect(lambda: self._ask_where_to_save(text))
        self.ask(dialog)

    def shut_down(self) -> None:
        """Stop everything, wait for it, and close the workspace. Nothing is shown any more."""
        self.opener.close()
        self.policy_watch.close()
        self.jobs.desk.close()
        for feature in reversed(self.features):
            feature.close()
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
        """Stop what needs a window; the rest is done after it is gone from the screen."""
        self._stop()
        super().closeEvent(event)

    def shortcuts(self) -> Sequence[ShortcutGroup]:
        """Return every key that the window and its features declare, under the names of what they belong to."""
        in_rail = in_rail_order(self.features)
        groups = [
            (
                translate("MainWindow", "Pages"),
                [Shortcut(one.keys, one.title, partial(self.show_page, one.name)) for one in in_rail],
            ),
            *((feature.title, feature.shortcuts()) for feature in in_rail),
            (
                translate("MainWindow", "Everywhere"),
                [
                    Shortcut("Ctrl+N", translate("MainWindow", "Begin a new one"), self._on_new),
                    Shortcut("Ctrl+F", translate("MainWindow", "Search this page"), self._on_find),
                    Shortcut("Ctrl+I", translate("MainWindow", "Show or hide the inspector"), self._on_inspector),
                    Shortcut("F1", translate("MainWindow", "Show all keys"), self._on_overview),
                    Shortcut(
                        "Ctrl+J", translate("MainWindow", "Show or hide the list of jobs"), self.jobs.popover.toggle
                    ),
                    Shortcut("Ctrl+Q", translate("MainWindow", "Quit"), self.close),
                ],
            ),
        ]
        return [ShortcutGroup(title, tuple(shortcuts)) for title, shortcuts in groups if shortcuts]

    def _connect(self) -> None:
        for source in (self.toasts, self.banners):
            source.details_wanted.connect(lambda notice: self.inspect(card_of(notice)))
        self.jobs.desk.failed.connect(self.show_error)
        self.frame.page_shown.connect(lambda name: self._by_name[name].refresh())
        self.opener.opened.connect(self._on_opened)
        self.policy_watch.changed.connect(self._on_policy_changed)
        self.opener.failed.connect(self._on_not_opened)
        self.opener.passphrase_wanted.connect(self._on_passphrase_wanted)
        self.failure_page.retry_wanted.connect(self._on_retry)
        self.failure_page.quit_wanted.connect(self.close)

    def _add_shortcuts(self) -> None:
        taken: set[str] = set()
        for shortcut in (one for group in self.shortcuts() for one in group.shortcuts):
            if shortcut.action is None:
                continue
            if shortcut.keys in taken:
                raise ValueError(f"two things want {shortcut.keys}")
            taken.add(shortcut.keys)
            QShortcut(QKeySequence(shortcut.keys), self).activated.connect(shortcut.action)

    def _stop(self) -> None:
        for feature in self.features:
            feature.stop()

    def _on_opened(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._whole.setCurrentWidget(self.frame)
        for feature in self.features:
            feature.attach(workspace)
        self._storage.attach(workspace)
        self.jobs.desk.attach(workspace)
        self.policy_watch.attach(workspace)
        self.workspace_opened.emit()

    def _on_policy_changed(self) -> None:
        for feature in self.features:
            feature.show_policy()

    def _on_not_opened(self, error: BaseException) -> None:
        if isinstance(error, Cancelled):
            return
        self._stop()
        if isinstance(error, UserFacingError):
            self.failure_page.show_error(error)
            self._whole.setCurrentWidget(self.failure_page)
        else:
            self.show_error(error)

    def _on_retry(self) -> None:
        self._whole.setCurrentWidget(self.frame)
        self.opener.open()

    def _on_passphrase_wanted(self, problem: str) -> None:
        dialog = PassphraseDialog(is_new=False, problem=problem)
        dialog.accepted.connect(lambda: self.opener.answer(dialog.passphrase()))
        dialog.rejected.connect(lambda: self.opener.answer(None))
        self.ask(dialog)

    def _ask_where_to_save(self, report: str) -> None:
        def save(path: Path) -> None:
            self.runner.store(lambda: path.write_text(report, encoding="utf-8"), lambda _: None, self.show_error)

        title, filters = translate("MainWindow", "Save report"), translate("MainWindow", "Text (*.txt)")
        self.ask(save_dialog(title, "strongroom-report.txt", filters, save))

    def _on_overview(self) -> None:
        self.ask(ShortcutOverview(self.shortcuts()))

    def _on_new(self) -> None:
        if not self._by_name[self.page].start_new():
            self._home.start_new()

    def _on_find(self) -> None:
        if not self._by_name[self.page].find():
            self._home.find()

    def _on_inspector(self) -> None:
        if not self.inspector.isHidden():
            self.frame.close_inspector()
        elif (card := self.inspector.card or self._home.card()) is not None:
            self.inspect(card)
