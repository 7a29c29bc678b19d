# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The settings, one field for each row of :mod:`strongroom.core.settings`.

A field that the policy in force has decided is locked, and says so.
"""
