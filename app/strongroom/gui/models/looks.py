# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Which icon and color go with a model's state, what fits, and a download's state; the words are always there too."""

from strongroom.core.hub import DownloadState, FileKind, Fit
from strongroom.core.verification import VerificationState
from strongroom.gui.widgets.icons import Glyph

FIT_LOOK = {
    Fit.GPU: (Glyph.FITS_GPU, "good"),
    Fit.RAM: (Glyph.FITS, "good"),
    Fit.PARTLY: (Glyph.FITS_PARTLY, "warning"),
    Fit.NO: (Glyph.FITS_NOT, "muted"),
}
"""For each answer, its glyph and the name of its color token."""

DOWNLOAD_LOOK = {
    DownloadState.QUEUED: (Glyph.WAITING, "muted"),
    DownloadState.DOWNLOADING: (Glyph.DOWNLOAD, "accent"),
    DownloadState.PAUSED: (Glyph.PAUSE, "muted"),
    DownloadState.VERIFYING: (Glyph.VERIFY, "accent"),
    DownloadState.VERIFIED: (Glyph.VERIFIED, "good"),
    DownloadState.MISMATCH: (Glyph.MISMATCH, "danger"),
    DownloadState.FAILED: (Glyph.WARNING, "warning"),
    DownloadState.CANCELLED: (Glyph.CLOSE, "muted"),
}
"""For each state, its glyph and the name of its color token."""

KIND_GLYPH = {
    FileKind.MODEL: Glyph.MODELS,
    FileKind.PROJECTOR: Glyph.PROJECTOR,
    FileKind.ADAPTER: Glyph.ADAPTER,
}
"""For each kind of file, its glyph."""

STATE_LOOK = {
    VerificationState.VERIFIED: (Glyph.VERIFIED, "good"),
    VerificationState.PINNED: (Glyph.PINNED, "good"),
    VerificationState.UNCHECKED: (Glyph.UNCHECKED, "muted"),
    VerificationState.UNKNOWN: (Glyph.UNKNOWN, "warning"),
    VerificationState.MISMATCH: (Glyph.MISMATCH, "danger"),
    VerificationState.MISSING: (Glyph.MISSING, "muted"),
}
"""For each state, its glyph and the name of its color token."""
