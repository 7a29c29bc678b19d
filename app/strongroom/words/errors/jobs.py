# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The words of what is refused of a job, whatever its kind."""

from collections.abc import Mapping

from strongroom.core.translatable import translatable
from strongroom.words.text import ErrorWords

ERRORS: Mapping[str, ErrorWords] = {
    "jobs.unknown": ErrorWords(
        translatable("No such job"),
        translatable("There is no job {job!r}."),
        translatable("Look at the list of jobs."),
    ),
    "jobs.busy": ErrorWords(
        translatable("Job in use"),
        translatable("Another window or terminal of the app works on this job."),
        translatable("Go on there, or close it and try again."),
    ),
    "jobs.disk_full": ErrorWords(
        translatable("Disk full"),
        translatable("There is not enough free space to write the job down."),
        translatable("Free some space, then try again."),
    ),
    "jobs.not_written": ErrorWords(
        translatable("Job not written"),
        translatable("The job could not be written to the data folder{reason:parenthesis}."),
        translatable("Check that the data folder exists and may be written, then try again."),
    ),
    "jobs.defect": ErrorWords(
        translatable("Stopped by a defect"),
        translatable("The job ended by a mistake in the app."),
        translatable("Try again. If it ends again, save a report of the defect."),
    ),
}

PHRASES: Mapping[str, str] = {
    "record.damaged": translatable("it is damaged{detail:parenthesis}"),
    "record.other_version": translatable("it was written by another version of the app"),
    "record.of_another_job": translatable("it is the record of another job"),
    "record.of_another_download": translatable("it is the record of another download"),
    "record.unreadable": translatable("The record {file} of a job cannot be read: {reason}."),
    "record.unreadable:download": translatable("The record {file} of a download cannot be read: {reason}."),
    "record.left_in_place": translatable("The record {file} of a job was set aside: {reason}. Nothing was changed."),
    "record.set_aside": translatable(
        "The record {file} of a job was set aside: {reason}. It is now named {name}; what was done is where it was."
    ),
}
