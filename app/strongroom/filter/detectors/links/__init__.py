# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Links: where they go, and the kinds that run or carry something instead of going somewhere."""

from strongroom.filter.detectors.links.link import link_scanner

__all__ = ["link_scanner"]
