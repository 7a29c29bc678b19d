# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Long work in the window: the ring, the list of jobs, and toasts."""

import dataclasses

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from strongroom.core.errors import UserFacingError
from strongroom.core.statement import Statement
from strongroom.gui.widgets import toast as toast_module
from strongroom.gui.widgets.banner import BannerKind, Notice
from strongroom.gui.widgets.toast import PastToast, Toasts
from strongroom.gui.window.jobs_model import JobsModel, line_of
from strongroom.gui.window.jobs_popover import main_action
from strongroom.gui.window.jobs_ring import JobsRing
from strongroom.jobs import Job, JobPriority, JobState, Progress, Unit
from support.counting_job import Count, Counter

JOB = Job(
    job_id="0123456789abcdef",
    kind="count",
    name="Office prompts",
    state=JobState.RUNNING,
    progress=Progress(46, 120),
    unit=Unit.ITEMS,
    rate=0.06,
    priority=JobPriority.NORMAL,
    created_at="2026-11-24T10:00:00.000Z",
    payload=Count(120),
)
EXPORTED = Notice(BannerKind.INFO, "Report exported", "It is in your folder.", key="exported")
DELETED = Notice(BannerKind.INFO, "Conversation deleted", "", key="deleted")


def with_state(state: JobState, **changes) -> Job:
    return dataclasses.replace(JOB, job_id=f"{state}", state=state, rate=0.0, **changes)


@pytest.mark.parametrize(
    ("job", "line", "action"),
    [
        (JOB, "46 of 120 · 21 min left", "Pause"),
        (dataclasses.replace(JOB, unit=Unit.BYTES, progress=Progress(412_000_000, 1_200_000_000), rate=0.0),
         "412 MB of 1.2 GB", "Pause"),
        (dataclasses.replace(JOB, progress=Progress(), rate=0.0), "Beginning", "Pause"),
        (with_state(JobState.WAITING), "Waiting for its turn", "Pause"),
        (with_state(JobState.WAITING, after="Gemma"), "After Gemma", "Pause"),
        (with_state(JobState.PAUSED), "Paused · 46 of 120", "Continue"),
        (with_state(JobState.INTERRUPTED), "Stopped when the app ended", "Continue"),
        (with_state(JobState.FAILED, problem=Statement("jobs.disk_full")),
         "There is not enough free space to write the job down.", "Try again"),
        (with_state(JobState.CANCELLED), "Cancelled", "Continue"),
        (with_state(JobState.DONE), "Done", ""),
        (dataclasses.replace(JOB, is_elsewhere=True), "In another window or terminal", ""),
    ],
    ids=lambda value: value if isinstance(value, str) else value.state.value,
)  # fmt: skip
def test_a_row_tells_in_words_how_a_job_stands(qapp, theme, job, line, action):
    assert line_of(job) == line
    assert main_action(job) == action


def test_when_the_app_ended_is_told(qapp, theme):
    job = with_state(JobState.INTERRUPTED, ended_at="2020-11-24T17:20:00.000Z")
    assert line_of(job).startswith("Stopped at ")
    assert line_of(job).endswith("20 when the app ended")


