# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Marking generated text, and detecting the mark.

In: token probabilities or a text. Out: a choice of token, or a score.
It never sees who wrote a text. Nothing lives here yet.
"""
