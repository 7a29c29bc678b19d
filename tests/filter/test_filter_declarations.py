# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Every detector is declared once, has what finds its passages, and is described."""

import re
from pathlib import Path

import pytest

from strongroom.filter import compile_policy
from strongroom.filter.detectors import BUILT_IN
from strongroom.policy import CATEGORY_TITLES, DETECTORS, DetectorDeclaration, load_policy
from strongroom.policy.detectors import BUILT_IN_DETECTORS
from strongroom.words.policy_explanation import explain_policy

DOCS = Path(__file__).parents[2] / "docs"
OPTIONS = {"terms": ', terms = ["heron"]', "pattern": ", pattern = 'heron'"}

each_detector = pytest.mark.parametrize("declared", DETECTORS, ids=lambda declared: declared.type)


def policy_of(declared: DetectorDeclaration):
    detector = f'{{ type = "{declared.type}"{OPTIONS.get(declared.type, "")} }}'
    rule = f'[[rules]]\nid = "one"\ncategory = "{declared.category}"\naction = "mask"\ndetector = {detector}\n'
    return load_policy(f'version = 1\nname = "n"\nrevision = "r"\n{rule}', "policy.toml")


def test_each_type_is_declared_once_and_only_those_without_options_have_a_scanner_of_their_own():
    types = [declared.type for declared in DETECTORS]
    assert len(set(types)) == len(types)
    assert BUILT_IN.keys() == set(BUILT_IN_DETECTORS)
    assert set(types) - BUILT_IN.keys() == {"link", "terms", "pattern"}


@each_detector
def test_a_policy_accepts_it_explains_it_and_is_ready_to_filter_with_it(declared):
    policy = policy_of(declared)
    assert policy.rules[0].shown_label == declared.label
    (explained,) = explain_policy(policy)
    assert explained.does == f"puts [{declared.label} masked] in its place"
    if declared.type not in OPTIONS:
        assert explained.finds == declared.finds
    assert len(compile_policy(policy).rules) == 1


@each_detector
def test_it_has_words_and_a_category_that_people_can_read(declared):
    assert declared.label
    assert declared.finds
    assert CATEGORY_TITLES[declared.category] == declared.title
    assert declared.category.partition(".")[0] in CATEGORY_TITLES
    assert all(kind.title for kind in declared.kinds.values())


@each_detector
def test_both_pages_of_the_documentation_name_it(declared):
    for page in ("policy.md", "filter.md"):
        rows = [line for line in (DOCS / page).read_text(encoding="utf-8").splitlines() if line.startswith(("|", "**"))]
        assert any(re.search(rf'[`"]{declared.type}[`"]', row) for row in rows), f"{page} has no row for it"


def test_every_kind_of_link_has_words_for_the_explanation():
    (link,) = [declared for declared in DETECTORS if declared.type == "link"]
    kinds = link.options.model_json_schema()["properties"]["kinds"]["items"]["enum"]
    assert set(kinds) == link.kinds.keys()
    assert all(kind.finds for kind in link.kinds.values())
