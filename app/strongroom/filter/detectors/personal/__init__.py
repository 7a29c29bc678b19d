# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Personal data: what identifies, locates or bills somebody. Names of people and places are never reported."""
