# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The page about security: what the processes cannot do, tried, and what left the machine."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QScrollArea, QWidget

from strongroom.core.egress import Purpose
from strongroom.core.errors import UserFacingError
from strongroom.core.isolation import (
    Attempt,
    Barrier,
    Capability,
    Confinement,
    Gap,
    IsolationLevel,
    Outcome,
    ProcessRole,
)
from strongroom.core.paths import DataPaths
from strongroom.gui.background.task_runner import TaskRunner
from strongroom.gui.models.model_desk import ModelDesk
from strongroom.gui.models.network import NetworkUse
from strongroom.gui.security import egress_desk
from strongroom.gui.security import words as security_wording
from strongroom.gui.security.attempts_tree import AttemptsTree
from strongroom.gui.security.desk import SecurityDesk
from strongroom.gui.security.egress_desk import EgressDesk
from strongroom.gui.security.network_view import EgressColumn
from strongroom.gui.security.page import SecurityPage
from strongroom.gui.security.status import DeviceFact, weakest
from strongroom.gui.widgets.feature import StatusFact
from strongroom.gui.window.status_bar import StatusBar
from strongroom.incidents import EgressLedger, IncidentFormat
from strongroom.words import explain
from support.security_values import (
    NO_LANDLOCK,
    Processes,
    begin,
    helper,
    idle_helper,
    launcher,
    main,
    measured,
    request,
    worker,
)


class Shown:
    """A page over values made by hand."""

    def __init__(self, processes, ledger, theme, qtbot):
        self.processes, self.ledger = processes, ledger
        self.runner = TaskRunner()
        self.security, self.egress = SecurityDesk(self.runner), EgressDesk(self.runner)
        self.failures = []
        self.security.failed.connect(self.failures.append)
        self.egress.failed.connect(self.failures.append)
        self.page = SecurityPage(self.security, self.egress, theme)
        self.page.resize(900, 640)
        self.page.show()
        self._qtbot = qtbot
        self.security.attach(processes)
        self.egress.attach(SimpleNamespace(egress=ledger))
        self.settle()

    @property
    def isolation(self):
        return self.page.isolation

    @property
    def network(self):
        return self.page.network

    def settle(self):
        self._qtbot.waitUntil(lambda: not self.runner.pending)

    def open(self):
        self.page.refresh()
        self.settle()

    def rows(self, block):
        return [
            (item.text(0), item.data(1, Qt.ItemDataRole.DisplayRole), item.text(2))
            for item in self.isolation.blocks[block].tree.rows()
        ]

    def cells(self, row):
        model = self.network.model
        return {column: model.index(row, column).data() for column in EgressColumn}

    def sequences(self):
        model = self.network.model
        return [model.row(row).sequence for row in range(model.rowCount())]

    def close(self):
        self.security.close()
        self.page.close()
        self.runner.close()
        self.ledger.close()
        self.page.deleteLater()


@pytest.fixture
def shown(theme, qtbot, tmp_path):
    made = []

    def show(*reports, ledger=None, **how):
        ledger = ledger or EgressLedger.open(DataPaths(tmp_path), None)
        made.append(Shown(Processes(*reports, **how), ledger, theme, qtbot))
        return made[-1]

    yield show
    for one in made:
        one.processes.go.set()
        one.close()


def test_before_the_first_test_the_barriers_are_shown_and_nothing_is_claimed_about_attempts(shown):
    view = shown(main(), worker(), idle_helper()).isolation
    assert view.summary.text().startswith("Not tested.")
    assert [block.name.accessibleName() for block in view.blocks] == [
        "This window",
        "Model Small-Q4_0",
        "Download helper",
    ]
    window, _, resting = view.blocks
    assert window.level.text() == "Isolated as intended"
    assert window.duty.text().startswith("Process 4711 · ")
    assert "system call filter (seccomp), file rules (Landlock 5)" in window.barriers.text()
    assert not window.tree.isVisible()
    # Nothing holds back what does not run; that must not look like a process that nothing holds back.
    assert resting.level.text() == ""
    assert resting.duty.text().startswith("Not running · ")
    assert not resting.barriers.isVisible()
    assert resting.note.text().startswith("None runs")


def test_everything_is_tried_when_the_page_is_opened_for_the_first_time_only(shown):
    page = shown(main(), worker())
    page.open()
    assert page.processes.measurements == 1
    page.open()
    assert page.processes.measurements == 1
    page.page.test_button.click()
    page.settle()
    assert page.processes.measurements == 2


