# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Small real files, a real data folder, and a real other process that writes."""

import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from strongroom.core.paths import DataPaths
from strongroom.models import Expectation, ModelLibrary
from strongroom.models.starter import StarterModel

WRITER = """
import mmap, os, sys
path, mode = sys.argv[1:3]
flags = os.O_RDWR | (os.O_NONBLOCK if mode == "nonblocking" else 0)
print("ready", flush=True)
try:
    descriptor = os.open(path, flags)
except BlockingIOError:
    print("would block", flush=True)
    raise SystemExit(3)
print("opened", flush=True)
if mode == "mapping":
    mapping = mmap.mmap(descriptor, 0)
    os.close(descriptor)
    print("mapped", flush=True)
elif mode != "idle":
    os.pwrite(descriptor, b"EVIL", 8)
    print("written", flush=True)
sys.stdin.read()
"""


class Writer:
    """Another process that opens a file for writing; what it says it did can be waited for."""

    def __init__(self, path: Path, mode: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-c", WRITER, str(path), mode],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.said: list[str] = []
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self.wait_for("ready")

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            with self._changed:
                self.said.append(line.strip())
                self._changed.notify_all()

    def wait_for(self, word: str) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: word in self.said, timeout=20), self.said

    def end(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(timeout=20)
        self._reader.join(timeout=20)
        assert self.process.stdout
        self.process.stdout.close()


@pytest.fixture
def start_writer() -> Iterator[Callable[[Path, str], Writer]]:
    writers: list[Writer] = []

    def start(path: Path, mode: str = "blocking") -> Writer:
        writers.append(Writer(path, mode))
        return writers[-1]

    yield start
    for writer in writers:
        writer.end()


@pytest.fixture(autouse=True)
def _no_watcher_left() -> Iterator[None]:
    yield
    deadline = time.monotonic() + 10
    for thread in threading.enumerate():
        if thread.name == "lease-watch":
            thread.join(deadline - time.monotonic())
            assert not thread.is_alive(), "a lease was not released"


@pytest.fixture(autouse=True)
def _no_descriptor_left() -> Iterator[None]:
    before = set(os.listdir("/proc/self/fd")) if sys.platform == "linux" else set()
    yield
    after = set(os.listdir("/proc/self/fd")) if sys.platform == "linux" else set()
    assert len(after) <= len(before), "a descriptor was left open"


def gguf_bytes(size: int = 3 * 1024 * 1024 + 17) -> bytes:
    """Bytes that begin as a GGUF file does and are no valid model."""
    return (b"GGUF" + bytes(range(256)) * (size // 256 + 1))[:size]


@pytest.fixture
def model_file(tmp_path: Path) -> Path:
    path = tmp_path / "files" / "Tiny-Q4_K_M.gguf"
    path.parent.mkdir()
    path.write_bytes(gguf_bytes())
    return path


@pytest.fixture
def expected(model_file: Path) -> Expectation:
    content = model_file.read_bytes()
    return Expectation(hashlib.sha256(content).hexdigest(), "a test's list", len(content))


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    return DataPaths(tmp_path / "data")


@pytest.fixture
def absent_starter() -> StarterModel:
    """A starter model whose package nobody has."""
    return StarterModel(
        model_id="starter",
        name="Starter",
        license="Apache-2.0",
        quantization="Q4_1",
        size=64,
        sha256="0" * 64,
        source="Strongroom's own list",
        distribution="strongroom-no-such-package",
        version="1.0",
        package="strongroom_no_such_package",
        file="nothing.gguf",
    )


@pytest.fixture
def library(paths: DataPaths, absent_starter: StarterModel) -> ModelLibrary:
    return ModelLibrary(paths, starter=absent_starter)
