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

import numpy
import psutil
import pytest
import shiboken6
from gguf import GGUFWriter
from PySide6.QtCore import QEvent, QLocale, QThread, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from strongroom.core.paths import DataPaths
from strongroom.core.settings import Settings, save_settings
from strongroom.gui.main import make_application
from strongroom.gui.widgets.theme import Theme
from strongroom.models import ModelLibrary, ModelRefused
from strongroom.workspace import Workspace
from support import SUPPORT
from support.loopback_hub import HubRepository, LoopbackHub
from support.observed_window import ObservedWindow

WORKER = SUPPORT / "scripted_worker.py"
PATIENCE_MS = 20_000
"""How long anything may take that is waited for: a busy machine is no defect."""


def pytest_collection_modifyitems(items):
    """Overlook the one thing that the offscreen platform says about itself; every other Qt warning fails a test."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support "))


@pytest.fixture(scope="session")
def qapp_cls():
    return QApplication


class PatientBot(QtBot):
    """Waits longer than the five seconds that are usual, unless told how long."""

    def waitUntil(self, callback, *, timeout=PATIENCE_MS):
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal, *, timeout=PATIENCE_MS, **more):
        return super().waitSignal(signal, timeout=timeout, **more)


@pytest.fixture
def qtbot(qapp, request):
    return PatientBot(request)


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
    deadline = time.monotonic() + PATIENCE_MS / 1000
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
        self.windows: list[ObservedWindow] = []
        self._script = folder / "script.json"
        self._requests = folder / "requests.jsonl"
        self.model_file = folder / "Small-Q4_0.gguf"
        self.model_file.write_bytes(b"GGUF" + bytes(2048))

    def script(self, *answers: list[object], hold: Path | None = None) -> None:
        """Say what the model answers, from the first again after each restart of its worker.

        A load waits until the file ``hold`` exists.
        """
        script = {"answers": answers, "requests": str(self._requests), "loads": str(self.folder / "loads.jsonl")}
        if hold is not None:
            script["hold"] = str(hold)
        self._script.write_text(json.dumps(script), encoding="utf-8")

    def policy(self, *rules: str) -> Path:
        """Write a policy of these rules and return its path."""
        path = self.folder / "policy.toml"
        path.write_text('version = 1\nname = "Test"\nrevision = "7"\n' + "\n".join(rules), encoding="utf-8")
        return path

    def prepare(self, **settings: object) -> None:
        """Put the small model on the shelf, vouched for by the user, and make it the chosen one."""
        self.paths.ensure()
        library = ModelLibrary(self.paths)
        entry = library.import_file(self.model_file)
        try:
            library.open_verified(entry.model_id).close()
        except ModelRefused as refusal:
            library.pin(entry.model_id, refusal.actual_digest)
        # The appearance that each test begins in: to put the style sheet on anew takes a third of a window's start.
        save_settings(self.paths.settings, Settings(**{"model": entry.model_id, "appearance": "light"} | settings))

    def workspace(self, passphrase=None, policy_file: Path | None = None) -> Workspace:
        """Open the workspace as the window does."""
        return Workspace.open(
            self.paths,
            policy_file=policy_file,
            passphrase=passphrase,
            worker_command=[sys.executable, str(WORKER), str(self._script)],
        )

    def window(
        self, *answers: list[object], policy_file: Path | None = None, ready: bool = True, hold: Path | None = None
    ) -> ObservedWindow:
        """Show a window; wait until its model is loaded unless told otherwise."""
        self.script(*answers, hold=hold)
        if not self.paths.settings.exists():
            self.prepare()
        window = ObservedWindow(lambda passphrase: self.workspace(passphrase, policy_file), self.theme)
        self.windows.append(window)
        window.show()
        if ready:
            self._qtbot.waitUntil(lambda: window.models.loaded is not None and not window.runner.pending)
        return window

    def send(self, window: ObservedWindow, text: str) -> None:
        """Type a message, send it, and wait for the end of its turn."""
        window.chat_page.composer.field.setPlainText(text)
        window.chat_page.composer.button.click()
        self.settle(window)

    def settle(self, window: ObservedWindow) -> None:
        """Wait until nothing is under way."""
        self._qtbot.waitUntil(lambda: not window.turns.is_busy and not window.runner.pending)

    def close(self) -> None:
        """Close every window as the program does."""
        while self.windows:
            window = self.windows.pop()
            window.close()
            window.shut_down()
            window.deleteLater()


@pytest.fixture
def desk(tmp_path, theme, qtbot):
    made = Desk(tmp_path, theme, qtbot)
    yield made
    made.close()


REPOSITORY = "acme/tiny-GGUF"
CARD = """---
license: apache-2.0
---
# Tiny

A model that is **tiny**, see [the page](https://example.org/page) and ![a picture](https://example.org/x.png).

<script>alert(1)</script>

```python
print("tiny")
```
"""


def made_gguf(path: Path, *, tensor_bytes: int) -> bytes:
    """Return a real GGUF file; what is in its only tensor makes it one of its own."""
    writer = GGUFWriter(path, "llama")
    writer.add_context_length(2048)
    writer.add_block_count(2)
    writer.add_embedding_length(64)
    writer.add_head_count(4)
    writer.add_head_count_kv(4)
    writer.add_feed_forward_length(128)
    writer.add_token_list([f"token number {number}" for number in range(100)])
    writer.add_tensor("token_embd.weight", numpy.full((tensor_bytes // 256, 64), 7.0, dtype=numpy.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path.read_bytes()


@pytest.fixture(scope="session")
def gguf_files(tmp_path_factory):
    """Three models of different sizes."""
    folder = tmp_path_factory.mktemp("gguf")
    return {
        name: made_gguf(folder / name, tensor_bytes=size)
        for name, size in (("tiny-Q2_K.gguf", 64_000), ("tiny-Q4_K_M.gguf", 128_000), ("tiny-Q8_0.gguf", 256_000))
    }


@pytest.fixture(scope="session")
def lasting_loopback_hub():
    with LoopbackHub() as hub:
        yield hub


@pytest.fixture
def loopback_hub(lasting_loopback_hub, monkeypatch):
    """An empty hub on this machine that behaves and has seen nothing."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "HF_ENDPOINT", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    lasting_loopback_hub.reset()
    yield lasting_loopback_hub
    lasting_loopback_hub.reset()


@pytest.fixture
def tiny(loopback_hub, gguf_files):
    """A repository on that hub."""
    files = gguf_files | {"README.md": CARD.encode(), "mmproj-tiny-F16.gguf": gguf_files["tiny-Q2_K.gguf"] + b"p"}
    return loopback_hub.add(
        HubRepository(REPOSITORY, files, base_models=("acme/tiny",), downloads=1234, parameters=135_000_000)
    )


@pytest.fixture
def hub_window(loopback_hub, desk):
    """Opens a window whose hub is the one on this machine, at the view in which models are found."""

    def open_window(*answers, **settings):
        if not desk.paths.settings.exists():
            desk.prepare(hub_endpoint=loopback_hub.endpoint, **settings)
        window = desk.window(*answers)
        window.show_page("models")
        window.models_page.show_find()
        desk.settle(window)
        return window

    return open_window
