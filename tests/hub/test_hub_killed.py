# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""App and helper are killed at random moments of a download: it always ends in a verified file."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from strongroom.core.hub import DownloadState
from strongroom.core.paths import DataPaths
from strongroom.hub import Hub, HubOptions, Patience
from support import SUPPORT
from support.loopback_hub import DEADLINE_S, HubRepository, Misbehavior, sha256_of, wait_until

ROUNDS = int(os.environ.get("STRONGROOM_KILL_ROUNDS", "3"))
SIZE = 6_000_000
PATIENCE = Patience(connect_s=20, read_s=60, first_wait_s=0.01, longest_wait_s=5)


class Victim:
    """A child program that downloads one file."""

    def __init__(self, hub, root: Path) -> None:
        content = random.Random(7).randbytes(SIZE)
        self.repository = hub.add(HubRepository("acme/big-GGUF", {"big-Q8_0.gguf": content}))
        self.content = content
        self.hub = hub
        self.paths = DataPaths(root / "data")
        self.target = self.paths.models / "sha256" / sha256_of(content) / "big-Q8_0.gguf"

    def start(self) -> subprocess.Popen[str]:
        program = str(SUPPORT / "downloader.py")
        return subprocess.Popen(
            [sys.executable, program, str(self.paths.root), self.hub.endpoint, self.repository.name],
            stdout=subprocess.PIPE,
            text=True,
        )

    @property
    def arrived(self) -> int:
        return sum(path.stat().st_size for path in self.paths.downloads.glob("*/*.part"))

    def require_nothing_wrong(self) -> None:
        """What has the name of a verified file is one."""
        if self.target.exists():
            assert self.target.read_bytes() == self.content
        assert not list(self.paths.quarantine.glob("*"))

    def finish(self) -> list[dict]:
        """Run the program to its end; return what it said."""
        process = self.start()
        said, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        return [json.loads(line) for line in said.splitlines()]


@pytest.fixture
def victim(loopback_hub, tmp_path):
    return Victim(loopback_hub, tmp_path)


def test_an_app_that_is_killed_finds_its_download_paused_and_goes_on(victim):
    victim.hub.misbehave("/blobs/", Misbehavior(stall_after=2_000_000), times=1)
    process = victim.start()
    wait_until(lambda: victim.arrived == 2_000_000, "the arrival of the first third")
    helpers = psutil.Process(process.pid).children()
    process.kill()
    process.communicate(timeout=30)
    _, alive = psutil.wait_procs(helpers, timeout=DEADLINE_S)
    assert not alive, "the helper dies with the app"
    victim.hub.behave()
    hub = Hub(victim.paths, HubOptions(endpoint=victim.hub.endpoint, patience=PATIENCE), on_verified=lambda *_: "shelf")
    try:
        (download,) = hub.downloads()
        assert (download.state, download.done) == (DownloadState.PAUSED, 2_000_000)
        is_verified = threading.Event()
        hub.subscribe(lambda told: is_verified.set() if told.state is DownloadState.VERIFIED else None)
        hub.resume(download.download_id)
        assert is_verified.wait(DEADLINE_S)
    finally:
        hub.close()
    assert victim.target.read_bytes() == victim.content
    assert [r.header("range") for r in victim.hub.log if r.path.startswith("/blobs/")] == [None, "bytes=2000000-"]


@pytest.mark.timeout(60 + 10 * ROUNDS)
def test_a_download_that_is_killed_at_random_moments_ends_in_a_verified_file(victim):
    chance = random.Random(20_261_124)
    for _ in range(ROUNDS):
        # The answer pauses early enough that the file cannot be complete before the last round.
        victim.hub.misbehave("/blobs/", Misbehavior(stall_after=chance.randrange(SIZE // (2 * ROUNDS))))
        process = victim.start()
        kill_somebody(victim, process, chance)
        victim.hub.behave()
        victim.require_nothing_wrong()
    said = victim.finish()
    assert said[-1]["state"] == DownloadState.VERIFIED, said[-1]
    assert victim.target.read_bytes() == victim.content
    assert victim.arrived == 0
    victim.require_nothing_wrong()


def kill_somebody(victim: Victim, process: subprocess.Popen[str], chance: random.Random) -> None:
    """Kill the app, or its helper and then the app, after a random while or a random number of bytes."""
    before = victim.arrived
    if chance.random() < 0.5:
        wait_for(chance.uniform(0, 1.5))
    else:
        more = before + chance.randrange(100_000)
        until = time.monotonic() + 3
        while victim.arrived < more and process.poll() is None and time.monotonic() < until:
            wait_for(0.001)
    if chance.random() < 0.5:
        for helper in psutil.Process(process.pid).children():
            helper.send_signal(signal.SIGKILL)
        wait_for(chance.uniform(0, 0.8))
    process.kill()
    process.communicate(timeout=30)


def wait_for(seconds: float) -> None:
    """Let any moment of the work be the one that is hit."""
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        time.sleep(0.0005)
