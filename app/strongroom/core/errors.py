# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The one class whose text may be shown to the user.

Every other exception is a defect and goes to the report dialog or the terminal's traceback.
"""


class UserFacingError(Exception):
    """Something that the user can understand and act on.

    Args:
        title: What happened, in a few words ("Model refused").
        message: The fact, one or two sentences, naming the file, rule or limit.
        next_step: What the user can do now; empty when there is nothing to do.
        code: A stable machine-readable name (``model.mismatch``) for scripts, tests and ``--json``.
    """

    def __init__(self, title: str, message: str, next_step: str = "", *, code: str) -> None:
        super().__init__(f"{title}: {message}" + (f" {next_step}" if next_step else ""))
        self.title = title
        self.message = message
        self.next_step = next_step
        self.code = code


class Cancelled(Exception):
    """The user stopped the operation; nothing went wrong and nothing needs to be said."""
