# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""An app whose hub helper is started by a launcher. It does what the lines of its input say, one answer for each.

The line ``end`` ends it.

Usage: launching_app.py DATA_FOLDER ENDPOINT
"""

import json
import sys
from pathlib import Path

from strongroom.__main__ import set_up_processes


def main() -> int:
    # As the real program does it: before anything else is loaded. From here on this process has no network.
    spawner = set_up_processes().helper_spawner()

    import threading

    from strongroom.core.hub import SearchQuery
    from strongroom.core.isolation import Outcome
    from strongroom.core.paths import DataPaths
    from strongroom.hub import Hub, HubFault, HubOptions
    from strongroom.words import explain

    root, endpoint = sys.argv[1:]
    hub = Hub(DataPaths(Path(root)), HubOptions(endpoint=endpoint), spawner=spawner)

    def search() -> dict:
        try:
            found = hub.search(SearchQuery(), cancel=threading.Event())
        except HubFault as fault:
            return {"code": fault.code, "next_step": explain(fault).next_step}
        return {"code": "", "found": len(found)}

    def obey(line: str) -> dict:
        if line == "search":
            return search()
        if line == "close":
            hub.close()
        if line == "probe":
            attempts = spawner.probe([])
            return {
                "level": spawner.confinement.level,
                "possible": sorted({one.capability for one in attempts if one.outcome is Outcome.ALLOWED}),
            }
        return {"helper": hub.process_id, "launcher": spawner.process_id}

    tell(obey(""))
    for line in sys.stdin:
        if line == "end\n":
            break
        tell(obey(line.strip()))
    return 0


def tell(answer: dict) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
