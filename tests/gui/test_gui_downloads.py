# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Downloads in the window: how far, how fast, paused, resumed, discarded, refused, and done while one chats."""

import threading
from dataclasses import replace

from PySide6.QtWidgets import QToolButton

from strongroom.core.hub import Download, DownloadState, FileKind, RemoteFile, RemoteModel
from strongroom.core.verification import VerificationState
from strongroom.gui.background.newest_feed import NewestFeed
from strongroom.gui.models import words as hub_wording
from strongroom.gui.models.quantization_model import QuantizationColumn as Column
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.banner import BannerKind
from strongroom.gui.widgets.question import Question
from support.gui_steps import cells, open_repository, row_of, search
from support.loopback_hub import Misbehavior, blob_path

FILE = "tiny-Q4_K_M.gguf"
MODEL = RemoteModel(FileKind.MODEL, "tiny-Q4_K_M", "Q4_K_M", (RemoteFile(FILE, 1_200_000_000, "a" * 64),))
DOWNLOAD = Download(
    "1", "acme/tiny-GGUF", "c" * 40, MODEL, "mit", DownloadState.DOWNLOADING, 412_000_000, 1_200_000_000, 18_000_000.0
)


def begin(window, qtbot, quantization="Q4_K_M"):
    """Search, open the repository and press Download on a row."""
    search(window, qtbot, "tiny")
    repository = open_repository(window, qtbot)
    repository.table.choose(row_of(repository, quantization))
    repository.download_button.click()
    return repository


def panel_of(window):
    return window.models_page.downloads


def only_row(window):
    (row,) = panel_of(window).rows.values()
    return row


def state_of(window):
    return [one.state for one in window.hub.downloads]


def banner_of(window, title):
    notice = next(notice for notice in window.banners.notices if notice.title == title)
    return window.banners.banner(notice.key or title)


def stall(loopback_hub, tiny, file=FILE):
    """Let the next download of a file stop in its middle."""
    loopback_hub.misbehave(blob_path(tiny, file), Misbehavior(stall_after=50_000))


def test_progress_is_told_in_words_and_numbers():
    assert hub_wording.download_line(DOWNLOAD) == "Downloading · 412 MB of 1.2 GB · 18 MB/s · 44 s left"
    paused = replace(DOWNLOAD, state=DownloadState.PAUSED, bytes_per_second=0.0)
    assert hub_wording.download_line(paused) == "Paused · 412 MB of 1.2 GB"
    queued = replace(DOWNLOAD, state=DownloadState.QUEUED, done=0, bytes_per_second=0.0)
    assert hub_wording.download_line(queued) == "Waiting for its turn"
    assert wording.duration(7_500) == "2 h 5 min"
    assert wording.duration(600) == "10 min"


