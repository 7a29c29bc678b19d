# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The same prompt to several models: answers side by side, votes, speed, memory and safety.

In: a prompt and a list of loaded models. Out: filtered answers and their numbers.
It never reaches a model but through ``chat``. Nothing lives here yet.
"""
