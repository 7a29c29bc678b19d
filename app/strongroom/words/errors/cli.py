# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The words of what goes wrong in the terminal's own commands."""

from collections.abc import Mapping

from strongroom.core.translatable import translatable
from strongroom.words.text import ErrorWords

ERRORS: Mapping[str, ErrorWords] = {
    "policy.prompt_refused": ErrorWords(
        translatable("Prompt refused"),
        translatable(
            "The rule {rule_id} (category {category}) of the policy {policy} does not let this prompt through.{said}"
        ),
        translatable("Nothing was sent to the model, and nothing was kept."),
    ),
    "input.not_utf8": ErrorWords(
        translatable("Input not readable"),
        translatable("Standard input is not UTF-8 (byte {byte})."),
        translatable("Convert it to UTF-8 first."),
    ),
    "input.not_utf8:in_between": ErrorWords(
        translatable("Input not readable"),
        translatable("Standard input is not UTF-8 (near byte {byte})."),
        translatable("Convert it to UTF-8 first. What came out so far is filtered; the rest was dropped."),
    ),
    "policy.samples_unreadable": ErrorWords(
        translatable("Samples not readable"),
        translatable("{file} cannot be read: {reason}."),
        translatable("Name a UTF-8 file with one JSON object a line."),
    ),
    "policy.no_samples": ErrorWords(
        translatable("No samples"), translatable("{file} is empty."), translatable("Write one JSON object a line.")
    ),
    "chat.unknown_command": ErrorWords(
        translatable("Unknown command"),
        translatable("There is no command {command}."),
        translatable("/help lists them."),
    ),
    "chat.no_number": ErrorWords(
        translatable("Which one?"),
        translatable("/open takes the number of a conversation."),
        translatable("/list shows them."),
    ),
    "chat.empty:export": ErrorWords(
        translatable("Nothing to export"),
        translatable("This conversation is still empty."),
        translatable("Write something first."),
    ),
    "hub.which_file": ErrorWords(
        translatable("Which file?"),
        translatable("{wanted} is none of its files in {repository}."),
        translatable("There are: {files}."),
    ),
    "hub.which_file:several": ErrorWords(
        translatable("Which file?"),
        translatable("{wanted} is the name of several files in {repository}."),
        translatable("There are: {files}."),
    ),
    "policy.no_preset": ErrorWords(
        translatable("No such preset"),
        translatable("There is no preset {preset!r}."),
        translatable("There are {known}."),
    ),
    "export.exists": ErrorWords(
        translatable("File exists"), translatable("{path} is there already."), translatable("Choose another name.")
    ),
    "export.failed": ErrorWords(
        translatable("Not written"),
        translatable("{path} cannot be written: {reason}."),
        translatable("Choose another place."),
    ),
    "model.unreadable:path": ErrorWords(
        translatable("Model not readable"),
        translatable("{file} cannot be read: {reason}."),
        translatable("Check the path."),
    ),
    "model.mismatch:import": ErrorWords(
        translatable("Model refused"),
        translatable("{file} has the SHA-256 {actual}, not {wanted}."),
        translatable("It was not imported and not touched. Download it again, or ask its publisher."),
    ),
    "keys.passphrase_differs": ErrorWords(
        translatable("Passphrase not set"), translatable("The two entries differ."), translatable("Start again.")
    ),
    "keys.no_terminal": ErrorWords(
        translatable("Passphrase needed"),
        translatable("There is no terminal to ask for the passphrase on."),
        translatable("Run the command in a terminal, or name a key file in STRONGROOM_KEY_FILE."),
    ),
    "keys.no_terminal:shows_it": ErrorWords(
        translatable("Nothing was read"),
        translatable("A secret cannot be read on this terminal without showing it."),
        translatable("Run the command in another terminal."),
    ),
}

PHRASES: Mapping[str, str] = {
    "hub.recommended_file": translatable("The recommended one"),
    "hub.no_files": translatable("none"),
}
