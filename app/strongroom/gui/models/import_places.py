# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Where other programs usually keep their models, as each of them documents it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path


class Keeper(Enum):
    """A program that keeps models."""

    OLLAMA = auto()
    LM_STUDIO = auto()
    HUGGING_FACE = auto()


@dataclass(frozen=True, slots=True)
class Place:
    """A folder of models that is there."""

    keeper: Keeper
    folder: Path


def find_places(home: Path, environment: Mapping[str, str] = os.environ) -> tuple[Place, ...]:
    """Return the first existing folder of each program.

    Args:
        home: The user's home folder.
        environment: Where a program's own variables say that its models are elsewhere.
    """
    places = []
    for keeper, folders in _candidates(home, environment).items():
        found = next((folder for folder in folders if os.path.isdir(folder)), None)
        if found is not None:
            places.append(Place(keeper, found))
    return tuple(places)


def _candidates(home: Path, environment: Mapping[str, str]) -> dict[Keeper, tuple[Path, ...]]:
    def named(variable: str, *inside: str) -> tuple[Path, ...]:
        value = environment.get(variable, "")
        return (Path(value, *inside).expanduser(),) if value else ()

    cache = home / ".cache"
    return {
        Keeper.OLLAMA: (
            *named("OLLAMA_MODELS"),
            home / ".ollama" / "models",
            Path("/usr/share/ollama/.ollama/models"),
        ),
        Keeper.LM_STUDIO: (home / ".lmstudio" / "models", cache / "lm-studio" / "models"),
        Keeper.HUGGING_FACE: (
            *named("HF_HUB_CACHE"),
            *named("HF_HOME", "hub"),
            *named("XDG_CACHE_HOME", "huggingface", "hub"),
            cache / "huggingface" / "hub",
        ),
    }
