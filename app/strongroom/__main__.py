# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""``python -m strongroom``, the ``strongroom`` command and the frozen program: chooses the door.

A worker is this same program with ``--engine-worker`` first, the hub's helper with ``--hub-helper``; both start before
anything of the doors is imported.
"""

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
    from strongroom.cli import main as run_terminal

    return run_terminal(open_window=_open_window, check_window=_check_window)


def _open_window(paths: "DataPaths", policy_file: Path | None) -> int:
    """Open the window; the toolkit is loaded here and nowhere else on this side."""
    from strongroom.gui.main import run

    # The toolkit's loop would swallow Python's Ctrl+C. Everything that was shown is on disk already, and workers end
    # with their parent, so the signal may do what it does by itself.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return run(paths, policy_file=policy_file)


def _check_window() -> str:
    """Load the toolkit without a display, for the self-test; return its version."""
    from strongroom.gui.main import check_toolkit

    return check_toolkit()


if __name__ == "__main__":
    sys.exit(main())
