# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Code that does harm when it is run."""

from collections.abc import Callable, Mapping

from strongroom.filter.detectors.code.dangerous_code import dangerous_code_scanner
from strongroom.filter.scanner import Scanner

CODE: Mapping[str, Callable[[float], Scanner]] = {"dangerous_code": dangerous_code_scanner}
"""Detector type to what makes its scanner for a threshold."""
