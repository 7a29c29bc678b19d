# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the inspector says about the context and the numbers of an answer."""

from strongroom.core.generation import GenerationNumbers
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.card import Card
from strongroom.words import translate


def numbers_card(numbers: GenerationNumbers | None) -> Card:
    """Return the numbers of the last answer."""
    title = translate("Cards", "Context")
    if numbers is None:
        return Card(title, translate("Cards", "The context is what the model can look back on. It is empty."))
    return Card(
        title,
        translate("Cards", "The context is what the model can look back on: the conversation so far, in tokens."),
        (
            (
                translate("Cards", "Used"),
                translate("Cards", "{used} of {length} tokens").format(
                    used=wording.number(numbers.context_used), length=wording.number(numbers.context_length)
                ),
            ),
            (translate("Cards", "Prompt of the last answer"), wording.tokens(numbers.prompt_tokens)),
            (translate("Cards", "Of these reused from the KV cache"), wording.tokens(numbers.reused_tokens)),
            (translate("Cards", "Prompt processing"), _rate(numbers.prompt_tokens_per_second)),
            (translate("Cards", "Answer"), wording.tokens(numbers.completion_tokens)),
            (translate("Cards", "Generation"), _rate(numbers.tokens_per_second)),
            (
                translate("Cards", "Time to first token"),
                translate("Cards", "{seconds} s").format(seconds=wording.number(numbers.time_to_first_token_s, 2)),
            ),
            (translate("Cards", "Threads"), wording.number(numbers.threads)),
        ),
    )


def _rate(value: float) -> str:
    return translate("Cards", "{number} tokens/s").format(number=wording.number(value, 1)) if value else ""
