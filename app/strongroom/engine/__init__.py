# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Running a model: a worker process, its protocol, and the client that watches over both.

In: the open descriptors of verified files, filtered messages, sampling parameters. Out: events with raw text, which
only a filter may read, numbers that the app measured itself, and typed faults. It never opens a model by its path,
never renders a template in the app's own process, and never lets a worker's word through unchecked.
"""

from strongroom.engine.client import EngineClient
from strongroom.engine.engine import Engine, EngineStarter
from strongroom.engine.events import (
    Adapter,
    EngineEvent,
    EngineNote,
    GenerationDone,
    LoadedFacts,
    LoadOptions,
    PromptProgress,
    SilenceLimits,
    TokenText,
)
from strongroom.engine.faults import EngineFault, FaultKind, PromptTooLong
from strongroom.engine.inspection import ENGINE_FACTS_ARGUMENT, EngineBuild, inspect_engine
from strongroom.engine.launch import ENGINE_WORKER_ARGUMENT, worker_command

__all__ = [
    "ENGINE_FACTS_ARGUMENT",
    "ENGINE_WORKER_ARGUMENT",
    "Adapter",
    "Engine",
    "EngineBuild",
    "EngineClient",
    "EngineEvent",
    "EngineFault",
    "EngineNote",
    "EngineStarter",
    "FaultKind",
    "GenerationDone",
    "LoadOptions",
    "LoadedFacts",
    "PromptProgress",
    "PromptTooLong",
    "SilenceLimits",
    "TokenText",
    "inspect_engine",
    "worker_command",
]
