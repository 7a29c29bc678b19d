# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The words of what is wrong with the incident log and the egress ledger."""

from collections.abc import Mapping

from strongroom.core.translatable import translatable
from strongroom.words.text import ErrorWords

ERRORS: Mapping[str, ErrorWords] = {
    "incidents.damaged": ErrorWords(
        translatable("{log} damaged"),
        translatable("{found}"),
        translatable("Check it (strongroom {family} verify).{remedy}"),
    ),
    "egress.damaged": ErrorWords(
        translatable("{log} damaged"),
        translatable("{found}"),
        translatable("Check it (strongroom {family} verify).{remedy}"),
    ),
    "incidents.damaged:verified": ErrorWords(
        translatable("Not intact"), translatable("{found}"), translatable("See strongroom {family} verify.")
    ),
    "egress.damaged:verified": ErrorWords(
        translatable("Not intact"), translatable("{found}"), translatable("See strongroom {family} verify.")
    ),
    "incidents.none": ErrorWords(
        translatable("No incident log"),
        translatable("There is no incident log in {folder}."),
        translatable("It is made when the app first runs with a place for its keys; see strongroom doctor."),
    ),
    "egress.none": ErrorWords(
        translatable("No egress ledger"),
        translatable("There is no egress ledger in {folder}."),
        translatable("It is made when the app first runs with a place for its keys; see strongroom doctor."),
    ),
    "incidents.not_writable": ErrorWords(
        translatable("Incident log not writable"),
        translatable("The incident could not be written ({reason}), so the text was blocked."),
        translatable("Free disk space or repair the log (strongroom incidents verify), then send again."),
    ),
    "egress.not_writable": ErrorWords(
        translatable("Egress ledger not writable"),
        translatable("The request could not be written ({reason})."),
        translatable("Check the ledger (strongroom egress verify), then try again."),
    ),
}

PHRASES: Mapping[str, str] = {
    "log.incidents": translatable("Incident log"),
    "log.egress": translatable("Egress ledger"),
    "database.incidents": translatable("incident log"),
    "database.egress": translatable("egress ledger"),
    "log.begin_anew": translatable(" To begin a new one, move {files:and} away, and keep them."),
    "log.stretch_unreadable": translatable("Records {first} to {last} cannot be read: the file is damaged there."),
    "log.stretch_unreadable:one": translatable("Record {first} cannot be read: the file is damaged there."),
    "log.stretch_gone": translatable("Records {first} to {last} are gone."),
    "log.stretch_gone:one": translatable("Record {first} is gone."),
    "log.record_edited": translatable("Record {record} was edited: {detail}."),
    "log.record_displaced": translatable("Record {record} stands in the place of record {place}."),
    "log.record_before_beginning": translatable("Record {record} stands before the beginning of the log."),
    "log.record_unchained": translatable("Record {record} was edited: it does not fit its chain value."),
    "log.record_columns_differ": translatable("Record {record} was edited: its columns differ from its header."),
    "log.truncated": translatable("The log ends at record {last}, but the anchor knows {known} records."),
    "log.rewritten": translatable(
        "Record {record} is not the one that the anchor knows: another log, or a rewritten one."
    ),
    "log.head_unknown": translatable("Record {record} is not the one that the anchor knows."),
    "log.unreadable": translatable("No record can be read, from record 1 on: {reason}"),
    "log.pages_damaged": translatable("Every record can be read, but the file is damaged elsewhere: {pages:;}"),
    "log.anchor_unreadable": translatable("{file} cannot be read ({detail})."),
    "log.anchor_foreign": translatable("{file} was not made with this log's key, or has been changed."),
    "log.anchor_gone": translatable("{file} is gone: removed last records would not be noticed."),
    "log.anchor_removed": translatable("{file} was removed."),
    "log.file_removed": translatable("{file} was removed or exchanged."),
    "log.file_gone": translatable("{file} is gone; the anchor knows {known} records."),
}
