# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The door itself, as a process of its own: it opens, it closes, it leaves nothing and says nothing."""

import os
import subprocess
import sys

OPEN_AND_CLOSE = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from strongroom.core.paths import DataPaths
from strongroom.gui import main

application = main.make_application()

def look():
    for window in application.topLevelWidgets():
        if getattr(window, "workspace", None) is not None:
            window.close()

timer = QTimer()
timer.timeout.connect(look)
timer.start(20)
sys.exit(main.run(DataPaths(Path(sys.argv[1]))))
"""

CHECK = "from strongroom.gui.main import check_toolkit; print(check_toolkit())"

RAISE = """
import sys
from PySide6.QtCore import QTimer
from strongroom.gui import main
from strongroom.gui.window.defects import DefectHook

application = main.make_application()
hook = DefectHook(application)
found = []
hook.found.connect(found.append)
hook.install()
QTimer.singleShot(0, lambda: 1 / 0)
QTimer.singleShot(50, application.quit)
application.exec()
hook.remove()
assert sys.excepthook is sys.__excepthook__
print([type(error).__name__ for error in found])
"""


def python(code, *arguments, folder):
    environment = os.environ | {
        "QT_QPA_PLATFORM": "offscreen",
        "STRONGROOM_KEY_FILE": str(folder / "keys"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def complaints(ended):
    return [line for line in ended.stderr.splitlines() if "This plugin does not support" not in line]


def test_the_window_opens_and_closes_without_a_word(tmp_path):
    ended = python(OPEN_AND_CLOSE, tmp_path / "data", folder=tmp_path)
    assert (ended.returncode, complaints(ended)) == (0, [])
    assert (tmp_path / "data" / "chats.db").exists()


def test_the_toolkit_can_be_checked_without_a_display(tmp_path):
    ended = python(CHECK, folder=tmp_path)
    assert (ended.returncode, complaints(ended)) == (0, [])
    assert ended.stdout.startswith("Qt 6.")


def test_an_exception_that_nobody_caught_is_found(tmp_path):
    ended = python(RAISE, folder=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip() == "['ZeroDivisionError']"
