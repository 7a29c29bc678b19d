# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Models in memory: which is loaded, verified how, isolated how, and who may use it.

In: a known model and the settings to load it with. Out: a loaded model whose worker answers, with the proof of the
bytes that were loaded, or why it is not there. Only this room reaches the engine. It never reads what a model writes:
raw text goes to whoever asked, who has to filter it.
"""

from strongroom.engine import EngineBuild, EngineStarter, inspect_engine
from strongroom.hosting.borrowing import ModelRole, Priority
from strongroom.hosting.hosted_model import engine_starter
from strongroom.hosting.isolation import (
    NOT_STARTED_BY_THE_APP,
    Isolation,
    measure_a_fresh_worker,
    measured,
    worker_report,
)
from strongroom.hosting.loaded_model import LoadedModel, Provenance, VerifiedBytes
from strongroom.hosting.loan import Loan
from strongroom.hosting.memory_watch import MemoryWatch
from strongroom.hosting.model_pool import ModelPool
from strongroom.hosting.room import HostingLimits
from strongroom.hosting.verifying import open_recorded

__all__ = [
    "NOT_STARTED_BY_THE_APP",
    "EngineBuild",
    "EngineStarter",
    "HostingLimits",
    "Isolation",
    "LoadedModel",
    "Loan",
    "MemoryWatch",
    "ModelPool",
    "ModelRole",
    "Priority",
    "Provenance",
    "VerifiedBytes",
    "engine_starter",
    "inspect_engine",
    "measure_a_fresh_worker",
    "measured",
    "open_recorded",
    "worker_report",
]
