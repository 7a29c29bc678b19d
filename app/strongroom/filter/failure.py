# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The error of a filter that cannot vouch for a text any more."""

from strongroom.core.errors import UserFacingError


class FilterFailure(UserFacingError):
    """A detector raised, or returned what cannot be. Nothing of the text may be used.

    ``rule_id`` names the rule. The message says what kind of fault it was, never what the detector said: that could
    quote the text.
    """

    def __init__(self, rule_id: str, fault: str) -> None:
        super().__init__(
            "Filter failed",
            f"The rule {rule_id} failed ({fault}), so the text was blocked.",
            "Disable or correct the rule; the rest of the text cannot be shown.",
            code="filter.failed",
        )
        self.rule_id = rule_id
