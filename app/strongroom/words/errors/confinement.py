# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The words of what a process is not kept from, and why."""

from collections.abc import Mapping

from strongroom.core.translatable import translatable
from strongroom.words.text import ErrorWords

ERRORS: Mapping[str, ErrorWords] = {
    "isolation.refused": ErrorWords(
        translatable("Not isolated enough"),
        translatable("The policy asks for {least} isolation. {shortfall}"),
        translatable(
            "Use a system with the missing protection, or ask your administrator to lower [isolation] minimum in "
            "the policy."
        ),
    ),
}

PHRASES: Mapping[str, str] = {
    "process.main": translatable("Strongroom's own process"),
    "process.worker": translatable("The model's process"),
    "process.helper": translatable("The download helper"),
    "process.launcher": translatable("The launcher of the download helper"),
    "isolation.shortfall:none": translatable("{process} is not isolated{why}."),
    "isolation.shortfall:reduced": translatable("{process} has reduced isolation{why}."),
    "isolation.shortfall:full": translatable("{process} is fully isolated."),
    "isolation.why": translatable(": {reasons:;}"),
    "isolation.gap": translatable("no {barrier} ({reason:marked})"),
    "isolation.granted": translatable("it may use {devices}"),
    "barrier.no_new_privileges": translatable("no new privileges"),
    "barrier.system_calls": translatable("system-call filter"),
    "barrier.file_rules": translatable("file rules"),
    "barrier.limits": translatable("resource limits"),
    "barrier.parent_death": translatable("ends with the app"),
    "barrier.app_container": translatable("AppContainer"),
    "barrier.job": translatable("job object"),
    "barrier.sandbox_profile": translatable("sandbox profile"),
    "process.started_for_test:worker": translatable("Started for this test, without a model."),
    "process.started_for_test:helper": translatable("Started for this test; it ends when nothing is wanted of it."),
    "process.no_helper": translatable(
        "None runs: it starts with the first search or download, and ends a minute after the last."
    ),
    "process.launcher_gone": translatable("It has ended. Close the app and open it again to search and download."),
}
