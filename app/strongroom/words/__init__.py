# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What both doors say, in the user's language.

In: codes and facts from the rooms below, English texts from the doors. Out: the sentences that a person reads. Only the
doors import it: no room below words anything.
"""

from strongroom.words.explaining import explain, say_note, say_statement
from strongroom.words.text import ErrorText, one_after_the_other
from strongroom.words.translation import install_language, translate, translate_marked, use_catalog

__all__ = [
    "ErrorText",
    "explain",
    "install_language",
    "one_after_the_other",
    "say_note",
    "say_statement",
    "translate",
    "translate_marked",
    "use_catalog",
]
