# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""``make strings`` finds every text that a person may read, and nothing else is translated."""

import ast
import dataclasses
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords

from strongroom.core.settings import Settings
from strongroom.words.errors import ERRORS, PHRASES
from support.stated import SOURCE, trees

MAKEFILE = Path(__file__).parents[2] / "Makefile"


def calls_of(name):
    """Yield where ``name`` is called by itself, with the arguments."""
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                yield f"{path.relative_to(SOURCE)}:{node.lineno}", node.args, node.keywords


def is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


@pytest.fixture(scope="module")
def extracted():
    """Return the texts that the target extracts, each with its context where it has one."""
    keywords = parse_keywords(re.findall(r"--keyword (\S+)", MAKEFILE.read_text(encoding="utf-8")))
    assert keywords.keys() == {"translate", "translatable"}
    found = extract_from_dir(SOURCE, keywords=keywords)
    return {message if context is None else (context, message) for _, _, message, _, context in found}


def test_translate_is_given_literals_only():
    wrong = [
        place
        for place, args, keywords in calls_of("translate")
        if len(args) != 2 or keywords or not all(map(is_text, args))
    ]
    assert wrong == []


def test_only_literals_are_marked():
    wrong = [
        place
        for place, args, keywords in calls_of("translatable")
        if len(args) != 1 or keywords or not is_text(args[0])
    ]
    assert wrong == []


def test_every_text_is_extracted(extracted):
    translated = {(args[0].value, args[1].value) for _, args, _ in calls_of("translate")}
    marked = {args[0].value for _, args, _ in calls_of("translatable")}
    assert len(translated) > 500
    assert translated | marked == extracted


def test_every_text_that_is_translated_by_its_mark_is_extracted(extracted):
    texts = {text for words in ERRORS.values() for text in (words.title, words.message, words.next_step) if text}
    texts |= set(PHRASES.values())
    for row in dataclasses.fields(Settings):
        texts |= {row.metadata["label"], row.metadata["description"]}
    assert texts - extracted == set()
