# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The page for auditors gives what it says: its commands are run as they stand, in one shell, in their order."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "no-egress.md"
FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANYTHING = "…"


@dataclass(frozen=True)
class Step:
    """Commands of the page, and what they print as it says; None where it says nothing of that."""

    commands: str
    printed: str | None

    @property
    def is_slow(self) -> bool:
        """Tests, which run anyway."""
        return self.commands.startswith("make ")


def steps() -> list[Step]:
    blocks = FENCED.findall(PAGE.read_text(encoding="utf-8"))
    assert {language for language, _ in blocks} == {"sh", "text"}
    found = []
    for (language, text), (next_language, next_text) in zip(blocks, [*blocks[1:], ("", "")], strict=True):
        if language == "sh":
            found.append(Step(text, next_text if next_language == "text" else None))
    return found


def as_pattern(printed: str) -> str:
    """Return what matches ``printed``: an ellipsis stands for anything in its line, one alone for any lines."""
    lines = [
        r"(?:.*\n)*?" if line == ANYTHING else ".*".join(map(re.escape, line.split(ANYTHING))) + r"\n"
        for line in printed.splitlines()
    ]
    return "".join(lines)


@pytest.fixture
def auditor(tmp_path):
    """The environment of somebody who has just logged in."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "LC_ALL")}
    return kept | {"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "TERM": "dumb"}


def why_not_here() -> str:
    if sys.platform != "linux":
        return "it is written for Linux"
    if not (ROOT / ".venv" / "bin" / "strongroom").exists():
        return "it starts after make setup"
    for tool in ("strace", "nm", "readelf"):
        if shutil.which(tool) is None:
            return f"there is no {tool}"
    program = ROOT / "packaging" / "linux" / "without_network.py"
    tried = subprocess.run([sys.executable, program, "--required", "true"], capture_output=True, text=True, check=False)
    return tried.stderr.strip()


@pytest.mark.model
def test_the_page_gives_what_it_says(auditor, tmp_path):
    if reason := why_not_here():
        pytest.skip(f"the page cannot be followed here: {reason}")
    followed = [step for step in steps() if not step.is_slow]
    mark = "=== what was printed until here belongs to the commands above"
    script = tmp_path / "page.sh"
    script.write_text("".join(f"{step.commands}\necho '{mark}'\n" for step in followed), encoding="utf-8")
    ended = subprocess.run(
        ["sh", script],
        cwd=ROOT,
        env=auditor,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        timeout=240,
        check=False,
    )
    outputs = ended.stdout.split(f"{mark}\n")
    assert len(outputs) == len(followed) + 1, (ended.returncode, ended.stdout)
    for step, output in zip(followed, outputs, strict=False):
        # Compared line by line where it fails, so that the difference is seen.
        if not re.fullmatch(as_pattern(step.printed or ""), output):
            assert output == (step.printed or ""), f"after:\n{step.commands}"


def test_an_ellipsis_of_the_page_stands_for_no_more_than_it_should():
    assert re.fullmatch(as_pattern("a … c\n…\nd\n"), "a b c\nx\ny\nd\n")
    assert re.fullmatch(as_pattern("…\nd\n"), "d\n")
    assert not re.fullmatch(as_pattern("a …\n"), "a b\nc\n")
    assert not re.fullmatch(as_pattern("a.c\n"), "abc\n")


def test_the_tests_and_files_that_the_page_names_exist():
    page = PAGE.read_text(encoding="utf-8")
    defined = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)\(", path.read_text(encoding="utf-8"))
    }
    named = set(re.findall(r"`(test_\w+)`", page))
    assert named
    assert named - defined == set()
    files = set(re.findall(r"\b(?:tests|packaging|docs)/[\w/]+\.\w+", page))
    assert [name for name in sorted(files) if not (ROOT / name).exists()] == []
    targets = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE).group(1)
    assert {step.commands.split()[1] for step in steps() if step.is_slow} <= set(targets.split())