def test_a_row_for_each_capability_says_what_became_of_it_and_unfolds_into_the_ways(shown, qtbot):
    page = shown(worker())
    page.open()
    tree = page.isolation.blocks[0].tree
    assert page.rows(0)[0] == ("Open a connection to the internet", "Denied", "3 ways")
    assert {outcome for _, outcome, _ in page.rows(0)} == {"Denied"}
    assert tree.headerItem().text(0).startswith("Tried ")
    qtbot.waitUntil(lambda: tree.height() == tree.sizeHint().height())
    folded = tree.height()
    QTest.keyClick(tree, Qt.Key.Key_Return)
    internet = tree.rows()[0]
    assert internet.isExpanded()
    assert [(internet.child(n).text(0), internet.child(n).text(2)) for n in range(3)] == [
        ("Socket for IPv4", "EPERM"),
        ("Socket for IPv6", "EPERM"),
        ("Wait for connections", "EPERM"),
    ]
    qtbot.waitUntil(lambda: tree.height() > folded)
    page.page.test_button.click()
    page.settle()
    assert tree.rows()[0].isExpanded()


def test_a_click_unfolds_a_row_and_another_folds_it(shown):
    page = shown(worker())
    page.open()
    tree = page.isolation.blocks[0].tree
    QApplication.processEvents()
    for is_unfolded in (True, False):
        place = tree.visualItemRect(tree.rows()[1]).center()
        QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
        assert tree.rows()[1].isExpanded() is is_unfolded
    arrow = QPoint(8, tree.visualItemRect(tree.rows()[1]).center().y())
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, arrow)
    assert tree.rows()[1].isExpanded()


def test_what_the_work_needs_is_told_from_what_should_have_been_denied(shown):
    page = shown(
        main(),
        worker(),
        outcome=(
            measured(main()),
            measured(worker(), possible=("read_file",), absent=("io_uring", "userfaultfd", "trace_parent")),
        ),
    )
    page.open()
    needed = {what: outcome for what, outcome, _ in page.rows(0)}
    assert needed["Read files"] == "Possible, needed for its work"
    assert needed["Open a connection to the internet"] == "Denied"
    outcomes = {what: outcome for what, outcome, _ in page.rows(1)}
    assert outcomes["Read files"] == "POSSIBLE, should be denied"
    assert outcomes["Get around these rules"] == "Not in this kernel"
    assert outcomes["Reach into another process"] == "Denied"
    tree = page.isolation.blocks[1].tree
    assert [row.isExpanded() for row in tree.rows()].count(True) == 1
    assert page.isolation.summary.property("role") == "danger"
    assert page.isolation.summary.text() == (
        "32 attempts in 2 processes: 1 possible that should be denied: Read a file (Model Small-Q4_0)."
    )


@pytest.mark.parametrize(
    ("reports", "sentence"),
    [
        ((measured(worker()),), "16 attempts in 1 process, all denied as they should be."),
        (
            (measured(worker()), measured(helper())),
            "32 attempts in 2 processes: 3 possible because the work needs them, all others denied as they should be.",
        ),
        ((idle_helper(),), "Nothing could be tried on this system."),
    ],
)
def test_the_summary_is_one_sentence(reports, sentence):
    assert security_wording.summary(reports) == sentence


def test_a_test_under_way_can_be_cancelled_and_started_anew(shown, qtbot):
    page = shown(main())
    view = page.isolation
    page.processes.go.clear()
    page.page.refresh()
    assert view.bar.isVisible()
    assert view.cancel_button.isVisible()
    assert view.summary.text().startswith("Each process tries")
    view.cancel_button.click()
    assert not view.bar.isVisible()
    assert view.summary.text().startswith("Not tested.")
    page.page.test_button.click()
    page.page.test_button.click()
    page.processes.go.set()
    page.settle()
    assert view.summary.text().startswith("16 attempts in 1 process")
    page.processes.go.clear()
    page.page.test_button.click()
    view.cancel_button.click()
    assert view.summary.text() == "The test was cancelled. What is shown was tried before."
    page.settle()
    assert len(page.rows(0)) == 8


def test_a_test_that_failed_says_what_happened_and_what_to_do(shown):
    page = shown(main())
    page.processes.error = UserFacingError("engine.silent", detail="")
    page.open()
    view = page.isolation
    assert view.summary.text() == explain(page.processes.error).sentence
    assert view.summary.text().startswith("Model not responding. The model's process gave no sign")
    assert not view.details.isVisible()
    view.details_button.click()
    assert view.details.text() == "Code: engine.silent"
    assert view.details.isVisible()
    assert page.failures == []
    page.processes.error = ValueError("a defect")
    page.page.test_button.click()
    page.settle()
    assert view.summary.text() == "The test could not be made."
    assert page.failures == [page.processes.error]


