# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Parts that every page is made of, the theme, and what the window and its features know of each other.

It knows no page and runs nothing in the background.
"""
