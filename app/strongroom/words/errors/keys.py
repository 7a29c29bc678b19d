# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The words of what went wrong with keys, passphrases and access tokens."""

from collections.abc import Mapping

from strongroom.core.translatable import translatable
from strongroom.words.text import ErrorWords

ERRORS: Mapping[str, ErrorWords] = {
    "token.invalid": ErrorWords(
        translatable("Token not kept"),
        translatable("An access token is one line of letters, digits and underscores."),
        translatable("Copy it again from the hub's page of your access tokens; one that may only read is enough."),
    ),
    "token.no_keyring": ErrorWords(
        translatable("No place for a token"),
        translatable("There is no keyring of the operating system that can be used, and a token is kept nowhere else."),
        translatable("Start a keyring (for example GNOME Keyring or KWallet), then try again."),
    ),
    "keys.key_file_unreadable": ErrorWords(
        translatable("Key file not usable"),
        translatable("{path} cannot be read or made: {reason}."),
        translatable("Check the folder and its permissions, or name another file in {variable}."),
    ),
    "keys.key_file_malformed": ErrorWords(
        translatable("Not a key file"),
        translatable("{path} does not hold two keys in the form of a key file."),
        translatable("Put the right file back, or name another one."),
    ),
    "keys.key_file_malformed:not_a_file": ErrorWords(
        translatable("Not a key file"), translatable("{path} is not a file."), translatable("Name a file.")
    ),
    "keys.key_file_exposed:other_owner": ErrorWords(
        translatable("Key file refused"),
        translatable("{path} belongs to another user."),
        translatable("Use a key file of your own."),
    ),
    "keys.key_file_exposed": ErrorWords(
        translatable("Key file refused"),
        translatable("Others may read or change {path} (its mode is {mode:04o})."),
        translatable("Make it private: chmod 600 {path}"),
    ),
    "keys.key_file_missing": ErrorWords(
        translatable("Key file missing"),
        translatable("The databases are locked with the keys in {path}, and there is no such file."),
        translatable("Put it back, or name its new place in {variable}. The databases were not touched."),
    ),
    "keys.record_damaged": ErrorWords(
        translatable("Key record damaged"),
        translatable("{path} does not say how the databases are locked: {detail}."),
        translatable("Put a backup of that file back. The databases were not touched."),
    ),
    "keys.wrong_keys": ErrorWords(
        translatable("Other keys"),
        translatable("{where:marked} holds keys, but not those that the databases here were made with."),
        translatable("Put the right keys back. The databases were not touched."),
    ),
    "keys.record_exists": ErrorWords(
        translatable("Already locked"),
        translatable("{record} says how the databases here are locked."),
        translatable("Start again to use them."),
    ),
    "keys.keyring_changed": ErrorWords(
        translatable("Keyring not found"),
        translatable("The databases are locked with keys in {keyring:marked}; {instead}."),
        translatable("Start the app in a desktop session that has that keyring. The databases were not touched."),
    ),
    "keys.keyring_empty": ErrorWords(
        translatable("Keys missing"),
        translatable("The databases are locked with keys in {keyring:marked}, and it has no entry for them."),
        translatable("Restore the keyring from a backup; or move the databases and keys.json away to begin anew."),
    ),
    "keys.passphrase_needed": ErrorWords(
        translatable("Passphrase needed"),
        translatable("The databases are locked with a passphrase, and none was given."),
        translatable("Start again and enter it."),
    ),
    "keys.record_missing": ErrorWords(
        translatable("Key record missing"),
        translatable("{file} exists, but {record}, which says how it is locked, does not."),
        translatable("Put {record_name} back from a backup; or move {file_name} away to begin anew."),
    ),
    "keys.keyring_unavailable": ErrorWords(
        translatable("Keyring not usable"),
        translatable("Asking {keyring:marked} failed: {detail}."),
        translatable("Check that it runs and is unlocked, then start again."),
    ),
    "keys.keyring_locked": ErrorWords(
        translatable("Keyring locked"),
        translatable("The keys are in {keyring:marked}, which is locked."),
        translatable("Unlock it, then start again."),
    ),
    "keys.passphrase_too_short": ErrorWords(
        translatable("Passphrase too short"),
        translatable("It needs at least {least} characters."),
        translatable("Several words are easier to remember than one odd one."),
    ),
    "keys.passphrase_wrong": ErrorWords(
        translatable("Wrong passphrase"),
        translatable("The databases do not open with this passphrase."),
        translatable("Try again. Without the passphrase nobody can open them."),
    ),
}

PHRASES: Mapping[str, str] = {
    "keys.not_kept": translatable("it did not keep what it was given"),
    "keys.no_answer": translatable("no answer within {seconds:g} seconds"),
    "keys.no_keyring": translatable("there is no keyring of the operating system that can be used"),
    "keys.keyring_refused": translatable("{refusal:clause}"),
    "keys.no_key_file": translatable("{variable} names no key file"),
    "keys.no_passphrase": translatable("no passphrase was given"),
    "keys.memory_only": translatable("Nothing is kept after this session: {reasons:;}."),
    "keys.other_keyring": translatable("now {keyring:marked} is in use"),
    "keys.keyring_absent": translatable("there is no such keyring in this session"),
    "keys.in_keyring": translatable("Chats and incidents are encrypted, locked with keys in {keyring:marked}."),
    "keys.in_key_file": translatable("Chats and incidents are encrypted, locked with the keys in {path}."),
    "keys.in_passphrase": translatable("Chats and incidents are encrypted, locked with a passphrase."),
}
