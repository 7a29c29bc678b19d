# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The window over a real workspace, whose worker speaks the real protocol and says what a script says.

Whatever a test leaves running fails it: threads, Qt threads, timers, processes, windows, with the place where each of
them was started.
"""

import json
import os
import sys
import threading
import time
import traceback
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
import pytest
import shiboken6
from PySide6.QtCore import QEvent, QLocale, QThread, QTimer
from PySide6.QtWidgets import QApplication

from strongroom.chat import Workspace
from strongroom.core.paths import DataPaths
from strongroom.core.settings import Settings, save_settings
from strongroom.gui.main import make_application
from strongroom.gui.main_window import MainWindow
from strongroom.gui.theme import Theme
from strongroom.models import ModelLibrary, ModelRefused

WORKER = Path(__file__).parents[1] / "chat" / "scripted_worker.py"
PATIENCE_S = 5.0


def pytest_collection_modifyitems(items):
    """Overlook the one thing that the offscreen platform says about itself; every other Qt warning fails a test."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support "))


@pytest.fixture(scope="session")
def qapp_cls():
    return QApplication


@pytest.fixture(scope="session")
def theme(qapp):
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
    make_application()
    return Theme(qapp, "light")


@pytest.fixture(autouse=True)
def light(theme):
    """Each test begins in the same appearance."""
    theme.set_appearance("light")


@pytest.fixture(autouse=True)
def own_keys(monkeypatch, tmp_path):
    """No test touches the keyring of whoever runs it."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setenv("STRONGROOM_KEY_FILE", str(tmp_path / "keys"))


@pytest.fixture(autouse=True)
def nothing_left(qapp, monkeypatch):
    """Fail a test that leaves something running, and say where it was started."""
    started: list[tuple[object, str]] = []
    for kind in (threading.Thread, QThread, QTimer):
        monkeypatch.setattr(kind, "start", _remembering(kind.start, started))
    threads = set(threading.enumerate())
    windows = set(QApplication.topLevelWidgets())
    children = set(psutil.Process().children(recursive=True))
    yield
    _until(lambda: not _left(started, threads, windows, children))
    left = _left(started, threads, windows, children)
    assert not left, "left behind:\n" + "\n".join(left)


def _remembering(start, started):
    def remember(self, *arguments):
        started.append((self, "".join(traceback.format_stack(limit=7)[:-1])))
        return start(self, *arguments)

    return remember


def _left(started, threads, windows, children):
    places = {id(thing): place for thing, place in started}
    left = [
        f"thread {thread.name}, started at\n{places.get(id(thread), '  (unknown)')}"
        for thread in threading.enumerate()
        if thread not in threads and thread.is_alive() and not thread.name.startswith("asyncio")
    ]
    for thing, place in started:
        if isinstance(thing, QTimer) and shiboken6.isValid(thing) and thing.isActive():
            left.append(f"timer of {thing.parent()}, started at\n{place}")
        if isinstance(thing, QThread) and shiboken6.isValid(thing) and thing.isRunning():
            left.append(f"Qt thread {thing}, started at\n{place}")
    left += [
        f"window {type(widget).__name__} {widget.objectName()!r}, visible: {widget.isVisible()}"
        for widget in QApplication.topLevelWidgets()
        if widget not in windows and shiboken6.isValid(widget)
    ]
    left += [f"process {child}" for child in set(psutil.Process().children(recursive=True)) - children]
    return left


def _until(condition):
    deadline = time.monotonic() + PATIENCE_S
    while not condition() and time.monotonic() < deadline:
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QApplication.processEvents()


class Desk:
    """Opens windows on one data folder, with a small pinned model whose worker says what a script says."""

    def __init__(self, folder: Path, theme: Theme, qtbot) -> None:
        self.folder = folder
        self.paths = DataPaths(folder / "data")
        self.theme = theme
        self._qtbot = qtbot
        self._windows: list[MainWindow] = []
        self._script = folder / "script.json"
        self._requests = folder / "requests.jsonl"
        self.model_file = folder / "Small-Q4_0.gguf"
        self.model_file.write_bytes(b"GGUF" + bytes(2048))

    def script(self, *answers: list[object]) -> None:
        """Say what the model answers, from the first again after each restart of its worker."""
        self._script.write_text(json.dumps({"answers": answers, "requests": str(self._requests)}), encoding="utf-8")

    def policy(self, *rules: str) -> Path:
        """Write a policy of these rules and return its path."""
        path = self.folder / "policy.toml"
        path.write_text('version = 1\nname = "Test"\nrevision = "7"\n' + "\n".join(rules), encoding="utf-8")
        return path

    def prepare(self) -> None:
        """Put the small model on the shelf, vouched for by the user, and make it the chosen one."""
        self.paths.ensure()
        library = ModelLibrary(self.paths)
        entry = library.import_file(self.model_file)
        try:
            library.open_verified(entry.model_id).close()
        except ModelRefused as refusal:
            library.pin(entry.model_id, refusal.actual_digest)
        save_settings(self.paths.settings, Settings(model=entry.model_id))

    def workspace(self, passphrase=None, policy_file: Path | None = None) -> Workspace:
        """Open the workspace as the window does."""
        return Workspace.open(
            self.paths,
            policy_file=policy_file,
            passphrase=passphrase,
            worker_command=[sys.executable, str(WORKER), str(self._script)],
        )

    def window(self, *answers: list[object], policy_file: Path | None = None, ready: bool = True) -> MainWindow:
        """Show a window; wait until its model is loaded unless told otherwise."""
        self.script(*answers)
        if not self.paths.settings.exists():
            self.prepare()
        window = MainWindow(lambda passphrase: self.workspace(passphrase, policy_file), self.theme)
        self._windows.append(window)
        window.show()
        if ready:
            self._qtbot.waitUntil(lambda: window.models.loaded is not None and not window.runner.pending, timeout=15000)
        return window

    def send(self, window: MainWindow, text: str) -> None:
        """Type a message, send it, and wait for the end of its turn."""
        window.chat_page.composer.field.setPlainText(text)
        window.chat_page.composer.button.click()
        self.settle(window)

    def settle(self, window: MainWindow) -> None:
        """Wait until nothing is under way."""
        self._qtbot.waitUntil(lambda: not window.turns.is_busy and not window.runner.pending, timeout=15000)

    def close(self) -> None:
        """Close every window as the program does."""
        while self._windows:
            window = self._windows.pop()
            window.close()
            window.shut_down()
            window.deleteLater()


@pytest.fixture
def desk(tmp_path, theme, qtbot):
    made = Desk(tmp_path, theme, qtbot)
    yield made
    made.close()
