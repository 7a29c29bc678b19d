# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The words of the database's errors."""

from collections.abc import Mapping

from strongroom.core.translatable import translatable
from strongroom.words.text import ErrorWords

ERRORS: Mapping[str, ErrorWords] = {
    "storage.full": ErrorWords(
        translatable("No space left"),
        translatable("The disk that holds {place} is full; nothing was lost, and the last change was not kept."),
        translatable("Free some space, then try again."),
    ),
    "storage.busy": ErrorWords(
        translatable("The {database} is in use"),
        translatable("Another process has kept {place} locked for {seconds:.0f} seconds."),
        translatable("Close the other window or terminal of the app, then try again."),
    ),
    "storage.busy:log": ErrorWords(
        translatable("{log} in use"),
        translatable("Another process has kept {file} locked."),
        translatable("Close the other window or terminal of the app, then try again."),
    ),
    "storage.damaged": ErrorWords(
        translatable("The {database} is damaged"),
        translatable("{place} is damaged ({detail})."),
        translatable("Put a backup of the file back, or move it away to begin anew."),
    ),
    "storage.damaged:message": ErrorWords(
        translatable("Message not readable"),
        translatable("Message {message_id} holds something that this app never wrote ({detail})."),
        translatable("Put a backup of the chat database back."),
    ),
    "storage.damaged:false_alarm": ErrorWords(
        translatable("Report not readable"),
        translatable("Report {alarm_id} holds something that this app never wrote ({detail})."),
        translatable("Put a backup of the chat database back."),
    ),
    "storage.truncated": ErrorWords(
        translatable("The {database} is cut short"),
        translatable("{path} has {size:,} bytes, which is not a whole number of pages."),
        translatable("Put a backup of the file back, or move it away to begin anew."),
    ),
    "storage.not_writable": ErrorWords(
        translatable("The {database} cannot be used"),
        translatable("{place} cannot be read or written ({detail})."),
        translatable("Check the folder's permissions and the disk."),
    ),
    "storage.not_writable:log": ErrorWords(
        translatable("{log} not writable"),
        translatable("{path} cannot be written ({detail})."),
        translatable("Check the folder's permissions and the disk."),
    ),
    "storage.not_writable:answer": ErrorWords(
        translatable("Answer not begun"),
        translatable("The folder of the chat database cannot be written ({detail})."),
        translatable("Check its permissions and the disk."),
    ),
    "storage.wrong_key": ErrorWords(
        translatable("The {database} does not open"),
        translatable(
            "{path} cannot be read with this key: it was locked with another one, or its beginning is damaged."
        ),
        translatable("Put the right key back, or a backup of the file; or move the file away to begin anew."),
    ),
    "storage.plaintext": ErrorWords(
        translatable("Not the {database}"),
        translatable("{path} is a database without encryption, which this app never writes."),
        translatable("Move it away."),
    ),
    "storage.other_app": ErrorWords(
        translatable("Not the {database}"),
        translatable("{path} is {what}."),
        translatable("Move it away, or put the right file back."),
    ),
    "storage.newer": ErrorWords(
        translatable("Made by a newer version"),
        translatable("{path} has version {version}; this app knows versions up to {known}."),
        translatable("Use the newer version of the app."),
    ),
    "storage.exists": ErrorWords(
        translatable("Not overwritten"), translatable("{path} exists already."), translatable("Move it away first.")
    ),
    "storage.not_found:conversation": ErrorWords(
        translatable("No such conversation"),
        translatable("There is no conversation {conversation_id}, or it has been deleted."),
        translatable("Choose one of the list."),
    ),
    "storage.not_found:message": ErrorWords(
        translatable("No such message"),
        translatable("There is no message {message_id}."),
        translatable("Choose another one."),
    ),
    "storage.other_conversation": ErrorWords(
        translatable("Message of another conversation"),
        translatable("Message {message_id} is not one of conversation {conversation_id}."),
        translatable("Choose a message of this conversation."),
    ),
    "storage.not_found:answer": ErrorWords(
        translatable("Answer ended"),
        translatable(
            "Message {message_id} is not being written any more: it has ended, or its conversation was removed."
        ),
        translatable("Send the message again."),
    ),
    "storage.not_found:false_alarm": ErrorWords(
        translatable("No such report"),
        translatable("There is no report of a false alarm with the number {alarm_id}."),
        translatable("Choose one of the list."),
    ),
}

PHRASES: Mapping[str, str] = {
    "database.chats": translatable("chat database"),
    "storage.in_memory": translatable("the memory"),
    "storage.not_migrated": translatable("The {database} could not be brought up to date"),
    "storage.copy_kept": translatable("It stayed as it was, and a copy is in {backup}."),
    "storage.only_log_left": translatable("it is gone, and only its write-ahead log is left"),
    "storage.foreign_database": translatable("a database of something else"),
    "storage.not_a_file": translatable("not a file"),
    "storage.no_write_ahead_log": translatable("no write-ahead log here, only {mode}"),
}
