# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What a rule found, in words and as a card: shared by whatever feature shows findings."""
