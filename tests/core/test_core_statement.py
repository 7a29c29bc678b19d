# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Statements: a code and facts, which compare, do not change, and go through JSON."""

import copy
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strongroom.core.statement import Statement, statement_from_json, statement_to_json

NAMES = st.from_regex(r"[a-z_]{1,12}", fullmatch=True)
PLAIN = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text())


def statements(facts):
    return st.builds(lambda code, given: Statement(code, **given), NAMES, st.dictionaries(NAMES, facts, max_size=4))


FACTS = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3).map(tuple) | statements(inner), max_leaves=6)


@given(statement=statements(FACTS))
def test_a_statement_goes_through_json_and_comes_back_equal(statement):
    assert statement_from_json(json.loads(json.dumps(statement_to_json(statement)))) == statement


@pytest.mark.parametrize(
    "content",
    [
        None, 3, "storage.full", [], {}, {"code": "a.b"}, {"facts": {}}, {"code": 3, "facts": {}},
        {"code": "a.b", "facts": []}, {"code": "a.b", "facts": {}, "more": 1}, {"code": "a.b", "facts": {"x": {}}},
        {"code": "a.b", "facts": {"x": {"code": "c.d"}}},
    ],
)  # fmt: skip
def test_refused_what_is_no_statement(content):
    with pytest.raises(ValueError, match="not a statement"):
        statement_from_json(content)


def test_refused_statements_nested_without_end():
    content = {"code": "a.b", "facts": {}}
    for _ in range(50):
        content = {"code": "a.b", "facts": {"inner": content}}
    with pytest.raises(ValueError, match="not a statement"):
        statement_from_json(content)


def test_statements_are_equal_by_code_and_facts():
    one = Statement("a.b", path=Path("/x"), names=("a", "b"))
    assert one == Statement("a.b", names=("a", "b"), path="/x")
    assert hash(one) == hash(Statement("a.b", names=("a", "b"), path="/x"))
    assert one != Statement("a.b", path="/y", names=("a", "b"))
    assert one != Statement("a.c", path="/x", names=("a", "b"))


def test_a_statement_does_not_change_and_is_its_own_copy():
    one = Statement("a.b", count=1)
    with pytest.raises(AttributeError):
        one.code = "a.c"
    with pytest.raises(AttributeError):
        del one.code
    assert copy.deepcopy(one) is one


def test_the_case_is_a_part_of_the_key():
    assert Statement("a.b").key == Statement("a.b", case=None).key == "a.b"
    assert Statement("a.b", case="one").key == "a.b:one"


def test_a_log_reads_code_and_facts():
    inner = Statement("c.d", reason="why")
    assert str(Statement("a.b", path=Path("/x"), none=None, files=("a", "b"), inner=inner)) == (
        "a.b (path=/x, files=[a, b], inner=c.d (reason=why))"
    )
