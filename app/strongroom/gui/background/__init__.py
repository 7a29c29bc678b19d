# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Work off the GUI thread, and its results on the way back into it. Nothing here draws."""
