# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Tricks that hide a text from a filter, as findings of their own."""

from collections.abc import Callable, Mapping

from strongroom.filter.detectors.evasion.evasion import evasion_scanner
from strongroom.filter.scanner import Scanner

EVASION: Mapping[str, Callable[[float], Scanner]] = {"evasion": evasion_scanner}
"""Detector type to what makes its scanner for a threshold."""
