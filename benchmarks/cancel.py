# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Milliseconds from Stop to the end, in each phase of an answer, through the whole gate with the starter model.

A listener presses Stop a random while after the first event of the phase, as a user would: while the file is hashed,
while llama.cpp loads it, while a prompt of some thousand tokens is processed, while tokens are generated. The clock
stops when ``Session.send`` has returned, so closing the answer in the database counts as well. The goal is 200 ms.

    python benchmarks/cancel.py [--rounds 15] [--json benchmarks/results/cancel.json]
"""

import argparse
import contextlib
import json
import os
import platform
import random
import statistics
import tempfile
import threading
import time
from pathlib import Path

from strongroom.core.errors import Cancelled
from strongroom.core.events import ChatEvent, Phase, PhaseProgressed
from strongroom.core.paths import DataPaths
from strongroom.workspace import Workspace

GOAL_MS = 200
SHORT_PROMPT = "Tell me a very long story about ships and lighthouses."
LONG_PROMPT = "The keeper climbs the stairs, lights the lamp, and writes the weather into the book. " * 180
LATEST_S = {Phase.VERIFYING: 0.03, Phase.LOADING: 0.03, Phase.READING: 0.8, Phase.WRITING: 0.5}
"""Stop is pressed at most so long after a phase began, so that it is still going on."""


class StopButton:
    """Pressed once, a random while after a phase has begun."""

    def __init__(self, phase: Phase, delay_s: float) -> None:
        self.cancel = threading.Event()
        self.pressed_at = 0.0
        self.pressed_in: Phase | None = None
        self._phase = phase
        self._current: Phase | None = None
        self._delay_s = delay_s
        self._timer: threading.Timer | None = None

    def show(self, event: ChatEvent) -> None:
        """Take one event of the turn."""
        if isinstance(event, PhaseProgressed):
            self._current = event.phase
        if self._current is self._phase and self._timer is None:
            self._timer = threading.Timer(self._delay_s, self._press)
            self._timer.start()

    def release(self) -> None:
        """Wait for the finger, if it was ever on its way."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()

    def _press(self) -> None:
        self.pressed_in = self._current
        self.pressed_at = time.perf_counter()
        self.cancel.set()


def main() -> None:
    options = _options()
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    with tempfile.TemporaryDirectory() as folder:
        os.environ["STRONGROOM_KEY_FILE"] = str(Path(folder) / "keys")
        result = measure(Path(folder) / "data", options.rounds)
    print_table(result)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def measure(data: Path, rounds: int) -> dict[str, object]:
    """Return the milliseconds of each phase, ``rounds`` of them, the phases taking turns."""
    chance = random.Random(1)
    taken: dict[Phase, list[float]] = {phase: [] for phase in LATEST_S}
    with Workspace.open(DataPaths(data)) as workspace:
        workspace.change_settings(max_tokens=1000)
        while min(map(len, taken.values())) < rounds:
            for phase, milliseconds in taken.items():
                if len(milliseconds) < rounds:
                    milliseconds.extend(stop_once(workspace, phase, chance.uniform(0, LATEST_S[phase])))
    return {
        "benchmark": "cancel",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "rounds": rounds,
        "goal_ms": GOAL_MS,
        "median_ms": {phase.value: round(statistics.median(values), 1) for phase, values in taken.items()},
        "longest_ms": {phase.value: round(max(values), 1) for phase, values in taken.items()},
        "each_ms": {phase.value: [round(value, 1) for value in values] for phase, values in taken.items()},
    }


def stop_once(workspace: Workspace, phase: Phase, delay_s: float) -> list[float]:
    """Return the milliseconds from Stop to the end; nothing where the phase was over before Stop was pressed."""
    if phase in (Phase.VERIFYING, Phase.LOADING):
        workspace.models.unload_all()
    else:
        with workspace.models.borrow(on_event=lambda _: None, cancel=threading.Event()):
            pass  # it is loaded by now
    button = StopButton(phase, delay_s)
    prompt = LONG_PROMPT if phase is Phase.READING else SHORT_PROMPT
    with contextlib.suppress(Cancelled):
        workspace.session().send(prompt, on_event=button.show, cancel=button.cancel)
    ended_at = time.perf_counter()
    button.release()
    is_in_time = button.pressed_in is phase and button.pressed_at < ended_at
    return [1000 * (ended_at - button.pressed_at)] if is_in_time else []


def print_table(result: dict[str, object]) -> None:
    """Print one row for each phase."""
    medians: dict[str, float] = result["median_ms"]  # type: ignore[assignment]
    longest: dict[str, float] = result["longest_ms"]  # type: ignore[assignment]
    print(f"{result['machine']}; {result['rounds']} stops in each phase, goal {result['goal_ms']} ms")
    print(f"{'phase':<12}{'median ms':>11}{'longest ms':>12}")
    for phase, median in medians.items():
        print(f"{phase:<12}{median:>11.1f}{longest[phase]:>12.1f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
