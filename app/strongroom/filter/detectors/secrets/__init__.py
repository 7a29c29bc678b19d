# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Secrets: what opens something for whoever has it."""

from collections.abc import Callable, Mapping

from strongroom.filter.scanner import Scanner

SECRETS: Mapping[str, Callable[[float], Scanner]] = {}
"""Detector type to what makes its scanner for a threshold."""
