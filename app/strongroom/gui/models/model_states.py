# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Which icon and color go with a model's state; the word is always there too."""

from strongroom.core.verification import VerificationState
from strongroom.gui.widgets.icons import Glyph

STATE_LOOK = {
    VerificationState.VERIFIED: (Glyph.VERIFIED, "good"),
    VerificationState.PINNED: (Glyph.PINNED, "good"),
    VerificationState.UNCHECKED: (Glyph.UNCHECKED, "muted"),
    VerificationState.UNKNOWN: (Glyph.UNKNOWN, "warning"),
    VerificationState.MISMATCH: (Glyph.MISMATCH, "danger"),
    VerificationState.MISSING: (Glyph.MISSING, "muted"),
}
"""For each state, its glyph and the name of its color token."""
