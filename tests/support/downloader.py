# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""An app that only downloads: what is paused, or else the first model of a repository. Made to be killed.

Usage: downloader.py DATA_FOLDER ENDPOINT REPOSITORY. Prints each new state; ends when the download has.
"""

import json
import sys
import threading
from pathlib import Path

from strongroom.core.hub import Download, DownloadState
from strongroom.core.paths import DataPaths
from strongroom.hub import Hub, HubOptions, Patience

PATIENCE = Patience(connect_s=20, read_s=60, first_wait_s=0.01, longest_wait_s=5)
ENDED = (DownloadState.VERIFIED, DownloadState.MISMATCH, DownloadState.FAILED)


def main() -> int:
    data, endpoint, repository = sys.argv[1:]
    ended = threading.Event()

    def tell(download: Download) -> None:
        line = {"state": download.state, "done": download.done, "code": download.code, "problem": str(download.problem)}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        if download.state in ENDED:
            ended.set()

    hub = Hub(DataPaths(Path(data)), HubOptions(endpoint=endpoint, patience=PATIENCE), on_verified=lambda *_: "shelf")
    try:
        hub.subscribe(tell)
        unfinished = [one for one in hub.downloads() if one.state is not DownloadState.VERIFIED]
        if unfinished:
            hub.resume(unfinished[0].download_id)
        else:
            opened = hub.repository(repository, cancel=threading.Event())
            hub.start(opened, opened.models[0])
        ended.wait()
    finally:
        hub.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
