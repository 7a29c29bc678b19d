# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The recipes of CONTRIBUTING.md work: each is followed, word by word, in a scratch copy of the tree."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECTION = re.compile(r"^### (Add [^\n]+)\n(.*?)(?=^##)", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^`([\w./-]+)`:\n\n```(python|diff)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANOTHER_PLACE = "@@\n"

# Tests that hold for every detector, command and setting, beside those that a recipe brings along.
GENERAL = {
    "Add a detector": ["tests/filter/test_filter_declarations.py"],
    "Add a command": ["tests/end2end/test_end2end_documents.py::test_every_command_and_option_is_documented"],
    "Add a setting": ["tests/core/test_core_settings.py"],
}


@dataclass(frozen=True)
class Step:
    """A file of a recipe: new and whole, or changed."""

    path: str
    language: str
    text: str

    def follow(self, root: Path) -> None:
        """Do what it says in the tree at ``root``."""
        path = root / self.path
        if self.language == "python":
            assert not path.exists(), f"{self.path} is there already"
            path.parent.mkdir(exist_ok=True)
            path.write_text(self.text, encoding="utf-8")
            return
        text = path.read_text(encoding="utf-8")
        for change in self.text.split(ANOTHER_PLACE):
            before, after = (
                "".join(line[1:] for line in change.splitlines(keepends=True) if line[0] != other) for other in "+-"
            )
            assert text.count(before) == 1, f"{self.path} has these lines {text.count(before)} times:\n{before}"
            text = text.replace(before, after)
        path.write_text(text, encoding="utf-8")


def recipes() -> dict[str, list[Step]]:
    sections = SECTION.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    return {title: [Step(*found) for found in BLOCK.findall(text)] for title, text in sections}


def checks_of(title: str) -> list[str]:
    """Return the tests that a recipe brings along, and those that hold for everything of its kind."""
    return [step.path for step in recipes()[title] if step.path.startswith("tests/")] + GENERAL.get(title, [])


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(root / "app"), "QT_QPA_PLATFORM": "offscreen"}
    # A process of pytest's would take itself for one of the workers of the run that it is started in.
    for name in [name for name in environment if name.startswith("PYTEST_")]:
        del environment[name]
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def copied_tree(root: Path) -> Path:
    for folder in ("app", "tests", "resources", "docs"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


@pytest.fixture(scope="module")
def followed(tmp_path_factory) -> Path:
    """A scratch copy of the tree in which all recipes were followed, one after the other."""
    root = copied_tree(tmp_path_factory.mktemp("scratch"))
    for steps in recipes().values():
        for step in steps:
            step.follow(root)
    return root


def test_there_is_a_recipe_for_each_of_the_five():
    assert list(recipes()) == ["Add a detector", "Add a page", "Add a command", "Add a setting", "Add a job"]
    assert all(any(step.path.startswith("app/") for step in steps) for steps in recipes().values())


def test_every_block_of_a_recipe_is_followed():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    blocks = sum(section.count("\n```") // 2 for _, section in SECTION.findall(text))
    assert blocks == sum(map(len, recipes().values()))


@pytest.mark.parametrize("title", list(recipes()))
def test_a_recipe_can_be_followed_without_the_others(title, tmp_path):
    root = copied_tree(tmp_path)
    for step in recipes()[title]:
        step.follow(root)
    # It is also whole: no module of it needs what another recipe has made.
    modules = [step.path for step in recipes()[title] if step.path.startswith("app/") and step.language == "python"]
    names = [path.removeprefix("app/").removesuffix(".py").replace("/", ".") for path in modules]
    ended = run(root, "-c", "".join(f"import {name.removesuffix('.__init__')}\n" for name in names))
    assert ended.returncode == 0, ended.stderr


def test_the_tests_of_all_recipes_pass(followed):
    """In one run, since each start of a window's tests takes its seconds."""
    paths = sorted({path for title in recipes() for path in checks_of(title)})
    ended = run(followed, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", "-rA", *paths)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    passed = set(re.findall(r"^PASSED ([^:]+)::", ended.stdout, re.MULTILINE))
    assert passed == {path.partition("::")[0] for path in paths}


def test_what_came_of_all_recipes_is_as_the_rest_of_the_tree(followed):
    for command in (["ruff", "check", "app", "tests"], ["ruff", "format", "--check", "app", "tests"]):
        ended = run(followed, "-m", *command)
        assert ended.returncode == 0, ended.stdout + ended.stderr
    program = "import sys; sys.path.insert(0, 'app'); from importlinter.cli import lint_imports_command as c; c()"
    linted = subprocess.run(
        [sys.executable, "-c", program, "--no-cache"], cwd=followed, capture_output=True, text=True, check=False
    )
    assert linted.returncode == 0, linted.stdout
