# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""``python -m strongroom``, the ``strongroom`` command and the frozen program: chooses the door.

A worker is this same program with ``--engine-worker`` first, the hub's helper with ``--hub-helper``; both start before
anything of the doors is imported.
"""

import functools
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket

    from strongroom.confinement.setup import ProcessSetup
    from strongroom.confinement.spawning import Launcher
    from strongroom.core.isolation import Confinement
    from strongroom.core.paths import DataPaths

WORKER_ARGUMENT = "--engine-worker"
FACTS_ARGUMENT = "--engine-facts"
HUB_ARGUMENT = "--hub-helper"


def main() -> int:
    """Run a worker, the helper or a door; return the exit code."""
    if sys.argv[1:2] == [WORKER_ARGUMENT]:
        from strongroom.engine.worker import main as run_worker

        # Not a return: a thread of the worker waits for input, and nothing in it needs an orderly end.
        os._exit(run_worker())
    if sys.argv[1:2] == [FACTS_ARGUMENT]:
        from strongroom.engine.build_facts import main as print_facts

        return print_facts()
    if sys.argv[1:2] == [HUB_ARGUMENT]:
        from strongroom.hub.helper import main as run_hub_helper

        # Not a return, as above: requests under way have nothing to save.
        os._exit(run_hub_helper())
    # First of all: nothing foreign has been read yet, and there is no second thread.
    setup = set_up_processes()
    if sys.platform == "linux":
        from strongroom.confinement.session_bus import settle_session_bus

        # Before the toolkit or a keyring is loaded.
        settle_session_bus(os.environ)
    from strongroom.cli import main as run_terminal

    return run_terminal(open_window=functools.partial(_open_window, setup), check_window=_check_window, setup=setup)


def set_up_processes() -> "ProcessSetup":
    """Split off the process that starts the hub helper, which keeps a network; then give it up in this one, for good.

    Only Linux has rules that a running program can put up around itself and that its children inherit.
    """
    from strongroom.confinement.confining import confine_main
    from strongroom.confinement.setup import ProcessSetup

    if sys.platform != "linux":
        return ProcessSetup(confine_main())
    from strongroom.processes.forking import split_off

    launcher = split_off(_serve_as_launcher)

    def helper_spawner() -> "Launcher":
        # Most commands never ask a hub for anything, and must not pay for loading this.
        from strongroom.hub.launch import HUB_HELPER
        from strongroom.processes.launcher_spawner import LauncherSpawner

        return LauncherSpawner(launcher, HUB_HELPER)

    return ProcessSetup(confine_main(), helper_spawner)


def _serve_as_launcher(channel: "socket.socket", confinement: "Confinement") -> None:
    """Wait until something is asked for, which in most runs is never, and load what can answer only then."""
    import socket

    if channel.recv(1, socket.MSG_PEEK):
        from strongroom.hub.launch import HUB_HELPER
        from strongroom.processes.launcher import serve

        serve(channel, confinement, HUB_HELPER)


def _open_window(setup: "ProcessSetup", paths: "DataPaths", policy_file: Path | None) -> int:
    """Open the window; the toolkit is loaded here and nowhere else on this side."""
    from strongroom.gui.main import run

    # The toolkit's loop would swallow Python's Ctrl+C. Everything that was shown is on disk already, and workers end
    # with their parent, so the signal may do what it does by itself.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return run(paths, policy_file=policy_file, setup=setup)


def _check_window() -> str:
    """Load the toolkit without a display, for the self-test; return its version."""
    from strongroom.gui.main import check_toolkit

    return check_toolkit()


if __name__ == "__main__":
    sys.exit(main())
