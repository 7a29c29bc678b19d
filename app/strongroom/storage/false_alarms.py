# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The reports of false alarms: a table of the chat database, so encrypted with it, and nowhere else."""

from typing import Any

from strongroom.core.clock import utc_now
from strongroom.core.false_alarm import LONGEST_COMMENT, LONGEST_PASSAGE, FalseAlarm
from strongroom.core.findings import Action, Direction, Disguise, Evidence, Mark, Severity
from strongroom.storage.codec import storable
from strongroom.storage.database import Database
from strongroom.storage.refusals import alarm_not_readable, no_alarm

_COLUMNS = (
    "id, reported_at, rule_id, category, action, direction, confidence, severity, evidence, disguise, policy_name,"
    " policy_version, policy_digest, passage, comment"
)

# The method ``list`` hides the built-in inside the class.
FalseAlarms = list[FalseAlarm]


class FalseAlarmStore:
    """All reports of one data folder. Any thread may use it.

    Every method raises :class:`StorageError` when the database cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, mark: Mark, *, passage: str = "", comment: str = "") -> FalseAlarm:
        """Keep a report about what a rule marked.

        Args:
            mark: What the rule claimed; its place in a message is not kept.
            passage: What stood there, as far as the user says.
            comment: Anything that the user adds.
        """
        with self._database.transaction() as statements:
            statements.execute(
                "INSERT INTO false_alarms (reported_at, rule_id, category, action, direction, confidence, severity,"
                " evidence, disguise, policy_name, policy_version, policy_digest, passage, comment)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    utc_now(), mark.rule_id, mark.category, mark.action.value, mark.direction.value, mark.confidence,
                    mark.severity.value, mark.evidence.value, mark.disguise.value, mark.policy.name,
                    mark.policy.version, mark.policy.digest, storable(passage[:LONGEST_PASSAGE]),
                    storable(comment[:LONGEST_COMMENT]),
                ),
            )  # fmt: skip
            statements.execute(f"SELECT {_COLUMNS} FROM false_alarms WHERE id = ?", (statements.lastrowid,))  # noqa: S608 - constants
            (row,) = statements.fetchall()
            return _alarm_of(row)

    def list(self, rule_id: str = "") -> FalseAlarms:
        """Return the reports, the newest first; those about one rule if one is named."""
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM false_alarms WHERE ? IN ('', rule_id) ORDER BY id DESC",  # noqa: S608 - constants
            (rule_id,),
        )
        return [_alarm_of(row) for row in rows]

    def get(self, alarm_id: int) -> FalseAlarm:
        """Return one report.

        Raises:
            StorageError: There is none with this number (``NOT_FOUND``).
        """
        rows = self._database.rows(f"SELECT {_COLUMNS} FROM false_alarms WHERE id = ?", (alarm_id,))  # noqa: S608 - constants
        if not rows:
            raise no_alarm(alarm_id)
        return _alarm_of(rows[0])

    def remove(self, alarm_id: int) -> None:
        """Remove one report for good.

        Raises:
            StorageError: There is none with this number (``NOT_FOUND``).
        """
        if not self._database.write("DELETE FROM false_alarms WHERE id = ?", (alarm_id,)):
            raise no_alarm(alarm_id)
        self._database.forget_log()

    def clear(self) -> int:
        """Remove all reports for good; return how many there were."""
        removed = self._database.write("DELETE FROM false_alarms")
        self._database.forget_log()
        return removed


def _alarm_of(row: tuple[Any, ...]) -> FalseAlarm:
    number, at, rule, category, action, direction, confidence, severity, evidence, disguise, *texts = row
    try:
        return FalseAlarm(
            number, at, rule, category, Action(action), Direction(direction), confidence, Severity(severity),
            Evidence(evidence), Disguise(disguise), *texts,
        )  # fmt: skip
    except ValueError as error:
        raise alarm_not_readable(number, error) from error
