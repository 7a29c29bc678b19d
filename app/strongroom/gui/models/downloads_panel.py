# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The downloads under way, paused or failed: a strip under the page of models that is there whenever there are some."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from strongroom.core.hub import Download, DownloadState
from strongroom.gui.models import words as hub_wording
from strongroom.gui.models.hub_desk import HubDesk
from strongroom.gui.models.looks import DOWNLOAD_LOOK
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.controls import ElidedLabel, IconButton, IconLabel, PlainLabel
from strongroom.gui.widgets.icons import Glyph
from strongroom.gui.widgets.theme import Theme
from strongroom.words import explain, translate

_STEPS = 1000
_MOST_SHARE = 0.4
_CAN_PAUSE = (DownloadState.QUEUED, DownloadState.DOWNLOADING, DownloadState.VERIFYING)


class DownloadRow(QFrame):
    """One download.

    Signals:
        pause_wanted: It shall pause.
        resume_wanted: It shall go on, or be tried again.
        discard_wanted: It shall be dropped.
    """

    pause_wanted = Signal()
    resume_wanted = Signal()
    discard_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("downloadRow")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._state: DownloadState | None = None
        self._glyph = IconLabel(Glyph.DOWNLOAD, theme)
        self.name = ElidedLabel(role="strong")
        self.repository = ElidedLabel(role="small")
        self.line = ElidedLabel(role="small")
        self.problem = PlainLabel(wraps=True)
        self.problem.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, _STEPS)
        self.bar.setTextVisible(False)
        self.pause_button = IconButton(Glyph.PAUSE, "", theme)
        self.resume_button = IconButton(Glyph.RESUME, "", theme)
        self.discard_button = IconButton(Glyph.CLOSE, "", theme)
        for button, wanted in (
            (self.pause_button, self.pause_wanted),
            (self.resume_button, self.resume_wanted),
            (self.discard_button, self.discard_wanted),
        ):
            button.clicked.connect(wanted)
        self._lay_out()

    def show_download(self, download: Download) -> None:
        """Show how far a download is."""
        name = wording.one_line(download.model.name.rpartition("/")[2])
        self.name.setText(name)
        self.repository.setText(wording.one_line(download.repository))
        self.line.setText(hub_wording.download_line(download))
        self.bar.setValue(int(_STEPS * download.done / download.total) if download.total else 0)
        self.bar.setAccessibleName(translate("DownloadRow", "Progress of {name}").format(name=name))
        if download.state is self._state:
            return
        self._state = download.state
        self._glyph.set_icon(*DOWNLOAD_LOOK[download.state])
        has_failed = download.state in (DownloadState.FAILED, DownloadState.MISMATCH)
        self.bar.setVisible(not has_failed)
        self.problem.setVisible(has_failed)
        why = explain(download.problem) if download.problem is not None else None
        self.problem.setText(why.explanation if has_failed and why is not None else "")
        self._set_buttons(download.state, name, has_failed=has_failed)

    def _set_buttons(self, state: DownloadState, name: str, *, has_failed: bool) -> None:
        had_focus = self.pause_button.hasFocus() or self.resume_button.hasFocus()
        again = (
            translate("DownloadRow", "Try {name} again") if has_failed else translate("DownloadRow", "Resume {name}")
        )
        drop = (
            translate("DownloadRow", "Take {name} off this list")
            if state is DownloadState.MISMATCH
            else translate("DownloadRow", "Discard {name}")
        )
        self.pause_button.set_name(translate("DownloadRow", "Pause {name}").format(name=name))
        self.resume_button.set_name(again.format(name=name))
        self.resume_button.set_glyph(Glyph.RETRY if has_failed else Glyph.RESUME)
        self.discard_button.set_name(drop.format(name=name))
        self.pause_button.setVisible(state in _CAN_PAUSE)
        self.resume_button.setVisible(has_failed or state is DownloadState.PAUSED)
        if had_focus:
            # The button that was pressed is gone; its counterpart stands in the same place.
            (self.pause_button if state in _CAN_PAUSE else self.resume_button).setFocus()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.name, 3)
        head.addWidget(self.repository, 2)
        texts = QVBoxLayout()
        texts.setSpacing(3)
        texts.addLayout(head)
        texts.addWidget(self.line)
        texts.addWidget(self.bar)
        texts.addWidget(self.problem)
        texts.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 6, 12, 6)
        layout.setSpacing(10)
        top = Qt.AlignmentFlag.AlignTop
        layout.addWidget(self._glyph, 0, top)
        layout.addLayout(texts, 1)
        for button in (self.pause_button, self.resume_button, self.discard_button):
            layout.addWidget(button, 0, top)


class DownloadsPanel(QFrame):
    """Every download that is not done with; it takes no room when there is none.

    Signals:
        discard_wanted: A :class:`~strongroom.core.hub.Download` of which something has arrived shall be dropped.
    """

    discard_wanted = Signal(object)

    def __init__(self, desk: HubDesk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("downloads")
        self.setAccessibleName(translate("DownloadsPanel", "Downloads"))
        self._desk = desk
        self._theme = theme
        self.rows: dict[str, DownloadRow] = {}
        inner = QWidget(self)
        inner.setObjectName("scrolled")
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 4, 0, 4)
        self._column.setSpacing(0)
        self._area = QScrollArea(self)
        self._area.setObjectName("downloadsArea")
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._area)
        desk.downloads_changed.connect(self._draw)
        self.hide()

    def fit(self, height: int) -> None:
        """Take as much of ``height`` pixels as the rows need, and not more than a part of it."""
        # A sentence that wraps is as high as the width lets it be.
        wanted = self._column.totalHeightForWidth(self.width())
        wanted = wanted if wanted > 0 else self._column.totalSizeHint().height()
        self._area.setFixedHeight(min(wanted, int(height * _MOST_SHARE)))

    def _draw(self) -> None:
        downloads = {one.download_id: one for one in self._desk.downloads}
        for gone in self.rows.keys() - downloads.keys():
            row = self.rows.pop(gone)
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        for download_id, download in downloads.items():
            if download_id not in self.rows:
                self.rows[download_id] = self._add_row(download_id)
            self.rows[download_id].show_download(download)
        self.setVisible(bool(downloads))
        page = self.parentWidget()
        if downloads and page is not None:
            self.fit(page.height())

    def _add_row(self, download_id: str) -> DownloadRow:
        row = DownloadRow(self._theme, self)
        row.pause_wanted.connect(lambda: self._desk.pause(download_id))
        row.resume_wanted.connect(lambda: self._desk.resume(download_id))
        row.discard_wanted.connect(lambda: self._on_discard(download_id))
        self._column.addWidget(row)
        return row

    def _on_discard(self, download_id: str) -> None:
        download = next((one for one in self._desk.downloads if one.download_id == download_id), None)
        if download is None:
            return
        if download.done and download.state is not DownloadState.MISMATCH:
            self.discard_wanted.emit(download)
        else:
            self._desk.discard(download_id)
