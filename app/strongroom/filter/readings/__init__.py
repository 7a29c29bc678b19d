# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The readings of a text: as it is, folded, and as what it may be a disguise of.

Detectors look for passages in a reading; each character of it knows which characters of the original it stands for, so
that what is masked is the original. A reading depends on the whole text only, never on how the text was cut.
"""

from strongroom.filter.readings.disguises import DISGUISES, MOST_IN_DISGUISE, DisguisedReading
from strongroom.filter.readings.folding import MOST_ORIGINALS, FoldingReader, folded
from strongroom.filter.readings.reading import Characters, PlainReading, Reader, Reading

__all__ = [
    "DISGUISES",
    "MOST_IN_DISGUISE",
    "MOST_ORIGINALS",
    "Characters",
    "DisguisedReading",
    "FoldingReader",
    "PlainReading",
    "Reader",
    "Reading",
    "folded",
]
