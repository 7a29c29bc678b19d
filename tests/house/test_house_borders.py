# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The borders hold: what must not be imported is not, and the linter says so when it is."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

ROOMS_WITHOUT_QT = sorted(
    folder.parent.name for folder in (ROOT / "app" / "strongroom").glob("*/__init__.py") if folder.parent.name != "gui"
)


@pytest.mark.parametrize("room", ROOMS_WITHOUT_QT)
def test_a_room_is_imported_without_qt_llama_or_network_clients(room):
    program = (
        f"import sys, strongroom.{room}\n"
        "banned = {'PySide6', 'llama_cpp', 'requests', 'httpx', 'httpx2', 'huggingface_hub', 'truststore', 'aiohttp'}\n"
        "sys.exit(', '.join(sorted(banned & sys.modules.keys())) or 0)"
    )
    outcome = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (outcome.returncode, outcome.stderr) == (0, "")


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    program = "import sys; sys.path.insert(0, 'app'); from importlinter.cli import lint_imports_command as c; c()"
    return subprocess.run(
        [sys.executable, "-c", program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture
def copied_house(tmp_path):
    shutil.copytree(ROOT / "app", tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("module", "statement", "contract"),
    [
        ("filter/__init__.py", "import PySide6.QtCore", "Qt lives in gui only"),
        ("gui/__init__.py", "import strongroom.filter", "Only chat filters"),
        ("workspace/__init__.py", "import strongroom.engine", "Only hosting reaches the engine"),
        ("workspace/__init__.py", "import strongroom.words", "Only the doors word anything"),
        ("chat/__init__.py", "import llama_cpp", "llama_cpp is loaded in the worker process only"),
        ("engine/client.py", "import socket", "No network outside the hub"),
        ("storage/__init__.py", "import pickle", "Nothing that runs code when it reads data"),
        ("core/__init__.py", "import strongroom.policy", "Floors"),
        ("gui/window/frame.py", "import strongroom.gui.models.feature", "The window knows no feature"),
        ("gui/window/frame.py", "import strongroom.gui.chat.feature", "Floors of the window"),
        ("gui/chat/page.py", "import strongroom.gui.incidents.page", "Floors of the window"),
        ("gui/widgets/card.py", "import strongroom.gui.findings.cards", "Floors of the window"),
    ],
)
def test_a_broken_border_fails_the_linter(copied_house, module, statement, contract):
    path = copied_house / "app" / "strongroom" / module
    path.write_text(path.read_text() + f"\n{statement}\n")
    outcome = lint_imports(copied_house)
    assert outcome.returncode != 0
    broken = [line for line in outcome.stdout.splitlines() if "BROKEN" in line]
    assert any(contract in line for line in broken), outcome.stdout


def test_the_borders_hold_as_they_are(copied_house):
    outcome = lint_imports(copied_house)
    assert outcome.returncode == 0, outcome.stdout


def test_the_floors_that_newcomers_read_of_are_those_that_are_checked():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    (floors,) = [one["layers"] for one in tools["importlinter"]["contracts"] if one["name"] == "Floors"]
    assert "```\n" + "\n".join(floors) + "\n```\n" in text


@pytest.mark.parametrize("place", ["attic", "gui/attic"])
def test_a_room_without_a_floor_fails_the_linter(copied_house, place):
    room = copied_house / "app" / "strongroom" / place
    room.mkdir()
    (room / "__init__.py").write_text('"""No floor."""\n')
    assert lint_imports(copied_house).returncode != 0
