# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A file that nobody vouches for: a checksum file or the hub can, in the place of the user."""

import hashlib

import pytest
from PySide6.QtWidgets import QFileDialog

from strongroom.core.verification import VerificationState
from strongroom.gui.models.questions import PinQuestion, RepositoryQuestion
from support.loopback_hub import HubRepository

CONTENT = b"GGUF" + b"other" * 500
REPOSITORY = "acme/other-GGUF"


def visible(window, kind):
    return next((widget for widget in window.findChildren(kind) if widget.isVisible()), None)


def entry_of(window, name="Other-Q8_0"):
    return next(entry for entry in window.models.entries if entry.name == name)


@pytest.fixture
def asked(hub_window, loopback_hub, desk, qtbot):
    """A window that asks about a file which was just imported."""
    loopback_hub.add(HubRepository(REPOSITORY, {"Other-Q8_0.gguf": CONTENT}))
    loopback_hub.add(HubRepository("acme/else-GGUF", {"else-Q8_0.gguf": CONTENT + b"!"}))
    path = desk.folder / "Other-Q8_0.gguf"
    path.write_bytes(CONTENT)
    window = hub_window()
    window.shelf.import_file(path)
    qtbot.waitUntil(lambda: visible(window, PinQuestion) is not None)
    return window


def choose_checksums(window, qtbot, path):
    visible(window, PinQuestion).checksums_button.click()
    qtbot.waitUntil(lambda: visible(window, QFileDialog) is not None)
    chooser = visible(window, QFileDialog)
    chooser.fileSelected.emit(str(path))
    chooser.reject()


def look_up(window, qtbot, name):
    visible(window, PinQuestion).hub_button.click()
    qtbot.waitUntil(lambda: visible(window, RepositoryQuestion) is not None)
    question = visible(window, RepositoryQuestion)
    assert not question.yes_button.isEnabled()
    question.field.setText(name)
    question.yes_button.click()


def titles(window):
    return [notice.title for notice in (*window.banners.notices, *window.toasts.notices)]


def test_a_checksum_file_vouches_and_the_model_is_loaded(asked, desk, qtbot):
    sums = desk.folder / "SHA256SUMS"
    sums.write_text(f"{hashlib.sha256(CONTENT).hexdigest()}  Other-Q8_0.gguf\n")
    choose_checksums(asked, qtbot, sums)
    qtbot.waitUntil(lambda: asked.models.loaded is not None and asked.models.loaded.name == "Other-Q8_0")
    desk.settle(asked)
    assert (entry_of(asked).state, entry_of(asked).source) == (VerificationState.VERIFIED, "checksum file SHA256SUMS")
    assert "Other-Q8_0 is what it should be" in titles(asked)


def test_a_checksum_file_of_other_bytes_is_refused_in_a_banner_and_nothing_moves(asked, desk, qtbot):
    sums = desk.folder / "SHA256SUMS"
    sums.write_text(f"{'0' * 64}  Other-Q8_0.gguf\n")
    choose_checksums(asked, qtbot, sums)
    qtbot.waitUntil(lambda: "Model refused" in titles(asked))
    desk.settle(asked)
    assert entry_of(asked).state is VerificationState.UNKNOWN
    assert (desk.folder / "Other-Q8_0.gguf").read_bytes() == CONTENT


def test_the_hub_vouches_for_a_file_that_it_has(asked, desk, qtbot):
    look_up(asked, qtbot, REPOSITORY)
    qtbot.waitUntil(lambda: "Other-Q8_0 is what it should be" in titles(asked))
    desk.settle(asked)
    assert entry_of(asked).state is VerificationState.VERIFIED
    assert entry_of(asked).source.startswith(f"{REPOSITORY}@")


def test_a_file_that_the_repository_does_not_have_is_refused_in_a_banner_and_not_asked_about_again(asked, desk, qtbot):
    look_up(asked, qtbot, "acme/else-GGUF")
    qtbot.waitUntil(lambda: "Model refused" in titles(asked))
    desk.settle(asked)
    assert entry_of(asked).state is VerificationState.UNKNOWN
    assert visible(asked, PinQuestion) is None
