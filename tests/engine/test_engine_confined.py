# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The real worker with the real model inside its confinement: it answers, and all that it tries besides is denied.

Kernels without some protection are made by a filter around the worker that lets those system calls fail.
"""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from strongroom.confinement.attempts import try_everything
from strongroom.confinement.observing import observe
from strongroom.core.isolation import Barrier, Capability, IsolationLevel, Outcome
from strongroom.engine import EngineClient, TokenText

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the confinement of a running worker is Linux's")

NAMES = [attempt.name for attempt in try_everything()]
LACKING = """
import os, sys
from strongroom.confinement import limits
from strongroom.confinement.call_filter import CallPlan
from strongroom.confinement.seccomp import filter_calls
limits.gain_no_privileges()
filter_calls(CallPlan(absent=frozenset({calls!r})))
os.execv(sys.executable, [sys.executable, "-I", "-m", "strongroom.engine.worker"])
"""
NO_LANDLOCK, NO_SECCOMP = ("landlock_create_ruleset",), ("seccomp",)


def lacking(*calls: str) -> list[str]:
    """The command line of a worker on a kernel that has not these calls."""
    return [sys.executable, "-I", "-c", LACKING.format(calls=list(calls))]


@pytest.fixture(scope="module")
def tried(shared_client, ask):
    """What the worker tried in the middle of an answer, and the answer."""
    text, attempts = "", {}
    for event in ask(shared_client, "What is the capital of France?"):
        if isinstance(event, TokenText):
            if not attempts:
                attempts = {one.name: one for one in shared_client.probe([Path(__file__)])}
            text += event.text
    return attempts, text


@pytest.mark.parametrize("name", [*NAMES, f"read_{Path(__file__).name}"])
def test_refused_in_a_worker_that_is_answering(tried, name):
    attempts, text = tried
    assert attempts[name].outcome is Outcome.DENIED
    assert text.strip()


def test_the_kernel_confirms_what_the_worker_says(shared_client):
    confinement = shared_client.confinement
    assert confinement.level is IsolationLevel.FULL
    assert {Barrier.SYSTEM_CALLS, Barrier.FILE_RULES, Barrier.NO_NEW_PRIVILEGES} <= {*confinement.barriers}
    seen = observe(shared_client.process_id)
    assert seen.has_call_filter
    assert seen.has_no_new_privileges
    limits = Path(f"/proc/{shared_client.process_id}/limits").read_text()
    assert limits[limits.index("Max file size") :].split()[3:5] == ["0", "0"]
    status = Path(f"/proc/{shared_client.process_id}/status").read_text()
    assert "CapEff:\t0000000000000000" in status


@pytest.mark.parametrize(
    ("calls", "level", "gaps", "possible"),
    [
        (NO_LANDLOCK, IsolationLevel.REDUCED, {Barrier.FILE_RULES}, set()),
        (NO_SECCOMP, IsolationLevel.REDUCED, {Barrier.SYSTEM_CALLS}, {Capability.INTERNET, Capability.RUN_PROGRAMS}),
        (
            NO_LANDLOCK + NO_SECCOMP,
            IsolationLevel.NONE,
            {Barrier.FILE_RULES, Barrier.SYSTEM_CALLS},
            {Capability.INTERNET, Capability.RUN_PROGRAMS, Capability.READ_FILES},
        ),
    ],
    ids=["no Landlock", "no seccomp", "neither"],
)
def test_a_kernel_that_lacks_a_protection_is_told_and_the_model_answers(
    load, ask, text_of, calls, level, gaps, possible
):
    client = load(command=lacking(*calls))
    confinement = client.confinement
    assert confinement.level is level
    assert {gap.barrier for gap in confinement.gaps} == gaps
    assert all(gap.reason for gap in confinement.gaps)
    assert [note.code for note in client.facts.notes] == ["isolation.reduced"]
    assert text_of(ask(client, "Hello"))
    allowed = {one.capability for one in client.probe() if one.outcome is Outcome.ALLOWED}
    assert possible <= allowed
    if not possible:
        assert not allowed


def test_a_worker_that_claims_a_filter_which_the_kernel_does_not_know_is_not_believed(load_fake):
    client = load_fake(
        "hello(); say('confined', barriers=['system_calls', 'file_rules', 'no_new_privileges'], gaps=[], granted=[],"
        " landlock_abi=7); wait_for('load'); say('loaded', architecture='fake', description='', context_length=4096,"
        " training_context_length=8192, threads=1, has_template=True, template_problem=None,"
        " device_reason='no_gpu_backend', device_name='', offloaded_layers=0, total_layers=2,"
        " template_digest=None); sleep()"
    )
    assert client.confinement.barriers == (Barrier.FILE_RULES,)
    assert {gap.barrier for gap in client.confinement.gaps} == {Barrier.SYSTEM_CALLS, Barrier.NO_NEW_PRIVILEGES}
    assert client.confinement.level is IsolationLevel.REDUCED


def test_two_models_at_once_are_both_confined_and_both_answer(load, shared_client, ask, text_of):
    second = load()
    texts: dict[int, str] = {}
    threads = [
        threading.Thread(target=lambda client=client: texts.update({client.process_id: text_of(ask(client, "Hello"))}))
        for client in (shared_client, second)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(texts) == 2
    assert all(texts.values())
    assert second.confinement.level is shared_client.confinement.level is IsolationLevel.FULL


def test_a_worker_without_a_model_can_be_asked_what_it_can_do():
    client = EngineClient.start(())
    try:
        assert client.await_confinement(threading.Event()).level is IsolationLevel.FULL
        assert {one.outcome for one in client.probe()} == {Outcome.DENIED}
    finally:
        client.close()


def test_an_ordinary_user_is_confined_just_as_root_is(starter_model, tmp_path):
    python = _python_for_everybody()
    script = tmp_path / "ordinary.py"
    script.write_text(_ORDINARY, encoding="utf-8")
    tmp_path.chmod(0o755)
    paths = [path for path in sys.path if Path(path).is_dir()] + [str(Path(__file__).parents[2] / "app")]
    with starter_model.open("rb") as model:
        ended = subprocess.run(
            [python, "-I", "-c", script.read_text(), str(model.fileno()), *paths],
            pass_fds=[model.fileno()],
            user=65534 if os.getuid() == 0 else None,
            group=65534 if os.getuid() == 0 else None,
            extra_groups=[] if os.getuid() == 0 else None,
            cwd="/",
            env={"PATH": "/usr/bin"},
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[0] == "full denied"
    assert ended.stdout.splitlines()[1].strip()


_ORDINARY = """
import os, sys, threading
descriptor, paths = int(sys.argv[1]), sys.argv[2:]
sys.path[:0] = paths
assert os.getuid() != 0
from strongroom.core.chat import Message, Role
from strongroom.core.generation import SamplingParameters
from strongroom.engine import EngineClient, LoadOptions, TokenText
code = f"import os, sys; sys.path[:0] = {paths!r}; from strongroom.engine.worker import main; os._exit(main())"
client = EngineClient.load([descriptor], LoadOptions(context_length=512), on_progress=lambda _: None,
    cancel=threading.Event(), command=[sys.executable, "-I", "-c", code])
print(client.confinement.level.value, *{one.outcome.value for one in client.probe()})
sampling = SamplingParameters(temperature=0, seed=1, max_tokens=8)
events = client.generate([Message(Role.USER, "Hello")], sampling, cancel=threading.Event())
print("".join(event.text for event in events if isinstance(event, TokenText)))
client.close()
"""


def _python_for_everybody() -> str:
    """Return an interpreter of this version that an ordinary user may run; skip where root keeps it for itself."""
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        try:
            subprocess.run(
                [python, "-I", "-c", ""], check=True, user=65534 if os.getuid() == 0 else None, capture_output=True
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        return python
    pytest.skip("no interpreter of this version that an ordinary user may run")