def test_the_feed_keeps_the_newest_state_of_each_download():
    feed = NewestFeed(lambda download: download.download_id)
    senders = [
        threading.Thread(
            target=lambda name=name: [
                feed.post(replace(DOWNLOAD, download_id=name, done=done)) for done in range(1, 1_001)
            ]
        )
        for name in ("a", "b")
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert sorted((one.download_id, one.done) for one in feed.take()) == [("a", 1_000), ("b", 1_000)]
    assert feed.take() == []


def test_a_verified_download_is_announced_quietly_and_can_be_loaded(hub_window, qtbot, desk, tiny):
    window = hub_window(["Hello."])
    repository = begin(window, qtbot)
    qtbot.waitUntil(lambda: any("is on this computer" in one.title for one in window.toasts.notices))
    toast = window.toasts.shown
    assert toast.accessibleName() == "tiny-Q4_K_M is on this computer"
    assert window.banners.notices == []
    assert not panel_of(window).isVisible()
    row = row_of(repository, "Q4_K_M")
    qtbot.waitUntil(lambda: cells(repository, row)[Column.ACTION] == "On this computer")
    assert not repository.download_button.isEnabled()
    next(button for button in toast.findChildren(QToolButton) if button.text() == "Load").click()
    qtbot.waitUntil(lambda: window.models.loaded is not None and "tiny" in window.models.loaded.name.lower())
    desk.settle(window)
    entry = window.models.entry(window.models.loaded.model_id)
    assert entry.state is VerificationState.VERIFIED
    assert entry.commit == tiny.commit
    assert window.models_page.switch.current == 0


def test_a_download_goes_on_while_one_chats(hub_window, qtbot, desk, tiny, loopback_hub):
    stall(loopback_hub, tiny)
    window = hub_window(["An answer."])
    begin(window, qtbot)
    loopback_hub.wait_until_stalled()
    window.show_page("chat")
    desk.send(window, "Meanwhile")
    assert "An answer." in window.chat_page.transcript.browser.toPlainText()
    assert window.status_bar.text("network").startswith("1 download, ")
    qtbot.waitUntil(lambda: state_of(window) == [DownloadState.DOWNLOADING])
    loopback_hub.behave()
    qtbot.waitUntil(lambda: not window.hub.downloads)
    qtbot.waitUntil(lambda: window.status_bar.text("network").endswith(" requests"))


def test_a_download_is_paused_resumed_and_discarded(hub_window, qtbot, desk, tiny, loopback_hub):
    stall(loopback_hub, tiny)
    window = hub_window()
    begin(window, qtbot)
    qtbot.waitUntil(lambda: bool(panel_of(window).rows))
    row = only_row(window)
    assert panel_of(window).isVisible()
    assert row.name.accessibleName() == "tiny-Q4_K_M"
    assert row.repository.accessibleName() == "acme/tiny-GGUF"
    loopback_hub.wait_until_stalled()
    qtbot.waitUntil(lambda: any(one.done for one in window.hub.downloads))
    row.pause_button.click()
    qtbot.waitUntil(lambda: state_of(window) == [DownloadState.PAUSED])
    qtbot.waitUntil(lambda: row.line.accessibleName().startswith("Paused · "))
    assert row.resume_button.isVisible()
    assert not row.pause_button.isVisible()
    window.models_page.switch.choose(0)
    assert panel_of(window).isVisible()
    row.resume_button.click()
    qtbot.waitUntil(lambda: DownloadState.PAUSED not in state_of(window))
    row.pause_button.click()
    qtbot.waitUntil(lambda: state_of(window) == [DownloadState.PAUSED])
    row.discard_button.click()
    question = next(one for one in window.findChildren(Question) if one.isVisible())
    assert question.no_button.isDefault()
    question.yes_button.click()
    qtbot.waitUntil(lambda: not window.hub.downloads)
    assert not panel_of(window).isVisible()
    desk.settle(window)


def test_bytes_that_are_not_the_described_ones_are_refused_in_words_and_tried_again(
    hub_window, qtbot, desk, tiny, loopback_hub
):
    loopback_hub.misbehave(blob_path(tiny, FILE), Misbehavior(corrupt_at=70_000))
    window = hub_window()
    begin(window, qtbot)
    qtbot.waitUntil(lambda: state_of(window) == [DownloadState.MISMATCH])
    row = only_row(window)
    assert row.line.accessibleName().startswith("Does not match, in quarantine")
    assert row.problem.isVisible()
    assert "quarantine" in row.problem.text()
    assert banner_of(window, "tiny-Q4_K_M does not match").notice.kind is BannerKind.DANGER
    assert all("tiny" not in entry.name for entry in window.models.entries)
    loopback_hub.behave()
    row.resume_button.click()
    qtbot.waitUntil(lambda: not window.hub.downloads)
    qtbot.waitUntil(lambda: any("tiny" in entry.name for entry in window.models.entries))
    desk.settle(window)


def test_a_refused_download_says_why_and_what_to_do(hub_window, qtbot, desk, tiny, loopback_hub):
    window = hub_window()
    search(window, qtbot, "tiny")
    repository = open_repository(window, qtbot)
    loopback_hub.misbehave("/acme/tiny-GGUF/resolve/", Misbehavior(status=403))
    repository.table.choose(row_of(repository, "Q4_K_M"))
    repository.download_button.click()
    qtbot.waitUntil(lambda: state_of(window) == [DownloadState.FAILED])
    row = only_row(window)
    assert "does not let this account have the model" in row.problem.text()
    assert "accept its terms" in row.problem.text()
    row.discard_button.click()
    qtbot.waitUntil(lambda: not window.hub.downloads)
    desk.settle(window)


def test_a_window_that_is_closed_leaves_a_download_that_can_be_resumed(hub_window, qtbot, desk, tiny, loopback_hub):
    stall(loopback_hub, tiny)
    window = hub_window()
    begin(window, qtbot)
    loopback_hub.wait_until_stalled()
    desk.close()
    loopback_hub.behave()
    again = hub_window()
    qtbot.waitUntil(lambda: state_of(again) == [DownloadState.PAUSED])
    assert panel_of(again).isVisible()
    only_row(again).resume_button.click()
    qtbot.waitUntil(lambda: any("is on this computer" in one.title for one in again.toasts.notices))
    desk.settle(again)
