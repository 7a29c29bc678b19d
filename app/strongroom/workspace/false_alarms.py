# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A user says that a rule was wrong: kept for the administrator, who can turn it into an entry of the allow-list."""

import json
from collections.abc import Iterable, Sequence

from strongroom.core.false_alarm import FalseAlarm
from strongroom.core.findings import Mark
from strongroom.policy import Policy
from strongroom.policy.values import term_problem
from strongroom.workspace.workspace import Workspace


def report_false_alarm(
    workspace: Workspace, mark: Mark, *, passage: str = "", comment: str = "", conversation_id: int | None = None
) -> FalseAlarm:
    """Keep a report, encrypted with the chats; the incident log gets the rule and never the passage.

    Args:
        workspace: The open data folder.
        mark: What the rule claimed.
        passage: What stood there, as far as the user says.
        comment: Anything that the user adds.
        conversation_id: Where it stands, for the incident log.

    Raises:
        UserFacingError: The log or the database cannot be written; nothing was kept.
    """
    workspace.recorder.record_false_alarm(mark, conversation_id=conversation_id)
    return workspace.conversations.false_alarms.add(mark, passage=passage.strip(), comment=comment.strip())


def allow_list_entries(alarms: Sequence[FalseAlarm], policy: Policy) -> str:
    """Return reports as ``[[adjust]]`` tables, ready to be put at the end of a policy; one table for each category.

    A report without a passage, or with one that no term can hold, becomes a comment: somebody has to look at it.

    Args:
        alarms: Any reports.
        policy: The policy in force, which says the category of each rule; a finding's own may be narrower.
    """
    categories = {rule.id: rule.category for rule in policy.rules}
    grouped: dict[str, list[FalseAlarm]] = {}
    for alarm in sorted(alarms, key=lambda alarm: alarm.alarm_id):
        grouped.setdefault(categories.get(alarm.rule_id) or _widened(alarm.category), []).append(alarm)
    return "\n".join(_table(category, group) for category, group in sorted(grouped.items()))


def _table(category: str, alarms: Sequence[FalseAlarm]) -> str:
    rules = ", ".join(sorted({alarm.rule_id for alarm in alarms}))
    lines = [f"# {_count(len(alarms))} about {rules}"]
    terms: dict[str, str] = {}
    for alarm in alarms:
        if not alarm.passage:
            lines.append(f"# report {alarm.alarm_id}: what stood there is not said")
        elif term_problem(alarm.passage) or len(alarm.passage.splitlines()) > 1:
            lines.append(f"# report {alarm.alarm_id}: too long for a term, or on several lines; a pattern may do")
        else:
            terms.setdefault(alarm.passage.casefold(), alarm.passage)
    if terms:
        lines += ["[[adjust]]", f"category = {_text(category)}", f"allow = {{ terms = [{_texts(terms.values())}] }}"]
    return "\n".join(lines) + "\n"


def _widened(category: str) -> str:
    """Return a category without the kind that a detector may have added."""
    return ".".join(category.split(".")[:2])


def _count(number: int) -> str:
    return "1 report" if number == 1 else f"{number} reports"


def _texts(values: Iterable[str]) -> str:
    return ", ".join(_text(value) for value in values)


def _text(value: str) -> str:
    """Return a TOML basic string: JSON's escapes are TOML's, but for DEL, which TOML wants escaped too."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
