# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The presets: rules that ship with the app for kinds of organizations. Each is a policy of its own, too."""

import functools
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from strongroom.core.paths import resource_path
from strongroom.policy.merging import merge_rules
from strongroom.policy.schema import PRESETS, PolicyDocument, Rule


@dataclass(frozen=True, slots=True)
class PresetPolicy:
    """One preset."""

    name: str
    """As it is written in ``presets = […]``."""
    title: str
    description: str
    text: str = field(repr=False)
    """Its source text, a complete policy."""
    rules: tuple[Rule, ...] = field(repr=False)


@functools.cache
def read_preset(name: str) -> PresetPolicy:
    """Return the preset ``name``.

    Raises:
        FileNotFoundError: There is none of this name, or the installation is damaged.
    """
    text = resource_path(f"policies/presets/{name}.toml").read_text(encoding="utf-8")
    document = PolicyDocument.model_validate(tomllib.loads(text))
    return PresetPolicy(name, document.name, document.description, text, document.rules)


def all_presets() -> tuple[PresetPolicy, ...]:
    """Return all presets.

    Raises:
        FileNotFoundError: The installation is damaged.
    """
    return tuple(read_preset(name) for name in PRESETS)


def preset_rules(names: Sequence[str]) -> tuple[Rule, ...]:
    """Return the rules of the presets together, those of one id combined to one that is as strict as the strictest.

    Raises:
        FileNotFoundError: The installation is damaged.
        MergeConflict: The presets cannot be combined.
    """
    return merge_rules(read_preset(name).rules for name in names)


def preset_origins(names: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """Return which presets each rule comes from, by the rule's id."""
    origins: dict[str, tuple[str, ...]] = {}
    for name in names:
        for rule in read_preset(name).rules:
            origins[rule.id] = (*origins.get(rule.id, ()), name)
    return origins
