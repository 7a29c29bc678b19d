# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Tokens per second of a chat, alone and while another model works in the background.

Two workers have the starter model's file, a copy each. The chat goes through the whole gate, as ``decode.py`` says. In
each round it answers the same prompt three times, in an order that changes from round to round: alone; beside a model
that was borrowed in the background and answers all the time, which has to rest meanwhile; and, to show what that is
worth, beside one that was borrowed like another chat and shares the cores. The goal is 0.9 of the speed alone.

On a machine that others use, speeds say little. So the processor time that the other worker took meanwhile is told too,
as a share of the chat's own worker's.

    python benchmarks/foreground.py [--rounds 9] [--tokens 150] [--json benchmarks/results/foreground.json]
"""

import argparse
import contextlib
import json
import os
import platform
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import psutil

from strongroom.core.chat import Message, Role
from strongroom.core.events import TurnFinished
from strongroom.core.generation import SamplingParameters
from strongroom.core.isolation import ProcessRole
from strongroom.core.paths import DataPaths
from strongroom.engine import TokenText
from strongroom.hosting import ModelRole, Priority
from strongroom.models import ModelRefused
from strongroom.workspace import Workspace

GOAL = 0.9
PROMPT = "Explain in detail how a lighthouse works, who built the first ones, and why they are still useful."
OTHER_PROMPT = [Message(Role.USER, "Tell me a very long story about ships and the sea.")]
GREEDY_AND_LONG = SamplingParameters(temperature=0.0, repeat_penalty=1.0, max_tokens=2_000)
PATIENCE_S = 120


def main() -> None:
    options = _options()
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    with tempfile.TemporaryDirectory() as folder:
        os.environ["STRONGROOM_KEY_FILE"] = str(Path(folder) / "keys")
        result = measure(Path(folder), options.rounds, options.tokens)
    print_table(result)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def measure(folder: Path, rounds: int, tokens: int) -> dict[str, object]:
    """Return medians of tokens per second, and ratios to the speed alone, round by round."""
    with Workspace.open(DataPaths(folder / "data")) as workspace:
        workspace.change_settings(temperature=0.0, repeat_penalty=1.0, max_tokens=tokens)
        starter = workspace.shelf.entries()[0]
        copy = folder / "copy.gguf"
        shutil.copyfile(starter.path, copy)
        other = workspace.shelf.import_file(copy)
        with contextlib.suppress(ModelRefused):
            # Nobody vouches for it yet; a digest that was never measured cannot be pinned.
            workspace.shelf.verify(other.model_id, on_event=lambda _: None, cancel=threading.Event())
        workspace.shelf.pin(other.model_id, starter.expected_digest or "")
        beside = {
            "alone": nullcontext,
            "background": lambda: working(workspace, other.model_id, Priority.BACKGROUND),
            "sharing": lambda: working(workspace, other.model_id, Priority.FOREGROUND),
        }
        speeds: dict[str, list[float]] = {name: [] for name in beside}
        for name in beside:
            with beside[name]():
                answer_once(workspace, starter.model_id)
        shares: dict[str, list[float]] = {name: [] for name in beside if name != "alone"}
        for number in range(rounds):
            order = list(beside)[number % len(beside) :] + list(beside)[: number % len(beside)]
            for name in order:
                with beside[name]():
                    before = processor_seconds(workspace)
                    speeds[name].append(answer_once(workspace, starter.model_id))
                    after = processor_seconds(workspace)
                if name in shares:
                    taken = {model: after[model] - before[model] for model in after}
                    shares[name].append(taken[other.name] / max(taken[starter.name], 0.01))
    ratios = {
        name: statistics.median(one / alone for one, alone in zip(values, speeds["alone"], strict=True))
        for name, values in speeds.items()
        if name != "alone"
    }
    return {
        "benchmark": "foreground",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "rounds": rounds,
        "tokens": tokens,
        "goal": GOAL,
        "tokens_per_second": {name: round(statistics.median(values), 1) for name, values in speeds.items()},
        "each_round": {name: [round(value, 1) for value in values] for name, values in speeds.items()},
        "median_processor_share": {name: round(statistics.median(values), 3) for name, values in shares.items()},
        "median_ratio_to_alone": {name: round(value, 3) for name, value in ratios.items()},
    }


def processor_seconds(workspace: Workspace) -> dict[str, float]:
    """Return the processor time that each worker has taken so far, by its model's name."""
    taken = {}
    for report in workspace.processes.known():
        if report.role is ProcessRole.WORKER and report.process_id is not None:
            times = psutil.Process(report.process_id).cpu_times()
            taken[report.name] = times.user + times.system
    return taken


def answer_once(workspace: Workspace, model_id: str) -> float:
    """Return the tokens per second of one answer, prompt processing included."""
    session = workspace.session()
    began = time.perf_counter()
    finished = session.send(PROMPT, on_event=lambda _: None, model_id=model_id)
    seconds = time.perf_counter() - began
    if not isinstance(finished, TurnFinished) or finished.numbers is None:
        raise RuntimeError("the chat gave no answer")
    workspace.conversations.delete(finished.message.conversation_id)
    return finished.numbers.completion_tokens / seconds


@contextmanager
def working(workspace: Workspace, model_id: str, priority: Priority) -> Iterator[None]:
    """Let another model answer, again and again, for the length of a ``with``; it has begun when that begins."""
    has_begun, cancel = threading.Event(), threading.Event()

    def work() -> None:
        while not cancel.is_set():
            with workspace.models.borrow(
                model_id, role=ModelRole.PROBE, priority=priority, on_event=lambda _: None, cancel=threading.Event()
            ) as loan:
                for event in loan.generate(OTHER_PROMPT, GREEDY_AND_LONG, cancel=cancel):
                    if isinstance(event, TokenText):
                        has_begun.set()

    thread = threading.Thread(target=work, name="background work")
    thread.start()
    try:
        if not has_begun.wait(PATIENCE_S):
            raise RuntimeError("the other model does not answer")
        yield
    finally:
        cancel.set()
        thread.join()


def print_table(result: dict[str, object]) -> None:
    """Print one row for each thing that goes on beside the chat."""
    speeds: dict[str, float] = result["tokens_per_second"]  # type: ignore[assignment]
    ratios: dict[str, float] = result["median_ratio_to_alone"]  # type: ignore[assignment]
    print(f"{result['machine']}; {result['rounds']} rounds of {result['tokens']} tokens, goal {result['goal']}")
    shares: dict[str, float] = result["median_processor_share"]  # type: ignore[assignment]
    print(f"{'beside the chat':<18}{'tokens/s':>10}{'of alone':>10}{'processor':>11}")
    for name, speed in speeds.items():
        print(f"{name:<18}{speed:>10.1f}{ratios.get(name, 1.0):>10.3f}{shares.get(name, 0.0):>11.3f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--tokens", type=int, default=150)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
