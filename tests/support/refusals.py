# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Errors, asserted by what a user reads of them."""

import re
from contextlib import contextmanager

import pytest

from strongroom.words import explain


@contextmanager
def raises_saying(kind, pattern):
    """Expect an error of ``kind`` whose text, as the user reads it, matches ``pattern`` somewhere."""
    with pytest.raises(kind) as caught:
        yield caught
    sentence = explain(caught.value).sentence
    assert re.search(pattern, sentence), f"{pattern!r} is not in {sentence!r}"
