# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What finds passages: a module for each detector, or for a few that belong together.

A module that names scanners for detectors without options (``SCANNERS``) is found by that. What else there is to know
about a detector is in its row in ``policy/declarations.py``.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType

from strongroom.filter.scanner import ScannerMaker, Scanners


def _find_scanners() -> Mapping[str, ScannerMaker]:
    found: dict[str, ScannerMaker] = {}
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        scanners: Scanners = getattr(importlib.import_module(module.name), "SCANNERS", {})
        if twice := found.keys() & scanners.keys():
            raise ValueError(f"{module.name} names scanners that another module names: {', '.join(sorted(twice))}")
        found.update(scanners)
    return MappingProxyType(found)


BUILT_IN = _find_scanners()
"""Detector type to what makes its scanner for a threshold, for detectors without options."""
