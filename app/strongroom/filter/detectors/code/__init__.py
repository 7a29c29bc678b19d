# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Code that does harm when it is run."""

from collections.abc import Callable, Mapping

from strongroom.filter.scanner import Scanner

CODE: Mapping[str, Callable[[float], Scanner]] = {}
"""Detector type to what makes its scanner for a threshold."""