def test_what_was_tried_stays_with_the_process_that_tried_it(shown):
    page = shown(main(), helper(), worker())
    page.open()
    page.processes.reports = (main(), idle_helper(), worker(number=5000))
    page.security.look()
    page.settle()
    window, new, ended = page.security.reports
    assert window.attempts
    assert ended.attempts
    assert ended.process_id is None
    assert not new.attempts


def test_a_process_that_was_started_for_the_test_stays_listed_until_another_of_its_kind_runs(shown):
    started = worker(name="", number=9)
    page = shown(main(), outcome=(measured(main()), measured(started)))
    page.open()
    assert [report.process_id for report in page.security.reports] == [4711, None]
    assert page.isolation.blocks[1].duty.text().startswith("Not running")
    assert page.isolation.blocks[1].level.text() == "Fully isolated"
    page.processes.reports = (main(), worker())
    page.security.look()
    page.settle()
    assert [report.process_id for report in page.security.reports] == [4711, 4720]


def test_gaps_and_granted_devices_are_told_with_their_reason(shown):
    page = shown(worker(NO_LANDLOCK))
    block = page.isolation.blocks[0]
    assert block.level.text() == "Reduced isolation"
    assert block.gaps() == ["Missing: file rules (Landlock). This kernel has no Landlock."]
    assert block.granted.text() == "Devices that it may use: /dev/nvidiactl, /dev/nvidia0, /dev/nvidia-uvm"
    page.security.reports = (worker(),)
    page.security.looked.emit()
    assert block.level.text() == "Fully isolated"
    assert not block.granted.isVisible()


def test_only_a_running_process_that_lacks_something_is_pointed_out():
    assert weakest((main(), worker(), idle_helper(), launcher())) is None
    reduced, none = worker(NO_LANDLOCK), helper(Confinement())
    assert weakest((main(), reduced)) is reduced
    assert weakest((main(), reduced, none)) is none


OTHER_FACTS = {"model": 0, "policy": 2, "network": 0}
"""What else stands in the status bar, and which of it gives way."""


def test_the_status_bar_says_with_the_device_how_far_everything_is_isolated(theme, qtbot):
    bar = StatusBar(theme)
    qtbot.addWidget(bar)
    runner = TaskRunner(bar)
    desk = SecurityDesk(runner)
    fact = DeviceFact(ModelDesk(runner, bar), desk, lambda: None, bar)
    facts = [StatusFact(name, None, lambda: None, gives_way=rank, parent=bar) for name, rank in OTHER_FACTS.items()]
    for other in facts:
        other.say(f"Something about the {other.name}")
    bar.set_facts([*facts, fact])
    bar.resize(1200, 30)
    bar.show()
    button = bar.button("device")
    assert bar.text("device") == "No device in use"
    desk.reports = (worker(NO_LANDLOCK),)
    desk.looked.emit()
    assert bar.text("device") == "No device in use, partly isolated"
    assert "This kernel has no Landlock." in button.accessibleDescription()
    bar.resize(360, 30)
    assert button.isVisible()
    assert button.width() >= button.sizeHint().width()
    desk.reports = (worker(),)
    desk.looked.emit()
    assert bar.text("device") == "No device in use, isolated"
    assert button.accessibleDescription() == ""
    bar.resize(300, 30)
    assert not button.isVisible()


def test_every_value_has_words():
    assert len({security_wording.capability(one) for one in Capability}) == len(Capability)
    assert len({security_wording.level(one) for one in IsolationLevel}) == len(IsolationLevel)
    assert all(security_wording.duty(role) for role in ProcessRole)
    assert all(security_wording.purpose(one) and security_wording.purpose_sentence(one) for one in Purpose)
    everything = Confinement(tuple(Barrier), tuple(Gap(one, "none here") for one in Barrier))
    assert all(security_wording.gap(gap).endswith(". None here.") for gap in everything.gaps)
    assert security_wording.barriers(everything).count(",") == len(Barrier) - 1
    assert security_wording.barriers(Confinement()) == "Nothing holds it back."
    assert security_wording.attempt("walk_on_water") == "Walk on water"
    assert security_wording.attempt("read_keys.json") == "Read keys.json"
    said = security_wording.outcome(Outcome.ALLOWED, is_expected=False)
    assert said == "POSSIBLE, should be denied"


