# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The words of what went wrong with a policy."""

from collections.abc import Mapping

from strongroom.core.translatable import translatable
from strongroom.words.text import ErrorWords

_CORRECT_FILE = translatable("Correct the file or its permissions. Until then nothing is sent to a model.")

ERRORS: Mapping[str, ErrorWords] = {
    "policy.unreadable": ErrorWords(
        translatable("Policy not readable"), translatable("{path} cannot be read: {reason}."), _CORRECT_FILE
    ),
    "policy.broken_link": ErrorWords(
        translatable("Policy not readable"),
        translatable("{path} is a link that leads to no file that can be read: {reason}."),
        _CORRECT_FILE,
    ),
    "policy.not_a_file": ErrorWords(
        translatable("Policy not readable"), translatable("{path} is not an ordinary file."), _CORRECT_FILE
    ),
    "policy.too_large": ErrorWords(
        translatable("Policy not readable"),
        translatable("{path} has more than {most:,} bytes, the most for a policy."),
        translatable(
            "Put long lists of terms into files of their own, which the policy names. Until then nothing is sent to a"
            " model."
        ),
    ),
    "policy.vanished": ErrorWords(
        translatable("Policy file gone"),
        translatable("{path} was there when the app looked before, and is gone."),
        translatable("Put it back, or start the app anew to work without it. Until then nothing is sent to a model."),
    ),
    "policy.not_usable": ErrorWords(
        translatable("Policy not usable"),
        translatable("The policy from {source} could not be made ready ({fault})."),
        translatable("This is a defect of the app. Until another policy is in force nothing is sent to a model."),
    ),
}

PHRASES: Mapping[str, str] = {}
