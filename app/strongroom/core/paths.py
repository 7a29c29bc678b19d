# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Where the app writes, and where it finds what it ships.

Everything that is written lives under one folder, so that moving or deleting that folder moves or deletes the app's
whole memory. ``--data-dir`` and ``STRONGROOM_HOME`` name it; else it is the platform's usual place.
"""

import os
import sys
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

HOME_VARIABLE = "STRONGROOM_HOME"


@dataclass(frozen=True, slots=True)
class DataPaths:
    """The files of one data folder. Naming them makes none of them."""

    root: Path

    @property
    def chats(self) -> Path:
        """The encrypted database of conversations."""
        return self.root / "chats.db"

    @property
    def incidents(self) -> Path:
        """The encrypted incident log."""
        return self.root / "incidents.db"

    @property
    def incident_anchor(self) -> Path:
        """The head of the incident chain, kept outside the log."""
        return self.root / "incidents.anchor"

    @property
    def egress(self) -> Path:
        """The encrypted ledger of what was asked of a hub."""
        return self.root / "egress.db"

    @property
    def egress_anchor(self) -> Path:
        """The head of the ledger's chain, kept outside it."""
        return self.root / "egress.anchor"

    @property
    def models(self) -> Path:
        """Imported model files, and the list of all known ones."""
        return self.root / "models"

    @property
    def downloaded_models(self) -> Path:
        """Downloaded model files, each in the folder of its digest."""
        return self.models / "sha256"

    @property
    def jobs(self) -> Path:
        """The records of long work: what was asked for, and how it stands."""
        return self.root / "jobs"

    @property
    def downloads(self) -> Path:
        """What has arrived of downloads that are not verified yet."""
        return self.root / "downloads"

    @property
    def quarantine(self) -> Path:
        """Model files whose bytes were not the expected ones."""
        return self.root / "quarantine"

    @property
    def settings(self) -> Path:
        """The user's settings."""
        return self.root / "settings.json"

    @property
    def window(self) -> Path:
        """Where the window was and how large."""
        return self.root / "window.json"

    @property
    def policy(self) -> Path:
        """The policy in force here, when there is one beside the built-in default."""
        return self.root / "policy.toml"

    @property
    def key_record(self) -> Path:
        """Which key source the databases were made with. Holds no key."""
        return self.root / "keys.json"

    def ensure(self) -> None:
        """Make the folder, readable by its owner only."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)


def default_root() -> Path:
    """Return the data folder that the environment asks for, or the platform's usual one."""
    if chosen := os.environ.get(HOME_VARIABLE):
        return Path(chosen).expanduser().absolute()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "strongroom"


def resource_path(name: str) -> Path:
    """Return the file ``name`` (for example ``policies/default.toml``) that the app ships.

    An installed wheel and a frozen bundle carry the folder inside the package; an editable install finds it in the
    checkout.

    Raises:
        FileNotFoundError: The app ships no such file; the installation is damaged.
    """
    inside = Path(str(resources.files("strongroom"))) / "resources" / name
    if inside.exists():
        return inside
    checkout = Path(__file__).resolve().parents[3] / "resources" / name
    if checkout.exists():
        return checkout
    raise FileNotFoundError(f"the app's own file {name} is missing")
