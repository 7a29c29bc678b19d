# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A workspace on a fresh data folder, with a scripted worker behind the real protocol."""

import json
import sys
import threading
from pathlib import Path

import pytest

from strongroom.core.paths import DataPaths
from strongroom.workspace import Workspace
from support import SUPPORT

WORKER = SUPPORT / "scripted_worker.py"


class ScriptedWorkspace:
    """Opens workspaces whose model says what a script says."""

    def __init__(self, folder: Path) -> None:
        self.paths = DataPaths(folder / "data")
        self._folder = folder
        self._script = folder / "script.json"
        self._requests = folder / "requests.jsonl"
        self._loads = folder / "loads.jsonl"
        self.events: list[object] = []
        self.missing: list[str] = []
        """Barriers that the model's worker goes without."""

    def open(self, *answers: list[object], **options) -> Workspace:
        """Open with a model that gives these answers, from the first again after each restart of its worker."""
        script = {
            "answers": answers,
            "requests": str(self._requests),
            "loads": str(self._loads),
            "missing": self.missing,
        }
        self._script.write_text(json.dumps(script), encoding="utf-8")
        return Workspace.open(self.paths, worker_command=[sys.executable, str(WORKER), str(self._script)], **options)

    def requests(self) -> list[list[list[str]]]:
        """The messages of each request that reached a worker."""
        return [request["messages"] for request in self.whole_requests()]

    def whole_requests(self) -> list[dict[str, object]]:
        """Each request that reached a worker, with its sampling parameters."""
        return [json.loads(line) for line in self._requests.read_text(encoding="utf-8").splitlines()]

    def loads(self) -> list[list[dict[str, str]]]:
        """What each worker that loaded found behind its descriptors: digest and target."""
        if not self._loads.exists():
            return []
        return [json.loads(line) for line in self._loads.read_text(encoding="utf-8").splitlines()]

    def listen(self, event: object) -> None:
        """An ``on_event`` that keeps every event."""
        self.events.append(event)

    def of(self, kind: type) -> list:
        """The events of one kind, in order."""
        return [event for event in self.events if isinstance(event, kind)]

    def policy(self, text: str) -> Path:
        """Write a policy and return its path."""
        path = self._folder / "policy.toml"
        path.write_text(text, encoding="utf-8")
        return path


@pytest.fixture
def scripted(tmp_path):
    return ScriptedWorkspace(tmp_path)


@pytest.fixture(scope="module")
def lasting(tmp_path_factory):
    """One for all tests of a module that only look at what happened."""
    folder = tmp_path_factory.mktemp("lasting")
    with pytest.MonkeyPatch.context() as patch:
        # Each test gets these too, but later than this.
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
        patch.setenv("STRONGROOM_KEY_FILE", str(folder / "keys"))
        yield ScriptedWorkspace(folder)


@pytest.fixture
def never():
    return threading.Event()
