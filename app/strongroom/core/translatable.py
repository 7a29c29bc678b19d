# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The mark on an English text that is written down before anybody needs it: in a table, or beside a setting."""


def translatable(text: str) -> str:
    """Return ``text`` as it is; ``make strings`` finds it by this call, and a door translates it when it is shown.

    Args:
        text: The English text. A literal, so that it can be extracted.
    """
    return text
