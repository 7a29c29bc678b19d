# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What is said about the parts of a kept message."""

from strongroom.words.translation import translate


def unknown_part() -> str:
    """Return what stands in place of a part that a later version of the app wrote."""
    return translate("Message", "A part of this message that this version cannot show.")
