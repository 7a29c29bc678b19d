# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""One repository: its facts, its files with what fits here, its card, and the button that downloads."""

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from strongroom.core.hub import Repository
from strongroom.gui.models import words as hub_wording
from strongroom.gui.models.card_view import CardView
from strongroom.gui.models.looks import FIT_LOOK
from strongroom.gui.models.quantization_model import QuantizationColumn, QuantizationModel
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.controls import ElidedLabel, IconButton, IconLabel, PlainLabel, push_button
from strongroom.gui.widgets.icons import Glyph
from strongroom.gui.widgets.segmented import SegmentedControl
from strongroom.gui.widgets.table import FactTable
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate
from strongroom.workspace import QuantizationTable, TableRow

_LOW = 400
_SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse


class RepositoryView(QWidget):
    """Shows a table, once it is known.

    Signals:
        back_wanted: Back to what was found.
        download_wanted: A :class:`~strongroom.core.hub.Repository` and the :class:`~strongroom.chat.TableRow` of it.
        token_wanted: An access token is to be set.
        copied: What was copied, in a word for the user.
    """

    back_wanted = Signal()
    download_wanted = Signal(object, object)
    token_wanted = Signal()
    copied = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._shown: QuantizationTable | None = None
        self.back_button = IconButton(
            Glyph.BACK, translate("RepositoryView", "Back to the results"), theme, parent=self
        )
        self.back_button.clicked.connect(self.back_wanted)
        self.title = ElidedLabel(role="title")
        self.facts = PlainLabel(role="muted", wraps=True)
        self.bases = PlainLabel(role="small", wraps=True)
        self.commit = PlainLabel(role="small", wraps=True)
        for label in (self.facts, self.bases, self.commit):
            label.setTextInteractionFlags(_SELECTABLE)
        self.gated = self._make_gated(theme)
        self.switch = SegmentedControl(
            translate("RepositoryView", "Part of the repository"),
            [translate("RepositoryView", "Files"), translate("RepositoryView", "Model card")],
            self,
        )
        self.model = QuantizationModel(theme, self)
        self.table = FactTable(self.model, translate("RepositoryView", "Files"), self)
        # The end of a file's name tells it apart from its neighbors.
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.clicked.connect(self._on_clicked)
        self.table.row_chosen.connect(lambda _row: self._draw())
        self.card = CardView(theme, self)
        self.card.copied.connect(self.copied)
        self.fit_icon = IconLabel(Glyph.FITS, theme)
        self.sentence = PlainLabel(role="muted", wraps=True)
        self.download_button = push_button(translate("RepositoryView", "Download"), role="primary", parent=self)
        self.download_button.clicked.connect(self._on_download)
        self.nothing = PlainLabel(
            translate(
                "RepositoryView",
                "This repository has no file in the GGUF format, which is the one that can be run here.",
            ),
            role="muted",
            wraps=True,
        )
        self._stack = QStackedWidget(self)
        self._lay_out()
        self.switch.chosen.connect(self._stack.setCurrentIndex)
        theme.changed.connect(self.model.redraw)

    @property
    def shown(self) -> QuantizationTable | None:
        """The table that is shown."""
        return self._shown

    def show_table(self, table: QuantizationTable) -> None:
        """Show a repository; the same one again keeps its chosen row and its part."""
        is_same = self._shown is not None and self._shown.repository.commit == table.repository.commit
        row = self.table.current_row() if is_same else -1
        self._shown = table
        repository = table.repository
        self.title.setText(wording.one_line(repository.repository))
        self.facts.setText(hub_wording.repository_line(repository))
        self.bases.setText(self._bases(repository))
        self._fold()
        self.commit.setText(translate("RepositoryView", "Commit {commit}").format(commit=repository.commit))
        self.commit.setToolTip(
            translate("RepositoryView", "Everything below holds for this commit, and so does what is downloaded.")
        )
        self.gated.setVisible(repository.is_gated)
        self.model.set_table(table)
        has_rows = self.model.rowCount() > 0
        self.table.setVisible(has_rows)
        self.nothing.setVisible(not has_rows)
        if has_rows:
            self.table.choose(row if 0 <= row < self.model.rowCount() else self.model.recommended())
        if not is_same:
            self.switch.choose(0)
            self.card.show_card(repository.card)
        self._draw()

    def set_busy(self, names: frozenset[str]) -> None:
        """Say which models of this repository, by name, are being downloaded."""
        self.model.set_busy(names)
        self._draw()

    def set_single(self, *, is_single: bool) -> None:
        """Say whether this takes the place of the results, so that there has to be a way back."""
        self.back_button.setVisible(is_single)

    def focus_target(self) -> QWidget:
        """Return where the keyboard begins."""
        if self._stack.currentIndex() == 1:
            return self.card.browser
        return self.table if self.model.rowCount() else self.switch.buttons[0]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the table its room where the window is low."""
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        is_low = self.height() < _LOW
        self.bases.setVisible(bool(self._shown and self._shown.repository.base_models) and not is_low)
        self.commit.setVisible(not is_low)

    def _make_gated(self, theme: Theme) -> QFrame:
        frame = QFrame(self)
        frame.setObjectName("card")
        self.token_button = push_button(translate("RepositoryView", "Access token…"))
        self.token_button.clicked.connect(self.token_wanted)
        row = QHBoxLayout(frame)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(10)
        row.addWidget(IconLabel(Glyph.GATED, theme, color="muted"), 0, Qt.AlignmentFlag.AlignTop)
        sentence = translate(
            "RepositoryView", "Gated: accept the author's terms on the hub's page, then download with an access token."
        )
        row.addWidget(PlainLabel(sentence, wraps=True), 1)
        row.addWidget(self.token_button, 0, Qt.AlignmentFlag.AlignTop)
        return frame

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.back_button)
        head.addWidget(self.title, 1)
        top = QVBoxLayout()
        top.setContentsMargins(16, 10, 16, 10)
        top.setSpacing(4)
        top.addLayout(head)
        for label in (self.facts, self.bases, self.commit):
            top.addWidget(label)
        top.addSpacing(4)
        top.addWidget(self.gated)
        top.addSpacing(4)
        top.addWidget(self.switch, 0, Qt.AlignmentFlag.AlignLeft)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 10, 16, 12)
        foot.setSpacing(10)
        foot.addWidget(self.fit_icon)
        foot.addWidget(self.sentence, 1)
        foot.addWidget(self.download_button)
        self.nothing.setContentsMargins(16, 8, 16, 8)
        files = QWidget(self)
        column = QVBoxLayout(files)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.nothing)
        column.addWidget(self.table, 1)
        column.addLayout(foot)
        column.addStretch(0)
        self._stack.addWidget(files)
        self._stack.addWidget(self.card)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self._stack, 1)

    def _bases(self, repository: Repository) -> str:
        names = ", ".join(wording.one_line(name) for name in repository.base_models)
        return translate("RepositoryView", "Made from {names}").format(names=names)

    def _chosen(self) -> TableRow | None:
        return self.model.row(self.table.current_row())

    def _draw(self) -> None:
        row, table = self._chosen(), self._shown
        for widget in (self.fit_icon, self.sentence, self.download_button):
            widget.setVisible(row is not None)
        if row is None or table is None:
            return
        words = self.model.action(row)
        self.download_button.setText(words)
        self.download_button.setAccessibleName(
            translate("RepositoryView", "{action}: {name}").format(action=words, name=row.model.name.rpartition("/")[2])
        )
        self.download_button.setEnabled(self.model.can_download(self.table.current_row()))
        glyph, color = FIT_LOOK[row.fit] if row.fit is not None else (Glyph.INFO, "muted")
        self.fit_icon.set_icon(glyph, color)
        sentences = [hub_wording.fit_sentence(row, table)]
        if not row.model.has_digests:
            sentences.append(
                translate(
                    "RepositoryView",
                    "The hub gives no SHA-256 for it, so a download could not be verified; it is not offered.",
                )
            )
        elif len(row.model.files) > 1:
            sentences.append(
                translate("RepositoryView", "It comes in {parts}, {size} together; every part is verified.").format(
                    parts=hub_wording.parts(len(row.model.files)), size=wording.size(row.model.size)
                )
            )
        self.sentence.setText(" ".join(sentences))

    def _on_clicked(self, index: QModelIndex) -> None:
        if index.column() == QuantizationColumn.ACTION:
            self._on_download()

    def _on_download(self) -> None:
        row = self._chosen()
        if row is not None and self._shown is not None and self.model.can_download(self.table.current_row()):
            if self.download_button.hasFocus():
                # It is about to be of no use, and the keyboard would go to whatever comes next.
                self.table.setFocus()
            self.download_wanted.emit(self._shown.repository, row)