def test_an_unknown_attempt_names_itself(shown):
    odd = Attempt("walk_on_water", Capability.KERNEL, Outcome.DENIED, "EPERM")
    page = shown(worker(), outcome=(replace(measured(worker()), attempts=(odd,)),))
    page.open()
    (row,) = page.isolation.blocks[0].tree.rows()
    assert row.child(0).text(0) == "Walk on water"


def test_without_room_outcomes_are_brief_and_keep_their_whole_words_for_a_screen_reader(theme, qtbot):
    tree = AttemptsTree(theme)
    qtbot.addWidget(tree)
    tree.resize(900, 400)
    tree.show()
    tree.show_report(measured(main()))
    denied = tree.rows()[0].child(0)
    assert tree.rows()[2].text(1) == "Possible, needed for its work"
    assert (denied.text(1), denied.text(2)) == ("Denied", "EPERM")
    tree.resize(560, 400)
    assert tree.isColumnHidden(2)
    assert tree.rows()[2].text(1) == "Possible, needed for its work"
    assert denied.text(1) == "Denied · EPERM"
    tree.resize(380, 400)
    assert denied.text(1) == "Denied"
    assert tree.rows()[2].text(1) == "Needed"
    assert tree.rows()[2].data(0, Qt.ItemDataRole.AccessibleTextRole).startswith("Read files, Possible, needed")
    assert tree.isColumnHidden(2)


def test_the_keyboard_scrolls_and_what_is_current_is_brought_into_view(shown):
    page = shown(main(), worker(), helper(), launcher())
    page.open()
    page.page.activateWindow()
    QApplication.processEvents()
    area = page.isolation.findChild(QScrollArea)
    bar = area.verticalScrollBar()
    page.page.test_button.setFocus()
    QTest.keyClick(page.page.test_button, Qt.Key.Key_PageDown)
    assert bar.value() > 0
    tree = page.isolation.blocks[3].tree
    tree.setFocus()
    QTest.keyClick(tree, Qt.Key.Key_End)
    row = tree.visualItemRect(tree.currentItem())
    below = tree.viewport().mapTo(area.viewport(), row.bottomLeft()).y()
    assert below <= area.viewport().height()
    QTest.keyClick(tree, Qt.Key.Key_PageUp)
    assert bar.value() < bar.maximum()


def test_every_focusable_widget_of_the_page_has_a_name_and_every_label_is_plain(shown):
    page = shown(main(), worker(NO_LANDLOCK))
    request(page.ledger)
    page.open()
    for number in (0, 1):
        page.page.switch.choose(number)
        for widget in page.page.findChildren(QWidget):
            if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible():
                named = widget.accessibleName() or (isinstance(widget, QAbstractButton | QLabel) and widget.text())
                assert named or widget.objectName().startswith("qt_"), widget
            if isinstance(widget, QLabel) and widget.text():
                assert widget.textFormat() is Qt.TextFormat.PlainText


def test_the_requests_are_listed_newest_first_with_why_and_how_they_ended(shown):
    page = shown()
    request(page.ledger)
    request(page.ledger, Purpose.DOWNLOAD, host="cdn.example.org", path="/a/b", status=0, received=0)
    begin(page.ledger, Purpose.HEADER)
    page.page.show_network()
    page.open()
    assert page.network.count.text() == "3 requests since start · 3 kept"
    assert page.sequences() == [5, 3, 1]
    assert page.cells(0)[EgressColumn.STATUS] == "Not ended"
    assert page.cells(0)[EgressColumn.RECEIVED] == "–"
    assert page.cells(1)[EgressColumn.STATUS] == "No answer"
    assert page.cells(1)[EgressColumn.HOST] == "cdn.example.org"
    assert page.cells(1)[EgressColumn.PATH] == "/a/b"
    assert page.cells(1)[EgressColumn.WHY] == "Download"
    assert page.cells(2)[EgressColumn.RECEIVED] == "18 kB"


def test_without_a_request_the_view_says_what_would_make_one(shown):
    page = shown()
    page.page.show_network()
    page.network.table.setFocus()
    page.open()
    assert page.network.empty.text() == ("No request was made. Only a search or a download that you ask for makes any.")
    assert page.network.empty.isVisible()
    assert not page.network.table.isVisible()
    assert not page.page.export_button.isEnabled()
    assert page.page.focus_target() is page.network.facts_button


