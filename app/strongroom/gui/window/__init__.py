# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The window around the pages: rail, banners, inspector, status bar; opening a workspace, and failing to.

In: the features, through what every feature has. Out: the services of a shell. It knows no feature by name.
"""
