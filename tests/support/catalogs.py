# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A language in which every translated text can be told from one that is not."""

import gettext
from contextlib import contextmanager

from strongroom.words import use_catalog


class Shouting(gettext.NullTranslations):
    """Puts every translated text between ⟦ and ⟧."""

    def gettext(self, message):
        return f"⟦{message}⟧"

    def pgettext(self, context, message):
        return f"⟦{message}⟧"


@contextmanager
def shouting():
    """Translate into that language for a while."""
    use_catalog(Shouting())
    try:
        yield
    finally:
        use_catalog(gettext.NullTranslations())
