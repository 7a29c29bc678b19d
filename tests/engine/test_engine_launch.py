# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""How a worker is started, what it inherits, and that it ends when the app does."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from strongroom.core.line_messages import decode
from strongroom.engine import EngineClient, EngineFault, FaultKind, LoadOptions, worker_command
from strongroom.engine.launch import worker_environment
from strongroom.engine.protocol import (
    FROM_WORKER,
    WORKER_LINE_LIMIT,
    Cancel,
    Confine,
    Hello,
    Load,
    encode,
)
from strongroom.engine.worker import with_own_descriptors

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def test_an_installed_app_starts_an_isolated_interpreter():
    assert worker_command() == [sys.executable, "-I", "-m", "strongroom.engine.worker"]


def test_a_frozen_bundle_starts_itself_with_one_argument(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert worker_command() == [sys.executable, "--engine-worker"]


def test_the_environment_carries_no_secret(monkeypatch):
    monkeypatch.setenv("STRONGROOM_KEY_FILE", "/secret")
    monkeypatch.setenv("HF_TOKEN", "secret")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    environment = worker_environment()
    assert environment.keys().isdisjoint({"STRONGROOM_KEY_FILE", "HF_TOKEN", "HOME", "PATH", "PYTHONPATH"})
    assert environment["CUDA_VISIBLE_DEVICES"] == "0"
    assert environment["GGML_NO_BACKTRACE"] == "1"
    assert environment["OPENBLAS_NUM_THREADS"] == "1"
    assert environment["HF_HUB_DISABLE_TELEMETRY"] == "1"
    assert environment["DO_NOT_TRACK"] == "1"


@pytest.fixture
def worker():
    process = subprocess.Popen(
        worker_command(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=worker_environment(),
        cwd="/",
    )
    yield process
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


LOAD = Load((3,), (), 4096, 0, 0, 0)
BEGINNING = encode(Hello()) + encode(Confine(may_use_gpu=False, opened_again=()))


def test_the_worker_greets_before_it_is_asked(worker):
    assert decode(worker.stdout.readline(), FROM_WORKER, WORKER_LINE_LIMIT) == Hello()


def test_the_worker_ends_with_its_input(worker):
    worker.stdout.readline()
    worker.stdin.close()
    assert worker.wait(30) == 0


@pytest.mark.parametrize(
    "lines",
    [
        b"garbage\n",
        encode(Hello(version=99)),
        encode(Cancel(1)),
        encode(Hello()) + b"{}\n",
        encode(Hello()) + encode(LOAD),
        BEGINNING + encode(Hello()),
        BEGINNING + b"x",
    ],
    ids=["garbage", "another version", "no hello", "an empty object", "not confined", "a second hello", "half a line"],
)
def test_the_worker_refuses_an_app_that_breaks_the_protocol(worker, lines):
    worker.stdin.write(lines)
    worker.stdin.close()
    assert worker.wait(30) == 70


def test_the_worker_refuses_to_answer_before_it_has_loaded(worker):
    line = b'{"type":"generate","request":1,"messages":[["user","x"]],"temperature":0,"top_k":0,"top_p":1,"min_p":0,'
    worker.stdin.write(BEGINNING + line + b'"repeat_penalty":1,"seed":0,"max_tokens":1,"stop":[]}\n')
    worker.stdin.flush()
    assert worker.wait(30) == 70


@linux_only
def test_the_worker_inherits_nothing_but_the_pipes_and_the_model(load):
    with Path(__file__).open("rb") as other:
        os.set_inheritable(other.fileno(), True)
        client = load()
        process = Path(f"/proc/{client.process_id}")
        targets = {os.readlink(link) for link in (process / "fd").iterdir()}
        files = {target for target in targets if target.startswith("/") and not target.startswith("/dev/null")}
        # The model's own descriptor is closed once the model is mapped.
        assert files <= {f"{process}/statm"}
        assert all(target.startswith(("pipe:", "/dev/null", str(process))) for target in targets)
    environment = (process / "environ").read_bytes().split(b"\0")
    assert {entry.split(b"=")[0] for entry in environment if entry} == {name.encode() for name in worker_environment()}
    limits = (process / "limits").read_text()
    # One byte is too little for a file, and Linux takes it to mean no program that collects crashes either.
    assert limits[limits.index("Max core file size") :].split()[4:6] in (["1", "1"], ["0", "0"])
    assert os.readlink(process / "cwd") == "/"
    assert os.getsid(client.process_id) != os.getsid(0)


@linux_only
def test_the_worker_dies_with_the_app(starter_model, tmp_path):
    app = tmp_path / "app.py"
    app.write_text(
        "import os, sys, threading\n"
        "from strongroom.engine import EngineClient, LoadOptions\n"
        "descriptor = os.open(sys.argv[1], os.O_RDONLY)\n"
        "client = EngineClient.load([descriptor], LoadOptions(context_length=512), on_progress=lambda _: None,\n"
        "                           cancel=threading.Event())\n"
        "print(client.process_id, flush=True)\n"
        "threading.Event().wait()\n"
    )
    with subprocess.Popen([sys.executable, str(app), str(starter_model)], stdout=subprocess.PIPE) as process:
        number = int(process.stdout.readline())
        watcher = os.pidfd_open(number)
        process.send_signal(signal.SIGKILL)
    assert _has_ended(watcher)


def _has_ended(watcher: int) -> bool:
    import select

    try:
        return bool(select.select([watcher], [], [], 30)[0])
    finally:
        os.close(watcher)


def test_the_worker_outlives_the_thread_that_loaded_it(load, ask, text_of):
    clients = []
    loader = threading.Thread(target=lambda: clients.append(load()))
    loader.start()
    loader.join()
    assert text_of(ask(clients[0], "Hello"))
    assert clients[0].is_alive


def test_what_native_code_prints_never_reaches_the_protocol(fake_worker, load_fake, ask):
    # The worker's own start, then a print to descriptor 1 as C code would do it.
    body = """
        import strongroom.engine.worker as worker
        channel = worker.AppChannel(worker.encode, worker.APP_LINE_LIMIT)
        os.write(1, b"llama.cpp says hello\\n")
        channel.greet(worker.Hello, worker.Confine)
        os._exit(5)
    """
    command = [argument for argument in fake_worker(body) if argument != "-S"]
    with pytest.raises(EngineFault) as caught:
        load_fake("", command=command)
    assert caught.value.kind is FaultKind.EXITED
    assert "llama.cpp says hello" in caught.value.diagnostics


def test_load_options_are_within_what_the_protocol_allows():
    options = LoadOptions()
    assert encode(Load((3,), (), options.context_length, options.gpu_layers, options.threads, options.memory_limit))


@linux_only
def test_a_started_worker_reads_nothing_before_it_is_told_to_load(tmp_path, ask, text_of, starter_model):
    # The file is exchanged for a sound one only after the worker has greeted: an early look would have failed.
    file = tmp_path / "model.gguf"
    file.write_bytes(b"not a model yet")
    with file.open("rb") as stream, EngineClient.start([stream.fileno()]) as client:
        offset = stream.tell()
        deadline = time.monotonic() + 30
        while not _has_llama(client.process_id):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert os.lseek(stream.fileno(), 0, os.SEEK_CUR) == offset
        file.write_bytes(starter_model.read_bytes())
        client.load_model(LoadOptions(context_length=512), on_progress=lambda _: None, cancel=threading.Event())
        assert text_of(ask(client, "Hello"))


def _has_llama(process_id: int) -> bool:
    """Whether a worker has got so far that it waits for what to load."""
    return "libllama" in Path(f"/proc/{process_id}/maps").read_text()


def test_a_started_worker_that_is_closed_is_gone(fake_worker, tmp_path):
    file = tmp_path / "model.gguf"
    file.write_bytes(b"GGUF")
    with file.open("rb") as stream:
        client = EngineClient.start([stream.fileno()], command=fake_worker("hello(); sleep()"))
        client.close()
        assert not client.is_alive
        with pytest.raises(EngineFault) as caught:
            client.load_model(LoadOptions(), on_progress=lambda _: None, cancel=threading.Event())
    assert caught.value.kind is FaultKind.KILLED


def test_files_that_have_other_numbers_in_the_worker_are_loaded_by_its_own():
    load = Load((7, 8), ((9, 0.5),), 4096, 0, 0, 0)
    assert with_own_descriptors(load, {}) == load
    assert with_own_descriptors(load, {7: 3, 9: 5}) == Load((3, 8), ((5, 0.5),), 4096, 0, 0, 0)
