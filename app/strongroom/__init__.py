# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Strongroom: open-weight language models, used safely on one's own machine."""

__version__ = "0.1.0"
