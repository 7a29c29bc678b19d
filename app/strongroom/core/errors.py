# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The one class whose text may be shown to the user.

Every other exception is a defect and goes to the report dialog or the terminal's traceback.
"""

from collections.abc import Callable, Mapping
from typing import Any

from strongroom.core.statement import Fact, Statement

bridge: "Callable[[UserFacingError], tuple[str, str, str]] | None" = None


class UserFacingError(Exception):
    """Something that the user can understand and act on: a code and facts. The doors word it.

    Args:
        code: A stable machine-readable name (``model.mismatch``) for scripts, tests and ``--json``. Its words are in
            ``strongroom/words/errors``.
        facts: What the words name: the file, the rule, the limit; see :class:`strongroom.core.statement.Statement`.
    """

    def __init__(self, first: str, *texts: Any, code: Any = "", **facts: Any) -> None:
        if code:
            title, message, next_step = (first, *texts, "", "")[:3]
            self.statement = Statement(code, case="legacy", title=title, message=message, next_step=next_step)
        else:
            self.statement = Statement(first, **facts)
        super().__init__(str(self.statement))

    @property
    def code(self) -> str:
        """The machine-readable name."""
        return self.statement.code

    @property
    def facts(self) -> Mapping[str, Fact]:
        """What completes it."""
        return self.statement.facts

    @property
    def title(self) -> str:
        """For the bridge."""
        return self._texts()[0]

    @property
    def message(self) -> str:
        """For the bridge."""
        return self._texts()[1]

    @property
    def next_step(self) -> str:
        """For the bridge."""
        return self._texts()[2]

    def _texts(self) -> tuple[str, str, str]:
        if self.facts.get("case") == "legacy":
            return str(self.facts["title"]), str(self.facts["message"]), str(self.facts["next_step"])
        return bridge(self) if bridge is not None else ("", str(self.statement), "")


class Cancelled(Exception):
    """The user stopped the operation; nothing went wrong and nothing needs to be said."""