def test_rows_stand_under_what_they_are_and_stay_there_while_they_move_on(qapp, theme):
    model = JobsModel({"count": "Count {name}"})
    jobs = [
        with_state(JobState.DONE, ended_at="2026-11-24T12:00:00.000Z"),
        with_state(JobState.PAUSED),
        with_state(JobState.WAITING),
        JOB,
    ]
    model.set_contents(jobs, [PastToast("Report exported", "", "2026-11-24T13:00:00.000Z")])
    assert [row.title for row in model.rows] == [
        "Running",
        "Count Office prompts",
        "Waiting",
        "Count Office prompts",
        "Stopped",
        "Count Office prompts",
        "Today",
        "Report exported",
        "Count Office prompts",
    ]
    assert [place for place in range(9) if not model.flags(model.index(place)) & Qt.ItemFlag.ItemIsSelectable] == [
        0,
        2,
        4,
        6,
    ]
    spoken = model.index(1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Count Office prompts · 46 of 120 · 21 min left"
    resets, changes = QSignalSpy(model.modelReset), QSignalSpy(model.dataChanged)
    moved = dataclasses.replace(JOB, progress=Progress(47, 120))
    model.set_contents([*jobs[:3], moved], [PastToast("Report exported", "", "2026-11-24T13:00:00.000Z")])
    assert (resets.count(), changes.count()) == (0, 1)
    assert model.rows[1].line.startswith("47 of 120")


def test_a_thousand_jobs_are_a_thousand_rows(qapp, theme):
    model = JobsModel({})
    jobs = [dataclasses.replace(JOB, job_id=f"{number:016x}", name=f"Job {number}") for number in range(1_000)]
    model.set_contents(jobs, [])
    assert model.rowCount() == 1_001


def test_the_ring_is_there_only_while_there_is_work(qapp, theme, qtbot):
    place = QWidget()
    qtbot.addWidget(place)
    ring = JobsRing(theme, place)
    place.show()
    for jobs, name in (
        ([], ""),
        ([with_state(JobState.DONE), with_state(JobState.PAUSED), with_state(JobState.FAILED)], ""),
        ([JOB], "1 job, 38 %"),
        ([JOB, dataclasses.replace(JOB, state=JobState.WAITING, progress=Progress(0, 120))], "2 jobs, 19 %"),
        ([with_state(JobState.INTERRUPTED)], "1 job has stopped"),
    ):
        ring.set_jobs(jobs)
        assert ring.isVisible() == bool(name)
        if name:
            assert ring.accessibleName() == name
            ring.grab()


@pytest.fixture
def counting(desk):
    """A window whose workspace has a kind of job that counts: the window, the counter, and what begins a job."""
    window = desk.window()
    counter = Counter(most_at_once=1)
    window.workspace.jobs.declare(counter.kind)

    def start(name: str = "Office prompts"):
        return window.workspace.jobs.start(counter.kind, Count(120), name=name)

    return window, counter, start


def titles_of(window) -> list[str]:
    return [row.title for row in window.jobs.model.rows]


def test_jobs_are_listed_paused_continued_cancelled_and_forgotten_by_key(counting, qtbot, desk):
    window, counter, start = counting
    job, waiting = start("First"), start("Second")
    qtbot.waitUntil(lambda: titles_of(window) == ["Running", "First", "Waiting", "Second"])
    assert window.jobs.ring.isVisible()
    assert not window.jobs.popover.isVisible()
    before = window.focusWidget()
    qtbot.keyClick(window, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    popover = window.jobs.popover
    assert popover.isVisible()
    assert popover.width() == 420
    assert popover.list.hasFocus()
    assert popover.current().name == "First"
    qtbot.keyClick(popover.list, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: titles_of(window) == ["Running", "Second", "Stopped", "First"])
    popover.list.setCurrentIndex(window.jobs.model.index(3, 0))
    qtbot.keyClick(popover.list, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: titles_of(window) == ["Running", "Second", "Waiting", "First"])
    popover.list.setCurrentIndex(window.jobs.model.index(1, 0))
    qtbot.keyClick(popover.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: titles_of(window) == ["Running", "First", "Today", "Second"])
    assert window.workspace.jobs.get(waiting.job_id).state is JobState.CANCELLED
    popover.list.setCurrentIndex(window.jobs.model.index(3, 0))
    qtbot.keyClick(popover.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: titles_of(window) == ["Running", "First"])
    counter.finish(job.job_id)
    qtbot.waitUntil(lambda: titles_of(window) == ["Today", "First"])
    qtbot.waitUntil(lambda: not window.jobs.ring.isVisible())
    qtbot.keyClick(popover.list, Qt.Key.Key_Escape)
    assert not popover.isVisible()
    assert window.focusWidget() is before
    desk.settle(window)


def test_a_row_has_its_button_and_its_menu(counting, qtbot, desk):
    window, _, start = counting
    start()
    qtbot.waitUntil(lambda: titles_of(window) == ["Running", "Office prompts"])
    window.jobs.ring.click()
    popover = window.jobs.popover
    index = window.jobs.model.index(1, 0)
    button = popover.delegate.button_of(window.jobs.model.rows[1], popover.list.visualRect(index))
    qtbot.mouseClick(popover.list.viewport(), Qt.MouseButton.LeftButton, pos=button.center())
    qtbot.waitUntil(lambda: titles_of(window) == ["Stopped", "Office prompts"])
    menu = popover.menu_of(popover.current())
    assert [action.text() for action in menu.actions()] == [
        "Continue: Office prompts",
        "Cancel Office prompts",
        "Take Office prompts off this list",
    ]
    menu.actions()[2].trigger()
    qtbot.waitUntil(lambda: titles_of(window) == [])
    assert popover.empty.isVisible()
    assert not popover.list.isVisible()
    menu.deleteLater()
    desk.settle(window)


def test_without_jobs_the_list_says_so(desk, qtbot):
    window = desk.window()
    qtbot.keyClick(window, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    popover = window.jobs.popover
    assert popover.empty.isVisible()
    assert popover.hasFocus()
    qtbot.keyClick(popover, Qt.Key.Key_Escape)
    assert not popover.isVisible()


def test_what_was_chosen_stays_chosen_when_rows_come(counting, qtbot, desk):
    window, _, start = counting
    start("First")
    second = start("Second")
    qtbot.waitUntil(lambda: titles_of(window) == ["Running", "First", "Waiting", "Second"])
    window.jobs.ring.click()
    popover = window.jobs.popover
    popover.list.setCurrentIndex(window.jobs.model.index(3, 0))
    start("Third")
    qtbot.waitUntil(lambda: "Third" in titles_of(window))
    assert popover.current().job_id == second.job_id
    desk.settle(window)


def test_the_list_goes_when_something_else_is_gone_on_with(counting, qtbot, desk):
    window, _, start = counting
    start()
    qtbot.waitUntil(lambda: bool(titles_of(window)))
    window.jobs.ring.click()
    assert window.jobs.popover.isVisible()
    window.chat_page.composer.field.setFocus()
    assert not window.jobs.popover.isVisible()
    window.jobs.ring.click()
    for width, height in ((420, 380), (900, 700), (1600, 1000)):
        window.resize(width, height)
        place = window.jobs.popover.geometry()
        assert window.frame.rect().contains(place)
        assert place.bottom() < window.status_bar.y()
        assert window.jobs.ring.isVisible()
    desk.settle(window)


def test_a_verification_is_a_job_under_its_name(desk, qtbot):
    window = desk.window()
    desk.settle(window)
    window.models.verify(next(one.model_id for one in window.models.entries if one.name == "Small-Q4_0"))
    qtbot.waitUntil(lambda: "Verify Small-Q4_0" in titles_of(window))
    qtbot.waitUntil(lambda: [one.title for one in window.toasts.notices] == ["Small-Q4_0 is what it should be"])
    qtbot.waitUntil(lambda: sorted(titles_of(window))[-2:] == ["Today", "Verify Small-Q4_0"])
    assert "Small-Q4_0 is what it should be" in titles_of(window)
    desk.settle(window)


@pytest.fixture
def place(qapp, theme, qtbot):
    widget = QWidget()
    widget.resize(600, 400)
    qtbot.addWidget(widget)
    widget.show()
    return widget


@pytest.fixture
def toasts(place, theme, monkeypatch):
    monkeypatch.setattr(toast_module, "SHOWN_MS", 60)
    monkeypatch.setattr(toast_module, "SHORT_MS", 20)
    monkeypatch.setattr(toast_module, "HELD_MS", 10)
    return Toasts(theme, place, lambda: QPoint(place.width(), place.height()))


def test_one_toast_at_a_time_in_the_corner_and_then_it_is_past(toasts, place, qtbot):
    toasts.show_notice(EXPORTED)
    toasts.show_notice(DELETED)
    assert [one.title for one in toasts.notices] == ["Report exported", "Conversation deleted"]
    first = toasts.shown
    assert first.accessibleName() == "Report exported"
    assert (first.geometry().right(), first.geometry().bottom()) == (600 - 17, 400 - 17)
    place.resize(300, 200)
    assert (first.geometry().right(), first.geometry().bottom()) == (300 - 17, 200 - 17)
    qtbot.waitUntil(lambda: toasts.shown is not None and toasts.shown.accessibleName() == "Conversation deleted")
    qtbot.waitUntil(lambda: toasts.shown is None)
    assert [one.title for one in toasts.past] == ["Report exported", "Conversation deleted"]


def test_a_toast_with_the_same_key_gives_way(toasts):
    toasts.show_notice(EXPORTED)
    toasts.show_notice(dataclasses.replace(EXPORTED, title="Log exported"))
    assert [one.title for one in toasts.notices] == ["Log exported"]
    toasts.dismiss("exported")
    assert toasts.notices == []


def test_a_toast_stays_while_the_keyboard_is_on_it(toasts, place, qtbot):
    done = []
    toasts.show_notice(EXPORTED, action=("Show file", lambda: done.append("shown")))
    button = next(one for one in toasts.shown.findChildren(QToolButton) if one.text() == "Show file")
    place.activateWindow()
    button.setFocus()
    qtbot.waitUntil(lambda: toasts.shown.is_held)
    shown = toasts.shown
    held = []
    qtbot.waitUntil(lambda: held.append(shown.is_held) or len(held) > 12)
    assert toasts.shown is shown
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert done == ["shown"]
    assert toasts.shown is None


def test_what_is_done_is_a_toast_and_what_went_wrong_never(desk):
    window = desk.window()
    spoken = QSignalSpy(window.announcer.announced)
    window.notify(EXPORTED)
    assert window.toasts.shown.isVisible()
    assert window.banners.notices == []
    assert spoken.at(0) == ["Report exported. It is in your folder."]
    window.show_error(UserFacingError("jobs.disk_full"))
    assert [one.title for one in window.toasts.notices] == ["Report exported"]
    assert [one.title for one in window.banners.notices] == ["Disk full"]
    window.retract("exported")
    assert window.toasts.shown is None


LOST = Notice(BannerKind.DANGER, "Incident log damaged", "The record 12 does not follow.", key="damaged")
NOT_KEPT = Notice(BannerKind.WARNING, "This session is not kept", "No keyring was found.", key="kept")


def shown_titles(window) -> list[str]:
    return [banner.notice.title for banner in window.banners.shown if banner.isVisible()]


def test_two_banners_at_most_the_graver_first_and_the_next_one_follows(desk):
    window = desk.window()
    window.notify(NOT_KEPT)
    window.notify(LOST)
    window.notify(dataclasses.replace(NOT_KEPT, title="Policy expired", key="policy"))
    assert shown_titles(window) == ["Incident log damaged", "Policy expired"]
    assert len(window.banners.notices) == 3
    window.retract("damaged")
    assert shown_titles(window) == ["Policy expired", "This session is not kept"]
    window.retract("policy")
    window.retract("kept")
    assert not window.banners.isVisible()


def test_a_banner_lies_over_the_page_and_moves_nothing_under_the_pointer(desk, qtbot, monkeypatch):
    window = desk.window()
    header = window.chat_page.header
    qtbot.waitUntil(lambda: header.height() == header.line_height)
    line = header.height()
    monkeypatch.setattr(window.frame.middle, "underMouse", lambda: True)
    window.notify(LOST)
    (banner,) = window.banners.shown
    assert banner.height() == max(40, banner.fontMetrics().height() + 20)
    assert banner.mapTo(window.frame, QPoint(0, 0)).y() >= header.mapTo(window.frame, QPoint(0, line)).y()
    assert header.minimumHeight() <= line, "nothing moves while the pointer is on the page"
    window.frame.middle.left.emit()
    qtbot.waitUntil(lambda: header.height() >= line + banner.height())
    window.retract("damaged")
    assert header.minimumHeight() > line
    window.show_page("models")
    window.show_page("chat")
    qtbot.waitUntil(lambda: header.height() == line)


@pytest.mark.parametrize("width", [420, 900, 1600])
def test_a_banner_keeps_its_button_at_every_width(desk, qtbot, width):
    window = desk.window()
    window.resize(width, 700)
    pressed = []
    window.notify(NOT_KEPT, action=("Choose a passphrase…", lambda: pressed.append("choose")))
    (banner,) = window.banners.shown
    button = next(one for one in banner.findChildren(QPushButton) if one.text() == "Choose a passphrase…")
    qtbot.waitUntil(lambda: banner.rect().contains(button.geometry()))
    assert button.width() >= button.sizeHint().width()
    button.click()
    assert pressed == ["choose"]


def test_what_was_refused_is_taken_back_when_a_model_is_loaded(desk, qtbot):
    window = desk.window()
    window.models.load_ended.emit(UserFacingError("model.not_a_chat_model", name="Projector", kind="projector"))
    window.show_error(UserFacingError("model.not_a_chat_model", name="Projector", kind="projector"))
    window.notify(NOT_KEPT)
    assert [one.key for one in window.banners.notices] == ["model.not_a_chat_model", "kept"]
    window.models.load(window.models.wanted)
    qtbot.waitUntil(lambda: [one.key for one in window.banners.notices] == ["kept"])
    desk.settle(window)
