# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Policies for the filter's tests, from a few lines."""

import pytest

from strongroom.filter import compile_policy
from strongroom.policy import default_policy, load_policy

HEAD = 'version = 1\nname = "Test policy"\nrevision = "7"\n'


@pytest.fixture(scope="session")
def compile_rules():
    """Return a function that compiles rules; each is an id, a detector and more lines of TOML."""

    def compiled(*rules):
        text = HEAD if rules else HEAD + "rules = []\n"
        for rule_id, detector, *lines in rules:
            text += f'[[rules]]\nid = "{rule_id}"\ncategory = "test.{rule_id}"\ndetector = {detector}\n'
            text += "".join(f"{line}\n" for line in lines)
        return compile_policy(load_policy(text, "test.toml"))

    return compiled


@pytest.fixture(scope="session")
def built_in():
    """Return the compiled built-in policy."""
    return compile_policy(default_policy())
