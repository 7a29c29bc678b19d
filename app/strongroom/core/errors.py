# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The one class that speaks to the user.

Every other exception is a defect and goes to the report dialog or the terminal's traceback.
"""

from collections.abc import Mapping

from strongroom.core.statement import Fact, GivenFact, Statement


class UserFacingError(Exception):
    """Something that the user can understand and act on: a code and facts. The doors word it.

    Args:
        code: A stable machine-readable name (``model.mismatch``) for scripts, tests and ``--json``. Its words are in
            ``strongroom/words/errors``.
        facts: What the words name: the file, the rule, the limit; see :class:`strongroom.core.statement.Statement`.
    """

    def __init__(self, code: str, /, **facts: GivenFact) -> None:
        self.statement = Statement(code, **facts)
        super().__init__(str(self.statement))

    @property
    def code(self) -> str:
        """The machine-readable name."""
        return self.statement.code

    @property
    def facts(self) -> Mapping[str, Fact]:
        """What completes it."""
        return self.statement.facts


class Cancelled(Exception):
    """The user stopped the operation; nothing went wrong and nothing needs to be said."""
