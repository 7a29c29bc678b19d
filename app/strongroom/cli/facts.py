# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""One line of ``strongroom doctor``."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """One line."""

    key: str
    """Stable, for ``--json``."""
    label: str
    value: str
    problem: str = ""
    """What is wrong, in a sentence; empty when nothing is."""
