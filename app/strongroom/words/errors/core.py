# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The words of what is wrong with the settings."""

from collections.abc import Mapping

from strongroom.core.translatable import translatable
from strongroom.words.text import ErrorWords

ERRORS: Mapping[str, ErrorWords] = {
    "settings.invalid": ErrorWords(
        translatable("Settings not accepted"),
        translatable("{path} cannot be read: {reason}."),
        translatable("Correct or remove that line, then start again."),
    ),
    "settings.invalid:no_object": ErrorWords(
        translatable("Settings not accepted"),
        translatable("{path} does not hold a JSON object."),
        translatable("Correct or remove that line, then start again."),
    ),
    "settings.invalid:unknown": ErrorWords(
        translatable("Settings not accepted"),
        translatable("There is no setting called {setting}."),
        translatable("Correct or remove that line, then start again."),
    ),
    "settings.invalid:value": ErrorWords(
        translatable("Settings not accepted"),
        translatable("{setting} {problem}."),
        translatable("Correct or remove that line, then start again."),
    ),
}

PHRASES: Mapping[str, str] = {
    "settings.wrong_type": translatable("must be a {wanted}, not {value}"),
    "settings.no_choice": translatable("must be one of {choices}, not {value}"),
    "settings.out_of_bounds": translatable("must be {least} to {most}, not {value}"),
    "settings.too_long": translatable("is too long"),
}
