# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the kernel says of each process of the running program: filtered, for good, and more than whoever started it."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("reads /proc", allow_module_level=True)

from support.loopback_hub import HubRepository, LoopbackHub, Misbehavior

WORKER = "strongroom.engine.worker"
HELPER = "strongroom.hub.helper"
PATIENCE_S = 200


def status(process: int | str) -> dict[str, int]:
    rows = Path(f"/proc/{process}/status").read_text(encoding="utf-8", errors="replace").splitlines()
    facts = dict(row.split(":\t", 1) for row in rows if ":\t" in row)
    return {name: int(facts[name]) for name in ("NoNewPrivs", "Seccomp", "Seccomp_filters") if name in facts}


def command_line(process: int) -> str:
    return Path(f"/proc/{process}/cmdline").read_bytes().decode().replace("\0", " ").strip()


def family(process: int) -> dict[int, str]:
    """Return the command lines of a process and of all that it has started, by their numbers."""
    found = {process: command_line(process)}
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        for child in children.read_text(encoding="ascii").split():
            found |= family(int(child))
    return found


def wait_for(name: str, process: subprocess.Popen) -> dict[int, str]:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        found = family(process.pid)
        if any(name in line for line in found.values()):
            return found
        assert process.poll() is None, "the program has ended"
        assert time.monotonic() < deadline, f"{name} did not come: {found}"
        time.sleep(0.05)


def assert_filtered(process: int, *, filters: int) -> None:
    """Assert that so many filters rule this process, besides those that were there when the tests began."""
    word = status(process)
    before = status("self")
    assert (word["NoNewPrivs"], word["Seccomp"]) == (1, 2), command_line(process)
    if "Seccomp_filters" in word:  # since Linux 5.10
        # A container filters all that runs in it: then the number alone tells.
        assert word["Seccomp_filters"] >= before["Seccomp_filters"] + filters, command_line(process)


def sockets(process: int) -> list[str]:
    links = [descriptor.readlink() for descriptor in Path(f"/proc/{process}/fd").iterdir()]
    return [str(link) for link in links if str(link).startswith("socket:")]


@pytest.mark.model
def test_the_kernel_says_that_main_launcher_and_worker_are_filtered(program):
    with program.start("chat", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdin.write(b"Write two sentences about lighthouses\n")
        process.stdin.flush()
        assert process.stdout.readline()  # the model has begun to answer
        found = wait_for(WORKER, process)
        (worker,) = [number for number, line in found.items() if WORKER in line]
        (launcher,) = [number for number, line in found.items() if WORKER not in line and number != process.pid]
        assert_filtered(process.pid, filters=1)
        assert_filtered(launcher, filters=1)
        # What main denies itself, and its own rules.
        assert_filtered(worker, filters=2)
        assert sockets(worker) == []
        mapped = Path(f"/proc/{worker}/maps").read_text(encoding="utf-8")
        assert "libllama.so" in mapped
        assert "libmtmd" not in mapped  # it could start programs
        process.kill()


def test_the_kernel_says_that_the_hub_helper_is_filtered(program):
    with LoopbackHub() as hub:
        hub.add(HubRepository("acme/tiny-GGUF", {"tiny-Q4_K_M.gguf": b"GGUF"}))
        hub.misbehave("/api/", Misbehavior(stall_after=-1))
        program.environment["HF_ENDPOINT"] = hub.endpoint
        with program.start("models", "search", "tiny", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            hub.wait_until_stalled()
            found = wait_for(HELPER, process)
            (helper,) = [number for number, line in found.items() if HELPER in line]
            # The launcher's rules, and its own.
            assert_filtered(helper, filters=2)
            assert_filtered(process.pid, filters=1)
            process.kill()
