# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The words of every error code, and of every other statement of the rooms below; a module for each room's codes.

A code and its case are the key (``storage.damaged:message``). An error has title, message and next step; a phrase is a
sentence, or a part of one, that completes an error or stands beside it.
"""

from collections import ChainMap
from collections.abc import Mapping

from strongroom.words.errors import (
    chat,
    cli,
    confinement,
    core,
    engine,
    hub,
    incidents,
    jobs,
    keys,
    models,
    policy,
    storage,
)
from strongroom.words.text import ErrorWords

_ROOMS = (core, storage, keys, incidents, models, policy, confinement, jobs, hub, engine, chat, cli)

ERRORS: Mapping[str, ErrorWords] = ChainMap(*(dict(room.ERRORS) for room in _ROOMS))
PHRASES: Mapping[str, str] = ChainMap(*(dict(room.PHRASES) for room in _ROOMS))
