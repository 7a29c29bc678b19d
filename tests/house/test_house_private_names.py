# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Tests ask what they test by its public names, so that its inside can change without them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]

ALLOWED = {
    # Not private, whatever its name: Python's documented way to end a process without more ado.
    "os._exit",
}


def private_names(source: str) -> Iterator[str]:
    """Yield each private name of somebody else that ``source`` reaches, with its line.

    Reached is what is read or set on another object than ``self`` or ``cls``, what is imported, and what a patch names.
    """
    for node in ast.walk(ast.parse(source)):
        reached: list[str] = []
        if isinstance(node, ast.Attribute) and not _is_own(node.value):
            reached = [ast.unparse(node)] if is_private(node.attr) else []
        elif isinstance(node, ast.ImportFrom):
            reached = [f"{node.module}.{alias.name}" for alias in node.names if is_private(alias.name)]
        elif isinstance(node, ast.Call) and _name_of(node.func) in ("setattr", "delattr", "getattr"):
            texts = [one.value for one in node.args[:2] if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            reached = [text for text in texts if any(map(is_private, text.split(".")))]
        yield from (f"{node.lineno}: {name}" for name in reached if name not in ALLOWED)


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def _name_of(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _is_own(value: ast.expr) -> bool:
    return isinstance(value, ast.Name) and value.id in ("self", "cls")


def test_no_test_reaches_a_private_name():
    reached = [
        f"{path.relative_to(TESTS)}:{name}"
        for path in sorted(TESTS.rglob("*.py"))
        for name in private_names(path.read_text(encoding="utf-8"))
    ]
    assert reached == []


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("window._page.show()", "window._page"),
        ("self.window._page = 1", "self.window._page"),
        ("from strongroom.policy.compiling import _RULES", "strongroom.policy.compiling._RULES"),
        ("monkeypatch.setattr(window, '_page', None)", "_page"),
        ("monkeypatch.setattr('strongroom.chat._page', None)", "strongroom.chat._page"),
    ],
)
def test_a_private_name_would_be_found(source, name):
    assert list(private_names(source)) == [f"1: {name}"]


@pytest.mark.parametrize("source", ["self._page = cls._pages[0]", "os._exit(0)", "page.__class__", "page.fold_"])
def test_what_is_not_private_is_let_through(source):
    assert list(private_names(source)) == []
