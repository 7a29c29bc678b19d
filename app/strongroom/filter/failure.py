# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The error of a filter that cannot vouch for a text any more."""

from strongroom.core.errors import UserFacingError
from strongroom.core.statement import Statement


class FilterFailure(UserFacingError):
    """A detector raised, or returned what cannot be. Nothing of the text may be used.

    ``rule_id`` names the rule. ``fault`` says what kind of fault it was, never what the detector said: that could
    quote the text.
    """

    def __init__(self, rule_id: str, fault: str | Statement) -> None:
        super().__init__("filter.failed", rule_id=rule_id, fault=fault)
        self.rule_id = rule_id
