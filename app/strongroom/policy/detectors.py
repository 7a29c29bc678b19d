# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What a rule can look for: the declared detectors, as a policy writes them."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from strongroom.policy.declarations import DETECTORS
from strongroom.policy.detector_options import LinkDetector, PatternDetector, StrictModel, TermsDetector

BUILT_IN_DETECTORS = tuple(declared.type for declared in DETECTORS if declared.options is None)
"""The types of the detectors without options."""

if TYPE_CHECKING:
    BuiltInType = str
else:
    BuiltInType = Literal[BUILT_IN_DETECTORS]


class BuiltInDetector(StrictModel):
    """A detector that needs no options."""

    type: BuiltInType = Field(description="Finds one kind of passage; docs/filter.md says which forms exactly.")


Detector = Annotated[BuiltInDetector | LinkDetector | TermsDetector | PatternDetector, Field(discriminator="type")]
