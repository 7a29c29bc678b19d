# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The words of what went wrong with a conversation, and with the filter around it."""

from collections.abc import Mapping

from strongroom.core.translatable import translatable
from strongroom.words.text import ErrorWords

ERRORS: Mapping[str, ErrorWords] = {
    "filter.failed": ErrorWords(
        translatable("Filter failed"),
        translatable("The rule {rule_id} failed ({fault}), so the text was blocked."),
        translatable("Disable or correct the rule; the rest of the text cannot be shown."),
    ),
    "filter.failed:whole_answer": ErrorWords(
        translatable("Filter failed"),
        translatable("The check of the whole answer failed ({fault}), so the answer was blocked."),
        translatable("Send the message again; if it happens again, this is a defect of the app."),
    ),
    "policy.system_prompt_refused": ErrorWords(
        translatable("System prompt refused"),
        translatable("The rule {rule_id} of the policy does not let the system prompt through."),
        translatable("Change the system prompt in the settings."),
    ),
    "chat.empty": ErrorWords(
        translatable("Nothing to send"), translatable("The message is empty."), translatable("Write something first.")
    ),
    "chat.too_long": ErrorWords(
        translatable("Message too long"),
        translatable("The message has {length:,} characters; {most:,} are the most."),
        translatable("Shorten it."),
    ),
    "chat.busy": ErrorWords(
        translatable("Still answering"),
        translatable("This conversation is being answered already."),
        translatable("Wait for it, or press Stop."),
    ),
    "chat.busy:any": ErrorWords(
        translatable("Still answering"),
        translatable("The model is answering another message."),
        translatable("Wait for it, or press Stop."),
    ),
    "model.most_loaded": ErrorWords(
        translatable("Too many models"),
        translatable("The policy allows {most} models at the same time."),
        translatable("Try again when one of them is done."),
    ),
    "model.not_a_chat_model": ErrorWords(
        translatable("Not a chat model"),
        translatable("{model} is a {kind}, which goes along with a model and cannot answer by itself."),
        translatable("Choose a model."),
    ),
    "model.in_use": ErrorWords(
        translatable("Model in use"), translatable("{model} is loaded."), translatable("Load another model first.")
    ),
    "model.not_loaded": ErrorWords(
        translatable("No model"), translatable("No model is loaded."), translatable("Choose a model first.")
    ),
    "model.lease_broken": ErrorWords(
        translatable("Model file is being changed"),
        translatable("Another program opened the model's file for writing, so the model was stopped at once."),
        translatable("Send again: the file is then verified anew before it is used."),
    ),
}

PHRASES: Mapping[str, str] = {
    "filter.impossible_place": translatable("an undecided place that cannot be"),
    "filter.impossible_passage": translatable("a passage that cannot be"),
    "filter.interrupted": translatable("interrupted"),
    "filter.no_answer": translatable("no answer within {seconds:.0f} seconds"),
}
