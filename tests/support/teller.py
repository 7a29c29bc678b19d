# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A whole app without a window: sends prompts for ever, and tells on standard output what it shows.

``argv[1]`` is the data folder, ``argv[2]`` the scripted worker's script. Each line is JSON: ``[conversation, text shown
so far]``. It is meant to be killed.
"""

import json
import sys
from pathlib import Path

from strongroom.core.events import AnswerStarted, TextReleased
from strongroom.core.paths import DataPaths
from strongroom.workspace import Workspace


def main() -> None:
    worker = [sys.executable, str(Path(__file__).with_name("scripted_worker.py")), sys.argv[2]]
    with Workspace.open(DataPaths(Path(sys.argv[1])), worker_command=worker) as workspace:
        while True:
            shown = ""
            session = workspace.session()

            def on_event(event, session=session):
                nonlocal shown
                if isinstance(event, AnswerStarted):
                    shown = ""
                elif isinstance(event, TextReleased):
                    shown += event.text
                    sys.stdout.write(json.dumps([session.conversation_id, shown]) + "\n")
                    sys.stdout.flush()

            for number in range(5):
                session.send(f"Question {number}", on_event=on_event)


main()