def test_new_requests_come_above_older_ones_that_were_asked_for(shown, monkeypatch):
    monkeypatch.setattr(egress_desk, "PAGE_SIZE", 3)
    page = shown()
    numbers = [request(page.ledger) for _ in range(6)] + [begin(page.ledger)]
    page.page.show_network()
    page.open()
    assert page.network.model.rowCount() == 3
    page.network.more_button.click()
    page.settle()
    page.network.more_button.click()
    page.settle()
    assert page.sequences() == numbers[::-1]
    assert not page.network.more_button.isVisible()
    assert page.cells(0)[EgressColumn.STATUS] == "Not ended"
    page.network.table.choose(2)
    page.network.findChild(QTimer).stop()
    page.ledger.made(numbers[-1], status=206, received=1)
    numbers.append(request(page.ledger))
    page.network.refresh()
    page.settle()
    assert page.sequences() == numbers[::-1]
    assert page.cells(1)[EgressColumn.STATUS] == "206"
    assert page.network.table.current_row() == 3
    assert not page.network.more_button.isVisible()
    numbers += [request(page.ledger) for _ in range(9)]
    page.network.refresh()
    page.settle()
    # There is a gap to those that were shown: they go, and can be asked for.
    assert page.sequences() == numbers[:-4:-1]
    assert page.network.more_button.isVisible()


def test_a_request_that_is_under_way_is_looked_at_again_until_it_has_ended(shown, qtbot):
    page = shown()
    number = begin(page.ledger)
    page.page.show_network()
    page.open()
    page.ledger.made(number, status=404, received=0)
    qtbot.waitUntil(lambda: page.cells(0)[EgressColumn.STATUS] == "404")
    assert not page.network.findChild(QTimer).isActive()


def test_the_ledger_is_verified_and_a_damage_is_told(shown, tmp_path):
    paths = DataPaths(tmp_path)
    page = shown(ledger=EgressLedger.open(paths, bytes(32)))
    request(page.ledger)
    page.page.show_network()
    page.open()
    line = page.network.verification.outcome
    page.page.verify_button.click()
    page.settle()
    assert line.text().startswith("Intact: all 2 records checked")
    paths.egress_anchor.unlink()
    page.page.verify_button.click()
    page.settle()
    assert line.text().startswith("Not intact.")
    page.network.refresh()
    page.settle()
    # What was found says more than that something was.
    assert line.text().startswith("Not intact.")
    assert line.property("role") == "danger"


def test_of_a_damaged_ledger_it_is_not_said_that_no_request_was_made(shown, tmp_path):
    paths = DataPaths(tmp_path)
    ledger = EgressLedger.open(paths, bytes(32))
    request(ledger)
    ledger.close()
    paths.egress.unlink()
    page = shown(ledger=EgressLedger.open(paths, bytes(32)))
    page.page.show_network()
    page.open()
    assert page.network.model.rowCount() == 0
    assert not page.network.empty.isVisible()
    assert page.network.verification.outcome.text().startswith("Egress ledger damaged. ")


@pytest.mark.parametrize(("name", "form", "count"), [("a.csv", IncidentFormat.CSV, 1), ("a", IncidentFormat.JSONL, 2)])
def test_the_ledger_is_exported(shown, tmp_path, qtbot, name, form, count):
    page = shown()
    request(page.ledger)
    page.page.show_network()
    page.open()
    with qtbot.waitSignal(page.page.export_wanted):
        page.page.export_button.click()
    with qtbot.waitSignal(page.egress.exported) as said:
        page.egress.export(tmp_path / name, form)
    assert said.args == [count, tmp_path / name]
    assert "huggingface.co" in (tmp_path / name).read_text(encoding="utf-8")
    assert page.page.export_button.isEnabled()


def test_a_request_says_everything_in_its_card(shown, qtbot):
    page = shown()
    begin(page.ledger, Purpose.REPOSITORY)
    page.page.show_network()
    page.open()
    with qtbot.waitSignal(page.page.card_wanted) as said:
        page.network.table.row_activated.emit(0)
    card = said.args[0]
    facts = dict(card.facts)
    assert card.sentence == "You looked at a model, or checked one against the hub."
    assert facts["Path"] == "GET /api/models"
    assert facts["Record in the ledger"] == "1"
    assert facts["Note"].startswith("It is under way")


def test_offline_is_offered_where_the_policy_allows_a_network_at_all(shown, qtbot):
    page = shown()
    page.page.show_network()
    page.network.show_use(NetworkUse(is_offline=True))
    assert page.network.offline.isChecked()
    with qtbot.waitSignal(page.network.offline_wanted) as said:
        page.network.offline.click()
    assert said.args == [False]
    page.network.show_use(NetworkUse(is_allowed=False))
    assert not page.network.offline.isVisible()


def test_the_models_hold_up(shown, qtmodeltester):
    page = shown(worker())
    request(page.ledger)
    page.open()
    qtmodeltester.check(page.network.model)
