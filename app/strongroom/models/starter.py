# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The model that comes with the app: what it should be, and where its file is on this machine."""

import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from strongroom.core.paths import resource_path
from strongroom.core.statement import Statement


@dataclass(frozen=True, slots=True)
class StarterModel:
    """The facts of ``resources/models/starter.json``; they come with the app and cannot be changed on the shelf."""

    model_id: str
    name: str
    license: str
    quantization: str
    size: int
    sha256: str
    source: str
    """Who vouches for the digest."""
    distribution: str
    """The Python package that carries the file."""
    version: str
    package: str
    """The importable name of that package. It is never imported: only its data file is used."""
    file: str

    @property
    def next_step(self) -> Statement:
        """How to get the file where it is missing."""
        return Statement("model.get_starter", distribution=self.distribution, version=self.version)


def load_starter() -> StarterModel:
    """Return what the starter model should be.

    Raises:
        FileNotFoundError: The installation is damaged.
    """
    return StarterModel(**json.loads(resource_path("models/starter.json").read_text(encoding="utf-8")))


def find_starter(starter: StarterModel) -> Path | None:
    """Return the starter model's file: the one in a frozen bundle, else the installed package's; None without either.

    Nothing is said about its bytes.
    """
    try:
        return resource_path(f"models/{starter.file}")
    except FileNotFoundError:
        pass
    specification = find_spec(starter.package)
    for folder in (specification.submodule_search_locations or ()) if specification else ():
        candidate = Path(folder) / starter.file
        if candidate.is_file():
            return candidate.resolve()
    return None
