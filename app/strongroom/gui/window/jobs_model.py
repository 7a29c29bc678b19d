# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The rows of the list of jobs: what runs, waits and has stopped, then what happened today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from strongroom.gui.widgets import wording
from strongroom.gui.widgets.toast import PastToast
from strongroom.jobs import Job, JobState, Unit
from strongroom.words import explain, translate

ROW_ROLE = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class Section(Enum):
    """A part of the list."""

    RUNNING = auto()
    WAITING = auto()
    STOPPED = auto()
    TODAY = auto()


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the heading of a section, a job, or something that was said."""

    title: str
    line: str = ""
    job: Job | None = None
    share: float | None = None
    """How much of a job is done, 0 to 1, while it runs."""
    at: str = ""
    """When it happened, in words."""

    @property
    def is_heading(self) -> bool:
        """Whether it only names what follows."""
        return self.job is None and not self.at


_SECTIONS = {
    JobState.RUNNING: Section.RUNNING,
    JobState.WAITING: Section.WAITING,
    JobState.PAUSED: Section.STOPPED,
    JobState.INTERRUPTED: Section.STOPPED,
    JobState.FAILED: Section.STOPPED,
    JobState.DONE: Section.TODAY,
    JobState.CANCELLED: Section.TODAY,
}


class JobsModel(QAbstractListModel):
    """Rows for jobs and past toasts.

    Args:
        names: For each kind of job, how one is called, with the job's own name in braces: ``Download {name}``.
        parent: The view's parent.
    """

    def __init__(self, names: Mapping[str, str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._names = names
        self._rows: list[Row] = []

    @property
    def rows(self) -> Sequence[Row]:
        """What is shown."""
        return self._rows

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Return how many rows there are."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a row says."""
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return " · ".join(filter(None, (row.title, row.line, row.at)))
        if role == Qt.ItemDataRole.ToolTipRole and row.line:
            return row.line
        return row if role == ROW_ROLE else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return what can be done with a row: headings only tell what follows."""
        row = self._rows[index.row()]
        return Qt.ItemFlag.ItemIsEnabled if row.is_heading else super().flags(index)

    def name_of(self, job: Job) -> str:
        """Return what a job is called."""
        return wording.one_line(self._names.get(job.kind, "{name}").format(name=job.name))

    def set_contents(self, jobs: Sequence[Job], toasts: Sequence[PastToast]) -> None:
        """Show these; rows that only moved on stay where they are."""
        rows = self._rows_of(jobs, toasts)
        if [_identity(row) for row in rows] != [_identity(row) for row in self._rows]:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
            return
        for place, row in enumerate(rows):
            if row != self._rows[place]:
                self._rows[place] = row
                self.dataChanged.emit(self.index(place), self.index(place))

    def _rows_of(self, jobs: Sequence[Job], toasts: Sequence[PastToast]) -> list[Row]:
        headings = {
            Section.RUNNING: translate("Jobs", "Running"),
            Section.WAITING: translate("Jobs", "Waiting"),
            Section.STOPPED: translate("Jobs", "Stopped"),
            Section.TODAY: translate("Jobs", "Today"),
        }
        parts: dict[Section, list[tuple[str, Row]]] = {section: [] for section in Section}
        for job in jobs:
            parts[_SECTIONS[job.state]].append((job.ended_at, self._row_of(job)))
        for toast in toasts:
            row = Row(toast.title, wording.one_line(toast.message), at=wording.moment(toast.at))
            parts[Section.TODAY].append((toast.at, row))
        # The latest first, where it happened; elsewhere in the order in which they were begun.
        parts[Section.TODAY].sort(key=lambda part: part[0], reverse=True)
        rows: list[Row] = []
        for section, found in parts.items():
            if found:
                rows += [Row(headings[section]), *(row for _, row in found)]
        return rows

    def _row_of(self, job: Job) -> Row:
        is_past = job.state in (JobState.DONE, JobState.CANCELLED)
        progress = job.progress
        share = progress.done / progress.total if progress.total and job.state is JobState.RUNNING else None
        at = wording.moment(job.ended_at) if is_past and job.ended_at else ""
        return Row(self.name_of(job), line_of(job), job, share, at)


def line_of(job: Job) -> str:
    """Return how a job stands, as its row says it."""
    when = wording.moment(job.ended_at) if job.ended_at else ""
    if job.is_elsewhere:
        return translate("Jobs", "In another window or terminal")
    if job.state is JobState.WAITING:
        if job.after:
            return translate("Jobs", "After {name}").format(name=wording.one_line(job.after))
        return translate("Jobs", "Waiting for its turn")
    if job.state is JobState.INTERRUPTED:
        if when:
            return translate("Jobs", "Stopped at {time} when the app ended").format(time=when)
        return translate("Jobs", "Stopped when the app ended")
    if job.state is JobState.FAILED:
        return explain(job.problem).message if job.problem is not None else translate("Jobs", "Failed")
    if job.state is JobState.CANCELLED:
        return translate("Jobs", "Cancelled")
    if job.state is JobState.DONE:
        return translate("Jobs", "Done")
    parts = [translate("Jobs", "Paused")] if job.state is JobState.PAUSED else []
    if job.progress.total:
        parts.append(_progress(job))
    if job.seconds_left is not None:
        parts.append(translate("Jobs", "{time} left").format(time=wording.duration(job.seconds_left)))
    if job.state is JobState.PAUSED and job.problem is not None:
        parts.append(explain(job.problem).message)
    return " · ".join(parts) or translate("Jobs", "Beginning")


def _progress(job: Job) -> str:
    count = wording.size if job.unit is Unit.BYTES else wording.number
    return translate("Jobs", "{done} of {total}").format(done=count(job.progress.done), total=count(job.progress.total))


def _identity(row: Row) -> tuple[str, str, JobState | None]:
    return (row.title, row.job.job_id if row.job else row.at, row.job.state if row.job else None)
