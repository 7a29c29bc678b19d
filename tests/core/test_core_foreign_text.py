# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What another process printed can be shown."""

from strongroom.core.foreign_text import printable


def test_foreign_text_is_made_printable():
    assert printable(b"a\x1b[31mred\x00\xff\xe2\x80\xae", 300) == "a?[31mred?\ufffd?"
    assert len(printable("x" * 1000, 300)) == 300
