# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What finds passages: one module for each kind, and the table from a detector's type to what makes its scanner."""

from collections.abc import Callable, Mapping

from strongroom.filter.detectors.code import CODE
from strongroom.filter.detectors.evasion import EVASION
from strongroom.filter.detectors.personal import PERSONAL
from strongroom.filter.detectors.secrets import SECRETS
from strongroom.filter.scanner import Scanner

BUILT_IN: Mapping[str, Callable[[float], Scanner]] = {**PERSONAL, **SECRETS, **CODE, **EVASION}
"""Detector type to what makes its scanner for a threshold, for detectors without options."""
