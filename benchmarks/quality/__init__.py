# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The parts of the filter's score sheet: rows, arithmetic, and one module for each kind of figure."""
