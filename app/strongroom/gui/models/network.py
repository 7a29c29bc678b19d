# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""How the network is used, for whatever feature shows it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from strongroom.core.hub import Download
from strongroom.gui.models.hub_desk import HubDesk
from strongroom.hub import DEFAULT_ENDPOINT, ENDPOINT_VARIABLE
from strongroom.workspace import Workspace, hub_options


@dataclass(frozen=True, slots=True)
class NetworkUse:
    """How the network is used in this run."""

    is_offline: bool = False
    is_allowed: bool = True
    """Whether the policy lets the hub be asked."""
    requests: int = 0
    endpoint: str = DEFAULT_ENDPOINT


class NetworkFacts(QObject):
    """What the hub's desk knows about the network.

    Signals:
        changed: :meth:`use` is new.
        downloads_changed: Downloads began, moved on or went (:attr:`downloads`).
    """

    changed = Signal()
    downloads_changed = Signal()

    def __init__(self, hub: HubDesk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hub = hub
        self._workspace: Workspace | None = None
        hub.network_changed.connect(self.changed)
        hub.downloads_changed.connect(self.downloads_changed)

    @property
    def downloads(self) -> Sequence[Download]:
        """Every download that is not done with."""
        return self._hub.downloads

    def attach(self, workspace: Workspace) -> None:
        """Begin."""
        self._workspace = workspace

    def use(self) -> NetworkUse:
        """Return how the network was used so far."""
        workspace, hub = self._workspace, self._hub
        if workspace is None:
            return NetworkUse()
        chosen = hub_options(workspace.settings, workspace.policy.latest.policy).endpoint
        endpoint = chosen or os.environ.get(ENDPOINT_VARIABLE, "") or DEFAULT_ENDPOINT
        return NetworkUse(hub.is_offline, hub.is_allowed, hub.requests, endpoint)

    def look(self) -> None:
        """Look at once whether something changed."""
        self._hub.look_at_network()

    def set_offline(self, is_offline: bool) -> None:
        """Fetch nothing from now on, or allow it again."""
        self._hub.set_offline(is_offline=is_offline)
