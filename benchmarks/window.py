# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Seconds until the window is there, against an empty PySide6 window in the same run.

Each figure is a process of its own, from before Python starts. *Window*: it has been shown and painted once. *Ready*:
the data folder is open, so that a message can be sent. With ``--before`` another checkout of the app, with the
``.venv`` in it, is measured too, in turn with this one. Nothing is drawn on a display: Qt's offscreen platform.

    python benchmarks/window.py [--rounds 9] [--before CHECKOUT] [--json benchmarks/results/window.json]
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EMPTY = """
import sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication(sys.argv[:1])
window = QMainWindow()
window.show()
def there():
    print(time.time(), time.time(), flush=True)
    application.quit()
QTimer.singleShot(0, there)
application.exec()
"""

# The first timer that fires after the window is shown fires after its first painting.
APP = """
import sys, time
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
from strongroom.core.paths import DataPaths
from strongroom.gui import main
application = main.make_application()
seen = []
def look():
    windows = [one for one in application.topLevelWidgets() if isinstance(one, QMainWindow) and one.isVisible()]
    if windows and not seen:
        seen.append(time.time())
    if windows and windows[0].workspace is not None:
        print(seen[0], time.time(), flush=True)
        timer.stop()
        windows[0].close()
        application.quit()
timer = QTimer()
timer.timeout.connect(look)
timer.start(2)
main.run(DataPaths(Path(sys.argv[1])), policy_file=None)
"""


def main() -> None:
    options = _options()
    programs = {"empty": (Path(sys.executable), EMPTY), "app": (Path(sys.executable), APP)}
    if options.before:
        programs["before"] = (options.before / ".venv" / "bin" / "python", APP)
    with tempfile.TemporaryDirectory() as folder:
        runs = {name: Run(python, code, Path(folder) / name) for name, (python, code) in programs.items()}
        for run in runs.values():
            run.measure()  # compiles what has no cached byte code, makes the data folder
        for number in range(options.rounds):
            order = list(runs)[number % len(runs) :] + list(runs)[: number % len(runs)]
            for name in order:
                runs[name].keep()
    result = {
        "benchmark": "window",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "rounds": options.rounds,
        "seconds": {name: run.medians() for name, run in runs.items()},
        "each_round": {name: run.kept for name, run in runs.items()},
    }
    print(json.dumps(result["seconds"], indent=2))
    if options.json:
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


class Run:
    """One program that is started again and again.

    Args:
        python: The interpreter of its environment.
        code: The program; it prints when its window was there and when it was ready, in seconds of the epoch.
        folder: Its data folder.
    """

    def __init__(self, python: Path, code: str, folder: Path) -> None:
        self._command = [str(python), "-c", code, str(folder)]
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
        self._environment = kept | {
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "STRONGROOM_KEY_FILE": f"{folder}.keys",
        }
        self.kept: list[list[float]] = []

    def measure(self) -> list[float]:
        """Start it once; return seconds until the window and until it was ready."""
        began = time.time()
        ended = subprocess.run(
            self._command, env=self._environment, capture_output=True, text=True, check=True, timeout=60
        )
        return [round(float(moment) - began, 3) for moment in ended.stdout.split()[-2:]]

    def keep(self) -> None:
        """Measure once more, and keep it."""
        self.kept.append(self.measure())

    def medians(self) -> dict[str, float]:
        """Return the medians of what was kept."""
        return {
            "window": round(statistics.median(one[0] for one in self.kept), 3),
            "ready": round(statistics.median(one[1] for one in self.kept), 3),
        }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--before", type=Path, help="another checkout to measure in the same run")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
