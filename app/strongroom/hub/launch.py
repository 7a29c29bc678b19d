# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""How the helper is started: its command line and its environment, both as small as they can be."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from strongroom.hub.addresses import require_endpoint
from strongroom.hub.faults import HubFault
from strongroom.processes.launched_program import LaunchedProgram

HUB_HELPER_ARGUMENT = "--hub-helper"
"""The only argument with which a frozen bundle's executable becomes the helper."""
ENDPOINT_VARIABLE = "HF_ENDPOINT"
CACHE_VARIABLE = "HF_HOME"

# What the helper may inherit: the way to the network and the certificates that a company has set up for it, and what
# Windows needs to start any program. No home folder, no session bus, no display, no tokens.
_INHERITED = (
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "LANG",
    "LC_ALL",
    "LD_LIBRARY_PATH",
    "SYSTEMROOT",
)

_FIXED = {
    # Also leaves out what the library would otherwise tell about this machine in its User-Agent, and its question
    # which of the known agents runs it.
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    # Xet opens connections of its own, past every rule here.
    "HF_HUB_DISABLE_XET": "1",
    "HF_HUB_DISABLE_SHARED_BLOBS": "1",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
}


def helper_command() -> list[str]:
    """Return the command line of the helper.

    A frozen bundle has no interpreter beside its own executable, so that executable is started with one argument.
    Elsewhere the interpreter runs isolated: no variables, no user site, no current folder on the import path.
    """
    if getattr(sys, "frozen", False):
        return [sys.executable, HUB_HELPER_ARGUMENT]
    return [sys.executable, "-I", "-m", "strongroom.hub.helper"]


def helper_environment(endpoint: str, folder: Path) -> dict[str, str]:
    """Return the whole environment of the helper.

    Args:
        endpoint: The hub's address; empty for the usual one.
        folder: Where the library would keep its cache, if it kept one: it is named so that none is found elsewhere.
    """
    environment = {name: os.environ[name] for name in _INHERITED if name in os.environ} | _FIXED
    environment |= {CACHE_VARIABLE: str(folder), "HF_HUB_CACHE": str(folder / "hub")}
    if endpoint:
        environment[ENDPOINT_VARIABLE] = endpoint
    return environment


def _settings_of(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what of the helper's environment its launcher has to be told."""
    return {"endpoint": environment.get(ENDPOINT_VARIABLE, ""), "folder": environment[CACHE_VARIABLE]}


def _environment_with(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the helper's whole environment, in its launcher.

    Raises:
        ValueError: They are not exactly a hub's address, or none, and an absolute folder.
    """
    if settings.keys() != {"endpoint", "folder"}:
        raise ValueError("they are endpoint and folder")
    folder = Path(settings["folder"])
    if not folder.is_absolute() or "\0" in settings["folder"]:
        raise ValueError("folder must be absolute")
    try:
        endpoint = require_endpoint(settings["endpoint"]) if settings["endpoint"] else ""
    except HubFault:
        raise ValueError("endpoint must be a hub's address") from None
    return helper_environment(endpoint, folder)


HUB_HELPER = LaunchedProgram("the hub helper", helper_command, _settings_of, _environment_with)
"""The helper, as a launcher starts it."""
