# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The policy as it was in force at one moment, and where each of its values came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from strongroom.core.findings import PolicyIdentity
from strongroom.policy.detector_options import StrictModel
from strongroom.policy.layers import BUILT_IN_LAYER, Layer, LayerKind
from strongroom.policy.loading import Policy
from strongroom.policy.presets import preset_origins
from strongroom.policy.schema import PolicyDocument
from strongroom.policy.toml_locations import Path as TomlPath
from strongroom.policy.toml_locations import locate


@dataclass(frozen=True, slots=True)
class ValueOrigin:
    """Where one value of the policy in force comes from."""

    layer: LayerKind
    source: str
    """A file's path, ``built-in``, or ``preset`` and its name."""
    line: int | None
    """From 1; None for a value that no text names: a default of the format, or a preset's."""


@dataclass(frozen=True)
class PolicySnapshot:
    """The policy as it was in force at one moment. Never changes."""

    policy: Policy
    layer: Layer

    @property
    def identity(self) -> PolicyIdentity:
        """Name, version, digest and source."""
        return self.policy.identity

    @cached_property
    def origins(self) -> Mapping[str, ValueOrigin]:
        """Where each value comes from, by its key (``isolation.minimum``), a rule by ``rules.`` and its id."""
        locations = locate(self.policy.source_text.removeprefix("\ufeff"))

        def origin(path: TomlPath) -> ValueOrigin:
            if path not in locations.paths:
                return ValueOrigin(LayerKind.BUILT_IN, BUILT_IN_LAYER.source, None)
            return ValueOrigin(self.layer.kind, self.layer.source, locations.key(path).line)

        origins = {".".join(path): origin(path) for path in _VALUES}
        document = self.policy.document
        for rule_id, presets in preset_origins(document.presets).items():
            origins[f"rules.{rule_id}"] = ValueOrigin(LayerKind.BUILT_IN, f"preset {', '.join(presets)}", None)
        for index, rule in enumerate(document.rules):
            origins[f"rules.{rule.id}"] = origin(("rules", index))
        return MappingProxyType(origins)


def _values() -> tuple[tuple[str, ...], ...]:
    """Return the path of each value of the format that is neither a rule nor a change to one."""
    paths: list[tuple[str, ...]] = []
    for name, field in PolicyDocument.model_fields.items():
        if name in ("rules", "adjust"):
            continue
        table = field.annotation
        if isinstance(table, type) and issubclass(table, StrictModel):
            paths += [(name, key) for key in table.model_fields]
        else:
            paths.append((name,))
    return tuple(paths)


_VALUES = _values()
