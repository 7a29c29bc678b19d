# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Conversations, the one that is open, and what is asked in it.

In: a loaded model of the models feature. Out: what the policy lets through, on the screen, on the clipboard, in a file;
questions about marked passages.
"""
